"""``xlwings.Book`` over a document of LibreOffice."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xlwings import base_classes

from tests.live.blocks import FORMULA_ERRORS
from tests.live.formats import Formats
from tests.live.formulas import Formulas
from tests.live.names import Names
from tests.live.native import Native
from tests.live.office import import_uno
from tests.live.sheets import Sheets
from tests.live.tables import Table

if TYPE_CHECKING:
    from tests.live.engine import App


class Book(base_classes.Book):
    """One open workbook."""

    app: App = None  # over xlwings' property, which cannot be set

    def __init__(self, app: App, document: Any) -> None:
        self.app = app
        self.document = document
        self.formats = Formats(document)
        self.formulas = Formulas(document)
        zero = document.NullDate
        self.day_zero = dt.datetime(zero.Year, zero.Month, zero.Day)
        self.emptied: set[str] = set()
        self.kept_totals: dict[str, Any] = {}
        self._homes: dict[str, str] = {}
        self._mend_totals()

    def homes(self) -> dict[str, str]:
        """The sheet of every table. A table never changes sheets, so only new and lost ones are asked."""
        ranges = self.document.DatabaseRanges
        names = ranges.ElementNames
        if names != tuple(self._homes):
            sheets = self.document.Sheets.ElementNames
            self._homes = {name: sheets[ranges.getByName(name).DataArea.Sheet] for name in names}
        return self._homes

    def forget_homes(self) -> None:
        """Called when a sheet or table gets another name."""
        self._homes = {}

    def _mend_totals(self) -> None:
        """Name the table in ``SUBTOTAL(109,[Amount])``, which LibreOffice does not understand in a row of totals."""
        for name, sheet in self.homes().items():
            table = Table(self.sheets(sheet), name)
            totals = table.totals_row_range
            if totals and totals.cells.queryFormulaCells(FORMULA_ERRORS).Count:
                headings = {heading.casefold(): heading for heading in table.header_row_range.raw_value[0]}
                totals.formula = [[_own_case(text, headings) for text in totals.formula[0]]]

    @property
    def api(self) -> BookApi:
        """The few properties that Excel's own object has and xlwings has not."""
        return BookApi(self)

    @property
    def fullname(self) -> str:
        """The path, or the name of a workbook that is in no file."""
        url = self.document.URL
        return str(import_uno().fileUrlToSystemPath(url)) if url else str(self.document.Title)

    @property
    def name(self) -> str:
        """The name of the file."""
        return Path(self.fullname).name

    @property
    def sheets(self) -> Sheets:
        """The sheets in their order."""
        return Sheets(self)

    @property
    def names(self) -> Names:
        """The names defined in the workbook."""
        return Names(self)

    def activate(self) -> None:
        """Make this the active workbook."""
        self.document.CurrentController.Frame.activate()
        self.app.activated = self.document.RuntimeUID

    def save(self, path: str | None = None, password: str | None = None) -> None:
        """Write the file, or another one that the workbook is from now on."""
        if path is None:
            self.document.store()
        else:
            target = Path(path)
            arguments = self.app.office.arguments(target)
            self.document.storeAsURL(target.resolve().as_uri(), arguments)

    def close(self) -> None:
        """Close without saving."""
        self.app.forget(self)
        self.document.close(True)


class BookApi(Native):
    """Excel's own workbook object, as far as the host uses it."""

    AutoSaveOn = False

    def __init__(self, book: Book) -> None:
        super().__init__(book.document)
        self._book = book

    @property
    def Date1904(self) -> bool:  # noqa: N802
        """Whether day zero is in 1904."""
        return self._book.day_zero.year == 1904

    @property
    def ReadOnly(self) -> bool:  # noqa: N802
        """Whether the workbook was opened for reading only."""
        return bool(self.uno.isReadonly())

    @property
    def FullName(self) -> str:  # noqa: N802
        """The path of the file."""
        return self._book.fullname

    @property
    def Path(self) -> str:  # noqa: N802
        """The folder of the file."""
        return str(Path(self._book.fullname).parent) if self.uno.URL else ""

    def SaveCopyAs(self, path: str) -> None:  # noqa: N802
        """Write a copy; the workbook stays what and where it is."""
        self._book.app.office.store(self.uno, Path(path))


def _own_case(text: str, headings: dict[str, str]) -> str:
    """The formula with the headings as they are written, which LibreOffice has put in small letters."""
    for small, own in headings.items():
        text = text.replace(f"[{small}]", f"[{own}]")
    return text

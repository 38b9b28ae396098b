"""``xlwings.Sheet`` over the sheets of a document of LibreOffice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from xlwings import base_classes

from tests.live.formats import area_of
from tests.live.names import Names
from tests.live.native import Native
from tests.live.ranges import Range
from tests.live.tables import Tables
from xlsales.hosts.ooxml.addresses import LAST_COLUMN, LAST_ROW, Area, parse_area

if TYPE_CHECKING:
    from tests.live.books import Book


class Sheet(base_classes.Sheet):
    """A sheet by its name. LibreOffice's object is asked for anew: deleting cells spoils an old one."""

    book: Book = None  # over xlwings' property, which cannot be set

    def __init__(self, book: Book, name: str) -> None:
        self.book = book
        self._name = name

    @property
    def native(self) -> Any:
        """LibreOffice's sheet."""
        return self.book.document.Sheets.getByName(self._name)

    @property
    def api(self) -> SheetApi:
        """Excel's own protection of the sheet."""
        return SheetApi(self.native)

    @property
    def name(self) -> str:
        """The name on the tab."""
        return self._name

    @name.setter
    def name(self, value: str) -> None:
        self.native.setName(value)
        self._name = value
        self.book.forget_homes()

    @property
    def number(self) -> int:
        """The place among the sheets, from 0."""
        return self.book.document.Sheets.ElementNames.index(self._name)

    @property
    def index(self) -> int:
        """The place among the sheets, from 1."""
        return self.number + 1

    def cells_of(self, area: Area) -> Any:
        """LibreOffice's object for a block."""
        return self.native.getCellRangeByPosition(area.left - 1, area.top - 1, area.right - 1, area.bottom - 1)

    def cell_of(self, row: int, column: int) -> Any:
        """LibreOffice's object for one cell."""
        return self.native.getCellByPosition(column - 1, row - 1)

    def table_areas(self) -> dict[str, Area]:
        """Where the tables of the sheet are, by name."""
        ranges = self.book.document.DatabaseRanges
        here = [name for name, sheet in self.book.homes().items() if sheet == self._name]
        return {name: area_of(ranges.getByName(name).DataArea) for name in here}

    def range(self, arg1: Any, arg2: Any = None) -> Range:
        """A block from any of the forms in which xlwings hands over cells."""
        if isinstance(arg1, tuple) and len(arg1) == 4 and not isinstance(arg1, Area):
            row, column, height, width = arg1
            area = Area(row, column, row + height - 1, column + width - 1)
            return Range(self, area if height and width else None)
        if isinstance(arg1, int) and isinstance(arg2, int):
            arg1, arg2 = (arg1, arg2), None
        first = self._area(arg1)
        second = first if arg2 is None else self._area(arg2)
        return Range(
            self,
            Area(
                min(first.top, second.top), min(first.left, second.left),
                max(first.bottom, second.bottom), max(first.right, second.right),
            ),
        )  # fmt: skip

    def _area(self, cell: Any) -> Area:
        if isinstance(cell, Area):
            return cell
        if isinstance(cell, Range):
            return cell.area
        if isinstance(cell, tuple):
            if 0 in cell:
                raise IndexError("ranges are counted from 1")
            return Area(*cell, *cell)
        try:
            return parse_area(cell)
        except ValueError:
            if cell in self.tables:
                return self.tables(cell).body_area
            return self.book.names(cell).refers_to_range.area

    @property
    def cells(self) -> Range:
        """Every cell."""
        return Range(self, Area(1, 1, LAST_ROW, LAST_COLUMN))

    @property
    def used_range(self) -> Range:
        """The smallest block that holds everything."""
        cursor = self.native.createCursor()
        cursor.gotoStartOfUsedArea(False)
        cursor.gotoEndOfUsedArea(True)
        return Range(self, area_of(cursor.RangeAddress))

    @property
    def tables(self) -> Tables:
        """The tables of the sheet."""
        return Tables(self)

    @property
    def names(self) -> Names:
        """The names defined for this sheet only."""
        return Names(self.book, self)

    def activate(self) -> None:
        """Show the sheet."""
        self.book.document.CurrentController.setActiveSheet(self.native)

    @property
    def visible(self) -> bool:
        """Whether the tab is shown."""
        return bool(self.native.IsVisible)

    @visible.setter
    def visible(self, value: bool) -> None:
        self.native.IsVisible = value


class SheetApi(Native):
    """Excel's own worksheet object, as far as the host and its tests use it."""

    @property
    def ProtectContents(self) -> bool:  # noqa: N802
        """Whether locked cells are protected."""
        return bool(self.uno.isProtected())

    def Protect(self, Password: str = "") -> None:  # noqa: N802, N803
        """Protect the locked cells."""
        self.uno.protect(Password)

    def Unprotect(self, Password: str = "") -> None:  # noqa: N802, N803
        """Take the protection away."""
        self.uno.unprotect(Password)


class Sheets(base_classes.Sheets):
    """The sheets of a workbook."""

    def __init__(self, book: Book) -> None:
        self._book = book

    @property
    def api(self) -> Native:
        """LibreOffice's sheets."""
        return Native(self._book.document.Sheets)

    @property
    def active(self) -> Sheet:
        """The sheet that is shown."""
        return Sheet(self._book, self._book.document.CurrentController.ActiveSheet.Name)

    def __call__(self, name_or_index: int | str) -> Sheet:
        names = self._book.document.Sheets.ElementNames
        if isinstance(name_or_index, int):
            return Sheet(self._book, names[name_or_index - 1])
        for name in names:
            if name.casefold() == name_or_index.casefold():
                return Sheet(self._book, name)
        raise KeyError(name_or_index)

    def __len__(self) -> int:
        return len(self._book.document.Sheets.ElementNames)

    def __iter__(self) -> Iterator[Sheet]:
        return (Sheet(self._book, name) for name in self._book.document.Sheets.ElementNames)

    def __contains__(self, key: str) -> bool:
        return any(sheet.name.casefold() == key.casefold() for sheet in self)

"""``xlwings.Names`` over the names defined in a document of LibreOffice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xlwings import base_classes

from tests.live.formats import area_of
from tests.live.native import Native
from tests.live.office import struct
from xlsales.hosts.ooxml.addresses import sheet_text

if TYPE_CHECKING:
    from tests.live.books import Book
    from tests.live.ranges import Range
    from tests.live.sheets import Sheet


class Names(base_classes.Names):
    """The names of the whole workbook, or of one sheet only."""

    def __init__(self, book: Book, sheet: Sheet | None = None) -> None:
        self._book = book
        self._sheet = sheet

    @property
    def api(self) -> Native:
        """LibreOffice's names."""
        return Native(self._native)

    @property
    def _native(self) -> Any:
        return self._sheet.native.NamedRanges if self._sheet else self._book.document.NamedRanges

    def _all(self) -> list[Name]:
        """The names of the workbook, and when it is asked also those of its sheets."""
        found = [Name(self._book, self._native, name, self._sheet) for name in self._native.ElementNames]
        if self._sheet is None:
            for sheet in self._book.sheets:
                found += sheet.names._all()
        return found

    def __call__(self, name_or_index: int | str) -> Name:
        found = self._all()
        if isinstance(name_or_index, int):
            return found[name_or_index - 1]
        for name in found:
            if name.name.casefold() == name_or_index.casefold():
                return name
        raise KeyError(name_or_index)

    def contains(self, name_or_index: int | str) -> bool:
        """Whether the name is defined."""
        return any(name.name.casefold() == str(name_or_index).casefold() for name in self._all())

    def __len__(self) -> int:
        return len(self._all())

    def add(self, name: str, refers_to: str) -> Name:
        """Define a name for ``=Sheet!$A$1``."""
        content = self._book.formulas.to_office(refers_to, None)[1:]
        self._native.addNewByName(name, content, struct("table.CellAddress"), 0)
        return self(name)


class Name(base_classes.Name):
    """One name."""

    def __init__(self, book: Book, names: Any, name: str, sheet: Sheet | None) -> None:
        self._book, self._names, self._name, self._sheet = book, names, name, sheet

    @property
    def api(self) -> Native:
        """LibreOffice's name."""
        return Native(self._names.getByName(self._name))

    @property
    def name(self) -> str:
        """The name, with its sheet where it is defined for one only."""
        return f"{sheet_text(self._sheet.name)}!{self._name}" if self._sheet else self._name

    @property
    def refers_to(self) -> str:
        """What it stands for: ``=Sheet!$A$1``."""
        return self._book.formulas.to_excel("=" + self.api.uno.Content, None)

    @refers_to.setter
    def refers_to(self, value: str) -> None:
        self.api.uno.setContent(self._book.formulas.to_office(value, None)[1:])

    @property
    def refers_to_range(self) -> Range:
        """The cells it stands for."""
        cells = self.api.uno.getReferredCells()
        if cells is None:
            raise ValueError(f"{self._name} stands for no cells")
        address = cells.RangeAddress
        return self._book.sheets(address.Sheet + 1).range(area_of(address))

    def delete(self) -> None:
        """Forget the name."""
        self._names.removeByName(self._name)

"""``xlwings.Table`` over LibreOffice's database ranges, which is what Excel's tables become there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from xlwings import base_classes

from tests.live.filters import AutoFilter
from tests.live.formats import address_of, area_of
from tests.live.moves import sort_rows
from tests.live.native import Native
from tests.live.ranges import Range
from tests.live.refusals import Refused, refuse_if_protected
from xlsales.hosts.ooxml.addresses import Area, area_text

if TYPE_CHECKING:
    from tests.live.sheets import Sheet


class Table(base_classes.Table):
    """A table by its name; where it stands is asked anew every time, since cells move."""

    parent: Sheet = None  # over xlwings' property, which cannot be set

    def __init__(self, sheet: Sheet, name: str) -> None:
        self.parent = sheet
        self._name = name

    @property
    def native(self) -> Any:
        """The database range."""
        return self.parent.book.document.DatabaseRanges.getByName(self._name)

    @property
    def api(self) -> Native:
        """LibreOffice's object, in a wrapper that is true."""
        return Native(self.native)

    @property
    def name(self) -> str:
        """The name of the table in the workbook."""
        return self._name

    @name.setter
    def name(self, value: str) -> None:
        self.native.setName(value)
        self._name = value
        self.parent.book.forget_homes()

    display_name = name

    @property
    def area(self) -> Area:
        """Header, body and totals."""
        return area_of(self.native.DataArea)

    @property
    def body_area(self) -> Area | None:
        """The rows between header and totals, or None."""
        area = self.area
        body = area._replace(top=area.top + self.show_headers, bottom=area.bottom - self.show_totals)
        return body if body.top <= body.bottom else None

    @property
    def range(self) -> Range:
        """Header, body and totals."""
        return Range(self.parent, self.area)

    @property
    def data_body_range(self) -> Range | None:
        """The body; None once every row was deleted, until something is written in the empty row that stays."""
        body = self.body_area
        if body is None or self.insert_row_range:
            return None
        return Range(self.parent, body)

    @property
    def insert_row_range(self) -> Range | None:
        """The empty row that stays when every row was deleted, or None."""
        body, emptied = self.body_area, self.parent.book.emptied
        if self._name in emptied and body and body.top == body.bottom:
            row = Range(self.parent, body)
            if all(value is None for value in _first_row(row)):
                return row
        emptied.discard(self._name)
        return None

    @property
    def header_row_range(self) -> Range | None:
        """The headings."""
        area = self.area
        return Range(self.parent, area._replace(bottom=area.top)) if self.show_headers else None

    @property
    def totals_row_range(self) -> Range | None:
        """The row of totals, or None."""
        if not self.show_totals:
            return None
        area = self.area
        return Range(self.parent, area._replace(top=area.bottom))

    @property
    def show_headers(self) -> bool:
        """Whether there are headings."""
        return bool(self.native.ContainsHeader)

    @property
    def show_totals(self) -> bool:
        """Whether there is a row of totals."""
        return bool(self.native.TotalsRow)

    @show_totals.setter
    def show_totals(self, value: bool) -> None:
        if value == self.show_totals:
            return
        kept, area = self.parent.book.kept_totals, self.area
        if value:
            row = area._replace(top=area.bottom + 1, bottom=area.bottom + 1)
            if any(text is not None for text in _first_row(Range(self.parent, row))):
                Range(self.parent, row).insert("down")
            self._place(area._replace(bottom=area.bottom + 1), totals=True)
            Range(self.parent, row).formula = kept.pop(self._name, "")
        else:
            row = area._replace(top=area.bottom)
            kept[self._name] = Range(self.parent, row).formula
            Range(self.parent, row).clear_contents()
            self._place(area._replace(bottom=area.bottom - 1), totals=False)

    def _place(self, area: Area, *, totals: bool) -> None:
        native = self.native
        native.setDataArea(address_of(area, self.parent.number))
        native.TotalsRow = totals

    def resize(self, range: Any) -> None:
        """Move the edges of the table; its header stays in its row and it meets no other table."""
        old, new = self.area, range.impl.area
        refuse_if_protected(self.parent.native, new)
        others = [area for name, area in self.parent.table_areas().items() if name != self._name]
        if new.top != old.top or not new.meets(old) or new.bottom <= new.top + self.show_totals:
            raise Refused(f"a table at {area_text(old)} cannot be resized to {area_text(new)}")
        if any(new.meets(other) for other in others):
            raise Refused(f"{area_text(new)} overlaps another table")
        self.native.setDataArea(address_of(new, self.parent.number))

    def sort(self, keys: list[int], ascending: list[bool]) -> None:
        """Sort the body by columns counted from 1."""
        if body := self.body_area:
            sort_rows(self.parent, body, keys, ascending)

    @property
    def autofilter(self) -> AutoFilter:
        """The filter of the table."""
        return AutoFilter(self)

    @property
    def show_autofilter(self) -> bool:
        """Whether the headings have arrows to filter with."""
        return bool(self.native.AutoFilter)

    @show_autofilter.setter
    def show_autofilter(self, value: bool) -> None:
        if not value:
            self.autofilter.clear()
        self.native.AutoFilter = value


class Tables(base_classes.Collection, base_classes.Tables):
    """The tables of one sheet."""

    parent: Sheet = None

    def __init__(self, sheet: Sheet) -> None:
        self.parent = sheet

    @property
    def api(self) -> Native:
        """LibreOffice's database ranges."""
        return Native(self.parent.book.document.DatabaseRanges)

    def __call__(self, key: int | str) -> Table:
        names = list(self.parent.table_areas())
        if isinstance(key, int):
            return Table(self.parent, names[key - 1])
        for name in names:
            if name.casefold() == key.casefold():
                return Table(self.parent, name)
        raise KeyError(key)

    def __len__(self) -> int:
        return len(self.parent.table_areas())

    def __iter__(self) -> Iterator[Table]:
        return (Table(self.parent, name) for name in self.parent.table_areas())

    def __contains__(self, key: str) -> bool:
        return any(name.casefold() == key.casefold() for name in self.parent.table_areas())

    def add(self, source: Any = None, name: str | None = None, has_headers: bool = True, **_: Any) -> Table:
        """A new table over a block whose first row has the headings."""
        if name is None or not has_headers:
            raise NotImplementedError
        self.api.uno.addNewByName(name, address_of(source.impl.area, self.parent.number))
        table = Table(self.parent, name)
        table.native.ContainsHeader = True
        table.show_autofilter = True
        return table


def _first_row(cells: Range) -> tuple[Any, ...]:
    values = cells.raw_value
    return values[0] if isinstance(values, tuple) else (values,)

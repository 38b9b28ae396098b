"""What an edit of a table means for the sheet: new places for columns and rows, and what moves with them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from xlsales.hosts import TableEdit
from xlsales.hosts.cellvalues import check_edit, new_headings, plain_column
from xlsales.hosts.ooxml.addresses import LAST_COLUMN, LAST_ROW, Area
from xlsales.hosts.ooxml.formulas import Reference, replaced
from xlsales.hosts.ooxml.workbook import Table
from xlsales.issues import CannotWrite

Rows = tuple[int, int]


@dataclass(frozen=True)
class Change:
    """An edit of one table, laid out on its sheet.

    sources: for each new column the old one it continues, or None for an added one.
    values: the written cells of each new column, or None where none is written.
    origin: for each new body row the old one it continues, or -1.
    """

    table: Table
    headings: tuple[str, ...]
    sources: tuple[int | None, ...]
    values: tuple[list[Any] | None, ...]
    origin: list[int]

    @property
    def rows(self) -> int:
        """The number of body rows, at least one."""
        return len(self.origin)

    @cached_property
    def area(self) -> Area:
        """Where the whole table stands afterwards."""
        old = self.table.area
        bottom = self.table.body.top + self.rows - 1 + self.table.totals
        return Area(old.top, old.left, bottom, old.left + len(self.headings) - 1)

    @cached_property
    def body(self) -> Area:
        """Where its body stands afterwards."""
        area = self.area
        return Area(self.table.body.top, area.left, area.bottom - self.table.totals, area.right)

    @cached_property
    def columns_stay(self) -> bool:
        """Whether every column keeps its place and none is added or dropped."""
        return self.sources == tuple(range(len(self.table.columns)))

    @cached_property
    def stays(self) -> bool:
        """Whether the table keeps its place and size."""
        return self.columns_stay and self.area == self.table.area

    @cached_property
    def new_rows(self) -> dict[int, int]:
        """For each old body row that goes on (from 0), the sheet row where it now stands."""
        rows: dict[int, int] = {}
        for index, source in enumerate(self.origin):
            if source >= 0:
                rows.setdefault(source, self.body.top + index)
        return rows

    @cached_property
    def rows_stay(self) -> bool:
        """Whether every old body row keeps its place."""
        height = self.table.body.bottom - self.table.body.top + 1
        return self.rows >= height and self.origin[:height] == list(range(height))

    def moved(self, area: Area) -> Area | None:
        """Where an area of the sheet is afterwards; None when its columns are dropped."""
        old = self.table.area
        if not (old.left <= area.left and area.right <= old.right and old.top <= area.top <= old.bottom):
            return area
        columns = self._moved_columns(area.left, area.right)
        if columns is None:
            return None
        top, bottom = self._row_blocks.get((area.top, area.bottom), (area.top, area.bottom))
        return Area(top, columns[0], bottom, columns[1])

    def followed(self, formula: str, home: bool) -> str:
        """A formula with its references to the table's columns moved along.

        home: whether the formula stands on the table's sheet.
        """

        def follow(reference: Reference) -> str:
            sheet = reference.sheet_name
            here = home if not sheet else sheet.casefold() == self.table.sheet.casefold()
            moved = self.moved(reference.area) if here else reference.area
            if moved is None or moved == reference.area:
                return reference.text()
            return reference.over(moved).text()

        return formula if self.stays else replaced(formula, follow)

    @cached_property
    def _row_blocks(self) -> dict[Rows, Rows]:
        """The row spans that mean a part of the table rather than single rows."""
        old, new = self.table.area, self.area
        body, new_body = self.table.body, self.body
        blocks = {
            (body.top, body.bottom): (new_body.top, new_body.bottom),
            (old.top, body.bottom): (new.top, new_body.bottom),
            (body.top, old.bottom): (new_body.top, new.bottom),
            (old.top, old.bottom): (new.top, new.bottom),
        }
        if self.table.totals:
            blocks[body.bottom + 1, old.bottom] = (new_body.bottom + 1, new.bottom)
        return blocks

    def _moved_columns(self, left: int, right: int) -> Rows | None:
        old, new = self.table.area, self.area
        if (left, right) == (old.left, old.right):
            return new.left, new.right
        places = {source: new.left + place for place, source in enumerate(self.sources) if source is not None}
        columns = [column - old.left for column in range(left, right + 1)]
        found = sorted(places[column] for column in columns if column in places)
        if not found:
            return None
        joined = found[-1] - found[0] + 1 == len(found)
        return (found[0], found[-1]) if joined else (left, right)


def planned(table: Table, edit: TableEdit) -> Change:
    """Lay an edit out; CannotWrite when the table cannot be edited at all."""
    if table.connected:
        raise unsupported(table, "connected")
    if table.headers != 1:
        raise unsupported(table, "no_header")
    check_edit(edit, table.name, table.body.bottom - table.body.top + 1)
    old = [column.name for column in table.columns]
    headings = tuple(new_headings(old, edit, table.name))
    places = {name.casefold(): place for place, name in enumerate(old)}
    written = {str(name).casefold(): name for name in edit.cells.columns}
    values = tuple(
        plain_column(edit, written[name.casefold()], table.name) or [None] if name.casefold() in written else None
        for name in headings
    )
    sources = tuple(places.get(name.casefold()) for name in headings)
    change = Change(table, headings, sources, values, edit.origin.tolist() or [-1])
    if not headings:
        raise ValueError(f"{table.name}: no column would be left")
    if change.area.bottom > LAST_ROW or change.area.right > LAST_COLUMN:
        raise CannotWrite("table_too_large", table=table.name, rows=change.rows, sheet=table.sheet)
    return change


def unsupported(table: Table, reason: str, found: str = "") -> CannotWrite:
    """The exception for a table that cannot be edited, with the reason as a word."""
    return CannotWrite("table_unsupported", table=table.name, sheet=table.sheet, reason=reason, found=found)

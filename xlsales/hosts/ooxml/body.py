"""Rewriting the rows of one table in the text of its sheet."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from xlsales.hosts import KEEP
from xlsales.hosts.ooxml.addresses import letters
from xlsales.hosts.ooxml.cells import (
    Cell,
    SheetText,
    cell_text,
    outline,
    row_text,
    split_cells,
    with_rows,
)
from xlsales.hosts.ooxml.column import Before, ColumnWriter, FormulaMover
from xlsales.hosts.ooxml.plan import Change
from xlsales.hosts.ooxml.render import Painter

_CHUNK = 4096


@dataclass
class OldRows:
    """What the table's columns hold before the edit, and what stands beside them."""

    styles: list[list[str]]
    cells: dict[int, list[Cell | None]]
    last: list[Cell | None]
    header: list[Cell | None]
    totals: list[list[Cell | None]]
    beside: dict[int, tuple[str, str, str]] = field(default_factory=dict)


class BodyWriter:
    """Writes one change into one sheet."""

    def __init__(self, sheet: SheetText, change: Change, painter: Painter) -> None:
        self._sheet = sheet
        self._change = change
        self._painter = painter
        self._prefix = sheet.prefix
        area = change.table.area
        self._places = {letters(column): column - area.left for column in range(area.left, area.right + 1)}
        self._mover = FormulaMover(change, sheet.prefix)

    def written(self) -> SheetText:
        """The sheet after the change."""
        old = self._old_rows()
        changed: dict[int, str] = {}
        self._write_header(old, changed)
        for first, rows in self._body_rows(old):
            for index, cells in enumerate(rows):
                self._put(changed, old, first + index, cells)
        self._write_totals(old, changed)
        self._clear_rest(old, changed)
        return with_rows(self._sheet, changed)

    def _old_rows(self) -> OldRows:
        change, table = self._change, self._change.table
        body, count = table.body, len(table.columns)
        needed = self._kept_columns()
        height = body.bottom - body.top + 1
        old = OldRows(
            styles=[[""] * height for _ in range(count)],
            cells={place: [None] * height for place in needed},
            last=[None] * count,
            header=[None] * count,
            totals=[],
        )
        for number in range(table.area.top, max(table.area.bottom, change.area.bottom) + 1):
            if number > table.area.bottom and number not in self._sheet.spans:
                continue
            if body.top <= number < body.bottom and self._only_styles(number, old):
                continue
            inside = self._split(number, old)
            if number < body.top:
                old.header = inside
            elif number <= body.bottom:
                self._keep(old, number - body.top, inside)
            elif number <= table.area.bottom:
                old.totals.append(inside)
        return old

    def _kept_columns(self) -> list[int]:
        """Old columns of which whole cells are needed, not only the styles."""
        return [
            source
            for source, values in zip(self._change.sources, self._change.values, strict=True)
            if source is not None and (values is None or KEEP in values)
        ]

    def _only_styles(self, number: int, old: OldRows) -> bool:
        """Note the styles of a body row when nothing else of it is needed; whether that was so."""
        if old.cells:
            return False
        attributes, text = self._sheet.row(number)
        found = outline(text, self._prefix)
        places, index = self._places, number - self._change.table.body.top
        if not all(column in places for column, _ in found):
            return False
        for column, style in found:
            if style:
                old.styles[places[column]][index] = style
        old.beside[number] = (attributes, "", "")
        return True

    def _split(self, number: int, old: OldRows) -> list[Cell | None]:
        """The table's cells of a row by column; the rest is kept as text."""
        area, new = self._change.table.area, self._change.area
        attributes, text = self._sheet.row(number)
        inside: list[Cell | None] = [None] * (area.right - area.left + 1)
        left, right = [], []
        for cell in split_cells(text, self._prefix):
            column = cell.column
            if area.left <= column <= area.right:
                inside[column - area.left] = cell
            elif column < area.left:
                left.append(self._beside(cell, number))
            elif column > new.right:
                right.append(self._beside(cell, number))
        old.beside[number] = (attributes, "".join(left), "".join(right))
        return inside

    def _beside(self, cell: Cell, number: int) -> str:
        stayed = cell._replace(inner=self._mover.stayed(cell.inner))
        return cell_text(stayed, cell.letters, number, self._prefix)

    def _keep(self, old: OldRows, index: int, inside: list[Cell | None]) -> None:
        for place, cell in enumerate(inside):
            if cell is not None:
                old.styles[place][index] = cell.style
                if place in old.cells:
                    old.cells[place][index] = cell
        old.last = inside

    def _put(self, changed: dict[int, str], old: OldRows, number: int, cells: str) -> None:
        attributes, left, right = old.beside.get(number, ("", "", ""))
        if " spans=" in attributes:
            attributes = re.sub(r' spans="[^"]*"', "", attributes)
        if cells or left or right or attributes:
            changed[number] = row_text(number, attributes, left + cells + right, self._prefix)
        else:
            changed[number] = ""

    def _write_header(self, old: OldRows, changed: dict[int, str]) -> None:
        change = self._change
        if change.stays:
            return
        number, cells = change.area.top, []
        last = next((cell for cell in reversed(old.header) if cell), None)
        for place, (heading, source) in enumerate(zip(change.headings, change.sources, strict=True)):
            column = letters(change.area.left + place)
            cell = old.header[source] if source is not None else None
            if cell is not None:
                cells.append(cell_text(cell, column, number, self._prefix))
            else:
                style = last.style if last else ""
                cells.append(f'<{self._prefix}c r="{column}{number}"{self._painter.paint(heading, style)}')
        self._put(changed, old, number, "".join(cells))

    def _body_rows(self, old: OldRows) -> Iterator[tuple[int, list[str]]]:
        """The first row number and the cells' text of each row, some thousand rows at a time."""
        change = self._change
        columns = [self._column(old, place) for place in range(len(change.headings))]
        for start in range(0, change.rows, _CHUNK):
            stop = min(start + _CHUNK, change.rows)
            parts = [column.cells(start, stop) for column in columns]
            yield change.body.top + start, ["".join(cells) for cells in zip(*parts, strict=True)]

    def _column(self, old: OldRows, place: int) -> ColumnWriter:
        change = self._change
        source = change.sources[place]
        near = source if source is not None else self._column_to_the_left(place)
        prototype = old.last[near] if near is not None else None
        styles = old.styles[source] if source is not None else [""] * len(old.styles[0])
        cells = old.cells.get(source, []) if source is not None else []
        style = prototype.style if prototype else ""
        before = Before(styles, cells, style, self._fill(old, source))
        return ColumnWriter(change, place, before, self._painter, self._mover)

    def _column_to_the_left(self, place: int) -> int | None:
        for source in reversed(self._change.sources[:place]):
            if source is not None:
                return source
        return None

    def _fill(self, old: OldRows, source: int | None) -> tuple[str, int]:
        """The formula of a calculated column and the row it is written for."""
        table = self._change.table
        if source is None or not table.columns[source].formula:
            return "", 0
        last = old.last[source]
        formula = self._mover.plain(last.inner) if last else ""
        if formula:
            return formula, table.body.bottom
        return table.columns[source].formula, table.body.top

    def _write_totals(self, old: OldRows, changed: dict[int, str]) -> None:
        change = self._change
        first = change.body.bottom + 1
        old_first = change.table.body.bottom + 1
        if change.stays:
            return
        for index, inside in enumerate(old.totals):
            cells = []
            for place, source in enumerate(change.sources):
                cell = inside[source] if source is not None else None
                if cell is not None:
                    at = (letters(change.area.left + place), first + index)
                    moved = cell._replace(inner=self._mover.stayed(cell.inner))
                    cells.append(cell_text(moved, *at, self._prefix))
            self._put(changed, old, first + index, "".join(cells))
        for number in range(old_first, old_first + len(old.totals)):
            if number > change.area.bottom:
                self._put(changed, old, number, "")

    def _clear_rest(self, old: OldRows, changed: dict[int, str]) -> None:
        """Empty the rows that the body gave up; their style stays."""
        table, change = self._change.table, self._change
        for number in range(change.area.bottom + 1, table.body.bottom + 1):
            index = number - table.body.top
            cells = "".join(
                f'<{self._prefix}c r="{letters(table.area.left + place)}{number}" s="{styles[index]}"/>'
                for place, styles in enumerate(old.styles)
                if styles[index]
            )
            self._put(changed, old, number, cells)

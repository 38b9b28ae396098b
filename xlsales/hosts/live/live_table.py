"""One table of an open workbook: where it is, its cells, and an edit carried out in it."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from xlsales.hosts import KEEP, TableEdit
from xlsales.hosts.cellvalues import new_headings
from xlsales.hosts.live.cells import block, read_column

_CELLS_AT_A_TIME = 400_000
_LONGEST_IN_BLOCK = 8_000


@dataclass
class LiveTable:
    """An xlwings Table with its place: header row and first column from 1, body rows, columns.

    names: the headings, once they have been read.
    """

    table: Any
    top: int
    left: int
    rows: int
    columns: int
    names: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, table: Any, names: Sequence[str] = ()) -> LiveTable:
        """The table as it stands now; ``names`` are its headings where they are known."""
        whole = table.range
        rows, columns = whole.shape
        return cls(table, whole.row, whole.column, rows - 1 - bool(table.show_totals), columns, list(names))

    def cells(self, down: int, across: int, rows: int, columns: int) -> Any:
        """A block: ``down`` body rows below the first (-1 is the header), ``across`` columns from the first."""
        row, column = self.top + 1 + down, self.left + across
        return self.table.parent.range((row, column), (row + rows - 1, column + columns - 1))

    def headings(self) -> list[str]:
        """The headings, left to right."""
        if not self.names:
            self.names = ["" if cell is None else str(cell) for cell in self._read(-1, 0, 1, self.columns)[0]]
        return self.names

    def frame(self) -> pd.DataFrame:
        """The body: headings as columns, raw cell values."""
        head, *rows = self._read(-1, 0, 1 + self.rows, self.columns)
        self.names = ["" if cell is None else str(cell) for cell in head]
        body = zip(*rows, strict=True)
        columns = {heading: read_column(cells) for heading, cells in zip(self.names, body, strict=True)}
        return pd.DataFrame(columns, dtype=object)

    def _read(self, down: int, across: int, rows: int, columns: int) -> list[Sequence[Any]]:
        """A block of values, in as many calls as its size asks for."""
        step = max(_CELLS_AT_A_TIME // columns, 1)
        found: list[Sequence[Any]] = []
        for start in range(0, rows, step):
            count = min(step, rows - start)
            found += block(self.cells(down + start, across, count, columns).raw_value, count, columns)
        return found

    def calculated(self) -> list[str]:
        """Headings of columns that hold a formula in every row."""
        first = block(self.cells(0, 0, 1, self.columns).formula, 1, self.columns)[0]
        likely = [i for i, cell in enumerate(first) if isinstance(cell, str) and cell.startswith("=")]
        headings = self.headings() if likely else []
        return [headings[i] for i in likely if all(str(row[0]).startswith("=") for row in self._formulas(i))]

    def _formulas(self, across: int) -> list[Sequence[Any]]:
        return block(self.cells(0, across, self.rows, 1).formula, self.rows, 1)

    def fit_columns(self, edit: TableEdit) -> None:
        """Drop, add and move columns until the headings are those of the edit."""
        present = list(self.headings())
        wanted = new_headings(present, edit, self.table.name)
        dropped = {heading.casefold() for heading in edit.drop}
        for across in reversed([i for i, heading in enumerate(present) if heading.casefold() in dropped]):
            self._drop_column(across)
            present.pop(across)
        for across, heading in enumerate(wanted):
            if across < len(present) and present[across] == heading:
                continue
            self._insert_column(across)
            if heading in present:
                source = present.index(heading) + 1
                self.cells(-1, source, self._height(), 1).copy(self.cells(-1, across, self._height(), 1))
                self._drop_column(source)
                present.remove(heading)
            self.cells(-1, across, 1, 1).raw_value = "'" + heading
            present.insert(across, heading)
        self.names = present

    def _insert_column(self, across: int) -> None:
        """Room for a column. Before the first one it is made after it, so that it is inside the table."""
        self.cells(-1, max(across, 1), self._height(), 1).insert("right")
        if across == self.columns:
            self.table.resize(self.cells(-1, 0, self._height(), self.columns + 1))
        if across == 0:
            self.cells(-1, 0, self._height(), 1).copy(self.cells(-1, 1, self._height(), 1))
        self.columns += 1

    def _drop_column(self, across: int) -> None:
        self.cells(-1, across, self._height(), 1).delete("left")
        self.columns -= 1

    def _height(self) -> int:
        return self.rows + 1 + bool(self.table.show_totals)

    def fit_rows(self, origin: Sequence[int], written: Container[str], body: pd.DataFrame) -> None:
        """Rows inserted, moved and deleted until row i continues the row ``origin[i]``, or is new (-1).

        written: headings whose cells are written next, so what stands in them does not matter.
        body: what stands in the table now.
        """
        origin = _once(origin)
        users = [i for i, heading in enumerate(self.headings()) if heading.casefold() not in written]
        kept = [row for row in origin if row >= 0]
        wanted = max(len(origin), 1)
        if all(self._empty(i, body) for i in users):
            self._resize_from(min(self.rows, wanted), wanted, users)
        elif kept == list(range(len(kept))) and list(origin[: len(kept)]) == kept:
            self._resize_from(max(len(kept), 1), wanted, users)
            if not kept:
                self._clear_first(users)
        else:
            self._sort(origin, users)

    def _empty(self, across: int, body: pd.DataFrame) -> bool:
        """Nothing to see in a column, and no formula that shows nothing either."""
        heading = self.headings()[across]
        if heading in body and body[heading].notna().any():
            return False
        return all(cell in ("", None) for row in self._formulas(across) for cell in row)

    def _resize_from(self, same: int, wanted: int, users: Sequence[int]) -> None:
        """Keep the first rows, drop the others, add new ones below; ``users`` are the columns not to be written."""
        if self.rows > same:
            self.cells(same, 0, self.rows - same, self.columns).delete("up")
            self.rows = same
        self._add_rows(wanted - self.rows, users)

    def _add_rows(self, count: int, users: Sequence[int]) -> None:
        if count <= 0:
            return
        totals = bool(self.table.show_totals)
        formulas = self.calculated() if users else []
        calculated = [i for i in users if self.headings()[i] in formulas]
        self.cells(self.rows, 0, count, self.columns).insert("down", "format_from_left_or_above")
        if not totals:
            self.table.resize(self.cells(-1, 0, 1 + self.rows + count, self.columns))
        for across in calculated:
            self.cells(self.rows - 1, across, 1, 1).copy(self.cells(self.rows, across, count, 1))
        self.rows += count

    def _clear_first(self, users: Sequence[int]) -> None:
        for across in users:
            if not str(self._formulas(across)[0][0]).startswith("="):
                self.cells(0, across, 1, 1).clear_contents()

    def _sort(self, origin: Sequence[int], users: Sequence[int]) -> None:
        """Let the program sort its own rows, so that formulas, notes and colours go along.

        The order stands meanwhile in a column that is written afterwards; without one a column is added for it.
        """
        before = self.rows
        across = next((i for i in range(self.columns) if i not in users), None)
        places = {row: place for place, row in enumerate(origin) if row >= 0}
        fresh = [place for place, row in enumerate(origin) if row < 0]
        self._add_rows(len(fresh), users)
        order = [places.get(row, len(origin) + row) for row in range(before)] + fresh
        at = self.columns if across is None else across
        if across is None:
            self._insert_column(at)
        self.cells(0, 0, self.rows, self.columns).row_hidden = False
        self.cells(0, at, self.rows, 1).raw_value = [[float(place)] for place in order]
        self.table.sort(at + 1)
        if across is None:
            self._drop_column(at)
        if self.rows > len(origin):
            self.cells(len(origin), 0, self.rows - len(origin), self.columns).delete("up")
            self.rows = len(origin)

    def write(self, columns: dict[str, list[Any]]) -> None:
        """Cells by heading, neighbours in one block; KEEP is left alone."""
        places = {heading.casefold(): i for i, heading in enumerate(self.headings())}
        at = sorted((places[heading.casefold()], cells) for heading, cells in columns.items())
        plain = [(across, cells) for across, cells in at if not any(cell is KEEP for cell in cells)]
        for run in _neighbours(plain):
            self._put(run[0][0], 0, [cells for _, cells in run])
        for across, cells in at:
            if any(cell is KEEP for cell in cells):
                for start, stop in _runs(cells):
                    self._put(across, start, [cells[start:stop]])

    def _put(self, across: int, down: int, columns: list[list[Any]]) -> None:
        """One block, in as many calls as its size asks for; a very long text goes by itself."""
        long = [
            (row, column, cell) for column, cells in enumerate(columns) for row, cell in enumerate(cells)
            if isinstance(cell, str) and len(cell) > _LONGEST_IN_BLOCK
        ]
        rows = list(zip(*columns, strict=True))
        step = max(_CELLS_AT_A_TIME // len(columns), 1)
        for start in range(0, len(rows), step):
            part = [list(row) for row in rows[start : start + step]]
            for row, column, _ in long:
                if start <= row < start + len(part):
                    part[row - start][column] = None
            self.cells(down + start, across, len(part), len(columns)).raw_value = part
        for row, column, cell in long:
            self.cells(down + row, across + column, 1, 1).raw_value = cell


def _once(origin: Sequence[int]) -> list[int]:
    """A row is continued once; a second row that says it continues the same one is new."""
    seen: set[int] = set()
    once = []
    for row in map(int, origin):
        once.append(-1 if row in seen else row)
        seen.add(row)
    return once


def _neighbours(columns: list[tuple[int, list[Any]]]) -> Iterator[list[tuple[int, list[Any]]]]:
    """Columns that stand side by side, together."""
    run: list[tuple[int, list[Any]]] = []
    for across, cells in columns:
        if run and across != run[-1][0] + 1:
            yield run
            run = []
        run.append((across, cells))
    if run:
        yield run


def _runs(cells: Sequence[Any]) -> Iterator[tuple[int, int]]:
    """Start and stop of the stretches that are to be written."""
    written = np.array([False, *(cell is not KEEP for cell in cells), False])
    edges = np.flatnonzero(written[1:] != written[:-1])
    yield from zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)

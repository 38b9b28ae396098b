"""One table of an open workbook: where it is, what stands in it, and cells written into it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from xlsales.hosts import KEEP
from xlsales.hosts.live.cells import block, read_column, write_column
from xlsales.hosts.ooxml.formulas import shifted

_CELLS_AT_A_TIME = 400_000
_LONGEST_IN_BLOCK = 8_000
_STRETCHES = 40


@dataclass
class LiveTable:
    """An xlwings Table with its place: header row and first column from 1, body rows, columns.

    names: the headings, once they have been read. layout: which body row each row continues, -1 for a new one, kept up
        to date while rows are fitted, so that a break in the middle can be mended. shown: hidden rows had to be shown.
    """

    table: Any
    top: int
    left: int
    rows: int
    columns: int
    names: list[str] = field(default_factory=list)
    layout: list[int] = field(default_factory=list)
    shown: bool = False

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
        """Headings of columns that hold one and the same formula in every row."""
        first = block(self.cells(0, 0, 1, self.columns).formula, 1, self.columns)[0]
        likely = [i for i, cell in enumerate(first) if isinstance(cell, str) and cell.startswith("=")]
        return [self.headings()[i] for i in likely if _same_formula(self.formulas(i))]

    def formulas(self, across: int) -> list[Any]:
        """A column as formulas in English; a constant as its text, "" where nothing stands."""
        return [row[0] for row in block(self.cells(0, across, self.rows, 1).formula, self.rows, 1)]

    def height(self) -> int:
        """Rows of the whole table, header and totals included."""
        return self.rows + 1 + bool(self.table.show_totals)

    def write(self, columns: dict[str, list[Any]]) -> None:
        """Cells by heading, neighbours in one block; KEEP is left alone."""
        places = {heading.casefold(): i for i, heading in enumerate(self.headings())}
        at = sorted((places[heading.casefold()], cells) for heading, cells in columns.items())
        plain = [(across, cells) for across, cells in at if not any(cell is KEEP for cell in cells)]
        for run in _neighbours(plain):
            self._put(run[0][0], 0, [cells for _, cells in run])
        for across, cells in at:
            if any(cell is KEEP for cell in cells):
                self._put_between(across, cells)

    def _put_between(self, across: int, cells: list[Any]) -> None:
        """Write the cells that are not KEEP; where many stretches are kept, all in one go, those as they stand."""
        runs = list(_runs(cells))
        if len(runs) <= _STRETCHES:
            for start, stop in runs:
                self._put(across, start, [cells[start:stop]])
            return
        values = read_column([row[0] for row in self._read(0, across, self.rows, 1)])
        standing = write_column(values, lambda value: value)
        texts = self.formulas(across)
        now = [
            text if isinstance(text, str) and text.startswith("=") else value
            for text, value in zip(texts, standing, strict=True)
        ]
        self._put(across, 0, [[old if cell is KEEP else cell for cell, old in zip(cells, now, strict=True)]])

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


def _same_formula(texts: Sequence[Any]) -> bool:
    """Whether every row holds the first row's formula, moved to its place."""
    if not all(isinstance(text, str) and text.startswith("=") for text in texts):
        return False
    return all(text == texts[0] or text == "=" + shifted(texts[0][1:], row, 0) for row, text in enumerate(texts))


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

"""What a file holds before anything is understood: cells, and where each of them stands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import pandas as pd

from xlsales.issues import Issue
from xlsales.sources.texts import as_text

HEAD_ROWS = 50


@dataclass(frozen=True)
class Grid:
    """The cells of one text file, one sheet or one table on a sheet.

    cells: columns named 0, 1, … from the left; missing where a cell is empty. A column is text, or float64,
        datetime64 or bool where all its cells are: numbers and dates of a workbook need not pass through text.
    place: (row from 0, column from 0 or −1 for the whole row) → where that is, for the user.
    top: rows above ``cells`` as trimmed text, as wide as ``cells``: banner and headings. They count as the first rows.
    name: what the user calls it, "Blad1"; "" where it is the whole file.
    machine_point: numbers were written by a program with a decimal point, next to text typed by people.
    comma_first: the file comes from where a decimal comma and day before month are usual; None if unknown.
    strict_width: a row with more cells than the heading has shifted cells and cannot be trusted.
    """

    cells: pd.DataFrame
    place: Callable[[int, int], str]
    machine_point: bool = False
    comma_first: bool | None = None
    strict_width: bool = False
    warnings: list[Issue] = field(default_factory=list)
    top: tuple[tuple[str, ...], ...] = ()
    name: str = ""

    @property
    def height(self) -> int:
        """Rows in all."""
        return len(self.top) + len(self.cells)

    def head(self) -> list[list[str]]:
        """The first rows as lists of trimmed text, where the heading is looked for."""
        return self.texts(0, HEAD_ROWS)

    def texts(self, first: int, last: int) -> list[list[str]]:
        """The rows from first up to last as lists of trimmed text."""
        above = [list(row) for row in self.top[first:last]]
        part = self.cells.iloc[max(first - len(self.top), 0) : max(last - len(self.top), 0)]
        columns = [as_text(part[column]).to_pylist() for column in part.columns]
        return above + [list(row) for row in zip(*columns, strict=True)]

    def below(self, row: int) -> pd.DataFrame:
        """The cells of all rows from ``row`` on, typed where none of them stands in ``top``."""
        if row >= len(self.top):
            return self.cells.iloc[row - len(self.top) :].reset_index(drop=True)
        above = pd.DataFrame(self.top[row:], columns=self.cells.columns, dtype="str").replace("", None)
        texts = {column: as_text(self.cells[column]).to_pandas() for column in self.cells.columns}
        under = pd.DataFrame(texts, columns=self.cells.columns).astype("str")
        return pd.concat([above.astype("str"), under], ignore_index=True)

    def part(self, rows: slice, columns: Sequence[int] | None = None) -> Grid:
        """Some of the rows, and some of the columns, as a grid of their own; places stay what they are."""
        first, last, _ = rows.indices(self.height)
        kept = list(range(self.cells.shape[1])) if columns is None else list(columns)
        above = len(self.top)
        cells = self.cells.iloc[max(first - above, 0) : max(last - above, 0), kept].reset_index(drop=True)
        cells.columns = pd.RangeIndex(len(kept))
        top = tuple(tuple(row[column] for column in kept) for row in self.top[first:last])
        place = self.place

        def moved(row: int, column: int) -> str:
            return place(first + row, kept[min(max(column, 0), len(kept) - 1)])

        return replace(self, cells=cells, top=top, place=moved)

"""What a file holds before anything is understood: text cells, and where each of them stands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pandas as pd

from xlsales.issues import Issue

HEAD_ROWS = 50


@dataclass(frozen=True)
class Grid:
    """The cells of one text file or one sheet.

    cells: text columns named 0, 1, … from the left; missing where a cell is empty.
    place: (row from 0, column from 0 or −1 for the whole row) → where that is, for the user.
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

    def head(self) -> list[list[str]]:
        """The first rows as lists of trimmed text, where the heading is looked for."""
        top = self.cells.head(HEAD_ROWS).fillna("").to_numpy(dtype=object)
        return [[str(cell).strip() for cell in row] for row in top]

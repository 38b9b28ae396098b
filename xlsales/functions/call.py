"""One call of a worksheet function: its raw arguments, typed when asked for, and the words for what is wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from xlsales.functions.ranges import Range, as_range, error_name, typed_numbers
from xlsales.issues import CannotRead
from xlsales.tables.cells import is_empty, read_text, type_cells
from xlsales.tables.schema import Column

Vector = npt.NDArray[np.float64]
_SHOWN = 30


class Call:
    """The arguments of a call by key. What cannot be used raises CannotRead with argument and row."""

    def __init__(self, arguments: Mapping[str, Any]) -> None:
        self._arguments = arguments

    def has(self, key: str) -> bool:
        """True where the argument was given."""
        return self._arguments.get(key) is not None

    def cells(self, key: str) -> Range:
        """The argument as rows of cells."""
        return as_range(self._arguments.get(key))

    def block(self, key: str) -> Vector:
        """Numbers, shape (rows, columns); NaN where a cell is empty."""
        rows = self.cells(key)
        values, wrong = typed_numbers(rows)
        if wrong is not None:
            raise self._unreadable(key, "function_not_number", wrong)
        return values

    def column(self, key: str, size: int | None = None) -> Vector:
        """Numbers of a single column or row, as many as ``size``; one cell stands for all of them."""
        self._refuse_a_block(key)
        values = self.block(key).ravel()
        return np.repeat(values, self._times(key, len(values), size))

    def number(self, key: str, default: float, low: float = -np.inf, high: float = np.inf) -> float:
        """One number within the limits, or the default where it is left out or empty."""
        values = self.block(key)
        if values.size != 1:
            raise CannotRead("function_one_cell", argument=key)
        return default if np.isnan(self.within(key, values, low, high)[0, 0]) else float(values[0, 0])

    def names(self, key: str, size: int) -> list[str]:
        """Texts of a single column or row; where left out the places in order, as texts that sort like them."""
        if not self.has(key):
            return places(size)
        return [read_text(cell) if not is_empty(cell) else "" for cell in self._listed(key, size)]

    def typed(self, key: str, size: int, choice: str = "", kind: str = "text") -> pd.Series[Any]:
        """Cells of a single column or row, read as a table's column of that choice list or type is."""
        values, bad = type_cells(self._listed(key, size), Column(key, kind, "user", {}, {}, 0, choice=choice))
        if bad:
            raise self._unreadable(key, "function_not_date" if kind == "date" else "function_not_choice", bad[0])
        return values

    def flags(self, key: str, size: int) -> npt.NDArray[np.bool_]:
        """Yes or no of a single column or row; all no where left out."""
        return self.typed(key, size, "yes_no").to_numpy(bool) if self.has(key) else np.zeros(size, dtype=bool)

    def within(self, key: str, values: Vector, low: float, high: float = np.inf) -> Vector:
        """The values, where all of them are within the limits or empty."""
        wrong = np.flatnonzero((values < low) | (values > high))
        if not len(wrong):
            return values
        code = "function_below" if np.isinf(high) else "function_outside"
        raise self.refusal(key, code, wrong[0], found=float(values.flat[wrong[0]]), low=low, high=high)

    def among(self, key: str, values: Vector, allowed: Sequence[float]) -> Vector:
        """The values, where each is one of the allowed ones or empty."""
        wrong = np.flatnonzero(~np.isin(values, allowed) & ~np.isnan(values))
        if not len(wrong):
            return values
        shown = ["½" if number == 0.5 else f"{number:g}" for number in allowed]
        raise self.refusal(key, "function_not_among", wrong[0], found=float(values.flat[wrong[0]]), allowed=shown)

    def refusal(self, key: str, code: str, place: int, **params: Any) -> CannotRead:
        """The error about one cell of an argument, counted row by row from 0."""
        rows = self.cells(key)
        row, column = divmod(int(place), len(rows[0]))
        where = {"row": row + 1 if len(rows) > 1 else 0, "column": column + 1 if len(rows[0]) > 1 else 0}
        return CannotRead(code, argument=key, **where, **params)

    def _unreadable(self, key: str, code: str, place: int) -> CannotRead:
        rows = self.cells(key)
        cell = rows[place // len(rows[0])][place % len(rows[0])]
        name = error_name(cell)
        found = name or read_text(cell)
        found = found if len(found) <= _SHOWN else found[: _SHOWN - 1] + "…"
        return self.refusal(key, "function_error_cell" if name else code, place, found=found)

    def _listed(self, key: str, size: int) -> list[Any]:
        self._refuse_a_block(key)
        cells = [cell for row in self.cells(key) for cell in row]
        wrong = next((place for place, cell in enumerate(cells) if error_name(cell)), None)
        if wrong is not None:
            raise self._unreadable(key, "function_error_cell", wrong)
        return cells * self._times(key, len(cells), size)

    def _refuse_a_block(self, key: str) -> None:
        rows = self.cells(key)
        if len(rows) > 1 and len(rows[0]) > 1:
            raise CannotRead("function_not_single", argument=key, columns=len(rows[0]))

    def _times(self, key: str, found: int, size: int | None) -> int:
        """How often the cells are repeated to fill ``size``: one cell stands for all."""
        if size is None or found == size:
            return 1
        if found == 1:
            return size
        raise CannotRead("function_sizes", argument=key, found=found, expected=size)


def places(size: int) -> list[str]:
    """The places from 0, as texts that sort like them: keys for rows that have none of their own."""
    return [f"{place:09d}" for place in range(size)]

"""Cells as Excel hands them over, to numbers; and answers as Excel takes them back."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from xlsales.tables.cells import type_cells
from xlsales.tables.schema import Column

Range: TypeAlias = tuple[tuple[Any, ...], ...] | list[list[Any]]
Answer: TypeAlias = list[list[Any]]

# An error arrives as an integer: these added to the number Excel gives its kind.
_ERRORS_FROM = -2146828288
_ERRORS = {
    2000: "#NULL!", 2007: "#DIV/0!", 2015: "#VALUE!", 2023: "#REF!", 2029: "#NAME?", 2036: "#NUM!", 2042: "#N/A",
    2043: "#GETTING_DATA", 2045: "#SPILL!", 2046: "#CONNECT!", 2047: "#BLOCKED!", 2048: "#UNKNOWN!", 2049: "#FIELD!",
    2050: "#CALC!",
}  # fmt: skip
_LARGEST_ERROR = _ERRORS_FROM + max(_ERRORS)
_NUMBER = Column("", "number", "user", {}, {}, 0)


def as_range(raw: Any) -> Range:
    """Rows of cells, from a block, a single row of an array, or one cell."""
    if not isinstance(raw, tuple | list):
        return ((raw,),)
    if len(raw) and not isinstance(raw[0], tuple | list):
        return (tuple(raw),)
    return raw if len(raw) and len(raw[0]) else ((None,),)


def error_name(cell: Any) -> str:
    """The name of Excel's error in a cell, empty where there is none."""
    return _ERRORS.get(cell - _ERRORS_FROM, "") if type(cell) is int else ""


def typed_numbers(rows: Range) -> tuple[npt.NDArray[np.float64], int | None]:
    """The cells as numbers, shape (rows, columns), NaN where empty; and the first that is none, counted row by row.

    A block of numbers is taken in one step. Otherwise each column by itself: text is read as the tables read it, so
    "1 234,50" is a number, and TRUE is 1.
    """
    try:
        whole = np.array(rows, dtype=np.float64)
    except (ValueError, TypeError):
        return _by_column(rows)
    # numpy reads the texts "nan" and "inf" as numbers, and Excel's errors are integers far below any money.
    suspect = np.isinf(whole).any() or (whole <= _LARGEST_ERROR).any()
    missing = np.count_nonzero(np.isnan(whole))
    if suspect or (missing and missing != sum(row.count(None) for row in rows)):
        return _by_column(rows)
    return whole, None


def _by_column(rows: Range) -> tuple[npt.NDArray[np.float64], int | None]:
    width = len(rows[0])
    values = np.empty((len(rows), width))
    wrong = []
    for column, cells in enumerate(zip(*rows, strict=True)):
        values[:, column], row = _typed_column(cells)
        wrong += [] if row is None else [row * width + column]
    return values, min(wrong, default=None)


def _typed_column(cells: tuple[Any, ...]) -> tuple[npt.NDArray[np.float64], int | None]:
    """One column as numbers, and the row of its first cell that is none."""
    kinds = set(map(type, cells))
    if kinds <= {float, type(None)}:
        return np.array(cells, dtype=np.float64), None
    errors = [row for row, cell in enumerate(cells) if error_name(cell)] if int in kinds else []
    values, bad = type_cells([float(cell) if type(cell) is bool else cell for cell in cells], _NUMBER)
    return values.to_numpy(np.float64), min(errors + bad, default=None)


def as_column(values: Any, like: Range | None = None) -> Answer:
    """A column of the answer, or a row where the argument it answers is a row; empty text where a number is missing."""
    cells = [_cell(value) for value in (values.tolist() if isinstance(values, np.ndarray) else values)]
    across = like is not None and len(like) == 1 and len(like[0]) > 1
    return [cells] if across else [[cell] for cell in cells]


def as_table(*columns: Any) -> Answer:
    """Columns side by side."""
    return [list(row) for row in zip(*([cell for (cell,) in as_column(c)] for c in columns), strict=True)]


def _cell(value: Any) -> Any:
    return "" if value is None or value != value else value

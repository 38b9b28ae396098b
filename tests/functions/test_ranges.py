"""Cells as Excel hands them over become numbers, the same by the short way and by the long one."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.functions.cells import called
from xlsales.functions.ranges import as_column, as_range, as_table, error_name, typed_numbers

NUMBERS = st.floats(min_value=-1e9, max_value=1e9)
CELLS = st.one_of(NUMBERS, st.none(), st.booleans(), st.just(""), st.just("  "))


@st.composite
def blocks(draw: st.DrawFn) -> tuple[tuple[Any, ...], ...]:
    """Blocks as users have them: numbers, empty cells, yes and no, and what a formula leaves as empty text."""
    width = draw(st.integers(1, 4))
    return tuple(draw(st.lists(st.tuples(*[CELLS] * width), min_size=1, max_size=6)))


@given(blocks())
def test_every_cell_becomes_its_number(rows: tuple[tuple[Any, ...], ...]) -> None:
    """By whatever way a block is read, each cell is what it would be alone."""
    values, wrong = typed_numbers(rows)
    expected = [[np.nan if c is None or isinstance(c, str) else float(c) for c in row] for row in rows]
    assert wrong is None
    np.testing.assert_array_equal(values, expected)


@given(blocks(), st.data())
def test_a_cell_that_is_no_number_is_found(rows: tuple[tuple[Any, ...], ...], data: st.DataObject) -> None:
    """One text or error anywhere is found, at its place counted row by row."""
    cells = [list(row) for row in rows]
    row = data.draw(st.integers(0, len(rows) - 1))
    column = data.draw(st.integers(0, len(rows[0]) - 1))
    cells[row][column] = data.draw(st.sampled_from(["abc", "nan", "inf", -2146826281, -2146826246, -2146826288]))
    assert typed_numbers(cells)[1] == row * len(rows[0]) + column


@pytest.mark.parametrize(
    ("cell", "number"),
    [("12", 12), ("1 234,50", 1234.5), ("1\u00a0234,50", 1234.5), ("−3", -3), (" 7 ", 7), (True, 1), (5, 5)],
)
def test_a_number_written_as_text_is_the_number(cell: Any, number: float) -> None:
    """As the tables read it: sums pasted from a report come as text."""
    values, wrong = typed_numbers(((cell,), (None,), (1.0,)))
    assert wrong is None
    assert values[0, 0] == number


@pytest.mark.parametrize("cell", ["abc", "12 st", "nan", "inf", "1.2.3", dt.datetime(2026, 1, 1)])
def test_what_is_no_number_is_none(cell: Any) -> None:
    """Neither words that numpy would take for numbers, nor dates."""
    assert typed_numbers(((1.0,), (cell,)))[1] == 1


def test_a_large_loss_is_no_error() -> None:
    """Errors come as integers; the same figure as money is a float and stands."""
    assert typed_numbers(((-2146826281.0,),))[0][0, 0] == -2146826281.0
    assert error_name(-2146826281) == "#DIV/0!"
    assert [error_name(cell) for cell in (-2146826281.0, True, None, "#N/A", 7)] == [""] * 5


def test_ranges_come_in_three_shapes() -> None:
    """A block as rows, an array of one dimension as a row, a single cell as itself."""
    assert as_range(((1.0, 2.0), (3.0, 4.0))) == ((1.0, 2.0), (3.0, 4.0))
    assert as_range((1.0, 2.0)) == ((1.0, 2.0),)
    assert as_range(5.0) == ((5.0,),)
    assert as_range(None) == as_range(()) == ((None,),)


def test_answers_hold_only_what_excel_takes() -> None:
    """Plain Python values, missing numbers as empty text."""
    assert as_column(np.array([1.5, np.nan])) == [[1.5], [""]]
    assert as_column(np.array([True, False]), like=((1.0, 2.0),)) == [[True, False]]
    assert [type(cell) for (cell,) in as_column(np.array([1, 2]))] == [int, int]
    assert as_table(["a", "b"], np.array([1.0, np.nan])) == [["a", 1.0], ["b", ""]]


@pytest.mark.parametrize(
    "day",
    [45000.0, dt.datetime(2023, 3, 15), dt.datetime(2023, 3, 15, tzinfo=dt.UTC), dt.date(2023, 3, 15), "2023-03-15"],
    ids=["serial", "datetime", "with time zone", "date", "text"],
)
def test_a_date_is_a_date_however_it_comes(day: Any) -> None:
    """COM gives datetimes with a time zone, a cell without a date format its serial number, people text."""
    assert called("XLS_AGE", created=((day,), (day,)), as_of=dt.date(2023, 6, 13)) == [[1.0], [1.0]]

"""Numbers: the decimal sign belongs to the column."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlsales.sources.numbers import Sign, read_numbers


def values(*cells: object, usual: Sign = "", machine_point: bool = False) -> list[float | None]:
    dtype = "str" if all(isinstance(cell, str) for cell in cells) else object
    read = read_numbers(pd.Series(cells, dtype=dtype), usual, machine_point=machine_point)
    return [None if np.isnan(value) else float(value) for value in read.values]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12 500,00", 12500), ("12\u00a0500,5", 12500.5), ("12\u202f500,5", 12500.5), ("12.500,00", 12500),
        ("12,500.00", 12500), ("12'500.00", 12500), ("\u221212,50", -12.5), ("12,50-", -12.5), ("(1 200)", -1200),
        ("12,50 kr", 12.5), ("SEK 12,50", 12.5), ("€12.50", 12.5), ("-kr 5,5", -5.5), ("100:-", 100), ("+5", 5),
        ("18,2 %", 0.182), ("1.5E-3", 0.0015), ("1.234.567", 1234567), ("1,234,567", 1234567), ("0,123", 0.123),
        (",5", 0.5), ("1234,567", 1234.567),
    ],
)  # fmt: skip
def test_one_number_written_many_ways(text: str, number: float) -> None:
    """Signs, spaces, currency words, parentheses."""
    assert values(text) == [pytest.approx(number, abs=1e-12)]


@pytest.mark.parametrize("text", ["x", "1.2.3", "(5", "5)", "--5", "1,2345,6", "12,50 st", "-", "inf", "nan", "1e999"])
def test_what_is_no_number_is_unreadable(text: str) -> None:
    """Nothing is guessed."""
    read = read_numbers(pd.Series([text, ""], dtype="str"))
    assert read.unreadable.tolist() == [True, False]


def test_one_cell_decides_for_its_column() -> None:
    """1.234 is a thousand beside 12,50 and one beside 12.50."""
    assert values("1.234", "12,50") == [1234, 12.5]
    assert values("1.234", "12.50") == [1.234, 12.5]


def test_a_column_that_leaves_it_open_follows_what_is_usual() -> None:
    """Every number has three digits after its sign."""
    assert values("1.234", "2.000", usual=",") == [1234, 2000]
    assert values("1,234", "2,000", usual=",") == [1.234, 2]
    assert read_numbers(pd.Series(["1.234"], dtype="str")).unsure == "1.234"


def test_a_workbooks_own_numbers_stand_beside_typed_text() -> None:
    """Floats have a point, the text a decimal comma."""
    assert values(1.234, "12,50", 3, None, "1.234,5", machine_point=True) == [1.234, 12.5, 3, None, 1234.5]


@given(
    st.lists(st.integers(-(10**11), 10**11), min_size=1, max_size=30),
    st.sampled_from([",", "."]),
    st.sampled_from(["", " ", "\u00a0", "\u202f", "'", "other"]),
)
def test_ore_come_back_exactly(ore: list[int], decimal: str, thousands: str) -> None:
    """Whatever the signs, an amount of two decimals is read to the öre."""
    parting = ("." if decimal == "," else ",") if thousands == "other" else thousands
    written = [f"{amount / 100:,.2f}".replace(",", "T").replace(".", decimal).replace("T", parting) for amount in ore]
    read = read_numbers(pd.Series(written, dtype="str"))
    assert read.values.tolist() == [amount / 100 for amount in ore]

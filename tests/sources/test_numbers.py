"""Numbers: the decimal sign belongs to the column."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
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
        (",5", 0.5), ("1234,567", 1234.567), ("1\u2009234,50", 1234.5), ("1\u20602\ufeff,5", 12.5),
        ("\u201312,50", -12.5), ("300.-", 300),
        ("500,00 CR", -500), ("500,00 DR", 500), ("20.00cr", -20), ("kr (1 200,50)", -1200.5), ("US$ 5", 5),
        ("1 234:-", 1234), ("300,-", 300), ("12,50- kr", -12.5), ("7+", 7), ("NOK 1 234,00-", -1234), ("3 kronor", 3),
        ("-$1,200.50", -1200.5), ("($1,200.50)", -1200.5), ("1e3", 1000), ("-3 %", -0.03), ("Dkr 5,25", 5.25),
    ],
)  # fmt: skip
def test_one_number_written_many_ways(text: str, number: float) -> None:
    """Signs, spaces, currency words, parentheses."""
    assert values(text) == [pytest.approx(number, abs=1e-12)]


@pytest.mark.parametrize(
    "text",
    [
        "x",
        "1.2.3",
        "(5",
        "5)",
        "--5",
        "1,2345,6",
        "12,50 st",
        "-",
        "inf",
        "nan",
        "1e999",
        "kr",
        "CR",
        "12:30",
        "2026-01-15",
        "1 2 x",
    ],
)
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


@pytest.mark.parametrize(
    "cells",
    [
        pd.Series([1.25, None]), pd.Series([1.25, None], dtype="Float64"),
        pd.Series([Decimal("1.25"), None], dtype=object),
        pd.Series(pa.array([Decimal("1.25"), None]), dtype=pd.ArrowDtype(pa.decimal128(18, 4))),
    ],
    ids=lambda cells: str(cells.dtype),
)  # fmt: skip
def test_columns_of_numbers_pass_as_they_are(cells: pd.Series[Any]) -> None:
    """Whatever kind of number a source gives."""
    read = read_numbers(cells)
    assert read.values[0] == 1.25
    assert np.isnan(read.values[1])
    assert not read.unreadable.any()


DIALECTS = st.fixed_dictionaries(
    {
        "decimal": st.sampled_from([",", "."]),
        "thousands": st.sampled_from(["", " ", "\u00a0", "\u202f", "\u2009", "'", "\u2019", "other"]),
        "minus": st.sampled_from(["-{}", "{}-", "({})", "\u2212{}", "\u2013{}", "{} CR", "- {}"]),
        "plus": st.sampled_from(["{}", "{}", "+{}", "{} DR"]),
        "around": st.sampled_from(["{}", "{} kr", "SEK {}", "{} EUR", "\u20ac{}", "$ {}", "NOK {}", "{}\u00a0DKK"]),
        "decimals": st.sampled_from([2, 3, 4]),
    }
)


def written(units: int, way: dict[str, Any]) -> str:
    """A number of units (10 000 to one) in a dialect."""
    size = 10 ** (4 - way["decimals"])
    parting = ("." if way["decimal"] == "," else ",") if way["thousands"] == "other" else way["thousands"]
    digits = f"{Decimal(abs(units) // size * size) / 10_000:,.{way['decimals']}f}"
    digits = digits.replace(",", "T").replace(".", way["decimal"]).replace("T", parting)
    shown: str = way["around"].format((way["minus"] if units < 0 else way["plus"]).format(digits))
    return shown


@given(st.lists(st.integers(-(10**13), 10**13), min_size=1, max_size=25), DIALECTS)
def test_a_column_in_any_dialect_comes_back(units: list[int], way: dict[str, Any]) -> None:
    """One number of more than three digits without parting tells the decimal sign where nothing else does."""
    told = f"1234567{way['decimal']}25"
    read = read_numbers(pd.Series([*(written(number, way) for number in units), told, ""], dtype="str"))
    size = 10 ** (4 - way["decimals"])
    assert not read.unreadable.any()
    whole = [abs(number) // size * size * (-1 if number < 0 else 1) for number in units]
    assert np.rint(read.values[:-1] * 10_000).tolist() == [*whole, 12_345_672_500]


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

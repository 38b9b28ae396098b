"""Cells to typed values and back, for every type and both languages."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xlsales.tables.cells import DATES, NUMBERS, is_empty, read_date, read_number, read_percent, show_cells, type_cells
from xlsales.tables.schema import LANGUAGES, Column, Language, load_schema

KINDS = {(c.type, c.choice): c for t in load_schema().tables.values() for c in t.columns}
COLUMNS = [pytest.param(column, id="-".join(filter(None, kind))) for kind, column in sorted(KINDS.items())]
DAYS = st.dates(date(1900, 1, 1), date(9999, 12, 31)).map(lambda day: pd.Timestamp(day).as_unit("s"))
SECONDS = st.datetimes(datetime(1900, 1, 1), datetime(9999, 12, 31)).map(lambda moment: moment.replace(microsecond=0))
MOMENTS = SECONDS.map(pd.Timestamp)
TEXTS = st.text(max_size=12).map(str.strip)
NUMBER = st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(10**9), 10**9).map(float)


def column(kind: str, choice: str = "") -> Column:
    return KINDS[kind, choice]


def values_of(column: Column) -> st.SearchStrategy[pd.Series[Any]]:
    """Typed values of a column, some of them missing."""
    if column.is_flag:
        return st.lists(st.booleans()).map(lambda v: pd.Series(v, dtype=bool))
    if column.choice:
        codes = st.sampled_from(["", *load_schema().choices[column.choice]])
        return st.lists(codes).map(lambda v: pd.Series(v, dtype=object))
    if column.type in NUMBERS:
        return st.lists(NUMBER | st.just(np.nan)).map(lambda v: pd.Series(v, dtype="float64"))
    if column.type in DATES:
        one = MOMENTS if column.type == "datetime" else DAYS
        return st.lists(one | st.just(pd.NaT)).map(lambda v: pd.Series(v, dtype="datetime64[s]"))
    if column.type == "any":
        anything = st.none() | NUMBER | TEXTS.filter(bool) | st.booleans()
        return st.lists(anything).map(lambda v: pd.Series(v, dtype=object))
    return st.lists(TEXTS).map(lambda v: pd.Series(v, dtype=object))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("column", COLUMNS)
@settings(max_examples=12, deadline=None, derandomize=True)
@given(data=st.data())
def test_values_come_back_as_they_were_shown(column: Column, language: Language, data: st.DataObject) -> None:
    """What is written into cells is read back as the same values of the same type, with no complaint."""
    values = data.draw(values_of(column))
    found, bad = type_cells(show_cells(values, column, language), column)
    assert bad == []
    pd.testing.assert_series_equal(found, values, check_exact=True)


@pytest.mark.parametrize("column", COLUMNS)
def test_an_empty_cell_is_a_missing_value_and_stays_empty(column: Column) -> None:
    """None, NaN, NaT and blanks are missing in every type, and missing is shown as an empty cell."""
    found, bad = type_cells([None, float("nan"), pd.NaT, "", "  "], column)
    assert bad == []
    assert show_cells(found, column, "sv") == [None] * 5


@pytest.mark.parametrize("choice", sorted({c for _, c in KINDS if c}))
def test_labels_of_a_choice_are_not_confused(choice: str) -> None:
    """No label or code of one entry reads as another entry, in either language."""
    owners: dict[str, str] = {}
    for code, entry in load_schema().choices[choice].items():
        for word in {str(label).casefold() for label in (code, *entry.label.values())}:
            assert owners.setdefault(word, code) == code


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        (7, 7.0), (7.25, 7.25), ("7,25", 7.25), ("7.25", 7.25), ("-7", -7.0), ("−7", -7.0), (" 7 ", 7.0),
        ("1 234,50", 1234.5), ("1\u00a0234", 1234.0), ("1\u202f234", 1234.0), ("1'234", 1234.0),
        ("500 kr", 500.0), ("500kr.", 500.0), ("500 SEK", 500.0), (np.int64(3), 3.0), ("0", 0.0),
    ],
)
def test_numbers_are_read_as_people_write_them(cell: object, number: float) -> None:
    """Decimal comma or point, blanks between thousands, a true minus and a currency at the end."""
    assert read_number(cell) == number


@pytest.mark.parametrize(
    "cell", ["abc", "", "1.234,50", "1,234.50", "12,5,5", "nan", "inf", True, date(2025, 1, 1), float("inf"), "7 st"]
)
def test_what_is_no_number_is_not_guessed(cell: object) -> None:
    """Text, both separators at once, truth values, dates and infinity are no numbers."""
    assert read_number(cell) is None


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.integers(-(10**11), 10**11))
def test_an_amount_written_in_swedish_is_read_exactly(ore: int) -> None:
    """Kronor with blanks between thousands and a decimal comma read as the same amount."""
    text = f"{ore / 100:,.2f}".replace(",", "\u00a0").replace(".", ",")
    assert read_number(text) == ore / 100


@pytest.mark.parametrize(
    ("cell", "share"), [(0.25, 0.25), ("25 %", 0.25), ("2,5%", 0.025), ("0,25", 0.25), ("x %", None), ("%", None)]
)
def test_shares_are_read_with_and_without_a_per_cent_sign(cell: object, share: float | None) -> None:
    """A per cent sign divides by a hundred; without it the number is the share."""
    assert read_percent(cell) == share


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        (date(2025, 1, 31), datetime(2025, 1, 31)),
        (datetime(2025, 1, 31, 12, 30), datetime(2025, 1, 31, 12, 30)),
        (datetime(2025, 1, 31, 12, tzinfo=UTC), datetime(2025, 1, 31, 12)),
        (pd.Timestamp(2025, 1, 31), datetime(2025, 1, 31)),
        ("2025-01-31", datetime(2025, 1, 31)),
        (" 2025-01-31 ", datetime(2025, 1, 31)),
        ("2025-01-31 12:30", datetime(2025, 1, 31, 12, 30)),
        ("2025-01-31T12:30:05", datetime(2025, 1, 31, 12, 30, 5)),
        ("20250131", datetime(2025, 1, 31)),
        (20250131, datetime(2025, 1, 31)),
        (20250131.0, datetime(2025, 1, 31)),
        (45688, datetime(2025, 1, 31)),
        (45688.5, datetime(2025, 1, 31, 12)),
        (123456, datetime(2238, 1, 3)),
    ],
)
def test_dates_are_read_as_cells_hold_them(cell: object, moment: datetime) -> None:
    """Date cells, ISO text, eight digits and Excel's serial numbers are dates."""
    assert read_date(cell) == moment


@pytest.mark.parametrize(
    "cell", ["2025-13-01", "2025-02-30", "31/1 2025", "250131", "251231", "45688", 251231, 0, -5, True, "snart"]
)
def test_what_is_no_date_is_not_guessed(cell: object) -> None:
    """Impossible days, two-digit years, other orders of day and month, and digits in text are no dates."""
    assert read_date(cell) is None


@pytest.mark.parametrize(
    ("cell", "flag"),
    [("ja", True), ("Yes", True), ("X", True), (True, True), (1, True), ("nej", False), ("no", False), (False, False),
     (0, False), ("-", False), ("SANT", True), ("false", False)],
)
def test_yes_and_no_are_read_in_both_languages(cell: object, flag: bool) -> None:
    """Words, crosses, truth values and 1 or 0 are a yes or a no."""
    found, bad = type_cells([cell], column("choice", "yes_no"))
    assert (list(found), bad) == ([flag], [])


def test_a_code_is_read_by_either_label_or_by_itself() -> None:
    """A choice may be written in Swedish, in English or as its code, in any case."""
    found, bad = type_cells(["Växande", "GROWING", "growing ", "vaxande"], column("choice", "status"))
    assert (list(found), bad) == (["growing", "growing", "growing", ""], [3])


def test_numbers_in_an_id_lose_their_decimals_and_text_keeps_its_zeros() -> None:
    """1001.0 is customer 1001, and "0042" stays "0042"."""
    found, _ = type_cells([1001.0, 1001, "0042", " A 7 ", date(2025, 1, 31)], column("id"))
    assert list(found) == ["1001", "1001", "0042", "A 7", "2025-01-31"]


def test_bad_cells_are_named_by_position_and_missing() -> None:
    """Cells that do not fit are listed by position and count as missing; the others keep their value."""
    found, bad = type_cells(["1", "one", None, "2,5"], column("money"))
    assert bad == [1]
    np.testing.assert_array_equal(found, [1.0, np.nan, np.nan, 2.5])


def test_zero_and_false_are_not_empty() -> None:
    """Nought and no are values; blanks in any form are not."""
    assert not any(map(is_empty, [0, 0.0, False, "0", "nan"]))
    assert all(map(is_empty, [None, float("nan"), np.float64("nan"), pd.NA, pd.NaT, "", " \t\n"]))

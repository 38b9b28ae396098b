"""Dates: the order of day and month belongs to the column."""

from __future__ import annotations

from datetime import date, datetime

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlsales.sources.dates import read_dates


def days(*cells: object, day_first: bool | None = None) -> list[str]:
    dtype = "str" if all(isinstance(cell, str) for cell in cells) else object
    return [str(day)[:10] for day in read_dates(pd.Series(cells, dtype=dtype), day_first).days]


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-15", "2026/01/15", "2026.1.15", "20260115", "260115", "15.01.2026", "15-01-2026", "15/1/2026",
        "1/15/2026", "1/15/26", "2026-01-15 13:30", "2026-01-15T13:30:00Z", "15.01.2026 13.30", "1/15/2026 1:30 PM",
        "46037", "46037.5625", "15 jan 2026", "15. januar 2026", "15-Jan-26", "Jan 15, 2026", "15 tammikuuta 2026",
    ],
)  # fmt: skip
def test_one_day_written_many_ways(text: str) -> None:
    """ISO, packed, with day or month first, with time, by name, as Excel's number."""
    assert days(text) == ["2026-01-15"]


@pytest.mark.parametrize(
    "text", ["2026-02-30", "2026-13-01", "20261301", "x", "13/13/2026", "0", "12:30", "15 foo 2026"]
)
def test_what_is_no_day_is_unreadable(text: str) -> None:
    """Nothing is guessed."""
    read = read_dates(pd.Series([text, ""], dtype="str"))
    assert read.unreadable.tolist() == [True, False]


def test_one_day_above_twelve_decides_for_its_column() -> None:
    """3/4 is the fourth of March beside 1/15, the third of April beside 15/1."""
    assert days("3/4/2026", "1/15/2026") == ["2026-03-04", "2026-01-15"]
    assert days("3/4/2026", "15/1/2026") == ["2026-04-03", "2026-01-15"]
    assert read_dates(pd.Series(["3/4/2026", "15/1/2026"])).unsure == ""


def test_a_column_that_fits_both_ways_is_unsure() -> None:
    """The day goes first, unless the source says otherwise."""
    assert days("3/4/2026", "5/6/2026") == ["2026-04-03", "2026-06-05"]
    assert days("3/4/2026", "5/6/2026", day_first=False) == ["2026-03-04", "2026-05-06"]
    assert read_dates(pd.Series(["3/4/2026"])).unsure == "3/4/2026"


def test_points_put_the_day_first() -> None:
    """Nobody writes the month first with points, so there is nothing to be unsure of."""
    read = read_dates(pd.Series(["03.04.2026"]), day_first=False)
    assert (str(read.days[0])[:10], read.unsure) == ("2026-04-03", "")


def test_two_digit_years_first() -> None:
    """The part that varies least is the year."""
    assert days("26-01-15", "26-02-16", "25-12-01") == ["2026-01-15", "2026-02-16", "2025-12-01"]


def test_a_workbooks_own_dates() -> None:
    """Date cells beside text and empty cells."""
    assert days(datetime(2026, 1, 15, 9, 30), date(2026, 1, 16), "2026-01-17", None, 46040) == [
        "2026-01-15", "2026-01-16", "2026-01-17", "NaT", "2026-01-18",
    ]  # fmt: skip


@given(
    st.lists(st.dates(date(1990, 1, 1), date(2060, 12, 31)), min_size=1, max_size=20),
    st.sampled_from(["%Y-%m-%d", "%Y%m%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y"]),
)
def test_days_come_back_in_every_format(written: list[date], form: str) -> None:
    """With one day above twelve to tell the order."""
    every = [*written, date(2025, 12, 31)]
    assert days(*(day.strftime(form) for day in every)) == [day.isoformat() for day in every]

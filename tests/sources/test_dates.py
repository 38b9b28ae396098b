"""Dates: the order of day and month belongs to the column."""

from __future__ import annotations

import time
from datetime import date, datetime
from typing import Any

import pandas as pd
import pyarrow as pa
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
        "20260115T133000", "15012026", "01152026", "20260115.0", "2026-Jan-15", "15/jan/2026", "2026-W03-4", "2026W034",
        "2026-W03", "vecka 3, 2026", "uge 3 2026", "tors 15 jan 2026", "to 15.1.2026", "Thursday, January 15, 2026",
        "2026-01-15 13:30:00.000 UTC", "2026-01-15T13:30:00+01:00", "15:e januari 2026", "15. Januar 2026",
        "46037", "46037.5625", "15 jan 2026", "15. januar 2026", "15-Jan-26", "Jan 15, 2026", "15 tammikuuta 2026",
    ],
)  # fmt: skip
def test_one_day_written_many_ways(text: str) -> None:
    """ISO, packed, with day or month first, with time, by name, as Excel's number."""
    assert days(text) == ["2026-01-15"]


@pytest.mark.parametrize(
    "text",
    [
        "2026-02-30",
        "2026-13-01",
        "20261301",
        "x",
        "13/13/2026",
        "0",
        "12:30",
        "15 foo 2026",
        "2026-W54",
        "2026-13",
        "foo 15 jan 2026",
        "2026",
        "1899-12-31",
        "12 500,00",
        "2026-01-15 x",
    ],
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


@pytest.mark.parametrize(
    "text", ["2026-01", "01/2026", "1.2026", "202601", "jan 2026", "Jan-26", "tammikuu 2026", "2026M01"]
)
def test_a_month_is_its_first_day(text: str) -> None:
    """Statistics per month have no other date."""
    assert days(text) == ["2026-01-01"]


def test_six_digits_are_read_in_the_way_that_fits_the_column() -> None:
    """Year first if that fits as well as any; else whole months, or the day first."""
    assert days("260115", "251231") == ["2026-01-15", "2025-12-31"]
    assert days("220131", "230228", "240331", "250430", "260131")[0] == "2022-01-31"
    assert days("202101", "202112") == ["2021-01-01", "2021-12-01"]
    assert days("150126", "311225", "010126", "300126") == ["2026-01-15", "2025-12-31", "2026-01-01", "2026-01-30"]


def test_eight_digits_that_fit_both_ways_are_unsure() -> None:
    """ddmmyyyy or mmddyyyy."""
    assert read_dates(pd.Series(["03042026"], dtype="str")).unsure == "03042026"
    assert days("03042026", "15012026") == ["2026-04-03", "2026-01-15"]


MONTHS = {
    "sv": "januari februari mars april maj juni juli augusti september oktober november december",
    "en": "January February March April May June July August September October November December",
    "no": "januar februar mars april mai juni juli august september oktober november desember",
    "da": "januar februar marts april maj juni juli august september oktober november december",
    "fi": "tammikuuta helmikuuta maaliskuuta huhtikuuta toukokuuta kesäkuuta heinäkuuta elokuuta syyskuuta lokakuuta "
    "marraskuuta joulukuuta",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
}


@pytest.mark.parametrize("language", MONTHS)
def test_months_by_name_in_six_languages(language: str) -> None:
    """Whole, and cut to the shortest that tells them apart."""
    names = MONTHS[language].split()
    cut = 3 if language != "fi" else 6
    for month, name in enumerate(names, 1):
        assert days(f"5. {name} 2026", f"5 {name[:cut]}. 26") == [f"2026-{month:02d}-05"] * 2


@pytest.mark.parametrize(
    "cells",
    [
        pd.Series([pd.Timestamp("2026-01-15 23:30"), pd.NaT]),
        pd.Series([pd.Timestamp("2026-01-15 23:30", tz="Europe/Stockholm"), pd.NaT]),
        pd.Series(pa.array([date(2026, 1, 15), None]), dtype=pd.ArrowDtype(pa.date32())),
        pd.Series(pa.array([datetime(2026, 1, 15, 23, 30), None]), dtype=pd.ArrowDtype(pa.timestamp("us"))),
        pd.Series([20260115, None], dtype="Int64"), pd.Series([46037.98, None]),
    ],
    ids=lambda cells: str(cells.dtype),
)  # fmt: skip
def test_typed_columns_pass_as_they_are(cells: pd.Series[Any]) -> None:
    """Days in their own time zone, whatever type a source gives."""
    read = read_dates(cells)
    assert [str(day)[:10] for day in read.days] == ["2026-01-15", "NaT"]
    assert not read.unreadable.any()


def test_times_of_day_cost_little() -> None:
    """A column in which every cell is another text has few days all the same."""
    moments = pd.date_range("2024-01-01", periods=200_000, freq="137s")
    cells = pd.Series(moments.strftime("%Y-%m-%d %H:%M:%S").to_numpy(), dtype="str")
    begun = time.perf_counter()
    read = read_dates(cells)
    assert time.perf_counter() - begun < 5
    assert (read.days == moments.normalize().to_numpy().astype("datetime64[s]")).all()


@given(
    st.lists(st.dates(date(1990, 1, 1), date(2060, 12, 31)), min_size=1, max_size=20),
    st.sampled_from(
        [
            "%Y-%m-%d",
            "%Y%m%d",
            "%d.%m.%Y",
            "%d/%m/%Y",
            "%m/%d/%Y",
            "%d-%m-%Y",
            "%Y/%m/%d",
            "%Y.%m.%d",
            "%d%m%Y",
            "%G-W%V-%u",
            "%d %B %Y",
            "%B %d, %Y",
            "%d-%b-%Y",
            "%Y-%m-%d %H:%M:%S",
            "%m/%d/%Y %I:%M %p",
            "%A %d %B %Y",
        ]
    ),
)
def test_days_come_back_in_every_format(written: list[date], form: str) -> None:
    """With one day above twelve to tell the order."""
    every = [*written, date(2025, 12, 31)]
    assert days(*(day.strftime(form) for day in every)) == [day.isoformat() for day in every]

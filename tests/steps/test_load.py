"""Load: planned hours per owner and week tie to the rows, and are held against the hours there are."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xlsales.steps.load import LoadRules, load

TODAY = dt.date(2027, 1, 18)  # a Monday, week 3
NOBODY = pd.DataFrame({"who": [], "team": [], "quarter": [], "hours": []})


def plan(*rows: tuple[Any, ...]) -> pd.DataFrame:
    """Rows of owner, start, due and hours, and a status where it is not planned."""
    frame = pd.DataFrame([(*row, "planned")[:5] for row in rows], columns=["owner", "start", "due", "hours", "status"])
    return frame.assign(start=pd.to_datetime(frame["start"]), due=pd.to_datetime(frame["due"]))


def hours(*rows: tuple[str, str, str, float]) -> pd.DataFrame:
    """Rows of who, team, quarter and hours."""
    return pd.DataFrame(rows, columns=["who", "team", "quarter", "hours"])


def weeks(table: pd.DataFrame) -> dict[str, float]:
    """Planned hours by week."""
    return dict(zip(table["week"], table["planned"], strict=True))


def test_hours_lie_evenly_on_the_working_days() -> None:
    """Thursday to the Tuesday after is four working days: two of them in each week."""
    table = load(plan(("Anna", "2027-01-21", "2027-01-26", 20)), NOBODY, TODAY)
    assert weeks(table) == {"2027-W03": 10, "2027-W04": 10}
    assert list(table["monday"]) == [pd.Timestamp(2027, 1, 18), pd.Timestamp(2027, 1, 25)]


def test_what_should_have_begun_begins_now() -> None:
    """Work that started in December and is due on Friday lies in the days that are left."""
    assert weeks(load(plan(("Anna", "2026-12-01", "2027-01-22", 15)), NOBODY, TODAY)) == {"2027-W03": 15}


def test_a_row_past_its_due_lies_in_this_week() -> None:
    """An overdue row is not forgotten, and not spread over the past."""
    assert weeks(load(plan(("Anna", "2026-11-02", "2026-12-18", 7.5)), NOBODY, TODAY)) == {"2027-W03": 7.5}


def test_a_row_without_start_begins_now() -> None:
    """Ten working days from today: half in each week."""
    assert weeks(load(plan(("Anna", None, "2027-01-29", 8)), NOBODY, TODAY)) == {"2027-W03": 4, "2027-W04": 4}


def test_a_row_of_a_weekend_lies_in_the_weekends_week() -> None:
    """A fair on Saturday and Sunday has its hours in that week."""
    assert weeks(load(plan(("Anna", "2027-01-23", "2027-01-24", 16)), NOBODY, TODAY)) == {"2027-W03": 16}


def test_a_start_after_the_due_is_read_as_the_due() -> None:
    """The due is what was promised."""
    assert weeks(load(plan(("Anna", "2027-03-01", "2027-01-27", 6)), NOBODY, TODAY)) == {"2027-W04": 6}


def test_rows_that_are_over_or_have_no_hours_are_left_out() -> None:
    """Done, declined, without hours, without due."""
    rows = plan(
        ("Anna", None, "2027-01-29", 8, "done"), ("Anna", None, "2027-01-29", 8, "declined"),
        ("Anna", None, "2027-01-29", 0), ("Anna", None, "2027-01-29", np.nan), ("Anna", None, None, 8),
    )  # fmt: skip
    assert load(rows, NOBODY, TODAY).empty


def test_weeks_are_those_of_the_calendar_also_at_new_year() -> None:
    """The first of January 2027 is a Friday of week 53 of 2026."""
    table = load(plan(("Anna", "2026-12-31", "2027-01-04", 3)), NOBODY, dt.date(2026, 12, 1))
    assert weeks(table) == {"2026-W53": 2, "2027-W01": 1}


def test_a_quarters_hours_are_divided_by_thirteen() -> None:
    """130 hours in the quarter are 10 a week, and 12 planned are too many."""
    table = load(plan(("Anna", None, "2027-01-22", 12)), hours(("Anna", "", "2027Q1", 130)), TODAY)
    assert table["available"].tolist() == [10]
    assert table["over"].tolist() == [True]


def test_hours_without_a_quarter_are_the_plans() -> None:
    """90 hours over a plan of 90 days are 7 a week; just as many are not too many."""
    table = load(plan(("Anna", None, "2027-01-22", 7)), hours(("Anna", "", "", 90)), TODAY, LoadRules(90))
    assert table["available"].tolist() == [pytest.approx(7)]
    assert table["over"].tolist() == [False]


def test_the_quarters_own_hours_go_before_the_plans() -> None:
    """Where the quarter has none, the plan's hours count."""
    known = hours(("Anna", "", "", 90), ("Anna", "", "2027Q2", 26))
    rows = plan(("Anna", "2027-03-22", "2027-03-26", 1), ("Anna", "2027-04-05", "2027-04-09", 1))
    assert load(rows, known, TODAY)["available"].tolist() == [pytest.approx(7), 2]


def test_a_team_has_the_hours_of_its_people() -> None:
    """Two people of 130 and 65 hours have 15 a week together."""
    known = hours(("Anna", "Sälj", "2027Q1", 130), ("Bo", "Sälj", "2027Q1", 65), ("Eva", "Kundtjänst", "2027Q1", 13))
    assert load(plan(("Sälj", None, "2027-01-22", 12)), known, TODAY)["available"].tolist() == [15]


def test_names_are_compared_without_case_and_blanks() -> None:
    """One person, spelt as among the hours."""
    rows = plan(("anna ", None, "2027-01-22", 5), ("ANNA", None, "2027-01-22", 6))
    table = load(rows, hours(("Anna", "", "2027Q1", 130)), TODAY)
    assert table[["owner", "planned", "over"]].to_dict("records") == [{"owner": "Anna", "planned": 11, "over": True}]


def test_an_owner_nobody_has_given_hours_is_not_over() -> None:
    """Unknown is not zero."""
    table = load(plan(("Nils", None, "2027-01-22", 99)), hours(("Anna", "", "", 90)), TODAY)
    assert table["available"].isna().all()
    assert not table["over"].any()


def test_an_empty_plan_has_no_load() -> None:
    """The columns are there all the same."""
    table = load(plan(), NOBODY, TODAY)
    assert list(table.columns) == ["owner", "week", "monday", "planned", "available", "over"]


DAYS = st.dates(dt.date(2026, 6, 1), dt.date(2028, 6, 1))
ROWS = st.lists(
    st.tuples(st.sampled_from(["Anna", "anna", "Bo", ""]), st.none() | DAYS, DAYS, st.floats(0.25, 400)), max_size=12
)


@settings(derandomize=True, deadline=None, max_examples=30)
@given(rows=ROWS, today=DAYS)
def test_the_sum_ties_to_the_rows_and_nothing_lies_in_the_past(rows: list[Any], today: dt.date) -> None:
    """Whatever the dates, each owner's weeks sum to the owner's rows, from this week on."""
    table = load(plan(*rows), NOBODY, today)
    wanted: dict[str, float] = {}
    for owner, _, _, count in rows:
        wanted[owner.casefold()] = wanted.get(owner.casefold(), 0) + count
    got = {} if table.empty else table.groupby(table["owner"].str.casefold())["planned"].sum().to_dict()
    assert got == pytest.approx(wanted)
    monday = pd.Timestamp(today - dt.timedelta(days=today.weekday()))
    assert table.empty or (table["monday"].min() >= monday and (table["monday"].dt.day_of_week == 0).all())
    assert not table.duplicated(["owner", "week"]).any()

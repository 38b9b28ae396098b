"""Plan calendar: the strip says when a row is worked on, when it is due and what is late."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xlsales.steps.plan_calendar import plan_calendar

MONDAY = dt.date(2027, 1, 18)


def plan(*rows: tuple[Any, ...]) -> pd.DataFrame:
    """Rows of plan_id, start and due, and a status where it is not planned."""
    frame = pd.DataFrame([(*row, "planned")[:4] for row in rows], columns=["plan_id", "start", "due", "status"])
    return frame.assign(
        owner="Anna", what="Ring", start=pd.to_datetime(frame["start"]), due=pd.to_datetime(frame["due"])
    )


def strip(rows: pd.DataFrame, weeks: int = 4) -> dict[str, list[int]]:
    """The weeks of every row by plan id."""
    table = plan_calendar(rows, MONDAY, weeks).rows
    cells = table[[f"w{i}" for i in range(1, weeks + 1)]].to_numpy().tolist()
    return dict(zip(table["plan_id"], cells, strict=True))


def test_a_row_is_active_from_its_start_and_marked_where_it_is_due() -> None:
    """From the second week to the fourth."""
    assert strip(plan(("P1", "2027-01-31", "2027-02-08"))) == {"P1": [0, 1, 1, 2]}


@pytest.mark.parametrize(
    ("start", "due", "weeks"),
    [
        ("2026-11-02", "2027-01-18", [2, 0, 0, 0]),
        ("2026-11-02", "2027-01-17", [3, 0, 0, 0]),
        ("2026-11-02", "2027-12-31", [1, 1, 1, 1]),
        ("2027-06-01", "2027-12-31", [0, 0, 0, 0]),
        (None, "2027-01-31", [1, 2, 0, 0]),
        ("2027-02-20", "2027-01-26", [0, 2, 0, 0]),
    ],
    ids=["due first day", "late", "longer than the strip", "later", "no start", "start after due"],
)
def test_rows_beyond_the_strip_and_without_start_have_their_cells(start: Any, due: str, weeks: list[int]) -> None:
    """Late stands in the first week; a row without start begins at once; the due goes before the start."""
    assert strip(plan(("P1", start, due))) == {"P1": weeks}


def test_rows_that_are_over_are_not_shown() -> None:
    """Done and declined rows, and rows without due."""
    rows = plan(("P1", None, "2027-02-01", "done"), ("P2", None, "2027-02-01", "declined"), ("P3", None, None))
    assert strip(rows) == {}


def test_the_columns_are_always_the_same() -> None:
    """Twenty-six weeks, also of an empty plan, with their Mondays; a Wednesday stands for its week."""
    calendar = plan_calendar(plan(), dt.date(2027, 1, 20))
    names = ["plan_id", "owner", "what", "start", "due", *(f"w{i}" for i in range(1, 27))]
    assert list(calendar.rows.columns) == names
    assert calendar.mondays.iloc[0] == pd.Timestamp(MONDAY)
    assert calendar.mondays.iloc[-1] == pd.Timestamp(2027, 7, 12)
    assert len(calendar.mondays) == 26


def test_the_earliest_comes_first() -> None:
    """What has no start, then by start and due."""
    rows = plan(("P3", "2027-02-01", "2027-03-01"), ("P2", "2027-01-25", "2027-03-01"), ("P1", None, "2027-03-01"))
    assert list(strip(rows)) == ["P1", "P2", "P3"]


DAYS = st.dates(dt.date(2026, 6, 1), dt.date(2028, 6, 1))


@settings(derandomize=True, deadline=None, max_examples=25)
@given(spans=st.lists(st.tuples(DAYS, DAYS), max_size=10))
def test_every_row_is_shown_once_where_it_falls(spans: list[tuple[dt.date, dt.date]]) -> None:
    """A row has one due or one late cell at most, and is active only before its due."""
    rows = plan(*((f"P{i}", *span) for i, span in enumerate(spans)))
    shown = strip(rows, 26)
    for i, (_, due) in enumerate(spans):
        cells = shown[f"P{i}"]
        week = (due - MONDAY).days // 7
        assert cells.count(2) == (0 <= week < 26)
        assert cells.count(3) == (week < 0)
        assert week < 0 or 1 not in cells[week:]
        assert week >= 0 or sum(cells) == 3

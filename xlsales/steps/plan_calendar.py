"""Plan calendar: the open rows of the plan as a strip of weeks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

ACTIVE, DUE, LATE = 1, 2, 3
_OVER = ("done", "declined")
_SHOWN = ["plan_id", "owner", "what", "start", "due"]


@dataclass(frozen=True)
class PlanCalendar:
    """rows: plan_id, owner, what, start, due and w1 … wN, one row per open row of the plan, the earliest first.

    mondays: the Monday of every week, in the order of the columns.
    """

    rows: pd.DataFrame
    mondays: pd.Series[Any]


def plan_calendar(plan: pd.DataFrame, first_monday: date, weeks: int = 26) -> PlanCalendar:
    """In which weeks every open row of the plan is worked on, and in which it is due.

    plan: plan_id, owner, what, start (may be empty: at once), due, status. Rows that are done or declined and
        rows without due are left out.
    first_monday: the first week; another day stands for its week. weeks: the number of columns.
    A week is 1 where the row is active, 2 where it is due, 0 otherwise. A row that was due before the first week
    has 3 in the first: it is late. The columns are the same whatever the plan, so that a sheet can show them.
    """
    going = plan[~plan["status"].isin(_OVER) & plan["due"].notna()]
    day = pd.Timestamp(first_monday).normalize()
    first = day - pd.Timedelta(days=day.weekday())
    mondays = pd.Series(pd.date_range(first, periods=weeks, freq="7D"), name="monday", dtype="datetime64[s]")
    rows = going[_SHOWN].sort_values(["start", "due", "plan_id"], na_position="first", ignore_index=True)
    due = _week(rows["due"], first)
    start = np.minimum(_week(rows["start"].fillna(first), first), due)
    nth = np.arange(weeks)[None, :]
    active = (nth >= start[:, None]) & (nth < due[:, None])
    states = np.select([nth == due[:, None], active, (nth == 0) & (due[:, None] < 0)], [DUE, ACTIVE, LATE], 0)
    strip = pd.DataFrame(states, columns=[f"w{i}" for i in range(1, weeks + 1)]).astype("int64")
    return PlanCalendar(pd.concat([rows, strip], axis=1), mondays)


def _week(days: pd.Series[Any], first: pd.Timestamp) -> Any:
    """How many weeks after the first each day lies; negative before it."""
    passed = (pd.to_datetime(days) - first).dt.days.to_numpy(np.int64)
    return passed // 7

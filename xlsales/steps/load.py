"""Load: the plan's hours per owner and week, against the hours they have."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

COLUMNS = ["owner", "week", "monday", "planned", "available", "over"]
_OVER = ("done", "declined")
_DAY, _WEEK = np.timedelta64(1, "D"), np.timedelta64(7, "D")
_WEEKS_PER_QUARTER = 13
_ROUNDING = 1e-9
_Days = npt.NDArray[Any]


@dataclass(frozen=True)
class LoadRules:
    """Thresholds; see the settings of the same names."""

    plan_days: float = 90


def load(plan: pd.DataFrame, hours: pd.DataFrame, as_of: date, rules: LoadRules = LoadRules()) -> pd.DataFrame:
    """Planned hours per owner and ISO week, and whether they are more than the owner has.

    plan: owner, start (may be empty), due, hours, status. Rows that are done or declined and rows without hours
        or due are left out.
    hours: who, team, quarter ("2027Q1", "" = the whole plan), hours; may be empty.
    A row's hours lie evenly on the working days (Monday to Friday) from its start, not before ``as_of``, to its due;
    a row past its due lies in the week of ``as_of``. Public holidays are not known.
    Returns owner, week ("2027-W03"), monday, planned, available (hours a week: a thirteenth of the quarter's, else
    the plan's over its weeks; missing where nobody has said) and over, by owner and week. An owner that is a team has
    the hours of its people. The quarter of a week is that of its Thursday. The sum of planned is that of the rows.
    """
    parts = _spread(_open(plan), np.datetime64(as_of, "D"))
    if parts.empty:
        return pd.DataFrame(columns=COLUMNS)
    spelling = _spelling(parts["owner"], hours)
    parts["key"] = _fold(parts["owner"])
    table: pd.DataFrame = parts.groupby(["key", "monday"])["planned"].sum().reset_index()
    week = table["monday"].dt.isocalendar()
    available = _available(table, hours, rules)
    shown: pd.DataFrame = table.assign(
        owner=table["key"].map(spelling),
        week=week["year"].astype(str) + "-W" + week["week"].astype(str).str.zfill(2),
        available=available,
        over=(table["planned"] > available * (1 + _ROUNDING)).to_numpy(bool),
    )
    return shown[COLUMNS].sort_values(["owner", "monday"], ignore_index=True)


def _open(plan: pd.DataFrame) -> pd.DataFrame:
    going = ~plan["status"].isin(_OVER) & (plan["hours"] > 0) & plan["due"].notna()
    return plan.loc[going, ["owner", "start", "due", "hours"]].reset_index(drop=True)


def _fold(names: pd.Series[Any]) -> pd.Series[Any]:
    """Names as they are compared: without regard to case and outer blanks."""
    return names.fillna("").astype(str).str.strip().str.casefold()


def _spelling(owners: pd.Series[Any], hours: pd.DataFrame) -> dict[str, str]:
    """How a name is shown: as the hours spell it, else as it first stands in the plan."""
    names = pd.concat([hours["who"], hours["team"], owners], ignore_index=True).fillna("").astype(str).str.strip()
    return dict(zip(reversed(list(_fold(names))), reversed(list(names)), strict=True))


def _spread(rows: pd.DataFrame, today: np.datetime64) -> pd.DataFrame:
    """One row per row of the plan and week it has work in: owner, monday, planned (hours)."""
    due = rows["due"].to_numpy("datetime64[D]")
    first = np.maximum(rows["start"].to_numpy("datetime64[D]"), today)
    first = np.where(np.isnat(first), today, first)
    late = due < today
    last = np.where(late, today, due)
    first = np.minimum(np.where(late, today, first), last)
    days = np.busday_count(first, last + _DAY)
    start, end = _monday(first), _monday(last)
    weeks = ((end - start) // _WEEK).astype(np.int64) + 1
    row = np.repeat(np.arange(len(rows)), weeks)
    nth = np.arange(len(row)) - np.repeat(np.cumsum(weeks) - weeks, weeks)
    monday = start[row] + nth * _WEEK
    inside = np.busday_count(np.maximum(first[row], monday), np.minimum(last[row] + _DAY, monday + _WEEK))
    # A weekend has no working day: all of it then lies in the last week.
    share = np.where(days[row] > 0, inside / np.maximum(days[row], 1), monday == end[row])
    planned = rows["hours"].to_numpy(float)[row] * share
    parts = {"owner": rows["owner"].to_numpy(object)[row], "monday": monday.astype("datetime64[s]"), "planned": planned}
    return pd.DataFrame(parts)[planned > 0].reset_index(drop=True)


def _monday(days: _Days) -> _Days:
    """The Monday of each day's week; the first day of 1970 was a Thursday."""
    number = days.astype(np.int64)
    return (number - (number + 3) % 7).astype("datetime64[D]")


def _available(table: pd.DataFrame, hours: pd.DataFrame, rules: LoadRules) -> _Days:
    """Hours a week of each owner (folded in ``key``) in the quarter of the week; missing where not known."""
    thursday = table["monday"] + pd.Timedelta(days=3)
    quarter = thursday.dt.year.astype(str) + "q" + thursday.dt.quarter.astype(str)
    said = hours[hours["hours"].notna()]
    known = pd.DataFrame({key: _fold(said[key]) for key in ("who", "team", "quarter")})
    weeks = np.where(known["quarter"] != "", _WEEKS_PER_QUARTER, max(rules.plan_days, 1) / 7)
    known["hours"] = said["hours"].to_numpy(float) / weeks
    result = np.full(len(table), np.nan)
    for name in ("who", "team"):
        named = known.assign(key=known[name])[known[name] != ""]
        people = named.groupby(["key", "who", "quarter"])["hours"].sum()
        owners = pd.DataFrame({"key": table["key"], "quarter": quarter, "place": np.arange(len(table))})
        each = owners.merge(named[["key", "who"]].drop_duplicates(), on="key")
        exact = _looked_up(people, each, each["quarter"])
        whole = _looked_up(people, each, pd.Series("", index=each.index))
        each["hours"] = np.where(np.isnan(exact), whole, exact)
        total = each.groupby("place")["hours"].sum(min_count=1).reindex(range(len(table))).to_numpy(float)
        result = np.where(np.isnan(result), total, result)
    return result


def _looked_up(people: pd.Series[Any], each: pd.DataFrame, quarter: pd.Series[Any]) -> _Days:
    return people.reindex(pd.MultiIndex.from_arrays([each["key"], each["who"], quarter])).to_numpy(float)

"""The plan week by week: how much each has to do, and when every row is worked on."""

from __future__ import annotations

import pandas as pd

from xlsales.method.plan_rows import standing
from xlsales.method.quarters import quarter_of
from xlsales.method.run import Run
from xlsales.steps.load import LoadRules, load
from xlsales.steps.plan_calendar import plan_calendar

_OWNERS = 12


def calendar_tables(run: Run) -> None:
    """Fill the plan calendar and the load from the rows of the plan as they stand after this run."""
    rows = _rows(run)
    resources = run.book.parsed("resources").good
    hours = load(rows, resources.assign(quarter=resources["quarter"].map(quarter_of)), run.as_of, run.rules(LoadRules))
    strip = plan_calendar(rows, run.as_of)
    weeks = [c for c in strip.rows.columns if c.startswith("w") and c[1:].isdigit()]
    shown = strip.rows.astype(dict.fromkeys(weeks, object))
    shown[weeks] = shown[weeks].where(shown[weeks] != 0, None)
    run.tables["plan_calendar"] = shown
    label = {"label": run.say("word", "monday")}
    days = {week: f"{day:%m-%d}" for week, day in zip(weeks, strip.mondays, strict=True)}
    run.tables["calendar_weeks"] = pd.DataFrame([label | days])
    run.tables["load"] = hours
    run.tables["load_grid"] = _grid(hours, strip.mondays, weeks)


def _rows(run: Run) -> pd.DataFrame:
    """Every row of the plan as it stands once the proposals are written."""
    table, present = run.tables["plan"], run.book.parsed("plan").frame
    kept = {key: standing(table, present, key) for key in ("owner", "what", "status")}
    dates = {key: pd.to_datetime(standing(table, present, key).replace("", None)) for key in ("start", "due")}
    hours = pd.to_numeric(standing(table, present, "hours").replace("", None)).astype("float64")
    return pd.DataFrame({"plan_id": table["plan_id"], **kept, **dates, "hours": hours})


def _grid(hours: pd.DataFrame, mondays: pd.Series, weeks: list[str]) -> pd.DataFrame:
    """Hours per owner (those with most) and week of the calendar; empty where there are none."""
    if hours.empty:
        return pd.DataFrame(columns=["owner", *weeks])
    named = dict(zip(mondays, weeks, strict=True))
    inside = hours[hours["monday"].isin(named)]
    table = inside.assign(week=inside["monday"].map(named)).pivot_table(
        index="owner", columns="week", values="planned", aggfunc="sum"
    ).reindex(columns=weeks)
    most = table.sum(axis=1).sort_values(ascending=False, kind="stable").index[:_OWNERS]
    return table.loc[most].round(1).reset_index()

"""Worksheet functions about activities: their benefit, what to do with them, and which fit the hours."""

from __future__ import annotations

import numpy as np
import pandas as pd

from xlsales.functions.call import Call, places
from xlsales.functions.expectations import decisive_among, weights_of
from xlsales.functions.ranges import Answer, as_column
from xlsales.issues import CannotRead
from xlsales.steps.activities import activities
from xlsales.steps.plan import PlanRules, plan
from xlsales.tables.schema import Language, load_schema

_RELATIONS = (0, 1, 3, 9)


def benefit(call: Call, language: Language) -> Answer:
    """Relation times need, summed for every activity; empty for a row without relations."""
    judged = _judged(call, existing=None)
    return as_column(judged["benefit"].to_numpy())


def decision(call: Call, language: Language) -> Answer:
    """Develop, keep, end, start, wait or reject, for every activity; empty for a row without relations."""
    size = len(call.cells("relations"))
    judged = _judged(call, call.typed("existing", size, "existing"))
    words = {code: load_schema().label("decision", code, language) for code in judged["decision"].dropna().unique()}
    return as_column([words.get(code) for code in judged["decision"]])


def _judged(call: Call, existing: pd.Series[str] | None) -> pd.DataFrame:
    """The step's judgement of every row; NaN on rows that are empty, which are not activities."""
    relations = call.among("relations", call.block("relations"), _RELATIONS)
    size, width = relations.shape
    rows = np.flatnonzero(~np.isnan(relations).all(axis=1))
    weights = weights_of(call)
    gaps = call.column("gap_factors", width) if call.has("gap_factors") else np.ones(width)
    gaps = np.nan_to_num(call.within("gap_factors", gaps, 1), nan=1.0)
    if len(weights) != width:
        raise CannotRead("function_sizes", argument="weights", found=len(weights), expected=width)
    keys = [str(place) for place in range(width)]
    needs = pd.DataFrame({"criterion_id": keys, "weight": weights, "gap_factor": gaps})
    ids = [f"{row:09d}" for row in rows]
    register = pd.DataFrame({"activity_id": ids, "existing": "existing", "hours": np.nan})
    if existing is not None:
        lacking = rows[(existing == "").to_numpy()[rows]]
        if len(lacking):
            raise call.refusal("existing", "function_blank", lacking[0])
        register["existing"] = existing.to_numpy(object)[rows]
    register["protected"] = call.flags("protected", size)[rows]
    grid = pd.DataFrame(relations[rows], columns=keys).assign(activity_id=ids)
    table = activities(register, grid, needs.assign(decisive=decisive_among(weights))).activities
    return table.set_index(rows)[["benefit", "decision"]].reindex(range(size))


def in_plan(call: Call, language: Language) -> Answer:
    """True for every activity of the choice that gives most benefit within the hours; empty for an empty row."""
    hours = call.within("hours", call.column("hours"), 0)
    size = len(hours)
    gain = call.column("benefit", size)
    available = call.number("available", np.nan)
    if np.isnan(available):
        raise CannotRead("function_empty", argument="available")
    unknown = np.flatnonzero(np.isnan(hours) & (gain > 0))
    if len(unknown):
        raise call.refusal("hours", "function_blank", unknown[0])
    table = pd.DataFrame({"activity_id": places(size), "hours": hours, "benefit": gain})
    table["benefit_per_hour"] = table["benefit"] / table["hours"].where(table["hours"] > 0)
    table["protected"] = call.flags("protected", size)
    chosen = plan(table, PlanRules(hours_available=available)).activities["in_plan"]
    empty = np.isnan(hours) & np.isnan(gain)
    return as_column([None if e else bool(c) for c, e in zip(chosen, empty, strict=True)], call.cells("hours"))

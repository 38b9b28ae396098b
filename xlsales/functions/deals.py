"""Worksheet functions about deals: the customer's stage, the probability to count on, coverage and age."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
import pandas as pd

from xlsales.functions.call import Call, Vector
from xlsales.functions.ranges import Answer, as_column, as_table
from xlsales.issues import CannotRead
from xlsales.steps.buying import BUYER_STAGES, SELLER_STAGES, buying
from xlsales.steps.pipeline import PipelineRules, coverage, pipeline
from xlsales.tables.folder import read_toml
from xlsales.tables.schema import LANGUAGES, Language


def stage_gap(call: Call, language: Language) -> Answer:
    """How many buying stages the seller is ahead of the customer; empty where a stage is missing."""
    seller = _stages(call, "seller_stage", SELLER_STAGES)
    buyer = _stages(call, "buyer_stage", BUYER_STAGES, len(seller))
    deals = pd.DataFrame({"seller_stage": seller, "buyer_stage": buyer})
    gaps = buying(deals)["stage_gap"].to_numpy()
    return as_column([None if np.isnan(gap) else int(gap) for gap in gaps], call.cells("seller_stage"))


def probability_used(call: Call, language: Language) -> Answer:
    """The probability to count on, against the motive where that is given."""
    probability = call.within("probability", call.column("probability"), 0, 1)
    size = len(probability)
    deals = pd.DataFrame({"probability": probability, "buyer_stage": _stages(call, "buyer_stage", BUYER_STAGES, size)})
    used = "p_used"
    if call.has("motive"):
        deals, used = deals.assign(motive=call.flags("motive", size)), "p_commit"
    return as_column(buying(deals)[used].to_numpy(), call.cells("probability"))


def _stages(call: Call, key: str, stages: Sequence[str], size: int | None = None) -> Vector:
    """Stages by number or by name in either language."""
    if all(not isinstance(cell, str) for row in call.cells(key) for cell in row):
        return call.among(key, call.column(key, size), range(len(stages)))
    count = size or sum(len(row) for row in call.cells(key))
    known = _stage_numbers(key)
    found = [known.get(name.casefold(), -1.0) for name in call.names(key, count)]
    if -1.0 in found:
        place = found.index(-1.0)
        raise call.refusal(key, "function_no_stage", place, found=call.names(key, count)[place])
    return np.array(found)


@cache
def _stage_numbers(key: str) -> dict[str, float]:
    numbers = {"": np.nan}
    for language in LANGUAGES:
        for place, (code, name) in enumerate(read_toml(f"texts.{language}.toml")[key].items()):
            numbers |= dict.fromkeys((name.casefold(), code, str(place)), float(place))
    return numbers


def pipeline_coverage(call: Call, language: Language) -> Answer:
    """Coverage of every period, and with a win rate the coverage needed and the pipeline required."""
    target = call.column("target")
    goals = pd.DataFrame({"target": target} | {key: call.column(key, len(target)) for key in ("won", "open_value")})
    if not call.has("win_rate"):
        return as_column(coverage(goals)["coverage"].to_numpy(), call.cells("target"))
    rate = call.within("win_rate", call.column("win_rate", len(target)), 0, 1)
    found = coverage(goals.assign(win_rate=rate))
    return as_table(*(found[key].to_numpy() for key in ("coverage", "coverage_needed", "pipeline_required")))


def age_ratio(call: Call, language: Language) -> Answer:
    """The age of every deal against the usual time to a win; empty without a date, or before it."""
    size = sum(len(row) for row in call.cells("created"))
    created = call.typed("created", size, kind="date")
    as_of = call.typed("as_of", 1, kind="date").iloc[0]
    if pd.isna(as_of):
        raise CannotRead("function_empty", argument="as_of")
    rules, days = PipelineRules(), np.array([])
    if call.has("cycle"):
        days = call.within("cycle", call.column("cycle"), 0)
    if len(days) == 1 and not np.isnan(days[0]):
        rules, days = PipelineRules(cycle_days=float(days[0])), np.array([])
    won = pd.DataFrame({"days": days.astype(np.float64)})
    found = pipeline(pd.DataFrame({"created": created}), won, as_of.date(), rules)
    return as_column(found["age_ratio"].to_numpy(), call.cells("created"))

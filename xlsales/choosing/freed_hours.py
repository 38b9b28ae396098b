"""Freed hours: what ending activities frees, and what those hours buy."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from xlsales.choosing.choice import Choice, choice
from xlsales.choosing.options import ENDED
from xlsales.choosing.plan_inputs import Chosen, PlanInputs, chosen, planned_ids


@dataclass(frozen=True)
class FreedHours:
    """ended: activity_id, hours (of everybody who does it today) and decision of every activity that is to end.

    hours: their sum. bought: activity_id, hours and benefit of what is in the plan only thanks to those hours.
    displaced: what would be in the plan without them and is not now. benefit_gained: of the plan as a whole.
    """

    ended: pd.DataFrame
    hours: float
    bought: pd.DataFrame
    displaced: tuple[str, ...]
    benefit_gained: float


def freed_hours(inputs: PlanInputs, found: Chosen | None = None) -> FreedHours:
    """The hours of existing activities that are to be ended, and the plan's part that they pay for.

    found: the plan as it is, where it has been chosen already.
    To be ended is what exists, is in no plan, and whose decision (the user's own before the tool's) is to end or
    reject it. Its hours are those of its option for each unit; where a unit has several quarters they are taken
    from them in equal parts. The plan is chosen again with each pool smaller by what it was given, never below 0.
    """
    found = found or chosen(inputs)
    ended = _ended(found.judged.activities, found.planned)
    ways = found.options.options
    theirs = ways[ways["activity_id"].isin(ended["activity_id"])]
    alternatives = theirs.groupby(["activity_id", "unit"])["hours"].transform("size")
    hours = (theirs["hours"] / alternatives).groupby(theirs["activity_id"]).sum()
    ended = ended.assign(hours=ended["activity_id"].map(hours).astype("float64").fillna(0.0).to_numpy(np.float64))
    total = float(ended["hours"].sum())
    if total <= 0:
        return FreedHours(ended, 0.0, _part(found.choice, frozenset()), (), 0.0)
    taken = (theirs["hours"] / alternatives).groupby(theirs["pool"]).sum()
    pools = {pool: max(0.0, size - float(taken.get(pool, 0.0))) for pool, size in found.limits.pools.items()}
    without = choice(ways, replace(found.limits, pools=pools), inputs.choice_rules)
    before = planned_ids(without)
    return FreedHours(
        ended,
        total,
        _part(found.choice, found.planned - before),
        tuple(sorted(before - found.planned)),
        max(0.0, found.choice.benefit - without.benefit),
    )


def _ended(judged: pd.DataFrame, planned: frozenset[str]) -> pd.DataFrame:
    """activity_id and decision of the existing activities that are to be ended."""
    own: pd.Series[Any] = (
        judged["own_decision"].fillna("").astype(str) if "own_decision" in judged else pd.Series("", judged.index)
    )
    decision = own.where(own != "", judged["decision"])
    over = decision.isin(ENDED) & (judged["existing"] == "existing") & ~judged["activity_id"].isin(planned)
    return pd.DataFrame({"activity_id": judged["activity_id"], "decision": decision})[over].reset_index(drop=True)


def _part(made: Choice, ids: frozenset[str]) -> pd.DataFrame:
    """What the plan holds of some activities: activity_id, hours, benefit; the greatest benefit first."""
    rows = made.options[made.options["chosen"].astype(bool) & made.options["activity_id"].isin(ids)]
    table = rows.groupby("activity_id", as_index=False)[["hours", "benefit"]].sum()
    return table.sort_values(["benefit", "activity_id"], ascending=[False, True], ignore_index=True)

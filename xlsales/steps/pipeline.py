"""Pipeline: how old every open deal is by our own measure, and whether what is open covers what remains."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class PipelineRules:
    """Thresholds; see the settings of the same names."""

    cycle_days: float = 90
    cycle_deals: int = 20


def pipeline(
    deals: pd.DataFrame, won: pd.DataFrame, as_of: date, rules: PipelineRules = PipelineRules()
) -> pd.DataFrame:
    """Hold the age of every open deal against the usual time from created to won.

    deals: created (datetime64) and where known type. won: one row per won deal, with days from created to won and
        where known type.
    Returns the deals with age_days, cycle (the days compared with), cycle_own and age_ratio. The cycle is the median
    of won deals of the same type, of all where those are too few, and the setting where all are too few; cycle_own is
    false in the last case, so that the reader can be told. A deal created after the date has no age.
    """
    age = (pd.Timestamp(as_of) - deals["created"]).dt.days.astype("float64")
    age = age.where(age >= 0)
    cycle = pd.Series(_cycle(won["days"], rules), deals.index, dtype="float64")
    if "type" in deals and "type" in won:
        medians = won.groupby("type")["days"].apply(lambda days: _cycle(days, rules)).astype("float64")
        cycle = deals["type"].map(medians).astype("float64").fillna(cycle)
    own = cycle.notna()
    cycle = cycle.fillna(rules.cycle_days)
    return deals.assign(age_days=age, cycle=cycle, cycle_own=own, age_ratio=age / cycle.where(cycle > 0))


def _cycle(days: Any, rules: PipelineRules) -> float:
    known = days.dropna()
    return float(known.median()) if len(known) >= max(rules.cycle_deals, 1) else np.nan


def coverage(goals: pd.DataFrame) -> pd.DataFrame:
    """Whether the open deals cover what remains to each target.

    goals: target, won, open_value (open deals that close in the period) and where known win_rate (0–1, of value).
    Returns the same rows with need = target − won, never negative; coverage = open value over need (NaN when nothing
    is needed); coverage_needed = 1 over the win rate, and pipeline_required = need over the win rate.
    """
    need = (goals["target"] - goals["won"].fillna(0)).clip(lower=0)
    rate = goals["win_rate"] if "win_rate" in goals else pd.Series(np.nan, goals.index)
    rate = rate.where(rate > 0)
    return goals.assign(
        need=need,
        coverage=goals["open_value"].fillna(0) / need.where(need > 0),
        coverage_needed=1 / rate,
        pipeline_required=need / rate,
    )

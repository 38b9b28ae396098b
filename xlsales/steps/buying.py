"""Buying: how far the seller is ahead of the customer's own buying process, and the probability that leaves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

SELLER_STAGES = ("contact", "needs_analysis", "solution", "quote", "negotiation", "closing")
BUYER_STAGES = (
    "status_quo", "need_recognised", "exploring", "requirements", "evaluating", "preferred", "approved", "in_use",
)  # fmt: skip
MISMATCHES = ("seller_ahead", "watch", "ok", "customer_ahead")


@dataclass(frozen=True)
class BuyingRules:
    """Thresholds; see the settings of the same names. Nothing is sold to a customer at status quo."""

    p_stage_1: float = 0.05
    p_stage_2: float = 0.10
    p_stage_3: float = 0.20
    p_stage_4: float = 0.35
    p_stage_5: float = 0.60
    p_stage_6: float = 0.90
    motive_from_stage: int = 4

    @property
    def probabilities(self) -> tuple[float, ...]:
        """Probability by buying stage; when the customer has started to use it, that of the approval stands."""
        steps = (self.p_stage_1, self.p_stage_2, self.p_stage_3, self.p_stage_4, self.p_stage_5, self.p_stage_6)
        return (0.0, *steps, self.p_stage_6)


def buying(deals: pd.DataFrame, rules: BuyingRules = BuyingRules()) -> pd.DataFrame:
    """Hold every deal against the stage its customer has reached.

    deals: buyer_stage (0 status quo … 7 in use; NaN where unknown) and where known seller_stage (0 contact …
        5 closing), probability (the seller's, 0–1), value (SEK) and motive (true where the buying motive is valid).
    Returns the same rows with stage_gap (the buying stage the seller's stage presupposes, less the customer's),
    mismatch, p_used, p_commit, and adjusted_value and commit_value where there is a value. p_used is the lower of the
    seller's probability and the buying stage's; p_commit is 0 from the stage of the rules on where no motive is valid.
    """
    nothing = pd.Series(np.nan, deals.index)
    stage = deals["buyer_stage"].to_numpy(np.float64)
    gap = deals.get("seller_stage", nothing).to_numpy(np.float64) - stage
    used = np.fmin(deals.get("probability", nothing).to_numpy(np.float64), _of_stage(stage, rules))
    motive = deals["motive"].to_numpy(bool) if "motive" in deals else np.zeros(len(deals), bool)
    commit = np.where(~motive & (stage >= rules.motive_from_stage), 0.0, used)
    table = deals.assign(stage_gap=gap, mismatch=_mismatch(gap), p_used=used, p_commit=commit)
    if "value" in deals:
        table = table.assign(adjusted_value=table["value"] * used, commit_value=table["value"] * commit)
    return table


def _of_stage(stage: Any, rules: BuyingRules) -> Any:
    """The probability of each stage; NaN where the stage is unknown, so that the seller's stands."""
    known = ~np.isnan(stage)
    place = np.where(known, stage, 0).astype(np.int64)
    return np.where(known, np.asarray(rules.probabilities)[place], np.nan)


def _mismatch(gap: Any) -> Any:
    known = ~np.isnan(gap)
    return np.select([gap >= 2, gap >= 1, gap <= -2, known], ["seller_ahead", "watch", "customer_ahead", "ok"], "")

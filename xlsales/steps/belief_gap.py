"""Belief gap: what we guessed that customers weigh, against what they answered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd


def belief_gap(beliefs: pd.DataFrame, criteria: Sequence[str], answer: pd.Series[Any]) -> pd.DataFrame:
    """The mean guess per criterion beside the customers' weight.

    beliefs: one row per guess with points per criterion, of any sum; guesses without points and with
        negative ones do not count.
    answer: the customers' weights by criterion_id.
    Returns criterion_id, belief, answer, gap (belief − answer) and n (guesses), what we overrate most first.
    """
    points = beliefs.reindex(columns=list(criteria)).astype("float64")
    good = points[~(points < 0).any(axis=1) & (points.fillna(0).sum(axis=1) > 0)].fillna(0)
    belief = good.div(good.sum(axis=1), axis=0).mean() if len(good) else points.iloc[:0].mean()
    table = pd.DataFrame({"criterion_id": list(criteria), "belief": belief.to_numpy("float64")})
    table["answer"] = answer.reindex(list(criteria)).to_numpy("float64")
    table["gap"] = table["belief"] - table["answer"]
    table["n"] = len(good)
    return table.sort_values("gap", ascending=False, kind="stable", ignore_index=True)

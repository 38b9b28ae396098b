"""Compare: how we stand on each expectation against the customer's alternatives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class CompareRules:
    """Thresholds; see the settings of the same names."""

    strength_margin: float = 1
    score_max: float = 10
    goal_lead: float = 1


def compare(
    weights: pd.DataFrame, alternatives: pd.DataFrame, scores: pd.DataFrame, rules: CompareRules = CompareRules()
) -> pd.DataFrame:
    """Our score against the best alternative on every criterion, heaviest first.

    weights: criterion_id, weight, decisive. alternatives: alternative_id, name, kind (one is ``us``).
    scores: alternative_id, criterion_id, score (1–10) and where known rater, n. Customers' scores are
        used where there are any for that alternative and criterion, our own otherwise; several are
        averaged by n.
    Returns criterion_id, weight, ours, best_alternative, best_score, delta, relative, class,
    deselection_cause, quadrant, goal and gap_factor (goal over ours, at least 1). The goal is to lead
    the best alternative on a decisive criterion, within the scale, and to stay on the others.
    Quadrants follow Gale: weight against equal weight, our score against the mean of the alternatives.
    """
    grid = _grid(scores).reindex(columns=weights["criterion_id"])
    ours_id = alternatives.loc[alternatives["kind"] == "us", "alternative_id"]
    ours = grid.reindex(ours_id).mean(axis=0) if len(ours_id) else grid.iloc[:0].mean(axis=0)
    rivals = grid[~grid.index.isin(ours_id)]
    rivals = rivals[rivals.index.isin(alternatives["alternative_id"])]
    best = rivals.max(axis=0)
    names = dict(zip(alternatives["alternative_id"], alternatives["name"], strict=True))
    table = weights[["criterion_id", "weight", "decisive"]].reset_index(drop=True)
    table = table.assign(
        ours=ours.to_numpy(np.float64),
        best_score=best.to_numpy(np.float64),
        best_alternative=_best_name(rivals, names),
    )
    table["delta"] = table["ours"] - table["best_score"]
    table["relative"] = table["ours"] / table["best_score"]
    table["class"] = _class(table["delta"], rules.strength_margin)
    table["deselection_cause"] = (table["class"] == "weakness") & table["decisive"]
    table["quadrant"] = _quadrant(table, rivals.mean(axis=0).to_numpy(np.float64))
    goal = np.fmin(np.fmax(table["best_score"] + rules.goal_lead, table["ours"]), rules.score_max)
    table["goal"] = np.where(table["decisive"] & table["best_score"].notna(), goal, table["ours"])
    table["gap_factor"] = (table["goal"] / table["ours"]).clip(lower=1).fillna(1.0)
    return table


def _grid(scores: pd.DataFrame) -> pd.DataFrame:
    """Mean score per alternative and criterion; customers' where there are any, else our own."""
    if scores.empty:
        return pd.DataFrame()
    rows = scores.assign(
        n=scores["n"].fillna(1).clip(lower=1) if "n" in scores else 1.0,
        asked=(scores["rater"] == "customer") if "rater" in scores else True,
    )
    keys = ["alternative_id", "criterion_id"]
    best = rows[rows["asked"] == rows.groupby(keys)["asked"].transform("max")]
    sums = best.assign(points=best["score"] * best["n"]).groupby(keys)[["points", "n"]].sum()
    return (sums["points"] / sums["n"]).unstack()


def _best_name(rivals: pd.DataFrame, names: dict[str, str]) -> list[str]:
    return [
        names.get(str(column.idxmax()), str(column.idxmax())) if column.notna().any() else ""
        for _, column in rivals.items()
    ] if len(rivals) else [""] * len(rivals.columns)


def _class(delta: pd.Series[Any], margin: float) -> Any:
    steps = [delta >= margin - 1e-9, delta <= -margin + 1e-9, delta.notna()]
    return np.select(steps, ["strength", "weakness", "parity"], "")


def _quadrant(table: pd.DataFrame, mean_rival: Any) -> Any:
    heavy = table["weight"] >= 1 / max(len(table), 1) - 1e-9
    ahead = table["ours"] / mean_rival >= 1 - 1e-9
    known = table["ours"].notna() & ~np.isnan(mean_rival)
    steps = [known & heavy & ahead, known & heavy, known & ahead, known]
    return np.select(steps, ["keep_up", "concentrate", "overkill", "low_priority"], "")

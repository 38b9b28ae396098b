"""Compare: how we stand on each expectation against the customer's alternatives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

_RATERS = {"by_customers": "customer", "by_us": "own"}


@dataclass(frozen=True)
class CompareRules:
    """Thresholds; see the settings of the same names."""

    strength_margin: float = 1
    score_max: float = 10
    goal_lead: float = 1
    ipa_lines: str = "equal"


def compare(
    weights: pd.DataFrame, alternatives: pd.DataFrame, scores: pd.DataFrame, rules: CompareRules = CompareRules()
) -> pd.DataFrame:
    """Our score against the best alternative on every criterion, heaviest first.

    weights: criterion_id, weight, decisive. alternatives: alternative_id, name, kind (one is ``us``).
    scores: alternative_id, criterion_id, score (1–10) and where known rater, n. Customers' scores are
        used where there are any for that alternative and criterion, our own otherwise; several are
        averaged by n.
    Returns criterion_id, weight, ours, best_alternative, best_score, delta, relative, mean_score and
    relative_mean (against the mean of the alternatives), class, deselection_cause, quadrant, goal and
    gap_factor (goal over ours, at least 1). The goal is to lead the best alternative on a decisive
    criterion, within the scale, and to stay on the others.
    Quadrants follow Gale: weight against our score relative to the mean alternative, see cross_lines.
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
    table["mean_score"] = rivals.mean(axis=0).to_numpy(np.float64)
    table["relative_mean"] = table["ours"] / table["mean_score"]
    table["class"] = _class(table["delta"], rules.strength_margin)
    table["deselection_cause"] = (table["class"] == "weakness") & table["decisive"]
    table["quadrant"] = _quadrant(table, cross_lines(table, rules))
    goal = np.fmin(np.fmax(table["best_score"] + rules.goal_lead, table["ours"]), rules.score_max)
    table["goal"] = np.where(table["decisive"] & table["best_score"].notna(), goal, table["ours"])
    table["gap_factor"] = (table["goal"] / table["ours"]).clip(lower=1).fillna(1.0)
    return table


def cross_lines(table: pd.DataFrame, rules: CompareRules = CompareRules()) -> tuple[float, float]:
    """Where the quadrants cross: our score relative to the mean alternative, and the weight.

    ``equal``: 1.0 and the weight every criterion would have if all weighed the same. ``means``: the
    means of the criteria that have both.
    """
    if rules.ipa_lines == "means":
        both = table[["relative_mean", "weight"]].dropna()
        return float(both["relative_mean"].mean()), float(both["weight"].mean())
    return 1.0, 1 / max(len(table), 1)


def score_views(weights: pd.DataFrame, scores: pd.DataFrame) -> pd.DataFrame:
    """Customers' scores beside our own, one row per alternative and criterion that anybody scored.

    Returns alternative_id, criterion_id, by_customers, by_us and gap (ours − customers').
    """
    keys = ["alternative_id", "criterion_id"]
    rater = scores["rater"] if "rater" in scores else pd.Series("customer", index=scores.index)
    views = {name: _mean(scores[rater == code], keys) for name, code in _RATERS.items()}
    every = scores[keys].drop_duplicates()
    table = every.assign(**{name: _looked_up(view, every) for name, view in views.items()})
    table["gap"] = table["by_us"] - table["by_customers"]
    place = {c: i for i, c in enumerate(weights["criterion_id"])}
    rows = table[table["criterion_id"].isin(place)]
    order = rows["criterion_id"].map(place)
    who = rows["alternative_id"].map({a: i for i, a in enumerate(dict.fromkeys(scores["alternative_id"]))})
    return rows.iloc[np.lexsort((order, who))].reset_index(drop=True)


def alternative_totals(weights: pd.DataFrame, alternatives: pd.DataFrame, scores: pd.DataFrame) -> pd.DataFrame:
    """The weighted score Σ w·s of every alternative beside its plain mean, highest first.

    Criteria that an alternative has no score on are left out, and the other weights raised in proportion.
    Without weights all criteria weigh the same.
    Returns alternative_id, name, kind, weighted_score, mean_score, scored (criteria) and rank.
    """
    ids = list(weights["criterion_id"])
    grid = _grid(scores).reindex(index=list(alternatives["alternative_id"]), columns=ids)
    values = grid.to_numpy(np.float64)
    given = weights["weight"].to_numpy(np.float64)
    weight = np.where(np.isnan(given).all(), 1.0, np.nan_to_num(given))
    used = np.where(np.isnan(values), 0.0, weight)
    table = alternatives[["alternative_id", "name", "kind"]].reset_index(drop=True)
    total = used.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        table["weighted_score"] = np.where(total > 0, (used * np.nan_to_num(values)).sum(axis=1) / total, np.nan)
    table["mean_score"] = grid.mean(axis=1).to_numpy(np.float64)
    table["scored"] = (~np.isnan(values)).sum(axis=1)
    table = table.sort_values("weighted_score", ascending=False, kind="stable", ignore_index=True)
    table["rank"] = table["weighted_score"].round(12).rank(method="min", ascending=False)
    return table


def comparison_lists(compared: pd.DataFrame) -> pd.DataFrame:
    """What to keep or strengthen, and what to minimise or eliminate, heaviest first.

    Returns list (keep_or_strengthen, minimise_or_eliminate), cause (why it is there: decisive_strength,
    strength, deselection_cause or weakness) and the row of the comparison.
    """
    rows = compared[compared["class"].isin(["strength", "weakness"])]
    strong, decides = rows["class"] == "strength", rows["decisive"].astype(bool)
    lists = np.where(strong, "keep_or_strengthen", "minimise_or_eliminate")
    causes = np.select(
        [strong & decides, strong, rows["deselection_cause"].astype(bool)],
        ["decisive_strength", "strength", "deselection_cause"], "weakness",
    )
    table = rows.assign(list=lists, cause=causes)
    return table.sort_values("list", kind="stable", ignore_index=True)


def _mean(scores: pd.DataFrame, keys: list[str]) -> pd.Series[Any]:
    """Mean score by alternative and criterion, each score counted by its number of people."""
    n = scores["n"].fillna(1).clip(lower=1) if "n" in scores else pd.Series(1.0, index=scores.index)
    sums = scores.assign(n=n, points=scores["score"] * n).groupby(keys)[["points", "n"]].sum()
    mean: pd.Series[Any] = sums["points"] / sums["n"]
    return mean


def _looked_up(view: pd.Series[Any], every: pd.DataFrame) -> Any:
    keys = pd.MultiIndex.from_frame(every)
    return view.reindex(keys).to_numpy(np.float64) if len(view) else np.full(len(every), np.nan)


def _grid(scores: pd.DataFrame) -> pd.DataFrame:
    """Mean score per alternative and criterion; customers' where there are any, else our own."""
    if scores.empty:
        return pd.DataFrame()
    rows = scores.assign(asked=(scores["rater"] == "customer") if "rater" in scores else True)
    keys = ["alternative_id", "criterion_id"]
    best = rows[rows["asked"] == rows.groupby(keys)["asked"].transform("max")]
    return _mean(best, keys).unstack()


def _best_name(rivals: pd.DataFrame, names: dict[str, str]) -> list[str]:
    return [
        names.get(str(column.idxmax()), str(column.idxmax())) if column.notna().any() else ""
        for _, column in rivals.items()
    ] if len(rivals) else [""] * len(rivals.columns)


def _class(delta: pd.Series[Any], margin: float) -> Any:
    steps = [delta >= margin - 1e-9, delta <= -margin + 1e-9, delta.notna()]
    return np.select(steps, ["strength", "weakness", "parity"], "")


def _quadrant(table: pd.DataFrame, lines: tuple[float, float]) -> Any:
    heavy = table["weight"] >= lines[1] - 1e-9
    ahead = table["relative_mean"] >= lines[0] - 1e-9
    known = table["relative_mean"].notna()
    steps = [known & heavy & ahead, known & heavy, known & ahead, known]
    return np.select(steps, ["keep_up", "concentrate", "overkill", "low_priority"], "")

"""Activities: held against the customers' weights — what to develop, keep, end, start or leave."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

DECISIONS = ("develop", "keep", "end", "start", "wait", "reject")
_TINY = 1e-9


@dataclass(frozen=True)
class ActivityRules:
    """Thresholds; see the settings of the same names."""

    strong_relation: float = 3
    full_relation: float = 9


@dataclass(frozen=True)
class Activities:
    """activities: one row per judged activity, in the order given, with benefit, share,
    benefit_per_hour, benefit_per_krona, decision, and what the reason is made of: cause,
    criterion_id (served), gap_factor.

    contributions: need × relation, one row per activity_id and one column per criterion.
    coverage: one row per criterion, greatest need first, with its sales_point and its need_share of all need.
    """

    activities: pd.DataFrame
    contributions: pd.DataFrame
    coverage: pd.DataFrame


def activities(
    register: pd.DataFrame, relations: pd.DataFrame, needs: pd.DataFrame, rules: ActivityRules = ActivityRules()
) -> Activities:
    """Benefit of every activity and the answer to the three questions.

    register: activity_id, existing (existing/new), hours, and where known activity, protected, cost (kronor).
    relations: activity_id and one column per criterion with 0, 1, 3 or 9; empty is 0. An activity
        without a row has not been judged and is left out. Another scale goes with other thresholds.
    needs: criterion_id, weight, decisive, gap_factor (at least 1) and where known sales_point (1 where
        it is not); need = weight × gap factor × sales point, the raw weight of Cohen's planning matrix.
    Benefit is the sum of need × relation (technical importance in quality function deployment).
    """
    judged = register[register["activity_id"].isin(relations["activity_id"])].reset_index(drop=True)
    known = _with_need(needs)
    grid = relations.drop_duplicates("activity_id").set_index("activity_id")
    grid = grid.reindex(index=judged["activity_id"], columns=known["criterion_id"]).astype("float64").fillna(0)
    contributions = grid * known["need"].to_numpy()
    table = judged.assign(benefit=contributions.sum(axis=1).to_numpy())
    total = table["benefit"].sum()
    table["share"] = table["benefit"] / total if total > 0 else np.nan
    table["benefit_per_hour"] = table["benefit"] / table["hours"].where(table["hours"] > 0)
    cost = table["cost"].astype("float64") if "cost" in table else pd.Series(np.nan, index=table.index)
    table["benefit_per_krona"] = table["benefit"] / cost.where(cost > 0)
    table = _decide(table, grid, known, rules)
    return Activities(table, contributions, _coverage(grid, known, table, rules))


def _with_need(needs: pd.DataFrame) -> pd.DataFrame:
    """The needs with sales_point, need and the share of all need that each criterion has."""
    point = needs["sales_point"].astype("float64").fillna(1.0) if "sales_point" in needs else 1.0
    known = needs.assign(sales_point=point).reset_index(drop=True)
    need = known["weight"].fillna(0) * known["gap_factor"] * known["sales_point"]
    return known.assign(need=need, need_share=need / need.sum() if need.sum() > 0 else np.nan)


def _decide(table: pd.DataFrame, grid: pd.DataFrame, needs: pd.DataFrame, rules: ActivityRules) -> pd.DataFrame:
    """Decision and its cause from benefit against the median and the decisive gaps served."""
    values = grid.to_numpy()
    gap = (needs["decisive"] & (needs["gap_factor"] > 1 + _TINY)).to_numpy(bool)
    serves_gap = ((values >= rules.strong_relation) & gap).any(axis=1)
    nothing = (values <= 0).all(axis=1)
    median = table["benefit"].median()
    high = (table["benefit"] >= median - _TINY * max(1.0, abs(median))).to_numpy(bool)
    exists = (table["existing"] == "existing").to_numpy(bool)
    shield = table["protected"].to_numpy(bool) if "protected" in table else np.zeros(len(table), bool)
    cause = np.select(
        [nothing & shield & exists, nothing, high & serves_gap, high],
        ["protected", "serves_nothing", "decisive_gap", "high_no_gap"],
        "low",
    )
    kept = {"serves_nothing": "end", "decisive_gap": "develop"}
    fresh = {"serves_nothing": "reject", "decisive_gap": "start", "high_no_gap": "wait", "low": "wait"}
    decision = [kept.get(c, "keep") if e else fresh[c] for e, c in zip(exists, cause, strict=True)]
    main = _main_criterion(values * needs["need"].to_numpy(), (values >= rules.strong_relation) & gap, cause)
    names = needs["criterion_id"].to_numpy(object)
    return table.assign(
        decision=decision,
        cause=cause,
        criterion_id=np.where(nothing, "", names[main]) if len(names) else "",
        gap_factor=needs["gap_factor"].to_numpy()[main] if len(names) else 1.0,
        median=median,
    )


def _main_criterion(contribution: Any, serves_gap: Any, cause: Any) -> Any:
    """The criterion that speaks most for each activity; the decisive gap where that is the cause."""
    if not contribution.size:
        return np.zeros(len(contribution), dtype=int)
    by_gap = np.where(serves_gap, contribution, -1)
    return np.where(cause == "decisive_gap", by_gap.argmax(axis=1), contribution.argmax(axis=1))


def _coverage(grid: pd.DataFrame, needs: pd.DataFrame, table: pd.DataFrame, rules: ActivityRules) -> pd.DataFrame:
    values = grid.to_numpy()
    rows, width = values.shape
    strongest = values.argmax(axis=0) if rows else np.zeros(width, dtype=int)
    strength = values.max(axis=0) if rows else np.zeros(width)
    ids = table["activity_id"].to_numpy(object)
    shown = ["criterion_id", "weight", "decisive", "gap_factor", "sales_point", "need", "need_share"]
    coverage = needs[shown].assign(
        activities=(values > 0).sum(axis=0),
        strongest_id=ids[strongest] if rows else "",
        strength=strength,
        uncovered=needs["decisive"].to_numpy(bool) & (strength < rules.full_relation),
    )
    return coverage.sort_values(["need", "criterion_id"], ascending=[False, True], ignore_index=True)

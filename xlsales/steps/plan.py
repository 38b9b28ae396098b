"""Plan: the activities that give most benefit within the hours there are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from xlsales.issues import Issue

Vector = npt.NDArray[np.float64]
_TIE = 1e-6


@dataclass(frozen=True)
class PlanRules:
    """Thresholds; see the settings of the same names."""

    hours_available: float = 500


@dataclass(frozen=True)
class Plan:
    """activities: as given with in_plan and priority (1 = first). capacity: one row of totals."""

    activities: pd.DataFrame
    capacity: pd.DataFrame
    issues: list[Issue]


def plan(activities: pd.DataFrame, rules: PlanRules = PlanRules()) -> Plan:
    """Choose the activities with the greatest benefit that fit the hours (exact 0/1 knapsack).

    activities: activity_id, hours, benefit, benefit_per_hour, and where known protected, decision.
        Protected activities that exist are always in the plan and take their hours first.
    Among choices of equal benefit the one with fewest hours is taken, then by id. Solved to proven optimum by HiGHS;
    the greedy list by benefit per hour stands beside it for comparison.
    """
    hours = activities["hours"].fillna(0).to_numpy(np.float64)
    benefit = activities["benefit"].fillna(0).to_numpy(np.float64)
    must = _must(activities)
    issues: list[Issue] = []
    room = rules.hours_available - hours[must].sum()
    if room < -1e-9:
        issues.append(_too_few_hours(float(hours[must].sum()), rules.hours_available))
    by_id = np.argsort(activities["activity_id"].astype(str).to_numpy(), kind="stable")
    free = by_id[(~must & (benefit > 1e-12))[by_id]]
    chosen = must.copy()
    chosen[free] = choose(hours[free], benefit[free], max(room, 0.0))
    greedy = must.copy()
    greedy[free] = _greedy(hours[free], benefit[free], max(room, 0.0))
    order = _priority(activities, chosen)
    table = activities.assign(in_plan=chosen)
    table["priority"] = pd.Series(np.arange(1, len(order) + 1), index=table.index[order])
    capacity = {
        "hours_available": rules.hours_available,
        "hours_planned": float(hours[chosen].sum()),
        "benefit": float(benefit[chosen].sum()),
        "benefit_greedy": float(benefit[greedy].sum()),
        "first_below_id": _first_below(table, order),
    } | _worth_of_hours(hours[free], benefit[free], max(room, 0.0))
    return Plan(table, pd.DataFrame([capacity]), issues)


def _must(activities: pd.DataFrame) -> npt.NDArray[np.bool_]:
    if "protected" not in activities:
        return np.zeros(len(activities), dtype=bool)
    exists = activities["existing"] == "existing" if "existing" in activities else True
    return (activities["protected"].astype(bool) & exists).to_numpy(bool)


def _too_few_hours(needed: float, available: float) -> Issue:
    return Issue(
        "error", "protected_exceed_hours", "settings", "value", key="hours_available", found=available,
        params={"needed": needed, "available": available},
    )


def choose(hours: Vector, benefit: Vector, room: float) -> npt.NDArray[np.bool_]:
    """Which activities to take, shape (activities,); the optimum, with the fewest hours that reach it."""
    if not len(hours):
        return np.zeros(0, dtype=bool)
    best = _solve(benefit, [(hours, -np.inf, room)])
    reached = float(benefit[best].sum())
    lean = _solve(-hours - _TIE * np.arange(len(hours)), [(hours, -np.inf, room), (benefit, reached - 1e-7, np.inf)])
    return lean if benefit[lean].sum() >= reached - 1e-6 else best


def _solve(gain: Vector, rows: list[tuple[Vector, float, float]]) -> npt.NDArray[np.bool_]:
    """Maximise the gain of a 0/1 choice under linear rows (coefficients, low, high), by HiGHS."""
    import highspy

    solver: Any = highspy.Highs()  # type: ignore[no-untyped-call]
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("mip_rel_gap", 0.0)
    for option in ("mip_abs_gap", "mip_feasibility_tolerance", "primal_feasibility_tolerance"):
        solver.setOptionValue(option, 1e-9)
    solver.setOptionValue("threads", 1)
    model = highspy.HighsLp()
    count = len(gain)
    model.num_col_, model.num_row_ = count, len(rows)
    model.sense_ = highspy.ObjSense.kMaximize
    model.col_cost_ = gain
    model.col_lower_, model.col_upper_ = np.zeros(count), np.ones(count)
    model.integrality_ = [highspy.HighsVarType.kInteger] * count
    model.row_lower_ = np.array([low for _, low, _ in rows])
    model.row_upper_ = np.array([high for _, _, high in rows])
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_ = np.arange(len(rows) + 1) * count
    model.a_matrix_.index_ = np.tile(np.arange(count), len(rows))
    model.a_matrix_.value_ = np.concatenate([coefficients for coefficients, _, _ in rows])
    solver.passModel(model)
    solver.run()
    values = np.asarray(solver.getSolution().col_value)
    return values > 0.5 if len(values) else np.zeros(count, dtype=bool)


def _greedy(hours: Vector, benefit: Vector, room: float) -> npt.NDArray[np.bool_]:
    """Take activities by benefit per hour while they fit."""
    taken = np.zeros(len(hours), dtype=bool)
    with np.errstate(divide="ignore"):
        rate = benefit / hours
    for i in np.argsort(-rate, kind="stable"):
        if hours[i] <= room + 1e-9:
            taken[i], room = True, room - hours[i]
    return taken


def _priority(activities: pd.DataFrame, chosen: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """Positions in order: in the plan first, then by benefit per hour, then by id."""
    rate = activities["benefit_per_hour"].fillna(np.inf).where(activities["benefit"] > 0, 0.0).to_numpy()
    ids = np.argsort(np.argsort(activities["activity_id"].astype(str).to_numpy()))
    return np.lexsort((ids, -rate, ~chosen))


def _first_below(table: pd.DataFrame, order: npt.NDArray[np.int64]) -> str:
    ordered = table.iloc[order]
    below = ordered[~ordered["in_plan"] & (ordered["benefit"] > 1e-12)]
    return str(below["activity_id"].iloc[0]) if len(below) else ""


def _worth_of_hours(hours: Vector, benefit: Vector, room: float) -> dict[str, Any]:
    """What one more hour gives, and how many more are needed before benefit can rise at all."""
    nothing = {"benefit_of_one_more_hour": 0.0, "hours_to_next": np.nan, "benefit_at_next": np.nan}
    if not len(hours):
        return nothing
    reached = float(benefit[choose(hours, benefit, room)].sum())
    if reached >= benefit.sum() - 1e-7:
        return nothing
    one_more = float(benefit[choose(hours, benefit, room + 1)].sum())
    rise = 1e-6 * max(reached, float(benefit.max()))
    cheapest = _solve(-hours, [(benefit, reached + rise, np.inf)])
    needed = float(hours[cheapest].sum())
    after = float(benefit[choose(hours, benefit, needed)].sum())
    return {
        "benefit_of_one_more_hour": max(0.0, one_more - reached),
        "hours_to_next": needed - room,
        "benefit_at_next": after,
    }

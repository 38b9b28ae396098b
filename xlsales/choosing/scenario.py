"""Scenario: what the plan becomes when hours, money, weights, activities or demands are others."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from xlsales.choosing.plan_inputs import Chosen, PlanInputs, chosen, plan_benefit, with_benefits
from xlsales.issues import Issue
from xlsales.steps.activities import activities

_Row = Mapping[Any, Any]
_SCALE = (0.0, 1.0, 3.0, 9.0)


@dataclass(frozen=True)
class Scenario:
    """activities: every activity now and then. totals: one row of sums. issues: changes that could not be made.

    now, then: the plans that are compared.
    """

    activities: pd.DataFrame
    totals: pd.DataFrame
    issues: list[Issue]
    now: Chosen
    then: Chosen


class _CannotChange(Exception):
    """A change names what is not there, or says nothing that can be done."""

    def __init__(self, code: str, column: str) -> None:
        super().__init__(code)
        self.code, self.column = code, column


def scenario(inputs: PlanInputs, changes: pd.DataFrame, found: Chosen | None = None) -> Scenario:
    """Make the changes, choose again, and compare with the plan as it is.

    changes: kind, subject, detail, value. hours: hours of somebody ("" = the common pool), in the quarter of the
        detail or in all; budget: kronor (empty = no limit); weight: of a criterion, 0–1, the others keep their
        proportions and all sum to 1; activity_hours, activity_cost: of an activity; relation: of an activity with
        the criterion of the detail; must, must_not: the activity; without: as if the activity were not there.
    found: the plan as it is, where it has been chosen already.
    Returns activity_id, in_now, in_then, benefit_now, benefit_then (of the activity), hours_now, hours_then (in the
    plan), decision_now, decision_then, change (enters, leaves, stays, stays_out); and totals: hours, cost, benefit
    (both measured with the relations and needs as they are then) and gap, now and then. A change that cannot be
    made is left out with an issue; the inputs are not touched.
    """
    then_inputs, issues = _changed(inputs, changes)
    now, then = found or chosen(inputs), chosen(then_inputs)
    return Scenario(_compared(now, then), _totals(now, then, inputs, then_inputs), issues, now, then)


def _changed(inputs: PlanInputs, changes: pd.DataFrame) -> tuple[PlanInputs, list[Issue]]:
    """The inputs with every change that can be made, and the problems of the others."""
    issues: list[Issue] = []
    weights: dict[str, float] = {}
    for place, row in enumerate(changes.to_dict("records")):
        kind, subject = _said(row, "kind"), _said(row, "subject")
        try:
            if kind == "weight":
                weights[_criterion(inputs, subject, "subject")] = _value(row, most=1.0)
            elif kind in _CHANGES:
                inputs = _CHANGES[kind](inputs, subject, row)
            else:
                raise _CannotChange("scenario_kind", "kind")
        except _CannotChange as problem:
            said = row.get(problem.column)
            params = {"kind": kind, "subject": subject, "detail": _said(row, "detail")}
            issues.append(Issue("error", problem.code, "scenario", problem.column, place, found=said, params=params))
    return (replace(inputs, needs=_weighted(inputs.needs, weights)) if weights else inputs), issues


def _said(row: _Row, column: str) -> str:
    value = row.get(column)
    return "" if value is None or value is pd.NaT or value != value else str(value).strip()


def _value(row: _Row, most: float = np.inf) -> float:
    """The number of a change, from 0 to the most it may be."""
    try:
        value = float(row.get("value", np.nan))
    except (TypeError, ValueError):
        raise _CannotChange("scenario_value", "value") from None
    if not 0 <= value <= most:
        raise _CannotChange("scenario_value", "value")
    return value


def _activity(inputs: PlanInputs, subject: str) -> Any:
    """Which rows of the register are the subject."""
    found = inputs.register["activity_id"].astype(str) == subject
    if not found.any():
        raise _CannotChange("scenario_activity", "subject")
    return found


def _criterion(inputs: PlanInputs, name: str, column: str) -> str:
    if name not in set(inputs.needs["criterion_id"]):
        raise _CannotChange("scenario_criterion", column)
    return name


def _registered(column: str, fixed: str = "") -> Callable[[PlanInputs, str, _Row], PlanInputs]:
    """A change of one column of the register: to the value of the change, or to what is fixed."""

    def change(inputs: PlanInputs, subject: str, row: _Row) -> PlanInputs:
        rows = _activity(inputs, subject)
        value: Any = fixed or _value(row)
        register = inputs.register.copy()
        empty = pd.Series("" if fixed else np.nan, register.index, dtype=object if fixed else "float64")
        old = register[column].astype(empty.dtype) if column in register else empty
        return replace(inputs, register=register.assign(**{column: old.mask(rows, value)}))

    return change


def _hours(inputs: PlanInputs, subject: str, row: _Row) -> PlanInputs:
    """Hours of somebody; several rows are scaled alike so that they sum to the value."""
    value, quarter, table = _value(row), _said(row, "detail"), inputs.resources
    who = table["who"].fillna("").astype(str).str.strip().str.casefold()
    rows = (who == subject.casefold()).to_numpy(bool)
    if subject == "" and not rows.any() and not quarter:
        return replace(inputs, option_rules=replace(inputs.option_rules, hours_available=value))
    if not rows.any():
        raise _CannotChange("scenario_who", "subject")
    if quarter:
        rows = rows & (table["quarter"].fillna("").astype(str).str.strip() == quarter).to_numpy(bool)
    if not rows.any():
        raise _CannotChange("scenario_quarter", "detail")
    hours = table["hours"].astype("float64").fillna(0.0).to_numpy(copy=True)
    total = hours[rows].sum()
    hours[rows] = hours[rows] * (value / total) if total > 0 else value / rows.sum()
    return replace(inputs, resources=table.assign(hours=hours))


def _budget(inputs: PlanInputs, subject: str, row: _Row) -> PlanInputs:
    return replace(inputs, budget=_value(row) if _said(row, "value") else None)


def _relation(inputs: PlanInputs, subject: str, row: _Row) -> PlanInputs:
    """A relation; an activity that nobody has judged is judged by it."""
    _activity(inputs, subject)
    criterion, value = _criterion(inputs, _said(row, "detail"), "detail"), _value(row)
    relations = inputs.relations.copy()
    written = relations.reindex(columns=list(inputs.needs["criterion_id"])).to_numpy(np.float64)
    if value not in _SCALE and value not in written:
        raise _CannotChange("scenario_relation", "value")
    if subject not in set(relations["activity_id"]):
        relations = pd.concat([relations, pd.DataFrame({"activity_id": [subject]})], ignore_index=True)
    old = relations[criterion].astype("float64") if criterion in relations else pd.Series(np.nan, relations.index)
    relations[criterion] = old.mask(relations["activity_id"] == subject, value)
    return replace(inputs, relations=relations)


def _without(inputs: PlanInputs, subject: str, row: _Row) -> PlanInputs:
    gone, pairs = _activity(inputs, subject), inputs.interactions
    left = pairs[~pairs["activity_id"].eq(subject) & ~pairs["other_activity_id"].eq(subject)]
    return replace(
        inputs, register=inputs.register[~gone].reset_index(drop=True), interactions=left.reset_index(drop=True)
    )


_CHANGES: Mapping[str, Callable[[PlanInputs, str, _Row], PlanInputs]] = {
    "hours": _hours,
    "budget": _budget,
    "activity_hours": _registered("hours"),
    "activity_cost": _registered("cost"),
    "relation": _relation,
    "must": _registered("constraint", "must"),
    "must_not": _registered("constraint", "must_not"),
    "without": _without,
}


def _weighted(needs: pd.DataFrame, changed: Mapping[str, float]) -> pd.DataFrame:
    """The weights with some of them given; the others share what is left in their old proportions, all sum to 1."""
    weight = needs["weight"].astype("float64").fillna(0.0)
    given = needs["criterion_id"].map(dict(changed)).astype("float64")
    fixed, others = float(given.sum()), float(weight[given.isna()].sum())
    rest = weight * (max(0.0, 1 - fixed) / others if others > 0 else 0.0)
    mixed = given.fillna(rest)
    total = float(mixed.sum())
    return needs.assign(weight=mixed / total if total > 0 else mixed)


def _compared(now: Chosen, then: Chosen) -> pd.DataFrame:
    """Every activity of either side: the plan's order now, then those that are new."""
    sides = [_side(side) for side in (now, then)]
    ids = list(dict.fromkeys([*sides[0].index, *sides[1].index]))
    left, right = (side.reindex(ids) for side in sides)
    inside = [side["planned"].eq(True).to_numpy(bool) for side in (left, right)]
    change = np.select(
        [~inside[0] & inside[1], inside[0] & ~inside[1], inside[0]], ["enters", "leaves", "stays"], "stays_out"
    )
    table = {"activity_id": pd.Series(ids, dtype=object), "in_now": inside[0], "in_then": inside[1]}
    for column in ("benefit", "hours"):
        for name, side in (("now", left), ("then", right)):
            table[f"{column}_{name}"] = side[column].fillna(0.0).to_numpy(np.float64)
    for name, side in (("now", left), ("then", right)):
        table[f"decision_{name}"] = side["decision"].fillna("").to_numpy(object)
    return pd.DataFrame(table | {"change": change.astype(object)})


def _side(side: Chosen) -> pd.DataFrame:
    """By activity: benefit, decision, whether it is planned, and its hours in the plan."""
    table = side.judged.activities.set_index("activity_id")[["benefit", "decision"]]
    taken = side.choice.options[side.choice.options["chosen"].astype(bool)]
    hours = taken.groupby("activity_id")["hours"].sum().reindex(table.index)
    return table.assign(planned=hours.notna(), hours=hours.fillna(0.0))


def _totals(now: Chosen, then: Chosen, before: PlanInputs, after: PlanInputs) -> pd.DataFrame:
    """Hours, cost, benefit and gap of both plans, their benefit by the same measure: that of then."""
    sums: dict[str, float] = {}
    missing = before.register[~before.register["activity_id"].isin(after.register["activity_id"])]
    gone = activities(missing, after.relations, after.needs, after.activity_rules).activities
    rows = pd.concat([then.judged.activities[["activity_id", "benefit"]], gone[["activity_id", "benefit"]]])
    measure = rows.set_index("activity_id")["benefit"].astype("float64")
    for name, side in (("now", now), ("then", then)):
        ways = with_benefits(side.choice.options, measure)
        taken = ways[ways["chosen"].astype(bool)]
        sums |= {
            f"hours_{name}": float(taken["hours"].sum()),
            f"cost_{name}": float(taken["cost"].sum()),
            f"benefit_{name}": plan_benefit(ways, then.limits),
            f"gap_{name}": float(side.choice.gap),
        }
    return pd.DataFrame([sums])

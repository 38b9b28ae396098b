"""Scenario: the plan when something is another."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.choosing.planned import CRITERIA, company, drawn_company, team
from xlsales.choosing.plan_inputs import PlanInputs
from xlsales.choosing.scenario import Scenario, scenario

tried = settings(max_examples=6, deadline=None, derandomize=True)


def run(*rows: tuple[Any, ...], inputs: PlanInputs | None = None) -> Scenario:
    """Compare after changes given as (kind, subject, detail, value)."""
    changes = pd.DataFrame(list(rows), columns=["kind", "subject", "detail", "value"])
    return scenario(inputs or company(), changes)


def changed(found: Scenario) -> dict[str, str]:
    table = found.activities
    return {a: c for a, c in zip(table["activity_id"], table["change"], strict=True) if c in ("enters", "leaves")}


def total(found: Scenario, key: str) -> float:
    return float(found.totals.loc[0, key])


def test_no_change_is_the_plan_as_it_is() -> None:
    """Everything stays or stays out and all figures are the same twice."""
    found = run()
    assert list(found.activities["change"]) == ["stays", "stays", "stays_out", "stays_out", "stays"]
    for key in ("hours", "cost", "benefit", "gap"):
        assert total(found, f"{key}_now") == total(found, f"{key}_then")
    assert total(found, "benefit_now") == pytest.approx(10.08)


def test_twenty_hours_more_make_room_for_the_emergency_phone() -> None:
    """D1 with 95 hours: A4 comes in, 13.80 for 10.08."""
    found = run(("hours", "", "", 95))
    assert changed(found) == {"A4": "enters"}
    assert total(found, "hours_then") == 95
    assert total(found, "benefit_then") == pytest.approx(13.80)


def test_hours_of_a_person_and_quarter_are_set_and_several_rows_scaled() -> None:
    """Anna's second quarter to 10; Anna in all from 70 to 35 halves both her quarters."""
    inputs = company(resources=team(), budget=None)
    register = inputs.register.assign(owner="anna")
    inputs = replace(inputs, register=register)
    one = run(("hours", "Anna", "2027Q2", 10), inputs=inputs).then.limits.pools
    assert one == {"Anna|2027Q1": 40, "Anna|2027Q2": 10}
    half = run(("hours", "ANNA", "", 35), inputs=inputs).then.limits.pools
    assert half == pytest.approx({"Anna|2027Q1": 20, "Anna|2027Q2": 15})


def test_money_may_be_limited_and_freed() -> None:
    """A2 costs 9 000 kronor: with a budget of 5 000 A4 takes its place; an empty value lifts the budget."""
    inputs = company()
    inputs = replace(inputs, register=inputs.register.assign(cost=[0.0, 9000, 0, 0, 0]))
    assert changed(run(("budget", "", "", 5000), inputs=inputs)) == {"A2": "leaves", "A4": "enters"}
    poor = replace(inputs, budget=5000.0)
    assert changed(run(("budget", "", "", np.nan), inputs=poor)) == {"A2": "enters", "A4": "leaves"}


def test_a_changed_weight_leaves_the_others_their_proportions() -> None:
    """Price from .16 to .40: the others share .60 as 50 to 30 to 4; the sum is 1."""
    found = run(("weight", "price", "", 0.4))
    weight = found.then.judged.coverage.set_index("criterion_id")["weight"]
    assert weight.to_dict() == pytest.approx({"quality": 0.6 * 50 / 84, "service": 0.6 * 30 / 84, "price": 0.4,
                                    "ease": 0.6 * 4 / 84})


def test_several_weights_are_set_together_and_too_great_ones_are_scaled() -> None:
    """Two given: the other two share the rest. Four given as 1: a quarter each."""
    found = run(("weight", "price", "", 0.4), ("weight", "ease", "", 0.2)).then.judged.coverage
    weight = found.set_index("criterion_id")["weight"]
    assert weight.loc[CRITERIA].to_numpy() == pytest.approx([0.25, 0.15, 0.4, 0.2])
    even = run(*[("weight", c, "", 1) for c in CRITERIA]).then.judged.coverage
    assert even["weight"].to_numpy() == pytest.approx(0.25)


def test_both_plans_are_measured_with_the_new_needs() -> None:
    """Only price weighs: A5 alone gives 9, so both plans are worth 9; without A5 the new plan cannot be."""
    found = run(("weight", "price", "", 1.0))
    assert total(found, "benefit_now") == pytest.approx(9)
    assert total(found, "benefit_then") == pytest.approx(9)
    assert changed(found) == {"A1": "leaves", "A2": "leaves"}


def test_hours_cost_and_relations_of_an_activity() -> None:
    """A4 in 5 hours joins; A3 with service 9 is worth 3.6 and is no longer ended."""
    assert changed(run(("activity_hours", "A4", "", 5))) == {"A4": "enters"}
    found = run(("relation", "A3", "service", 9))
    row = found.activities.set_index("activity_id").loc["A3"]
    assert (row["decision_now"], row["decision_then"]) == ("end", "keep")
    assert row["benefit_then"] == pytest.approx(3.6)
    costly = run(("activity_cost", "A1", "", 700))
    assert (total(costly, "cost_now"), total(costly, "cost_then")) == (0, 700)


def test_demands_and_doing_without() -> None:
    """A4 must: A2 gives way. A1 must not, and A1 not there: the others have its hours."""
    assert changed(run(("must", "A4", "", None))) == {"A4": "enters", "A2": "leaves"}
    for kind in ("must_not", "without"):
        assert changed(run((kind, "A1", "", ""))) == {"A1": "leaves", "A4": "enters"}
    gone = run(("without", "A1", "", "")).activities.set_index("activity_id").loc["A1"]
    assert gone["decision_then"] == ""
    assert total(run(("without", "A1", "", "")), "benefit_now") == pytest.approx(10.08)


@pytest.mark.parametrize(("row", "code", "column"), [
    (("hours", "Cia", "", 10), "scenario_who", "subject"),
    (("hours", "Anna", "2029Q1", 10), "scenario_quarter", "detail"),
    (("hours", "Anna", "", "many"), "scenario_value", "value"),
    (("hours", "Anna", "", -1), "scenario_value", "value"),
    (("weight", "beauty", "", 0.2), "scenario_criterion", "subject"),
    (("weight", "price", "", 40), "scenario_value", "value"),
    (("relation", "A1", "beauty", 9), "scenario_criterion", "detail"),
    (("relation", "A9", "price", 9), "scenario_activity", "subject"),
    (("activity_cost", "A1", "", None), "scenario_value", "value"),
    (("must", "A9", "", ""), "scenario_activity", "subject"),
    (("without", "", "", ""), "scenario_activity", "subject"),
    (("moon", "A1", "", ""), "scenario_kind", "kind"),
])
def test_a_change_that_cannot_be_made_is_an_issue_and_changes_nothing(
    row: tuple[Any, ...], code: str, column: str
) -> None:
    """Where and what; the changes beside it are made."""
    found = run(("activity_hours", "A4", "", 5), row, inputs=company(resources=team()))
    [issue] = found.issues
    assert (issue.code, issue.column, issue.row) == (code, column, 1)
    assert changed(found) == {"A4": "enters"}


def test_the_inputs_are_never_touched() -> None:
    """Every kind of change at once; afterwards the tables are what they were."""
    inputs = company(resources=team(), budget=9000.0)
    before = deepcopy(inputs)
    run(("hours", "Bo", "", 1), ("budget", "", "", 1), ("weight", "price", "", 0.9), ("activity_hours", "A1", "", 1),
        ("activity_cost", "A1", "", 1), ("relation", "A1", "price", 9), ("must", "A3", "", ""),
        ("must_not", "A2", "", ""), ("without", "A5", "", ""), inputs=inputs)
    for name in ("register", "relations", "needs", "resources", "interactions"):
        pd.testing.assert_frame_equal(getattr(inputs, name), getattr(before, name))
    assert inputs.budget == 9000


@tried
@given(st.integers(0, 1000), st.integers(0, 120))
def test_more_hours_never_give_less(seed: int, more: int) -> None:
    """The old plan still fits, so the new one is worth at least as much; the rows' hours sum to the totals."""
    inputs = drawn_company(seed)
    found = run(("hours", "", "", inputs.option_rules.hours_available + more), inputs=inputs)
    if found.now.choice.conflicts:
        return
    assert total(found, "benefit_then") >= total(found, "benefit_now") - 1e-6
    assert found.activities["hours_then"].sum() == pytest.approx(total(found, "hours_then"))
    assert total(found, "benefit_then") == pytest.approx(found.then.choice.benefit)
    assert total(found, "benefit_now") == pytest.approx(found.now.choice.benefit)

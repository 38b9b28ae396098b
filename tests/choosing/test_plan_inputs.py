"""Plan inputs: from register, relations and needs to the choice, through one door."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from tests.choosing.planned import best_plan, company, drawn_company, team
from xlsales.choosing.plan_inputs import PlanInputs, chosen, plan_inputs


def pairs(*rows: tuple[str, str, str]) -> PlanInputs:
    return company(interactions=pd.DataFrame(list(rows), columns=["activity_id", "other_activity_id", "effect"]))


def test_hand_oracle_d1() -> None:
    """75 hours: A1, A2 and A5 for 10.08; the greedy list would take 9.70."""
    found = chosen(company())
    assert found.planned == {"A1", "A2", "A5"}
    assert found.choice.benefit == pytest.approx(10.08)
    assert found.choice.benefit_greedy == pytest.approx(9.70)
    assert found.limits.pools == {"(common)": 75}


def test_effects_become_bonuses_needs_and_exclusions() -> None:
    """Strong is a fifth of the smaller benefit, weak a tenth, minus signs take away."""
    limits = plan_inputs(pairs(("A1", "A2", "++"), ("A1", "A4", "+"), ("A2", "A4", "-"), ("A4", "A5", "--"),
                               ("A5", "A1", "requires"), ("A2", "A3", "excludes"))).limits
    assert limits.pairs == (("A1", "A2", 0.2), ("A1", "A4", 0.1), ("A2", "A4", -0.1), ("A4", "A5", -0.2))
    assert limits.requires == (("A5", "A1"),)
    assert limits.excludes == (("A2", "A3"),)


def test_a_pair_counts_once_in_whichever_direction() -> None:
    """The most cautious effect stands; needing each other is two things, and so is a bonus and a need."""
    limits = plan_inputs(pairs(("A1", "A2", "+"), ("A2", "A1", "+"), ("A2", "A1", "--"), ("A1", "A2", "requires"),
                               ("A2", "A1", "requires"), ("A1", "A1", "++"))).limits
    assert limits.pairs == (("A2", "A1", -0.2),)
    assert limits.requires == (("A1", "A2"), ("A2", "A1"))


def test_a_pair_with_an_unknown_activity_is_left_out_and_said() -> None:
    """One issue, at the row, with the name that is not there."""
    found = plan_inputs(pairs(("A1", "A2", "+"), ("A1", "A9", "++")))
    assert found.limits.pairs == (("A1", "A2", 0.1),)
    [issue] = found.issues
    assert (issue.code, issue.row, issue.found) == ("interaction_unknown", 1, "A9")


def test_decisive_expectations_are_covered_only_when_demanded() -> None:
    """Quality by A1, service by A2 or A4; what must not be in the plan covers nothing."""
    inputs = company(cover_decisive=True)
    assert plan_inputs(company()).limits.cover == {}
    assert plan_inputs(inputs).limits.cover == {"quality": ("A1",), "service": ("A2", "A4")}
    register = inputs.register.assign(constraint=["must_not", "must_not", "", "", ""])
    assert plan_inputs(replace(inputs, register=register)).limits.cover == {"service": ("A4",)}


def test_cover_brings_in_what_serves_a_decisive_expectation() -> None:
    """With 45 hours quality and service are both served: A1 and A4 (8.22), where 25 hours hold only one of them."""
    assert chosen(company(45, cover_decisive=True)).planned == {"A1", "A4"}


def test_each_person_has_a_plan_of_their_own() -> None:
    """A1 (20 h) and A5 (10 h) for Anna and Bo: Anna does A1 in one quarter and A5 in the other or the same."""
    inputs = company(resources=team())
    found = chosen(replace(inputs, register=inputs.register.assign(level=["person", "", "", "", "person"])))
    rows = found.choice.options[found.choice.options["chosen"]]
    assert rows.groupby("activity_id")["unit"].agg(set).to_dict() == {
        "A1": {"Anna", "Bo"}, "A2": {""}, "A4": {""}, "A5": {"Anna", "Bo"}
    }
    assert not rows.duplicated(["activity_id", "unit"]).any()


@pytest.mark.parametrize("seed", range(20))
def test_the_choice_is_the_best_of_every_plan(seed: int) -> None:
    """Register to choice against every subset of the activities."""
    inputs: Any = drawn_company(seed)
    best, lead = best_plan(inputs)
    if lead > 1e-6:
        assert chosen(inputs).planned == best

"""Judgements: which single relations the plan hangs on."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from tests.choosing.planned import best_plan, company, drawn_company, team
from xlsales.choosing.judgements import judgements
from xlsales.choosing.plan_inputs import PlanInputs, chosen

SCALE = (0.0, 1.0, 3.0, 9.0)


def test_hand_oracle_d1() -> None:
    """A2 for A4 differs by 0.38 (10.08 − 9.70), doing without A1 by 0.78 (10.08 − 9.30); nothing else is near."""
    table = judgements(company()).judgements
    shown = ["activity_id", "criterion_id", "relation", "moved_to", "enters", "leaves"]
    assert table[shown].to_numpy().tolist() == [
        ["A2", "quality", 1, 0, ("A4",), ("A2",)],
        ["A2", "service", 9, 3, ("A4",), ("A2",)],
        ["A4", "quality", 0, 1, ("A4",), ("A2",)],
        ["A1", "quality", 9, 3, ("A4",), ("A1",)],
    ]
    assert table["margin"].to_numpy() == pytest.approx([0.38, 0.38, 0.38, 0.78])
    assert table["benefit_change"].to_numpy() == pytest.approx([-0.5, -2.4, 0.5, -3.0])
    assert list(table["in_plan"]) == [True, True, False, True]


def test_what_served_nothing_comes_in_when_it_serves_something() -> None:
    """With 105 hours A1, A2, A4 and A5 take 95; A3 (10 h) fits as soon as it has any benefit."""
    inputs = company(105)
    register = inputs.register.assign(hours=[20.0, 40, 10, 25, 10])
    table = judgements(replace(inputs, register=register)).judgements
    rows = table[table["activity_id"] == "A3"]
    assert list(rows["criterion_id"]) == ["ease", "price", "quality", "service"]
    assert set(rows["enters"]) == {("A3",)}
    assert set(rows["margin"]) == {0}


def test_what_the_user_has_decided_hangs_on_no_relation() -> None:
    """What must be in the plan stays, what must not does not come in."""
    inputs = company()
    table = judgements(replace(inputs, register=inputs.register.assign(constraint=["must", "", "", "must_not", ""])))
    assert not table.judgements["activity_id"].isin(["A1", "A4"]).any()
    assert table.activities == 3


def by_trying(inputs: PlanInputs) -> tuple[set[tuple[str, str, float]], set[tuple[str, str, float]]]:
    """Every relation moved a step and every plan tried: which steps change the plan, and which are too even to say."""
    now, lead = best_plan(inputs)
    changes, even = set(), set()
    for row in inputs.relations.index:
        for criterion in inputs.needs["criterion_id"]:
            value = inputs.relations.loc[row, criterion]
            for moved in [s for s in SCALE if abs(SCALE.index(s) - SCALE.index(value)) == 1]:
                relations = inputs.relations.copy()
                relations.loc[row, criterion] = moved
                step = (str(inputs.relations.loc[row, "activity_id"]), criterion, moved)
                then, ahead = best_plan(inputs, relations)
                if min(lead, ahead) < 1e-6:
                    even.add(step)
                elif then != now:
                    changes.add(step)
    return changes, even


def agrees_with_trying(inputs: PlanInputs) -> None:
    """The steps that are said to change the plan are those that do, but for plans that are as good."""
    base = chosen(inputs)
    if base.choice.conflicts:
        return
    changes, even = by_trying(inputs)
    table = judgements(inputs, base).judgements
    said = set(zip(table["activity_id"], table["criterion_id"], table["moved_to"], strict=True))
    assert said - even == changes - even
    assert (table["benefit_change"].abs() >= table["margin"] - 1e-9).all()


@pytest.mark.parametrize("seed", range(8))
def test_every_step_that_changes_the_plan_is_found_and_no_other(seed: int) -> None:
    """Against every plan for every relation moved a step, with synergies, dependencies, money and coverage."""
    agrees_with_trying(drawn_company(seed))


@pytest.mark.parametrize("seed", range(20, 28))
def test_a_step_that_makes_or_ends_a_full_service_is_found_where_all_must_be_covered(seed: int) -> None:
    """Two expectations that must be served fully: what covers them changes with the relation that is moved."""
    drawn = drawn_company(seed)
    needs = drawn.needs.assign(decisive=[True, True, False])
    agrees_with_trying(replace(drawn, needs=needs, cover_decisive=True))


def test_the_order_of_the_rows_changes_nothing() -> None:
    """Register and relations in another order give the same judgements."""
    inputs = drawn_company(3)
    relations = inputs.relations.sample(frac=1, random_state=1)
    turned = replace(inputs, register=inputs.register.iloc[::-1], relations=relations)
    first, second = judgements(inputs).judgements, judgements(turned).judgements
    pd.testing.assert_frame_equal(first, second)


def test_what_enters_and_leaves_is_the_difference_between_the_plans() -> None:
    """Each row made: the plan then is the plan now with what enters and without what leaves."""
    inputs = company()
    for row in judgements(inputs).judgements.to_dict("records"):
        relations = inputs.relations.copy()
        relations.loc[relations["activity_id"] == row["activity_id"], row["criterion_id"]] = row["moved_to"]
        then = chosen(replace(inputs, relations=relations)).planned
        assert then == ({"A1", "A2", "A5"} | set(row["enters"])) - set(row["leaves"])


def test_a_personal_activity_hangs_on_the_step_that_changes_any_persons_plan() -> None:
    """Anna has room for A1 in either quarter, Bo always: as personal work nothing crowds it out."""
    inputs = company(65, resources=team())
    found = judgements(replace(inputs, register=inputs.register.assign(level=["person", "", "", "", "person"])))
    assert found.tried == 5
    assert not found.judgements["activity_id"].isin(["A1", "A5"]).any()


def test_an_empty_register_has_no_judgements() -> None:
    """No rows, the same columns."""
    inputs = company()
    found = judgements(replace(inputs, register=inputs.register.iloc[:0]))
    assert found.judgements.empty
    assert list(found.judgements.columns) == list(judgements(inputs).judgements.columns)
    assert isinstance(found.judgements, pd.DataFrame)

"""Robustness: how surely each activity is in the plan."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from tests.choosing.planned import CRITERIA, SHARES, company, drawn_company, every_plan
from xlsales.choosing import robustness as module
from xlsales.choosing.choice import choice
from xlsales.choosing.plan_inputs import (
    PlanInputs,
    chosen,
    need_factors,
    planned_ids,
    relation_grid,
    with_benefits,
)
from xlsales.choosing.robustness import RobustnessRules, drawn_weights, draws_for, robustness, scale_of, steps_from

FEW = RobustnessRules(plan_draws=40)
STABILITIES = ["stability", "stability_weights", "stability_relations"]


def by_id(inputs: PlanInputs, rules: RobustnessRules = FEW, seed: int = 20) -> pd.DataFrame:
    return robustness(inputs, drawn_weights(SHARES, 60, seed), rules).activities.set_index("activity_id")


def test_nothing_moved_is_the_plan_itself() -> None:
    """Same weights in every draw and no relation moved: in the plan always or never, the rank stands still."""
    inputs = company()
    same = np.tile(inputs.needs["weight"].to_numpy(), (3, 1))
    table = robustness(inputs, same, RobustnessRules(plan_draws=10, relation_moves=0)).activities
    for column in STABILITIES:
        assert list(table[column]) == [1, 1, 0, 0, 1]
    assert list(table["in_plan"]) == [True, True, False, False, True]
    for column in ("rank", "rank_low", "rank_high"):
        assert list(table[column]) == [1, 2, 5, 3, 4]


def test_without_a_survey_only_the_relations_are_drawn() -> None:
    """Stability by weights is unknown; stability is that of the relations."""
    table = robustness(company(), np.empty((0, 4)), FEW).activities
    assert table["stability_weights"].isna().all()
    assert list(table["stability"]) == list(table["stability_relations"])


def test_stability_by_weights_is_the_share_of_draws_that_choose_the_activity() -> None:
    """Counted by hand over every subset of the five activities in each draw; A3 serves nothing and never comes in."""
    inputs = company()
    drawn = drawn_weights(SHARES, 40, 20)
    plans = every_plan(inputs)
    plans = plans[~plans[:, 2]]
    plans = plans[np.argsort(plans @ inputs.register["hours"].to_numpy())]
    grid = inputs.relations[CRITERIA].to_numpy(float)
    need = drawn * inputs.needs["gap_factor"].to_numpy()
    best = plans[(plans @ (grid @ need.T)).round(9).argmax(axis=0)]
    found = robustness(inputs, drawn, FEW).activities
    assert found["stability_weights"].to_numpy() == pytest.approx(best.mean(axis=0))
    assert 0 < found.loc[1, "stability_weights"] <= 1


def test_the_same_seed_gives_the_same_answer_and_another_seed_another() -> None:
    """Deterministic; the relations are drawn with the setting's seed."""
    first, second = by_id(company()), by_id(company())
    pd.testing.assert_frame_equal(first, second)
    other = by_id(company(), replace(FEW, plan_seed=21))
    assert not first["stability_relations"].equals(other["stability_relations"])


def test_the_order_of_the_rows_changes_nothing() -> None:
    """Register, relations and criteria in any order give each activity the same figures."""
    inputs = company()
    turned = replace(
        inputs, register=inputs.register.iloc[::-1], relations=inputs.relations.iloc[[2, 0, 4, 1, 3]],
        needs=inputs.needs.iloc[[3, 1, 0, 2]],
    )
    drawn = drawn_weights(SHARES, 40, 20)
    first = robustness(inputs, drawn, FEW).activities
    second = robustness(turned, drawn[:, [3, 1, 0, 2]], FEW).activities
    pd.testing.assert_frame_equal(first, second.sort_values("activity_id", ignore_index=True))


def test_what_must_be_in_the_plan_always_is_and_what_must_not_never_is() -> None:
    """Demands stay as they are in every draw."""
    inputs = company()
    register = inputs.register.assign(constraint=["", "must_not", "", "must", ""])
    table = by_id(replace(inputs, register=register))
    assert (table.loc["A4", STABILITIES] == 1).all()
    assert (table.loc["A2", STABILITIES] == 0).all()


@pytest.mark.parametrize("seed", range(4))
def test_each_share_is_that_of_plans_chosen_anew(seed: int) -> None:
    """Every draw of the weights chosen by itself by the choice, with limits of every kind, gives the same shares."""
    inputs = drawn_company(seed)
    random = np.random.default_rng(seed)
    near = inputs.needs["weight"].to_numpy() * random.uniform(0.7, 1.3, (12, 3))
    found = robustness(inputs, near, RobustnessRules(plan_draws=12)).activities
    base = chosen(inputs)
    ids = list(base.judged.activities["activity_id"])
    grid = relation_grid(inputs.relations, ids, list(inputs.needs["criterion_id"]))
    counted = np.zeros(len(ids))
    for weights in near:
        benefit = pd.Series(grid @ (weights * need_factors(inputs.needs)), index=ids)
        made = choice(with_benefits(base.options.options, benefit), base.limits)
        counted += np.isin(ids, list(planned_ids(made)))
    assert found["stability_weights"].to_numpy() == pytest.approx(counted / 12)


def test_shares_ranks_and_their_interval_are_in_order() -> None:
    """Shares lie between 0 and 1, ranks between 1 and the number of activities."""
    for seed in range(3):
        inputs = drawn_company(seed)
        table = robustness(inputs, np.empty((0, 3)), RobustnessRules(plan_draws=8)).activities
        assert table[["stability", "stability_relations"]].stack().between(0, 1).all()
        assert (table["rank_low"] <= table["rank_high"]).all()
        assert table[["rank", "rank_low", "rank_high"]].stack().between(1, len(table)).all()


def test_a_relation_moves_to_its_neighbour_and_inwards_from_an_end() -> None:
    """0→1, 9→3, 1→0 or 3, 3→1 or 9; a value of another scale has its own neighbours."""
    down, up = steps_from(np.array([0.0, 1, 3, 9]))
    assert list(down) == [0, 0, 1, 3]
    assert list(up) == [1, 3, 9, 9]
    assert list(scale_of(np.array([[0.0, 5], [3, 1]]))) == [0, 1, 3, 5]
    assert list(scale_of(np.array([[9.0]]))) == [0, 1, 3, 9]


def test_about_the_given_share_of_the_relations_moves() -> None:
    """A quarter of 20 000 cells, each to a neighbour."""
    grid = np.tile([0.0, 1, 3, 9], (5, 1))
    order = np.ix_(range(1000), range(5), range(4))
    moved = module._moved(grid, 1000, RobustnessRules(), order)
    assert (moved != grid).mean() == pytest.approx(0.25, abs=0.02)
    assert set(moved[..., 0].ravel()) == {0, 1}
    assert set(moved[..., 1].ravel()) == {0, 1, 3}
    assert set(moved[..., 3].ravel()) == {3, 9}


def test_drawn_weights_spread_as_the_customers_do() -> None:
    """Mean and spread of many draws: the weights of the oracle P1 and their standard errors (n, not n−1)."""
    drawn = drawn_weights(SHARES, 20_000, 1)
    assert drawn.sum(axis=1) == pytest.approx(1)
    assert drawn.mean(axis=0) == pytest.approx([0.5, 0.3, 0.16, 0.04], abs=0.003)
    assert drawn.std(axis=0) == pytest.approx(SHARES.std(ddof=0).to_numpy() / 5**0.5, rel=0.03)
    halved = drawn_weights(SHARES, 20_000, 1, spread=0.5)
    assert halved.std(axis=0) == pytest.approx(drawn.std(axis=0) / 2)


def test_one_customer_says_nothing_of_the_spread() -> None:
    """No draws from fewer than two customers."""
    assert drawn_weights(SHARES.iloc[:1], 100, 1).shape == (0, 4)


def test_large_models_are_drawn_fewer_times() -> None:
    """All draws up to 60 options, then fewer and fewer, never none; the number used is said."""
    counts = [draws_for(n) for n in (5, 60, 120, 400, 1000, 2400, 100_000)]
    assert counts[:3] == [200, 200, 100]
    assert counts == sorted(counts, reverse=True)
    assert counts[-1] == 5
    assert draws_for(10_000, RobustnessRules(plan_draws=3)) == 3
    assert robustness(company(), np.empty((0, 4)), FEW).draws == 40


def test_a_model_that_is_hard_to_plan_is_drawn_fewer_times(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first plans tell what one costs; at least five are drawn."""

    class Hard:
        work = 0

        def plans(self, benefits: np.ndarray) -> None:
            self.work += 4_000 * len(benefits)

    assert module._affordable(Hard(), np.zeros((200, 3)), 200) == 20
    monkeypatch.setattr(module, "_WORK", 10)
    assert module._affordable(Hard(), np.zeros((200, 3)), 200) == 5
    assert module._affordable(Hard(), np.zeros((200, 3)), 3) == 3


def test_a_plan_that_is_known_is_not_chosen_again() -> None:
    """Handing in the plan gives the same figures."""
    inputs = company()
    drawn = drawn_weights(SHARES, 40, 20)
    given = robustness(inputs, drawn, FEW, chosen(inputs)).activities
    pd.testing.assert_frame_equal(given, robustness(inputs, drawn, FEW).activities)

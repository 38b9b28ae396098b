"""Replans: for any benefits the same plan as the choice made anew."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.choosing.test_choice import draw_case, table
from xlsales.choosing import replans as module
from xlsales.choosing.choice import ChoiceRules, Limits, choice
from xlsales.choosing.plan_inputs import planned_ids, with_benefits
from xlsales.choosing.replans import Replans

RULES = ChoiceRules()


def knapsack(seed: int, count: int, budget: bool = True) -> tuple[pd.DataFrame, Limits, list[str]]:
    """Activities in two pools under a budget, with a dependency, an exclusion and two synergies."""
    draw = np.random.default_rng(seed)
    ids = [f"A{i:02}" for i in range(count)]
    rows: list[dict[str, Any]] = [
        {"activity_id": name, "pool": "pq"[i % 2], "hours": float(draw.uniform(3, 30)),
         "cost": float(draw.uniform(0, 9000)), "benefit": float(draw.uniform(0, 5))}
        for i, name in enumerate(ids)
    ]  # fmt: skip
    options = table(rows)
    pools = {str(pool): float(hours) * 0.4 for pool, hours in options.groupby("pool")["hours"].sum().items()}
    pairs = ((ids[0], ids[1], 0.2), (ids[2], ids[4], -0.2))
    money = float(options["cost"].sum()) * 0.4 if budget else None
    return options, Limits(pools, money, pairs, ((ids[3], ids[0]),), ((ids[1], ids[5]),)), ids


def agrees(options: pd.DataFrame, limits: Limits, ids: list[str], benefits: npt.NDArray[np.float64]) -> None:
    """One set of replans and the choice made anew, for each row of benefits."""
    replans = Replans(options, limits, ids, RULES)
    at_once = replans.plans(benefits)
    for benefit, plan in zip(benefits, at_once, strict=True):
        ways = with_benefits(options, pd.Series(benefit, index=ids))
        made, again = choice(ways, limits), replans.replan(benefit)
        assert frozenset(np.array(ids)[plan]) == planned_ids(made)
        assert (again.planned == plan).all()
        assert again.benefit == pytest.approx(made.benefit, abs=1e-6)
        assert again.proven


@pytest.mark.parametrize("listed", [0, 14])
@settings(max_examples=25, deadline=None, derandomize=True)
@given(seed=st.integers(0, 10**6))
def test_any_benefits_give_the_plan_that_the_choice_gives(listed: int, seed: int) -> None:
    """Limits of all kinds, equals among the benefits; whether every choice is listed or the relaxed optimum used."""
    draw = np.random.default_rng(seed)
    options, limits = draw_case(draw, 12)
    if choice(options, limits).conflicts:
        return
    ids = sorted(set(options["activity_id"]))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_LISTED", listed)
        agrees(options, limits, ids, draw.choice([0, 0, 1, 2, 2, 3.3, 4.7], (2, len(ids))))


@pytest.mark.parametrize("most", [3, 2_048])
def test_a_larger_model_is_split_until_it_can_be_listed(most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Twenty activities in two pools under a budget, each half split again where more than most choices remain."""
    monkeypatch.setattr(module, "_MOST", most)
    monkeypatch.setattr(module, "_NODES", 5_000)
    options, limits, ids = knapsack(1, 20)
    own = options["benefit"].to_numpy() * np.random.default_rng(2).uniform(0.5, 1.5, (3, 20))
    replans = Replans(options, limits, ids, RULES, near=0.0)
    for benefit in own:
        made = choice(with_benefits(options, pd.Series(benefit, index=ids)), limits)
        assert frozenset(np.array(ids)[replans.plan(benefit)]) == planned_ids(made)


def test_what_is_too_large_to_list_is_left_to_the_solver(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without nodes of its own the solver finds a plan no further from the best than asked for."""
    monkeypatch.setattr(module, "_NODES", 0)
    options, limits, ids = knapsack(3, 20)
    own = options["benefit"].to_numpy()
    best = choice(options, limits).benefit
    assert Replans(options, limits, ids, RULES, near=0.0).replan(own).benefit == pytest.approx(best)
    monkeypatch.setattr(module, "_NODES", 1)
    monkeypatch.setattr(module, "_MOST", 1)
    assert Replans(options, limits, ids, RULES, near=0.05).replan(own).benefit >= best * 0.95 - 1e-9


@pytest.mark.parametrize("seed", range(3))
def test_forced_in_or_out_is_the_choice_with_a_must_or_a_ban(seed: int) -> None:
    """Each activity of a model forced; the benefit is that of the plan, without what forced it."""
    options, limits, ids = knapsack(seed, 9)
    replans = Replans(options, limits, ids, RULES)
    own = options["benefit"].to_numpy()
    for activity, column in product(ids, ("must", "banned")):
        forced = choice(options.assign(**{column: options["activity_id"] == activity}), limits)
        into, out = ((activity,), ()) if column == "must" else ((), (activity,))
        made = replans.replan(own, into, out)
        if not forced.conflicts:
            assert frozenset(np.array(ids)[made.planned]) == planned_ids(forced)
            assert made.benefit == pytest.approx(forced.benefit)


def test_parts_that_do_not_hang_together_are_planned_by_themselves() -> None:
    """Without a common budget the two pools are two parts, and what is in no row is taken where it gives anything."""
    options, limits, ids = knapsack(5, 10, budget=False)
    alone = Limits(limits.pools)
    assert len(Replans(options, alone, ids, RULES).parts) == 2
    agrees(options, alone, ids, np.random.default_rng(0).uniform(0, 5, (4, 10)))
    assert list(Replans(options, Limits({}), ids, RULES).plan(np.arange(10.0))) == [False] + [True] * 9


def test_the_order_of_the_rows_changes_nothing() -> None:
    """Options and activities in any order, with equal benefits and hours."""
    options, limits, ids = knapsack(7, 20)
    benefit = np.repeat([1.0, 2.0], 10)
    even = options.assign(hours=5.0, cost=100.0)
    first = Replans(even, limits, ids, RULES).plan(benefit)
    turned = np.random.default_rng(0).permutation(20)
    second = Replans(even.iloc[turned], limits, [ids[i] for i in turned], RULES).plan(benefit[turned])
    assert (first[turned] == second).all()


def test_no_options_no_plan() -> None:
    """An empty table gives empty plans."""
    options, _, _ = knapsack(1, 6)
    assert Replans(options.iloc[:0], Limits({}), [], RULES).plans(np.zeros((3, 0))).shape == (3, 0)

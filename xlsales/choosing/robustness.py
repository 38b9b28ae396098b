"""Robustness: how often each activity stays in the plan when weights and relations are a little different."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from xlsales.choosing.plan_inputs import Chosen, PlanInputs, chosen, need_factors, relation_grid
from xlsales.choosing.replans import Replans

Matrix = npt.NDArray[np.float64]
SCALE = (0.0, 1.0, 3.0, 9.0)
_ALL, _FEWEST, _WORK, _MOST = 60, 5, 80_000, 400
_MIDDLE = 0.90


@dataclass(frozen=True)
class RobustnessRules:
    """Thresholds; see the settings of the same names."""

    plan_draws: int = 200
    plan_seed: int = 20
    relation_moves: float = 0.25


@dataclass(frozen=True)
class Robustness:
    """activities: one row per judged activity, in the order given. draws: how many plans each share is out of;

    the ranks are always out of all draws. A model of more than 400 options has none: its shares are NaN.
    """

    activities: pd.DataFrame
    draws: int


def robustness(
    inputs: PlanInputs, weights: Matrix, rules: RobustnessRules = RobustnessRules(), found: Chosen | None = None
) -> Robustness:
    """Choose again for drawn weights and for relations that move a step, and count who stays.

    weights: drawn weights, shape (draws, criteria in the order of the needs), see drawn_weights; no rows where
        nothing is known of their spread. found: the plan as it is, where it has been chosen already.
    Returns activity_id, in_plan, rank by benefit (1 = greatest), rank_low and rank_high (the middle 90 % of the
    draws), and the share of draws in which the activity is in the plan: stability (weights and relations moved),
    stability_weights, stability_relations; NaN where there is nothing to draw. Gap factors, decisive set and what
    must or must not be in the plan stay as they are; in each draw a share of the relations moves one step along
    0, 1, 3, 9: from an end inwards, otherwise up or down. A large model is solved for
    fewer draws, by its number of options and by how hard the first ones were to plan.
    """
    found = found or chosen(inputs)
    ids = list(found.judged.activities["activity_id"])
    draws = rules.plan_draws
    criteria = list(inputs.needs["criterion_id"])
    grid = relation_grid(inputs.relations, ids, criteria)
    factor = need_factors(inputs.needs)
    need = np.nan_to_num(np.atleast_2d(inputs.needs["weight"].to_numpy(np.float64))) * factor
    known = len(weights) > 0 and len(criteria) > 0
    drawn = np.nan_to_num(weights[np.arange(draws) % len(weights)]) * factor if known else need.repeat(draws, axis=0)
    order = np.ix_(np.arange(draws), _places(ids), _places(criteria))
    moved = _moved(grid, draws, rules, order)
    both = np.einsum("dac,dc->da", moved, drawn)
    ways = found.options.options
    share, few = _shares(inputs, found, both, draws_for(len(ways), rules))
    now = grid @ need[0]
    ranks = _ranks(both)
    edge = (1 - _MIDDLE) / 2
    low, high = np.quantile(ranks, [edge, 1 - edge], axis=0, method="nearest")
    table = pd.DataFrame(
        {
            "activity_id": pd.Series(ids, dtype=object),
            "in_plan": np.isin(np.array(ids, dtype=object), list(found.planned)),
            "rank": _ranks(now[None, :])[0],
            "rank_low": low.astype(np.int64),
            "rank_high": high.astype(np.int64),
            "stability": share(both[:few]),
            "stability_weights": share(drawn[:few] @ grid.T) if known else np.nan,
            "stability_relations": share(np.einsum("dac,c->da", moved[:few], need[0])),
        }
    )
    return Robustness(table, few)


def drawn_weights(shares: pd.DataFrame, draws: int, seed: int, spread: float = 1.0) -> Matrix:
    """Weights of each draw among customers with replacement, shape (draws, criteria); no rows for one customer.

    shares: one row per customer, its mean share of the points by criterion. spread: what is left of the spread
    when much of a small population has answered, 1 = all of it.
    """
    given = shares.to_numpy(np.float64)
    n = len(given)
    if n < 2:
        return np.empty((0, given.shape[1]))
    counts = np.random.default_rng(seed).multinomial(n, np.full(n, 1 / n), size=draws)
    mean = given.mean(axis=0)
    return np.asarray(mean + spread * (counts @ given / n - mean), dtype=np.float64)


def draws_for(count: int, rules: RobustnessRules = RobustnessRules()) -> int:
    """How many plans are drawn where each has to be solved: all up to 60 options, then ever fewer, at least five."""
    return rules.plan_draws if count <= _ALL else max(min(_FEWEST, rules.plan_draws), rules.plan_draws * _ALL // count)


def _shares(
    inputs: PlanInputs, found: Chosen, benefits: Matrix, draws: int
) -> tuple[Callable[[Matrix], Matrix | float], int]:
    """What gives the share of the draws that have each activity in the plan, and how many draws it can be asked of.

    None where the model is so large that a handful of plans would take minutes and say nothing.
    """
    if len(found.options.options) > _MOST:
        return lambda drawn: float("nan"), 0
    ids = list(found.judged.activities["activity_id"])
    plans = Replans(found.options.options, found.limits, ids, inputs.choice_rules)
    few = _affordable(plans, benefits, draws)
    return lambda drawn: np.asarray(plans.plans(drawn).mean(axis=0), dtype=np.float64), few


def _affordable(plans: Replans, benefits: Matrix, draws: int) -> int:
    """How many of the draws are planned: fewer where the first few have shown that planning is hard."""
    first = benefits[: min(_FEWEST, draws)]
    plans.plans(first)
    return max(len(first), min(draws, _WORK * len(first) // max(plans.work, 1)))


def steps_from(relation: Matrix, scale: npt.ArrayLike = SCALE) -> tuple[Matrix, Matrix]:
    """The next lower and next higher value of the scale; the value itself at an end."""
    marks = np.asarray(scale, dtype=np.float64)
    down = marks[np.maximum(np.searchsorted(marks, relation, side="left") - 1, 0)]
    up = marks[np.minimum(np.searchsorted(marks, relation, side="right"), len(marks) - 1)]
    return np.minimum(down, relation), np.maximum(up, relation)


def scale_of(grid: Matrix) -> Matrix:
    """0, 1, 3, 9; another scale, where the relations are written on one."""
    marks = np.unique(np.append(grid, 0.0))
    return np.asarray(SCALE if np.isin(marks, SCALE).all() else marks, dtype=np.float64)


def _places(names: Sequence[object]) -> npt.NDArray[np.int64]:
    """The place of each name in order of name: what is drawn for it does not hang on where its row stands."""
    return np.argsort(np.argsort(np.array([str(name) for name in names], dtype=object), kind="stable"))


def _moved(grid: Matrix, draws: int, rules: RobustnessRules, order: tuple[Any, ...]) -> Matrix:
    """The relations of every draw, shape (draws, activities, criteria); order places what is drawn."""
    random = np.random.default_rng(rules.plan_seed)
    down, up = steps_from(grid, scale_of(grid))
    shape = (draws, *grid.shape)
    upward = np.where(down == grid, True, np.where(up == grid, False, random.random(shape)[order] < 0.5))
    return np.where(random.random(shape)[order] < rules.relation_moves, np.where(upward, up, down), grid)


def _ranks(benefits: Matrix) -> npt.NDArray[np.int64]:
    """Rank of each activity in each draw, 1 = greatest; equals share the better rank."""
    shared = pd.DataFrame(benefits.round(9)).rank(axis=1, method="min", ascending=False)
    return shared.to_numpy(np.float64).astype(np.int64)

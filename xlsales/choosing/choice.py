"""Choice: the options that give most benefit within hours, budget and what goes together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from xlsales.choosing.conflicts import Relaxed, conflicts, relaxed
from xlsales.choosing.demands import NOTHING, Demands, Limits, Name, Part, components, demands
from xlsales.choosing.greedy import greedy
from xlsales.choosing.solver import Answer, Program, narrowed, solver

__all__ = ["Choice", "ChoiceRules", "Limits", "choice", "in_order"]

Vector = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

_TINY = 1e-12
_TIE = 1e-3
_FEW = 30
_TRY = 1.0


@dataclass(frozen=True)
class ChoiceRules:
    """Thresholds; see the settings of the same names. choice_seconds is shared by the parts of one choice;
    choice_gap is the share of the benefit that may be left unproven.
    """

    choice_seconds: float = 15.0
    choice_gap: float = 0.0


@dataclass(frozen=True)
class Choice:
    """options: as given with chosen and greedy. No choice gives more than bound; gap = (bound - benefit) / bound,
    0 where proven. conflicts: a least set of demands that cannot hold together, () when all hold; then over says
    what the musts alone need above each pool (hours) and above the "budget" (kronor), and given_up which demands do
    not hold.
    """

    options: pd.DataFrame
    benefit: float
    benefit_greedy: float
    bound: float
    gap: float
    proven: bool
    conflicts: tuple[Name, ...] = ()
    over: Mapping[str, float] = field(default_factory=dict)
    given_up: tuple[Name, ...] = ()


@dataclass(frozen=True)
class _Found:
    chosen: Flags
    by_hand: Flags
    bound: float
    proven: bool


def choice(options: pd.DataFrame, limits: Limits, rules: ChoiceRules = ChoiceRules()) -> Choice:
    """Choose among ways to do activities, at most one per activity and unit, for the greatest benefit.

    options: one row per way – option_id, activity_id, unit (who, "" for all), quarter, pool (the hours it draws on,
    "" for none), hours, cost (kronor), benefit, must, banned. Unknown numbers count as 0.
    Solved to proven optimum by HiGHS, each part that hangs together by itself. Among choices of equal benefit the
    one with fewest hours is taken, then by activity, unit and quarter; the order of rows changes nothing.
    The greedy list by benefit per hour, under the same limits, stands beside it. Where demands collide the musts
    hold, pools and budget give way to them, and then as few as possible of requires, excludes and cover.
    """
    table, order = in_order(options)
    made = demands(table, limits)
    found = _solved(made, table, rules)
    collide: tuple[Name, ...] = ()
    eased = Relaxed(table, limits, {}, ())
    if found is None:
        collide = conflicts(table, limits, min(rules.choice_seconds, _TRY))
        eased = relaxed(table, limits, rules.choice_seconds)
        made = demands(eased.options, eased.limits, eased.given_up)
        found = _solved(made, eased.options, rules)
        if found is None:
            raise ArithmeticError("no choice holds even where every demand that may give way has done so")
    benefit = made.benefit(found.chosen)
    bound = max(found.bound, benefit)
    flags = {"chosen": found.chosen, "greedy": found.by_hand}
    back = {name: pd.Series(values, index=options.index[order], dtype=bool) for name, values in flags.items()}
    gap = 0.0 if found.proven and not rules.choice_gap else (bound - benefit) / max(bound, _TINY)
    return Choice(
        options.assign(**back) if options.index.is_unique else options.assign(**_by_position(back, order)),
        benefit, made.benefit(found.by_hand), benefit if gap == 0 else bound, gap, found.proven,
        collide, eased.over, eased.given_up,
    )  # fmt: skip


def _by_position(columns: dict[str, pd.Series[Any]], order: npt.NDArray[np.int64]) -> dict[str, Flags]:
    places = np.argsort(order)
    return {name: values.to_numpy(bool)[places] for name, values in columns.items()}


def in_order(options: pd.DataFrame) -> tuple[pd.DataFrame, npt.NDArray[np.int64]]:
    """The options by activity, unit, quarter and id with unknown numbers as 0, and their positions as given."""
    keys = [options[name].astype(str).to_numpy(object) for name in ("option_id", "quarter", "unit", "activity_id")]
    order = np.lexsort([np.unique(key, return_inverse=True)[1] for key in keys])
    table = options.iloc[order].reset_index(drop=True)
    numbers = {name: table[name].astype(np.float64).fillna(0.0) for name in ("hours", "cost", "benefit")}
    numbers |= {name: numbers[name].clip(lower=0.0) for name in ("hours", "cost")}
    words = {name: table[name].astype(str) for name in ("activity_id", "unit", "pool")}
    flags = {name: table[name].astype(bool) for name in ("must", "banned")}
    return table.assign(**numbers, **words, **flags), order


def _solved(made: Demands, table: pd.DataFrame, rules: ChoiceRules) -> _Found | None:
    """Every part solved by itself within its share of the time; None where one has no choice that holds."""
    count = len(table)
    if any(not len(row.columns) for row in made.rows):
        return None
    hours = table["hours"].to_numpy(np.float64)
    parts = components(made)
    chosen = made.live & (made.gain[:count] > NOTHING)
    for part in parts:
        chosen[part.columns[part.columns < count]] = False
    by_hand, proven, left = chosen.copy(), True, rules.choice_seconds
    bound = float(made.gain[:count] @ chosen)
    for i, part in enumerate(parts):
        share = replace(rules, choice_seconds=left / (len(parts) - i))
        best, hand = best_of(part, made, hours, share)
        answer = _leanest(part, made, hours, best, share.choice_seconds)
        if answer.values is None:
            return None
        own = part.columns[part.columns < count]
        chosen[own], by_hand[own] = answer.values[: len(own)] > 0.5, hand
        bound, proven, left = bound + answer.bound, proven and answer.proven, left - answer.seconds
    return _Found(chosen, by_hand, bound, proven)


def best_of(
    part: Part, made: Demands, hours: Vector, rules: ChoiceRules, start: Vector | None = None
) -> tuple[Answer, Flags]:
    """The best of one part, and the greedy list of its options, from which the search starts unless told otherwise."""
    own = part.columns[part.columns < len(hours)]
    gain, spent = made.gain[part.columns], hours[own]
    hand, holds = greedy(part, made.gain[own], spent)
    program = _program(part, made, len(hours))
    seconds = 0.0
    if not holds:
        least = solver(replace(program, gain=_lean(spent, len(gain))), rules.choice_seconds)
        if not least.feasible or least.values is None:
            return least, hand
        hand, _ = greedy(part, made.gain[own], spent, least.values[: len(own)] > 0.5)
        seconds = least.seconds
    first = _whole(part, made, own, hand) if start is None else start
    best = solver(program, rules.choice_seconds - seconds, rules.choice_gap, first)
    values = first if best.values is None or gain @ best.values < gain @ first else best.values
    bound = max(best.bound, float(gain @ values))
    return replace(best, values=values, seconds=seconds + best.seconds, bound=bound), hand


def _program(part: Part, made: Demands, count: int) -> Program:
    return Program(made.gain[part.columns], part.bare, part.columns < count)


def _leanest(part: Part, made: Demands, hours: Vector, best: Answer, seconds: float) -> Answer:
    """The choice of fewest hours among those that give as much."""
    if best.values is None or not best.proven or seconds - best.seconds < 0.05:
        return best
    program = _program(part, made, len(hours))
    gain, reached = program.gain, float(program.gain @ best.values)
    if len(gain) > _FEW:
        program = narrowed(program, reached)
    equal = (np.flatnonzero(gain), gain[gain != 0], reached, np.inf)
    lean = replace(program, gain=_lean(hours[part.columns[program.whole]], len(gain)), rows=[*program.rows, equal])
    fewer = solver(lean, seconds - best.seconds, 0.0, best.values)
    better = fewer.values is not None and lean.gain @ fewer.values > lean.gain @ best.values
    return replace(best, values=fewer.values if better else best.values, seconds=best.seconds + fewer.seconds)


def _lean(hours: Vector, count: int) -> Vector:
    """Fewest hours first, then the earliest in order: the places weigh together less than any hours a user writes."""
    places = np.arange(1, len(hours) + 1)
    cost = np.zeros(count)
    cost[: len(hours)] = -hours - _TIE * places / places.sum()
    return cost


def _whole(part: Part, made: Demands, own: npt.NDArray[np.int64], hand: Flags) -> Vector:
    taken = np.zeros(len(made.live), dtype=bool)
    taken[own] = hand
    return made.with_pairs(taken)[part.columns]

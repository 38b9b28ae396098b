"""Replans: the same choice again and again, for other benefits."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from xlsales.choosing.choice import ChoiceRules, in_order
from xlsales.choosing.conflicts import relaxed
from xlsales.choosing.demands import NOTHING, Demands, Limits, Part, components, demands
from xlsales.choosing.every_choice import every_choice
from xlsales.choosing.near_best import both, near_best, table_of
from xlsales.choosing.solver import Program, Relaxation, Repeated, solver

Vector = npt.NDArray[np.float64]
Matrix = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

NEAR = 1e-3
_LISTED, _MOST, _KNOWN, _NODES, _SEARCH = 14, 2_048, 128, 200, 50
_EVEN, _LEAN, _TIE, _TOLERANCE = 2e-9, 1e-7, 1e-3, 1e-7


@dataclass(frozen=True)
class Replan:
    """planned: by activity. benefit: of the plan, pairs included. proven: no plan gives more, but for what is near."""

    planned: Flags
    benefit: float
    proven: bool


class Replans:
    """Options and limits written once as a program whose gains are then exchanged.

    Benefits change what a choice is worth, never what is allowed; where demands collide they give way as in choice().
    Exact, and of equals the one with fewest hours and then the first in order is taken. Only where a part is too
    large for that a plan may lack the share near of the best: 0 searches on until it is proven, for at most
    choice_seconds.
    """

    def __init__(
        self, options: pd.DataFrame, limits: Limits, ids: list[str], rules: ChoiceRules, near: float = NEAR
    ) -> None:
        self.ids = ids
        whole, _ = in_order(options)
        units = options.groupby("activity_id")["unit"].nunique()
        kept = replace(limits, pairs=tuple(pair for pair in limits.pairs if pair[2]))
        table, self.made, parts = _allowed(whole, kept, rules)
        self.count = len(table)
        place = {str(activity): i for i, activity in enumerate(ids)}
        names = table["activity_id"].astype(str)
        self.own = np.array([place[name] for name in names], dtype=np.int64)
        self.shares = names.map({str(k): int(v) for k, v in units.items()}).to_numpy(np.float64)
        asked = {other for _, other in limits.requires}.union(*limits.cover.values())
        idle = ~(table["must"].to_numpy(bool) | names.isin(asked).to_numpy(bool))
        search = (max(near, rules.choice_gap), rules.choice_seconds if not near else None)
        hours = table["hours"].to_numpy(np.float64)
        self.parts = [_Part(part, self.made, hours, idle, search) for part in parts]
        self.alone = ~table["banned"].to_numpy(bool)
        for part in self.parts:
            self.alone[part.own] = False

    def plan(self, benefit: Vector) -> Flags:
        """Which activities are in the best plan for these benefits, both in the order of ids."""
        return self.replan(benefit).planned

    def plans(self, benefits: Matrix) -> Flags:
        """The same for each row of benefits, shape (draws, activities)."""
        chosen, _ = self._chosen(np.atleast_2d(benefits), np.zeros(len(self.ids)))
        return self._planned(chosen)

    @property
    def work(self) -> int:
        """What the plans so far have cost: the options of every relaxed optimum."""
        return sum(part.work for part in self.parts)

    def replan(self, benefit: Vector, into: Collection[str] = (), out: Collection[str] = ()) -> Replan:
        """The best plan with some activities in it and some left out, where any plan can be so."""
        forced = np.isin(self.ids, list(into)).astype(np.float64) - np.isin(self.ids, list(out))
        chosen, proven = self._chosen(benefit[None, :], forced)
        gain = self._gain(benefit[None, :])
        pairs = both(chosen, self.made.ends)[0] @ self._bonus(gain)[0]
        return Replan(self._planned(chosen)[0], float(gain[0] @ chosen[0] + pairs), proven)

    def _planned(self, chosen: Flags) -> Flags:
        planned = np.zeros((len(chosen), len(self.ids)), dtype=bool)
        row, column = np.nonzero(chosen)
        planned[row, self.own[column]] = True
        return planned

    def _gain(self, benefits: Matrix) -> Matrix:
        return np.asarray(benefits[:, self.own] / self.shares, dtype=np.float64)

    def _bonus(self, gain: Matrix) -> Matrix:
        """What each pair gives: its factor of the smaller of its two benefits."""
        sides = zip(self.made.ends, self.made.terms, strict=True)
        least = [np.minimum(gain[:, one[0]] * s, gain[:, two[0]] * t) for (one, two), (_, s, t) in sides]
        factors = np.array([factor for factor, _, _ in self.made.terms], dtype=np.float64)
        smaller = np.array(least, dtype=np.float64).reshape(len(factors), len(gain)).T
        return np.asarray(np.maximum(smaller, 0.0) * factors, dtype=np.float64)

    def _chosen(self, benefits: Matrix, forced: Vector) -> tuple[Flags, bool]:
        """The options of the best choice for each row, and whether all are proven."""
        gain = self._gain(benefits)
        bonus = self._bonus(gain)
        push = forced[self.own]
        chosen = self.alone & (np.where(push == 0, gain, push) > NOTHING)
        proven = True
        for part in self.parts:
            best, sure = part.best(gain[:, part.own], bonus[:, part.pairs], push[part.own])
            chosen[:, part.own] = best
            proven &= sure
        return chosen, proven


def _allowed(
    table: pd.DataFrame, limits: Limits, rules: ChoiceRules
) -> tuple[pd.DataFrame, Demands, list[tuple[Part, Vector]]]:
    """The options, the demands on them, eased where they collide, and each part with a choice that obeys its rows.

    Every option counts as of one benefit.
    """
    made = demands(table.assign(benefit=1.0), limits)
    parts = _begun(made, rules)
    if parts is None:
        eased = relaxed(table, limits, rules.choice_seconds)
        table, made = eased.options, demands(eased.options.assign(benefit=1.0), eased.limits, eased.given_up)
        parts = _begun(made, rules)
    if parts is None:
        raise ArithmeticError("no choice holds even where every demand that may give way has done so")
    return table, made, parts


def _begun(made: Demands, rules: ChoiceRules) -> list[tuple[Part, Vector]] | None:
    """The parts with a choice that obeys their rows: none chosen, unless something is asked for."""
    if any(not len(row.columns) for row in made.rows):
        return None
    found = []
    for part in components(made):
        first = np.zeros(len(part.columns))
        if not all(row.low <= 0 <= row.high for row in part.rows):
            program = Program(first, part.bare, np.ones(len(first), dtype=bool))
            answer = solver(program, rules.choice_seconds)
            if answer.values is None:
                return None
            first = answer.values
        found.append((part, first))
    return found


class _Part:
    """Options that hang together, with what has been found about them so far."""

    def __init__(
        self, begun: tuple[Part, Vector], made: Demands, hours: Vector, idle: Flags, search: tuple[float, float | None]
    ) -> None:
        part, first = begun
        count = len(hours)
        self.own, self.pairs = part.columns[part.columns < count], part.columns[part.columns >= count] - count
        ends = [made.ends[pair] for pair in self.pairs]
        self.sides = [(np.searchsorted(self.own, one), np.searchsorted(self.own, other)) for one, other in ends]
        self.idle, self.size = idle[self.own], len(self.own)
        places = np.arange(1, self.size + 1)
        self.lean = hours[self.own] + _TIE * places / places.sum()
        self.rows = table_of(part.rows, self.size)
        self.every = every_choice(self.rows, self.lean, self.sides) if self.size <= _LISTED else None
        self.near, seconds = search
        program = Program(np.ones(len(part.columns)), part.bare, part.columns < count)
        self.solver = Repeated(program, self.near, None if seconds else _NODES, seconds or np.inf)
        self.known = np.array([first])
        self.seen: dict[bytes, tuple[Flags, bool]] = {}
        self.work = 0

    def best(self, gain: Matrix, bonus: Matrix, push: Vector) -> tuple[Flags, bool]:
        """The best choice for each row of gains, and whether all are proven.

        push: 1 for options to take and -1 for options to leave, where any choice can do so.
        """
        largest = np.abs(np.hstack([gain, bonus])).max(axis=1)
        most = np.abs(gain).sum(axis=1) + np.abs(bonus).sum(axis=1)
        pushed = gain + 4 * np.where(most > 0, most, 1.0)[:, None] * push
        useless = self.idle & (np.abs(pushed) <= NOTHING)
        pushed = np.where(useless, -np.where(largest > 0, largest, 1.0)[:, None], pushed)
        even = _EVEN * largest
        if self.every is not None:
            return self.every.best(pushed, bonus, even), True
        found = [self._found(np.concatenate([g, b]), e) for g, b, e in zip(pushed, bonus, even, strict=True)]
        return np.array([chosen for chosen, _ in found]), all(proven for _, proven in found)

    def _found(self, gain: Vector, even: float) -> tuple[Flags, bool]:
        key = gain.tobytes()
        if key not in self.seen:
            self.seen[key] = self._solved(gain, float(even))
        return self.seen[key]

    def _solved(self, gain: Vector, even: float) -> tuple[Flags, bool]:
        """The best by halving what may be chosen until what is left can be listed; the solver's where that is long."""
        open_: list[dict[int, float]] = [{}]
        found: list[tuple[float, float, Flags]] = []
        for _ in range(_NODES):
            if not open_:
                break
            fixed = open_.pop()
            self.work += self.size
            at = self.solver.relax(gain, (np.array(list(fixed), dtype=np.int64), np.array(list(fixed.values()))))
            if at is None:
                continue
            if not self.seen or fixed:
                self._fill(at)
            spare = self.near * abs(at.best) if fixed else 0.0
            room = at.best - float(self._known_best(gain) @ gain) * at.scale - spare
            if room < -_TOLERANCE:
                continue
            choices = near_best(self.rows, at, max(room, 0.0) + _TOLERANCE, _MOST)
            if choices is None:
                open_.extend(self._halves(at, fixed))
            elif len(choices):
                found.append(self._leanest(choices, gain, even))
        if open_:
            return self._searched(gain)
        if not found:
            return self._known_best(gain)[: self.size] > 0.5, True
        most = max(worth for worth, _, _ in found) - even
        return min((way for way in found if way[0] >= most), key=lambda way: way[1])[2], True

    def _halves(self, at: Relaxation, fixed: dict[int, float]) -> list[dict[int, float]]:
        """Two halves of what may be chosen: an option taken or left, of those most in doubt; the likelier last."""
        doubt = np.where(np.isfinite(at.cost[: self.size]), np.abs(at.values[: self.size] - 0.5), np.inf)
        column = int(doubt.argmin())
        likely = float(at.values[column] > 0.5)
        return [fixed | {column: 1.0 - likely}, fixed | {column: likely}]

    def _leanest(self, choices: Flags, gain: Vector, even: float) -> tuple[float, float, Flags]:
        """What the best of some choices gives, its hours, and the choice; of equals that of fewest hours."""
        whole = np.hstack([choices, both(choices, self.sides)])
        worth, lean = whole @ gain, choices @ self.lean
        level = np.flatnonzero(worth >= worth.max() - even)
        best = level[np.argmin(lean[level])]
        self._remember(whole[best].astype(np.float64))
        return float(worth[best]), float(lean[best]), np.asarray(choices[best], dtype=np.bool_)

    def _known_best(self, gain: Vector) -> Vector:
        return np.asarray(self.known[int((self.known @ gain).argmax())], dtype=np.float64)

    def _remember(self, whole: Vector) -> None:
        if not (self.known == whole).all(axis=1).any():
            self.known = np.vstack([self.known[-_KNOWN:], whole])

    def _fill(self, at: Relaxation) -> None:
        """Round the relaxed optimum down and take what still fits, the least loss first; keep it where it holds."""
        values, cost = at.values[: self.size], at.cost[: self.size]
        taken = values > 1 - 1e-6
        left = self.rows.high - self.rows.matrix @ taken + 1e-9
        for column in np.lexsort([cost, -values]):
            after = left - self.rows.matrix[:, column]
            if not taken[column] and ((after >= 0) | (after >= left)).all():
                taken[column], left = True, after
        if (left >= 0).all():
            self._remember(np.concatenate([taken, both(taken[None, :], self.sides)[0]]).astype(np.float64))

    def _searched(self, gain: Vector) -> tuple[Flags, bool]:
        """The best as the solver finds it, from the best known; of equals that of fewest hours."""
        self.work += _SEARCH * self.size
        lean = np.zeros(len(gain))
        lean[: self.size] = _LEAN * float(np.abs(gain).max(initial=0.0)) * self.lean / max(self.lean.sum(), 1.0)
        start = self._known_best(gain)
        answer = self.solver.best(gain - lean, start)
        chosen = (start if answer.values is None else answer.values)[: self.size] > 0.5
        self._remember(np.concatenate([chosen, both(chosen[None, :], self.sides)[0]]).astype(np.float64))
        return chosen, answer.proven

"""Demands: hours, budget and what goes together, as linear rows over the options."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

Vector = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Name = tuple[str, str]

NOTHING = 1e-12
_NONE = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True)
class Limits:
    """What a choice must hold to.

    pools: hours by pool; a pool that is not named has no limit. budget: kronor over everything, None for no limit.
    pairs: (activity, other, factor), a bonus of factor times the smaller of the two options' benefits when both are
    chosen; the factor may be negative, and an option without benefit gives none. requires: an activity needs the
    other. excludes: never both. cover: criterion and the activities of which at least one shall be chosen.
    """

    pools: Mapping[str, float]
    budget: float | None = None
    pairs: tuple[tuple[str, str, float], ...] = ()
    requires: tuple[tuple[str, str], ...] = ()
    excludes: tuple[tuple[str, str], ...] = ()
    cover: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Row:
    """low ≤ coefficients · x[columns] ≤ high, and the demand it comes from; ("", "") for what is always so."""

    columns: Indices
    values: Vector
    low: float
    high: float
    name: Name = ("", "")


@dataclass(frozen=True)
class Demands:
    """The program: gain per column, the options first and then one column per pair of groups, and the rows.

    live: options that can be of use. ends: the options of either side of each pair. groups: code of
    (activity, unit) per option; at most one option of a group is chosen. terms: of each pair its factor, and what part
    of each side's benefit it is reckoned on.
    """

    gain: Vector
    rows: list[Row]
    live: Flags
    ends: list[tuple[Indices, Indices]]
    groups: Indices
    terms: list[tuple[float, float, float]] = field(default_factory=list)

    def with_pairs(self, chosen: Flags) -> Vector:
        """The whole solution of a choice of options: a pair counts where both sides are chosen."""
        both = [float(chosen[one].any() and chosen[other].any()) for one, other in self.ends]
        return np.concatenate([chosen.astype(np.float64), np.array(both, dtype=np.float64)])

    def benefit(self, chosen: Flags) -> float:
        """Benefit of the options and of their pairs."""
        return float(self.gain @ self.with_pairs(chosen))


def demands(options: pd.DataFrame, limits: Limits, left_out: Collection[Name] = (), ban: bool = True) -> Demands:
    """Write options and limits as a program.

    options: option_id, activity_id, unit, pool, hours, cost, benefit, must, banned; in the order of their ids.
    left_out: names of demands that are not asked for. With ban False the banned options stay as rows of the name
    ("banned", activity), for finding out which demands collide.
    Options of no benefit that nothing asks for are not live; rows that cannot bind are left out.
    """
    grid = _Grid(options, limits, ban)
    rows = [row for row in grid.rows(limits, ban) if row.name not in left_out]
    bonuses = list(grid.bonuses(limits))
    count = len(options)
    for column, (one, other, bonus, _) in enumerate(bonuses, start=count):
        rows.extend(_linked(column, one, other, bonus))
    gain = np.concatenate([grid.benefit, np.array([bonus for _, _, bonus, _ in bonuses], dtype=np.float64)])
    after = int(grid.groups.max(initial=-1)) + 1
    code: Indices = np.concatenate([grid.groups, np.arange(after, after + len(bonuses), dtype=np.int64)])
    ends = [(one, other) for one, other, _, _ in bonuses]
    terms = [term for _, _, _, term in bonuses]
    return Demands(gain, [row for row in rows if _binds(row, code)], grid.live, ends, grid.groups, terms)


class _Grid:
    """Where the options of each activity and unit stand."""

    def __init__(self, options: pd.DataFrame, limits: Limits, ban: bool) -> None:
        self.benefit = options["benefit"].to_numpy(np.float64)
        self.hours, self.cost = options["hours"].to_numpy(np.float64), options["cost"].to_numpy(np.float64)
        self.must, self.banned = options["must"].to_numpy(bool), options["banned"].to_numpy(bool)
        self.pool = options["pool"].to_numpy(object)
        keys = options.groupby(["activity_id", "unit"], sort=True)
        self.groups: Indices = np.asarray(keys.ngroup(), dtype=np.int64)
        asked = {other for _, other in limits.requires}.union(*limits.cover.values())
        useful = (self.benefit > NOTHING) | self.must | options["activity_id"].isin(asked).to_numpy(bool)
        self.live = useful & ~(self.banned & ban)
        self.units: dict[str, dict[str, Indices]] = {}
        names = zip(options["activity_id"].astype(str), options["unit"].astype(str), strict=True)
        places: dict[tuple[str, str], list[int]] = {}
        for place, key in enumerate(names):
            places.setdefault(key, []).append(place)
        for (activity, unit), columns in places.items():
            self.units.setdefault(activity, {})[unit] = np.array(columns, dtype=np.int64)

    def _of(self, columns: Indices) -> Indices:
        alive: Indices = columns[self.live[columns]]
        return alive

    def _all(self, activity: str) -> Indices:
        return np.concatenate([_NONE, *(self._of(c) for c in self.units.get(activity, {}).values())])

    def _matched(self, activity: str, other: str) -> Iterator[tuple[Indices, Indices]]:
        """Options of two activities that bind each other: those of one unit, or all when either has one unit only."""
        first, second = self.units.get(activity, {}), self.units.get(other, {})
        alone = len(first) == 1 or len(second) == 1
        if activity == other:
            return
        for unit, columns in first.items():
            for there in second if alone else {unit} & second.keys():
                yield self._of(columns), self._of(second[there])

    def rows(self, limits: Limits, ban: bool) -> Iterator[Row]:
        for activity, units in self.units.items():
            for columns in units.values():
                yield from self._group(activity, columns, ban)
        for pool, hours in limits.pools.items():
            inside = np.flatnonzero(self.live & (self.pool == pool) & (pool != "") & (self.hours > 0))
            yield Row(inside, self.hours[inside], -np.inf, max(float(hours), 0.0), ("pool", pool))
        if limits.budget is not None:
            paid = np.flatnonzero(self.live & (self.cost > 0))
            yield Row(paid, self.cost[paid], -np.inf, max(float(limits.budget), 0.0), ("budget", ""))
        for activity, other in limits.requires:
            yield from self._required(activity, other)
        for activity, other in limits.excludes:
            for one, two in self._matched(activity, other):
                both = np.concatenate([one, two])
                yield Row(both, np.ones(len(both)), -np.inf, 1.0, ("excludes", f"{activity} {other}"))
        for criterion, activities in limits.cover.items():
            columns = np.concatenate([_NONE, *(self._all(activity) for activity in dict.fromkeys(activities))])
            yield Row(columns, np.ones(len(columns)), 1.0, np.inf, ("cover", criterion))

    def _group(self, activity: str, columns: Indices, ban: bool) -> Iterator[Row]:
        alive = self._of(columns)
        if len(alive) > 1:
            yield Row(alive, np.ones(len(alive)), -np.inf, 1.0)
        if self.must[columns].any():
            bound = alive[self.must[alive]]
            yield Row(bound, np.ones(len(bound)), 1.0, np.inf, ("must", activity))
        if not ban:
            for column in alive[self.banned[alive]]:
                yield Row(np.array([column]), np.ones(1), -np.inf, 0.0, ("banned", activity))

    def _required(self, activity: str, other: str) -> Iterator[Row]:
        first, second = self.units.get(activity, {}), self.units.get(other, {})
        alone = len(first) == 1 or len(second) == 1
        for unit, columns in first.items() if activity != other else ():
            needing, needed = self._of(columns), self._all(other) if alone else self._of(second.get(unit, _NONE))
            values = np.concatenate([np.ones(len(needing)), -np.ones(len(needed))])
            yield Row(np.concatenate([needing, needed]), values, -np.inf, 0.0, ("requires", f"{activity} {other}"))

    def bonuses(self, limits: Limits) -> Iterator[tuple[Indices, Indices, float, tuple[float, float, float]]]:
        """The two sides of each pair and what both give; sides are of one benefit, so that quarters share a pair.

        Where one activity meets every unit of the other, each meeting gives its part: all of them together give no more
        than the factor of the smaller of the two whole benefits.
        """
        for activity, other, factor in limits.pairs:
            here, there = self._parts(activity, other)
            for one, two in self._matched(activity, other):
                for first in np.unique(self.benefit[one]):
                    for second in np.unique(self.benefit[two]):
                        bonus = float(factor * max(min(first * here, second * there), 0.0))
                        if abs(bonus) > NOTHING:
                            sides = one[self.benefit[one] == first], two[self.benefit[two] == second]
                            yield *sides, bonus, (factor, here, there)

    def _parts(self, activity: str, other: str) -> tuple[float, float]:
        """What part of the benefit of an option of either activity one meeting of the two is reckoned on."""
        first, second = len(self.units.get(activity, {})), len(self.units.get(other, {}))
        if min(first, second) != 1:
            return 1.0, 1.0
        return first / max(first, second), second / max(first, second)


def _linked(column: int, one: Indices, other: Indices, bonus: float) -> Iterator[Row]:
    """A pair's column is 1 where both sides are chosen; the gain draws it up or down, the rows hold the other side."""
    if bonus > 0:
        for side in (one, other):
            yield Row(np.append(side, column), np.append(-np.ones(len(side)), 1.0), -np.inf, 0.0)
    else:
        both = np.concatenate([one, other])
        yield Row(np.append(both, column), np.append(np.ones(len(both)), -1.0), -np.inf, 1.0)


def _binds(row: Row, groups: Indices) -> bool:
    """Whether some choice of at most one option per group breaks the row."""
    if row.low > -np.inf or row.name == ("", ""):
        return True
    _, code = np.unique(groups[row.columns], return_inverse=True)
    most = np.zeros(code.max(initial=-1) + 1)
    np.maximum.at(most, code, row.values)
    return bool(most.sum() > row.high + 1e-9)


@dataclass(frozen=True)
class Part:
    """Columns that hang together, ascending, and their rows, whose columns count within the part."""

    columns: Indices
    rows: list[Row]

    @property
    def bare(self) -> list[tuple[Indices, Vector, float, float]]:
        """The rows without their names."""
        return [(row.columns, row.values, row.low, row.high) for row in self.rows]


def components(found: Demands) -> list[Part]:
    """The columns that hang together through rows, smallest part first; a column without rows is in none."""
    rows = [row for row in found.rows if len(row.columns)]
    if not rows:
        return []
    label = _labels(len(found.gain), rows)
    inside: dict[int, list[Row]] = {}
    for row in rows:
        inside.setdefault(int(label[row.columns[0]]), []).append(row)
    order = np.argsort(label, kind="stable")
    edges = np.searchsorted(label[order], [list(inside), [key + 1 for key in inside]])
    parts = []
    for (_, own), start, end in zip(inside.items(), *edges, strict=True):
        columns = order[start:end]
        parts.append(Part(columns, [replace(row, columns=np.searchsorted(columns, row.columns)) for row in own]))
    return sorted(parts, key=lambda part: (len(part.columns), int(part.columns[0])))


def _labels(count: int, rows: list[Row]) -> Indices:
    """The least column each column hangs together with."""
    where = np.repeat(np.arange(len(rows)), [len(row.columns) for row in rows])
    columns = np.concatenate([row.columns for row in rows])
    label = np.arange(count)
    while True:
        least = np.full(len(rows), count)
        np.minimum.at(least, where, label[columns])
        after = label.copy()
        np.minimum.at(after, columns, least[where])
        after = after[after]
        if (after == label).all():
            return label
        label = after

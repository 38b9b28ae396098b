"""Judgements: the single relations on which the plan hangs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from xlsales.choosing.demands import Limits
from xlsales.choosing.options import ENDED
from xlsales.choosing.plan_inputs import Chosen, PlanInputs, chosen, covers, need_factors, relation_grid
from xlsales.choosing.replans import Replan, Replans

Vector = npt.NDArray[np.float64]
_SCALE = (0.0, 1.0, 3.0, 9.0)
_WORK, _MOST = 3_000, 400
_COLUMNS = [
    "activity_id", "criterion_id", "relation", "moved_to", "benefit_change", "margin", "in_plan", "enters", "leaves",
]


@dataclass(frozen=True)
class Judgements:
    """judgements: one row per relation that would change the plan. tried: how many activities were tried.

    activities: how many there are to try; those nearest to the line are tried first.
    """

    judgements: pd.DataFrame
    tried: int
    activities: int


@dataclass(frozen=True)
class _Step:
    """One relation moved one step, and what it does to the activity's benefit."""

    criterion: int
    relation: float
    moved_to: float
    change: float


def judgements(inputs: PlanInputs, found: Chosen | None = None) -> Judgements:
    """Every relation that, moved one step up or down, would give another plan.

    found: the plan as it is, where it has been chosen already.
    Returns activity_id, criterion_id, relation, moved_to, benefit_change (of the activity), margin (how much its
    benefit must change before the plan does), in_plan (now), enters and leaves (tuples of activity_id); the
    smallest margin first. Exact: forcing the activity out of the plan, or into it, tells how much it is worth to
    the plan. An activity of several units or with synergies is chosen anew for every step. Weights, decisive set
    and the demands of the user stay; an activity that served nothing may be chosen once it serves something.
    """
    found = found or chosen(inputs)
    ids = [str(i) for i in found.judged.activities["activity_id"]]
    if not ids or not found.choice.proven or found.choice.conflicts:
        return Judgements(pd.DataFrame(columns=_COLUMNS), 0, len(ids))
    trial = _Trial(inputs, found, ids)
    open_ = trial.open()
    count = len(found.options.options)
    most = max(5, _WORK // count) if count <= _MOST else 0
    tried = _nearest(found, open_)[:most]
    rows = [row for activity in tried for row in trial.rows(activity)]
    table = pd.DataFrame(rows, columns=_COLUMNS)
    order = ["margin", "activity_id", "criterion_id", "moved_to"]
    return Judgements(table.sort_values(order, ignore_index=True, kind="stable"), len(tried), len(open_))


def _nearest(found: Chosen, ids: list[str]) -> list[str]:
    """Activities by how close their benefit per hour is to that of the last one in the plan, relatively."""
    table = found.judged.activities.set_index("activity_id").loc[ids]
    rate = (table["benefit"] / table["hours"].where(table["hours"] > 0)).clip(lower=1e-12)
    last = rate[rate.index.isin(found.planned)].min()
    distance = np.log(rate / (last if last > 0 else rate.median())).abs().fillna(np.inf)
    return list(distance.sort_values(kind="stable").index)


class _Trial:
    """The plan tried again with one activity's benefit changed."""

    def __init__(self, inputs: PlanInputs, found: Chosen, ids: list[str]) -> None:
        self.inputs, self.found, self.ids = inputs, found, ids
        self.criteria = list(inputs.needs["criterion_id"])
        self.grid = relation_grid(inputs.relations, ids, self.criteria)
        weight = np.nan_to_num(inputs.needs["weight"].to_numpy(np.float64))
        self.need = weight * need_factors(inputs.needs)
        self.decisive = inputs.needs["decisive"].to_numpy(bool)
        self.silent = self._silent()
        self.lifted = self._lifted()
        self.paired = {activity for pair in found.limits.pairs for activity in pair[:2]}
        marks = np.unique(np.append(self.grid, 0.0))
        self.scale = np.asarray(_SCALE if np.isin(marks, _SCALE).all() else marks)
        ways = found.options.options
        benefit = found.judged.activities["benefit"].astype("float64").fillna(0)
        self.benefit: Vector = np.asarray(benefit, dtype=np.float64)
        self.units = {str(k): int(v) for k, v in ways.groupby("activity_id")["unit"].nunique().items()}
        self.ended = {str(activity) for activity in ways.loc[self.lifted, "activity_id"]}
        self.opened = ways.assign(banned=ways["banned"].to_numpy(bool) & ~self.lifted.to_numpy(bool))
        self.replans = self._replans(self.opened, found.limits)
        self.loose = self._replans(self.opened, replace(found.limits, cover={})) if found.limits.cover else self.replans

    def _replans(self, ways: pd.DataFrame, limits: Limits) -> Replans:
        return Replans(ways, limits, self.ids, self.inputs.choice_rules, near=0.0)

    def _silent(self) -> set[str]:
        """The activities of which the user has decided nothing."""
        table = self.found.judged.activities
        said = [table[k].fillna("").to_numpy(object) != "" for k in ("constraint", "own_decision") if k in table]
        return set(table.loc[~np.any([np.zeros(len(table), bool), *said], axis=0), "activity_id"])

    def _lifted(self) -> pd.Series[bool]:
        """Which options are banned only because their activity serves nothing, which another relation would end."""
        table = self.found.judged.activities
        only = set(table.loc[table["decision"].isin(ENDED), "activity_id"]) & self.silent
        ways = self.found.options.options
        in_time = ways["hours"] <= ways["pool"].map(dict(self.found.limits.pools)).fillna(np.inf) + 1e-9
        return ways["banned"].astype(bool) & ways["activity_id"].isin(only) & in_time

    def open(self) -> list[str]:
        """The activities that may be in the plan or not."""
        ways = self.found.options.options
        banned = ways["banned"].astype(bool) & ~self.lifted
        return list(dict.fromkeys(ways.loc[~banned & ~ways["must"].astype(bool), "activity_id"]))

    def ways(self, activity: str, empty: bool) -> pd.DataFrame:
        """The options when this activity may be chosen, or when it serves nothing and may not."""
        ways = self.found.options.options
        this = (ways["activity_id"] == activity).to_numpy(bool)
        banned = ways["banned"].to_numpy(bool) & ~(this & self.lifted.to_numpy(bool))
        return ways.assign(banned=banned | (this & empty))

    def steps(self, activity: str) -> list[_Step]:
        """Every relation of the activity one step down and one step up, the greatest change first."""
        row = self.grid[self.ids.index(activity)]
        found = []
        for k, value in enumerate(row):
            below, above = self.scale[self.scale < value], self.scale[self.scale > value]
            for moved in [*below[-1:], *above[:1]]:
                found.append(_Step(k, float(value), float(moved), float(self.need[k] * (moved - value))))
        return sorted(found, key=lambda step: (-abs(step.change), step.criterion))

    def rows(self, activity: str) -> Iterator[tuple[Any, ...]]:
        """The steps that change the plan, with the margin of the activity."""
        planned, inside = self.found.planned, activity in self.found.planned
        simple = self.units[activity] == 1 and activity not in self.paired
        changes = self._by_forcing(activity, inside) if simple else self._by_solving(activity)
        for step, plan, margin in changes:
            enters, leaves = tuple(sorted(plan - planned)), tuple(sorted(planned - plan))
            if enters or leaves:
                yield (activity, self.criteria[step.criterion], step.relation, step.moved_to, step.change, margin,
                       inside, enters, leaves)

    def _by_forcing(self, activity: str, inside: bool) -> list[tuple[_Step, frozenset[str], float]]:
        """What it is worth to the plan is how far its benefit may move; no step within that changes the plan."""
        crossing = [step for step in self.steps(activity) if self._reshapes(activity, step)]
        plain = [s for s in self.steps(activity) if (s.change < 0) == inside and s.change and s not in crossing]
        found = [(s, plan, abs(s.change)) for s in crossing if (plan := self._moved(activity, s)) is not None]
        if not plain:
            return found
        made = self._forced(self.replans, self.benefit, () if inside else (activity,), (activity,) if inside else ())
        if made is None:
            return found
        margin = max(0.0, self.found.choice.benefit - made.benefit)
        plan, near = self._ids(made), 1e-7 * max(1.0, margin)
        return found + [(step, plan, margin) for step in plain if abs(step.change) > margin + near]

    def _by_solving(self, activity: str) -> list[tuple[_Step, frozenset[str], float]]:
        """Every step solved; the margin is the smallest step that changes the plan.

        Without synergies the worth of the plan is convex in one benefit, so what the greatest change leaves as it
        is no smaller one changes.
        """
        found, still = [], set()
        for step in self.steps(activity):
            way = step.change > 0
            if way in still or not (step.change or self._reshapes(activity, step)):
                continue
            plan = self._moved(activity, step)
            if plan is not None and plan != self.found.planned:
                found.append((step, plan))
            elif activity not in self.paired and not self._reshapes(activity, step):
                still.add(way)
        margin = min((abs(step.change) for step, _ in found), default=0.0)
        return [(step, plan, margin) for step, plan in found]

    def _reshapes(self, activity: str, step: _Step) -> bool:
        """Whether the step changes more than the benefit: what may be chosen, or what covers a decisive expectation."""
        full = self.inputs.activity_rules.full_relation
        demanded = self.inputs.cover_decisive and bool(self.decisive[step.criterion])
        return self._empties(activity, step) or (demanded and (step.relation >= full) != (step.moved_to >= full))

    def _empties(self, activity: str, step: _Step) -> bool:
        """Whether the activity then serves nothing and is to be ended or rejected for it."""
        others = np.delete(self.grid[self.ids.index(activity)], step.criterion)
        return step.moved_to <= 0 and bool((others <= 0).all()) and activity in self.silent

    def _moved(self, activity: str, step: _Step) -> frozenset[str] | None:
        """The plan when one relation has moved."""
        at, empty = self.ids.index(activity), self._empties(activity, step)
        benefit = self.benefit.copy()
        benefit[at] = max(benefit[at] + step.change, 0.0)
        cover = self._cover(activity, step)
        same = cover == self.found.limits.cover
        may, out = () if empty else (activity,), (activity,) if empty else ()
        made = self._forced(self.replans if same else self.loose, benefit, (), out, may)
        if made is not None and not same:
            plan = self._ids(made)
            made = made if all(plan.intersection(serving) for serving in cover.values()) else None
        if made is None:
            ways = self.ways(activity, empty)
            made = self._replans(ways, replace(self.found.limits, cover=cover)).replan(benefit)
        return self._ids(made) if made.proven else None

    def _cover(self, activity: str, step: _Step) -> Mapping[str, tuple[str, ...]]:
        """What then serves each decisive expectation fully."""
        if not self.inputs.cover_decisive:
            return {}
        if not self._reshapes(activity, step) and activity not in self.ended:
            return self.found.limits.cover
        name, relations = self.criteria[step.criterion], self.inputs.relations
        old = relations[name].astype("float64") if name in relations else 0.0
        moved = relations.assign(**{name: np.where(relations["activity_id"] == activity, step.moved_to, old)})
        return covers(self.inputs, self.ways(activity, self._empties(activity, step)), moved)

    def _forced(
        self, replans: Replans, benefit: Vector, into: tuple[str, ...], out: tuple[str, ...], may: tuple[str, ...] = ()
    ) -> Replan | None:
        """The proven plan with one activity in it or out of it; None where there is none.

        An activity that serves nothing stays out, unless it is the one that is tried.
        """
        left = (self.ended - {*into, *may}) | {*out}
        made = replans.replan(benefit, into, left)
        plan = self._ids(made)
        return made if made.proven and plan.issuperset(into) and plan.isdisjoint(left) else None

    def _ids(self, made: Replan) -> frozenset[str]:
        return frozenset(self.ids[i] for i in np.flatnonzero(made.planned))

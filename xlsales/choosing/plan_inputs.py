"""Plan inputs: everything a plan is chosen from, and the one door from it to the choice."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from xlsales.choosing.choice import Choice, ChoiceRules, Limits, choice
from xlsales.choosing.demands import demands
from xlsales.choosing.options import OptionRules, Options, options
from xlsales.issues import Issue
from xlsales.steps.activities import Activities, ActivityRules, activities

_RESOURCES = ["who", "team", "quarter", "hours"]
_INTERACTIONS = ["activity_id", "other_activity_id", "effect"]
_CAUTIOUS = ("excludes", "--", "-", "+", "++")


@dataclass(frozen=True)
class InteractionRules:
    """Thresholds; see the settings of the same names. Shares of the smaller benefit of a pair."""

    synergy_strong: float = 0.2
    synergy_weak: float = 0.1


@dataclass(frozen=True)
class PlanInputs:
    """What a plan is chosen from; never changed, only replaced.

    register, relations, needs: as for activities(), the register with the columns of options() where known.
    resources: who, team, quarter, hours. interactions: activity_id, other_activity_id, effect (++, +, -, --,
        requires, excludes). budget: kronor over everything, None = no limit.
    cover_decisive: every decisive expectation that an activity allowed in the plan can serve fully must get one.
    """

    register: pd.DataFrame
    relations: pd.DataFrame
    needs: pd.DataFrame
    resources: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=_RESOURCES))
    interactions: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=_INTERACTIONS))
    budget: float | None = None
    cover_decisive: bool = False
    activity_rules: ActivityRules = field(default_factory=ActivityRules)
    option_rules: OptionRules = field(default_factory=OptionRules)
    interaction_rules: InteractionRules = field(default_factory=InteractionRules)
    choice_rules: ChoiceRules = field(default_factory=ChoiceRules)


@dataclass(frozen=True)
class Prepared:
    """The inputs judged and laid out for the choice."""

    judged: Activities
    options: Options
    limits: Limits
    issues: list[Issue]


@dataclass(frozen=True)
class Chosen(Prepared):
    """The same with the choice made."""

    choice: Choice

    @property
    def planned(self) -> frozenset[str]:
        """The activities that somebody does at some time in the plan."""
        return planned_ids(self.choice)


def plan_inputs(inputs: PlanInputs) -> Prepared:
    """Judge the activities, list the ways to do them and gather every limit on the choice.

    A pair written twice, in either direction, counts once, the more cautious effect; a pair that names an activity that
    has not been judged is left out with an issue.
    """
    judged = activities(inputs.register, inputs.relations, inputs.needs, inputs.activity_rules)
    ways = options(judged.activities, inputs.resources, inputs.option_rules)
    pairs, issues = _known_pairs(inputs.interactions, set(judged.activities["activity_id"]))
    strong, weak = inputs.interaction_rules.synergy_strong, inputs.interaction_rules.synergy_weak
    factors = {"++": strong, "+": weak, "-": -weak, "--": -strong}
    limits = Limits(
        pools=ways.pools,
        budget=inputs.budget,
        pairs=tuple((a, b, factors[e]) for a, b, e in pairs if e in factors),
        requires=tuple((a, b) for a, b, e in pairs if e == "requires"),
        excludes=tuple((a, b) for a, b, e in pairs if e == "excludes"),
        cover=covers(inputs, ways.options, inputs.relations),
    )
    return Prepared(judged, ways, limits, ways.issues + issues)


def chosen(inputs: PlanInputs) -> Chosen:
    """The plan: the inputs prepared and the choice made."""
    ready = plan_inputs(inputs)
    made = choice(ready.options.options, ready.limits, inputs.choice_rules)
    return Chosen(ready.judged, ready.options, ready.limits, ready.issues, made)


def planned_ids(made: Choice) -> frozenset[str]:
    """The activities with a chosen option."""
    return frozenset(made.options.loc[made.options["chosen"].astype(bool), "activity_id"])


def covers(inputs: PlanInputs, ways: pd.DataFrame, relations: pd.DataFrame) -> dict[str, tuple[str, ...]]:
    """The activities that can serve each decisive expectation fully, where there are any; {} when not demanded."""
    if not inputs.cover_decisive or ways.empty:
        return {}
    allowed = list(dict.fromkeys(ways.loc[~ways["banned"].to_numpy(bool) | ways["must"].to_numpy(bool), "activity_id"]))
    decisive = list(inputs.needs.loc[inputs.needs["decisive"].astype(bool), "criterion_id"])
    full = relation_grid(relations, allowed, decisive) >= inputs.activity_rules.full_relation
    found = {c: tuple(str(allowed[i]) for i in np.flatnonzero(full[:, k])) for k, c in enumerate(decisive)}
    return {criterion: ids for criterion, ids in found.items() if ids}


def relation_grid(relations: pd.DataFrame, ids: list[Any], criteria: list[Any]) -> npt.NDArray[np.float64]:
    """Relations, shape (activities, criteria), in the orders given; 0 where nothing is written."""
    grid = relations.drop_duplicates("activity_id").set_index("activity_id").reindex(index=ids, columns=criteria)
    return np.asarray(grid.astype("float64").fillna(0), dtype=np.float64)


def need_factors(needs: pd.DataFrame) -> npt.NDArray[np.float64]:
    """What the weight of each criterion is multiplied by to be its need: gap factor, and sales point where known."""
    factor = needs["gap_factor"].astype("float64").to_numpy(np.float64)
    points = needs["sales_point"].astype("float64").fillna(1).to_numpy(np.float64) if "sales_point" in needs else 1.0
    return np.asarray(factor * points, dtype=np.float64)


def with_benefits(ways: pd.DataFrame, benefit: pd.Series[Any]) -> pd.DataFrame:
    """The options with other benefits by activity, split over the units as before."""
    parts = ways.groupby("activity_id")["unit"].transform("nunique")
    return ways.assign(benefit=ways["activity_id"].map(benefit).astype("float64").fillna(0) / parts)


def plan_benefit(ways: pd.DataFrame, limits: Limits) -> float:
    """Benefit of the options marked chosen, bonuses of pairs included."""
    plain = replace(limits, requires=(), excludes=(), cover={}, pools={}, budget=None)
    taken = ways["chosen"].to_numpy(bool)
    own = demands(ways.assign(activity_id=ways["activity_id"].astype(str), must=taken, banned=~taken), plain)
    return own.benefit(taken)


def _known_pairs(interactions: pd.DataFrame, known: set[Any]) -> tuple[list[tuple[str, str, str]], list[Issue]]:
    """Every pair once with its effect, and the problems of those that name an unknown activity.

    requires has a direction and stands beside the others, of which a pair has one: the most cautious written.
    """
    found: dict[tuple[Any, ...], tuple[str, str, str]] = {}
    issues = []
    columns = [interactions[c] for c in _INTERACTIONS]
    for row, (one, other, effect) in enumerate(zip(*columns, strict=True)):
        lacking = [name for name in (one, other) if name not in known]
        if lacking:
            issues.append(Issue(
                "warning", "interaction_unknown", "interactions", "activity_id", row, found=str(lacking[0]),
                params={"activity": str(lacking[0])},
            ))
        elif one != other and effect in (*_CAUTIOUS, "requires"):
            key = (one, other, effect) if effect == "requires" else (frozenset((one, other)),)
            before = found.get(key, ("", "", effect))[2]
            if key not in found or (len(key) == 1 and _CAUTIOUS.index(effect) < _CAUTIOUS.index(before)):
                found[key] = (str(one), str(other), str(effect))
    return list(found.values()), issues

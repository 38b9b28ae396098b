"""The activity matrix as sheets show it: rows in priority, coverage, audit, and the roof."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from xlsales.choosing.choice import Limits
from xlsales.choosing.plan_inputs import Chosen, PlanInputs, plan_benefit
from xlsales.issues import Issue
from xlsales.method.run import Run
from xlsales.steps.activities import Activities
from xlsales.steps.matrix_audit import AuditRules, MatrixAudit, matrix_audit
from xlsales.steps.roof import RoofRules, roof

_SHOWN = [
    "activity", "decision", "in_plan", "hours", "benefit", "share", "benefit_per_hour", "stability", "trace",
    "activity_id",
]
_NAMED = ("activity", "other")
_PAIR = ["activity_id", "other_activity_id"]


def matrix_table(rows: pd.DataFrame, contributions: pd.DataFrame) -> pd.DataFrame:
    """Activities in priority order, need × relation per criterion."""
    ordered = rows.sort_values("priority", ignore_index=True)
    cells = contributions.reindex(ordered["activity_id"]).reset_index(drop=True)
    return pd.concat([ordered[_SHOWN], cells], axis=1)


def coverage_table(run: Run, judged: Activities, rows: pd.DataFrame) -> pd.DataFrame:
    """How well each expectation is served, by the register and by the plan."""
    names = dict(zip(rows["activity_id"], rows["activity"], strict=True))
    planned = judged.contributions.reindex(rows.loc[rows["in_plan"], "activity_id"]).sum(axis=0)
    table = judged.coverage
    strongest = [
        run.say("word", "strongest", activity=names.get(i, i), strength=s) if s > 0 else run.say("word", "none")
        for i, s in zip(table["strongest_id"], table["strength"], strict=True)
    ]
    return table.assign(strongest=strongest, planned_benefit=table["criterion_id"].map(planned).fillna(0.0))


def audit_table(run: Run, inputs: PlanInputs, made: Chosen) -> None:
    """The checks of the matrix with what they found, and an issue for what is not told elsewhere.

    That a decisive expectation is uncovered, and that an activity serves nothing, is said by the step before.
    """
    rows = made.judged.activities
    names = dict(zip(rows["activity_id"], rows["activity"], strict=True))
    found = matrix_audit(
        rows, inputs.relations, inputs.needs, made.planned, inputs.interactions, run.rules(AuditRules)
    )
    run.tables["matrix_audit"] = found.summary.assign(
        sentence=[_sentence(run, found, check, names) for check in found.summary["check"]]
    )
    told = [i for i in found.issues if not _told_before(i)]
    run.add("plan", [_worded(run, issue, names) for issue in told])


def _told_before(issue: Issue) -> bool:
    return issue.code == "empty_column" or (issue.code in ("empty_row", "no_strong") and issue.severity == "error")


def _worded(run: Run, issue: Issue, names: dict[str, str]) -> Issue:
    params = {k: _word(run, k, v, names) for k, v in issue.params.items()}
    return replace(issue, found=params.get("activity") or params.get("criterion") or issue.found, params=params)


def _word(run: Run, key: str, value: Any, names: dict[str, str]) -> Any:
    if key == "criterion":
        return run.name_of(value)
    if key == "effect":
        return run.book.schema.label("effect", value, run.book.language)
    if key == "effects":
        return [run.book.schema.label("effect", v, run.book.language) for v in value]
    return names.get(value, value) if key in _NAMED else value


def _sentence(run: Run, found: MatrixAudit, check: str, names: dict[str, str]) -> str:
    mine = [i for i in found.issues if i.code == check]
    if not mine:
        return run.say("word", "none")
    if check == "crowded":
        return run.say("audit", "crowded", **mine[0].params)
    if check == "contradiction":
        pairs = [tuple(names.get(str(i.params[k]), str(i.params[k])) for k in _NAMED) for i in mine]
        return "; ".join(f"{one} – {other}" for one, other in pairs)
    key = "criterion" if "criterion" in mine[0].params else "activity"
    return ", ".join(str(_word(run, key, i.params[key], names)) for i in mine)


def roof_tables(run: Run, inputs: PlanInputs, made: Chosen, rows: pd.DataFrame) -> None:
    """What each pair gives, and the triangle."""
    names = dict(zip(rows["activity_id"], rows["activity"], strict=True))
    found = roof(rows, inputs.interactions, made.planned, rules=run.rules(RoofRules))
    run.add("plan", [_worded(run, issue, names) for issue in found.issues])
    run.tables["interactions"] = _both_ways(
        _given(found.pairs, made), inputs.interactions, made.planned
    )
    triangle = found.triangle
    shown = triangle if len(found.pairs) else triangle.iloc[:0]
    run.tables["roof"] = shown.assign(activity=[names.get(i, i) for i in shown["activity_id"]])


def _given(pairs: pd.DataFrame, made: Chosen) -> pd.DataFrame:
    """The pairs with the bonus that each really gives: several may do an activity, each with a part of its benefit."""
    ways, given = made.choice.options, {}
    for one, other, factor in made.limits.pairs:
        own = ways[ways["activity_id"].isin([one, other])]
        apart = Limits({})
        both = replace(apart, pairs=((one, other, factor),))
        given[frozenset((one, other))] = plan_benefit(own, both) - plan_benefit(own, apart)
    keys = pairs[["activity_id", "other_activity_id"]].itertuples(index=False, name=None)
    real = pd.Series([given.get(frozenset(pair), np.nan) for pair in keys], pairs.index, dtype="float64")
    counted = pairs["both_chosen"].astype(bool) & real.notna() & (pairs["effect"] != "requires")
    return pairs.assign(bonus=pairs["bonus"].astype("float64").mask(counted, real))


def _both_ways(pairs: pd.DataFrame, written: pd.DataFrame, planned: Collection[str]) -> pd.DataFrame:
    """The tool's columns for every written pair, in whichever order it names the two; a need adds nothing."""
    bonuses = {
        frozenset((a, b)): bonus
        for a, b, effect, bonus in pairs[[*_PAIR, "effect", "bonus"]].itertuples(index=False, name=None)
        if effect != "requires"
    }
    rows = list(written[[*_PAIR, "effect"]].itertuples(index=False, name=None))
    given = [None if effect == "requires" else bonuses.get(frozenset((a, b))) for a, b, effect in rows]
    return written[[*_PAIR, "effect"]].reset_index(drop=True).assign(
        both_chosen=[a in planned and b in planned for a, b, _ in rows],
        bonus=pd.Series([bonus or None for bonus in given], dtype=object),
    )

"""How sure the plan is: drawn weights, moved relations, and the judgements it hangs on."""

from __future__ import annotations

import numpy as np
import pandas as pd

from xlsales.choosing.judgements import Judgements, judgements
from xlsales.choosing.plan_inputs import Chosen, PlanInputs
from xlsales.choosing.robustness import Robustness, RobustnessRules, drawn_weights, robustness
from xlsales.method.run import Run
from xlsales.steps.expectations import ExpectationRules, finite

_SURE = 0.9


def sureness(run: Run, inputs: PlanInputs, made: Chosen) -> pd.DataFrame:
    """Fill the sheet How sure; gives the stability of every activity: activity_id, stability."""
    rules = run.rules(RobustnessRules)
    found = robustness(inputs, _drawn(run, inputs, rules), rules, made)
    hangs = judgements(inputs, made)
    rows = made.judged.activities
    names = dict(zip(rows["activity_id"], rows["activity"], strict=True))
    table = found.activities.assign(activity=[names[i] for i in found.activities["activity_id"]])
    run.tables["plan_stability"] = table.sort_values(
        ["stability", "rank", "activity_id"], ascending=[False, True, True], ignore_index=True
    )
    moved = hangs.judgements
    run.tables["judgements"] = moved.assign(
        activity=[names.get(i, i) for i in moved["activity_id"]],
        **{side: [_named(ids, names) for ids in moved[side]] for side in ("enters", "leaves")},
    )
    run.tables["findings_sureness"] = pd.DataFrame(
        [(run.say("picture", "stability"), _stability(run, table, found)),
         (run.say("picture", "judgements"), _hanging(run, run.tables["judgements"], hangs))],
        columns=["picture", "sentence"],
    )
    return found.activities[["activity_id", "stability"]]


def _drawn(run: Run, inputs: PlanInputs, rules: RobustnessRules) -> np.ndarray:
    """Drawn weights in the order of the needs; none where the answers do not tell their spread."""
    result = run.results.get("expectations")
    if result is None or len(result.shares) < 2:
        return np.empty((0, len(inputs.needs)))
    shares = result.shares.reindex(columns=list(inputs.needs["criterion_id"])).fillna(0.0)
    population = result.weights["population"].max() if "population" in result.weights else np.nan
    left = finite(len(shares), int(population), run.rules(ExpectationRules)) if population == population else 1.0
    return drawn_weights(shares, rules.plan_draws, rules.plan_seed, left)


def _named(ids: tuple[str, ...], names: dict[str, str]) -> str:
    return ", ".join(names.get(i, i) for i in ids)


def _stability(run: Run, table: pd.DataFrame, found: Robustness) -> str:
    inside = table[table["in_plan"]]
    if inside.empty:
        return run.say("sureness", "nothing_planned")
    if not found.draws:
        return run.say("sureness", "too_large")
    sure = int((inside["stability"] >= _SURE - 1e-9).sum())
    least = inside.sort_values(["stability", "activity_id"]).iloc[0]
    params = {"sure": sure, "n": len(inside), "limit": _SURE, "draws": found.draws}
    if sure == len(inside):
        return run.say("sureness", "all_sure", **params)
    return run.say("sureness", "stability", activity=least["activity"], share=least["stability"], **params)


def _hanging(run: Run, table: pd.DataFrame, hangs: Judgements) -> str:
    if hangs.tried == 0 and hangs.activities:
        return run.say("sureness", "not_tried")
    if table.empty:
        return run.say("sureness", "no_judgement", tried=hangs.tried)
    first = table.iloc[0]
    none = run.say("word", "none")
    return run.say(
        "sureness", "judgements", count=len(table), activity=first["activity"],
        criterion=run.name_of(first["criterion_id"]), relation=first["relation"], moved_to=first["moved_to"],
        enters=first["enters"] or none, leaves=first["leaves"] or none,
    )

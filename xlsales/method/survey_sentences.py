"""The survey in words: one sentence per picture, and how many more answers are needed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from xlsales.method.run import Run
from xlsales.method.survey_weights import known_customers
from xlsales.steps.expectations import ExpectationRules, Expectations
from xlsales.steps.rating_check import RatingCheck
from xlsales.steps.survey_plan import survey_plan


def survey_findings(run: Run, result: Expectations, ratings: RatingCheck) -> pd.DataFrame:
    """One row per picture of the survey, in the order the pictures stand."""
    sentences = {
        "weights": _weights(run, result),
        "belief": _belief(run),
        "ratings": _ratings(run, ratings),
    }
    rows = [(run.say("picture", picture), sentence) for picture, sentence in sentences.items()]
    return pd.DataFrame(rows, columns=["picture", "sentence"])


def plan_table(run: Run, result: Expectations, rules: ExpectationRules) -> pd.DataFrame:
    """Neighbours in the order, and in words how many more customers must answer to part them."""
    known = len(known_customers(run))
    known = known if known >= len(result.shares) else 0
    table = survey_plan(result.weights["criterion_id"], result.shares, rules.confidence, rules.shortlist_max, known)
    told = [_parted(run, row) for row in table.to_dict("records")]
    finite = {key: table[key].astype("float64").replace(np.inf, np.nan) for key in ("needed", "more")}
    return table.assign(**finite, sentence=told)


def _parted(run: Run, row: dict[Any, Any]) -> str:
    known = len(known_customers(run))
    if np.isinf(row["needed"]):
        code = "plan_never"
    elif row["more"] == 0:
        code = "plan_sure"
    else:
        code = "plan_beyond" if row["needed"] > known > row["customers"] else "plan_more"
    names = {"a": run.name_of(row["criterion_a"]), "b": run.name_of(row["criterion_b"])}
    return run.say("insight", code, **names, more=row["more"], known=known, place=row["place"], next=row["place"] + 1)


def _weights(run: Run, result: Expectations) -> str:
    table = result.weights
    if not table["customers"].max():
        return run.say("insight", "no_weights")
    first = table.iloc[0]
    params = {"first": run.name_of(first["criterion_id"]), "weight": first["weight"], "low": first["ci_low"],
              "high": first["ci_high"], "chance": first["p_top1"], "customers": first["customers"]}  # fmt: skip
    said = run.say("insight", "weights_one" if pd.isna(first["ci_low"]) else "weights", **params)
    plan = run.tables["survey_plan"]
    third = plan.loc[plan["place"] == 3, "sentence"]
    return f"{said} {third.iloc[0]}" if len(third) else said


def _belief(run: Run) -> str:
    if "belief_gap" not in run.tables or run.tables["belief_gap"]["gap"].isna().all():
        return run.say("insight", "no_belief")
    over, under = run.tables["belief_gap"].iloc[0], run.tables["belief_gap"].iloc[-1]
    return run.say(
        "insight", "belief", over=run.name_of(over["criterion_id"]), over_belief=over["belief"],
        over_answer=over["answer"], under=run.name_of(under["criterion_id"]), under_belief=under["belief"],
        under_answer=under["answer"], n=over["n"],
    )


def _ratings(run: Run, ratings: RatingCheck) -> str:
    if not ratings.n:
        return run.say("insight", "no_ratings")
    table = ratings.table
    mean, points = table["rating_mean"], table["points_weight"]
    params = {"n": ratings.n, "high": ratings.high_share, "least": mean.min(), "most": mean.max(),
              "flat": ratings.flat_share, "low_points": points.min(), "high_points": points.max()}  # fmt: skip
    return run.say("insight", "ratings_alone" if points.isna().all() else "ratings", **params)

"""The survey: from answers to weights, alone and by group, and how ratings and our own beliefs stand beside them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from xlsales.method.run import Run, StepReport
from xlsales.method.survey_groups import group_tables
from xlsales.method.survey_sentences import plan_table, survey_findings
from xlsales.method.survey_weights import Survey, latest, weighed, weights_of
from xlsales.steps.belief_gap import belief_gap
from xlsales.steps.expectations import Expectations
from xlsales.steps.rating_check import RatingCheck, rating_check


def expectations_step(run: Run) -> StepReport:
    """Weights, intervals and the decisive expectations from the answers, and what they say by group."""
    answers = run.book.parsed("answers").good
    active = [c.id for c in run.book.criteria if c.active]
    if answers.empty or not active:
        return StepReport("expectations", "no_input", run.say("headline", "no_answers"))
    survey = weighed(run, answers, active)
    result = survey.result
    run.results["expectations"], run.results["survey"] = result, survey
    run.add("expectations", result.issues)
    weights = result.weights.assign(basis=survey.basis)
    by_group = group_tables(run, survey)
    run.tables["weights"] = pd.concat([weights, *by_group.weights], ignore_index=True)
    run.tables["answer_groups"], run.tables["group_tests"] = by_group.groups, by_group.tests
    run.tables["answer_quality"], run.tables["weight_pairs"] = _every_answer(run, result.quality), result.pairs
    run.tables["survey_plan"] = plan_table(run, result, survey.rules)
    run.tables["weight_overview"] = _overview(result.weights)
    ratings = _ratings(run, survey)
    _beliefs(run, survey)
    run.tables["findings_expectations"] = survey_findings(run, result, ratings)
    return StepReport("expectations", "done", _headline(run, result))


def _headline(run: Run, result: Expectations) -> str:
    customers = int(result.weights["customers"].max())
    if not customers:
        return run.say("headline", "no_counted_answers")
    decisive = result.weights[result.weights["decisive"]]
    names = [run.name_of(i) for i in decisive["criterion_id"]]
    code = {0: "expectations_even", 1: "expectations_one"}.get(len(names), "expectations")
    params = {"decisive": names, "weight": float(decisive["weight"].sum()), "customers": customers}
    return run.say("headline", code, **params)


def _every_answer(run: Run, quality: pd.DataFrame) -> pd.DataFrame:
    """The quality of every answer in the order of its table; one with an unreadable cell is rejected."""
    every = run.book.parsed("answers").frame
    unread = every[~every["answer_id"].isin({"", *quality["answer_id"]})].drop_duplicates("answer_id")
    lost = pd.DataFrame({"answer_id": unread["answer_id"], "state": "rejected", "flat": False})
    return pd.concat([quality, lost]).sort_index(ignore_index=True) if len(lost) else quality


def _overview(weights: pd.DataFrame) -> pd.DataFrame:
    """Everybody's weights as the chart draws them: the decisive apart, and the interval as distances."""
    weight, decisive = weights["weight"], weights["decisive"].astype(bool)
    return pd.DataFrame(
        {
            "criterion_id": weights["criterion_id"],
            "decisive_weight": weight.where(decisive),
            "other_weight": weight.where(~decisive),
            "below": (weight - weights["ci_low"]).clip(lower=0),
            "above": (weights["ci_high"] - weight).clip(lower=0),
            "weight_by_revenue": weights["weight_by_revenue"],
        }
    )


def _ratings(run: Run, survey: Survey) -> RatingCheck:
    """Ratings beside the points of the same customers, or of all where none of those gave points."""
    rated = latest(survey.answers[survey.answers["method"] == "scale10"])
    points_of = rated[rated[survey.active].ge(1).any(axis=1) & rated[survey.active].le(10).all(axis=1)]
    points = None
    if survey.basis == "points":
        same = survey.counted[survey.counted["customer_no"].isin(set(points_of["customer_no"]))]
        points = weights_of(same, survey) if len(same) else survey.weight
    check = rating_check(rated, survey.active, points, survey.rules.flat_range)
    run.add("expectations", check.issues)
    order = {c: i for i, c in enumerate(survey.result.weights["criterion_id"])}
    table = check.table.sort_values("criterion_id", key=lambda ids: ids.map(order), ignore_index=True)
    run.tables["rating_check"] = table.assign(n=check.n) if check.n else table.iloc[:0]
    return check


def _beliefs(run: Run, survey: Survey) -> None:
    """What we guessed against the answers: in all, and per person who guessed."""
    beliefs = latest(survey.answers[survey.answers["method"] == "belief"])
    if beliefs.empty:
        return
    run.tables["belief_gap"] = belief_gap(beliefs, survey.active, survey.weight)
    register = run.book.parsed("customers").good.drop_duplicates("customer_no").set_index("customer_no")["seller"]
    seller = survey.counted["customer_no"].map(register).fillna("").str.casefold()
    parts = []
    for person in sorted({name.strip() for name in beliefs["person"]} - {""}):
        own = survey.counted[seller == person.casefold()]
        enough = len(own) >= survey.rules.segment_min
        answer = weights_of(own, survey) if enough else survey.weight
        part = belief_gap(beliefs[beliefs["person"].str.strip() == person], survey.active, answer)
        parts.append(part.assign(seller=person, compared_with="own_customers" if enough else "all"))
    if parts:
        run.tables["belief_by_seller"] = pd.concat(parts, ignore_index=True)


def weights_or_equal(run: Run) -> pd.DataFrame:
    """criterion_id, weight, decisive from the answers; without answers the criteria with empty weights."""
    result = run.results.get("expectations")
    if result is not None and result.weights["weight"].notna().any():
        known: pd.DataFrame = result.weights[["criterion_id", "weight", "decisive"]]
        return known
    ids = [c.id for c in run.book.criteria if c.active]
    return pd.DataFrame({"criterion_id": ids, "weight": np.nan, "decisive": False})

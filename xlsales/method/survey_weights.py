"""The answers as a run weighs them: which count, and for how many customers they speak."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from xlsales.issues import Issue
from xlsales.method.outside_in import revenue_by_customer
from xlsales.method.run import Run
from xlsales.steps.expectations import ExpectationRules, Expectations, expectations
from xlsales.steps.rating_check import rating_points

COUNTED = ("ok", "rescaled")


@dataclass(frozen=True)
class Survey:
    """The answers as a run weighs them. counted: the answers that count, with their points.

    active: the criteria that are weighed. basis: points, or ratings where nobody gave points.
    """

    answers: pd.DataFrame
    counted: pd.DataFrame
    active: list[str]
    rules: ExpectationRules
    result: Expectations
    basis: str

    @property
    def weight(self) -> pd.Series[Any]:
        """Everybody's weights by criterion_id."""
        found: pd.Series[Any] = self.result.weights.set_index("criterion_id")["weight"]
        return found


def weighed(run: Run, answers: pd.DataFrame, active: list[str]) -> Survey:
    """The weights from points; where nobody gave points that count, from ratings, and marked so."""
    asked = [c.id for c in run.book.criteria if c.id in answers]
    rules, revenue, everybody = run.rules(ExpectationRules), revenue_by_customer(run), len(known_customers(run))
    found = expectations(answers, active, rules, revenue, asked, everybody)
    kept = found.quality["state"].isin(COUNTED)
    rated = latest(answers[answers["method"] == "scale10"])
    rated = rated[rated[active].ge(1).any(axis=1) & ~((rated[active] < 1) | (rated[active] > 10)).any(axis=1)]
    if kept.any() or rated.empty:
        return Survey(answers, answers[kept.to_numpy()], active, rules, found, "points")
    given = rated.assign(method="points20")
    given[active] = 20 * rating_points(rated[active])
    spare = expectations(given, active, rules, revenue, (), everybody)
    quality = found.quality.copy()
    quality.loc[given.index, "state"] = "fallback"
    note = Issue("warning", "weights_from_ratings", "answers", "method", -1, params={"count": len(given)})
    result = replace(spare, quality=quality, issues=[*found.issues, note])
    return Survey(answers, given, active, rules, result, "ratings")


def known_customers(run: Run) -> pd.Series[Any]:
    """The category of every customer in the register or the ledger, by customer_no."""
    register = run.book.parsed("customers").good
    category = register.set_index("customer_no")["category"]
    category = category[~category.index.duplicated()]
    revenue = revenue_by_customer(run)
    in_ledger = [] if revenue is None else list(revenue.index)
    found: pd.Series[Any] = category.reindex(category.index.union(in_ledger)).fillna("")
    return found


def latest(answers: pd.DataFrame) -> pd.DataFrame:
    """The answers without those that the same named person at the same customer has given anew."""
    person = answers["person"].astype(str).str.strip().str.casefold()
    keys = pd.DataFrame({"customer_no": answers["customer_no"], "person": person})
    order = answers["date"].sort_values(kind="stable", na_position="first").index
    old = keys.loc[order].duplicated(keep="last").reindex(answers.index)
    return answers[~(old.astype(bool) & (person != ""))]


def weights_of(answers: pd.DataFrame, survey: Survey) -> pd.Series[Any]:
    """Weights by criterion_id among some of the counted answers."""
    given = answers.assign(confirmed=True)
    table = expectations(given, survey.active, replace(survey.rules, draws=1)).weights
    found: pd.Series[Any] = table.set_index("criterion_id")["weight"]
    return found

"""Relation: each customer's place on the buy–sell hierarchy."""

from __future__ import annotations

import pandas as pd

from xlsales.issues import Issue
from xlsales.method.outside_in import revenue_by_customer
from xlsales.method.run import Run, StepReport
from xlsales.steps.hierarchy import HierarchyRules, hierarchy
from xlsales.tables.schema import load_schema


def hierarchy_step(run: Run) -> StepReport:
    """Levels, warnings and the methods for the next step."""
    ratings = run.book.parsed("level_ratings").good
    if ratings.empty:
        return StepReport("hierarchy", "no_input", run.say("headline", "no_ratings"))
    targets = run.book.parsed("level_targets").good
    later = ratings[ratings["date"] > pd.Timestamp(run.seen_until)]
    if len(later):
        params = {"count": len(later), "until": run.seen_until}
        first = int(later.index[0])
        run.add("hierarchy", [Issue("note", "ratings_later", "level_ratings", "date", first, params=params)])
    if len(later) == len(ratings):
        return StepReport("hierarchy", "no_input", run.say("headline", "no_ratings"))
    revenue = revenue_by_customer(run)
    sold = pd.Series(dtype="float64") if revenue is None else revenue
    result = hierarchy(ratings, targets, sold, run.seen_until, run.rules(HierarchyRules))
    run.results["hierarchy"] = result
    names = customer_names(run)
    methods = result.methods.assign(why=[run.say("method_why", m) for m in result.methods["method"]])
    levels = result.levels.assign(
        customer=[names.get(n, n) for n in result.levels["customer_no"]],
        warning=[_labels(run, "level_warning", codes) for codes in result.levels["warnings"]],
        next_step=_next_steps(run, result.levels, methods),
    )
    run.tables["levels"], run.tables["level_methods"] = levels, methods
    run.tables["level_distribution"] = result.distribution
    if levels.empty:
        return StepReport("hierarchy", "no_input", run.say("headline", "no_ratings"))
    headline = run.say(
        "headline", "hierarchy", customers=len(levels), mean=float(levels["level"].mean()),
        climb=int((levels["target"] > levels["level"]).sum()), stale=int(levels["stale"].sum()),
    )
    return StepReport("hierarchy", "done", headline)


def customer_names(run: Run) -> dict[str, str]:
    """Name by customer number, from the register and the ledger."""
    known: dict[str, str] = {}
    if "segment" in run.results:
        rows = run.results["segment"].customers
        known = dict(zip(rows["customer_no"], rows["customer"], strict=True))
    register = run.book.parsed("customers").good
    named = register[register["customer"] != ""]
    return known | dict(zip(named["customer_no"], named["customer"], strict=True))


def _next_steps(run: Run, levels: pd.DataFrame, methods: pd.DataFrame) -> list[str]:
    by_customer = methods.groupby("customer_no")["method"].agg(tuple).to_dict()
    return [_labels(run, "method_card", by_customer.get(n, ())) for n in levels["customer_no"]]


def _labels(run: Run, choice: str, codes: tuple[str, ...]) -> str:
    schema = load_schema()
    return ", ".join(str(schema.label(choice, code, run.book.language)) for code in codes)

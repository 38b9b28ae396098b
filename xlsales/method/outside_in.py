"""Outside-in: from ledger and answers to the customers that matter and the expectations that decide."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from xlsales.issues import Issue
from xlsales.method.run import Run, StepReport
from xlsales.steps.compare import CompareRules, compare
from xlsales.steps.expectations import ExpectationRules, expectations
from xlsales.steps.revenue import RevenueRules, revenue
from xlsales.steps.segment import SegmentRules, segment, top_name


def revenue_step(run: Run) -> StepReport:
    """Status of every customer, the bridge, the trend and the cuts."""
    if run.ledger.monthly.empty:
        return StepReport("revenue", "no_input", _no_ledger(run))
    register = run.book.parsed("customers").good
    result = revenue(run.ledger.monthly, run.ledger.invoices, run.as_of, run.rules(RevenueRules), register)
    run.results["revenue"] = result
    missing = run.say("word", "missing")
    run.tables["bridge"], run.tables["trend"] = result.bridge, result.trend
    run.tables["cuts"] = result.cuts.assign(value=result.cuts["value"].replace("", missing))
    counts = result.customers["status"].value_counts()
    now, before = result.totals["now"], result.totals["previous"]
    params: dict[str, Any] = {s: int(counts.get(s, 0)) for s in ("lost", "new", "reactivated")}
    params |= {"now": now, "as_of": run.as_of, "change": now / before - 1 if before > 0 else 0.0}
    code = "revenue" if before > 0 else "revenue_first"
    return StepReport("revenue", "done", run.say("headline", code, **params))


def _no_ledger(run: Run) -> str:
    return run.say("headline", "ledger_away" if run.ledger_away else "no_ledger")


def segment_step(run: Run) -> StepReport:
    """ABC classes, top shares and the tail."""
    if "revenue" not in run.results:
        return StepReport("segment", "no_input", _no_ledger(run))
    earlier = run.results["revenue"]
    customers = earlier.customers.assign(customer=_known_names(run, earlier.customers))
    rules = run.rules(SegmentRules)
    result = segment(customers, rules)
    run.results["segment"] = result
    run.tables["concentration"], run.tables["top_customers"] = result.concentration, result.top_customers
    run.tables["key_figures"] = pd.concat([earlier.key_figures, result.key_figures], ignore_index=True)
    groups = result.concentration.set_index("group")
    active = int(groups.loc[["A", "B", "C"], "customers"].sum())
    if not active:
        return StepReport("segment", "done", run.say("headline", "segment_none"))
    headline = run.say(
        "headline", "segment", a=groups.at["A", "customers"], n=active,
        a_share=groups.at["A", "customer_share"], a_revenue=groups.at["A", "revenue_share"], top_share=rules.top_2,
        top_revenue=groups.at[top_name(rules.top_2), "revenue_share"],
    )
    return StepReport("segment", "done", headline)


def _known_names(run: Run, customers: pd.DataFrame) -> pd.Series[Any]:
    """The register's name of each customer, else the ledger's, else its number."""
    register = run.book.parsed("customers").good.set_index("customer_no")["customer"]
    name = customers["customer_no"].map(register).astype(object).fillna("")
    known = customers.get("customer", "")
    name = name.where(name != "", known)
    return name.where(name != "", customers["customer_no"])


def customers_table(run: Run) -> pd.DataFrame:
    """The tool's columns of Customers, and rows for customers that are new in the ledger."""
    register = run.book.parsed("customers").good
    keys = pd.DataFrame({"customer_no": register["customer_no"]})
    if "segment" in run.results:
        computed = run.results["segment"].customers
        every = keys.merge(computed, on="customer_no", how="outer", sort=False)
        order = {number: i for i, number in enumerate([*keys["customer_no"], *computed["customer_no"]][::-1])}
        every = every.sort_values("customer_no", key=lambda s: -s.map(order), ignore_index=True)
    else:
        every = keys
    if "hierarchy" in run.results:
        levels = run.results["hierarchy"].levels.set_index("customer_no")["level"]
        every["level"] = every["customer_no"].map(levels)
    return _with_reasons(run, every)


def _with_reasons(run: Run, every: pd.DataFrame) -> pd.DataFrame:
    if "status" not in every:
        return every
    known = every["status"].notna()
    every = every.assign(
        reason=[_reason(run, row) for row in every.to_dict("records")],
        status=every["status"].fillna(""),
        abc=every["abc"].fillna(""),
        overdue=every["overdue"].eq(True),
    )
    zero = ("revenue", "revenue_prev", "change", "invoices")
    every[list(zero)] = every[list(zero)].fillna(0.0)
    return every.assign(change=every["change"].where(known))


def _reason(run: Run, row: dict[Any, Any]) -> str:
    if not isinstance(row["status"], str):
        return run.say("reason", "no_invoices")
    code = row["status"]
    if code in ("lost", "former") and (row["revenue"] < 0 or row["revenue_prev"] < 0):
        code += "_credits"
    text = run.say("reason", code, pct=row["change_pct"], **_only(row, "revenue", "revenue_prev"))
    if row["overdue"] is True:
        text += " " + run.say("reason", "overdue", days=row["days_since"], rhythm=row["rhythm_days"])
    return text


def _only(row: dict[Any, Any], *keys: str) -> dict[str, Any]:
    return {key: row[key] for key in keys}


def expectations_step(run: Run) -> StepReport:
    """Weights, intervals and the decisive expectations from the answers."""
    answers = run.book.parsed("answers").good
    active = [c.id for c in run.book.criteria if c.active]
    asked = [c.id for c in run.book.criteria if c.id in answers]
    if answers.empty or not active:
        return StepReport("expectations", "no_input", run.say("headline", "no_answers"))
    result = expectations(answers, active, run.rules(ExpectationRules), revenue_by_customer(run), asked)
    run.results["expectations"] = result
    run.add("expectations", result.issues)
    run.tables["weights"] = result.weights
    run.tables["answer_quality"], run.tables["weight_pairs"] = _every_answer(run, result.quality), result.pairs
    customers = int(result.weights["customers"].max())
    if not customers:
        return StepReport("expectations", "done", run.say("headline", "no_counted_answers"))
    decisive = result.weights[result.weights["decisive"]]
    names = [run.name_of(i) for i in decisive["criterion_id"]]
    code = "expectations" if names else "expectations_even"
    params = {"decisive": names, "weight": float(decisive["weight"].sum()), "customers": customers}
    return StepReport("expectations", "done", run.say("headline", code, **params))


def _every_answer(run: Run, quality: pd.DataFrame) -> pd.DataFrame:
    """The quality of every answer in the order of its table; one with an unreadable cell is rejected."""
    every = run.book.parsed("answers").frame
    unread = every[~every["answer_id"].isin({"", *quality["answer_id"]})].drop_duplicates("answer_id")
    lost = pd.DataFrame({"answer_id": unread["answer_id"], "state": "rejected", "flat": False})
    return pd.concat([quality, lost]).sort_index(ignore_index=True) if len(lost) else quality


def revenue_by_customer(run: Run) -> pd.Series[Any] | None:
    if run.ledger_away:
        known = run.book.parsed("customers").good.set_index("customer_no")["revenue"]
        return known[~known.index.duplicated()].fillna(0.0)
    if "revenue" not in run.results:
        return None
    by_customer: pd.Series[Any] = run.results["revenue"].customers.set_index("customer_no")["revenue"]
    return by_customer


def compare_step(run: Run) -> StepReport:
    """Strengths, weaknesses and deselection causes against the alternatives."""
    scores = run.book.parsed("scores").good
    alternatives = run.book.parsed("alternatives").good
    weights = weights_or_equal(run)
    if scores.empty or weights.empty:
        return StepReport("compare", "no_input", run.say("headline", "no_scores"))
    if not (alternatives["kind"] == "us").any():
        run.add("compare", [Issue("error", "no_us", "alternatives", "kind", -1)])
        return StepReport("compare", "no_input", run.say("headline", "no_scores"))
    result = compare(weights, alternatives, _by_id(run, scores), run.rules(CompareRules))
    run.results["compare"], run.tables["comparison"] = result, result
    named = {
        "strengths": result.loc[result["class"] == "strength", "criterion_id"],
        "weaknesses": result.loc[result["class"] == "weakness", "criterion_id"],
        "causes": result.loc[result["deselection_cause"], "criterion_id"],
    }
    none = [run.say("word", "none")]
    words = {key: [run.name_of(i) for i in ids] or none for key, ids in named.items()}
    return StepReport("compare", "done", run.say("headline", "compare", **words))


def _by_id(run: Run, scores: pd.DataFrame) -> pd.DataFrame:
    """Scores with criteria by id, also where the user wrote the name."""
    ids = {c.name.casefold(): c.id for c in run.book.criteria}
    written = scores["criterion_id"].map(lambda text: ids.get(text.casefold(), text))
    return scores.assign(criterion_id=written)


def weights_or_equal(run: Run) -> pd.DataFrame:
    """criterion_id, weight, decisive from the answers; without answers the criteria with empty weights."""
    result = run.results.get("expectations")
    if result is not None and result.weights["weight"].notna().any():
        known: pd.DataFrame = result.weights[["criterion_id", "weight", "decisive"]]
        return known
    ids = [c.id for c in run.book.criteria if c.active]
    return pd.DataFrame({"criterion_id": ids, "weight": np.nan, "decisive": False})

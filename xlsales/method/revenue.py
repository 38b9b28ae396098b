"""The step revenue: what every customer buys now and before, the bridge, the trend and the cuts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd

from xlsales.issues import Issue
from xlsales.method.revenue_findings import category_findings
from xlsales.method.run import Run, StepReport
from xlsales.steps.cuts import by_status, crossed, cuts, described
from xlsales.steps.grouping import GroupingRules, as_groups, as_members, grouping
from xlsales.steps.revenue import Revenue, RevenueRules, month_of, revenue

# What a company of a group is told of the whole group; money and invoices stay its own.
_OF_THE_GROUP = ["status", "overdue", "last_invoice", "days_since", "rhythm_days"]


def revenue_step(run: Run) -> StepReport:
    """Status of every customer, the bridge, the trend and the cuts.

    Leaves ``results["revenue"]`` with one row per customer number, and ``results["units"]`` with one per group of
    companies or lone customer, which is the same where groups are not asked for.
    """
    if run.ledger.monthly.empty:
        return StepReport("revenue", "no_input", no_ledger(run))
    register = run.book.parsed("customers").good
    rules, groups = run.rules(RevenueRules), grouping(register, run.rules(GroupingRules))
    monthly, invoices = described(run.ledger.monthly, register), run.ledger.invoices
    result = revenue(as_groups(monthly, groups), as_groups(invoices, groups), run.as_of, rules)
    run.results["units"], run.results["groups"] = result.customers, groups
    if groups:
        own = revenue(monthly, invoices, run.as_of, rules).customers
        result = replace(result, customers=as_members(own, result.customers, groups, _OF_THE_GROUP))
    run.results["revenue"] = result
    run.add("revenue", _after_the_window(run, result))
    run.tables["bridge"], run.tables["trend"] = result.bridge, result.trend
    _cut(run, result, register)
    return _report(run, result)


def _report(run: Run, result: Revenue) -> StepReport:
    counts = run.results["units"]["status"].value_counts()
    now, before = result.totals["now"], result.totals["previous"]
    params: dict[str, Any] = {s: int(counts.get(s, 0)) for s in ("lost", "new", "reactivated")}
    params |= {"now": now, "as_of": result.end, "change": now / before - 1 if before > 0 else 0.0}
    code = "revenue" if before > 0 else "revenue_first"
    return StepReport("revenue", "done", run.say("headline", code, **params))


def no_ledger(run: Run) -> str:
    """Why there is nothing to analyse."""
    return run.say("headline", "ledger_away" if run.ledger_away else "no_ledger")


def _after_the_window(run: Run, result: Revenue) -> list[Issue]:
    """What was bought between the last full year and the analysis date stands outside both windows."""
    rows = result.rows
    later = rows[(rows["window"] == "later") & (rows["month"] <= month_of(run.as_of))]
    if result.end >= run.as_of or later.empty:
        return []
    amount = float(later["units"].sum()) / 10_000
    params = {"end": result.end, "count": int(later["rows"].sum()), "amount": amount}
    return [Issue("note", "entries_after_year", place="", found=run.as_of.isoformat(), params=params)]


def _cut(run: Run, result: Revenue, register: pd.DataFrame) -> None:
    missing = run.say("word", "missing")
    table = cuts(result.rows)
    run.tables["cuts"] = table.assign(value=table["value"].replace("", missing))
    pairs = crossed(result.rows, ("category", "seller")).drop(columns="margin")
    pairs = pairs.sort_values(["change", "category", "seller"], ignore_index=True)
    run.tables["category_seller"] = pairs.replace({"category": {"": missing}, "seller": {"": missing}})
    units = run.results["units"].assign(category=_categories(run, result.customers, register))
    run.results["units"] = units
    statuses = by_status(units)
    run.tables["category_status"] = statuses.replace({"category": {"": missing}})
    run.tables["findings_categories"] = category_findings(run)


def _categories(run: Run, customers: pd.DataFrame, register: pd.DataFrame) -> Any:
    """The category of each unit: the customer's, or that of the largest company of the group."""
    said = register.drop_duplicates("customer_no").set_index("customer_no")["category"]
    known = customers.assign(category=customers["customer_no"].map(said).astype(object).fillna(""))
    known = as_groups(known, run.results["groups"]).sort_values(["revenue", "category"], ascending=[False, True])
    largest = known.drop_duplicates("customer_no").set_index("customer_no")["category"]
    return run.results["units"]["customer_no"].map(largest).to_numpy(object)

"""The step segment: classes, concentration, migration, stability, profitability and the calendar of the portfolio."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from xlsales.method.revenue import no_ledger
from xlsales.method.revenue_findings import portfolio_findings, profitability_findings, revenue_findings
from xlsales.method.run import Run, StepReport
from xlsales.steps.concentration import concentration
from xlsales.steps.deciles import deciles
from xlsales.steps.grouping import as_members
from xlsales.steps.migration import matrix, migration
from xlsales.steps.profitability import Profitability, drawn, profitability
from xlsales.steps.quarters import quarters
from xlsales.steps.revenue import months_before
from xlsales.steps.segment import Segment, SegmentRules, rfm, segment, top_name
from xlsales.steps.stability import StabilityRules, stability
from xlsales.steps.tail import tail

QUARTERS = 12
_OF_THE_GROUP = ["abc", "abc_prev", "xyz", "rfm", "cum_share"]


def segment_step(run: Run) -> StepReport:
    """ABC, XYZ and RFM classes, top shares and the tail, and where customers and money moved."""
    if "revenue" not in run.results:
        return StepReport("segment", "no_input", no_ledger(run))
    units = run.results["units"]
    rules = run.rules(SegmentRules)
    result = segment(_with_codes(run, units.assign(customer=known_names(run, units))), rules)
    profit = profitability(result.customers)
    run.tables["concentration"], run.tables["top_customers"] = result.concentration, result.top_customers
    run.tables["key_figures"] = _key_figures(run, result, profit)
    run.tables["migration"] = migration(result.customers)
    run.tables["migration_matrix"] = matrix(run.tables["migration"])
    run.tables["deciles"], run.tables["tail"] = deciles(result.customers), _tail(run, result)
    run.tables["profitability"] = drawn(profit.curve)
    _calendar(run, result)
    run.results["segment"] = replace(result, customers=_by_number(run, result))
    run.tables["findings_revenue"] = revenue_findings(run, rules)
    run.tables["findings_portfolio"] = portfolio_findings(run, rules)
    run.tables["findings_profitability"] = profitability_findings(run, profit)
    return _report(run, result, rules)


def _report(run: Run, result: Segment, rules: SegmentRules) -> StepReport:
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


def known_names(run: Run, customers: pd.DataFrame) -> pd.Series[Any]:
    """The register's name of each customer, else the ledger's, else its number."""
    register = run.book.parsed("customers").good.set_index("customer_no")["customer"]
    name = customers["customer_no"].map(register).astype(object).fillna("")
    known = customers.get("customer", "")
    name = name.where(name != "", known)
    return name.where(name != "", customers["customer_no"])


def _with_codes(run: Run, units: pd.DataFrame) -> pd.DataFrame:
    """The customers with their XYZ class and RFM code; who bought for nothing in the window has neither."""
    steady = stability(run.results["revenue"].rows, run.rules(StabilityRules)).set_index("customer_no")["xyz"]
    buys = units["revenue"] > 0
    recency = units["days_since"].astype("float64").where(buys)
    return units.assign(
        xyz=units["customer_no"].map(steady).astype(object).where(buys).fillna(""),
        rfm=rfm(recency, units["purchase_months"], units["revenue"]),
    )


def _key_figures(run: Run, result: Segment, profit: Profitability) -> pd.DataFrame:
    """Every measure with its value in the window before where it has one."""
    known = len(profit.curve) > 0
    whale = {
        "peak_share": profit.peak_share,
        "losing_customers": profit.losing if known else np.nan,
        "eroded": profit.eroded if known else np.nan,
    }
    parts = [
        run.results["revenue"].key_figures.assign(value_prev=np.nan),
        result.key_figures,
        concentration(result.customers),
        pd.DataFrame({"measure": list(whale), "value": list(whale.values()), "value_prev": np.nan}),
    ]
    rows = [row for part in parts for row in part[["measure", "value", "value_prev"]].itertuples(index=False)]
    return pd.DataFrame(rows, columns=["measure", "value", "value_prev"])


def _tail(run: Run, result: Segment) -> pd.DataFrame:
    table = tail(result.customers)
    names = [
        run.say("finding", "size" if low else "size_below", low=low, high=high)
        for low, high in zip(table["lower"], table["upper"], strict=True)
    ]
    table.insert(0, "size", pd.Series(names, dtype=object))
    return table


def _calendar(run: Run, result: Segment) -> None:
    """The largest customers quarter by quarter, and which quarters they are."""
    revenue = run.results["revenue"]
    top = result.top_customers
    found = quarters(revenue.rows, top["customer_no"].tolist(), QUARTERS)
    found.insert(0, "customer", top["customer"].to_numpy(object))
    run.tables["quarters"] = found
    ends = [months_before(revenue.end, 3 * (QUARTERS - 1 - i)) for i in range(QUARTERS)]
    row = {"label": run.say("finding", "quarter_ends")} | {f"q{i}": f"{e:%Y-%m}" for i, e in enumerate(ends, 1)}
    run.tables["quarter_ends"] = pd.DataFrame([row])


def _by_number(run: Run, result: Segment) -> pd.DataFrame:
    """One row per customer number, with the classes of its group where groups are analysed."""
    if not run.results["groups"]:
        return result.customers
    own = run.results["revenue"].customers
    table = as_members(own, result.customers, run.results["groups"], _OF_THE_GROUP)
    table = table.assign(customer=known_names(run, table))
    positive = table["revenue"] > 0
    total = float(table.loc[positive, "revenue"].sum()) or 1.0
    table["share"] = (table["revenue"] / total).where(positive)
    table = table.sort_values(["revenue", "customer_no"], ascending=[False, True], ignore_index=True)
    return table.assign(rank=np.arange(1, len(table) + 1))

"""Outside-in: from ledger and answers to the customers that matter and the expectations that decide."""

from __future__ import annotations

from typing import Any

import pandas as pd

from xlsales.method.run import Run


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
        **{key: every[key].fillna("") for key in ("abc", "abc_prev", "xyz", "rfm")},
        overdue=every["overdue"].eq(True),
    )
    zero = ("revenue", "revenue_prev", "change", "invoices")
    every[list(zero)] = every[list(zero)].fillna(0.0)
    return every.assign(change=every["change"].where(known))


def _reason(run: Run, row: dict[Any, Any]) -> str:
    if not isinstance(row["status"], str):
        return run.say("reason", "no_invoices")
    code = row["status"]
    unit = row.get("unit") or ""
    said = {key: row[f"unit_{key}" if unit else key] for key in ("revenue", "revenue_prev", "change_pct")}
    if code in ("lost", "former") and (said["revenue"] < 0 or said["revenue_prev"] < 0):
        code += "_credits"
    text = run.say("reason", code, pct=said.pop("change_pct"), **said)
    if unit:
        text = run.say("reason", "in_group", group=unit) + " " + text
    if row["overdue"] is True:
        text += " " + run.say("reason", "overdue", days=row["days_since"], rhythm=row["rhythm_days"])
    return text


def revenue_by_customer(run: Run) -> pd.Series[Any] | None:
    if run.ledger_away:
        known = run.book.parsed("customers").good.set_index("customer_no")["revenue"]
        return known[~known.index.duplicated()].fillna(0.0)
    if "revenue" not in run.results:
        return None
    by_customer: pd.Series[Any] = run.results["revenue"].customers.set_index("customer_no")["revenue"]
    return by_customer

"""Segment: which customers carry the revenue, by value (ABC) and by number, and the long tail."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import Any

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class SegmentRules:
    """Thresholds; see the settings of the same names."""

    abc_a: float = 0.80
    abc_b: float = 0.95
    top_1: float = 0.10
    top_2: float = 0.20
    tail_share: float = 0.05


@dataclass(frozen=True)
class Segment:
    """customers: as given, largest first, with rank, share, cum_share, abc, and abc_prev where revenue_prev is given.

    concentration: group, customers, customer_share, revenue, revenue_share.
    key_figures: measure, value, value_prev. top_customers: the twenty largest.
    """

    customers: pd.DataFrame
    concentration: pd.DataFrame
    key_figures: pd.DataFrame
    top_customers: pd.DataFrame


_TINY = 1e-9


def segment(customers: pd.DataFrame, rules: SegmentRules = SegmentRules()) -> Segment:
    """Class every customer A, B or C by share of revenue (ABC analysis).

    customers: one row per customer — customer_no, revenue (SEK, excl. VAT), and where known
        revenue_prev, invoices and customer.
    The share reached *before* a customer decides, so the one that crosses 80 % is still an A.
    Customers without positive revenue get no class, and shares are of all positive revenue.
    Ties are broken by customer_no.
    """
    table = customers.sort_values(["revenue", "customer_no"], ascending=[False, True], ignore_index=True)
    positive = table["revenue"] > 0
    amount = table["revenue"].where(positive, 0.0).round(4)
    total = float(amount.sum()) or 1.0
    before = (amount.cumsum() - amount) / total
    table = table.assign(
        rank=np.arange(1, len(table) + 1),
        share=(amount / total).where(positive),
        cum_share=(amount.cumsum() / total).where(positive),
        abc=_classes(table["revenue"], rules),
    )
    if "revenue_prev" in table:
        past = table.sort_values(["revenue_prev", "customer_no"], ascending=[False, True])
        table["abc_prev"] = _classes(past["revenue_prev"], rules)
    in_tail = positive & (before >= 1 - rules.tail_share - _TINY)
    shown = ["customer", "revenue", "revenue_prev", "cum_share", "customer_no", "rank"]
    return Segment(
        table,
        _concentration(table, in_tail, rules),
        _key_figures(table),
        table.loc[positive].head(20).reindex(columns=shown),
    )


def _classes(largest_first: pd.Series[Any], rules: SegmentRules) -> pd.Series[Any]:
    """A, B or C by the share reached before each amount; none where it is not positive."""
    amount = largest_first.clip(lower=0).round(4)
    before = (amount.cumsum() - amount) / (float(amount.sum()) or 1.0)
    classes = np.select([before < rules.abc_a - _TINY, before < rules.abc_b - _TINY], ["A", "B"], "C")
    return pd.Series(np.where(largest_first > 0, classes, ""), index=largest_first.index, dtype=object)


def _concentration(table: pd.DataFrame, in_tail: pd.Series[bool], rules: SegmentRules) -> pd.DataFrame:
    """Groups by number (top, rest), by value (A, B, C, none), the tail and one-invoice customers."""
    active = table["revenue"] > 0
    count = int(active.sum())
    rank = table["rank"]
    first, second = (ceil(round(share * count, 9)) for share in (rules.top_1, rules.top_2))
    invoices = table["invoices"] if "invoices" in table else pd.Series(0, index=table.index)
    groups = {
        top_name(rules.top_1): active & (rank <= first),
        top_name(rules.top_2): active & (rank <= second),
        "rest": active & (rank > second),
        "A": table["abc"] == "A",
        "B": table["abc"] == "B",
        "C": table["abc"] == "C",
        "no_class": ~active,
        "tail": in_tail,
        "single_invoice": active & (invoices == 1),
    }
    total = float(table.loc[active, "revenue"].sum()) or np.nan
    sums = [round(float(table.loc[who, "revenue"].sum()), 4) for who in groups.values()]
    sizes = [int(who.sum()) for who in groups.values()]
    return pd.DataFrame(
        {
            "group": list(groups),
            "customers": sizes,
            "customer_share": [size / count if count else np.nan for size in sizes],
            "revenue": sums,
            "revenue_share": [amount / total for amount in sums],
        }
    )


def _key_figures(table: pd.DataFrame) -> pd.DataFrame:
    shares = [_a_share(table, *keys) for keys in (("revenue", "abc"), ("revenue_prev", "abc_prev"))]
    return pd.DataFrame({"measure": ["a_customer_share"], "value": shares[:1], "value_prev": shares[1:]})


def _a_share(table: pd.DataFrame, amount: str, group: str) -> float:
    classes = table.loc[table[amount] > 0, group] if group in table else table["customer_no"].iloc[:0]
    return float((classes == "A").mean()) if len(classes) else float("nan")


def top_name(share: float) -> str:
    """The name of the group of largest customers by number: "top 10 %"."""
    return f"top {round(100 * share, 6):g} %"


def rfm(days_since: Any, purchases: Any, revenue: Any) -> Any:
    """RFM code of every customer, such as "515": recency, frequency and monetary value, each 1–5 with 5 best.

    A score is one more than the fifths of the customers that are worse, so equal values score the same.
    purchases: months with a purchase, else customers whose invoices are split would win.
    Customers of whom any of the three is unknown (NaN) get "" and are not counted among the others.
    """
    given = np.column_stack([-np.asarray(days_since, float), np.asarray(purchases, float), np.asarray(revenue, float)])
    known = ~np.isnan(given).any(axis=1)
    scores = np.column_stack([_fifths(column) for column in given[known].T]) if known.any() else np.empty((0, 3))
    codes = np.full(len(given), "", dtype=object)
    codes[known] = [f"{r}{f}{m}" for r, f, m in scores.astype(int).tolist()]
    return codes


def _fifths(values: Any) -> Any:
    worse = np.searchsorted(np.sort(values), values, side="left")
    return 1 + 5 * worse // len(values)

"""Concentration: how much hangs on few customers, now against the window before."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

SHARES = (1, 5, 10)


def concentration(customers: pd.DataFrame) -> pd.DataFrame:
    """Measures of concentration in this window and the one before, and the growth like for like.

    customers: revenue and revenue_prev (SEK), and where known invoices and invoices_prev.
    Returns measure, value and value_prev: hhi (Herfindahl–Hirschman index, 0–10 000), gini (0–1), top_1, top_5 and
    top_10 (share of revenue of the so many largest customers), like_for_like (change of revenue from the customers
    that bought in both windows) and invoice_value (the median customer's average invoice in SEK, over customers with
    positive revenue and an invoice). Only positive revenue counts; a measure without any is NaN.
    """
    now, before = (customers[key].to_numpy(np.float64) for key in ("revenue", "revenue_prev"))
    names = ["hhi", "gini", *(f"top_{n}" for n in SHARES), "like_for_like"]
    both = (now > 0) & (before > 0)
    growth = now[both].sum() / before[both].sum() - 1 if both.any() else np.nan
    pairs = (("revenue", "invoices"), ("revenue_prev", "invoices_prev"))
    invoice = [_invoice_value(customers, *keys) for keys in pairs]
    return pd.DataFrame(
        {
            "measure": [*names, "invoice_value"],
            "value": [*_measures(now), growth, invoice[0]],
            "value_prev": [*_measures(before), np.nan, invoice[1]],
        }
    )


def _invoice_value(customers: pd.DataFrame, amount: str, invoices: str) -> float:
    if invoices not in customers:
        return float("nan")
    billed = customers[(customers[amount] > 0) & (customers[invoices] > 0)]
    return float((billed[amount] / billed[invoices]).median()) if len(billed) else float("nan")


def _measures(amounts: Any) -> list[float]:
    positive = np.sort(amounts[amounts > 0])[::-1]
    if not len(positive):
        return [float("nan")] * (2 + len(SHARES))
    shares = positive / positive.sum()
    return [10_000 * float((shares**2).sum()), gini(positive), *(float(shares[:n].sum()) for n in SHARES)]


def gini(amounts: Any) -> float:
    """Gini coefficient of positive amounts: 0 when all are equal, towards 1 when one has it all."""
    ordered = np.sort(np.asarray(amounts, dtype=np.float64))
    n, total = len(ordered), ordered.sum()
    if n == 0 or total <= 0:
        return float("nan")
    weights = 2 * np.arange(1, n + 1) - n - 1
    return float((weights * ordered).sum() / (n * total))

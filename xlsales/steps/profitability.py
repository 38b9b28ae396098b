"""Profitability: the customers by contribution, and the whale curve that they make."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Profitability:
    """curve: customers by contribution, largest first, with rank, margin (SEK), cum_margin and cum_share of the total.

    peak: greatest cumulative contribution; peak_share: as a share of the total (NaN unless that is positive);
    losing: number of customers with negative contribution; eroded: what they cost, in kronor, positive.
    """

    curve: pd.DataFrame
    peak: float
    peak_share: float
    losing: int
    eroded: float


def profitability(customers: pd.DataFrame) -> Profitability:
    """Rank customers by contribution and add it up (whale curve).

    customers: customer_no, margin (contribution in SEK, NaN where a cost is missing) and where known customer.
    Customers without a known contribution are left out. Ties are broken by customer_no.
    """
    known = customers[customers["margin"].notna()]
    table = known.sort_values(["margin", "customer_no"], ascending=[False, True], ignore_index=True)
    cumulative = table["margin"].cumsum().round(4)
    total = float(cumulative.iloc[-1]) if len(table) else 0.0
    peak = float(max(cumulative.max(), 0.0)) if len(table) else 0.0
    shown = [key for key in ("customer_no", "customer") if key in table]
    curve = table[shown].assign(
        rank=np.arange(1, len(table) + 1),
        customer_share=np.arange(1, len(table) + 1) / max(len(table), 1),
        margin=table["margin"],
        cum_margin=cumulative,
        cum_share=cumulative / total if total > 0 else np.nan,
    )
    losing = table["margin"] < 0
    share = peak / total if total > 0 else float("nan")
    return Profitability(curve, peak, share, int(losing.sum()), round(-float(table.loc[losing, "margin"].sum()), 4))


def drawn(curve: pd.DataFrame, most: int = 2_000) -> pd.DataFrame:
    """The curve at not more than about so many customers, evenly spaced, with the first, the peak and the last."""
    if len(curve) <= most:
        return curve
    even = np.linspace(0, len(curve) - 1, most).round().astype(np.int64)
    places = np.union1d(even, [int(curve["cum_margin"].to_numpy().argmax())])
    return curve.iloc[places].reset_index(drop=True)

"""Deciles: the customers in ten parts by revenue, and what each part brings."""

from __future__ import annotations

import numpy as np
import pandas as pd

_PARTS = 10


def deciles(customers: pd.DataFrame) -> pd.DataFrame:
    """Ten parts of the customers with positive revenue, the largest customers first.

    customers: customer_no and revenue (SEK). The customer of rank r among n, ties by customer_no, is in part
        1 + ⌊10 · (r − 1) / n⌋, so the first part is the largest tenth rounded up, and parts differ by at most one
        customer; with fewer than ten customers some parts are empty.
    Returns decile, customers, revenue, revenue_share, cum_share and average (SEK per customer, NaN without any).
    """
    positive = customers[customers["revenue"] > 0]
    ordered = positive.sort_values(["revenue", "customer_no"], ascending=[False, True], ignore_index=True)
    part = 1 + _PARTS * np.arange(len(ordered)) // max(len(ordered), 1)
    every = range(1, _PARTS + 1)
    found = ordered["revenue"].groupby(part).agg(["size", "sum"]).reindex(every, fill_value=0)
    size, revenue = found["size"].to_numpy(np.int64), found["sum"].to_numpy(np.float64).round(4)
    total = float(revenue.sum()) or np.nan
    return pd.DataFrame(
        {
            "decile": list(every),
            "customers": size,
            "revenue": revenue,
            "revenue_share": revenue / total,
            "cum_share": revenue.cumsum() / total,
            "average": np.where(size > 0, revenue / np.maximum(size, 1), np.nan),
        }
    )

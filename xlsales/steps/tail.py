"""The long tail: how many customers there are of each size, in classes that grow by a factor."""

from __future__ import annotations

import numpy as np
import pandas as pd

_LEAST = 100.0
_MOST_POWER = 15


def tail(customers: pd.DataFrame) -> pd.DataFrame:
    """Customers with positive revenue in classes bounded by 100, 300, 1 000, 3 000, 10 000 … kronor.

    customers: revenue (SEK). A customer on a bound is in the class above it.
    Returns lower, upper (SEK; the class below 100 kronor begins at 0), customers, customer_share, revenue and
    revenue_share, from the class of the smallest customer to that of the largest, empty classes between them too.
    """
    amounts = customers.loc[customers["revenue"] > 0, "revenue"].to_numpy(np.float64)
    bounds = np.array([step * 10.0**power for power in range(2, _MOST_POWER) for step in (1, 3)])
    edges = np.concatenate([[0.0], bounds[bounds >= _LEAST]])
    place = np.searchsorted(edges, amounts, side="right") - 1
    first, last = (int(place.min()), int(place.max())) if len(place) else (0, -1)
    size = np.bincount(place, minlength=len(edges))[first : last + 1]
    revenue = np.bincount(place, amounts, minlength=len(edges))[first : last + 1].round(4)
    return pd.DataFrame(
        {
            "lower": edges[first : last + 1],
            "upper": edges[first + 1 : last + 2],
            "customers": size,
            "customer_share": size / max(len(amounts), 1),
            "revenue": revenue,
            "revenue_share": revenue / (float(amounts.sum()) or 1.0),
        }
    )

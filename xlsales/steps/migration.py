"""Migration: which class customers came from and where they went, and the money that moved."""

from __future__ import annotations

import numpy as np
import pandas as pd

CLASSES = ("A", "B", "C")
BEFORE = (*CLASSES, "none")
AFTER = (*CLASSES, "lost")


def migration(customers: pd.DataFrame) -> pd.DataFrame:
    """Every way from a class in the window before to a class in this one, also those nobody went.

    customers: abc and abc_prev ("" where the window's revenue is not positive), change (SEK).
    Returns one row per way: from (A, B, C or none), to (A, B, C or lost), customers, change (SEK). The rows
    from A, B and C are the opening customers, the columns to A, B and C the closing ones, and "none" holds
    the new and the reactivated; a customer in neither window is on no way.
    """
    before = customers["abc_prev"].where(customers["abc_prev"].isin(CLASSES), "none")
    after = customers["abc"].where(customers["abc"].isin(CLASSES), "lost")
    moved = pd.DataFrame({"from": before, "to": after, "change": customers["change"].to_numpy(np.float64)})
    sums = moved.groupby(["from", "to"])["change"].agg(["size", "sum"])
    ways = [(a, b) for a in BEFORE for b in AFTER if (a, b) != ("none", "lost")]
    found = sums.reindex(pd.MultiIndex.from_tuples(ways), fill_value=0)
    return pd.DataFrame(
        {
            "from": [a for a, _ in ways],
            "to": [b for _, b in ways],
            "customers": found["size"].to_numpy(np.int64),
            "change": found["sum"].to_numpy(np.float64).round(4),
        }
    )


def matrix(ways: pd.DataFrame) -> pd.DataFrame:
    """The customers of :func:`migration` as a table with its margins.

    Returns from (A, B, C, none and total), a, b, c and lost (numbers of customers) and customers, the sum of the row.
    The row total holds the closing customers of each class.
    """
    table = ways.pivot(index="from", columns="to", values="customers").fillna(0).astype(np.int64)
    table = table.reindex(index=list(BEFORE), columns=list(AFTER)).rename(columns=str.lower)
    table.loc["total"] = table.sum()
    table.columns.name = None
    return table.assign(customers=table.sum(axis=1)).rename_axis("from").reset_index()

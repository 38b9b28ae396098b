"""Rows that are no sales, and credit notes without a minus, told from the aggregate by their type."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from xlsales.issues import Issue
from xlsales.sources import MONTHLY_COLUMNS
from xlsales.sources.profiles import Profile
from xlsales.sources.rowtypes import is_cancelled, row_types
from xlsales.sources.waist import quoted, regrouped


@dataclass(frozen=True)
class Settled:
    """monthly: the sales that are left, as the waist. issues: what was done.

    unsold: the types, as the source writes them, of rows that are no purchase: column → texts.
    """

    monthly: pd.DataFrame
    issues: list[Issue]
    unsold: Mapping[str, tuple[str, ...]]

    def bought_sql(self) -> str:
        """A condition for rows that can be a purchase, for the dialect of the waist."""
        parts = [f"{key} NOT IN ({', '.join(map(quoted, texts))})" for key, texts in self.unsold.items() if texts]
        return " AND ".join(parts) or "1 = 1"


def settled(monthly: pd.DataFrame, profile: Profile = Profile()) -> Settled:
    """Leave out payments, reminders and cancelled documents, and turn credits when none has a minus.

    monthly: as :data:`xlsales.sources.MONTHLY_COLUMNS` with least (the smallest units of a row), row_type and
    cancelled as the source writes them, if it has any.
    """
    if "row_type" not in monthly and "cancelled" not in monthly:
        return Settled(monthly[list(MONTHLY_COLUMNS)], [], {})
    found = row_types(monthly["row_type"].unique(), profile)
    types = monthly["row_type"].isin(found.left_out).to_numpy()
    yes = [text for text in monthly["cancelled"].unique() if is_cancelled(str(text))]
    cancelled = monthly["cancelled"].isin(yes).to_numpy() & ~types
    issues = []
    for code, mask in (("row_types_left_out", types), ("cancelled_left_out", cancelled)):
        if mask.any():
            out = monthly[mask]
            names = sorted(set(out["row_type"]))
            params = {"count": int(out["rows"].sum()), "amount": int(out["units"].sum()) / 10_000, "types": names}
            issues.append(Issue("note", code, column="row_type", params=params))
    kept = monthly[~types & ~cancelled]
    credit = kept["row_type"].isin(found.credit).to_numpy()
    own = kept[credit]
    unsigned = len(own) > 0 and bool((own["least"] >= 0).all() and (own["units"] > 0).any())
    turned = profile.credit_notes != "negative" and unsigned
    no_purchase = types.copy()
    if turned:
        params = {"count": int(kept.loc[credit, "rows"].sum())}
        issues.append(Issue("warning", "credits_turned", column="amount", params=params))
        units, days = (np.where(credit, other, kept[key]) for key, other in (("units", -kept["units"]), ("days", 0)))
        no_purchase[np.flatnonzero(~types & ~cancelled)[credit]] = True
        kept = kept.assign(units=units, days=days)
    unsold = {
        "row_type": tuple(sorted(set(monthly.loc[no_purchase, "row_type"]))),
        "cancelled": tuple(sorted(set(monthly.loc[cancelled, "cancelled"]))),
    }
    return Settled(regrouped([kept]), issues, unsold)

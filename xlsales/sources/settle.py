"""Rows that are no sales, and credit notes without a minus, told from the aggregate by their type."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from xlsales.issues import Issue
from xlsales.sources import MONTHLY_COLUMNS
from xlsales.sources.marked import group_marks, left_out_groups, turned_groups
from xlsales.sources.profiles import Profile
from xlsales.sources.waist import quoted, regrouped


@dataclass(frozen=True)
class Settled:
    """monthly: the sales that are left, as the waist. issues: what was done.

    unsold: the types, as the source writes them, of rows that are no purchase: column → texts.
    turned: some amounts got a minus.
    """

    monthly: pd.DataFrame
    issues: list[Issue]
    unsold: Mapping[str, tuple[str, ...]]
    turned: bool = False

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
    marks = group_marks(monthly, profile)
    dropped = marks.types | marks.cancelled
    turned, notes = turned_groups(monthly, marks, ~dropped, profile.credit_notes)
    units = np.where(turned, -monthly["units"], monthly["units"])
    kept = monthly.assign(units=units, days=np.where(turned, 0, monthly["days"]))[~dropped]
    unsold = {
        "row_type": tuple(sorted(set(monthly.loc[marks.types | turned, "row_type"]))),
        "cancelled": tuple(sorted(set(monthly.loc[marks.cancelled, "cancelled"]))),
    }
    return Settled(regrouped([kept]), [*left_out_groups(monthly, marks), *notes], unsold, bool(turned.any()))

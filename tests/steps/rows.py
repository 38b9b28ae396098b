"""The revenue step on rows, for tests that write their ledger row by row."""

from __future__ import annotations

from datetime import date

import pandas as pd

from xlsales.sources import ENTRY_COLUMNS
from xlsales.sources.waist import aggregated
from xlsales.steps.revenue import Revenue, RevenueRules, cut_day, revenue

_NUMBERS = ("amount", "quantity", "cost")


def full_entries(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows with every column of a ledger entry, empty where the test says nothing."""
    known = rows.reset_index(drop=True).reindex(columns=list(ENTRY_COLUMNS))
    texts = [key for key in ENTRY_COLUMNS if key not in (*_NUMBERS, "invoice_date")]
    known[texts] = known[texts].astype(object).fillna("").astype("str")
    return known.astype(dict.fromkeys(_NUMBERS, "float64") | {"invoice_date": "datetime64[s]"})


def revenue_of(rows: pd.DataFrame, as_of: date, rules: RevenueRules = RevenueRules()) -> Revenue:
    """Aggregate the rows and analyse them."""
    read = aggregated(full_entries(rows), cut_day(as_of, rules.window_kind))
    return revenue(read.monthly, read.invoices, as_of, rules)

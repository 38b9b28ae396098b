"""What tests ask of a source that was read row by row."""

from __future__ import annotations

from xlsales.issues import Issue
from xlsales.sources import Rows


def codes(rows: Rows) -> list[str]:
    """The codes of all warnings, in order."""
    return [issue.code for issue in rows.warnings]


def issue(rows: Rows, code: str) -> Issue:
    """The first warning with a code."""
    return next(found for found in rows.warnings if found.code == code)


def customers(rows: Rows) -> dict[str, float]:
    """Revenue by customer, in öre."""
    return rows.entries.groupby("customer_no")["amount"].sum().round(2).to_dict()

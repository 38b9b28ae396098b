"""Where ledgers come from: a file outside becomes typed entries, and what cannot be used is set aside.

Importing this package is cheap: pandas and the readers are imported when a file is read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from xlsales.issues import Issue

if TYPE_CHECKING:
    import pandas as pd

REQUIRED: Final = ("invoice_date", "customer_no", "amount")
TEXTS: Final = (
    "customer_no", "customer", "invoice_no", "article", "article_group", "seller", "region", "currency", "row_type",
)  # fmt: skip
ENTRY_COLUMNS: Final = (
    "invoice_date", "customer_no", "customer", "amount", "invoice_no", "article", "article_group",
    "quantity", "cost", "seller", "region", "currency", "row_type",
)  # fmt: skip
REJECT_COLUMNS: Final = ("place", "column", "found", "why", "amount")

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class LedgerRead:
    """A ledger as it was read.

    source: as given. kind: "csv" or "xlsx".
    entries: one row per used ledger entry, in the order of the file, with :data:`ENTRY_COLUMNS`:
        invoice_date datetime64[s]; amount, quantity, cost float64 (amount in SEK excl. VAT, 4 decimals,
        credit notes negative; NaN where the source has no quantity or cost); the rest text,
        "" where the source has none.
    rejects: one row per entry set aside, with :data:`REJECT_COLUMNS`: place ("ledger.csv:14", "Blad1!C14"),
        column (ledger key, "" for the whole row), found (text), why (code),
        amount (float64, NaN where it cannot be read).
    rows: data rows seen, always len(entries) + len(rejects). Sums, repeated headings and empty rows are no data rows.
    columns: ledger key → heading in the file. reasons: ledger key → why it was chosen: "given", "exact",
        "synonym", "similar", "content" or "computed".
    warnings: what the user should know about the whole read.
    """

    source: str
    kind: str
    entries: pd.DataFrame
    rejects: pd.DataFrame
    rows: int
    columns: dict[str, str]
    reasons: dict[str, str]
    warnings: list[Issue]


def read_ledger(
    source: str | Path, *, columns: Mapping[str, str] | None = None, progress: Progress | None = None
) -> LedgerRead:
    """Read a sales ledger from a csv, txt or xlsx file; see :func:`xlsales.sources.ledger.read_ledger`."""
    from xlsales.sources import ledger

    return ledger.read_ledger(source, columns=columns, progress=progress)

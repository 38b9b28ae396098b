"""Where ledgers come from: files, folders, databases and bookkeeping files become one aggregate.

A reader gives rows (:class:`Rows`) or, where the engine can do it, the aggregate at once. Everything ranked or
cumulative is computed from the aggregate (:class:`LedgerRead`), by the same code for every source.
Importing this package is cheap: pandas and the readers are imported when a source is read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from xlsales.issues import Issue

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

REQUIRED: Final = ("invoice_date", "customer_no", "amount")
TEXTS: Final = (
    "customer_no", "customer", "invoice_no", "article", "article_group", "seller", "region", "currency", "row_type",
    "org_no",
)  # fmt: skip
ENTRY_COLUMNS: Final = (
    "invoice_date", "customer_no", "customer", "amount", "invoice_no", "article", "article_group",
    "quantity", "cost", "seller", "region", "currency", "row_type", "org_no",
)  # fmt: skip
REJECT_COLUMNS: Final = ("place", "column", "found", "why", "amount")

Progress = Callable[[int, int], None]

# A scheme and a colon; a single letter is a Windows drive.
_ADDRESS: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]+:")


def is_address(source: str) -> bool:
    """Whether a source is the address of a database rather than a path."""
    return bool(_ADDRESS.match(source))


@dataclass(frozen=True)
class ReadOptions:
    """How a source is to be read, where the choice made here is to be another.

    profile: the system it comes from, a key of ``workbook/profiles.toml``; "" finds it.
    columns: ledger key → heading. sheet: the sheet or table that is the ledger.
    dimension: the object dimension that holds the customer in a SIE file (8 unless told);
    seller_dimension: the one that holds the seller (7). accounts: turnover accounts, from and to;
    cost_accounts: accounts of goods sold in the same voucher.
    vat: "incl" or "excl" decides what an amount that may include VAT is. query: SQL for a database.
    """

    profile: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    sheet: str = ""
    dimension: int = 8
    seller_dimension: int = 7
    accounts: tuple[int, int] = (3000, 3799)
    cost_accounts: tuple[int, int] = (4000, 4999)
    vat: str = ""
    query: str = ""


@dataclass(frozen=True)
class Rows:
    """A source row by row.

    kind: what was read ("csv", "xlsx", "sie", …). profile: the system that was recognised, "" if none.
    entries: one row per used ledger entry, in the order of the source, with :data:`ENTRY_COLUMNS`:
        invoice_date datetime64[s]; amount, quantity, cost float64 (amount excl. VAT, 4 decimals,
        credit notes negative; NaN where the source has no quantity or cost); the rest text,
        "" where the source has none.
    rejects: one row per entry set aside, with :data:`REJECT_COLUMNS`: place ("ledger.csv:14", "Blad1!C14"),
        column (ledger key, "" for the whole row), found (text), why (code),
        amount (float64, NaN where it cannot be read).
    columns: ledger key → heading in the source. reasons: ledger key → why it was chosen: "given", "exact",
        "synonym", "similar", "content" or "computed".
    warnings: what the user should know about the whole read.
    control: the total that the source itself states for the same rows (SEK, revenue positive), None if it states none.
    """

    kind: str
    entries: pd.DataFrame
    rejects: pd.DataFrame
    columns: dict[str, str]
    reasons: dict[str, str]
    warnings: list[Issue]
    control: float | None = None
    profile: str = ""

    @property
    def count(self) -> int:
        """Data rows seen: used and set aside. Sums, repeated headings and empty rows are no data rows."""
        return len(self.entries) + len(self.rejects)


KEYS: Final = ("customer_no", "month", "seller", "article_group", "region", "currency")
MONTHLY_COLUMNS: Final = (
    *KEYS, "customer", "org_no", "rows", "units", "cost", "uncosted", "first", "last", "days",
)  # fmt: skip
INVOICE_COLUMNS: Final = ("customer_no", "month", "invoices")
ASIDE_COLUMNS: Final = ("why", "rows", "units")


@dataclass(frozen=True)
class Aggregate:
    """The narrow waist: a ledger of any size as sums per customer and month.

    monthly: one row per :data:`KEYS`, with :data:`MONTHLY_COLUMNS`. month is an integer, 12 × year + month − 1; a day
        after ``cut_day`` belongs to the month after. units and cost are int64 in 1/10 000 of the currency, cost
        summed over the rows that have one, uncosted counting those without. first and last are datetime64[s] of any
        entry; days has bit d − 1 set when something was bought on day d of a calendar month. customer and org_no are
        the last in the alphabet.
    invoices: distinct invoices with a positive amount per customer and month, with :data:`INVOICE_COLUMNS`;
        where the source has no invoice number every day counts as one.
    """

    monthly: pd.DataFrame
    invoices: pd.DataFrame
    cut_day: int = 31


@dataclass(frozen=True)
class LedgerRead:
    """A ledger as it was read.

    source: as given. kind, profile, columns, reasons, warnings, control: as in :class:`Rows`.
    aggregate: every entry that is used. aside: what is set aside, in full: why, rows, units (0 where unreadable).
    rejects: the first of the rows set aside, with :data:`REJECT_COLUMNS`.
    head: the first rows as they were understood, with :data:`ENTRY_COLUMNS`.
    choices: how it was to be read, as a person writes it.
    """

    source: str
    kind: str
    aggregate: Aggregate
    aside: pd.DataFrame
    rejects: pd.DataFrame
    columns: dict[str, str]
    reasons: dict[str, str]
    warnings: list[Issue]
    head: pd.DataFrame
    control: float | None = None
    profile: str = ""
    choices: str = ""

    @property
    def rows(self) -> int:
        """Data rows seen: used and set aside."""
        return int(self.aggregate.monthly["rows"].sum() + self.aside["rows"].sum())


def read_ledger(
    source: str | Path, options: ReadOptions = ReadOptions(), *, cut_day: int = 31, progress: Progress | None = None
) -> LedgerRead:
    """Read a sales ledger; see :func:`xlsales.sources.whole.read_ledger`."""
    from xlsales.sources import whole

    return whole.read_ledger(source, options, cut_day=cut_day, progress=progress)


def read_rows(path: Path, options: ReadOptions = ReadOptions(), progress: Progress | None = None) -> Rows:
    """One file row by row; see :func:`xlsales.sources.ledger.read_rows`."""
    from xlsales.sources import ledger

    return ledger.read_rows(path, options, progress)

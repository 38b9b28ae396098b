"""Ledgers brought home: every amount in the home currency, every customer under its number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pandas as pd

from xlsales.issues import Issue
from xlsales.sources import Aggregate, LedgerRead
from xlsales.sources.currencies import in_home
from xlsales.sources.names import apply_names, suggestions
from xlsales.sources.waist import UNITS, regrouped


@dataclass(frozen=True)
class Names:
    """reads: the ledgers with the names applied that a person has confirmed.

    table: one row per name without a number that has a suggestion: source_name, suggestion, suggested_name,
    similarity, state, revenue (SEK).
    """

    reads: list[LedgerRead]
    table: pd.DataFrame
    issues: list[Issue]


NAME_COLUMNS = ("source_name", "suggestion", "suggested_name", "similarity", "state", "revenue")


def at_home(read: LedgerRead, rates: pd.DataFrame, home: str) -> LedgerRead:
    """The ledger in the home currency; rows without a rate are set aside.

    rates: currency, from_date, rate (home currency per unit).
    """
    if not (read.aggregate.monthly["currency"] != "").any():
        return read
    monthly, aside, issues = in_home(read.aggregate.monthly, rates, home)
    invoices = read.aggregate.invoices
    if len(aside):
        kept = monthly[["customer_no", "month"]].drop_duplicates()
        invoices = invoices.merge(kept, on=["customer_no", "month"])
    whole = Aggregate(regrouped([monthly]), invoices, read.aggregate.cut_day)
    every = pd.concat([read.aside, aside], ignore_index=True) if len(aside) else read.aside
    return replace(read, aggregate=whole, aside=every, warnings=[*read.warnings, *issues])


def no_rates() -> pd.DataFrame:
    """A table of rates without any."""
    return pd.DataFrame({"currency": [], "from_date": pd.to_datetime([]), "rate": []})


def named(reads: Sequence[LedgerRead], register: pd.DataFrame, confirmed: pd.DataFrame) -> Names:
    """Apply the names a person has confirmed and suggest numbers for the others; nothing is merged by itself.

    register: customers with customer_no and customer. confirmed: source_name, customer_no, accept, suggestion.
    """
    mapping = _confirmed(confirmed)
    done = [_applied(read, mapping) for read in reads] if mapping else list(reads)
    revenue = _by_name(reads)
    if revenue.empty:
        return Names(done, pd.DataFrame(columns=list(NAME_COLUMNS)), [])
    numbers = register[(register["customer_no"] != "") & (register["customer_no"] != register["customer"])]
    found = suggestions(list(revenue.index), numbers[["customer_no", "customer", "org_no"]])
    known = numbers.drop_duplicates("customer_no").set_index("customer_no")["customer"]
    table = found[found["customer_no"] != ""].rename(columns={"customer_no": "suggestion"})
    table = table.assign(
        suggested_name=[str(known.get(number, number)) for number in table["suggestion"]],
        revenue=[float(revenue[name]) / UNITS for name in table["source_name"]],
    )
    count = len(set(table["source_name"]) - set(mapping))
    issues = [Issue("note", "names_suggested", "name_map", row=-1, params={"count": count})] if count else []
    return Names(done, table[list(NAME_COLUMNS)], issues)


def _confirmed(rows: pd.DataFrame) -> dict[str, str]:
    """Name → number, as written or as suggested and accepted."""
    number = rows["customer_no"].where(rows["customer_no"] != "", rows["suggestion"].where(rows["accept"], ""))
    return {str(name): str(no) for name, no in zip(rows["source_name"], number, strict=True) if name and no}


def _applied(read: LedgerRead, mapping: dict[str, str]) -> LedgerRead:
    monthly = regrouped([apply_names(read.aggregate.monthly, mapping)])
    invoices = apply_names(read.aggregate.invoices, mapping).groupby(["customer_no", "month"], as_index=False).sum()
    return replace(read, aggregate=Aggregate(monthly, invoices, read.aggregate.cut_day))


def _by_name(reads: Sequence[LedgerRead]) -> pd.Series[int]:
    """Revenue in units of the customers that only have a name, by that name."""
    frames = [read.aggregate.monthly[["customer_no", "customer", "units"]] for read in reads]
    if not frames:
        return pd.Series(dtype="int64")
    rows = pd.concat(frames, ignore_index=True)
    nameless = (rows["customer_no"] == rows["customer"]) & rows["customer_no"].str.contains("[^0-9]", regex=True)
    return rows[nameless].groupby("customer_no")["units"].sum()

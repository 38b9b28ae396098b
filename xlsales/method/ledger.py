"""The ledger of a run: from the files given, those remembered, or the workbook's own table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from xlsales.hosts import Link
from xlsales.issues import Issue
from xlsales.method.book import Book
from xlsales.sources import ENTRY_COLUMNS, LedgerRead, Progress, read_ledger


@dataclass(frozen=True)
class LedgerInput:
    """entries of all sources, one row per source for ``ledger_sources``, and the issues."""

    entries: pd.DataFrame
    sources: pd.DataFrame
    issues: list[Issue]


def gather_ledger(book: Book, given: Sequence[str], progress: Progress | None = None) -> LedgerInput:
    """Read the sources given; else the workbook's table if it has rows; else the sources it remembers."""
    remembered = book.parsed("ledger_sources").good
    table = book.parsed("ledger")
    filled = len(table.frame) > 0
    issues: list[Issue] = []
    if given or not filled:
        files = remembered[remembered["kind"] != TABLE]
        names = list(dict.fromkeys(given)) or [s for s in files["source"] if s]
        reads = [read_ledger(name, progress=progress) for name in names]
        if filled and given:
            issues.append(Issue("note", "ledger_not_table", "ledger", row=-1, params={"sources": ", ".join(names)}))
    else:
        reads = [_read_table(book)]
    issues += [issue for read in reads for issue in _issues(read)]
    entries = pd.concat([r.entries for r in reads], ignore_index=True) if reads else _no_entries()
    return LedgerInput(entries, pd.DataFrame([summary(r) for r in reads], columns=_SUMMARY), issues)


TABLE = "table"
_SUMMARY = ["source", "kind", "rows", "rejected", "total", "control_total", "unassigned", "difference"]


def _no_entries() -> pd.DataFrame:
    frame = pd.DataFrame("", index=range(0), columns=list(ENTRY_COLUMNS), dtype=object)
    numbers = ("amount", "quantity", "cost")
    return frame.astype({"invoice_date": "datetime64[s]"} | dict.fromkeys(numbers, "float64"))


def _read_table(book: Book) -> LedgerRead:
    """The workbook's own ledger table, typed like any other ledger."""
    from xlsales.sources.entries import type_entries

    parsed = book.parsed("ledger")
    keys = {heading: key for key, heading in parsed.headings.items()}
    raw = parsed.raw.loc[parsed.frame.index, list(keys)].rename(columns=keys)
    rows = raw.index.to_numpy()

    def place(position: int, key: str) -> str:
        cell = book.cell(Issue("note", "", "ledger", key, int(rows[position])))
        return cell.text if isinstance(cell, Link) else cell

    typed = type_entries(raw.reset_index(drop=True), place)
    count = len(typed.entries) + len(typed.rejects)
    columns = dict(parsed.headings)
    name = book.schema.sheets["ledger"].name[book.language]
    return LedgerRead(name, TABLE, typed.entries, typed.rejects, count, columns, {}, list(typed.issues))


def summary(read: LedgerRead) -> dict[str, Any]:
    """Counts and sums of a source; before = used + set aside, to the öre."""
    total = ledger_sum(read.entries["amount"])
    aside = read.rejects["amount"].astype("float64").dropna()
    unassigned = ledger_sum(read.rejects.loc[read.rejects["why"] == "no_customer", "amount"].astype("float64").dropna())
    control = round(total + ledger_sum(aside), 4)
    return {
        "source": read.source,
        "kind": read.kind,
        "rows": read.rows,
        "rejected": len(read.rejects),
        "total": total,
        "control_total": control,
        "unassigned": unassigned,
        "difference": round(control - total - unassigned, 4),
    }


def ledger_sum(amounts: pd.Series[Any]) -> float:
    """Exact sum of amounts with at most four decimals."""
    return int(np.rint(amounts.to_numpy(np.float64) * 10_000).astype(np.int64).sum()) / 10_000


def _issues(read: LedgerRead) -> list[Issue]:
    name = "ledger" if read.kind == TABLE else ""
    rejects = [
        Issue("error", f"ledger_{why}", place=place, found=found)
        for place, found, why in zip(read.rejects["place"], read.rejects["found"], read.rejects["why"], strict=True)
    ]
    source = "" if name else read.source
    return [replace(w, table=w.table or name, place=w.place or source) for w in read.warnings] + rejects


def choose_as_of(entries: pd.DataFrame, wanted: date | None, today: date) -> tuple[date, list[Issue]]:
    """The analysis date: as asked, else the end of the last complete month; and what is left out by it."""
    issues: list[Issue] = []
    days = entries["invoice_date"]
    past = days[days <= pd.Timestamp(today)]
    if wanted is not None:
        as_of = wanted
    elif past.empty:
        as_of = today
    else:
        last = past.max().normalize()
        as_of = last_complete_day(last).date()
        if as_of < last.date():
            params = {"last": last.date(), "as_of": as_of}
            issues.append(Issue("note", "incomplete_month", place="", found=last.date().isoformat(), params=params))
    later = entries[days > pd.Timestamp(as_of) + pd.Timedelta(hours=23, minutes=59, seconds=59)]
    if len(later):
        params = {"as_of": as_of, "count": len(later), "amount": ledger_sum(later["amount"])}
        last_day = later["invoice_date"].max().date().isoformat()
        issues.append(Issue("note", "entries_later", found=last_day, params=params))
    return as_of, issues


def last_complete_day(last: pd.Timestamp) -> pd.Timestamp:
    """The month's end when the last entry is on its last weekday or later, else the end of the month before."""
    end = last + pd.offsets.MonthEnd(0)
    last_weekday = end if end.weekday() < 5 else end - pd.offsets.BDay(1)
    return end if last >= last_weekday else end - pd.offsets.MonthEnd(1)

"""The ledger of a run: from the files given, those remembered, or the workbook's own table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from xlsales.hosts import Link
from xlsales.issues import CannotRead, Issue
from xlsales.method.book import Book
from xlsales.sources import ENTRY_COLUMNS, LedgerRead, Progress, read_ledger


@dataclass(frozen=True)
class LedgerInput:
    """entries of all sources, one row per source for ``ledger_sources``, and the issues.

    away: remembered files that are not where they were; then nothing was read.
    """

    entries: pd.DataFrame
    sources: pd.DataFrame
    issues: list[Issue]
    away: tuple[str, ...] = ()


def gather_ledger(book: Book, given: Sequence[str], folder: Path, progress: Progress | None = None) -> LedgerInput:
    """Read the sources given; else the workbook's table if it has rows; else the sources it remembers.

    folder: the workbook's; remembered files are sought from it, so that they may move together.
    """
    remembered = book.parsed("ledger_sources").good
    files = [s for s, kind in zip(remembered["source"], remembered["kind"], strict=True) if s and kind != TABLE]
    filled = len(book.parsed("ledger").frame) > 0
    if filled and not given:
        reads, issues = [_read_table(book)], _not_read(files)
    else:
        paths = [Path(name).absolute() for name in given] or [folder / name for name in files]
        away = tuple(str(path) for path in paths if not given and not path.is_file())
        if away:
            missing = [Issue("error", "ledger_source_away", "ledger_sources", "source", -1, found=p) for p in away]
            return LedgerInput(_no_entries(), pd.DataFrame(columns=_SUMMARY), missing, away)
        reads = [_read_file(path, folder, progress) for path in dict.fromkeys(p.resolve() for p in paths)]
        names = ", ".join(read.source for read in reads)
        told = Issue("note", "ledger_not_table", "ledger", row=-1, params={"sources": names})
        issues = [told] if filled else []
        if given and not any(len(read.entries) for read in reads):
            raise CannotRead("ledger_no_rows", path=names)
    issues += [issue for read in reads for issue in _issues(read)]
    entries = pd.concat([r.entries for r in reads], ignore_index=True) if reads else _no_entries()
    return LedgerInput(entries, pd.DataFrame([summary(r) for r in reads], columns=_SUMMARY), issues)


def _not_read(files: list[str]) -> list[Issue]:
    """The workbook's own rows go before remembered files, which must be said."""
    params = {"sources": ", ".join(files)}
    return [Issue("warning", "ledger_not_sources", "ledger_sources", "source", -1, params=params)] if files else []


def _read_file(path: Path, folder: Path, progress: Progress | None) -> LedgerRead:
    """A file, remembered by its place under the workbook's folder, else by its whole path."""
    read = read_ledger(path, progress=progress)
    place = path.relative_to(folder).as_posix() if path.is_relative_to(folder) else str(path)
    return replace(read, source=place)


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
    days = entries["invoice_date"].dt.normalize()
    past = days[days <= pd.Timestamp(today)]
    if wanted is not None:
        as_of = wanted
    elif past.empty:
        as_of = today
    else:
        last = past.max()
        as_of = last_complete_day(past, today).date()
        if as_of < last.date():
            params = {"last": last.date(), "as_of": as_of}
            issues.append(Issue("note", "incomplete_month", place="", found=last.date().isoformat(), params=params))
    later = entries[days > pd.Timestamp(as_of)]
    if len(later):
        params = {"as_of": as_of, "count": len(later), "amount": ledger_sum(later["amount"])}
        last_day = later["invoice_date"].max().date().isoformat()
        issues.append(Issue("note", "entries_later", found=last_day, params=params))
    return as_of, issues


def last_complete_day(days: pd.Series[Any], today: date) -> pd.Timestamp:
    """The end of the last month that the entries fill, else the end of the month before.

    A month is filled when its last entry is on its last weekday or later; or when the month is over
    and the silence at its end is no longer than twice the usual silence between entries.
    """
    known = np.sort(days.unique())
    last = pd.Timestamp(known[-1])
    end = last + pd.offsets.MonthEnd(0)
    last_weekday = end if end.weekday() < 5 else end - pd.offsets.BDay(1)
    gaps = np.diff(known).astype("timedelta64[D]").astype(np.int64)
    usual = float(np.quantile(gaps, 0.9)) if len(gaps) else float("inf")
    quiet = (end - last).days <= 2 * usual and pd.Timestamp(today) > end
    return end if last >= last_weekday or quiet else end - pd.offsets.MonthEnd(1)

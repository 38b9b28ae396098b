"""The ledger of a run: from the sources given, those remembered, or the workbook's own table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import pandas as pd

from xlsales.hosts import Link
from xlsales.issues import CannotRead, Issue, WrongUse
from xlsales.method.book import Book
from xlsales.sources import Aggregate, LedgerRead, Progress, ReadOptions, Rows, is_address, read_ledger
from xlsales.sources.choices import read_choices, written_choices
from xlsales.sources.home import Names, at_home, named
from xlsales.sources.ledger import from_rows
from xlsales.sources.waist import UNITS, joined, nothing

TABLE: Final = "table"
_SUMMARY: Final = (
    "source", "kind", "profile", "choices", "rows", "rejected", "total", "control_total", "unassigned", "difference",
)  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """What a run asks of the ledger: sources and how to read them; cut_day of the analysis date."""

    sources: Sequence[str]
    options: ReadOptions
    cut_day: int
    progress: Progress | None = None


@dataclass(frozen=True)
class LedgerInput:
    """The aggregate of all sources, one row per source for ``ledger_sources``, and the issues.

    names: what the ledger calls customers that have no number, with suggestions, for ``name_map``.
    away: remembered files that are not where they were; then nothing was read.
    """

    aggregate: Aggregate
    sources: pd.DataFrame
    issues: list[Issue]
    names: Names | None = None
    away: tuple[str, ...] = ()


def gather_ledger(book: Book, asked: Asked, folder: Path, home: str) -> LedgerInput:
    """Read the sources given; else the workbook's table if it has rows; else the sources it remembers.

    folder: the workbook's; remembered files are sought from it, so that they may move together. home: currency.
    """
    remembered = _remembered(book)
    filled = len(book.parsed("ledger").frame) > 0
    if filled and not asked.sources:
        read = at_home(_read_table(book, asked.cut_day), book.parsed("rates").good, home)
        return _whole(book, [read], _not_read(list(remembered)), asked.cut_day)
    wanted = {name: _given(asked, remembered, name, folder) for name in asked.sources} or remembered
    places = {name: _found(name, Path() if asked.sources else folder) for name in wanted}
    away = tuple(place for place in places.values() if not asked.sources and not _is_there(place))
    if away:
        missing = [Issue("error", "ledger_source_away", "ledger_sources", "source", -1, found=p) for p in away]
        return LedgerInput(nothing(asked.cut_day), pd.DataFrame(columns=list(_SUMMARY)), missing, away=away)
    rates = book.parsed("rates").good
    reads = [at_home(_read(places[name], wanted[name], asked, folder), rates, home) for name in wanted]
    names = ", ".join(read.source for read in reads)
    told = Issue("note", "ledger_not_table", "ledger", row=-1, params={"sources": names})
    if asked.sources and not any(len(read.aggregate.monthly) for read in reads):
        raise CannotRead("ledger_no_rows", path=names)
    return _whole(book, reads, [told] if filled else [], asked.cut_day)


def _remembered(book: Book) -> dict[str, ReadOptions]:
    """The sources the workbook remembers and how they are read."""
    rows = book.parsed("ledger_sources").good
    kept = rows[(rows["source"] != "") & (rows["kind"] != TABLE)]
    return {
        source: read_choices([choices], profile)
        for source, profile, choices in zip(kept["source"], kept["profile"], kept["choices"], strict=True)
    }


def _given(asked: Asked, remembered: dict[str, ReadOptions], name: str, folder: Path) -> ReadOptions:
    """How a given source is read: as asked, else as it was read the last time."""
    known = remembered.get(_place(_found(name, Path()), folder))
    return known if known is not None and asked.options == ReadOptions() else asked.options


def _found(name: str, folder: Path) -> str:
    return name if is_address(name) else str((folder / name).absolute())


def _is_there(place: str) -> bool:
    return is_address(place) or Path(place).exists() or any(Path(place).parent.glob(Path(place).name))


def _place(place: str, folder: Path) -> str:
    """What a source is remembered by: its place under the workbook's folder, else its whole path or address."""
    path = Path(place)
    if is_address(place) or not path.is_relative_to(folder):
        return place
    return path.relative_to(folder).as_posix()


def _read(place: str, options: ReadOptions, asked: Asked, folder: Path) -> LedgerRead:
    read = read_ledger(place, options, cut_day=asked.cut_day, progress=asked.progress)
    source = read.source if is_address(place) else _place(place, folder)
    return replace(read, source=source, choices=written_choices(options), profile=options.profile or read.profile)


def _not_read(files: list[str]) -> list[Issue]:
    """The workbook's own rows go before remembered files, which must be said."""
    params = {"sources": ", ".join(files)}
    return [Issue("warning", "ledger_not_sources", "ledger_sources", "source", -1, params=params)] if files else []


def _whole(book: Book, reads: list[LedgerRead], issues: list[Issue], cut_day: int) -> LedgerInput:
    """All sources with customers' names mapped, as one aggregate."""
    names = named(reads, book.parsed("customers").good, book.parsed("name_map").good)
    issues += [issue for read in names.reads for issue in _issues(read)] + names.issues
    whole = joined([read.aggregate for read in names.reads]) if reads else nothing(cut_day)
    sources = pd.DataFrame([summary(read) for read in names.reads], columns=list(_SUMMARY))
    return LedgerInput(whole, sources, issues, names)


def _read_table(book: Book, cut_day: int) -> LedgerRead:
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
    name = book.schema.sheets["ledger"].name[book.language]
    read = Rows(TABLE, typed.entries, typed.rejects, dict(parsed.headings), {}, list(typed.issues))
    return from_rows(name, read, cut_day)


def summary(read: LedgerRead) -> dict[str, Any]:
    """Counts and sums of a source; the control total = used + unassigned + difference, to the öre.

    Where the source states no control total it is everything read, so the difference is what is set aside otherwise.
    """
    total = int(read.aggregate.monthly["units"].sum())
    aside = int(read.aside["units"].sum())
    unassigned = int(read.aside.loc[read.aside["why"] == "no_customer", "units"].sum())
    control = total + aside if read.control is None else round(read.control * UNITS)
    return {
        "source": read.source,
        "kind": read.kind,
        "profile": read.profile,
        "choices": read.choices,
        "rows": read.rows,
        "rejected": int(read.aside["rows"].sum()),
        "total": total / UNITS,
        "control_total": control / UNITS,
        "unassigned": unassigned / UNITS,
        "difference": (control - total - unassigned) / UNITS,
    }


def _issues(read: LedgerRead) -> list[Issue]:
    name = "ledger" if read.kind == TABLE else ""
    listed = read.rejects
    rejects = [
        Issue("error", f"ledger_{why}", place=place, found=found)
        for place, found, why in zip(listed["place"], listed["found"], listed["why"], strict=True)
    ]
    source = "" if name else read.source
    shown = listed["why"].value_counts()
    more = [
        Issue("error", "more_of_same", name, place=source, row=-1, params={"count": int(rest)})
        for why, count in zip(read.aside["why"], read.aside["rows"], strict=True)
        # Rows without a rate are told by currency.
        if why != "no_rate" and (rest := count - shown.get(why, 0)) > 0
    ]
    return [replace(w, table=w.table or name, place=w.place or source) for w in read.warnings] + rejects + more


def check_sources(sources: Sequence[str], options: ReadOptions) -> None:
    """Choices of how to read belong to a source."""
    if options != ReadOptions() and not sources:
        raise WrongUse("choices_without_ledger")

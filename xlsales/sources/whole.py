"""A source as a whole: a database, or files of every kind that together are one ledger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from xlsales.issues import CannotRead, Issue
from xlsales.sources import LedgerRead, Progress, ReadOptions, Rows
from xlsales.sources.archives import Member, Members, as_shown, opened
from xlsales.sources.databases.addresses import is_database, masked
from xlsales.sources.files import kind_of
from xlsales.sources.identity import checked
from xlsales.sources.ledger import HEAD_ENTRIES, LARGE, MOST_REJECTS, from_rows, read_rows
from xlsales.sources.waist import joined

_BOOKS = ("sie", "sie5", "saft")
_COLUMNS = ("parquet", "arrow")
_DATABASES = ("sqlite", "duckdb")


def read_ledger(
    source: str | Path, options: ReadOptions = ReadOptions(), *, cut_day: int = 31, progress: Progress | None = None
) -> LedgerRead:
    """Read a sales ledger as the aggregate.

    source: a file, a folder, a pattern, an archive or the address of a database.
    progress: called with rows done and rows in all, about; for a database with stages.

    Raises CannotRead as :func:`xlsales.sources.ledger.read_rows`, :func:`xlsales.sources.archives.opened`
    and :func:`xlsales.sources.databases.read.read_database`.
    """
    if is_database(str(source)):
        from xlsales.sources.databases.read import read_database

        read = read_database(str(source), options, cut_day, progress)
        return _checked(replace(read, source=masked(str(source))))
    try:
        with opened(source) as members:
            return _checked(_together(str(source), *_read(members, options, cut_day, progress)))
    except CannotRead as error:
        # A file that was given by itself is known by the whole of its path.
        known = str(error.params.get("path", ""))
        whole = str(Path(source).parent / known) if known.split("/")[0] == Path(source).name else known
        raise CannotRead(error.code, **{**error.params, "path": whole}) from None


def _read(
    members: Members, options: ReadOptions, cut_day: int, progress: Progress | None
) -> tuple[Members, list[LedgerRead]]:
    """The files that are ledgers, and what they hold; the others are named, unless there are no others."""
    reads, files = [], []
    others: dict[str, CannotRead] = {}
    for member in members.files:
        try:
            reads.append(_member(member, options, cut_day, progress))
            files.append(member)
        except CannotRead as error:
            others[member.name] = error
    if not reads:
        raise next(iter(others.values()))
    params = {"files": list(others), "count": len(others)}
    left_out = [Issue("warning", "files_without_ledger", params=params)] if others else []
    return Members(files, [*members.warnings, *left_out]), reads


def _member(member: Member, options: ReadOptions, cut_day: int, progress: Progress | None) -> LedgerRead:
    try:
        return _one(member.path, options, cut_day, progress)
    except CannotRead as error:
        raise as_shown(error, member) from None


def _one(path: Path, options: ReadOptions, cut_day: int, progress: Progress | None) -> LedgerRead:
    kind = kind_of(path)
    if kind in _BOOKS:
        return from_rows(str(path), _book(path, kind, options), cut_day)
    if kind in _COLUMNS:
        from xlsales.sources.columnar import read_columnar

        return read_columnar(path, kind, options, cut_day, progress)
    if kind in _DATABASES:
        from xlsales.sources.databases.read import read_database

        return read_database(str(path), options, cut_day, progress)
    if kind == "csv" and path.stat().st_size >= LARGE:
        from xlsales.sources.large import read_large

        read = read_large(path, options, cut_day, progress)
        if read is not None:
            return read
    return from_rows(str(path), read_rows(path, options, progress), cut_day)


def _book(path: Path, kind: str, options: ReadOptions) -> Rows:
    if kind == "sie":
        from xlsales.sources.bookkeeping.sie import read_sie

        return read_sie(path, options)
    if kind == "sie5":
        from xlsales.sources.bookkeeping.sie5 import read_sie5

        return read_sie5(path, options)
    from xlsales.sources.bookkeeping.saft import read_saft

    return read_saft(path, options)


def _together(source: str, members: Members, reads: Sequence[LedgerRead]) -> LedgerRead:
    """Several files as one ledger. A control total holds only where every file states one."""
    first = reads[0]
    if len(reads) == 1:
        return replace(first, source=source, warnings=[*members.warnings, *first.warnings])
    controls = [read.control for read in reads]
    aside = pd.concat([read.aside for read in reads], ignore_index=True).groupby("why", as_index=False).sum()
    kinds = sorted({read.kind for read in reads})
    return replace(
        first,
        source=source,
        kind=kinds[0] if len(kinds) == 1 else "+".join(kinds),
        aggregate=joined([read.aggregate for read in reads]),
        aside=aside,
        rejects=pd.concat([read.rejects for read in reads], ignore_index=True).head(MOST_REJECTS),
        warnings=[*members.warnings, *_placed(members, reads)],
        head=pd.concat([read.head for read in reads], ignore_index=True).head(HEAD_ENTRIES),
        control=None if None in controls else sum(filter(None, controls)),
        profile=first.profile if len({read.profile for read in reads}) == 1 else "",
    )


def _placed(members: Members, reads: Sequence[LedgerRead]) -> list[Issue]:
    """The warnings of every file with the file's name."""
    return [
        issue if issue.place else replace(issue, place=member.name)
        for member, read in zip(members.files, reads, strict=True)
        for issue in read.warnings
    ]


def _checked(read: LedgerRead) -> LedgerRead:
    """Organisation numbers checked and normalised, personal numbers told."""
    monthly, issues = checked(read.aggregate.monthly)
    changed: dict[str, Any] = {"aggregate": replace(read.aggregate, monthly=monthly)} if issues else {}
    return replace(read, warnings=[*read.warnings, *issues], **changed)

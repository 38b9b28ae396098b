"""Read a sales ledger from a file: find the headings, choose the columns, type the cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.compute as pc

from xlsales.issues import CannotRead, Issue
from xlsales.sources import ASIDE_COLUMNS, ENTRY_COLUMNS, Aggregate, LedgerRead, Progress, ReadOptions, Rows
from xlsales.sources.dates import read_dates
from xlsales.sources.entries import Place, Style, Typed, type_entries
from xlsales.sources.files import WORKBOOKS, kind_of
from xlsales.sources.grid import Grid
from xlsales.sources.headings import Headings, find_headings, match_row, nearest, with_content, with_similar
from xlsales.sources.numbers import read_numbers
from xlsales.sources.profiles import profile_named
from xlsales.sources.rowtypes import MARKS
from xlsales.sources.shapes import Mask
from xlsales.sources.stacked import stacked
from xlsales.sources.texts import as_text
from xlsales.sources.waist import aggregated, units_of

LARGE = 4 * 1024 * 1024
MOST_REJECTS = 1000
HEAD_ENTRIES = 10
_SAMPLE_ROWS = 200
_MOSTLY = 0.9


def read_rows(path: Path, options: ReadOptions = ReadOptions(), progress: Progress | None = None) -> Rows:
    """Read one file row by row.

    progress: called with rows done and rows in all, about.

    Raises CannotRead: missing_file, html_not_ledger, unknown_ledger, encrypted_workbook, damaged_workbook
    (path, detail), ledger_columns (path, missing, headings, nearest).
    """
    kind = kind_of(path)
    if kind in WORKBOOKS:
        from xlsales.sources.sheets import read_grids

        grids = read_grids(path, kind, options)
    elif kind == "csv":
        from xlsales.sources.choice import ledger_grids
        from xlsales.sources.delimited import read_delimited

        grids = ledger_grids(path, read_delimited(path, options.columns, progress), options)
    else:
        raise CannotRead("unknown_ledger", path=str(path), detail=kind)
    found = [headings_of(path, grid, options) for grid in grids]
    tables = list(zip(grids, found, strict=True))
    raw, place = stacked([(body_of(*table), placer_of(*table)) for table in tables])
    typed = type_entries(raw, place, _one_style([style_of(*table, options.vat) for table in tables]))
    if progress:
        progress(len(raw), len(raw))
    return result_of(kind, grids[0], found[0], typed)


def _one_style(styles: list[Style]) -> Style:
    """The style of several tables of one file; they differ only in which rows are shifted."""
    shifted = [style.shifted for style in styles if style.shifted is not None]
    return replace(styles[0], shifted=np.concatenate(shifted)) if shifted else styles[0]


def from_rows(source: str, rows: Rows, cut_day: int = 31) -> LedgerRead:
    """The aggregate of a source that was read row by row."""
    read = from_parts(source, rows, aggregated(rows.entries, cut_day), rows.entries.head(HEAD_ENTRIES))
    empty = [] if rows.count else [Issue("warning", "ledger_empty", params={"source": source})]
    return replace(read, warnings=[*read.warnings, *empty])


def from_parts(source: str, rows: Rows, aggregate: Aggregate, head: pd.DataFrame) -> LedgerRead:
    """A ledger whose entries are aggregated already; ``rows`` tells the rest."""
    listed = rows.rejects.assign(units=units_of(rows.rejects["amount"]))
    aside = listed.groupby("why", sort=True).agg(rows=("units", "size"), units=("units", "sum")).reset_index()
    return LedgerRead(
        source=source,
        kind=rows.kind,
        aggregate=aggregate,
        aside=aside[list(ASIDE_COLUMNS)],
        rejects=rows.rejects.head(MOST_REJECTS),
        columns=rows.columns,
        reasons=rows.reasons,
        warnings=rows.warnings,
        head=head,
        control=rows.control,
        profile=rows.profile,
    )


def headings_of(path: Path, grid: Grid, options: ReadOptions) -> Headings:
    """The headings of a table, the columns chosen for it; raises CannotRead ledger_columns."""
    head, given = grid.head(), options.columns
    found = find_headings(head, given, options.profile)
    if found is None:
        texts = tuple(max(head, key=lambda row: sum(map(bool, row)), default=()))
        found = match_row(texts, given, 0, 1)
        raise _columns_missing(path, replace(found, columns={}, reasons={}))
    found = with_similar(found)
    if found.missing():
        found = with_content(found, {
            "invoice_date": lambda column: _looks_like_dates(_sample(grid, found.body, column)),
            "amount": lambda column: _looks_like_money(_sample(grid, found.body, column)),
        })  # fmt: skip
    absent = [key for key in given if found.reasons.get(key) != "given"]
    if found.missing() or absent:
        raise _columns_missing(path, found, absent)
    return found


def _columns_missing(path: Path, found: Headings, absent: list[str] | None = None) -> CannotRead:
    missing = list(dict.fromkeys([*found.missing(), *(absent or [])]))
    headings = [text for text in found.texts if text]
    free = [text for place, text in enumerate(found.texts) if text and place not in found.columns.values()]
    near = {key: heading for key in missing if (heading := nearest(key, free))}
    return CannotRead("ledger_columns", path=str(path), missing=missing, headings=headings, nearest=near)


def _sample(grid: Grid, first: int, column: int) -> pd.Series[str]:
    cells: pd.Series[str] = as_text(grid.below(first)[column].head(_SAMPLE_ROWS)).to_pandas().astype("str")
    return cells[cells != ""]


def _looks_like_dates(cells: pd.Series[str]) -> bool:
    parted = cells.str.contains(r"[-/.]", regex=True)
    return bool(len(cells) and (parted & ~read_dates(cells).unreadable).mean() >= _MOSTLY)


def _looks_like_money(cells: pd.Series[str]) -> bool:
    if not len(cells) or _looks_like_dates(cells):
        return False
    decimals = cells.str.contains(r"[.,]\d{1,2}\D*$", regex=True)
    return bool((~read_numbers(cells).unreadable).mean() >= _MOSTLY and decimals.mean() >= 0.5)


def body_of(grid: Grid, headings: Headings) -> pd.DataFrame:
    """The rows below the headings, the columns of the ledger under their key."""
    names = {position: key for key, position in headings.columns.items()}
    return grid.below(headings.body).rename(columns=names)


def placer_of(grid: Grid, headings: Headings) -> Place:
    """(row of the body, ledger key) → where that is."""
    columns = {"customer_no": headings.columns.get("customer", -1), **headings.columns}

    def place(row: int, key: str) -> str:
        return grid.place(headings.body + row, columns.get(key, -1))

    return place


def style_of(grid: Grid, headings: Headings, vat: str = "") -> Style:
    """How the cells of a table are written; vat: "incl" or "excl" as told by the user."""
    shifted = shifted_rows(grid.below(headings.body), headings) if grid.strict_width else None
    named = {key: headings.heading(key) for key in headings.columns}
    profile = profile_named(headings.profile)
    return Style(grid.machine_point, grid.comma_first, named, shifted, profile, vat)


def shifted_rows(body: pd.DataFrame, headings: Headings) -> Mask:
    """Rows with cells to the right of the last heading."""
    shifted = np.zeros(len(body), dtype=np.bool_)
    for column in (name for name in body.columns if isinstance(name, int) and name >= headings.width()):
        shifted |= pc.not_equal(as_text(body[column]), "").to_numpy(zero_copy_only=False)
    return shifted


def result_of(kind: str, grid: Grid, headings: Headings, typed: Typed) -> Rows:
    """What was read of one table, with the columns chosen and what the user should know."""
    columns, reasons = _chosen(headings, typed)
    warnings = [*grid.warnings, *typed.issues]
    if "customer_no" not in headings.columns:
        heading = headings.heading("customer")
        columns["customer_no"], reasons["customer_no"] = heading, reasons["customer"]
        warnings.append(
            Issue("note", "name_as_number", column="customer_no", found=heading, params={"heading": heading})
        )
    warnings += [
        Issue(
            "warning", "column_guessed", column=key, found=columns[key], params={"heading": columns[key], "reason": why}
        )
        for key, why in reasons.items()
        if why in ("similar", "content")
    ]
    taken = {headings.columns[key] for key in _used_keys(headings, typed)}
    unused = [text for position, text in enumerate(headings.texts) if text and position not in taken]
    if unused:
        warnings.append(Issue("note", "columns_unused", params={"headings": unused, "count": len(unused)}))
    return Rows(kind, typed.entries, typed.rejects, columns, reasons, warnings, profile=headings.profile)


def _used_keys(headings: Headings, typed: Typed) -> list[str]:
    """The keys of all columns that had a part in the result."""
    parts = (*MARKS, typed.cost, *typed.parts)
    return [key for key in dict.fromkeys((*ENTRY_COLUMNS, *parts)) if key in headings.columns]


def _chosen(headings: Headings, typed: Typed) -> tuple[dict[str, str], dict[str, str]]:
    """Ledger key → heading and reason, with what the amount is made of."""
    columns = {key: headings.heading(key) for key in ENTRY_COLUMNS if key in headings.columns}
    reasons = {key: headings.reasons[key] for key in columns}
    if typed.parts and typed.parts != ("amount",):
        columns["amount"], reasons["amount"] = _made_of(headings, typed.parts)
    if typed.cost and typed.cost != "cost":
        sign = " − " if typed.cost == "contribution" else " × "
        first = columns["amount"] if typed.cost == "contribution" else columns.get("quantity", "")
        columns["cost"], reasons["cost"] = f"{first}{sign}{headings.heading(typed.cost)}", "computed"
    return columns, reasons


def _made_of(headings: Headings, parts: Sequence[str]) -> tuple[str, str]:
    """What the amount was made of in words, and why."""
    known = [key for key in parts if key in headings.columns]
    if len(known) == 1:
        return headings.heading(known[0]), headings.reasons[known[0]]
    between = " × " if {"quantity", "unit_price", "net_price"} & set(known) else " − "
    return between.join(headings.heading(key) for key in known), "computed"

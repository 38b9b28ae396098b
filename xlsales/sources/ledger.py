"""Read a sales ledger from a file: find the headings, choose the columns, type the cells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.compute as pc

from xlsales.issues import CannotRead, Issue
from xlsales.sources import ENTRY_COLUMNS, LedgerRead, Progress
from xlsales.sources.dates import read_dates
from xlsales.sources.entries import Place, Style, Typed, type_entries
from xlsales.sources.files import kind_of
from xlsales.sources.grid import Grid
from xlsales.sources.headings import Headings, find_headings, match_row, nearest, with_content, with_similar
from xlsales.sources.numbers import read_numbers
from xlsales.sources.texts import as_text

_SAMPLE_ROWS = 200
_MOSTLY = 0.9
_AMOUNT_KEYS = ("amount", "amount_unsure", "amount_incl", "quantity")


def read_ledger(
    source: str | Path, *, columns: Mapping[str, str] | None = None, progress: Progress | None = None
) -> LedgerRead:
    """Read a sales ledger from a csv, txt or xlsx file.

    columns: ledger key → heading in the file, where the choice made here is to be another.
    progress: called with bytes done and bytes in all.

    Raises CannotRead: missing_file, html_not_ledger, unknown_ledger, encrypted_workbook, damaged_workbook
    (path, detail), ledger_columns (path, missing, headings, nearest).
    """
    path = Path(source)
    kind = kind_of(path)
    if kind == "xlsx":
        from xlsales.sources.sheets import read_sheets

        grid = read_sheets(path, columns)
    else:
        from xlsales.sources.delimited import read_delimited

        grid = read_delimited(path, columns, progress)
    headings = _headings(path, grid, columns or {})
    typed = type_entries(_body(grid, headings), _placer(grid, headings), _style(grid, headings))
    if progress and kind == "xlsx":
        progress(path.stat().st_size, path.stat().st_size)
    return _result(source, kind, grid, headings, typed)


def _headings(path: Path, grid: Grid, given: Mapping[str, str]) -> Headings:
    head = grid.head()
    found = find_headings(head, given)
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
    cells = grid.cells[column].iloc[first : first + _SAMPLE_ROWS].fillna("").astype("str").str.strip()
    return cells[cells != ""]


def _looks_like_dates(cells: pd.Series[str]) -> bool:
    parted = cells.str.contains(r"[-/.]", regex=True)
    return bool(len(cells) and (parted & ~read_dates(cells).unreadable).mean() >= _MOSTLY)


def _looks_like_money(cells: pd.Series[str]) -> bool:
    if not len(cells) or _looks_like_dates(cells):
        return False
    decimals = cells.str.contains(r"[.,]\d{1,2}\D*$", regex=True)
    return bool((~read_numbers(cells).unreadable).mean() >= _MOSTLY and decimals.mean() >= 0.5)


def _body(grid: Grid, headings: Headings) -> pd.DataFrame:
    names = {position: key for key, position in headings.columns.items()}
    return grid.cells.iloc[headings.body :].rename(columns=names)


def _placer(grid: Grid, headings: Headings) -> Place:
    columns = {"customer_no": headings.columns.get("customer", -1), **headings.columns}

    def place(row: int, key: str) -> str:
        return grid.place(headings.body + row, columns.get(key, -1))

    return place


def _style(grid: Grid, headings: Headings) -> Style:
    shifted = None
    if grid.strict_width:
        body = grid.cells.iloc[headings.body :]
        width = max((index + 1 for index, text in enumerate(headings.texts) if text), default=0)
        shifted = np.zeros(len(body), dtype=np.bool_)
        for column in range(width, body.shape[1]):
            shifted |= pc.not_equal(as_text(body[column]), "").to_numpy(zero_copy_only=False)
    named = {key: headings.heading(key) for key in headings.columns}
    return Style(grid.machine_point, grid.comma_first, named, shifted)


def _result(source: str | Path, kind: str, grid: Grid, headings: Headings, typed: Typed) -> LedgerRead:
    columns, reasons = _chosen(headings, typed)
    rows = len(typed.entries) + len(typed.rejects)
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
    if not rows:
        warnings.append(
            Issue("warning", "ledger_empty", place=grid.place(headings.first, -1), params={"source": str(source)})
        )
    return LedgerRead(str(source), kind, typed.entries, typed.rejects, rows, columns, reasons, warnings)


def _used_keys(headings: Headings, typed: Typed) -> list[str]:
    """The keys of all columns that had a part in the result."""
    cost = () if "cost" in headings.columns else ("contribution",)
    parts = ("row_type", "cancelled", *cost, *_amount_parts(headings, typed))
    return [key for key in (*ENTRY_COLUMNS, *parts) if key in headings.columns]


def _amount_parts(headings: Headings, typed: Typed) -> list[str]:
    """The keys of the columns that the amount was made of."""
    source = next(key for key in _AMOUNT_KEYS if key in headings.columns)
    others = ["unit_price", "discount"] if source == "quantity" else ["vat"]
    parts = [source, *others] if typed.computed else [source]
    return [key for key in parts if key in headings.columns]


def _chosen(headings: Headings, typed: Typed) -> tuple[dict[str, str], dict[str, str]]:
    """Ledger key → heading and reason, with what the amount is made of."""
    columns = {key: headings.heading(key) for key in ENTRY_COLUMNS if key in headings.columns}
    reasons = {key: headings.reasons[key] for key in columns}
    if "cost" not in columns and "contribution" in headings.columns:
        columns["cost"] = f"{columns.get('amount', '')} − {headings.heading('contribution')}"
        reasons["cost"] = "computed"
    if "amount" not in columns:
        parts = _amount_parts(headings, typed)
        between = " × " if parts[0] == "quantity" else " − "
        columns["amount"] = between.join(headings.heading(key) for key in parts)
        reasons["amount"] = "computed" if typed.computed else headings.reasons[parts[0]]
    return columns, reasons

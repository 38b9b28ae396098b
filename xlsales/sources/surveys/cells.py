"""The cells of a small file as text: the sheets of a workbook, or the rows of a delimited text."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pandas as pd

from xlsales.issues import CannotRead
from xlsales.sources.apart import Limits, Reading, opened
from xlsales.sources.extents import extent_of
from xlsales.sources.files import WORKBOOKS, Kind, encoding_of, kind_of
from xlsales.sources.loading import Sheet, load
from xlsales.sources.packages import check_counts, inflated, parts_of
from xlsales.sources.peek import workbook_sheets
from xlsales.sources.typed import frame_of

Rows = list[list[str]]
# A survey of ten thousand respondents is smaller.
MOST_BYTES = 64 * 1024 * 1024
_MOST_CELLS = 20_000_000
_NOT_OURS = {"unknown_ledger", "html_not_ledger", "archive_refused"}
_DELIMITERS = ",;\t|"


def file_kind(path: Path) -> Kind:
    """The kind of a file by its first bytes. Raises CannotRead survey_unknown where it cannot hold answers."""
    try:
        return kind_of(path)
    except CannotRead as problem:
        if problem.code in _NOT_OURS:
            detail = str(problem.params.get("detail", ""))
            raise CannotRead("survey_unknown", path=str(path), detail=detail) from None
        raise


def sheets_of(path: Path) -> list[Rows]:
    """Every sheet of a workbook, hidden ones too, as rows of trimmed text; a text file is one sheet.

    Raises CannotRead: survey_unknown, survey_too_large, and what a damaged or encrypted workbook raises.
    """
    kind = file_kind(path)
    if path.stat().st_size > MOST_BYTES:
        raise CannotRead("survey_too_large", path=str(path), most=MOST_BYTES // 2**20)
    if kind == "csv":
        return [_delimited(path)]
    if kind not in WORKBOOKS - {"html", "xml2003"}:
        raise CannotRead("survey_unknown", path=str(path), detail=kind)
    loaded = _xlsx(path) if kind == "xlsx" else _apart(path, kind)
    return [_rows(sheet) for sheet in loaded]


def _xlsx(path: Path) -> list[Sheet]:
    parts = parts_of(path)
    if sum(info.file_size for info in parts.values()) > 8 * MOST_BYTES:
        raise CannotRead("survey_too_large", path=str(path), most=MOST_BYTES // 2**20)
    for name, info in parts.items():
        if name.lower() == "xl/sharedstrings.xml":
            check_counts(path, info)
    names = []
    for name, part in workbook_sheets(path, parts):
        extent = extent_of(inflated(path, parts[part]))
        if extent.columns * extent.rows > _MOST_CELLS or extent.columns > 2**14:
            raise CannotRead("survey_too_large", path=str(path), most=MOST_BYTES // 2**20)
        names.append(name)
    try:
        reader = opened(path, "xlsx")
        return [sheet for name in names if (sheet := load(reader, name, 0)) is not None]
    except BaseException as error:
        # The reader's panics are no ordinary exceptions.
        if type(error).__module__ not in ("fastexcel", "_fastexcel", "pyo3_runtime"):
            raise
        detail = (str(error).strip().splitlines() or ["?"])[0]
        raise CannotRead("damaged_workbook", path=str(path), detail=detail) from None


def _apart(path: Path, kind: str) -> list[Sheet]:
    with Reading(path, kind, [], Limits.of(path.stat().st_size)) as reading:
        return [sheet for _, sheet in reading.sheets()]


def _rows(sheet: Sheet) -> Rows:
    frame = frame_of(sheet)
    width = max(sheet.columns, default=-1) + 1
    rows = [[""] * width for _ in range(len(frame))]
    for column, place in zip(frame.columns, sheet.columns, strict=True):
        for row, cell in zip(rows, _texts(frame[column]), strict=True):
            row[place] = cell
    return rows


def _texts(cells: pd.Series[Any]) -> list[str]:
    if cells.dtype.kind == "M":
        return ["" if pd.isna(c) else c.isoformat(" ", "seconds") for c in cells]
    if cells.dtype.kind == "f":
        return ["" if pd.isna(c) else f"{c:.15g}" for c in cells]
    return ["" if pd.isna(c) else str(c).strip() for c in cells]


def _delimited(path: Path) -> Rows:
    text = path.read_bytes().decode(encoding_of(path), "replace").lstrip("\ufeff")
    head = text[: 64 * 1024]
    best, most = ",", 0
    for delimiter in _DELIMITERS:
        widths = [len(row) for row in _parsed(head, delimiter, path)[:20]]
        alike = max((widths.count(w) * (w > 1) * w for w in set(widths)), default=0)
        if alike > most:
            best, most = delimiter, alike
    return [[cell.strip() for cell in row] for row in _parsed(text, best, path)]


def _parsed(text: str, delimiter: str, path: Path) -> Rows:
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise CannotRead("survey_unknown", path=str(path), detail=str(error)) from None

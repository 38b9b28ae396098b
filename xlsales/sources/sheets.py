"""Ledgers in workbooks: every sheet is read as text cells, the one most like a ledger is taken."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from xlsales.issues import CannotRead, Issue
from xlsales.sources.grid import Grid
from xlsales.sources.headings import find_headings

if TYPE_CHECKING:
    from collections.abc import Mapping

    import fastexcel


# Without a handler the reader's remark on every chart sheet would end up on standard error.
logging.getLogger("calamine").addHandler(logging.NullHandler())


def read_sheets(path: Path, given: Mapping[str, str] | None = None) -> Grid:
    """The sheet whose headings fit a ledger best, the longest of equals.

    given: ledger key → heading chosen by the user. Raises CannotRead: damaged_workbook, unknown_ledger.
    Other sheets that are ledgers too are named in a warning, not read.
    """
    reader = _opened(path)
    best, best_fit, also = None, ((-1, -1), -1), []
    for name in reader.sheet_names:
        grid = _sheet(path, reader, name)
        if grid is None:
            continue
        headings = find_headings(grid.head(), given)
        fit = (headings.fit() if headings else (0, 0)), len(grid.cells)
        if headings and not headings.missing():
            also.append(name)
        if fit > best_fit:
            best, best_fit, chosen = grid, fit, name
    if best is None:
        raise CannotRead("unknown_ledger", path=str(path), detail="empty")
    others = [name for name in also if name != chosen]
    if others:
        params = {"sheet": chosen, "sheets": others, "count": len(others)}
        best.warnings.append(Issue("warning", "sheets_unused", place=path.name, params=params))
    return best


def column_letters(column: int) -> str:
    """A column counted from 0 in Excel's letters: 0 → A, 27 → AB."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _opened(path: Path) -> fastexcel.ExcelReader:
    import fastexcel

    try:
        return fastexcel.read_excel(path)
    except Exception as error:
        raise CannotRead("damaged_workbook", path=str(path), detail=_first_line(error)) from None


def _sheet(path: Path, reader: fastexcel.ExcelReader, name: str) -> Grid | None:
    try:
        sheet = reader.load_sheet(name, header_row=None, skip_rows=0, dtypes="string")
    except Exception as error:
        # A chart sheet has no cells; the reader says so in this way.
        if "not a valid worksheet" in str(error):
            return None
        raise CannotRead("damaged_workbook", path=str(path), detail=_first_line(error)) from None
    if not sheet.height or not sheet.width:
        return None
    letters = [column_letters(column.absolute_index) for column in sheet.selected_columns]
    cells: pd.DataFrame = sheet.to_arrow().to_pandas()
    cells.columns = pd.RangeIndex(cells.shape[1])

    def place(row: int, column: int) -> str:
        return f"{name}!{letters[max(column, 0)]}{row + 1}"

    return Grid(cells, place, machine_point=True)


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]

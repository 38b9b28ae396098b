"""What a run changed in an open workbook, so that it can be taken back in the workbook itself.

An open workbook cannot be replaced by an earlier file: it may live on SharePoint, be shared, or have
been worked in since. So every edit is kept with its opposite, and what people wrote elsewhere stays.
"""

from __future__ import annotations

import datetime as dt
import gzip
import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from xlsales.hosts import KEEP, Keep, TableEdit
from xlsales.hosts.ooxml.save import replace_file
from xlsales.issues import CannotWrite

Row = tuple[str, ...]
_MARK = "%Y%m%d-%H%M%S-%f"


@dataclass(frozen=True)
class Reverse:
    """The opposite of one edit: bring ``table`` from the state with rows ``after`` back to what it was.

    marks: the headings by whose cells a row of the later state is known again; after: those cells as text.
    """

    table: str
    edit: TableEdit
    marks: tuple[str, ...]
    after: tuple[Row, ...]


def reverse_of(table: str, edit: TableEdit, before: pd.DataFrame, after: pd.DataFrame, calculated: Iterable[str],
               ) -> Reverse:  # fmt: skip
    """The opposite of an edit, from the table's body before and after it.

    calculated: headings of columns with formulas, which fill themselves in rows that come back.
    """
    position = {int(row): place for place, row in reversed(list(enumerate(edit.origin))) if row >= 0}
    origin = np.array([position.get(row, -1) for row in range(len(before))], dtype=np.int64)
    written = {str(heading).casefold() for heading in (*edit.cells.columns, *edit.drop)}
    formulas = {heading.casefold() for heading in calculated}
    cells: dict[str, list[Any]] = {}
    for heading in before.columns:
        values = before[heading].to_list()
        if heading.casefold() in written:
            cells[heading] = values
        elif (origin < 0).any() and heading.casefold() not in formulas:
            cells[heading] = [value if row < 0 else KEEP for value, row in zip(values, origin, strict=True)]
    known = {heading.casefold() for heading in before.columns}
    drop = tuple(heading for heading in after.columns if heading.casefold() not in known)
    frame = pd.DataFrame(cells, index=range(len(before)), dtype=object)
    marks = tuple(heading for heading in after.columns if heading.casefold() in written)
    return Reverse(table, TableEdit(frame, origin, drop, tuple(before.columns)), marks, _rows(after, marks))


def _rows(frame: pd.DataFrame, marks: Sequence[str]) -> tuple[Row, ...]:
    return tuple(zip(*(frame[heading].map(_mark) for heading in marks), strict=True)) if marks else ()


def _mark(cell: Any) -> str:
    """A cell as text, the same for what was written and for what Excel gives back of it.

    Excel tells no whole number from a fraction without decimals, and gives amounts of money with four of them.
    """
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        return f"{round(cell, 4) + 0.0:.4f}"
    return str(cell)


def fitted(reverse: Reverse, present: pd.DataFrame) -> TableEdit:
    """The opposite edit for the table as it stands now: rows known again wherever they are, new ones kept last.

    CannotWrite when a heading is gone by which the rows are known.
    """
    if len(present) == len(reverse.after) and not reverse.marks:
        return reverse.edit
    if not set(reverse.marks) <= set(present.columns):
        raise CannotWrite("undo_table_changed", table=reverse.table)
    rows = _rows(present, reverse.marks)
    if rows == reverse.after:
        return reverse.edit
    places: dict[Row, list[int]] = {}
    for place, row in reversed(list(enumerate(rows))):
        places.setdefault(row, []).append(place)
    now = {place: found.pop() for place, row in enumerate(reverse.after) if (found := places.get(row))}
    origin = [now.get(int(row), -1) for row in reverse.edit.origin]
    added = sorted(set(range(len(rows))) - set(now.values()))
    kept = pd.DataFrame({heading: [KEEP] * len(added) for heading in reverse.edit.cells.columns}, dtype=object)
    cells = pd.concat([reverse.edit.cells, kept], ignore_index=True) if added else reverse.edit.cells
    return TableEdit(cells, np.array([*origin, *added], dtype=np.int64), reverse.edit.drop)


class Journal:
    """The runs that can be taken back in one workbook, newest last, in a folder of this user's."""

    def __init__(self, folder: Path, workbook: str) -> None:
        self._folder = folder / hashlib.sha256(workbook.encode("utf-8")).hexdigest()[:24]

    def keep(self, reverses: Sequence[Reverse], number: int) -> None:
        """Keep one run, at most so many runs in all."""
        text = json.dumps([_plain(reverse) for reverse in reverses], ensure_ascii=False)
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        name = dt.datetime.now().strftime(_MARK) + ".json.gz"
        replace_file(self._folder / name, [gzip.compress(text.encode("utf-8"), 6)])
        for old in self._runs()[: -max(number, 1)]:
            old.unlink(missing_ok=True)

    def _runs(self) -> list[Path]:
        return sorted(self._folder.glob("*.json.gz")) if self._folder.is_dir() else []

    def last(self) -> list[Reverse]:
        """The newest run's edits in reverse, to be carried out in order; none when nothing can be taken back."""
        runs = self._runs()
        if not runs:
            return []
        rows = json.loads(gzip.decompress(runs[-1].read_bytes()))
        return [_read(row) for row in reversed(rows)]

    def forget_last(self) -> None:
        """The newest run has been taken back."""
        for newest in self._runs()[-1:]:
            newest.unlink(missing_ok=True)


def _plain(reverse: Reverse) -> dict[str, Any]:
    edit = reverse.edit
    return {
        "table": reverse.table, "marks": reverse.marks, "after": reverse.after,
        "cells": {heading: [_cell(value) for value in edit.cells[heading]] for heading in edit.cells.columns},
        "origin": edit.origin.tolist(), "drop": edit.drop, "order": edit.order,
    }  # fmt: skip


def _cell(value: Any) -> Any:
    if isinstance(value, Keep):
        return {"keep": True}
    return {"date": value.isoformat()} if isinstance(value, dt.date) else value


def _read(row: dict[str, Any]) -> Reverse:
    columns = {heading: [_value(cell) for cell in cells] for heading, cells in row["cells"].items()}
    frame = pd.DataFrame(columns, index=range(len(row["origin"])), dtype=object)
    order = tuple(row["order"]) if row["order"] else None
    edit = TableEdit(frame, np.array(row["origin"], dtype=np.int64), tuple(row["drop"]), order)
    return Reverse(row["table"], edit, tuple(row["marks"]), tuple(tuple(cells) for cells in row["after"]))


def _value(cell: Any) -> Any:
    if isinstance(cell, dict):
        return KEEP if "keep" in cell else dt.datetime.fromisoformat(cell["date"])
    return cell

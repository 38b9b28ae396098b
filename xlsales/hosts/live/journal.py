"""What runs changed in an open workbook, so that it can be taken back in the workbook itself.

An open workbook cannot be replaced by an earlier file: it may live on SharePoint, be shared, or have
been worked in since. So every edit is kept with its opposite, and what people wrote elsewhere stays.
"""

from __future__ import annotations

import datetime as dt
import gzip
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from xlsales.hosts import KEEP, Keep, TableEdit
from xlsales.hosts.live.reverse import Formula, Reverse
from xlsales.hosts.ooxml.save import replace_file

_STAMP = "%Y%m%d-%H%M%S-%f"


class Journal:
    """The runs that can be taken back in one workbook, newest last, in a folder of this user's."""

    def __init__(self, folder: Path, workbook: str) -> None:
        self._folder = folder / hashlib.sha256(workbook.encode("utf-8")).hexdigest()[:24]

    def keep(self, reverses: Sequence[Reverse], number: int) -> None:
        """Keep one run, at most so many runs in all."""
        text = json.dumps([_plain(reverse) for reverse in reverses], ensure_ascii=False)
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        name = dt.datetime.now().strftime(_STAMP) + ".json.gz"
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
        "origin": edit.origin.tolist(), "drop": edit.drop, "order": edit.order, "key": edit.key,
        "written": reverse.written,
    }  # fmt: skip


def _cell(value: Any) -> Any:
    if isinstance(value, Keep):
        return {"keep": True}
    if isinstance(value, Formula):
        return {"formula": str(value)}
    return {"date": value.isoformat()} if isinstance(value, dt.date) else value


def _read(row: dict[str, Any]) -> Reverse:
    columns = {heading: [_value(cell) for cell in cells] for heading, cells in row["cells"].items()}
    frame = pd.DataFrame(columns, index=range(len(row["origin"])), dtype=object)
    order = tuple(row["order"]) if row["order"] else None
    edit = TableEdit(frame, np.array(row["origin"], dtype=np.int64), tuple(row["drop"]), order, tuple(row["key"]))
    after = tuple(tuple(cells) for cells in row["after"])
    return Reverse(row["table"], edit, tuple(row["marks"]), after, tuple(row["written"]))


def _value(cell: Any) -> Any:
    if isinstance(cell, dict):
        if "formula" in cell:
            return Formula(cell["formula"])
        return KEEP if "keep" in cell else dt.datetime.fromisoformat(cell["date"])
    return cell

"""Several tables with the same headings as one, so that dates and decimal signs are decided for all of them at once."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import Any

import pandas as pd

from xlsales.sources.entries import Place
from xlsales.sources.texts import as_text


def stacked(parts: Sequence[tuple[pd.DataFrame, Place]]) -> tuple[pd.DataFrame, Place]:
    """The rows of tables below each other, and the place of each.

    parts: rows with ledger keys as column names, and the place of a row in that table. A column that is typed
    differently in the tables becomes text.
    """
    if len(parts) == 1:
        return parts[0]
    frames = [frame for frame, _ in parts]
    columns = list(dict.fromkeys(column for frame in frames for column in frame.columns))
    whole = {
        column: _joined([frame[column] if column in frame else _empty(len(frame)) for frame in frames])
        for column in columns
    }
    starts = list(accumulate(map(len, frames), initial=0))

    def place(row: int, key: str) -> str:
        part = min(bisect_right(starts, row), len(parts)) - 1
        return parts[part][1](row - starts[part], key)

    return pd.DataFrame(whole), place


def _empty(rows: int) -> pd.Series[str]:
    return pd.Series([None] * rows, dtype="str")


def _joined(columns: Sequence[pd.Series[Any]]) -> pd.Series[Any]:
    filled = [column for column in columns if len(column)] or columns[:1]
    if len({str(column.dtype) for column in filled}) > 1:
        filled = [pd.Series(as_text(column).to_pandas(), dtype="str") for column in filled]
    return pd.concat(filled, ignore_index=True)

"""Cells of any kind as trimmed text."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from xlsales.sources.words import folded


def as_text(cells: pd.Series[Any]) -> pa.Array:
    """One column as trimmed text, "" where a cell is empty.

    A whole float is written without its decimals, a date in ISO form.
    """
    if not pd.api.types.is_string_dtype(cells.dtype) or cells.dtype == object:
        cells = pd.Series([_cell_text(cell) for cell in cells.astype(object)], dtype="str")
    column = pa.array(cells.array, from_pandas=True)
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    return pc.utf8_trim_whitespace(pc.fill_null(column.cast(pa.large_string()), ""))


def as_id(texts: pa.Array) -> pa.Array:
    """Ids as they were meant: ``="007"`` → ``007``, ``'007`` → ``007``, ``1001.0`` → ``1001``."""
    marked = pc.match_substring_regex(texts, r"^=?[\"'].*|^\d+\.0+$")
    if not pc.any(marked).as_py():
        return texts
    bare = pc.replace_substring_regex(texts, r"^=?\"(.*)\"$", r"\1")
    bare = pc.replace_substring_regex(bare, r"^'", "")
    return pc.replace_substring_regex(bare, r"^(\d+)\.0+$", r"\1")


def one_of(texts: pa.Array, words: frozenset[str]) -> pa.Array:
    """Which texts are one of the folded words."""
    coded = pc.dictionary_encode(texts)
    hits = pa.array([folded(text) in words for text in coded.dictionary.to_pylist()], pa.bool_())
    return pc.take(hits, coded.indices)


def _cell_text(cell: object) -> str:
    if isinstance(cell, str):
        return cell
    if cell is None or cell is pd.NaT or cell != cell:
        return ""
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(float(cell))
    if isinstance(cell, datetime):
        return cell.isoformat(" ")
    return cell.isoformat() if isinstance(cell, date) else str(cell)

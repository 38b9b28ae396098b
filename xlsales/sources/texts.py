"""Cells of any kind as trimmed text."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from xlsales.sources.words import folded

# Whole numbers up to here have no decimals; beyond the others Arrow writes a power of ten where Python does not.
_WHOLE, _LARGE, _SMALL = 1e18, 1e9, 1e-3


def as_text(cells: pd.Series[Any]) -> pa.Array:
    """One column as trimmed text, "" where a cell is empty.

    A whole float is written without its decimals, a date in ISO form, true and false in small letters.
    """
    dtype = cells.dtype
    if pd.api.types.is_float_dtype(dtype):
        return _float_text(cells.to_numpy(dtype=np.float64, na_value=np.nan))
    if isinstance(dtype, np.dtype) and dtype.kind == "M":
        return _moment_text(cells.to_numpy())
    if pd.api.types.is_bool_dtype(dtype) and not pd.api.types.is_object_dtype(dtype):
        return pc.fill_null(pa.array(cells, from_pandas=True).cast(pa.large_string()), "")
    if not pd.api.types.is_string_dtype(dtype) or pd.api.types.is_object_dtype(dtype):
        cells = pd.Series([_cell_text(cell) for cell in cells.astype(object)], dtype="str")
    column = pa.array(cells.array, from_pandas=True)
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    return pc.utf8_trim_whitespace(pc.fill_null(column.cast(pa.large_string()), ""))


def _float_text(values: npt.NDArray[np.float64]) -> pa.Array:
    with np.errstate(invalid="ignore"):
        size, column = np.abs(values), pa.array(values + 0.0, from_pandas=True)
        whole = bool(np.all((values == np.rint(values)) & (size < _WHOLE) | np.isnan(values)))
    if whole:
        return pc.fill_null(column.cast(pa.int64()).cast(pa.large_string()), "")
    texts = pc.fill_null(column.cast(pa.large_string()), "")
    odd = (size >= _LARGE) | ((size < _SMALL) & (size > 0))
    if not odd.any():
        return texts
    return pc.replace_with_mask(texts, odd, pa.array(map(_cell_text, values[odd].tolist()), pa.large_string()))


def _moment_text(moments: npt.NDArray[np.datetime64]) -> pa.Array:
    column = pa.array(moments.astype("datetime64[s]"), from_pandas=True)
    return pc.fill_null(column.cast(pa.large_string()), "")


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
    if cell is None or cell is pd.NaT or cell is pd.NA or cell != cell:
        return ""
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < _WHOLE else repr(float(cell))
    if isinstance(cell, datetime):
        return cell.isoformat(" ")
    return cell.isoformat() if isinstance(cell, date) else str(cell)

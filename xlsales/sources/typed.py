"""The cells of a loaded sheet as a frame: numbers, dates and booleans as they are, everything else as text."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from xlsales.sources.loading import Sheet
from xlsales.sources.texts import as_text


def frame_of(sheet: Sheet) -> pd.DataFrame:
    """Columns 0, 1, …: float64, datetime64, bool, or text where a cell is missing when it is empty.

    A column with an error in one of its cells is text: ``#N/A`` is seen where the amount should be.
    """
    columns = {index: _series(column) for index, column in enumerate(sheet.batch.columns)}
    for column_no in sorted({column for _, column, _ in sheet.errors}):
        own = {row: text for row, column, text in sheet.errors if column == column_no}
        texts = as_text(columns[column_no]).to_pandas().astype(object)
        texts.iloc[list(own)] = list(own.values())
        columns[column_no] = texts.replace("", None).astype("str")
    return pd.DataFrame(columns, copy=False)


def _series(column: Any) -> pd.Series[Any]:
    kind = column.type
    if pa.types.is_duration(kind):
        return _text_series(_durations(column))
    if pa.types.is_boolean(kind) and column.null_count:
        return _text_series(column.cast(pa.string()))
    if pa.types.is_null(kind):
        return _text_series(column.cast(pa.string()))
    if pa.types.is_temporal(kind):
        return pd.Series(column.cast(pa.timestamp("ms")).to_numpy(zero_copy_only=False))
    if pa.types.is_integer(kind) or pa.types.is_floating(kind):
        return pd.Series(column.cast(pa.float64()).to_numpy(zero_copy_only=False).astype(np.float64, copy=False))
    return _text_series(column) if not pa.types.is_boolean(kind) else column.to_pandas()


def _text_series(column: Any) -> pd.Series[Any]:
    texts: pd.Series[Any] = column.to_pandas().astype("str")
    return texts


def _durations(column: Any) -> pa.Array:
    """Times of more than a day as hours and minutes: ``36:00``."""
    minutes = pc.divide(column.cast(pa.duration("s")).cast(pa.int64()), 60)
    hours = pc.divide(minutes, 60)
    rest = pc.subtract(minutes, pc.multiply(hours, 60))
    return pc.binary_join_element_wise(
        hours.cast(pa.string()), pc.utf8_lpad(pc.abs(rest).cast(pa.string()), 2, "0"), ":"
    )

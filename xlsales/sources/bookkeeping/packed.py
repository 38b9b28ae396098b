"""A table that is filled row by row, packed as it grows so that millions of rows take little memory."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa

_ROWS = 50_000


class Packed:
    """Rows of whole numbers first and then texts, under the given names.

    numbers: how many of the columns are whole numbers.
    """

    def __init__(self, names: tuple[str, ...], numbers: int = 0) -> None:
        kinds = [pa.int64()] * numbers + [pa.large_string()] * (len(names) - numbers)
        self._schema = pa.schema(list(zip(names, kinds, strict=True)))
        self._loose: list[tuple[int | str, ...]] = []
        self._packed: list[pa.RecordBatch] = []

    def __len__(self) -> int:
        """How many rows there are."""
        return len(self._packed) * _ROWS + len(self._loose)

    def add(self, *row: int | str) -> None:
        """One row more."""
        self._loose.append(row)
        if len(self._loose) == _ROWS:
            self._packed.append(self._batch())
            self._loose = []

    def table(self) -> pd.DataFrame:
        """All rows, as int64 and str."""
        whole = pa.Table.from_batches([*self._packed, self._batch()], self._schema)
        texts = {field.name: "str" for field in self._schema if field.type == pa.large_string()}
        frame: pd.DataFrame = whole.to_pandas(split_blocks=True).astype(texts)
        return frame

    def _batch(self) -> pa.RecordBatch:
        columns = list(zip(*self._loose, strict=True)) or [()] * len(self._schema)
        arrays = [pa.array(column, field.type) for column, field in zip(columns, self._schema, strict=True)]
        return pa.record_batch(arrays, schema=self._schema)

"""Parquet and Arrow ledgers give what the same rows give as text."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as pq
import pytest

from xlsales.issues import CannotRead
from xlsales.sources import read_ledger

ROWS = {
    "Fakturadatum": pd.to_datetime(["2026-01-31", "2026-02-01", "2026-02-28", None]).date,
    "Fakturanr": ["F1", "F1", "F2", "F3"],
    "Kundnr": ["007", "007", "Åsa", "8"],
    "Belopp exkl moms": [100.25, -0.25, 12345.6789, 5.0],
    "Kostnad": [50.0, None, 1.0, 2.0],
}


def written(folder: Path, kind: str, **changed: Any) -> Path:
    """A ledger in a file of columns."""
    table = pa.table(pd.DataFrame({**ROWS, **changed}))
    path = folder / f"ledger.{kind}"
    if kind == "parquet":
        pq.write_table(table, path)
    else:
        feather.write_feather(table, path, compression="uncompressed")
    return path


@pytest.mark.parametrize("kind", ["parquet", "arrow"])
def test_columns_are_summed_and_odd_rows_set_aside(tmp_path: Path, kind: str) -> None:
    """The row without a date is told with its place, and everything adds up."""
    read = read_ledger(written(tmp_path, kind))
    sums = read.aggregate.monthly.groupby("customer_no")["units"].sum()
    assert dict(sums) == {"007": 1_000_000, "Åsa": 123_456_789}
    assert (read.kind, read.rows) == (kind, 4)
    assert list(read.aside.itertuples(index=False, name=None)) == [("no_date", 1, 50_000)]
    assert list(read.rejects["place"]) == [f"ledger.{kind}:4 Fakturadatum"]
    assert dict(read.aggregate.invoices.groupby("customer_no")["invoices"].sum()) == {"007": 1, "Åsa": 1}


@pytest.mark.parametrize("ids", [[7, 7, 8, 9], [7.0, 7.0, 8.0, 9.0]])
def test_ids_of_any_type_are_text(tmp_path: Path, ids: list[Any]) -> None:
    """A number is written without decimals."""
    read = read_ledger(written(tmp_path, "parquet", Kundnr=ids))
    assert list(read.aggregate.monthly["customer_no"].unique()) == ["7", "8"]


def test_texts_in_a_parquet_file_are_read_as_text(tmp_path: Path) -> None:
    """Dates and amounts written by people."""
    dates, amounts = ["31.01.2026", "01.02.2026", "28.02.2026", "1.3.2026"], ["1,00", "2,50", "1 000,00", "7,00"]
    read = read_ledger(written(tmp_path, "parquet", **{"Fakturadatum": dates, "Belopp exkl moms": amounts}))
    assert read.aggregate.monthly["units"].sum() == 10_105_000


def test_texts_written_in_many_ways_are_read_row_by_row(tmp_path: Path) -> None:
    """No one way of writing dates fits, so every cell is looked at; and no heading tells the amount."""
    dates = ["31.01.2026", "2026-02-01", "28 feb 2026", "2026-03-01"]
    table = pa.table({"Datum": dates, "Kund": ["A", "A", "B", "B"], "x": ["1,50", "2,50", "3,25", "4,75"]})
    path = tmp_path / "a.parquet"
    pq.write_table(table, path)
    read = read_ledger(path)
    assert read.aggregate.monthly["units"].sum() == 120_000
    assert read.reasons["amount"] == "content"


def test_a_damaged_file_is_refused(tmp_path: Path) -> None:
    """A file that is cut off."""
    path = written(tmp_path, "parquet")
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(CannotRead) as problem:
        read_ledger(path)
    assert problem.value.code == "damaged_file"

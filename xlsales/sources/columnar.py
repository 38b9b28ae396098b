"""Parquet and Arrow files: columns with types, scanned by DuckDB however large they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from xlsales.issues import CannotRead
from xlsales.sources import LedgerRead, Progress, ReadOptions
from xlsales.sources.entries import Place, type_entries
from xlsales.sources.grid import Grid
from xlsales.sources.ledger import from_rows, headings_of, result_of
from xlsales.sources.scan import Column
from xlsales.sources.scanned import Scan, connected, read_scan
from xlsales.sources.waist import quoted

_SAMPLE, _SHOWN = 5_000, 200


def read_columnar(path: Path, kind: str, options: ReadOptions, cut_day: int, progress: Progress | None) -> LedgerRead:
    """The aggregate of a parquet or arrow file. Raises CannotRead damaged_file, unknown_ledger, ledger_columns."""
    import duckdb

    try:
        tables = {"arrow_file": _arrow_file(path)} if kind == "arrow" else {}
        relation = "arrow_file" if tables else f"read_parquet({quoted(_plain(path))})"
        with connected() as connection:
            for name, table in tables.items():
                connection.register(name, table)
            sample = connection.execute(f"SELECT * FROM {relation} LIMIT {_SAMPLE}").df()
            rows = connection.execute(f"SELECT count(*) FROM {relation}").fetchall()[0][0]
            described = connection.execute(f"DESCRIBE SELECT * FROM {relation}").fetchall()
    except (duckdb.Error, OSError, ValueError) as problem:
        raise CannotRead("damaged_file", path=str(path), detail=str(problem).splitlines()[0]) from None
    names = [str(row[0]) for row in described]
    grid = Grid(_with_heading(sample, names), _nowhere(path), machine_point=True)
    headings = headings_of(path, grid, options)
    typed = {name: Column('"' + name.replace('"', '""') + '"', str(kind)) for name, kind, *_ in described}
    below = Grid(_below(sample), _nowhere(path), machine_point=True)
    scan = Scan(
        path=path,
        kind=kind,
        relation=relation,
        columns={key: typed[names[position]] for key, position in headings.columns.items()},
        headings=replace(headings, first=0, body=0),
        grid=below,
        kept=False,
        vat=options.vat,
        rows=rows,
        body=lambda rows: _below(rows[names]).rename(columns={p: k for k, p in headings.columns.items()}),
        place=lambda rows, count: _placer(path, rows, names, headings.columns),
    )
    read = read_scan(scan, cut_day, progress, tables)
    return read if read is not None else _row_by_row(scan, tables, cut_day)


def _row_by_row(scan: Scan, tables: Mapping[str, Any], cut_day: int) -> LedgerRead:
    """A file whose texts are not written in one way throughout."""
    with connected() as connection:
        for name, table in tables.items():
            connection.register(name, table)
        connection.execute("SET preserve_insertion_order = true")
        rows = connection.execute(f"SELECT * FROM {scan.relation}").df()
    style = scan.style()
    typed = type_entries(scan.body(rows), scan.place(range(len(rows)), len(rows)), style)
    return from_rows(str(scan.path), result_of(scan.kind, scan.grid, scan.headings, typed), cut_day)


def _plain(path: Path) -> str:
    """The path, which must not be taken for a pattern."""
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in str(path))


def _arrow_file(path: Path) -> Any:
    import pyarrow as pa

    with pa.memory_map(str(path)) as source:
        return pa.ipc.open_file(source).read_all()


def _with_heading(sample: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    shown = sample.head(_SHOWN).astype(object).map(lambda cell: "" if pd.isna(cell) else str(cell))
    return _below(pd.concat([pd.DataFrame([names], columns=names), shown], ignore_index=True).astype("str"))


def _below(rows: pd.DataFrame) -> pd.DataFrame:
    cells = rows.copy(deep=False)
    cells.columns = pd.RangeIndex(rows.shape[1])
    return cells


def _nowhere(path: Path) -> Any:
    return lambda row, column: path.name


def _placer(path: Path, rows: Any, names: list[str], columns: Any) -> Place:
    def place(row: int, key: str) -> str:
        column = names[columns[key]] if key in columns else ""
        return f"{path.name}:{int(rows[row]) + 1}" + (f" {column}" if column else "")

    return place

"""Large text ledgers, read by one scan of DuckDB where they are regular enough."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from xlsales.sources import LedgerRead, Progress, ReadOptions
from xlsales.sources.delimited import Dialect, Layout, as_utf8, dialect_of, lines_of
from xlsales.sources.entries import Place
from xlsales.sources.files import eight_bit
from xlsales.sources.grid import Grid
from xlsales.sources.headings import Headings
from xlsales.sources.ledger import headings_of
from xlsales.sources.scan import Column
from xlsales.sources.scanned import Scan, read_scan
from xlsales.sources.waist import quoted

_START, _SLICE, _SLICES = 256 * 1024, 32 * 1024, 8


def read_large(path: Path, options: ReadOptions, cut_day: int, progress: Progress | None = None) -> LedgerRead | None:
    """The aggregate of a large text file; None where it is not regular enough and must be read row by row."""
    sample = _sample(path)
    try:
        encoding, text = "utf-8", sample.removeprefix(b"\xef\xbb\xbf").decode()
    except UnicodeDecodeError:
        encoding = eight_bit([sample])
        text = sample.decode(encoding, "replace")
    dialect = dialect_of(text, options.columns) if not sample.count(0) else None
    if dialect is None or dialect.delimiter == "|":
        return None
    grid = _grid(path, text, dialect)
    if grid is None:
        return None
    headings = headings_of(path, grid, options)
    layout = Layout(dialect, encoding, headings.body)
    scan = Scan(
        path=path,
        kind="csv",
        relation=_relation(path, layout),
        columns={key: Column(f"c{position}") for key, position in headings.columns.items()},
        headings=headings,
        grid=grid,
        kept=True,
        body=_body(layout, headings),
        place=_placer(path, layout),
        vat=options.vat,
        rows=len(grid.cells) * path.stat().st_size // max(len(sample), 1),
        beyond=tuple(f"c{place}" for place in range(headings.width(), dialect.width)),
    )
    # The letters that cp1252 has beyond latin-1 are refused there, and those of DOS are others.
    read = read_scan(scan, cut_day, progress, {}) if encoding in ("utf-8", "cp1252") and _is_plain(path) else None
    if read is not None or (encoding == "utf-8" and _is_plain(path)):
        return read
    with as_utf8(path, encoding, None) as (copy, lost):
        again = replace(scan, relation=_relation(copy, replace(layout, encoding="utf-8")))
        return read_scan(again, cut_day, progress, {}) if not lost else None


def _is_plain(path: Path) -> bool:
    """Whether DuckDB takes the path for a file and not for a pattern."""
    return not set(str(path)) & set("*?[]{}")


def _sample(path: Path) -> bytes:
    """The start of a file, and whole lines from some places further in."""
    size = path.stat().st_size
    with path.open("rb") as file:
        start = file.read(_START)
        if size <= _START:
            return start
        parts = [start[: start.rfind(b"\n") + 1]]
        for place in range(1, _SLICES + 1):
            file.seek(max(_START, size * place // (_SLICES + 1)))
            piece = file.read(_SLICE)
            parts.append(piece[piece.find(b"\n") + 1 : piece.rfind(b"\n") + 1])
    return b"".join(parts)


def _grid(path: Path, text: str, dialect: Dialect) -> Grid | None:
    rows = list(csv.reader(text.splitlines(), delimiter=dialect.delimiter))
    if any(len(row) > dialect.width for row in rows):
        return None
    cells = pd.DataFrame([row + [""] * (dialect.width - len(row)) for row in rows], dtype="str")
    cells.columns = pd.RangeIndex(dialect.width)
    return Grid(cells, lambda row, _: f"{path.name}:{row + 1}", comma_first=dialect.delimiter != ",", strict_width=True)


def _relation(path: Path, layout: Layout) -> str:
    """The rows below the heading as text columns c0, c1, …"""
    columns = {f"c{index}": "VARCHAR" for index in range(layout.dialect.width)}
    encoding = "utf-8" if layout.encoding == "utf-8" else "latin-1"
    return (
        f"read_csv({quoted(str(path))}, auto_detect=false, header=false, skip={layout.rows}, "
        f"delim={quoted(layout.dialect.delimiter)}, quote='\"', escape='\"', columns={columns}, "
        f"null_padding=true, strict_mode=true, encoding='{encoding}')"
    )


def _body(layout: Layout, headings: Headings) -> Callable[[pd.DataFrame], pd.DataFrame]:
    def body(rows: pd.DataFrame) -> pd.DataFrame:
        cells = rows[[f"c{index}" for index in range(layout.dialect.width)]].fillna("").astype("str")
        cells.columns = pd.RangeIndex(layout.dialect.width)
        return cells.rename(columns={position: key for key, position in headings.columns.items()})

    return body


def _placer(path: Path, layout: Layout) -> Callable[[Any, int], Place]:
    """layout.rows: the rows down to the heading's last."""

    def placer(rows: Any, count: int) -> Place:
        lines = lines_of(path, path, Layout(layout.dialect, layout.encoding, count + layout.rows))
        return lambda row, key: f"{path.name}:{lines(int(rows[row]) + layout.rows)}"

    return placer

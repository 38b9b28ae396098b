"""A source that DuckDB scans: the GROUP BY over its regular rows, the odd ones read cell by cell."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from xlsales.sources import Aggregate, LedgerRead, Progress
from xlsales.sources.beside import Answer, Beside
from xlsales.sources.entries import Place, Style, Typed, type_entries
from xlsales.sources.grid import Grid
from xlsales.sources.headings import Headings, match_row
from xlsales.sources.ledger import HEAD_ENTRIES, body_of, from_parts, result_of, shifted_rows, style_of
from xlsales.sources.scan import TYPES, Column, Select, sampled, select_of
from xlsales.sources.settle import Settled, settled
from xlsales.sources.texts import as_text
from xlsales.sources.waist import (
    aggregated,
    arrow_entries,
    as_invoices,
    as_monthly,
    day_counts,
    frame_of,
    id_sql,
    invoices_sql,
    joined,
    monthly_sql,
    nothing,
    regroup_sql,
    uneven_sql,
)  # fmt: skip
from xlsales.sources.words import folded

if TYPE_CHECKING:
    import duckdb

_MOST_ODD = 200_000
_ODD_SHARE = 0.05
# Rows that are kept are typed once and read twice, which must not go to disk; the others stream by.
_KEPT_MEMORY, _MEMORY = "3GB", "1200MB"
_KEYS: Final = ("customer_no", "seller", "article_group", "region", "currency")
_LOOK = 0.25
_MOST_HEADS, _FEWEST_KNOWN = 200, 3


@dataclass(frozen=True)
class Scan:
    """A source as DuckDB is to read it.

    relation: its rows below the heading, as SQL. columns: ledger key → column. grid: a sample of its rows with the
    heading. kept: rows are kept typed, since reading them twice would take longer. body: rows as fetched → cells as
    of a grid. place: (places of rows, all rows) → where a cell is. beyond: columns to the right of the last heading.
    vat: as in :class:`ReadOptions`. rows: how many there are, about.
    """

    path: Path
    kind: str
    relation: str
    columns: Mapping[str, Column]
    headings: Headings
    grid: Grid
    kept: bool
    body: Callable[[pd.DataFrame], pd.DataFrame]
    place: Callable[[Any, int], Place]
    beyond: tuple[str, ...] = ()
    vat: str = ""
    rows: int = 0

    def style(self) -> Style:
        """How the cells are written."""
        return style_of(self.grid, self.headings, self.vat)

    def select(self) -> Select | None:
        """The expressions over the columns; None where the sample is not read in one way."""
        sample = sampled(body_of(self.grid, self.headings), self.style())
        found = select_of(self.columns, sample) if sample else None
        return replace(found, beyond=self.beyond) if found else None


def read_scan(scan: Scan, cut_day: int, progress: Progress | None, tables: Mapping[str, Any]) -> LedgerRead | None:
    """The aggregate; None where the source is not regular enough and must be read row by row.

    tables: Arrow tables that the relation names.
    """
    import duckdb

    select = scan.select()
    if select is None:
        return None
    with suppress(duckdb.Error), connected(_KEPT_MEMORY if scan.kept else _MEMORY) as connection:
        for name, table in tables.items():
            connection.register(name, table)
        run = _Run(connection, scan.rows, 2 + scan.kept + bool(select.invoice), progress)
        entries = f"({select.typed(scan.relation)})"
        if scan.kept:
            statement = "CREATE TEMP TABLE entries AS " + entries[1:-1]
            run.watched(lambda: connection.execute(statement))
            entries = "entries"
        found = _grouped(run, entries, select, cut_day)
        if found.settled.turned and "contribution" in scan.columns and "cost" not in scan.columns:
            # The contribution is taken from the amount as it was turned, row by row.
            return None
        if found.odd > min(_MOST_ODD, _ODD_SHARE * found.rows + 100):
            return None
        rows = _odd_rows(connection, select, scan.relation) if found.odd else None
        if rows is not None and _holds_headings(scan, rows):
            return None
        typed, own = _typed(scan, rows, found.rows)
        invoices = _invoices(run, entries, found.settled, own, cut_day) if select.invoice else None
        if progress:
            progress(found.rows, found.rows)
        return _result(scan, found, (typed, own), invoices)
    return None


def connected(memory: str = _MEMORY) -> duckdb.DuckDBPyConnection:
    """A connection that keeps within its memory, and goes to disk beyond."""
    import duckdb

    return duckdb.connect(config={"memory_limit": memory, "preserve_insertion_order": "false"})


@dataclass
class _Run:
    """A connection and how far its statements have come. rows: of the source, about; steps: statements to come."""

    connection: duckdb.DuckDBPyConnection
    rows: int
    steps: int
    progress: Progress | None
    step: int = 0

    def frame(self, sql: str) -> pd.DataFrame:
        """The answer to a query, telling how far it has come."""
        return self.watched(lambda: frame_of(self.connection, sql))

    def watched(self, ask: Callable[[], Answer]) -> Answer:
        """Ask the connection, telling how far it has come."""
        beside = Beside(ask)
        while not beside.done(_LOOK):
            if self.progress:
                share = min(max(self.connection.query_progress(), 0.0), 100.0) / 100
                self.progress(int(self.rows * (self.step + share) / self.steps), self.rows)
        self.step = min(self.step + 1, self.steps - 1)
        return beside.answer()


@dataclass(frozen=True)
class _Grouped:
    """The regular rows by month; rows seen and odd ones among them."""

    settled: Settled
    rows: int
    odd: int
    cut_day: int


def _grouped(run: _Run, entries: str, select: Select, cut_day: int) -> _Grouped:
    profile = select.profile
    types = TYPES if select.typed_by else ()
    extra = (*types, "odd")
    grouping = f"CREATE TEMP TABLE grouped AS {monthly_sql(entries, extra, cut_day)}"
    run.watched(lambda: run.connection.execute(grouping))
    uneven = run.connection.execute(uneven_sql("grouped", (*_KEYS, *extra))).fetchall()[0][0]
    every = as_monthly(run.frame(regroup_sql("grouped", extra) if uneven else "SELECT * FROM grouped"), extra)
    odd = every["odd"] != ""
    found = every[~odd].drop(columns="odd").reset_index(drop=True) if odd.any() else every.drop(columns="odd")
    return _Grouped(settled(found, profile), int(every["rows"].sum()), int(every.loc[odd, "rows"].sum()), cut_day)


def _invoices(run: _Run, entries: str, done: Settled, own: pd.DataFrame, cut_day: int) -> pd.DataFrame:
    """Invoices of the regular rows and of those read cell by cell, each counted once."""
    texts = ", ".join(f"TRIM({key}) AS {key}" for key in ("customer_no", *done.unsold))
    bought = f"(SELECT * REPLACE ({texts}) FROM {entries} WHERE odd = '') WHERE {done.bought_sql()}"
    rows = f"SELECT {id_sql('customer_no')} AS customer_no, day, units, invoice_no FROM {bought}"
    if len(own):
        run.connection.register("own", arrow_entries(own))
        rows += " UNION ALL SELECT customer_no, day, units, hash(invoice_no) FROM own"
    return as_invoices(run.frame(invoices_sql(f"({rows})", cut_day)))


def _odd_rows(connection: duckdb.DuckDBPyConnection, select: Select, relation: str) -> pd.DataFrame:
    connection.execute("SET preserve_insertion_order = true")
    return connection.execute(select.odd(relation)).df()


def _holds_headings(scan: Scan, rows: pd.DataFrame) -> bool:
    """Whether another table begins among the odd rows, which only the patient reading tells apart."""
    cells = scan.body(rows)
    texts = [as_text(cells[column]) for column in cells.columns]
    words = pc.binary_join_element_wise(*texts, pa.scalar("\x1f", pa.large_string()))
    heads = pc.unique(pc.filter(words, pc.invert(pc.match_substring_regex(words, "[0-9]")))).to_pylist()[:_MOST_HEADS]
    own = [folded(text) for text in scan.headings.texts]
    for head in (str(text).split("\x1f") for text in heads):
        if [folded(text) for text in head] != own and len(match_row(head, {}, 0, 1).columns) >= _FEWEST_KNOWN:
            return True
    return False


def _typed(scan: Scan, rows: pd.DataFrame | None, count: int) -> tuple[Typed, pd.DataFrame]:
    """The odd rows read cell by cell, and their entries alone."""
    body, style = body_of(scan.grid, scan.headings), scan.style()
    # Beneath the odd rows stand regular ones, so that signs and orders are decided as for the whole column.
    beneath = body.iloc[type_entries(body, _nowhere, style).places]
    odd = scan.body(rows) if rows is not None else body.iloc[:0]
    place = scan.place(rows["row_place"].to_numpy(), count) if rows is not None else _nowhere
    cells = pd.concat([odd, beneath], ignore_index=True)
    shifted = shifted_rows(cells, scan.headings) if scan.beyond else None
    typed = type_entries(cells, place, replace(style, shifted=shifted))
    return typed, typed.entries[typed.places < len(odd)].reset_index(drop=True)


def _result(
    scan: Scan, found: _Grouped, read: tuple[Typed, pd.DataFrame], invoices: pd.DataFrame | None
) -> LedgerRead:
    """The regular rows and the odd ones as one ledger."""
    typed, own = read
    empty = nothing(found.cut_day)
    parts = [replace(empty, monthly=found.settled.monthly), aggregated(own, found.cut_day)]
    monthly = joined(parts).monthly
    whole = Aggregate(monthly, day_counts(monthly) if invoices is None else invoices, found.cut_day)
    known = {issue.code for issue in found.settled.issues}
    issues = [*found.settled.issues, *(issue for issue in typed.issues if issue.code not in known)]
    told = result_of(scan.kind, scan.grid, scan.headings, replace(typed, entries=own, issues=issues))
    head = typed.entries.tail(len(typed.entries) - len(own)).head(HEAD_ENTRIES).reset_index(drop=True)
    return from_parts(str(scan.path), told, whole, head)


def _nowhere(row: int, key: str) -> str:
    return ""

"""Which of the tables of a file are the ledger: the best one, and those that go on where it ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from xlsales.issues import CannotRead, Issue
from xlsales.sources import ReadOptions
from xlsales.sources.dates import read_dates
from xlsales.sources.glued import AMOUNTS, Table, tables_in
from xlsales.sources.grid import Grid
from xlsales.sources.headings import Headings
from xlsales.sources.numbers import read_numbers
from xlsales.sources.texts import as_id, as_text
from xlsales.sources.words import folded
from xlsales.tables.folder import read_toml

_ALIKE = 0.6
_COPY = 0.5


def agree(one: Headings, other: Headings) -> bool:
    """Whether two tables have the same headings: those of the ledger's own columns, and most of all."""
    needed = {"invoice_date", "customer_no", "customer", *AMOUNTS}
    mine, theirs = ({key: folded(each.heading(key)) for key in each.columns if key in needed} for each in (one, other))
    if mine != theirs:
        return False
    texts, others = ({folded(text) for text in each.texts if text} for each in (one, other))
    return len(texts & others) >= _ALIKE * len(texts | others)


def no_sales(name: str) -> bool:
    """Whether a sheet's name tells that it holds budgets, quotes or purchases, however it is laid out."""
    word = folded(name)
    return any(word.startswith(other) or word.endswith(other) for other in _no_sales())


@lru_cache(maxsize=1)
def _no_sales() -> tuple[str, ...]:
    return tuple(map(folded, read_toml("ledger.toml")["sheets"]["no_sales"]))


def chosen(path: Path, tables: Sequence[Table]) -> list[Grid]:
    """The tables that are the ledger, best first, with warnings about the others on the first of them.

    A table with the same headings is counted with it, unless it repeats rows or sums them up.
    Raises CannotRead unknown_ledger where there is no table at all.
    """
    if not tables:
        raise CannotRead("unknown_ledger", path=str(path), detail="empty")
    ranked = sorted((table for table in tables if not table.stranger), key=_rank, reverse=True)
    best, strangers = ranked[0], _strangers(path, tables)
    if best.headings is None or not best.complete:
        return _told([best.grid], tables, strangers)
    used, unused = [best], []
    alike = [
        table for table in ranked[1:] if table.headings and table.complete and agree(best.headings, table.headings)
    ]
    alike = [table for table in alike if no_sales(table.grid.name) == no_sales(best.grid.name)]
    known = _Known(best) if alike else None
    both = 0
    for table in alike:
        count = known.repeated(table) if known else 0
        if count is None:
            unused.append(table)
        elif table.rows:
            used.append(table)
            both += count
    unused += [table for table in ranked[1:] if table.complete and not any(table is other for other in (*used, *alike))]
    used.sort(key=lambda table: next(index for index, other in enumerate(tables) if other is table))
    return _told([table.grid for table in used], tables, [*_warnings(path, used, unused, both), *strangers])


def ledger_grids(path: Path, grid: Grid, options: ReadOptions = ReadOptions()) -> list[Grid]:
    """The tables of one grid that are the ledger, as :func:`chosen` does for all tables of a workbook."""
    return chosen(path, named(tables_in(grid, options)))


def named(tables: Sequence[Table]) -> list[Table]:
    """Tables that share a sheet or a file are called by the place of their first heading."""
    if sum(not table.stranger for table in tables) < 2:
        return list(tables)
    rows = (table.headings.first if table.headings else 0 for table in tables)
    return [
        replace(table, grid=replace(table.grid, name=table.grid.place(row, 0)))
        for table, row in zip(tables, rows, strict=True)
    ]


def _told(used: Sequence[Grid], tables: Sequence[Table], new: Sequence[Issue]) -> list[Grid]:
    """The grids, the first with all warnings; tables of one sheet share a list."""
    lists = {id(table.grid.warnings): table.grid.warnings for table in tables}
    warnings = [issue for each in lists.values() for issue in each]
    return [replace(used[0], warnings=[*warnings, *new]), *(replace(grid, warnings=[]) for grid in used[1:])]


def _rank(table: Table) -> tuple[Any, ...]:
    fit = table.headings.fit() if table.headings else (0, 0)
    return table.complete, not no_sales(table.grid.name), fit, table.rows


class _Known:
    """The rows that are counted so far."""

    def __init__(self, first: Table) -> None:
        self._marks = _marks(first)
        self._spans = [_span(first)]

    def repeated(self, table: Table) -> int | None:
        """How many rows of a table are counted already; None where it is a copy, a part or a sum of them."""
        marks, span = _marks(table), _span(table)
        if len(marks) == 0:
            return 0 if table.rows == 0 else None
        again = int(np.isin(marks, self._marks).sum())
        if again > _COPY * len(marks) or any(_sums_up(span, other) for other in self._spans):
            return None
        self._marks = np.concatenate([self._marks, marks])
        self._spans.append(span)
        return again


def _marks(table: Table) -> npt.NDArray[np.uint64]:
    """One number for each row with a date, the same for the same contents of the ledger's columns."""
    assert table.headings
    body = table.grid.below(table.headings.body)
    days = read_dates(body[table.headings.columns["invoice_date"]]).days
    columns: dict[str, Any] = {"invoice_date": days}
    for key, position in table.headings.columns.items():
        if key not in ("invoice_date", "other"):
            columns[key] = as_id(as_text(body[position])).to_pandas()
    rows = pd.DataFrame(columns)[~np.isnat(days)]
    marks: npt.NDArray[np.uint64] = np.asarray(
        pd.util.hash_pandas_object(rows[sorted(columns)], index=False), np.uint64
    )
    return marks


_Span = tuple[float, Any, Any, int]


def _span(table: Table) -> _Span:
    """The sum of the amounts, the first and the last day, and the rows of a table."""
    assert table.headings
    body = table.grid.below(table.headings.body)
    days = read_dates(body[table.headings.columns["invoice_date"]]).days
    amounts = [key for key in ("amount", "amount_unsure", "amount_incl") if key in table.headings.columns]
    if not amounts or np.isnat(days).all():
        return 0.0, None, None, 0
    values = read_numbers(body[table.headings.columns[amounts[0]]], machine_point=table.grid.machine_point).values
    dated = ~np.isnat(days)
    return round(float(np.nansum(values[dated])), 2), days[dated].min(), days[dated].max(), int(dated.sum())


def _sums_up(one: _Span, other: _Span) -> bool:
    """Whether two tables come to the same sum over the same time: one is the other, summed up."""
    total, first, last, rows = one
    if not total or total != other[0]:
        return False
    return bool(first <= other[2] and last >= other[1] and min(rows, other[3]) > 1)


def _strangers(path: Path, tables: Sequence[Table]) -> list[Issue]:
    places = [table.grid.place(0, 0) for table in tables if table.stranger]
    params = {"places": places, "count": len(places)}
    return [Issue("note", "tables_left_out", place=path.name, params=params)] if places else []


def _warnings(path: Path, used: Sequence[Table], unused: Sequence[Table], both: int) -> list[Issue]:
    found = []
    names = [table.grid.name or path.name for table in used]
    if len(used) > 1:
        params: dict[str, object] = {"sheets": names, "count": len(names)}
        found.append(Issue("warning", "sheets_joined", place=path.name, params=params))
    if both:
        found.append(Issue("warning", "rows_in_both", place=path.name, params={"count": both}))
    if unused:
        others = [table.grid.name or path.name for table in unused]
        params = {"sheet": ", ".join(names), "sheets": others, "count": len(others)}
        found.append(Issue("warning", "sheets_unused", place=path.name, params=params))
    return found

"""Several tables in one file or sheet: one below the other, or side by side, found by their headings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow.compute as pc

from xlsales.sources import REQUIRED, ReadOptions
from xlsales.sources.dates import read_dates
from xlsales.sources.grid import Grid
from xlsales.sources.headings import Headings, find_headings, match_row
from xlsales.sources.numbers import read_numbers
from xlsales.sources.profiles import profile_named
from xlsales.sources.texts import as_text

Rows = npt.NDArray[np.int64]

AMOUNTS = frozenset({"amount", "amount_unsure", "amount_incl"})
_MOST_HEADINGS = 2_000
# A cell that begins as a number or a date does; a heading has none of them.
_NUMBERED = r"^[\s\-−+(€$£=\"']*[0-9]"


@dataclass(frozen=True)
class Table:
    """One table of a file.

    headings: its own, None where no row names ledger columns. stranger: it stands beside or below a ledger and is none.
    """

    grid: Grid
    headings: Headings | None
    stranger: bool = False

    @property
    def complete(self) -> bool:
        """Whether it can be a ledger: every column that a ledger needs is named."""
        return self.headings is not None and not self.headings.missing()

    @property
    def rows(self) -> int:
        """Rows below the headings."""
        return self.grid.height - (self.headings.body if self.headings else 0)


def split_tables(grid: Grid, options: ReadOptions = ReadOptions()) -> list[Grid]:
    """The tables of a grid, each with its own headings on top; the grid itself where there is but one.

    A heading that is repeated on every page does not begin a table, nor does a line of text.
    """
    return [table.grid for table in tables_in(grid, options) if not table.stranger]


def tables_in(grid: Grid, options: ReadOptions = ReadOptions()) -> list[Table]:
    """The tables of a grid with their headings, one at least that is no stranger."""
    below = _below_each_other(grid, options)
    return [side for part in below for side in ([part] if part.stranger else _side_by_side(part, options))]


def headings_in(grid: Grid, options: ReadOptions) -> Headings | None:
    """The headings among the first rows of a grid."""
    return find_headings(grid.head(), options.columns, options.profile)


def _below_each_other(grid: Grid, options: ReadOptions) -> list[Table]:
    main = headings_in(grid, options)
    candidates = _text_rows(grid, main)
    if not len(candidates):
        return [Table(grid, main)]
    system = profile_named(options.profile) if options.profile else None
    texts = _rows_of(grid, candidates)
    named = [
        match_row(cells, options.columns, int(row), int(row) + 1, system)
        for row, cells in zip(candidates, texts, strict=True)
    ]
    own = range(main.first, main.body) if main else range(0)
    starts = [found for found in named if found.first not in own and not found.missing()]
    kept: list[Headings] = []
    for found in sorted([*starts, *([main] if main else [])], key=lambda found: found.first):
        if not kept or not _same_layout(kept[-1], found):
            kept.append(found)
    return _cut(grid, kept, _strangers(grid, named))


def _cut(grid: Grid, starts: Sequence[Headings], strangers: Sequence[Headings]) -> list[Table]:
    """One table from each heading to the next, or to where a table of another kind begins."""
    tables = []
    for number, found in enumerate(starts):
        first = found.first if number else 0
        last = starts[number + 1].first if number + 1 < len(starts) else grid.height
        inner = [other for other in strangers if found.body < other.first < last and not _again(found, other)]
        end = _stranger(grid, found, inner, last)
        part = grid if (first, end) == (0, grid.height) else grid.part(slice(first, end))
        tables.append(Table(part, replace(found, first=found.first - first, body=found.body - first)))
        if end < last:
            tables.append(Table(grid.part(slice(end, last)), None, stranger=True))
    return tables or [Table(grid, None)]


def _same_layout(one: Headings, other: Headings) -> bool:
    """Whether a heading is the same one printed again, perhaps with a word spelt otherwise."""
    keys = {"invoice_date", "customer_no", "customer", *AMOUNTS}
    return {key: spot for key, spot in one.columns.items() if key in keys} == {
        key: spot for key, spot in other.columns.items() if key in keys
    }


def _again(table: Headings, other: Headings) -> bool:
    same = sum(one == two != "" for one, two in zip(table.texts, other.texts, strict=True))
    return same * 2 > sum(map(bool, other.texts))


def _strangers(grid: Grid, named: Sequence[Headings]) -> list[Headings]:
    """Rows of texts that may be the headings of another kind of table: every cell in the row beneath has one."""
    rows = np.array([found.first for found in named])
    beneath = _rows_of(grid, np.minimum(rows + 1, grid.height - 1))
    return [
        found
        for found, after in zip(named, beneath, strict=True)
        if any(after)
        and found.body < grid.height
        and not any(cell and not head for cell, head in zip(after, found.texts, strict=True))
    ]


def _stranger(grid: Grid, table: Headings, others: Sequence[Headings], last: int) -> int:
    """The row where a table of another kind begins below a ledger's last entry; ``last`` where none does.

    Its heading is of known words, or stands below an empty row, or is narrower than the ledger's.
    """
    if not others or "invoice_date" not in table.columns:
        return last
    ends = _last_entry(grid, table, last)
    width = sum(map(bool, table.texts))
    for other in others:
        known = sum(key != "other" for key in other.columns) >= 2
        narrower = sum(map(bool, other.texts)) < width
        if other.first > ends and (known or narrower or not any(grid.texts(other.first - 1, other.first)[0])):
            return other.first
    return last


def _last_entry(grid: Grid, table: Headings, last: int) -> int:
    """The last row above ``last`` with a date and, where the table has an amount, a number."""
    body = grid.below(table.body).iloc[: last - table.body]
    good = ~np.isnat(read_dates(body[table.columns["invoice_date"]]).days)
    for key in AMOUNTS & set(table.columns):
        good &= np.isfinite(read_numbers(body[table.columns[key]], machine_point=grid.machine_point).values)
    return table.body + int(np.flatnonzero(good)[-1]) if good.any() else table.body


def _text_rows(grid: Grid, main: Headings | None) -> Rows:
    """The rows with two texts or more and no number: headings, and little else."""
    first = [position for key, position in (main.columns if main else {}).items() if key in REQUIRED]
    order = list(dict.fromkeys([*first, *range(grid.cells.shape[1])]))
    order.sort(key=lambda column: pd.api.types.is_string_dtype(grid.cells[column].dtype))
    rows = np.arange(len(grid.cells))
    filled = np.zeros(len(grid.cells), dtype=np.int64)
    for column in order:
        cells = grid.cells[column].iloc[rows]
        if not pd.api.types.is_string_dtype(cells.dtype):
            rows = rows[cells.isna().to_numpy()]
            continue
        texts = as_text(cells)
        keep = ~_mask(pc.match_substring_regex(texts, _NUMBERED))
        filled[rows] += _mask(pc.not_equal(texts, ""))
        rows = rows[keep]
    rows = rows[filled[rows] >= 2][:_MOST_HEADINGS] + len(grid.top)
    above = [row for row, cells in enumerate(grid.top) if sum(map(bool, cells)) >= 2]
    return np.array([*above, *rows], dtype=np.int64)


def _rows_of(grid: Grid, rows: Rows) -> list[list[str]]:
    top = [list(grid.top[row]) for row in rows if row < len(grid.top)]
    part = grid.cells.iloc[rows[rows >= len(grid.top)] - len(grid.top)]
    columns = [as_text(part[column]).to_pylist() for column in part.columns]
    return top + [list(row) for row in zip(*columns, strict=True)]


def _side_by_side(table: Table, options: ReadOptions) -> list[Table]:
    """The tables that empty columns, or a heading that begins anew, part from each other."""
    blocks = _blocks(table.grid, table.headings)
    if len(blocks) < 2:
        return [table]
    parts = [table.grid.part(slice(0, None), block) for block in blocks]
    tables = [Table(part, headings_in(part, options)) for part in parts]
    complete = [part for part in tables if part.complete]
    if len(complete) == 1 and table.complete and _one_table(complete[0], tables):
        return [table]
    if not complete:
        return [table]
    return [*complete, *(replace(part, stranger=True) for part in tables if not part.complete)]


def _one_table(ledger: Table, others: Sequence[Table]) -> bool:
    """Whether the columns beyond an empty one belong to the same rows as the ledger."""
    own = _filled_rows(ledger.grid)
    for other in others:
        if other is ledger:
            continue
        theirs = _filled_rows(other.grid)
        both = (own & theirs).sum()
        if both < 0.8 * max(own.sum(), theirs.sum()):
            return False
    return True


def _filled_rows(grid: Grid) -> npt.NDArray[np.bool_]:
    filled = np.zeros(len(grid.cells), dtype=np.bool_)
    for column in grid.cells.columns:
        filled |= _filled(grid.cells[column])
    return filled


def _blocks(grid: Grid, headings: Headings | None) -> list[list[int]]:
    repeats = _repeats(headings)
    if repeats:
        return repeats
    if headings is None:
        return []
    head = grid.head()
    empty = [not any(row[column] for row in head) for column in range(grid.cells.shape[1])]
    blocks: list[list[int]] = [[]]
    for column, bare in enumerate(empty):
        if bare and not _filled(grid.cells[column]).any():
            blocks.append([])
        else:
            blocks[-1].append(column)
    return [block for block in blocks if block]


def _repeats(headings: Headings | None) -> list[list[int]]:
    """The columns of each copy where the same headings stand twice or more in a row."""
    named = [(column, text) for column, text in enumerate(headings.texts if headings else ()) if text]
    for count in range(len(named) // 2, 1, -1):
        size, rest = divmod(len(named), count)
        texts = [text for _, text in named]
        if not rest and size >= 2 and texts == texts[:size] * count:
            starts = [named[index * size][0] for index in range(count)]
            ends = [*starts[1:], len(headings.texts) if headings else 0]
            return [list(range(start, end)) for start, end in zip(starts, ends, strict=True)]
    return []


def _filled(cells: pd.Series[Any]) -> npt.NDArray[np.bool_]:
    if not pd.api.types.is_string_dtype(cells.dtype):
        return cells.notna().to_numpy()
    return _mask(pc.not_equal(as_text(cells), ""))


def _mask(hits: Any) -> npt.NDArray[np.bool_]:
    found: npt.NDArray[np.bool_] = hits.to_numpy(zero_copy_only=False).astype(np.bool_)
    return found

"""A step's frame into a table that people have worked in: keys decide, never positions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from xlsales.tables.cells import is_empty, show_cells
from xlsales.tables.edit import KEEP, TableEdit
from xlsales.tables.parse import Parsed
from xlsales.tables.schema import Column, Language, Table


@dataclass(frozen=True)
class Words:
    """What cells need beside their value: the language, and the names of criteria by id."""

    language: Language
    criteria: Mapping[str, str] = field(default_factory=dict)


def merge(old: Parsed, new: pd.DataFrame, words: Words, *, users_too: bool = False) -> TableEdit:
    """The wanted body of a table.

    new: columns by key (criteria by id). In a table where users write rows, the present rows stay in
    their order, the tool's cells are filled by key, and unknown keys become rows at the end; the
    user's own cells are written only on those new rows, or everywhere when ``users_too`` is set.
    In a table of the tool's the rows are those of ``new``, in its order; a user's cells follow by key.
    """
    table = old.table
    written = _written(old, new, users_too)
    if table.is_users:
        rows, origin = _join(old, new, set(old.frame.index) if users_too else set(old.usable))
    elif table.fixed:
        rows = new.reset_index(drop=True).reindex(range(table.rows))
        origin = np.array([i if i < len(old.raw) else -1 for i in range(table.rows)], dtype=np.int64)
    else:
        rows, origin = new.reset_index(drop=True), _origin(old, new)
    cells: dict[str, list[Any]] = {}
    for key, column in written.items():
        heading = old.headings.get(key) or heading_of(key, column, words)
        cells[heading] = _cells(rows, (key, column), words, (origin, users_too))
    frame = pd.DataFrame(cells, index=range(len(rows)), dtype=object)
    drop = _stale(old, set(cells)) if not table.is_users else ()
    order = _order(old, cells, words) if drop or not table.is_users else None
    return TableEdit(frame, origin, drop, order, _key(old))


def replace(old: Parsed, new: pd.DataFrame, words: Words) -> TableEdit:
    """The wanted body when ``new`` is all there shall be of a user's table."""
    table = old.table
    rows = new.reset_index(drop=True)
    cells = {
        old.headings.get(key) or heading_of(key, column, words): _show(rows[key], key, column, words)
        for key, column in _written(old, new, True).items() if key in rows
    }
    origin = _origin(old, new) if table.index else np.full(len(rows), -1)
    return TableEdit(pd.DataFrame(cells, index=range(len(rows)), dtype=object), origin, key=_key(old))


def _key(old: Parsed) -> tuple[str, ...]:
    """The headings of the table's key, where all of them stand in it."""
    headings = tuple(old.headings.get(key, "") for key in old.table.index)
    return headings if all(headings) else ()


def heading_of(key: str, column: Column, words: Words) -> str:
    """The heading a column gets when it is new in the sheet."""
    return words.criteria.get(key, key) if column.each else column.heading[words.language]


def _written(old: Parsed, new: pd.DataFrame, users_too: bool) -> dict[str, Column]:
    table, columns = old.table, {}
    for key in (k for c in table.columns for k in _expand(c, new, table)):
        column = table.each if key not in table.keys else table[key]
        if column and (key in new or (column.owner == "tool" and not users_too)):
            columns[key] = column
    if not table.is_users and not users_too:
        return {k: c for k, c in columns.items() if c.owner == "tool"}
    return columns


def _expand(column: Column, new: pd.DataFrame, table: Table) -> list[str]:
    if not column.each:
        return [column.key]
    return [key for key in new.columns if key not in table.keys]


def row_keys(frame: pd.DataFrame, table: Table) -> list[tuple[str, ...]]:
    """The key of every row as text."""
    if not table.index:
        return [()] * len(frame)
    blank = pd.Series("", index=frame.index)
    return list(zip(*(frame.get(k, blank).fillna("").astype(str) for k in table.index), strict=True))


def _join(old: Parsed, new: pd.DataFrame, usable: set[Any]) -> tuple[pd.DataFrame, Any]:
    """Present rows with the new values by key (missing where unknown), then the new keys' rows."""
    fresh = new.reset_index(drop=True)
    if not old.table.index:
        rows = pd.concat([pd.DataFrame(index=old.frame.index), fresh], ignore_index=True)
        return rows, np.concatenate([old.frame.index.to_numpy(np.int64), np.full(len(fresh), -1)])
    position = {key: i for i, key in enumerate(row_keys(fresh, old.table))}
    present = row_keys(old.frame, old.table)
    hits = [position.get(k, -1) if row in usable else -1 for row, k in zip(old.frame.index, present, strict=True)]
    taken = set(present)
    added = [i for key, i in position.items() if key not in taken]
    rows = fresh.reindex([*hits, *added]).reset_index(drop=True)
    return rows, np.concatenate([old.frame.index.to_numpy(np.int64), np.full(len(added), -1)])


def _origin(old: Parsed, new: pd.DataFrame) -> Any:
    """For each new row the body row with the same key; without keys by position."""
    if not old.table.index:
        count = len(old.raw)
        return np.array([i if i < count else -1 for i in range(len(new))], dtype=np.int64)
    rows = {key: int(row) for row, key in zip(old.frame.index, row_keys(old.frame, old.table), strict=True)}
    return np.array([rows.get(key, -1) for key in row_keys(new, old.table)], dtype=np.int64)


def _cells(rows: pd.DataFrame, named: tuple[str, Column], words: Words, state: tuple[Any, bool]) -> list[Any]:
    key, column = named
    origin, users_too = state
    if key not in rows:
        return [None] * len(rows)
    shown = _show(rows[key], key, column, words)
    if column.owner == "tool":
        return shown
    blank = rows[key].map(is_empty) if users_too else pd.Series(True, index=rows.index)
    return [KEEP if o >= 0 and b else cell for o, b, cell in zip(origin, blank, shown, strict=True)]


def _show(values: pd.Series[Any], key: str, column: Column, words: Words) -> list[Any]:
    if column.type == "criterion":
        return [None if is_empty(v) else words.criteria.get(v, v) for v in values]
    return show_cells(values, column, words.language)


def _stale(old: Parsed, kept: set[str]) -> tuple[str, ...]:
    """Columns of criteria that are no longer among the columns of a tool's table."""
    return tuple(old.headings[c] for c in old.criteria if old.headings[c] not in kept)


def _order(old: Parsed, cells: Mapping[str, Any], words: Words) -> tuple[str, ...]:
    """Present headings first, a new criterion's column after the last of its kind."""
    stale = set(_stale(old, set(cells)))
    present = [h for h in old.raw.columns if h not in stale]
    added = [h for h in cells if h not in present]
    ours = [i for i, h in enumerate(present) if h in cells or h in old.headings.values()]
    cut = ours[-1] + 1 if ours else 0
    return (*present[:cut], *added, *present[cut:])

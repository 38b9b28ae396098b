"""The shape of an open table: columns and rows added, moved and dropped by the program that has it open."""

from __future__ import annotations

from collections.abc import Container, Sequence
from typing import Any

import pandas as pd

from xlsales.hosts import TableEdit
from xlsales.hosts.cellvalues import new_headings
from xlsales.hosts.live.cells import block
from xlsales.hosts.live.live_table import LiveTable
from xlsales.issues import CannotWrite


def fit_columns(live: LiveTable, edit: TableEdit) -> None:
    """Drop, add and move columns until the headings are those of the edit."""
    present = list(live.headings())
    wanted = new_headings(present, edit, live.table.name)
    dropped = {heading.casefold() for heading in edit.drop}
    for across in reversed([i for i, heading in enumerate(present) if heading.casefold() in dropped]):
        _drop_column(live, across)
        present.pop(across)
    for across, heading in enumerate(wanted):
        if across < len(present) and present[across] == heading:
            continue
        _insert_column(live, across)
        if heading in present:
            source = present.index(heading) + 1
            live.cells(-1, source, live.height(), 1).copy(live.cells(-1, across, live.height(), 1))
            _drop_column(live, source)
            present.remove(heading)
        live.cells(-1, across, 1, 1).raw_value = "'" + heading
        present.insert(across, heading)
    live.names = present


def _insert_column(live: LiveTable, across: int) -> None:
    """Room for a column. Before the first one it is made after it, so that it is inside the table."""
    room = live.cells(-1, max(across, 1), live.height(), 1)
    last = across == live.columns
    if not last or not _nothing_in(room, live.height(), 1):
        room.insert("right")
    if last:
        live.table.resize(live.cells(-1, 0, live.height(), live.columns + 1))
    if across == 0:
        live.cells(-1, 0, live.height(), 1).copy(live.cells(-1, 1, live.height(), 1))
    live.columns += 1


def _drop_column(live: LiveTable, across: int) -> None:
    live.cells(-1, across, live.height(), 1).delete("left")
    live.columns -= 1


def fit_rows(live: LiveTable, origin: Sequence[int], written: Container[str], body: pd.DataFrame) -> None:
    """Rows inserted, moved and deleted until row i continues the row ``origin[i]``, or is new (-1).

    written: headings whose cells are written next, so what stands in them does not matter.
    body: what stands in the table now.
    """
    live.layout = list(range(live.rows))
    first = _first_places(origin)
    once = [row if row >= 0 and first[row] == place else -1 for place, row in enumerate(origin)]
    users = [i for i, heading in enumerate(live.headings()) if heading.casefold() not in written]
    kept = [row for row in once if row >= 0]
    wanted = max(len(once), 1)
    if all(_empty(live, i, body) for i in users):
        _resize_from(live, min(live.rows, wanted), wanted, users)
    elif kept == list(range(len(kept))) and once[: len(kept)] == kept:
        _resize_from(live, max(len(kept), 1), wanted, users)
        if not kept:
            _clear_first(live, users)
    else:
        _sort(live, once, users)
    for place, row in enumerate(origin):
        if row >= 0 and first[row] != place:
            live.cells(first[row], 0, 1, live.columns).copy(live.cells(place, 0, 1, live.columns))


def _first_places(origin: Sequence[int]) -> dict[int, int]:
    """A row is continued once; another row that continues it too is a copy. The place of the first, by body row."""
    first: dict[int, int] = {}
    for place, row in enumerate(origin):
        first.setdefault(row, place)
    return first


def _empty(live: LiveTable, across: int, body: pd.DataFrame) -> bool:
    """Nothing to see in a column, and no formula that shows nothing either."""
    heading = live.headings()[across]
    if heading in body and body[heading].notna().any():
        return False
    return all(cell in ("", None) for cell in live.formulas(across))


def _resize_from(live: LiveTable, same: int, wanted: int, users: Sequence[int]) -> None:
    """Keep the first rows, drop the others, add new ones below; ``users`` are the columns not to be written."""
    _drop_rows(live, same)
    _add_rows(live, wanted - live.rows, users)


def _drop_rows(live: LiveTable, same: int) -> None:
    """Take away the rows below the first so many. Where another table stands in the way they are emptied."""
    gone = live.rows - same
    if gone <= 0:
        return
    below = live.cells(same, 0, gone, live.columns)
    try:
        below.delete("up")
    except Exception:
        if live.table.show_totals:
            raise
        live.table.resize(live.cells(-1, 0, 1 + same, live.columns))
        below.clear()
    live.rows = same
    del live.layout[same:]


def _add_rows(live: LiveTable, count: int, users: Sequence[int]) -> None:
    if count <= 0:
        return
    formulas = live.calculated() if users else []
    calculated = [i for i in users if live.headings()[i] in formulas]
    _make_room(live, count)
    for across in calculated:
        live.cells(live.rows - 1, across, 1, 1).copy(live.cells(live.rows, across, count, 1))
    live.rows += count
    live.layout += [-1] * count


def _make_room(live: LiveTable, count: int) -> None:
    """Empty rows below the last one, with its formats. Free rows are taken where the cells below cannot be moved."""
    below, totals = live.cells(live.rows, 0, count, live.columns), bool(live.table.show_totals)
    try:
        below.insert("down", "format_from_left_or_above")
    except Exception as refused:
        if totals or not _nothing_in(below, count, live.columns):
            place = below.address.replace("$", "")
            sheet, name = live.table.parent.name, live.table.name
            raise CannotWrite("table_blocked", sheet=sheet, table=name, body=place, blocked=place) from refused
        live.cells(live.rows - 1, 0, 1, live.columns).copy(below)
        below.clear_contents()
    if not totals:
        live.table.resize(live.cells(-1, 0, 1 + live.rows + count, live.columns))


def _nothing_in(cells: Any, rows: int, columns: int) -> bool:
    return all(cell in ("", None) for row in block(cells.formula, rows, columns) for cell in row)


def _clear_first(live: LiveTable, users: Sequence[int]) -> None:
    for across in users:
        if not str(live.formulas(across)[0]).startswith("="):
            live.cells(0, across, 1, 1).clear_contents()


def _sort(live: LiveTable, origin: Sequence[int], users: Sequence[int]) -> None:
    """Let the program sort its own rows, so that formulas, notes and colours go along.

    The order stands meanwhile in a column that is written afterwards; without one a column is added for it.
    """
    before = live.rows
    places = {row: place for place, row in enumerate(origin) if row >= 0}
    fresh = [place for place, row in enumerate(origin) if row < 0]
    _add_rows(live, len(fresh), users)
    order = [places.get(row, len(origin) + row) for row in range(before)] + fresh
    at = next((i for i in range(live.columns) if i not in users), live.columns)
    added = at == live.columns
    if added:
        _insert_column(live, at)
    _show_rows(live)
    live.cells(0, at, live.rows, 1).raw_value = [[float(place)] for place in order]
    live.table.sort(at + 1)
    live.layout = [row for _, row in sorted(zip(order, live.layout, strict=True))]
    if added:
        _drop_column(live, at)
    _drop_rows(live, len(origin))


def _show_rows(live: LiveTable) -> None:
    """A sort leaves hidden rows where they are, so they are shown, and it is remembered that they are."""
    body = live.cells(0, 0, live.rows, live.columns)
    whole = getattr(body.api, "EntireRow", None)
    if (body.rows.hidden if whole is None else whole.Hidden) is not False:
        body.rows.hidden = False
        live.shown = True

"""The opposite of an edit, and how it fits a table that people have worked in since."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from xlsales.hosts import KEEP, TableEdit
from xlsales.issues import CannotWrite

Row = tuple[str, ...]


class Formula(str):
    """A cell that holds a formula of the user's, as the program shows it in English."""


@dataclass(frozen=True)
class Formulas:
    """columns: cells as formulas by heading. calculated: headings of columns with one formula in every row."""

    columns: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    calculated: Sequence[str] = ()


@dataclass(frozen=True)
class Reverse:
    """The opposite of one edit: bring ``table`` from the state with rows ``after`` back to what it was.

    marks: the headings by whose cells a row of the later state is known again; after: those cells as text.
    written: the headings, folded, that no person fills: those the edit wrote, and those with a formula in every row.
    """

    table: str
    edit: TableEdit
    marks: tuple[str, ...]
    after: tuple[Row, ...]
    written: tuple[str, ...]


def reverse_of(
    table: str, edit: TableEdit, before: pd.DataFrame, after: pd.DataFrame, formulas: Formulas
) -> Reverse:
    """The opposite of an edit, from the table's body before and after it.

    formulas: what the user's columns hold as formulas, where the table loses rows.
    """
    position = {int(row): place for place, row in reversed(list(enumerate(edit.origin))) if row >= 0}
    origin = np.array([position.get(row, -1) for row in range(len(before))], dtype=np.int64)
    written = {str(heading).casefold() for heading in (*edit.cells.columns, *edit.drop)}
    cells: dict[str, list[Any]] = {}
    for heading in before.columns:
        values = before[heading].to_list()
        if heading.casefold() in written:
            cells[heading] = values
        elif (origin < 0).any():
            texts = formulas.columns.get(heading, values)
            whole = [_own(value, text) for value, text in zip(values, texts, strict=True)]
            cells[heading] = [value if row < 0 else KEEP for value, row in zip(whole, origin, strict=True)]
    known = {heading.casefold() for heading in before.columns}
    drop = tuple(heading for heading in after.columns if heading.casefold() not in known)
    frame = pd.DataFrame(cells, index=range(len(before)), dtype=object)
    marks = edit.key or tuple(heading for heading in after.columns if heading.casefold() in written)
    back = TableEdit(frame, origin, drop, tuple(before.columns), edit.key)
    filled = written | {heading.casefold() for heading in formulas.calculated}
    return Reverse(table, back, marks, _rows(after, marks), tuple(sorted(filled)))


def _own(value: Any, text: Any) -> Any:
    return Formula(text) if isinstance(text, str) and text.startswith("=") else value


def _rows(frame: pd.DataFrame, marks: Sequence[str]) -> tuple[Row, ...]:
    return tuple(zip(*(frame[heading].map(_mark) for heading in marks), strict=True)) if marks else ()


def _mark(cell: Any) -> str:
    """A cell as text, the same for what was written and for what Excel gives back of it.

    Excel tells no whole number from a fraction without decimals, and gives amounts of money with four of them.
    """
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        return f"{round(cell, 4) + 0.0:.4f}"
    if isinstance(cell, dt.datetime):
        return cell.replace(microsecond=0).isoformat()
    return str(cell).replace("\r\n", "\n")


def fitted(reverse: Reverse, present: pd.DataFrame) -> TableEdit:
    """The opposite edit for the table as it stands now.

    Rows are known again wherever they have been moved to. A row that a person has taken away since stays away; one
    that a person has written, or written in, stays at the end. CannotWrite when the table is no longer what the run
    left: the headings by which rows are known are gone, or most of the rows are. Without a key rows go by their place.
    """
    edit = reverse.edit
    if not len(edit.cells.columns):
        return TableEdit(pd.DataFrame(index=range(len(present))), np.arange(len(present)), edit.drop, edit.order)
    if not set(reverse.marks) <= set(present.columns):
        raise CannotWrite("undo_table_changed", table=reverse.table)
    rows = _rows(present, reverse.marks)
    if rows == reverse.after:
        return edit
    if not edit.key:
        origin = [row if row < len(present) else -1 for row in range(len(edit.origin))]
        return TableEdit(edit.cells, np.array(origin, dtype=np.int64), edit.drop)
    now = _known_again(reverse.after, rows)
    if 2 * len(now) < len(reverse.after):
        raise CannotWrite("undo_table_changed", table=reverse.table)
    return _following(reverse, present, now)


def _known_again(after: Sequence[Row], rows: Sequence[Row]) -> dict[int, int]:
    """Where each row of the later state stands now, by its marks."""
    places: dict[Row, list[int]] = {}
    for place, row in reversed(list(enumerate(rows))):
        places.setdefault(row, []).append(place)
    return {place: found.pop() for place, row in enumerate(after) if (found := places.get(row))}


def _following(reverse: Reverse, present: pd.DataFrame, now: dict[int, int]) -> TableEdit:
    edit = reverse.edit
    taken, free = set(now.values()), dict[Row, int]()
    for place, row in enumerate(_rows(present, reverse.marks)):
        if place not in taken:
            free.setdefault(row, place)
    keys = _rows(edit.cells, edit.key) if set(edit.key) <= set(edit.cells.columns) else ((),) * len(edit.origin)
    # A row that the run removed continues the one that a person has written again meanwhile.
    origin = [
        now.get(int(row)) if row >= 0 else free.pop(key, -1) for row, key in zip(edit.origin, keys, strict=True)
    ]
    stays = [place for place, row in enumerate(origin) if row is not None]
    continued = {row for row in origin if row is not None}
    fresh = [place for later, place in now.items() if later not in set(edit.origin.tolist())]
    kept = [place for place in range(len(present)) if place not in continued and place not in fresh]
    kept += [place for place in fresh if _written_in(present.iloc[place], reverse.written)]
    rest = pd.DataFrame({heading: [KEEP] * len(kept) for heading in edit.cells.columns}, dtype=object)
    cells = pd.concat([edit.cells.iloc[stays], rest], ignore_index=True)
    places = [row for row in origin if row is not None] + sorted(kept)
    return TableEdit(cells, np.array(places, dtype=np.int64), edit.drop, key=edit.key)


def _written_in(row: pd.Series[Any], written: Sequence[str]) -> bool:
    """Whether a person has filled a cell of their own in a row that the run made."""
    return any(cell is not None for heading, cell in row.items() if str(heading).casefold() not in written)

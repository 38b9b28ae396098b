"""What a host accepts in a cell, and what a table holds after an edit."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

import numpy as np
import pandas as pd

from xlsales.hosts import Keep, Link, TableEdit
from xlsales.issues import CannotWrite

LONGEST_TEXT = 32_767
_SIMPLE = frozenset((str, int, bool, dt.date, dt.datetime, Link, Keep, type(None)))
_AS_THEY_ARE = _SIMPLE | {float}


def plain_column(edit: TableEdit, heading: str, table: str) -> list[Any]:
    """The cells of one heading as str, float, int, bool, date, datetime, None, Link or KEEP."""
    values: list[Any] = edit.cells[heading].to_list()
    kinds = set(map(type, values))
    if kinds <= _AS_THEY_ARE and (float not in kinds or _all_finite(values)):
        if str in kinds and not (kinds == {str} and max(map(len, values)) <= LONGEST_TEXT // 2):
            _check_lengths(values, heading, table)
        return values
    plain = [
        value if type(value) in _SIMPLE else _plain(value, (table, heading, row)) for row, value in enumerate(values)
    ]
    _check_lengths(plain, heading, table)
    return plain


def _all_finite(values: list[Any]) -> bool:
    return all(math.isfinite(value) for value in values if type(value) is float)


def _check_lengths(values: list[Any], heading: str, table: str) -> None:
    """A cell holds so many UTF-16 units; only long texts are worth counting."""
    for row, value in enumerate(values):
        if type(value) is str and len(value) > LONGEST_TEXT // 2 and _units(value) > LONGEST_TEXT:
            raise CannotWrite("text_too_long", table=table, heading=heading, row=row, length=_units(value))


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _finite(value: float, place: tuple[str, str, int]) -> float | None:
    if math.isinf(value):
        raise _refusal(value, place)
    return None if math.isnan(value) else value


def _plain(value: object, place: tuple[str, str, int]) -> object:
    if value is pd.NaT or value is pd.NA:
        return None
    if isinstance(value, pd.Timestamp):
        return value.to_pydatetime()
    if isinstance(value, np.datetime64):
        return None if np.isnat(value) else pd.Timestamp(value).to_pydatetime()
    if isinstance(value, np.bool_):
        return bool(value)
    if isinstance(value, (np.integer, int)):
        return int(value)
    if isinstance(value, (np.floating, float)):
        return _finite(float(value), place)
    if isinstance(value, str):
        return str(value)
    raise _refusal(value, place)


def _refusal(value: object, place: tuple[str, str, int]) -> CannotWrite:
    table, heading, row = place
    return CannotWrite("value_refused", table=table, heading=heading, row=row, found=repr(value))


def check_edit(edit: TableEdit, table: str, rows: int) -> None:
    """Raise ValueError when an edit contradicts itself; that is a mistake in the program."""
    origin = edit.origin
    if len(origin) != len(edit.cells):
        raise ValueError(f"{table}: origin has {len(origin)} rows, cells {len(edit.cells)}")
    if len(origin) and (origin.min() < -1 or origin.max() >= rows):
        raise ValueError(f"{table}: origin names a row that is not there")


def new_headings(old: list[str], edit: TableEdit, table: str) -> list[str]:
    """The headings after an edit, in order."""
    dropped = {heading.casefold() for heading in edit.drop}
    kept = [heading for heading in old if heading.casefold() not in dropped]
    known = {heading.casefold() for heading in kept}
    added = [str(heading) for heading in edit.cells.columns if str(heading).casefold() not in known]
    headings = kept + added
    if edit.order is None:
        return headings
    places = {heading.casefold(): place for place, heading in enumerate(edit.order)}
    if sorted(places) != sorted(heading.casefold() for heading in headings):
        raise ValueError(f"{table}: order does not name every heading once")
    return sorted(headings, key=lambda heading: places[heading.casefold()])


def read_back(value: object) -> object:
    """A written cell as a host reads it again."""
    if type(value) is dt.date:
        return dt.datetime(value.year, value.month, value.day)
    if type(value) is Link:
        return value.text or None
    return None if value == "" else value


def edited(frame: pd.DataFrame, edit: TableEdit, table: str) -> pd.DataFrame:
    """The body of a table after an edit, as a host reads it."""
    check_edit(edit, table, len(frame))
    origin = edit.origin.tolist()
    written = {str(heading).casefold(): heading for heading in edit.cells.columns}
    old_names = {str(heading).casefold(): heading for heading in frame.columns}
    columns: dict[str, list[object]] = {}
    for heading in new_headings([str(name) for name in frame.columns], edit, table):
        old_name = old_names.get(heading.casefold())
        before = frame[old_name].to_list() if old_name is not None else [None] * len(frame)
        kept = [before[row] if row >= 0 else None for row in origin]
        key = written.get(heading.casefold())
        if key is not None:
            cells = plain_column(edit, key, table)
            kept = [old if isinstance(new, Keep) else read_back(new) for new, old in zip(cells, kept, strict=True)]
        columns[heading] = kept or [None]
    return pd.DataFrame(columns, dtype=object)

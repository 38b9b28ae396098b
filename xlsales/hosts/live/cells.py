"""Cells as a running Excel gives and takes them, a column at a time.

Excel gives every number as a float, an error as an integer code and a date as a datetime. What it is
given as text it reads as if somebody typed it, so text that could be taken for something else gets the
apostrophe that a careful person would type.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, Final

from xlsales.hosts import KEEP, Link
from xlsales.hosts.ooxml.render import literal

Prepare = Callable[[Any], Any]

ERRORS: Final = {
    -2146826288: "#NULL!", -2146826281: "#DIV/0!", -2146826273: "#VALUE!", -2146826265: "#REF!",
    -2146826259: "#NAME?", -2146826252: "#NUM!", -2146826246: "#N/A", -2146826245: "#GETTING_DATA",
    -2146826243: "#SPILL!", -2146826242: "#CONNECT!", -2146826241: "#BLOCKED!", -2146826240: "#UNKNOWN!",
    -2146826239: "#FIELD!", -2146826238: "#CALC!",
}  # fmt: skip
_TYPED_AS_SOMETHING_ELSE = re.compile(r"[=+\-@'#]|.*\d|(?:true|false)\s*\Z", re.IGNORECASE | re.DOTALL)
_EXACT = 1e15
_HALF_MILLISECOND = dt.timedelta(microseconds=500)


def block(value: Any, rows: int, columns: int) -> list[Sequence[Any]]:
    """What Excel gives for a range, always as rows: a single cell comes as a scalar."""
    if rows == columns == 1:
        return [[value]]
    if not isinstance(value[0], (tuple, list)):
        return [value] if rows == 1 else [[cell] for cell in value]
    return list(value)


def read_column(cells: Sequence[Any]) -> list[Any]:
    """Cells as str, int, float, bool, datetime or None; an error cell as its text."""
    kinds = set(map(type, cells))
    if kinds <= {str, type(None)}:
        return [cell or None for cell in cells]
    if kinds <= {float, type(None)}:
        return [None if cell is None else _number(cell) for cell in cells]
    return [_value(cell) for cell in cells]


def _number(cell: float) -> int | float:
    return int(cell) if cell.is_integer() and abs(cell) < _EXACT else cell


def _value(cell: Any) -> Any:
    if cell is None or isinstance(cell, (bool, str)):
        return cell if cell != "" else None
    if isinstance(cell, int):
        return ERRORS.get(cell, cell)
    if isinstance(cell, dt.datetime):
        # A date through COM carries a zone that means nothing, and the rounding of a double.
        exact = dt.datetime(*cell.timetuple()[:6], cell.microsecond) + _HALF_MILLISECOND
        return exact.replace(microsecond=exact.microsecond // 1000 * 1000)
    return _number(float(cell)) if isinstance(cell, (float, Decimal)) else str(cell)


def write_column(values: Sequence[Any], prepare: Prepare) -> list[Any]:
    """Cells as Excel is to be given them; :data:`KEEP` goes through untouched.

    prepare: turns a date into what the running program takes.
    """
    return [_sent(value, prepare) for value in values]


def _sent(value: Any, prepare: Prepare) -> Any:
    if isinstance(value, Link):
        return f"=HYPERLINK({literal('#' + value.target)},{literal(value.text)})"
    if isinstance(value, str):
        return "'" + value if _TYPED_AS_SOMETHING_ELSE.match(value) else value or None
    if value is None or value is KEEP or isinstance(value, bool):
        return value
    if isinstance(value, dt.date):
        return prepare(value)
    return float(value)

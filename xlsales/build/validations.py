"""What Excel lets a user type in the user's columns, and what it says."""

from __future__ import annotations

from datetime import date
from typing import Any

from xlsales.build.areas import Area, Head
from xlsales.build.canvas import Canvas
from xlsales.build.lists import keys_name, list_name
from xlsales.tables.cells import DATES, NUMBERS
from xlsales.tables.limits import limits
from xlsales.tables.schema import load_schema

_TITLE_MOST = 32
_TEXT_MOST = 255
_MOST = 10**12
_FIRST_DAY, _LAST_DAY = date(1980, 1, 1), date(2199, 12, 31)


def validate(canvas: Canvas, area: Area) -> None:
    """Put a validation on every user column of a table that has a type to check."""
    page = canvas.pages[area.table.sheet]
    for position, head in enumerate(area.heads):
        rule = _rule(canvas, area, head) if head.column.owner == "user" else {}
        if rule:
            page.data_validation(*area.body(position), _words(canvas, head) | rule)


def _rule(canvas: Canvas, area: Area, head: Head) -> dict[str, Any]:
    column = head.column
    choice = column.choice or (column.type if column.type in load_schema().choices else "")
    if choice:
        other = {"error_type": "information"} if column.open else {}
        return _from_list(list_name(choice), canvas.say("from_list")) | other
    if column.ref:
        name = load_schema().tables[column.ref].name[canvas.language]
        # A key may be written before its row is; the check lists what is still missing.
        return _from_list(keys_name(column.ref), canvas.say("not_found", table=name)) | {"error_type": "warning"}
    if column.type in DATES:
        limits = {"criteria": "between", "minimum": _FIRST_DAY, "maximum": _LAST_DAY}
        return {"validate": "date", "error_message": canvas.say("date_wanted"), **limits}
    return _number(canvas, area, head) if column.type in NUMBERS else {}


def _from_list(name: str, message: str) -> dict[str, Any]:
    return {"validate": "list", "source": f"={name}", "error_message": message}


def _number(canvas: Canvas, area: Area, head: Head) -> dict[str, Any]:
    match limits(area.table.key, head.column):
        case [low, high]:
            rule = {"criteria": "between", "minimum": low, "maximum": high}
            message = canvas.say("between", low=low, high=high)
        case [low]:
            rule, message = {"criteria": ">=", "value": low}, canvas.say("at_least", low=low)
        case _:
            rule = {"criteria": "between", "minimum": -_MOST, "maximum": _MOST}
            message = canvas.say("number_wanted")
    return {"validate": "decimal", "error_message": message, **rule}


def _words(canvas: Canvas, head: Head) -> dict[str, Any]:
    return {
        "input_title": head.text[:_TITLE_MOST],
        "input_message": head.column.note[canvas.language][:_TEXT_MOST],
        "error_title": canvas.say("refused")[:_TITLE_MOST],
    }

"""Cell values as Excel hands them over COM, and what Excel makes of a value it is given."""

from __future__ import annotations

import datetime as dt
import numbers
import re
from decimal import Decimal
from typing import Any, NamedTuple

from tests.live.formats import Kind
from tests.live.formulas import ERRORS
from tests.live.refusals import LONGEST_TEXT, Refused

# The numbers COM gives for error values, by LibreOffice's numbers for them.
COM_ERRORS = {
    521: -2146826288, 532: -2146826281, 519: -2146826273, 524: -2146826265, 525: -2146826259,
    503: -2146826252, 32767: -2146826246,
}  # fmt: skip
_ARGUMENT_ERROR, _NUMBER_ERROR = 502, 503  # SQRT(-1) is an argument to LibreOffice and a number to Excel
_OTHER_ERROR = COM_ERRORS[519]
_NUMBER = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+|\d{1,3}(,\d{3})+(\.\d*)?)(E[-+]?\d+)?\Z", re.IGNORECASE)
_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})\Z")
ISO_DAY, ISO_TIME = "yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss"


class Cell(NamedTuple):
    """What a cell gets: a number, text ("" for nothing) or formula, and the format Excel sets with it, if any."""

    content: float | str
    format: str | None = None
    formula: bool = False


def com_error(number: int) -> int:
    """The number COM gives for an error that LibreOffice has under another number."""
    return COM_ERRORS.get(_NUMBER_ERROR if number == _ARGUMENT_ERROR else number, _OTHER_ERROR)


def from_number(value: Any, kind: Kind, day_zero: dt.datetime) -> Any:
    """A number of a cell as COM gives it: by the cell's format a date, an amount of money or a truth value."""
    if not isinstance(value, float):
        return value
    if kind == "date" and value >= 0:
        return day_zero + dt.timedelta(milliseconds=round(value * 86_400_000))
    if kind == "boolean" and value in (0.0, 1.0):
        return bool(value)
    if kind == "currency":
        return Decimal(f"{value:.4f}")
    return value


def constant_text(value: Any) -> str:
    """A constant as ``Range.Formula`` shows it."""
    if isinstance(value, bool):
        return str(value).upper()
    return f"{value:.15g}".upper() if isinstance(value, float) else value or ""


def typed(value: Any, kind: Kind, day_zero: dt.datetime) -> Cell:
    """What Excel makes of a value given to a cell with a format of this kind."""
    if value is None or value == "":
        return Cell("")
    if isinstance(value, str):
        return Cell(value.removeprefix("'")) if kind == "text" else _entered(value, day_zero)
    if kind == "text":
        return Cell(str(value).upper() if isinstance(value, bool) else _as_text(value))
    if isinstance(value, bool):
        return Cell(float(value), "BOOLEAN")
    if isinstance(value, dt.date):
        return _day(value, day_zero)
    if isinstance(value, (numbers.Real, Decimal)):
        return Cell(float(value))
    raise TypeError(f"no value for a cell: {value!r}")


def _as_text(value: Any) -> str:
    return value.isoformat(" ") if isinstance(value, dt.date) else constant_text(float(value))


def _day(value: dt.date, day_zero: dt.datetime) -> Cell:
    moment = value if isinstance(value, dt.datetime) else dt.datetime.combine(value, dt.time())
    serial = (moment.replace(tzinfo=None) - day_zero) / dt.timedelta(days=1)
    return Cell(serial, ISO_DAY if serial == int(serial) else ISO_TIME)


def _entered(text: str, day_zero: dt.datetime) -> Cell:
    """A text as if typed on an English computer."""
    if len(text) > LONGEST_TEXT:
        raise Refused(f"a cell holds {LONGEST_TEXT} characters, not {len(text)}")
    first = text[0]
    if first == "'":
        return Cell(text[1:])
    if first == "=" and len(text) > 1:
        return Cell(text, formula=True)
    if text.upper() in ("TRUE", "FALSE"):
        return Cell(float(text.upper() == "TRUE"), "BOOLEAN")
    if text.upper() in ERRORS:
        return Cell("=" + text.upper(), formula=True)
    if first in "0123456789+-. ":
        return _number(text.strip(), day_zero) or _unread(text)
    if first == "@":
        raise Refused(f"that function is not valid: {text}")
    return Cell(text)


def _number(text: str, day_zero: dt.datetime) -> Cell | None:
    percent = text.endswith("%")
    digits = text[:-1] if percent else text
    if _NUMBER.match(digits):
        number = float(digits.replace(",", ""))
        return Cell(number / 100, "0.00%" if "." in digits else "0%") if percent else Cell(number)
    if day := _DAY.match(text):
        try:
            return _day(dt.date(*map(int, day.groups())), day_zero)
        except ValueError:
            return None
    return None


def _unread(text: str) -> Cell:
    """Excel takes what begins with a sign for a formula, and everything else for text."""
    return Cell("=" + text, formula=True) if text[0] in "+-" and len(text) > 1 else Cell(text)

"""Dates as the day numbers of a workbook."""

from __future__ import annotations

import datetime as dt
import re
from functools import lru_cache

_BUILT_IN = frozenset((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)))
_LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)
_DAY = dt.timedelta(days=1)
_LAST = 2_958_466


def is_date_format(number: int, code: str) -> bool:
    """Whether a number format shows a date or time."""
    if number in _BUILT_IN:
        return True
    first = _LITERAL.sub("", code).partition(";")[0].lower()
    return first != "general" and re.search("[dmyhs]", first) is not None


@lru_cache(maxsize=65_536)
def serial(moment: dt.date, date1904: bool) -> float | None:
    """The day number of a date or datetime; None before the first day the workbook knows."""
    if not isinstance(moment, dt.datetime):
        moment = dt.datetime(moment.year, moment.month, moment.day)
    moment = moment.replace(tzinfo=None)
    if date1904:
        days = (moment - dt.datetime(1904, 1, 1)) / _DAY
        return days if days >= 0 else None
    days = (moment - dt.datetime(1899, 12, 30)) / _DAY
    if days < 61:
        # Day 60 is 29 February 1900, which never was.
        days -= 1
    return days if days >= 1 else None


@lru_cache(maxsize=65_536)
def moment(number: float, date1904: bool) -> dt.datetime | None:
    """The datetime of a day number; None for a time of day alone or a number out of range."""
    if not (1 <= number < _LAST):
        return None
    start = dt.datetime(1904, 1, 1) if date1904 else dt.datetime(1899, 12, 30 if number >= 60 else 31)
    try:
        exact = start + dt.timedelta(days=number)
    except OverflowError:
        return None
    # A double keeps a time of day to about a microsecond; people mean whole milliseconds.
    rounded = exact + dt.timedelta(microseconds=500)
    return rounded.replace(microsecond=rounded.microsecond // 1000 * 1000)

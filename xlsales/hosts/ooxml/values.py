"""Reading: the values of a block of cells."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Sequence
from functools import lru_cache

from xlsales.hosts.ooxml.addresses import Area, letters
from xlsales.hosts.ooxml.cells import SheetText
from xlsales.hosts.ooxml.dates import moment
from xlsales.hosts.ooxml.markup import element_pattern, root_prefix, unescaped, unmarked

IsDate = Callable[[str], bool]


def parse_strings(text: str) -> list[str]:
    """The shared strings of a workbook, rich text as its plain text."""
    prefix = root_prefix(text)
    return [string_text(match[2] or "", prefix) for match in element_pattern(prefix + "si").finditer(text)]


def string_text(inner: str, prefix: str) -> str:
    """The plain text of a string item, without the phonetic guide."""
    if f"<{prefix}rPh" in inner:
        inner = element_pattern(prefix + "rPh").sub("", inner)
    runs = _runs(prefix).findall(inner)
    return unmarked(unescaped(runs[0] if len(runs) == 1 else "".join(runs)))


class CellReader:
    """Turns the cells of one workbook into values."""

    def __init__(self, strings: Sequence[str], is_date: IsDate, date1904: bool) -> None:
        self._strings = strings
        self._is_date = is_date
        self._date1904 = date1904

    def block(self, sheet: SheetText, area: Area) -> list[list[object]]:
        """One list per column of the area; None where nothing stands."""
        columns: list[list[object]] = [[None] * (area.bottom - area.top + 1) for _ in range(area.left, area.right + 1)]
        places = {letters(area.left + index): column for index, column in enumerate(columns)}
        find, strings, count = _value_pattern(sheet.prefix).findall, self._strings, len(self._strings)
        for number in range(area.top, area.bottom + 1):
            span = sheet.spans.get(number)
            if span is None:
                continue
            index = number - area.top
            for column, style, kind, rest, value, text, inner in find(sheet.data, *span):
                place = places.get(column)
                if place is None:
                    continue
                if text and not rest:
                    place[index] = unmarked(unescaped(text))
                elif kind == "s" and value.isdigit() and int(value) < count:
                    place[index] = strings[int(value)] or None
                elif value and not (kind or rest):
                    place[index] = self._plain("", value, style)
                elif value or text or inner:
                    place[index] = self._value(sheet.prefix, (kind, style, rest), value, text or inner)
        return columns

    def _value(self, prefix: str, marks: tuple[str, str, str], value: str, inner: str) -> object:
        kind, style, rest = marks
        style = style or _loose(rest, "s")
        kind = kind or _loose(rest, "t")
        if not value:
            if kind == "inlineStr":
                return string_text(inner if "<" in inner else f"<{prefix}t>{inner}</{prefix}t>", prefix) or None
            shown = re.search(rf"<{prefix}v(?:\s[^>]*)?>([^<]*)</", inner)
            value = shown[1] if shown else ""
        if kind == "s":
            return self._strings[int(value)] or None if value.isdigit() and int(value) < len(self._strings) else None
        if kind in ("str", "e"):
            return unmarked(unescaped(value)) or None
        return self._plain(kind, value, style)

    def _plain(self, kind: str, value: str, style: str) -> object:
        if not value:
            return None
        if kind == "b":
            return value in ("1", "true")
        if kind == "d":
            return _iso(value)
        try:
            number = float(value)
        except ValueError:
            return unescaped(value)
        if style and self._is_date(style):
            when = moment(number, self._date1904)
            if when is not None:
                return when
        whole = len(value) < 16 and (value.isdigit() or (value[0] == "-" and value[1:].isdigit()))
        return int(value) if whole else number


@lru_cache(maxsize=16)
def _runs(prefix: str) -> re.Pattern[str]:
    return re.compile(rf"<{prefix}t(?:\s[^>]*?)?(?<!/)>([^<]*)</{prefix}t\s*>")


@lru_cache(maxsize=16)
def _value_pattern(prefix: str) -> re.Pattern[str]:
    p = prefix
    return re.compile(
        rf'<{p}c r="([A-Za-z]+)[0-9]+"(?: s="([0-9]+)")?(?: t="([A-Za-z]+)")?([^>]*?)(?:/>|>(?:'
        rf'<{p}v>([^<]*)</{p}v></{p}c>|<{p}is><{p}t(?: xml:space="preserve")?>([^<]*)</{p}t></{p}is></{p}c>'
        rf"|(.*?)</{p}c\s*>))",
        re.DOTALL,
    )


def _loose(attributes: str, name: str) -> str:
    found = re.search(rf"""\s{name}\s*=\s*["'](\w+)["']""", attributes)
    return found[1] if found else ""


def _iso(value: str) -> object:
    try:
        return dt.datetime.fromisoformat(value)
    except ValueError:
        return value

"""Charts over a table's columns: their references and the values they keep."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Sequence

from xlsales.hosts import KEEP
from xlsales.hosts.cellvalues import read_back
from xlsales.hosts.ooxml.addresses import Area
from xlsales.hosts.ooxml.cells import SheetText
from xlsales.hosts.ooxml.dates import serial
from xlsales.hosts.ooxml.formulas import Reference, replaced
from xlsales.hosts.ooxml.markup import escaped, unescaped
from xlsales.hosts.ooxml.plan import Change
from xlsales.hosts.ooxml.values import CellReader

Column = Callable[[str], Sequence[object]]
_SOURCE = re.compile(
    r"<(?P<p>\w+:)?(?P<kind>numRef|strRef)>\s*<(?P=p)f>(?P<f>[^<]*)</(?P=p)f>(?P<cache>.*?)(?=</(?P=p)(?P=kind)>)"
    r"|<(?P<any>(?:\w+:)?(?:f|sqref))(?P<attributes>(?:\s[^>]*)?)>(?P<text>[^<]*)</(?P=any)>",
    re.DOTALL,
)
_CACHE = re.compile(r"<(?:\w+:)?(numCache|strCache)>(.*?)</(?:\w+:)?\1>", re.DOTALL)
_FORMAT = re.compile(r"<(?:\w+:)?formatCode>.*?</(?:\w+:)?formatCode>", re.DOTALL)
# Excel draws at most so many points of one series in a flat chart; to keep more would be waste.
_MOST_KEPT = 32_000


class Plotted:
    """The values of a changed table as charts keep them; each column is looked up once."""

    def __init__(self, change: Change, reader: CellReader, sheet: SheetText, date1904: bool) -> None:
        self._change = change
        self._reader = reader
        self._sheet = sheet
        self._date1904 = date1904
        self._known: dict[str, Sequence[object]] = {}

    def column(self, heading: str) -> Sequence[object]:
        """The values of a column, dates as day numbers."""
        if heading not in self._known:
            place = self._change.headings.index(heading)
            self._known[heading] = [self._number(value) for value in self._values(place)]
        return self._known[heading]

    def _values(self, place: int) -> Sequence[object]:
        values = self._change.values[place]
        if values is not None and KEEP not in values:
            return [read_back(value) for value in values]
        body = self._change.body
        column = body.left + place
        return self._reader.block(self._sheet, body._replace(left=column, right=column))[0]

    def _number(self, value: object) -> object:
        return serial(value, self._date1904) if isinstance(value, dt.date) else value


def followed_chart(text: str, change: Change, column: Column) -> str:
    """A chart part with references to the table's columns moved along and their kept values renewed.

    column: the values of a column of the table by its heading, after the change.
    """

    def renew(match: re.Match[str]) -> str:
        if match["any"]:
            formula = unescaped(match["text"])
            moved = change.followed(formula, home=False)
            if moved == formula:
                return match[0]
            return f"<{match['any']}{match['attributes']}>{escaped(moved)}</{match['any']}>"
        formula = unescaped(match["f"])
        moved = change.followed(formula, home=False)
        values = _values(moved, change, column)
        p = match["p"] or ""
        cache = match["cache"] if values is None else _renewed(match["cache"], p, values) if values else ""
        return f"<{p}{match['kind']}><{p}f>{escaped(moved)}</{p}f>{cache}"

    return _SOURCE.sub(renew, text)


def _values(formula: str, change: Change, column: Column) -> Sequence[object] | None:
    """The values of the body column that a reference covers exactly; None when it does not.

    Nothing for a column longer than a chart keeps: every program reads the cells then.
    """
    found: list[Reference] = []

    def note(reference: Reference) -> str:
        found.append(reference)
        return reference.text()

    replaced(formula, note)
    if len(found) != 1 or found[0].text() != formula:
        return None
    if found[0].sheet_name.casefold() != change.table.sheet.casefold():
        return None
    area, body = found[0].area, change.body
    if area != Area(body.top, area.left, body.bottom, area.left) or not body.holds(area):
        return None
    if body.bottom - body.top >= _MOST_KEPT:
        return ()
    return column(change.headings[area.left - body.left])


def _renewed(cache: str, prefix: str, values: Sequence[object]) -> str:
    def fill(match: re.Match[str]) -> str:
        numbers = match[1] == "numCache"
        kept = _FORMAT.search(match[2]) if numbers else None
        points = "".join(
            f'<{prefix}pt idx="{index}"><{prefix}v>{shown}</{prefix}v></{prefix}pt>'
            for index, value in enumerate(values)
            if (shown := _shown(value, numbers))
        )
        start = kept[0] if kept else ""
        count = f'<{prefix}ptCount val="{len(values)}"/>'
        return f"<{prefix}{match[1]}>{start}{count}{points}</{prefix}{match[1]}>"

    return _CACHE.sub(fill, cache)


def _shown(value: object, numbers: bool) -> str:
    if value is None:
        return ""
    if not numbers:
        return escaped(str(value))
    return repr(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else ""

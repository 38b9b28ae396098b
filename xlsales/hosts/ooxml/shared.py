"""Shared formulas: written out where a change would take their master away."""

from __future__ import annotations

import re

from xlsales.hosts.ooxml.addresses import Area, column_number, parse_area
from xlsales.hosts.ooxml.cells import SheetText, parse_sheet
from xlsales.hosts.ooxml.formulas import shifted
from xlsales.hosts.ooxml.markup import attribute, escaped, unescaped


def without_shared(sheet: SheetText, area: Area) -> SheetText:
    """The sheet with every shared formula that touches the area written out in its cells."""
    if 't="shared"' not in sheet.data:
        return sheet
    p = sheet.prefix
    formula = re.compile(
        rf'(<{p}c r="([A-Za-z]+)([0-9]+)"[^>]*>)<{p}f(\s[^>]*?t="shared"[^>]*?)(?:/>|>([^<]*)</{p}f\s*>)'
    )
    masters: dict[str, tuple[str, int, int]] = {}
    touched: set[str] = set()
    for match in formula.finditer(sheet.data):
        group, ref = attribute(match[4], "si") or "", attribute(match[4], "ref")
        row, column = int(match[3]), column_number(match[2])
        if match[5]:
            masters[group] = (unescaped(match[5]), row, column)
        if Area(row, column, row, column).meets(area) or (ref and parse_area(ref).meets(area)):
            touched.add(group)

    def write_out(match: re.Match[str]) -> str:
        group = attribute(match[4], "si") or ""
        if group not in touched or group not in masters:
            return match[0]
        text, row, column = masters[group]
        own = shifted(text, int(match[3]) - row, column_number(match[2]) - column)
        return f"{match[1]}<{p}f>{escaped(own)}</{p}f>"

    if not touched:
        return sheet
    data = formula.sub(write_out, sheet.data)
    return parse_sheet(sheet.head + data + sheet.tail)

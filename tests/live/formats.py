"""Number formats: LibreOffice's numbered keys, and the codes that Excel knows them by."""

from __future__ import annotations

import re
from typing import Any, Literal

from tests.live.office import struct
from xlsales.hosts.ooxml.addresses import Area

Kind = Literal["general", "number", "text", "date", "currency", "boolean"]
_DATE, _CURRENCY, _TEXT, _BOOLEAN = 2, 8, 256, 1024  # com.sun.star.util.NumberFormat
# The letters that stand for parts of a date, which Excel writes small, and what they may not be mistaken for.
_DATE_PARTS = re.compile(r'"[^"]*"|\[[^\]]*\]|AM/PM|(?P<letters>[YMDHS]+)')
_PER_LOCALE = 10_000  # keys of one locale; the first of each is its General


class Formats:
    """The number formats of one workbook."""

    def __init__(self, document: Any) -> None:
        self._formats = document.NumberFormats
        self._english = struct("lang.Locale", Language="en", Country="US")
        self._kinds: dict[int, Kind] = {}
        self._codes: dict[int, str] = {}
        self._keys: dict[str, int] = {}

    def kind(self, key: int) -> Kind:
        """What Excel makes of a value in a cell of this format."""
        if key not in self._kinds:
            self._kinds[key] = self._find_kind(key)
        return self._kinds[key]

    def _find_kind(self, key: int) -> Kind:
        if key % _PER_LOCALE == 0:
            return "general"
        type_ = self._formats.getByKey(key).Type
        named: tuple[tuple[int, Kind], ...] = (
            (_BOOLEAN, "boolean"), (_TEXT, "text"), (_DATE, "date"), (_CURRENCY, "currency")
        )  # fmt: skip
        return next((kind for bit, kind in named if type_ & bit), "number")

    def code(self, key: int) -> str:
        """The format as Excel writes it in English. Booleans have no format of their own in Excel."""
        if self.kind(key) in ("general", "boolean"):
            return "General"
        if key not in self._codes:
            found = self._formats.getByKey(key)
            english = self._formats.addNewConverted(found.FormatString, found.Locale, self._english)
            code = self._formats.getByKey(english).FormatString
            if self.kind(key) == "date":
                code = _DATE_PARTS.sub(lambda part: part[0].lower() if part["letters"] else part[0], code)
            self._codes[key] = code
        return self._codes[key]

    def key(self, code: str) -> int:
        """The key of a format given as Excel writes it in English."""
        if code not in self._keys:
            key = 0 if code == "General" else self._formats.queryKey(code, self._english, False)
            self._keys[code] = self._formats.addNew(code, self._english) if key == -1 else key
        return self._keys[code]


def spans(cells: Any) -> list[tuple[Area, int]]:
    """The parts of a block with one number format each."""
    found = []
    for alike in cells.UniqueCellFormatRanges:
        key = alike.getByIndex(0).NumberFormat
        found += [(area_of(address), key) for address in alike.RangeAddresses]
    return found


def area_of(address: Any) -> Area:
    """A UNO address as an area counted from 1."""
    return Area(address.StartRow + 1, address.StartColumn + 1, address.EndRow + 1, address.EndColumn + 1)


def address_of(area: Area, sheet: int) -> Any:
    """An area counted from 1 as a UNO address on the sheet with that number, counted from 0."""
    return struct(
        "table.CellRangeAddress", Sheet=sheet, StartRow=area.top - 1, StartColumn=area.left - 1,
        EndRow=area.bottom - 1, EndColumn=area.right - 1,
    )  # fmt: skip

"""Cell addresses and areas, counted from 1."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

LAST_ROW = 1_048_576
LAST_COLUMN = 16_384
_ADDRESS = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})\Z")


class Area(NamedTuple):
    """A block of cells, both ends included."""

    top: int
    left: int
    bottom: int
    right: int

    def meets(self, other: Area) -> bool:
        """Whether the two share a cell."""
        return (
            self.top <= other.bottom
            and other.top <= self.bottom
            and self.left <= other.right
            and other.left <= self.right
        )

    def holds(self, other: Area) -> bool:
        """Whether the other lies wholly inside."""
        return (
            self.top <= other.top
            and other.bottom <= self.bottom
            and self.left <= other.left
            and other.right <= self.right
        )


@lru_cache(maxsize=LAST_COLUMN)
def letters(column: int) -> str:
    """The letters of a column: 28 is AB."""
    text = ""
    while column:
        column, digit = divmod(column - 1, 26)
        text = chr(65 + digit) + text
    return text


@lru_cache(maxsize=LAST_COLUMN)
def column_number(text: str) -> int:
    """The number of a column: AB is 28."""
    if not 1 <= len(text) <= 3:
        raise ValueError(text)
    number = 0
    for sign in text.upper():
        number = number * 26 + ord(sign) - 64
    return number


def parse_cell(text: str) -> tuple[int, int]:
    """Row and column of ``B7`` or ``$B$7``; ValueError when it is no cell."""
    match = _ADDRESS.match(text)
    if match is None:
        raise ValueError(text)
    row, column = int(match[2]), column_number(match[1])
    if not (1 <= row <= LAST_ROW and column <= LAST_COLUMN):
        raise ValueError(text)
    return row, column


def parse_area(text: str) -> Area:
    """The area of ``B7:D9`` or of the single cell ``B7``; ValueError when it is none."""
    first, _, last = text.partition(":")
    top, left = parse_cell(first)
    bottom, right = parse_cell(last) if last else (top, left)
    return Area(min(top, bottom), min(left, right), max(top, bottom), max(left, right))


def area_text(area: Area, dollar: str = "") -> str:
    """``B7:D9``, or ``B7`` for one cell; ``dollar="$"`` gives ``$B$7:$D$9``."""
    first = f"{dollar}{letters(area.left)}{dollar}{area.top}"
    if (area.top, area.left) == (area.bottom, area.right):
        return first
    return f"{first}:{dollar}{letters(area.right)}{dollar}{area.bottom}"


def full_text(area: Area) -> str:
    """``B7:B7`` also for one cell, as a table's reference is written."""
    return f"{letters(area.left)}{area.top}:{letters(area.right)}{area.bottom}"


def sheet_text(sheet: str) -> str:
    """A sheet name as a formula needs it, quoted when it must be."""
    if re.fullmatch(r"[^\W\d][\w.]*", sheet) and not _ADDRESS.match(sheet):
        return sheet
    return "'" + sheet.replace("'", "''") + "'"

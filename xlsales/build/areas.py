"""Where every declared table stands in a new workbook: headings, rows, columns and widths."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from xlsales.build.prefill import criteria, prefilled
from xlsales.tables.schema import Column, Language, Table, load_schema

GAP_WIDTH = 3.0
_FILTER_BUTTON = 3.0
_BOLD = 1.05


class Head(NamedTuple):
    """One column as it stands in the sheet; repeated columns have the key of their criterion."""

    key: str
    text: str
    column: Column


@dataclass(frozen=True)
class Area:
    """A table in its sheet. ``top`` is the header row and ``left`` the first column, both from 0."""

    table: Table
    name: str
    sheet: str
    heads: tuple[Head, ...]
    filled: tuple[Mapping[str, Any], ...]

    @property
    def top(self) -> int:
        """The header row."""
        return self.table.row - 1

    @property
    def left(self) -> int:
        """The first column."""
        return self.table.column - 1

    @property
    def first(self) -> int:
        """The first body row."""
        return self.top + 1

    @property
    def last(self) -> int:
        """The last body row."""
        return self.top + max(self.table.rows, len(self.filled), 1)

    @property
    def right(self) -> int:
        """The last column."""
        return self.left + len(self.heads) - 1

    def place(self, key: str) -> int:
        """The sheet column of a column by its key."""
        return self.left + next(i for i, head in enumerate(self.heads) if head.key == key)

    def body(self, position: int) -> tuple[int, int, int, int]:
        """The body cells of the column at a position: first row, column, last row, column."""
        column = self.left + position
        return self.first, column, self.last, column


def areas(language: Language) -> dict[str, Area]:
    """Every declared table as it is laid out in a workbook of a language, by table key."""
    schema = load_schema()
    return {
        table.key: Area(
            table, table.name[language], schema.sheets[table.sheet].name[language],
            tuple(_heads(table, language)), tuple(prefilled(table, language)),
        )
        for table in schema.tables.values()
    }


def _heads(table: Table, language: Language) -> Iterator[Head]:
    for column in table.columns:
        if column.each:
            yield from (Head(key, name[language], column) for key, name in criteria().items())
        else:
            yield Head(column.key, column.heading[language], column)


def on_sheet(places: Mapping[str, Area], sheet: str) -> list[Area]:
    """The tables of a sheet by the sheet's key, in the order they are declared."""
    return [area for area in places.values() if area.table.sheet == sheet]


def widths(tables: list[Area]) -> dict[int, float]:
    """Width of every column of a sheet: the widest wish of the tables that share it, narrow between tables."""
    found: dict[int, float] = {}
    for area in tables:
        for position, head in enumerate(area.heads, start=area.left):
            found[position] = max(found.get(position, 0.0), head.column.width, _word_width(head.text, area.table))
    gaps = range(max(found, default=-1) + 1)
    return {position: found.get(position, GAP_WIDTH) for position in gaps}


def header_lines(area: Area, width: Mapping[int, float]) -> int:
    """Lines that the highest heading of a table needs."""
    button = _FILTER_BUTTON if area.table.filter else 1.0
    return max(lines_of(head.text, width[i] - button, _BOLD) for i, head in enumerate(area.heads, start=area.left))


def lines_of(text: str, width: float, spread: float = 1.0) -> int:
    """Lines a text takes when it is wrapped at blanks in a column so many digits wide."""
    room, lines, used = max(width, 1.0), 1, 0.0
    for word in text.split():
        size = len(word) * spread
        if used and used + 1 + size > room:
            lines, used = lines + 1, 0.0
        lines += max(0, math.ceil(size / room) - 1)
        used += size + (1 if used else 0)
    return lines


def _word_width(text: str, table: Table) -> float:
    longest = max((len(word) for word in text.split()), default=0)
    return float(math.ceil(longest * _BOLD + (_FILTER_BUTTON if table.filter else 1.0)))

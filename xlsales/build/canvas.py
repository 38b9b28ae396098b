"""What every part of the template draws with: the workbook, its language, its places and its look."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from xlsales.build.areas import Area
from xlsales.tables.folder import read_toml
from xlsales.tables.schema import Column, Language


@dataclass(frozen=True)
class Canvas:
    """A workbook being drawn. ``pages`` are its sheets and ``areas`` its tables, by key."""

    book: Workbook
    language: Language
    pages: Mapping[str, Worksheet]
    areas: Mapping[str, Area]
    known: dict[tuple[tuple[str, Any], ...], Format] = field(default_factory=dict)

    def format(self, **wanted: Any) -> Format:
        """A cell format; the same wish gives the same format."""
        font = styles()["font"]
        start = {"font_name": font["name"], "font_size": font["size"], "font_color": color("ink"), "valign": "vcenter"}
        wish = start | wanted
        key = tuple(sorted(wish.items()))
        if key not in self.known:
            self.known[key] = self.book.add_format(wish)
        return self.known[key]

    def tone(self, name: str) -> Format:
        """The colours of a tone, for a conditional format."""
        tone = styles()["tone"][name]
        wish: dict[str, Any] = {"font_color": tone["text"]}
        if "fill" in tone:
            # A conditional format takes its fill from the background colour alone.
            wish |= {"bg_color": tone["fill"]}
        key = (("tone", name),)
        if key not in self.known:
            self.known[key] = self.book.add_format(wish)
        return self.known[key]

    def number_format(self, pattern: str) -> Format:
        """A number format alone, for a conditional format."""
        key = (("number_format", pattern),)
        if key not in self.known:
            self.known[key] = self.book.add_format({"num_format": pattern})
        return self.known[key]

    def say(self, key: str, **values: object) -> str:
        """A fixed word or sentence of the template in the language of the workbook."""
        text: str = read_toml("template.toml")["words"][key][self.language]
        return text.format(**values) if values else text

    def link(self, sheet: str) -> str:
        """The target of a link to the top of a sheet."""
        return f"internal:{quoted(self.pages[sheet].get_name())}!A1"


def styles() -> dict[str, Any]:
    """The declared look."""
    return read_toml("styles.toml")


def color(name: str) -> str:
    """A declared colour."""
    found: str = styles()["color"][name]
    return found


def type_of(column: Column) -> dict[str, Any]:
    """Number format, width and alignment of a column's type."""
    found: dict[str, Any] = styles()["type"][column.type]
    return found


def quoted(sheet: str) -> str:
    """A sheet name as it stands in a formula."""
    return "'" + sheet.replace("'", "''") + "'"

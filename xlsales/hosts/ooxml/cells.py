"""The rows and cells of a sheet part, as spans of its text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from lxml import etree

from xlsales.hosts.ooxml.addresses import column_number, letters
from xlsales.hosts.ooxml.markup import root_prefix

_PLACE = re.compile(r"([A-Za-z]+)[0-9]+\Z")
_STYLE = re.compile(r"""\ss\s*=\s*["']([0-9]+)["']""")


class Cell(NamedTuple):
    """One cell: its column's letters, its style, its other attributes and what stands in it."""

    letters: str
    style: str
    attributes: str
    inner: str

    @property
    def column(self) -> int:
        """The number of its column."""
        return column_number(self.letters)

    @property
    def filled(self) -> bool:
        """Whether it holds more than a style."""
        return "<" in self.inner


@dataclass(frozen=True)
class SheetText:
    """A sheet part cut in three: before the rows, the rows, after the rows."""

    prefix: str
    head: str
    data: str
    tail: str
    spans: dict[int, tuple[int, int]]

    def row(self, number: int) -> tuple[str, str]:
        """The attributes (but the number) and the cells' text of a row; both empty when it is not there."""
        span = self.spans.get(number)
        if span is None:
            return "", ""
        start, end = span
        data, tag_end = self.data, self.data.index(">", start)
        attributes = data[data.index('"', start + len(self.prefix) + 8) + 1 : tag_end]
        if attributes.endswith("/"):
            return attributes[:-1].rstrip(), ""
        return attributes.rstrip(), data[tag_end + 1 : data.rindex("</", tag_end, end)]

    def cells(self, number: int) -> list[Cell]:
        """The cells of a row."""
        return split_cells(self.row(number)[1], self.prefix)

    def pieces(self) -> tuple[bytes, ...]:
        """The whole part, encoded piece by piece."""
        return tuple(text.encode("utf-8") for text in (self.head, self.data, self.tail))


def split_cells(inner: str, prefix: str) -> list[Cell]:
    """The cells in the text of a row."""
    return [Cell(*found) if found[1] else _loose_cell(*found) for found in _cell_pattern(prefix).findall(inner)]


def outline(inner: str, prefix: str) -> list[tuple[str, str]]:
    """Column letters and style of every cell in the text of a row, without looking into the cells."""
    return [
        (column, style) if style or " s=" not in rest else (column, _loose_cell(column, "", rest, "").style)
        for column, style, rest in _outline_pattern(prefix).findall(inner)
    ]


def _loose_cell(column: str, style: str, attributes: str, inner: str) -> Cell:
    if attributes:
        loose = _STYLE.search(attributes)
        if loose:
            style = loose[1]
            attributes = attributes[: loose.start()] + attributes[loose.end() :]
    return Cell(column, style, attributes, inner)


def cell_text(cell: Cell, column: str, row: int, prefix: str) -> str:
    """A cell as it stands in a row, at a place of its own."""
    style = f' s="{cell.style}"' if cell.style else ""
    start = f'<{prefix}c r="{column}{row}"{style}{cell.attributes}'
    return f"{start}>{cell.inner}</{prefix}c>" if cell.inner else f"{start}/>"


def parse_sheet(text: str) -> SheetText:
    """Cut the text of a sheet part into its rows."""
    prefix = root_prefix(text)
    cut = _cut(text, prefix)
    if not _plain(cut[1], prefix):
        text = _plainly_written(text)
        prefix = root_prefix(text)
        cut = _cut(text, prefix)
    head, data, tail = cut
    return SheetText(prefix, head, data, tail, _spans(data, prefix))


def _spans(data: str, prefix: str) -> dict[int, tuple[int, int]]:
    """Where each row begins and ends: it ends where the next begins."""
    tag = f'<{prefix}row r="'
    starts = [match.start() for match in re.finditer(re.escape(tag), data)]
    numbers = [int(data[start + len(tag) : data.index('"', start + len(tag))]) for start in starts]
    ends = [*starts, len(data)][1:]
    return dict(zip(numbers, zip(starts, ends, strict=True), strict=True))


def with_rows(sheet: SheetText, changed: dict[int, str]) -> SheetText:
    """The sheet with rows replaced or added, in order of their numbers; an empty text removes a row."""
    numbers = sorted(sheet.spans.keys() | changed.keys())
    pieces, spans, offset = [], {}, 0
    for number in numbers:
        text = changed.get(number)
        if text is None:
            start, end = sheet.spans[number]
            text = sheet.data[start:end]
        if text:
            pieces.append(text)
            spans[number] = (offset, offset + len(text))
            offset += len(text)
    return SheetText(sheet.prefix, sheet.head, "".join(pieces), sheet.tail, spans)


def row_text(number: int, attributes: str, cells: str, prefix: str) -> str:
    """A row as it stands in the sheet."""
    return f'<{prefix}row r="{number}"{attributes}>{cells}</{prefix}row>'


def filled_cells(sheet: SheetText, rows: range) -> Iterator[tuple[int, Cell]]:
    """Row number and cell for everything with content in some rows."""
    wanted = rows if len(rows) < len(sheet.spans) else sorted(set(rows) & sheet.spans.keys())
    for number in wanted:
        for cell in sheet.cells(number) if number in sheet.spans else ():
            if cell.filled:
                yield number, cell


@lru_cache(maxsize=16)
def _outline_pattern(prefix: str) -> re.Pattern[str]:
    return re.compile(rf'<{prefix}c r="([A-Za-z]+)[0-9]+"(?: s="([0-9]+)")?([^>]*)>')


@lru_cache(maxsize=16)
def _cell_pattern(prefix: str) -> re.Pattern[str]:
    return re.compile(
        rf'<{prefix}c r="([A-Za-z]+)[0-9]+"(?: s="([0-9]+)")?([^>]*?)(?:/>|>(.*?)</{prefix}c\s*>)', re.DOTALL
    )


def _cut(text: str, prefix: str) -> tuple[str, str, str]:
    start = re.search(rf"<{prefix}sheetData\b[^>]*?(/?)>", text)
    if start is None:
        raise ValueError("sheetData")
    closing = f"</{prefix}sheetData>"
    if start[1]:
        return text[: start.start()] + f"<{prefix}sheetData>", "", closing + text[start.end() :]
    end = re.compile(rf"</{prefix}sheetData\s*>").search(text, start.end())
    if end is None:
        raise ValueError("sheetData")
    stop = end.start()
    return text[: start.end()], text[start.end() : stop], text[stop:]


def _plain(data: str, prefix: str) -> bool:
    """Whether every row and cell begins with its address and nothing hides tags from a text search."""
    if "<!" in data or "<?" in data:
        return False
    tags = [f"<{prefix}{name}{end}" for name in ("row", "c") for end in (" ", ">", "/", "\n", "\t", "\r")]
    begun = data.count(f"<{prefix}row") + data.count(f"<{prefix}c")
    placed = data.count(f'<{prefix}row r="') + data.count(f'<{prefix}c r="')
    # Rich text holds other tags that begin with a c, so the quick count may be too high.
    return placed == begun or placed == sum(map(data.count, tags))


def _plainly_written(text: str) -> str:
    """The same sheet with every address given and without comments or character sections."""
    parser = etree.XMLParser(resolve_entities=False, huge_tree=True, remove_comments=True, remove_pis=True)
    root = etree.fromstring(text.encode("utf-8"), parser)
    row_number = 0
    rows = root.find("{*}sheetData")
    for row in () if rows is None else rows.iterchildren("{*}row"):
        row_number = int(row.get("r") or row_number + 1)
        _number_first(row, str(row_number))
        column = 0
        for cell in row.iterchildren("{*}c"):
            given = _PLACE.match(cell.get("r") or "")
            column = column_number(given[1]) if given else column + 1
            _number_first(cell, f"{letters(column)}{row_number}")
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True, standalone=True).decode("utf-8")


def _number_first(element: etree._Element, number: str) -> None:
    others = [(name, value) for name, value in element.attrib.items() if name != "r"]
    element.attrib.clear()
    element.set("r", number)
    for name, value in others:
        element.set(name, value)

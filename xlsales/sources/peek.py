"""The sheets of an xlsx workbook and their first rows, without reading the rest."""

from __future__ import annotations

import posixpath
import re
import xml.parsers.expat
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from zipfile import ZipInfo

from xlsales.sources.grid import HEAD_ROWS
from xlsales.sources.packages import BROKEN_XML, content, damaged, inflated, refuse_doctype
from xlsales.sources.places import column_number

_MOST_CELLS = 100_000
_PLACE = re.compile(r"([A-Za-z]{1,3})(\d{1,7})$")
_TEXT = re.compile(rb"<(?:\w+:)?t(?:\s[^>]*)?>(.*?)</(?:\w+:)?t>", re.DOTALL)
_SOUND = re.compile(rb"<(?:\w+:)?rPh\b.*?</(?:\w+:)?rPh>", re.DOTALL)
_ITEM = re.compile(rb"<(?:\w+:)?si(?:\s[^>]*)?(?:/>|>(.*?)</(?:\w+:)?si>)", re.DOTALL)
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


@dataclass(frozen=True)
class SheetHead:
    """The beginning of a sheet.

    part: its name in the package. first: the first row with a cell, counted from 0.
    rows: trimmed texts from there and from column A on, all of one width; numbers as they are stored.
    """

    name: str
    part: str
    first: int = 0
    rows: tuple[tuple[str, ...], ...] = ()


def workbook_sheets(path: Path, parts: Mapping[str, ZipInfo]) -> list[tuple[str, str]]:
    """(name, part) of every sheet in the order of the workbook, hidden ones among them.

    Raises CannotRead damaged_workbook where the parts that list them are missing or broken.
    """
    found = {name.lower(): name for name in parts}
    book = found.get("xl/workbook.xml", "")
    links = found.get("xl/_rels/workbook.xml.rels", "")
    if not book or not links:
        raise damaged(path, "xl/workbook.xml")
    targets: dict[str, str] = {}
    for tag, attributes in _tags(path, content(path, parts[links])):
        if tag == "Relationship":
            target = posixpath.normpath(posixpath.join("/xl", attributes.get("Target", ""))).lstrip("/")
            targets[attributes.get("Id", "")] = found.get(target.lower(), "")
    listed = [
        (attributes.get("name", ""), targets.get(next((v for k, v in attributes.items() if k.endswith(":id")), ""), ""))
        for tag, attributes in _tags(path, content(path, parts[book]))
        if tag == "sheet"
    ]
    return [(name, part) for name, part in listed if part]


def sheet_heads(path: Path, parts: Mapping[str, ZipInfo], sheets: Iterable[tuple[str, str]]) -> list[SheetHead]:
    """The first rows of sheets; chart sheets and empty sheets have none.

    Raises CannotRead damaged_workbook where the XML is broken there.
    """
    started = [(name, part, _Start().read(path, inflated(path, parts[part]))) for name, part in sheets]
    wanted = {int(text) for _, _, start in started for kind, text in start.cells.values() if kind == "s"}
    shared = next((info for name, info in parts.items() if name.lower() == "xl/sharedstrings.xml"), None)
    texts = _shared_texts(inflated(path, shared), wanted) if shared and wanted else {}
    return [_head(name, part, start, texts) for name, part, start in started]


def _head(name: str, part: str, start: _Start, texts: Mapping[int, str]) -> SheetHead:
    cells: dict[tuple[int, int], str] = {}
    for spot, (kind, text) in start.cells.items():
        shown = texts.get(int(text), "") if kind == "s" else _unescaped(text)
        if shown.strip():
            cells[spot] = shown.strip()
    if not cells:
        return SheetHead(name, part)
    first, last = min(row for row, _ in cells), max(row for row, _ in cells)
    last, width = min(last, first + HEAD_ROWS - 1), 1 + max(column for _, column in cells)
    rows = tuple(tuple(cells.get((row, column), "") for column in range(width)) for row in range(first, last + 1))
    return SheetHead(name, part, first, rows)


@dataclass
class _Start:
    """The cells of the first rows of a sheet: (row, column) → (type, text)."""

    cells: dict[tuple[int, int], tuple[str, str]] = field(default_factory=dict)
    row: int = -1
    column: int = -1
    filled: int = 0
    before: int = -1
    kind: str = ""
    text: list[str] | None = None
    inside: list[str] = field(default_factory=list)
    done: bool = False

    def read(self, path: Path, pieces: Iterator[bytes]) -> _Start:
        parser = xml.parsers.expat.ParserCreate()
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = refuse_doctype
        parser.StartElementHandler, parser.EndElementHandler = self._open, self._close
        parser.CharacterDataHandler = self._letters
        try:
            for piece in pieces:
                for begin in range(0, len(piece), 1 << 16):
                    parser.Parse(piece[begin : begin + (1 << 16)], False)
                    if self.done:
                        return self
            parser.Parse(b"", True)
        except BROKEN_XML as error:
            raise damaged(path, error) from None
        return self

    def _open(self, tag: str, attributes: dict[str, str]) -> None:
        tag = tag.rpartition(":")[2]
        if tag == "row":
            told = attributes.get("r", "")
            self.row = int(told) - 1 if told.isdecimal() and len(told) < 9 else self.row + 1
            self.column = -1
        elif tag == "c":
            place = _PLACE.match(attributes.get("r", ""))
            self.column = column_number(place[1]) - 1 if place else self.column + 1
            self.row = int(place[2]) - 1 if place else self.row
            self.kind = attributes.get("t", "n")
        elif tag in ("v", "t", "rPh"):
            self.inside.append(tag)
            self.text = self.text if self.text is not None else []

    def _letters(self, letters: str) -> None:
        if self.inside and "rPh" not in self.inside and self.text is not None:
            self.text.append(letters)

    def _close(self, tag: str) -> None:
        tag = tag.rpartition(":")[2]
        if tag in ("v", "t", "rPh") and self.inside:
            self.inside.pop()
        elif tag == "c":
            text = "".join(self.text or ())
            self.text = None
            numbered = text.strip().isascii() and text.strip().isdigit() and len(text) < 12
            if text and (numbered or self.kind != "s"):
                self.cells[self.row, self.column] = self.kind, text
        elif tag == "row":
            self.filled += self.row != self.before and bool(self.cells) and next(reversed(self.cells))[0] == self.row
            self.before = self.row
            self.done = self.done or self.filled >= HEAD_ROWS
        elif tag == "sheetData":
            self.done = True
        self.done = self.done or len(self.cells) >= _MOST_CELLS


def _shared_texts(pieces: Iterator[bytes], wanted: set[int]) -> dict[int, str]:
    """The shared texts with the numbers that are wanted."""
    found: dict[int, str] = {}
    number, last, rest = 0, max(wanted), b""
    for piece in pieces:
        data, end = rest + piece, 0
        for match in _ITEM.finditer(data):
            if number in wanted:
                inner = _SOUND.sub(b"", match[1] or b"")
                found[number] = _unescaped(unescape(b"".join(_TEXT.findall(inner)).decode("utf-8", "replace")))
            number, end = number + 1, match.end()
            if number > last:
                return found
        rest = data[end:]
    return found


def _unescaped(text: str) -> str:
    """``_x000D_`` as the letter it stands for."""
    if "_x" not in text:
        return text
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)


def _tags(path: Path, data: bytes) -> list[tuple[str, dict[str, str]]]:
    """The tags of a small part without their prefix, with their attributes."""
    found: list[tuple[str, dict[str, str]]] = []
    parser = xml.parsers.expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse_doctype
    parser.StartElementHandler = lambda tag, attributes: found.append((tag.rpartition(":")[2], attributes))
    try:
        parser.Parse(data, True)
    except BROKEN_XML as error:
        raise damaged(path, error) from None
    return found

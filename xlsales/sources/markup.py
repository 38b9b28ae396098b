"""Tables in web pages and in XML Spreadsheet 2003 as grids."""

from __future__ import annotations

import email
import email.policy
import re
import xml.parsers.expat
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pandas as pd

from xlsales.sources.files import encoding_of
from xlsales.sources.grid import Grid
from xlsales.sources.packages import BROKEN_XML, damaged, refuse_doctype
from xlsales.sources.places import column_letters
from xlsales.sources.webpages import WIDEST, Rows, page_tables

_MOST_BYTES = 512 * 1024 * 1024
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)


def read_markup(path: Path, kind: Literal["html", "xml2003"]) -> list[Grid]:
    """Every table of a web page, the largest first, or every sheet of an XML spreadsheet, as text.

    Raises CannotRead damaged_workbook where the XML is broken or the file too large to be one.
    """
    if path.stat().st_size > _MOST_BYTES:
        raise damaged(path, "size")
    if kind == "xml2003":
        return [_grid(rows, name, name, exact=True) for name, rows in _sheets(path) if rows]
    tables = [table for page in _pages(path) for table in page_tables(page) if table]
    tables.sort(key=lambda table: -sum(map(len, table.values())))
    return [_grid(table, "", path.name) for table in tables]


def _grid(rows: Rows, name: str, called: str, *, exact: bool = False) -> Grid:
    """The filled rows and columns as text, and one empty one wherever some are empty."""
    numbers = _with_gaps(rows)
    columns = _with_gaps({column for row in rows.values() for column in row})
    texts = [pd.Series([rows.get(row, {}).get(column) for row in numbers], dtype="str") for column in columns]
    letters = [column_letters(column) for column in columns]

    def place(row: int, column: int) -> str:
        return f"{called}!{letters[max(column, 0)]}{numbers[row] + 1}"

    return Grid(pd.DataFrame(dict(enumerate(texts))), place, machine_point=exact, name=name)


def _with_gaps(numbers: Iterable[int]) -> list[int]:
    found: list[int] = []
    for number in sorted(numbers):
        if number > (found[-1] if found else -1) + 1:
            found.append(number - 1)
        found.append(number)
    return found


def _pages(path: Path) -> list[str]:
    """The page as text, or the pages of a web archive."""
    data = path.read_bytes()
    start = data[:65536]
    if b"multipart/related" in start.lower() and not start.lstrip().startswith(b"<"):
        return _archived(path, data)
    encoding = encoding_of(path)
    if encoding == "cp1252" and (told := _CHARSET.search(start)):
        try:
            return [data.decode(told[1].decode(), "replace")]
        except (LookupError, ValueError):
            pass
    return [data.decode(encoding, "replace").lstrip("\ufeff")]


def _archived(path: Path, data: bytes) -> list[str]:
    try:
        message = email.message_from_bytes(data, policy=email.policy.default)
        parts = [part for part in message.walk() if part.get_content_type() == "text/html"]
        return [str(part.get_content()) for part in parts]
    except (LookupError, ValueError, TypeError, AttributeError) as error:
        raise damaged(path, error) from None


@dataclass
class _Book:
    """The sheets of an XML Spreadsheet 2003 as they are read. across: columns that the cell covers beside its own."""

    sheets: list[tuple[str, Rows]] = field(default_factory=list)
    row: int = -1
    column: int = -1
    across: int = 0
    kind: str = ""
    text: list[str] | None = None

    def open(self, tag: str, attributes: dict[str, str]) -> None:
        """A tag begins."""
        tag = tag.rpartition(":")[2]
        told = {name.rpartition(":")[2]: value for name, value in attributes.items()}
        if tag == "Worksheet":
            self.sheets.append((told.get("Name", ""), {}))
            self.row = -1
        elif tag == "Row":
            self.row, self.column = _whole(told, "Index", self.row + 2) - 1, -1
        elif tag == "Cell":
            self.column, self.across = _whole(told, "Index", self.column + 2) - 1, _whole(told, "MergeAcross", 0)
        elif tag == "Data":
            self.kind, self.text = told.get("Type", "String"), []

    def letters(self, data: str) -> None:
        """Text in a cell."""
        if self.text is not None:
            self.text.append(data)

    def close(self, tag: str) -> None:
        """A tag ends."""
        tag = tag.rpartition(":")[2]
        if tag == "Data" and self.text is not None and self.sheets:
            text = "".join(self.text).strip()
            if self.kind == "DateTime":
                text = text.replace("T", " ").removesuffix(".000")
            if text and self.column < WIDEST:
                self.sheets[-1][1].setdefault(self.row, {})[self.column] = text
            self.text = None
        elif tag == "Cell":
            self.column += self.across


def _whole(told: dict[str, str], name: str, usual: int) -> int:
    text = told.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else usual


def _sheets(path: Path) -> list[tuple[str, Rows]]:
    book = _Book()
    parser = xml.parsers.expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = refuse_doctype
    parser.StartElementHandler, parser.EndElementHandler = book.open, book.close
    parser.CharacterDataHandler = book.letters
    try:
        with path.open("rb") as file:
            parser.ParseFile(file)
    except BROKEN_XML as error:
        raise damaged(path, error) from None
    return book.sheets

"""Formulas between Excel's English A1 grammar and LibreOffice's, references to tables included."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from itertools import pairwise
from typing import Any

from tests.live.office import struct

_OFFICE, _EXCEL = 0, 3  # com.sun.star.sheet.AddressConvention OOO and XL_OOX
_PIECES = re.compile(
    r'"(?:[^"]|"")*"'
    r"|'(?:[^']|'')*'"
    r"|(?P<bare>[^\W\d][\w.]*)(?![\w.(!\[])"
    r"|(?P<table>[^\W\d][\w.]*)?(?P<inner>\[(?:[^\[\]']|'.|\[(?:[^\[\]']|'.)*\])*\])"
)
_PART = re.compile(r"\[(?:[^\[\]']|'.)*\]|:")
_RELATIVE = re.compile(r"(?<![\w\[@'])\$?[A-Za-z]{1,3}\$?\d{1,7}\b")
_PLAIN_COLUMN = re.compile(r"[\w.]+\Z")
ERRORS = ("#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A")


class Formulas:
    """Translates the formulas of one workbook. LibreOffice's own parser does all but the references to tables."""

    def __init__(self, document: Any) -> None:
        self._parser = document.createInstance("com.sun.star.sheet.FormulaParser")
        self._parser.CompileEnglish = True
        self._tables = document.DatabaseRanges
        self._translated = lru_cache(maxsize=4096)(self._translate)

    def to_office(self, text: str, table: str | None) -> str:
        """``=SUM(T[a],B2)`` as LibreOffice takes it, for a cell in ``table`` or in none."""
        if text[1:].upper() in ERRORS:
            return text.upper()
        bare, kept = self._take_out(text[1:], lambda name, inner: (name or table or "") + _office_inner(inner))
        return "=" + _put_back(self._translated(bare, _EXCEL, _OFFICE), kept)

    def to_excel(self, text: str, table: str | None) -> str:
        """The formula of a cell as Excel shows it; a table is not named inside itself."""
        if text[1:] in ERRORS:
            return text[1:]
        if text in ("=TRUE()", "=FALSE()"):  # LibreOffice turns boolean constants of a file into these
            return text[1:-2]
        bare, kept = self._take_out(text[1:], lambda name, inner: _own(name, inner, table) + _excel_inner(inner))
        translated = self._translated(bare, _OFFICE, _EXCEL)
        return "=" + _put_back(translated.replace("_xlfn.", ""), kept)

    def shifted(self, text: str, home: tuple[int, int], cell: tuple[int, int]) -> str:
        """A formula of the cell ``home`` as it reads when copied to another cell."""
        if not _RELATIVE.search(text):
            return text
        bare, kept = self._take_out(text[1:], lambda name, inner: (name or "") + inner)
        return "=" + _put_back(self._translated(bare, _EXCEL, _EXCEL, home, cell), kept)

    def _take_out(self, text: str, change: Callable[[str | None, str], str]) -> tuple[str, list[str]]:
        """The formula with ``xlref0``, ``xlref1``… for its references to tables, and those changed."""
        tables, kept = {name.casefold() for name in self._tables.ElementNames}, list[str]()

        def replace(match: re.Match[str]) -> str:
            if match["inner"]:
                kept.append(change(match["table"], match["inner"]))
            elif match["bare"] and match["bare"].casefold() in tables:
                kept.append(change(match["bare"], "[]"))
            else:
                return match[0]
            return f"xlref{len(kept) - 1}"

        return _PIECES.sub(replace, text), kept

    def _translate(
        self, text: str, grammar: int, wanted: int, home: tuple[int, int] = (1, 1), cell: tuple[int, int] = (1, 1)
    ) -> str:  # fmt: skip
        self._parser.FormulaConvention = grammar
        tokens = self._parser.parseFormula(text, _cell_address(home))
        self._parser.FormulaConvention = wanted
        printed: str = self._parser.printFormula(tokens, _cell_address(cell))
        return printed


def _cell_address(cell: tuple[int, int]) -> Any:
    return struct("table.CellAddress", Row=cell[0] - 1, Column=cell[1] - 1)


def _own(name: str | None, inner: str, table: str | None) -> str:
    """The name of a table, left out inside the table itself where something follows it."""
    return "" if name is None or (name == table and inner != "[]") else name


def _put_back(text: str, kept: list[str]) -> str:
    return re.sub(r"xlref(\d+)", lambda match: kept[int(match[1])], text)


def _office_inner(inner: str) -> str:
    if inner.startswith("[@"):
        column = inner[2:-1]
        if not column:
            return "[[#This Row]]"
        return f"[[#This Row];{column if column.startswith('[') else f'[{column}]'}]"
    if inner.startswith("[#"):
        return f"[{inner}]"
    return _separated(inner, ";")


def _excel_inner(inner: str) -> str:
    parts = _PART.findall(inner[1:-1])
    if not parts:
        return "" if inner == "[]" else inner
    if parts == ["[#This Row]"]:
        return "[@]"
    if parts[0] == "[#This Row]":
        column = "".join(parts[1:])
        plain = _PLAIN_COLUMN.match(column[1:-1])
        return f"[@{column[1:-1] if plain else column}]"
    return parts[0] if len(parts) == 1 else _separated(inner, ",")


def _separated(inner: str, separator: str) -> str:
    parts = _PART.findall(inner[1:-1])
    if not parts:
        return inner
    text = parts[0]
    for before, part in pairwise(parts):
        text += part if ":" in (before, part) else separator + part
    return f"[{text}]"

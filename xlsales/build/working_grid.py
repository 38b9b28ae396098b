"""Where the blocks of a working sheet stand, and its formulas with the cells they mean."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from xlsxwriter.utility import xl_range_abs, xl_rowcol_to_cell

from xlsales.tables.folder import read_toml
from xlsales.tables.schema import Language

_TOP = 3
_REFERENCE = re.compile(r"\{([a-z0-9_]+)(?:\.([a-z0-9_]+))?(?::(all|total))?\}")
Entry = Mapping[str, Any]


class Grid:
    """The places of one declared sheet. They are known before anything is drawn: formulas refer to blocks below."""

    def __init__(self, key: str, language: Language) -> None:
        self.entry: Entry = read_toml("worksheets.toml")[key]
        self.language = language
        self.tops = dict(self._places())

    def _places(self) -> Iterator[tuple[str, int]]:
        """The row of every block's headings, or of its first figure."""
        row = _TOP
        for block in self.entry["block"]:
            row += int("sv_caption" in block)
            yield block["key"], row
            row += (len(block["figure"]) if "figure" in block else 1 + block["rows"] + ("total" in block)) + 1

    def rows(self, block: Entry) -> range:
        """The body rows of a block, from 0."""
        top = self.tops[block["key"]] + 1
        return range(top, top + block["rows"])

    def span(self, where: str, key: str) -> str:
        """The body of a column: ``$B$5:$B$14``."""
        block = self._block(where)
        first, *_, last = self.rows(block)
        at = self._column(block, key)["at"]
        return str(xl_range_abs(first, at, last, at))

    def formula(self, text: str, block: Entry, row: int) -> str:
        """A declared formula as it stands in a row of a block."""

        def cell(match: re.Match[str]) -> str:
            first, second, part = match.groups()
            if first == "first":
                return str(self.tops[block["key"]] + 2)
            if first == "word":
                return '"' + self.word(second) + '"'
            where, key = (first, second) if second else (block["key"], first)
            if part == "all":
                return self.span(where, key)
            of = self._block(where)
            line = self.tops[where] + 1 + of["rows"] if part == "total" else row
            return str(xl_rowcol_to_cell(line, self._column(of, key)["at"], col_abs=True))

        return "=" + _REFERENCE.sub(cell, text)

    def words(self, entry: Entry, part: str = "") -> str:
        """A declared text in the language of the sheet."""
        return str(entry[f"{self.language}{part}"])

    def word(self, key: str) -> str:
        """A word that formulas and marks share."""
        return str(read_toml("worksheets.toml")["word"][key][self.language])

    def _block(self, key: str) -> Entry:
        return next(block for block in self.entry["block"] if block["key"] == key)

    @staticmethod
    def _column(block: Entry, key: str) -> Entry:
        return next(column for column in block["column"] if column["key"] == key)

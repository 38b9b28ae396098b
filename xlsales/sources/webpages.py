"""The tables of a web page, which many systems save as .xls."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape

WIDEST = 2000
_MOST_SPAN = 2000
_TAG = re.compile(r"</?[A-Za-z][^>\"']*+(?:\"[^\"]*+\"[^>\"']*+|'[^']*+'[^>\"']*+)*+>")
_NAME = re.compile(r"</?([A-Za-z][\w:-]*)")
_SPANS = {name: re.compile(rf"\b{name}\s*=\s*[\"']?\s*(\d{{1,5}})", re.IGNORECASE) for name in ("colspan", "rowspan")}
_SILENT = ("script", "style", "textarea", "title")
_PARTS = frozenset({"br", "p", "div", "li"})

Rows = dict[int, dict[int, str]]


def page_tables(text: str) -> list[Rows]:
    """Row → column → text for every table of a page; a table in a cell of another is a table of its own.

    A cell over several columns or rows stands in the first of them.
    """
    page = _Page()
    for tag, closing, content in _tokens(text):
        if not tag:
            page.letters(content)
        elif closing:
            page.close(tag)
        else:
            page.open(tag, content)
    while page.stack:
        page.close("table")
    return page.tables


def _tokens(text: str) -> Iterator[tuple[str, bool, str]]:
    """(tag, whether it closes, the tag's text) or ("", False, letters between tags)."""
    spot = 0
    while (begin := text.find("<", spot)) >= 0:
        if begin > spot:
            yield "", False, text[spot:begin]
        if text.startswith(("<!", "<?"), begin):
            mark = "-->" if text.startswith("<!--", begin) else ">"
            spot = _behind(text, mark, begin + 1)
            continue
        name = _NAME.match(text, begin)
        if not name:
            yield "", False, "<"
            spot = begin + 1
            continue
        tag, match = name[1].lower().rpartition(":")[2], _TAG.match(text, begin)
        spot = match.end() if match else _behind(text, ">", begin)
        closing = text[begin + 1] == "/"
        yield tag, closing, text[begin:spot]
        if tag in _SILENT and not closing:
            end = re.compile(rf"</{tag}", re.IGNORECASE).search(text, spot)
            spot = end.start() if end else len(text)
    if spot < len(text):
        yield "", False, text[spot:]


def _behind(text: str, mark: str, start: int) -> int:
    end = text.find(mark, start)
    return end + len(mark) if end >= 0 else len(text)


@dataclass
class _Table:
    """A table that is being read. held: column → rows for which a cell above still reaches down."""

    rows: Rows = field(default_factory=dict)
    row: int = -1
    column: int = -1
    text: list[str] | None = None
    across: int = 1
    down: int = 1
    held: dict[int, int] = field(default_factory=dict)

    def new_row(self) -> None:
        """A row begins."""
        self.finish()
        self.row, self.column = self.row + 1, -1
        self.held = {column: left - 1 for column, left in self.held.items() if left > 1}

    def new_cell(self, tag: str) -> None:
        """A cell begins, to the right of the last and of those that reach down from above."""
        self.finish()
        if self.row < 0:
            self.new_row()
        self.column += 1
        while self.column in self.held:
            self.column += 1
        self.text = []
        self.across, self.down = (_span(pattern, tag) for pattern in _SPANS.values())

    def finish(self) -> None:
        """The cell ends."""
        if self.text is None:
            return
        text = " ".join(unescape("".join(self.text)).split())
        self.text = None
        if text and self.column < WIDEST:
            self.rows.setdefault(self.row, {})[self.column] = text
        if self.down > 1:
            self.held |= dict.fromkeys(range(self.column, min(self.column + self.across, WIDEST)), self.down)
        self.column += self.across - 1


@dataclass
class _Page:
    tables: list[Rows] = field(default_factory=list)
    stack: list[_Table] = field(default_factory=list)

    def open(self, tag: str, content: str) -> None:
        # Exports without a table around their rows exist.
        if tag == "table" or (tag in ("tr", "td", "th") and not self.stack):
            self.stack.append(_Table())
            self.tables.append(self.stack[-1].rows)
        if tag == "tr":
            self.stack[-1].new_row()
        elif tag in ("td", "th"):
            self.stack[-1].new_cell(content)
        elif tag in _PARTS:
            self.letters(" ")

    def close(self, tag: str) -> None:
        if tag in ("td", "th", "tr", "table") and self.stack:
            self.stack[-1].finish()
        if tag == "table" and self.stack:
            self.stack.pop()

    def letters(self, letters: str) -> None:
        if self.stack and self.stack[-1].text is not None:
            self.stack[-1].text.append(letters)


def _span(pattern: re.Pattern[str], tag: str) -> int:
    match = pattern.search(tag)
    return min(max(int(match[1]), 1), _MOST_SPAN) if match else 1

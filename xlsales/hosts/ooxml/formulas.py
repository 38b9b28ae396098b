"""References in formulas: found without a full parse, replaced one by one."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from xlsales.hosts.ooxml.addresses import (
    LAST_COLUMN,
    LAST_ROW,
    Area,
    column_number,
    letters,
)

_CELL = r"\$?[A-Za-z]{1,3}\$?[0-9]{1,7}"
_TOKEN = re.compile(
    r'"(?:[^"]|"")*"'
    r"|(?P<sheet>(?:'(?:[^']|'')+'|(?:\[[^\]]+\])?(?<![\w.])[\w.]+(?::[\w.]+)?)!)?"
    rf"(?<![\w.$])(?P<first>{_CELL})(?::(?P<last>{_CELL}))?(?![\w.(!\[])"
    r"|\[(?:[^\[\]']|'.|\[(?:[^\[\]']|'.)*\])*\]"
    r"|'(?:[^']|'')+'!"
)
_PARTS = re.compile(r"(\$?)([A-Za-z]{1,3})(\$?)([0-9]{1,7})\Z")


class Corner(NamedTuple):
    """One end of a reference and which of its halves are fixed by a dollar."""

    row: int
    column: int
    row_fixed: bool
    column_fixed: bool

    def text(self) -> str:
        """The corner as a formula writes it."""
        column = ("$" if self.column_fixed else "") + letters(self.column)
        return f"{column}{'$' if self.row_fixed else ''}{self.row}"

    def inside(self) -> bool:
        """Whether it lies on a sheet at all."""
        return 1 <= self.row <= LAST_ROW and 1 <= self.column <= LAST_COLUMN


class Reference(NamedTuple):
    """A reference in a formula: the sheet as written (with ``!``) and its one or two corners."""

    sheet: str
    first: Corner
    last: Corner | None

    @property
    def area(self) -> Area:
        """The cells it covers."""
        last = self.last or self.first
        rows = sorted((self.first.row, last.row))
        columns = sorted((self.first.column, last.column))
        return Area(rows[0], columns[0], rows[1], columns[1])

    @property
    def sheet_name(self) -> str:
        """The sheet's own name; empty when the reference stays on its sheet."""
        name = self.sheet[:-1]
        return name[1:-1].replace("''", "'") if name.startswith("'") else name

    def text(self) -> str:
        """The reference as a formula writes it."""
        last = f":{self.last.text()}" if self.last else ""
        return f"{self.sheet}{self.first.text()}{last}"

    def over(self, area: Area) -> Reference:
        """The same kind of reference over another area."""
        first = self.first._replace(row=area.top, column=area.left)
        single = (area.top, area.left) == (area.bottom, area.right)
        last = (self.last or self.first)._replace(row=area.bottom, column=area.right)
        return Reference(self.sheet, first, None if single and self.last is None else last)


def replaced(formula: str, change: Callable[[Reference], str]) -> str:
    """The formula with every reference to cells replaced by what ``change`` returns."""

    def token(match: re.Match[str]) -> str:
        if match["first"] is None:
            return match[0]
        first = _corner(match["first"])
        last = _corner(match["last"]) if match["last"] else None
        if not first.inside() or (last and not last.inside()):
            return match[0]
        reference = Reference(match["sheet"] or "", first, last)
        text = change(reference)
        return match[0] if text == reference.text() else text

    return _TOKEN.sub(token, formula)


def shifted(formula: str, rows: int, columns: int) -> str:
    """The formula as copied to a cell so many rows and columns away."""

    def move(reference: Reference) -> str:
        first = _moved(reference.first, rows, columns)
        last = _moved(reference.last, rows, columns) if reference.last else None
        if not first.inside() or (last and not last.inside()):
            return "#REF!"
        return Reference(reference.sheet, first, last).text()

    return replaced(formula, move) if rows or columns else formula


def followed(formula: str, row: int, new_row: int, body: Area) -> str:
    """The formula of a body row that moved: what it says of its own row and its neighbours goes along."""
    if row == new_row:
        return formula

    def move(reference: Reference) -> str:
        area = reference.area
        own = area.top == area.bottom == row
        whole = (area.top, area.bottom) == (body.top, body.bottom) and not own
        if reference.sheet or whole or not (own or body.holds(area)):
            return reference.text()
        first = _moved(reference.first, new_row - row, 0)
        last = _moved(reference.last, new_row - row, 0) if reference.last else None
        if not first.inside() or (last and not last.inside()):
            return "#REF!"
        return Reference("", first, last).text()

    return replaced(formula, move)


def _corner(text: str) -> Corner:
    match = _PARTS.match(text)
    if match is None:
        raise ValueError(text)
    return Corner(int(match[4]), column_number(match[2]), bool(match[3]), bool(match[1]))


def _moved(corner: Corner, rows: int, columns: int) -> Corner:
    row = corner.row if corner.row_fixed else corner.row + rows
    column = corner.column if corner.column_fixed else corner.column + columns
    return corner._replace(row=row, column=column)

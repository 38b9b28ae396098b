"""Writing the body of one column of a table."""

from __future__ import annotations

import re
from dataclasses import dataclass

from xlsales.hosts import KEEP
from xlsales.hosts.ooxml.addresses import letters
from xlsales.hosts.ooxml.cells import Cell, cell_text
from xlsales.hosts.ooxml.formulas import followed
from xlsales.hosts.ooxml.markup import escaped, unescaped
from xlsales.hosts.ooxml.plan import Change, unsupported
from xlsales.hosts.ooxml.render import Painter


class FormulaMover:
    """Rewrites the formulas in cells of one sheet for a change of its table."""

    def __init__(self, change: Change, prefix: str) -> None:
        self._change = change
        self._tag = f"<{prefix}f"
        self._formula = re.compile(rf"<({prefix}f)((?:\s[^>]*?)?)(?:/>|>([^<]*)</{prefix}f\s*>)")

    def plain(self, inner: str) -> str:
        """The formula of a cell when it is an ordinary one; otherwise nothing."""
        found = self._formula.search(inner)
        return unescaped(found[3]) if found and found[3] and "t=" not in found[2] else ""

    def stayed(self, inner: str) -> str:
        """What stands in a cell that keeps its place, its formula following the table's columns."""

        def follow(match: re.Match[str]) -> str:
            if not match[3]:
                return match[0]
            formula = self._change.followed(unescaped(match[3]), home=True)
            return f"<{match[1]}{match[2]}>{escaped(formula)}</{match[1]}>"

        return inner if self._change.stays or self._tag not in inner else self._formula.sub(follow, inner)

    def moved(self, inner: str, row: int, place: tuple[str, int]) -> str:
        """What stands in a body cell that is now at a column and row, its formula moved along."""
        if self._tag not in inner:
            return inner
        column, new_row = place

        def move(match: re.Match[str]) -> str:
            if "dataTable" in match[2]:
                raise unsupported(self._change.table, "array_formula", f"{column}{row}")
            attributes = re.sub(r' ref="[^"]*"', f' ref="{column}{new_row}"', match[2])
            if not match[3]:
                return match[0]
            formula = self.formula(unescaped(match[3]), row, new_row)
            return f"<{match[1]}{attributes}>{escaped(formula)}</{match[1]}>"

        return self._formula.sub(move, inner)

    def formula(self, formula: str, row: int, new_row: int) -> str:
        """A formula of a body row as it reads in its new row."""
        formula = followed(formula, row, new_row, self._change.table.body)
        return self._change.followed(formula, home=True)


@dataclass(frozen=True)
class Before:
    """What a column held: styles and cells by body row, the style and formula of new rows."""

    styles: list[str]
    cells: list[Cell | None]
    style: str
    fill: tuple[str, int]


class ColumnWriter:
    """Writes the body of one column."""

    def __init__(self, change: Change, place: int, before: Before, painter: Painter, mover: FormulaMover) -> None:
        self._change = change
        self._before = before
        self._painter = painter
        self._mover = mover
        self._letters = letters(change.area.left + place)
        self._values = change.values[place]
        self._one_style = set(before.styles) <= {"", before.style}

    def cells(self, start: int, stop: int) -> list[str]:
        """The text of the cells of some body rows; an empty text where there is no cell."""
        origin = self._change.origin
        top = self._change.body.top
        if self._values is None:
            return [self._old(top + index, origin[index]) for index in range(start, stop)]
        column, paint = self._letters, self._painter.paint
        sources, rows = origin[start:stop], range(top + start, top + stop)
        values = self._values[start:stop]
        styles = self._styles_of(sources)
        start_tag = f'<{self._painter.prefix}c r="{column}'
        if len(set(styles)) == 1 and None not in values and KEEP not in values:
            painted = self._painter.paint_all(values, styles[0])
            return [f'{start_tag}{row}"{tail}' for row, tail in zip(rows, painted, strict=True)]
        texts = []
        for row, value, source, style in zip(rows, values, sources, styles, strict=True):
            if value is KEEP:
                texts.append(self._old(row, source))
            elif value is None and not style:
                texts.append("")
            else:
                texts.append(f'{start_tag}{row}"{paint(value, style)}')
        return texts

    def _styles_of(self, sources: list[int]) -> list[str]:
        """The style of each row: that of the row it continues, else that of new rows."""
        old, new = self._before.styles, self._before.style
        if self._one_style:
            return [new] * len(sources)
        return [(old[source] or new) if source >= 0 else new for source in sources]

    def _old(self, row: int, source: int) -> str:
        before = self._before
        if source < 0 or not before.cells:
            return self._fresh(row)
        cell = before.cells[source]
        if cell is None:
            return ""
        old_row = self._change.table.body.top + source
        inner = self._mover.moved(cell.inner, old_row, (self._letters, row))
        return cell_text(cell._replace(inner=inner), self._letters, row, self._painter.prefix)

    def _fresh(self, row: int) -> str:
        before = self._before
        formula, written_for = before.fill
        start = f'<{self._painter.prefix}c r="{self._letters}{row}"'
        if formula:
            return start + self._painter.formula(self._mover.formula(formula, written_for, row), before.style)
        return start + self._painter.empty(before.style) if before.style else ""

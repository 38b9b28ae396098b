"""Notes and threaded comments on body cells go where their row goes."""

from __future__ import annotations

import re

from xlsales.hosts.ooxml.addresses import Area, letters, parse_area
from xlsales.hosts.ooxml.markup import attribute, element_pattern, root_prefix, with_attribute
from xlsales.hosts.ooxml.plan import Change

_SHAPE = re.compile(r"<v:shape(?=[\s>]).*?</v:shape\s*>", re.S)
_ROW = re.compile(r"(<x:Row>)\s*(\d+)\s*(</x:Row>)")
_COLUMN = re.compile(r"(<x:Column>)\s*(\d+)\s*(</x:Column>)")
_ANCHOR = re.compile(r"(<x:Anchor>)([^<]*)(</x:Anchor>)")


def moved_cell(row: int, column: int, change: Change) -> tuple[int, int] | None:
    """Where a cell of the table is afterwards; None when its row or column is gone."""
    area = Area(row, column, row, column)
    body = change.table.body
    if not change.table.area.holds(area):
        return row, column
    moved = change.moved(area._replace(top=body.top, bottom=body.bottom))
    if moved is None:
        return None
    if body.top <= row <= body.bottom:
        new_row = change.new_rows.get(row - body.top)
        return None if new_row is None else (new_row, moved.left)
    return (row if row < body.top else row + change.body.bottom - body.bottom), moved.left


def followed_comments(text: str, kind: str, change: Change) -> str:
    """A comments part: every comment at its cell's new place, those of removed rows left out."""
    prefix = root_prefix(text)
    name = "threadedComment" if kind == "threadedComment" else "comment"

    def move(match: re.Match[str]) -> str:
        end = match.end(1) - match.start()
        tag, rest = match[0][:end], match[0][end:]
        cell = parse_area(attribute(tag, "ref") or "")
        place = moved_cell(cell.top, cell.left, change)
        if place is None:
            return ""
        if place == (cell.top, cell.left):
            return match[0]
        return with_attribute(tag, "ref", f"{letters(place[1])}{place[0]}") + rest

    return element_pattern(prefix + name).sub(move, text)


def followed_shapes(text: str, change: Change) -> str:
    """The drawing of the note boxes: every box with its note."""

    def move(match: re.Match[str]) -> str:
        shape = match[0]
        row, column = _ROW.search(shape), _COLUMN.search(shape)
        if 'ObjectType="Note"' not in shape or row is None or column is None:
            return shape
        old = int(row[2]) + 1, int(column[2]) + 1
        place = moved_cell(*old, change)
        if place is None:
            return ""
        if place == old:
            return shape
        shape = _ROW.sub(rf"\g<1>{place[0] - 1}\g<3>", shape)
        shape = _COLUMN.sub(rf"\g<1>{place[1] - 1}\g<3>", shape)
        return _ANCHOR.sub(lambda anchor: _moved_anchor(anchor, place[0] - old[0], place[1] - old[1]), shape)

    return _SHAPE.sub(move, text)


def _moved_anchor(anchor: re.Match[str], rows: int, columns: int) -> str:
    numbers = [int(number) for number in anchor[2].split(",")]
    if len(numbers) != 8:
        return anchor[0]
    for place, by in ((0, columns), (2, rows), (4, columns), (6, rows)):
        numbers[place] = max(numbers[place] + by, 0)
    return f"{anchor[1]}{', '.join(map(str, numbers))}{anchor[3]}"

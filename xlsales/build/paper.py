"""How a sheet prints: landscape A4, one page wide, or cut between tables where one page would be too small to read."""

from __future__ import annotations

from collections.abc import Iterator

from xlsxwriter.utility import xl_cell_to_rowcol
from xlsxwriter.worksheet import Worksheet

from xlsales.build.areas import Area, widths
from xlsales.build.canvas import Canvas, color
from xlsales.tables.folder import read_toml

HEADER_ROW = 3
SCREEN = 1500
"""Pixels that fit beside each other on a screen; wider sheets keep their first columns in view."""
_PAPER = 985
"""Pixels across a landscape A4 within the margins, less what programs differ in their column widths."""
_READABLE = 1900
"""Pixels that can still be read when they are pressed into the width of one page."""

_MANY = 4
_PAGE_ROWS = 40
_TO_GROW = 6

Span = tuple[int, int]


def pixels(tables: list[Area]) -> int:
    """The width of the tables of a sheet on the screen."""
    return sum(_pixel_widths(tables).values())


def kept_columns(tables: list[Area]) -> int:
    """First columns that stay in view, and stand on every page, because they say whose row it is."""
    if pixels(tables) > SCREEN:
        return 2
    return int(tables[0].table.each is not None)


def set_print(canvas: Canvas, page: Worksheet, tables: list[Area]) -> None:
    """Paper, margins, footer, the rows and columns that repeat, and the page breaks."""
    page.set_landscape()
    page.set_paper(9)
    page.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    grey = "&9&K" + color("faint").lstrip("#")
    page.set_footer(f"&L{grey}xlsales  ·  &A&R{grey}{canvas.say('page')}")
    page.fit_to_pages(1, 0)
    if not tables:
        return
    one_header = all(area.top == HEADER_ROW for area in tables)
    if one_header:
        page.repeat_rows(HEADER_ROW)
    breaks = {*_chart_breaks(tables[0].table.sheet), *(_row_breaks(tables) if len(tables) > _MANY else ())}
    if breaks:
        page.set_h_pagebreaks(sorted(breaks))
    spans = pages(tables)
    if len(spans) > 1:
        repeated = kept_columns(tables) if one_header else 0
        if repeated:
            page.repeat_columns(0, repeated - 1)
        _cut(page, tables, spans, repeated)


def pages(tables: list[Area]) -> list[Span]:
    """The columns of each page: all on one while that can be read, else table by table."""
    if pixels(tables) <= _READABLE:
        return [(0, max(area.right for area in tables))]
    size = _pixel_widths(tables)
    spans: list[Span] = []
    for first, last in _blocks(tables):
        if spans and _across(size, (spans[-1][0], last)) <= _READABLE:
            spans[-1] = (spans[-1][0], last)
        else:
            spans.append((first, last))
    return [part for span in spans for part in _parts(size, span)]


def _row_breaks(tables: list[Area]) -> Iterator[int]:
    """Pages that start with a caption, for programs that heed breaks on a fitted sheet."""
    start = 0 if tables[0].top <= HEADER_ROW + 1 else -_PAGE_ROWS
    for area in tables:
        if area.last + (0 if area.table.fixed else _TO_GROW) - start > _PAGE_ROWS:
            start = area.top - 1
            yield start


def _chart_breaks(sheet: str) -> Iterator[int]:
    """Pages that start with a chart."""
    for chart in read_toml("charts.toml")["chart"]:
        if chart["sheet"] == sheet and chart.get("new_page"):
            yield xl_cell_to_rowcol(chart["place"])[0]


def _cut(page: Worksheet, tables: list[Area], spans: list[Span], repeated: int) -> None:
    """Breaks between the pages, and the scale at which the widest of them fits.

    Excel passes over breaks on a sheet that is fitted to a number of pages, so the scale is set instead.
    """
    size = _pixel_widths(tables)
    again = _across(size, (0, repeated - 1))
    widest = max(_across(size, span) + (again if span[0] else 0) for span in spans)
    page.set_print_scale(min(100, int(100 * _PAPER / widest) - 1))
    page.set_v_pagebreaks([first for first, _ in spans[1:]])


def _blocks(tables: list[Area]) -> Iterator[Span]:
    """Columns of tables that stand below each other, from left to right."""
    spans = sorted((area.left, area.right) for area in tables)
    first, last = spans[0]
    for left, right in spans[1:]:
        if left > last:
            yield first, left - 1
            first = left
        last = max(last, right)
    yield first, last


def _parts(size: dict[int, int], span: Span) -> list[Span]:
    """A span too wide for a page in parts of about the same width."""
    count = -(-_across(size, span) // _READABLE)
    target = _across(size, span) / count
    parts: list[Span] = []
    first, used = span[0], 0
    for column in range(span[0], span[1] + 1):
        if used and used + size[column] / 2 > target and len(parts) < count - 1:
            parts.append((first, column - 1))
            first, used = column, 0
        used += size[column]
    return [*parts, (first, span[1])]


def _pixel_widths(tables: list[Area]) -> dict[int, int]:
    return {column: round(width * 7 + 5) for column, width in widths(tables).items()}


def _across(size: dict[int, int], span: Span) -> int:
    return sum(size[column] for column in range(span[0], span[1] + 1))

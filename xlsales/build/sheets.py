"""The frame of a sheet: title, way back, captions, widths, panes and how it prints."""

from __future__ import annotations

from xlsxwriter.utility import xl_cell_to_rowcol
from xlsxwriter.worksheet import Worksheet

from xlsales.build.areas import Area, header_lines, on_sheet, widths
from xlsales.build.canvas import Canvas, color, styles
from xlsales.build.paper import HEADER_ROW, SCREEN, kept_columns, pixels, set_print
from xlsales.tables.folder import read_toml
from xlsales.tables.schema import Sheet

LINE_HEIGHT = 13.5
CHART_ROW = 15
TWO_LINES = 30
"""Room for a sentence over a picture; programs do not stretch a row by themselves."""


def frame(canvas: Canvas, sheet: Sheet) -> None:
    """Everything about a sheet that is not the content of a table."""
    page, tables = canvas.pages[sheet.key], on_sheet(canvas.areas, sheet.key)
    page.set_tab_color(styles()["phase"][sheet.phase])
    page.hide_gridlines(2)
    if sheet.hidden:
        page.hide()
    _title(canvas, page, sheet)
    for area in tables:
        _caption(canvas, page, area)
    _sizes(page, tables)
    _charts_room(canvas, page, sheet)
    _panes(page, tables)
    set_print(canvas, page, tables)


def _title(canvas: Canvas, page: Worksheet, sheet: Sheet) -> None:
    if sheet.key == "lists":
        return
    page.set_row(0, 30)
    page.set_row(1, 18)
    title = canvas.format(font_size=20, bold=True, font_color=color("title"))
    page.write_string(0, 0, canvas.say("title") if sheet.key == "start" else sheet.name[canvas.language], title)
    page.write_string(1, 0, sheet.intro[canvas.language], canvas.format(font_color=color("faint")))
    if sheet.key != "start":
        link = canvas.format(font_color=color("link"), underline=1)
        page.write_url(2, 0, canvas.link("start"), link, canvas.say("back"))


def _caption(canvas: Canvas, page: Worksheet, area: Area) -> None:
    captions = read_toml("template.toml")["caption"]
    if area.table.key in captions:
        form = canvas.format(bold=True, font_size=11, font_color=color("title"))
        page.write_string(area.top - 1, area.left, captions[area.table.key][canvas.language], form)


def _sizes(page: Worksheet, tables: list[Area]) -> None:
    width = widths(tables)
    for position, size in width.items():
        page.set_column(position, position, size)
    for area in tables:
        if area.table.key.startswith("findings_") and any(head.column.wrap for head in area.heads):
            for row in range(area.first, area.last + 1):
                page.set_row(row, TWO_LINES)
    lines: dict[int, int] = {}
    for area in tables:
        lines[area.top] = max(lines.get(area.top, 1), header_lines(area, width))
    for row, count in lines.items():
        page.set_row(row, max(18.0, count * LINE_HEIGHT + 4))
    for area in tables:
        _sentence_rows(page, area)


def _sentence_rows(page: Worksheet, area: Area) -> None:
    """Two lines for the rows of a fixed table with wrapped sentences; not every program fits a row to its text."""
    if area.table.fixed and any(head.column.wrap for head in area.heads):
        for row in range(area.first, area.last + 1):
            page.set_row(row, 2 * LINE_HEIGHT + 2)


def _panes(page: Worksheet, tables: list[Area]) -> None:
    """Keep the header and, on a wide sheet, the first columns in view where nothing stands above the table."""
    if tables and all(area.top == HEADER_ROW for area in tables):
        page.freeze_panes(HEADER_ROW + 1, kept_columns(tables))
    if pixels(tables) > SCREEN:
        page.set_zoom(90)


def _charts_room(canvas: Canvas, page: Worksheet, sheet: Sheet) -> None:
    """Rows under a chart get a height of their own, so that the chart covers the same rows in every program."""
    tops = [area.top - 1 for area in on_sheet(canvas.areas, sheet.key)]
    headers = {top + 1 for top in tops}
    for chart in (c for c in read_toml("charts.toml")["chart"] if c["sheet"] == sheet.key):
        first = xl_cell_to_rowcol(chart["place"])[0]
        for row in range(first, min((top for top in tops if top > first + 2), default=first)):
            if row not in headers:
                page.set_row(row, CHART_ROW)

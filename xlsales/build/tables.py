"""A declared table drawn into its sheet: header, notes, body cells and their formats."""

from __future__ import annotations

from datetime import date
from typing import Any

from xlsxwriter.format import Format
from xlsxwriter.utility import xl_range
from xlsxwriter.worksheet import Worksheet

from xlsales.build.areas import Area, Head
from xlsales.build.canvas import Canvas, color, type_of
from xlsales.tables.schema import load_schema

_LONG_NOTE = 90


def draw_table(canvas: Canvas, area: Area) -> None:
    """Draw one table with its caption, header, notes and prepared rows."""
    page = canvas.pages[area.table.sheet]
    columns = [{"header": head.text, "header_format": _header(canvas, area, head)} for head in area.heads]
    page.add_table(
        area.top, area.left, area.last, area.right,
        {"name": area.name, "columns": columns, "autofilter": area.table.filter, "style": None},
    )
    for position in range(len(area.heads)):
        _note(canvas, page, area, position)
        _body(canvas, page, area, position)
    numbers_as_text = [page_range(area, i) for i, head in enumerate(area.heads) if head.column.type in ("id", "text")]
    _ignore(page, numbers_as_text)


def page_range(area: Area, position: int) -> str:
    """The body of a column as ``B5:B14``."""
    text: str = xl_range(*area.body(position))
    return text


def body_format(canvas: Canvas, area: Area, head: Head, number_format: str = "") -> Format:
    """The format of the body cells of a column."""
    look = type_of(head.column)
    wish: dict[str, Any] = {
        "num_format": number_format or look["format"], "align": look["align"],
        "border": 1, "border_color": color("line"),
        "valign": "top" if not area.table.fixed and any(h.column.wrap for h in area.heads) else "vcenter",
    }
    if look["align"] == "left":
        wish["indent"] = 1
    if head.column.wrap:
        wish["text_wrap"] = True
    if head.column.owner == "tool":
        wish["bg_color"] = color("tool_body")
    if head.column.type == "link":
        wish |= {"font_color": color("link"), "underline": 1}
    return canvas.format(**wish)


def _header(canvas: Canvas, area: Area, head: Head) -> Format:
    align = "left" if area.table.filter else type_of(head.column)["align"]
    return canvas.format(
        bold=True, text_wrap=True, align=align, indent=int(align == "left"), border=1, border_color=color("line"),
        bg_color=color(f"{head.column.owner}_header"), font_color=color(f"{head.column.owner}_header_text"),
    )


def _note(canvas: Canvas, page: Worksheet, area: Area, position: int) -> None:
    column = area.heads[position].column
    text = [column.note[canvas.language], canvas.say(f"{column.owner}_fills")]
    if column.required:
        text.append(canvas.say("required"))
    note = "\n".join(line for line in text if line)
    height = 96 if len(note) > _LONG_NOTE else 66
    page.write_comment(
        area.top, area.left + position, note,
        {"width": 230, "height": height, "color": color("tool_body"), "font_name": "Arial", "font_size": 9},
    )


def _body(canvas: Canvas, page: Worksheet, area: Area, position: int) -> None:
    head = area.heads[position]
    usual = body_format(canvas, area, head)
    for index in range(area.last - area.top):
        row = area.filled[index] if index < len(area.filled) else {}
        value, form = row.get(head.key), usual
        if isinstance(value, date) or _holds_date(area, row, head):
            form = body_format(canvas, area, head, "yyyy-mm-dd")
        _write(page, (area.first + index, area.left + position), value, form)


def _holds_date(area: Area, row: Any, head: Head) -> bool:
    """True for the value cell of a setting that is a date."""
    if area.table.key != "settings" or head.column.type != "any" or "key" not in row:
        return False
    return load_schema().settings[row["key"]].type == "date"


def _write(page: Worksheet, cell: tuple[int, int], value: Any, form: Format) -> None:
    if value is None:
        page.write_blank(*cell, None, form)
    elif isinstance(value, str):
        page.write_string(*cell, value, form)
    elif isinstance(value, date):
        page.write_datetime(*cell, value, form)
    else:
        page.write_number(*cell, value, form)


def _ignore(page: Worksheet, ranges: list[str]) -> None:
    """Keep Excel from marking customer numbers with leading zeros as mistakes, over all tables of a sheet."""
    known = page.ignored_errors or {}
    everything = " ".join(filter(None, [known.get("number_stored_as_text", ""), *ranges]))
    if everything:
        page.ignore_errors({"number_stored_as_text": everything})

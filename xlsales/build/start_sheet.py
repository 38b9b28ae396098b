"""The Start sheet: whose workbook it is, how far it has come, and what to do next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from xlsxwriter.worksheet import Worksheet

from xlsales.build.areas import lines_of, widths
from xlsales.build.canvas import Canvas, color, styles
from xlsales.build.sheets import LINE_HEIGHT
from xlsales.tables.folder import read_toml
from xlsales.tables.schema import load_schema

_STEP_HEIGHT = 27
Entry = Mapping[str, Any]


def draw_start(canvas: Canvas) -> None:
    """Write the company's name, give the headlines room, and write the guide below the steps."""
    page, steps = canvas.pages["start"], canvas.areas["steps"]
    _company(canvas, page)
    for row in range(steps.first, steps.last + 1):
        page.set_row(row, _STEP_HEIGHT)
    row = steps.last + 2
    room = sum(widths([steps])[i] for i in range(steps.left + 1, steps.right + 1))
    for number, entry in _numbered(read_toml("template.toml")["guide"]):
        if "sheet" in entry:
            _line(canvas, page, row, (number, entry))
            page.set_row(row, lines_of(entry[canvas.language], room) * LINE_HEIGHT + 4)
        else:
            row += number > 0
            page.write_string(row, 0, entry[canvas.language], canvas.format(
                bold=True, font_size=13, font_color=color("title")))
            page.set_row(row, 22)
        row += 1
    page.print_area(0, 0, row - 1, steps.right)
    page.fit_to_pages(1, 1)
    page.activate()


def _numbered(entries: list[Entry]) -> Iterator[tuple[int, Entry]]:
    """The guide's entries with their number within their part; a heading has the count of those before it."""
    number = 0
    for entry in entries:
        if "sheet" in entry:
            number += 1
            yield number, entry
        else:
            yield number, entry
            number = 0


def _line(canvas: Canvas, page: Worksheet, row: int, line: tuple[int, Entry]) -> None:
    number, entry = line
    sheet = load_schema().sheets[entry["sheet"]]
    link = canvas.format(
        font_color=color("link"), underline=1, indent=1, align="left", bold=True,
        left=5, left_color=styles()["phase"][sheet.phase], bottom=1, bottom_color=color("grid"),
    )
    text = canvas.format(text_wrap=True, align="left", bottom=1, bottom_color=color("grid"))
    page.write_url(row, 0, canvas.link(sheet.key), link, f"{number}  {sheet.name[canvas.language]}")
    page.merge_range(row, 1, row, canvas.areas["steps"].right, entry[canvas.language], text)


def _company(canvas: Canvas, page: Worksheet) -> None:
    """The company's name from the settings; a blank cell when none is written."""
    area, steps = canvas.areas["settings"], canvas.areas["steps"]
    key, value = (area.table[k].heading[canvas.language] for k in ("key", "value"))
    name = f'INDEX({area.name}[{value}],MATCH("company",{area.name}[{key}],0))'
    form = canvas.format(font_size=14, bold=True, font_color=color("ink"), align="right")
    page.write_formula(0, steps.right, f'=IFERROR({name}&"","")', form, "")
    tagline = canvas.format(font_color=color("faint"), align="left", font_size=12)
    page.write_string(0, 1, canvas.say("tagline"), tagline)

"""The Help sheet: the help text, then every column with who fills it and what it means."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from xlsxwriter.worksheet import Worksheet

from xlsales.build.areas import lines_of
from xlsales.build.canvas import Canvas, color
from xlsales.build.sheets import LINE_HEIGHT
from xlsales.tables.folder import text_folder
from xlsales.tables.schema import Column, load_schema

Kind = Literal["heading", "subheading", "item", "paragraph"]
_WIDTHS = (20, 22, 28, 15, 75)
_FIRST_ROW = 3
_SLIM = 0.88
"""Letters in running text are a little narrower than the digits that widths are counted in."""


@dataclass(frozen=True)
class Block:
    """A piece of help text; the items of a list keep their mark."""

    kind: Kind
    text: str


def blocks(text: str) -> list[Block]:
    """Headings, list items and paragraphs of a simple Markdown text."""
    found: list[Block] = []
    for part in text.split("\n\n"):
        lines = [line.rstrip() for line in part.strip().splitlines() if line.strip()]
        running: list[str] = []
        for line in lines:
            if line.startswith("## "):
                found.append(Block("subheading", line[3:]))
            elif line.startswith("# "):
                found.append(Block("heading", line[2:]))
            elif _is_item(line):
                found.append(Block("item", line.replace("- ", "•  ", 1) if line.startswith("- ") else line))
            elif found and found[-1].kind == "item" and line.startswith("  "):
                found[-1] = Block("item", f"{found[-1].text} {line.strip()}")
            else:
                running.append(line.strip())
        if running:
            found.append(Block("paragraph", " ".join(running)))
    return [Block(block.kind, block.text.replace("`", "")) for block in found]


def _is_item(line: str) -> bool:
    return line.startswith("- ") or line.split(". ")[0].isdigit()


def draw_help(canvas: Canvas) -> None:
    """Write the help text and the glossary."""
    page = canvas.pages["help"]
    for column, width in enumerate(_WIDTHS):
        page.set_column(column, column, width)
    row = _FIRST_ROW
    for block in blocks((text_folder("workbook") / f"help.{canvas.language}.md").read_text("utf-8")):
        _block(canvas, page, row, block)
        row += 1
    _glossary(canvas, page, row + 1)


def _block(canvas: Canvas, page: Worksheet, row: int, block: Block) -> None:
    if block.kind in ("heading", "subheading"):
        size = 14 if block.kind == "heading" else 11
        page.write_string(row, 0, block.text, canvas.format(
            bold=True, font_size=size, font_color=color("title"), valign="bottom"))
        page.set_row(row, size * 2.1)
        return
    form = canvas.format(text_wrap=True, valign="top", indent=int(block.kind == "item"))
    page.merge_range(row, 0, row, len(_WIDTHS) - 1, block.text, form)
    page.set_row(row, lines_of(block.text, sum(_WIDTHS) - 4, _SLIM) * LINE_HEIGHT + (2 if block.kind == "item" else 5))


def _glossary(canvas: Canvas, page: Worksheet, row: int) -> None:
    title = canvas.format(bold=True, font_size=14, font_color=color("title"), valign="bottom")
    page.write_string(row, 0, canvas.say("glossary"), title)
    page.set_row(row, 30)
    head = canvas.format(bold=True, bg_color=color("tool_header"), font_color=color("tool_header_text"), border=1,
                         border_color=color("line"))
    for column, key in enumerate(("of_sheet", "of_table", "of_column", "of_owner", "of_meaning")):
        page.write_string(row + 1, column, canvas.say(key), head)
    cell = canvas.format(text_wrap=True, valign="top", border=1, border_color=color("line"))
    for place, entry in enumerate(glossary(canvas), start=row + 2):
        for column, text in enumerate(entry):
            page.write_string(place, column, text, cell)
        lines = max(lines_of(text, width - 1, _SLIM) for text, width in zip(entry, _WIDTHS, strict=True))
        page.set_row(place, lines * LINE_HEIGHT + 3)


def glossary(canvas: Canvas) -> Iterator[tuple[str, str, str, str, str]]:
    """Sheet, table, column, who fills it and what it means, for every declared column."""
    schema, language = load_schema(), canvas.language
    for table in schema.tables.values():
        for column in table.columns:
            heading = canvas.say("per_criterion") if column.each else column.heading[language]
            sheet = schema.sheets[table.sheet].name[language]
            yield sheet, table.name[language], heading, _owner(canvas, column), column.note[language]


def _owner(canvas: Canvas, column: Column) -> str:
    if column.owner == "tool":
        return canvas.say("xlsales")
    return canvas.say("you_required" if column.required else "you")

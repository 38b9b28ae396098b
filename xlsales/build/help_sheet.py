"""The Help sheet: contents, the help text, the method cards, then every column with who fills it and what it means.

It prints on A4 upright, and every method card on a page of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from xlsxwriter.worksheet import Worksheet

from xlsales.build.areas import lines_of
from xlsales.build.canvas import Canvas, color, quoted
from xlsales.build.sheets import LINE_HEIGHT
from xlsales.tables.cards import load_cards
from xlsales.tables.folder import text_folder
from xlsales.tables.schema import Column, Language, load_schema
from xlsales.tables.texts import Texts

Kind = Literal["heading", "subheading", "item", "paragraph"]
_WIDTHS = (16, 17, 22, 13, 35)
_FIRST_ROW = 4
_SCALE = 88
"""Per cent at which the widths fit an A4 upright. Breaks between pages count only where a scale is set."""
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


@dataclass(frozen=True)
class Part:
    """What a line of the contents leads to; ``fresh``: starts on a new page, ``inner``: is listed under another."""

    title: str
    text: list[Block]
    fresh: bool = False
    inner: bool = False


def parts(language: Language) -> list[Part]:
    """The help text cut at its headings, then the method cards, one part each."""
    found: list[Part] = []
    for block in blocks((text_folder("workbook") / f"help.{language}.md").read_text("utf-8")):
        if block.kind == "heading":
            found.append(Part(block.text, [], fresh=len(found) == 1))
        found[-1].text.append(block)
    cards = [Part(card.title, blocks(card.text), fresh=True, inner=True) for card in load_cards(language).values()]
    return [*found, *cards]


def draw_help(canvas: Canvas) -> None:
    """Write the contents, the help text, the method cards and the glossary."""
    page = canvas.pages["help"]
    for column, width in enumerate(_WIDTHS):
        page.set_column(column, column, width)
    entries = parts(canvas.language)
    row = _FIRST_ROW + len(entries) + 3
    places: list[int] = []
    for entry in entries:
        places.append(row)
        for block in entry.text:
            _block(canvas, page, row, block)
            row += 1
    _contents(canvas, page, entries, [*places, row + 1])
    _glossary(canvas, page, row + 1)
    page.set_portrait()
    page.set_print_scale(_SCALE)
    page.set_h_pagebreaks([*(place for entry, place in zip(entries, places, strict=True) if entry.fresh), row + 1])


def _contents(canvas: Canvas, page: Worksheet, entries: list[Part], places: list[int]) -> None:
    """Links to every part; the cards stand under a heading of their own."""
    texts = Texts(canvas.language)
    _block(canvas, page, _FIRST_ROW - 1, Block("subheading", texts.say("card", "contents")))
    row = _FIRST_ROW
    sheet = quoted(page.get_name())
    titles = [*((entry.title, entry.inner) for entry in entries), (canvas.say("glossary"), False)]
    # The glossary is named before the cards, which are many.
    ordered = sorted(zip(titles, places, strict=True), key=lambda item: item[0][1])
    for number, ((title, inner), place) in enumerate(ordered):
        if inner and not ordered[number - 1][0][1]:
            page.write_string(row, 0, texts.say("card", "cards"), canvas.format(bold=True, valign="bottom"))
            row += 1
        link = canvas.format(font_color=color("link"), underline=1, indent=int(inner))
        page.write_url(row, 0, f"internal:{sheet}!A{place + 1}", link, title)
        row += 1


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

"""A working sheet of a method card: one sheet with live formulas, made as a workbook of its own.

It is grafted into a closed workbook or copied into an open one; nothing in it needs xlsales.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from xlsales.build.areas import lines_of
from xlsales.build.canvas import Canvas, color, quoted, styles
from xlsales.build.sheets import LINE_HEIGHT
from xlsales.build.template import CREATED
from xlsales.build.working_grid import Entry, Grid
from xlsales.tables.folder import read_toml
from xlsales.tables.schema import Language

_ROW = 24.0
_SLIM = 0.9


@dataclass(frozen=True)
class Known:
    """What the workbook that gets the sheet holds already.

    start: its first sheet, for the way back. filled: values by column key. headings: other headings by column key.
    lookups: formulas that read the workbook's tables, by column key, in place of cells to write in.
    """

    start: str = ""
    filled: Mapping[str, Sequence[str]] = field(default_factory=dict)
    headings: Mapping[str, str] = field(default_factory=dict)
    lookups: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Built:
    """A workbook of one sheet, the sheet's name, and {cell: formula} of those that read the receiving workbook."""

    content: bytes
    name: str
    lookups: Mapping[str, str]


def sheet_keys() -> list[str]:
    """The working sheets there are."""
    return [key for key in read_toml("worksheets.toml") if key != "word"]


def sheet_of_card(card: str) -> str:
    """The working sheet that belongs to a card, or nothing."""
    return next((key for key in sheet_keys() if read_toml("worksheets.toml")[key]["card"] == card), "")


def sheet_name(key: str, language: Language) -> str:
    """What a working sheet is called."""
    return str(read_toml("worksheets.toml")[key][language])


def working_sheet(key: str, language: Language, known: Known | None = None, apart: bool = False) -> Built:
    """Build one working sheet. The same declaration gives the same bytes.

    apart: leave the lookups out of the sheet, for a host that opens the workbook before it copies the sheet.
    """
    target = io.BytesIO()
    font = styles()["font"]
    look = {"font_name": font["name"], "font_size": font["size"], "font_color": color("ink")}
    with Workbook(target, {"default_format_properties": look, "in_memory": True}) as book:
        name = sheet_name(key, language)
        page = book.add_worksheet(name)
        canvas = Canvas(book, language, {}, {})
        sheet = _Sheet(canvas, page, Grid(key, language), known or Known(), apart)
        sheet.draw()
        book.set_properties({"title": name, "author": "xlsales", "created": CREATED})
    return Built(target.getvalue(), name, sheet.lookups)


class _Sheet:
    """The sheet being drawn."""

    def __init__(self, canvas: Canvas, page: Worksheet, grid: Grid, known: Known, apart: bool) -> None:
        self._canvas, self._page, self._grid, self._known, self._apart = canvas, page, grid, known, apart
        self._width: list[float] = grid.entry["width"]
        self.lookups: dict[str, str] = {}

    def draw(self) -> None:
        """All of it."""
        for column, width in enumerate(self._width):
            self._page.set_column(column, column, width)
        self._head()
        for block in self._grid.entry["block"]:
            self._caption(block)
            if "figure" in block:
                self._figures(block)
            else:
                self._table(block)
        self._paper()

    def _head(self) -> None:
        page, canvas = self._page, self._canvas
        page.write_string(0, 0, self._grid.words(self._grid.entry), canvas.format(
            font_size=20, bold=True, font_color=color("title")))
        page.set_row(0, 30)
        intro = self._grid.words(self._grid.entry, "_intro")
        form = canvas.format(font_color=color("faint"), text_wrap=True, valign="top")
        page.merge_range(1, 0, 1, len(self._width) - 1, intro, form)
        page.set_row(1, lines_of(intro, sum(self._width) - 6, _SLIM) * LINE_HEIGHT + 5)
        if self._known.start:
            link = canvas.format(font_color=color("link"), underline=1)
            page.write_url(2, 0, f"internal:{quoted(self._known.start)}!A1", link, canvas.say("back"))

    def _caption(self, block: Entry) -> None:
        if "sv_caption" in block:
            form = self._canvas.format(bold=True, font_size=11, font_color=color("title"), valign="bottom")
            self._page.write_string(self._grid.tops[block["key"]] - 1, 0, self._grid.words(block, "_caption"), form)
            self._page.set_row(self._grid.tops[block["key"]] - 1, 24)

    def _figures(self, block: Entry) -> None:
        over = block.get("label_over", 1)
        label = self._canvas.format(bottom=1, bottom_color=color("grid"))
        for row, figure in enumerate(block["figure"], start=self._grid.tops[block["key"]]):
            look = styles()["type"][figure.get("type", "any")]
            form = self._canvas.format(bold=True, align="left", num_format=look["format"], bottom=1,
                                       bottom_color=color("grid"), bg_color=color("tool_body"))  # fmt: skip
            if over > 1:
                self._page.merge_range(row, 0, row, over - 1, self._grid.words(figure), label)
            else:
                self._page.write_string(row, 0, self._grid.words(figure), label)
            formula = self._grid.formula(figure["formula"], block, row)
            last = over + (2 if over == 1 else 0)
            if last > over:
                self._page.merge_range(row, over, row, last, "", form)
            self._page.write_formula(row, over, formula, form, "")
            self._page.set_row(row, 20)

    def _table(self, block: Entry) -> None:
        top = self._grid.tops[block["key"]]
        heads = {column["key"]: self._known.headings.get(column["key"], self._grid.words(column))
                 for column in block["column"]}  # fmt: skip
        lines = max(lines_of(heads[c["key"]], self._across(c) - 2, 1.05) for c in block["column"])
        self._page.set_row(top, max(18.0, lines * LINE_HEIGHT + 4))
        for row in range(top + 1, top + 1 + block["rows"]):
            self._page.set_row(row, _ROW)
        for column in block["column"]:
            self._wide(top, column, self._header(column))
            self._page.write_string(top, column["at"], heads[column["key"]], self._header(column))
            self._body(block, column)
            self._validate(block, column)
            self._marks(block, column)
        if "total" in block:
            self._totals(block)

    def _across(self, column: Entry) -> float:
        return sum(self._width[column["at"] : column["at"] + column.get("over", 1)])

    def _wide(self, row: int, column: Entry, form: Any) -> None:
        if "over" in column:
            self._page.merge_range(row, column["at"], row, column["at"] + column["over"] - 1, "", form)

    def _header(self, column: Entry) -> Any:
        align = styles()["type"][column["type"]]["align"]
        return self._canvas.format(
            bold=True, text_wrap=True, align=align, indent=int(align == "left"), border=1, border_color=color("line"),
            bg_color=color(f"{column['owner']}_header"), font_color=color(f"{column['owner']}_header_text"),
        )  # fmt: skip

    def _form(self, column: Entry, **wanted: Any) -> Any:
        look = styles()["type"][column["type"]]
        wish: dict[str, Any] = {"num_format": look["format"], "align": look["align"], "border": 1,
                                "border_color": color("line")}  # fmt: skip
        if look["align"] == "left":
            wish |= {"indent": 1, "text_wrap": True}
        if column["owner"] == "tool":
            wish["bg_color"] = color("tool_body")
        return self._canvas.format(**(wish | wanted))

    def _body(self, block: Entry, column: Entry) -> None:
        lookup = self._known.lookups.get(column["key"], "")
        formula = column.get("formula", "") or lookup
        values = self._values(block, column)
        form = self._form(column, **({"bg_color": color("tool_body")} if lookup else {}))
        for place, row in enumerate(self._grid.rows(block)):
            cell = (row, column["at"])
            self._wide(row, column, form)
            if formula:
                text = self._grid.formula(formula, block, row)
                if lookup:
                    self.lookups[xl_rowcol_to_cell(*cell)] = text
                if not (lookup and self._apart):
                    self._page.write_formula(*cell, text, form, "")
                    continue
            value = values[place] if place < len(values) else None
            if isinstance(value, str):
                self._page.write_string(*cell, value, form)
            else:
                self._page.write(*cell, value, form)

    def _values(self, block: Entry, column: Entry) -> Sequence[Any]:
        if column["key"] in self._known.filled:
            return self._known.filled[column["key"]]
        declared = self._grid.entry.get("fill", {}).get(block["key"], {}).get(column["key"], ())
        found: Sequence[Any] = declared[self._canvas.language] if isinstance(declared, Mapping) else declared
        return found

    def _totals(self, block: Entry) -> None:
        row = self._grid.tops[block["key"]] + 1 + block["rows"]
        self._page.set_row(row, _ROW)
        for column in block["column"]:
            form = self._form(column, bold=True, top=2, bg_color=color("tool_body"))
            if column["key"] in block["total"]:
                text = self._grid.formula(block["total"][column["key"]], block, row)
                self._page.write_formula(row, column["at"], text, form, "")
            elif column["at"] == 0:
                self._page.write_string(row, 0, self._grid.word(block["total_label"]), form)
            else:
                self._page.write_blank(row, column["at"], None, form)

    def _validate(self, block: Entry, column: Entry) -> None:
        if column["owner"] != "user" or column["key"] in self._known.lookups:
            return
        rule = self._rule(block, column)
        note = self._grid.words(column, "_note") if "sv_note" in column else ""
        if not rule and not note:
            return
        if note:
            rule |= {"input_title": self._grid.words(column)[:32], "input_message": note[:255]}
        first, *_, last = self._grid.rows(block)
        words = {"error_title": self._canvas.say("refused")[:32]}
        self._page.data_validation(first, column["at"], last, column["at"], {"validate": "any"} | words | rule)

    def _rule(self, block: Entry, column: Entry) -> dict[str, Any]:
        listed = column.get(f"{self._canvas.language}_list")
        if "list_from" in column:
            listed = "=" + self._grid.span(*column["list_from"].split("."))
        if listed:
            return {"validate": "list", "source": listed, "error_message": self._canvas.say("from_list")}
        if column["type"] == "date":
            # As numbers: a date would be another day in a workbook that counts from 1904.
            return {"validate": "date", "criteria": "between", "minimum": 25569, "maximum": 109574,
                    "error_message": self._canvas.say("date_wanted")}  # fmt: skip
        if "min" in column:
            low, high = column["min"], column["max"]
            message = self._canvas.say("between", low=low, high=high)
            if high > 10**9:
                message = self._canvas.say("number_wanted")
            return {"validate": "decimal", "criteria": "between", "minimum": low, "maximum": high,
                    "error_message": message}  # fmt: skip
        return {}

    def _marks(self, block: Entry, column: Entry) -> None:
        """Colours by value; a cell that shows no number is left alone."""
        rows = [*self._grid.rows(block)]
        cell = xl_rowcol_to_cell(rows[0], column["at"])
        for tone, test in column.get("mark", {}).items():
            by_number = test[0] in "<>="
            criteria = f"=AND(ISNUMBER({cell}),{cell}{test})" if by_number else f'={cell}="{self._grid.word(test)}"'
            rule = {"type": "formula", "criteria": criteria, "format": self._canvas.tone(tone)}
            self._page.conditional_format(rows[0], column["at"], rows[-1], column["at"], rule)

    def _paper(self) -> None:
        page = self._page
        page.hide_gridlines(2)
        page.set_tab_color(styles()["phase"]["relation"])
        page.set_landscape()
        page.set_paper(9)
        page.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        grey = "&9&K" + color("faint").lstrip("#")
        page.set_footer(f"&L{grey}xlsales  ·  &A&R{grey}{self._canvas.say('page')}")
        page.fit_to_pages(1, int(self._grid.entry.get("one_page", False)))
        if "repeat" in self._grid.entry:
            top = self._grid.tops[self._grid.entry["repeat"]]
            page.repeat_rows(top)
            page.freeze_panes(top + 1, 0)

"""An empty workbook from the declaration. The same declaration gives the same bytes."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from xlsxwriter import Workbook
from xlsxwriter.exceptions import FileCreateError

from xlsales.build.areas import areas
from xlsales.build.canvas import Canvas, color, styles
from xlsales.build.charts import draw_charts
from xlsales.build.conditions import colour
from xlsales.build.help_sheet import draw_help
from xlsales.build.lists import draw_lists, name_keys
from xlsales.build.sheets import frame
from xlsales.build.start_sheet import draw_start
from xlsales.build.tables import draw_table
from xlsales.build.validations import validate
from xlsales.issues import CannotWrite
from xlsales.tables.schema import Language, load_schema

CREATED = datetime(2024, 1, 1)


def build_template(path: Path, language: Language = "sv") -> None:
    """Write an empty workbook in a language: every declared sheet, table, list and chart.

    CannotWrite says why when the file cannot be made.
    """
    try:
        _build(path, language)
    except (FileCreateError, OSError) as problem:
        raise CannotWrite("cannot_save", path=str(path), reason=str(problem)) from problem


def template_bytes(language: Language) -> bytes:
    """An empty workbook that macros can be added to: its sheets have names in code."""
    target = io.BytesIO()
    _build(target, language, code_names())
    return target.getvalue()


def code_names() -> dict[str, str]:
    """What VBA calls each sheet, by sheet key: SheetLedger, SheetAnswerQuality …"""
    return {key: "Sheet" + key.title().replace("_", "") for key in load_schema().sheets}


def _build(target: Path | io.BytesIO, language: Language, names: Mapping[str, str] | None = None) -> None:
    with _open(target) as book:
        sheets = load_schema().sheets
        pages = {key: book.add_worksheet(sheet.name[language]) for key, sheet in sheets.items()}
        if names:
            book.set_vba_name("ThisWorkbook")
            for key, page in pages.items():
                page.set_vba_name(names[key])
        canvas = Canvas(book, language, pages, areas(language))
        for sheet in sheets.values():
            frame(canvas, sheet)
        for area in canvas.areas.values():
            draw_table(canvas, area)
            validate(canvas, area)
            colour(canvas, area)
        draw_lists(canvas)
        name_keys(canvas)
        draw_charts(canvas)
        draw_help(canvas)
        draw_start(canvas)
        _properties(canvas)


def _open(target: Path | io.BytesIO) -> Workbook:
    font = styles()["font"]
    options = {
        "default_format_properties": {"font_name": font["name"], "font_size": font["size"], "font_color": color("ink")},
        "default_row_height": 20,
        "default_column_width": 64,
        "in_memory": True,
    }
    return Workbook(str(target) if isinstance(target, Path) else target, options)


def _properties(canvas: Canvas) -> None:
    canvas.book.set_properties(
        {"title": canvas.say("title"), "subject": canvas.say("tagline"), "author": "xlsales", "created": CREATED}
    )
    canvas.book.set_size(2400, 1400)

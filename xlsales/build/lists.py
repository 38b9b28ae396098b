"""The hidden sheet of choice lists, and the names that validation refers to."""

from __future__ import annotations

from xlsxwriter.utility import xl_range_abs

from xlsales.build.areas import Area
from xlsales.build.canvas import Canvas, quoted
from xlsales.tables.schema import load_schema


def list_name(choice: str) -> str:
    """The defined name of a choice list."""
    return f"list_{choice}"


def keys_name(table: str) -> str:
    """The defined name of the keys of a table that others refer to."""
    return f"keys_{table}"


def draw_lists(canvas: Canvas) -> None:
    """Write one column per choice list and name its labels."""
    page = canvas.pages["lists"]
    head, cell = canvas.format(bold=True), canvas.format(align="left")
    for column, (key, entries) in enumerate(load_schema().choices.items()):
        page.write_string(0, column, key, head)
        for row, entry in enumerate(entries.values(), start=1):
            page.write(row, column, entry.label[canvas.language], cell)
        _name(canvas, list_name(key), page.get_name(), (1, column, len(entries), column))
    page.set_column(0, len(load_schema().choices) - 1, 24)


def name_keys(canvas: Canvas) -> None:
    """Name the key column of every table that another table's column refers to."""
    tables = {c.ref for area in canvas.areas.values() for c in area.table.columns if c.ref}
    for key in sorted(tables):
        area = canvas.areas[key]
        _name(canvas, keys_name(key), area.sheet, _key_cells(area))


def _key_cells(area: Area) -> tuple[int, int, int, int]:
    return area.body(area.place(area.table.index[0]) - area.left)


def _name(canvas: Canvas, name: str, sheet: str, cells: tuple[int, int, int, int]) -> None:
    canvas.book.define_name(name, f"={quoted(sheet)}!{xl_range_abs(*cells)}")

"""Reading and writing a block of cells in few calls, with Excel's rules for what a value becomes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import TYPE_CHECKING, Any

from tests.live.formats import area_of, spans
from tests.live.refusals import excel_errors, refuse_if_protected
from tests.live.values import Cell, com_error, constant_text, from_number, typed
from xlsales.hosts.ooxml.addresses import Area

if TYPE_CHECKING:
    from tests.live.sheets import Sheet

FORMULA_ERRORS, _FORMULAS = 4, 7  # com.sun.star.sheet.FormulaResult: errors; every result
_BOOLEAN = "BOOLEAN"
Rows = list[list[Any]]


@excel_errors
def read_values(sheet: Sheet, area: Area) -> Rows:
    """The values of a block as COM gives them; None for nothing."""
    cells = sheet.cells_of(area)
    rows = [[None if value == "" else value for value in row] for row in cells.getDataArray()]
    book = sheet.book
    for part, key in spans(cells):
        kind = book.formats.kind(key)
        if kind in ("date", "boolean", "currency"):
            for row in rows[part.top - area.top : part.bottom - area.top + 1]:
                for at in range(part.left - area.left, part.right - area.left + 1):
                    row[at] = from_number(row[at], kind, book.day_zero)
    for part in _formula_areas(cells, FORMULA_ERRORS):
        for row, column in _places(part):
            rows[row - area.top][column - area.left] = com_error(sheet.cell_of(row, column).getError())
    return rows


@excel_errors
def read_formulas(sheet: Sheet, area: Area) -> list[list[str]]:
    """The formulas of a block in Excel's words, constants as text and "" for nothing."""
    cells = sheet.cells_of(area)
    boolean = [part for part, key in spans(cells) if sheet.book.formats.kind(key) == "boolean"]
    texts: Rows = [[constant_text(value) for value in row] for row in cells.getDataArray()]
    for part in boolean:
        for row, column in _places(part):
            text = texts[row - area.top][column - area.left]
            texts[row - area.top][column - area.left] = {"1": "TRUE", "0": "FALSE"}.get(text, text)
    tables = sheet.table_areas()
    for part in _formula_areas(cells, _FORMULAS):
        formulas = sheet.cells_of(part).getFormulaArray()
        for row, column in _places(part):
            text = formulas[row - part.top][column - part.left]
            within = _table_at(tables, row, column)
            texts[row - area.top][column - area.left] = sheet.book.formulas.to_excel(text, within)
    return texts


@excel_errors
def write(sheet: Sheet, area: Area, rows: Rows) -> None:
    """Put values in a block of the same shape. Notes stay, formats change only where Excel would change them."""
    refuse_if_protected(sheet.native, area)
    cells = sheet.cells_of(area)
    keys = _keys(area, spans(cells))
    kinds = {key: sheet.book.formats.kind(key) for row in keys for key in set(row)}
    zero = sheet.book.day_zero
    made = [
        [typed(value, kinds[key], zero) for value, key in zip(row, of_row, strict=True)]
        for row, of_row in zip(rows, keys, strict=True)
    ]
    notes = _notes(sheet.native, area)
    cells.setDataArray(tuple(tuple("" if cell.formula else cell.content for cell in row) for row in made))
    _restore_formats(sheet, area, keys)
    _write_formats(sheet, area, made, [[kinds[key] for key in row] for row in keys])
    _write_formulas(sheet, area, made)
    for position, text in notes:
        sheet.native.Annotations.insertNew(position, text)


def _keys(area: Area, parts: list[tuple[Area, int]]) -> list[list[int]]:
    """The format key of every cell of a block."""
    keys = [[parts[0][1]] * (area.right - area.left + 1) for _ in range(area.bottom - area.top + 1)]
    for part, key in parts[1:]:
        width = part.right - part.left + 1
        for row in keys[part.top - area.top : part.bottom - area.top + 1]:
            row[part.left - area.left : part.right - area.left + 1] = [key] * width
    return keys


def _restore_formats(sheet: Sheet, area: Area, keys: list[list[int]]) -> None:
    """Give back the formats of cells that LibreOffice made text cells because their text reads as a number."""
    changed = []
    for part, key in spans(sheet.cells_of(area)):
        if sheet.book.formats.kind(key) == "text":
            places = ((row, column, keys[row - area.top][column - area.left]) for row, column in _places(part))
            changed += [(column, row, before) for row, column, before in places if before != key]
    _set_formats(sheet, changed)


def _set_formats(sheet: Sheet, wanted: list[tuple[int, int, int]]) -> None:
    for column, first, run in _runs(wanted, alike=True):
        sheet.cells_of(Area(first, column, first + len(run) - 1, column)).NumberFormat = run[0]


def _write_formats(sheet: Sheet, area: Area, made: list[list[Cell]], kinds: list[list[str]]) -> None:
    formats = sheet.book.formats
    wanted = []
    for row, (cells, of_row) in enumerate(zip(made, kinds, strict=True), area.top):
        for column, (cell, kind) in enumerate(zip(cells, of_row, strict=True), area.left):
            if kind == "general" and cell.format:
                wanted.append((column, row, formats.key(cell.format)))
            elif kind == "boolean" and cell.format != _BOOLEAN and cell.content != "":
                # Excel has no boolean format, so the next value of the cell must not become one.
                wanted.append((column, row, formats.key(cell.format or "General")))
    _set_formats(sheet, wanted)


def _write_formulas(sheet: Sheet, area: Area, made: list[list[Cell]]) -> None:
    tables = sheet.table_areas()
    wanted = []
    for row, cells in enumerate(made, area.top):
        for column, cell in enumerate(cells, area.left):
            if cell.formula:
                within = _table_at(tables, row, column)
                wanted.append((column, row, sheet.book.formulas.to_office(str(cell.content), within)))
    for column, first, run in _runs(wanted):
        target = sheet.cells_of(Area(first, column, first + len(run) - 1, column))
        target.setFormulaArray(tuple((text,) for text in run))


def _runs(cells: Iterable[tuple[int, int, Any]], *, alike: bool = False) -> Iterator[tuple[int, int, list[Any]]]:
    """Cells (column, row, content) as columns without gaps: column, first row, contents; or with like contents."""
    ordered = enumerate(sorted(cells, key=lambda cell: cell[:2]))
    for _, group in groupby(ordered, key=lambda at: (at[1][0], at[1][1] - at[0], at[1][2] if alike else None)):
        run = [cell for _, cell in group]
        yield run[0][0], run[0][1], [content for _, _, content in run]


def _formula_areas(cells: Any, results: int) -> list[Area]:
    return [area_of(address) for address in cells.queryFormulaCells(results).RangeAddresses]


def _places(area: Area) -> Iterator[tuple[int, int]]:
    return ((row, col) for row in range(area.top, area.bottom + 1) for col in range(area.left, area.right + 1))


def _table_at(tables: dict[str, Area], row: int, column: int) -> str | None:
    cell = Area(row, column, row, column)
    return next((name for name, area in tables.items() if area.holds(cell)), None)


def _notes(native: Any, area: Area) -> list[tuple[Any, str]]:
    """The notes in a block, which LibreOffice takes away with the values and Excel does not."""
    notes = []
    for note in native.Annotations:
        row, column = note.Position.Row + 1, note.Position.Column + 1
        if area.holds(Area(row, column, row, column)):
            notes.append((note.Position, note.String))
    return notes

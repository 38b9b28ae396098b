"""Cells that move: inserting, deleting and sorting, refused where Excel refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.live.formats import address_of
from tests.live.office import enum, import_uno, properties, struct
from tests.live.refusals import excel_errors, refuse_if_protected, refuse_if_split
from xlsales.hosts.ooxml.addresses import LAST_COLUMN, LAST_ROW, Area

if TYPE_CHECKING:
    from tests.live.sheets import Sheet

_CONTENTS_AND_NOTES = 1 | 2 | 4 | 8 | 16


@excel_errors
def insert(sheet: Sheet, area: Area, *, down: bool, from_below: bool) -> None:
    """Make room, with the formats of the cells above (or left), or of those that moved."""
    _refuse(sheet, area, down=down)
    mode = enum("sheet.CellInsertMode", "DOWN" if down else "RIGHT")
    sheet.native.insertCells(address_of(area, sheet.number), mode)
    if down and from_below:
        _copy_formats(sheet, area)


@excel_errors
def delete(sheet: Sheet, area: Area, *, up: bool) -> None:
    """Take cells away. A table that would lose its last row keeps an empty one, as in Excel."""
    _refuse(sheet, area, down=up)
    for table in sheet.tables:
        body = table.body_area
        if up and body and area.holds(body) and not area.holds(table.area) and area.bottom == body.bottom:
            sheet.range(body._replace(top=body.bottom)).clear_contents()
            sheet.book.emptied.add(table.name)
            area = area._replace(bottom=area.bottom - 1)
    if area.top <= area.bottom:
        mode = enum("sheet.CellDeleteMode", "UP" if up else "LEFT")
        sheet.native.removeRange(address_of(area, sheet.number), mode)


def copy(sheet: Sheet, source: Area, target: Area) -> None:
    """Copy cells with all that is in them; a larger target is filled with the source over and over."""
    refuse_if_protected(sheet.native, target)
    high, wide = source.bottom - source.top + 1, source.right - source.left + 1
    for row in range(target.top, max(target.bottom, target.top) + 1, high):
        for column in range(target.left, max(target.right, target.left) + 1, wide):
            place = struct("table.CellAddress", Sheet=sheet.number, Row=row - 1, Column=column - 1)
            sheet.native.copyRange(place, address_of(source, sheet.number))


@excel_errors
def sort_rows(sheet: Sheet, area: Area, keys: list[int], ascending: list[bool], *, has_headers: bool = False) -> None:
    """Sort the rows of an area by columns counted from 1, the first key first."""
    refuse_if_protected(sheet.native, area)
    fields = tuple(
        struct("table.TableSortField", Field=key - 1, IsAscending=up, IsCaseSensitive=False)
        for key, up in zip(keys, ascending, strict=True)
    )
    typed = import_uno().Any("[]com.sun.star.table.TableSortField", fields)
    sheet.cells_of(area).sort(
        properties(SortFields=typed, ContainsHeader=has_headers, IsSortColumns=False, BindFormatsToContent=True)
    )


def _refuse(sheet: Sheet, area: Area, *, down: bool) -> None:
    moved = area._replace(bottom=LAST_ROW) if down else area._replace(right=LAST_COLUMN)
    refuse_if_protected(sheet.native, area)
    refuse_if_split(moved, list(sheet.table_areas().values()), down=down)


def _copy_formats(sheet: Sheet, area: Area) -> None:
    """Give the inserted rows the formats of the row below them."""
    below = address_of(Area(area.bottom + 1, area.left, area.bottom + 1, area.right), sheet.number)
    for row in range(area.top, area.bottom + 1):
        target = struct("table.CellAddress", Sheet=sheet.number, Row=row - 1, Column=area.left - 1)
        sheet.native.copyRange(target, below)
    sheet.cells_of(area).clearContents(_CONTENTS_AND_NOTES)

"""What stands in the way of a change on its sheet."""

from __future__ import annotations

from collections.abc import Iterable

from xlsales.hosts.ooxml.addresses import Area, area_text, parse_area
from xlsales.hosts.ooxml.cells import SheetText, filled_cells
from xlsales.hosts.ooxml.markup import (
    attribute,
    element_pattern,
    tag_pattern,
    unescaped,
)
from xlsales.hosts.ooxml.plan import Change, unsupported
from xlsales.issues import CannotWrite


def check_free(sheet: SheetText, change: Change, others: Iterable[Area]) -> None:
    """CannotWrite when the change would run over something; names both ranges.

    others: where other tables and pivot tables stand on the sheet.
    """
    area, old = change.area, change.table.area
    if protection(sheet) == "password":
        raise CannotWrite("sheet_protected", table=change.table.name, sheet=change.table.sheet)
    merges = merged_areas(sheet)
    within = next((merge for merge in merges if merge.meets(old)), None)
    if within is not None:
        raise unsupported(change.table, "merged_cells", area_text(within))
    _refuse_arrays(sheet, change)
    for other in (*others, *merges):
        if other.meets(area) and not other.meets(old):
            raise blocked(change, area_text(other))
    first = old.bottom + 1 if area.right <= old.right else area.top
    for number, cell in filled_cells(sheet, range(first, area.bottom + 1)):
        inside = area.left <= cell.column <= area.right
        if inside and not (number <= old.bottom and cell.column <= old.right):
            raise blocked(change, f"{cell.letters}{number}")


def protection(sheet: SheetText) -> str:
    """How the sheet is protected: not at all (empty), ``open`` without a password, or ``password``."""
    found = tag_pattern(sheet.prefix + "sheetProtection").search(sheet.tail)
    if found is None or attribute(found[0], "sheet") not in ("1", "true"):
        return ""
    secret = attribute(found[0], "password") or attribute(found[0], "hashValue")
    return "password" if secret else "open"


def blocked(change: Change, found: str) -> CannotWrite:
    """The exception for a table that would run into something."""
    table = change.table
    return CannotWrite("table_blocked", table=table.name, sheet=table.sheet, body=area_text(change.area), blocked=found)


def merged_areas(sheet: SheetText) -> list[Area]:
    """The merged cells of a sheet."""
    found = []
    for match in tag_pattern(sheet.prefix + "mergeCell").finditer(sheet.tail):
        found.append(parse_area(attribute(match[0], "ref") or ""))
    return found


def _refuse_arrays(sheet: SheetText, change: Change) -> None:
    if 't="array"' not in sheet.data and 't="dataTable"' not in sheet.data:
        return
    for match in element_pattern(sheet.prefix + "f").finditer(sheet.data):
        kind = attribute(match[0], "t")
        ref = attribute(match[0], "ref")
        if kind in ("array", "dataTable") and ref:
            area = parse_area(ref)
            single = area.top == area.bottom and area.left == area.right
            wide = not single or kind == "dataTable"
            if wide and (area.meets(change.table.area) or area.meets(change.area)):
                raise unsupported(change.table, "array_formula", unescaped(ref))

"""Ledgers in workbooks: the sheets that look like one are loaded once, their cells typed, and the best are taken."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import ZipInfo

import numpy as np
import pandas as pd

from xlsales.issues import CannotRead, Issue
from xlsales.sources import ReadOptions
from xlsales.sources.apart import Limits, Plan, Reading, opened
from xlsales.sources.choice import chosen, named
from xlsales.sources.extents import Extent, extent_of
from xlsales.sources.files import Kind
from xlsales.sources.glued import AMOUNTS, headings_in, tables_in
from xlsales.sources.grid import Grid
from xlsales.sources.headings import Headings
from xlsales.sources.loading import Sheet, load
from xlsales.sources.packages import check_counts, damaged, inflated, parts_of
from xlsales.sources.peek import SheetHead, sheet_heads, workbook_sheets
from xlsales.sources.places import column_letters, placed
from xlsales.sources.typed import frame_of

# Larger sheets are read in a process of their own: to look over their bytes first would take longer.
LARGE = 64 * 1024 * 1024
_MONEY = AMOUNTS | {"debit", "credit", "unit_price", "net_price", "cost", "unit_cost", "contribution", "vat"}
_MOST_CELLS, _SPARSE = 100_000_000, 4


def read_grids(path: Path, kind: Kind, options: ReadOptions = ReadOptions()) -> list[Grid]:
    """The tables of a workbook that are the ledger, each a grid; never empty.

    Several sheets with the same headings are all returned, in the order of the workbook; others are named in a warning
    on the first grid. Hidden sheets and rows count; hidden rows of a small sheet are told. Where nothing looks like
    a ledger, the most likely table is returned.

    Raises CannotRead: damaged_workbook, encrypted_workbook, unknown_ledger, html_not_ledger (path, detail),
    far_cell (path, sheet, cell), sheet_missing (path, sheet, sheets).
    """
    if kind == "xlsx":
        grids = _xlsx(path, options)
    elif kind in ("html", "xml2003"):
        from xlsales.sources.markup import read_markup

        grids = _asked(path, read_markup(path, kind), options)
        if kind == "html" and not grids:
            raise _no_ledger(path)
    else:
        grids = _asked(path, _apart(path, kind), options)
    found = chosen(path, [table for grid in grids for table in named(tables_in(grid, options))])
    if kind == "html" and headings_in(found[0], options) is None:
        raise _no_ledger(path)
    return found


def _no_ledger(path: Path) -> CannotRead:
    return CannotRead("html_not_ledger", path=str(path), detail="html")


def _asked(path: Path, grids: Sequence[Any], options: ReadOptions) -> list[Any]:
    """The sheets to look at: all, or the one the user names."""
    if not options.sheet or not any(grid.name for grid in grids):
        return list(grids)
    wanted = options.sheet.strip().casefold()
    found = [grid for grid in grids if grid.name.strip().casefold() == wanted]
    if not found:
        names = [grid.name for grid in grids]
        raise CannotRead("sheet_missing", path=str(path), sheet=options.sheet, sheets=names)
    return found


@dataclass(frozen=True)
class _Wanted:
    """A sheet to load from a row on. size: bytes of its part."""

    head: SheetHead
    headings: Headings | None
    size: int

    @property
    def body(self) -> int:
        return self.headings.body if self.headings else 0


def _xlsx(path: Path, options: ReadOptions) -> list[Grid]:
    parts = parts_of(path)
    for name, info in parts.items():
        if name.lower() == "xl/sharedstrings.xml":
            check_counts(path, info)
    heads = [head for head in sheet_heads(path, parts, workbook_sheets(path, parts)) if head.rows]
    seen = []
    for head in _asked(path, heads, options):
        grid = Grid(pd.DataFrame(), placed(head.name, [0]), top=head.rows)
        seen.append(_Wanted(head, headings_in(grid, options), parts[head.part].file_size))
    complete = [sheet for sheet in seen if sheet.headings and not sheet.headings.missing()]
    wanted = complete or seen
    large = sum(sheet.size for sheet in wanted) > LARGE
    loaded = (_beside if large else _here)(path, parts, wanted)
    return [_grid(sheet, cells, extent) for sheet, cells, extent in loaded]


_Loaded = Iterator[tuple[_Wanted, Sheet | None, Extent]]


def _here(path: Path, parts: Mapping[str, ZipInfo], wanted: Sequence[_Wanted]) -> _Loaded:
    """Load small sheets in this process, each after a look at its bytes."""
    extents = [_extent(path, parts, sheet) for sheet in wanted]
    try:
        reader = opened(path, "xlsx")
        for sheet, extent in zip(wanted, extents, strict=True):
            yield sheet, load(reader, sheet.head.name, sheet.head.first + sheet.body, _texts(extent)), extent
    except BaseException as error:
        # The reader's panics are no ordinary exceptions.
        if type(error).__module__ not in ("fastexcel", "_fastexcel", "pyo3_runtime"):
            raise
        raise damaged(path, _first_line(error)) from None


def _beside(path: Path, parts: Mapping[str, ZipInfo], wanted: Sequence[_Wanted]) -> _Loaded:
    """Load large sheets in a process of their own, and look at their bytes only where their cells ask for it."""
    limits = Limits.of(sum(info.file_size for info in parts.values()))
    try:
        with Reading(path, "xlsx", [_plan(sheet, []) for sheet in wanted], limits) as reading:
            found = dict(reading.sheets())
    except CannotRead:
        for sheet in wanted:
            # A cell far away has an answer of its own.
            _extent(path, parts, sheet)
        raise
    for sheet in wanted:
        cells, extent = found.get(sheet.head.name), Extent()
        if cells and _may_be_turned(sheet, cells):
            extent = _extent(path, parts, sheet)
            if _turned(cells, extent):
                with Reading(path, "xlsx", [_plan(sheet, _texts(extent))], limits) as reading:
                    cells = next(iter(reading.sheets()))[1]
        yield sheet, cells, extent


def _plan(sheet: _Wanted, texts: list[int] | str) -> Plan:
    return sheet.head.name, sheet.head.first + sheet.body, texts


def _may_be_turned(sheet: _Wanted, cells: Sheet) -> bool:
    """Whether a column of money holds a 0 or a 1, which may have been false or true."""
    columns = sheet.headings.columns if sheet.headings else {}
    spots = [cells.columns.index(columns[key]) for key in _MONEY & set(columns) if columns[key] in cells.columns]
    return any(bool(np.isin(column.drop_null(), (0.0, 1.0)).any()) for column in map(cells.batch.column, spots))


def _turned(cells: Sheet, extent: Extent) -> bool:
    """Whether the reader made numbers of booleans that stand among them."""
    kinds = dict(zip(cells.columns, cells.batch.schema.types, strict=True))
    return extent.unplaced or any(str(kinds.get(column)) == "double" for column in extent.booleans)


def _texts(extent: Extent) -> Any:
    return "all" if extent.unplaced else sorted(extent.booleans)


def _extent(path: Path, parts: Mapping[str, ZipInfo], sheet: _Wanted) -> Extent:
    """Look at the bytes of a sheet; refuse one whose farthest cell would make the reader ask for memory without end."""
    extent = extent_of(inflated(path, parts[sheet.head.part]))
    cells = extent.columns * extent.rows
    if cells > max(_MOST_CELLS, _SPARSE * extent.cells) or extent.columns > 2**14 or extent.rows > 2**20:
        place = f"{column_letters(min(extent.columns, 10**6) - 1)}{extent.rows}"
        raise CannotRead("far_cell", path=str(path), sheet=sheet.head.name, cell=place)
    return extent


def _grid(sheet: _Wanted, loaded: Sheet | None, extent: Extent) -> Grid:
    head = sheet.head
    cells = frame_of(loaded) if loaded else pd.DataFrame()
    places = list(loaded.columns) if loaded else []
    missing = [column for column in range(len(head.rows[0])) if column not in places]
    bare = [column for column in missing if any(row[column] for row in head.rows[: sheet.body])]
    for column in bare:
        cells[len(places)] = pd.Series([None] * len(cells), dtype="str")
        places.append(column)
    order = np.argsort(places).tolist()
    cells = cells[order]
    cells.columns = pd.RangeIndex(len(order))
    columns = [places[spot] for spot in order]
    top = tuple(tuple(row[c] if c < len(row) else "" for c in columns) for row in head.rows[: sheet.body])
    warnings = []
    if extent.hidden:
        params = {"sheet": head.name, "count": extent.hidden}
        warnings.append(Issue("note", "rows_hidden", place=head.name, params=params))
    place = placed(head.name, columns, head.first)
    return Grid(cells, place, machine_point=True, warnings=warnings, top=top, name=head.name)


def _apart(path: Path, kind: Kind) -> list[Grid]:
    """Every sheet as text, read in a process of its own."""
    unpacked = path.stat().st_size if kind == "xls" else sum(info.file_size for info in parts_of(path).values())
    grids = []
    with Reading(path, kind, [], Limits.of(unpacked)) as reading:
        for name, sheet in reading.sheets():
            grids.append(Grid(frame_of(sheet), placed(name, sheet.columns), machine_point=True, name=name))
    return grids


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]

"""A workbook in memory: its structure, and one table edit after another."""

from __future__ import annotations

from functools import cached_property

import pandas as pd

from xlsales.hosts import TableEdit
from xlsales.hosts.ooxml.addresses import Area, parse_area
from xlsales.hosts.ooxml.body import BodyWriter
from xlsales.hosts.ooxml.cells import SheetText, parse_sheet
from xlsales.hosts.ooxml.charts import Plotted
from xlsales.hosts.ooxml.follow import followed_formulas, followed_sheet
from xlsales.hosts.ooxml.followers import Followers
from xlsales.hosts.ooxml.graft import graft, locked
from xlsales.hosts.ooxml.markup import attribute, root_prefix, tag_pattern
from xlsales.hosts.ooxml.obstacles import check_free, merged_areas, protection
from xlsales.hosts.ooxml.package import Package
from xlsales.hosts.ooxml.parts import Parts
from xlsales.hosts.ooxml.plan import Change, planned
from xlsales.hosts.ooxml.render import Painter
from xlsales.hosts.ooxml.shared import without_shared
from xlsales.hosts.ooxml.shift import Push, can_be_pushed, pushed_sheet
from xlsales.hosts.ooxml.styles import Styles
from xlsales.hosts.ooxml.tables import rewritten_part
from xlsales.hosts.ooxml.values import CellReader, parse_strings
from xlsales.hosts.ooxml.workbook import Reader, Table, parse_table
from xlsales.issues import CannotRead, CannotWrite

_MOST_CELLS = 30_000_000


class Book:
    """One workbook. Edits change texts in memory only."""

    def __init__(self, package: Package) -> None:
        self._parts = Parts(package)
        self._read_structure()
        self._tables = dict(self._structure.tables)

    def _read_structure(self) -> None:
        with self._parts.usable():
            self._structure = Reader(self._parts.find, self._parts.text, self._parts.path).structure()
        self._followers = Followers(self._parts, self._structure)

    @property
    def tables(self) -> dict[str, Table]:
        """The tables as they stand after the edits so far."""
        return self._tables

    @property
    def changed(self) -> bool:
        """Whether any part differs from the file."""
        return self._parts.changed

    @property
    def removed(self) -> frozenset[str]:
        """The parts that are no longer there."""
        return self._parts.removed

    @property
    def sheets_locked(self) -> bool:
        """Whether the workbook is protected against new sheets."""
        return locked(self._parts.text(self._structure.part))

    def parts(self) -> dict[str, tuple[bytes, ...]]:
        """The changed parts in pieces, each part checked to be well formed."""
        if self._styles_part:
            self._parts.put(self._styles_part, self._styles.text())
        return self._parts.encoded()

    def frame(self, name: str) -> pd.DataFrame:
        """The body of a table as it stands in the file's text."""
        table = self._tables[name]
        self._refuse_huge(table)
        with self._parts.usable():
            columns = self._cell_reader.block(self._sheet(table), table.body)
        headings = [column.name for column in table.columns]
        return pd.DataFrame(dict(zip(headings, columns, strict=True)), dtype=object)

    def edit(self, name: str, edit: TableEdit) -> None:
        """Change one table and all that follows it; nothing changes when it cannot be done."""
        change = planned(self._tables[name], edit)
        self._refuse_huge(change.table)
        with self._parts.all_or_nothing():
            sheet, push = self._room(change)
            if push:
                self._followers.follow_push(push)
            sheet = self._written_sheet(sheet, change)
            part = rewritten_part(self._parts.text(change.table.part), change)
            table = parse_table(part, change.table.sheet, change.table.part)
            if table is None:
                raise CannotWrite("cannot_save", path=self._parts.path, reason=change.table.part)
            self._parts.put(table.part, part)
            self._parts.put_sheet(self._structure.sheet(table.sheet).part, sheet)
            self._followers.follow(change, Plotted(change, self._cell_reader, sheet, self._structure.date1904))
            self._tables[name] = table

    def add_sheet(self, source: Package) -> str:
        """Graft the one sheet of another workbook at the end; returns the name it got."""
        with self._parts.all_or_nothing():
            if self._styles_part:
                self._parts.put(self._styles_part, self._styles.text())
            name = graft(self._parts, self._structure, source)
        for known in ("_styles_part", "_styles", "_cell_reader"):
            self.__dict__.pop(known, None)
        self._read_structure()
        return name

    def _sheet(self, table: Table) -> SheetText:
        return self._parts.sheet(self._structure.sheet(table.sheet).part)

    def _refuse_huge(self, table: Table) -> None:
        area = table.area
        cells = (area.bottom - area.top + 1) * (area.right - area.left + 1)
        if cells > _MOST_CELLS:
            raise CannotRead("hostile_workbook", path=self._parts.path, detail=f"{table.name}: {cells}")

    def _room(self, change: Change) -> tuple[SheetText, Push | None]:
        """The sheet with room for the change; rows below are moved down where that is safe."""
        table = change.table
        sheet, areas = self._sheet(table), self._areas_beside(table)
        try:
            check_free(sheet, change, areas)
            return sheet, None
        except CannotWrite as refusal:
            push = Push(table.sheet, table.area.bottom + 1, change.area.bottom - table.area.bottom)
            if refusal.code != "table_blocked" or push.by <= 0 or protection(sheet):
                raise
            if not can_be_pushed(sheet, push, [*areas, *merged_areas(sheet)]) or self._followers.pinned(push):
                raise
            sheet = pushed_sheet(sheet, push)
            check_free(sheet, change, areas)
            return sheet, push

    def _areas_beside(self, table: Table) -> list[Area]:
        """Where other tables and pivot tables stand on a table's sheet."""
        areas = [other.area for other in self._tables.values() if other.sheet == table.sheet and other is not table]
        for part in self._structure.sheet(table.sheet).related.get("pivotTable", ()):
            text = self._parts.text(part)
            location = tag_pattern(root_prefix(text) + "location").search(text)
            if location:
                areas.append(parse_area(attribute(location[0], "ref") or ""))
        return areas

    def _written_sheet(self, sheet: SheetText, change: Change) -> SheetText:
        old, new = change.table.area, change.area
        whole = Area(old.top, old.left, max(old.bottom, new.bottom), max(old.right, new.right))
        sheet = _followed_rows(without_shared(sheet, whole), change)
        painter = Painter(self._styles, self._structure.date1904, sheet.prefix)
        return followed_sheet(BodyWriter(sheet, change, painter).written(), change)

    @cached_property
    def _styles_part(self) -> str | None:
        return next(iter(self._structure.related.get("styles", ())), None)

    @cached_property
    def _styles(self) -> Styles:
        return Styles(self._parts.text(self._styles_part) if self._styles_part else "")

    @cached_property
    def _cell_reader(self) -> CellReader:
        part = next(iter(self._structure.related.get("sharedStrings", ())), None)
        strings = parse_strings(self._parts.text(part)) if part else []
        return CellReader(strings, self._styles.is_date, self._structure.date1904)


def _followed_rows(sheet: SheetText, change: Change) -> SheetText:
    """The sheet with the formulas above and below the table's rows following it."""
    if change.stays or f"<{sheet.prefix}f" not in sheet.data:
        return sheet
    bottom = max(change.area.bottom, change.table.area.bottom)
    inside = [span for row, span in sheet.spans.items() if change.area.top <= row <= bottom]
    start, end = inside[0][0], inside[-1][1]
    above = followed_formulas(sheet.data[:start], sheet.prefix, change)
    below = followed_formulas(sheet.data[end:], sheet.prefix, change)
    data = above + sheet.data[start:end] + below
    return sheet if data == sheet.data else parse_sheet(sheet.head + data + sheet.tail)

"""A closed workbook: only the parts that must change are changed, and the file is replaced in one step."""

from __future__ import annotations

import os
from pathlib import Path

import pandas as pd

from xlsales.hosts import Place, TableEdit
from xlsales.hosts.cellvalues import edited
from xlsales.hosts.ooxml.book import Book
from xlsales.hosts.ooxml.holders import holder
from xlsales.hosts.ooxml.package import DEFAULT_LIMITS, Limits, Package, file_state
from xlsales.hosts.ooxml.save import beside, replace_file
from xlsales.issues import CannotWrite


class FileHost:
    """An .xlsx, .xlsm, .xltx or .xltm file that no program has open."""

    def __init__(self, package: Package) -> None:
        self._package = package
        self._book = Book(package)
        self._read_state = package.state
        self.held_by = ""
        self._frames: dict[str, pd.DataFrame] = {}

    @classmethod
    def open(cls, path: Path | str, limits: Limits = DEFAULT_LIMITS) -> FileHost:
        """Read a workbook; CannotRead says why when it cannot be used."""
        return cls(Package.open(Path(path), limits))

    def tables(self) -> dict[str, Place]:
        """Every table in the workbook by its name."""
        tables = self._book.tables.values()
        return {table.name: Place(table.sheet, table.area.top, table.area.left) for table in tables}

    def read(self, name: str) -> pd.DataFrame:
        """The body of a table, with the edits made so far."""
        if name not in self._frames:
            self._frames[name] = self._book.frame(self._known(name))
        return self._frames[name].copy()

    def write(self, name: str, edit: TableEdit) -> None:
        """Change a table in memory."""
        self._book.edit(self._known(name), edit)
        if name in self._frames:
            self._frames[name] = edited(self._frames[name], edit, name)

    @property
    def sheets_locked(self) -> bool:
        """Whether the workbook is protected against new sheets."""
        return self._book.sheets_locked

    def add_working_sheet(self, content: bytes) -> str:
        """Add the one sheet of a workbook, given as its bytes, in memory; returns the name it got here."""
        return self._book.add_sheet(Package(content, self._package.path, DEFAULT_LIMITS))

    def save(self, to: Path | str | None = None) -> str:
        """Replace the workbook, or write it elsewhere; returns where it is.

        A workbook that somebody has open is left alone: the result goes beside it under a name with
        date and time, and :attr:`held_by` says who holds it.
        """
        target = Path(to) if to is not None else self._package.path
        if to is None and not self._book.changed:
            return str(target)
        self.held_by = holder(target) or ""
        if not self.held_by and to is None:
            self._refuse_newer(target)
        parts = self._book.parts()
        try:
            return self._put(beside(target) if self.held_by else target, parts)
        except CannotWrite as error:
            # Windows lets nobody replace a file that a program has open.
            if os.name != "nt" or not isinstance(error.__cause__, PermissionError) or not target.exists():
                raise
            self.held_by = "?"
            return self._put(beside(target), parts)

    def _put(self, target: Path, parts: dict[str, tuple[bytes, ...]]) -> str:
        replace_file(target, self._package.chunks(parts, self._book.removed))
        if target == self._package.path:
            self._read_state = file_state(target)
        return str(target)

    def _refuse_newer(self, target: Path) -> None:
        """A workbook that was saved by somebody since it was read must not be written over."""
        if self._read_state != file_state(target):
            raise CannotWrite("workbook_changed", path=str(target))

    def _known(self, name: str) -> str:
        if name not in self._book.tables:
            raise CannotWrite("table_missing", table=name)
        return name

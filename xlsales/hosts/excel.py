"""A workbook that is open in Excel, through xlwings; the same object model runs in the tests.

Nothing here opens, saves or closes a workbook or starts Excel: the person at the screen does that.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from xlsales.hosts import KEEP, Link, Place, TableEdit
from xlsales.hosts.cellvalues import edited, plain_column
from xlsales.hosts.live.calm import calm
from xlsales.hosts.live.cells import write_column
from xlsales.hosts.live.filters import Filters
from xlsales.hosts.live.journal import Journal, Reverse, fitted, reverse_of
from xlsales.hosts.live.live_table import LiveTable
from xlsales.hosts.runlock import run_lock
from xlsales.issues import CannotRead, CannotWrite, XlsalesError

_ATTEMPTS = 500


class ExcelHost:
    """The tables of an open workbook. Edits wait until :meth:`save`, which carries out all of them or none.

    book: an xlwings Book. state: folder for what undo needs, this user's own.
    lost_filters: names of tables whose filter could not be put back after the last save.
    """

    def __init__(self, book: Any, state: Path | None = None, versions: int = 20) -> None:
        self.book = book
        self.held_by = ""
        self.lost_filters: list[str] = []
        self._state = state or state_folder()
        self._journal = Journal(self._state, str(book.fullname))
        self._versions = versions
        self._tables = {table.name: table for sheet in book.sheets for table in sheet.tables}
        self._places: dict[str, Place] = {}
        self._bodies: dict[str, pd.DataFrame] = {}
        self._frames: dict[str, pd.DataFrame] = {}
        self._edits: list[tuple[str, TableEdit]] = []

    def tables(self) -> dict[str, Place]:
        """Every table in the workbook by its name."""
        if not self._places:
            for name, table in self._tables.items():
                corner = table.range
                self._places[name] = Place(table.parent.name, corner.row, corner.column)
        return dict(self._places)

    def read(self, name: str) -> pd.DataFrame:
        """The body of a table, with the edits made so far."""
        if name not in self._frames:
            table = self._known(name)
            if not table.show_headers:
                raise CannotRead("headers_hidden", table=name)
            self._frames[name] = self._bodies[name] = LiveTable.of(table).frame()
        return self._frames[name].copy()

    def write(self, name: str, edit: TableEdit) -> None:
        """Change a table in memory; :meth:`save` carries it out."""
        before = self.read(name)
        after = edited(before, edit, name)
        if not _same(before, after, edit):
            self._edits.append((name, edit))
        self._frames[name] = after

    def save(self, to: Path | str | None = None) -> str:
        """Carry out the edits in the open workbook; when one fails, those before it are taken back.

        The workbook is not saved to disk: that stays with the person who has it open.
        """
        if self._edits:
            with run_lock(self._state_file()), calm(self.book.app), _in_words():
                done = self._carry_out(self._edits)
                self._journal.keep(done, self._versions)
        self._edits, self._bodies, self._frames = [], {}, {}
        return str(self.book.fullname)

    def undo(self) -> int:
        """Take back the last run in the open workbook; returns the number of tables changed."""
        reverses = self._journal.last()
        if not reverses:
            raise CannotWrite("nothing_to_undo", path=self.book.name)
        with run_lock(self._state_file()), calm(self.book.app), _in_words():
            for reverse in reverses:
                self._frames = {}
                edit = fitted(reverse, self.read(reverse.table))
                self._carry_out([(reverse.table, edit)])
        self._journal.forget_last()
        self._frames = {}
        return len({reverse.table for reverse in reverses})

    def _carry_out(self, edits: list[tuple[str, TableEdit]]) -> list[Reverse]:
        """Each edit in turn; what was done is undone when one fails."""
        names = dict.fromkeys(name for name, _ in edits)
        for name in names:
            self._refuse_protected(self._known(name))
        bodies, done = {name: self._bodies[name] for name in names}, list[Reverse]()
        with Filters.lifted(self._tables[name] for name in names) as filters:
            try:
                for name, edit in edits:
                    done.append(self._change(name, edit, bodies[name]))
                    bodies[name] = edited(bodies[name], edit, name)
            except Exception:
                for reverse in reversed(done):
                    with contextlib.suppress(Exception):
                        self._change(reverse.table, reverse.edit, bodies[reverse.table])
                        bodies[reverse.table] = edited(bodies[reverse.table], reverse.edit, reverse.table)
                raise
        self.lost_filters = filters.lost
        return done

    def _change(self, name: str, edit: TableEdit, before: pd.DataFrame) -> Reverse:
        """One edit in the open table, and its opposite."""
        live = LiveTable.of(self._tables[name], list(before.columns))
        if live.rows != len(before):
            raise CannotWrite("table_changed", table=name)
        columns = self._sendable(edit, name)
        calculated = live.calculated() if set(before.columns) - set(columns) else []
        whole = {h.casefold() for h, cells in columns.items() if not any(cell is KEEP for cell in cells)}
        try:
            live.fit_columns(edit)
            live.fit_rows(edit.origin.tolist(), whole, before)
            live.write(columns if len(edit.origin) else {heading: [None] for heading in columns})
        except Exception:
            with contextlib.suppress(Exception):
                self._restore(name, before)
            raise
        return reverse_of(name, edit, before, edited(before, edit, name), calculated)

    def _sendable(self, edit: TableEdit, name: str) -> dict[str, list[Any]]:
        """The edit's cells by heading, as the running program takes them."""
        prepare = self.book.app.engine.impl.prepare_xl_data_element
        return {
            str(heading): write_column(plain_column(edit, heading, name), lambda value: prepare(value, "%Y-%m-%d"))
            for heading in edit.cells.columns
        }

    def _restore(self, name: str, before: pd.DataFrame) -> None:
        """A table whose edit broke off, back to its values."""
        live = LiveTable.of(self._tables[name])
        body, formulas = live.frame(), set(live.calculated())
        back = [h for h in before.columns if h in body and h not in formulas]
        edit = TableEdit(before[back], np.arange(len(before)))
        origin = [row if row < len(body) else -1 for row in range(len(before))]
        live.fit_rows(origin, {heading.casefold() for heading in back}, body)
        live.write(self._sendable(edit, name))

    def _known(self, name: str) -> Any:
        if name not in self._tables:
            raise CannotWrite("table_missing", table=name)
        return self._tables[name]

    def _refuse_protected(self, table: Any) -> None:
        sheet = table.parent
        protected = getattr(sheet.api, "ProtectContents", None)
        if protected is None:
            protected = sheet.api.protect_contents.get()
        if protected:
            raise CannotWrite("sheet_protected", sheet=sheet.name, table=table.name)

    def _state_file(self) -> Path:
        self._state.mkdir(parents=True, exist_ok=True, mode=0o700)
        return self._state / Path(self.book.name).name


def _same(before: pd.DataFrame, after: pd.DataFrame, edit: TableEdit) -> bool:
    """Whether an edit would leave the table as it is; a link may lead elsewhere though it reads the same."""
    links = any(isinstance(cell, Link) for heading in edit.cells.columns for cell in edit.cells[heading])
    return not links and list(before.columns) == list(after.columns) and before.equals(after)


@contextlib.contextmanager
def _in_words() -> Iterator[None]:
    """What Excel refuses becomes one sentence."""
    try:
        yield
    except (XlsalesError, ValueError):
        raise
    except Exception as problem:
        raise CannotWrite("excel_refused", reason=_short(problem)) from problem


def _short(problem: Exception) -> str:
    """What Excel says of itself: the description of a COM error, else the first line."""
    details = problem.args[2] if len(problem.args) > 2 and isinstance(problem.args[2], tuple) else ()
    said = next((part for part in details if isinstance(part, str) and " " in part), str(problem))
    return said.strip().splitlines()[0] if said.strip() else type(problem).__name__


def state_folder() -> Path:
    """Where this user's programs keep their state."""
    from platformdirs import user_state_path

    return user_state_path("xlsales", appauthor=False) / "undo"


def open_books() -> list[Any]:
    """The workbooks open in every running Excel, the active one of each first; Excel is never started."""
    found = []
    for app in _xlwings().apps:
        active = app.books.active
        found += [active, *(book for book in app.books if book != active)]
    return found


def calling_book() -> Any:
    """The workbook whose button was pressed."""
    return _xlwings().Book.caller()


def _xlwings() -> Any:
    """xlwings, told to ask a busy Excel a limited number of times; by itself it would ask for ever."""
    try:
        import xlwings
    except ImportError as problem:
        raise CannotRead("excel_missing") from problem
    windows = getattr(xlwings, "_xlwindows", None)
    if windows is not None:
        windows.N_COM_ATTEMPTS = _ATTEMPTS
    return xlwings

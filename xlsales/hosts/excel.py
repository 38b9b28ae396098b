"""A workbook that is open in Excel, through xlwings; the same object model runs in the tests.

Nothing here opens, saves or closes a workbook or starts Excel: the person at the screen does that.
"""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from xlsales.hosts import KEEP, Link, Place, TableEdit
from xlsales.hosts.cellvalues import edited, plain_column
from xlsales.hosts.live.calm import calm
from xlsales.hosts.live.cells import write_column
from xlsales.hosts.live.filters import Filters
from xlsales.hosts.live.fitting import fit_columns, fit_rows
from xlsales.hosts.live.journal import Journal
from xlsales.hosts.live.live_table import LiveTable
from xlsales.hosts.live.refusals import refusal
from xlsales.hosts.live.reverse import Formula, Formulas, Reverse, fitted, reverse_of
from xlsales.hosts.runlock import run_lock
from xlsales.issues import CannotRead, CannotWrite, XlsalesError

_ATTEMPTS = 500


class ExcelHost:
    """The tables of an open workbook. Edits wait until :meth:`save`, which carries out all of them or none.

    book: an xlwings Book. state: folder for what undo needs, this user's own; versions: runs that are kept there.
    After a save, can_undo: whether it was kept; lost_filters and shown_rows: names of tables whose filter could not be
    put back, and whose hidden rows had to be shown.
    """

    def __init__(self, book: Any, state: Path | None = None) -> None:
        self.book = book
        self.held_by = ""
        self.versions = 20
        self.can_undo = True
        self.lost_filters: list[str] = []
        self.shown_rows: list[str] = []
        self._state = state or state_folder()
        self._journal = Journal(self._state, full_name(book))
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
            with run_lock(self._state_file()), calm(self.book.app):
                done = self._carry_out(self._edits)
                self.can_undo = self._kept(done)
        self._edits, self._bodies, self._frames = [], {}, {}
        return str(self.book.name)

    def _kept(self, done: list[Reverse]) -> bool:
        """Keep what undo needs; a full disk must not make a run that is done look as if it were not."""
        try:
            self._journal.keep(done, self.versions)
        except (OSError, CannotWrite):
            return False
        return True

    def undo(self) -> int:
        """Take back the last run in the open workbook, all of it or nothing; returns the number of tables changed."""
        reverses = self._journal.last()
        if not reverses:
            raise CannotWrite("nothing_to_undo", path=self.book.name)
        self._edits = []
        for reverse in reverses:
            self.write(reverse.table, fitted(reverse, self.read(reverse.table)))
        with run_lock(self._state_file()), calm(self.book.app):
            self._carry_out(self._edits)
        self._journal.forget_last()
        self._edits, self._bodies, self._frames = [], {}, {}
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
                    bodies[name] = edited(bodies[name], _plain(edit), name)
            except Exception as problem:
                for reverse in reversed(done):
                    with contextlib.suppress(Exception):
                        self._change(reverse.table, reverse.edit, bodies[reverse.table])
                        bodies[reverse.table] = edited(bodies[reverse.table], _plain(reverse.edit), reverse.table)
                if isinstance(problem, (XlsalesError, ValueError)):
                    raise
                raise refusal(problem) from problem
        self.lost_filters = filters.lost
        return done

    def _change(self, name: str, edit: TableEdit, before: pd.DataFrame) -> Reverse:
        """One edit in the open table, and its opposite."""
        live = LiveTable.of(self._tables[name], list(before.columns))
        if live.rows != len(before):
            raise CannotWrite("table_changed", table=name)
        formulas = _formulas(live, edit, before)
        columns = self._sendable(edit, name)
        try:
            fit_columns(live, edit)
            fit_rows(live, edit.origin.tolist(), _written_whole(columns), before)
            live.write(columns if len(edit.origin) else {heading: [None] for heading in columns})
        except Exception:
            with contextlib.suppress(Exception):
                self._restore(name, (edit, live.layout), before, formulas)
            raise
        if live.shown:
            self.shown_rows.append(name)
        return reverse_of(name, edit, before, edited(before, _plain(edit), name), formulas)

    def _restore(self, name: str, at: tuple[TableEdit, list[int]], before: pd.DataFrame, formulas: Formulas) -> None:
        """A table whose edit broke off, back to its rows and values from the rows it had got so far."""
        edit, layout = at
        live = LiveTable.of(self._tables[name])
        body = live.frame()
        rows = np.array(layout or range(len(before)), dtype=np.int64)
        so_far = TableEdit(pd.DataFrame(columns=edit.cells.columns, index=range(len(rows))), rows, edit.drop)
        back = reverse_of(name, so_far, before, body, formulas).edit
        columns = self._sendable(back, name)
        fit_columns(live, back)
        fit_rows(live, back.origin.tolist(), _written_whole(columns), body)
        live.write(columns)

    def _sendable(self, edit: TableEdit, name: str) -> dict[str, list[Any]]:
        """The edit's cells by heading, as the running program takes them; a formula of the user's goes as it is."""
        prepare = self.book.app.engine.impl.prepare_xl_data_element
        plain, sent = _plain(edit), {}
        for heading in edit.cells.columns:
            cells = write_column(plain_column(plain, heading, name), lambda value: prepare(value, "%Y-%m-%d"))
            pairs = zip(edit.cells[heading], cells, strict=True)
            sent[str(heading)] = [str(cell) if isinstance(cell, Formula) else value for cell, value in pairs]
        return sent

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


def _written_whole(columns: dict[str, list[Any]]) -> set[str]:
    """Headings, folded, of columns of which no cell is kept."""
    return {heading.casefold() for heading, cells in columns.items() if not any(cell is KEEP for cell in cells)}


def _formulas(live: LiveTable, edit: TableEdit, before: pd.DataFrame) -> Formulas:
    """What the user's columns hold as formulas: which are one formula, and all cells where rows are to go."""
    written = {str(heading).casefold() for heading in (*edit.cells.columns, *edit.drop)}
    users = [i for i, heading in enumerate(before.columns) if heading.casefold() not in written]
    if not users:
        return Formulas()
    loses = len(set(edit.origin.tolist()) - {-1}) < len(before)
    return Formulas({before.columns[i]: live.formulas(i) for i in users} if loses else {}, live.calculated())


def _plain(edit: TableEdit) -> TableEdit:
    """The edit without formulas, which only an open workbook takes; there they are numbers when they are read again."""
    if not any(isinstance(cell, Formula) for heading in edit.cells.columns for cell in edit.cells[heading]):
        return edit
    cells = edit.cells.map(lambda cell: None if isinstance(cell, Formula) else cell)
    return TableEdit(cells.astype(object), edit.origin, edit.drop, edit.order, edit.key)


def full_name(book: Any) -> str:
    """What Excel calls the workbook: a path, an address on SharePoint, or only a name before it is saved.

    xlwings by itself would look for the local copy of an address, and refuse where there is none.
    """
    with contextlib.suppress(Exception):
        return str(book.api.FullName)
    with contextlib.suppress(Exception):
        return str(book.api.full_name.get())
    return str(book.name)


def state_folder() -> Path:
    """Where this user's programs keep their state."""
    from platformdirs import user_state_path

    return user_state_path("xlsales", appauthor=False) / "undo"


def open_books() -> list[Any]:
    """The workbooks open in every running Excel, the active one of each first; Excel is never started."""
    found = []
    for app in _xlwings().apps:
        books = list(app.books)
        front = app.books.active.name if books else ""
        found += sorted(books, key=lambda book: book.name != front)
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
    if not xlwings.engines.engines:
        raise CannotRead("excel_missing")
    windows = getattr(xlwings, "_xlwindows", None)
    if windows is not None:
        windows.N_COM_ATTEMPTS = _ATTEMPTS
    return xlwings

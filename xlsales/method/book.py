"""A workbook as the method sees it: tables by key, problems with their cell, results by key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import pandas as pd

from xlsales.hosts import Host, Link
from xlsales.issues import CannotRead, CannotWrite, Issue
from xlsales.tables.edit import TableEdit
from xlsales.tables.merge import Words, heading_of, merge, replace
from xlsales.tables.parse import Criterion, Parsed, fold, keys_only, parse
from xlsales.tables.schema import Language, Schema, Table, load_schema
from xlsales.tables.texts import Texts


class Book:
    """Reads tables through a host, in either language, and remembers what is to be written.

    short: keys of tables of a fixed size for which a workbook of an earlier version has too few rows.
    """

    def __init__(self, host: Host, path: str = "", schema: Schema | None = None) -> None:
        self.host = host
        self.schema = schema or load_schema()
        self._places = host.tables()
        self.language, self.names = self.schema.find(self._places)
        if not self.names:
            raise CannotRead("not_xlsales", path=path)
        self.texts = Texts(self.language)
        self._parsed: dict[str, Parsed] = {}
        self.short: list[str] = []

    @cached_property
    def criteria(self) -> list[Criterion]:
        """The criteria in the order of their table, active or not."""
        rows = self.parsed("criteria").good
        used = rows["active"] | ~self._says_inactive(rows.index)
        return [
            Criterion(str(i), str(n), bool(a))
            for i, n, a in zip(rows["criterion_id"], rows["criterion"], used, strict=True)
            if i not in self.reserved
        ]

    @cached_property
    def reserved(self) -> frozenset[str]:
        """What a criterion cannot be called: the columns beside those of the criteria."""
        tables = [table for table in self.schema.tables.values() if table.each]
        return frozenset(column.key for table in tables for column in table.columns if not column.each)

    def _says_inactive(self, rows: pd.Index[Any]) -> Any:
        """An empty cell means active; only a written no turns a criterion off."""
        parsed = self.parsed("criteria")
        heading = parsed.headings.get("active")
        if heading is None:
            return pd.Series(False, index=rows)
        return parsed.raw.loc[rows, heading].map(lambda cell: cell is not None and str(cell).strip() != "")

    @property
    def words(self) -> Words:
        """What cells need to be shown in this workbook."""
        return Words(self.language, {c.id: c.name for c in self.criteria})

    def parsed(self, key: str) -> Parsed:
        """A table as it stands; an empty one where the workbook lacks it."""
        if key not in self._parsed:
            raw = self.host.read(self.names[key]) if key in self.names else pd.DataFrame()
            self._parsed[key] = parse(raw, *self._declared(key))
        return self._parsed[key]

    def _declared(self, key: str) -> tuple[Table, Sequence[Criterion], Mapping[str, str]]:
        table = self.schema.table(key)
        return (table, self.criteria, self._recorded(table)) if table.each else (table, (), {})

    def _standing(self, key: str) -> Parsed:
        """A table as it must be known to be written: of a table of the tool's the keys are enough."""
        if key in self._parsed or self.schema.table(key).is_users:
            return self.parsed(key)
        return keys_only(self.host.read(self.names[key]), *self._declared(key))

    def write(self, key: str, frame: pd.DataFrame, *, whole: bool = False, users_too: bool = False) -> None:
        """Merge a frame (columns by key) into a table, or make it the whole of a user's table.

        users_too: write the user's cells too, except where the frame is empty.

        Tables that the workbook lacks are passed over.
        """
        if key in self.names:
            old = self._standing(key)
            edit = replace(old, frame, self.words) if whole else merge(old, frame, self.words, users_too=users_too)
            try:
                self.edit(key, edit)
            except CannotWrite as problem:
                if problem.code != "table_blocked" or not old.table.fixed:
                    raise
                self.edit(key, _first_rows(edit, len(old.raw)))
                self.short.append(key)

    def edit(self, key: str, edit: TableEdit) -> None:
        """Change a table and forget what was read of it."""
        self.host.write(self.names[key], edit)
        self._parsed.pop(key, None)

    def forget_criteria(self) -> None:
        """The criteria have changed: read them, and the tables with a column per criterion, again."""
        self.__dict__.pop("criteria", None)
        for key in [k for k in self._parsed if self.schema.table(k).each]:
            del self._parsed[key]

    def add_criterion_columns(self) -> None:
        """Give every user's table with a column per criterion those it lacks, and record whose they are."""
        record: list[tuple[str, str, str]] = []
        for table in self.schema.tables.values():
            if not table.each or table.key not in self.names:
                continue
            parsed = self.parsed(table.key)
            if table.is_users:
                lacking = [c.id for c in self.criteria if c.active and c.id not in parsed.criteria]
                self._add_columns(table, parsed, lacking)
            else:
                self._change_columns(table, (), tuple(h for h in parsed.raw.columns if self._is_gone(parsed, h)))
            parsed = self.parsed(table.key)
            record += [(table.key, parsed.headings[c], c) for c in parsed.criteria]
        self.write("column_map", pd.DataFrame(record, columns=["table", "heading", "criterion_id"]))

    def _add_columns(self, table: Table, parsed: Parsed, ids: list[str]) -> None:
        if not ids or table.each is None:
            return
        headings = [heading_of(i, table.each, self.words) for i in ids]
        unused = (h for h in parsed.raw.columns if self._is_gone(parsed, h) and parsed.raw[h].isna().all())
        self._change_columns(table, headings, tuple(unused))

    def _change_columns(self, table: Table, added: Sequence[str], dropped: tuple[str, ...]) -> None:
        if added or dropped:
            rows = len(self.parsed(table.key).raw)
            empty = pd.DataFrame(None, index=range(rows), columns=list(added), dtype=object)
            self.edit(table.key, TableEdit(empty, pd.RangeIndex(rows).to_numpy("int64"), drop=dropped))

    def _is_gone(self, parsed: Parsed, heading: str) -> bool:
        """A column that we made for a criterion that is no more."""
        ours = heading in self._recorded(parsed.table) or fold(heading) in _default_names()
        return ours and heading not in parsed.headings.values()

    def _recorded(self, table: Table) -> Mapping[str, str]:
        rows = self.parsed("column_map").frame
        mine = rows[rows["table"] == table.key]
        return dict(zip(mine["heading"], mine["criterion_id"], strict=True))

    def cell(self, issue: Issue) -> Link | str:
        """Where an issue is: a link to the cell, or the place outside the workbook."""
        if issue.place or issue.table not in self.names:
            return issue.place
        place = self._places[self.names[issue.table]]
        parsed = self.parsed(issue.table)
        headings = list(parsed.raw.columns)
        column = parsed.headings.get(issue.column, issue.column)
        across = headings.index(column) if column in headings else 0
        row = self._row(issue, parsed)
        address = place.address(row + 1, across)
        sheet = place.sheet.replace("'", "''")
        return Link(f"'{sheet}'!{address}", f"{place.sheet}!{address}")

    def link(self, key: str, row: int, text: str) -> Link | str:
        """The way to a body row of a table, counted from 0; nothing where the workbook lacks the table."""
        if key not in self.names:
            return ""
        place = self._places[self.names[key]]
        sheet = place.sheet.replace("'", "''")
        return Link(f"'{sheet}'!{place.address(row + 1, 0)}", text)

    def _row(self, issue: Issue, parsed: Parsed) -> int:
        if issue.row is not None:
            return issue.row
        if issue.key and parsed.table.index:
            keys = parsed.frame[parsed.table.index[0]].astype(str)
            hits = keys.index[keys == issue.key]
            return int(hits[0]) if len(hits) else -1
        return -1


def _first_rows(edit: TableEdit, count: int) -> TableEdit:
    """As much of an edit as a table has room for."""
    return TableEdit(edit.cells.iloc[:count], edit.origin[:count], edit.drop, edit.order, edit.key)


def _default_names() -> set[str]:
    from xlsales.tables.folder import read_toml

    return {fold(c[lang]) for c in read_toml("criteria.toml").values() for lang in ("sv", "en")}


def table_name(book: Book, key: str) -> str:
    """The name a user knows a table by: its sheet's."""
    language: Language = book.language
    return str(book.schema.sheets[book.schema.tables[key].sheet].name[language]) if key in book.schema.tables else key

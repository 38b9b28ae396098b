"""Tables in and out of a workbook, as csv and json, columns by their keys."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from xlsales.hosts import Host
from xlsales.issues import CannotRead, Issue, WrongUse
from xlsales.method.book import Book
from xlsales.tables.cells import DATES, is_empty, read_text
from xlsales.tables.merge import merge, replace, row_keys
from xlsales.tables.parse import Parsed, fold, parse
from xlsales.tables.schema import Column, Table


@dataclass(frozen=True)
class Put:
    """What a put changed: new and changed rows, rows in all, and what is wrong with the values."""

    new: int
    changed: int
    total: int
    issues: list[Issue]


def get_table(book: Book, key: str) -> list[dict[str, Any]]:
    """Every row of a table by column keys: dates as ISO text, numbers, true/false, empty as None.

    A cell that does not fit its column comes as the text that stands there.
    """
    parsed = book.parsed(key)
    blank = _blank_flags(parsed)
    wrong = {(i.row, i.column): i.found for i in parsed.issues if i.code.startswith("bad_")}
    columns = {k: _column(parsed.table, k) for k in parsed.frame.columns}
    rows = []
    for row, record in zip(parsed.frame.index, parsed.frame.to_dict("records"), strict=True):
        values = {k: _plain(record[k], columns[k], book) for k in columns}
        values |= {k: None for k in blank if row in blank[k]}
        rows.append({k: read_text(wrong[row, k]) if (row, k) in wrong else v for k, v in values.items()})
    return rows


def _blank_flags(parsed: Parsed) -> dict[str, set[Any]]:
    """Rows where a user has left a yes/no cell empty, which need not mean no."""
    flags = [c.key for c in parsed.table.columns if c.is_flag and c.owner == "user" and c.key in parsed.headings]
    raw = parsed.raw.loc[parsed.frame.index]
    return {k: set(raw.index[raw[parsed.headings[k]].map(is_empty)]) for k in flags}


def _column(table: Table, key: str) -> Column:
    if key in table.keys or table.each is None:
        return table[key]
    return table.each


def _plain(value: Any, column: Column, book: Book) -> Any:
    if column.is_flag:
        return bool(value)
    if is_empty(value):
        return None
    if column.type in DATES:
        stamp = pd.Timestamp(value)
        return stamp.isoformat(timespec="minutes") if column.type == "datetime" else stamp.date().isoformat()
    if column.type in ("criterion",):
        return next((c.id for c in book.criteria if value in (c.name, c.id)), value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, float | np.floating):
        number = round(float(value), 10)
        whole = column.type == "integer" or column.choice != ""
        return int(number) if whole and number.is_integer() else number
    return value


def as_json(rows: Sequence[Mapping[str, Any]]) -> str:
    """Rows as one JSON document."""
    return json.dumps(list(rows), ensure_ascii=False, indent=1)


def as_csv(rows: Sequence[Mapping[str, Any]], keys: Sequence[str]) -> str:
    """Rows as csv under a row of keys; text that a spreadsheet would take for a formula gets a quote before it."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(keys)
    writer.writerows([[_csv_cell(row[k]) for k in keys] for row in rows])
    return out.getvalue()


def _csv_cell(value: Any) -> Any:
    if isinstance(value, bool):
        return "yes" if value else ""
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t"):
        return "'" + value
    return value


def put_file(host: Host, path: str, key: str, source: Path, *, whole: bool) -> Put:
    """Rows of a csv or json file into a user's table, merged by key; ``whole`` replaces all rows."""
    book = Book(host, path)
    rows = read_rows(source)
    return put_rows(book, key, rows, whole=whole, source=str(source))


def put_rows(book: Book, key: str, rows: pd.DataFrame, *, whole: bool = False, source: str = "") -> Put:
    """Rows (columns by key, heading or criterion) into a user's table."""
    table = book.schema.table(key)
    if not any(c.owner == "user" for c in table.columns):
        raise WrongUse("not_users_table", table=key)
    if key not in book.names:
        raise CannotRead("not_xlsales", path=source)
    if table.each:
        book.add_criterion_columns()
    named = _by_key(book, table, rows, source)
    typed = parse(_as_sheet(named, table), table, book.criteria)
    values = _values(typed, named)
    old = book.parsed(key)
    before, after = set(row_keys(old.frame, table)), row_keys(values, table)
    keyless = not table.index
    edit = replace(old, values, book.words) if whole else merge(old, values, book.words, users_too=True)
    book.edit(key, edit)
    if key == "criteria":
        book.forget_criteria()
        book.add_criterion_columns()
    new = len(values) if keyless else sum(k not in before for k in after)
    told = [issue for issue in typed.issues if issue.code != "missing_column"]
    return Put(new, len(values) - new, len(book.parsed(key).frame), told)


def read_rows(source: Path) -> pd.DataFrame:
    """A csv (comma, semicolon or tab) or json file as text and plain values, one row per record."""
    if not source.is_file():
        raise CannotRead("missing_file", path=str(source))
    try:
        text = _decode(source.read_bytes())
        if text.lstrip()[:1] in ("[", "{"):
            records = json.loads(text)
            return pd.DataFrame(records if isinstance(records, list) else [records], dtype=object)
        head = text.split("\n", 1)[0]
        delimiter = max(";\t,", key=head.count)
        lines = list(csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True))
        width = len(lines[0]) if lines else 0
        body = [[*line, *[""] * width][:width] for line in lines[1:] if any(cell.strip() for cell in line)]
        return pd.DataFrame(body, columns=lines[0] if lines else [], dtype=object)
    except (ValueError, csv.Error) as problem:
        raise CannotRead("bad_put_file", path=str(source), detail=str(problem)) from problem


def _decode(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252")


def _by_key(book: Book, table: Table, rows: pd.DataFrame, source: str) -> pd.DataFrame:
    """Columns renamed to keys and criterion ids; unknown ones refused with those there are."""
    names = {fold(n): c.key for c in table.columns if not c.each for n in (*c.heading.values(), c.key)}
    if table.each:
        names = {fold(n): c.id for c in book.criteria for n in (c.name, c.id)} | names
    keys = {heading: names.get(fold(heading), "") for heading in rows.columns}
    unknown = [h for h, k in keys.items() if not k]
    if unknown:
        known = [*table.keys, *(c.id for c in book.criteria if table.each)]
        raise WrongUse("put_unknown_columns", path=source, columns=unknown, table=table.key, known=known)
    tools = {c.key for c in table.columns if c.owner == "tool"}
    named = rows[[h for h, k in keys.items() if k not in tools]].rename(columns=keys)
    if not named.columns.is_unique:
        twice = named.columns[named.columns.duplicated()][0]
        raise WrongUse("put_twice", path=source, column=twice)
    for needed in table.index:
        if needed not in named and table[needed].required:
            raise WrongUse("put_no_key", path=source, column=needed, table=table.key)
    return named


def _as_sheet(named: pd.DataFrame, table: Table) -> pd.DataFrame:
    """The rows as a sheet would hold them, so that one parser serves both; a leading quote is eaten."""
    return named.map(lambda c: c[1:] if isinstance(c, str) and c[:1] == "'" and c[1:2] in "=+-@\t" else c)


def _values(typed: Parsed, named: pd.DataFrame) -> pd.DataFrame:
    """Typed values of the columns given; a cell that does not fit its type stays as it was written."""
    values = typed.frame[[c for c in typed.frame.columns if c in named.columns]].astype(object)
    for column in typed.table.columns:
        if column.is_flag and column.key in values:
            empty = typed.raw.loc[values.index, column.key].map(is_empty)
            values[column.key] = values[column.key].where(~empty, None)
    for issue in typed.issues:
        if issue.code.startswith("bad_") and issue.row is not None:
            values[issue.column] = values[issue.column].where(values.index != issue.row, issue.found)
    return values.reset_index(drop=True)

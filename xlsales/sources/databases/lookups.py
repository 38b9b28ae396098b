"""What the columns of a table in a database are: by their names and by a few rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import pandas as pd

from xlsales.issues import CannotRead, Issue
from xlsales.sources import ReadOptions, Rows
from xlsales.sources.databases.addresses import Address
from xlsales.sources.databases.cells import Cell, Kind, date_way, kind_of
from xlsales.sources.databases.connections import Connection
from xlsales.sources.databases.dialects import DIALECTS, SOURCE, Relation, in_dialect
from xlsales.sources.databases.pushdown import TEXT_KEYS, Plan, months_sql
from xlsales.sources.entries import Typed, number_columns, type_entries
from xlsales.sources.grid import Grid
from xlsales.sources.headings import Headings
from xlsales.sources.ledger import HEAD_ENTRIES, body_of, headings_of, placer_of, result_of, style_of
from xlsales.sources.numbers import Numbers
from xlsales.sources.profiles import Profile, profile_named
from xlsales.sources.rowtypes import MARKS
from xlsales.sources.texts import as_text
from xlsales.sources.words import scale_of

_ROWS: Final = 50
_COSTS: Final = ("cost", "contribution", "unit_cost", "quantity")
_UNSCALED: Final = ("quantity", "discount")
_NUMBERS: Final = frozenset({"whole", "decimal", "float"})

Ask = Callable[[str], tuple[list[str], list[Sequence[Any]]]]


@dataclass(frozen=True)
class Looked:
    """What is known from the names of the columns and the first rows. rows: head, columns, reasons and warnings."""

    headings: Headings
    profile: Profile
    plan: Plan
    rows: Rows


def look(connection: Connection, address: Address, relation: Relation, name: str, options: ReadOptions) -> Looked:
    """Read a few rows and decide by them what each column is. Raises CannotRead: ledger_columns, database_dates."""
    dialect = DIALECTS[address.scheme]

    def rows(sql: str) -> tuple[list[str], list[Sequence[Any]]]:
        return connection.rows(in_dialect(sql, dialect, relation))

    names, sample = rows(f"SELECT * FROM {SOURCE} AS s LIMIT {_ROWS}")
    values = pd.DataFrame.from_records([tuple(row) for row in sample], columns=range(len(names)), coerce_float=False)
    texts = {place: as_text(values[place].astype(object)).to_pandas().astype("str") for place in values.columns}
    shown = pd.DataFrame(texts, columns=range(len(names)), dtype="str")
    cells = pd.concat([pd.DataFrame([names], dtype="str"), shown], ignore_index=True)
    grid = Grid(cells, lambda _, __: name, machine_point=True)
    headings = _headings(grid, address, name, options)
    profile = profile_named(headings.profile)
    style = replace(style_of(grid, headings), profile=profile, vat=options.vat)
    body = body_of(grid, headings)
    typed = type_entries(body, placer_of(grid, headings), style)
    place = f"{address.shown()} ({name})"
    found = _Sample(place, names, values, shown, headings, address.scheme == "sqlite", rows)
    plan = _plan(found, number_columns(body, style), typed.parts, profile)
    told = result_of(address.scheme, grid, headings, replace(typed, issues=_of_columns(typed)))
    head = typed.entries.head(HEAD_ENTRIES)
    return Looked(headings, profile, plan, replace(told, entries=head, profile=headings.profile))


@dataclass(frozen=True)
class _Sample:
    """The first rows. values: as the driver gives them, texts: as text, by position. loose: cells of one column may
    be of different types. ask: runs a statement of ours.
    """

    place: str
    names: list[str]
    values: pd.DataFrame
    texts: pd.DataFrame
    headings: Headings
    loose: bool
    ask: Ask

    def cell(self, key: str) -> Cell:
        """The column of a ledger key, its kind by its values; of an empty sample by the first value further down."""
        place = self.headings.columns[key]
        sql = f's."{self.names[place].replace(chr(34), chr(34) * 2)}"'
        kind = kind_of(list(self.values[place])) if len(self.values) else None
        if kind is None and len(self.values):
            further = self.ask(f"SELECT {sql} AS found FROM {SOURCE} AS s WHERE {sql} IS NOT NULL LIMIT 1")[1]
            kind = kind_of([row[0] for row in further])
        found: Kind = kind or "text"
        return Cell(sql, found, loose=self.loose and found in _NUMBERS)


def _headings(grid: Grid, address: Address, name: str, options: ReadOptions) -> Headings:
    try:
        return headings_of(Path(name), grid, options)
    except CannotRead as problem:
        raise CannotRead(problem.code, **{**problem.params, "path": f"{address.shown()} ({name})"}) from None


def _plan(sample: _Sample, numbers: Mapping[str, Numbers], parts: Sequence[str], profile: Profile) -> Plan:
    cells = {}
    for key in dict.fromkeys(("invoice_date", *TEXT_KEYS, *MARKS, *parts, *_COSTS)):
        if key in sample.headings.columns:
            cell = sample.cell(key)
            sign = numbers[key].sign if key in numbers and cell.kind == "text" else ""
            scale = scale_of(sample.headings.heading(key)) if key in numbers and key not in _UNSCALED else 1
            cells[key] = replace(cell, way=sign, scale=scale)
    cells["invoice_date"] = _dated(sample, cells["invoice_date"])
    if parts[0] in cells and profile.in_home_currency(sample.headings.heading(parts[0])):
        cells.pop("currency", None)
    return Plan(cells, parts)


def _dated(sample: _Sample, cell: Cell) -> Cell:
    """The way in which dates are written, where they are text or numbers. Raises CannotRead database_dates."""
    if cell.kind == "day":
        return cell
    texts = sample.texts[sample.headings.columns["invoice_date"]]
    filled = texts[texts != ""]
    way = date_way(filled) if len(filled) else "ymd"
    if not way:
        heading = sample.headings.heading("invoice_date")
        raise CannotRead("database_dates", path=sample.place, heading=heading, sample=str(filled.iloc[0]))
    if way != "ymd":
        # A few rows leave open what comes first; the whole column seldom does.
        first, second = sample.ask(months_sql(cell))[1][0]
        way = "dmy" if str(first) > "12" else "mdy" if str(second) > "12" else way
    return replace(cell, way=way)


def _of_columns(typed: Typed) -> list[Issue]:
    """What the first rows tell of whole columns; what is counted is counted in the database."""
    return [issue for issue in typed.issues if "count" not in issue.params and issue.code != "cost_turned"]

"""Raw cells of a table to a typed frame, with every problem as an issue."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from xlsales.issues import Issue
from xlsales.tables.cells import is_empty, read_number, read_text, type_cells
from xlsales.tables.limits import both_limits, outside
from xlsales.tables.schema import LANGUAGES, Column, Table, load_schema, nearest


@dataclass(frozen=True)
class Criterion:
    """A criterion as the tables name it: ``name`` heads its column, ``id`` is its key."""

    id: str
    name: str
    active: bool = True


@dataclass(frozen=True)
class Parsed:
    """A table as read.

    frame: typed columns by key; for repeated columns by criterion id. Its index is the body row, from 0.
    usable: index of the rows without an error in a required cell; the others are left out of all computation.
    headings: column key (or criterion id) to the heading in the sheet.
    raw: the cells as they were read, headings as columns, one row per body row.
    """

    table: Table
    frame: pd.DataFrame
    usable: pd.Index[int]
    headings: Mapping[str, str]
    raw: pd.DataFrame
    criteria: tuple[str, ...] = ()
    issues: list[Issue] = field(default_factory=list)

    @property
    def good(self) -> pd.DataFrame:
        """The usable rows."""
        return self.frame.loc[self.usable]


def parse(
    raw: pd.DataFrame, table: Table, criteria: Sequence[Criterion] = (), known: Mapping[str, str] | None = None
) -> Parsed:
    """Type the cells of a table and list what is wrong.

    raw: one row per body row, headings as columns, any cells.
    criteria: for tables with a column per criterion. known: heading to criterion id, as recorded.
    """
    headings, found, issues = _match(raw, table, criteria, known or {})
    rows = _filled(raw)
    filled = raw.loc[rows]
    wanted = [(c.key, c) for c in table.columns if not c.each]
    if table.each:
        wanted += [(c, replace(table.each, heading=dict.fromkeys(LANGUAGES, headings[c]))) for c in found]
    columns: dict[str, pd.Series[Any]] = {}
    spoilt: set[int] = set()
    for key, column in wanted:
        columns[key], problems = _typed(filled, table, (key, column), headings)
        issues += problems
        spoilt |= {issue.row for issue in problems if issue.severity == "error" and issue.row is not None}
        if column.required and key not in headings:
            spoilt |= {int(row) for row in rows}
    frame = pd.DataFrame(columns, index=rows)
    duplicates = _duplicates(frame.drop(index=list(spoilt)), table)
    issues += duplicates
    spoilt |= {issue.row for issue in duplicates if issue.row is not None}
    return Parsed(table, frame, frame.index.drop(list(spoilt)), headings, raw, tuple(found), issues)


def keys_only(
    raw: pd.DataFrame, table: Table, criteria: Sequence[Criterion] = (), known: Mapping[str, str] | None = None
) -> Parsed:
    """A table with nothing but its key columns typed: what it takes to write it anew."""
    headings, found, _ = _match(raw, table, criteria, known or {})
    rows = _filled(raw)
    filled = raw.loc[rows]
    keys = {key: _typed(filled, table, (key, table[key]), headings)[0] for key in table.index}
    return Parsed(table, pd.DataFrame(keys, index=rows), rows, headings, raw, tuple(found))


def _filled(raw: pd.DataFrame) -> pd.Index[int]:
    """The rows with a cell that is not empty."""
    filled: pd.Index[int] = raw.index[~raw.map(is_empty).all(axis=1)] if len(raw.columns) else raw.index[:0]
    return filled


def fold(heading: str) -> str:
    """A heading as it is compared: lower case, without blanks and punctuation."""
    return re.sub(r"[^\w%]+|_", "", str(heading).casefold())


def _match(
    raw: pd.DataFrame, table: Table, criteria: Sequence[Criterion], known: Mapping[str, str]
) -> tuple[dict[str, str], list[str], list[Issue]]:
    """Which heading is which column: by either language or by key; then the columns per criterion."""
    present = {fold(h): h for h in reversed(list(raw.columns))}
    headings: dict[str, str] = {}
    for column in table.columns:
        names = (*column.heading.values(), column.key)
        if not column.each and (hit := next((present[fold(n)] for n in names if fold(n) in present), None)):
            headings.setdefault(column.key, hit)
    issues = _missing_columns(table, headings, list(raw.columns)) if len(raw.columns) else []
    found: list[str] = []
    if table.each:
        free = [h for h in raw.columns if h not in headings.values()]
        ids = {c.id for c in criteria}
        by_name = {fold(n): c.id for c in reversed(criteria) for n in (c.id, c.name)}
        for heading in free:
            recorded = known.get(heading, "")
            criterion = by_name.get(fold(heading)) or (recorded if recorded in ids else None)
            if criterion and criterion not in found:
                headings[criterion] = heading
                found.append(criterion)
            elif table.is_users and _looks_like_points(raw[heading]):
                best = nearest(heading, [c.name for c in criteria])
                issues.append(
                    Issue("warning", "unknown_criterion_column", table.key, row=-1, column=heading, found=heading,
                          params={"nearest": best})
                )
    return headings, found, issues


def _looks_like_points(cells: pd.Series[Any]) -> bool:
    filled = [cell for cell in cells if not is_empty(cell)]
    return bool(filled) and all(read_number(cell) is not None for cell in filled)


def _missing_columns(table: Table, headings: Mapping[str, str], present: list[str]) -> list[Issue]:
    free = [h for h in present if h not in headings.values()]
    return [
        Issue("error", "missing_column", table.key, row=-1, found=nearest(c.heading["sv"], free)
              or nearest(c.heading["en"], free), params={"column": c})
        for c in table.columns
        if c.required and not c.each and c.key not in headings
    ]


def _bad_cell(table: Table, column: Column, key: str, row: int, cell: object, strict: bool) -> Issue:
    code, params = f"bad_{_kind(column)}", {"column": column}
    if column.choice:
        entries = load_schema().choices[column.choice].values()
        labels = [str(e.label[lang]) for e in entries for lang in ("sv", "en")]
        params |= {"choice": column.choice, "nearest": nearest(read_text(cell), labels)}  # type: ignore[dict-item]
    return Issue("error" if strict else "warning", code, table.key, key, row, found=cell, params=params)


def _kind(column: Column) -> str:
    from xlsales.tables.cells import DATES

    if column.choice:
        return "choice"
    return "date" if column.type in DATES else "number"


def _typed(
    filled: pd.DataFrame, table: Table, named: tuple[str, Column], headings: Mapping[str, str]
) -> tuple[pd.Series[Any], list[Issue]]:
    """Typed values of one column and its issues: an error where the row cannot do without the cell."""
    key, column = named
    rows = filled.index
    if key not in headings:
        return type_cells([None] * len(rows), column)[0].set_axis(rows), []
    cells = list(filled[headings[key]])
    values, bad = type_cells(cells, column)
    beyond = outside(values, table.key, column)
    values = values.set_axis(rows)
    if beyond:
        values.iloc[beyond] = float("nan")
    strict = column.required or bool(column.each)
    issues = [_bad_cell(table, column, key, int(rows[i]), cells[i], strict) for i in bad]
    issues += [_beyond(table, column, key, int(rows[i]), cells[i], strict) for i in beyond]
    if column.required:
        empty = [int(row) for row, cell in zip(rows, cells, strict=True) if is_empty(cell)]
        issues += [Issue("error", "missing_value", table.key, key, row, params={"column": column}) for row in empty]
    return values, issues


def _beyond(table: Table, column: Column, key: str, row: int, cell: object, strict: bool) -> Issue:
    """A number outside the column's list or limits."""
    listed = load_schema().choices.get(column.type)
    params: dict[str, object]
    if listed:
        code, params = "bad_listed", {"column": column, "values": ", ".join(listed)}
    else:
        low, high = both_limits(table.key, column)
        code = "bad_least" if high == float("inf") else "bad_range"
        params = {"column": column, "low": low, "high": high}
    return Issue("error" if strict else "warning", code, table.key, key, row, found=cell, params=params)


def _duplicates(frame: pd.DataFrame, table: Table) -> list[Issue]:
    if not table.index or not table.is_users or frame.empty:
        return []
    key = frame[list(table.index)].map(lambda cell: "" if pd.isna(cell) else read_text(cell)).agg(" / ".join, axis=1)
    first = {value: row for row, value in reversed(list(key.items()))}
    return [
        Issue("error", "duplicate_key", table.key, table.index[0], int(str(row)), found=value,
              params={"first_row": first[value]})
        for row, value in key[key.duplicated()].items()
    ]

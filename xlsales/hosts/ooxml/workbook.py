"""What stands where in a workbook: sheets, tables, names and the parts that hold them."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from xlsales.hosts.ooxml.addresses import Area, parse_area
from xlsales.hosts.ooxml.markup import (
    attribute,
    element_pattern,
    root_prefix,
    tag_pattern,
    unescaped,
    unmarked,
)
from xlsales.issues import CannotRead

Text = Callable[[str], str]
_STRICT = "http://purl.oclc.org/ooxml/"
_RELATION = re.compile(r"<(?:\w+:)?Relationship(?=\s)((?:[^>\"']|\"[^\"]*\"|'[^']*')*)>")


@dataclass(frozen=True)
class Column:
    """One column of a table part: its id, heading and own text."""

    id: int
    name: str
    formula: str
    text: str


@dataclass(frozen=True)
class Table:
    """A table as its part declares it. ``area`` includes header and totals rows."""

    name: str
    sheet: str
    part: str
    area: Area
    headers: int
    totals: int
    columns: tuple[Column, ...]
    connected: bool

    @property
    def body(self) -> Area:
        """The rows between the header and the totals."""
        area = self.area
        return Area(area.top + self.headers, area.left, area.bottom - self.totals, area.right)


@dataclass(frozen=True)
class Sheet:
    """A worksheet: its name, part and the parts it refers to by kind of relationship."""

    name: str
    part: str
    related: dict[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Workbook:
    """The structure of one workbook."""

    part: str
    sheets: tuple[Sheet, ...]
    tables: dict[str, Table]
    date1904: bool
    related: dict[str, tuple[str, ...]]

    def sheet(self, name: str) -> Sheet:
        """The sheet of that name."""
        return next(sheet for sheet in self.sheets if sheet.name == name)


def relations_part(part: str) -> str:
    """The part that lists what a part refers to."""
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", name + ".rels")


def relations(text: str, part: str) -> list[tuple[str, str, str]]:
    """Id, kind and target part of every relationship within the package."""
    found = []
    for match in _RELATION.finditer(text):
        tag = match[0]
        if (attribute(tag, "TargetMode") or "").lower() == "external":
            continue
        target = attribute(tag, "Target") or ""
        whole = posixpath.join("/" + posixpath.dirname(part), target)
        kind = (attribute(tag, "Type") or "").rpartition("/")[2]
        found.append((attribute(tag, "Id") or "", kind, posixpath.normpath(whole).lstrip("/")))
    return found


class Reader:
    """Looks parts up in a package; ``find`` gives a stored name, ``text`` its text."""

    def __init__(self, find: Callable[[str], str | None], text: Text, path: str) -> None:
        self._find = find
        self._text = text
        self._path = path

    def structure(self) -> Workbook:
        """Read the structure; CannotRead when there is none that can be used."""
        roots = self._related("")
        targets = [target for _, kind, target in roots if kind == "officeDocument"]
        part = self._find(targets[0]) if targets else None
        if part is None:
            raise CannotRead("not_a_workbook", path=self._path, detail="")
        text = self._text(part)
        prefix = root_prefix(text)
        if _STRICT in text[:4000]:
            raise CannotRead("strict_workbook", path=self._path, detail=part)
        if re.search(rf"<{prefix}workbook[\s>]", text) is None:
            raise CannotRead("not_a_workbook", path=self._path, detail=part)
        links = self._related(part)
        sheets = self._sheets(text, prefix, links)
        settings = tag_pattern(prefix + "workbookPr").search(text)
        flag = attribute(settings[0], "date1904") if settings else None
        tables = {table.name: table for sheet in sheets for table in self._tables(sheet)}
        return Workbook(part, sheets, tables, flag in ("1", "true", "on"), _by_kind(links))

    def _related(self, part: str) -> list[tuple[str, str, str]]:
        stored = self._find(relations_part(part) if part else "_rels/.rels")
        if stored is None:
            return []
        known = relations(self._text(stored), part)
        return [(id_, kind, name) for id_, kind, target in known if (name := self._find(target))]

    def _sheets(self, text: str, prefix: str, links: list[tuple[str, str, str]]) -> tuple[Sheet, ...]:
        parts = {id_: (kind, target) for id_, kind, target in links}
        found = []
        for match in tag_pattern(prefix + "sheet").finditer(text):
            id_ = re.search(r"\s\w+:id\s*=\s*[\"']([^\"']*)", match[0])
            kind, target = parts.get(id_[1] if id_ else "", ("", ""))
            if kind == "worksheet":
                related = _by_kind(self._related(target))
                found.append(Sheet(attribute(match[0], "name") or "", target, related))
        return tuple(found)

    def _tables(self, sheet: Sheet) -> list[Table]:
        found = []
        for part in sheet.related.get("table", ()):
            table = parse_table(self._text(part), sheet.name, part)
            if table is None:
                raise CannotRead("damaged_workbook", path=self._path, detail=part)
            found.append(table)
        return found


def _by_kind(links: list[tuple[str, str, str]]) -> dict[str, tuple[str, ...]]:
    kinds: dict[str, tuple[str, ...]] = {}
    for _, kind, target in links:
        kinds[kind] = (*kinds.get(kind, ()), target)
    return kinds


def parse_table(text: str, sheet: str, part: str) -> Table | None:
    """A table from the text of its part; None when the part makes no sense."""
    prefix = root_prefix(text)
    root = tag_pattern(prefix + "table").search(text)
    if root is None:
        return None
    tag = root[0]
    try:
        area = parse_area(attribute(tag, "ref") or "")
        headers = int(attribute(tag, "headerRowCount") or 1)
        totals = int(attribute(tag, "totalsRowCount") or 0)
        columns = tuple(_column(match, prefix) for match in element_pattern(prefix + "tableColumn").finditer(text))
    except ValueError:
        return None
    name = attribute(tag, "displayName") or attribute(tag, "name") or ""
    if len(columns) != area.right - area.left + 1 or area.bottom - area.top + 1 < headers + totals:
        return None
    connected = (attribute(tag, "tableType") or "worksheet") != "worksheet"
    return Table(name, sheet, part, area, headers, totals, columns, connected)


def _column(match: re.Match[str], prefix: str) -> Column:
    tag = match[0][: match.end(1) - match.start() + 1]
    formula = element_pattern(prefix + "calculatedColumnFormula").search(match[2] or "")
    name = unmarked(attribute(tag, "name") or "")
    text = unescaped(formula[2] or "") if formula else ""
    return Column(int(attribute(tag, "id") or 0), name, text, match[0])

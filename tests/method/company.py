"""A company small enough to reckon by hand, typed into a workbook as a user would."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from xlsales.hosts import Host, TableEdit
from xlsales.hosts.file import FileHost
from xlsales.method import RunOptions, run_method
from xlsales.method.book import Book
from xlsales.method.report import RunResult, issue_document
from xlsales.tables.schema import Language, load_schema

Rows = Sequence[Mapping[str, Any]]
TODAY = dt.date(2026, 4, 10)
NOW = dt.datetime(2026, 4, 10, 8, 30)
AS_OF = dt.date(2026, 3, 31)
TIMES = {"time", "seconds", "last_run", "read_at"}

LEDGER = [
    ("2023-05-02", "005", 100.00, "Epsilon AB", "Nils"),
    ("2024-05-02", "001", 1000.10, "Alfa AB", "Nils"),
    ("2024-06-03", "002", 800.00, "Beta AB", "Eva"),
    ("2025-05-05", "001", 1700.20, "Alfa AB", "Nils"),
    ("2025-06-02", "001", -200.00, "Alfa AB", "Nils"),
    ("2025-07-01", "004", 300.30, "Delta AB", "Eva"),
    ("2026-03-31", "005", 50.05, "Epsilon AB", "Nils"),
]
POINTS = {"R1": ("001", 10, 6, 4), "R2": ("001", 12, 6, 2), "R3": ("002", 10, 8, 2), "R4": ("004", 8, 8, 4)}
SCORES = {("us", "quality"): 8, ("us", "service"): 5, ("us", "price"): 6,
          ("k1", "quality"): 6, ("k1", "service"): 7, ("k1", "price"): 6}  # fmt: skip
ACTIVITIES = [
    {"activity_id": "A1", "activity": "Besök", "existing": "existing", "hours": 100, "owner": "Eva"},
    {"activity_id": "A2", "activity": "Julkort", "existing": "existing", "hours": 40},
    {"activity_id": "A3", "activity": "Jour", "existing": "new", "hours": 60},
    {"activity_id": "A4", "activity": "Lagkrav", "existing": "existing", "hours": 20, "protected": "yes"},
]
RELATIONS = {"A1": (9, 3, 0), "A2": (0, 0, 0), "A3": (0, 9, 1), "A4": (0, 0, 0)}
NAMES = {"quality": ("Bra kvalitet", "Good quality"), "service": ("Hög servicenivå", "High level of service"),
         "price": ("Lågt pris", "Low price")}  # fmt: skip


def ledger_rows() -> list[dict[str, Any]]:
    """The entries as rows of the table Ledger."""
    keys = ("invoice_date", "customer_no", "amount", "customer", "seller")
    return [dict(zip(keys, (dt.date.fromisoformat(d), *rest), strict=True)) for d, *rest in LEDGER]


def tables(language: Language) -> dict[str, list[dict[str, Any]]]:
    """All users' tables by key, columns by key or criterion id, choices by code."""
    names = {i: n[language == "en"] for i, n in NAMES.items()}
    return {
        "ledger": ledger_rows(),
        "customers": [
            {"customer_no": "001", "customer": "Alfa AB", "seller": "Karin", "wallet": 5000},
            {"customer_no": "002", "customer": "Beta Bygg AB", "seller": "Eva"},
            {"customer_no": "003", "customer": "Gamma AB"},
        ],
        "criteria": [{"criterion_id": i, "criterion": n} for i, n in names.items()],
        "answers": [
            {"answer_id": i, "customer_no": c, "method": "points20", **dict(zip(NAMES, p, strict=True))}
            for i, (c, *p) in POINTS.items()
        ],
        "alternatives": [
            {"alternative_id": "us", "name": "Vi", "kind": "us"},
            {"alternative_id": "k1", "name": "Konkurrenten", "kind": "competitor"},
        ],
        "scores": [{"alternative_id": a, "criterion_id": c, "score": s} for (a, c), s in SCORES.items()],
        "level_ratings": [
            {"customer_no": "001", "date": dt.date(2026, 1, 15), "view": "own", "level": 3},
            {"customer_no": "001", "date": dt.date(2026, 2, 15), "view": "customer", "level": 2},
            {"customer_no": "002", "date": dt.date(2025, 1, 15), "view": "own", "level": 2},
        ],
        "level_targets": [{"customer_no": "001", "target_level": 3, "owner": "Karin"}],
        "activities": [dict(a) for a in ACTIVITIES],
        "relations": [{"activity_id": a, **dict(zip(NAMES, r, strict=True))} for a, r in RELATIONS.items()],
    }


@dataclass(frozen=True)
class World:
    """A host under test and how to close and open it again."""

    host: Host
    reopen: Callable[[Host], Host]
    language: Language

    def again(self) -> World:
        """The same workbook after saving and opening."""
        return replace(self, host=self.reopen(self.host))

    def name(self, key: str) -> str:
        """A table's name in the workbook."""
        return str(load_schema().table(key).name[self.language])

    def heading(self, key: str, column: str) -> str:
        """A column's heading in the workbook."""
        if column in NAMES:
            return NAMES[column][self.language == "en"]
        return str(load_schema().table(key)[column].heading[self.language])

    def raw(self, key: str) -> pd.DataFrame:
        """A table's cells, without the rows that are empty."""
        frame = self.host.read(self.name(key))
        return frame[frame.notna().any(axis=1)]

    def cell(self, key: str, column: str, row: int) -> str:
        """What an issue calls a cell: sheet and address; row counted from 0 in the body, -1 is the heading."""
        place = self.host.tables()[self.name(key)]
        across = list(self.host.read(self.name(key)).columns).index(self.heading(key, column))
        return f"{place.sheet}!{place.address(row + 1, across)}"

    def type(self, key: str, rows: Rows) -> None:
        """Replace the body of a table by rows; columns by key or criterion id, or by a heading of the user's."""
        keys = list(dict.fromkeys(k for row in rows for k in row))
        cells = {self._heading(key, k): [self._shown(key, k, row.get(k)) for row in rows] for k in keys}
        old = self.host.read(self.name(key))
        empty = {h: [None] * len(rows) for h in old.columns if h not in cells}
        frame = pd.DataFrame({**cells, **empty}, index=range(len(rows)), dtype=object)
        self.host.write(self.name(key), TableEdit(frame, np.full(len(rows), -1, dtype=np.int64)))

    def set(self, key: str, row: int, column: str, value: Any) -> None:
        """Write one cell; row counted from 0 among all body rows."""
        body = self.host.read(self.name(key))
        heading = self._heading(key, column)
        cells = list(body[heading]) if heading in body else [None] * len(body)
        cells[row] = self._shown(key, column, value)
        frame = pd.DataFrame({heading: pd.Series(cells, dtype=object)})
        self.host.write(self.name(key), TableEdit(frame, np.arange(len(body), dtype=np.int64)))

    def reorder(self, key: str, order: Sequence[int], drop: tuple[str, ...] = ()) -> None:
        """Sort, repeat or delete body rows, and delete columns, as a user does."""
        nothing = pd.DataFrame(index=range(len(order)))
        self.host.write(self.name(key), TableEdit(nothing, np.array(order, dtype=np.int64), drop))

    def setting(self, key: str, value: Any) -> None:
        """Fill in a setting."""
        body = self.host.read(self.name("settings"))
        row = list(body[self.heading("settings", "key")]).index(key)
        self.set("settings", row, "value", value)

    def run(self, **options: Any) -> RunResult:
        """Run the steps; as of the end of March 2026 unless told."""
        wanted: dict[str, Any] = {"today": TODAY, "now": NOW, "as_of": AS_OF, **options}
        return run_method(self.host, "small.xlsx", RunOptions(**wanted))

    def typed(self, key: str) -> pd.DataFrame:
        """A table as the method reads it."""
        return Book(self.host).parsed(key).frame

    def _heading(self, key: str, column: str) -> str:
        table = load_schema().table(key)
        return self.heading(key, column) if column in table.keys or column in NAMES else column

    def _shown(self, key: str, column: str, value: Any) -> Any:
        table = load_schema().table(key)
        choice = table[column].choice if column in table.keys else ""
        known = choice and isinstance(value, str) and value in load_schema().choices[choice]
        return load_schema().label(choice, value, self.language) if known else value


def fill(world: World, **changed: Rows) -> World:
    """Type the small company into an empty workbook; some tables may be other than usual."""
    for key, rows in (tables(world.language) | changed).items():
        if key in ("answers", "relations"):
            Book(world.host).add_criterion_columns()
        world.type(key, rows)
    return world


def memory_world(template: Mapping[str, pd.DataFrame], language: Language) -> World:
    """The template's tables in memory."""
    from xlsales.hosts.memory import MemoryHost

    return World(MemoryHost(template), lambda host: host, language)


def file_world(path: Path, language: Language) -> World:
    """A workbook on disk."""

    def reopen(host: Host) -> Host:
        return FileHost.open(host.save())

    return World(FileHost.open(path), reopen, language)


def found(result: RunResult, severity: str = "") -> list[dict[str, Any]]:
    """The issues as ``xlsales check --json`` lists them."""
    return [row for row in issue_document(result.issues) if severity in ("", row["severity"])]

"""What a run tells: its issues, the steps' sentences, its row in the history, one JSON document."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pandas as pd

from xlsales import __version__
from xlsales.hosts import Link
from xlsales.issues import Issue
from xlsales.method.book import Book, table_name
from xlsales.method.run import Run, StepReport
from xlsales.sources import Aggregate
from xlsales.tables.cells import is_empty, read_text
from xlsales.tables.parse import Parsed


@dataclass
class RunResult:
    """What came of a run; ``tables`` counts the rows written per table, ``run`` holds what the steps found."""

    workbook: str
    as_of: str
    steps: list[StepReport]
    tables: dict[str, int]
    issues: list[dict[str, Any]]
    seconds: float
    frames: dict[str, pd.DataFrame] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)
    run: Run | None = field(default=None, repr=False)

    def count(self, severity: str) -> int:
        """Number of issues of a severity."""
        return sum(issue["severity"] == severity for issue in self.issues)

    def document(self) -> dict[str, Any]:
        """The JSON document of ``xlsales run --json``."""
        return {
            "workbook": self.workbook,
            "as_of": self.as_of,
            "steps": [
                {"step": s.step, "status": s.status, "headline": s.headline, "issues": s.issues} for s in self.steps
            ],
            "tables": self.tables,
            "issues": {severity: self.count(severity) for severity in ("error", "warning", "note")},
            "seconds": round(self.seconds, 3),
        }


_ORDER = {"error": 0, "warning": 1, "note": 2}


def issue_rows(book: Book, found: Sequence[tuple[str, Issue]], per_kind: int) -> list[dict[str, Any]]:
    """Issues as rows, errors first; of each kind at most ``per_kind``, and one row that counts the rest."""
    kinds = Counter((step, issue.code, issue.severity, issue.table) for step, issue in found)
    shown: Counter[tuple[str, str, str, str]] = Counter()
    rows = []
    for step, issue in sorted(found, key=lambda pair: _ORDER[pair[1].severity]):
        kind = (step, issue.code, issue.severity, issue.table)
        shown[kind] += 1
        if shown[kind] <= per_kind:
            rows.append(_row(book, step, issue))
        elif shown[kind] == per_kind + 1:
            rest = Issue(issue.severity, "more_of_same", issue.table, row=-1, place=issue.place.split(":")[0],
                         params={"count": kinds[kind] - per_kind})
            rows.append(_row(book, step, rest))
    return rows


def _row(book: Book, step: str, issue: Issue) -> dict[str, Any]:
    params = {**issue.params, "table": table_name(book, str(issue.params.get("table", issue.table)))}
    issue = Issue(issue.severity, issue.code, issue.table, issue.column, issue.row, issue.key, issue.place,
                  issue.found, params)
    return {
        "severity": issue.severity,
        "step": step,
        "table": table_name(book, issue.table) if issue.table else "",
        "cell": book.cell(issue),
        "found": "" if is_empty(issue.found) else read_text(issue.found),
        "expected": book.texts.expected(issue),
        "remedy": book.texts.remedy(issue),
    }


def issue_document(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The rows of ``xlsales check --json``."""
    keys = ("severity", "table", "cell", "found", "expected", "remedy")
    plain = [{**row, "cell": row["cell"].text if isinstance(row["cell"], Link) else row["cell"]} for row in rows]
    return [{key: row[key] for key in keys} for row in plain]


def steps_table(
    book: Book, reports: Sequence[StepReport], rows: Sequence[Mapping[str, Any]], now: datetime
) -> pd.DataFrame:
    """The table on Start: one row per step, and the check."""
    counts = Counter(row["step"] for row in rows)
    named = {r.step for r in reports}
    others = sum(n for step, n in counts.items() if step not in named)
    table = [
        {"step": r.step, "status": r.status, "last_run": now, "issues": counts[r.step], "headline": r.headline}
        for r in reports
    ]
    found = Counter(row["severity"] for row in rows)
    counted = book.texts.say("cli", "issues_count" if rows else "no_issues", **{s: found[s] for s in _ORDER})
    table.append({"step": "check", "status": "done", "last_run": now, "issues": others, "headline": counted})
    return pd.DataFrame(table)


def history_row(book: Book, ledger: Aggregate, summary: Mapping[str, Any]) -> dict[str, Any]:
    """One row of the history: when, which version, and fingerprints of settings and input."""
    inputs = [key for key, t in book.schema.tables.items() if t.is_users and key in book.names and key not in _NO_INPUT]
    return {
        "version": __version__,
        "settings_hash": _fingerprint([book.parsed("settings").frame[["key", "value"]].astype(str)]),
        "input_hash": _fingerprint([
            ledger.monthly, ledger.invoices, *(_users_cells(book.parsed(key)) for key in inputs)
        ]),
        **summary,
    }


# The ledger's rows come as the aggregate, whatever their source; the rest is no input, or written by runs.
_NO_INPUT = frozenset({"settings", "ledger", "ledger_sources", "name_map", "plan", "column_map"})


def _users_cells(parsed: Parsed) -> pd.DataFrame:
    """What users wrote in a table, without the tool's columns, which change with every run."""
    users = [c.key for c in parsed.table.columns if c.owner == "user" and c.key in parsed.headings]
    named = {parsed.headings[key]: key for key in (*users, *parsed.criteria)}
    cells = parsed.raw.loc[parsed.frame.index, list(named)].rename(columns=named)
    # A host may say 2 or 2.0 for the same cell.
    return cells.map(lambda cell: int(cell) if isinstance(cell, float) and cell.is_integer() else cell).astype(str)


def _fingerprint(frames: Sequence[pd.DataFrame]) -> str:
    digest = hashlib.sha256()
    for frame in frames:
        digest.update(",".join(map(str, frame.columns)).encode("utf-8"))
        # Added up: the order in which sums come from an engine means nothing.
        digest.update(pd.util.hash_pandas_object(frame, index=False).to_numpy().sum().tobytes())
    return digest.hexdigest()[:12]

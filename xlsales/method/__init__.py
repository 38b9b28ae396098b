"""The method: the steps in order, from the tables of a workbook to its tables."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from xlsales.hosts import Host
from xlsales.issues import Issue, WrongUse
from xlsales.method.analysis_date import choose_as_of
from xlsales.method.book import Book
from xlsales.method.inside_out import activities_step, plan_step
from xlsales.method.ledger import Asked, LedgerInput, check_sources, gather_ledger
from xlsales.method.outside_in import customers_table
from xlsales.method.portfolio import segment_step
from xlsales.method.position import compare_step
from xlsales.method.potential import complete_potential, potential_step
from xlsales.method.relation import hierarchy_step
from xlsales.method.report import RunResult, history_row, issue_rows, steps_table
from xlsales.method.revenue import revenue_step
from xlsales.method.run import Run, StepReport
from xlsales.method.settings import read_settings
from xlsales.method.survey import expectations_step
from xlsales.sources import ReadOptions
from xlsales.steps.revenue import cut_day
from xlsales.tables.schema import load_schema


@dataclass(frozen=True)
class StepDefinition:
    """A step in the method's order, and the tables it fills."""

    name: str
    work: Callable[[Run], StepReport]
    fills: tuple[str, ...]


_WORK: Mapping[str, Callable[[Run], StepReport]] = {
    "revenue": revenue_step,
    "segment": segment_step,
    "potential": potential_step,
    "expectations": expectations_step,
    "compare": compare_step,
    "hierarchy": hierarchy_step,
    "activities": activities_step,
    "plan": plan_step,
}
STEPS = tuple(StepDefinition(step.name, _WORK[step.name], step.fills) for step in load_schema().steps.values())


@dataclass(frozen=True)
class RunOptions:
    """What a door may ask of a run. ``today`` and ``now`` come from the door: no step knows the clock.

    changes: what if, in place of the rows of the sheet What if; for a run that is not saved. fill: put the answers into
    the host's tables; without it the host is only read.
    """

    today: date
    now: datetime
    ledger: Sequence[str] = ()
    steps: Sequence[str] = ()
    as_of: date | None = None
    read: ReadOptions = field(default_factory=ReadOptions)
    progress: Callable[[str, int, int], None] = field(default=lambda name, done, of: None)
    changes: pd.DataFrame | None = None
    fill: bool = True


def run_method(host: Host, path: str, options: RunOptions) -> RunResult:
    """Read the tables, run the steps in order and write the tool's tables into the host (not yet saved)."""
    started = time.perf_counter()
    chosen = _chosen(options.steps)
    book = Book(host, path)
    book.add_criterion_columns()
    run, ledger = _prepare(book, options, Path(path).absolute().parent)
    reports = []
    for i, step in enumerate(STEPS):
        options.progress(book.texts.say("step", step.name), i, len(STEPS))
        reports.append(step.work(run))
    run.tables["customers"] = customers_table(run)
    complete_potential(run)
    rows = issue_rows(book, run.issues, run.settings["issues_per_kind"])
    frames = _wanted(run, chosen)
    if not run.ledger_away:
        frames["ledger_sources"] = ledger.sources.assign(read_at=options.now)
    if ledger.names is not None:
        frames["name_map"] = ledger.names.table
    frames["issues"] = pd.DataFrame(rows, columns=list(book.schema.table("issues").keys))
    steps = steps_table(book, [r for r in reports if r.step in chosen], rows, options.now)
    elapsed = time.perf_counter() - started
    result = RunResult("", run.as_of.isoformat(), [], {}, rows, elapsed, frames, run.settings, run)
    frames["history"] = _history(book, run, result, options.now)
    frames["steps"] = _with_other_steps(book, steps)
    for key, frame in frames.items():
        if key == "issues" and book.short:
            rows += issue_rows(book, [("check", _short(book, short)) for short in book.short], 99)
            frame = pd.DataFrame(rows, columns=list(frame.columns))
        if options.fill:
            book.write(key, frame, users_too=key == "plan", whole=key == "ledger_sources" and bool(options.ledger))
        result.tables[key] = len(frame)
    counts = dict(zip(steps["step"], steps["issues"], strict=True))
    result.steps = [replace(r, issues=counts[r.step]) for r in reports if r.step in chosen]
    result.seconds = time.perf_counter() - started
    options.progress("", len(STEPS), len(STEPS))
    return result


def check(host: Host, path: str, options: RunOptions) -> RunResult:
    """Only the issues: a whole run whose tables are thrown away."""
    return run_method(host, path, options)


def _chosen(names: Sequence[str]) -> set[str]:
    known = [step.name for step in STEPS]
    for name in names:
        if name not in known:
            raise WrongUse("unknown_step", step=name, steps=known)
    return set(names) or set(known)


def _prepare(book: Book, options: RunOptions, folder: Path) -> tuple[Run, LedgerInput]:
    """Read the input, choose the analysis date and list what is wrong with the tables."""
    settings, problems = read_settings(book)
    check_sources(options.ledger, options.read)
    wanted = options.as_of or settings["as_of"]

    def reading(done: int, of: int) -> None:
        options.progress(book.texts.say("cli", "reading"), done, of)

    cut = cut_day(wanted, str(settings["window_kind"])) if wanted else 31
    asked = Asked(options.ledger, options.read, cut, reading)
    ledger = gather_ledger(book, asked, folder, str(settings["home_currency"]))
    last = _last_as_of(book) if ledger.away else None
    as_of, dated = choose_as_of(ledger.aggregate.monthly, wanted or last, options.today)
    seen_until = as_of if wanted else max(as_of, options.today)
    run = Run(book, settings, as_of, ledger.aggregate, seen_until, bool(ledger.away), options.changes)
    run.add("settings", problems)
    run.add("ledger", ledger.issues + dated)
    run.add("check", _table_issues(book) + _reference_issues(book, set(ledger.aggregate.monthly["customer_no"])))
    return run, ledger


def _last_as_of(book: Book) -> date | None:
    """The analysis date of the last run."""
    past = book.parsed("history").frame["as_of"].dropna()
    return past.iloc[-1].date() if len(past) else None


def _table_issues(book: Book) -> list[Issue]:
    """What is wrong in the users' tables, and which tables are missing."""
    missing = [
        Issue("warning", "table_missing", key, found=table.name[book.language], params={"table": key})
        for key, table in book.schema.tables.items()
        if key not in book.names and key not in _OPTIONAL
    ]
    skipped = ("ledger", "settings")
    tables = [key for key, t in book.schema.tables.items() if t.is_users and key in book.names and key not in skipped]
    ids = book.parsed("criteria").good["criterion_id"]
    taken = [
        Issue("error", "criterion_reserved", "criteria", "criterion_id", int(str(row)), found=i)
        for row, i in ids[ids.isin(book.reserved)].items()
    ]
    return missing + taken + [issue for key in tables for issue in book.parsed(key).issues]


# Without the ledger their figures stand as they were.
_OF_THE_LEDGER = frozenset({"revenue", "segment", "potential"})
_OPTIONAL = frozenset({"column_map", "history", "proposals", "survey_key", "survey_log"})


def _reference_issues(book: Book, in_ledger: set[str]) -> list[Issue]:
    """Cells that point at a row that does not exist. Unknown customers still count; the rest do not."""
    customers = {*book.parsed("customers").good["customer_no"], *in_ledger}
    known = {"customers": customers}
    aliases = {"criteria": {c.name.casefold() for c in book.criteria}}
    issues: list[Issue] = []
    for table in book.schema.tables.values():
        for column in table.columns:
            if not column.ref or table.key not in book.names:
                continue
            if column.ref not in known:
                target = book.schema.table(column.ref)
                known[column.ref] = set(book.parsed(column.ref).frame[target.index[0]])
            cells = book.parsed(table.key).good[column.key]
            wrong = ~cells.isin(known[column.ref]) & ~cells.str.casefold().isin(aliases.get(column.ref, ()))
            for row, cell in cells[(cells != "") & wrong].items():
                issues.append(_unknown(table.key, column.key, int(str(row)), (cell, column.ref)))
    return issues


def _unknown(table: str, column: str, row: int, cell: tuple[Any, str]) -> Issue:
    if cell[1] == "customers":
        return Issue("warning", "unknown_customer", table, column, row, found=cell[0])
    return Issue("error", "unknown_reference", table, column, row, found=cell[0], params={"table": cell[1]})


def _wanted(run: Run, chosen: set[str]) -> dict[str, pd.DataFrame]:
    """The frames to write; a chosen step without input leaves its tables empty."""
    keys = [key for step in STEPS if step.name in chosen for key in step.fills]
    if run.ledger_away:
        kept = {key for step in STEPS if step.name in _OF_THE_LEDGER for key in step.fills}
        keys = [key for key in keys if key not in kept]
    users = {key for key in keys if run.book.schema.table(key).is_users}
    return {key: _frame(run, key, key in users) for key in dict.fromkeys(keys)}


def _frame(run: Run, key: str, users: bool) -> pd.DataFrame:
    if key in run.tables:
        return run.tables[key]
    table = run.book.schema.table(key)
    index = list(table.index) if users else list(table.keys)
    return pd.DataFrame(columns=index)


def _with_other_steps(book: Book, steps: pd.DataFrame) -> pd.DataFrame:
    """The rows of the steps just run, and those that stand there for the others, in the method's order."""
    past = book.parsed("steps").frame
    others = past[~past["step"].isin({"", *steps["step"]})]
    order = {name: i for i, name in enumerate([*(step.name for step in STEPS), "check"])}
    table = pd.concat([others, steps], ignore_index=True) if len(others) else steps
    return table.sort_values("step", key=lambda names: names.map(order), ignore_index=True)


def _short(book: Book, key: str) -> Issue:
    name = book.schema.table(key).name[book.language]
    return Issue("warning", "table_short", key, row=-1, found=name, params={"table": key})


def _history(book: Book, run: Run, result: RunResult, now: datetime) -> pd.DataFrame:
    """The history with this run's row at its end."""
    past = book.parsed("history").frame
    summary = {
        "time": now,
        "as_of": pd.Timestamp(run.as_of),
        "ledger_rows": int(run.ledger.monthly["rows"].sum()),
        "customers": len(run.tables["customers"]),
        "errors": result.count("error"),
        "warnings": result.count("warning"),
        "seconds": round(result.seconds, 2),
    }
    row = history_row(book, run.ledger, summary)
    kept = past.to_dict("records")
    return pd.DataFrame([*kept, row], columns=list(book.schema.table("history").keys))

"""The verb what if: the plan with other hours, weights or activities beside the present one; nothing is written."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import pandas as pd

from xlsales.choosing.scenario import Scenario
from xlsales.closed import open_workbook
from xlsales.commands import print_json
from xlsales.issues import CannotRead, Issue, WrongUse
from xlsales.method import RunOptions, run_method
from xlsales.method.book import Book
from xlsales.method.plan_choice import choice_issues
from xlsales.method.quarters import quarter_days
from xlsales.method.report import issue_document, issue_rows
from xlsales.method.run import Run
from xlsales.progress import progress_bar
from xlsales.tables.cells import read_number, read_percent
from xlsales.tables.schema import load_schema, nearest
from xlsales.tables.texts import Texts

_DONE, _ISSUES, _MISUSED = 0, 1, 2
_COLUMNS = ["kind", "subject", "detail", "value"]
_WITHOUT_VALUE = ("must", "must_not", "without")
_NO_LIMIT = ("", "none", "ingen")
_OF_THE_PLAN = ("plan_conflict", "plan_not_proven")
_LISTED = 1000


def whatif(options: Namespace) -> int:
    """Choose with the changes asked for, or with those of the sheet, and print now and then side by side."""
    host = open_workbook(options.workbook)
    book = Book(host, options.workbook)
    asked = [_change(book, kind, text) for kind, text in options.changes]
    changes = pd.DataFrame(asked, columns=_COLUMNS, dtype=object) if asked else None
    given = len(asked) or len(book.parsed("scenario").good)
    if not given:
        raise WrongUse("whatif_nothing", path=options.workbook)
    now = datetime.now().replace(microsecond=0)
    bar = progress_bar(options.json)
    asked_for = RunOptions(now.date(), now, progress=bar, changes=changes, fill=False)
    result = run_method(host, options.workbook, asked_for)
    run = result.run
    found: Scenario | None = run.results.get("scenario") if run else None
    if run is None or found is None:
        raise CannotRead("no_plan_yet", path=options.workbook, why=result.steps[-1].headline)
    placed = [_placed(run, issue, options.changes) for issue in found.issues]
    problems = issue_rows(book, [("plan", issue) for issue in [*placed, *_of_then(run, found)]], _LISTED)
    issues = issue_document(problems)
    nothing = len(found.issues) == given
    if options.json and not nothing:
        print_json({"totals": _totals(run, found), "activities": _activities(run), "issues": issues})
    elif not nothing:
        _print(run, found, book.texts)
    for row in issues:
        print(_line(row), file=sys.stderr)
    return _MISUSED if nothing else _ISSUES if any(row["severity"] == "error" for row in issues) else _DONE


def _change(book: Book, kind: str, text: str) -> tuple[str, str, str, Any]:
    """A change as the sheet What if has it: kind, subject, detail, value."""
    if kind == "budget":
        return kind, "", "", "" if text.strip().casefold() in _NO_LIMIT else _number(kind, text)
    if kind in _WITHOUT_VALUE:
        return kind, activity_id(book, text), "", ""
    subject, sign, value = text.rpartition("=")
    if not sign and kind != "hours":
        subject, value = text, ""
    detail = ""
    if kind == "relation":
        subject, _, detail = subject.rpartition(":")
    elif kind == "hours" and quarter_days(last := subject.rpartition(":")[2]):
        subject, detail = subject.rpartition(":")[0], last
    if kind.startswith("activity") or kind == "relation":
        subject = activity_id(book, subject)
    return kind, subject.strip(), detail.strip(), _number(kind, value)


def _number(kind: str, text: str) -> Any:
    """The number, also with a decimal comma; a weight also in per cent. A text that is none stays, to be told of."""
    number = read_percent(text) if kind == "weight" else read_number(text)
    return text if number is None else number


def activity_id(book: Book, text: str) -> str:
    """The id of an activity by its id or its name, without regard to case; the text itself where it is neither."""
    rows = book.parsed("activities").good
    folded = text.strip().casefold()
    for column in ("activity_id", "activity"):
        hits = rows.loc[rows[column].astype(str).str.strip().str.casefold() == folded, "activity_id"]
        if len(hits) == 1:
            return str(hits.iloc[0])
    return text.strip()


def _placed(run: Run, issue: Issue, changes: Sequence[tuple[str, str]]) -> Issue:
    """A change that could not be made, with its place on the command line or in the sheet, and what was meant."""
    inputs, found = run.results["inputs"], str(issue.found)
    known = {
        "scenario_activity": inputs.register["activity_id"].astype(str).tolist(),
        "scenario_criterion": [word for c in run.book.criteria for word in (c.id, c.name)],
        "scenario_who": inputs.resources["who"].dropna().astype(str).tolist(),
    }
    issue = replace(issue, params={**issue.params, "nearest": nearest(found, known.get(issue.code, []))})
    if changes:
        kind, text = changes[issue.row or 0]
        return replace(issue, table="", row=None, place=f"--{_option(kind)} {text}")
    rows = run.book.parsed("scenario").good.index
    return replace(issue, row=int(rows[issue.row or 0]))


def _option(kind: str) -> str:
    """How a kind of change is written on the command line."""
    return "cost" if kind == "activity_cost" else kind.replace("_", "-")


def _of_then(run: Run, found: Scenario) -> list[Issue]:
    """What is wrong with the plan as it becomes: demands that collide, or a choice that is not proven the best."""
    issues = [issue for issue in choice_issues(run, found.then) if issue.code in _OF_THE_PLAN]
    return [replace(issue, table="", row=None) for issue in issues]


def _totals(run: Run, found: Scenario) -> list[dict[str, Any]]:
    """Every measure now and then; gap is how much better another choice could at most be, a share."""
    gap = found.totals.iloc[0]
    now, then = float(gap["gap_now"]), float(gap["gap_then"])
    row = {"measure": "gap", "now": now, "then": then, "difference": then - now}
    return [*(_plain(r) for r in run.tables["scenario_totals"].to_dict("records")), row]


def _activities(run: Run) -> list[dict[str, Any]]:
    keys = load_schema().table("scenario_activities").keys
    return [_plain(row) for row in run.tables["scenario_activities"][list(keys)].astype(object).to_dict("records")]


def _plain(row: dict[Any, Any]) -> dict[str, Any]:
    return {str(key): None if value is None or value != value else value for key, value in row.items()}


def _print(run: Run, found: Scenario, texts: Texts) -> None:
    """The sums side by side, then what enters and what leaves."""
    schema, language = load_schema(), texts.language
    columns = {c.key: c.heading[language] for c in schema.table("scenario_totals").columns}
    lines = [["", columns["now"], columns["then"], columns["difference"]]]
    for row in _totals(run, found):
        key = row["measure"]
        label = texts.say("whatif", "gap") if key == "gap" else schema.label("scenario_measure", key, language)
        form = {"cost": "kronor", "gap": "share"}.get(key, "number")
        cells = [texts.say("whatif", form, value=row[side]) for side in ("now", "then")]
        change = row["difference"]
        sign = "+" if change > 0 else "\u2212" if change < 0 else ""
        lines.append([str(label), *cells, sign + texts.say("whatif", form, value=abs(change))])
    widths = [max(len(line[place]) for line in lines) for place in range(4)]
    for label, *cells in lines:
        print("  ".join([label.ljust(widths[0]), *(c.rjust(w) for c, w in zip(cells, widths[1:], strict=True))]))
    moved = [row for row in _activities(run) if row["change"] in ("enters", "leaves")]
    for change in ("enters", "leaves"):
        rows = [row for row in moved if row["change"] == change]
        if rows:
            print(f"\n{texts.say('whatif', change)}")
        for row in rows:
            side = "then" if change == "enters" else "now"
            said = {"id": row["activity_id"], "activity": row["activity"]}
            print(texts.say("whatif", "moved", hours=row[f"hours_{side}"], benefit=row[f"benefit_{side}"], **said))
    print(texts.say("whatif", "measured" if moved else "same"))
    print(texts.say("cli", "dry_run"))


def _line(row: dict[str, Any]) -> str:
    """A problem as ``xlsales check`` lists it."""
    found = f" ”{row['found']}”" if row["found"] else ""
    place = f"{row['cell']}:{found} " if row["cell"] else ""
    return f"{place}{row['expected']} {row['remedy']}"

"""The demo: a made-up company from ledger to plan, and what the figures say of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, time
from pathlib import Path
from typing import Any

import pandas as pd

from xlsales.build.demo import Demo, build_demo
from xlsales.build.template import build_template
from xlsales.hosts.file import FileHost
from xlsales.issues import CannotWrite
from xlsales.method import RunOptions, run_method
from xlsales.method.book import Book
from xlsales.method.report import RunResult
from xlsales.method.transfer import put_rows
from xlsales.tables.folder import text_folder
from xlsales.tables.schema import Language, load_schema
from xlsales.tables.texts import Texts

_WORKBOOK = {"sv": "xlsales-demo.xlsx", "en": "xlsales-demo-en.xlsx"}
_FIRST = ("settings", "criteria")


def make_demo(folder: Path, language: Language, progress: Callable[[str, int, int], None]) -> int:
    """Build the demo's ledger and workbook in a folder, run every step and print the findings."""
    workbook, result, company = build_and_run(folder, language, progress)
    texts = Texts(language)
    print(texts.say("cli", "findings_title", company=company))
    for line in findings(result, texts):
        print(f"- {line}")
    print(texts.say("cli", "open_workbook", path=workbook))
    return 0


def build_and_run(
    folder: Path, language: Language, progress: Callable[[str, int, int], None]
) -> tuple[Path, RunResult, str]:
    """The demo's workbook, the result of its run, and the company's name."""
    demo = build_demo(text_folder("samples") / "demo", language)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        ledger, workbook = folder / "demo-ledger.csv", folder / _WORKBOOK[language]
        ledger.write_bytes(demo.ledger_csv.encode("cp1252"))
        build_template(workbook, language)
    except OSError as problem:
        raise CannotWrite("cannot_save", path=str(folder), reason=problem.strerror or str(problem)) from problem
    fill(workbook, demo)
    host = FileHost.open(workbook)
    now = datetime.combine(demo.as_of, time(12))
    options = RunOptions(demo.as_of, now, ledger=(str(ledger),), as_of=demo.as_of, progress=progress)
    result = run_method(host, str(workbook), options)
    result.workbook = host.save()
    settings = demo.tables["settings"].set_index("key")["value"]
    return workbook, result, str(settings["company"])


def fill(workbook: Path, demo: Demo) -> None:
    """The users' tables of the demo into an empty workbook."""
    host = FileHost.open(workbook)
    book = Book(host, str(workbook))
    for key in [*_FIRST, *(k for k in demo.tables if k not in _FIRST)]:
        put_rows(book, key, demo.tables[key].astype(object), whole=key != "settings")
    host.save()


def findings(result: RunResult, texts: Texts) -> list[str]:
    """What a sales manager would want to know first, one sentence each."""
    lines = [step.headline for step in result.steps]
    frames = result.frames
    lines += _customer_lines(frames["customers"], texts) + _cut_lines(frames["cuts"], texts)
    activities = frames["activities"]
    for decision in ("end", "start", "develop"):
        names = list(activities.loc[activities["decision"] == decision, "activity"])
        if names:
            lines.append(texts.say("cli", f"finding_{decision}", activities=names))
    rejected = int(frames["ledger_sources"]["rejected"].sum())
    sheet = load_schema().sheets["answers"].name[texts.language]
    wrong = [issue for issue in result.issues if issue["severity"] == "error" and issue["table"] == sheet]
    aside = len({re.sub(r"\D", "", issue["cell"].text) for issue in wrong})
    lines.append(texts.say("cli", "finding_issues", rejected=rejected, answers=aside))
    return lines


def _customer_lines(customers: pd.DataFrame, texts: Texts) -> list[str]:
    lines = []
    for status, code, by in (("lost", "finding_lost", "revenue_prev"), ("reactivated", "finding_back", "revenue")):
        some = customers[customers["status"] == status].nlargest(3, by)
        names = [f"{n or number}" for n, number in zip(some["customer"], some["customer_no"], strict=True)]
        if names:
            lines.append(texts.say("cli", code, customers=names))
    return lines


def _cut_lines(cuts: pd.DataFrame, texts: Texts) -> list[str]:
    """The seller and the region that fall most."""
    lines = []
    for dimension in ("seller", "region"):
        rows = cuts[(cuts["dimension"] == dimension) & (cuts["change"] < 0) & (cuts["revenue_prev"] > 0)]
        for row in rows.nsmallest(1, "change").to_dict("records"):
            name = load_schema().label("dimension", dimension, texts.language)
            lines.append(_cut_line(row, str(name).lower(), texts))
    return lines


def _cut_line(row: dict[Any, Any], dimension: str, texts: Texts) -> str:
    pct = row["change"] / row["revenue_prev"]
    return texts.say("cli", "finding_cut", value=row["value"], dimension=dimension, change=row["change"], pct=pct)

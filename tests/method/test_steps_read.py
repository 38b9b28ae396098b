"""What a step is declared to read and fill is what it reads and fills; the ribbon's tips tell it to users."""

from __future__ import annotations

import dataclasses
import shutil
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

import xlsales.method
from tests.conftest import DemoRun
from xlsales.hosts.file import FileHost
from xlsales.method import STEPS, RunOptions, StepDefinition, run_method
from xlsales.method.book import Book
from xlsales.method.run import Run, StepReport
from xlsales.tables.schema import load_schema

DECLARED = load_schema().steps
# The ledger reaches the steps as sums, the criteria as the workbook's own list.
NOT_AS_TABLES = {"ledger", "criteria"}
# Several steps give these their columns; the last of them, or the end of the run, makes the table.
COMPLETED_LATER = {"customers", "activities", "expectation_coverage"}


@pytest.fixture(scope="module")
def touched(demo_sv: DemoRun, tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[set[str], set[str]]]:
    """Per step: the tables it reads from the workbook and those it gives new content, over the demo."""
    path = Path(shutil.copy(demo_sv.workbook, tmp_path_factory.mktemp("reads") / "demo.xlsx"))
    reads: dict[str, set[str]] = defaultdict(set)
    fills: dict[str, set[str]] = {}
    working: list[str] = []
    parsed = Book.parsed

    def noted(book: Book, key: str) -> Any:
        if working:
            reads[working[-1]].add(key)
        return parsed(book, key)

    def watched(step: StepDefinition) -> Callable[[Run], StepReport]:
        def work(run: Run) -> StepReport:
            before = dict(run.tables)
            working.append(step.name)
            report = step.work(run)
            working.pop()
            fills[step.name] = {key for key, table in run.tables.items() if before.get(key) is not table}
            return report

        return work

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Book, "parsed", noted)
        patch.setattr(xlsales.method, "STEPS", tuple(dataclasses.replace(s, work=watched(s)) for s in STEPS))
        now = datetime(2026, 10, 1, 8, 15)
        ledger = (str(demo_sv.folder / "demo-ledger.csv"),)
        run_method(FileHost.open(path), str(path), RunOptions(now.date(), now, ledger))
    return {step.name: (reads[step.name], fills[step.name]) for step in STEPS}


@pytest.mark.parametrize("name", DECLARED)
def test_a_step_reads_only_what_it_is_declared_to(name: str, touched: dict[str, tuple[set[str], set[str]]]) -> None:
    """What a step looks into is declared; what is declared is looked into, or comes from an earlier step."""
    earlier = {key for step in list(DECLARED.values())[: list(DECLARED).index(name)] for key in step.fills}
    reads = touched[name][0]
    assert reads <= set(DECLARED[name].reads)
    assert set(DECLARED[name].reads) <= reads | earlier | NOT_AS_TABLES


@pytest.mark.parametrize("name", DECLARED)
def test_a_step_fills_only_what_it_is_declared_to(name: str, touched: dict[str, tuple[set[str], set[str]]]) -> None:
    """Every table a step makes is declared; what later steps complete they make from its results."""
    assert touched[name][1] <= set(DECLARED[name].fills)
    assert set(DECLARED[name].fills) <= touched[name][1] | COMPLETED_LATER


def test_every_declared_step_has_its_work_and_known_tables_and_sheets() -> None:
    """The list in steps.toml is the list of the method, in its order."""
    schema = load_schema()
    assert [step.name for step in STEPS] == list(DECLARED)
    for step in DECLARED.values():
        assert {*step.reads, *step.fills} <= set(schema.tables)
        assert step.sheet in {schema.table(key).sheet for key in step.fills}

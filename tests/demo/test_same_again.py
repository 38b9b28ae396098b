"""The same input gives the same tables: in the other language, and in a second run."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tests.conftest import DemoRun
from xlsales.build.demo import Demo
from xlsales.hosts.file import FileHost
from xlsales.method import RunOptions, run_method
from xlsales.method.book import Book
from xlsales.method.transfer import get_table
from xlsales.tables.schema import load_schema

SCHEMA = load_schema()
TIMES = {"time", "seconds", "last_run", "read_at"}
FIGURES = {"text", "link", "any"}


def figures(run: DemoRun, key: str) -> list[tuple[str, ...]]:
    """The rows of a table without its words: numbers, dates, codes and keys, sorted. An open choice holds words too."""
    table = SCHEMA.table(key)
    words = {c.key for c in table.columns if c.type in FIGURES or c.open} | TIMES
    rows = run.table(key)
    kept = rows[[c for c in rows.columns if c not in words]]
    return sorted(tuple(map(str, row)) for row in kept.to_numpy().tolist())


@pytest.mark.parametrize("key", sorted(set(SCHEMA.tables) - {"column_map"}))
def test_both_languages_give_the_same_figures(key: str, demo_sv: DemoRun, demo_en: DemoRun) -> None:
    """The language of the workbook changes words, never a figure, a key or a code."""
    assert figures(demo_sv, key) == figures(demo_en, key)


def test_no_swedish_word_is_left_in_the_english_demo(demo_en: DemoRun) -> None:
    """The English findings are English: the only Swedish letters stand in names."""
    for word in (" och ", "Arbetsboken", "kunder", "säljare", "Avsluta"):
        assert word not in demo_en.printed


@pytest.fixture(scope="module")
def second(demo_sv: DemoRun, company: Demo) -> dict[str, list[dict[str, Any]]]:
    """The tables after a second run over the finished workbook, a day later."""
    path = Path(shutil.copy(demo_sv.workbook, demo_sv.folder / "again.xlsx"))
    host = FileHost.open(path)
    now = datetime(2026, 10, 1, 8, 15)
    options = RunOptions(now.date(), now, (str(demo_sv.folder / "demo-ledger.csv"),), (), company.as_of)
    run_method(host, str(path), options)
    book = Book(FileHost.open(host.save()))
    return {key: get_table(book, key) for key in SCHEMA.tables}


@pytest.mark.parametrize("key", sorted(set(SCHEMA.tables) - {"history"}))
def test_a_second_run_changes_no_cell(key: str, demo_sv: DemoRun, second: dict[str, list[dict[str, Any]]]) -> None:
    """The same input, settings and date give the same tables, cell for cell, but for the columns of time."""
    first = demo_sv.table(key)
    again = pd.DataFrame(second[key], columns=first.columns, dtype=object)
    kept = [c for c in first.columns if c not in TIMES]
    pd.testing.assert_frame_equal(first[kept], again[kept])


def test_the_history_has_one_row_more_with_the_same_fingerprints(
    demo_sv: DemoRun, second: dict[str, list[dict[str, Any]]]
) -> None:
    """Each run leaves a row; the same settings and the same input have the same fingerprints."""
    assert len(demo_sv.table("history")) == 1
    one, two = second["history"]
    assert {k: v for k, v in one.items() if k not in TIMES} == {k: v for k, v in two.items() if k not in TIMES}

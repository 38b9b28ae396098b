"""The same numbers everywhere: the steps give the same tables in a closed file and in an open workbook."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import datetime, time
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from xlsales.build.demo import Demo, build_demo
from xlsales.build.template import build_template
from xlsales.demo import fill
from xlsales.hosts import Host
from xlsales.hosts.excel import ExcelHost
from xlsales.hosts.file import FileHost
from xlsales.method import STEPS, RunOptions, run_method
from xlsales.method.book import Book
from xlsales.method.transfer import get_table
from xlsales.tables.folder import text_folder


@pytest.fixture(scope="module")
def demo() -> Demo:
    """The demo company."""
    return build_demo(text_folder("samples") / "demo", "sv")


@pytest.fixture(scope="module")
def filled(demo: Demo, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its workbook before any run, with the ledger beside it."""
    folder = tmp_path_factory.mktemp("demo")
    (folder / "reskontra.csv").write_bytes(demo.ledger_csv.encode("cp1252"))
    build_template(folder / "demo.xlsx", "sv")
    fill(folder / "demo.xlsx", demo)
    return folder / "demo.xlsx"


def run(host: Host, path: Path, demo: Demo) -> None:
    now = datetime.combine(demo.as_of, time(12))
    ledger = (str(path.parent / "reskontra.csv"),)
    run_method(host, str(path), RunOptions(demo.as_of, now, ledger, as_of=demo.as_of))
    host.save()


def tables(host: Host) -> dict[str, list[dict[str, Any]]]:
    """Every table by its key, without how long a run took."""
    book = Book(host)
    every = {key: get_table(book, key) for key in book.names}
    for row in every["history"]:
        row["seconds"] = None
    return every


def differences(one: dict[str, Any], other: dict[str, Any]) -> list[str]:
    return [key for key in one if not pd.DataFrame(one[key]).equals(pd.DataFrame(other[key]))]


def test_every_step_gives_the_same_tables_closed_and_open(
    demo: Demo, filled: Path, live_book: Callable[[Path], Any], tmp_path: Path
) -> None:
    """Every table, every cell: what stands in the file after a run stands in the open workbook after one."""
    path = Path(shutil.copy(filled, tmp_path / "stängd.xlsx"))
    shutil.copy(filled.with_name("reskontra.csv"), tmp_path)
    book = live_book(filled)
    for host in (FileHost.open(path), ExcelHost(book, tmp_path / "state")):
        run(host, path, demo)
    closed, opened = tables(FileHost.open(path)), tables(ExcelHost(book, tmp_path / "state"))
    assert {row["step"]: row["status"] for row in opened["steps"]} == dict.fromkeys(
        [*(step.name for step in STEPS), "check"], "done")  # fmt: skip
    assert differences(closed, opened) == []
    assert sum(map(len, opened.values())) > 500

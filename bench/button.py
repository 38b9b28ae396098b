"""A press of a button on 5 000 customers in an open workbook, beside the same step on the closed file.

    python bench/button.py [rounds]

The open workbook stands in LibreOffice through the xlwings engine of the tests, so the ratio tells what the host and a
spreadsheet program add to the step; Excel's own share can only be measured by a person who has it. In turn within each
round, after one of each that is not counted, each round with another analysis date, so that nearly every cell changes;
medians, and the median of each round's ratios. Neither reads or writes a
disk beyond what its way of working asks for: the press leaves the workbook open and unsaved, the run saves the file.
"""

from __future__ import annotations

import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

CUSTOMERS, ENTRIES = 5_000, 50_000
STEPS = ("revenue", "segment")


def ledger(path: Path) -> Path:
    """Three years of invoices, drawn once and for all: few large customers and a long tail."""
    import numpy as np

    draw = np.random.default_rng(7)
    ranks = np.arange(1, CUSTOMERS + 1)
    customers = draw.choice(ranks, ENTRIES, p=(1 / ranks) / (1 / ranks).sum())
    customers[:CUSTOMERS] = ranks
    days = np.datetime64("2023-01-01") + draw.integers(0, 3 * 365, ENTRIES)
    amounts = draw.lognormal(8, 1, ENTRIES).round(2)
    rows = (f"{d};{c:05d};Kund {c:05d} AB;{a:.2f}" for d, c, a in zip(days, customers, amounts, strict=True))
    path.write_text("\n".join(["invoice_date;customer_no;customer;amount", *rows]), "utf-8")
    return path


def options(source: Path, turn: int) -> Any:
    from xlsales.method import RunOptions

    day = date(2025, 12 - turn % 11, 28)
    return RunOptions(day, datetime(2026, 1, 1, 12), (str(source),), STEPS, day)


def closed(workbook: Path, source: Path, turn: int) -> None:
    """The step as ``xlsales run`` takes it: read the file, compute, save the file."""
    from xlsales.hosts.file import FileHost
    from xlsales.method import run_method

    host = FileHost.open(workbook)
    run_method(host, str(workbook), options(source, turn))
    host.save()


def pressed(book: Any, source: Path, turn: int) -> None:
    """The step as a button takes it: read the open tables, compute, fill them."""
    from xlsales import buttons

    asked = options(source, turn)
    buttons.run_steps(book, STEPS, buttons.Wish(asked.ledger, asked.as_of))


def measured(cases: dict[str, Callable[[int], None]], rounds: int) -> dict[str, list[float]]:
    """Seconds of each case in each round."""
    found: dict[str, list[float]] = {name: [] for name in cases}
    for turn in range(rounds + 1):
        for name, work in cases.items():
            started = time.perf_counter()
            work(turn)
            if turn:
                found[name].append(time.perf_counter() - started)
    return found


def main(rounds: int) -> None:
    import xlwings as xw

    from tests.live.engine import register
    from tests.live.office import Office
    from xlsales.build.template import build_template

    folder = Path(tempfile.mkdtemp(prefix="xlsales-bench-"))
    source, file = ledger(folder / "ledger.csv"), folder / "closed.xlsx"
    build_template(file, "sv")
    shutil.copy(file, folder / "open.xlsx")
    office = Office(folder / "office", "sv-SE")
    register(office)
    book = xw.apps.active.books.open(folder / "open.xlsx")
    try:
        cases = {
            "closed file": lambda turn: closed(file, source, turn),
            "open workbook": lambda turn: pressed(book, source, turn),
        }
        found = measured(cases, rounds)
    finally:
        office.close()
        shutil.rmtree(folder, ignore_errors=True)
    print(f"{CUSTOMERS} customers, {ENTRIES} entries, steps {', '.join(STEPS)}, {rounds} rounds")
    ratios = [o / c for o, c in zip(found["open workbook"], found["closed file"], strict=True)]
    for name, seconds in found.items():
        print(f"{name:<16}{statistics.median(seconds):>8.2f} s")
    print(f"open workbook over closed file: {statistics.median(ratios):.2f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)

"""Writing 50 000 rows × 15 columns into a filled template: ours beside what a user would otherwise run.

    python bench/write.py [rounds]

Each case runs in a fresh process, in turn; medians of time and peak memory, and their ratios to ours.
XlsxWriter starts from nothing, so it keeps nothing of the template: a lower bound, not an alternative.
"""

from __future__ import annotations

import importlib
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROWS, COLUMNS = 50_000, 15
HEADINGS = [f"Kolumn {number}" for number in range(COLUMNS)]


def body() -> dict[str, list[Any]]:
    """The cells to write: numbers, names, numbers of documents and dates, as a ledger has them."""
    import datetime as dt

    day = dt.date(2024, 1, 1)
    kinds: list[Callable[[int], Any]] = [
        lambda row: f"{row % 4000:05d}",
        lambda row: f"Kund nr {row % 4000} i Åmål AB",
        lambda row: row * 1.25,
        lambda row: row % 7,
        lambda row: day + dt.timedelta(days=row % 700),
    ]
    return {heading: [kinds[place % 5](row) for row in range(ROWS)] for place, heading in enumerate(HEADINGS)}


def template(path: Path) -> None:
    """A workbook as users have it: the table with some rows, charts, formats, names, another sheet of data."""
    import xlsxwriter

    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("Data")
    columns = [{"header": heading} for heading in HEADINGS]
    data = [[row * column for column in range(COLUMNS)] for row in range(100)]
    sheet.add_table(0, 0, 100, COLUMNS - 1, {"name": "Data", "columns": columns, "data": data})
    sheet.conditional_format(1, 2, 100, 2, {"type": "data_bar"})
    front = book.add_worksheet("Översikt")
    for place in range(2):
        chart = book.add_chart({"type": "column"})
        chart.add_series({"values": ["Data", 1, place, 100, place]})
        front.insert_chart(place * 15, 1, chart)
    book.close()


def ours(source: Path, target: Path, cells: dict[str, list[Any]]) -> None:
    """The file host of xlsales."""
    import numpy as np
    import pandas as pd

    from xlsales.hosts import TableEdit
    from xlsales.hosts.file import FileHost

    frame = pd.DataFrame({heading: pd.Series(values, dtype=object) for heading, values in cells.items()})
    host = FileHost.open(source)
    host.write("Data", TableEdit(frame, np.full(ROWS, -1, dtype=np.int64)))
    host.save(target)


def openpyxl(source: Path, target: Path, cells: dict[str, list[Any]]) -> None:
    """Load, edit, save."""
    from openpyxl import load_workbook

    book = load_workbook(source)
    sheet = book["Data"]
    for row, values in enumerate(zip(*cells.values(), strict=True), 2):
        for column, value in enumerate(values, 1):
            sheet.cell(row, column, value)
    sheet.tables["Data"].ref = f"A1:O{ROWS + 1}"
    book.save(target)


def xlsxwriter(_: Path, target: Path, cells: dict[str, list[Any]]) -> None:
    """A new workbook with the same table and nothing else."""
    import xlsxwriter as writer

    book = writer.Workbook(str(target), {"default_date_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet("Data")
    columns = [{"header": heading} for heading in HEADINGS]
    rows = list(zip(*cells.values(), strict=True))
    sheet.add_table(0, 0, ROWS, COLUMNS - 1, {"name": "Data", "columns": columns, "data": rows})
    book.close()


CASES: dict[str, Callable[[Path, Path, dict[str, list[Any]]], None]] = {
    "ours": ours,
    "openpyxl": openpyxl,
    "xlsxwriter": xlsxwriter,
}


def measured(name: str, source: Path, target: Path) -> None:
    """Run one case in this process; print its time and how much memory it needed beyond its input."""
    cells = body()
    for module in ("numpy", "pandas", "xlsxwriter", "openpyxl", "xlsales.hosts.file"):
        if name == "ours" or not module.startswith(("xlsales", "pandas", "numpy")):
            importlib.import_module(module)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.perf_counter()
    CASES[name](source, target, cells)
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({"seconds": seconds, "peak": peak / 1024, "beyond": (peak - before) / 1024}))


def main(rounds: int) -> None:
    """Every case in turn, several rounds; a table of medians."""
    found: dict[str, list[dict[str, float]]] = {name: [] for name in CASES}
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "template.xlsx"
        template(source)
        for _ in range(rounds):
            for name in CASES:
                command = [sys.executable, __file__, "--case", name, str(source), str(Path(folder) / f"{name}.xlsx")]
                found[name].append(json.loads(subprocess.run(command, check=True, capture_output=True).stdout))
    middle = {
        name: {key: statistics.median(run[key] for run in runs) for key in runs[0]} for name, runs in found.items()
    }
    print(f"{'case':<12}{'seconds':>9}{'× ours':>8}{'peak MB':>9}{'× ours':>8}")
    for name, run in middle.items():
        times, memory = run["seconds"] / middle["ours"]["seconds"], run["peak"] / middle["ours"]["peak"]
        print(f"{name:<12}{run['seconds']:>9.2f}{times:>8.1f}{run['peak']:>9.0f}{memory:>8.2f}")


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))
    if sys.argv[1:2] == ["--case"]:
        measured(sys.argv[2], Path(sys.argv[3]), Path(sys.argv[4]))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)

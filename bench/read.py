"""Reading a workbook ledger of a million rows: ours beside what a user would otherwise run.

    python bench/read.py [rounds] [--slow]

Ratios are to a bare fastexcel read of the same file; --slow adds the readers that need minutes.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from ledgers import FOLDER, xlsx
from turns import in_turn

GROUP = "f.groupby(['Kundnr', f['Fakturadatum'].dt.to_period('M'), 'Säljare', 'Varugrupp'])['Belopp exkl moms'].sum()"
BARE = "import fastexcel; fastexcel.read_excel({path!r}).load_sheet(0).to_arrow()"
OURS = "from xlsales.sources import read_ledger; read_ledger({path!r})"
PANDAS = "import pandas as pd; f = pd.read_excel({path!r}, engine={engine!r}); " + GROUP
EMPTY = "import {module}"


def main(rounds: int, slow: bool) -> None:
    """The read, the whole run, and the start of the program."""
    for rows in (100_000, 1_000_000):
        path = str(xlsx(rows))
        with tempfile.TemporaryDirectory() as folder:
            book, out = Path(folder) / "bok.xlsx", Path(folder) / "ut.xlsx"
            cli = [sys.executable, "-m", "xlsales"]
            in_turn({"new": [*cli, "new", str(book)]}, 1)
            run = [*cli, "run", str(book), "--ledger", path, "--out", str(out)]
            cases = {
                "bare fastexcel": _python(BARE.format(path=path)),
                "ours: file to aggregate": _python(OURS.format(path=path)),
                "ours: xlsales run": run,
                "pandas + calamine + groupby": _python(PANDAS.format(path=path, engine="calamine")),
            }
            if slow:
                cases["pandas + openpyxl + groupby"] = _python(PANDAS.format(path=path, engine="openpyxl"))
            print(f"\n{rows:,} rows × 10, {Path(path).stat().st_size / 1e6:.0f} MB (files in {FOLDER})")
            in_turn(cases, rounds)
    print("\nstart of the program")
    in_turn({"bare python": _python("pass"), "xlsales --help": [sys.executable, "-m", "xlsales", "--help"]}, rounds * 3)


def _python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


if __name__ == "__main__":
    numbers = [int(word) for word in sys.argv[1:] if word.isdigit()]
    main(numbers[0] if numbers else 3, "--slow" in sys.argv)

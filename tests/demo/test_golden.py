"""The demo's tables as text: a change in a figure shows as a line in the diff.

Written anew with ``pytest tests/demo --update-golden``.
"""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

from tests.conftest import GOLDEN, DemoRun
from xlsales.tables.schema import load_schema

# What changes from run to run or from version to version, and where the ledger lies.
UNSTEADY = {"time", "seconds", "last_run", "read_at", "version", "source", "settings_hash", "input_hash"}
TOOLS = [t.key for t in load_schema().tables.values() if any(c.owner == "tool" for c in t.columns)]
TOOLS += ["plan"] if "plan" not in TOOLS else []


def as_text(table: pd.DataFrame) -> str:
    """Tab-separated lines; numbers with six significant digits, so that the last bits do not matter."""
    lines = ["\t".join(map(str, table.columns))]
    lines += ["\t".join(map(_cell, row)) for row in table.itertuples(index=False)]
    return "\n".join(lines) + "\n"


def _cell(value: object) -> str:
    if value is None or value != value:
        return ""
    if isinstance(value, bool):
        return "yes" if value else ""
    if isinstance(value, int | float):
        return f"{value + 0.0:.6g}"
    return str(value).replace("\t", " ").replace("\n", " ")


@pytest.mark.parametrize("key", TOOLS)
def test_the_table_is_as_reviewed(key: str, demo_sv: DemoRun, golden: Callable[[str, str], None]) -> None:
    """Every table that the tool fills in the demo stands in tests/golden/demo."""
    table = demo_sv.table(key)
    golden(f"demo/{key}.tsv", as_text(table.drop(columns=[c for c in UNSTEADY if c in table])))


def test_no_golden_table_is_left_over() -> None:
    """A table that is no longer declared leaves no file behind."""
    assert {path.stem for path in (GOLDEN / "demo").glob("*.tsv")} == set(TOOLS)

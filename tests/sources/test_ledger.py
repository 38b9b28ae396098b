"""The whole read: nothing goes missing, published totals come out, imports stay light."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from datetime import date, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xlsales.sources import ENTRY_COLUMNS, REJECT_COLUMNS, read_rows
from xlsales.sources.entries import type_entries

NORTHWIND = Path(__file__).resolve().parents[3] / "shared" / "data" / "northwind" / "ledger.csv"

ROWS = st.tuples(
    st.dates(date(2019, 1, 1), date(2026, 12, 31)),
    st.sampled_from(["007", "1001", "A-17", ""]),
    st.integers(-(10**9), 10**9),
    st.sampled_from(["good"] * 6 + ["bad date", "no date", "bad amount", "empty row"]),
)
DIALECTS = st.fixed_dictionaries(
    {
        "delimiter": st.sampled_from([";", ",", "\t", "|"]),
        "decimal": st.sampled_from([",", "."]),
        "thousands": st.sampled_from(["", " ", "\u00a0", "other"]),
        "encoding": st.sampled_from(["utf-8", "utf-8-sig", "cp1252", "utf-16"]),
        "date": st.sampled_from(["%Y-%m-%d", "%Y%m%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y"]),
        "end": st.sampled_from(["\n", "\r\n"]),
    }
)


def _amount(ore: int, dialect: dict[str, str]) -> str:
    decimal = dialect["decimal"]
    other = "." if decimal == "," else ","
    thousands = other if dialect["thousands"] == "other" else dialect["thousands"]
    return f"{ore / 100:,.2f}".replace(",", "T").replace(".", decimal).replace("T", thousands)


def _line(row: tuple[date, str, int, str], dialect: dict[str, str]) -> list[str]:
    day, customer, ore, fate = row
    when = {"bad date": "soon", "no date": ""}.get(fate, day.strftime(dialect["date"]))
    amount = "?" if fate == "bad amount" else _amount(ore, dialect)
    return ["", "", "", "", ""] if fate == "empty row" else [when, customer, "F1", "Åsa", amount]


@settings(max_examples=150, deadline=None)
@given(st.lists(ROWS, max_size=25), DIALECTS)
def test_nothing_goes_missing(rows: list[tuple[date, str, int, str]], dialect: dict[str, str]) -> None:
    """rows = used + set aside, and their amounts add up to all that could be read, in every dialect."""
    tell = (date(2025, 12, 31), "1", 12345, "good")
    lines = [
        ["Fakturadatum", "Kundnr", "Fakturanr", "Säljare", "Netto"],
        *(_line(row, dialect) for row in [tell, *rows]),
    ]
    text = dialect["end"].join(dialect["delimiter"].join(f'"{cell}"' for cell in line) for line in lines)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ledger.txt"
        path.write_bytes(text.encode(dialect["encoding"]))
        ledger = read_rows(path)
    real = [row for row in [tell, *rows] if row[3] != "empty row"]
    good = [row for row in real if row[3] == "good" and row[1]]
    assert ledger.count == len(ledger.entries) + len(ledger.rejects) == len(real)
    assert ledger.entries.amount.tolist() == [row[2] / 100 for row in good]
    assert [str(day)[:10] for day in ledger.entries.invoice_date] == [row[0].isoformat() for row in good]
    readable = sum(row[2] for row in real if row[3] != "bad amount")
    read = np.rint(ledger.entries.amount.sum() * 100) + np.rint(np.nansum(ledger.rejects.amount) * 100)
    assert read == readable


@pytest.mark.skipif(not NORTHWIND.exists(), reason="the Northwind ledger is not beside the checkout")
def test_northwind_comes_out_as_published() -> None:
    """2 155 lines, 89 customers who bought, 1 265 793.01 in all."""
    ledger = read_rows(NORTHWIND)
    assert (ledger.count, len(ledger.entries), ledger.entries.customer_no.nunique()) == (2155, 2155, 89)
    assert round(ledger.entries.amount.sum(), 2) == 1_265_793.01
    assert ledger.warnings == []


def test_all_columns_are_always_there(tmp_path: Path) -> None:
    """Text that the source lacks is "", numbers are NaN."""
    path = tmp_path / "ledger.csv"
    path.write_text("Datum;Kundnr;Netto\n2026-01-15;1;10\n")
    ledger = read_rows(path)
    assert tuple(ledger.entries.columns) == ENTRY_COLUMNS
    assert tuple(ledger.rejects.columns) == REJECT_COLUMNS
    entry = ledger.entries.iloc[0]
    assert (entry.customer, entry.seller, entry.row_type) == ("", "", "")
    assert np.isnan([entry.quantity, entry.cost]).all()


def test_a_workbooks_own_table_is_typed_the_same_way() -> None:
    """Object cells by ledger key; the place is the caller's."""
    raw = pd.DataFrame(
        {
            "invoice_date": [datetime(2026, 1, 15), "2026-01-16", "soon", None, None],
            "customer_no": [1001.0, "0017", "3", "Summa", None],
            "amount": [10.5, "1 000,25", 7, 17.5, None],
            "seller": ["A", None, np.nan, "", None],
        },
        dtype=object,
    )
    typed = type_entries(raw, lambda row, key: f"{key}@{row}")
    assert typed.entries.customer_no.tolist() == ["1001", "0017"]
    assert typed.entries.amount.tolist() == [10.5, 1000.25]
    assert typed.rejects[["place", "why", "amount"]].to_numpy().tolist() == [["invoice_date@2", "bad_date", 7.0]]
    assert [issue.code for issue in typed.issues] == ["totals_left_out"]


def test_an_empty_table_is_typed() -> None:
    """No rows in, no rows out, the types stay."""
    raw = pd.DataFrame({"invoice_date": [], "customer_no": [], "amount": []}, dtype=object)
    typed = type_entries(raw, lambda row, key: "")
    assert (len(typed.entries), len(typed.rejects)) == (0, 0)
    assert str(typed.entries.invoice_date.dtype) == "datetime64[s]"


def test_the_package_imports_no_reader() -> None:
    """``xlsales --help`` stays quick."""
    readers = ("pandas", "duckdb", "fastexcel", "pyarrow")
    code = f"import sys, xlsales.sources; print([name for name in {readers} if name in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_a_contribution_column_gives_the_cost(tmp_path: Path) -> None:
    """A report with TB and no cost still gives the contribution per customer."""
    path = tmp_path / "tb.csv"
    path.write_text("Kundnr;Fakturadatum;Netto;TB\n1;2026-01-15;1000,00;400,00\n2;2026-01-16;-50,00;-10,00\n", "utf-8")
    read = read_rows(path)
    assert list(read.entries["cost"]) == [600.0, -40.0]
    assert read.columns["cost"] == "Netto − TB"

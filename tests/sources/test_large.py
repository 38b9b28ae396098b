"""A large text file read by one scan gives what the patient reading gives, cell by cell."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from xlsales.sources import KEYS, LedgerRead, ReadOptions, read_rows
from xlsales.sources.large import read_large
from xlsales.sources.ledger import from_rows

HEAD = "Fakturadatum;Fakturanr;Kundnr;Kundnamn;Varugrupp;Belopp exkl moms;Kostnad;Säljare;Dokumenttyp"


def money(units: int, sign: str = ",") -> str:
    """Hundredths as a person writes them."""
    return f"{'-' * (units < 0)}{abs(units) // 100}{sign}{abs(units) % 100:02d}"


def lines(count: int, way: str = "%Y-%m-%d", sign: str = ",") -> list[str]:
    """A regular ledger with credits, letters beyond ASCII, ids with zeros and rows without a cost."""
    draw = np.random.default_rng(count)
    days = pd.Timestamp("2023-01-01") + pd.to_timedelta(draw.integers(0, 900, count), "D")
    units = draw.integers(-5_000, 900_000, count)
    return [
        f"{day.strftime(way)};F{i // 3};00{i % 17};Kund Åäö{i % 17} AB;{['Rör', 'Él', ''][i % 3]};{money(unit, sign)};"
        f"{money(unit // 2, sign) if i % 7 else ''};{['Östen', 'Eva'][i % 2]};{['Faktura', 'Betalning'][i % 11 == 0]}"
        for i, (day, unit) in enumerate(zip(days, units.tolist(), strict=True))
    ]


def both(folder: Path, text: str, encoding: str = "utf-8") -> tuple[LedgerRead, LedgerRead]:
    """The file by one scan, and row by row."""
    path = folder / "ledger.csv"
    path.write_bytes(text.encode(encoding))
    large = read_large(path, ReadOptions(), 31)
    assert large is not None
    return large, from_rows(str(path), read_rows(path))


def ordered(frame: pd.DataFrame) -> pd.DataFrame:
    """Rows in the order of their keys."""
    return frame.sort_values([key for key in KEYS if key in frame], ignore_index=True)


def assert_same(large: LedgerRead, rows: LedgerRead) -> None:
    """Sums, invoices, what is set aside and why, and every place."""
    for name in ("monthly", "invoices"):
        one, other = (ordered(getattr(read.aggregate, name)) for read in (large, rows))
        pd.testing.assert_frame_equal(one, other, check_dtype=False)
    pd.testing.assert_frame_equal(large.aside, rows.aside, check_dtype=False)
    pd.testing.assert_frame_equal(large.rejects, rows.rejects, check_dtype=False)
    assert (large.rows, large.columns, large.reasons) == (rows.rows, rows.columns, rows.reasons)
    assert {w.code for w in large.warnings} == {w.code for w in rows.warnings}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "cp850"])
@pytest.mark.parametrize(("way", "sign"), [("%Y-%m-%d", ","), ("%d.%m.%Y", ","), ("%Y%m%d", "."), ("%m/%d/%Y", ".")])
def test_every_regular_dialect(tmp_path: Path, encoding: str, way: str, sign: str) -> None:
    """Encodings, date orders and decimal signs."""
    assert_same(*both(tmp_path, "\r\n".join([HEAD, *lines(400, way, sign)]) + "\r\n", encoding))


ODD = [
    "Summa;;;;;99 999,00;;;",
    HEAD,
    "2024-02-30;F9;001;A;;5,00;;;Faktura",
    "2024-02-03;F9;;A;;5,00;;;Faktura",
    "2024-02-03;F9;001;A;;fem;;;Faktura",
    ";;;;;;;;",
    "2024-02-03;F9;001;A;;1 234,50-;;;Faktura",
    "2024-02-03;F9;001;A;;(12,50);1,0;;Faktura",
    "2024-02-03;F9;001;A;;12 345 678,25;okänd;;Faktura",
    '2024-02-03;F9;001;"A; ""B""";;7,00;;;Faktura',
    '2024-02-03;F9;="0042";A;;7,00;;;Faktura',
    " 2024-02-03 ;F9; 001 ; A ;; 7,00 ;;;Faktura",
]


@settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(st.tuples(st.integers(0, 200), st.sampled_from(ODD)), max_size=12))
def test_odd_rows_are_read_as_patiently(tmp_path: Path, odd: list[tuple[int, str]]) -> None:
    """Sums, repeated headings, bad cells, signs and quotes in the midst of regular rows."""
    rows = lines(200)
    for place, line in odd:
        rows.insert(place, line)
    assert_same(*both(tmp_path, "\n".join(["Utskriven;2025-01-01", HEAD, *rows]) + "\n"))


def test_an_irregular_file_is_left_to_the_patient_reading(tmp_path: Path) -> None:
    """Customers as headings above their rows need the order of the rows."""
    path = tmp_path / "ledger.csv"
    rows = [f";;;;;{money(i)};;;" if i % 5 else f";;00{i};Kund;;;;;" for i in range(500)]
    path.write_text("\n".join([HEAD, *rows]))
    assert read_large(path, ReadOptions(), 31) is None


def test_another_table_beneath_is_left_to_the_patient_reading(tmp_path: Path) -> None:
    """A list of customers glued to the end of a ledger is not taken for bad rows."""
    path = tmp_path / "ledger.csv"
    other = ["", "Kundnr;Kundnamn;Region", "001;Alfa;Syd", "002;Beta;Norr"]
    path.write_text("\n".join([HEAD, *lines(900), *other]), "utf-8")
    assert read_large(path, ReadOptions(), 31) is None

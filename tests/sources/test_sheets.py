"""Ledgers in workbooks."""

from __future__ import annotations

import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from xlsales.issues import CannotRead
from xlsales.sources import read_ledger
from xlsales.sources.sheets import column_letters

HEAD: list[Any] = ["Fakturadatum", "Kundnr", "Kund", "Belopp exkl. moms"]


def write(path: Path, sheets: dict[str, list[list[Any]]], first_row: int = 0, first_column: int = 0) -> Path:
    with xlsxwriter.Workbook(path) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for index, row in enumerate(rows):
                for column, cell in enumerate(row):
                    look = day if isinstance(cell, datetime) else None
                    sheet.write(first_row + index, first_column + column, cell, look)
    return path


def test_dates_numbers_and_ids_keep_what_they_are(tmp_path: Path) -> None:
    """Date cells, floats, whole floats as ids, ids with leading zeros as text."""
    rows = [HEAD, [datetime(2026, 1, 15), 1001, "Åkeri AB", 1250.55], [datetime(2026, 1, 16, 8, 30), "0017", "B", -3]]
    ledger = read_ledger(write(tmp_path / "a.xlsx", {"Blad1": rows}))
    assert ledger.kind == "xlsx"
    assert ledger.entries.customer_no.tolist() == ["1001", "0017"]
    assert ledger.entries.amount.tolist() == [1250.55, -3]
    assert [str(day)[:10] for day in ledger.entries.invoice_date] == ["2026-01-15", "2026-01-16"]


def test_numbers_and_dates_as_text_stand_beside_real_ones(tmp_path: Path) -> None:
    """Someone typed a few rows."""
    rows = [
        HEAD,
        [datetime(2026, 1, 15), "1", "A", 1.234],
        ["2026-01-16", "2", "B", "1 234,50"],
        [46039, "3", "C", "5 kr"],
    ]
    ledger = read_ledger(write(tmp_path / "a.xlsx", {"Blad1": rows}))
    assert ledger.entries.amount.tolist() == [1.234, 1234.5, 5]
    assert [str(day)[:10] for day in ledger.entries.invoice_date] == ["2026-01-15", "2026-01-16", "2026-01-17"]


def test_the_place_of_a_bad_cell_is_its_address(tmp_path: Path) -> None:
    """Wherever the table stands on the sheet, with empty rows in between."""
    rows = [
        HEAD,
        [datetime(2026, 1, 15), "1", "A", 10],
        [],
        ["soon", "2", "B", 20],
        [datetime(2026, 1, 17), "3", "C", "?"],
    ]
    ledger = read_ledger(write(tmp_path / "a.xlsx", {"Blad1": rows}, first_row=4, first_column=1))
    assert ledger.rejects.place.tolist() == ["Blad1!B8", "Blad1!E9"]
    assert ledger.rejects.amount.fillna(0).tolist() == [20, 0]


def test_the_sheet_most_like_a_ledger_is_taken(tmp_path: Path) -> None:
    """Cover and returns stand beside; a second ledger is named in a warning."""
    body = [[datetime(2026, 1, day), "1", "A", 10] for day in range(1, 4)]
    sheets: dict[str, list[list[Any]]] = {
        "Omslag": [["Rapport"]],
        "2025": [HEAD, *body],
        "2026": [HEAD, *body[:2]],
        "Returer": [["Order", "Kund"], [1, 2]],
    }
    ledger = read_ledger(write(tmp_path / "a.xlsx", {**sheets, "Tom": []}))
    assert ledger.rows == 3
    warning = next(issue for issue in ledger.warnings if issue.code == "sheets_unused")
    assert (warning.params["sheet"], warning.params["sheets"]) == ("2025", ["2026"])


def test_notes_beside_the_table_do_no_harm(tmp_path: Path) -> None:
    """A cell without heading to the right, and a sum below."""
    rows = [
        HEAD,
        [datetime(2026, 1, 15), "1", "A", 10, "check this"],
        [datetime(2026, 1, 16), "2", "B", 5],
        ["Summa", "", "", 15],
    ]
    ledger = read_ledger(write(tmp_path / "a.xlsx", {"Blad1": rows}))
    assert ledger.entries.amount.sum() == 15
    assert ledger.rejects.empty


def test_a_workbook_without_cells(tmp_path: Path) -> None:
    """One line, no traceback."""
    with pytest.raises(CannotRead) as caught:
        read_ledger(write(tmp_path / "a.xlsx", {"Blad1": []}))
    assert caught.value.code == "unknown_ledger"


def changed(path: Path, part: str, old: str, new: str) -> Path:
    other = path.with_name("changed.xlsx")
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(other, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            data = source.read(name).decode("utf-8")
            target.writestr(name, data.replace(old, new) if name == part else data)
    return other


@pytest.mark.parametrize(
    ("part", "old", "new"),
    [
        ("xl/sharedStrings.xml", 'uniqueCount="', 'uniqueCount="9999999999'),
        ("xl/sharedStrings.xml", ' count="', ' count="9999999999'),
        (
            "xl/worksheets/sheet1.xml",
            "</sheetData>",
            '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>',
        ),
        ("xl/worksheets/sheet1.xml", "</sheetData>", "<row"),
        ("xl/workbook.xml", "<sheets>", "<sheets"),
    ],
)
def test_a_lying_or_broken_workbook_is_refused(tmp_path: Path, part: str, old: str, new: str) -> None:
    """Counts and extents that would end the process, and XML that ends too early."""
    path = write(tmp_path / "a.xlsx", {"Blad1": [HEAD, [datetime(2026, 1, 15), "1", "A", 10]]})
    with pytest.raises(CannotRead) as caught:
        read_ledger(changed(path, part, old, new))
    assert caught.value.code == "damaged_workbook"


def test_a_workbook_cut_short_is_refused(tmp_path: Path) -> None:
    """Half a download, and one with a flipped byte in its middle."""
    path = write(tmp_path / "a.xlsx", {"Blad1": [HEAD, [datetime(2026, 1, 15), "1", "A", 10]]})
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(CannotRead) as caught:
        read_ledger(path)
    assert caught.value.code == "damaged_workbook"


def test_column_letters() -> None:
    """A to XFD."""
    assert [column_letters(column) for column in (0, 25, 26, 701, 702, 16383)] == ["A", "Z", "AA", "ZZ", "AAA", "XFD"]

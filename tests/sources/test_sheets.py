"""Ledgers in workbooks of every kind: typed cells, addresses, and which sheets are the ledger."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sources import books
from tests.sources.books import HEAD, changed, entries, ledger_sum, xlsx
from xlsales.issues import CannotRead
from xlsales.sources import ReadOptions, Rows, read_rows, sheets
from xlsales.sources.files import kind_of
from xlsales.sources.places import column_letters, column_number
from xlsales.sources.sheets import read_grids

SHORT: list[Any] = ["Fakturadatum", "Kundnr", "Kund", "Belopp exkl. moms"]


def codes(read: Rows) -> dict[str, Any]:
    """Warning code → its parameters."""
    return {issue.code: issue.params for issue in read.warnings}


def days(read: Rows) -> list[str]:
    return [str(day)[:10] for day in read.entries.invoice_date]


def test_dates_numbers_and_ids_keep_what_they_are(tmp_path: Path) -> None:
    """Date cells, floats, whole floats as ids, ids with leading zeros as text."""
    rows = [SHORT, [datetime(2026, 1, 15), 1001, "Åkeri AB", 1250.55], [datetime(2026, 1, 16, 8, 30), "0017", "B", -3]]
    read = read_rows(xlsx(tmp_path / "a.xlsx", {"Blad1": rows}))
    assert read.kind == "xlsx"
    assert read.entries.customer_no.tolist() == ["1001", "0017"]
    assert read.entries.amount.tolist() == [1250.55, -3]
    assert days(read) == ["2026-01-15", "2026-01-16"]


def test_numbers_and_dates_as_text_stand_beside_real_ones(tmp_path: Path) -> None:
    """Someone typed a few rows."""
    rows = [
        SHORT,
        [datetime(2026, 1, 15), "1", "A", 1.234],
        ["2026-01-16", "2", "B", "1 234,50"],
        [46039, "3", "C", "5 kr"],
        [datetime(2026, 1, 18), "'4", "D", "'6"],
    ]
    read = read_rows(xlsx(tmp_path / "a.xlsx", {"Blad1": rows}))
    assert read.entries.amount.tolist() == [1.234, 1234.5, 5, 6]
    assert days(read) == ["2026-01-15", "2026-01-16", "2026-01-17", "2026-01-18"]
    assert read.entries.customer_no.tolist() == ["1", "2", "3", "4"]


def test_columns_of_numbers_and_dates_are_never_text(tmp_path: Path) -> None:
    """They come as float64 and datetime64; only what is mixed is text."""
    rows = [SHORT, *([datetime(2026, 1, n), n if n % 2 else f"A{n}", "A", n / 4] for n in range(1, 9))]
    (grid,) = read_grids(xlsx(tmp_path / "a.xlsx", {"Blad1": rows}), "xlsx")
    kinds = [str(kind) for kind in grid.cells.dtypes]
    assert kinds == ["datetime64[ms]", "str", "str", "float64"]
    assert grid.top == (tuple(SHORT),)


def odd(path: Path, cells: list[tuple[Any, str]]) -> Path:
    """A ledger whose amounts are such cells: a value and a number format, or an error."""
    with xlsxwriter.Workbook(path) as book:
        day, sheet = book.add_format({"num_format": "yyyy-mm-dd"}), book.add_worksheet("Blad1")
        sheet.write_row(0, 0, SHORT)
        for row, (cell, look) in enumerate(cells, 1):
            sheet.write(row, 0, datetime(2026, 1, row), day)
            sheet.write_row(row, 1, [1, "A"])
            if str(cell).startswith("#"):
                sheet.write_formula(row, 3, "=NA()", None, cell)
            else:
                sheet.write(row, 3, cell, book.add_format({"num_format": look}))
    return path


@pytest.mark.parametrize("error", ["#N/A", "#DIV/0!", "#REF!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!"])
def test_an_error_in_an_amount_is_set_aside_and_shown(tmp_path: Path, error: str) -> None:
    """It is never taken for an empty cell, whatever the rest of the column is."""
    read = read_rows(odd(tmp_path / "a.xlsx", [(10, "0"), (error, ""), (20, "0")]))
    assert read.entries.amount.tolist() == [10, 20]
    assert read.rejects[["place", "found", "why"]].to_numpy().tolist() == [["Blad1!D3", error, "bad_amount"]]


def test_true_among_numbers_is_no_amount(tmp_path: Path) -> None:
    """A reader makes 1 of it in silence."""
    read = read_rows(odd(tmp_path / "a.xlsx", [(10, "0"), (True, ""), (1, "0"), (2, "0")]))
    assert read.entries.amount.tolist() == [10, 1, 2]
    assert read.rejects.found.tolist() == ["true"]


def test_a_time_among_numbers_does_not_stop_the_sheet(tmp_path: Path) -> None:
    """Hours and numbers in one column are more than the reader can type."""
    read = read_rows(odd(tmp_path / "a.xlsx", [(10, "0"), (1.5, "[h]:mm"), (0.25, "0%")]))
    assert read.entries.amount.tolist() == [10, 0.25]
    assert len(read.rejects) == 1


def test_days_of_the_other_calendar_come_out_the_same(tmp_path: Path) -> None:
    """Old workbooks from a Mac count days from 1904."""
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path, {"date_1904": True}) as book:
        sheet, look = book.add_worksheet(), book.add_format({"num_format": "d mmm yyyy"})
        sheet.write_row(0, 0, SHORT)
        sheet.write_row(1, 0, [None, 1, "A", 5])
        sheet.write_datetime(1, 0, datetime(2026, 1, 15), look)
    assert days(read_rows(path)) == ["2026-01-15"]


CELLS = st.one_of(
    st.none(),
    st.integers(-(10**12), 10**12).map(lambda number: number / 8),
    st.integers(-(10**9), 10**9),
    st.booleans(),
    st.sampled_from(["", " ", "1 234,50", "12,5", "abc", "2026-01-16", "=1", "'7", "0042", "Åkeri"]),
    st.dates(date(2019, 1, 1), date(2027, 12, 31)).map(lambda day: datetime(day.year, day.month, day.day)),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(CELLS, CELLS, CELLS, CELLS), min_size=1, max_size=12))
def test_typed_cells_say_the_same_as_text(rows: list[tuple[Any, ...]]) -> None:
    """Entries, rejects and their places are those of a read where every cell passes through text."""
    usual = sheets._texts
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.xlsx"
        with xlsxwriter.Workbook(path, {"strings_to_formulas": False}) as book:
            look, sheet = book.add_format({"num_format": "yyyy-mm-dd"}), book.add_worksheet()
            for number, row in enumerate([SHORT, *rows]):
                for column, cell in enumerate(row):
                    sheet.write(number, column, cell, look if isinstance(cell, datetime) else None)
        typed = read_rows(path)
        try:
            sheets._texts = lambda extent: "all"  # type: ignore[assignment]
            texts = read_rows(path)
        finally:
            sheets._texts = usual
    pd.testing.assert_frame_equal(typed.entries, texts.entries, check_dtype=False)
    pd.testing.assert_frame_equal(typed.rejects, texts.rejects)
    assert [issue.code for issue in typed.warnings] == [issue.code for issue in texts.warnings]


def test_the_place_of_a_bad_cell_is_its_address(tmp_path: Path) -> None:
    """Wherever the table stands on the sheet, with empty rows in between."""
    rows = [
        SHORT,
        [datetime(2026, 1, 15), "1", "A", 10],
        [],
        ["soon", "2", "B", 20],
        [datetime(2026, 1, 17), "3", "C", "?"],
    ]
    read = read_rows(xlsx(tmp_path / "a.xlsx", {"Blad1": rows}, at=(4, 1)))
    assert read.rejects.place.tolist() == ["Blad1!B8", "Blad1!E9"]
    assert read.rejects.amount.fillna(0).tolist() == [20, 0]


def test_banner_and_notes_beside_the_table_do_no_harm(tmp_path: Path) -> None:
    """Lines above, a cell without heading to the right, and a sum below."""
    rows = [
        ["Kundreskontra"],
        [None, "Utskriven", datetime(2026, 2, 1)],
        [],
        SHORT,
        [datetime(2026, 1, 15), "1", "A", 10, "check this"],
        [datetime(2026, 1, 16), "2", "B", 5],
        ["Summa", "", "", 15],
    ]
    read = read_rows(xlsx(tmp_path / "a.xlsx", {"Blad1": rows}))
    assert read.entries.amount.sum() == 15
    assert read.rejects.empty


KINDS: dict[str, Callable[..., Path]] = {"xlsx": xlsx, "xls": books.xls, "xlsb": books.xlsb, "ods": books.ods}


@pytest.mark.parametrize("kind", KINDS)
def test_sheets_with_the_same_headings_are_one_ledger(tmp_path: Path, kind: str) -> None:
    """A sheet per month, in every kind of workbook; the rows keep the address on their own sheet."""
    march = entries(3)
    march[2][0] = "soon"
    months = {"Jan": [HEAD, *entries(1)], "Feb": [HEAD, *entries(2)], "Mars": [HEAD, *march]}
    path = KINDS[kind](tmp_path / "a.dat", {"Om": [["Rapport"]], **months, "Returer": [["Order", "Orsak"], [1, "x"]]})
    assert kind_of(path) == kind
    read = read_rows(path)
    total = ledger_sum(entries(1), entries(2), march) - march[2][4]
    assert (len(read.entries), round(read.entries.amount.sum(), 4)) == (14, total)
    assert read.rejects.place.tolist() == ["Mars!A4"]
    assert codes(read)["sheets_joined"]["sheets"] == ["Jan", "Feb", "Mars"]
    assert days(read)[5] == "2026-02-01"


def test_a_copy_a_part_or_a_sum_is_not_counted_again(tmp_path: Path) -> None:
    """All rows on one sheet, those of a seller on another, and sums per month under the same headings."""
    both = [*entries(1), *entries(2, first=200)]
    sums = [[datetime(2026, n, 28), "1", "Åkeri AB", None, ledger_sum(entries(n))] for n in (1, 2)]
    path = xlsx(
        tmp_path / "a.xlsx",
        {"Anna": [HEAD, *entries(1)], "Alla": [HEAD, *both], "Kopia": [HEAD, *both], "Per månad": [HEAD, *sums]},
    )
    read = read_rows(path)
    assert read.entries.amount.sum() == ledger_sum(both)
    assert codes(read)["sheets_unused"] == {"sheet": "Alla", "sheets": ["Kopia", "Anna", "Per månad"], "count": 3}


def test_rows_in_two_joined_sheets_are_told(tmp_path: Path) -> None:
    """Exports that overlap by some rows."""
    path = xlsx(tmp_path / "a.xlsx", {"A": [HEAD, *entries(1)], "B": [HEAD, *entries(1)[:2], *entries(2)]})
    read = read_rows(path)
    assert len(read.entries) == 12
    assert codes(read)["rows_in_both"] == {"count": 2}


def test_a_budget_is_never_counted_with_the_ledger(tmp_path: Path) -> None:
    """However many rows it has under the same headings."""
    path = xlsx(tmp_path / "a.xlsx", {"Budget 2026": [HEAD, *entries(1, 9)], "Utfall": [HEAD, *entries(2)]})
    read = read_rows(path)
    assert read.entries.amount.sum() == ledger_sum(entries(2))
    assert codes(read)["sheets_unused"]["sheets"] == ["Budget 2026"]


def test_a_pivot_and_other_lists_are_no_ledgers(tmp_path: Path) -> None:
    """Returns, people, and sums with row labels beside the orders."""
    rows = {
        "Pivot": [["Row Labels", "Sum of Sales"], ["Åkeri AB", 5], ["Grand Total", 5]],
        "Orders": [HEAD, *entries(1)],
        "People": [["Person", "Region"], ["Anna", "West"]],
        "Returns": [["Returned", "Order ID"], ["Yes", "100"]],
    }
    read = read_rows(xlsx(tmp_path / "a.xlsx", rows))
    assert read.entries.amount.sum() == ledger_sum(entries(1))
    assert "sheets_unused" not in codes(read)


def test_the_user_chooses_the_sheet(tmp_path: Path) -> None:
    """By name, without regard to case; a name that is not there is answered with those that are."""
    path = xlsx(tmp_path / "a.xlsx", {"Jan": [HEAD, *entries(1)], "Budget": [HEAD, *entries(2)]})
    assert days(read_rows(path, ReadOptions(sheet="budget ")))[0] == "2026-02-01"
    with pytest.raises(CannotRead) as caught:
        read_rows(path, ReadOptions(sheet="Feb"))
    assert caught.value.code == "sheet_missing"
    assert caught.value.params["sheets"] == ["Jan", "Budget"]


def test_hidden_sheets_and_rows_count_and_are_told(tmp_path: Path) -> None:
    """A filter hides rows without removing them."""
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("Om").write(0, 0, "Rapport")
        sheet = book.add_worksheet("Rader")
        sheet.hide()
        for number, row in enumerate([SHORT, ["2026-01-15", "1", "A", 10], ["2026-01-16", "2", "B", 5]]):
            sheet.write_row(number, 0, row)
        sheet.set_row(2, None, None, {"hidden": True})
    read = read_rows(path)
    assert read.entries.amount.sum() == 15
    assert codes(read)["rows_hidden"] == {"sheet": "Rader", "count": 1}


def test_a_large_sheet_is_read_in_a_process_of_its_own_with_the_same_result(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Booleans among numbers, errors and several sheets included."""
    rows = [HEAD, *entries(1), [datetime(2026, 1, 9), "9", "B", 1, True]]
    path = odd(tmp_path / "b.xlsx", [(10, "0"), ("#N/A", ""), (True, ""), (20, "0")])
    for source in (xlsx(tmp_path / "a.xlsx", {"Jan": rows, "Feb": [HEAD, *entries(2)]}), path):
        here = read_rows(source)
        monkeypatch.setattr(sheets, "LARGE", 0)
        beside = read_rows(source)
        monkeypatch.undo()
        pd.testing.assert_frame_equal(here.entries, beside.entries)
        pd.testing.assert_frame_equal(here.rejects, beside.rejects)


def test_a_workbook_without_cells_or_rows(tmp_path: Path) -> None:
    """One line, no traceback; a sheet with headings only is a ledger without rows."""
    with pytest.raises(CannotRead) as caught:
        read_rows(xlsx(tmp_path / "a.xlsx", {"Blad1": []}))
    assert caught.value.code == "unknown_ledger"
    assert len(read_rows(xlsx(tmp_path / "b.xlsx", {"Blad1": [HEAD]})).entries) == 0


def test_the_headings_are_found_wherever_the_first_cell_is(tmp_path: Path) -> None:
    """Hundreds of empty rows and columns above and beside the table."""
    path = xlsx(tmp_path / "a.xlsx", {"Blad1": [HEAD, *entries(1), ["soon", "1", "A", 7, 5]]}, at=(300, 40))
    read = read_rows(path)
    assert read.entries.amount.sum() == ledger_sum(entries(1))
    assert read.rejects.place.tolist() == [f"Blad1!{column_letters(40)}307"]


def test_strict_names_prefixes_and_cells_without_address(tmp_path: Path) -> None:
    """Other programs write <x:c>, leave out r, and share no texts."""
    path = xlsx(tmp_path / "a.xlsx", {"Blad1": [["Datum", "Kundnr", "Netto"], ["2026-01-15", "1", 5]]})
    bare = (
        '<x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><x:sheetData>'
        "<x:row><x:c t='inlineStr'><x:is><x:r><x:t>Da</x:t></x:r><x:r><x:t>tum</x:t></x:r></x:is></x:c>"
        "<x:c t='str'><x:v>Kundnr</x:v></x:c><x:c t='str'><x:v>Netto</x:v></x:c></x:row>"
        "<x:row><x:c t='str'><x:v>2026-01-15</x:v></x:c><x:c><x:v>1</x:v></x:c><x:c><x:v>5</x:v></x:c></x:row>"
        "</x:sheetData></x:worksheet>"
    )
    import zipfile

    whole = zipfile.ZipFile(path).read("xl/worksheets/sheet1.xml").decode()
    read = read_rows(changed(path, "xl/worksheets/sheet1.xml", whole, bare))
    assert (days(read), read.entries.amount.tolist()) == (["2026-01-15"], [5])


def test_column_letters() -> None:
    """A to XFD and back."""
    columns = (0, 25, 26, 701, 702, 16383)
    assert [column_letters(column) for column in columns] == ["A", "Z", "AA", "ZZ", "AAA", "XFD"]
    assert [column_number(column_letters(column)) - 1 for column in columns] == list(columns)

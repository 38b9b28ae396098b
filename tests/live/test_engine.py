"""The engine over LibreOffice answers as Excel would: values in, values out, formulas, formats."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import xlsxwriter
import xlwings as xw

from tests.hosts.workbooks import plain, rich
from tests.live.office import Locale, Office
from tests.live.refusals import Refused

Opened = Callable[[Path], xw.Book]


@pytest.fixture
def sheet(live_app: xw.App) -> xw.Sheet:
    """An empty sheet."""
    return live_app.books.add().sheets[0]


def test_values_come_back_as_excel_gives_them(live_book: Opened, tmp_path: Path) -> None:
    """Numbers are floats, dates naive datetimes, truth values bools, errors COM's numbers, nothing is None."""
    path = tmp_path / "kinds.xlsx"
    made = xlsxwriter.Workbook(str(path))
    made_sheet, day = made.add_worksheet("S"), made.add_format({"num_format": "yyyy-mm-dd"})
    made_sheet.write_row(0, 0, [1, "å", True])
    made_sheet.write_datetime(0, 4, dt.datetime(2024, 2, 29), day)
    made_sheet.write_number(0, 5, 12.5, made.add_format({"num_format": "#,##0.00 [$kr-41D]"}))
    made_sheet.write_formula(1, 0, "=1=1")
    for column, formula in enumerate(["1/0", "NA()", "#REF!", "nosuch", "SQRT(-1)", '"a"+1', "#NULL!"]):
        made_sheet.write_formula(2, column, f"={formula}")
    made.close()
    found = live_book(path).sheets["S"].range("A1:G3").raw_value
    assert found[0] == (1.0, "å", True, None, dt.datetime(2024, 2, 29), Decimal("12.5000"), None)
    assert found[1][0] is True
    assert found[2] == (-2146826281, -2146826246, -2146826265, -2146826259, -2146826252, -2146826273, -2146826288)


@pytest.mark.parametrize(
    ("given", "got", "number_format"),
    [
        ("12", 12.0, "General"), ("1,234.5", 1234.5, "General"), ("12%", 0.12, "0%"), ("7,5", "7,5", "General"),
        ("2024-02-29", dt.datetime(2024, 2, 29), "yyyy-mm-dd"), ("2023-02-29", "2023-02-29", "General"),
        ("'007", "007", "General"), ("true", True, "General"), ("", None, "General"), (None, None, "General"),
        ("-", "-", "General"), ("#N/A", -2146826246, "General"), ("=1+1", 2.0, "General"), ("'=1+1", "=1+1", "General"),
        (False, False, "General"), (dt.date(2024, 5, 1), dt.datetime(2024, 5, 1), "yyyy-mm-dd"),
    ],
)  # fmt: skip
def test_a_value_becomes_what_excel_makes_of_it(sheet: xw.Sheet, given: Any, got: Any, number_format: str) -> None:
    """Texts that read as numbers, percentages, days, truth values, errors or formulas are converted."""
    sheet["B2"].raw_value = given
    assert sheet["B2"].raw_value == got
    assert type(sheet["B2"].raw_value) is type(got)
    assert sheet["B2"].number_format == number_format


def test_a_cell_formatted_as_text_keeps_text(sheet: xw.Sheet) -> None:
    """Nothing is converted in a cell whose format is @."""
    sheet["A1:A4"].number_format = "@"
    sheet["A1:A4"].raw_value = [["007"], ["=1+1"], [7.0], ["12%"]]
    assert sheet["A1:A4"].raw_value == (("007",), ("=1+1",), ("7",), ("12%",))


def test_a_format_of_the_users_stays(sheet: xw.Sheet) -> None:
    """A day written in a cell with a format of its own keeps that; a truth value leaves no format behind."""
    sheet["A1"].number_format = "dd/mm/yyyy"
    sheet["A1:B1"].raw_value = [dt.date(2024, 5, 1), True]
    assert sheet["A1"].number_format == "dd/mm/yyyy"
    sheet["B1"].raw_value = 1
    assert (sheet["B1"].raw_value, type(sheet["B1"].raw_value)) == (1.0, float)


def test_text_that_excel_takes_for_a_formula(sheet: xw.Sheet) -> None:
    """A leading minus makes a formula and a leading at sign an error, unless an apostrophe stands before it."""
    sheet["A1:A2"].raw_value = [["-moms"], ["'-moms"]]
    assert sheet["A1:A2"].raw_value == ((-2146826259,), ("-moms",))
    with pytest.raises(Refused):
        sheet["A3"].raw_value = "@kund"


def test_a_block_of_another_shape_is_an_error(sheet: xw.Sheet) -> None:
    """Excel fills what is missing with #N/A; no test shall get so far."""
    with pytest.raises(ValueError, match="#N/A"):
        sheet["A1:B2"].raw_value = [[1, 2]]


def test_twenty_thousand_rows_are_quick(sheet: xw.Sheet) -> None:
    """A block of 400 000 cells is written and read in a few seconds."""
    rows = [[f"kund {row}" if column % 2 else float(row * column) for column in range(20)] for row in range(20_000)]
    block, start = sheet.range((1, 1), (20_000, 20)), time.perf_counter()
    block.raw_value = rows
    assert block.raw_value == tuple(map(tuple, rows))
    assert time.perf_counter() - start < 20


def test_formulas_are_excels_in_both_directions(live_book: Opened, tmp_path: Path) -> None:
    """English names, commas, Excel's sheet references; a table is not named inside itself."""
    book = live_book(rich(tmp_path / "r.xlsx"))
    kunder = book.sheets["Kunder"]
    assert kunder["F4:F7"].formula == (("=[@Belopp]*2",), ("=[@Belopp]*2",), ("=[@Belopp]*2",), ("",))
    assert kunder["D7"].formula == "=SUBTOTAL(109,[Belopp])"
    assert kunder["D7"].raw_value == 60.5
    assert kunder["B3:E4"].formula == (("Nr", "Namn", "Belopp", "Egen"), ("001", "Ås AB", "10.5", "vän"))
    for formula, value in {
        "=SUM('Två & tre'!A3:B4,Kunder!$D$4)": 20.5,
        '=SUMIFS(Kunder[Belopp],Kunder[Namn],"Berg")&", ""kr"""': '20, "kr"',
        "=ROWS(Kunder[#All])": 5.0,
        "=COUNTA(Kunder[[#Headers],[Nr]:[Belopp]])": 3.0,
        "=Kunder[@Belopp]": 20.0,
        "=SUM({1,2;3,4})": 10.0,
        "=Belopp*2": 40.0,
    }.items():
        kunder["J5"].formula = formula
        assert (kunder["J5"].raw_value, kunder["J5"].formula) == (value, formula)


def test_a_formula_fills_a_block_and_shifts(sheet: xw.Sheet) -> None:
    """Relative references follow the cell, fixed ones do not; a list of formulas goes in as it is."""
    sheet["A1:A3"].raw_value = [[1], [2], [3]]
    sheet["B1:C3"].formula = "=A1*$A$3"
    assert sheet["B1:C3"].formula[2] == ("=A3*$A$3", "=B3*$A$3")
    assert sheet["B1:B3"].raw_value == ((3.0,), (6.0,), (9.0,))
    sheet["D1"].value = [["=A1&\"x\""], [5], ["=A3"]]
    assert sheet["D1:D3"].value == ["1x", 5.0, 3.0]


def test_calculation_waits_when_it_is_manual(live_app: xw.App, sheet: xw.Sheet) -> None:
    """Formulas keep their results until the program is asked, or automatic again."""
    sheet["A1:B1"].raw_value = [1, "=A1*2"]
    live_app.calculation = "manual"
    sheet["A1"].raw_value = 5
    assert sheet["B1"].raw_value == 2.0
    live_app.calculate()
    assert sheet["B1"].raw_value == 10.0
    sheet["A1"].raw_value = 6
    live_app.calculation = "automatic"
    assert sheet["B1"].raw_value == 12.0


def test_converters_of_xlwings_work(sheet: xw.Sheet) -> None:
    """Frames, missing values, dates and dimensions pass through ``value``."""
    frame = pd.DataFrame({"dag": pd.to_datetime(["2024-01-01", None]), "antal": [1.5, float("nan")]})
    sheet["A1"].options(index=False).value = frame
    assert sheet["A1:B3"].options(ndim=2, dates=dt.date).value == [
        ["dag", "antal"], [dt.date(2024, 1, 1), 1.5], [None, None]
    ]  # fmt: skip
    back = sheet["A1"].expand().options(pd.DataFrame, index=False).value
    assert list(back.columns) == ["dag", "antal"]
    sheet["D1"].value = "=1/0"
    assert (sheet["D1"].value, sheet["D1"].options(err_to_str=True).value) == (None, "#DIV/0!")
    assert sheet["A1"].end("down").row == 2
    assert sheet.range("A2").end("right").address == "$B$2"
    assert sheet.used_range.address == "$A$1:$D$2"


def test_messages_and_switches_can_be_read(live_app: xw.App) -> None:
    """What the user would have seen is remembered, and the button is the test's choice."""
    live_app.status_bar = "Räknar…"
    assert live_app.status_bar == "Räknar…"
    live_app.status_bar = False
    assert live_app.status_bar is False
    assert live_app.alert("Klart", "xlsales", mode="info") == "ok"
    live_app.impl.answer = "no"
    assert live_app.alert("Vill du?", buttons="yes_no") == "no"
    assert [alert.prompt for alert in live_app.impl.alerts] == ["Klart", "Vill du?"]
    assert live_app.impl.statuses == ["Räknar…", ""]
    with live_app.properties(screen_updating=False, enable_events=False):
        assert not live_app.screen_updating
    assert live_app.screen_updating
    assert live_app.enable_events


def test_a_book_is_found_called_saved_and_copied(live_book: Opened, live_app: xw.App, tmp_path: Path) -> None:
    """By name, by path and as the caller; a copy holds what the workbook holds, tables included."""
    book = live_book(plain(tmp_path / "Säljbok.xlsx"))
    assert live_app.books["säljbok.xlsx"] == book == live_app.books.active == xw.Book(book.fullname)
    book.set_mock_caller()
    try:
        assert xw.Book.caller().name == "Säljbok.xlsx"
    finally:
        del xw.Book._mock_caller
    assert (bool(book.api), book.api.Date1904, book.api.AutoSaveOn, book.api.ReadOnly) == (True, False, False, False)
    assert Path(book.api.Path) / book.name == Path(book.api.FullName) == Path(book.fullname)
    book.sheets[0]["H1"].value = 42
    book.api.SaveCopyAs(str(tmp_path / "copy.xlsx"))
    copy = live_book(tmp_path / "copy.xlsx")
    assert copy.sheets["Kunder"]["H1"].value == 42
    assert copy.sheets["Kunder"].tables["Kunder"].range.address == "$B$3:$F$6"
    book.save()
    book.close()
    assert live_app.books.open(book_path := tmp_path / "live" / "Säljbok.xlsx").sheets[0]["H1"].value == 42
    assert book_path.name in [open_book.name for open_book in live_app.books]


def test_names_are_found(live_book: Opened, tmp_path: Path) -> None:
    """A defined name gives its text and its cells, and a new one counts."""
    book = live_book(rich(tmp_path / "r.xlsx"))
    assert book.names["Belopp"].refers_to == "=Kunder!$D$4:$D$6"
    assert book.names["Belopp"].refers_to_range.sheet.name == "Kunder"
    book.names.add("Ny", "='Två & tre'!$A$3")
    assert book.names["Ny"].refers_to_range.value == 1
    assert "Ny" in book.names
    assert book.sheets[0].range("Belopp").address == "$D$4:$D$6"


def test_a_protected_sheet_refuses(live_book: Opened, tmp_path: Path) -> None:
    """No value, no insertion and no filter on a protected sheet, and nothing has changed."""
    book = live_book(plain(tmp_path / "p.xlsx"))
    sheet = book.sheets[0]
    table = sheet.tables["Kunder"]
    sheet.api.Protect()
    assert sheet.api.ProtectContents is True
    for change in (
        lambda: setattr(sheet["C4"], "raw_value", "ny"),
        lambda: sheet["B5:F5"].insert("down"),
        lambda: sheet["B5:F5"].delete("up"),
        lambda: table.autofilter.apply_values(2, ["Berg"]),
        sheet["C4"].clear_contents,
    ):
        with pytest.raises(Refused):
            change()
    assert table.range.address == "$B$3:$F$6"
    sheet.api.Unprotect()
    sheet["C4"].raw_value = "ny"
    assert sheet["C4"].raw_value == "ny"


def test_notes_stay_when_values_change(live_book: Opened, tmp_path: Path) -> None:
    """A note is the user's; writing the cell leaves it."""
    sheet = live_book(rich(tmp_path / "r.xlsx")).sheets[0]
    sheet["B4:E6"].raw_value = [["x", "y", 1, "z"]] * 3
    assert sheet["E5"].note.text == "En anteckning"
    assert sheet["E4"].note is None
    sheet["E4"].add_note("ny")
    assert sheet["E4"].note.text == "ny"


def test_a_fill_is_set_and_taken_away(sheet: xw.Sheet) -> None:
    """A colour comes back as it was set."""
    assert sheet["A1"].color is None
    sheet["A1"].color = (255, 200, 0)
    assert sheet["A1"].color == (255, 200, 0)
    sheet["A1"].color = None
    assert sheet["A1"].color is None


def _seen(office: Office, path: Path) -> tuple[float, str, str]:
    """What a computer of that locale makes of a decimal value, a formula and its text."""
    document = office.open(path)
    first = document.Sheets.getByIndex(0)
    value, formula = first.getCellRangeByName("A1"), first.getCellRangeByName("A2")
    seen = value.Value + formula.Value, formula.getFormula(), value.String
    document.close(True)
    return seen


def test_both_locales_compute_the_same(office: Office, tmp_path: Path) -> None:
    """A Swedish and an English computer show a decimal differently and compute the same."""
    made = xlsxwriter.Workbook(str(tmp_path / "l.xlsx"))
    made_sheet = made.add_worksheet()
    made_sheet.write_number("A1", 1234.5)
    made_sheet.write_formula("A2", "=ROUND(A1*1.1,2)")
    made.close()
    locale: Locale = "en-US"
    english = Office(tmp_path / "en", locale)
    try:
        found, swedish = _seen(english, tmp_path / "l.xlsx"), _seen(office, tmp_path / "l.xlsx")
    finally:
        english.close()
    assert found[:2] == swedish[:2] == (1234.5 + 1357.95, "=ROUND(A1*1.1;2)")
    assert (found[2], swedish[2]) == ("1234.5", "1234,5")

"""A press in the ribbon, all the way: our macros in LibreOffice, its Python, xlwings, the steps, and the cells."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.live.bridge.start import bridged_modules, bridged_office
from tests.live.office import Locale, Office
from tests.method.company import AS_OF, file_world, ledger_rows
from xlsales.build.addin import PROJECT, addin_bytes, macro_workbook_bytes
from xlsales.tables.schema import Language, load_schema
from xlsales.tables.texts import Texts

Cells = dict[str, dict[tuple[int, int], str]]
NOT_A_DATE = "2025-13-01"


@dataclass(frozen=True)
class Screen:
    """A workbook with our macros, open in an office."""

    office: Office
    document: Any
    language: Language

    def press(self, button: str) -> str:
        """Press a button of the ribbon as it does itself; what was told, behind the kind of message."""
        return str(self.office.run(self.document, f"{PROJECT}.modPress.Press", button))

    def rows(self, key: str) -> list[dict[str, Any]]:
        """The filled rows of a table as they stand in the cells, by the keys of the columns."""
        table = load_schema().table(key)
        area = self.document.DatabaseRanges.getByName(table.name[self.language]).DataArea
        sheet = self.document.Sheets.getByIndex(area.Sheet)
        block = sheet.getCellRangeByPosition(area.StartColumn, area.StartRow, area.EndColumn, area.EndRow)
        keys = {column.heading[self.language]: column.key for column in table.columns}
        head, *body = block.getDataArray()
        named = [{keys[heading]: cell for heading, cell in zip(head, row, strict=True)} for row in body]
        return [row for row in named if any(cell != "" for cell in row.values())]

    def row(self, key: str, column: str, wanted: str) -> dict[str, Any]:
        """The one row of a table with this in a column."""
        (found,) = [row for row in self.rows(key) if row[column] == wanted]
        return found

    def label(self, choice: str, code: str) -> str:
        """A choice as the workbook shows it."""
        return str(load_schema().label(choice, code, self.language))

    def sheet(self, key: str) -> str:
        """A sheet's name."""
        return load_schema().sheets[key].name[self.language]

    @property
    def shown(self) -> str:
        """The sheet that is shown."""
        return str(self.document.CurrentController.ActiveSheet.Name)


@pytest.fixture(scope="module", params=[("sv-SE", "sv"), ("en-US", "en")], ids=lambda param: param[0])
def screen(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Screen]:
    """A workbook with a small ledger on its sheet, on a Swedish and on an American computer."""
    locale: Locale
    language: Language
    locale, language = request.param
    folder = tmp_path_factory.mktemp("buttons")
    path = _with_ledger(folder / "Åkes bok.xlsm", language)
    office = bridged_office(folder / "home", locale)
    try:
        yield Screen(office, office.open(path), language)
    finally:
        office.close()


def _with_ledger(path: Path, language: Language) -> Path:
    """A workbook as a user has it before the first run; one row of the ledger has no date."""
    path.write_bytes(macro_workbook_bytes(bridged_modules(), language))
    world = file_world(path, language)
    wrong = {"invoice_date": NOT_A_DATE, "customer_no": "001", "amount": 70.0, "customer": "Alfa AB"}
    world.type("ledger", [*ledger_rows(), wrong])
    world.setting("as_of", AS_OF)
    world.host.save()
    return path


def cells_of(document: Any, *without: str) -> Cells:
    """Every cell with something in it, as text or formula, by sheet and place."""
    found = {}
    for sheet in document.Sheets:
        cursor = sheet.createCursor()
        cursor.gotoEndOfUsedArea(False)
        end = cursor.RangeAddress
        rows = sheet.getCellRangeByPosition(0, 0, end.EndColumn, end.EndRow).getFormulaArray()
        if sheet.Name not in without:
            found[sheet.Name] = {(r, c): cell for r, row in enumerate(rows) for c, cell in enumerate(row) if cell}
    return found


def test_revenue_is_computed_and_taken_back(screen: Screen) -> None:
    """The press fills the tables to the öre and tells the headlines; Undo leaves every cell as it was."""
    before = cells_of(screen.document)
    told = screen.press("revenue")
    revenue, segment = (
        screen.row("steps", "step", screen.label("step", step))["headline"] for step in ("revenue", "segment")
    )
    say = Texts(screen.language).say
    said = [f"info: {say('step', 'revenue')}: {revenue}", f"{say('step', 'segment')}: {segment}"]
    assert told.splitlines()[:-1] == said
    assert "2026-03-31" in revenue
    bridge = [(round(row["amount"], 2), row["customers"]) for row in screen.rows("bridge")]
    assert bridge == [(1800.1, 2), (300.3, 1), (50.05, 1), (500.1, 1), (0, 0), (-800, 1), (1850.55, 3)]
    assert screen.row("customers", "customer_no", "001")["revenue"] == pytest.approx(1500.2)
    assert screen.row("customers", "customer_no", "002")["status"] == screen.label("status", "lost")
    assert screen.shown == screen.sheet("revenue")
    assert screen.press("undo").startswith("info: ")
    assert cells_of(screen.document) == before
    assert screen.press("undo").startswith("critical: ")


def test_check_lists_what_is_wrong_and_touches_nothing_else(screen: Screen) -> None:
    """The date that cannot be read is listed with its cell; no other sheet changes."""
    issues = screen.sheet("issues")
    before = cells_of(screen.document, issues)
    assert screen.press("check").startswith("info: ")
    (row,) = [row for row in screen.rows("issues") if row["found"] == NOT_A_DATE]
    assert row["severity"] == screen.label("severity", "error")
    assert screen.sheet("ledger") in row["cell"]
    assert screen.shown == issues
    assert cells_of(screen.document, issues) == before
    assert screen.press("undo").startswith("info: ")
    assert screen.rows("issues") == []


def test_a_button_shows_its_sheet_without_a_word(screen: Screen) -> None:
    """Nothing is told where the sheet says it all."""
    for button in ("settings", "ledger", "help"):
        assert screen.press(button) == ""
        assert screen.shown == screen.sheet(button)


def test_a_workbook_of_somebody_elses_is_left_alone(screen: Screen, tmp_path: Path) -> None:
    """With another workbook in front each button answers with one sentence and changes no cell of either."""
    book = openpyxl.Workbook()
    book.worksheets[0].append(["budget", 1.5, dt.datetime(2026, 1, 1)])
    book.save(tmp_path / "budget.xlsx")
    book.close()
    ours, other = cells_of(screen.document), screen.office.open(tmp_path / "budget.xlsx")
    theirs = cells_of(other)
    try:
        for button in ("revenue", "check", "run_all", "undo", "settings"):
            other.CurrentController.Frame.activate()
            told = screen.press(button)
            assert told.startswith("critical: "), told
            assert len(told.splitlines()) == 1
        assert screen.press("help") == "info: " + Texts("sv").say("excel", "help")
        assert (cells_of(other), cells_of(screen.document)) == (theirs, ours)
    finally:
        other.close(True)
        screen.document.CurrentController.Frame.activate()


def test_the_addin_works_in_the_workbook_in_front(screen: Screen, tmp_path: Path) -> None:
    """Pressed in the add-in, the button works in the workbook that is shown and not in the add-in itself."""
    path = tmp_path / "XlSales.xlam"
    path.write_bytes(addin_bytes(bridged_modules()))
    addin = screen.office.open(path)
    from_addin = Screen(screen.office, addin, screen.language)
    before, own = cells_of(screen.document), cells_of(addin)
    try:
        screen.document.CurrentController.Frame.activate()
        assert from_addin.press("revenue").startswith("info: ")
        assert [row["customers"] for row in screen.rows("bridge")] == [2, 1, 1, 1, 0, 1, 3]
        assert from_addin.press("undo").startswith("info: ")
        assert (cells_of(screen.document), cells_of(addin)) == (before, own)
    finally:
        addin.close(True)


def test_the_next_press_after_a_refusal_goes_through(screen: Screen) -> None:
    """On a protected sheet one sentence says so; with the protection gone the same press works."""
    sheet = screen.document.Sheets.getByName(screen.sheet("customers"))
    before = cells_of(screen.document)
    sheet.protect("")
    told = screen.press("revenue")
    sheet.unprotect("")
    assert told.startswith("critical: ")
    assert screen.sheet("customers") in told
    assert cells_of(screen.document) == before
    assert screen.press("revenue").startswith("info: ")
    assert screen.press("undo").startswith("info: ")

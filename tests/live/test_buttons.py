"""What a press of a button does in an open workbook, and running from outside."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from xlwings import Range

from xlsales import buttons
from xlsales.build.template import build_template
from xlsales.build.working_sheet import sheet_keys, sheet_name
from xlsales.cli import main
from xlsales.hosts import excel
from xlsales.hosts.excel import ExcelHost
from xlsales.hosts.file import FileHost
from xlsales.method.book import Book
from xlsales.method.transfer import get_table, put_file
from xlsales.tables.folder import read_toml
from xlsales.tables.ribbon import load_ribbon
from xlsales.tables.schema import LANGUAGES

LEDGER = """invoice_date,customer_no,amount,customer
2024-03-05,1,100,Ås AB
2024-02-01,2,50,Berg
2025-02-01,1,130,Ås AB
2025-03-31,3,35,Ceder & Co
2025-03-31,4,oklart,Dahl
"""


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """This user's own folder, empty."""
    monkeypatch.setattr(excel, "state_folder", lambda: tmp_path / "state" / "undo")
    monkeypatch.setattr(buttons, "state_folder", lambda: tmp_path / "state" / "undo")
    return tmp_path / "state"


@pytest.fixture
def book(live_book: Callable[[Path], Any], tmp_path: Path, state: Path) -> Any:
    """An open workbook with four invoices on its ledger sheet; it is the one whose button is pressed."""
    path = tmp_path / "kunder.xlsx"
    build_template(path, "sv")
    rows = tmp_path / "rows.csv"
    rows.write_text(LEDGER, "utf-8")
    host = FileHost.open(path)
    put_file(host, str(path), "ledger", rows, whole=True)
    host.save()
    opened = live_book(path)
    opened.set_mock_caller()
    return opened


def table(book: Any, key: str) -> list[dict[str, Any]]:
    return get_table(Book(ExcelHost(book)), key)


def bridge(book: Any) -> dict[str, Any]:
    return {row["component"]: row["amount"] for row in table(book, "bridge")}


def told(book: Any) -> str:
    """The last message shown."""
    return str(book.app.impl.alerts[-1].prompt)


def test_a_step_button_fills_shows_and_tells_and_undo_takes_it_back(book: Any) -> None:
    """The bridge foots, the sheet is in front, the message says headline and issues; then all is as before."""
    before = bridge(book)
    buttons.press("revenue")
    found = bridge(book)
    assert (found["opening"], found["new"], found["lost"], found["closing"]) == (150, 35, -50, 165)
    assert "Intäkt" in told(book)
    assert "Att åtgärda" in told(book) or "Inget att åtgärda" in told(book)
    assert book.sheets.active.name == Book(ExcelHost(book)).schema.sheets["revenue"].name["sv"]
    statuses = {row["step"]: row["status"] for row in table(book, "steps")}
    assert statuses["revenue"] == "done"
    buttons.press("undo")
    assert bridge(book) == before
    assert "tillbakatagen" in told(book)
    buttons.press("undo")
    assert "ingen tidigare version" in told(book)


def test_check_lists_the_issues_and_touches_nothing_else(book: Any) -> None:
    """Only the sheet of what to mend is written."""
    before = bridge(book)
    buttons.press("check")
    assert bridge(book) == before
    assert len(table(book, "issues")) > 0
    assert book.sheets.active.name == Book(ExcelHost(book)).schema.sheets["issues"].name["sv"]


def test_every_button_does_what_it_is_declared_to_do(book: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each runs its steps, carries out its command and shows its sheet; none ends in a surprise."""
    monkeypatch.setattr(buttons, "run_steps", lambda _, steps: f"steps: {' '.join(steps)}")
    for command in ("check", "undo", "export_plan"):
        monkeypatch.setattr(buttons, command, lambda _, name=command: f"command: {name}")
    monkeypatch.setattr(buttons, "show_cards", lambda _: "command: cards")
    monkeypatch.setattr(buttons, "add_working_sheet", lambda _, key: f"command: working_sheet {key}")
    sheets = Book(ExcelHost(book)).schema.sheets
    for button in load_ribbon().buttons:
        if button.command == "language":
            continue
        before = len(book.app.impl.alerts)
        buttons.press(button.id)
        news = [alert.prompt for alert in book.app.impl.alerts[before:]]
        known = {"run_all": ["steps: "], "help": [], "working_sheet": [f"command: working_sheet {button.id[6:]}"]}
        expected = known.get(button.command, [f"command: {button.command}"])
        assert news == (expected if button.command else [f"steps: {' '.join(button.steps)}"] * bool(button.steps))
        if button.sheet:
            assert book.sheets.active.name == sheets[button.sheet].name["sv"], button.id


def test_every_working_sheet_has_its_button() -> None:
    """The buttons are called as the sheets of the method cards, and read alike."""
    ids = [button.id for button in load_ribbon().buttons if button.command == "working_sheet"]
    assert sorted(ids) == sorted(f"sheet_{key}" for key in sheet_keys())
    for language in LANGUAGES:
        labels = read_toml(f"texts.{language}.toml")["ribbon_label"]
        assert all(labels[f"sheet_{key}"] == sheet_name(key, language) for key in sheet_keys())


def test_the_plan_is_exported_beside_the_workbook(book: Any) -> None:
    """The message names the file, which holds the open rows; no table is touched."""
    rows = Path(book.fullname).with_name("plan.json")
    rows.write_text('[{"plan_id": "E1", "what": "Ring", "owner": "Bo", "due": "2027-03-01"}]')
    put_file(ExcelHost(book), "", "plan", rows, whole=True)
    before = table(book, "plan")
    buttons.press("export_plan")
    (written,) = Path(book.fullname).parent.glob("*.ics")
    assert str(written) in told(book)
    assert table(book, "plan") == before
    assert b"BEGIN:VCALENDAR" in written.read_bytes()


def test_a_workbook_without_a_folder_is_not_exported(book: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """One on SharePoint, or one that was never saved: one sentence says what to do."""
    for name in ("https://firma.sharepoint.com/kunder.xlsx", "Bok1"):
        monkeypatch.setattr(buttons, "full_name", lambda _, found=name: found)
        buttons.press("export_plan")
        assert "Spara den på datorn" in told(book)


def test_the_cards_are_shown_where_they_are_listed(book: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The cell with the heading of the list is chosen; on a sheet somebody has emptied its top is shown."""
    chosen = []
    monkeypatch.setattr(Range, "select", lambda self: chosen.append(self.value))
    buttons.press("cards")
    help_sheet = Book(ExcelHost(book)).schema.sheets["help"].name["sv"]
    assert (book.sheets.active.name, chosen) == (help_sheet, ["Metodkort"])
    book.sheets[help_sheet].range("A1:A60").clear_contents()
    buttons.press("cards")
    assert len(chosen) == 1


def test_a_working_sheet_is_built_from_what_the_workbook_knows(book: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is copied from a workbook of its own that is gone afterwards; the message says how to be rid of it."""
    seen = []

    def copy(target: Any, path: Path, lookups: dict[str, str]) -> str:
        seen.append((path, FileHost.open(path).tables(), lookups))
        return str(target.sheets[0].name)

    monkeypatch.setattr(buttons, "copy_working_sheet", copy)
    buttons.press("sheet_usp")
    (path, _, lookups) = seen[0]
    assert not path.exists()
    assert all("IFERROR(INDEX(" in formula for formula in lookups.values())
    assert len(lookups) > 0
    assert "Ångra tar inte bort det" in told(book)


def test_a_sheet_is_found_under_another_name(book: Any) -> None:
    """Users rename sheets; the tables tell which is which."""
    sheet = Book(ExcelHost(book)).schema.sheets["settings"].name["sv"]
    book.sheets[sheet].name = "Gränser"
    buttons.press("settings")
    assert book.sheets.active.name == "Gränser"


def test_another_workbook_is_answered_with_one_sentence(live_book: Callable[[Path], Any], tmp_path: Path,
                                                        state: Path) -> None:  # fmt: skip
    """A press where none of our tables are changes nothing."""
    made = xlsxwriter.Workbook(tmp_path / "annan.xlsx")
    made.add_worksheet("Blad").add_table(0, 0, 1, 1, {"name": "Annat", "data": [[1, 2]]})
    made.close()
    other = live_book(tmp_path / "annan.xlsx")
    other.set_mock_caller()
    buttons.press("revenue")
    assert "har inga av xlsales tabeller" in told(other)
    assert other.sheets["Blad"].range("A1:B2").raw_value[1] == (1.0, 2.0)


def test_a_mistake_of_ours_is_one_sentence_and_a_log(book: Any, state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No traceback on the screen; the details are in a file that the sentence names."""
    monkeypatch.setattr(buttons, "run_method", lambda *_: 1 / 0)
    buttons.press("revenue")
    assert str(state / "error.log") in told(book)
    assert "ZeroDivisionError" in (state / "error.log").read_text("utf-8")


def test_attach_runs_on_the_open_workbook(book: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """From outside, by name; the workbook is filled and stays unsaved."""
    assert main(["attach", "KUNDER.xlsx", "--step", "revenue", "--as-of", "2025-03-31"]) == 0
    out = capsys.readouterr().out
    assert "Intäktsanalys" in out
    assert "inte sparad" in out
    assert bridge(book)["closing"] == 165
    assert main(["attach", "--undo"]) == 0
    assert bridge(book)["closing"] is None


def test_attach_to_a_workbook_that_is_not_open(book: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """The sentence names those that are."""
    assert main(["attach", "andra.xlsx"]) == 2
    assert "kunder.xlsx" in capsys.readouterr().err

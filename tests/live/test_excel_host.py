"""What only an open workbook can do wrong: protection, filters, a busy program, a break in the middle, undo."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import xlsxwriter

from tests.hosts.workbooks import edit, plain, rich
from xlsales.hosts import KEEP, Link
from xlsales.hosts.excel import ExcelHost, full_name
from xlsales.hosts.live.live_table import LiveTable
from xlsales.hosts.live.refusals import in_words
from xlsales.issues import CannotWrite

Opened = Callable[[Path], Any]


@pytest.fixture
def book(live_book: Opened, tmp_path: Path) -> Any:
    """The table Kunder at B3:F6 of an open workbook."""
    return live_book(plain(tmp_path / "bok.xlsx"))


def host(book: Any, tmp_path: Path) -> ExcelHost:
    return ExcelHost(book, tmp_path / "state")


def body(book: Any) -> list[list[Any]]:
    """What stands on the sheet now."""
    return [list(row) for row in book.sheets["Kunder"].tables["Kunder"].data_body_range.raw_value]


def active(table: Any) -> list[Any]:
    """What the table is filtered by."""
    return [
        (criterion.field, criterion.type, criterion.values, criterion.operator, criterion.value1)
        for criterion in table.autofilter.criteria if criterion.type != "none"
    ]


def changed(book: Any, tmp_path: Path, cells: dict[str, list[Any]], origin: list[int]) -> ExcelHost:
    """One edit of the table Kunder, carried out."""
    open_host = host(book, tmp_path)
    open_host.write("Kunder", edit(cells, origin))
    open_host.save()
    return open_host


def test_nothing_reaches_the_sheet_before_save(book: Any, tmp_path: Path) -> None:
    """Until then the edits are read back from memory only."""
    before, open_host = body(book), host(book, tmp_path)
    open_host.write("Kunder", edit({"Nr": ["1"]}, [0]))
    assert open_host.read("Kunder")["Nr"].to_list() == ["1"]
    assert body(book) == before
    open_host.save()
    assert [row[0] for row in body(book)] == ["1"]


def test_notes_and_formulas_go_along_with_their_row(book: Any, tmp_path: Path) -> None:
    """The program moves its own rows, so what hangs on a cell moves too and the calculated column still counts."""
    sheet = book.sheets["Kunder"]
    sheet.range("E5").add_note("ring Berg")
    changed(book, tmp_path, {"Nr": ["002", "009", "001"]}, [1, -1, 0])
    assert [row[:2] for row in body(book)] == [["002", "Berg"], ["009", None], ["001", "Ås AB"]]
    assert sheet.range("E4").note.text == "ring Berg"
    assert [sheet.range((row, 6)).raw_value for row in (4, 6)] == [40.0, 21.0]
    assert str(sheet.range("F5").formula).startswith("=")


def test_what_stands_around_the_table_moves_with_its_growth(live_book: Opened, tmp_path: Path) -> None:
    """The totals row, cells beside and formulas that sum the column."""
    book = live_book(rich(tmp_path / "rik.xlsx"))
    changed(book, tmp_path, {"Nr": ["1", "2", "3", "4"], "Belopp": [1, 2, 3, 4]}, [0, 1, 2, -1])
    sheet = book.sheets["Kunder"]
    assert sheet.range("D8").raw_value == 10
    assert sheet.range("H3").raw_value == "min egen ruta"
    assert sheet.tables["Kunder"].range.address == "$B$3:$F$8"


def test_text_is_never_a_formula(book: Any, tmp_path: Path) -> None:
    """What a ledger calls itself is shown as it is, whatever it looks like."""
    wild = ["=1+1", "=HYPERLINK(\"http://ond.example\")", "+46 70 1"]
    changed(book, tmp_path, {"Namn": wild}, [0, 1, 2])
    assert [row[1] for row in body(book)] == wild
    assert "=1+1" not in str(book.sheets["Kunder"].range("C4").formula)[:1]


def test_a_link_leads_to_its_cell(book: Any, tmp_path: Path) -> None:
    """A link is a formula that shows its text."""
    changed(book, tmp_path, {"Egen": [Link("'Kunder'!B4", "se rad 4"), "a", "b"]}, [0, 1, 2])
    cell = book.sheets["Kunder"].range("E4")
    assert cell.raw_value == "se rad 4"
    assert str(cell.formula).startswith('=HYPERLINK("#')


def test_a_protected_sheet_is_said_and_left_alone(book: Any, tmp_path: Path) -> None:
    """One sentence with the sheet's name; nothing is written."""
    before = body(book)
    book.sheets["Kunder"].api.Protect()
    with pytest.raises(CannotWrite, match="sheet_protected"):
        changed(book, tmp_path, {"Nr": ["1"]}, [0])
    assert body(book) == before


def test_a_filter_is_lifted_and_put_back(book: Any, tmp_path: Path) -> None:
    """Hidden rows are moved and written like the others, and the list is filtered as before."""
    table = book.sheets["Kunder"].tables["Kunder"]
    table.autofilter.apply_values(1, ["001"])
    filtered = active(table)
    changed(book, tmp_path, {"Nr": ["003", "002", "001"], "Belopp": [3, 2, 1]}, [2, 1, 0])
    assert [(row[0], row[1], row[2]) for row in body(book)] == [
        ("003", "Ceder & Co", 3.0), ("002", "Berg", 2.0), ("001", "Ås AB", 1.0)]  # fmt: skip
    assert active(table) == filtered != []


def test_switches_are_as_they_were_after_a_run_that_breaks(
    book: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows, cells and the screen, events, keyboard, calculation and status bar: all as before."""
    before, app = body(book), book.app
    app.calculation = "manual"

    def broken(table: LiveTable, columns: dict[str, list[Any]]) -> None:
        assert not app.screen_updating
        raise OSError("Kontakten bröts")

    monkeypatch.setattr(LiveTable, "write", broken)
    with pytest.raises(CannotWrite, match="Kontakten bröts"):
        changed(book, tmp_path, {"Nr": ["9"]}, [-1])
    monkeypatch.undo()
    assert (app.screen_updating, app.enable_events, app.interactive, app.calculation) == (True, True, True, "manual")
    assert len(body(book)) == len(before)


def test_a_break_in_the_second_table_takes_the_first_back(
    live_book: Opened, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All of a run or nothing of it."""
    book = live_book(rich(tmp_path / "rik.xlsx"))
    open_host = host(book, tmp_path)
    before = {name: open_host.read(name).to_numpy().tolist() for name in ("Kunder", "Vänster")}
    open_host.write("Kunder", edit({"Nr": ["3", "1"]}, [2, 0]))
    open_host.write("Vänster", edit({"A": [7]}, [0]))
    write = LiveTable.write

    def second_breaks(table: LiveTable, columns: dict[str, list[Any]]) -> None:
        if "A" in columns and columns["A"] == [7.0]:
            raise OSError("slut")
        write(table, columns)

    monkeypatch.setattr(LiveTable, "write", second_breaks)
    with pytest.raises(CannotWrite, match="excel_refused"):
        open_host.save()
    monkeypatch.undo()
    now = host(book, tmp_path)
    assert {name: now.read(name).to_numpy().tolist() for name in before} == before


def test_undo_brings_the_table_back_and_leaves_later_work(book: Any, tmp_path: Path) -> None:
    """The run's rows and cells go; what a person wrote afterwards stays."""
    before = body(book)
    changed(book, tmp_path, {"Nr": ["003", "009"], "Belopp": [1, 2]}, [2, -1])
    book.sheets["Kunder"].range("E4").raw_value = "skrivet efteråt"
    assert host(book, tmp_path).undo() == 1
    now = body(book)
    assert [row[:3] for row in now] == [row[:3] for row in before]
    assert [row[3] for row in now] == ["vän", "ny", "skrivet efteråt"]
    assert [row[4] for row in now] == [21.0, 40.0, 60.0]
    with pytest.raises(CannotWrite, match="nothing_to_undo"):
        host(book, tmp_path).undo()


def test_a_run_that_changes_nothing_writes_nothing(book: Any, tmp_path: Path) -> None:
    """The same cells again leave nothing to undo."""
    changed(book, tmp_path, {"Namn": ["Ås AB", "Berg", "Ceder & Co"]}, [0, 1, 2])
    with pytest.raises(CannotWrite, match="nothing_to_undo"):
        host(book, tmp_path).undo()


def test_one_run_at_a_time(book: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second run that starts meanwhile waits and then says so."""
    from xlsales.hosts import excel, runlock

    first = host(book, tmp_path)
    monkeypatch.setattr(excel, "run_lock", lambda path: runlock.run_lock(path, wait=0.2))
    first.write("Kunder", edit({"Nr": ["1"]}, [0]))
    with runlock.run_lock(first._state_file()), pytest.raises(CannotWrite, match="run_in_progress"):
        first.save()


def test_many_rows_come_in_blocks(book: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """More cells than go in one call: every row is written once, in its place, and read again."""
    from xlsales.hosts.live import live_table

    monkeypatch.setattr(live_table, "_CELLS_AT_A_TIME", 60)
    numbers = [f"K{i:03}" for i in range(150)]
    changed(book, tmp_path, {"Nr": numbers, "Belopp": list(range(150))}, [0, 1, 2] + [-1] * 147)
    found = host(book, tmp_path).read("Kunder")
    assert found["Nr"].to_list() == numbers
    assert found["Dubbel"].to_list() == [2 * i for i in range(150)]


def test_undo_is_all_or_nothing(live_book: Opened, tmp_path: Path) -> None:
    """One sheet has been protected since: no table is taken back, and afterwards every one is, once."""
    book = live_book(rich(tmp_path / "rik.xlsx"))
    open_host = host(book, tmp_path)
    names = ("Kunder", "Vänster")
    before = {name: open_host.read(name).to_numpy().tolist() for name in names}
    open_host.write("Kunder", edit({"Nr": ["1", "2", "3", "4"]}, [0, 1, 2, -1]))
    open_host.write("Vänster", edit({"A": [7, 8]}, [0, 1]))
    open_host.save()
    after = {name: host(book, tmp_path).read(name).to_numpy().tolist() for name in names}
    book.sheets["Kunder"].api.Protect()
    with pytest.raises(CannotWrite, match="sheet_protected"):
        host(book, tmp_path).undo()
    assert {name: host(book, tmp_path).read(name).to_numpy().tolist() for name in names} == after
    book.sheets["Kunder"].api.Unprotect()
    host(book, tmp_path).undo()
    assert {name: host(book, tmp_path).read(name).to_numpy().tolist() for name in names} == before


def test_formulas_of_a_users_own_come_back_with_their_row(book: Any, tmp_path: Path) -> None:
    """Each row its own formula: a dropped row that comes back has its own again."""
    sheet = book.sheets["Kunder"]
    sheet.range("E4:E6").formula = (("=D4*2",), ("fast",), ("=D6*5",))
    changed(book, tmp_path, {"Nr": ["002"], "Namn": ["Berg"]}, [1])
    assert len(body(book)) == 1
    host(book, tmp_path).undo()
    assert [str(sheet.range((row, 5)).formula) for row in (4, 5, 6)] == ["=D4*2", "fast", "=D6*5"]
    assert [row[3] for row in body(book)] == [21.0, "fast", 150.0]


def test_a_break_after_rows_were_moved_puts_notes_back_on_their_row(
    book: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rows go back as they came, with what hangs on them."""
    sheet, before = book.sheets["Kunder"], body(book)
    sheet.range("E5").add_note("ring Berg")
    write, broken = LiveTable.write, []

    def breaks_once(table: LiveTable, columns: dict[str, list[Any]]) -> None:
        if not broken:
            broken.append(True)
            raise OSError("slut")
        write(table, columns)

    monkeypatch.setattr(LiveTable, "write", breaks_once)
    with pytest.raises(CannotWrite, match="excel_refused"):
        changed(book, tmp_path, {"Nr": ["002", "009", "001"]}, [1, -1, 0])
    assert body(book) == before
    assert sheet.range("E5").note.text == "ring Berg"


def wide_below(path: Path, free: int) -> Path:
    """Two rows of a narrow table with so many free rows to a wider one, and cells to the right."""
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("Kunder")
    columns = [{"header": heading} for heading in ("Nr", "Egen")]
    sheet.add_table(0, 0, 2, 1, {"name": "Kunder", "columns": columns, "data": [["1", "a"], ["2", "b"]]})
    wider = [{"header": heading} for heading in "ABCD"]
    sheet.add_table(3 + free, 0, 4 + free, 3, {"name": "Bred", "columns": wider, "data": [[1, 2, 3, 4]]})
    book.close()
    return path


def test_a_table_above_a_wider_one_uses_the_free_rows(live_book: Opened, tmp_path: Path) -> None:
    """Excel refuses to move part of a table; there is room, so none has to be moved."""
    book = live_book(wide_below(tmp_path / "bred.xlsx", 3))
    changed(book, tmp_path, {"Nr": ["1", "2", "3", "4"]}, [0, 1, -1, -1])
    found = host(book, tmp_path)
    assert found.read("Kunder").to_numpy().tolist() == [["1", "a"], ["2", "b"], ["3", None], ["4", None]]
    assert found.read("Bred").to_numpy().tolist() == [[1, 2, 3, 4]]
    changed(book, tmp_path, {"Nr": ["1"]}, [0])
    assert host(book, tmp_path).read("Kunder").to_numpy().tolist() == [["1", "a"]]
    assert book.sheets["Kunder"].range("A3").raw_value is None


def test_a_table_without_room_is_said_in_the_users_words(live_book: Opened, tmp_path: Path) -> None:
    """The sentence names the cells; nothing is changed."""
    book = live_book(wide_below(tmp_path / "bred.xlsx", 0))
    with pytest.raises(CannotWrite, match="table_blocked"):
        changed(book, tmp_path, {"Nr": ["1", "2", "3", "4"]}, [0, 1, -1, -1])
    assert host(book, tmp_path).read("Kunder").to_numpy().tolist() == [["1", "a"], ["2", "b"]]


def test_a_new_column_takes_the_free_one_beside(book: Any, tmp_path: Path) -> None:
    """What stands further to the right stays where it is."""
    sheet = book.sheets["Kunder"]
    sheet.range("H4").raw_value = "min egen"
    changed(book, tmp_path, {"Klass": ["A", "B", "C"]}, [0, 1, 2])
    assert sheet.range("H4").raw_value == "min egen"
    assert sheet.range("G3").raw_value == "Klass"


def test_hidden_rows_are_shown_and_said_when_they_have_to_move(book: Any, tmp_path: Path) -> None:
    """A sort would leave them behind."""
    sheet = book.sheets["Kunder"]
    sheet.range("A5").rows.hidden = True
    done = changed(book, tmp_path, {"Nr": ["003", "002", "001"]}, [2, 1, 0])
    assert [row[1] for row in body(book)] == ["Ceder & Co", "Berg", "Ås AB"]
    assert done.shown_rows == ["Kunder"]


def test_many_kept_stretches_are_written_in_one_go(book: Any, tmp_path: Path) -> None:
    """Every other cell is somebody's: formulas and texts stand, the others are written."""
    rows = 120
    changed(book, tmp_path, {"Nr": [f"{i:03}" for i in range(rows)]}, [0, 1, 2] + [-1] * (rows - 3))
    book.sheets["Kunder"].range("E5").formula = "=1+1"
    cells = [f"nytt {i}" if i % 2 == 0 else KEEP for i in range(rows)]
    changed(book, tmp_path, {"Egen": cells}, list(range(rows)))
    found = host(book, tmp_path).read("Kunder")["Egen"].to_list()
    assert found[:4] == ["nytt 0", 2, "nytt 2", None]
    assert str(book.sheets["Kunder"].range("E5").formula) == "=1+1"


def test_a_workbook_on_sharepoint_is_known_by_its_address() -> None:
    """The local copy is never asked for: there may be none."""

    class Book:
        name = "Kunder.xlsx"
        api = SimpleNamespace(FullName="https://firma.sharepoint.com/Delat/Kunder.xlsx")

        @property
        def fullname(self) -> str:
            raise OSError("not synced")

    assert full_name(Book()) == "https://firma.sharepoint.com/Delat/Kunder.xlsx"


@pytest.mark.parametrize(("number", "code"), [(-2147418111, "excel_busy"), (-2147352567, "excel_refused")])
def test_a_com_error_is_one_sentence(number: int, code: str) -> None:
    """Busy is told from refused, and what Excel says of itself is passed on."""

    class com_error(Exception):  # noqa: N801
        """As pywin32 names it."""

    details = (0, "Microsoft Excel", "Det går inte att göra så", None, 0, -2146827284)
    with pytest.raises(CannotWrite, match=code), in_words():
        raise com_error(number, "Undantag", details, None)

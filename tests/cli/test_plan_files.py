"""The open rows of the plan as a list, as a calendar others can read, and as tasks."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import json
import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from icalendar import Calendar

from xlsales.cli import main
from xlsales.hosts.file import FileHost
from xlsales.issues import WrongUse
from xlsales.method.book import Book
from xlsales.method.plan_files import Which, as_calendar, as_tasks, open_rows
from xlsales.method.transfer import put_rows
from xlsales.plan_verbs import beside_workbook
from xlsales.tables.schema import LANGUAGES, Language
from xlsales.tables.texts import Texts

TODAY = dt.date(2027, 1, 18)
NOW = dt.datetime(2027, 1, 18, 8, 30, tzinfo=dt.UTC)
ACTIVITIES = [
    {"activity_id": "A1", "activity": "Besök", "existing": "existing", "hours": 40, "level": "person"},
    {"activity_id": "A2", "activity": "Mässa", "existing": "new", "hours": 80, "level": "firm"},
]
CUSTOMERS = [{"customer_no": "007", "customer": "Åkeri & Söner; Mölndal AB"}]
LONG = "Öva på frågor om värde, ledtid och lägsta kostnad över hela åren – så att säljarna hör vad köparna säger"
PLAN = [
    {"plan_id": "P-A1", "activity_id": "A1", "customer_no": "007", "what": LONG, "for_whom": "Åkerier", "owner": "Åsa",
     "start": "2027-01-25", "due": "2027-02-12", "hours": 7.5, "measure": "Betyg;\nsvarstid", "status": "ongoing"},
    {"plan_id": "P-A2", "activity_id": "A2", "what": "=Påbörja: Mässa", "owner": "Bo", "due": "2027-01-15", "hours": 80,
     "status": "proposed"},
    {"plan_id": "E1", "what": "Ring", "owner": "Bo", "due": "2027-03-01", "status": "planned"},
    {"plan_id": "E2", "what": "Klart", "owner": "Eva", "due": "2027-01-04", "status": "done"},
    {"plan_id": "E3", "what": "Nej", "owner": "Bo", "due": "2027-01-04", "status": "declined"},
]  # fmt: skip


@pytest.fixture(scope="module")
def books(templates: dict[Language, Path], tmp_path_factory: pytest.TempPathFactory) -> dict[Language, Path]:
    """A workbook in each language with a plan in it."""
    folder = tmp_path_factory.mktemp("plans")
    made = {}
    for language in LANGUAGES:
        path = Path(shutil.copy(templates[language], folder / f"Försäljning {language}.xlsx"))
        book = Book(FileHost.open(path), str(path))
        for key, rows in (("activities", ACTIVITIES), ("customers", CUSTOMERS), ("plan", PLAN)):
            put_rows(book, key, pd.DataFrame(rows, dtype=object))
        book.host.save()
        made[language] = path
    return made


@pytest.fixture
def workbook(books: dict[Language, Path], tmp_path: Path) -> Path:
    """The Swedish workbook."""
    return Path(shutil.copy(books["sv"], tmp_path / "Försäljning.xlsx"))


@pytest.fixture
def book(books: dict[Language, Path]) -> Book:
    """The Swedish workbook, opened."""
    return Book(FileHost.open(books["sv"]))


def events(content: bytes) -> dict[str, Any]:
    """The events of a calendar by the plan id in their description."""
    found = Calendar.from_ical(content).walk("VEVENT")
    return {str(event["description"]).rsplit(" ", 1)[1]: event for event in found}


def tasks(content: bytes, separator: str) -> list[dict[str, str]]:
    """The rows of a task file."""
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=separator))


class TestRows:
    """Which rows are given out."""

    def test_rows_that_are_neither_done_nor_declined_come_the_first_due_first(self, book: Book) -> None:
        """Late, reach and the customer's name are with them."""
        rows = open_rows(book, TODAY).rows
        assert [row["plan_id"] for row in rows] == ["P-A2", "P-A1", "E1"]
        assert [row["late"] for row in rows] == [True, False, False]
        assert [row["reach"] for row in rows] == ["firm", "person", None]
        assert rows[1]["customer"] == "Åkeri & Söner; Mölndal AB"

    def test_rows_are_chosen_by_owner_and_level(self, book: Book) -> None:
        """The owner without regard to case; the level is that of the activity."""
        assert [r["plan_id"] for r in open_rows(book, TODAY, Which("bo")).rows] == ["P-A2", "E1"]
        assert [r["plan_id"] for r in open_rows(book, TODAY, Which(reach="person")).rows] == ["P-A1"]
        assert open_rows(book, TODAY, Which("Eva")).rows == []

    def test_an_owner_that_is_not_in_the_plan_is_told_who_is(self, book: Book) -> None:
        """The nearest name is offered."""
        with pytest.raises(WrongUse) as problem:
            open_rows(book, TODAY, Which("Åse"))
        assert problem.value.params["owners"] == ["Bo", "Eva", "Åsa"]
        assert problem.value.params["nearest"] == "Åsa"


class TestCalendar:
    """The calendar file."""

    def test_a_row_is_an_all_day_event_from_start_to_due(self, book: Book) -> None:
        """The end is the day after the due; what has no start lies on its due."""
        found = events(as_calendar(open_rows(book, TODAY).rows, "x.xlsx", book.texts, NOW))
        assert set(found) == {"P-A1", "P-A2", "E1"}
        spans = {key: (event.decoded("dtstart"), event.decoded("dtend")) for key, event in found.items()}
        assert spans["P-A1"] == (dt.date(2027, 1, 25), dt.date(2027, 2, 13))
        assert spans["E1"] == (dt.date(2027, 3, 1), dt.date(2027, 3, 2))
        assert str(found["P-A1"]["summary"]) == f"{LONG} (Åsa)"
        assert "Mått: Betyg;\nsvarstid\n" in str(found["P-A1"]["description"])
        assert found["P-A1"].decoded("dtstamp") == NOW
        assert (str(found["P-A1"]["status"]), str(found["P-A2"]["status"])) == ("CONFIRMED", "TENTATIVE")

    def test_the_reminder_comes_on_the_day_before_the_due(self, book: Book) -> None:
        """Counted from the end, so that long rows remind of their due and not of their start."""
        for event in events(as_calendar(open_rows(book, TODAY).rows, "x.xlsx", book.texts, NOW)).values():
            alarm = event.walk("VALARM")[0]
            assert alarm["trigger"].params["RELATED"] == "END"
            assert alarm.decoded("trigger") == dt.timedelta(days=-2, hours=9)

    def test_lines_are_folded_and_ended_as_the_standard_says(self, book: Book) -> None:
        """At most 75 octets, carriage return and line feed, UTF-8 throughout."""
        content = as_calendar(open_rows(book, TODAY).rows, "x.xlsx", book.texts, NOW)
        assert content.startswith(b"BEGIN:VCALENDAR\r\n")
        assert content.endswith(b"END:VCALENDAR\r\n")
        for line in content.split(b"\r\n"):
            assert len(line) <= 75
            assert b"\n" not in line
            assert line.decode("utf-8") is not None

    def test_an_event_keeps_its_identity_and_its_number_rises(self, book: Book) -> None:
        """The same plan id and workbook give the same event; another workbook gives another."""
        rows = open_rows(book, TODAY).rows
        first = events(as_calendar(rows, "Försäljning.xlsx", book.texts, NOW))
        later = events(as_calendar(rows, "FÖRSÄLJNING.xlsm", book.texts, NOW + dt.timedelta(hours=1)))
        other = events(as_calendar(rows, "Annan.xlsx", book.texts, NOW))
        for key, event in first.items():
            assert event["uid"] == later[key]["uid"] != other[key]["uid"]
            assert event["sequence"] < later[key]["sequence"]
        assert len({str(event["uid"]) for event in first.values()}) == 3

    def test_the_same_rows_at_the_same_time_give_the_same_bytes(self, book: Book) -> None:
        """Nothing is drawn by lot."""
        rows = open_rows(book, TODAY).rows
        assert as_calendar(rows, "x", book.texts, NOW) == as_calendar(rows, "x", book.texts, NOW)

    def test_a_button_writes_the_calendar_beside_the_workbook(self, book: Book, workbook: Path) -> None:
        """The file has the workbook's name."""
        path = beside_workbook(book, workbook, NOW)
        assert path == workbook.with_suffix(".ics")
        assert len(events(path.read_bytes())) == 3


class TestTasks:
    """The task file."""

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_tasks_are_separated_as_the_languages_excel_reads_them(
        self, language: Language, books: dict[Language, Path]
    ) -> None:
        """With a byte order mark; every value comes back, also those with separators and lines in them."""
        rows = open_rows(Book(FileHost.open(books[language])), TODAY).rows
        content = as_tasks(rows, Texts(language))
        assert content.startswith(b"\xef\xbb\xbf")
        late, visit, call = tasks(content, ";" if language == "sv" else ",")
        heads = {"sv": ["Ämne", "Förfallodatum", "Startdatum"], "en": ["Subject", "Due date", "Start date"]}
        assert list(visit)[:3] == heads[language]
        assert list(visit.values())[:4] == [LONG, "2027-02-12", "2027-01-25", "Åsa"]
        assert list(visit.values())[7:] == ["007", "Åkeri & Söner; Mölndal AB", "7.5", "P-A1"]
        priorities = {"sv": ["Hög", "Normal", "Normal"], "en": ["High", "Normal", "Normal"]}
        assert [list(row.values())[5] for row in (late, visit, call)] == priorities[language]

    def test_a_text_that_looks_like_a_formula_is_made_harmless(self, book: Book) -> None:
        """A quote before the sign."""
        assert tasks(as_tasks(open_rows(book, TODAY).rows, book.texts), ";")[0]["Ämne"] == "'=Påbörja: Mässa"


class TestCommand:
    """``xlsales plan``."""

    def test_without_files_rows_are_listed_by_owner(self, workbook: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """In the workbook's language; the workbook is as it was."""
        before = hashlib.sha256(workbook.read_bytes()).hexdigest()
        assert main(["plan", str(workbook)]) == 0
        printed = capsys.readouterr().out
        assert "Bo: 2 rader, 80 timmar" in printed
        assert "Åsa: 1 rad, 7,5 timmar" in printed
        assert printed.index("Bo:") < printed.index("2027-03-01  Ring") < printed.index("Åsa:")
        assert "Klart" not in printed
        assert hashlib.sha256(workbook.read_bytes()).hexdigest() == before

    def test_another_language_may_be_asked_for(self, workbook: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """The list and the headings follow, what people wrote does not."""
        assert main(["plan", str(workbook), "--language", "en", "--owner", "åsa"]) == 0
        assert "Åsa: 1 row, 7.5 hours" in capsys.readouterr().out

    def test_both_files_are_written_and_replaced(self, workbook: Path, capfd: pytest.CaptureFixture[str]) -> None:
        """A file of an earlier time gives way; no other file is left in the folder."""
        ics, out = workbook.with_name("plan.ics"), workbook.with_name("plan.csv")
        ics.write_text("gammal", "utf-8")
        assert main(["plan", str(workbook), "--ics", str(ics), "--csv", str(out), "--json"]) == 0
        document = json.loads(capfd.readouterr().out)
        assert document["files"] == {"ics": str(ics), "csv": str(out)}
        assert [row["plan_id"] for row in document["rows"]] == ["P-A2", "P-A1", "E1"]
        assert document["rows"][1]["start"] == "2027-01-25"
        assert len(events(ics.read_bytes())) == len(tasks(out.read_bytes(), ";")) == 3
        assert sorted(p.name for p in workbook.parent.iterdir()) == ["Försäljning.xlsx", "plan.csv", "plan.ics"]

    def test_the_workbook_is_never_written_over(self, workbook: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """Neither by its name nor by a link to it; the two files are not one."""
        link = workbook.with_name("plan.ics")
        link.symlink_to(workbook)
        before = workbook.read_bytes()
        same = str(workbook.with_name("en.csv"))
        for options in (["--ics", str(workbook)], ["--csv", str(link)], ["--ics", same, "--csv", same]):
            assert main(["plan", str(workbook), *options]) == 2
        assert workbook.read_bytes() == before
        assert not Path(same).exists()
        assert "Traceback" not in capsys.readouterr().err

    def test_a_folder_that_is_not_there_is_told(self, workbook: Path, tmp_path: Path) -> None:
        """Nothing was written: exit code 4; no such workbook: 3; no such owner: 2."""
        assert main(["plan", str(workbook), "--ics", str(tmp_path / "no" / "plan.ics")]) == 4
        assert main(["plan", str(tmp_path / "no.xlsx")]) == 3
        assert main(["plan", str(workbook), "--owner", "Nils"]) == 2

    def test_rows_that_cannot_be_read_are_counted(self, workbook: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """A row without due is left out: exit code 1 and a line."""
        host = FileHost.open(workbook)
        book = Book(host, str(workbook))
        put_rows(book, "plan", pd.DataFrame([{"plan_id": "E9", "what": "Utan dag", "owner": "Bo"}], dtype=object))
        host.save()
        assert main(["plan", str(workbook)]) == 1
        assert "1 rad i planen går inte att läsa" in capsys.readouterr().err

    def test_an_empty_plan_is_no_error(
        self, templates: dict[Language, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """One sentence, and files without rows."""
        path = Path(shutil.copy(templates["en"], tmp_path / "book.xlsx"))
        assert main(["plan", str(path)]) == 0
        assert capsys.readouterr().out == "The plan has no open rows.\n"
        assert main(["plan", str(path), "--ics", str(tmp_path / "a.ics")]) == 0
        assert Calendar.from_ical((tmp_path / "a.ics").read_bytes()).walk("VEVENT") == []

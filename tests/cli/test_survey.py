"""xlsales survey: forms out, answers in, by key, each counted once."""

from __future__ import annotations

import base64
import json
import os
import zipfile
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from tests.survey_forms import answer_text, change_key, fill_workbook, key_of, put
from xlsales.cli import main
from xlsales.tables.forms import BEGIN, END

New = Callable[..., Path]
CUSTOMERS = "customer_no,customer,seller\n005,Älv & Å AB,Eva Ek\n101,Östra Bygg AB,Eva Ek\n102,Nord AB,Nils Ny\n"
STAKEHOLDERS = (
    "customer_no,person,role,decision_level,language\n"
    "005,Åsa Öberg,Inköpschef,company,\n005,John Smith,Buyer,individual,en\n101,Eva Ek,Chef,company,\n"
)
FULL = {"quality": 10, "service": 6, "price": 4}


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    """Messages before a workbook is known are in English, whatever the machine speaks."""
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")


@pytest.fixture
def book(empty_workbook: New) -> Path:
    """A Swedish workbook with three customers and three people."""
    path = empty_workbook("sv")
    put(path, "customers", CUSTOMERS)
    put(path, "stakeholders", STAKEHOLDERS)
    return path


@pytest.fixture
def verb(capfdbinary: Any) -> Callable[..., tuple[int, dict[str, Any]]]:
    """Run a verb with --json: its exit code and its document."""

    def run(*arguments: object) -> tuple[int, dict[str, Any]]:
        capfdbinary.readouterr()
        code = main(["survey", *map(str, arguments), "--json"])
        return code, json.loads(capfdbinary.readouterr().out.decode("utf-8") or "{}")

    return run


Verb = Callable[..., tuple[int, dict[str, Any]]]


def forms(verb: Verb, book: Path, *options: str, folder: str = "forms") -> list[Path]:
    """The files of the forms that were made."""
    code, done = verb("forms", book, book.with_name(folder), *(options or ("--customers", "all")))
    assert code == 0
    return [Path(f["file"]) for f in done["files"]]


def answers(book: Path, capfdbinary: Any) -> list[dict[str, Any]]:
    """The table of answers."""
    capfdbinary.readouterr()
    assert main(["get", str(book), "answers"]) == 0
    rows = json.loads(capfdbinary.readouterr().out.decode("utf-8"))
    return [row for row in rows if row["answer_id"]]


def test_everyone_known_gets_a_form_in_their_language(book: Path, verb: Verb) -> None:
    """Two people at one customer, one at another, and one form for the customer where nobody is known."""
    made = forms(verb, book)
    books = [p for p in made if p.suffix == ".xlsx"]
    titles = [load_workbook(p).worksheets[0]["B1"].value for p in books]
    assert len(made) == 8
    assert [t.split()[0] for t in titles] == ["Vad", "What", "Vad", "Vad"]
    assert [p.name.rpartition("-")[0] for p in books] == [
        "005-asa-oberg", "005-john-smith", "101-eva-ek", "102-nord-ab"
    ]  # fmt: skip
    english = load_workbook(books[1]).worksheets[0]
    assert (english["B9"].value, english["C5"].value, english["C6"].value) == ("Good quality", "John Smith", "Buyer")


def test_a_form_that_is_there_is_left_alone(book: Path, verb: Verb) -> None:
    """Somebody may have filled it in; a new respondent still gets theirs."""
    first = forms(verb, book)
    fill_workbook(first[0], FULL)
    before = first[0].read_bytes()
    put(book, "stakeholders", "customer_no,person,role,decision_level\n102,Bo Ny,Chef,company\n")
    assert [p.name[:9] for p in forms(verb, book)] == ["102-bo-ny"] * 2
    assert first[0].read_bytes() == before


def test_what_was_filled_in_comes_into_the_workbook(book: Path, verb: Verb, capfdbinary: Any) -> None:
    """By key: customer, person, role and level are known; blanks are zeros; collecting twice adds nothing."""
    made = forms(verb, book)
    fill_workbook(made[0], FULL)
    (made[1].with_suffix(".json")).write_text(answer_text(key_of(made[3]), {"easy": 20, "price": 0}), "utf-8")
    code, done = verb("collect", book, book.with_name("forms"))
    assert (code, len(done["new"]), len(done["empty"]), done["aside"]) == (0, 2, 3, [])
    rows = {row["person"]: row for row in answers(book, capfdbinary)}
    asa, john = rows["Åsa Öberg"], rows["John Smith"]
    assert (asa["customer_no"], asa["method"], asa["role"], asa["decision_level"]) == (
        "005", "points20", "Inköpschef", "company"
    )  # fmt: skip
    assert (asa["quality"], asa["service"], asa["price"], asa["easy"]) == (10, 6, 4, 0)
    assert (john["easy"], john["date"], john["role"]) == (20, "2026-03-01", "Buyer")
    state = book.read_bytes()
    code, done = verb("collect", book, book.with_name("forms"))
    assert (code, len(done["new"]), len(done["changed"]), len(done["known"])) == (0, 0, 0, 2)
    assert book.read_bytes() == state


def test_the_user_may_correct_what_was_collected(book: Path, verb: Verb, capfdbinary: Any) -> None:
    """The same file again changes nothing that people have written since; a later answer does."""
    made = forms(verb, book)
    word, mail = key_of(made[1]), book.with_name("in") / "a.json"
    mail.parent.mkdir()
    mail.write_text(answer_text(word, FULL), "utf-8")
    verb("collect", book, mail.parent)
    own = answers(book, capfdbinary)[0]["answer_id"]
    put(book, "answers", f"answer_id,customer_no,method,quality,role\n{own},005,points20,11,VD\n")
    verb("collect", book, mail.parent)
    assert [r["quality"] for r in answers(book, capfdbinary)] == [11]
    mail.write_text(answer_text(word, {"quality": 20}, "2026-05-01T10:00:00Z"), "utf-8")
    assert len(verb("collect", book, mail)[1]["changed"]) == 1
    (row,) = answers(book, capfdbinary)
    assert (row["quality"], row["service"], row["date"]) == (20, 0, "2026-05-01")
    mail.write_text(answer_text(word, {"price": 20}, "2026-04-01T10:00:00Z"), "utf-8")
    assert len(verb("collect", book, mail)[1]["older"]) == 1
    assert answers(book, capfdbinary) == [row]


def test_sent_twice_counts_once_the_latest(book: Path, verb: Verb, capfdbinary: Any) -> None:
    """Whatever the files are called, and in whichever order they are read."""
    word, folder = key_of(forms(verb, book)[1]), book.with_name("in")
    folder.mkdir()
    for name, month, points in (("a", 5, {"price": 20}), ("b", 3, FULL), ("c", 4, FULL)):
        (folder / f"{name}.json").write_text(answer_text(word, points, f"2026-0{month}-01T10:00:00Z"), "utf-8")
    _, done = verb("collect", book, folder)
    assert (len(done["new"]), [t["place"] for t in done["twice"]]) == (1, ["b.json", "c.json"])
    assert [row["price"] for row in answers(book, capfdbinary)] == [20]


def test_two_people_with_the_same_customers_form_are_two_answers(book: Path, verb: Verb, capfdbinary: Any) -> None:
    """Where nobody was known the name that is written decides."""
    word, folder = key_of(forms(verb, book)[-1]), book.with_name("in")
    folder.mkdir()
    for person in ("Ulla", "Bo", "ulla "):
        (folder / f"{person.strip()}.json").write_text(answer_text(word, FULL, person=person), "utf-8")
    verb("collect", book, folder)
    assert sorted(row["person"].casefold() for row in answers(book, capfdbinary)) == ["bo", "ulla"]


def test_tampered_and_foreign_forms_are_set_aside(
    book: Path, verb: Verb, empty_workbook: New, capfdbinary: Any
) -> None:
    """Each with its reason, exit code 1; what is right is taken in all the same."""
    made = forms(verb, book)
    other = empty_workbook("en", "other.xlsx")
    put(other, "customers", CUSTOMERS)
    foreign = forms(verb, other, folder="foreign")
    folder = book.with_name("in")
    folder.mkdir()
    fill_workbook(made[0], FULL, target=folder / "good.xlsx")
    fill_workbook(foreign[0], FULL, target=folder / "foreign.xlsx")
    payload, mac = key_of(made[1]).split(".")
    change_key(fill_workbook(made[2], FULL, target=folder / "tampered.xlsx"), f"{payload}.{mac[::-1]}")
    (folder / "unsigned.json").write_text(answer_text("", FULL), "utf-8")
    (folder / "more.json").write_text(answer_text(key_of(made[1]), {**FULL, "invented": 20}), "utf-8")
    code, done = verb("collect", book, folder)
    assert code == 1
    assert {a["place"]: a["code"] for a in done["aside"]} == {
        "foreign.xlsx": "foreign", "tampered.xlsx": "tampered", "unsigned.json": "no_key", "more.json": "tampered",
    }  # fmt: skip
    assert [row["customer_no"] for row in answers(book, capfdbinary)] == ["005"]


def test_a_wrong_sum_is_taken_in_as_it_is(book: Path, verb: Verb, capfdbinary: Any) -> None:
    """The step says what becomes of it; a text where points should be is shown as it was written."""
    made = forms(verb, book)
    fill_workbook(made[0], {"quality": 30, "price": "mycket"})
    verb("collect", book, made[0])
    (row,) = answers(book, capfdbinary)
    assert (row["quality"], row["price"]) == (30, "mycket")


def test_sellers_guess_for_their_customers(book: Path, verb: Verb, capfdbinary: Any) -> None:
    """Each seller one form, or one per customer that is named; the method is belief."""
    made = forms(verb, book, "--belief", "--customers", "all", "--format", "xlsx")
    assert [p.name.rpartition("-")[0] for p in made] == ["005-eva-ek", "101-eva-ek", "102-nils-ny"]
    assert "Älv & Å AB" in str(load_workbook(made[0]).worksheets[0]["B1"].value)
    fill_workbook(made[2], FULL)
    verb("collect", book, made[2].parent)
    (row,) = answers(book, capfdbinary)
    assert (row["method"], row["person"], row["customer_no"]) == ("belief", "Nils Ny", "102")


def test_ratings_have_a_form_of_their_own(book: Path, verb: Verb, capfdbinary: Any) -> None:
    """The same person may answer with points and with ratings; an unrated line stays empty."""
    points, ratings = (forms(verb, book, "--customers", "101", "--method", m)[0] for m in ("points100", "scale10"))
    fill_workbook(points, {"quality": 100})
    fill_workbook(ratings, {"quality": 10, "service": 9})
    verb("collect", book, points.parent)
    rows = {row["method"]: row for row in answers(book, capfdbinary)}
    assert (rows["points100"]["quality"], rows["points100"]["price"]) == (100, 0)
    assert (rows["scale10"]["quality"], rows["scale10"]["price"]) == (10, None)


def test_an_export_finds_its_customers(book: Path, verb: Verb, capfdbinary: Any) -> None:
    """By number with or without zeros, by the company's name, by the domain of the mail address; others are told."""
    export = book.with_name("svar.csv")
    export.write_text(
        "Tidstämpel;Kundnr;Företag;E-post;Bra kvalitet;Hög servicenivå;Lågt pris\n"
        "2026-03-01;5;;;10;6;4\n2026-03-02;;östra bygg;;12;4;4\n2026-03-03;;;ulla@nord.se;20;0;0\n"
        "2026-03-04;;Okänd AB;;10;10;0\n2026-03-05;;;ulla@gmail.com;10;10;0\n2026-03-06;;;;10;10;0\n",
        "utf-8",
    )
    code, done = verb("collect", book, export)
    assert code == 1
    assert [row["customer_no"] for row in answers(book, capfdbinary)] == ["005", "101", "102"]
    assert [(a["place"], a["code"]) for a in done["aside"]] == [
        ("svar.csv:5", "unknown_customer"), ("svar.csv:6", "unknown_customer"), ("svar.csv:7", "no_customer"),
    ]  # fmt: skip
    assert done["partial"][0]["criteria"][0] == "Goda vitsord"
    assert len(verb("collect", book, export)[1]["known"]) == 3


def test_a_folder_may_hold_forms_and_exports(book: Path, verb: Verb) -> None:
    """What is neither is told by name; locks and hidden files are passed over."""
    made = forms(verb, book)
    folder = made[0].parent
    fill_workbook(made[0], FULL)
    (folder / "export.csv").write_text("kundnr,Bra kvalitet,Lågt pris\n101,15,5\n", "utf-8")
    (folder / "ledger.csv").write_text("datum,belopp\n2026-01-01,5\n", "utf-8")
    (folder / "mail.txt").write_text("Hej, jag återkommer.", "utf-8")
    (folder / "~$form.xlsx").write_bytes(b"lock")
    (folder / "copy.xlsx").write_bytes(book.read_bytes())
    code, done = verb("collect", book, folder)
    assert (code, len(done["new"])) == (1, 2)
    assert {a["place"]: a["code"] for a in done["aside"]} == {
        "ledger.csv": "survey_no_criteria", "mail.txt": "survey_no_criteria", "copy.xlsx": "own_workbook",
    }  # fmt: skip


def test_a_saved_mail_may_hold_the_answer(book: Path, verb: Verb, capfdbinary: Any) -> None:
    """As text that was pasted and encoded on the way, or as an attached answer file."""
    made = forms(verb, book)
    folder = book.with_name("in")
    folder.mkdir()
    for name, page in (("text", made[1]), ("file", made[3])):
        mail, answer = EmailMessage(), answer_text(key_of(page), FULL)
        mail["Subject"] = "Svar på enkäten"
        word = base64.urlsafe_b64encode(answer.encode()).decode().rstrip("=")
        mail.set_content(f"Hej å!\n{BEGIN}\n{word}\n{END}\n" if name == "text" else "Se bilaga", cte="quoted-printable")
        if name == "file":
            mail.add_attachment(answer.encode(), maintype="application", subtype="octet-stream", filename="svar.json")
        (folder / f"{name}.eml").write_bytes(bytes(mail))
    code, done = verb("collect", book, folder)
    assert (code, len(done["new"])) == (0, 2)
    assert {row["person"] for row in answers(book, capfdbinary)} == {"Åsa Öberg", "John Smith"}


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("deep.json", b'{"format":' + b"[" * 100_000, "survey_broken_answer"),
        ("cut.json", b'{"format":"xlsales-answer/1","key":"a', "survey_broken_answer"),
        ("nan.json", b'{"format":"xlsales-answer/1","points":{"price":NaN}}', "survey_broken_answer"),
        ("list.json", b'{"format":"xlsales-answer/1","points":[1]}', "survey_broken_answer"),
        ("cut.txt", b"-----BEGIN XLSALES ANSWER-----\nabc", "survey_broken_answer"),
        ("cut.xlsx", b"PK\x03\x04" + bytes(100), "survey_unknown"),
        ("picture.xlsx", b"\x89PNG\r\n\x1a\n0000", "survey_unknown"),
    ],
)
def test_broken_files_are_set_aside_with_a_line(book: Path, verb: Verb, name: str, data: bytes, code: str) -> None:
    """No file ends the collection, and each says why it was not read."""
    folder = book.with_name("in")
    folder.mkdir()
    (folder / name).write_bytes(data)
    done = verb("collect", book, folder)[1]
    assert [(a["place"], a["code"]) for a in done["aside"]] == [(name, code)]
    assert name in done["aside"][0]["why"]


def test_a_bomb_is_not_unpacked(book: Path, verb: Verb) -> None:
    """A workbook that unpacks to hundreds of megabytes is refused by its declared sizes."""
    made = forms(verb, book)
    bomb = book.with_name("in") / "bomb.xlsx"
    bomb.parent.mkdir()
    with zipfile.ZipFile(made[0]) as form, zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as target:
        for part in form.namelist():
            target.writestr(part, form.read(part))
        with target.open("xl/media/image1.png", "w", force_zip64=True) as part:
            for _ in range(300):
                part.write(bytes(1024 * 1024))
    code, done = verb("collect", book, bomb.parent)
    assert (code, len(done["aside"]), done["new"]) == (1, 1, [])


def test_names_that_begin_as_formulas_stay_names(book: Path, verb: Verb, capfdbinary: Any) -> None:
    """In the workbook and in the forms."""
    word = key_of(forms(verb, book)[-1])
    mail = book.with_name("a.json")
    mail.write_text(answer_text(word, FULL, person="=HYPERLINK(\"http://x\")\x00\x07"), "utf-8")
    verb("collect", book, mail)
    assert answers(book, capfdbinary)[0]["person"] == '=HYPERLINK("http://x")'
    with zipfile.ZipFile(book) as parts:
        sheets = [parts.read(name) for name in parts.namelist() if name.startswith("xl/worksheets/sheet")]
    assert not any(b"<f>HYPERLINK" in sheet or b"<f>=HYPERLINK" in sheet for sheet in sheets)


def test_whom_to_ask_must_be_clear(book: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Nobody is an A yet; an unknown number is named; a folder without answers says what to put there."""
    folder = str(book.with_name("forms"))
    assert main(["survey", "forms", str(book), folder]) == 2
    assert "--customers" in capfd.readouterr().err
    assert main(["survey", "forms", str(book), folder, "--customers", "005,999"]) == 2
    assert "999" in capfd.readouterr().err
    os.mkdir(folder)
    assert main(["survey", "collect", str(book), folder]) == 3
    assert main(["survey", "collect", str(book), folder + "-none"]) == 3


def test_people_read_what_came_of_it(book: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Counts and reasons in the workbook's language."""
    assert main(["survey", "forms", str(book), str(book.with_name("f")), "--customers", "005,101"]) == 0
    assert "3 formulär till 2 kunder" in capfd.readouterr().out
    (book.with_name("f") / "x.json").write_text(answer_text("", FULL), "utf-8")
    assert main(["survey", "collect", str(book), str(book.with_name("f"))]) == 1
    printed = capfd.readouterr()
    assert "0 nya svar" in printed.out
    assert "x.json: formuläret saknar sin nyckel" in printed.err


def test_a_customer_is_found_without_its_leading_zeros(book: Path, verb: Verb, capfdbinary: Any) -> None:
    """005 may be asked for as 5; a number nobody has is refused by name."""
    assert {path.name[:3] for path in forms(verb, book, "--customers", "5")} == {"005"}
    assert verb("forms", book, book.with_name("more"), "--customers", "77")[0] == 2

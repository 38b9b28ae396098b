"""Method cards: one for every method, whole in both languages, a page each; and the verb that adds their sheets."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from xlsxwriter import Workbook

from tests.cli.cards_page import DOCS, page
from tests.hosts.workbooks import parts, plain, repacked
from tests.programs import convert, pdf_pages
from xlsales.build.areas import areas
from xlsales.build.canvas import Canvas
from xlsales.build.help_sheet import draw_help
from xlsales.build.sheets import frame
from xlsales.cli import main
from xlsales.hosts.file import FileHost
from xlsales.method.book import Book
from xlsales.tables.cards import Card, load_cards
from xlsales.tables.schema import LANGUAGES, Language, load_schema

pytestmark = pytest.mark.filterwarnings("ignore:.*xtension is not supported")
New = Callable[..., Path]
HEADINGS: dict[Language, list[str]] = {
    "sv": ["Till vad", "När", "Ni behöver", "Gör så här", "Ett gott resultat", "Vanliga misstag", "Exempel",
           "Skriv tillbaka i arbetsboken", "Källa"],
    "en": ["What it is for", "When to use it", "What you need", "Steps", "A good result", "Common mistakes", "Example",
           "Write back in the workbook", "Source"],
}  # fmt: skip
CARDS = [pytest.param(card, language, id=f"{card.key}-{language}")
         for language in LANGUAGES for card in load_cards(language).values()]  # fmt: skip
UNITS = "min|min per kund|timme|timmar|hours?|dag|day|vecka|veckor|weeks?|månader|months|kvartal|quarter"
TIMED = re.compile(rf"^\d\. .*\([^)]*\b({UNITS})\b[^)]*\)\.$")


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    """Messages in English, whatever the machine speaks."""
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")


def sections(card: Card) -> dict[str, str]:
    """The text under every heading."""
    cut = re.split(r"^## (.*)\n", card.text, flags=re.MULTILINE)
    return dict(zip(cut[1::2], cut[2::2], strict=True))


def call(capfdbinary: Any, *arguments: object) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of a command."""
    capfdbinary.readouterr()
    code = main([str(a) for a in arguments])
    out, err = capfdbinary.readouterr()
    return code, out.decode("utf-8"), err.decode("utf-8")


def test_every_method_has_a_card_in_both_languages() -> None:
    """The codes that the workbook proposes and those of the cards are the same, in the same order of cards."""
    for language in LANGUAGES:
        cards = load_cards(language)
        assert {card.method for card in cards.values()} == set(load_schema().choices["method_card"])
        assert all(card.text.startswith(f"# {card.title}\n") for card in cards.values())
    assert list(load_cards("sv")) == list(load_cards("en"))
    assert [c.method for c in load_cards("sv").values()] == [c.method for c in load_cards("en").values()]


@pytest.mark.parametrize(("card", "language"), CARDS)
def test_a_card_is_whole_and_a_page_long(card: Card, language: Language) -> None:
    """All headings in order with text below, 250–400 words, a time for every step, and a source with a name."""
    found = sections(card)
    assert list(found) == HEADINGS[language]
    assert 250 <= len(card.text.split()) <= 400
    goal, when, needs, steps, good, mistakes, example, back, source = found.values()
    assert all(len(text.split()) >= 12 for text in (goal, when, good, example))
    assert all(len(re.findall(r"^- ", text, re.MULTILINE)) >= 3 for text in (needs, mistakes))
    lines = steps.strip().splitlines()
    assert [line.partition(".")[0] for line in lines] == [str(n) for n in range(1, len(lines) + 1)]
    assert len(lines) >= 5
    assert [line for line in lines if not TIMED.match(line)] == []
    assert re.search(r"\d", example)
    names = {sheet.name[language] for sheet in load_schema().sheets.values() if not sheet.hidden}
    assert any(name in back for name in names), back
    assert re.search(r"[A-ZÅÄÖ]\w+", source)


def test_a_card_says_the_same_number_of_things_in_both_languages() -> None:
    """No step, need or mistake was lost in translation."""
    for key, swedish in load_cards("sv").items():
        english = load_cards("en")[key]
        for pattern in (r"^- ", r"^\d\. "):
            counts = [len(re.findall(pattern, card.text, re.MULTILINE)) for card in (swedish, english)]
            assert counts[0] == counts[1], key


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_documentation_is_made_from_the_cards(language: Language) -> None:
    """``python -m tests.cli.cards_page`` was run after the last change."""
    assert (DOCS / f"methods.{language}.md").read_text("utf-8") == page(language)


@pytest.fixture(scope="module", params=LANGUAGES)
def help_sheet(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Language, Path]:
    """The help sheet alone."""
    language: Language = request.param
    path = tmp_path_factory.mktemp(language) / "help.xlsx"
    sheets = load_schema().sheets
    with Workbook(str(path)) as book:
        pages = {key: book.add_worksheet(sheets[key].name[language]) for key in ("help", "start")}
        canvas = Canvas(book, language, pages, areas(language))
        frame(canvas, sheets["help"])
        draw_help(canvas)
    return language, path


def test_every_card_is_a_page_of_its_own_in_print(help_sheet: tuple[Language, Path], tmp_path: Path) -> None:
    """A4 upright: from its title to its source on one page, and nothing else on it."""
    language, path = help_sheet
    assert openpyxl.load_workbook(path).worksheets[0].page_setup.orientation == "portrait"
    texts = pdf_pages(path, tmp_path)
    printed = [[" ".join(line.split()) for line in text.splitlines() if line.strip()] for text in texts]
    for card in load_cards(language).values():
        (own,) = (lines for lines in printed if lines[0] == card.title)
        assert [line for line in own if line in HEADINGS[language]] == HEADINGS[language]
        assert sections(card)[HEADINGS[language][-1]].split()[-1] in " ".join(own)
    last = printed.index(next(lines for lines in printed if lines[0] == card.title))
    assert all(len(lines[0].split()) < 8 for lines in printed[: last + 2])


def test_the_contents_lead_to_the_headings(help_sheet: tuple[Language, Path]) -> None:
    """Every line of the contents stands above a link to the heading of the same words."""
    language, path = help_sheet
    sheet = openpyxl.load_workbook(path)[load_schema().sheets["help"].name[language]]
    cells = [cell for row in sheet.iter_rows(max_row=40) for cell in row if cell.hyperlink]
    links = {cell.value: cell.hyperlink.location for cell in cells}
    links.pop("← Start")
    assert {card.title for card in load_cards(language).values()} < set(links)
    for title, location in links.items():
        assert sheet[location.rpartition("!")[2]].value == title


def test_all_cards_are_listed_with_their_sheets(capfdbinary: Any) -> None:
    """A line per card, and how to go on."""
    code, out, err = call(capfdbinary, "card")
    assert (code, err) == (0, "")
    assert [line.split()[0] for line in out.splitlines()[:-1]] == list(load_cards("en"))
    assert "RATER (working sheet: RATER gaps)" in out


def test_a_card_is_printed_in_the_language_asked_for(capfdbinary: Any) -> None:
    """As it is declared."""
    assert call(capfdbinary, "card", "trust") == (0, load_cards("en")["trust"].text, "")
    assert call(capfdbinary, "card", "trust", "--language", "sv") == (0, load_cards("sv")["trust"].text, "")


def test_wrong_use_is_2_and_says_what_there_is(capfdbinary: Any, tmp_path: Path) -> None:
    """No such card, a card without a sheet, and --into without a card."""
    path = plain(tmp_path / "a.xlsx")
    before = path.read_bytes()
    for arguments, word in ((["nope"], "trust"), (["trust", "--into", path], "rater"), (["--into", path], "rater")):
        code, out, err = call(capfdbinary, "card", *arguments)
        assert (code, out) == (2, "")
        assert word in err
    assert path.read_bytes() == before


def test_what_cannot_be_read_is_3_and_what_cannot_be_written_4(
    empty_workbook: New, capfdbinary: Any, tmp_path: Path
) -> None:
    """A missing file, and a workbook that is protected against new sheets."""
    assert call(capfdbinary, "card", "rater", "--into", tmp_path / "none.xlsx")[0] == 3
    path = empty_workbook("en")
    text = parts(path)["xl/workbook.xml"].replace(b"<bookViews>", b'<workbookProtection lockStructure="1"/><bookViews>')
    repacked(path, {"xl/workbook.xml": text})
    before = path.read_bytes()
    code, _, err = call(capfdbinary, "card", "rater", "--into", path)
    assert code == 4
    assert "Protect Workbook" in err
    assert path.read_bytes() == before


def test_a_foreign_workbook_gets_the_sheet_in_the_users_language(capfdbinary: Any, tmp_path: Path) -> None:
    """There is no way back to a Start that is not there."""
    path = tmp_path / "a.xlsx"
    with Workbook(str(path)) as book:
        book.add_worksheet("Budget").write("A1", 7)
    code, out, _ = call(capfdbinary, "card", "rater", "--into", path)
    assert (code, out.split(" is last")[0]) == (0, "The sheet RATER gaps")
    call(capfdbinary, "card", "rater", "--into", path, "--language", "sv")
    read = openpyxl.load_workbook(path)
    assert read.sheetnames == ["Budget", "RATER gaps", "RATER-gap"]
    assert read["RATER gaps"]["A3"].value is None


def test_undo_takes_the_sheet_away(empty_workbook: New, capfdbinary: Any) -> None:
    """The very same bytes as before."""
    path = empty_workbook("sv")
    before = path.read_bytes()
    assert call(capfdbinary, "card", "kaizen", "--into", path)[0] == 0
    assert path.read_bytes() != before
    assert call(capfdbinary, "undo", path)[0] == 0
    assert path.read_bytes() == before


def test_a_workbook_that_is_open_is_left_alone(empty_workbook: New, capfdbinary: Any) -> None:
    """The result is written beside it, and the message says who has it."""
    path = empty_workbook("en")
    before = path.read_bytes()
    owner = b"\x05Greta".ljust(165, b"\0")
    path.with_name(f"~${path.name}").write_bytes(owner)
    code, out, err = call(capfdbinary, "card", "kaizen", "--into", path)
    assert code == 0
    assert path.read_bytes() == before
    assert "Greta" in err
    written = next(other for other in path.parent.glob("book *.xlsx"))
    assert str(written) in out
    assert openpyxl.load_workbook(written).sheetnames[-1] == "PDCA log"


def test_the_scores_are_filled_from_the_workbook_and_weights_follow_it(
    empty_workbook: New, capfdbinary: Any, tmp_path: Path
) -> None:
    """Expectations by weight, alternatives as headings, and weights that are looked up when the workbook is opened."""
    path = empty_workbook("sv")
    host = FileHost.open(path)
    book = Book(host)
    names = {c.id: c.name for c in book.criteria}
    rows = pd.DataFrame({"group": "all", "criterion_id": ["service", "quality"], "weight": [0.6, 0.4], "rank": [1, 2]})
    book.write("weights", rows)
    others = pd.DataFrame({"alternative_id": ["V", "K"], "name": ["Vi", "Beta AB"], "kind": ["us", "competitor"]})
    book.write("alternatives", others, whole=True)
    host.save()
    assert call(capfdbinary, "card", "usp_analysis", "--into", path)[0] == 0
    sheet = openpyxl.load_workbook(path)["USP-poäng"]
    assert [sheet.cell(row, 1).value for row in (5, 6)] == [names["service"], names["quality"]]
    unweighed = [name for key, name in names.items() if key not in ("service", "quality")]
    assert [sheet.cell(row, 1).value for row in range(7, 14)] == unweighed[:7]
    assert (sheet["D4"].value, sheet["E4"].value) == ("Beta AB", "Konkurrent 2")
    assert sheet["A3"].hyperlink.location == "'Start'!A1"
    computed = openpyxl.load_workbook(convert(path, "xlsx:Calc MS Excel 2007 XML", _folder(tmp_path)), data_only=True)
    assert [computed["USP-poäng"].cell(row, 2).value for row in (5, 6, 7)] == [0.6, 0.4, None]


def _folder(path: Path) -> Path:
    made = path / "converted"
    made.mkdir()
    return made

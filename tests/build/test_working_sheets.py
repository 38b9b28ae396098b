"""Working sheets as declared: both languages alike, valid, one page wide, and figures that can be checked by hand."""

from __future__ import annotations

import csv
import io
import itertools
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from tests.programs import convert, pdf_pages, sdk_errors
from xlsales.build.working_grid import Grid
from xlsales.build.working_sheet import Known, sheet_keys, sheet_name, sheet_of_card, working_sheet
from xlsales.hosts.live.working_sheet import copy_working_sheet
from xlsales.tables.cards import load_cards
from xlsales.tables.folder import read_toml
from xlsales.tables.schema import LANGUAGES, Language

BOTH = list(itertools.product(sheet_keys(), LANGUAGES))
# MindTools' example of a USP analysis, first five rows: customers' points, then us and three rivals.
MINDTOOLS = [
    ("Price", 8, 7, 9, 6, 6), ("Quality", 4, 7, 7, 7, 7), ("Range", 4, 9, 6, 5, 9), ("Catalogue", 2, 9, 7, 6, 9),
    ("Website", 2, 9, 7, 6, 8),
]  # fmt: skip


def opened(content: bytes) -> Worksheet:
    """The sheet, read back."""
    page = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    assert isinstance(page, Worksheet)
    return page


def computed(key: str, cells: dict[tuple[str, int, str], Any], folder: Path) -> dict[tuple[str, int, str], str]:
    """What LibreOffice computes when values are typed in: {(block, row from 0, column): value}; the total is row −1."""
    grid = Grid(key, "en")
    book = openpyxl.load_workbook(io.BytesIO(working_sheet(key, "en").content))
    for (block, row, column), value in cells.items():
        book.worksheets[0].cell(*place(grid, block, row, column), value)
    path = folder / "typed.xlsx"
    book.save(path)
    text = convert(path, "csv:Text - txt - csv (StarCalc):44,34,76", folder).read_text("utf-8")
    lines = list(csv.reader(io.StringIO(text)))
    found = {}
    for block in grid.entry["block"]:
        if "figure" in block:
            at = block.get("label_over", 1)
            for row in range(len(block["figure"])):
                found[block["key"], row, ""] = lines[grid.tops[block["key"]] + row][at]
            continue
        for column in block["column"]:
            for row in range(-int("total" in block), block["rows"]):
                line, at = place(grid, block["key"], row, column["key"])
                found[block["key"], row, column["key"]] = lines[line - 1][at - 1]
    return found


def place(grid: Grid, key: str, row: int, column: str) -> tuple[int, int]:
    """Row and column of a cell, from 1."""
    block = next(b for b in grid.entry["block"] if b["key"] == key)
    at = next(c["at"] for c in block["column"] if c["key"] == column)
    return grid.rows(block)[0] + 1 + (row if row >= 0 else block["rows"]), at + 1


def test_every_sheet_belongs_to_a_card() -> None:
    """A card leads to at most one sheet, and every sheet has its card."""
    cards = load_cards("en")
    assert {sheet_of_card(card) for card in cards} - {""} == set(sheet_keys())
    assert len(sheet_keys()) == 5
    assert sheet_of_card("trust") == ""


@pytest.mark.parametrize("key", sheet_keys())
def test_both_languages_say_everything_and_every_column_has_a_width(key: str) -> None:
    """No heading, note, list or value stands in one language only; a tab's name has at most 31 characters."""
    entry = read_toml("worksheets.toml")[key]
    pieces = [entry, *entry["block"], *(c for b in entry["block"] for c in b.get("column", b.get("figure", ())))]
    for piece in pieces:
        for part in ("", "_intro", "_caption", "_note", "_list"):
            assert (f"sv{part}" in piece) == (f"en{part}" in piece)
            if f"sv{part}" in piece:
                assert piece[f"sv{part}"]
                assert type(piece[f"sv{part}"]) is type(piece[f"en{part}"])
    for block in entry.get("fill", {}).values():
        for values in block.values():
            assert not isinstance(values, dict) or len(values["sv"]) == len(values["en"])
    columns = [column for block in entry["block"] for column in block.get("column", ())]
    assert max(column["at"] + column.get("over", 1) for column in columns) == len(entry["width"])
    assert all(("formula" in c) <= (c["owner"] == "tool") for c in columns)
    assert all(len(sheet_name(key, language)) <= 31 for language in LANGUAGES)


@pytest.mark.parametrize("key", sheet_keys())
def test_both_languages_have_the_same_formulas_in_the_same_cells(key: str) -> None:
    """Only the words in quotes differ."""
    def formulas(language: Language) -> dict[str, list[str]]:
        cells = itertools.chain.from_iterable(opened(working_sheet(key, language).content).iter_rows())
        return {c.coordinate: str(c.value).split('"')[::2] for c in cells if str(c.value).startswith("=")}

    assert formulas("sv")
    assert formulas("sv") == formulas("en")


@pytest.mark.parametrize(("key", "language"), BOTH)
def test_a_sheet_is_valid_and_the_same_bytes_each_time(key: str, language: Language, tmp_path: Path) -> None:
    """Nothing of the day goes in, and the Open XML SDK finds no error."""
    first, again = working_sheet(key, language), working_sheet(key, language)
    assert first.content == again.content
    path = tmp_path / "a.xlsx"
    path.write_bytes(first.content)
    assert sdk_errors(path) == []


@pytest.mark.parametrize("key", sheet_keys())
def test_a_sheet_prints_one_page_wide_across(key: str, tmp_path: Path) -> None:
    """Landscape A4, and what is declared fits a single page."""
    path = tmp_path / "a.xlsx"
    path.write_bytes(working_sheet(key, "sv").content)
    page = opened(path.read_bytes())
    assert (page.page_setup.orientation, page.page_setup.paperSize) == ("landscape", 9)
    assert page.sheet_properties.pageSetUpPr is not None
    assert page.sheet_properties.pageSetUpPr.fitToPage
    assert len(pdf_pages(path, tmp_path)) == 1


def test_usp_scores_give_the_published_means(tmp_path: Path) -> None:
    """MindTools' example weighed 8-4-4-2-2: 7.8, 7.6, 6.0 and 7.3; our lead is largest on the catalogue, by weight."""
    typed = {}
    for row, line in enumerate(MINDTOOLS):
        for column, value in zip(("characteristic", "weight", "us", "rival1", "rival2", "rival3"), line, strict=True):
            typed["scores", row, column] = value
    found = computed("usp", typed, tmp_path)
    assert [found["scores", -1, c] for c in ("us", "rival1", "rival2", "rival3")] == ["7.8", "7.6", "6.0", "7.3"]
    assert [found["scores", row, "lead"] for row in range(6)] == ["-2.0", "0.0", "0.0", "0.0", "1.0", ""]
    assert [found["scores", row, "verdict"] for row in range(6)] == ["behind", "even", "even", "even", "lead", ""]
    assert [found["findings", row, ""] for row in range(4)] == ["Website", "Price", "1", "1"]
    assert found["scores", 0, "weighted"] == "-0.80"


def test_usp_scores_without_weights_are_plain_means(tmp_path: Path) -> None:
    """The same rows without weights: 8.2 for us and 7.2 for the first rival; a row without a rival has no lead."""
    typed = {}
    for row, line in enumerate(MINDTOOLS):
        typed |= {("scores", row, "us"): line[2], ("scores", row, "rival1"): line[3]}
    typed["scores", 5, "us"] = 8.2
    found = computed("usp", typed, tmp_path)
    assert (found["scores", -1, "us"], found["scores", -1, "rival1"]) == ("8.2", "7.2")
    assert found["scores", 5, "lead"] == ""


def test_rater_gaps_are_perception_less_expectation_by_points(tmp_path: Path) -> None:
    """Reliability −2 and −1 give −1.5, by 32 points −0.48; half-answered statements are left out; order by weight."""
    typed: dict[tuple[str, int, str], Any] = {
        ("statements", 0, "expectation"): 7, ("statements", 0, "perception"): 5,
        ("statements", 1, "expectation"): 6, ("statements", 1, "perception"): 5,
        ("statements", 2, "expectation"): 7,
        ("statements", 13, "expectation"): 6, ("statements", 13, "perception"): 4,
        ("statements", 7, "expectation"): 4, ("statements", 7, "perception"): 5,
    }  # fmt: skip
    found = computed("rater", typed, tmp_path)
    assert [found["dimensions", row, "gap"] for row in range(5)] == ["-1.5", "", "1.0", "", "-2.0"]
    assert [found["dimensions", row, "weighted"] for row in range(5)] == ["-0.48", "", "0.11", "", "-0.44"]
    assert [found["dimensions", row, "order"] for row in range(5)] == ["1", "", "3", "", "2"]
    assert (found["dimensions", -1, "points"], found["dimensions", -1, "share"]) == ("100", "")
    assert found["dimensions", 0, "expectation"] == "6.7"


def test_rater_says_when_points_do_not_come_to_100(tmp_path: Path) -> None:
    """A changed weight is told in words beside the sum."""
    found = computed("rater", {("dimensions", 0, "points"): 30}, tmp_path)
    assert (found["dimensions", -1, "points"], found["dimensions", -1, "share"]) == ("98", "points must come to 100")


def test_value_within_reach_grows_with_influence(tmp_path: Path) -> None:
    """Influence 1 reaches nothing, 3 half, 5 all of the value; what nobody confirmed is summed."""
    typed: dict[tuple[str, int, str], Any] = {}
    for row, (influence, value) in enumerate(((1, 100000), (3, 80000), (5, 50000))):
        typed |= {("factors", row, "influence"): influence, ("factors", row, "value"): value}
    typed |= {("factors", 1, "source"): "CFO", ("factors", 4, "factor"): "Stops"}
    found = computed("value", typed, tmp_path)
    assert [found["factors", row, "reachable"] for row in range(4)] == ["0", "40,000", "50,000", ""]
    assert (found["factors", -1, "value"], found["factors", -1, "reachable"]) == ("230,000", "90,000")
    assert [found["findings", row, ""] for row in range(3)] == ["Production or service", "1", "150,000"]


def test_experience_map_names_the_poorest_contact(tmp_path: Path) -> None:
    """Mean, poorest with stage and touchpoint, low scores and contacts nobody owns."""
    typed: dict[tuple[str, int, str], Any] = {}
    for row, (touchpoint, score, owner) in enumerate((("Fair", 4, "Eva"), ("Website", 2, None), ("Offer", 1, "Bo"))):
        typed |= {("contacts", row, "touchpoint"): touchpoint, ("contacts", row, "score"): score}
        typed["contacts", row, "owner"] = owner
    found = computed("experience", typed, tmp_path)
    assert [found["findings", row, ""] for row in range(4)] == ["2.3", "Asks and gets an offer: Offer", "2", "1"]


def test_pdca_counts_what_is_open_by_state(tmp_path: Path) -> None:
    """A row's state follows what is filled in, and the counts above follow the states."""
    rows = [
        {"problem": "a"}, {"problem": "b", "plan": "x"}, {"problem": "c", "plan": "x", "done_on": 45000},
        {"problem": "d", "done_on": 45000, "before": 7, "after": 4}, {"problem": "e", "closed": 45100},
    ]  # fmt: skip
    typed = {("log", number, key): value for number, row in enumerate(rows) for key, value in row.items()}
    found = computed("pdca", typed, tmp_path)
    assert [found["log", row, "state"] for row in range(6)] == ["plan", "do", "check", "act", "closed", ""]
    assert [found["log", row, "number"] for row in range(6)] == ["1", "2", "3", "4", "5", ""]
    assert [found["findings", row, ""] for row in range(3)] == ["4", "1", "1"]
    assert found["log", 3, "change"] == "-3"


def test_what_the_workbook_holds_is_filled_in() -> None:
    """Values, headings, lookups and the way back; apart, the lookups are given beside the sheet."""
    lookups = {"weight": "LEN({characteristic})"}
    known = Known("It's", {"characteristic": ["One", "=Two"]}, {"rival1": "Beta AB"}, lookups)
    built, apart = working_sheet("usp", "en", known), working_sheet("usp", "en", known, apart=True)
    page = opened(built.content)
    assert [page["A5"].value, page["A6"].value, page["A6"].data_type] == ["One", "=Two", "s"]
    assert (page["D4"].value, page["B5"].value) == ("Beta AB", "=LEN($A5)")
    assert page["A3"].hyperlink.location == "'It''s'!A1"
    assert opened(apart.content)["B5"].value is None
    assert apart.lookups == built.lookups
    assert apart.lookups["B14"] == "=LEN($A14)"


class _Sheets(list[Any]):
    """Sheets by number or name."""

    def __getitem__(self, key: Any) -> Any:
        return super().__getitem__(key) if isinstance(key, int) else next(s for s in self if s.name == key)


class _Sheet:
    """As much of a sheet of Excel as copying needs. LibreOffice, which drives the other tests, cannot copy one."""

    def __init__(self, name: str, sheets: _Sheets) -> None:
        self.name, self.sheets, self.formulas = name, sheets, dict[str, str]()

    def copy(self, after: _Sheet, name: str) -> None:
        after.sheets.insert(after.sheets.index(after) + 1, _Sheet(name, after.sheets))

    def range(self, cell: str) -> Any:
        class Cell:
            def __setattr__(cell_self, _: str, formula: str) -> None:  # noqa: N805
                self.formulas[cell] = formula

        return Cell()


class _Book:
    """An open workbook; as its own application it opens a workbook of one sheet."""

    def __init__(self, *names: str) -> None:
        self.sheets, self.calls = _Sheets(), list[str]()
        self.sheets.extend(_Sheet(name, self.sheets) for name in names)
        self.app = self.books = self

    def open(self, path: str, read_only: bool) -> _Book:
        self.calls.append(f"open {path} {read_only}")
        self.made = _Book("USP scores")
        return self.made

    def activate(self) -> None:
        self.calls.append("activate")

    def close(self) -> None:
        self.calls.append("close")


def test_an_open_workbook_gets_the_sheet_last_with_a_free_name_and_its_lookups() -> None:
    """The built workbook is opened for reading, its sheet copied, and it is closed again."""
    book = _Book("Start", "usp scores")
    assert copy_working_sheet(book, Path("x.xlsx"), {"B5": "=1"}) == "USP scores 2"
    assert [sheet.name for sheet in book.sheets] == ["Start", "usp scores", "USP scores 2"]
    assert book.sheets[2].formulas == {"B5": "=1"}
    assert (book.calls, book.made.calls) == (["open x.xlsx True", "activate"], ["close"])

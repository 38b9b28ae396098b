"""Worksheet functions in the cells of a workbook: from the sheet through our macros and xlwings to Python and back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.live.bridge.start import bridged_modules, bridged_office
from tests.live.office import Locale
from xlsales.build.addin import macro_workbook_bytes

REVENUE = [400, 250, 120, 80, 50, 40, 25, 15, 12, 8]
POINTS = [[10, 6, 4, 0], [8, 8, 2, 2], [12, 4, 4, 0], [6, 10, 4, 0], [14, 2, 2, 2]]


@pytest.fixture(scope="module", params=["sv-SE", "en-US"])
def document(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A workbook with our macros, open on a Swedish and on an American computer."""
    folder = tmp_path_factory.mktemp("functions")
    path = folder / "bok.xlsm"
    path.write_bytes(macro_workbook_bytes(bridged_modules(), "sv"))
    locale: Locale = request.param
    office = bridged_office(folder / "home", locale)
    try:
        yield office.open(path)
    finally:
        office.close()


class Paper:
    """An empty sheet of the user's own."""

    def __init__(self, sheet: Any) -> None:
        self._sheet = sheet

    def put(self, corner: str, rows: list[list[Any]]) -> None:
        """Type numbers and texts from a cell on."""
        start = self._sheet.getCellRangeByName(corner).CellAddress
        cells = self._sheet.getCellRangeByPosition(
            start.Column, start.Row, start.Column + len(rows[0]) - 1, start.Row + len(rows) - 1
        )
        cells.setDataArray(tuple(tuple(float(c) if isinstance(c, int) else c for c in row) for row in rows))

    def formula(self, address: str, text: str) -> None:
        """Type a formula; over several cells as one formula for all of them."""
        cells = self._sheet.getCellRangeByName(address)
        if ":" in address:
            cells.setArrayFormula(text)
        else:
            cells.setFormula(text)

    def shown(self, address: str) -> list[Any]:
        """What stands in cells, row by row."""
        return [value for row in self._sheet.getCellRangeByName(address).getDataArray() for value in row]


@pytest.fixture
def paper(document: Any) -> Iterator[Paper]:
    """A new sheet, gone after the test."""
    document.Sheets.insertNewByName("Eget blad", 0)
    yield Paper(document.Sheets.getByName("Eget blad"))
    document.Sheets.removeByName("Eget blad")


def test_classes_follow_the_revenue(paper: Paper) -> None:
    """One formula over all customers, and all of it anew when one customer's revenue changes."""
    paper.put("A1", [[amount] for amount in REVENUE])
    paper.formula("B1:B10", "=XLS_ABC(A1:A10)")
    paper.formula("C1:C10", "=XLS_ABC(A1:A10;;0.5;0.7)")
    assert "".join(paper.shown("B1:B10")) == "AAAABBBCCC"
    assert "".join(paper.shown("C1:C10")) == "AABCCCCCCC"
    paper.put("A1", [[1]])
    assert "".join(paper.shown("B1:B10")) == "CAAAABBBCC"


def test_functions_of_functions(paper: Paper) -> None:
    """The weights from the answers, and the decisive ones from those weights."""
    paper.put("A1", POINTS)
    paper.formula("A7:D7", "=XLS_WEIGHTS(A1:D5)")
    paper.formula("A8:D8", "=XLS_DECISIVE(A7:D7)")
    assert paper.shown("A7:D7") == pytest.approx([0.5, 0.3, 0.16, 0.04])
    assert paper.shown("A8:D8") == [1, 1, 0, 0]
    paper.put("A1", [[4, 4, 8, 4], [4, 4, 8, 4], [4, 4, 8, 4], [4, 4, 8, 4], [4, 4, 8, 4]])
    assert paper.shown("A7:D7") == pytest.approx([0.2, 0.2, 0.4, 0.2])
    assert paper.shown("A8:D8") == [0, 0, 1, 0]


def test_one_number_from_cells_and_from_the_formula_itself(paper: Paper) -> None:
    """Cells, numbers in the formula and an argument left out; the answer is one cell."""
    paper.put("A1", [[3, 1]])
    paper.formula("C1", "=XLS_STAGEGAP(A1;B1)")
    paper.formula("D1", "=XLS_COVERAGE(10;4;18)")
    paper.formula("E1", "=XLS_CUMSHARE(A1)+1")
    assert paper.shown("C1:E1") == [2, 3, 2]
    paper.put("B1", [[2]])
    assert paper.shown("C1") == [1]


def test_dates_arrive_as_dates(paper: Paper) -> None:
    """From cells that show a date, whatever the computer calls it."""
    for row, created in enumerate(("2026;1;1", "2025;12;2", "2025;10;3"), start=1):
        paper.formula(f"A{row}", f"=DATE({created})")
    paper.formula("B1", "=DATE(2026;3;2)")
    paper.formula("C1:C3", "=XLS_AGE(A1:A3;B1;60)")
    assert paper.shown("C1:C3") == [1, 1.5, 2.5]


def test_what_is_wrong_is_said_in_the_cell(paper: Paper) -> None:
    """A short text with argument and row, and the answer again when the cell is mended."""
    paper.put("A1", [[10], ["tolv"], [30]])
    paper.formula("B1", "=XLS_CUMSHARE(A1:A3)")
    assert paper.shown("B1") == ["intäkt, rad 2: ”tolv” är inte ett tal."]
    paper.formula("A2", "=1/0")
    assert paper.shown("B1") == ["intäkt, rad 2: cellen har felet #DIV/0!."]
    paper.put("A2", [[60]])
    assert paper.shown("B1") == [1]


def test_a_number_pasted_as_text_is_the_number_everywhere(paper: Paper) -> None:
    """Thousands with a space and a decimal comma, on a Swedish computer and on an American one."""
    paper.put("A1", [["1 234,50"], [1234.5]])
    paper.formula("C1:C2", "=XLS_CUMSHARE(A1:A2)")
    assert paper.shown("C1:C2") == [0.5, 1]


def test_many_cells_with_functions(paper: Paper) -> None:
    """Fifty formulas over the same cells, all of them anew after one change."""
    paper.put("A1", [[row, row + 1] for row in range(1, 51)])
    for row in range(1, 51):
        paper.formula(f"C{row}", f"=XLS_STAGEGAP(MOD(B{row};4)+1;MOD($A$1;4)+1)")
    first = paper.shown("C1:C50")
    paper.put("A1", [[2]])
    assert paper.shown("C1:C50") == [value - 1 for value in first]

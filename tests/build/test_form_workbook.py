"""The survey form as a workbook: what can be written, what counts along, and that others can open it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.programs import convert, pdf_pages, sdk_errors
from tests.survey_forms import QUESTIONS, fill_workbook, form
from xlsales.build.form_workbook import write_form_workbook
from xlsales.sources.surveys.cells import sheets_of
from xlsales.sources.surveys.forms import workbook_answer
from xlsales.tables.forms import Form, Question

SHEET_AS_CSV = "csv:Text - txt - csv (StarCalc):59,34,76"


def written(tmp_path: Path, wanted: Form) -> Path:
    """The form on disk."""
    path = tmp_path / "form.xlsx"
    write_form_workbook(wanted, path)
    return path


def shown(path: Path, folder: Path) -> str:
    """What LibreOffice shows on the first sheet when it has counted."""
    folder.mkdir()
    return convert(path, SHEET_AS_CSV, folder).read_text("cp1252", "replace")


def test_only_the_answers_can_be_written(tmp_path: Path) -> None:
    """The sheet is protected without a password; name, role and one cell per criterion are open."""
    page = load_workbook(written(tmp_path, form())).worksheets[0]
    assert page.protection.sheet
    assert page.protection.password is None
    unlocked = [c.coordinate for row in page.iter_rows() for c in row if not c.protection.locked]
    assert unlocked == ["C5", "C6", "D9", "D10", "D11"]
    assert page.column_dimensions["A"].hidden


def test_points_are_limited_by_validation(tmp_path: Path) -> None:
    """From 0 to 20 with decimals, and from 1 to 10 for a rating; the message says so."""
    for method, limits in (("points20", ("0", "20")), ("points100", ("0", "100")), ("scale10", ("1", "10"))):
        page = load_workbook(written(tmp_path, form(method))).worksheets[0]
        rule = page.data_validations.dataValidation[0]
        assert (rule.type, rule.formula1, rule.formula2, str(rule.sqref)) == ("decimal", *limits, "D9:D11")
        assert limits[1] in str(rule.error)


def test_what_users_named_is_text_and_never_a_formula(tmp_path: Path) -> None:
    """Names that begin as formulas stand as they are."""
    page = load_workbook(written(tmp_path, form())).worksheets[0]
    formulas = {c.coordinate for row in page.iter_rows() for c in row if c.data_type == "f"}
    assert formulas == {"D12", "B13"}
    assert page["C11"].value == "=1+1"
    assert page["C11"].data_type != "f"


@pytest.mark.parametrize(
    ("points", "says"), [((10, 6, 4), "Klart: alla 20"), ((10, 6, 3.5), "0,5 po"), ((10, 6, 5), "1 po")]
)
def test_libreoffice_counts_along(tmp_path: Path, points: tuple[float, ...], says: str) -> None:
    """The sum and what is left follow the points; the protection is still there when LibreOffice has saved."""
    given = dict(zip(("quality", "service", "price"), points, strict=True))
    path = fill_workbook(written(tmp_path, form()), given)
    text = shown(path, tmp_path / "csv")
    assert says in text or says.replace(",", ".") in text
    assert ("mycket" in text) == (sum(points) > 20)
    again = convert(path, "ods", tmp_path / "csv")
    assert workbook_answer(again, sheets_of(again)).points == given  # type: ignore[union-attr]


def test_libreoffice_counts_ratings(tmp_path: Path) -> None:
    """Two of three, then all."""
    path = fill_workbook(written(tmp_path, form("scale10")), {"quality": 10, "price": 1})
    assert "2 av 3" in shown(path, tmp_path / "two")
    assert "alla 3" in shown(fill_workbook(path, {"service": 5}), tmp_path / "three")


@pytest.mark.parametrize("method", ["points20", "scale10", "belief"])
def test_the_open_xml_sdk_finds_nothing_wrong(tmp_path: Path, method: str) -> None:
    """Every kind of form is valid."""
    assert sdk_errors(written(tmp_path, form(method, person="Åsa"))) == []


def test_even_a_long_form_is_one_page(tmp_path: Path) -> None:
    """Fifteen criteria with long descriptions fit, and the key is not printed."""
    many = tuple(Question(f"c{i}", f"Kriterium nummer {i}", "Så här menar vi med det. " * 4) for i in range(15))
    wanted = replace(form(), questions=many)
    pages = pdf_pages(written(tmp_path, wanted), tmp_path / "pdf")
    assert len(pages) == 1
    assert "Kriterium nummer 14" in pages[0]
    assert "xlsales" not in pages[0]


def test_the_respondent_reads_the_form_in_one_language(tmp_path: Path) -> None:
    """English all through, a known name as text and not as a cell to fill in."""
    page = load_workbook(written(tmp_path, form(language="en", person="Anne"))).worksheets[0]
    assert page["B1"].value == "What weighs most when you choose a supplier?"
    assert (page["C5"].value, page["C5"].protection.locked) == ("Anne", True)
    assert page.title == "Survey"


def test_what_was_written_is_read_back(tmp_path: Path) -> None:
    """Points with a decimal comma, a text, a blank, and the name of whoever answered."""
    path = fill_workbook(written(tmp_path, form()), {"quality": "6,5", "service": "många"}, "Åsa Öberg\n")
    found = workbook_answer(path, sheets_of(path))
    assert found is not None
    assert found.word == form().word
    assert found.points == {"quality": 6.5, "service": "många", "price": None}
    assert found.person == "Åsa Öberg"
    assert found.when is not None
    assert [q.criterion_id for q in QUESTIONS] == list(found.points)

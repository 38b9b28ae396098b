"""Programs other than ours open the finished demo."""

from __future__ import annotations

from pathlib import Path

from tests.conftest import DemoRun
from tests.programs import pdf_pages, sdk_errors
from xlsales.tables.schema import load_schema


def test_the_open_xml_sdk_finds_no_error_in_the_finished_demo(demo_sv: DemoRun, demo_en: DemoRun) -> None:
    """A workbook that fails the schema may open with a repair dialogue."""
    assert sdk_errors(demo_sv.workbook) == []
    assert sdk_errors(demo_en.workbook) == []


def test_libreoffice_prints_every_sheet_with_its_figures(demo_sv: DemoRun, tmp_path: Path) -> None:
    """Each visible sheet has pages, the headline figures are on them, and no cell shows an error."""
    pages = pdf_pages(demo_sv.workbook, tmp_path)
    text = "\n".join(pages)
    for sheet in load_schema().sheets.values():
        assert sheet.hidden or sheet.name["sv"] in text, sheet.key
    for figure in ("77,270,740", "Nordverk Industriservice AB", "Julkort till alla kunder"):
        assert figure in text
    for error in ("#REF!", "#NAME?", "#VALUE!", "#DIV/0!", "Err:5"):
        assert error not in text

"""A table that needs the rows of what stands below it moves them down where that is safe."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from tests.hosts.workbooks import add_kunder, edit, parts, sheet_xml
from xlsales.hosts.file import FileHost
from xlsales.issues import CannotWrite

GROWN = edit({"Belopp": [1, 2, 3, 4, 5]}, [0, 1, 2, -1, -1])


def _book(path: Path, add: Callable[[Any, Any], object]) -> Path:
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("Kunder")
    add_kunder(sheet)
    sheet.write("C8", "min anteckning")
    sheet.write_formula("D8", "=SUM(D4:D6)+D9+$A$1", None, 60)
    sheet.write("D9", 7)
    add(book, sheet)
    book.close()
    return path


def _grown(path: Path) -> str:
    host = FileHost.open(path)
    host.write("Kunder", GROWN)
    host.save()
    return sheet_xml(path)


def test_rows_below_move_down_and_their_formulas_with_them(tmp_path: Path) -> None:
    """The notes stand as far below the table as before and still say the same."""
    xml = _grown(_book(tmp_path / "a.xlsx", lambda book, sheet: sheet.write_formula("H2", "=D9", None, 7)))
    assert '<c r="C10" t="s">' in xml
    assert '<c r="D11"><v>7</v>' in xml
    assert "<f>SUM(D4:D8)+D11+$A$1</f>" in xml
    assert '<c r="H2"><f>D11</f>' in xml
    assert not re.search(r'<row r="9"', xml)


def test_names_charts_and_formats_below_move_along(tmp_path: Path) -> None:
    """What pointed at the moved rows points at them still."""

    def add(book: Any, sheet: Any) -> None:
        book.define_name("Sju", "=Kunder!$D$9")
        sheet.conditional_format("D8:D9", {"type": "data_bar"})
        sheet.conditional_format("A1:Z20", {"type": "blanks", "format": book.add_format({"bold": True})})
        chart = book.add_chart({"type": "line"})
        chart.add_series({"values": "=Kunder!$D$8:$D$9"})
        book.add_worksheet("Diagram").insert_chart("A1", chart)

    path = _book(tmp_path / "a.xlsx", add)
    xml, content = _grown(path), parts(path)
    assert re.findall(r'<conditionalFormatting sqref="([^"]*)"', xml) == ["D10:D11", "A1:Z22"]
    assert b">Kunder!$D$11<" in content["xl/workbook.xml"]
    assert b"<c:f>Kunder!$D$10:$D$11</c:f>" in content["xl/charts/chart1.xml"]


@pytest.mark.parametrize(
    "add",
    [
        lambda book, sheet: book.add_worksheet("Annan").write_formula("A1", "=Kunder!D9", None, 7),
        lambda book, sheet: sheet.insert_chart("C8", _chart(book)),
        lambda book, sheet: sheet.write_comment("D9", "hit"),
        lambda book, sheet: sheet.merge_range("G8:H8", ""),
        lambda book, sheet: sheet.add_table("H8:I9", {"name": "Annan"}),
        lambda book, sheet: sheet.protect(),
        lambda book, sheet: sheet.set_h_pagebreaks([9]),
        lambda book, sheet: sheet.write_url("H1", "internal:Kunder!D9"),
    ],
    ids=["formula", "chart", "comment", "merge", "table", "protection", "page break", "link"],
)
def test_rows_that_something_holds_in_place_are_not_moved(tmp_path: Path, add: Callable[[Any, Any], object]) -> None:
    """The run refuses, names the table's range and the cell, and changes nothing."""
    path = _book(tmp_path / "a.xlsx", add)
    host = FileHost.open(path)
    with pytest.raises(CannotWrite) as caught:
        host.write("Kunder", GROWN)
    assert caught.value.code == "table_blocked"
    assert (caught.value.params["body"], caught.value.params["blocked"]) == ("B3:F8", "C8")
    before = path.read_bytes()
    host.save()
    assert path.read_bytes() == before


def _chart(book: Any) -> Any:
    chart = book.add_chart({"type": "line"})
    chart.add_series({"values": "=Kunder!$D$4:$D$6"})
    return chart

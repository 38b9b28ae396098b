"""What points at a table's columns goes along with them."""

from __future__ import annotations

import re
from pathlib import Path

import xlsxwriter

from tests.hosts.workbooks import add_kunder, edit, parts, plain, repacked, rich, sheet_xml
from xlsales.hosts.file import FileHost


def _grown(path: Path, rows: int = 5) -> dict[str, str]:
    host = FileHost.open(path)
    origin = [row if row < 3 else -1 for row in range(rows)]
    host.write("Kunder", edit({"Namn": [f"n{row}" for row in range(rows)], "Belopp": list(range(rows))}, origin))
    host.save()
    return {name: raw.decode("utf-8", "replace") for name, raw in parts(path).items()}


def test_conditional_formats_follow_the_body(tmp_path: Path) -> None:
    """One over a column or the whole body grows; one over more stays; those of 2010 too."""
    sheet = _grown(rich(tmp_path / "a.xlsx"))["xl/worksheets/sheet1.xml"]
    assert re.findall(r'<conditionalFormatting sqref="([^"]*)"', sheet) == ["D4:D8", "B4:F8", "A1:Z99"]
    assert "<xm:sqref>D4:D8</xm:sqref></x14:conditionalFormatting>" in sheet


def test_validations_and_sparklines_follow_the_body(tmp_path: Path) -> None:
    """A list in a user's column reaches the new rows; a sparkline over the column too."""
    sheet = _grown(rich(tmp_path / "a.xlsx"))["xl/worksheets/sheet1.xml"]
    assert 'sqref="E4:E8"' in sheet
    assert "<xm:f>Kunder!D4:D8</xm:f><xm:sqref>H6</xm:sqref>" in sheet


def test_defined_names_follow_what_they_covered_exactly(tmp_path: Path) -> None:
    """A name over a column or over the whole table grows, one over more stays."""
    workbook = _grown(rich(tmp_path / "a.xlsx"))["xl/workbook.xml"]
    names = dict(re.findall(r'<definedName name="(\w+)"[^>]*>([^<]*)<', workbook))
    assert names == {"Belopp": "Kunder!$D$4:$D$8", "Hela": "Kunder!$B$3:$F$9", "Annat": "Kunder!$A$1:$Z$99"}


def test_charts_follow_and_keep_the_new_values(tmp_path: Path) -> None:
    """References cover the new rows and the values the chart remembers are the new ones."""
    chart = _grown(rich(tmp_path / "a.xlsx"))["xl/charts/chart1.xml"]
    assert re.findall(r"<c:f>([^<]*)</c:f>", chart) == ["Kunder!$D$3", "Kunder!$C$4:$C$8", "Kunder!$D$4:$D$8"]
    points = re.findall(r"<c:v>([^<]*)</c:v>", chart)
    assert points == ["Belopp", "n0", "n1", "n2", "n3", "n4", "0", "1", "2", "3", "4"]
    assert chart.count('<c:ptCount val="5"/>') == 2


def test_charts_are_renewed_when_only_values_change(tmp_path: Path) -> None:
    """The size is the same, the remembered values are not."""
    chart = _grown(rich(tmp_path / "a.xlsx"), rows=3)["xl/charts/chart1.xml"]
    assert re.findall(r"<c:v>([^<]*)</c:v>", chart)[-3:] == ["0", "1", "2"]


def test_everything_goes_along_when_columns_change_places(tmp_path: Path) -> None:
    """Charts, names, formats, validations and formulas point at the same column as before."""
    path = rich(tmp_path / "a.xlsx")
    host = FileHost.open(path)
    host.write("Kunder", edit({}, [0, 1, 2], drop=("Nr",), order=("Belopp", "Namn", "Dubbel", "Egen")))
    host.save()
    sheet, content = sheet_xml(path), parts(path)
    assert "SUM(B4:B6)+$B$4" in sheet
    assert re.findall(r'<conditionalFormatting sqref="([^"]*)"', sheet)[:2] == ["B4:B6", "B4:E6"]
    assert "<formula>$B4&gt;15</formula>" in sheet
    assert 'sqref="E4:E6"' in sheet
    assert b"<c:f>Kunder!$B$4:$B$6</c:f>" in content["xl/charts/chart1.xml"]
    assert b">Kunder!$B$4:$B$6</definedName>" in content["xl/workbook.xml"]


def test_filter_criteria_and_sort_state_are_kept(tmp_path: Path) -> None:
    """The filter follows the body, its criteria their column, the sort state its range."""
    path = plain(tmp_path / "a.xlsx")
    name = "xl/tables/table1.xml"
    part = parts(path)[name].decode()
    criteria = '<filterColumn colId="2"><filters><filter val="20"/></filters></filterColumn>'
    state = '<sortState ref="B4:F6"><sortCondition ref="C4:C6"/></sortState>'
    part = part.replace('<autoFilter ref="B3:F6"/>', f'<autoFilter ref="B3:F6">{criteria}</autoFilter>{state}')
    repacked(path, {name: part.encode()})
    host = FileHost.open(path)
    order = ("Belopp", "Nr", "Namn", "Egen", "Dubbel")
    host.write("Kunder", edit({"Nr": ["a"] * 5}, [0, 1, 2, -1, -1], order=order))
    after = parts(Path(host.save()))[name].decode()
    assert f'<autoFilter ref="B3:F8">{criteria.replace("2", "0", 1)}</autoFilter>' in after
    assert '<sortState ref="B4:F8"><sortCondition ref="D4:D8"/></sortState>' in after


def test_hyperlinks_follow_their_row(tmp_path: Path) -> None:
    """A link in a user's cell goes where its row goes, and goes when the row goes."""
    path = plain(tmp_path / "a.xlsx")
    links = "".join(f'<hyperlink ref="E{row}" location="Kunder!A{row}"/>' for row in (4, 5, 6))
    xml = sheet_xml(path).replace("<pageMargins", f"<hyperlinks>{links}</hyperlinks><pageMargins", 1)
    repacked(path, {"xl/worksheets/sheet1.xml": xml.encode()})
    host = FileHost.open(path)
    host.write("Kunder", edit({"Nr": ["c", "a"]}, [2, 0]))
    after = sheet_xml(Path(host.save()))
    assert re.findall(r'<hyperlink ref="(\w+)" location="([^"]*)"', after) == [("E5", "Kunder!A4"), ("E4", "Kunder!A6")]


def test_the_calculation_chain_is_dropped_and_calculation_asked_for(tmp_path: Path) -> None:
    """The list of formula cells goes with its relationship and content type."""
    path = plain(tmp_path / "a.xlsx")
    types = parts(path)["[Content_Types].xml"].decode()
    links = parts(path)["xl/_rels/workbook.xml.rels"].decode()
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.calcChain+xml"
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/calcChain"
    repacked(path, {
        "[Content_Types].xml": types.replace(
            "</Types>", f'<Override PartName="/xl/calcChain.xml" ContentType="{kind}"/></Types>').encode(),
        "xl/_rels/workbook.xml.rels": links.replace(
            "</Relationships>", f'<Relationship Id="rId99" Type="{relation}" Target="calcChain.xml"/></Relationships>'
        ).encode(),
        "xl/calcChain.xml": b'<calcChain xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>',
        "xl/workbook.xml": re.sub(rb"<calcPr[^>]*/>", b"", parts(path)["xl/workbook.xml"]),
    })  # fmt: skip
    after = _grown(path)
    assert "xl/calcChain.xml" not in after
    assert "calcChain" not in after["[Content_Types].xml"] + after["xl/_rels/workbook.xml.rels"]
    assert '<calcPr fullCalcOnLoad="1"/>' in after["xl/workbook.xml"]


def test_the_dimension_is_widened(tmp_path: Path) -> None:
    """The sheet's used range covers the new rows."""
    sheet = _grown(plain(tmp_path / "a.xlsx"), rows=50)["xl/worksheets/sheet1.xml"]
    assert '<dimension ref="B3:F53"/>' in sheet


def test_formulas_of_other_sheets_follow_what_they_covered_exactly(tmp_path: Path) -> None:
    """A user's sum over a column on a sheet of its own stays a sum over the whole column."""
    path = tmp_path / "a.xlsx"
    book = xlsxwriter.Workbook(str(path))
    add_kunder(book.add_worksheet("Kunder"))
    mine = book.add_worksheet("Min")
    mine.write_formula("A1", "=SUM(Kunder!D4:D6)+Kunder!D5", None, 80)
    mine.write_formula("A2", "=SUM(Kunder!D4:D99)", None, 60)
    other = book.add_worksheet("Orörd")
    other.write_formula("A1", "=Min!A1", None, 80)
    book.close()
    before = parts(path)
    after = _grown(path)
    assert "<f>SUM(Kunder!D4:D8)+Kunder!D5</f>" in after["xl/worksheets/sheet2.xml"]
    assert "<f>SUM(Kunder!D4:D99)</f>" in after["xl/worksheets/sheet2.xml"]
    assert after["xl/worksheets/sheet3.xml"] == before["xl/worksheets/sheet3.xml"].decode()


def test_notes_follow_their_row(tmp_path: Path) -> None:
    """A note on a cell goes where its row and column go, its box too; with the row it goes away."""
    path = tmp_path / "a.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("Kunder")
    add_kunder(sheet)
    for address, text in (("E4", "ett"), ("E5", "två"), ("D6", "tre"), ("H5", "bredvid"), ("B3", "rubrik")):
        sheet.write_comment(address, text)
    book.close()
    host = FileHost.open(path)
    order = ("Egen", "Nr", "Namn", "Belopp", "Dubbel")
    host.write("Kunder", edit({"Nr": ["3", "9", "1"]}, [2, -1, 0], order=order))
    content = parts(Path(host.save()))
    comments = content["xl/comments1.xml"].decode()
    found = re.findall(r'<comment ref="(\w+)".*?<t[^>]*>([^<]*)</t></r></text>', comments) or re.findall(
        r'<comment ref="(\w+)".*?<t[^>]*>([^<]*)</t>', comments
    )
    assert dict(found) == {"B6": "ett", "E4": "tre", "H5": "bredvid", "C3": "rubrik"}
    shapes = content["xl/drawings/vmlDrawing1.vml"].decode()
    cells = re.findall(r"<x:Row>(\d+)</x:Row>\s*<x:Column>(\d+)</x:Column>", shapes)
    assert sorted(cells) == [("2", "2"), ("3", "4"), ("4", "7"), ("5", "1")]

"""The body of a table in a closed workbook: cells, styles, formulas, columns, size."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest
import xlsxwriter

from tests.hosts.workbooks import DAY, HEADINGS, edit, parts, plain, repacked, rich, sheet_xml
from xlsales.hosts import KEEP
from xlsales.hosts.file import FileHost
from xlsales.issues import CannotWrite


def _cell(xml: str, address: str) -> str:
    found = re.search(rf'<c r="{address}"[^>]*?(?:/>|>.*?</c>)', xml)
    return found[0] if found else ""


def _written(path: Path, table: str, *given: object, sheet: int = 1) -> str:
    host = FileHost.open(path)
    host.write(table, edit(*given))  # type: ignore[arg-type]
    host.save()
    return sheet_xml(path, sheet)


def test_only_the_parts_that_must_change_are_changed(tmp_path: Path) -> None:
    """Sheet, table, workbook, chart and styles may differ; everything else is the same bytes, in order."""
    path = rich(tmp_path / "a.xlsx")
    before = parts(path)
    _written(path, "Kunder", {"Namn": ["=x", "y", "z", "å"], "Belopp": [1, 2, 3, DAY]}, [0, 1, 2, -1])
    after = parts(path)
    changed = {name for name in before if before[name] != after[name]}
    assert list(before) == list(after)
    assert changed == {
        "xl/worksheets/sheet1.xml", "xl/tables/table1.xml", "xl/workbook.xml", "xl/charts/chart1.xml", "xl/styles.xml"
    }  # fmt: skip


def test_untouched_parts_keep_their_compressed_bytes(tmp_path: Path) -> None:
    """A part that does not change is not compressed again."""
    path = rich(tmp_path / "a.xlsx")
    before = path.read_bytes()
    theme = before.index(b"xl/theme/theme1.xml")
    _written(path, "Kunder", {"Namn": ["a"]}, [0])
    after = path.read_bytes()
    start = after.index(b"xl/theme/theme1.xml")
    assert after[start : start + 1000] == before[theme : theme + 1000]


def test_cells_beside_the_table_are_not_touched(tmp_path: Path) -> None:
    """What a user wrote in the same rows stays, with its style."""
    path = rich(tmp_path / "a.xlsx")
    before = _cell(sheet_xml(path), "H3")
    xml = _written(path, "Kunder", {"Namn": ["a"] * 9}, [-1] * 9)
    assert _cell(xml, "H3") == before
    assert "SUM(D4:D12)+$D$4" in _cell(xml, "H5")


def test_written_cells_keep_their_style_and_new_rows_take_the_last_rows(tmp_path: Path) -> None:
    """Styles follow the row by origin; a new row is dressed like the last."""
    path = rich(tmp_path / "a.xlsx")
    style = re.search(r's="\d+"', _cell(sheet_xml(path), "D6"))
    xml = _written(path, "Kunder", {"Belopp": [5, None, 7, 8]}, [2, 1, -1, -1])
    assert style is not None
    assert all(style[0] in _cell(xml, f"D{row}") for row in range(4, 8))


def test_text_that_looks_like_a_formula_is_text_with_a_quote_prefix(tmp_path: Path) -> None:
    """The cell is a string and its style says so, also when Excel edits it."""
    path = plain(tmp_path / "a.xlsx")
    xml = _written(path, "Kunder", {"Namn": ["=1+1", "vanlig", "-10 %"]}, [0, 1, 2])
    cell = _cell(xml, "C4")
    style = re.search(r's="(\d+)"', cell)
    assert 't="inlineStr"' in cell
    assert style is not None
    xfs = re.findall(r"<xf [^>]*>", parts(path)["xl/styles.xml"].decode().split("<cellXfs")[1])
    assert 'quotePrefix="1"' in xfs[int(style[1])]
    assert 's="' not in _cell(xml, "C5")


def test_a_quote_prefix_goes_when_ordinary_text_takes_the_cell(tmp_path: Path) -> None:
    """The mark belongs to the text, not to the cell."""
    path = plain(tmp_path / "a.xlsx")
    _written(path, "Kunder", {"Namn": ["=1", "=2", "=3"]}, [0, 1, 2])
    xml = _written(path, "Kunder", {"Namn": ["a", "b", 3]}, [0, 1, 2])
    marked = re.search(r's="(\d+)"', _cell(xml, "C4"))
    xfs = re.findall(r"<xf [^>]*>", parts(path)["xl/styles.xml"].decode().split("<cellXfs")[1])
    assert marked is None or "quotePrefix" not in xfs[int(marked[1])]


def test_a_date_gets_a_date_format_only_where_the_cell_has_none(tmp_path: Path) -> None:
    """A date in a plain cell is shown as year, month, day; a date format of the user's stays."""
    path = plain(tmp_path / "a.xlsx")
    xml = _written(path, "Kunder", {"Egen": [DAY, DAY, "text"]}, [0, 1, 2])
    assert 'formatCode="yyyy-mm-dd"' in parts(path)["xl/styles.xml"].decode()
    style = re.search(r's="\d+"', _cell(xml, "E4"))
    again = _written(path, "Kunder", {"Egen": [DAY, DAY, "text"]}, [0, 1, 2])
    assert style is not None
    assert style[0] in _cell(again, "E4")
    assert FileHost.open(path).read("Kunder")["Egen"].to_list()[:2] == [dt.datetime(2024, 5, 1)] * 2


def test_dates_count_from_1904_where_the_workbook_does(tmp_path: Path) -> None:
    """The same day has another number, and comes back as the same day."""
    path = plain(tmp_path / "a.xlsx", date_1904=True)
    xml = _written(path, "Kunder", {"Egen": [DAY]}, [0])
    assert "<v>43951</v>" in _cell(xml, "E4")
    assert FileHost.open(path).read("Kunder")["Egen"][0] == dt.datetime(2024, 5, 1)


def test_a_calculated_column_is_filled_in_new_rows(tmp_path: Path) -> None:
    """The column's formula stands in every new row, kept or not."""
    path = plain(tmp_path / "a.xlsx")
    xml = _written(path, "Kunder", {"Belopp": [1, 2, 3, 4, 5]}, [0, 1, 2, -1, -1])
    assert all("Kunder[[#This Row],[Belopp]]*2" in _cell(xml, f"F{row}") for row in range(4, 9))


def test_a_users_formula_follows_its_row(tmp_path: Path) -> None:
    """What a formula says of its own row is said of the new row; fixed references stay."""
    path = tmp_path / "a.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet()
    columns = [{"header": heading} for heading in ("a", "b")]
    sheet.add_table("B3:C6", {"name": "Data", "columns": columns, "data": [[1, None], [2, None], [3, None]]})
    for row in range(4, 7):
        sheet.write_formula(f"C{row}", f'=B{row}*$A$1+SUM(B$4:B$6)&"B{row}"')
    book.close()
    xml = _written(path, "Data", {"a": [3, 1, 2, 4]}, [2, 0, 1, -1])
    assert 'B4*$A$1+SUM(B$4:B$7)&amp;"B6"' in _cell(xml, "C4")
    assert 'B6*$A$1+SUM(B$4:B$7)&amp;"B5"' in _cell(xml, "C6")


def test_shared_formulas_are_written_out(tmp_path: Path) -> None:
    """A shared formula whose master moves becomes plain formulas in every cell."""
    path = plain(tmp_path / "a.xlsx")
    xml = sheet_xml(path)
    for row, inner in ((4, '<f t="shared" ref="E4:E6" si="0">D4*2</f>'), (5, '<f t="shared" si="0"/>')):
        xml = re.sub(rf'<c r="E{row}"[^>]*?(?:/>|>.*?</c>)', f'<c r="E{row}">{inner}<v>1</v></c>', xml)
    repacked(path, {"xl/worksheets/sheet1.xml": xml.encode()})
    after = _written(path, "Kunder", {"Nr": ["b", "a"]}, [1, 0])
    assert "<f>D4*2</f>" in _cell(after, "E4")
    assert "<f>D5*2</f>" in _cell(after, "E5")
    assert "shared" not in after


def test_shrinking_clears_the_rows_given_up(tmp_path: Path) -> None:
    """Cells of removed rows are empty but keep their style; the totals row moves up."""
    path = rich(tmp_path / "a.xlsx")
    xml = _written(path, "Kunder", {"Namn": ["a"]}, [0])
    assert "SUBTOTAL(109,[Belopp])" in _cell(xml, "D5")
    assert re.fullmatch(r'<c r="D6" s="\d+"/>', _cell(xml, "D6"))
    assert _cell(xml, "D7") == ""
    assert 'ref="B3:F5"' in parts(path)["xl/tables/table1.xml"].decode()


def test_a_table_side_by_side_is_left_alone(tmp_path: Path) -> None:
    """Two tables in the same rows grow independently."""
    path = rich(tmp_path / "a.xlsx")
    host = FileHost.open(path)
    host.write("Höger", edit({"A": [1, 2, 3, 4]}, [0, 1, -1, -1]))
    host.write("Vänster", edit({"B": [9]}, [1]))
    again = FileHost.open(host.save())
    assert again.read("Höger").to_numpy().tolist() == [[1, 2], [2, 4], [3, None], [4, None]]
    assert again.read("Vänster").to_numpy().tolist() == [[3, 9]]


def test_new_columns_get_fresh_ids_and_the_headers_style(tmp_path: Path) -> None:
    """The table part names the new column exactly as its header cell."""
    path = plain(tmp_path / "a.xlsx")
    _written(path, "Kunder", {'Ny "& två\nrader': [1, 2, 3]}, [0, 1, 2])
    part = parts(path)["xl/tables/table1.xml"].decode()
    assert '<tableColumn id="6" name="Ny &quot;&amp; två_x000a_rader"/>' in part
    assert FileHost.open(path).read("Kunder").columns[-1] == 'Ny "& två\nrader'


def test_a_new_column_does_not_run_over_a_users_cells(tmp_path: Path) -> None:
    """The cell in the way is named and nothing is changed."""
    path = rich(tmp_path / "a.xlsx")
    host = FileHost.open(path)
    with pytest.raises(CannotWrite) as caught:
        host.write("Kunder", edit({"Ny": [1] * 3, "Ny 2": [1] * 3}, [0, 1, 2]))
    assert caught.value.code == "table_blocked"
    assert caught.value.params["blocked"] == "H3"
    host.save()
    assert FileHost.open(path).read("Kunder").columns.to_list() == list(HEADINGS)


def test_row_attributes_stay_and_spans_go(tmp_path: Path) -> None:
    """A user's row height is kept; the hint about columns is dropped where it may be wrong."""
    path = plain(tmp_path / "a.xlsx")
    xml = sheet_xml(path).replace('<row r="4"', '<row r="4" ht="40" customHeight="1"', 1)
    repacked(path, {"xl/worksheets/sheet1.xml": xml.encode()})
    after = _written(path, "Kunder", {"Namn": ["a", KEEP, KEEP]}, [0, 1, 2])
    row = re.search(r'<row r="4"[^>]*>', after)
    assert row is not None
    assert 'ht="40"' in row[0]
    assert "spans" not in row[0]


def test_rows_and_cells_without_addresses_are_understood(tmp_path: Path) -> None:
    """Some programs leave the addresses out; they count from the left and the top."""
    path = plain(tmp_path / "a.xlsx")
    xml = sheet_xml(path)
    xml = re.sub(r'<row r="3"', '<row r="1"/><row/><row', xml, count=1)
    for column in "CDEF":
        xml = re.sub(rf' r="{column}\d+"', "", xml)
    repacked(path, {"xl/worksheets/sheet1.xml": xml.encode()})
    host = FileHost.open(path)
    assert host.read("Kunder")["Namn"].to_list() == ["Ås AB", "Berg", "Ceder & Co"]
    host.write("Kunder", edit({"Namn": ["x", KEEP, KEEP]}, [0, 1, 2]))
    assert FileHost.open(host.save()).read("Kunder")["Namn"].to_list() == ["x", "Berg", "Ceder & Co"]


def test_prefixed_namespaces_are_understood(tmp_path: Path) -> None:
    """Sheet and table parts may name every element with a prefix."""
    path = plain(tmp_path / "a.xlsx")
    content = parts(path)
    for name in ("xl/worksheets/sheet1.xml", "xl/tables/table1.xml", "xl/workbook.xml", "xl/styles.xml"):
        xml = re.sub(r"<(/?)(?=[A-Za-z])(?!\?)(?!x14)", r"<\1x:", content[name].decode())
        content[name] = xml.replace('xmlns="', 'xmlns:x="', 1).encode()
    repacked(path, content)
    host = FileHost.open(path)
    host.write("Kunder", edit({"Namn": ["=x", "b", "c", "d"], "Egen": [DAY] * 4, "Ny": [1, 2, 3, 4]}, [2, 1, 0, -1]))
    frame = FileHost.open(host.save()).read("Kunder")
    assert frame["Namn"].to_list() == ["=x", "b", "c", "d"]
    assert frame["Belopp"].to_list() == [30, 20, 10.5, None]
    assert frame["Ny"].to_list() == [1, 2, 3, 4]

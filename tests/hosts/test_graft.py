"""A sheet grafted into any workbook: it is last, it looks and computes as built, and nothing else changes."""

from __future__ import annotations

import re
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.cell import MergedCell

from tests.hosts.workbooks import edit, parts, plain, repacked, rich
from tests.programs import convert, sdk_errors
from xlsales.build.working_sheet import sheet_keys, working_sheet
from xlsales.hosts import KEEP
from xlsales.hosts.file import FileHost
from xlsales.hosts.ooxml.graft import free_name
from xlsales.hosts.ooxml.restyle import merged_styles
from xlsales.issues import CannotRead, CannotWrite

pytestmark = pytest.mark.filterwarnings("ignore:.*xtension is not supported")

CORPUS = Path(__file__).parents[2] / ".." / "shared" / "data" / "workbooks"
WORKBOOKS = sorted(CORPUS.glob("*.xl*")) if CORPUS.is_dir() else []
MUST = {"[Content_Types].xml", "xl/_rels/workbook.xml.rels", "xl/workbook.xml", "xl/styles.xml"}
PDCA = working_sheet("pdca", "sv").content


def grafted(path: Path, *keys: str) -> list[str]:
    """Add working sheets and save; the names they got."""
    host = FileHost.open(path)
    names = [host.add_working_sheet(working_sheet(key, "sv").content) for key in keys]
    host.save()
    return names


@pytest.mark.skipif(not WORKBOOKS, reason="the public workbooks are not here")
@pytest.mark.parametrize("path", WORKBOOKS, ids=lambda path: path.name[-60:])
def test_public_workbooks_keep_every_other_part(path: Path, tmp_path: Path) -> None:
    """Macros, pivots, controls and pictures are the same bytes, and there are no more schema errors than before."""
    target = tmp_path / f"a{path.suffix}"
    target.write_bytes(path.read_bytes())
    if "Strict" in path.name:
        with pytest.raises(CannotRead, match="strict_workbook"):
            FileHost.open(target)
        return
    names = grafted(target, *sheet_keys())
    before, after = parts(path), parts(target)
    assert {name for name in before if after[name] != before[name]} <= MUST
    assert len(set(after) - set(before)) == len(names)
    assert openpyxl.load_workbook(target).sheetnames[-len(names) :] == names
    assert len(sdk_errors(target)) <= len(sdk_errors(path))


def test_a_rich_workbook_stays_valid_and_opens_where_it_did(tmp_path: Path) -> None:
    """The new sheet is last and not selected: two selected sheets would be written in at once."""
    path = rich(tmp_path / "a.xlsx")
    assert grafted(path, "usp", "rater") == ["USP-poäng", "RATER-gap"]
    book = openpyxl.load_workbook(path)
    assert book.active is book.worksheets[0]
    assert [page.sheet_view.tabSelected for page in book.worksheets].count(True) == 1
    assert sdk_errors(path) == []


def test_adding_twice_gives_a_second_sheet(tmp_path: Path) -> None:
    """In one go and in another run."""
    path = plain(tmp_path / "a.xlsx")
    assert grafted(path, "pdca", "pdca") == ["PDCA-logg", "PDCA-logg 2"]
    assert grafted(path, "pdca") == ["PDCA-logg 3"]
    assert sdk_errors(path) == []


def test_rows_repeated_in_print_follow_the_sheet(tmp_path: Path) -> None:
    """Each sheet has its own print titles under its own name, and the workbook's names stay."""
    path = rich(tmp_path / "a.xlsx")
    grafted(path, "usp", "usp")
    book = openpyxl.load_workbook(path)
    assert [book[name].print_title_rows for name in ("USP-poäng", "USP-poäng 2")] == ["$4:$4", "$4:$4"]
    assert set(book.defined_names) == {"Belopp", "Hela", "Annat"}


def test_looks_are_those_of_the_built_sheet(tmp_path: Path) -> None:
    """Fonts, fills, borders, number formats and alignment of every cell, in a workbook with styles of its own."""
    path, alone = rich(tmp_path / "a.xlsx"), tmp_path / "b.xlsx"
    alone.write_bytes(PDCA)
    grafted(path, "rater", "pdca")
    built, added = openpyxl.load_workbook(alone).worksheets[0], openpyxl.load_workbook(path)["PDCA-logg"]
    for row in built.iter_rows():
        for cell in row:
            if isinstance(cell, MergedCell):
                continue
            other = added[cell.coordinate]
            looks = [(c.font.name, c.font.b, c.font.sz, c.font.color and c.font.color.rgb, c.fill.fgColor.rgb,
                      c.border.top.style, c.number_format, c.alignment.wrap_text) for c in (cell, other)]  # fmt: skip
            assert looks[0] == looks[1] or not cell.has_style, cell.coordinate
            assert cell.value == other.value
    rules = [[str(r.sqref) for r in page.conditional_formatting] for page in (built, added)]
    assert rules[0] == rules[1]


def test_formulas_compute_in_a_foreign_workbook(tmp_path: Path) -> None:
    """LibreOffice computes the counts of the log, beside the foreign formulas."""
    path = rich(tmp_path / "a.xlsx")
    grafted(path, "pdca")
    book = openpyxl.load_workbook(convert(path, "xlsx:Calc MS Excel 2007 XML", _folder(tmp_path)), data_only=True)
    assert [book["PDCA-logg"].cell(row, 3).value for row in (4, 5, 6)] == [0, 0, 0]
    assert book["Kunder"]["H5"].value == 71


def _folder(path: Path) -> Path:
    made = path / "converted"
    made.mkdir()
    return made


def test_everything_is_computed_on_load_and_the_chain_is_left_alone(tmp_path: Path) -> None:
    """New formulas hold no stored result that could be wrong."""
    path = plain(tmp_path / "a.xlsx")
    grafted(path, "pdca")
    after = parts(path)
    assert b'fullCalcOnLoad="1"' in after["xl/workbook.xml"]
    sheet = after["xl/worksheets/sheet2.xml"].decode()
    assert "<f>" in sheet
    assert re.search(r"</f><v>", sheet) is None


def test_a_prefix_in_the_foreign_parts_is_kept(tmp_path: Path) -> None:
    """Some programs name the elements of the workbook and the styles with a prefix."""
    path = rich(tmp_path / "a.xlsx")
    before = parts(path)
    changed: dict[str, bytes | None] = {}
    for name in ("xl/workbook.xml", "xl/styles.xml"):
        text = re.sub(r"<(/?)(?=[A-Za-z])", r"<\1q:", before[name].decode())
        changed[name] = text.replace("xmlns=", "xmlns:q=", 1).encode()
    repacked(path, changed)
    grafted(path, "usp", "rater")
    assert openpyxl.load_workbook(path).sheetnames[-2:] == ["USP-poäng", "RATER-gap"]
    assert sdk_errors(path) == []


def test_a_workbook_without_styles_gets_them(tmp_path: Path) -> None:
    """Some programs write none."""
    path = plain(tmp_path / "a.xlsx")
    before = parts(path)
    mention = re.compile(rb"<(Override|Relationship) [^>]*styles[^>]*/>")
    repacked(path, {name: mention.sub(b"", before[name]) for name in MUST} | {"xl/styles.xml": None})
    grafted(path, "usp", "usp")
    assert sdk_errors(path) == []
    assert openpyxl.load_workbook(path)["USP-poäng 2"]["A4"].font.b


def test_styles_that_lack_every_list_get_them_in_order() -> None:
    """Number 0 means no look at all, as cells without a style expect."""
    source = '<styleSheet><fonts><font><b/></font></fonts><fills><fill/></fills><borders><border/></borders>' \
             '<cellXfs><xf numFmtId="9" fontId="0" fillId="0" borderId="0"/></cellXfs><dxfs><dxf/></dxfs></styleSheet>'
    merged = merged_styles('<styleSheet xmlns="x"><cellStyles/><tableStyles/></styleSheet>', source)
    blocks = re.findall(r"<(fonts|fills|borders|cellXfs|cellStyles|dxfs|tableStyles)\b", merged.text)
    assert blocks == ["fonts", "fills", "borders", "cellXfs", "cellStyles", "dxfs", "tableStyles"]
    assert (merged.formats, merged.differences) == ([1], [0])
    assert 'xfId' not in merged.text


def test_a_protected_workbook_is_not_touched(tmp_path: Path) -> None:
    """Whoever locked the sheets does not want new ones."""
    path = plain(tmp_path / "a.xlsx")
    text = parts(path)["xl/workbook.xml"].replace(b"<bookViews>", b'<workbookProtection lockStructure="1"/><bookViews>')
    repacked(path, {"xl/workbook.xml": text})
    before, host = path.read_bytes(), FileHost.open(path)
    assert host.sheets_locked
    with pytest.raises(CannotWrite, match="cannot_save"):
        host.add_working_sheet(PDCA)
    host.save()
    assert path.read_bytes() == before


def test_a_table_can_be_changed_before_and_after_in_the_same_save(tmp_path: Path) -> None:
    """Styles made for a table's new cells and those of the sheet do not displace each other."""
    path = rich(tmp_path / "a.xlsx")
    host = FileHost.open(path)
    host.read("Kunder")
    host.write("Kunder", edit({"Namn": [KEEP, KEEP, KEEP, "=a"]}, [0, 1, 2, -1]))
    host.add_working_sheet(PDCA)
    host.write("Kunder", edit({"Namn": [KEEP, KEEP, KEEP, KEEP, "=b"]}, [0, 1, 2, 3, -1]))
    host.save()
    assert FileHost.open(path).read("Kunder")["Namn"].to_list()[-2:] == ["=a", "=b"]
    assert openpyxl.load_workbook(path)["PDCA-logg"]["A1"].font.sz == 20
    assert sdk_errors(path) == []


def test_a_workbook_with_dates_from_1904_gets_the_sheet(tmp_path: Path) -> None:
    """There are no dates in it that would move by four years."""
    path = plain(tmp_path / "a.xlsx", date_1904=True)
    grafted(path, "experience")
    assert sdk_errors(path) == []


@given(st.lists(st.text(max_size=40), max_size=6), st.text(min_size=1, max_size=40))
@settings(derandomize=True, deadline=None, max_examples=60)
def test_a_name_is_free_and_short_enough(taken: list[str], name: str) -> None:
    """No two sheets may differ in capitals alone, and Excel allows 31 characters."""
    names = list(taken)
    for _ in range(12):
        found = free_name(names, name)
        assert found.casefold() not in {other.casefold() for other in names}
        assert len(found) <= 31
        names.append(found)

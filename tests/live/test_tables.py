"""Tables in the live program move, grow, sort and filter as Excel's do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import xlwings as xw

from tests.conftest import DemoRun
from tests.hosts.workbooks import plain, rich
from tests.live.refusals import Refused
from xlsales.hosts.file import FileHost
from xlsales.tables.schema import Language

Opened = Callable[[Path], xw.Book]


@pytest.fixture
def kunder(live_book: Opened, tmp_path: Path) -> xw.main.Table:
    """The table Kunder at B3:F7 with totals, in a workbook with everything around it."""
    return live_book(rich(tmp_path / "r.xlsx")).sheets["Kunder"].tables["Kunder"]


def _hidden(table: xw.main.Table) -> list[bool]:
    return [row.impl.row_hidden for row in table.range.rows]


def test_every_table_of_a_new_workbook_is_there(live_book: Opened, templates: dict[Language, Path]) -> None:
    """The same tables, sheets and places as a closed workbook has, in Swedish and English."""
    for path in templates.values():
        closed = FileHost.open(path).tables().items()
        expected = {name: (place.sheet, place.row, place.column) for name, place in closed}
        found = {
            table.name: (sheet.name, table.range.row, table.range.column)
            for sheet in live_book(path).sheets
            for table in sheet.tables
        }
        assert found == expected


def test_the_demo_reads_as_the_closed_workbook(live_book: Opened, demo_sv: DemoRun) -> None:
    """Every cell of every table is what the file host reads, once the kinds of values are levelled."""
    host, book = FileHost.open(demo_sv.workbook), live_book(demo_sv.workbook)
    for sheet in book.sheets:
        for table in sheet.tables:
            expected = host.read(table.name)
            assert table.header_row_range.options(ndim=1).value == [str(heading) for heading in expected.columns]
            found = table.data_body_range.options(ndim=2).value
            texts = [[_level(value) for value in row] for row in found]
            assert texts == [[_level(value) for value in row] for row in expected.to_numpy()], table.name


def _level(value: object) -> object:
    if value is None or value != value or value == "":
        return None
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return pytest.approx(float(value), rel=1e-12)
    return value.isoformat()[:10] if hasattr(value, "isoformat") else value


def test_the_parts_of_a_table(kunder: xw.main.Table) -> None:
    """Header, body and totals, and the table that a cell lies in."""
    assert kunder.range.address == "$B$3:$F$7"
    assert kunder.header_row_range.value == ["Nr", "Namn", "Belopp", "Egen", "Dubbel"]
    assert kunder.data_body_range.address == "$B$4:$F$6"
    assert (kunder.show_totals, kunder.show_autofilter) == (True, True)
    assert kunder.parent["C5"].table == kunder
    assert kunder.parent["H5"].table is None
    assert [table.name for table in kunder.parent.book.sheets["Två & tre"].tables] == ["Höger", "Vänster"]
    assert "kunder" in kunder.parent.tables
    assert "Annat" not in kunder.parent.tables


def test_inserted_cells_stretch_the_table_and_move_what_is_below(kunder: xw.main.Table) -> None:
    """Only cells below in the same columns move; formats and formulas follow."""
    sheet = kunder.parent
    sheet["B12"].value, sheet["H12"].value = "under", "bredvid"
    sheet["B6:F7"].insert("down", "format_from_left_or_above")
    assert kunder.range.address == "$B$3:$F$9"
    assert kunder.data_body_range.shape == (5, 5)
    assert (sheet["B14"].value, sheet["H12"].value) == ("under", "bredvid")
    assert sheet["D6"].number_format == sheet["D5"].number_format == "#,##0.00"
    assert sheet["D9"].formula == "=SUBTOTAL(109,[Belopp])"
    assert sheet["H5"].formula == "=SUM(D4:D8)+$D$4"
    sheet["B6:F7"].delete("up")
    assert kunder.range.address == "$B$3:$F$7"
    assert sheet["B12"].value == "under"


def test_inserted_cells_may_take_the_format_below(kunder: xw.main.Table) -> None:
    """The other origin of formats: the cells that moved down."""
    sheet = kunder.parent
    sheet["D5"].number_format = "0.000"
    sheet["B5:F5"].insert("down", "format_from_right_or_below")
    assert sheet["D5:D6"].number_format == "0.000"
    assert sheet["B5:E5"].raw_value == ((None,) * 4,)
    assert kunder.range.address == "$B$3:$F$8"


def test_a_part_of_a_table_does_not_move(kunder: xw.main.Table) -> None:
    """Excel refuses to shift some columns of a table and leave the others."""
    sheet = kunder.parent
    for cells, shift in (("C1:D1", "down"), ("C5", "down"), ("A4:A5", "right")):
        with pytest.raises(Refused, match="shift cells in a table"):
            sheet[cells].insert(shift)
    with pytest.raises(Refused, match="shift cells in a table"):
        sheet["A1:C1"].delete("up")
    assert kunder.range.address == "$B$3:$F$7"


def test_columns_are_inserted_beside(kunder: xw.main.Table) -> None:
    """Cells to the right move when whole rows of the table make room."""
    kunder.parent["C3:C7"].insert("right")
    assert kunder.range.address == "$B$3:$G$7"
    assert kunder.parent["E7"].formula == "=SUBTOTAL(109,[Belopp])"


def test_an_emptied_table_keeps_a_row(live_book: Opened, tmp_path: Path) -> None:
    """Deleting every row leaves an empty one, which is no body until something is written in it."""
    sheet = live_book(plain(tmp_path / "p.xlsx")).sheets[0]
    table = sheet.tables["Kunder"]
    table.data_body_range.delete("up")
    assert table.range.address == "$B$3:$F$4"
    assert table.data_body_range is None
    assert table.insert_row_range.address == "$B$4:$F$4"
    sheet["B4"].value = "'001"
    assert table.data_body_range.address == "$B$4:$F$4"


def test_a_table_is_resized(live_book: Opened, tmp_path: Path) -> None:
    """The header row stays; a table may not move away or meet another."""
    book = live_book(rich(tmp_path / "r.xlsx"))
    sheet = book.sheets["Två & tre"]
    left = sheet.tables["Vänster"]
    left.resize(sheet["A2:B9"])
    assert left.data_body_range.address == "$A$3:$B$9"
    for wrong in ("A3:B9", "A2:F9", "A2:B2", "H2:I5"):
        with pytest.raises(Refused):
            left.resize(sheet[wrong])
    sheet["A1"].formula = "=ROWS(Vänster)"
    assert sheet["A1"].value == 7


def test_totals_go_and_come_back(kunder: xw.main.Table) -> None:
    """Without its totals a table is a row shorter, and they come back as they were."""
    kunder.show_totals = False
    assert (kunder.range.address, kunder.parent["D7"].value) == ("$B$3:$F$6", None)
    kunder.show_totals = True
    assert kunder.range.address == "$B$3:$F$7"
    assert kunder.parent["B7:D7"].raw_value == ((None, "Summa", 60.5),)


def test_a_table_is_sorted_with_its_totals_in_place(kunder: xw.main.Table) -> None:
    """By two keys; the header and the totals stay, calculated cells follow their row."""
    kunder.parent["D4:D6"].value = [[5], [7], [5]]
    kunder.sort([3, 1], [True, False])
    assert kunder.data_body_range.columns[0].value == ["003", "001", "002"]
    assert kunder.data_body_range.columns[4].value == [10, 10, 14]
    assert kunder.parent["C7:D7"].value == ["Summa", 17]


def test_a_filter_hides_rows_but_never_the_totals(kunder: xw.main.Table) -> None:
    """Values, comparisons, both at once, and one column cleared after the other."""
    kunder.autofilter.apply_values(2, ["Berg", "Ås AB"])
    assert _hidden(kunder) == [False, False, False, True, False]
    kunder.autofilter.apply_comparison(3, "between", 15, 25)
    assert _hidden(kunder) == [False, True, False, True, False]
    assert [(entry.type, entry.values, entry.operator, entry.value1) for entry in kunder.autofilter.criteria][:4] == [
        ("none", None, None, None), ("values", ["Berg", "Ås AB"], None, None),
        ("comparison", None, "between", "15"), ("none", None, None, None),
    ]  # fmt: skip
    kunder.autofilter.clear(2)
    assert _hidden(kunder) == [False, True, False, True, False]
    kunder.autofilter.clear()
    assert not any(_hidden(kunder))
    kunder.autofilter.apply_comparison(4, "equal_to", None)
    assert _hidden(kunder) == [False, True, True, False, False]
    kunder.show_autofilter = False
    assert not any(_hidden(kunder))
    assert not kunder.show_autofilter
    kunder.show_autofilter = True
    assert {entry.type for entry in kunder.autofilter.criteria} == {"none"}


def test_a_filter_leaves_rows_in_their_order(kunder: xw.main.Table) -> None:
    """Filtering after a sort hides rows and sorts nothing anew; the headings stay headings."""
    kunder.sort([1], [False])
    kunder.parent["B4:B6"].raw_value = [["'001"], ["'003"], ["'002"]]
    kunder.autofilter.apply_values(1, ["001"])
    assert _hidden(kunder) == [False, False, True, True, False]
    kunder.autofilter.clear()
    assert kunder.range.columns[0].value[:4] == ["Nr", "001", "003", "002"]
    assert kunder.data_body_range.address == "$B$4:$F$6"


def test_a_block_outside_tables_is_sorted(kunder: xw.main.Table) -> None:
    """A block with headings; one that meets a table is refused by xlwings."""
    sheet = kunder.parent
    sheet["L1"].value = [["n", "t"], [2, "b"], [1, "c"], [3, "a"]]
    sheet["L1:M4"].sort(2, has_headers=True)
    assert sheet["L1:L4"].value == ["n", 3, 2, 1]
    with pytest.raises(ValueError, match="table"):
        sheet["A1:D4"].sort(1)


def test_a_new_table_is_a_table(live_app: xw.App) -> None:
    """Made through xlwings, it is found by its name and answers to structured references."""
    sheet = live_app.books.add().sheets[0]
    sheet["A1"].value = [["Å", "B"], [1, 2], [3, 4]]
    sheet.tables.add(sheet["A1:B3"], name="Ålista")
    sheet["D1"].formula = "=SUM(Ålista[Å])"
    assert sheet["D1"].value == 4
    assert sheet.tables["Ålista"].data_body_range.value == [[1, 2], [3, 4]]

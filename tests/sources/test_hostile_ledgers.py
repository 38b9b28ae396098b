"""Ledgers that are cut, broken or made to harm: one clear answer, soon, and never the end of the process."""

from __future__ import annotations

import struct
import subprocess
import sys
import time
import zipfile
from datetime import datetime
from pathlib import Path

import pytest

from tests.sources.books import HEAD, changed, entries, ledger_sum, ods, xls, xlsb, xlsx
from xlsales.issues import CannotRead
from xlsales.sources import apart, read_rows, sheets
from xlsales.sources.extents import Extent, extent_of

ROOT = Path(__file__).resolve().parents[2]
SHEETS = {"Blad1": [HEAD, *entries(1)]}
FIRST = "xl/worksheets/sheet1.xml"


def outcome(path: Path) -> str:
    """The code of the refusal, or "read", within twenty seconds."""
    begin = time.monotonic()
    try:
        read_rows(path)
        code = "read"
    except CannotRead as error:
        code = error.code
    assert time.monotonic() - begin < 20
    return code


@pytest.mark.parametrize(
    ("part", "old", "new"),
    [
        ("xl/sharedStrings.xml", 'uniqueCount="', 'uniqueCount="9999999999'),
        ("xl/sharedStrings.xml", ' count="', ' count="9999999999'),
        ("xl/sharedStrings.xml", 'uniqueCount="', "uniqueCount='9999999999' x=\""),
        ("xl/sharedStrings.xml", "</sst>", "</ss>"),
        (FIRST, "</sheetData>", "<row"),
        (FIRST, "<worksheet", "<!DOCTYPE a [<!ENTITY b 'c'>]><worksheet"),
        (FIRST, 'encoding="UTF-8"', 'encoding="UTF-99"'),
        ("xl/workbook.xml", "<sheets>", "<sheets"),
        ("xl/workbook.xml", 'r:id="rId1"', 'r:id="rId77"'),
        ("xl/_rels/workbook.xml.rels", "worksheets/sheet1.xml", "../../../etc/passwd"),
    ],
)
def test_a_lying_or_broken_workbook_is_refused(tmp_path: Path, part: str, old: str, new: str) -> None:
    """Counts that would end the process, XML that ends too early, parts that are not there."""
    path = changed(xlsx(tmp_path / "a.xlsx", SHEETS), part, old, new)
    assert outcome(path) in ("damaged_workbook", "unknown_ledger")


@pytest.mark.parametrize(
    "place", ['r="XFD1048576"', "r='XFD1048576'", 'r = "XFD1048576"', 'r="A99999999"', 'r="ZZZZ1"']
)
def test_a_cell_far_from_all_others_is_named(tmp_path: Path, place: str) -> None:
    """Readers set memory aside for everything between."""
    far = f"<row><c {place}><v>1</v></c></row></sheetData>"
    assert outcome(changed(xlsx(tmp_path / "a.xlsx", SHEETS), FIRST, "</sheetData>", far)) == "far_cell"


def test_a_stated_extent_is_not_believed(tmp_path: Path) -> None:
    """Some programs always claim the whole sheet."""
    path = changed(xlsx(tmp_path / "a.xlsx", SHEETS), FIRST, 'ref="A1:E6"', 'ref="A1:XFD1048576"')
    assert read_rows(path).entries.amount.sum() == ledger_sum(entries(1))


def test_what_a_look_at_the_bytes_tells() -> None:
    """The farthest cell, booleans, hidden rows; the same however the bytes are cut into pieces."""
    xml = (
        b'<worksheet><cols><col min="1" hidden="1"/></cols><row r="9" hidden="1"><c r="B9" t="b"><v>1</v></c>'
        b'<c r="AB7" t="s"><v>0</v></c><c t="b"/></row><row r="1000" spans="1:2"><c r="ABC12"/>'
        b'<c s="1" r="C123456"/></row>'
    )
    whole = Extent(columns=731, rows=123456, cells=4, booleans=frozenset({1}), unplaced=True, hidden=1)
    assert extent_of([xml]) == whole
    for size in (1, 7, 50):
        assert extent_of([xml[n : n + size] for n in range(0, len(xml), size)]) == whole
    assert extent_of([]) == Extent()


def with_size(path: Path, name: str, size: int) -> Path:
    """The archive with another unpacked size stated for one part, in both places where it stands."""
    data = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        info = archive.getinfo(name)
    spot = data.index(b"PK\x01\x02" + data[info.header_offset + 4 : info.header_offset + 4][:0])
    while data[spot + 46 : spot + 46 + len(name)] != name.encode():
        spot = data.index(b"PK\x01\x02", spot + 4)
    struct.pack_into("<I", data, spot + 24, size)
    struct.pack_into("<I", data, info.header_offset + 22, size)
    path.write_bytes(data)
    return path


def test_a_part_that_is_longer_than_it_says_is_refused(tmp_path: Path) -> None:
    """A reader would unpack it to the end, wherever that is."""
    for size in (10, 900, 10**9):
        assert outcome(with_size(xlsx(tmp_path / "a.xlsx", SHEETS), FIRST, size)) == "damaged_workbook"


def test_a_part_that_grows_out_of_proportion_is_refused(tmp_path: Path) -> None:
    """A few kB that unpack to hundreds of MB."""
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open(FIRST, "w") as part:
            for _ in range(300):
                part.write(bytes(1024 * 1024))
    assert outcome(path) == "damaged_workbook"


def test_two_parts_of_one_name_are_refused(tmp_path: Path) -> None:
    """One would be looked at and the other read."""
    path = xlsx(tmp_path / "a.xlsx", SHEETS)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("XL/worksheets/Sheet1.xml", "<worksheet/>")
    assert outcome(path) == "damaged_workbook"


@pytest.mark.parametrize("write", [xlsx, xls, xlsb, ods])
def test_a_workbook_cut_anywhere_is_refused_or_read(tmp_path: Path, write: object) -> None:
    """Half a download of every kind."""
    whole = write(tmp_path / "a.dat", SHEETS).read_bytes()  # type: ignore[operator]
    path = tmp_path / "b.dat"
    for share, codes in ((0.3, {"damaged_workbook", "unknown_ledger"}), (0.9, {"damaged_workbook", "read"})):
        path.write_bytes(whole[: int(len(whole) * share)])
        assert outcome(path) in codes


def test_repeats_without_end_are_survived(tmp_path: Path) -> None:
    """LibreOffice writes the empty rest of a sheet as a repetition; a hostile file repeats a value as often."""
    rows = '<table:table-row table:number-rows-repeated="{}">'
    empty = '<table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
    path = ods(tmp_path / "a.ods", SHEETS, rows.format(1048566) + empty)
    assert read_rows(path).entries.amount.sum() == ledger_sum(entries(1))
    value = '<table:table-cell table:number-columns-repeated="{}" office:value-type="float" office:value="1"/>'
    for across, down in (("16384", "1048576"), ("4294967295", "1"), ("-1", "99999999999")):
        extra = rows.format(down) + value.format(across) + "</table:table-row>"
        assert outcome(ods(tmp_path / "b.ods", SHEETS, extra)) in ("read", "damaged_workbook")


def test_sectors_that_lead_in_a_circle_are_survived(tmp_path: Path) -> None:
    """The table of sectors of an old workbook, every link of it the same."""
    whole = xls(tmp_path / "a.xls", SHEETS).read_bytes()
    for link in (0, 2, 0xFFFFFFF0):
        path = tmp_path / "b.xls"
        path.write_bytes(whole[:520] + struct.pack("<I", link) * 100 + whole[920:])
        assert outcome(path) in ("read", "damaged_workbook", "unknown_ledger")


def test_rows_beyond_all_sheets_in_a_binary_workbook(tmp_path: Path) -> None:
    """The place of a row is a number that may say anything."""
    path = xlsb(tmp_path / "a.xlsb", {"Blad1": [HEAD, *entries(1), [datetime(2026, 2, 1), "x", "y", 1, 2]]})
    name = "xl/worksheets/sheet1.bin"
    with zipfile.ZipFile(path) as archive:
        data = archive.read(name)
    row = struct.pack("<IIHBBBI", 6, 0, 300, 0, 0, 0, 0)
    for number in (0xFFFFFFFF, 0x7FFFFFFF, 0xFFFFF):
        other = tmp_path / "b.xlsb"
        with zipfile.ZipFile(path) as source, zipfile.ZipFile(other, "w") as target:
            for part in source.namelist():
                target.writestr(
                    part, data.replace(row, struct.pack("<I", number) + row[4:]) if part == name else source.read(part)
                )
        assert outcome(other) in ("read", "damaged_workbook")


def test_a_reader_that_takes_too_long_or_stops_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In its own process, with one answer."""
    path = xls(tmp_path / "a.xls", SHEETS)
    monkeypatch.setattr(apart.Limits, "of", lambda unpacked: apart.Limits(0.01, 10**10))
    assert outcome(path) == "damaged_workbook"
    monkeypatch.setattr(apart.Limits, "of", lambda unpacked: apart.Limits(20, 10**8))
    assert outcome(path) == "damaged_workbook"


def test_a_large_lying_sheet_is_refused_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The look at its bytes goes on beside the reader."""
    monkeypatch.setattr(sheets, "LARGE", 0)
    far = '<row><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    assert outcome(changed(xlsx(tmp_path / "a.xlsx", SHEETS), FIRST, "</sheetData>", far)) == "far_cell"
    assert outcome(changed(xlsx(tmp_path / "b.xlsx", SHEETS), FIRST, "</sheetData>", "<row")) == "damaged_workbook"


def test_some_mutations_of_every_kind() -> None:
    """A short run of ``python -m tests.sources.fuzz_ledgers``."""
    order = [sys.executable, "-m", "tests.sources.fuzz_ledgers", "12", "3"]
    run = subprocess.run(order, cwd=ROOT, capture_output=True, text=True, timeout=600, check=False)
    assert run.returncode == 0, run.stdout + run.stderr

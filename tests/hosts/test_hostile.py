"""Hostile packages are refused before anything is unpacked."""

from __future__ import annotations

import struct
import sys
import zipfile
from pathlib import Path

import pytest

from tests.hosts.fuzz import main as fuzz
from tests.hosts.fuzz import used
from tests.hosts.workbooks import edit, parts, plain, repacked, sheet_xml
from xlsales.hosts.file import FileHost
from xlsales.hosts.ooxml.markup import IllFormed, check
from xlsales.hosts.ooxml.package import Limits
from xlsales.issues import CannotRead


def _refused(path: Path, code: str = "hostile_workbook", limits: Limits | None = None) -> None:
    with pytest.raises(CannotRead) as caught:
        FileHost.open(path, limits or Limits()).read("Kunder")
    assert caught.value.code == code


@pytest.mark.parametrize(
    "limits",
    [Limits(entries=3), Limits(part=500), Limits(total=2000), Limits(ratio=1, ratio_from=100), Limits(file=1000)],
    ids=["entries", "part", "total", "ratio", "file"],
)
def test_every_limit_is_checked(tmp_path: Path, limits: Limits) -> None:
    """Numbers and sizes are taken from the directory, before unpacking."""
    _refused(plain(tmp_path / "a.xlsx"), limits=limits)


def test_a_bomb_is_not_unpacked(tmp_path: Path) -> None:
    """A part that swells a thousand times is refused."""
    path = plain(tmp_path / "a.xlsx")
    _refused(repacked(path, {"xl/media/bomb.bin": bytes(5_000_000)}))


@pytest.mark.parametrize("name", ["/etc/x", "../x", "xl/../../x", "C:/x", "XL/WORKBOOK.XML", "a\\b"])
def test_names_that_leave_the_package_or_repeat_are_refused(tmp_path: Path, name: str) -> None:
    """Absolute, escaping and duplicate names."""
    path = plain(tmp_path / "a.xlsx")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(name, b"x")
    _refused(path)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("name", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/theme/theme1.xml"])
def test_a_document_type_in_any_part_is_refused(tmp_path: Path, name: str, encoding: str) -> None:
    """Entities are never expanded, not even in parts that are not read."""
    path = plain(tmp_path / "a.xlsx")
    text = parts(path)[name].decode().replace("?>", '?><!DOCTYPE x [<!ENTITY a "b">]>', 1)
    _refused(repacked(path, {name: text.encode(encoding)}))


def test_a_document_type_after_a_long_comment_is_refused_too(tmp_path: Path) -> None:
    """It may hide behind text, but then the part is refused when it is read."""
    path = plain(tmp_path / "a.xlsx")
    name = "xl/workbook.xml"
    text = parts(path)[name].decode().replace("?>", f"?><!--{' ' * 9000}--><!DOCTYPE x>", 1)
    _refused(repacked(path, {name: text.encode()}), "damaged_workbook")


def test_an_encrypted_part_is_said_to_be_encrypted(tmp_path: Path) -> None:
    """The flag in the directory says so."""
    path = plain(tmp_path / "a.xlsx")
    raw = bytearray(path.read_bytes())
    place = raw.index(b"PK\1\2")
    raw[place + 8] |= 1
    path.write_bytes(raw)
    _refused(path, "encrypted_workbook")


def test_a_wrong_sum_is_damage(tmp_path: Path) -> None:
    """The part is not what the directory promised."""
    path = plain(tmp_path / "a.xlsx")
    raw = bytearray(path.read_bytes())
    for place in _directory(raw):
        raw[place + 16 : place + 20] = struct.pack("<L", 1)
    path.write_bytes(raw)
    _refused(path, "damaged_workbook")


def test_a_part_larger_than_declared_is_damage(tmp_path: Path) -> None:
    """Unpacking stops at the declared size."""
    path = plain(tmp_path / "a.xlsx")
    raw = bytearray(path.read_bytes())
    for place in _directory(raw):
        raw[place + 24 : place + 28] = struct.pack("<L", 10)
    path.write_bytes(raw)
    _refused(path, "damaged_workbook")


def _directory(raw: bytearray) -> list[int]:
    places, place = [], raw.find(b"PK\1\2")
    while place >= 0:
        places.append(place)
        place = raw.find(b"PK\1\2", place + 4)
    return places


def test_a_table_over_the_whole_sheet_is_refused(tmp_path: Path) -> None:
    """A reference costs nothing to write but much to read."""
    path = plain(tmp_path / "a.xlsx")
    name = "xl/tables/table1.xml"
    columns = "".join(f'<tableColumn id="{id_}" name="c{id_}"/>' for id_ in range(1, 101))
    text = parts(path)[name].decode()
    text = text[: text.index("<tableColumns")] + f'<tableColumns count="100">{columns}</tableColumns></table>'
    _refused(repacked(path, {name: text.replace("B3:F6", "A1:CV1048576").encode()}))


def test_a_lying_shared_string_count_does_no_harm(tmp_path: Path) -> None:
    """Declared counts are not believed."""
    path = plain(tmp_path / "a.xlsx")
    name = "xl/sharedStrings.xml"
    text = parts(path)[name].decode().replace('count="', 'count="4294967295" old="', 1)
    repacked(path, {name: text.encode()})
    assert FileHost.open(path).read("Kunder")["Nr"][0] == "001"


def test_merges_and_links_over_the_whole_sheet_do_no_harm(tmp_path: Path) -> None:
    """They are ranges, not cells."""
    path = plain(tmp_path / "a.xlsx")
    xml = sheet_xml(path).replace(
        "<pageMargins", '<hyperlinks><hyperlink ref="A1:XFD1048576" location="A1"/></hyperlinks><pageMargins', 1
    )
    repacked(path, {"xl/worksheets/sheet1.xml": xml.encode()})
    host = FileHost.open(path)
    host.write("Kunder", edit({"Nr": ["a"] * 5}, [-1] * 5))
    assert len(FileHost.open(host.save()).read("Kunder")) == 5


@pytest.mark.parametrize("address", ["ZZZZ1", "A" * 5000 + "1", "B99999999999"])
def test_impossible_addresses_do_no_harm(tmp_path: Path, address: str) -> None:
    """Such a cell is damage or is left out, in bounded time."""
    path = plain(tmp_path / "a.xlsx")
    xml = sheet_xml(path).replace('r="B4"', f'r="{address}"', 1)
    repacked(path, {"xl/worksheets/sheet1.xml": xml.encode()})
    assert used(path, tmp_path / "b.xlsx") in ("ok", "damaged_workbook")


@pytest.mark.skipif(sys.platform == "win32", reason="needs fork")
def test_mutated_packages_do_no_harm() -> None:
    """A short run of the fuzzer: no crash, no hang, bounded memory, the input untouched."""
    assert fuzz(60, 7) == 0


@pytest.mark.parametrize(
    "text", ["<a>", "<a><b></a>", "<a>\x01</a>", '<a x:y="1"/>', "<a b=1/>", "<a>&x;</a>", "<a/><b/>", ""]
)
def test_ill_formed_text_is_never_written(text: str) -> None:
    """Every changed part is parsed again before the workbook is replaced; a letter may be cut between pieces."""
    check(b"<a>", b"\xc3", b"\xa5</a>")
    with pytest.raises(IllFormed):
        check(text.encode())

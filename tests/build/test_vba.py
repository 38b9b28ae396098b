"""A VBA project compiled from text is what every reader of such projects expects."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import olefile
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.build.vba_reader import decompressed, sources
from tests.programs import streams_by_7z, streams_by_gsf
from xlsales.build.vba import Module, basic_module, document_module, project_file, read_module
from xlsales.build.vba.compound import compound_file
from xlsales.build.vba.compression import CHUNK, compress
from xlsales.issues import WrongUse

# Beyond this many bytes a chunk that does not shrink is stored whole, filled up with zeros.
SHRINKS_OR_SHORT = 3640
TEXTS = st.text(alphabet="Sub EndFunction()=&\"'åäöÅÄÖé€\n 0123456789", max_size=3 * CHUNK)
VENDORS = ("quickstart_standalone.xlsm", "quickstart_addin_ribbon.xlam")


def modules(count: int) -> list[Module]:
    """Modules of very different sizes and kinds, the workbook's first."""
    sizes = (0, 3, 60, 700, 5_000, 40_000)
    made = [document_module("ThisWorkbook", workbook=True)]
    for number in range(count - 1):
        lines = (f"Const C{line} = {line * line}" for line in range(sizes[number % len(sizes)] // 16))
        made.append(basic_module(f"mod{'Long' * (number % 4)}{number}", "\n".join(["' modul med å ä ö", *lines, ""])))
    return made


def opened(project: bytes) -> olefile.OleFileIO:
    """A project in a reader that refuses every irregularity."""
    return olefile.OleFileIO(io.BytesIO(project), raise_defects=olefile.DEFECT_INCORRECT)


def vendor(name: str) -> olefile.OleFileIO:
    """The project in a workbook that Excel itself wrote, shipped with xlwings."""
    found = find_spec("xlwings")
    assert found is not None
    assert found.submodule_search_locations
    with zipfile.ZipFile(Path(found.submodule_search_locations[0]) / name) as book:
        return olefile.OleFileIO(io.BytesIO(book.read("xl/vbaProject.bin")))


def records(project: olefile.OleFileIO) -> Iterator[tuple[int, bytes]]:
    """The records of the stream ``dir``."""
    text = decompressed(project.openstream("VBA/dir").read())
    place = 0
    while place < len(text):
        number, size = struct.unpack_from("<HL", text, place)
        size = 6 if number == 0x09 else size
        yield number, text[place + 6 : place + 6 + size]
        place += 6 + size


def per_module(found: Iterator[tuple[int, bytes]]) -> set[tuple[int, ...]]:
    """The orders in which the records of a module come; a class has another one for its kind."""
    numbers = [number for number, _ in found]
    starts = [i for i, number in enumerate(numbers) if number == 0x19]
    return {tuple(n for n in numbers[a : numbers.index(0x2B, a) + 1] if n not in (0x21, 0x22)) for a in starts}


@given(TEXTS)
@settings(max_examples=60, deadline=None)
def test_compressed_text_comes_back(text: str) -> None:
    """Whatever text a module holds, another program's decompressor gives it back."""
    data = text.encode("cp1252")
    assert decompressed(compress(data)) == data


@given(st.binary(max_size=2 * CHUNK))
@settings(max_examples=60, deadline=None)
def test_any_bytes_come_back_up_to_the_padding_of_the_last_chunk(data: bytes) -> None:
    """Bytes that do not shrink come back too; only a nearly full last chunk is filled up."""
    back = decompressed(compress(data))
    assert back[: len(data)] == data
    assert len(back) == len(data) or (len(data) % CHUNK > SHRINKS_OR_SHORT and not back[len(data) :].strip(b"\0"))


@pytest.mark.parametrize("size", [1, 2, 3, 15, 16, 17, 4095, 4096, 4097, 9000])
def test_repetition_shrinks(size: int) -> None:
    """The same sign over and over takes a few bytes per chunk and comes back, at every edge of a chunk."""
    packed = compress(b"x" * size)
    assert len(packed) <= 1 + 8 * -(-size // CHUNK)
    assert decompressed(packed) == b"x" * size


@pytest.mark.parametrize("count", [1, 2, 3, 7, 8, 20, 40])
def test_every_reader_lists_every_stream(count: int, tmp_path: Path) -> None:
    """From one module to forty, olefile, 7-Zip and libgsf find the same streams and no fault."""
    made = modules(count)
    path = tmp_path / "vbaProject.bin"
    path.write_bytes(project_file("XlSales", made))
    expected = {"PROJECT", "PROJECTwm", "VBA/dir", "VBA/_VBA_PROJECT", *(f"VBA/{m.name}" for m in made)}
    project = opened(path.read_bytes())
    assert {"/".join(parts) for parts in project.listdir()} == expected
    assert not project.parsing_issues
    assert streams_by_7z(path) == expected
    assert streams_by_gsf(path) == expected


@pytest.mark.parametrize("count", [1, 6, 40])
def test_olevba_gives_back_the_exact_source(count: int) -> None:
    """Every module's text, å ä ö included, is found as it was written, lines ending as in Windows."""
    made = modules(count)
    assert sources(project_file("XlSales", made)) == {m.name: m.source.replace("\n", "\r\n") for m in made}


def test_the_same_modules_give_the_same_bytes() -> None:
    """Nothing in a project tells when or where it was made."""
    assert project_file("XlSales", modules(9)) == project_file("XlSales", modules(9))


@pytest.mark.parametrize("count", [1, 2, 5, 12, 31, 40])
def test_the_directory_is_a_balanced_search_tree(count: int) -> None:
    """Names hang sorted by length and then by capitals, and every way down passes as many black entries."""
    project = opened(compound_file({f"VBA/{'m' * (i % 5 + 1)}{i}": b"x" * i * 300 for i in range(count)}))
    storage = next(entry for entry in project.direntries if entry and entry.name == "VBA")

    def walk(number: int) -> tuple[list[str], int]:
        if number == 0xFFFFFFFF:
            return [], 0
        entry = project.direntries[number]
        (left, left_black), (right, right_black) = walk(entry.sid_left), walk(entry.sid_right)
        assert left_black == right_black
        below = [project.direntries[n] for n in (entry.sid_left, entry.sid_right) if n != 0xFFFFFFFF]
        assert entry.color == 1 or all(e.color == 1 for e in below), "two red entries in a row"
        return [*left, entry.name, *right], left_black + entry.color

    names, _ = walk(storage.sid_child)
    assert len(names) == count
    assert names == sorted(names, key=lambda name: (len(name), name.upper()))


def test_what_does_not_fit_a_compound_file_is_refused() -> None:
    """A name that would be cut, and more than the header can address, are mistakes of ours."""
    with pytest.raises(ValueError, match="31 signs"):
        compound_file({"VBA/" + "m" * 32: b"x"})
    with pytest.raises(ValueError, match="too much"):
        compound_file({"VBA/big": bytes(8_000_000)})


@pytest.mark.parametrize("name", VENDORS)
def test_records_stand_in_the_order_excel_writes(name: str) -> None:
    """The information and every module are told with the same records in the same order as in Excel's own files."""
    ours, theirs = opened(project_file("XlSales", modules(5))), vendor(name)
    mine, other = ([number for number, _ in records(p)] for p in (ours, theirs))
    assert mine[: mine.index(0x16)] == other[: other.index(0x16)]
    assert per_module(records(ours)) == per_module(records(theirs))


@pytest.mark.parametrize("name", VENDORS)
def test_there_is_no_compiled_cache_and_the_names_are_not_compressed(name: str) -> None:
    """As in the files shipped with xlwings: Excel compiles on opening, and drops macros with compressed names."""
    ours, theirs = opened(project_file("XlSales", modules(5))), vendor(name)
    assert ours.openstream("VBA/_VBA_PROJECT").read() == theirs.openstream("VBA/_VBA_PROJECT").read()
    first = b"ThisWorkbook\0" + "ThisWorkbook".encode("utf-16-le") + b"\0\0"
    for project in (ours, theirs):
        names = project.openstream("PROJECTwm").read()
        assert names.startswith(first)
        assert names.endswith(b"\0\0\0\0")


def settled(project: olefile.OleFileIO, key: str) -> bytes:
    """What a hidden value of PROJECT says, read by the rules of the format."""
    text = project.openstream("PROJECT").read().decode("cp1252")
    values = dict(line.partition("=")[::2] for line in text.splitlines() if '="' in line)
    raw = bytes.fromhex(values[key].strip('"'))
    seed, plain = raw[0], raw[0] ^ raw[2]
    assert raw[0] ^ raw[1] == 2
    assert plain == sum(values["ID"].strip('"').encode()) & 0xFF
    told = bytearray()
    for place in range(3, len(raw)):
        plain = raw[place] ^ (raw[place - 2] + plain & 0xFF)
        told.append(plain)
    return bytes(told[(seed & 6) // 2 :])


@pytest.mark.parametrize(("key", "value"), [("CMG", bytes(4)), ("DPB", b"\0"), ("GC", b"\xff")])
def test_the_project_is_unlocked_without_password_and_visible(key: str, value: bytes) -> None:
    """State, password and visibility say the same as in a file Excel wrote."""
    for project in (opened(project_file("XlSales", modules(2))), vendor(VENDORS[0])):
        assert settled(project, key) == struct.pack("<L", len(value)) + value


def test_a_sign_outside_the_code_page_names_module_and_line() -> None:
    """Nothing is replaced in silence: the build stops and says where."""
    with pytest.raises(WrongUse) as refused:
        basic_module("modOdd", "Option Explicit\n' \u2192 pil\n").encoded()
    assert refused.value.code == "vba_sign"
    assert refused.value.params == {"module": "modOdd", "line": 3, "sign": "\u2192"}


def test_a_class_loses_its_head_and_gains_its_base(tmp_path: Path) -> None:
    """A class as the editor exports it becomes a class as a project holds it."""
    path = tmp_path / "clsA.cls"
    head = "VERSION 1.0 CLASS\r\nBEGIN\r\n  MultiUse = -1  'True\r\nEND\r\n"
    path.write_bytes((head + 'Attribute VB_Name = "clsA"\r\nPublic Å As String\r\n').encode())
    module = read_module(path)
    base = 'Attribute VB_Base = "0{FCFB3D2A-A0FA-1068-A738-08002B3371B5}"'
    assert (module.kind, module.source) == ("class", f'Attribute VB_Name = "clsA"\n{base}\nPublic Å As String\n')


def test_a_module_without_a_name_is_refused(tmp_path: Path) -> None:
    """The file is named, so that the line can be added."""
    path = tmp_path / "mod.bas"
    path.write_text("Sub A()\nEnd Sub\n", "utf-8")
    with pytest.raises(WrongUse) as refused:
        read_module(path)
    assert (refused.value.code, refused.value.params) == ("vba_unnamed", {"module": "mod.bas"})

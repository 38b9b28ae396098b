"""What a closed workbook cannot take is refused, and then nothing is changed."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from tests.hosts.workbooks import add_kunder, edit, parts, plain, repacked, sheet_xml
from xlsales.hosts.file import FileHost
from xlsales.issues import CannotRead, CannotWrite

GROWN = edit({"Namn": ["x"] * 6}, [0, 1, 2, -1, -1, -1])


def _refused(path: Path, code: str, change: Any = GROWN) -> dict[str, Any]:
    before = path.read_bytes()
    host = FileHost.open(path)
    with pytest.raises(CannotWrite) as caught:
        host.write("Kunder", change)
    host.save()
    assert path.read_bytes() == before
    assert caught.value.code == code
    return dict(caught.value.params)


def _book(path: Path, add: Any) -> Path:
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("Kunder")
    add_kunder(sheet)
    add(sheet)
    book.close()
    return path


def test_growing_into_another_table_is_refused(tmp_path: Path) -> None:
    """Both ranges are named."""
    path = _book(tmp_path / "a.xlsx", lambda sheet: sheet.add_table("D9:E10", {"name": "Under"}))
    assert _refused(path, "table_blocked") == {
        "table": "Kunder", "sheet": "Kunder", "body": "B3:F9", "blocked": "D9:E10"
    }  # fmt: skip


def test_growing_into_merged_cells_is_refused(tmp_path: Path) -> None:
    """A merge below stays whole."""
    path = _book(tmp_path / "a.xlsx", lambda sheet: sheet.merge_range("A8:C8", ""))
    assert _refused(path, "table_blocked")["blocked"] == "A8:C8"


def test_a_table_with_an_array_formula_is_refused(tmp_path: Path) -> None:
    """A formula over several cells cannot be cut."""
    path = _book(tmp_path / "a.xlsx", lambda sheet: sheet.write_array_formula("E4:E6", "{=D4:D6*2}"))
    assert _refused(path, "table_unsupported")["reason"] == "array_formula"


def test_a_connected_table_is_refused(tmp_path: Path) -> None:
    """A table that a query fills is the query's."""
    path = plain(tmp_path / "a.xlsx")
    repacked(path, {"xl/tables/table1.xml": _replaced(path, "<table ", '<table tableType="queryTable" ')})
    assert _refused(path, "table_unsupported")["reason"] == "connected"


def test_a_table_without_header_is_refused(tmp_path: Path) -> None:
    """Columns go by their headings."""
    path = plain(tmp_path / "a.xlsx")
    repacked(path, {"xl/tables/table1.xml": _replaced(path, "<table ", '<table headerRowCount="0" ')})
    assert _refused(path, "table_unsupported")["reason"] == "no_header"


def _replaced(path: Path, old: str, new: str) -> bytes:
    return parts(path)["xl/tables/table1.xml"].decode().replace(old, new, 1).encode()


def test_a_sheet_with_a_password_is_refused(tmp_path: Path) -> None:
    """Whoever set the password decides."""
    path = _book(tmp_path / "a.xlsx", lambda sheet: sheet.protect("hemligt"))
    assert _refused(path, "sheet_protected") == {"table": "Kunder", "sheet": "Kunder"}


def test_a_protected_sheet_without_password_stays_protected(tmp_path: Path) -> None:
    """The table is written, the protection stays, nobody else's cell changes."""
    path = _book(tmp_path / "a.xlsx", lambda sheet: (sheet.protect(), sheet.write("H9", "min")))
    host = FileHost.open(path)
    host.write("Kunder", GROWN)
    xml = sheet_xml(Path(host.save()))
    assert "<sheetProtection sheet=" in xml
    assert re.search(r'<c r="H9" [^>]*t="s">', xml)


def test_too_many_rows_are_refused(tmp_path: Path) -> None:
    """A sheet ends at row 1 048 576."""
    path = plain(tmp_path / "a.xlsx")
    rows = 1_048_576
    assert _refused(path, "table_too_large", edit({"Nr": [None] * rows}, [-1] * rows))["rows"] == rows


def _unreadable(path: Path, code: str) -> None:
    with pytest.raises(CannotRead) as caught:
        FileHost.open(path)
    assert caught.value.code == code
    assert caught.value.params["path"] == str(path)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "not_a_workbook"),
        (b"Nr;Namn\n1;a\n", "not_a_workbook"),
        (b"PK\3\4 and nothing more", "damaged_workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "old_xls_workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "encrypted_workbook"),
        (b"\xef\xbb\xbf<html><body><table>", "html_not_workbook"),
        ("<table border=1>".encode("utf-16"), "html_not_workbook"),
    ],
)
def test_files_that_are_no_workbooks_are_told_apart(tmp_path: Path, content: bytes, code: str) -> None:
    """Each common mistake has its own message."""
    path = tmp_path / "a.xlsx"
    path.write_bytes(content)
    _unreadable(path, code)


def test_a_missing_file_is_said_to_be_missing(tmp_path: Path) -> None:
    """A misspelt name is not a damaged file."""
    _unreadable(tmp_path / "saknas.xlsx", "missing_file")


def test_a_folder_is_unreadable(tmp_path: Path) -> None:
    """Something that cannot be opened says why."""
    _unreadable(tmp_path, "unreadable_file")


def test_a_truncated_workbook_is_damaged(tmp_path: Path) -> None:
    """The end of the file is missing."""
    path = plain(tmp_path / "a.xlsx")
    path.write_bytes(path.read_bytes()[:-900])
    _unreadable(path, "damaged_workbook")


def test_another_office_file_is_no_workbook(tmp_path: Path) -> None:
    """A package without a workbook part."""
    path = plain(tmp_path / "a.xlsx")
    repacked(path, {"xl/workbook.xml": None})
    _unreadable(path, "not_a_workbook")


def test_strict_workbooks_are_refused_in_one_line(tmp_path: Path) -> None:
    """The strict form uses other namespaces."""
    path = plain(tmp_path / "a.xlsx")
    text = b'<workbook xmlns="http://purl.oclc.org/ooxml/spreadsheetml/main"><sheets/></workbook>'
    repacked(path, {"xl/workbook.xml": text})
    _unreadable(path, "strict_workbook")

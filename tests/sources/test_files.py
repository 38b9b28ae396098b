"""What kind of file it is, by its bytes, whatever its name."""

from __future__ import annotations

import gzip
import struct
import zipfile
from pathlib import Path

import pytest

from tests.sources.books import HEAD, entries, ods, xls, xlsb, xlsx
from xlsales.issues import CannotRead
from xlsales.sources import read_rows
from xlsales.sources.files import encoding_of, kind_of

TABLE = (
    "<table><tr><th>Datum</th><th>Kundnr</th><th>Netto</th></tr>"
    "<tr><td>2026-01-15</td><td>1</td><td>{}</td></tr></table>"
)


def written(tmp_path: Path, data: bytes) -> Path:
    path = tmp_path / "a.dat"
    path.write_bytes(data)
    return path


def refusal(path: Path) -> tuple[str, object]:
    with pytest.raises(CannotRead) as caught:
        kind_of(path)
    assert caught.value.params["path"] == str(path)
    return caught.value.code, caught.value.params.get("detail", "")


SIE = b'#FLAGGA 0\r\n#PROGRAM "X" 1.0\r\n#FORMAT PC8\r\n#GEN 20260101\r\n#SIETYP 4\r\n'


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"Datum;Kundnr\n", "csv"),
        ("Datum\tKundnr\n1\t2\n".encode("utf-16"), "csv"),
        ("Datum;Kundnr;Netto\n1;2;3\n".encode("utf-16-le"), "csv"),
        (b"[Datum],[Kundnr]\n", "csv"),
        (b"PAR1\x15\x04", "parquet"),
        (b"ARROW1\0\0", "arrow"),
        (b"SQLite format 3\0\x10", "sqlite"),
        (bytes(8) + b"DUCK" + bytes(40), "duckdb"),
        (gzip.compress(b"x", mtime=0), "gzip"),
        (SIE, "sie"),
        (b"\xef\xbb\xbf" + SIE, "sie"),
        (b'<?xml version="1.0"?><!-- x --><Sie xmlns="http://www.sie.se/sie5"><FileInfo/></Sie>', "sie5"),
        (b'<n1:AuditFile xmlns:n1="urn:StandardAuditFile-Taxation-Financial:NO"><n1:Header/>', "saft"),
        (b"<html><table><tr><td>a", "html"),
        (b'\xef\xbb\xbf<!-- x --><!DOCTYPE html><style>a{}</style><TABLE border="1"><tr>', "html"),
        ("<html><body><table><tr><td>a".encode("utf-16"), "html"),
        (b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x\r\n\r\n--x\r\n", "html"),
        (b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">', "xml2003"),
    ],
)
def test_kinds_by_their_first_bytes(tmp_path: Path, data: bytes, kind: str) -> None:
    """Text, columns, databases, bookkeeping, web pages."""
    assert kind_of(written(tmp_path, data)) == kind


def test_workbooks_and_archives_are_told_apart(tmp_path: Path) -> None:
    """All but the old kind are zip files."""
    sheets = {"Jan": [HEAD, *entries(1)]}
    for kind, write in (("xlsx", xlsx), ("xlsb", xlsb), ("xls", xls), ("ods", ods)):
        assert kind_of(write(tmp_path / "a.csv", sheets)) == kind
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as archive:
        archive.writestr("jan.csv", "Datum;Kundnr\n")
    assert kind_of(tmp_path / "a.xlsx") == "zip"


def zipped(tmp_path: Path, *names: str) -> bytes:
    with zipfile.ZipFile(tmp_path / "x", "w") as archive:
        for name in names:
            archive.writestr(name, "application/vnd.oasis.opendocument.text" if name == "mimetype" else "")
    return (tmp_path / "x").read_bytes()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def test_what_cannot_be_a_ledger_is_named(tmp_path: Path) -> None:
    """One code and a word for what it is."""
    for data, detail in (
        (b"%PDF-1.7", "pdf"),
        (b"\x89PNG\r\n", "png"),
        (b"{\\rtf1", "rtf"),
        (b'[{"a": 1}]', "json"),
        (b'{\n  "a": 1}', "json"),
        (b"<?xml version='1.0'?><a/>", "xml"),
        (b"<rss version='2.0'>", "xml"),
        (bytes(range(256)) * 9, "binary"),
        (OLE + bytes(600), "ole"),
        (b"\x09\x08\x10\0\0\x06\x05\0", "xls without OLE"),
        (zipped(tmp_path, "word/document.xml"), "docx"),
        (zipped(tmp_path, "mimetype", "content.xml"), "opendocument"),
    ):
        assert refusal(written(tmp_path, data)) == ("unknown_ledger", detail)


def test_locked_cut_and_missing_files_have_their_own_words(tmp_path: Path) -> None:
    """Password, half a download, a folder, nothing."""
    assert refusal(written(tmp_path, OLE + "EncryptedPackage".encode("utf-16-le")))[0] == "encrypted_workbook"
    whole = xlsx(tmp_path / "b.xlsx", {"Jan": [HEAD, *entries(1)]}).read_bytes()
    assert refusal(written(tmp_path, whole[: len(whole) // 2]))[0] == "damaged_workbook"
    assert refusal(tmp_path)[0] == "unreadable_file"
    assert refusal(tmp_path / "none")[0] == "missing_file"


def test_a_page_without_a_ledger_is_a_web_page(tmp_path: Path) -> None:
    """An error page, a login page laid out in tables, a table of nothing."""
    for page in (
        b"<!DOCTYPE html><html><body><h1>404</h1></body></html>",
        b"<html><table><tr><td>User name</td><td><input></td></tr><tr><td>Password</td></tr></table></html>",
        b"\n <table></table>",
    ):
        with pytest.raises(CannotRead) as caught:
            read_rows(written(tmp_path, page))
        assert caught.value.code == "html_not_ledger"


def test_a_table_saved_as_xls_is_read(tmp_path: Path) -> None:
    """The largest that is a ledger; menus, scripts, entities, spans and tables in cells do no harm."""
    page = (
        "<html><head><meta charset=windows-1252><script>if (a<b) '<td>';</script></head><body>"
        "<table><tr><td>Meny</td><td>Hem</td></tr></table>"
        "<TABLE border=1><caption>Försäljning</caption><tr><td colspan=4>Utskriven 2026-02-01</td></tr>"
        "<tr><th>Datum<th>Kundnr<th>Kund<th>Netto</tr>"
        "<tr><td>2026-01-15</td><td rowspan='2'>1</td><td title=\"a > b\"><b>Åkeri</b> &amp; S&ouml;ner</td>"
        "<td align=right>1&nbsp;000,50</td></tr>"
        "<tr><td>2026-01-16<td>B<table><tr><td>inre</td></tr></table></td><td>x</td></tr>"
        "<tr><td>2026-01-17<td>7<td>C<td>-5,25"
        "</table></body></html>"
    )
    read = read_rows(written(tmp_path, page.encode("cp1252")))
    assert read.kind == "html"
    assert read.entries.amount.tolist() == [1000.5, -5.25]
    assert read.entries.customer.tolist() == ["Åkeri & Söner", "C"]
    assert read.rejects.place.tolist() == ["a.dat!B4"]


def test_a_web_archive_is_read(tmp_path: Path) -> None:
    """What report servers send as .xls."""
    head = 'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="x"\r\n\r\n'
    head += "--x\r\nContent-Type: text/html\r\n\r\n"
    page = head + TABLE.format("12,50") + "\r\n--x--\r\n"
    assert read_rows(written(tmp_path, page.encode())).entries.amount.tolist() == [12.5]


def test_an_xml_spreadsheet_is_read(tmp_path: Path) -> None:
    """Exact numbers and dates, cells and rows with an index of their own, sheets by name."""
    cell = '<ss:Cell{}><ss:Data ss:Type="{}">{}</ss:Data></ss:Cell>'
    head = "".join(cell.format("", "String", text) for text in ("Datum", "Kundnr", "Kund", "Netto"))
    row = cell.format("", "DateTime", "2026-01-15T00:00:00.000") + cell.format("", "String", "007")
    bad = '<ss:Row ss:Index="5">' + row + cell.format(' ss:Index="4"', "String", "?") + "</ss:Row>"
    book = (
        '<?xml version="1.0"?><ss:Workbook xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">'
        f'<ss:Worksheet ss:Name="Jan"><ss:Table><ss:Row>{head}</ss:Row>'
        f"<ss:Row>{row}{cell.format('', 'String', 'A')}{cell.format('', 'Number', '1.234')}</ss:Row>{bad}"
        "</ss:Table></ss:Worksheet></ss:Workbook>"
    )
    read = read_rows(written(tmp_path, book.encode()))
    assert (read.entries.amount.tolist(), read.entries.customer_no.tolist()) == ([1.234], ["007"])
    assert read.rejects.place.tolist() == ["Jan!D5"]


def test_a_name_that_lies_does_no_harm(tmp_path: Path) -> None:
    """Readers go by the ending; what the file is decides."""
    sheets = {"Jan": [HEAD, *entries(1)]}
    for name in ("a.xls", "b.csv", "c", "d.ods"):
        assert len(read_rows(xlsx(tmp_path / name, sheets)).entries) == 5
    assert len(read_rows(xls(tmp_path / "e.xlsx", sheets)).entries) == 5


def test_encodings(tmp_path: Path) -> None:
    """Marks, zeros, UTF-8, and how å ä ö are written."""
    for encoding, found in (
        ("utf-8-sig", "utf-8"),
        ("utf-16", "utf-16"),
        ("utf-16-be", "utf-16-be"),
        ("cp850", "cp850"),
    ):
        assert encoding_of(written(tmp_path, "Åkeri;Öst;är\r\n".encode(encoding) * 9)) == found
    assert encoding_of(written(tmp_path, "Åkeri;Öst\n".encode("cp1252"))) == "cp1252"


def test_the_kind_of_a_hostile_start_is_told_at_once(tmp_path: Path) -> None:
    """Comments without end, and numbers that claim to be a format."""
    import time

    begin = time.perf_counter()
    for data in (
        b"<!-- -->" * 9000 + b"x",
        b"<!--" * 16_000,
        b"<?" * 30_000,
        b"a:b\n" * 16_000,
        struct.pack("<I", 9) * 99,
    ):
        try:
            kind_of(written(tmp_path, data))
        except CannotRead:
            continue
    assert time.perf_counter() - begin < 2

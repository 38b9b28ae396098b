"""Ledgers in text files: dialects, layouts and broken files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.sources.rows import codes
from xlsales.issues import CannotRead
from xlsales.sources import Rows, read_ledger, read_rows

HEAD = "Fakturadatum;Kundnr;Kund;Belopp exkl. moms\n"


def read(folder: Path, text: str | bytes, name: str = "ledger.csv", encoding: str = "utf-8") -> Rows:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
    return read_rows(path)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "cp850", "utf-16", "utf-16-le", "utf-16-be"])
def test_letters_survive_every_encoding(tmp_path: Path, encoding: str) -> None:
    """å ä ö are read right whether the file says its encoding or not."""
    ledger = read(tmp_path, HEAD + "2026-01-15;007;Åkeri Öst Gävle AB;1 250,50\n", encoding=encoding)
    assert ledger.entries.customer.tolist() == ["Åkeri Öst Gävle AB"]
    assert ledger.entries.amount.tolist() == [1250.5]
    assert ledger.entries.customer_no.tolist() == ["007"]


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_delimiters_are_told_by_the_headings(tmp_path: Path, delimiter: str) -> None:
    """The four usual delimiters, with the others inside quoted text."""
    text = 'Invoice date;Customer no;Customer name;Net amount\n2026-01-15;A1;"Smith; Jones, Ltd|x";12.50\n'
    rows = [line.replace(";", delimiter) for line in text.splitlines()]
    rows[1] = rows[1].replace(f"Smith{delimiter} Jones", "Smith; Jones")
    ledger = read(tmp_path, "\n".join(rows))
    assert ledger.entries.customer.tolist() == ["Smith; Jones, Ltd|x"]
    assert ledger.entries.amount.tolist() == [12.5]


def test_banner_rows_above_the_headings_are_skipped(tmp_path: Path) -> None:
    """Company, print date and selection stand above; the place counts lines of the file."""
    banner = "Bolaget AB;;;\nUtskriven 2026-02-01;;;\n\nPeriod: 2025-01 – 2025-12\n"
    ledger = read(tmp_path, banner + HEAD + "2026-01-15;1;A;10\n\n2026-01-16;2;B;x\n")
    assert (ledger.count, len(ledger.entries)) == (2, 1)
    reject = ledger.rejects.iloc[0]
    assert (reject.place, reject.column, reject.found, reject.why) == ("ledger.csv:8", "amount", "x", "bad_amount")
    assert np.isnan(reject.amount)


def test_sums_and_repeated_headings_are_left_out(tmp_path: Path) -> None:
    """Subtotals, totals and the heading of the next page are no entries and are counted in a note."""
    body = (
        "2026-01-15;1;A;10\n;Summa kund 1;;10\nFakturadatum;Kundnr;Kund;Belopp exkl. moms\n---;---;---;---\n"
        "2026-01-16;2;B;20\n;2 Totalt;;20\nSida 2 av 2;;;\n;;;30\nGrand Total;;;30\n"
    )
    ledger = read(tmp_path, HEAD + body)
    assert ledger.entries.amount.tolist() == [10, 20]
    assert ledger.rejects.empty
    notes = {issue.code: issue.params["count"] for issue in ledger.warnings}
    assert notes == {"totals_left_out": 4, "headings_left_out": 1, "text_left_out": 1}


def test_a_customer_called_total_is_a_customer(tmp_path: Path) -> None:
    """With a date it is an entry like any other."""
    ledger = read(tmp_path, HEAD + "2026-01-15;1;Total Energies AB;10\n2026-01-15;2;Summa Byggnads;20\n")
    assert ledger.entries.amount.sum() == 30


def test_every_reason_to_set_a_row_aside(tmp_path: Path) -> None:
    """The reason, the column, what stands there and the amount that is set aside."""
    body = (
        "2026-13-01;1;A;1\n;2;B;2\n2026-01-15;;;3\n2026-01-15;4;D;1.2.3\n2026-01-15;5;E;\n"
        "2026-01-15;6;F;6;7\n2026-01-15;7;G;7,5\n"
    )
    ledger = read(tmp_path, HEAD + body)
    rejects = ledger.rejects
    assert rejects.why.tolist() == ["bad_date", "no_date", "no_customer", "bad_amount", "no_amount", "bad_row"]
    assert rejects.column.tolist() == ["invoice_date", "invoice_date", "customer_no", "amount", "amount", ""]
    assert rejects.found.tolist()[:5] == ["2026-13-01", "", "", "1.2.3", ""]
    assert rejects.place.tolist() == [f"ledger.csv:{line}" for line in range(2, 8)]
    assert rejects.amount.fillna(-1).tolist() == [1, 2, 3, -1, -1, -1]
    assert ledger.count == len(ledger.entries) + len(rejects) == 7


def test_cells_of_several_lines_keep_the_line_numbers_right(tmp_path: Path) -> None:
    """A quoted name over two lines; the place is the line where the row begins."""
    ledger = read(tmp_path, HEAD + '2026-01-15;1;"A\nB ""C""";10\n2026-01-16;2;D;?\n')
    assert ledger.entries.customer.tolist() == ['A\nB "C"']
    assert ledger.rejects.place.tolist() == ["ledger.csv:4"]


def test_a_quotation_mark_that_is_never_closed_swallows_nothing(tmp_path: Path) -> None:
    """Inch marks at the beginning of a cell."""
    ledger = read(tmp_path, HEAD + '2026-01-15;1;"Rör;10\n2026-01-16;2;12" rör;20\n')
    assert ledger.entries.amount.tolist() == [10, 20]


def test_mixed_line_ends_and_short_rows(tmp_path: Path) -> None:
    """CRLF, LF and CR in one file, and a row that lacks its last cells."""
    head = HEAD.replace("\n", ";Säljare\r\n")
    ledger = read(tmp_path, head + "2026-01-15;1;A;10;X\n2026-01-16;2;B;20\r2026-01-17;3;C;30;Y\r\n")
    assert ledger.entries.amount.tolist() == [10, 20, 30]
    assert ledger.entries.seller.tolist() == ["X", "", "Y"]


def test_lists_drawn_with_bars(tmp_path: Path) -> None:
    """A list from SAP: bars, rules, trailing minus."""
    text = (
        "01.02.2026   Einzelposten   1\n\n-----------------------------\n"
        "|Buchungsdatum|Debitor|Belegnummer|Nettobetrag|\n-----------------------------\n"
        "|15.01.2026   |1001   |90001      | 1.234,56  |\n|31.01.2026   |1001   |90002      |   234,56- |\n"
        "-----------------------------\n"
    )
    ledger = read(tmp_path, text)
    assert ledger.entries.amount.tolist() == [1234.56, -234.56]
    assert ledger.rejects.empty


def test_customers_as_group_headings_are_carried_down(tmp_path: Path) -> None:
    """The customer stands on a line of its own, the invoices beneath; a warning says how many."""
    body = "1001;;;\n;2026-01-15;90001;10\n;2026-01-16;90002;20\nSumma;;;30\n1002;;;\n;2026-01-17;90003;5\n"
    ledger = read(tmp_path, "Kundnr;Fakturadatum;Fakturanr;Netto\n" + body)
    assert ledger.entries.customer_no.tolist() == ["1001", "1001", "1002"]
    assert ledger.rejects.empty
    assert "customer_carried" in codes(ledger)


def test_headings_on_two_rows(tmp_path: Path) -> None:
    """A group above, the name below."""
    text = "Faktura;;Kund;;Belopp\ndatum;nr;nr;namn;netto\n2026-01-15;90001;007;A;10\n"
    ledger = read(tmp_path, text)
    assert ledger.entries.customer_no.tolist() == ["007"]
    assert ledger.entries.amount.tolist() == [10]


def test_payments_and_cancelled_documents_are_no_sales(tmp_path: Path) -> None:
    """By type of document; a note says how many and how much."""
    text = (
        "Posting Date,Customer No.,Document Type,Sales (LCY)\n2026-01-15,1,Invoice,10.00\n"
        "2026-01-16,1,Payment,-10.00\n2026-01-17,1,Credit Memo,-2.00\n"
    )
    ledger = read(tmp_path, text)
    assert ledger.entries.amount.tolist() == [10, -2]
    note = next(issue for issue in ledger.warnings if issue.code == "row_types_left_out")
    assert (note.params["count"], note.params["amount"]) == (1, -10.0)


def test_credit_notes_without_a_sign_are_turned(tmp_path: Path) -> None:
    """When every credit note is written without minus."""
    ledger = read(tmp_path, "Datum;Kundnr;Typ;Netto\n2026-01-15;1;Faktura;10\n2026-01-16;1;Kreditfaktura;4\n")
    assert ledger.entries.amount.tolist() == [10, -4]
    assert "credits_turned" in codes(ledger)


def test_a_file_with_headings_only_is_an_empty_ledger(tmp_path: Path) -> None:
    """No rows is a warning, not an error."""
    ledger = read(tmp_path, HEAD)
    assert (ledger.count, len(ledger.entries), len(ledger.rejects)) == (0, 0, 0)
    assert [issue.code for issue in read_ledger(tmp_path / "ledger.csv").warnings] == ["ledger_empty"]
    assert ledger.entries.amount.dtype == "float64"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"<!DOCTYPE html><html><body>404</body></html>", "html_not_ledger"),
        (b"\n <table><tr><td>Kundnr</td></tr></table>", "html_not_ledger"),
        (b"\x00\x01\x02" * 500, "unknown_ledger"),
        (bytes(range(256)) * 20, "unknown_ledger"),
        (b"%PDF-1.7 ...", "unknown_ledger"),
        (b"", "unknown_ledger"),
        (b"just some words\nand some more\n", "unknown_ledger"),
        (b"<?xml version='1.0'?><a/>", "unknown_ledger"),
        (b'#FLAGGA 0\n#PROGRAM "X" 1.0\n#SIETYP 4\n', "unknown_ledger"),
        (b"PK\x03\x04 broken", "archive_refused"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "Workbook".encode("utf-16-le"), "damaged_workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "encrypted_workbook"),
        (b"a;b\n1;2\n", "ledger_columns"),
    ],
)
def test_what_is_no_ledger_is_refused_in_one_line(tmp_path: Path, content: bytes, code: str) -> None:
    """A code and the path, never a traceback of a reader."""
    with pytest.raises(CannotRead) as caught:
        read(tmp_path, content)
    assert caught.value.code == code
    assert caught.value.params["path"] == str(tmp_path / "ledger.csv")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    """The path is named."""
    with pytest.raises(CannotRead) as caught:
        read_rows(tmp_path / "none.csv")
    assert caught.value.code == "missing_file"


def test_single_bad_bytes_do_not_change_the_encoding(tmp_path: Path) -> None:
    """A file in UTF-8 with one broken byte stays UTF-8, and the lost letter is told."""
    rows = "".join(f"2026-01-15;{number};Åkeri Örn;1\n" for number in range(40)).encode()
    ledger = read(tmp_path, HEAD.encode() + rows + b"2026-01-15;99;B\xe5d;1\n")
    assert ledger.entries.customer.iloc[0] == "Åkeri Örn"
    assert "letters_lost" in codes(ledger)


def test_a_name_with_glob_letters_is_one_file(tmp_path: Path) -> None:
    """Brackets and quotation marks in the name of the file."""
    ledger = read(tmp_path, HEAD + "2026-01-15;1;A;10\n", name="led[g]er 'x' 2026.csv")
    assert ledger.count == 1


def test_progress_ends_with_the_whole_file(tmp_path: Path) -> None:
    """The caller is told rows done and rows in all."""
    path = tmp_path / "ledger.csv"
    path.write_text(HEAD + "2026-01-15;1;Å;10\n", encoding="cp1252")
    seen: list[tuple[int, int]] = []
    read_rows(path, progress=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (1, 1)

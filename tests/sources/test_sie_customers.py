"""SIE 4 files: where the customer hides in a voucher, as each program has it."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from tests.sources.rows import codes, customers, issue
from tests.sources.sie_text import HEAD, Read, reader, sale, voucher, whole
from xlsales.sources import ENTRY_COLUMNS, ReadOptions


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Read vouchers behind a usual head."""
    return reader(tmp_path)


def test_an_object_on_the_receivable_is_carried_to_the_revenue(read: Read) -> None:
    """Dimension 8 stands on account 1510 only; dimension 10 is the invoice, 7 the seller."""
    head = HEAD + '#KONTO 3051 "Varor 25 %"\n#DIM 8 Kund\n#OBJEKT 8 "30083" "Svenska Mässan"\n'
    head += '#OBJEKT 7 AO "Anna Olsson"\n'
    rows = read(
        voucher(
            "30083 Svenska Mässan, 12",
            '3051 {1 "2" 10 "12" 7 "AO"} -301050.00 20250107 "30083 Svenska Mässan, 12"',
            '2611 {1 "2" 10 "12"} -75262.50 20250107 "Utg moms"',
            '1510 {8 "30083" 1 "2" 10 "12"} 376313.00 20250107 "30083 Svenska Mässan, 12"',
            '3740 {1 "2" 10 "12"} -0.50 20250107 ""',
        ),
        head,
    )
    entry = rows.entries.iloc[0]
    assert list(rows.entries.columns) == list(ENTRY_COLUMNS)
    assert (entry.customer_no, entry.customer, entry.invoice_no) == ("30083", "Svenska Mässan", "12")
    assert (entry.amount, entry.article_group, entry.seller) == (301050.0, "3051 Varor 25 %", "Anna Olsson")
    assert entry.invoice_date == pd.Timestamp("2025-01-07")
    assert rows.entries.seller.tolist() == ["Anna Olsson"] * 2
    assert customers(rows) == {"30083": 301050.5}
    assert rows.columns["customer_no"] == "#OBJEKT 8 (Kund)"
    assert rows.reasons["customer_no"] == "exact"
    assert codes(rows) == ["control_missing"]


def test_a_customer_without_object_line_gets_the_name_of_its_text(read: Read) -> None:
    """Some programs never declare customers that they use."""
    rows = read(voucher("30076 MANGO Café, 14", "3051 {10 14} -80", '1510 {8 "30076" 10 14} 100', "2611 {} -20"))
    entry = rows.entries.iloc[0]
    assert (entry.customer_no, entry.customer, entry.invoice_no) == ("30076", "MANGO Café", "14")


def test_several_customers_in_a_voucher_are_told_apart_by_invoice_or_not_at_all(read: Read) -> None:
    """Nobody is guessed: what cannot be told apart is unassigned."""
    shared = ('1510 {8 "A" 10 "1"} 100', '1510 {8 "B" 10 "2"} 200')
    rows = read(voucher("Fakturajournal", *shared, '3001 {10 "1"} -100', '3001 {10 "2"} -150', "3001 {} -50"))
    assert customers(rows) == {"A": 100.0, "B": 150.0}
    assert rows.rejects[["why", "amount"]].values.tolist() == [["no_customer", 50.0]]


def test_the_revenue_row_s_own_object_comes_first(read: Read) -> None:
    """An object on the posting itself says most."""
    rows = read(voucher("x", '1510 {8 "A"} 300', '3001 {8 "B"} -100', "3001 {} -200"))
    assert customers(rows) == {"A": 200.0, "B": 100.0}


def test_another_dimension_may_hold_the_customer(read: Read) -> None:
    """Where the customer is a profit centre, or a dimension of its own that is called so."""
    body = voucher("x", "1510 {} 100", '3001 {1 "77"} -100')
    assert customers(read(body, options=ReadOptions(dimension=1))) == {"77": 100.0}
    rows = read(voucher("x", "1510 {21 9} 100", "3001 {} -100"), HEAD + '#DIM 21 "Kundnummer"\n')
    assert customers(rows) == {"9": 100.0}
    assert rows.columns["customer_no"] == "#OBJEKT 21 (Kundnummer)"


TEXTS = {
    "Faktura Byggbolaget AB": ("Byggbolaget AB", "K 1"),
    "FA30036/BP Bunkeflo": ("BP Bunkeflo", "FA30036"),
    "KN30054/Jannes Bil o Plåt": ("Jannes Bil o Plåt", "KN30054"),
    "Fotograf Nils Sjögran": ("Fotograf Nils Sjögran", "K 1"),
    "237    Kund med omvänd s": ("Kund med omvänd s", "237"),
    "Kundfaktura 29 Kundens namn AB": ("Kundens namn AB", "29"),
    "Kundfakt. 0333, ICA Supermarket Solna": ("ICA Supermarket Solna", "0333"),
    "Kreditfaktura 17, Pålsson & Söner": ("Pålsson & Söner", "17"),
    "K12 / Lernia": ("Lernia", "K12"),
}


@pytest.mark.parametrize("text", TEXTS)
def test_names_in_texts_are_customers(read: Read, text: str) -> None:
    """Each program has its own words around the name."""
    rows = read(sale(text))
    assert rows.entries[["customer_no", "customer"]].values.tolist() == [[TEXTS[text][0]] * 2]
    assert rows.entries.invoice_no.tolist() == [TEXTS[text][1]]
    assert issue(rows, "customer_from_text").params["count"] == 1
    assert (rows.columns["customer_no"], rows.reasons["customer_no"]) == ("#VER text", "content")


JOURNALS = (
    "Fakturajournal nr 68", "Kundfakt", "Dagskassa", "Försäljning", "Kontantförsäljning", "Journalnr:  12", "FA30046/",
    "REAL09: serie B vernr 21", "Fakturering januari 2025", "Kundfakt 2448 - 2450", "Inbet kunder", "",
)  # fmt: skip


@pytest.mark.parametrize("text", JOURNALS)
def test_journals_name_nobody(read: Read, text: str) -> None:
    """The whole amount is unassigned, and the user learns which export to ask for."""
    rows = read(sale(text))
    assert rows.entries.empty
    assert rows.rejects.why.tolist() == ["no_customer"]
    assert whole(rows) == 1000.0
    assert issue(rows, "customers_not_derivable").params == {"count": 1, "amount": 1000.0}
    assert "customer_no" not in rows.columns


def test_the_postings_of_a_journal_may_name_its_customers(read: Read) -> None:
    """Each posting has its own invoice and customer in its text."""
    rows = read(
        voucher(
            "Fakturajournal nr 109",
            '1510 {} 8000.00 "" "Faktnr: 891, Namn: Karl Svensson"',
            '2611 {} -1600.00 "" "Faktnr: 891, Namn: Karl Svensson"',
            '3051 {} -6400.00 "" "Faktnr: 891, Namn: Karl Svensson"',
        )
        + voucher(
            "Kundfakt 2448 - 2449",
            '1510 {} 125 20250102 "[2448] AGA AB"',
            '1510 {} 250 20250102 "[2449] A H AUTOGLAS"',
            '2610 {} -75 20250102 "Moms"',
            '3010 {} -100 20250102 "[2448] AGA AB"',
            '3010 {} -200 20250102 "[2449] A H AUTOGLAS"',
            number="2",
        )
    )
    assert customers(rows) == {"Karl Svensson": 6400.0, "AGA AB": 100.0, "A H AUTOGLAS": 200.0}
    assert rows.entries.invoice_no.tolist() == ["891", "2448", "2449"]


def test_vat_supplier_and_payment_vouchers_have_no_customer(read: Read) -> None:
    """Rounding on a turnover account does not make their texts customers."""
    body = (
        voucher("Momsavräkning", "2610 {} 100", "2650 {} -99.8", "3740 {} -0.2")
        + voucher("Bilfinans AB", "2440 {} -100", "4010 {} 100.4", "3740 {} -0.4", number="2")
        + voucher("Björnsson", "1930 {} 999.5", "1510 {} -1000", "3740 {} 0.5", number="3")
        + sale("Riktig Kund AB", number="4")
    )
    rows = read(body)
    assert customers(rows) == {"Riktig Kund AB": 1000.0}
    assert sorted(rows.rejects.amount) == [-0.5, 0.2, 0.4]
    assert issue(rows, "customer_unassigned").severity == "note"


def test_the_same_words_on_every_voucher_are_no_name(read: Read) -> None:
    """A text that never varies names no customer, however it is spelled."""
    rows = read("".join(sale("Butiken Storgatan", number=str(number)) for number in range(4)))
    assert rows.entries.empty


def test_customer_numbers_before_names_are_used(read: Read) -> None:
    """A number that follows the name from invoice to invoice is the customer's own."""
    texts = ["1001 Alfa AB, 17", "1002 Beta AB, 18", "1001 Alfa AB, 19"]
    rows = read("".join(sale(text, number=str(place)) for place, text in enumerate(texts)))
    assert customers(rows) == {"1001": 2000.0, "1002": 1000.0}
    assert rows.entries.customer.tolist() == ["Alfa AB", "Beta AB", "Alfa AB"]
    assert rows.entries.invoice_no.tolist() == ["17", "18", "19"]


def test_a_name_cut_short_in_the_voucher_is_whole_on_the_posting(read: Read) -> None:
    """The voucher's text has fewer letters than the posting's in some programs."""
    rows = read(voucher("Faktura Programlever", '1510 {} 100 20250101 "Programleverantören AB"', "3001 {} -100"))
    assert customers(rows) == {"Programleverantören AB": 100.0}


def test_credit_notes_are_negative(read: Read) -> None:
    """Debit on a turnover account is less revenue."""
    rows = read(sale("Faktura 1 Alfa AB", number="1") + sale("Kreditfaktura 2 Alfa AB", -400.0, number="2"))
    assert customers(rows) == {"Alfa AB": 600.0}

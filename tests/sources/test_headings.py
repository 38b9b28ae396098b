"""Which column is which: words, choice between several, hints when one is missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from xlsales.issues import CannotRead
from xlsales.sources import LedgerRead, read_ledger
from xlsales.sources.words import column_words, folded
from xlsales.tables.folder import read_toml


def read(folder: Path, *lines: str, columns: dict[str, str] | None = None) -> LedgerRead:
    path = folder / "ledger.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return read_ledger(path, columns=columns)


def warned(ledger: LedgerRead) -> dict[str, object]:
    return {issue.code: issue.found for issue in ledger.warnings}


def test_no_word_stands_under_two_columns() -> None:
    """A heading means one thing."""
    owners: dict[str, set[str]] = {}
    for word, key, _ in column_words(read_toml("ledger.toml")["columns"]):
        owners.setdefault(word, set()).add(key)
    assert {word: keys for word, keys in owners.items() if len(keys) > 1} == {}


@pytest.mark.parametrize(
    "heading",
    [
        "Fakturadatum;Kundnr;Kundnamn;Belopp exkl moms (SEK)",
        "Invoice Date;Customer No.;Customer Name;Net amount",
        "Fakturadato;Kundenr;Navn;Beløp eks. mva",
        "Bogføringsdato;Debitornr.;Debitornavn;Beløb ekskl. moms",
        "Laskun päiväys;Asiakasnumero;Asiakkaan nimi;Veroton summa",
        "Rechnungsdatum;Kunden-Nr.;Kundenname;Nettobetrag",
        "FAKTURADATUM *;kund_nr;KUNDNAMN:;Nettobelopp, kr",
    ],
)
def test_headings_in_six_languages(tmp_path: Path, heading: str) -> None:
    """The same four columns, whatever they are called."""
    ledger = read(tmp_path, heading, "15.01.2026;007;A;1250,50")
    entry = ledger.entries.iloc[0]
    assert (entry.customer_no, entry.customer, entry.amount) == ("007", "A", 1250.5)
    assert ledger.warnings == []


def test_excl_vat_goes_before_a_bare_amount(tmp_path: Path) -> None:
    """Both stand there; the more specific one is taken and the other is named as unused."""
    ledger = read(tmp_path, "Datum;Kundnr;Belopp;Belopp exkl moms;Belopp inkl moms", "2026-01-15;1;125;100;125")
    assert ledger.columns["amount"] == "Belopp exkl moms"
    assert list(warned(ledger)) == ["columns_unused"]


def test_a_bare_amount_is_used_with_a_warning(tmp_path: Path) -> None:
    """Belopp alone often includes VAT."""
    ledger = read(tmp_path, "Datum;Kundnr;Belopp", "2026-01-15;1;125")
    assert warned(ledger) == {"amount_maybe_incl_vat": "Belopp"}


@pytest.mark.parametrize(("amount", "vat", "net"), [("125", "25", 100), ("100", "25", 100)])
def test_the_vat_column_tells_whether_vat_is_included(tmp_path: Path, amount: str, vat: str, net: float) -> None:
    """25 of 125 is VAT within the amount, 25 of 100 is VAT on top."""
    ledger = read(tmp_path, "Datum;Kundnr;Belopp;Moms", f"2026-01-15;1;{amount};{vat}")
    assert ledger.entries.amount.tolist() == [net]
    assert "amount_maybe_incl_vat" not in warned(ledger)


def test_an_amount_is_computed_from_quantity_and_price(tmp_path: Path) -> None:
    """Quantity × unit price × (1 − discount), rounded to four decimals."""
    ledger = read(tmp_path, "Datum;Kundnr;Antal;À-pris;Rabatt %", "2026-01-15;1;3;9,99;10", "2026-01-15;1;2;5,00;")
    assert ledger.entries.amount.tolist() == [26.973, 10]
    assert (ledger.reasons["amount"], ledger.columns["amount"]) == ("computed", "Antal × À-pris × Rabatt %")


def test_a_name_stands_in_for_the_number(tmp_path: Path) -> None:
    """Only names: they become the customer's number, and a note says so."""
    ledger = read(tmp_path, "Datum;Kund;Netto", "2026-01-15;Acme AB;10")
    assert ledger.entries[["customer_no", "customer"]].to_numpy().tolist() == [["Acme AB", "Acme AB"]]
    assert warned(ledger) == {"name_as_number": "Kund"}


def test_kund_beside_a_name_is_the_number(tmp_path: Path) -> None:
    """The word that may be either is what is missing otherwise."""
    ledger = read(tmp_path, "Datum;Kund;Kundnamn;Netto", "2026-01-15;0017;Acme AB;10")
    assert ledger.entries[["customer_no", "customer"]].to_numpy().tolist() == [["0017", "Acme AB"]]


def test_a_misspelt_heading_is_taken_as_similar(tmp_path: Path) -> None:
    """One letter wrong."""
    ledger = read(tmp_path, "Fakturadtum;Kundnr;Netto", "2026-01-15;1;10")
    assert ledger.reasons["invoice_date"] == "similar"
    assert warned(ledger) == {"column_guessed": "Fakturadtum"}


def test_an_unknown_heading_is_taken_by_its_content(tmp_path: Path) -> None:
    """The only column of dates and the only column of money."""
    ledger = read(tmp_path, "Tidpunkt;Kundnr;Säljare;Värdeunderlag", "2026-01-15;1;X;10,50", "2026-01-16;2;Y;7,25")
    assert ledger.reasons["invoice_date"] == ledger.reasons["amount"] == "content"
    assert ledger.entries.amount.tolist() == [10.5, 7.25]
    assert "column_guessed" in warned(ledger)


def test_freight_is_never_taken_for_the_amount(tmp_path: Path) -> None:
    """A list of orders with nothing but freight is no ledger."""
    with pytest.raises(CannotRead) as caught:
        read(tmp_path, "orderDate,customerID,freight", "2026-01-15,1,10.50")
    assert caught.value.params["missing"] == ["amount"]


def test_the_users_choice_beats_every_other(tmp_path: Path) -> None:
    """Given headings, found however they are written."""
    ledger = read(
        tmp_path, "Datum;Förfallodatum;Kundnr;Netto;Bonus", "2026-01-15;2026-02-14;1;10;3",
        columns={"invoice_date": "förfallodatum", "amount": "BONUS"},
    )  # fmt: skip
    assert (ledger.entries.amount.tolist(), ledger.reasons["amount"]) == ([3], "given")
    assert str(ledger.entries.invoice_date[0].date()) == "2026-02-14"


def test_a_missing_column_names_what_was_found_and_what_is_near(tmp_path: Path) -> None:
    """The error holds what the user needs to repair it."""
    with pytest.raises(CannotRead) as caught:
        read(tmp_path, "Kundnr;Namn;Intäktsbelopp", "1;A;10")
    params = caught.value.params
    assert (caught.value.code, params["missing"]) == ("ledger_columns", ["invoice_date", "amount"])
    assert params["headings"] == ["Kundnr", "Namn", "Intäktsbelopp"]
    assert params["nearest"] == {"amount": "Intäktsbelopp"}


def test_a_given_heading_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    """It is not replaced by another choice."""
    with pytest.raises(CannotRead) as caught:
        read(tmp_path, "Datum;Kundnr;Netto", "2026-01-15;1;10", columns={"amount": "Intäkt"})
    assert caught.value.params["missing"] == ["amount"]


def test_thousands_of_kronor_and_foreign_currency_are_told(tmp_path: Path) -> None:
    """tkr becomes kronor; EUR is read as it stands, with a warning."""
    ledger = read(tmp_path, "Datum;Kundnr;Omsättning tkr;Valuta", "2026-01-15;1;1,5;SEK", "2026-01-15;1;2;EUR")
    assert ledger.entries.amount.tolist() == [1500, 2000]
    assert warned(ledger) == {"amount_in_thousands": "Omsättning tkr", "foreign_currency": "EUR"}


def test_folding_drops_case_accents_and_punctuation() -> None:
    """Headings are compared as bare letters and digits."""
    assert folded(" Kund-Nr. (Ö)* ") == "kundnro"
    assert folded("Beløp_æ") == "belopae"

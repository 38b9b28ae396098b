"""Which column is which: words, choice between several, hints when one is missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from xlsales.issues import CannotRead
from xlsales.sources import ReadOptions, Rows, read_rows
from xlsales.sources.headings import find_headings, with_similar
from xlsales.sources.words import column_of, column_words, folded, scale_of
from xlsales.tables.folder import read_toml


def read(folder: Path, *lines: str, columns: dict[str, str] | None = None, vat: str = "") -> Rows:
    path = folder / "ledger.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return read_rows(path, ReadOptions(columns=columns or {}, vat=vat))


def warned(ledger: Rows) -> dict[str, object]:
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


def test_thousands_of_kronor_are_told(tmp_path: Path) -> None:
    """tkr becomes kronor in every column of money."""
    ledger = read(tmp_path, "Datum;Kundnr;Omsättning tkr;TB, tkr", "2026-01-15;1;1,5;0,5", "2026-01-15;1;2;1")
    assert ledger.entries.amount.tolist() == [1500, 2000]
    assert ledger.entries.cost.tolist() == [1000, 1000]
    assert warned(ledger) == {"amount_in_thousands": "Omsättning tkr"}


def test_sek_is_no_thousand(tmp_path: Path) -> None:
    """Amount SEK ends with the letters of tsek, and is not meant so."""
    assert [scale_of(text) for text in ("Amount SEK", "AmountSEK", "Netto KSEK", "mkr")] == [1, 1, 1000, 1_000_000]
    assert read(tmp_path, "Date;Customer no;Net amount SEK", "2026-01-15;1;7").entries.amount.tolist() == [7]


def test_folding_drops_case_accents_and_punctuation() -> None:
    """Headings are compared as bare letters and digits."""
    assert folded(" Kund-Nr. (Ö)* ") == "kundnro"
    assert folded("Beløp_æ") == "belopae"


LEDGERS = {
    "Row ID,Order ID,Order Date,Ship Date,Customer ID,Customer Name,Region,Product ID,Category,Sales,Quantity,Profit": {
        "invoice_date": "Order Date", "customer_no": "Customer ID", "amount": "Sales", "contribution": "Profit",
    },
    "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country": {
        "invoice_no": "InvoiceNo", "article": "StockCode", "unit_price": "UnitPrice", "customer_no": "CustomerID",
    },
    "SalesOrderID,OrderDate,DueDate,ShipDate,Status,AccountNumber,CustomerID,SalesPersonID,SubTotal,TaxAmt,TotalDue": {
        "invoice_date": "OrderDate", "customer_no": "CustomerID", "amount": "SubTotal", "seller": "SalesPersonID",
    },
    "OrderKey,OrderDate,DeliveryDate,CustomerKey,ProductKey,Quantity,UnitPrice,NetPrice,UnitCost,CurrencyCode": {
        "customer_no": "CustomerKey", "net_price": "NetPrice", "unit_cost": "UnitCost", "currency": "CurrencyCode",
    },
    "ORDERNUMBER,QUANTITYORDERED,PRICEEACH,SALES,ORDERDATE,STATUS,PRODUCTLINE,PRODUCTCODE,CUSTOMERNAME,TERRITORY": {
        "customer": "CUSTOMERNAME", "amount": "SALES", "article_group": "PRODUCTLINE", "status": "STATUS",
    },
    "Car_id,Date,Customer Name,Dealer_Name,Company,Model,Price ($),Dealer_Region": {
        "customer": "Customer Name", "unit_price": "Price ($)", "article": "Model", "region": "Dealer_Region",
    },
    "InvoiceId,CustomerId,InvoiceDate,BillingCity,BillingCountry,Total": {
        "customer_no": "CustomerId", "amount_unsure": "Total", "invoice_no": "InvoiceId",
    },
    "Customer Key,Stock Item Key,Invoice Date Key,Salesperson Key,Quantity,Total Excluding Tax,Tax Amount,Profit": {
        "customer_no": "Customer Key", "invoice_date": "Invoice Date Key", "amount": "Total Excluding Tax",
    },
    "cust_number,name_customer,clear_date,posting_date,due_in_date,invoice_currency,total_open_amount,invoice_id": {
        "customer_no": "cust_number", "customer": "name_customer", "invoice_date": "posting_date",
    },
    "Number,Invoice Partner Display Name,Invoice/Bill Date,Due Date,Untaxed Amount Signed,Tax,Total Signed": {
        "customer": "Invoice Partner Display Name", "amount": "Untaxed Amount Signed", "vat": "Tax",
    },
    "ContactName,InvoiceNumber,InvoiceDate,DueDate,Total,TaxTotal,UnitAmount,LineAmount,AccountCode,TaxAmount": {
        "customer": "ContactName", "amount": "LineAmount", "unit_price": "UnitAmount",
    },
    "Customer account,Name,Invoice,Date,Sales tax amount,Invoice amount,Currency": {
        "customer_no": "Customer account", "customer": "Name", "vat": "Sales tax amount",
    },
    "Kundenr.;Kundenavn;Fakturanr.;Fakturadato;Forfaldsdato;Valuta;Nettobeløb;Momsbeløb;Bruttobeløb;Restbeløb": {
        "customer_no": "Kundenr.", "amount": "Nettobeløb", "amount_incl": "Bruttobeløb", "vat": "Momsbeløb",
    },
    "Laskun numero;Laskun päiväys;Asiakasnumero;Asiakas;Veroton summa;ALV;Verollinen summa;Eräpäivä;Avoinna": {
        "customer": "Asiakas", "amount": "Veroton summa", "invoice_date": "Laskun päiväys",
    },
    "Rechnungsnummer;Rechnungsdatum;Kundennummer;Firma;Netto;MwSt;Brutto;Fälligkeitsdatum": {
        "customer": "Firma", "amount": "Netto", "invoice_no": "Rechnungsnummer",
    },
    "Kundnummer;Benämning;Varugrupp;Datum;försäljning;varuförbrukning;marginal;marginal i %": {
        "customer": "Benämning", "cost": "varuförbrukning", "contribution": "marginal",
    },
}  # fmt: skip


@pytest.mark.parametrize(
    ("line", "chosen"), LEDGERS.items(), ids=lambda part: part[:30] if isinstance(part, str) else ""
)
def test_ledgers_of_well_known_systems_and_samples(line: str, chosen: dict[str, str]) -> None:
    """Nothing required is missing, and no better column is overlooked."""
    found = find_headings([line.split(";" if ";" in line else ",")])
    assert found is not None
    found = with_similar(found)
    assert found.missing() == []
    assert {key: found.heading(key) for key in chosen if key in found.columns} == chosen


@pytest.mark.parametrize(
    ("heading", "key"),
    [
        ("Belopp SEK exkl. moms", "amount"), ("Omsättning, tkr", "amount"), ("Sales (Orders)", "amount"),
        ("Fact Sales[Net Amount]", "amount"), ("orders.order_date", "invoice_date"),
        ("Kundnr/Customer no", "customer_no"),
        ("Försäljning (exkl moms)", "amount"), ("Price ($)", "unit_price"), ("TB %", "contribution_ratio"),
        ("Vinst procent", "contribution_ratio"), ("Moms %", "vat_rate"), ("_CustomerID", "customer_no"), ("kr", ""),
        ("Antal %", "other"),
    ],
)  # fmt: skip
def test_a_heading_is_known_in_its_wrapping(heading: str, key: str) -> None:
    """Units, parentheses, brackets, prefixes and a second language; a share is no money."""
    assert (column_of(heading) or ("",))[0] == key


def test_kronor_go_before_other_currencies(tmp_path: Path) -> None:
    """Of two amounts the one in kronor is the home currency's."""
    ledger = read(tmp_path, "Datum;Kundnr;Netto EUR;Netto SEK", "2026-01-15;1;10;115")
    assert ledger.entries.amount.tolist() == [115]


def test_a_name_to_the_right_of_the_article_is_the_articles(tmp_path: Path) -> None:
    """Benämning is a customer in one report and an article in another."""
    lines = read(tmp_path, "Datum;Kundnr;Artikelnr;Benämning;Netto", "2026-01-15;1;A1;Skruv;10")
    assert lines.entries.customer.tolist() == [""]
    statistics = read(tmp_path, "Datum;Kundnr;Benämning;Artikelnr;Netto", "2026-01-15;1;Acme;A1;10")
    assert statistics.entries.customer.tolist() == ["Acme"]


def test_columns_that_are_known_are_not_taken_by_their_content(tmp_path: Path) -> None:
    """Freight and rounding look like money, and are not the amount."""
    with pytest.raises(CannotRead):
        read(tmp_path, "Datum;Kundnr;Frakt;Öresavrundning", "2026-01-15;1;10,50;0,25")


def test_months_stand_in_for_dates(tmp_path: Path) -> None:
    """A statistics report per month."""
    ledger = read(tmp_path, "Period;Kundnr;Omsättning", "2026-01;1;10", "2026-02;1;20")
    assert [str(day)[:10] for day in ledger.entries.invoice_date] == ["2026-01-01", "2026-02-01"]

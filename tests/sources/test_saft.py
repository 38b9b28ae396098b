"""SAF-T files: Norway's general ledger, Portugal's sales invoices, others as well as can be."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from tests.sources.rows import codes, customers, issue
from xlsales.issues import CannotRead
from xlsales.sources import ENTRY_COLUMNS, ReadOptions, Rows
from xlsales.sources.bookkeeping.kinds import bookkeeping_kind
from xlsales.sources.bookkeeping.saft import read_saft

SAMPLES = Path(__file__).resolve().parents[3] / "shared/data/saft"
NORWAY = "urn:StandardAuditFile-Taxation-Financial:NO"
PORTUGAL = "urn:OECD:StandardAuditFile-Tax:PT_1.04_01"
samples = pytest.mark.skipif(not SAMPLES.is_dir(), reason="the sample files are not here")

Read = Callable[..., Rows]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Read an audit file from what stands in its root."""

    def of(body: str, space: str = NORWAY, options: ReadOptions = ReadOptions(), encoding: str = "utf-8") -> Rows:
        path = tmp_path / "audit.xml"
        root = f'<AuditFile xmlns="{space}">' if space else "<AuditFile>"
        path.write_bytes(f'<?xml version="1.0" encoding="{encoding}"?>\n{root}{body}</AuditFile>'.encode(encoding))
        assert bookkeeping_kind(path.read_bytes()[:65536]) == "saft"
        return read_saft(path, options)

    return of


# Norway


def account(number: str, closing: float = 0.0, more: str = "", opening: float = 0.0) -> str:
    """Balances in credit."""
    return (
        f"<Account><AccountID>{number}</AccountID><AccountDescription>Konto {number}</AccountDescription>{more}"
        f"<OpeningCreditBalance>{opening}</OpeningCreditBalance>"
        f"<ClosingCreditBalance>{closing}</ClosingCreditBalance></Account>"
    )


def line(number: str, amount: float, customer: str = "", more: str = "") -> str:
    side = "Debit" if amount >= 0 else "Credit"
    who = f"<CustomerID>{customer}</CustomerID>" if customer else ""
    return (
        f"<Line><RecordID>1</RecordID><AccountID>{number}</AccountID>"
        f"<Analysis><AnalysisType>P</AnalysisType><AnalysisID>1</AnalysisID></Analysis>{who}{more}"
        f"<Description>Salg</Description><{side}Amount><Amount>{abs(amount):.2f}</Amount></{side}Amount>"
        f"<TaxInformation><TaxType>MVA</TaxType><TaxAmount><Amount>9</Amount></TaxAmount></TaxInformation></Line>"
    )


def transaction(number: str, *lines: str, day: str = "2024-03-05") -> str:
    return (
        f"<Transaction><TransactionID>{number}</TransactionID><TransactionDate>{day}</TransactionDate>"
        f"<Description>Faktura {number}</Description>{''.join(lines)}</Transaction>"
    )


def norway(accounts: str, *transactions: str, totals: str = "") -> str:
    return f"""<Header><AuditFileVersion>1.30</AuditFileVersion><AuditFileCountry>NO</AuditFileCountry>
    <SoftwareCompanyName>Fortnox AB</SoftwareCompanyName><DefaultCurrencyCode>NOK</DefaultCurrencyCode></Header>
    <MasterFiles><GeneralLedgerAccounts>{accounts}</GeneralLedgerAccounts><Customers><Customer>
    <RegistrationNumber>999999999</RegistrationNumber><Name>Fjord AS</Name>
    <Contact><ContactPerson><FirstName>Per</FirstName></ContactPerson></Contact><CustomerID>K1</CustomerID>
    <BalanceAccountStructure><BalanceAccount><AccountID>1500</AccountID></BalanceAccount></BalanceAccountStructure>
    </Customer></Customers></MasterFiles>
    <GeneralLedgerEntries>{totals}<Journal><JournalID>GL</JournalID>{"".join(transactions)}</Journal>
    </GeneralLedgerEntries>"""


SALE = transaction("1", line("1500", 1250, "K1"), line("3000", -800), line("3100", -200), line("2700", -250))
CREDIT = transaction("2", line("1500", -125, "K1"), line("3000", 100), line("2700", 25), day="2024-04-01")


@pytest.mark.parametrize("space", [NORWAY, "", "urn:StandardAuditFile-Tax:NO:1.30"])
def test_the_customer_s_line_is_carried_to_the_revenue(read: Read, space: str) -> None:
    """With its name and organisation number; credit notes are negative; closing less opening is the control."""
    rows = read(norway(account("3000", 700) + account("3100", 300, opening=100), SALE, CREDIT), space)
    assert list(rows.entries.columns) == list(ENTRY_COLUMNS)
    first = rows.entries.iloc[0]
    assert (first.customer_no, first.customer, first.org_no) == ("K1", "Fjord AS", "999999999")
    assert (first.amount, first.invoice_no, first.article_group) == (800.0, "1", "3000 Konto 3000")
    assert first.invoice_date == pd.Timestamp("2024-03-05")
    assert rows.entries.amount.tolist() == [800.0, 200.0, -100.0]
    assert (rows.control, rows.profile, first.currency) == (900.0, "fortnox", "NOK")
    assert codes(rows) == []
    assert rows.columns["customer_no"] == "Line/CustomerID"


def test_balances_that_differ_are_told_with_their_accounts(read: Read) -> None:
    """To the øre."""
    found = issue(read(norway(account("3000", 700.01) + account("3100", 200), SALE, CREDIT)), "control_differs")
    assert (found.params["difference"], found.params["accounts"]) == (-0.01, ["3000"])


def test_accounts_of_the_company_s_own_go_by_the_standard_chart(read: Read) -> None:
    """1.10 has the standard account, 1.30 a grouping code; short standard numbers are groups."""
    accounts = account("SALG", 800, "<StandardAccountID>30</StandardAccountID>") + account(
        "FRAKT", 0, "<GroupingCategory>RF-1167</GroupingCategory><GroupingCode>6100</GroupingCode>"
    )
    sale = transaction("1", line("KF", 790, "K1"), line("SALG", -800), line("FRAKT", 10))
    rows = read(norway(accounts, sale))
    assert (customers(rows), rows.control) == ({"K1": 800.0}, 800.0)


def test_several_customers_or_none_are_unassigned(read: Read) -> None:
    """Nobody is guessed, and texts name nobody here."""
    two = transaction("3", line("1500", 50, "K1"), line("1500", 50, "K2"), line("3000", -100))
    cash = transaction("4", line("1900", 70), line("3000", -70))
    rows = read(norway(account("3000", 1070), SALE, two, cash))
    assert customers(rows) == {"K1": 1000.0}
    assert rows.rejects[["why", "amount"]].values.tolist() == [["no_customer", 100.0], ["no_customer", 70.0]]
    assert issue(rows, "customer_unassigned").params == {"count": 2, "amount": 170.0}


def test_a_journal_of_invoices_is_told_apart_by_their_source_documents(read: Read) -> None:
    """Where each line says which document it belongs to."""
    number = "<SourceDocumentID>{}</SourceDocumentID>".format
    lines = [
        line("1500", 100, "K1", number("F1")), line("3000", -100, more=number("F1")),
        line("1500", 40, "K2", number("F2")), line("3000", -40, more=number("F2")),
    ]  # fmt: skip
    rows = read(norway(account("3000", 140), transaction("1", *lines)))
    assert customers(rows) == {"K1": 100.0, "K2": 40.0}
    assert rows.entries.invoice_no.tolist() == ["F1", "F2"]


def test_costs_of_the_same_transaction_are_shared(read: Read) -> None:
    """Goods sold, to the øre."""
    sale = transaction("1", line("1500", 300, "K1"), line("3000", -100), line("3100", -200), line("4300", 100))
    rows = read(norway(account("3000", 100) + account("3100", 200), sale))
    assert rows.entries.cost.tolist() == [33.33, 66.67]


def test_the_journals_own_totals_are_compared(read: Read) -> None:
    """A line lost shows in the debit and credit of all journals."""
    totals = "<NumberOfEntries>1</NumberOfEntries><TotalDebit>1250.00</TotalDebit><TotalCredit>1300.00</TotalCredit>"
    rows = read(norway(account("3000", 800) + account("3100", 200), SALE, totals=totals))
    found = issue(rows, "file_totals_differ")
    assert (found.found, found.params["difference"]) == ("TotalCredit", -50.0)
    assert codes(rows) == ["file_totals_differ"]


def test_other_accounts_may_be_asked_for(read: Read) -> None:
    """The option wins over the country's chart."""
    rows = read(norway(account("3000", 800), SALE), options=ReadOptions(accounts=(3100, 3199)))
    assert customers(rows) == {"K1": 200.0}
    assert rows.reasons["amount"] == "given"


def test_what_cannot_be_read_is_set_aside(read: Read) -> None:
    """A date that is none, an amount that is none."""
    sale = transaction("1", line("1500", 1, "K1"), line("3000", -1), line("3000", -2), day="2024-13-01")
    other = transaction("2", line("1500", 1, "K1"), line("3000", -2).replace("2.00", "to"))
    rows = read(norway(account("3000", 3), sale, other))
    assert rows.rejects[["found", "why"]].values.tolist() == [["2024-13-01", "bad_date"]] * 2 + [["to", "bad_amount"]]


# Portugal


def invoice(number: str, kind: str, net: str, *lines: str, status: str = "N", customer: str = "C1") -> str:
    return (
        f"<Invoice><InvoiceNo>{number}</InvoiceNo><DocumentStatus><InvoiceStatus>{status}</InvoiceStatus>"
        f"<InvoiceStatusDate>2024-01-02T00:00:00</InvoiceStatusDate></DocumentStatus><Period>1</Period>"
        f"<InvoiceDate>2024-01-0{len(number)}</InvoiceDate><InvoiceType>{kind}</InvoiceType>"
        f"<CustomerID>{customer}</CustomerID>{''.join(lines)}<DocumentTotals><TaxPayable>9</TaxPayable>"
        f"<NetTotal>{net}</NetTotal><GrossTotal>99</GrossTotal></DocumentTotals></Invoice>"
    )


def sold(amount: str, side: str = "Credit", product: str = "P1", quantity: str = "2") -> str:
    return (
        f"<Line><LineNumber>1</LineNumber><OrderReferences><OriginatingON>X</OriginatingON></OrderReferences>"
        f"<ProductCode>{product}</ProductCode><ProductDescription>Peça</ProductDescription>"
        f"<Quantity>{quantity}</Quantity><UnitPrice>1</UnitPrice><Description>Peça</Description>"
        f"<{side}Amount>{amount}</{side}Amount><Tax><TaxType>IVA</TaxType></Tax></Line>"
    )


def portugal(*invoices: str, totals: tuple[str, str, str] = ("", "", ""), more: str = "") -> str:
    names = ("NumberOfEntries", "TotalDebit", "TotalCredit")
    stated = "".join(f"<{name}>{text}</{name}>" for name, text in zip(names, totals, strict=True) if text)
    source = f"<SourceDocuments><SalesInvoices>{stated}{''.join(invoices)}</SalesInvoices></SourceDocuments>"
    return f"""<Header><ProductID>Programa</ProductID><CurrencyCode>EUR</CurrencyCode></Header><MasterFiles><Customer>
    <CustomerID>C1</CustomerID><CustomerTaxID>500100200</CustomerTaxID><CompanyName>Conceição
    Lda</CompanyName><BillingAddress><AddressDetail>Rua</AddressDetail></BillingAddress></Customer>
    <Product><ProductCode>P1</ProductCode><ProductGroup>Peças</ProductGroup></Product></MasterFiles>
    {more}{source if invoices else ""}"""


INVOICES = (
    invoice("FT 1", "FT", "150.00", sold("100.00"), sold("50.00", product="P2")),
    invoice("NC 12", "NC", "20.00", sold("20.00", "Debit", quantity="1")),
    invoice("FT 123", "FT", "70.00", sold("70.00"), status="A"),
    invoice("FT 1234", "FS", "5.00", sold("5.00"), status="F"),
)


@pytest.mark.parametrize("encoding", ["utf-8", "windows-1252"])
def test_invoice_lines_are_entries_and_void_ones_are_left_out(read: Read, encoding: str) -> None:
    """Credit notes negative, articles with their group, the file's totals to the cent."""
    rows = read(portugal(*INVOICES, totals=("4", "20.00", "150.00")), PORTUGAL, encoding=encoding)
    assert rows.entries[["invoice_no", "amount", "quantity", "article", "article_group"]].values.tolist() == [
        ["FT 1", 100.0, 2.0, "P1", "Peças"], ["FT 1", 50.0, 2.0, "P2", ""], ["NC 12", -20.0, -1.0, "P1", "Peças"],
    ]  # fmt: skip
    first = rows.entries.iloc[0]
    assert (first.customer_no, first.customer, first.org_no) == ("C1", "Conceição Lda", "500100200")
    assert (first.currency, first.row_type, rows.control) == ("EUR", "FT", 130.0)
    assert issue(rows, "cancelled_left_out").params == {"count": 2, "amount": 75.0}
    assert codes(rows) == ["cancelled_left_out"]


def test_every_total_that_differs_is_told(read: Read) -> None:
    """The net total of an invoice, the file's sums and its number of invoices."""
    broken = invoice("FT 2", "FT", "11.00", sold("10.00"))
    rows = read(portugal(*INVOICES, broken, totals=("4", "20.00", "150.00")), PORTUGAL)
    assert issue(rows, "documents_differ").params == {"count": 1, "difference": -1.0, "number": "FT 2"}
    assert issue(rows, "control_differs").params["difference"] == 10.0
    assert issue(rows, "file_totals_differ").params["difference"] == 1
    assert "control_missing" in codes(read(portugal(INVOICES[0]), PORTUGAL))


def test_lines_with_many_decimals_add_up(read: Read) -> None:
    """Rounded only when all is summed."""
    lines = [sold("0.333333") for _ in range(300)]
    rows = read(portugal(invoice("FT 1", "FT", "100.00", *lines), totals=("1", "0", "100.00")), PORTUGAL)
    assert codes(rows) == []


def test_invoices_without_lines_count_by_their_net_total(read: Read) -> None:
    """Credit notes negative there too."""
    rows = read(portugal(invoice("FT 1", "FT", "80.00"), invoice("NC 1", "NC", "30.00")), PORTUGAL)
    assert rows.entries.amount.tolist() == [80.0, -30.0]


def test_portuguese_ledgers_without_invoices_use_accounts_71_and_72(read: Read) -> None:
    """The year's closing is no revenue."""
    lines = """<Lines><DebitLine><RecordID>1</RecordID><AccountID>2111</AccountID><DebitAmount>123</DebitAmount>
    </DebitLine><CreditLine><RecordID>2</RecordID><AccountID>{0}</AccountID><CreditAmount>100</CreditAmount></CreditLine>
    <CreditLine><RecordID>3</RecordID><AccountID>2433</AccountID><CreditAmount>23</CreditAmount></CreditLine></Lines>"""
    head = """<Transaction><TransactionID>{0}</TransactionID><TransactionDate>2024-02-0{0}</TransactionDate>
    <TransactionType>{1}</TransactionType><CustomerID>C1</CustomerID>{2}</Transaction>"""
    closing = """<Lines><DebitLine><AccountID>7111</AccountID><DebitAmount>200</DebitAmount></DebitLine>
    <CreditLine><AccountID>811</AccountID><CreditAmount>200</CreditAmount></CreditLine></Lines>"""
    entries = head.format(1, "N", lines.format("7111")) + head.format(2, "N", lines.format("721"))
    entries += head.format(3, "A", closing)
    totals = "<NumberOfEntries>3</NumberOfEntries><TotalDebit>446</TotalDebit><TotalCredit>446</TotalCredit>"
    ledger = (
        f"<GeneralLedgerEntries>{totals}<Journal><JournalID>V</JournalID>{entries}</Journal></GeneralLedgerEntries>"
    )
    rows = read(portugal(more=ledger), PORTUGAL)
    assert customers(rows) == {"C1": 200.0}
    assert codes(rows) == ["control_missing"]


# Others


def test_invoices_of_the_oecd_layout_are_read(read: Read) -> None:
    """One amount per line with a side of its own."""
    line_ = """<InvoiceLine><ProductCode>P</ProductCode><Quantity>1</Quantity>
    <InvoiceLineAmount><Amount>{0}</Amount></InvoiceLineAmount><DebitCreditIndicator>{1}</DebitCreditIndicator>
    </InvoiceLine>"""
    one = """<Invoice><InvoiceNo>{0}</InvoiceNo><CustomerInfo><CustomerID>R1</CustomerID><Name>Firma SRL</Name>
    </CustomerInfo><InvoiceDate>2024-05-0{0}</InvoiceDate><InvoiceType>{1}</InvoiceType>{2}</Invoice>"""
    body = one.format(1, "380", line_.format("90.50", "C")) + one.format(2, "381", line_.format("10.50", "D"))
    source = f"<SourceDocuments><SalesInvoices>{body}</SalesInvoices></SourceDocuments>"
    rows = read(source, "mfp:anaf:dgti:d406:declaratie:v1")
    assert rows.entries[["customer", "amount"]].values.tolist() == [["Firma SRL", 90.5], ["Firma SRL", -10.5]]


def test_the_turnover_accounts_of_an_unknown_country_are_shown(read: Read) -> None:
    """By their type where it is told; always with a warning that says which they are."""
    body = norway(account("500", 800, "<AccountType>Sale</AccountType>"), transaction("1", line("500", -800, "K1")))
    rows = read(body.replace("<AuditFileCountry>NO<", "<AuditFileCountry>XX<"), "urn:OECD:StandardAuditFile-Tax:2.0")
    assert rows.entries.amount.tolist() == [800.0]
    assert issue(rows, "turnover_guessed").params == {"accounts": ["500 Konto 500"], "count": 1}


# Files


@samples
def test_the_norwegian_sample_agrees_with_its_balances() -> None:
    """Entries and what is unassigned are closing less opening of class 3."""
    rows = read_saft(SAMPLES / "no-financial-1.10.xml")
    assert rows.entries.amount.sum() + rows.rejects.amount.sum() == rows.control == 2_316_338.0
    assert rows.entries.org_no.ne("").any()
    assert not {"control_differs", "file_totals_differ", "vouchers_unbalanced"} & set(codes(rows))
    assert codes(read_saft(SAMPLES / "no-without-sales.xml"))[0] == "no_turnover"


@samples
def test_the_portuguese_sample_agrees_with_its_totals() -> None:
    """Credit less debit as the file states them."""
    rows = read_saft(SAMPLES / "pt-example.xml")
    assert (round(rows.entries.amount.sum(), 2), rows.control) == (615.29, 615.29)
    assert rows.entries.customer.iloc[0] in {"Azimute, Lda", "Alcatifar, Lda", "Alcatifar e Filhos, Lda"}


DEEP = f"<GeneralLedgerEntries>{'<a>' * 200}{'</a>' * 200}</GeneralLedgerEntries>"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('<!DOCTYPE AuditFile [<!ENTITY a "b">]><AuditFile>&a;</AuditFile>', "forbidden_xml"),
        (f"<AuditFile>{DEEP}</AuditFile>", "forbidden_xml"),
        ("<AuditFile><Header/>", "damaged_xml"),
        ("<AuditFile>\x00</AuditFile>", "damaged_xml"),
        ('<?xml version="1.0" encoding="no-such"?><AuditFile/>', "damaged_xml"),
        ("<AuditFile><Header/></AuditFile>", "saft_no_entries"),
    ],
)
def test_damaged_and_hostile_files_are_refused(tmp_path: Path, text: str, code: str) -> None:
    """One clear reason for each."""
    path = tmp_path / "audit.xml"
    path.write_text(text)
    with pytest.raises(CannotRead) as refused:
        read_saft(path)
    assert refused.value.code == code


def test_letters_in_another_encoding_than_the_declared_are_read(tmp_path: Path) -> None:
    """A file that calls itself UTF-8 and is not."""
    body = norway(account("3000", 800) + account("3100", 200), SALE).replace("Fjord AS", "Fjørd AS")
    path = tmp_path / "audit.xml"
    path.write_bytes(f'<?xml version="1.0" encoding="utf-8"?><AuditFile>{body}</AuditFile>'.encode("cp1252"))
    assert read_saft(path).entries.customer.iloc[0] == "Fjørd AS"

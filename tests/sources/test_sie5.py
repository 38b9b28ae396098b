"""SIE 5 files: the receivable refers to an invoice, the invoice to its customer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from tests.sources.rows import codes
from xlsales.issues import CannotRead
from xlsales.sources import ENTRY_COLUMNS, ReadOptions, Rows
from xlsales.sources.bookkeeping.kinds import bookkeeping_kind
from xlsales.sources.bookkeeping.sie5 import read_sie5

SAMPLES = Path(__file__).resolve().parents[3] / "shared/data/sie"
FILE_INFO = """<FileInfo><SoftwareProduct name="Edison Ekonomi" version="6.0B"/>
<FileCreation time="2026-01-31T12:00:00" by="NN"/><Company organizationId="555555-5555" name="Övningsbolaget AB"/>
<FiscalYears><FiscalYear start="2025-01" end="2025-12" primary="true"/><FiscalYear start="2024-01" end="2024-12"/>
</FiscalYears><AccountingCurrency currency="SEK"/></FileInfo>"""
ACCOUNTS = """<Accounts><Account id="1510" name="Kundfordringar" type="asset"/>
<Account id="3010" name="Försäljning" type="income">
<OpeningBalance month="2025-01" amount="0"/><ClosingBalance month="2025-06" amount="-1000.00"/>
<ClosingBalance month="2025-12" amount="-1650.50"/>
<ClosingBalance month="2025-12" amount="-70"><ObjectReference dimId="1" objectId="S"/></ClosingBalance>
</Account><Account id="4010" name="Varor" type="cost"/></Accounts>"""
DIMENSIONS = (
    '<Dimensions><Dimension id="7" name="Säljare"><Object id="AO" name="Anna Olsson"/></Dimension></Dimensions>'
)
INVOICES = """<CustomerInvoices primaryAccountId="1510" name="Kundfakturor">
<CustomerInvoice id="1" invoiceNumber="1001" customerId="K1"/><CustomerInvoice id="2" customerId="K9"/>
</CustomerInvoices>
<SupplierInvoices primaryAccountId="2440"><SupplierInvoice id="1" supplierId="L1"/></SupplierInvoices>"""
CUSTOMERS = '<Customers><Customer id="K1" name="Åkeriet AB" organizationId="556012-5790"/></Customers>'
FIRST = """<JournalEntry id="1" journalDate="2025-02-03" text="Kundfaktura 1001 Åkeriet AB">
<LedgerEntry accountId="1510" amount="1250"><SubdividedAccountObjectReference objectId="1"/></LedgerEntry>
<LedgerEntry accountId="3010" amount="-1000"><ObjectReference dimId="7" objectId="AO"/></LedgerEntry>
<LedgerEntry accountId="2611" amount="-250"/>
<LedgerEntry accountId="4010" amount="400.01"/><LedgerEntry accountId="1460" amount="-400.01"/></JournalEntry>"""
SECOND = """<JournalEntry id="2" journalDate="2025-02-04" text="Kundfaktura 2 Beta AB">
<LedgerEntry accountId="1510" amount="650.5"><SubdividedAccountObjectReference objectId="2"/></LedgerEntry>
<LedgerEntry accountId="3010" amount="-650.50" ledgerDate="2025-02-28"/>
<LedgerEntry accountId="3010" amount="-99"><Overstrike date="2025-02-05" by="NN"/></LedgerEntry></JournalEntry>"""

Read = Callable[..., Rows]


def sie(*entries: str, root: str = "Sie") -> str:
    journal = f'<Journal id="KF" name="Kundfakturor">{"".join(entries)}</Journal>'
    body = (FILE_INFO, ACCOUNTS, DIMENSIONS, INVOICES, CUSTOMERS, journal)
    return f'<?xml version="1.0" encoding="utf-8"?>\n<{root} xmlns="http://www.sie.se/sie5">{"".join(body)}</{root}>'


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Read a SIE 5 file from its text."""

    def of(text: str, options: ReadOptions = ReadOptions(), encoding: str = "utf-8") -> Rows:
        path = tmp_path / "book.sie"
        path.write_bytes(text.encode(encoding))
        assert bookkeeping_kind(path.read_bytes()[:65536]) == "sie5"
        return read_sie5(path, options)

    return of


def test_invoices_carry_their_customers_to_the_revenue(read: Read) -> None:
    """Number, name and organisation number of the register, the seller's object, the voucher's cost."""
    rows = read(sie(FIRST, SECOND))
    assert list(rows.entries.columns) == list(ENTRY_COLUMNS)
    first = rows.entries.iloc[0]
    assert (first.customer_no, first.customer, first.org_no) == ("K1", "Åkeriet AB", "556012-5790")
    assert (first.amount, first.cost, first.invoice_no) == (1000.0, 400.01, "1001")
    assert (first.seller, first.article_group) == ("Anna Olsson", "3010 Försäljning")
    assert first.invoice_date == pd.Timestamp("2025-02-03")
    assert (rows.columns["customer_no"], rows.reasons["customer_no"]) == ("CustomerInvoice@customerId", "exact")


def test_customers_that_are_not_listed_keep_their_number(read: Read) -> None:
    """The register may hold only some of those used; the text has the name. A posting's own date comes first."""
    second = read(sie(FIRST, SECOND)).entries.iloc[1]
    assert (second.customer_no, second.customer, second.invoice_no) == ("K9", "Beta AB", "2")
    assert second.invoice_date == pd.Timestamp("2025-02-28")


def test_the_last_balance_of_the_year_is_the_control_total(read: Read) -> None:
    """Earlier months, balances per object and struck postings are not counted."""
    rows = read(sie(FIRST, SECOND))
    assert rows.control == rows.entries.amount.sum() == 1650.5
    assert codes(rows) == []
    alone = next(issue for issue in read(sie(FIRST)).warnings if issue.code == "control_differs")
    assert alone.params["difference"] == -650.5


def test_a_supplier_invoice_with_the_same_id_is_no_customer(read: Read) -> None:
    """Ids are unique within a group of accounts only."""
    entry = """<JournalEntry id="3" journalDate="2025-03-01" text="Öresutjämning">
    <LedgerEntry accountId="2440" amount="-100"><SubdividedAccountObjectReference objectId="1"/></LedgerEntry>
    <LedgerEntry accountId="4010" amount="100.5"/><LedgerEntry accountId="3740" amount="-0.5"/></JournalEntry>"""
    rows = read(sie(FIRST, SECOND, entry))
    assert rows.rejects[["why", "amount"]].values.tolist() == [["no_customer", 0.5]]


def test_an_object_of_the_customers_dimension_comes_first(read: Read) -> None:
    """Where the customer is an object, and not an invoice."""
    entry = FIRST.replace('<ObjectReference dimId="7" objectId="AO"/>', '<ObjectReference dimId="8" objectId="K7"/>')
    assert read(sie(entry)).entries.customer_no.tolist() == ["K7"]
    assert read(sie(entry), ReadOptions(dimension=9)).entries.customer_no.tolist() == ["K1"]


def test_entry_files_and_prefixes_are_read(read: Read) -> None:
    """SieEntry is the same without balances; a prefix changes nothing."""
    text = sie(FIRST, SECOND, root="SieEntry")
    text = text.replace(ACCOUNTS, '<Accounts><Account id="3010" name="Försäljning"/></Accounts>')
    rows = read(text)
    assert (rows.control, codes(rows)) == (None, ["control_missing"])
    spaced = sie(FIRST, SECOND).replace("xmlns=", "xmlns:s=").replace("<", "<s:").replace("<s:/", "</s:")
    assert read(spaced.replace("<s:?", "<?")).entries.amount.sum() == 1650.5


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_letters_are_read_in_every_encoding(read: Read, encoding: str) -> None:
    """Also where the declaration is wrong."""
    text = sie(FIRST, SECOND)
    declared = text.replace('encoding="utf-8"', 'encoding="utf-16"') if encoding == "utf-16" else text
    assert read(declared, encoding=encoding).entries.customer.iloc[0] == "Åkeriet AB"


def test_vouchers_without_receivables_are_unassigned(read: Read) -> None:
    """Cash sales have no customer."""
    entry = """<JournalEntry id="1" journalDate="2025-02-03" text="Dagskassa"><LedgerEntry accountId="1930" amount="5"/>
    <LedgerEntry accountId="3010" amount="-5"/></JournalEntry>"""
    rows = read(sie(entry))
    assert rows.entries.empty
    assert rows.rejects.amount.tolist() == [5.0]
    assert codes(rows)[:1] == ["customers_not_derivable"]


CUT = sie(FIRST, SECOND)
DEEP = CUT.replace("<Journal ", "<a>" * 120 + "<Journal ", 1)
BAD = {
    "cut": (CUT[:-300], "damaged_xml"),
    "entities": (CUT.replace("<Sie ", '<!DOCTYPE Sie [<!ENTITY a "aaaa">]><Sie ', 1), "forbidden_xml"),
    "external": (CUT.replace("<Sie ", '<!DOCTYPE Sie SYSTEM "file:///etc/hosts"><Sie ', 1), "forbidden_xml"),
    "unknown entity": (CUT.replace("Dagskassa", "").replace("Beta AB", "Beta &nbsp; AB"), "damaged_xml"),
    "deep": (DEEP, "forbidden_xml"),
    "overlapping": (CUT.replace("</Accounts>", "</Account>"), "damaged_xml"),
    "no vouchers": (sie(), "sie_no_vouchers"),
}


@pytest.mark.parametrize("name", BAD)
def test_damaged_and_hostile_files_are_refused(read: Read, name: str) -> None:
    """One clear reason for each."""
    text, code = BAD[name]
    with pytest.raises(CannotRead) as refused:
        read(text)
    assert refused.value.code == code


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the sample files are not here")
def test_the_sample_of_accounts_alone_is_refused() -> None:
    """It holds no vouchers at all."""
    path = SAMPLES / "SampleEntry.sie"
    assert bookkeeping_kind(path.read_bytes()) == "sie5"
    with pytest.raises(CannotRead, match="sie_no_vouchers"):
        read_sie5(path)

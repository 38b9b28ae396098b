"""A SAF-T file as a sales ledger: its sales invoices where it has them, else the general ledger's turnover postings."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from xlsales.issues import CannotRead
from xlsales.sources import ReadOptions, Rows
from xlsales.sources.bookkeeping.kinds import program_profile
from xlsales.sources.bookkeeping.packed import Packed
from xlsales.sources.bookkeeping.vouchers import Party
from xlsales.sources.bookkeeping.xml_records import Record, read_records

_WANTED = frozenset({
    "Header", "Account", "GeneralLedger", "Customer", "Product", "Transaction", "Journal", "Line", "DebitLine",
    "CreditLine", "TransactionLine", "Invoice", "InvoiceLine", "NumberOfEntries", "TotalDebit", "TotalCredit",
})  # fmt: skip
_SKIPPED = frozenset({
    "Address", "BillingAddress", "ShipToAddress", "ShipTo", "ShipFrom", "Contact", "BankAccount", "TaxInformation",
    "TaxInformationTotals", "Tax", "Analysis", "PartyInfo", "CompanyAddress", "CustomsInformation",
    "ProductSerialNumber", "WithholdingTax", "OrderReferences",
})  # fmt: skip
_LINES = frozenset({"Line", "DebitLine", "CreditLine", "TransactionLine", "InvoiceLine"})
_COUNTRY = re.compile(r":([A-Z]{2})(?:_[\d.]+)*$")


@dataclass(frozen=True)
class Account:
    """An account: name, the standard chart's number for it, balances (as written), type and whether it sums others."""

    name: str
    standard: str
    opening: tuple[str, str]
    closing: tuple[str, str]
    kind: str


def _postings() -> Packed:
    texts = ("account", "debit", "credit", "customer", "reference", "document")
    return Packed(("voucher", "line", *texts), numbers=2)


def _lines() -> Packed:
    texts = ("product", "description", "quantity", "debit", "credit")
    return Packed(("invoice", "line", *texts), numbers=2)


@dataclass
class Saft:
    """What a SAF-T file holds, as it is read.

    totals: (section, name) → text. postings: of the general ledger, with the voucher's position and the file's line.
    lines: of the invoices, with the invoice's position and the file's line.
    """

    country: str = ""
    program: str = ""
    currency: str = ""
    accounts: dict[str, Account] = field(default_factory=dict)
    customers: dict[str, Party] = field(default_factory=dict)
    products: dict[str, tuple[str, str]] = field(default_factory=dict)
    totals: dict[tuple[str, str], str] = field(default_factory=dict)
    postings: Packed = field(default_factory=_postings)
    vouchers: Packed = field(default_factory=lambda: Packed(("number", "date", "text", "type", "customer")))
    lines: Packed = field(default_factory=_lines)
    invoices: Packed = field(
        default_factory=lambda: Packed(("line", "number", "date", "type", "status", "customer", "name", "net"), 1)
    )


def read_saft(path: Path, options: ReadOptions = ReadOptions()) -> Rows:
    """Read the turnover of a SAF-T file: Norway, Portugal, or another that follows the OECD's layout.

    Raises CannotRead: saft_no_entries (path), damaged_xml (path, line, detail), forbidden_xml (path, detail),
    unreadable_file (path, detail).
    """
    found = Saft()
    for record in read_records(path, _WANTED, _SKIPPED):
        if len(record.path) == 1:
            _take_root(found, record)
        elif take := _TAKERS.get(record.name):
            take(found, record)
    if found.lines or (found.invoices and not found.postings):
        from xlsales.sources.bookkeeping.saft_invoices import invoice_rows

        return invoice_rows(path, found, program_profile(found.program))
    if not found.postings:
        raise CannotRead("saft_no_entries", path=str(path))
    from xlsales.sources.bookkeeping.saft_ledger import ledger_rows

    return ledger_rows(path, found, options, program_profile(found.program))


def _take_root(found: Saft, record: Record) -> None:
    for name, value in record.element.attrib.items():
        if name.startswith("xmlns") and (country := _COUNTRY.search(value)):
            found.country = country.group(1)


def _take_header(found: Saft, record: Record) -> None:
    found.country = record.text("AuditFileCountry").upper()[:2] or found.country
    names = ("SoftwareCompanyName", "SoftwareID", "ProductID", "SoftwareCompany")
    found.program = " ".join(filter(None, map(record.text, names)))
    found.currency = (record.text("DefaultCurrencyCode") or record.text("CurrencyCode")).upper()


def _take_account(found: Saft, record: Record) -> None:
    if "MasterFiles" not in record.path or not (number := record.text("AccountID")):
        return
    standard = record.text("StandardAccountID") or record.text("GroupingCode")
    found.accounts[number] = Account(
        name=record.text("AccountDescription"),
        standard=standard,
        opening=(record.text("OpeningDebitBalance"), record.text("OpeningCreditBalance")),
        closing=(record.text("ClosingDebitBalance"), record.text("ClosingCreditBalance")),
        kind=record.text("AccountType"),
    )


def _take_customer(found: Saft, record: Record) -> None:
    if "MasterFiles" in record.path and (number := record.text(".//CustomerID")):
        name = record.text(".//CompanyName") or record.text(".//Name")
        org_no = record.text(".//RegistrationNumber") or record.text(".//CustomerTaxID")
        org_no = org_no or record.text(".//TaxRegistrationNumber")
        found.customers[number] = Party(" ".join(name.split()), org_no)


def _take_product(found: Saft, record: Record) -> None:
    if "MasterFiles" in record.path and (code := record.text("ProductCode")):
        found.products[code] = (record.text("ProductGroup"), record.text("ProductDescription"))


def _take_line(found: Saft, record: Record) -> None:
    debit, credit = _amount(record, "DebitAmount"), _amount(record, "CreditAmount")
    if "GeneralLedgerEntries" in record.path:
        reference, document = record.text("ReferenceNumber"), record.text("SourceDocumentID")
        found.postings.add(
            len(found.vouchers), record.line, record.text("AccountID"), debit, credit, record.text("CustomerID"),
            reference, document,
        )  # fmt: skip
    elif "SalesInvoices" in record.path:
        if one := _amount(record, "InvoiceLineAmount"):
            owed = record.text("DebitCreditIndicator").upper().startswith("D")
            debit, credit = (one, credit) if owed else (debit, one)
        description = record.text("ProductDescription") or record.text("Description")
        found.lines.add(
            len(found.invoices), record.line, record.text("ProductCode"), description, record.text("Quantity"),
            debit, credit,
        )  # fmt: skip


def _amount(record: Record, name: str) -> str:
    """An amount that stands in the element itself or in its Amount."""
    return record.text(f"{name}/Amount") or record.text(name)


def _take_transaction(found: Saft, record: Record) -> None:
    if "GeneralLedgerEntries" in record.path:
        date = record.text("TransactionDate") or record.text("GLPostingDate")
        text = record.text("Description") or record.text("VoucherDescription")
        kind, customer = record.text("TransactionType"), record.text("CustomerID")
        found.vouchers.add(record.text("TransactionID"), date, text, kind, customer)


def _take_invoice(found: Saft, record: Record) -> None:
    if "SalesInvoices" in record.path:
        net = record.text("DocumentTotals/NetTotal") or record.text("InvoiceDocumentTotals/NetTotal")
        customer = record.text("CustomerID") or record.text("CustomerInfo/CustomerID")
        status = (record.text("DocumentStatus/InvoiceStatus") or record.text("InvoiceStatus")).upper()
        found.invoices.add(
            record.line, record.text("InvoiceNo"), record.text("InvoiceDate"), record.text("InvoiceType").upper(),
            status, customer, record.text("CustomerInfo/Name"), net,
        )  # fmt: skip


def _take_total(found: Saft, record: Record) -> None:
    if len(record.path) > 2:
        found.totals.setdefault((record.path[-2], record.name), (record.element.text or "").strip())


_TAKERS: dict[str, Callable[[Saft, Record], None]] = {
    "Header": _take_header,
    "Account": _take_account,
    "GeneralLedger": _take_account,
    "Customer": _take_customer,
    "Product": _take_product,
    "Transaction": _take_transaction,
    "Invoice": _take_invoice,
    **dict.fromkeys(_LINES, _take_line),
    **dict.fromkeys(("NumberOfEntries", "TotalDebit", "TotalCredit"), _take_total),
}

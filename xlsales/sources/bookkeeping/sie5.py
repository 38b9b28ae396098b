"""A SIE 5 file as a sales ledger: the receivable refers to a customer invoice, the invoice to its customer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from xlsales.issues import CannotRead
from xlsales.sources import ReadOptions, Rows
from xlsales.sources.bookkeeping.accounts import RECEIVABLE, account_number, accounts_between, posted_amounts
from xlsales.sources.bookkeeping.kinds import program_profile
from xlsales.sources.bookkeeping.packed import Packed
from xlsales.sources.bookkeeping.voucher_rows import book_rows
from xlsales.sources.bookkeeping.vouchers import Book, Party, Stated
from xlsales.sources.bookkeeping.xml_records import Record, read_records
from xlsales.sources.dates import read_dates

_WANTED = frozenset({
    "SoftwareProduct", "FiscalYear", "AccountingCurrency", "Account", "Customer", "CustomerInvoice",
    "CustomerInvoices", "Dimension", "LedgerEntry", "JournalEntry", "Journal",
})  # fmt: skip
_POSTING = ("voucher", "line", "account", "found", "date", "text", "customer", "invoice", "seller")


@dataclass
class _Sie5:
    """What the file holds, as it is read. invoices: (account or "", id) → (customer id, invoice number)."""

    program: str = ""
    currency: str = ""
    years: list[tuple[str, str, bool]] = field(default_factory=list)
    accounts: dict[str, str] = field(default_factory=dict)
    balances: list[tuple[str, str, str, str]] = field(default_factory=list)
    customers: dict[str, Party] = field(default_factory=dict)
    invoices: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    objects: dict[str, dict[str, str]] = field(default_factory=dict)
    postings: Packed = field(default_factory=lambda: Packed(_POSTING, numbers=2))
    vouchers: list[list[str]] = field(default_factory=list)
    waiting: list[tuple[str, str, str]] = field(default_factory=list)
    journal: int = 0


def read_sie5(path: Path, options: ReadOptions = ReadOptions()) -> Rows:
    """Read the turnover of a SIE 5 file, or of a SIE 5 entry file.

    Raises CannotRead: sie_no_vouchers (path, type), damaged_xml (path, line, detail), forbidden_xml (path, detail),
    unreadable_file (path, detail).
    """
    found = _Sie5()
    for record in read_records(path, _WANTED):
        _take(found, record, options)
    if not found.postings:
        raise CannotRead("sie_no_vouchers", path=str(path), type="5")
    return book_rows(_book(path, found, options))


def _take(found: _Sie5, record: Record, options: ReadOptions) -> None:
    """Keep what one record tells. What surrounds others is handed over after them."""
    name = record.name
    if name == "LedgerEntry":
        _take_posting(found, record, options)
    elif name == "JournalEntry":
        found.vouchers.append([record.get("id"), record.get("journalDate"), record.get("text")])
    elif name == "Journal":
        for voucher in found.vouchers[found.journal :]:
            voucher[0] = f"{record.get('id')} {voucher[0]}".strip() if voucher[0] else ""
        found.journal = len(found.vouchers)
    elif name == "Account" and record.get("id"):
        _take_account(found, record)
    elif name == "Customer":
        found.customers[record.get("id")] = Party(record.get("name"), record.get("organizationId"))
    elif name == "CustomerInvoice":
        number = record.get("invoiceNumber") or record.get("id")
        found.waiting.append((record.get("id"), record.get("customerId"), number))
    elif name == "CustomerInvoices":
        _take_invoices(found, record)
    elif name == "Dimension":
        named = {part.get("id", ""): part.get("name", "") for part in record.element.findall("Object")}
        found.objects[record.get("id")] = named
    elif name == "FiscalYear":
        found.years.append((record.get("start"), record.get("end"), record.get("primary") in ("true", "1")))
    elif name == "SoftwareProduct":
        found.program = record.get("name")
    elif name == "AccountingCurrency":
        found.currency = record.get("currency").upper()


def _take_account(found: _Sie5, record: Record) -> None:
    found.accounts[record.get("id")] = record.get("name")
    for kind in ("OpeningBalance", "ClosingBalance"):
        for balance in record.element.findall(kind):
            # Balances per object are parts of the one without.
            if balance.find("ObjectReference") is None:
                found.balances.append((record.get("id"), kind, balance.get("month", ""), balance.get("amount", "")))


def _take_invoices(found: _Sie5, record: Record) -> None:
    """The invoices above belong to this group's accounts."""
    others = [part.get("accountId", "") for part in record.element.findall("SecondaryAccountRef")]
    for id_, customer, number in found.waiting:
        for account in (record.get("primaryAccountId"), *others):
            found.invoices[account, id_] = (customer, number)
        found.invoices.setdefault(("", id_), (customer, number))
    found.waiting.clear()


def _take_posting(found: _Sie5, record: Record, options: ReadOptions) -> None:
    if record.element.find("Overstrike") is not None:
        return
    objects = {part.get("dimId", ""): part.get("objectId", "") for part in record.element.findall("ObjectReference")}
    account = record.get("accountId")
    customer, invoice = objects.get(str(options.dimension), ""), objects.get("10", "")
    reference = record.element.find("SubdividedAccountObjectReference")
    if reference is not None and (known := _invoice(found, account, reference.get("objectId", ""))):
        customer, invoice = customer or known[0], invoice or known[1]
    found.postings.add(
        len(found.vouchers), record.line, account, record.get("amount"), record.get("ledgerDate"), record.get("text"),
        customer, invoice, objects.get(str(options.seller_dimension), ""),
    )  # fmt: skip


def _invoice(found: _Sie5, account: str, id_: str) -> tuple[str, str] | None:
    """The customer and number of the invoice that a posting refers to; ids are unique within a group of accounts."""
    if (account, id_) in found.invoices:
        return found.invoices[account, id_]
    if not RECEIVABLE[0] <= account_number(account) <= RECEIVABLE[1]:
        return None
    return found.invoices.get(("", id_), ("", id_))


def _book(path: Path, found: _Sie5, options: ReadOptions) -> Book:
    postings = found.postings.table()
    postings["amount"] = posted_amounts(pa.array(postings["found"].tolist(), pa.large_string()))
    postings["day"] = read_dates(postings["date"]).days
    for name, bounds in (
        ("turnover", options.accounts), ("receivable", RECEIVABLE), ("cost", options.cost_accounts)
    ):  # fmt: skip
        postings[name] = accounts_between(postings["account"], bounds)
    # A posting outside every voucher counts with the last.
    heads = found.vouchers or [["", "", ""]]
    postings["voucher"] = postings["voucher"].clip(upper=len(heads) - 1)
    vouchers = pd.DataFrame(heads, columns=["number", "date", "text"], dtype="str")
    years = _years(found)
    default = ReadOptions()
    columns = {
        "invoice_date": "JournalEntry@journalDate",
        "customer_no": "CustomerInvoice@customerId",
        "text": "JournalEntry@text",
        "amount": f"{options.accounts[0]}–{options.accounts[1]}",
        "article_group": "Account",
        "cost": f"{options.cost_accounts[0]}–{options.cost_accounts[1]}",
    }
    reasons = dict.fromkeys((key for key in columns if key != "text"), "exact")
    if options.accounts != default.accounts:
        reasons["amount"] = "given"
    return Book(
        path=path,
        kind="sie5",
        postings=postings,
        vouchers=vouchers.assign(day=read_dates(vouchers["date"]).days),
        accounts=found.accounts,
        customers=found.customers,
        sellers=found.objects.get(str(options.seller_dimension), {}),
        stated=_stated(found, years, options),
        years=tuple((first, last) for first, last, _ in years),
        columns=columns,
        reasons=reasons,
        currency=found.currency,
        profile=program_profile(found.program),
    )


def _years(found: _Sie5) -> list[tuple[np.datetime64, np.datetime64, bool]]:
    """First and last day of each fiscal year, and whether it is the file's own."""
    years = []
    for start, end, primary in found.years:
        first, last = _month(start), _month(end)
        if not np.isnat(first) and not np.isnat(last):
            days = ((last + 1).astype("datetime64[D]") - np.timedelta64(1, "D"), first.astype("datetime64[D]"))
            years.append((days[1], days[0], primary))
    return years


def _month(text: str) -> np.datetime64:
    days = read_dates(pd.Series([f"{text[:7]}-01"], dtype="str")).days
    return np.datetime64(days[0], "M")


def _stated(
    found: _Sie5, years: Iterable[tuple[np.datetime64, np.datetime64, bool]], options: ReadOptions
) -> tuple[Stated, ...]:
    """What the turnover accounts' balances changed by in each year that has closing balances, revenue positive."""
    table = pd.DataFrame(found.balances, columns=["account", "kind", "month", "found"], dtype="str")
    table["amount"] = posted_amounts(pa.array(table["found"].tolist(), pa.large_string()))
    table["month"] = read_dates(table["month"].str[:7] + "-01").days
    table = table[table["amount"].notna() & table["month"].notna()]
    stated = []
    for first, last, primary in years:
        of_year = table[(table["month"] >= first) & (table["month"] <= last)].sort_values("month", kind="stable")
        closing = of_year[of_year["kind"] == "ClosingBalance"].groupby("account")["amount"].last()
        if closing.empty:
            continue
        opening = of_year[of_year["kind"] == "OpeningBalance"].groupby("account")["amount"].first()
        change = opening.sub(closing, fill_value=0.0)
        amounts = {
            str(account): float(amount)
            for account, amount in change.items()
            if options.accounts[0] <= account_number(str(account)) <= options.accounts[1]
        }
        stated.append(Stated(amounts, first, last, current=primary))
    return tuple(stated)

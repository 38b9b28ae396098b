"""The general ledger of a SAF-T file: revenue gets the customer of the line that has one in the same transaction."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from xlsales.issues import Issue
from xlsales.sources import ReadOptions, Rows
from xlsales.sources.bookkeeping.accounts import account_number, accounts_between, posted_amounts
from xlsales.sources.bookkeeping.saft import Account, Saft
from xlsales.sources.bookkeeping.voucher_rows import book_rows
from xlsales.sources.bookkeeping.vouchers import Book, Stated
from xlsales.sources.dates import read_dates
from xlsales.sources.waist import UNITS, units_of

_NORWAY = (3000, 3999)
# Where the chart of accounts is laid down: what the numbers of turnover accounts begin with.
_TURNOVER = {
    "PT": ("71", "72"), "AO": ("61", "62"), "RO": ("70",), "BG": ("70",), "LU": ("70",), "FR": ("70",), "LT": ("50",),
}  # fmt: skip
_KNOWN = frozenset({"NO", "PT", "AO"})
_SALES = frozenset({"sale", "sales", "income", "revenue"})
# Transfers of the year's result, which would empty the turnover accounts.
_CLOSING = {"PT": frozenset({"A"}), "AO": frozenset({"A"})}
_SPREAD = 1.5
_SHOWN = 5


def ledger_rows(path: Path, found: Saft, options: ReadOptions, profile: str) -> Rows:
    """The rows of the general ledger; see :func:`xlsales.sources.bookkeeping.saft.read_saft`."""
    vouchers = found.vouchers.table()
    if vouchers.empty:
        vouchers.loc[0] = ""
    vouchers["day"] = read_dates(vouchers["date"]).days
    postings = _postings(found, vouchers, options)
    issues = _journal_issues(path, found, postings)
    used = sorted(postings.loc[postings["turnover"], "account"].unique())
    default = options.accounts == ReadOptions().accounts
    if used and default and found.country not in _KNOWN:
        names = [f"{number} {found.accounts[number].name}".strip() for number in used if number in found.accounts]
        params = {"accounts": (names or used)[:_SHOWN], "count": len(used)}
        issues.append(Issue("warning", "turnover_guessed", place=path.name, params=params))
    bounds = [used[0], used[-1]] if used else map(str, _NORWAY if default else options.accounts)
    shown = "–".join(dict.fromkeys(bounds))
    columns = {
        "invoice_date": "Transaction/TransactionDate",
        "customer_no": "Line/CustomerID",
        "amount": shown,
        "article_group": "GeneralLedgerAccounts",
        "cost": f"{options.cost_accounts[0]}–{options.cost_accounts[1]}",
    }
    book = Book(
        path=path,
        kind="saft",
        postings=postings,
        vouchers=vouchers[["number", "day", "date", "text"]],
        accounts={number: account.name for number, account in found.accounts.items()},
        customers=found.customers,
        stated=_stated(found, options),
        columns=columns,
        reasons={key: "exact" if key != "amount" or default else "given" for key in columns},
        currency=found.currency,
        profile=profile,
        by_text=False,
    )
    return book_rows(book, issues)


def _postings(found: Saft, vouchers: pd.DataFrame, options: ReadOptions) -> pd.DataFrame:
    table = found.postings.table()
    table["voucher"] = table["voucher"].clip(upper=len(vouchers) - 1)
    debit, credit = (posted_amounts(pa.array(table[side].tolist(), pa.large_string())) for side in ("debit", "credit"))
    lost = (np.isnan(debit) & (table["debit"] != "")) | (np.isnan(credit) & (table["credit"] != ""))
    empty = (table["debit"] == "") & (table["credit"] == "")
    table["amount"] = np.where(lost | empty, np.nan, np.round(np.nan_to_num(debit) - np.nan_to_num(credit), 4))
    table["found"] = table["debit"].where(table["debit"] != "", table["credit"])
    whole = vouchers["customer"].to_numpy(dtype=object)[table["voucher"]]
    customer = table["customer"].where(table["customer"] != "", pd.Series(whole, dtype="str"))
    # Some countries demand an id on every line and write 0 where there is none.
    nobody = (customer == "0") & ("0" not in found.customers)
    table["customer"] = customer.where(~nobody, "")
    table["turnover"] = _turnover(table["account"], found, options)
    closing = vouchers["type"].str.upper().isin(_CLOSING.get(found.country, frozenset())).to_numpy()
    table["turnover"] &= ~closing[table["voucher"]]
    table["receivable"] = (table["customer"] != "") & ~table["turnover"]
    table["cost"] = accounts_between(table["account"], options.cost_accounts) & (found.country not in _CLOSING)
    table["invoice"] = _invoice(table)
    nowhere = pd.Series(np.full(len(table), "", dtype=object), dtype="str")
    return table.assign(date=nowhere, seller=nowhere, text=nowhere, day=np.datetime64("NaT", "s"))


def _invoice(table: pd.DataFrame) -> pd.Series[str]:
    """The reference or source document of a line, where it is one per transaction and not the same for many."""
    found = pd.Series(np.full(len(table), "", dtype=object), dtype="str")
    for key in ("document", "reference"):
        pairs = table.loc[table[key] != "", ["voucher", key]].drop_duplicates()
        if len(pairs) and len(pairs) <= _SPREAD * pairs[key].nunique():
            found = table[key].where(table[key] != "", found)
    return found


def _turnover(accounts: pd.Series[str], found: Saft, options: ReadOptions) -> Any:
    codes, names = pd.factorize(accounts)
    hits = np.array([is_turnover(str(name), found, options) for name in names] + [False], dtype=np.bool_)
    return hits[codes]


def is_turnover(number: str, found: Saft, options: ReadOptions) -> bool:
    """Whether an account is turnover: those asked for, else by the country's chart, the standard chart or its type."""
    if options.accounts != ReadOptions().accounts:
        return options.accounts[0] <= account_number(number) <= options.accounts[1]
    if prefixes := _TURNOVER.get(found.country):
        return number.startswith(prefixes)
    account = found.accounts.get(number, Account("", "", ("", ""), ("", ""), ""))
    if found.country != "NO" and any(one.kind.lower() in _SALES for one in found.accounts.values()):
        return account.kind.lower() in _SALES
    own = account_number(number) if len(number) > 3 else -1
    if own < 0:
        own = account_number(account.standard.ljust(4, "0")[:4])
    return _NORWAY[0] <= own <= _NORWAY[1]


def _stated(found: Saft, options: ReadOptions) -> tuple[Stated, ...]:
    """What the turnover accounts' balances changed by, revenue positive; charts with summing accounts have none."""
    if found.country in _CLOSING:
        return ()
    numbers = [number for number in found.accounts if is_turnover(number, found, options)]
    amounts = {}
    for number in numbers:
        account = found.accounts[number]
        if any(account.closing):
            texts = pa.array([*account.closing, *account.opening], pa.large_string())
            values = np.nan_to_num(posted_amounts(texts))
            amounts[number] = float(np.round(values[1] - values[0] - values[3] + values[2], 4))
    return (Stated(amounts),) if amounts else ()


def _journal_issues(path: Path, found: Saft, postings: pd.DataFrame) -> list[Issue]:
    """The journals' totals held against their lines."""
    issues = []
    for name, side in (("TotalDebit", "debit"), ("TotalCredit", "credit")):
        text = found.totals.get(("GeneralLedgerEntries", name), "")
        stated = posted_amounts(pa.array([text], pa.large_string()))
        values = posted_amounts(pa.array(postings[side].tolist(), pa.large_string()))
        own, total = int(units_of(values).sum()), int(units_of(stated)[0])
        if not np.isnan(stated[0]) and own != total:
            params = {
                "name": name, "stated": total / UNITS, "found": own / UNITS, "difference": (own - total) / UNITS,
            }  # fmt: skip
            issues.append(Issue("warning", "file_totals_differ", place=path.name, found=name, params=params))
    return issues

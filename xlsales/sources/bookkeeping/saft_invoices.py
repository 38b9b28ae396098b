"""The sales invoices of a SAF-T file, line by line, with the article on each line."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from xlsales.issues import Issue
from xlsales.sources import ENTRY_COLUMNS, REJECT_COLUMNS, Rows
from xlsales.sources.bookkeeping.accounts import posted_amounts
from xlsales.sources.bookkeeping.saft import Saft
from xlsales.sources.bookkeeping.vouchers import Party
from xlsales.sources.dates import read_dates
from xlsales.sources.reasons import first_reasons

# Cancelled, and invoiced again within another document.
_VOID = frozenset({"A", "F"})
_CREDIT_TYPES = frozenset({"NC", "381"})
_NEAR = 0.015
_DIGITS = 16
_COLUMNS = {
    "invoice_date": "Invoice/InvoiceDate", "customer_no": "Invoice/CustomerID", "customer": "Customer/CompanyName",
    "amount": "Line/CreditAmount − Line/DebitAmount", "invoice_no": "Invoice/InvoiceNo", "article": "Line/ProductCode",
    "article_group": "Product/ProductGroup", "quantity": "Line/Quantity", "row_type": "Invoice/InvoiceType",
    "org_no": "Customer/CustomerTaxID",
}  # fmt: skip


def invoice_rows(path: Path, found: Saft, profile: str) -> Rows:
    """The rows of the sales invoices; see :func:`xlsales.sources.bookkeeping.saft.read_saft`."""
    invoices = found.invoices.table()
    lines = _lines(found, invoices)
    of = invoices.iloc[lines["invoice"].to_numpy()].reset_index(drop=True)
    day = read_dates(of["date"]).days
    valid = ~of["status"].isin(_VOID).to_numpy()
    why, column = _reasons(lines, of, day)
    entries = _entries(found, lines, of, day)
    used = valid & (why == "")
    rejects = _rejects(path, lines, of, why, column)[valid & (why != "")].reset_index(drop=True)
    control = _control(found)
    issues = [
        *_void_issues(lines, of, ~valid),
        *_net_issues(path, lines, invoices, valid),
        *_total_issues(path, found, lines[valid], control, len(invoices)),
    ]
    kept = {key: heading for key, heading in _COLUMNS.items() if key != "article_group" or found.products}
    return Rows(
        kind="saft",
        entries=entries[used].reset_index(drop=True),
        rejects=rejects,
        columns=kept,
        reasons={key: "computed" if key == "amount" else "exact" for key in kept},
        warnings=issues,
        control=control,
        profile=profile,
    )


def _lines(found: Saft, invoices: pd.DataFrame) -> pd.DataFrame:
    """Invoice lines with their amount, credit positive; an invoice without lines is one line of its net total."""
    table = found.lines.table()
    table = table[table["invoice"] < len(invoices)]
    debit, credit = (_numbers(table[side]) for side in ("debit", "credit"))
    lost = (np.isnan(debit) & (table["debit"] != "")) | (np.isnan(credit) & (table["credit"] != ""))
    empty = (table["debit"] == "") & (table["credit"] == "")
    exact = np.where(lost | empty, np.nan, np.nan_to_num(credit) - np.nan_to_num(debit))
    table = table.assign(exact=exact, amount=np.round(exact, 4))
    table["found"] = table["debit"].where(table["debit"] != "", table["credit"])
    bare = invoices[~invoices.index.isin(table["invoice"])]
    if bare.empty:
        return table.reset_index(drop=True)
    net = _numbers(bare["net"])
    net = np.where(bare["type"].isin(_CREDIT_TYPES), -np.abs(net), net)
    whole = pd.DataFrame({"invoice": bare.index, "line": bare["line"], "amount": net, "found": bare["net"]})
    whole["exact"] = net
    whole = whole.assign(**dict.fromkeys(("product", "description", "quantity", "debit", "credit"), ""))
    return pd.concat([table, whole]).sort_values(["invoice", "line"], kind="stable", ignore_index=True)


def _numbers(texts: pd.Series[str]) -> Any:
    return posted_amounts(pa.array(texts.tolist(), pa.large_string()), 0)


def _reasons(lines: pd.DataFrame, of: pd.DataFrame, day: Any) -> tuple[Any, Any]:
    lost = lines["amount"].isna().to_numpy()
    checks = (
        ("bad_date", "invoice_date", np.isnat(day) & (of["date"] != "").to_numpy()),
        ("no_date", "invoice_date", np.isnat(day)),
        ("no_customer", "customer_no", (of["customer"] == "").to_numpy()),
        ("bad_amount", "amount", lost & (lines["found"] != "").to_numpy()),
        ("no_amount", "amount", lost),
    )
    return first_reasons(checks, len(lines))


def _entries(found: Saft, lines: pd.DataFrame, of: pd.DataFrame, day: Any) -> pd.DataFrame:
    parties = [found.customers.get(id_, Party(name)) for id_, name in zip(of["customer"], of["name"], strict=True)]
    articles = lines["product"].tolist()
    texts = pd.DataFrame({
        "customer_no": of["customer"],
        "customer": [party.name for party in parties],
        "invoice_no": of["number"],
        "article": [code or text for code, text in zip(articles, lines["description"], strict=True)],
        "article_group": [found.products.get(code, ("", ""))[0] for code in articles],
        "seller": "",
        "region": "",
        "currency": found.currency,
        "row_type": of["type"],
        "org_no": [party.org_no for party in parties],
    }).astype("str")  # fmt: skip
    quantity = _numbers(lines["quantity"])
    # A credit note's quantity stands without sign.
    quantity = np.where((lines["amount"] < 0) & (quantity > 0), -quantity, quantity)
    numbers = {"invoice_date": day.astype("datetime64[s]"), "amount": lines["amount"], "quantity": quantity}
    return texts.assign(**numbers, cost=np.nan)[list(ENTRY_COLUMNS)]


def _rejects(path: Path, lines: pd.DataFrame, of: pd.DataFrame, why: Any, column: Any) -> pd.DataFrame:
    shown = np.where(column == "amount", lines["found"], np.where(column == "invoice_date", of["date"], of["number"]))
    place = [f"{path.name}:{line}" for line in lines["line"]]
    table = pd.DataFrame({"place": place, "column": column, "found": shown, "why": why}).astype("str")
    return table.assign(amount=lines["amount"])[list(REJECT_COLUMNS)]


def _control(found: Saft) -> float | None:
    """Credit less debit as the file states them, None if it states none."""
    texts = [found.totals.get(("SalesInvoices", name), "") for name in ("TotalCredit", "TotalDebit")]
    values = posted_amounts(pa.array(texts, pa.large_string()))
    return None if np.isnan(values).all() else float(np.round(np.nan_to_num(values[0]) - np.nan_to_num(values[1]), 4))


def _void_issues(lines: pd.DataFrame, of: pd.DataFrame, void: Any) -> list[Issue]:
    if not void.any():
        return []
    params = {"count": int(of["number"][void].nunique()), "amount": round(float(lines["amount"][void].sum()), 2)}
    return [Issue("note", "cancelled_left_out", column="row_type", params=params)]


def _net_issues(path: Path, lines: pd.DataFrame, invoices: pd.DataFrame, valid: Any) -> list[Issue]:
    """Invoices whose lines do not add up to their own net total."""
    found_lines = invoices["line"].to_numpy(np.int64)
    own = lines["exact"].fillna(0.0)[valid].groupby(lines["invoice"][valid]).sum()
    net = pd.Series(_numbers(invoices["net"]))[own.index]
    apart = (own.abs() - net.abs()).round(2)
    wrong = np.flatnonzero(apart.abs() > _NEAR)
    if not len(wrong):
        return []
    first = int(own.index[wrong[0]])
    number = str(invoices["number"].iloc[first])
    params = {"count": len(wrong), "difference": round(float(apart.iloc[wrong].sum()), 2), "number": number}
    place = f"{path.name}:{int(found_lines[first])}"
    return [Issue("warning", "documents_differ", place=place, found=number, params=params)]


def _total_issues(path: Path, found: Saft, valid: pd.DataFrame, control: float | None, count: int) -> list[Issue]:
    """The lines of valid invoices held against the file's own totals, and the invoices against their number."""
    if control is None:
        return [Issue("note", "control_missing", place=path.name)]
    issues = []
    # Lines may have six decimals, so they are summed before they are rounded.
    own = round(math.fsum(valid["exact"].fillna(0.0)), 2)
    apart = round(own - control, 2)
    if apart:
        params = {
            "stated": control, "found": own, "difference": apart, "period": path.name, "accounts": ["SalesInvoices"],
        }  # fmt: skip
        issues.append(Issue("warning", "control_differs", place=path.name, found=f"{own:.2f}", params=params))
    stated = found.totals.get(("SalesInvoices", "NumberOfEntries"), "")
    if stated.isascii() and stated.isdigit() and len(stated) < _DIGITS and int(stated) != count:
        counts = {"stated": int(stated), "found": count, "difference": count - int(stated), "name": "NumberOfEntries"}
        issues.append(Issue("warning", "file_totals_differ", place=path.name, found="NumberOfEntries", params=counts))
    return issues

"""Vouchers as rows of a sales ledger: one entry per turnover posting with a customer, the rest set aside."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from xlsales.issues import Issue
from xlsales.sources import ENTRY_COLUMNS, REJECT_COLUMNS, Rows
from xlsales.sources.bookkeeping.voucher_totals import total_issues
from xlsales.sources.bookkeeping.vouchers import Book, with_customers
from xlsales.sources.reasons import first_reasons
from xlsales.sources.waist import UNITS, units_of

_SHOWN = 200
_SMALL = 0.01


def book_rows(book: Book, issues: list[Issue] | None = None) -> Rows:
    """The rows of a book. issues: what its reader has to tell already."""
    book, warnings = _without_repeats(book)
    found = with_customers(book)
    day, late = _days(book, found)
    amount = -found["amount"].to_numpy(np.float64) + 0.0
    why, column = _reasons(found, day, late)
    used = why == ""
    entries = _entries(book, found, day, amount)[used].reset_index(drop=True)
    rejects = _rejects(book, found, why, column)
    control, totals = total_issues(book)
    told = [*(issues or []), *warnings, *_told(book, found, why, amount), *totals]
    columns, reasons = _columns(book, found, entries)
    return Rows(book.kind, entries, rejects, columns, reasons, told, control, book.profile)


def _days(book: Book, found: pd.DataFrame) -> tuple[Any, npt.NDArray[np.object_]]:
    """Per turnover row its day, or its voucher's where it has none, and the date as it is written."""
    vouchers = book.vouchers.iloc[found["voucher"].to_numpy()]
    own = found["date"].to_numpy(dtype=object)
    missing = own == ""
    day = np.where(missing, vouchers["day"].to_numpy(), found["day"].to_numpy())
    return day, np.where(missing, vouchers["date"].to_numpy(dtype=object), own)


def _reasons(found: pd.DataFrame, day: Any, date: npt.NDArray[np.object_]) -> tuple[Any, Any]:
    """Per turnover row why it cannot be used, "" if it can, and the ledger key concerned."""
    written = found["found"].to_numpy(dtype=object) != ""
    lost = found["amount"].isna().to_numpy()
    checks = (
        ("bad_date", "invoice_date", np.isnat(day) & (date != "")),
        ("no_date", "invoice_date", np.isnat(day)),
        ("no_customer", "customer_no", found["customer_no"].to_numpy(dtype=object) == ""),
        ("bad_amount", "amount", lost & written),
        ("no_amount", "amount", lost),
    )
    return first_reasons(checks, len(found))


def _entries(book: Book, found: pd.DataFrame, day: Any, amount: Any) -> pd.DataFrame:
    nothing = np.full(len(found), np.nan)
    codes, names = pd.factorize(found["account"])
    groups = np.array([f"{name} {book.accounts.get(name, '')}".strip() for name in names], dtype=object)
    texts = {
        "customer_no": found["customer_no"], "customer": found["customer"], "invoice_no": found["invoice_no"],
        "article": "", "article_group": groups[codes] if len(groups) else "", "seller": found["seller"], "region": "",
        "currency": book.currency, "row_type": "", "org_no": found["org_no"],
    }  # fmt: skip
    table = pd.DataFrame(texts, index=found.index).astype("str")
    numbers = {"invoice_date": day.astype("datetime64[s]"), "amount": np.round(amount, 4), "quantity": nothing}
    return table.assign(**numbers, cost=_costs(book.postings, found))[list(ENTRY_COLUMNS)]


def _costs(postings: pd.DataFrame, found: pd.DataFrame) -> npt.NDArray[np.float64]:
    """The cost of each voucher over its turnover rows by their size, exactly; NaN where the voucher has none."""
    costs = postings[postings["cost"] & postings["amount"].notna()]
    result = np.full(len(found), np.nan)
    if costs.empty or found.empty:
        return result
    voucher = found["voucher"].to_numpy()
    size = int(postings["voucher"].max()) + 1
    total = np.bincount(costs["voucher"], weights=units_of(costs["amount"]), minlength=size)
    weight = np.abs(found["amount"].fillna(0.0).to_numpy())
    whole = np.bincount(voucher, weights=weight, minlength=size)
    weight = np.where(whole[voucher] > 0, weight, 1.0)
    whole = np.bincount(voucher, weights=weight, minlength=size)
    # Rounded sums so far, so that the parts add up to the whole whatever the rounding.
    so_far = pd.Series(weight).groupby(voucher).cumsum().to_numpy() / whole[voucher]
    ore = np.rint(so_far * total[voucher] / 100) * 100
    last = ~pd.Series(voucher).duplicated(keep="last").to_numpy()
    ore = np.where(last, total[voucher], ore)
    before = pd.Series(ore).groupby(voucher).shift(fill_value=0.0).to_numpy()
    has = np.isin(voucher, costs["voucher"].unique())
    return np.where(has, (ore - before) / UNITS, np.nan)


def _rejects(book: Book, found: pd.DataFrame, why: Any, column: Any) -> pd.DataFrame:
    """Rows set aside, and postings without an account, which may be turnover or not."""
    aside = found[why != ""]
    whys, columns = why[why != ""], column[why != ""]
    text = book.vouchers["text"].to_numpy(dtype=object)[aside["voucher"].to_numpy()]
    date = book.vouchers["date"].to_numpy(dtype=object)[aside["voucher"].to_numpy()]
    shown = np.where(columns == "amount", aside["found"].to_numpy(dtype=object), text)
    own = aside["date"].to_numpy(dtype=object)
    shown = np.where(columns == "invoice_date", np.where(own == "", date, own), shown)
    table = _aside(book, aside["line"], columns, shown, whys)
    table["amount"] = np.round(-aside["amount"].to_numpy(np.float64) + 0.0, 4)
    nowhere = book.postings[(book.postings["account"] == "") & (book.postings["amount"] != 0)]
    more = _aside(book, nowhere["line"], "", nowhere["found"].to_numpy(dtype=object), "no_account")
    more["amount"] = np.nan
    return pd.concat([table, more], ignore_index=True)[list(REJECT_COLUMNS)]


def _aside(book: Book, line: pd.Series[int], column: Any, found: Any, why: Any) -> pd.DataFrame:
    place = [f"{book.path.name}:{number}" for number in line.tolist()]
    texts = {"place": place, "column": column, "found": [str(text)[:_SHOWN] for text in found], "why": why}
    return pd.DataFrame(texts, index=range(len(place))).astype("str")


def _without_repeats(book: Book) -> tuple[Book, list[Issue]]:
    """Leave out vouchers that stand twice, word for word, and tell where one number is used for two vouchers."""
    vouchers = book.vouchers
    number = vouchers["number"]
    again = (number != "") & number.duplicated(keep=False)
    if not again.any():
        return book, []
    postings = book.postings
    suspect = postings[postings["voucher"].isin(np.flatnonzero(again))]
    hashes = pd.util.hash_pandas_object(suspect[["account", "amount"]], index=False)
    content = hashes.groupby(suspect["voucher"]).sum().reindex(range(len(vouchers)), fill_value=0)
    keys = pd.DataFrame({"number": number, "year": _years(book)})
    same = again & keys.assign(day=vouchers["day"], text=vouchers["text"], content=content.to_numpy()).duplicated()
    shared = again & ~same & keys[~same].duplicated().reindex(keys.index, fill_value=False)
    issues = []
    if same.any():
        issues.append(Issue("warning", "vouchers_repeated", **_first(book, same)))
    # A transaction's number in SAF-T may be its own within a journal only.
    if shared.any() and book.kind != "saft":
        issues.append(Issue("note", "vouchers_same_number", **_first(book, shared)))
    kept = postings[~postings["voucher"].isin(np.flatnonzero(same))].reset_index(drop=True)
    return replace(book, postings=kept), issues


def _years(book: Book) -> npt.NDArray[np.int64]:
    """The fiscal year of each voucher, the calendar year where the file has none that fits."""
    day = book.vouchers["day"].to_numpy()
    found = day.astype("datetime64[Y]").astype(np.int64)
    for place, (first, last) in enumerate(book.years):
        found[(day >= first) & (day <= last)] = -1_000_000 - place
    return found


def _first(book: Book, mask: pd.Series[bool]) -> dict[str, Any]:
    """Where vouchers of a kind begin and how many they are."""
    voucher = int(np.flatnonzero(mask)[0])
    number = str(book.vouchers["number"].iloc[voucher])
    return {"place": _place(book, voucher), "found": number, "params": {"count": int(mask.sum()), "number": number}}


def _place(book: Book, voucher: int) -> str:
    lines = book.postings.loc[book.postings["voucher"] == voucher, "line"]
    return f"{book.path.name}:{int(lines.iloc[0])}" if len(lines) else book.path.name


def _told(book: Book, found: pd.DataFrame, why: Any, amount: Any) -> list[Issue]:
    """How far customers were found, and what to ask for where they were not."""
    first, last = book.columns.get("amount", "–").partition("–")[::2]
    if not len(found):
        accounts = {"accounts": f"{first}–{last}"}
        return [Issue("warning", "no_turnover", place=book.path.name, params=accounts)]
    nobody = why == "no_customer"
    size = np.abs(np.nan_to_num(amount))
    params: dict[str, Any] = {"count": int(nobody.sum()), "amount": round(float(np.nansum(amount[nobody])), 2)}
    issues = []
    if nobody.all() or (nobody.any() and size[~nobody].sum() == 0):
        text = book.vouchers["text"].to_numpy(dtype=object)[found["voucher"].to_numpy()][nobody]
        sample = next((one for one in text if one), "–")
        issues.append(Issue("warning", "customers_not_derivable", place=book.path.name, found=sample, params=params))
    elif nobody.any():
        line = found["line"].to_numpy()[nobody][0]
        severity: Literal["warning", "note"] = "warning" if size[nobody].sum() > _SMALL * size.sum() else "note"
        issues.append(Issue(severity, "customer_unassigned", place=f"{book.path.name}:{line}", params=params))
    texts = found["by"] == "text"
    if texts.any():
        names = found.loc[texts, "customer_no"]
        issues.append(
            Issue("warning", "customer_from_text", column="customer_no", found=names.iloc[0],
                  params={"count": int(names.nunique())})
        )  # fmt: skip
    return issues


def _columns(book: Book, found: pd.DataFrame, entries: pd.DataFrame) -> tuple[dict[str, str], dict[str, str]]:
    """What was used for each ledger key; a text where the customers come from texts."""
    columns, reasons = dict(book.columns), dict(book.reasons)
    by = set(found["by"].unique()) - {""}
    if by == {"text"}:
        columns["customer_no"], reasons["customer_no"] = columns.get("text", ""), "content"
    unused = {"text": True, "customer_no": not by, "cost": not entries["cost"].notna().any()}
    for key in (key for key, drop in unused.items() if drop):
        columns.pop(key, None)
        reasons.pop(key, None)
    return columns, reasons

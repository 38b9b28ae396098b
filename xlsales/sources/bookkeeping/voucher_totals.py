"""Vouchers held against the totals that the file itself states, to the öre."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from xlsales.issues import Issue
from xlsales.sources.bookkeeping.vouchers import Book, Ints, Stated
from xlsales.sources.waist import UNITS, units_of

_NAMED = 5


def total_issues(book: Book) -> tuple[float | None, list[Issue]]:
    """The control total, None if the file states none, and where the vouchers disagree with it or with themselves."""
    issues = _unbalanced(book)
    rows = book.postings[book.postings["turnover"]]
    if not book.stated:
        return None, [*issues, Issue("note", "control_missing", place=book.path.name)] if len(rows) else issues
    units = -units_of(rows["amount"])
    year = _years(book, rows)
    control = 0
    for place, stated in enumerate(book.stated):
        mask = year == place
        if not stated.current and not mask.any():
            continue
        total = int(sum(units_of(list(stated.amounts.values())).tolist()))
        control += total
        if (own := int(units[mask].sum())) != total:
            issues.append(_differs(book, stated, total, own, rows.assign(units=units)[mask]))
    return control / UNITS, issues


def _years(book: Book, rows: pd.DataFrame) -> Ints:
    """Per turnover row the period it belongs to by its voucher's day; what belongs to none counts with the current."""
    day = book.vouchers["day"].to_numpy()[rows["voucher"].to_numpy()]
    current = next((place for place, stated in enumerate(book.stated) if stated.current), 0)
    found = np.full(len(rows), current, dtype=np.int64)
    for place, stated in enumerate(book.stated):
        if not np.isnat(stated.first):
            found[(day >= stated.first) & (day <= stated.last)] = place
    return found


def _differs(book: Book, stated: Stated, total: int, own: int, rows: pd.DataFrame) -> Issue:
    sums = rows.groupby("account")["units"].sum()
    accounts = list(stated.amounts)
    wanted = pd.Series(units_of(list(stated.amounts.values())), index=pd.Index(accounts, dtype="str"), dtype="int64")
    apart = sums.sub(wanted, fill_value=0).astype("int64")
    names = [str(name) for name in apart[apart != 0].abs().sort_values(ascending=False).index]
    period = "" if np.isnat(stated.first) else f"{_day(stated.first)}–{_day(stated.last)}"
    params: dict[str, Any] = {
        "stated": total / UNITS,
        "found": own / UNITS,
        "difference": (own - total) / UNITS,
        "period": period or book.path.name,
        "accounts": names[:_NAMED],
    }
    return Issue("warning", "control_differs", place=book.path.name, found=f"{own / UNITS:.2f}", params=params)


def _day(day: np.datetime64) -> str:
    return str(day.astype("datetime64[D]"))


def _unbalanced(book: Book) -> list[Issue]:
    postings = book.postings
    if postings.empty:
        return []
    sums = pd.Series(units_of(postings["amount"])).groupby(postings["voucher"].to_numpy()).sum()
    wrong = sums[sums != 0]
    if wrong.empty:
        return []
    first = int(wrong.index[0])
    line = int(postings.loc[postings["voucher"] == first, "line"].iloc[0])
    params = {
        "count": len(wrong),
        "number": str(book.vouchers["number"].iloc[first]),
        "difference": int(wrong.iloc[0]) / UNITS,
    }
    place = f"{book.path.name}:{line}"
    return [Issue("warning", "vouchers_unbalanced", place=place, found=params["number"], params=params)]

"""Raw cells → typed ledger entries; what cannot be used is set aside with its place and the reason."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from xlsales.issues import Issue
from xlsales.sources import ENTRY_COLUMNS, REJECT_COLUMNS, TEXTS
from xlsales.sources.amounts import Amounts, find_amounts
from xlsales.sources.dates import Dates, read_dates
from xlsales.sources.numbers import Floats, Numbers, Sign, read_numbers
from xlsales.sources.shapes import LeftOut, Mask, carried, left_out, total_words
from xlsales.sources.texts import as_id, as_text, one_of
from xlsales.sources.words import folded, ledger_words

Place = Callable[[int, str], str]

_NUMBERS = (
    "amount", "amount_unsure", "amount_incl", "quantity", "cost", "unit_price", "discount", "vat", "contribution",
)  # fmt: skip
_IDS = ("customer_no", "invoice_no", "article")
_SHOWN = 200
_HOME = frozenset({"", "sek", "kr"})


@dataclass(frozen=True)
class Style:
    """How the cells were written, as far as the source tells.

    machine_point: numbers stand as a program writes them, with a point (a workbook's own numbers).
    comma_first: a decimal comma and the day before the month are usual there; None if unknown.
    headings: ledger key → heading, to know repeated headings and units. shifted: rows whose cells are shifted.
    """

    machine_point: bool = False
    comma_first: bool | None = None
    headings: Mapping[str, str] = field(default_factory=dict)
    shifted: npt.NDArray[np.bool_] | None = None


@dataclass(frozen=True)
class Typed:
    """entries and rejects as in :class:`xlsales.sources.LedgerRead`; computed: the amount is made of other columns."""

    entries: pd.DataFrame
    rejects: pd.DataFrame
    issues: list[Issue]
    computed: bool


def type_entries(raw: pd.DataFrame, place: Place, style: Style | None = None) -> Typed:
    """Type the cells of a ledger, column by column.

    raw: one row per row of the source. Columns named by ledger key are typed, cells being text, numbers,
        dates or empty; other columns only help to tell sums and empty rows. Needed are invoice_date,
        customer_no (or customer) and amount (or amount_unsure, amount_incl, or quantity and unit_price).
    place: (row position in raw, ledger key or "") → the place for the user.
    style: for a workbook's own table ``Style(machine_point=True)``.
    """
    style = style or Style(machine_point=True)
    dates = read_dates(_column(raw, "invoice_date"), style.comma_first)
    numbers = _read_all_numbers(raw, style)
    amounts = find_amounts(numbers) or Amounts(_nothing(raw), np.zeros(len(raw), dtype=np.bool_), "amount")
    texts = {key: _text(raw, key) for key in TEXTS}
    sheet = _Sheet(raw, place, style, dates, numbers, amounts)
    shape, issues = _settle_rows(sheet, texts)
    why, column = _reasons(sheet, texts)
    out = shape.any()
    types = _types_left_out(sheet, texts, out, issues)
    rejected = (why != "") & ~out & ~types
    used = (why == "") & ~out & ~types
    values = _turned_credits(amounts.values, texts["row_type"], used, issues)
    values = _in_kronor(values, style.headings.get(amounts.key, ""), issues)
    entries = _entries(sheet, texts, values, used)
    issues += _column_issues(sheet, texts, used)
    return Typed(entries, _rejects(sheet, rejected, why, column, values), issues, amounts.computed)


@dataclass(frozen=True)
class _Sheet:
    raw: pd.DataFrame
    place: Place
    style: Style
    dates: Dates
    numbers: Mapping[str, Numbers]
    amounts: Amounts


def _read_all_numbers(raw: pd.DataFrame, style: Style) -> dict[str, Numbers]:
    """All number columns; one that leaves its decimal sign open follows the others of the ledger."""
    keys = [key for key in _NUMBERS if key in raw.columns]
    found = {key: read_numbers(raw[key], machine_point=style.machine_point) for key in keys}
    signs = [numbers.sign for numbers in found.values() if numbers.sign and not numbers.unsure]
    usual: Sign = ("," if signs.count(",") * 2 >= len(signs) else ".") if signs else ("," if style.comma_first else "")
    for key in keys:
        if found[key].unsure and usual == ",":
            again = read_numbers(raw[key], usual, machine_point=style.machine_point)
            found[key] = again if signs else Numbers(again.values, again.unreadable, again.sign, found[key].unsure)
        elif found[key].unsure and signs:
            found[key] = Numbers(found[key].values, found[key].unreadable, found[key].sign)
    return found


def _settle_rows(sheet: _Sheet, texts: dict[str, pa.Array]) -> tuple[LeftOut, list[Issue]]:
    """Tell the rows that are no entries, after customers are carried down where they stand as group headings."""
    if "customer_no" not in sheet.raw.columns:
        texts["customer_no"] = texts["customer"]
    known = {
        "date": ~np.isnat(sheet.dates.days),
        "amount": np.isfinite(sheet.amounts.values),
        "customer": _filled(texts["customer_no"]),
    }
    issues: list[Issue] = []
    if (known["date"] & known["amount"] & ~known["customer"]).any():
        known["customer"] |= _carry_down(sheet, texts, known, issues)
    shape = left_out(sheet.raw, known, sheet.style.headings)
    amount = _sum(sheet.amounts.values[shape.total])
    for code, mask, params in (
        ("totals_left_out", shape.total, {"amount": amount}),
        ("headings_left_out", shape.heading, {}),
        ("text_left_out", shape.text, {}),
    ):
        if mask.any():
            where = sheet.place(int(mask.argmax()), "")
            issues.append(Issue("note", code, place=where, params={"count": int(mask.sum()), **params}))
    return shape, issues


def _carry_down(sheet: _Sheet, texts: dict[str, pa.Array], known: Mapping[str, Mask], issues: list[Issue]) -> Mask:
    """Fill in customers that stand as a heading above their entries, and tell which rows got one."""
    entry = known["date"] & known["amount"]
    alone = ~known["date"] & ~known["amount"] & ~sheet.dates.unreadable & ~sheet.amounts.unreadable
    stop = ~known["date"] & (total_words(texts["customer_no"]) | total_words(texts["customer"]))
    for key in ("customer_no", "customer"):
        down = carried(texts[key], entry, alone, stop)
        if down is not None:
            texts[key] = down
    got = _filled(texts["customer_no"]) & ~known["customer"]
    if got.any():
        issues.append(Issue("warning", "customer_carried", column="customer_no", params={"count": int(got.sum())}))
    return got


def _reasons(sheet: _Sheet, texts: Mapping[str, pa.Array]) -> tuple[npt.NDArray[np.object_], npt.NDArray[np.object_]]:
    """Per row the first reason why it cannot be used and the ledger key it concerns, "" if it can."""
    dates, amounts = sheet.dates, sheet.amounts
    none = np.zeros(len(sheet.raw), dtype=np.bool_)
    checks: list[tuple[str, str, Mask]] = [
        ("bad_row", "", none if sheet.style.shifted is None else sheet.style.shifted),
        ("bad_date", "invoice_date", dates.unreadable),
        ("no_date", "invoice_date", np.isnat(dates.days)),
        ("no_customer", "customer_no", ~_filled(texts["customer_no"])),
        ("bad_amount", "amount", amounts.unreadable),
        ("no_amount", "amount", np.isnan(amounts.values)),
    ]
    why = np.full(len(sheet.raw), "", dtype=object)
    column = why.copy()
    for code, key, mask in reversed(checks):
        why[mask], column[mask] = code, key
    return why, column


def _types_left_out(sheet: _Sheet, texts: Mapping[str, pa.Array], out: Mask, issues: list[Issue]) -> Mask:
    """Payments, reminders and cancelled documents: no sales."""
    words = ledger_words()
    types = _as_mask(one_of(texts["row_type"], words.left_out)) & ~out
    cancelled = _as_mask(one_of(_text(sheet.raw, "cancelled"), words.cancelled)) & ~out & ~types
    for code, mask in (("row_types_left_out", types), ("cancelled_left_out", cancelled)):
        if mask.any():
            names = sorted(set(texts["row_type"].filter(pa.array(mask)).to_pylist()))
            params = {"count": int(mask.sum()), "amount": _sum(sheet.amounts.values[mask]), "types": names}
            issues.append(Issue("note", code, column="row_type", params=params))
    return types | cancelled


def _turned_credits(values: Floats, row_type: pa.Array, used: Mask, issues: list[Issue]) -> Floats:
    credit = _as_mask(one_of(row_type, ledger_words().credit)) & used
    if not credit.any() or not (values[credit] >= 0).all() or not (values[credit] > 0).any():
        return values
    issues.append(Issue("warning", "credits_turned", column="amount", params={"count": int(credit.sum())}))
    return np.where(credit, -values, values)


def _in_kronor(values: Floats, heading: str, issues: list[Issue]) -> Floats:
    if not folded(heading).endswith(("tkr", "tsek")):
        return values
    issues.append(Issue("warning", "amount_in_thousands", column="amount", found=heading, params={"heading": heading}))
    return np.round(values * 1000, 4)


def _entries(sheet: _Sheet, texts: Mapping[str, pa.Array], values: Floats, used: Mask) -> pd.DataFrame:
    rows = pa.array(used)
    columns: dict[str, Any] = {key: text.filter(rows).to_pandas().astype("str") for key, text in texts.items()}
    columns["invoice_date"] = sheet.dates.days[used]
    columns["amount"] = values[used] + 0.0
    for key in ("quantity", "cost"):
        columns[key] = sheet.numbers[key].values[used] if key in sheet.numbers else _nothing(sheet.raw)[used]
    if "contribution" in sheet.numbers and "cost" not in sheet.numbers:
        columns["cost"] = np.round(columns["amount"] - sheet.numbers["contribution"].values[used], 4)
    return pd.DataFrame(columns)[list(ENTRY_COLUMNS)]


def _rejects(sheet: _Sheet, rejected: Mask, why: Any, column: Any, values: Floats) -> pd.DataFrame:
    rows = np.flatnonzero(rejected)
    keys = np.where(column[rows] == "amount", sheet.amounts.key, column[rows])
    found = np.full(len(rows), "", dtype=object)
    for key in set(keys):
        found[keys == key] = _found(sheet.raw, rows[keys == key], key)
    place = [sheet.place(int(row), str(key)) for row, key in zip(rows, keys, strict=True)]
    texts = {"place": place, "column": list(column[rows]), "found": list(found), "why": list(why[rows])}
    amount = np.where(why[rows] == "bad_row", np.nan, values[rows]).astype(np.float64)
    return pd.DataFrame(texts, dtype="str").assign(amount=amount)[list(REJECT_COLUMNS)]


def _found(raw: pd.DataFrame, rows: npt.NDArray[np.int64], key: str) -> list[str]:
    """What stands in the cells of one column, or in whole rows where the key is ""."""
    names = [key] if key in raw.columns else ([] if key else list(raw.columns))
    columns = [as_text(raw[name].iloc[rows]).to_pylist() for name in names]
    return [" | ".join(filter(None, cells))[:_SHOWN] for cells in zip(*columns, strict=True)] or [""] * len(rows)


def _column_issues(sheet: _Sheet, texts: Mapping[str, pa.Array], used: Mask) -> list[Issue]:
    """What is unsure or partly unreadable in whole columns."""
    issues: list[Issue] = []
    headings, amounts = sheet.style.headings, sheet.amounts
    if sheet.dates.unsure:
        order = "mdy" if sheet.style.comma_first is False else "dmy"
        params = {"heading": headings.get("invoice_date", ""), "sample": sheet.dates.unsure, "order": order}
        issues.append(
            Issue("warning", "date_order_ambiguous", column="invoice_date", found=sheet.dates.unsure, params=params)
        )
    if amounts.maybe_incl:
        heading = headings.get(amounts.key, "")
        issues.append(
            Issue("warning", "amount_maybe_incl_vat", column="amount", found=heading, params={"heading": heading})
        )
    for key, numbers in sheet.numbers.items():
        if numbers.unsure and key in (amounts.key, "cost"):
            params = {"heading": headings.get(key, ""), "sample": numbers.unsure, "sign": numbers.sign}
            column = "cost" if key == "cost" else "amount"
            issues.append(Issue("warning", "decimal_ambiguous", column=column, found=numbers.unsure, params=params))
        bad = numbers.unreadable & used
        if key in ("quantity", "cost") and bad.any():
            row = int(bad.argmax())
            found = _found(sheet.raw, np.array([row]), key)[0]
            count = {"heading": headings.get(key, ""), "count": int(bad.sum())}
            place = sheet.place(row, key)
            issues.append(Issue("warning", "cells_unreadable", column=key, place=place, found=found, params=count))
    return issues + _currency_issues(texts["currency"], headings.get(amounts.key, ""), used)


def _currency_issues(currency: pa.Array, heading: str, used: Mask) -> list[Issue]:
    if folded(heading).endswith(("sek", "lcy")):
        return []
    foreign = used & ~_as_mask(one_of(currency, _HOME))
    if not foreign.any():
        return []
    names = sorted(set(currency.filter(pa.array(foreign)).to_pylist()))
    params = {"currencies": names, "count": int(foreign.sum())}
    return [Issue("warning", "foreign_currency", column="currency", found=names[0], params=params)]


def _text(raw: pd.DataFrame, key: str) -> pa.Array:
    if key not in raw.columns:
        return pa.repeat(pa.scalar("", pa.large_string()), len(raw))
    text = as_text(raw[key])
    return as_id(text) if key in _IDS else text


def _column(raw: pd.DataFrame, key: str) -> pd.Series[Any]:
    return raw[key] if key in raw.columns else pd.Series([""] * len(raw), dtype="str")


def _nothing(raw: pd.DataFrame) -> Floats:
    return np.full(len(raw), np.nan)


def _filled(texts: pa.Array) -> Mask:
    return _as_mask(pc.not_equal(texts, ""))


def _as_mask(hits: pa.Array) -> Mask:
    mask: Mask = hits.to_numpy(zero_copy_only=False).astype(np.bool_)
    return mask


def _sum(values: Floats) -> float:
    return round(float(np.nansum(values)), 2)

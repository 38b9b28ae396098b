"""Raw cells → typed ledger entries; what cannot be used is set aside with its place and the reason."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from xlsales.issues import Issue
from xlsales.sources import ENTRY_COLUMNS, REJECT_COLUMNS, TEXTS
from xlsales.sources.amounts import Amounts, Vat, amount_issues, find_amounts, find_costs
from xlsales.sources.dates import Dates, read_dates
from xlsales.sources.numbers import Floats, Numbers, Sign, read_numbers
from xlsales.sources.profiles import Profile
from xlsales.sources.reasons import first_reasons
from xlsales.sources.rowtypes import MARKS, called_off_issues, left_out_issues, read_marks, turned
from xlsales.sources.shapes import LeftOut, Mask, carried, left_out, total_words
from xlsales.sources.texts import as_id, as_text
from xlsales.sources.words import scale_of

Place = Callable[[int, str], str]

MONEY = (
    "amount", "amount_unsure", "amount_incl", "debit", "credit", "cost", "unit_cost", "unit_price", "net_price",
    "discount_amount", "vat", "contribution",
)  # fmt: skip
_NUMBERS = (*MONEY, "quantity", "discount")
_IDS = ("customer_no", "invoice_no", "article")
_SHOWN = 200


@dataclass(frozen=True)
class Style:
    """How the cells were written, as far as the source tells.

    machine_point: numbers stand as a program writes them, with a point (a workbook's own numbers).
    comma_first: a decimal comma and the day before the month are usual there; None if unknown.
    headings: ledger key → heading, to know repeated headings and units. shifted: rows whose cells are shifted.
    profile: the system they come from. vat: "incl" or "excl" as told by the user.
    """

    machine_point: bool = False
    comma_first: bool | None = None
    headings: Mapping[str, str] = field(default_factory=dict)
    shifted: npt.NDArray[np.bool_] | None = None
    profile: Profile = field(default_factory=Profile)
    vat: str = ""


@dataclass(frozen=True)
class Typed:
    """entries and rejects as in :class:`xlsales.sources.Rows`; computed: the amount is made of other columns.

    places: the row of every entry in what was typed. parts: the ledger keys that the amount was made of;
    cost: the key that the cost was read from, "" if there is none.
    """

    entries: pd.DataFrame
    rejects: pd.DataFrame
    issues: list[Issue]
    computed: bool
    places: npt.NDArray[np.int64]
    parts: tuple[str, ...] = ()
    cost: str = ""


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
    numbers = number_columns(raw, style)
    known = Vat(style.vat, style.profile.vat, style.headings)
    amounts = find_amounts(numbers, known) or Amounts(_nothing(raw), np.zeros(len(raw), dtype=np.bool_), "amount")
    texts = {key: _text(raw, key) for key in TEXTS}
    sheet = _Sheet(raw, place, style, dates, numbers, amounts)
    shape, issues = _settle_rows(sheet, texts)
    why, column = _reasons(sheet, texts)
    marks = read_marks({key: texts.get(key, _text(raw, key)) for key in MARKS}, style.profile)
    rows = ~shape.any()
    unsold = marks.types | marks.cancelled
    issues += left_out_issues(marks, rows, amounts.values, texts["row_type"])
    used = (why == "") & rows & ~unsold
    values, notes = turned(amounts.values, marks, used, style.profile)
    issues += notes + called_off_issues(marks, used, values, style.headings.get("status", ""))
    entries, cost = _entries(sheet, texts, values, used, issues)
    issues += _column_issues(sheet, used)
    rejects = _rejects(sheet, (why != "") & rows & ~unsold, why, column, values)
    return Typed(
        entries, rejects, issues, amounts.computed, np.flatnonzero(used), amounts.parts or (amounts.key,), cost
    )


@dataclass(frozen=True)
class _Sheet:
    raw: pd.DataFrame
    place: Place
    style: Style
    dates: Dates
    numbers: Mapping[str, Numbers]
    amounts: Amounts


def number_columns(raw: pd.DataFrame, style: Style) -> dict[str, Numbers]:
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
    for key in (key for key in keys if key in MONEY and scale_of(style.headings.get(key, "")) != 1):
        found[key] = replace(found[key], values=np.round(found[key].values * scale_of(style.headings[key]), 4))
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
    checks = [
        ("bad_row", "", none if sheet.style.shifted is None else sheet.style.shifted),
        ("bad_date", "invoice_date", dates.unreadable),
        ("no_date", "invoice_date", np.isnat(dates.days)),
        ("no_customer", "customer_no", ~_filled(texts["customer_no"])),
        ("bad_amount", "amount", amounts.unreadable),
        ("no_amount", "amount", np.isnan(amounts.values)),
    ]
    return first_reasons(checks, len(sheet.raw))


def _entries(
    sheet: _Sheet, texts: Mapping[str, pa.Array], values: Floats, used: Mask, issues: list[Issue]
) -> tuple[pd.DataFrame, str]:
    """The entries, and the key that their cost was read from."""
    rows, headings = pa.array(used), sheet.style.headings
    columns: dict[str, Any] = {key: text.filter(rows).to_pandas().astype("str") for key, text in texts.items()}
    if sheet.style.profile.in_home_currency(headings.get(sheet.amounts.key, "")):
        columns["currency"] = pd.Series([""] * int(used.sum()), dtype="str")
    columns["invoice_date"] = sheet.dates.days[used]
    columns["amount"] = values[used] + 0.0
    columns["quantity"] = (
        sheet.numbers["quantity"].values[used] if "quantity" in sheet.numbers else _nothing(sheet.raw)[used]
    )
    costs, key = find_costs(sheet.numbers, values) or (_nothing(sheet.raw), "")
    if key.startswith("-"):
        heading = headings.get(key[1:], "")
        issues.append(Issue("warning", "cost_turned", column="cost", found=heading, params={"heading": heading}))
    columns["cost"] = costs[used] + 0.0
    return pd.DataFrame(columns)[list(ENTRY_COLUMNS)], key.removeprefix("-")


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


def _column_issues(sheet: _Sheet, used: Mask) -> list[Issue]:
    """What is unsure or partly unreadable in whole columns."""
    issues: list[Issue] = []
    headings, amounts = sheet.style.headings, sheet.amounts
    if sheet.dates.unsure:
        order = "mdy" if sheet.style.comma_first is False else "dmy"
        params = {"heading": headings.get("invoice_date", ""), "sample": sheet.dates.unsure, "order": order}
        issues.append(
            Issue("warning", "date_order_ambiguous", column="invoice_date", found=sheet.dates.unsure, params=params)
        )
    heading = headings.get(amounts.key, "")
    issues += amount_issues(amounts, heading)
    if scale_of(heading) != 1:
        params = {"heading": heading}
        issues.append(Issue("warning", "amount_in_thousands", column="amount", found=heading, params=params))
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
    return issues


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

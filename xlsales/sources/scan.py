"""What stands in a column of text or of types, as SQL that DuckDB runs over files larger than memory.

The SQL reads only what is written in the regular way of its column, as found in a sample. A row that is written
otherwise is *odd*: it is fetched and read cell by cell like any small file, so that both give the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from xlsales.sources.amounts import Amounts, Vat, find_amounts, find_costs
from xlsales.sources.dates import read_dates
from xlsales.sources.entries import MONEY, Style, number_columns
from xlsales.sources.numbers import Numbers
from xlsales.sources.profiles import Profile
from xlsales.sources.rowtypes import row_by_row
from xlsales.sources.waist import UNITS
from xlsales.sources.words import scale_of

_FORMATS: Final = (
    "%Y-%m-%d", "%Y%m%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%Y/%m/%d", "%Y.%m.%d", "%y%m%d",
)  # fmt: skip
_TIMES: Final = ("", " %H:%M:%S", " %H:%M", "T%H:%M:%S", " %H:%M:%S.%f", " %I:%M:%S %p", " %I:%M %p")
_TEXT: Final = "VARCHAR"
_WHOLE: Final = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT")
_SPACES: Final = " \u00a0\u202f\u2009'"


@dataclass(frozen=True)
class Column:
    """A column of a source: its name in SQL, quoted, and its type as DuckDB names it."""

    sql: str
    type: str = _TEXT


@dataclass(frozen=True)
class Sample:
    """Some rows as they stand. cells: columns by ledger key. numbers, amounts: as read from them.

    style: how the cells are written.
    """

    cells: pd.DataFrame
    numbers: Mapping[str, Numbers]
    amounts: Amounts
    style: Style

    def number(self, columns: Mapping[str, Column], key: str) -> str:
        """A column of the sample as a number in SQL."""
        scale = scale_of(self.style.headings.get(key, "")) if key in MONEY else 1
        sql = number_sql(columns[key], self.numbers[key].sign)
        return sql if scale == 1 else f"({sql} * {scale})"


def date_sql(column: Column, cells: pd.Series[Any]) -> str | None:
    """The day of a column, NULL where it is empty or written otherwise; None where no one way fits the sample."""
    if column.type != _TEXT:
        return f"CAST({column.sql} AS DATE)" if column.type.startswith(("DATE", "TIMESTAMP")) else None
    texts = cells.dropna().astype("str").str.strip()
    texts = texts[texts != ""].drop_duplicates()
    dates = read_dates(texts)
    good = ~dates.unreadable
    if dates.unsure or not good.any():
        return None
    wanted = pd.Series(dates.days[good]).reset_index(drop=True)
    for time in _TIMES:
        for way in _FORMATS:
            found = pd.to_datetime(texts[good], format=way + time, errors="coerce").dt.normalize()
            if (found.reset_index(drop=True).astype("datetime64[s]") == wanted).all():
                return _parsed(column.sql, way + time)
    return None


def _parsed(sql: str, way: str) -> str:
    if way == "%Y-%m-%d":
        # A cast takes a day with one digit too, and is twice as fast as a pattern.
        return f"CASE WHEN length({sql}) = 10 THEN TRY_CAST({sql} AS DATE) END"
    return f"CAST(TRY_STRPTIME(TRIM({sql}), '{way}') AS DATE)"


def number_sql(column: Column, sign: str) -> str:
    """The number of a column as DECIMAL(18, 4), NULL where it is empty or written otherwise.

    sign: the decimal sign of the column, "" where no number in the sample has decimals.
    """
    if column.type != _TEXT:
        finite = f"isfinite(CAST({column.sql} AS DOUBLE))"
        return f"CASE WHEN {finite} THEN TRY_CAST({column.sql} AS DECIMAL(18, 4)) END"
    point, other = ("','", "'.'") if sign == "," else ("'.'", "','")
    plain = f"CASE WHEN NOT contains({column.sql}, {other}) THEN {_decimal(column.sql, point)} END"
    if not sign:
        plain = f"CASE WHEN NOT contains({column.sql}, '.') THEN {plain} END"
    spaced = rf"^-?[0-9]{{1,3}}([{_SPACES.replace(chr(39), chr(39) * 2)}][0-9]{{3}})+([{sign or '_'}][0-9]+)?$"
    bare = f"regexp_replace({column.sql}, '[^-0-9,.]', '', 'g')"
    return f"COALESCE({plain}, CASE WHEN regexp_matches({column.sql}, '{spaced}') THEN {_decimal(bare, point)} END)"


def _decimal(sql: str, point: str) -> str:
    dotted = sql if point == "'.'" else f"replace({sql}, {point}, '.')"
    return f"TRY_CAST({dotted} AS DECIMAL(18, 4))"


def text_sql(column: Column | None) -> str:
    """A column as text, "" where it is empty."""
    if column is None:
        return "''"
    if column.type in ("DOUBLE", "FLOAT") or column.type.startswith("DECIMAL"):
        whole = f"CAST(TRY_CAST({column.sql} AS BIGINT) AS VARCHAR)"
        text = f"CASE WHEN {column.sql} = floor({column.sql}) THEN {whole} ELSE CAST({column.sql} AS VARCHAR) END"
        return f"COALESCE({text}, '')"
    return f"COALESCE({column.sql}, '')" if column.type == _TEXT else f"COALESCE(CAST({column.sql} AS VARCHAR), '')"


def units_sql(columns: Mapping[str, Column], sample: Sample) -> str:
    """The amount in 1/10 000, by the way the sample shows."""
    amounts = sample.amounts
    if not amounts.computed:
        sql = sample.number(columns, amounts.key)
    elif "quantity" in amounts.parts:
        sql = _product(columns, sample)
    else:
        sql = f"({sample.number(columns, amounts.key)} - COALESCE({sample.number(columns, 'vat')}, 0))"
    return f"CAST(ROUND({sql} * {UNITS}) AS BIGINT)"


def _product(columns: Mapping[str, Column], sample: Sample) -> str:
    quantity, price = (f"CAST({sample.number(columns, key)} AS DOUBLE)" for key in ("quantity", "unit_price"))
    if "discount" not in sample.amounts.parts:
        return f"({quantity} * {price})"
    values = np.nan_to_num(sample.numbers["discount"].values)
    part = 100 if (np.abs(values) > 1).any() else 1
    discount = f"COALESCE(CAST({sample.number(columns, 'discount')} AS DOUBLE), 0)"
    return f"({quantity} * {price} * (1 - {discount} / {part}))"


def cost_sql(columns: Mapping[str, Column], sample: Sample, units: str) -> tuple[str, str]:
    """The cost in 1/10 000, NULL where there is none, and the key it is read from; also from the contribution."""
    _, key = find_costs(sample.numbers, sample.amounts.values) or (None, "")
    if not key:
        return "CAST(NULL AS BIGINT)", ""
    own = f"CAST({sample.number(columns, key.removeprefix('-'))} * {UNITS} AS BIGINT)"
    if key == "contribution":
        return f"({units} - {own})", key
    return (f"(-{own})", "cost") if key.startswith("-") else (own, key)


def sampled(cells: pd.DataFrame, style: Style) -> Sample | None:
    """A sample with what the amount is made of; None where that is beyond plain SQL."""
    numbers = number_columns(cells, style)
    amounts = find_amounts(numbers, Vat(style.vat, style.profile.vat, style.headings))
    if amounts is None or row_by_row(cells.columns, amounts.parts or (amounts.key,)):
        return None
    return Sample(cells, numbers, amounts, style)


KEYS: Final = ("customer_no", "customer", "article_group", "seller", "region", "currency", "org_no")
TYPES: Final = ("row_type", "cancelled")


@dataclass(frozen=True)
class Select:
    """The expressions over the columns of one source. priced: the text of the cost, "" if there is none.

    typed_by: rows have a type or can be cancelled. beyond: columns to the right of the last heading, which are empty
    unless the cells of a row are shifted.
    """

    day: str
    units: str
    cost: str
    invoice: str
    texts: Mapping[str, str]
    priced: str
    typed_by: bool
    profile: Profile
    beyond: tuple[str, ...] = ()

    def typed(self, relation: str) -> str:
        """Every row of a relation with day, units, cost, invoice_no (a hash), the text keys and odd."""
        names = ", ".join(self.texts)
        # The number of an invoice is only counted, so its hash does; without a number the day is one.
        invoice = f"CASE WHEN {self.invoice} = '' THEN hash(day) ELSE hash({self.invoice}) END" if self.invoice else ""
        counted = f", {invoice} AS invoice_no" if invoice else ""
        odd = f"CASE WHEN {self._odd()} THEN 'odd' ELSE '' END AS odd"
        return f"SELECT day, units, cost, {names}, {odd}{counted} FROM ({self._read(relation)})"

    def odd(self, relation: str) -> str:
        """The rows that are odd as they stand, numbered from 0 in the order of the relation: row and all columns."""
        numbered = f"(SELECT *, row_number() OVER () - 1 AS row_place FROM {relation})"
        return f"SELECT * FROM ({self._read(numbered)}) WHERE {self._odd()}"

    def _read(self, relation: str) -> str:
        texts = ", ".join(f"{sql} AS {key}" for key, sql in self.texts.items())
        inner = f"SELECT *, {self.day} AS day, {self.units} AS units, {texts} FROM {relation}"
        return f"SELECT *, {self.cost} AS cost FROM ({inner})"

    def _odd(self) -> str:
        odd = "day IS NULL OR units IS NULL OR TRIM(customer_no) = ''"
        parts = [odd, *(f"{column} <> ''" for column in self.beyond)]
        if self.priced:
            parts.append(f"(cost IS NULL AND {self.priced} <> '')")
        return " OR ".join(parts)


def select_of(columns: Mapping[str, Column], sample: Sample) -> Select | None:
    """The expressions for the columns of a source by ledger key; None where the sample is not read in one way."""
    if any(numbers.unsure for numbers in sample.numbers.values()):
        return None
    columns = {**columns, "customer_no": columns.get("customer_no") or columns["customer"]}
    day = date_sql(columns["invoice_date"], sample.cells["invoice_date"])
    if day is None:
        return None
    cost, priced = cost_sql(columns, sample, "units")
    if sample.style.profile.in_home_currency(sample.style.headings.get(sample.amounts.key, "")):
        columns.pop("currency", None)
    return Select(
        day=day,
        units=units_sql(columns, sample),
        cost=cost,
        invoice=text_sql(columns["invoice_no"]) if "invoice_no" in columns else "",
        texts={key: text_sql(columns.get(key)) for key in (*KEYS, *TYPES)},
        priced=text_sql(columns[priced]) if priced else "",
        profile=sample.style.profile,
        typed_by=bool({"row_type", "cancelled"} & set(columns)),
    )

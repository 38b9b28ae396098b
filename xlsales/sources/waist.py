"""The narrow waist: one plain GROUP BY, written once, run where the rows are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import pandas as pd

from xlsales.sources import INVOICE_COLUMNS, MONTHLY_COLUMNS, Aggregate

UNITS: Final = 10_000
_TEXT_KEYS: Final = ("customer_no", "seller", "article_group", "region", "currency")


def month_sql(cut_day: int) -> str:
    """The month of ``day`` as an integer; days after ``cut_day`` belong to the month after."""
    month = "CAST(EXTRACT(YEAR FROM day) * 12 + EXTRACT(MONTH FROM day) - 1 AS BIGINT)"
    return month if cut_day >= 31 else f"{month} + CASE WHEN EXTRACT(DAY FROM day) > {cut_day} THEN 1 ELSE 0 END"


def monthly_sql(entries: str, extra: Sequence[str] = (), cut_day: int = 31) -> str:
    """The GROUP BY of the waist, in DuckDB's dialect and in nothing that other engines lack.

    entries: a table or a query in parentheses with day (DATE), units and cost (BIGINT, cost NULL where there is none)
    and the text columns of the waist, "" where the source has none. extra: more text columns to group by.
    """
    keys = [*_TEXT_KEYS, *extra]
    names = ", ".join(keys)
    return (
        f"SELECT {names}, {month_sql(cut_day)} AS month, "
        "MAX(customer) AS customer, MAX(org_no) AS org_no, COUNT(*) AS row_count, CAST(SUM(units) AS BIGINT) AS units, "
        "CAST(SUM(COALESCE(cost, 0)) AS BIGINT) AS cost, SUM(CASE WHEN cost IS NULL THEN 1 ELSE 0 END) AS uncosted, "
        "MIN(day) AS first_day, MAX(day) AS last_day, MIN(units) AS least, "
        "BIT_OR(CASE WHEN units > 0 THEN CAST(POWER(2, EXTRACT(DAY FROM day) - 1) AS BIGINT) ELSE 0 END) AS days "
        f"FROM {entries} AS e GROUP BY {names}, {month_sql(cut_day)}"
    )


def invoices_sql(entries: str, cut_day: int = 31) -> str:
    """Distinct invoices with a positive amount per customer and month."""
    month = month_sql(cut_day)
    return (
        f"SELECT customer_no, {month} AS month, COUNT(DISTINCT invoice_no) AS invoices "
        f"FROM {entries} AS e WHERE units > 0 GROUP BY customer_no, {month}"
    )


def regroup_sql(monthly: str, extra: Sequence[str] = ()) -> str:
    """Rows of the waist with the same keys as one, texts trimmed; for DuckDB.

    monthly: a table or query with the columns of :func:`monthly_sql`.
    """
    keys = [*_TEXT_KEYS, *extra]
    texts = ", ".join(f"TRIM({key}) AS {key}" for key in (*keys[1:], "customer", "org_no"))
    texts += f", {id_sql('customer_no')} AS customer_no"
    plain = f"(SELECT * REPLACE (TRIM(customer_no) AS customer_no) FROM {monthly} AS m)"
    sums = ", ".join(f"CAST(SUM({key}) AS BIGINT) AS {key}" for key in ("row_count", "units", "cost", "uncosted"))
    order = ", ".join(["month", *keys])
    return (
        f"SELECT {', '.join(keys)}, month, MAX(customer) AS customer, MAX(org_no) AS org_no, {sums}, "
        "MIN(first_day) AS first_day, MAX(last_day) AS last_day, CAST(MIN(least) AS BIGINT) AS least, "
        f"BIT_OR(days) AS days FROM (SELECT * REPLACE ({texts}) FROM {plain}) GROUP BY {order}"
    )


def id_sql(text: str) -> str:
    """An id as it was meant, for DuckDB: as :func:`xlsales.sources.texts.as_id` does it."""
    bare = f"regexp_replace(regexp_replace({text}, '^=?\"(.*)\"$', '\\1'), '^''|\\.0+$', '')"
    marked = " OR ".join(f"starts_with({text}, {sign})" for sign in ("'='", "'\"'", "''''"))
    return f"CASE WHEN {marked} OR regexp_matches({text}, '^[0-9]+\\.0+$') THEN {bare} ELSE {text} END"


def as_monthly(found: pd.DataFrame, extra: Sequence[str] = ()) -> pd.DataFrame:
    """The answer of an engine to :func:`monthly_sql` with the waist's types; ``least`` and extra columns stay."""
    names = {"row_count": "rows", "first_day": "first", "last_day": "last"}
    table = found.rename(columns=lambda name: names.get(str(name).lower(), str(name).lower()))
    for key in (*_TEXT_KEYS, "customer", "org_no", *extra):
        if table[key].dtype != "str":
            table[key] = table[key].astype("str").fillna("")
    for key in ("month", "rows", "units", "cost", "uncosted", "days", "least"):
        table[key] = whole_numbers(table[key])
    for key in ("first", "last"):
        table[key] = pd.to_datetime(table[key]).dt.normalize().astype("datetime64[s]")
    return table[[*MONTHLY_COLUMNS, "least", *extra]]


def whole_numbers(cells: pd.Series[Any]) -> Any:
    """Integers as int64, exactly, from whatever type an engine answers with."""
    if cells.dtype == object:
        return np.array([int(cell) for cell in cells], dtype=np.int64)
    return cells.fillna(0).to_numpy().astype(np.int64)


def frame_of(connection: Any, sql: str) -> pd.DataFrame:
    """The answer of DuckDB as a frame whose texts stay in Arrow: millions of them would take long as objects."""
    found: pd.DataFrame = connection.sql(sql).to_arrow_table().to_pandas(date_as_object=False)
    return found


def uneven_sql(monthly: str, keys: Sequence[str]) -> str:
    """Whether any text of a grouped table would change in :func:`regroup_sql`."""
    texts = " OR ".join(f"{key} <> TRIM({key})" for key in (*keys, "customer", "org_no"))
    return f"SELECT COALESCE(bool_or({texts} OR customer_no <> {id_sql('customer_no')}), false) FROM {monthly}"


def regrouped(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Rows of the waist with the same keys as one."""
    import duckdb

    table = pd.concat(parts, ignore_index=True) if len(parts) != 1 else parts[0]
    named = {"rows": "row_count", "first": "first_day", "last": "last_day"}
    with duckdb.connect() as connection:
        connection.register("monthly", arrow_table(table[list(MONTHLY_COLUMNS)].rename(columns=named).assign(least=0)))
        found = as_monthly(frame_of(connection, regroup_sql("monthly")))
    return found[list(MONTHLY_COLUMNS)]


def joined(parts: Sequence[Aggregate]) -> Aggregate:
    """Several ledgers as one; an invoice is counted once per ledger it stands in."""
    filled = [part for part in parts if len(part.monthly)]
    if len(filled) <= 1:
        return (filled or list(parts))[0]
    invoices = pd.concat([part.invoices for part in filled], ignore_index=True)
    counted = invoices.groupby(["customer_no", "month"], sort=True)[["invoices"]].sum().reset_index()
    return Aggregate(regrouped([part.monthly for part in filled]), counted, parts[0].cut_day)


def nothing(cut_day: int = 31) -> Aggregate:
    """The aggregate of no rows at all."""
    texts = dict.fromkeys((*_TEXT_KEYS, "customer", "org_no"), "str")
    numbers = dict.fromkeys(("month", "rows", "units", "cost", "uncosted", "days"), "int64")
    days = dict.fromkeys(("first", "last"), "datetime64[s]")
    monthly = pd.DataFrame(columns=list(MONTHLY_COLUMNS)).astype(texts | numbers | days)
    counts = {"customer_no": "str", "month": "int64", "invoices": "int64"}
    return Aggregate(monthly, pd.DataFrame(columns=list(INVOICE_COLUMNS)).astype(counts), cut_day)


def aggregated(entries: pd.DataFrame, cut_day: int = 31) -> Aggregate:
    """Typed entries (:data:`xlsales.sources.ENTRY_COLUMNS`) as the waist."""
    import duckdb

    if entries.empty:
        return nothing(cut_day)
    with duckdb.connect() as connection:
        connection.register("entries", arrow_entries(entries))
        monthly = as_monthly(frame_of(connection, monthly_sql("entries", cut_day=cut_day)))
        numbered = bool((entries["invoice_no"] != "").any())
        counted = frame_of(connection, invoices_sql("entries", cut_day)) if numbered else None
    invoices = as_invoices(counted) if counted is not None else day_counts(monthly)
    return Aggregate(monthly[list(MONTHLY_COLUMNS)], invoices, cut_day)


def as_invoices(found: pd.DataFrame) -> pd.DataFrame:
    """The answer of an engine to :func:`invoices_sql` with the waist's types."""
    table = found.rename(columns=lambda name: str(name).lower())
    table = table.assign(
        customer_no=table["customer_no"].astype("str"),
        month=whole_numbers(table["month"]),
        invoices=whole_numbers(table["invoices"]),
    )
    return table[list(INVOICE_COLUMNS)]


def day_counts(monthly: pd.DataFrame) -> pd.DataFrame:
    """Days of purchase per customer and month, for a ledger without invoice numbers."""
    keys = ["customer_no", "month"]
    if monthly.duplicated(keys).any():
        bits = monthly.groupby(keys)[["days"]].agg(np.bitwise_or.reduce).reset_index()
    else:
        bits = monthly[[*keys, "days"]].sort_values(keys, ignore_index=True)
    counted = bits.assign(invoices=np.bitwise_count(bits["days"].to_numpy(np.int64)).astype(np.int64))
    filled: pd.DataFrame = counted.loc[counted["invoices"] > 0, list(INVOICE_COLUMNS)]
    return filled.reset_index(drop=True)


def quoted(text: str) -> str:
    """A text as SQL writes it."""
    return "'" + text.replace("'", "''") + "'"


def units_of(amounts: Any) -> Any:
    """Amounts as int64 in 1/10 000; NaN becomes 0."""
    return np.rint(np.nan_to_num(np.asarray(amounts, dtype=np.float64)) * UNITS).astype(np.int64)


def arrow_table(frame: pd.DataFrame) -> Any:
    """A frame as DuckDB reads it without a copy of its texts."""
    import pyarrow as pa

    return pa.table({str(key): pa.array(frame[key]) for key in frame.columns})


def arrow_entries(entries: pd.DataFrame) -> Any:
    import pyarrow as pa

    cost = entries["cost"].to_numpy(np.float64)
    day = entries["invoice_date"].to_numpy().astype("datetime64[D]")
    invoice = entries["invoice_no"]
    if (invoice == "").any():
        invoice = invoice.where(invoice != "", pd.Series(day.astype(str), index=invoice.index))
    columns: Mapping[str, Any] = {
        "day": pa.array(day),
        "units": pa.array(units_of(entries["amount"])),
        "cost": pa.array(units_of(cost), mask=np.isnan(cost)),
        "invoice_no": invoice,
        **{key: entries[key] for key in (*_TEXT_KEYS, "customer", "org_no")},
    }
    return pa.table({key: pa.array(values) for key, values in columns.items()})

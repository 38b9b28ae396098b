"""A made-up ledger with everything that engines might treat differently, and what it comes to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from xlsales.sources import ENTRY_COLUMNS
from xlsales.sources import KEYS as WAIST

COLUMNS = (
    "Fakturadatum", "Kundnr", "Kundnamn", "Fakturanr", "Belopp exkl moms", "Kostnad", "Varugrupp", "Säljare",
    "Region", "Valuta", "Orgnr",
)  # fmt: skip
KEYS = (
    "invoice_date", "customer_no", "customer", "invoice_no", "amount", "cost", "article_group", "seller", "region",
    "currency", "org_no",
)  # fmt: skip
TYPES = {"Fakturadatum": "DATE", "Belopp exkl moms": "DECIMAL(18,4)", "Kostnad": "DECIMAL(18,4)"}
Row = tuple[Any, ...]


def made_up(count: int, seed: int) -> list[Row]:
    """Rows in the order of COLUMNS: dates at ends of months, credits, missing cells, letters that collate alike."""
    draw = np.random.default_rng(seed)
    first = date(2022, 1, 1)
    days = [first + timedelta(days=int(n)) for n in draw.integers(0, 1100, count)]
    days = [_month_end(day) if draw.random() < 0.3 else day for day in days]
    customers = ["007", "0007", "7", "A1", "a1", "Å1", "Ä1", "Ö9", *(str(n) for n in range(1000, 1040))]
    sellers = ["Åsa", "åsa", "Asa", "Örjan Ek", "Eva", "", None]
    rows: list[Row] = []
    for number, day in enumerate(days):
        customer = customers[int(draw.integers(len(customers)))]
        amount = Decimal(int(draw.integers(-2_000_000, 90_000_000))) / 10_000
        cost = Decimal(int(draw.integers(0, 50_000_000))) / 10_000
        rows.append((
            None if draw.random() < 0.01 else day,
            None if draw.random() < 0.01 else customer,
            [f"Kund {customer} AB", f"kund {customer} ab", None][int(draw.integers(3))],
            None if draw.random() < 0.05 else f"{'fF'[number % 2]}{int(draw.integers(900))}",
            None if draw.random() < 0.01 else amount,
            None if draw.random() < 0.2 else cost,
            ["Mätning", "mätning", "Service", "Rör & kopplingar", None][int(draw.integers(5))],
            sellers[int(draw.integers(len(sellers)))],
            ["Norrbotten", "Skåne", "Åland", None][int(draw.integers(4))],
            ["SEK", "EUR", ""][int(draw.integers(3))],
            f"556{int(draw.integers(3)):03d}-1234",
        ))  # fmt: skip
    return rows


def _month_end(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def table(name: str, quote: str = '"', text: str = "VARCHAR(100)", date_type: str = "DATE") -> str:
    """The statement that makes a table for the rows."""
    types = {**dict.fromkeys(COLUMNS, text), **TYPES, "Fakturadatum": date_type}
    return f"CREATE TABLE {name} ({', '.join(f'{quote}{column}{quote} {types[column]}' for column in COLUMNS)})"


def arrow(rows: Sequence[Row]) -> pa.Table:
    """The rows as a table with types."""
    kinds = {"Fakturadatum": pa.date32(), "Belopp exkl moms": pa.decimal128(18, 4), "Kostnad": pa.decimal128(18, 4)}
    columns = zip(COLUMNS, zip(*rows, strict=True), strict=True)
    return pa.table({name: pa.array(cells, kinds.get(name, pa.string())) for name, cells in columns})


def usable(rows: Sequence[Row]) -> list[Row]:
    """The rows with a date, a customer and an amount."""
    return [row for row in rows if row[0] and row[1] and row[4] is not None]


def typed(rows: Sequence[Row]) -> pd.DataFrame:
    """Usable rows as typed entries."""
    frame = pd.DataFrame.from_records(usable(rows), columns=KEYS)
    texts = {key: frame.get(key, pd.Series("", index=frame.index)) for key in ENTRY_COLUMNS}
    entries = pd.DataFrame({key: cells.fillna("").astype("str") for key, cells in texts.items()})
    numbers = {key: pd.to_numeric(frame[key]).astype("float64") for key in ("amount", "cost")}
    days = pd.to_datetime(frame["invoice_date"]).astype("datetime64[s]")
    return entries.assign(invoice_date=days, quantity=np.nan, **numbers)


def aside(rows: Sequence[Row]) -> dict[str, int]:
    """Rows set aside, by the first reason."""
    found: dict[str, int] = {}
    for row in rows:
        why = (
            "no_date" if row[0] is None else "no_customer" if row[1] is None else "no_amount" if row[4] is None else ""
        )
        if why:
            found[why] = found.get(why, 0) + 1
    return found


def assert_same_sums(one: pd.DataFrame, other: pd.DataFrame) -> None:
    """Two answers to the same GROUP BY, in whatever order they come."""
    keys = [key for key in WAIST if key in one]
    first, second = (frame.sort_values(keys, ignore_index=True) for frame in (one, other))
    pd.testing.assert_frame_equal(first, second)

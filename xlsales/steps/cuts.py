"""Cuts: revenue by category, industry, seller, region and article group, every cut summing to the whole."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

DIMENSIONS = ("category", "industry", "seller", "region", "article_group")
STATUSES = ("new", "reactivated", "growing", "stable", "shrinking", "lost", "former")
_FROM_REGISTER = DIMENSIONS[:4]
_UNITS_PER_KRONA = 10_000


def cuts(rows: pd.DataFrame) -> pd.DataFrame:
    """Revenue now and before by each dimension that is known; the values of each sum to the whole.

    rows: the months of the revenue step, with window (now, previous, earlier, later), customer_no, units, cost,
        uncosted and those of the dimensions that are known, "" where a row has none (see :func:`described`).
    Returns dimension, value, revenue, revenue_prev, change (SEK), customers (positive revenue), new (positive now
    only, reactivated ones too), lost, and margin where every row has a cost; largest first within a dimension.
    """
    inside = rows[rows["window"] != "later"]
    buyer = pd.factorize(inside["customer_no"])[0]
    known = [key for key in DIMENSIONS if key in inside and (inside[key] != "").any()]
    parts = [_one(inside, key, buyer) for key in known] or [_one(inside.iloc[:0], "none", buyer[:0])]
    return pd.concat(parts, ignore_index=True)


def _one(inside: pd.DataFrame, dimension: str, buyer: Any) -> pd.DataFrame:
    table = _counted(inside, [dimension], buyer).rename(columns={dimension: "value"})
    table.insert(0, "dimension", dimension)
    return table.sort_values(["revenue", "value"], ascending=[False, True], ignore_index=True)


def crossed(rows: pd.DataFrame, keys: Sequence[str]) -> pd.DataFrame:
    """One row per combination of values that occurs, such as category × seller, in the order of the values.

    Columns as in :func:`cuts`, with one column per key instead of dimension and value. A key that the rows lack is "".
    """
    inside = rows[rows["window"] != "later"]
    return _counted(inside, keys, pd.factorize(inside["customer_no"])[0])


def _counted(inside: pd.DataFrame, keys: Sequence[str], buyer: Any) -> pd.DataFrame:
    """The sums per combination; buyer is the code of each row's customer."""
    code, table = _combined(inside, keys)
    pair, firsts = pd.factorize(code * (int(buyer.max(initial=-1)) + 1) + buyer)
    group = np.zeros(len(firsts), dtype=np.int64)
    group[pair] = code
    units = inside["units"].to_numpy(np.int64)
    now, before = (_sums(pair, units, (inside["window"] == w).to_numpy(), len(firsts)) for w in ("now", "previous"))
    every = np.ones(len(group), dtype=bool)
    revenue, past = (_sums(group, amounts, every, len(table)) for amounts in (now, before))
    table["revenue"], table["revenue_prev"] = _kronor(revenue), _kronor(past)
    table["change"] = _kronor(revenue - past)
    buys, bought = now > 0, before > 0
    for name, which in (("customers", buys), ("new", buys & ~bought), ("lost", ~buys & bought)):
        table[name] = np.bincount(group[which], minlength=len(table))
    return table.assign(margin=_margins(inside, code).reindex(table.index))


def _combined(inside: pd.DataFrame, keys: Sequence[str]) -> tuple[Any, pd.DataFrame]:
    """The code of each row's combination of values, and the combinations in the order of their codes."""
    code = np.zeros(len(inside), dtype=np.int64)
    said = []
    for key in keys:
        column = inside[key] if key in inside else pd.Series("", index=inside.index)
        part, values = pd.factorize(column, sort=True)
        said.append(np.asarray(values, dtype=object))
        code = code * max(len(values), 1) + part
    found, code = np.unique(code, return_inverse=True)
    columns: dict[str, Any] = {}
    for key, values in zip(reversed(keys), reversed(said), strict=True):
        columns[key] = values[found % max(len(values), 1)] if len(values) else values
        found = found // max(len(values), 1)
    return code, pd.DataFrame({key: pd.Series(columns[key], dtype=object) for key in keys})


def _sums(code: Any, units: Any, which: Any, size: int) -> Any:
    """Exact sums of some units by code."""
    sums = np.zeros(size, dtype=np.int64)
    np.add.at(sums, code[which], units[which])
    return sums


def _margins(rows: pd.DataFrame, code: Any) -> pd.Series[Any]:
    """Contribution in the window by code, NaN where an entry lacks its cost."""
    current = (rows["window"] == "now").to_numpy()
    if not current.any() or (rows["uncosted"] == rows["rows"])[current].all():
        return pd.Series(dtype="float64")
    sums = rows.loc[current, ["units", "cost", "uncosted"]].groupby(code[current]).sum()
    found: pd.Series[Any] = _kronor(sums["units"] - sums["cost"]).where(sums["uncosted"] == 0)
    return found


def _kronor(units: Any) -> Any:
    return units / _UNITS_PER_KRONA


def described(rows: pd.DataFrame, register: pd.DataFrame | None) -> pd.DataFrame:
    """The rows with category, industry, seller and region from the register where the ledger has none at all."""
    if register is None or not len(register):
        return rows
    said = register.drop_duplicates("customer_no").set_index("customer_no")
    lacking = [k for k in _FROM_REGISTER if k in said and (k not in rows or not (rows[k] != "").any())]
    return rows.assign(**{k: rows["customer_no"].map(said[k]).astype(object).fillna("") for k in lacking})


def by_status(customers: pd.DataFrame, key: str = "category") -> pd.DataFrame:
    """Revenue now and before and the number of customers of each status, by what the customers have in a column.

    customers: customer_no, status, revenue, revenue_prev (SEK) and the column, "" where unknown.
    Returns the column, revenue, revenue_prev, change, customers (all in the table), and a count per status;
    largest first. Sums over the rows are those of all customers.
    """
    code, values = pd.factorize(customers[key].astype(object), sort=True)
    units = customers[["revenue", "revenue_prev"]].mul(_UNITS_PER_KRONA).round().astype(np.int64)
    sums = units.groupby(code).sum().reindex(range(len(values)), fill_value=0)
    table = pd.DataFrame({key: pd.Series(values, dtype=object)})
    for column in ("revenue", "revenue_prev"):
        table[column] = _kronor(sums[column])
    table["change"] = _kronor(sums["revenue"] - sums["revenue_prev"])
    table["customers"] = np.bincount(code, minlength=len(values))
    for status in STATUSES:
        table[status] = np.bincount(code[(customers["status"] == status).to_numpy()], minlength=len(values))
    return table.sort_values(["revenue", key], ascending=[False, True], ignore_index=True)

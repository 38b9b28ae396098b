"""How a ledger was read, for ``xlsales ledger``."""

from __future__ import annotations

from typing import Any

import numpy as np

from xlsales.method.ledger import summary
from xlsales.sources import LedgerRead
from xlsales.tables.texts import Texts


def ledger_document(read: LedgerRead, texts: Texts) -> dict[str, Any]:
    """The JSON document of ``xlsales ledger --json``: totals to the öre, the largest customer first."""
    counted = summary(read)
    money = ("total", "control_total", "unassigned", "difference")
    return {
        **{key: counted[key] for key in ("source", "kind", "rows", "rejected")},
        **{key: round(counted[key], 2) for key in money},
        "columns": read.columns,
        "customers": _customers(read),
        "rejects": read.rejects[["place", "found", "why"]].to_dict("records"),
        "warnings": [texts.expected(issue) for issue in read.warnings],
    }


def _customers(read: LedgerRead) -> list[dict[str, Any]]:
    entries = read.entries
    units = np.rint(entries["amount"].to_numpy(np.float64) * 10_000).astype(np.int64)
    cost = np.rint(entries["cost"].to_numpy(np.float64) * 10_000)
    rows = entries.assign(units=units, margin=units - cost)
    by = rows.groupby(rows["customer_no"].astype(object), sort=True)
    table = by.agg(
        customer=("customer", "last"),
        revenue=("units", "sum"),
        contribution=("margin", lambda s: s.sum(skipna=False)),
    ).reset_index()
    table = table.sort_values(["revenue", "customer_no"], ascending=[False, True])
    return [
        {
            "customer_no": number,
            "customer": str(name),
            "revenue": round(revenue / 10_000, 2),
            "contribution": None if contribution != contribution else round(contribution / 10_000, 2),
        }
        for number, name, revenue, contribution in table.itertuples(index=False)
    ]


def print_ledger(document: dict[str, Any], texts: Texts) -> None:
    """The same for a person."""
    print(texts.say("cli", "ledger_read", **document))
    print(texts.say("cli", "ledger_columns"))
    for key, heading in document["columns"].items():
        print(f"  {key:<14} ← {heading}")
    print(texts.say("cli", "ledger_customers"))
    for row in document["customers"][:10]:
        print(f"  {row['customer_no']:<14} {texts.amount(row['revenue']):>18}  {row['customer']}")
    if document["rejects"]:
        print(texts.say("cli", "ledger_rejects"))
        for reject in document["rejects"][:20]:
            print(f"  {reject['place']}: {reject['found']} ({reject['why']})")
    for warning in document["warnings"]:
        print(f"! {warning}")



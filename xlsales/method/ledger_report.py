"""How a ledger was read, for ``xlsales ledger``."""

from __future__ import annotations

from typing import Any

import pandas as pd

from xlsales.issues import Issue
from xlsales.method.ledger import summary
from xlsales.sources import LedgerRead
from xlsales.sources.identity import masked_personal
from xlsales.sources.waist import UNITS
from xlsales.tables.texts import Texts

_HEAD = ("invoice_date", "customer_no", "customer", "amount", "invoice_no", "article_group", "seller", "currency")


def ledger_document(read: LedgerRead, texts: Texts) -> dict[str, Any]:
    """The JSON document of ``xlsales ledger --json``: totals to the öre, the largest customer first.

    Personal numbers are masked: they may stay in the workbook, but not in what leaves it.
    """
    counted = summary(read)
    money = ("total", "control_total", "unassigned", "difference")
    document = {
        **{key: counted[key] for key in ("source", "kind", "rows", "rejected")},
        **{key: round(counted[key], 2) for key in money},
        "columns": read.columns,
        "customers": _customers(read),
        "rejects": read.rejects[["place", "found", "why"]].to_dict("records"),
        "warnings": [f"{texts.expected(issue)} {texts.remedy(issue)}".strip() for issue in read.warnings],
        "profile": counted["profile"],
        "choices": counted["choices"],
        "reasons": read.reasons,
        "head": _head(read),
        "aside": [
            {"why": why, "rows": int(rows), "amount": round(int(units) / UNITS, 2)}
            for why, rows, units in read.aside[["why", "rows", "units"]].itertuples(index=False)
        ],
    }
    masked: dict[str, Any] = _masked(document)
    return masked


def _masked(value: Any) -> Any:
    if isinstance(value, str):
        return masked_personal(value)
    if isinstance(value, dict):
        return {key: _masked(inner) for key, inner in value.items()}
    return [_masked(inner) for inner in value] if isinstance(value, list) else value


def _why(code: str, texts: Texts) -> str:
    """What is expected of a row that is set aside for this reason."""
    return texts.expected(Issue("error", f"ledger_{code}"))


def _head(read: LedgerRead) -> list[dict[str, Any]]:
    shown = read.head.head(5)[[key for key in _HEAD if key in read.head]]
    days = pd.to_datetime(shown["invoice_date"]).dt.strftime("%Y-%m-%d")
    return [{str(k): v for k, v in row.items()} for row in shown.assign(invoice_date=days).to_dict("records")]


def _customers(read: LedgerRead) -> list[dict[str, Any]]:
    by = read.aggregate.monthly.sort_values(["last", "customer"]).groupby("customer_no", sort=True)
    table = by[["units", "cost", "uncosted"]].sum()
    table["customer"] = by["customer"].last()
    table = table.reset_index().sort_values(["units", "customer_no"], ascending=[False, True])
    return [
        {
            "customer_no": row["customer_no"],
            "customer": row["customer"],
            "revenue": round(row["units"] / UNITS, 2),
            "contribution": round((row["units"] - row["cost"]) / UNITS, 2) if not row["uncosted"] else None,
        }
        for row in table.to_dict("records")
    ]


def print_ledger(document: dict[str, Any], texts: Texts) -> None:
    """The same for a person."""
    print(texts.say("cli", "ledger_read", **document))
    print(texts.say("cli", "ledger_control", **{**document, "profile": document["profile"] or "–"}))
    print(texts.say("cli", "ledger_columns"))
    for key, heading in document["columns"].items():
        why = document["reasons"].get(key, "")
        print(f"  {key:<14} ← {heading}" + (f"  ({texts.say('why_column', why)})" if why else ""))
    print(texts.say("cli", "ledger_head"))
    for row in document["head"]:
        print("  " + " | ".join(str(value) for value in row.values() if value not in ("", None)))
    print(texts.say("cli", "ledger_customers"))
    largest = document["customers"][:10]
    width = max([14, *(len(row["customer_no"]) for row in largest)])
    for row in largest:
        print(f"  {row['customer_no']:<{width}} {texts.amount(row['revenue']):>18}  {row['customer']}")
    if document["aside"]:
        print(texts.say("cli", "ledger_rejects"))
        for row in document["aside"]:
            print(texts.say("cli", "ledger_aside", **{**row, "why": _why(row["why"], texts)}))
        for reject in document["rejects"][:20]:
            print(f"    {reject['place']}: {reject['found']}")
    for warning in document["warnings"]:
        print(f"! {warning}")
    print(texts.say("cli", "ledger_override"))

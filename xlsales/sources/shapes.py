"""Rows of a report that are no ledger entries: sums, repeated headings, rules, lines of text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from xlsales.sources.texts import as_text, one_of
from xlsales.sources.words import folded, ledger_words

Mask = npt.NDArray[np.bool_]

_CARRY_SHARE = 0.9


@dataclass(frozen=True)
class LeftOut:
    """Masks over all rows: empty (or a drawn rule), total (a sum of others), heading (repeated), text (one cell)."""

    empty: Mask
    total: Mask
    heading: Mask
    text: Mask

    def any(self) -> Mask:
        """Every row that is no ledger entry."""
        return self.empty | self.total | self.heading | self.text


def left_out(raw: pd.DataFrame, known: Mapping[str, Mask], headings: Mapping[str, str]) -> LeftOut:
    """Tell rows that are no entries among those without a date or a customer.

    raw: all columns of the file, those of the ledger under their key. known: masks "date", "amount" (readable)
    and "customer" (filled). headings: ledger key → heading, to know it again.
    """
    rows = np.flatnonzero(~known["date"] | ~known["customer"])
    part = {column: as_text(raw[column].iloc[rows]) for column in raw.columns}
    filled = {column: _mask(pc.not_equal(text, "")) for column, text in part.items()}
    count = _count(filled.values(), len(rows))
    rules = _count((_mask(pc.match_substring_regex(text, r"^[-=_*+. ]{3,}$")) for text in part.values()), len(rows))
    again = _count((_mask(one_of(part[key], frozenset({folded(head)}))) for key, head in headings.items()), len(rows))
    amount, date = known["amount"][rows], known["date"][rows]
    empty = (count == 0) | ((rules > 0) & (rules == count))
    heading = ~empty & (again >= 2)
    total = ~empty & ~heading & ~date & _sums(part, filled, amount)
    text = ~empty & ~heading & ~total & (count == 1) & ~amount
    return LeftOut(*(_spread(mask, rows, len(raw)) for mask in (empty, total, heading, text)))


def carried(labels: pa.Array, entry: Mask, alone: Mask, stop: Mask) -> pa.Array | None:
    """Customers carried down to the entries beneath them, None where the ledger is not laid out like that.

    labels: the customer as written per row, "" where empty. entry: rows with a readable date and amount.
    alone: rows without any date or amount. stop: sums, after which nothing is carried.
    """
    empty = _mask(pc.equal(labels, ""))
    bare = entry & empty
    # A few entries that lack their customer are mistakes; only where nearly all do, it is the layout.
    if not bare.any() or bare.sum() < _CARRY_SHARE * entry.sum() or not (alone & ~empty & ~stop).any():
        return None
    written = pd.Series(labels.to_pandas(), dtype=object)
    source: pd.Series[Any] = written.where(written != "", None).where(~stop, "")
    filled = source.ffill().fillna("")
    return as_text(filled.where(bare, written))


def _sums(part: Mapping[Any, pa.Array], filled: Mapping[Any, Mask], amount: Mask) -> Mask:
    """Rows that begin or end with a word for a sum, or carry an amount of nobody on no day."""
    none = np.zeros(len(amount), dtype=np.bool_)
    worded, owned = none.copy(), none.copy()
    for column, text in part.items():
        # An invoice of a customer called "Total AB" that lacks its date is no sum.
        worded |= total_words(text) & (~filled.get("invoice_no", none) | (column == "invoice_no"))
    for key in ("invoice_date", "customer_no", "customer", "invoice_no", "article"):
        owned |= filled.get(key, none)
    return worded | (amount & ~owned)


def total_words(texts: pa.Array) -> Mask:
    """Which texts are a word for a sum, or begin or end with one ("Summa kund 1001", "1001 Totalt")."""
    words = ledger_words().totals
    coded = pc.dictionary_encode(texts)
    hits = np.array([_is_total(text, words) for text in coded.dictionary.to_pylist()], dtype=np.bool_)
    found: Mask = np.append(hits, False)[coded.indices.to_numpy()]
    return found


def _is_total(text: str, words: frozenset[str]) -> bool:
    parts = text.split()
    return bool(parts) and (folded(text) in words or folded(parts[0]) in words or folded(parts[-1]) in words)


def _count(masks: Any, size: int) -> npt.NDArray[np.int64]:
    total = np.zeros(size, dtype=np.int64)
    for mask in masks:
        total += mask
    return total


def _mask(hits: pa.Array) -> Mask:
    found: Mask = hits.to_numpy(zero_copy_only=False).astype(np.bool_)
    return found


def _spread(mask: Mask, rows: npt.NDArray[np.int64], size: int) -> Mask:
    whole = np.zeros(size, dtype=np.bool_)
    whole[rows] = mask
    return whole

"""What the marks of a row say: payments and voided documents are no sales, credit notes count less."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from xlsales.issues import Issue
from xlsales.sources.amounts import turned_credits
from xlsales.sources.numbers import Floats
from xlsales.sources.profiles import Profile
from xlsales.sources.words import folded, ledger_words

Mask = npt.NDArray[np.bool_]

MARKS: Final = ("row_type", "cancelled", "status", "credit_mark", "sign")
# What is judged for a whole column, row by row: no engine does it in SQL.
_JUDGED: Final = frozenset({"status", "credit_mark", "sign"})
_PARTS: Final = frozenset({"debit", "credit", "net_price", "discount_amount"})


def row_by_row(columns: Iterable[str], parts: Sequence[str]) -> bool:
    """Whether a ledger must be read row by row.

    columns: the ledger keys there are; parts: those that the amount is made of, as
    :attr:`xlsales.sources.amounts.Amounts.parts`.
    """
    keys = set(columns)
    price_alone = "unit_price" in parts and "quantity" not in parts
    cost_per_unit = "unit_cost" in keys and not keys & {"cost", "contribution"}
    return bool(keys & _JUDGED or set(parts) & _PARTS) or price_alone or cost_per_unit


@dataclass(frozen=True)
class RowTypes:
    """Types as they are written: left_out are no sales, credit are credit notes."""

    left_out: frozenset[str]
    credit: frozenset[str]


@dataclass(frozen=True)
class Marks:
    """Masks over all rows. types, cancelled: no sales. credit: credit notes. side: on the credit side.

    called_off: a status that may mean that there was no sale; states: what it says.
    """

    types: Mask
    cancelled: Mask
    credit: Mask
    side: Mask
    called_off: Mask
    states: tuple[str, ...]


def row_types(written: Iterable[str], profile: Profile = Profile()) -> RowTypes:
    """What the types of a ledger mean, from all that are there.

    Orders and quotes are no sales beside invoices, but are what there is where there are none.
    """
    words = ledger_words()
    texts = {text: folded(text) for text in written if text}
    credit = {text for text, word in texts.items() if word in (profile.credit or words.credit)}
    if profile.keep:
        out = {text for text, word in texts.items() if word not in profile.keep} - credit
        return RowTypes(frozenset(out), frozenset(credit))
    hard = profile.leave_out | (words.left_out - profile.credit)
    out = {text for text, word in texts.items() if word in hard}
    if any(word in words.invoice for word in texts.values()):
        out |= {text for text, word in texts.items() if word in words.beside_invoices}
    return RowTypes(frozenset(out), frozenset(credit - out))


def read_marks(texts: Mapping[str, pa.Array], profile: Profile = Profile()) -> Marks:
    """Read the marks of all rows. texts: a column of text for each of :data:`MARKS`, "" where there is none."""
    words = ledger_words()
    found = row_types(_distinct(texts["row_type"]), profile)
    states = {text: folded(text) for text in _distinct(texts["status"])}
    voided = [text for text, word in states.items() if word in words.void]
    doubtful = [text for text, word in states.items() if word in words.cancelled and word not in words.void]
    doubtful = [text for text in doubtful if text.isalpha()]
    yes = [text for text in _distinct(texts["cancelled"]) if is_cancelled(text)]
    marked = [text for text in _distinct(texts["credit_mark"]) if _is_credit(text)]
    sides = {text: words.signs.get(text.casefold().strip(" .")) for text in _distinct(texts["sign"])}
    types = _is_in(texts["row_type"], found.left_out)
    return Marks(
        types=types,
        cancelled=(_is_in(texts["cancelled"], yes) | _is_in(texts["status"], voided)) & ~types,
        credit=_is_in(texts["row_type"], found.credit) | _is_in(texts["credit_mark"], marked),
        side=_is_in(texts["sign"], [text for text, side in sides.items() if side == -1]),
        called_off=_is_in(texts["status"], doubtful),
        states=tuple(sorted(doubtful)),
    )


def turned(values: Floats, marks: Marks, used: Mask, profile: Profile = Profile()) -> tuple[Floats, list[Issue]]:
    """The values with a minus on credit notes and on what stands on the credit side, where none has one yet."""
    other = turned_credits(values, marks.side & used)
    values = values if other is None else other
    credit = marks.credit & used & ~marks.side
    if profile.credit_notes == "positive":
        return np.where(credit, -np.abs(values), values), []
    again = None if profile.credit_notes == "negative" else turned_credits(values, credit)
    if again is None:
        return values, []
    return again, [Issue("warning", "credits_turned", column="amount", params={"count": int(credit.sum())})]


def left_out_issues(marks: Marks, rows: Mask, values: Floats, types: pa.Array) -> list[Issue]:
    """What was left out by its marks, with count and amount. rows: those that are entries at all."""
    issues = []
    for code, mask in (("row_types_left_out", marks.types & rows), ("cancelled_left_out", marks.cancelled & rows)):
        if mask.any():
            names = sorted(set(types.filter(pa.array(mask)).to_pylist()))
            params = {"count": int(mask.sum()), "amount": _sum(values[mask]), "types": names}
            issues.append(Issue("note", code, column="row_type", params=params))
    return issues


def called_off_issues(marks: Marks, used: Mask, values: Floats, heading: str) -> list[Issue]:
    """Rows that count although their status may mean that there was no sale."""
    mask = marks.called_off & used
    if not mask.any():
        return []
    params = {"count": int(mask.sum()), "amount": _sum(values[mask]), "states": list(marks.states), "heading": heading}
    return [Issue("warning", "status_counted", column="status", found=marks.states[0], params=params)]


def is_cancelled(text: str) -> bool:
    """Whether a cell in a column of cancellations says that its document was cancelled: a yes, or the day."""
    return folded(text) in ledger_words().cancelled or _is_day(text)


def _is_credit(text: str) -> bool:
    word = folded(text)
    return word in ledger_words().cancelled - ledger_words().void or word in ledger_words().credit


def _is_day(text: str) -> bool:
    """A column that says when a document was cancelled."""
    return len(text) >= 8 and text[:4].isdigit() and text[:2] in ("19", "20")


def _distinct(texts: pa.Array) -> list[str]:
    return [text for text in pc.unique(texts).to_pylist() if text]


def _is_in(texts: pa.Array, wanted: Iterable[str]) -> Mask:
    hits: Mask = pc.is_in(texts, value_set=pa.array(list(wanted), pa.large_string())).to_numpy(zero_copy_only=False)
    return hits


def _sum(values: Floats) -> float:
    return round(float(np.nansum(values)), 2)

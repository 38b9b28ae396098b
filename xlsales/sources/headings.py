"""Find the row of headings by its content, and which ledger column each heading stands for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from xlsales.sources import REQUIRED
from xlsales.sources.words import folded, ledger_words, without_unit

Rows = Sequence[Sequence[str]]

_AMOUNTS = ("amount", "amount_unsure", "amount_incl")
_SIMILAR = 0.86
_NEAREST = 0.6
_SHORTEST_PREFIX = 7


@dataclass(frozen=True)
class Headings:
    """The headings of a ledger.

    first, body: the heading's own row and the first row below it, counted from 0.
    texts: the headings from left to right. columns: ledger key → position. reasons: ledger key → why.
    """

    first: int
    body: int
    texts: tuple[str, ...]
    columns: Mapping[str, int]
    reasons: Mapping[str, str]

    def heading(self, key: str) -> str:
        """The heading that was chosen for a ledger key."""
        return self.texts[self.columns[key]]

    def missing(self) -> list[str]:
        """The required keys that no heading stands for; an amount can be computed, a name can be the number."""
        found = set(self.columns)
        stand_ins = {
            "amount": bool(found & set(_AMOUNTS)) or {"quantity", "unit_price"} <= found,
            "customer_no": bool(found & {"customer_no", "customer"}),
        }
        return [key for key in REQUIRED if not stand_ins.get(key, key in found)]

    def fit(self) -> tuple[int, int]:
        """How well this is a ledger: required columns found, then all columns found."""
        return len(REQUIRED) - len(self.missing()), len(self.columns)


def find_headings(rows: Rows, given: Mapping[str, str] | None = None) -> Headings | None:
    """The headings among the first rows of a file, or None if no row looks like headings.

    rows: trimmed text cells. given: ledger key → heading, chosen by the user; it beats every other choice.
    The row that names most ledger columns wins, the first of equals; a heading in two rows counts
    only where one row is not enough.
    """
    given = given or {}
    best: Headings | None = None
    for index, row in enumerate(rows):
        best = _better(best, match_row(row, given, index, index + 1))
    if best is None or best.missing():
        for index in range(len(rows) - 1):
            joined = _joined(rows[index], rows[index + 1])
            best = _better(best, match_row(joined, given, index, index + 2))
    return best if best and (len(best.columns) >= 2 or given) else None


def match_row(row: Sequence[str], given: Mapping[str, str], first: int, body: int) -> Headings:
    """Match one row of headings against the words for ledger columns."""
    columns, reasons = _given(row, given)
    for key, (position, reason) in _known(row).items():
        if key not in columns and position not in columns.values():
            columns[key], reasons[key] = position, reason
    _settle_customer(columns, reasons)
    return Headings(first, body, tuple(row), columns, reasons)


def with_similar(headings: Headings) -> Headings:
    """Add the headings that are nearly a known word, for ledger columns that are still missing."""
    columns, reasons = dict(headings.columns), dict(headings.reasons)
    for position, text in enumerate(headings.texts):
        if not text or position in columns.values():
            continue
        key = _similar_key(folded(text))
        if key and key not in columns and not (key in _AMOUNTS and set(columns) & set(_AMOUNTS)):
            columns[key], reasons[key] = position, "similar"
    _settle_customer(columns, reasons)
    return replace(headings, columns=columns, reasons=reasons)


def with_content(headings: Headings, looks: Mapping[str, Callable[[int], bool]]) -> Headings:
    """Add a required column that is still missing where exactly one unknown column looks like it.

    looks: ledger key → test of a column position.
    """
    columns, reasons = dict(headings.columns), dict(headings.reasons)
    for key in headings.missing():
        free = [place for place, text in enumerate(headings.texts) if text and place not in columns.values()]
        fitting = [position for position in free if key in looks and looks[key](position)]
        if len(fitting) == 1:
            columns[key], reasons[key] = fitting[0], "content"
    return replace(headings, columns=columns, reasons=reasons)


def nearest(key: str, texts: Sequence[str]) -> str:
    """The heading most like the words for a ledger key, "" if none is at all like them."""
    words = [word for word, (owner, _) in ledger_words().columns.items() if owner.startswith(key)]
    scored = [(max(_likeness(folded(text), word) for word in words), text) for text in texts if text]
    score, text = max(scored, default=(0.0, ""), key=lambda pair: pair[0])
    return text if score >= _NEAREST else ""


def _better(best: Headings | None, other: Headings) -> Headings:
    if best is None:
        return other
    return other if _score(other) > _score(best) else best


def _score(headings: Headings) -> tuple[int, int]:
    given = sum(reason == "given" for reason in headings.reasons.values())
    return given, len(headings.columns)


def _joined(upper: Sequence[str], lower: Sequence[str]) -> list[str]:
    group, joined = "", []
    for above, below in zip(upper, lower, strict=True):
        group = above or group
        joined.append(f"{group} {below}".strip() if below else above)
    known = ledger_words().columns
    return [
        below if folded(below) in known and folded(text) not in known else text
        for text, below in zip(joined, lower, strict=True)
    ]


def _given(row: Sequence[str], given: Mapping[str, str]) -> tuple[dict[str, int], dict[str, str]]:
    places = {folded(text): position for position, text in reversed(list(enumerate(row))) if text}
    columns = {key: places[folded(text)] for key, text in given.items() if folded(text) in places}
    return columns, dict.fromkeys(columns, "given")


def _known(row: Sequence[str]) -> dict[str, tuple[int, str]]:
    """Ledger key → (position, reason), the most specific heading of each key."""
    words = ledger_words().columns
    best: dict[str, tuple[int, int, int]] = {}
    for position, text in enumerate(row):
        word = folded(text)
        plain = without_unit(word)
        hit = words.get(word) or words.get(plain)
        if not hit:
            continue
        key, rank = hit
        # A unit such as SEK in the heading tells the home currency apart from the invoice's.
        choice = (rank, 0 if plain != word else 1, position)
        best[key] = min(best.get(key, choice), choice)
    return {key: (spot, "exact" if rank < 0 else "synonym") for key, (rank, _, spot) in best.items()}


def _settle_customer(columns: dict[str, int], reasons: dict[str, str]) -> None:
    """A heading that may be number or name is the one that is not there otherwise; alone it is the name."""
    if "customer_either" not in columns:
        return
    position, reason = columns.pop("customer_either"), reasons.pop("customer_either")
    free = "customer_no" if "customer" in columns and "customer_no" not in columns else "customer"
    if free not in columns or (free == "customer" and "customer_no" in columns and reasons["customer"] == "synonym"):
        columns[free], reasons[free] = position, reason


def _similar_key(word: str) -> str:
    words = ledger_words().columns
    if len(word) < 4:
        return ""
    score, known = max((_likeness(word, known), known) for known in words)
    if score >= _SIMILAR:
        return words[known][0]
    begun = [known for known in words if len(known) >= _SHORTEST_PREFIX and word.startswith(known)]
    key = words[max(begun, key=len)][0] if begun else ""
    return "" if key in _AMOUNTS else key


def _likeness(one: str, other: str) -> float:
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return matcher.ratio() if matcher.real_quick_ratio() >= 0.5 and matcher.quick_ratio() >= 0.5 else 0.0

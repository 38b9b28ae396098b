"""Find the row of headings by its content, and which ledger column each heading stands for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from rapidfuzz import fuzz, process

from xlsales.sources import REQUIRED
from xlsales.sources.profiles import Profile, profile_named, recognised
from xlsales.sources.words import OWN, column_of, folded, home_rank, ledger_words

Rows = Sequence[Sequence[str]]

_AMOUNTS: Final = ("amount", "amount_unsure", "amount_incl")
# Any of these is enough to make an amount of, see xlsales.sources.amounts.
_MAKES_AMOUNT: Final = {*_AMOUNTS, "debit", "unit_price", "net_price"}
_LINES: Final = {"article", "quantity", "unit_price", "net_price"}
_SIMILAR: Final = 86
_NEAREST: Final = 60
_SHORTEST_PREFIX: Final = 7


@dataclass(frozen=True)
class Headings:
    """The headings of a ledger.

    first, body: the heading's own row and the first row below it, counted from 0.
    texts: the headings from left to right. columns: ledger key → position. reasons: ledger key → why.
    profile: the system whose words were used first, "" for the general words only.
    """

    first: int
    body: int
    texts: tuple[str, ...]
    columns: Mapping[str, int]
    reasons: Mapping[str, str]
    profile: str = ""

    def heading(self, key: str) -> str:
        """The heading that was chosen for a ledger key."""
        return self.texts[self.columns[key]]

    def width(self) -> int:
        """Columns down to the last with a heading."""
        return max((place + 1 for place, text in enumerate(self.texts) if text), default=0)

    def missing(self) -> list[str]:
        """The required keys that no heading stands for; an amount can be computed, a name can be the number."""
        found = set(self.columns)
        stand_ins = {
            "amount": bool(found & _MAKES_AMOUNT),
            "customer_no": bool(found & {"customer_no", "customer"}),
        }
        return [key for key in REQUIRED if not stand_ins.get(key, key in found)]

    def fit(self) -> tuple[int, int]:
        """How well this is a ledger: required columns found, then all columns found."""
        return len(REQUIRED) - len(self.missing()), len(self.columns)


def find_headings(rows: Rows, given: Mapping[str, str] | None = None, profile: str = "") -> Headings | None:
    """The headings among the first rows of a file, or None if no row looks like headings.

    rows: trimmed text cells. given: ledger key → heading, chosen by the user; it beats every other choice.
    profile: the system chosen by the user, "" to recognise it by the headings.
    The row that names most ledger columns wins, the first of equals; a heading in two rows counts
    only where one row is not enough. Raises WrongUse unknown_profile.
    """
    given = given or {}
    system = profile_named(profile) if profile else None
    best: Headings | None = None
    for index, row in enumerate(rows):
        best = _better(best, match_row(row, given, index, index + 1, system))
    if best is None or best.missing():
        for index in range(len(rows) - 1):
            joined = _joined(rows[index], rows[index + 1])
            best = _better(best, match_row(joined, given, index, index + 2, system))
    return best if best and (len(best.columns) >= 2 or given) else None


def match_row(
    row: Sequence[str], given: Mapping[str, str], first: int, body: int, profile: Profile | None = None
) -> Headings:
    """Match one row of headings against the words for ledger columns.

    profile: the system whose words go before the general ones; None recognises it by the headings.
    """
    key = recognised(row) if profile is None else profile.key
    system = profile or profile_named(key)
    columns, reasons = _given(row, given)
    for name, (position, reason) in _known(row, system).items():
        if name not in columns and position not in columns.values():
            columns[name], reasons[name] = position, reason
    _settle_name(columns, reasons)
    _settle_customer(columns, reasons)
    _settle_credit(columns, reasons)
    return Headings(first, body, tuple(row), columns, reasons, key)


def with_similar(headings: Headings) -> Headings:
    """Add the headings that are nearly a known word, for ledger columns that are still missing."""
    columns, reasons = dict(headings.columns), dict(headings.reasons)
    for position, text in _free(headings):
        key = _similar_key(folded(text))
        if key and key not in columns and not (key in _AMOUNTS and set(columns) & set(_AMOUNTS)):
            columns[key], reasons[key] = position, "similar"
    _settle_name(columns, reasons)
    _settle_customer(columns, reasons)
    return replace(headings, columns=columns, reasons=reasons)


def with_content(headings: Headings, looks: Mapping[str, Callable[[int], bool]]) -> Headings:
    """Add a required column that is still missing where exactly one unknown column looks like it.

    looks: ledger key → test of a column position. A column of months can stand in for the date.
    """
    columns, reasons = dict(headings.columns), dict(headings.reasons)
    for key in headings.missing():
        free = [position for position, _ in _free(headings) if position not in columns.values()]
        if key == "invoice_date" and "period" in columns:
            free.append(columns["period"])
        fitting = [position for position in free if key in looks and looks[key](position)]
        if len(fitting) == 1:
            columns = {name: place for name, place in columns.items() if place != fitting[0]}
            columns[key], reasons[key] = fitting[0], "content"
    return replace(headings, columns=columns, reasons={name: reasons[name] for name in columns})


def nearest(key: str, texts: Sequence[str]) -> str:
    """The heading most like the words for a ledger key, "" if none is at all like them."""
    words = [word for word, (owner, _) in ledger_words().columns.items() if owner.startswith(key)]
    scored = [(max((fuzz.ratio(folded(text), word) for word in words), default=0.0), text) for text in texts if text]
    score, text = max(scored, default=(0.0, ""), key=lambda pair: pair[0])
    return text if score >= _NEAREST else ""


def _free(headings: Headings) -> list[tuple[int, str]]:
    """Position and text of the headings that no word stands for."""
    own = profile_named(headings.profile).columns
    taken = set(headings.columns.values())
    texts = enumerate(headings.texts)
    return [(place, text) for place, text in texts if text and place not in taken and column_of(text, own) is None]


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
    return [
        below if column_of(below) and not column_of(text) else text for text, below in zip(joined, lower, strict=True)
    ]


def _given(row: Sequence[str], given: Mapping[str, str]) -> tuple[dict[str, int], dict[str, str]]:
    places = {folded(text): position for position, text in reversed(list(enumerate(row))) if text}
    columns = {key: places[folded(text)] for key, text in given.items() if folded(text) in places}
    return columns, dict.fromkeys(columns, "given")


def _known(row: Sequence[str], profile: Profile) -> dict[str, tuple[int, str]]:
    """Ledger key → (position, reason), the most specific heading of each key."""
    best: dict[str, tuple[bool, bool, int, int, int]] = {}
    for position, text in enumerate(row):
        hit = column_of(text, profile.columns) if text else None
        if not hit:
            continue
        key, rank = hit
        unit = home_rank(text)
        # A unit such as SEK in the heading tells the home currency apart from the invoice's.
        choice = (rank >= 0, unit != 0, rank, unit, position)
        best[key] = min(best.get(key, choice), choice)
    return {key: (choice[-1], _reason(choice[2])) for key, choice in best.items()}


def _reason(rank: int) -> str:
    return "synonym" if rank >= 0 else "exact" if rank == OWN else "profile"


def _settle_name(columns: dict[str, int], reasons: dict[str, str]) -> None:
    """A name is the article's to the right of the article, the customer's to the right of the customer.

    Anywhere else it is the customer's, unless the rows are lines of invoices with a customer of their own.
    """
    if "name_either" not in columns:
        return
    position, reason = columns.pop("name_either"), reasons.pop("name_either")
    left = {key for key, place in columns.items() if place == position - 1}
    known = {"customer_no", "customer_either"}
    whose = left & known or not (set(columns) & known and set(columns) & _LINES)
    if "customer" not in columns and not left & {"article"} and whose:
        columns["customer"], reasons["customer"] = position, reason


def _settle_credit(columns: dict[str, int], reasons: dict[str, str]) -> None:
    """Beside a column of debits, one called credit holds amounts and does not mark credit notes."""
    if "debit" in columns and "credit_mark" in columns and "credit" not in columns:
        columns["credit"], reasons["credit"] = columns.pop("credit_mark"), reasons.pop("credit_mark")


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
    best = process.extractOne(word, words.keys(), scorer=fuzz.ratio, score_cutoff=_SIMILAR)
    if best:
        return words[best[0]][0]
    begun = [known for known in words if len(known) >= _SHORTEST_PREFIX and word.startswith(known)]
    key = words[max(begun, key=len)][0] if begun else ""
    return "" if key in (*_AMOUNTS, "customer_either", "name_either") else key

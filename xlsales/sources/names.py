"""From names in texts to customer numbers: what may be the same customer is suggested, a person decides."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from rapidfuzz import fuzz, process

from xlsales.sources.words import folded

COLUMNS: Final = ("source_name", "customer_no", "customer", "similarity", "state")
_LEGAL: Final = frozenset((
    "ab", "hb", "kb", "ek", "bab", "abp", "as", "asa", "ans", "da", "ba", "ks", "is", "ps", "aps", "amba",
    "oy", "oyj", "ky", "tmi", "ay", "gmbh", "ag", "kg", "kgaa", "ug", "ohg", "ev", "mbh", "se", "ltd",
    "limited", "inc", "incorporated", "llc", "llp", "plc", "corp", "corporation", "co", "company", "bv", "nv",
    "sa", "sarl", "srl", "spa", "publ", "pty", "aktiebolag", "aktiebolaget", "handelsbolag", "kommanditbolag",
    "aksjeselskap", "anpartsselskab", "aktieselskab", "osakeyhtio",
))  # fmt: skip
_JOINING: Final = frozenset({"och", "and", "og", "und", "ja", "the", "i", "firma"})
_SLASHED = re.compile(r"\b([aikp])/s\b")
_INITIALS = re.compile(r"(?<=\b\w)\.(?=\w\b)")
_WORD = re.compile(r"[^\W_]+")
_ORG_NO = re.compile(r"(?<!\d)\d{6,7}[- ]?\d{1,4}(?!\d)|(?<!\d)\d{3} ?\d{3} ?\d{3}(?!\d)")
# Lengths at which systems are known to cut names; any other that many names share is found.
_CUTS: Final = (17, 40)
_SHORTEST_CUT, _SHORTEST_KEY = 12, 5
_LIKE: Final = 85
_BLOCK: Final = 4_000_000
_MOST_PAIRS: Final = 60_000_000


@dataclass(frozen=True)
class _Known:
    """The names that others may stand for. numbers: what a person would confirm."""

    numbers: list[str]
    names: list[str]
    keys: list[str]


def suggestions(names: Sequence[str], register: pd.DataFrame) -> pd.DataFrame:
    """For names without a number the customer each may be, best first where there are several.

    names: as they stand in the ledger. register: customer_no, customer, org_no.
    Returns at most one row per name, with :data:`COLUMNS`, in the order of the names: similarity from 0 to 1;
    state "same" (nothing but case, legal form, accents and punctuation differ), "cut" (one is the
    beginning of the other, cut off) or "similar". A name like no customer may be suggested to be another name of
    the ledger; then customer_no is that name. Nothing is merged here, see :func:`apply_names`.
    """
    every = list(dict.fromkeys(str(name) for name in names if str(name).strip()))
    known = _register(register)
    found = _by_org_no(every, register)
    for search in (_same, _cut, _similar):
        found |= search([name for name in every if name not in found], known)
    rest = [name for name in every if name not in found]
    found |= _among(rest)
    rows = [(name, *found[name]) for name in every if name in found]
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(dict.fromkeys(COLUMNS, "str") | {"similarity": "float64"})


def apply_names(frame: pd.DataFrame, confirmed: Mapping[str, str]) -> pd.DataFrame:
    """The same rows with customer_no replaced where it is a name that a person has confirmed.

    confirmed: name in the ledger → customer number, or another name that is confirmed in its turn.
    """
    numbers = {name: _end(name, confirmed) for name in confirmed}
    codes, values = pd.factorize(frame["customer_no"])
    wanted = np.array([numbers.get(str(value), str(value)) for value in values], dtype=object)
    done = pd.Series(wanted[codes] if len(codes) else [], index=frame.index, dtype="str")
    return frame.assign(customer_no=done)


def name_key(name: str) -> str:
    """A name without case, accents, punctuation and legal form: ``"AB Östra Bygg (publ)"`` → ``"ostra bygg"``."""
    plain = unicodedata.normalize("NFC", name).casefold()
    plain = _INITIALS.sub("", _SLASHED.sub(r"\1s", plain))
    words = [folded(word) for word in _WORD.findall(plain)]
    kept = [word for word in words if word not in _LEGAL and word not in _JOINING]
    return " ".join(kept or words)


def _end(name: str, confirmed: Mapping[str, str]) -> str:
    """Where a name leads over other names; one that leads back to itself stays."""
    seen = [name]
    while seen[-1] in confirmed and confirmed[seen[-1]] not in seen:
        seen.append(confirmed[seen[-1]])
    return name if confirmed.get(seen[-1]) in seen and confirmed[seen[-1]] != seen[-1] else seen[-1]


def _register(register: pd.DataFrame) -> _Known:
    rows = register[["customer_no", "customer"]].astype("str").drop_duplicates()
    rows = rows[(rows["customer"].str.strip() != "") & (rows["customer_no"] != "")].sort_values("customer_no")
    names = rows["customer"].tolist()
    return _Known(rows["customer_no"].tolist(), names, [name_key(name) for name in names])


def _by_org_no(names: list[str], register: pd.DataFrame) -> dict[str, tuple[str, str, float, str]]:
    """Names with an organisation number in them that the register has too."""
    columns = register[["org_no", "customer_no", "customer"]].astype("str")
    owners = {re.sub(r"\D", "", org): (no, name) for org, no, name in columns.itertuples(index=False) if no}
    owners.pop("", None)
    found = {}
    for name in names if owners else []:
        for written in _ORG_NO.findall(name):
            owner = owners.get(re.sub(r"\D", "", written))
            if owner:
                found[name] = (*owner, 1.0, "same")
    return found


def _same(names: list[str], known: _Known) -> dict[str, tuple[str, str, float, str]]:
    first: dict[str, int] = {}
    for spot, key in enumerate(known.keys):
        first.setdefault(key.replace(" ", ""), spot)
    spots = {name: first.get(name_key(name).replace(" ", "")) for name in names}
    return {
        name: (known.numbers[spot], known.names[spot], 1.0, "same") for name, spot in spots.items() if spot is not None
    }


def _cut(names: list[str], known: _Known) -> dict[str, tuple[str, str, float, str]]:
    """Names as long as names are cut, that are the beginning of exactly one customer's name, or the other way."""
    mine, theirs = _cut_lengths(names), _cut_lengths(known.names)
    plain = [_plain(name) for name in known.names]
    order = np.argsort(np.array(plain, dtype=object), kind="stable") if plain else np.zeros(0, dtype=np.int64)
    ordered = np.array([plain[spot] for spot in order], dtype=object)
    short = {beginning: spot for spot, beginning in enumerate(plain) if len(known.names[spot].strip()) in theirs}
    found = {}
    for name in names:
        text, spots = _plain(name), []
        if len(name.strip()) in mine and len(ordered):
            low, high = np.searchsorted(ordered, [text, text + "\uffff"])
            spots = [int(spot) for spot in order[low:high]]
        spots = spots or [short[text[:end]] for end in range(_SHORTEST_CUT, len(text)) if text[:end] in short][-1:]
        if len({known.numbers[spot] for spot in spots}) == 1:
            spot = spots[0]
            alike = fuzz.ratio(text, plain[spot]) / 100
            found[name] = (known.numbers[spot], known.names[spot], round(alike, 2), "cut")
    return found


def _cut_lengths(names: Sequence[str]) -> frozenset[int]:
    """Lengths that a cut name can have: the longest there is if several have it; a cut may fall after a space."""
    lengths = Counter(len(name.strip()) for name in names)
    longest = max(lengths, default=0)
    cuts = [cut for cut in _CUTS if longest <= cut] + [longest] * (lengths[longest] > 2)
    return frozenset(cut - less for cut in cuts for less in (0, 1) if cut - less >= _SHORTEST_CUT)


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())


def _similar(names: list[str], known: _Known) -> dict[str, tuple[str, str, float, str]]:
    keys = [name_key(name) for name in names]
    found = {}
    for row, spot, score in _nearest(keys, known.keys):
        alike = round(score / 100, 2)
        found[names[row]] = (known.numbers[spot], known.names[spot], alike, "similar")
    return found


def _among(names: list[str]) -> dict[str, tuple[str, str, float, str]]:
    """Names that may be another name of the same ledger: the first of those that are the same, else the longer."""
    keys = [name_key(name) for name in names]
    first: dict[str, int] = {}
    found: dict[str, tuple[str, str, float, str]] = {}
    for spot, key in enumerate(keys):
        lead = first.setdefault(key.replace(" ", ""), spot)
        if lead != spot:
            found[names[spot]] = (names[lead], names[lead], 1.0, "same")
    leads = list(first.values())
    own = [keys[spot] for spot in leads]
    # The longest first, so that nobody is led to one who is led on.
    for row, spot, score in sorted(_nearest(own, own), key=lambda pair: -len(names[leads[pair[0]]])):
        name, other = names[leads[row]], names[leads[spot]]
        longer = (len(other), -leads[spot]) > (len(name), -leads[row])
        if longer and other not in found:
            found[name] = (other, other, round(score / 100, 2), "similar")
    return found


def _nearest(keys: list[str], others: list[str]) -> list[tuple[int, int, float]]:
    """(position, position of the most similar other, 0 to 100) for the keys that have one; never itself."""
    if not keys or not others:
        return []
    if len(keys) * len(others) > _MOST_PAIRS:
        return _nearest_by_letter(keys, others)
    found: list[tuple[int, int, float]] = []
    itself = keys is others
    digits = [re.findall(r"\d+", other) for other in others]
    step = max(1, _BLOCK // len(others))
    for start in range(0, len(keys), step):
        part = keys[start : start + step]
        scores: Any = process.cdist(part, others, scorer=fuzz.ratio, score_cutoff=_LIKE, dtype=np.uint8, workers=-1)
        for row in np.flatnonzero(scores.any(axis=1)):
            spot = _best(scores[row], start + int(row), keys, digits, itself)
            if spot >= 0:
                found.append((start + int(row), spot, float(fuzz.ratio(keys[start + int(row)], others[spot]))))
    return found


def _best(scores: Any, row: int, keys: list[str], digits: list[list[str]], itself: bool) -> int:
    """The most similar other name, −1 without one: numbers in names must agree, short names be equal."""
    if len(keys[row].replace(" ", "")) < _SHORTEST_KEY:
        return -1
    mine = re.findall(r"\d+", keys[row])
    for spot in np.argsort(-scores.astype(np.int16), kind="stable")[: min(len(scores), 20)]:
        if not scores[spot]:
            break
        if digits[spot] == mine and not (itself and int(spot) == row):
            return int(spot)
    return -1


def _nearest_by_letter(keys: list[str], others: list[str]) -> list[tuple[int, int, float]]:
    """The same for very many names: only those with the same first two letters are compared."""
    found: list[tuple[int, int, float]] = []
    groups: dict[str, tuple[list[int], list[int]]] = {}
    for side, texts in enumerate((keys, others)):
        for spot, text in enumerate(texts):
            groups.setdefault(text[:2], ([], []))[side].append(spot)
    for mine, theirs in groups.values():
        if len(mine) * len(theirs) > _MOST_PAIRS:
            continue
        own = [keys[spot] for spot in mine]
        rest = own if keys is others else [others[spot] for spot in theirs]
        found += [(mine[row], theirs[spot], score) for row, spot, score in _nearest(own, rest)]
    return found

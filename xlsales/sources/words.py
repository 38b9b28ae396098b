"""The words by which ledgers are understood, from ``workbook/ledger.toml``."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from xlsales.tables.folder import read_toml

_DROPPED = re.compile(r"[\s.:;,\-_()*/\\\"'#&=|\[\]]+")
_UNIT = re.compile(r"(?:isek|isvkr|sek|tsek|tkr|kr|eur|€|%)$")
_PLAIN = str.maketrans({"ø": "o", "æ": "ae", "đ": "d", "ł": "l"})


@dataclass(frozen=True)
class LedgerWords:
    """columns: folded word → (ledger key, rank within the key, 0 is the most specific, −1 xlsales' own heading).
    totals, left_out, credit, cancelled: folded words. months: beginning of a month's name → its number.
    """

    columns: Mapping[str, tuple[str, int]]
    totals: frozenset[str]
    left_out: frozenset[str]
    credit: frozenset[str]
    cancelled: frozenset[str]
    months: Mapping[str, int]
    vat_rates: tuple[float, ...]


def folded(text: str) -> str:
    """A heading or word without case, accents, spaces and punctuation: ``"Kund-Nr."`` → ``"kundnr"``."""
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_PLAIN))
    return _DROPPED.sub("", "".join(letter for letter in plain if not unicodedata.combining(letter)))


def without_unit(word: str) -> str:
    """A folded heading without the unit at its end: ``"beloppsek"`` → ``"belopp"``."""
    return _UNIT.sub("", word)


@lru_cache(maxsize=1)
def ledger_words() -> LedgerWords:
    """Read the words once."""
    data = read_toml("ledger.toml")
    columns: dict[str, tuple[str, int]] = {}
    for word, key, rank in column_words(data["columns"]):
        columns.setdefault(word, (key, rank))
    return LedgerWords(
        columns=columns,
        totals=frozenset(map(folded, data["totals"]["words"])),
        left_out=frozenset(map(folded, data["row_types"]["leave_out"])),
        credit=frozenset(map(folded, data["row_types"]["credit"])),
        cancelled=frozenset(map(folded, data["cancelled"]["yes"])),
        months={folded(name): int(number) for number, names in data["months"].items() for name in names},
        vat_rates=tuple(data["vat"]["rates"]),
    )


def column_words(columns: Mapping[str, Mapping[str, list[str]]]) -> Iterator[tuple[str, str, int]]:
    """Every declared heading as (folded word, ledger key, rank)."""
    for key, languages in columns.items():
        for language, words in languages.items():
            for rank, word in enumerate(words):
                yield folded(word), key, -1 if language == "own" else rank

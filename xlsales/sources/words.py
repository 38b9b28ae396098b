"""The words by which ledgers are understood, from ``workbook/ledger.toml``."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from xlsales.tables.folder import read_toml

_DROPPED = re.compile(r"[\s.:;,\-_()*/\\\"'#&=|\[\]]+")
_PLAIN = str.maketrans({"ø": "o", "æ": "ae", "đ": "d", "ł": "l"})
_SCALES: Final = {
    1000: ("tkr", "tsek", "ksek", "teur", "keur", "tnok", "knok", "tdkk", "kdkk", "tusd", "kusd"),
    1_000_000: ("mkr", "msek", "meur", "mnok", "mdkk", "musd", "mnkr"),
}
_HOME = ("isek", "isvkr", "sek", "kr")
_UNITS = (*_HOME, *_SCALES[1000], *_SCALES[1_000_000], "euro", "eur", "usd", "nok", "dkk", "gbp", "chf", "€", "$", "£")
_PERCENT = ("percentage", "percent", "procent", "prosentti", "prosent", "prozent", "pct", "%")
_TOKEN = re.compile(r"[^\W\d_]+|\d+|[€$£%]")

# What a column of money or pieces is when its heading says that it holds shares of it.
_SHARES = {"contribution": "contribution_ratio", "vat": "vat_rate", "discount": "discount"}
_LOOSE = 100
_LONGEST = 80
# The rank of the headings of xlsales' own ledger table; a system's own rank lower still.
OWN: Final = -1

Columns = Mapping[str, tuple[str, int]]


@dataclass(frozen=True)
class LedgerWords:
    """columns: folded word → (ledger key, rank within the key, 0 is the most specific, −1 xlsales' own heading).

    totals, left_out, beside_invoices, invoice, credit, cancelled, void: folded words.
    signs: a side as it is written, without case → 1 for debit, −1 for credit.
    months: beginning of a month's name → its number. weekdays: whole names. vat_included, home: folded parts of
    headings of amounts with VAT, and of amounts in the company's own currency.
    """

    columns: Columns
    totals: frozenset[str]
    left_out: frozenset[str]
    beside_invoices: frozenset[str]
    invoice: frozenset[str]
    credit: frozenset[str]
    cancelled: frozenset[str]
    void: frozenset[str]
    signs: Mapping[str, int]
    months: Mapping[str, int]
    weekdays: frozenset[str]
    vat_rates: tuple[float, ...]
    vat_included: tuple[str, ...]
    home: tuple[str, ...]


@lru_cache(maxsize=16_384)
def folded(text: str) -> str:
    """A heading or word without case, accents, spaces and punctuation: ``"Kund-Nr."`` → ``"kundnr"``."""
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_PLAIN))
    return _DROPPED.sub("", "".join(letter for letter in plain if not unicodedata.combining(letter)))


def scale_of(heading: str) -> int:
    """What a number under a heading is multiplied by: 1000 for "Omsättning tkr", else 1."""
    unit = _unit(heading)
    return next((scale for scale, units in _SCALES.items() if unit in units), 1)


def home_rank(heading: str) -> int:
    """0 for a heading with kr or SEK in it, 1 with another unit, 2 with none: a unit tells money apart."""
    unit = _unit(heading)
    return 0 if unit in _HOME else 1 if unit else 2


def _unit(heading: str) -> str:
    """The unit in a heading, "" without one: a word of its own, or the end of a word that is known without it."""
    alone = [str(token).casefold() for token in _TOKEN.findall(heading) if token.casefold() in _UNITS]
    word, known = folded(heading), ledger_words().columns
    glued = [unit for unit in _UNITS if word.endswith(unit) and word.removesuffix(unit) in known]
    return [*alone, *glued, ""][0]


@lru_cache(maxsize=16_384)
def readings(heading: str) -> tuple[tuple[str, bool], ...]:
    """The folded words that a heading may be, the whole of it first, each with whether it is loosely read.

    Without its unit ("Belopp SEK exkl. moms", "Omsättning, tkr"), without what stands in parentheses
    ("Sales (Orders)"), only what stands in brackets or after a point ("Sales[Net]", "orders.date"), or one
    of two languages ("Kundnr/Customer no").
    """
    whole = folded(heading)
    tokens = [token for token in _TOKEN.findall(heading) if token.casefold() not in (*_UNITS, *_PERCENT)]
    ends = [whole.removesuffix(unit) for unit in (*_UNITS, *_PERCENT) if whole.endswith(unit)]
    loose = [re.sub(r"\([^)]*\)", " ", heading), *re.findall(r"\[([^\]]+)\]", heading)]
    loose += [heading.rpartition(".")[2]] if "." in heading.strip(". ") else []
    loose += re.split(r"[/\n|]", heading) if re.search(r"[/\n|]", heading) else []
    found: dict[str, bool] = dict.fromkeys([whole, folded("".join(tokens)), *ends], False)
    for text in loose:
        found.setdefault(folded(text), True)
    return tuple((word, loosely) for word, loosely in found.items() if len(word) > 1 or word == whole)


def column_of(heading: str, own: Columns | None = None) -> tuple[str, int] | None:
    """The ledger key that a heading stands for and its rank, None if it is unknown.

    own: the words of a system, which go before the general ones.
    """
    if len(heading) > _LONGEST or not any(map(str.isalpha, heading)):
        return None
    for word, loosely in readings(heading):
        hit = (own or {}).get(word) or ledger_words().columns.get(word)
        if hit is None:
            continue
        key, rank = hit
        if _is_share(heading) and not (own or {}).get(word) and word != folded(heading):
            key = _SHARES.get(key, "other")
        return key, rank + _LOOSE * loosely
    return None


def _is_share(heading: str) -> bool:
    return folded(heading).endswith(_PERCENT) or "%" in heading


@lru_cache(maxsize=1)
def ledger_words() -> LedgerWords:
    """Read the words once."""
    data = read_toml("ledger.toml")
    columns: dict[str, tuple[str, int]] = {}
    for word, key, rank in column_words(data["columns"]):
        columns.setdefault(word, (key, rank))
    types, cancelled, signs = data["row_types"], data["cancelled"], data["signs"]
    sides = {"debit": 1, "credit": -1}
    return LedgerWords(
        columns=columns,
        totals=_words(data["totals"]["words"]),
        left_out=_words(types["leave_out"]),
        beside_invoices=_words(types["beside_invoices"]),
        invoice=_words(types["invoice"]),
        credit=_words(types["credit"]),
        cancelled=_words(cancelled["yes"]),
        void=_words(cancelled["void"]),
        signs={word.casefold(): side for name, side in sides.items() for word in signs[name]},
        months={folded(name): int(number) for number, names in data["months"].items() for name in names},
        weekdays=_words(data["weekdays"]["names"]),
        vat_rates=tuple(data["vat"]["rates"]),
        vat_included=tuple(map(folded, data["vat"]["included"])),
        home=tuple(map(folded, data["home"]["words"])),
    )


def column_words(columns: Mapping[str, Mapping[str, list[str]]]) -> Iterator[tuple[str, str, int]]:
    """Every declared heading as (folded word, ledger key, rank)."""
    for key, languages in columns.items():
        for language, words in languages.items():
            for rank, word in enumerate(words):
                yield folded(word), key, OWN if language == "own" else rank


def _words(texts: list[str]) -> frozenset[str]:
    return frozenset(map(folded, texts))

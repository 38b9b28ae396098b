"""The customer a voucher's text names, as bookkeeping programs write it.

Programs differ in the words around the name; the words are data here. A name is what remains when document words
and numbers are taken away, unless it says that many customers, or none, stand behind the voucher.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from xlsales.sources.words import folded

# Written before the name: what document it is, and the small words between.
_DOCUMENTS = (
    "kundfakturanr", "kundfaktura", "kundfakt", "kundfordran", "kundkredit", "kundinbetalning", "kundinbet",
    "kundbetalning", "kundbet", "kundnamn", "kundnr", "kreditfaktura", "kreditfakt", "kreditnota",
    "kreditering", "kredit", "kred", "fakturanummer", "fakturanr", "faktura", "faktnr", "fakt", "delfaktura",
    "slutfaktura", "samlingsfaktura", "delbetalning", "betalning", "inbetalning", "inbet", "inb", "debitering",
    "invoice", "inv", "credit note", "credit memo", "credit", "payment", "nummer", "nr", "no", "namn", "till", "för",
    "avser", "order", "ordernr", "fa", "kf", "kn", "försäljningsfaktura", "utgående faktura", "utställd faktura",
    "försäljning till", "krediterar", "kreditering av", "customer invoice", "cust. invoice", "sales invoice",
    "sales credit memo",
)  # fmt: skip

# How programs put number and name together without document words.
_SHAPES = tuple(
    re.compile(shape, re.I)
    for shape in (
        r"^\[(?P<number>[\w./-]+)\]\s*(?P<name>.*)$",
        r"^(?:faktura|fakt)\.?\s?nr[:.\s]*(?P<number>\w+)\s*[,;]\s*(?:kund)?namn[:.\s]*(?P<name>.*)$",
        r"^(?P<number>[a-zåäö]{1,4}[- ]?\d+)\s*/\s*(?P<name>.*)$",
    )
)

# Words that begin a text without a customer, as whole words and as beginnings of words.
_NO_CUSTOMER = frozenset({
    "ing", "ib", "ub", "omf", "utbet", "utbetalning", "fordran", "lön", "löner", "lån", "bank", "kort", "swish",
    "bg", "pg", "div", "diverse", "just", "korr", "rätt", "rättelse", "avi", "hyra", "hyror", "ränta", "skatt",
    "lev", "kunder", "kassa", "provision", "bonus", "rabatt", "saldo", "uttag", "kvitto", "sälj", "fsg", "fsgn",
    "bokning", "test", "summa", "totalt", "fakturor", "moms", "kvartal",
})  # fmt: skip
_NO_CUSTOMER_STARTS = (
    "försäljn", "dagskass", "kassara", "kassaf", "kontant", "fakturering", "kundfakturor", "kundfordr",
    "kundreskontra", "reskontra", "momsr", "momsa", "periodiser", "bokslut", "avskriv", "ombok", "omför", "korriger",
    "justering", "överför", "ränte", "dröjsmål", "påminn", "inkasso", "aviser", "hyresavi", "årsavgift", "avgift",
    "medlemsavgift", "öres", "avrund", "valuta", "kursdiff", "kursvinst", "kursförl", "ingående", "utgående",
    "avstäm", "avräkn", "bankgiro", "plusgiro", "autogiro", "izettle", "zettle", "insättn", "leverantör", "levfakt",
    "inköp", "kundförlust", "nedskriv", "avsättn", "uppbok", "integration", "skattekonto", "z-rapport",
    "dagsrapport", "dagsavslut", "dagrapport", "dagsförsälj", "fakturalist", "fakturaspec", "löpnr", "import",
    "webshop", "webbutik", "stripe", "shopify",
)  # fmt: skip
# Words that tell, wherever they stand, that a voucher gathers many customers or was made by a program.
_GATHERED = frozenset({"serie", "bunt", "journalen"})
_GATHERED_STARTS = ("journalnr", "vernr", "verifik", "kassarapport", "dagskassa", "zrapport")
_GATHERED_END = "journal"
_TIMES = frozenset({
    "v", "vecka", "kv", "kvartal", "år", "mån", "månad", "period", "per", "januari", "februari", "mars", "april", "maj",
    "juni", "juli", "augusti", "september", "oktober", "november", "december", "jan", "feb", "mar", "apr", "jun", "jul",
    "aug", "sep", "sept", "okt", "nov", "dec", "january", "february", "march", "may", "june", "july", "august",
    "october",
})  # fmt: skip
_PARTICLES = frozenset({"von", "af", "de", "van", "der", "la", "le", "el"})

_GAP = r"[\s.:,;#/()\-–]*"
_WORD = "|".join(
    [
        r"kund(?=\s*:|[\s.]*nr\b)",
        *map(re.escape, sorted(_DOCUMENTS, key=len, reverse=True)),
    ]
)
_WORDS = rf"(?:(?:{_WORD})(?!\w){_GAP})+"
_DIGITS = rf"(\d[\d.\-]*)(?!\w){_GAP}"
_NUMBER = rf"(\d[\d.\-]*|[a-z]{{1,3}}-?\d{{3,}}[\d.\-]*|[a-z]{{1,3}}-\d+)(?!\w){_GAP}"
_LEAD = re.compile(rf"{_GAP}(?:{_WORDS}(?:{_NUMBER})?(?:{_WORDS}(?:{_DIGITS})?)?|{_NUMBER})")
_END = re.compile(
    r"[\s,;\-–/(]*(?:(?:kundfaktura|faktura|fakt|invoice|inv)\.?\s*(?:nr|no)?[.:\s]*#?\s*|(?<=,)\s*|(?<=\()|#"
    r"|(?<=\w/)|(?<=\s[-–/])\s+(?=\d{3}))(\d+)\)?\s*$",
    re.I,
)
_TAIL = re.compile(
    r"[\s,;\-–/(]+(?:kund|kredit|delkredit|slut)?(?:faktura|nota)\)?$|[\s,;\-–/(]+(?:invoice|credit note)\)?$", re.I
)
_TAILS = frozenset({"tura", "nota", "oice", "note"})
_ENDING = re.compile(r"(.*[^\W\d])\s(\d{3,})$")
_DAY = re.compile(r"(?<!\d)\d{4}-\d\d-\d\d(?!\d)")


class Named(NamedTuple):
    """What a text tells.

    name: the customer's, "" if none. number: the number before the name. last: the number after it.
    told: document words or numbers stand around the name, so that it is one.
    of_customer: it begins with a word for a customer's document or payment.
    number_first: the number stands first of all, as a customer's number may.
    """

    name: str = ""
    number: str = ""
    last: str = ""
    told: bool = False
    of_customer: bool = False
    number_first: bool = False


def named(text: str) -> Named:
    """The customer that one text names.

    ``Faktura Kund AB``, ``FA30036/Kund AB``, ``Kundfaktura 29 Kund AB``, ``237   Kund AB``, ``[2448] Kund AB``,
    ``30083 Kund AB, 12``, ``Kundbet Kund AB (9736)`` and ``Kund AB`` all name Kund AB; ``Fakturajournal nr 68`` nobody.
    """
    text = _DAY.sub(" ", text).strip(" ,;") if text.count("-") > 1 else text.strip()
    for shape in _SHAPES if "/" in text or "[" in text or "namn" in text.lower() else ():
        if found := shape.match(text):
            name = found["name"].strip(" ,;.-")
            return Named(name if is_name(name, numbered=True) else "", found["number"], told=True)
    of_customer = text[:4].lower() == "kund"
    rest, number, told, first = _without_lead(text)
    last = ""
    if (rest[-1:].isdigit() or rest[-1:] == ")") and (end := _END.search(rest)):
        rest, last, told = rest[: end.start()], end.group(1), True
    if rest.rstrip(")")[-4:].lower() in _TAILS and (tail := _TAIL.search(rest)):
        rest, told = rest[: tail.start()], True
    name = " ".join(rest.split()).strip(" ,;:-–/#(")
    name = name if "(" in name else name.rstrip(")")
    if not is_name(name, numbered=bool(number or last)):
        return Named("", number or last, told=told, of_customer=of_customer)
    return Named(name, number, last, told, of_customer, first)


def _without_lead(text: str) -> tuple[str, str, bool, bool]:
    """What follows the document words and numbers, the first number, whether there were any, and if it stood first."""
    lower = text.lower()
    lead = _LEAD.match(lower if len(lower) == len(text) else text)
    if lead is None:
        return text, "", False, False
    after, between, alone = lead.span(1), lead.span(2), lead.span(3)
    start, end = after if after[0] >= 0 else between if between[0] >= 0 else alone
    return text[lead.end() :], text[max(start, 0) : max(end, 0)].strip(".-"), True, alone[0] >= 0


def numbers_apart(told: dict[int, Named]) -> dict[str, Named]:
    """Numbers at the end of names that never come back are invoices': ``Kund AB 1001``, ``Kund AB 1007``.

    told: what each voucher tells. Returns name → what it tells when its number is taken away, for such names.
    """
    ends = [(one, end) for one in told.values() if not one.told and (end := _ENDING.match(one.name))]
    numbers, names = {end[2] for _, end in ends}, {end[1] for _, end in ends}
    if len(numbers) < len(ends) or not 1 < len(names) < len(ends):
        return {}
    return {one.name: one._replace(name=end[1], last=end[2]) for one, end in ends}


@lru_cache(maxsize=200_000)
def is_name(text: str, numbered: bool = False) -> bool:
    """Whether a text can be a customer's name: no journal, no month, no kind of posting, and written as a name.

    numbered: a document's number stood beside it, so that it need not begin with a capital letter.
    """
    letters = "".join(filter(str.isalpha, text))
    if len(letters) < 2:
        return False
    words = [word for word in map(folded, text.split()) if word]
    if not words or words[0] in _FOLDED or words[0].startswith(_FOLDED_STARTS):
        return False
    if any(map(_gathers, words)) or all(word.isdigit() or word in _FOLDED_TIMES for word in words):
        return False
    if numbered:
        return True
    first = next(letter for letter in text if letter.isalnum())
    return (len(letters) > 2 or letters.isupper()) and (not first.islower() or words[0] in _PARTICLES)


def _gathers(word: str) -> bool:
    return word in _GATHERED or word.endswith(_GATHERED_END) or word.startswith(_GATHERED_STARTS)


_FOLDED_TIMES = frozenset(map(folded, _TIMES))
_FOLDED = frozenset(map(folded, _NO_CUSTOMER))
_FOLDED_STARTS = tuple(map(folded, _NO_CUSTOMER_STARTS))

"""Numbers written by people and systems; which sign is the decimal sign is decided for a whole column."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from xlsales.sources.texts import as_text

Sign = Literal[",", ".", ""]
Floats = npt.NDArray[np.float64]

# Spaces of every width, and the apostrophes that part thousands in Switzerland.
_SPACES = " \u00a0\u202f\u2009\u2007\u2008\u2002\u2003\u2004\u2005\u2006\u200a\u200b\u2060\ufeff\t'\u2019\u02bc`"
_MINUSES = "\u2212\u2013\u2012\u2010\u2011\ufe63\uff0d"
_WORD = r"(?:(?i:i?sek|kr\.?|kronor|skr|nkr|dkr|ikr|isk|euro?|usd|us\$|nok|dkk|gbp|chf)|€|\$|£|:-)?"
_WRITTEN = (
    rf"^{_WORD}(?P<open>\(?){_WORD}(?P<before>[-+]?){_WORD}"
    rf"(?P<digits>[0-9.,]*[0-9][0-9.,]*)(?P<power>(?:[eE][-+]?[0-9]+)?)"
    rf"{_WORD}(?P<after>[-+]?)(?P<percent>%?)(?P<close>\)?){_WORD}(?P<side>(?i:cr|dr)?)$"
)
_SAMPLE = 10_000
_PLAIN = r"^-?[.,]?[0-9][0-9.,]*$"
# Taken off at either end before anything else: plain substrings are ten times as fast as a pattern.
_COMMON = ("kr", "SEK", "Kr", "KR", "€", "$", "EUR", "NOK", "DKK", "USD", "£", "GBP", ":-", ",-", ".-", "sek", "eur")

# Sums are kept in ten-thousandths of a krona; a row beyond this is a slip, and would not fit.
_MOST = 1e13


@dataclass(frozen=True)
class Numbers:
    """A column of numbers.

    values: float64, NaN where empty or unreadable. unreadable: where there is text but no number.
    sign: the decimal sign, "" when no number needs one. unsure: a text that could be read with either sign, or "".
    """

    values: Floats
    unreadable: npt.NDArray[np.bool_]
    sign: Sign
    unsure: str = ""


def read_numbers(cells: pd.Series[Any], usual: Sign = "", *, machine_point: bool = False) -> Numbers:
    """Read one column of numbers.

    usual: the decimal sign to take where the column itself leaves it open, "" for the point.
    machine_point: cells with one point and no comma were written by a program, whatever the others look like.
    Spaces of every kind and apostrophes between digits, a currency word, a sign before or after,
    U+2212, parentheses for minus, CR and DR behind, powers of ten and % (a hundredth) are understood.
    Columns of numbers pass as they are.
    """
    if pd.api.types.is_numeric_dtype(cells.dtype) and cells.dtype != bool:
        values = cells.to_numpy(dtype=np.float64, na_value=np.nan)
        # The same limit as for numbers in text.
        large = np.abs(values) >= _MOST
        return Numbers(np.where(large, np.nan, values), large, "")
    texts = as_text(cells)
    written = _written(texts)
    sign = _clear_sign(written["digits"], machine_point)
    unsure = ""
    if not sign:
        sign, unsure = _decimal_sign(written["digits"], usual, machine_point)
    values = _values(written, sign, machine_point)
    filled = pc.not_equal(texts, "").to_numpy(zero_copy_only=False)
    return Numbers(values, filled & np.isnan(values), sign, unsure)


def _written(texts: pa.Array) -> dict[str, pa.Array]:
    """Split numbers in digits, minus, power of ten and percent; digits are null where it is no number."""
    bare = _bare(texts)
    plain = pc.match_substring_regex(bare, _PLAIN)
    minus = pc.starts_with(bare, "-")
    digits = pc.if_else(plain, pc.utf8_ltrim(bare, "-"), None)
    none = pa.scalar("", pa.large_string())
    power, percent = pc.if_else(plain, none, none), pc.if_else(plain, False, False)
    if not pc.all(plain).as_py():
        parts = pc.extract_regex(pc.if_else(plain, None, bare), _WRITTEN)
        names = ("open", "before", "after", "close", "power", "percent", "side")
        part = {name: pc.struct_field(parts, name) for name in names}
        paired = pc.equal(pc.equal(part["open"], "("), pc.equal(part["close"], ")"))
        digits = pc.coalesce(digits, pc.if_else(paired, pc.struct_field(parts, "digits"), None))
        signs = pc.or_(pc.equal(part["before"], "-"), pc.equal(part["after"], "-"))
        signs = pc.or_(signs, pc.equal(pc.utf8_lower(part["side"]), "cr"))
        minus = pc.if_else(plain, minus, pc.or_(signs, pc.equal(part["open"], "(")))
        power = pc.fill_null(part["power"], none)
        percent = pc.fill_null(pc.equal(part["percent"], "%"), False)
    return {"digits": digits, "minus": pc.fill_null(minus, False), "power": power, "percent": percent}


def _bare(texts: pa.Array) -> pa.Array:
    """Without spaces, with one kind of minus and without the commonest words around the number."""
    data = _bytes(texts)
    plain = data.isascii()
    for letters, other in ((_SPACES, ""), (_MINUSES, "-")):
        for letter in letters:
            if (letter.isascii() or not plain) and letter.encode() in data:
                texts = pc.replace_substring(texts, letter, other)
    for word in _COMMON:
        if (word.isascii() or not plain) and word.encode() in data:
            texts = pc.if_else(pc.starts_with(texts, word), pc.utf8_slice_codeunits(texts, len(word)), texts)
            texts = pc.if_else(pc.ends_with(texts, word), pc.utf8_slice_codeunits(texts, 0, -len(word)), texts)
    return texts


def _bytes(texts: pa.Array) -> bytes:
    """The letters of a column as they lie in memory, also those of its neighbours where it is a slice."""
    buffer = texts.buffers()[2]
    return buffer.to_pybytes() if buffer else b""


def _clear_sign(digits: pa.Array, machine_point: bool) -> Sign:
    """The decimal sign if the numbers of a spread sample agree on it: a long column need not be searched."""
    if machine_point or len(digits) <= _SAMPLE:
        return ""
    spots = np.arange(0, len(digits), len(digits) // _SAMPLE)
    some = digits.take(pa.array(spots))
    comma, point = _count(some, ","), _count(some, ".")
    votes = _votes(some, comma, point, ","), _votes(some, point, comma, ".")
    if min(votes) or not max(votes):
        return ""
    return "," if votes[0] else "."


def _decimal_sign(digits: pa.Array, usual: Sign, machine_point: bool) -> tuple[Sign, str]:
    """The decimal sign of a column, and a text that leaves it open if all of them do."""
    comma, point = _count(digits, ","), _count(digits, ".")
    if machine_point:
        comma = pc.if_else(pc.and_(pc.equal(point, 1), pc.equal(comma, 0)), 0, comma)
        point = pc.if_else(pc.equal(comma, 0), 0, point)
    votes = {",": _votes(digits, comma, point, ","), ".": _votes(digits, point, comma, ".")}
    if votes[","] or votes["."]:
        return ("," if votes[","] > votes["."] else "."), ""
    lone = pc.or_(pc.equal(comma, 1), pc.equal(point, 1))
    if machine_point and not pc.any(pc.greater(comma, 0)).as_py():
        return ".", ""
    if not pc.any(lone).as_py():
        return _against(comma, point), ""
    if usual or pc.any(pc.greater(comma, 1)).as_py() or pc.any(pc.greater(point, 1)).as_py():
        return _against(comma, point) or usual, ""
    return ".", str(digits.filter(pc.fill_null(lone, False))[0].as_py())


def _votes(digits: pa.Array, own: pa.Array, other: pa.Array, sign: str) -> int:
    """In how many numbers the sign can only be the decimal sign: last of both, or not before three digits."""
    mark = "," if sign == "," else r"\."
    last = pc.match_substring_regex(digits, rf"{mark}[0-9]*$")
    loose = pc.match_substring_regex(digits, rf"^(?:0*|[0-9]{{4,}}){mark}[0-9]*$|{mark}(?:[0-9]{{0,2}}|[0-9]{{4,}})$")
    alone = pc.and_(pc.equal(other, 0), loose)
    both = pc.and_(pc.greater(other, 0), last)
    hits = pc.and_(pc.equal(own, 1), pc.or_(alone, both))
    return int(pc.sum(pc.fill_null(hits, False)).as_py() or 0)


def _against(comma: pa.Array, point: pa.Array) -> Sign:
    """A sign that stands twice in one number parts thousands, so the other one is the decimal sign."""
    if pc.any(pc.greater(comma, 1)).as_py():
        return "."
    return "," if pc.any(pc.greater(point, 1)).as_py() else ""


def _values(written: dict[str, pa.Array], sign: Sign, machine_point: bool) -> Floats:
    decimal, thousands = (",", ".") if sign == "," else (".", ",")
    digits = _plain_decimals(written["digits"], decimal, thousands)
    if machine_point:
        by_program = pc.match_substring_regex(written["digits"], r"^[0-9]*\.[0-9]*$")
        digits = pc.if_else(by_program, written["digits"], digits)
    if pc.any(pc.not_equal(written["power"], "")).as_py():
        digits = pc.binary_join_element_wise(digits, written["power"], pa.scalar("", pa.large_string()))
    values: Floats = pc.cast(digits, pa.float64()).to_numpy(zero_copy_only=False)
    values = np.where(written["minus"].to_numpy(zero_copy_only=False), -values, values)
    values = np.where(written["percent"].to_numpy(zero_copy_only=False), values / 100, values)
    return np.where(np.abs(values) < _MOST, values, np.nan)


def _plain_decimals(digits: pa.Array, decimal: str, thousands: str) -> pa.Array:
    """Digits with a decimal point and nothing else, null where thousands are parted wrongly."""
    point, mark = (r"\.", ",") if decimal == "." else (",", r"\.")
    right = rf"^[0-9]*(?:{point}[0-9]*)?$|^[0-9]{{1,3}}(?:{mark}[0-9]{{3}})+(?:{point}[0-9]*)?$"
    kept = pc.if_else(pc.match_substring_regex(digits, right), digits, None)
    return pc.replace_substring(pc.replace_substring(kept, thousands, ""), decimal, ".")


def _count(digits: pa.Array, sign: str) -> pa.Array:
    return pc.fill_null(pc.count_substring(digits, sign), 0)

"""Organisation numbers checked and written in one way; personal numbers told apart and masked outside the workbook."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from functools import lru_cache
from typing import Any, Final

import numpy as np
import pandas as pd

from xlsales.issues import Issue

MASK: Final = "******-****"
_COLUMNS: Final = ("org_no", "state", "country")
_EU: Final = "AT BE BG CY CZ DE EE EL ES FR HR HU IE IT LT LU LV MT NL PL PT RO SI SK XI GB CH"
_FOREIGN: Final = frozenset(_EU.split())
# A year after which a number that looks like a birth is more often a day of today: then its check digit must agree.
_RECENT: Final = 2010
_PERSONAL = re.compile(
    r"(?<![^\W_])(?<!\d-)(?:"
    r"[Ss][Ee] ?(?P<vat>\d{6})(?P<vat_mark>[- ]?)(?P<vat_end>\d{4})[- ]?01|"
    r"(?:"
    r"(?P<long>(?:18|19|20)\d{6})(?P<long_mark>[-+ ]?)(?P<long_end>\d{4})"
    r"|(?P<hetu>\d{6})(?P<hetu_mark>[-+A-FU-Y])(?P<hetu_end>\d{3}[0-9A-FHJ-NPR-Y])"
    r"|(?P<short>\d{6})(?P<short_mark>[-+ ]?)(?P<short_end>\d{4})"
    r"|(?P<norse>\d{6})(?P<norse_mark> ?)(?P<norse_end>\d{5})"
    r"))(?![^\W_]|-\d|[.,]\d)"
)

Found = tuple[str, str, str]


def normalised(texts: pd.Series[Any]) -> pd.DataFrame:
    """Organisation numbers in the way of their country.

    texts: as written, "" where there is none. Returns the same index with org_no ("556012-5790", "923609016",
    "13585628", "0112038-9", "DE136695976"; as written where it cannot be understood), state ("" nothing there,
    "ok", "wrong" the check digit fails or the form is unknown, "personal" a personal number, right or not), country.
    """
    codes, values = pd.factorize(texts)
    # A missing text has the code −1 and so gets the last row.
    found = [*(_one("" if value is None else str(value)) for value in values), ("", "", "")]
    table = np.array(found, dtype=object)[codes] if len(codes) else np.empty((0, 3), dtype=object)
    return pd.DataFrame(table, index=texts.index, columns=list(_COLUMNS), dtype="str")


def masked_personal(text: str) -> str:
    """A text with ``******-****`` in the place of every personal number, for all that leaves the workbook.

    Nothing of the number is left, as a birthday and a town are enough to find a person.
    """
    return _PERSONAL.sub(_masked, text) if sum(letter.isdigit() for letter in text) >= 9 else text


def is_personal(text: str) -> bool:
    """Whether a text is a personal number and nothing else."""
    return masked_personal(text.strip()) == MASK


def checked(monthly: pd.DataFrame) -> tuple[pd.DataFrame, list[Issue]]:
    """Rows of the waist with org_no in the way of its country, and what to say about them.

    monthly: customer_no and org_no. A number that fails its check stays as it is. Customers are counted, not rows.
    """
    numbers = normalised(monthly["org_no"])
    customers = monthly["customer_no"]
    wrong, personal = numbers["state"] == "wrong", numbers["state"] == "personal"
    people = set(customers[personal]) | {number for number in customers.unique() if is_personal(str(number))}
    issues: list[Issue] = []
    if wrong.any():
        sample = masked_personal(str(numbers.loc[wrong, "org_no"].iloc[0]))
        params = {"count": int(customers[wrong].nunique()), "sample": sample}
        issues.append(Issue("warning", "org_no_wrong", column="org_no", found=sample, params=params))
    if people:
        issues.append(Issue("note", "personal_numbers", column="org_no", params={"count": len(people)}))
    return monthly.assign(org_no=numbers["org_no"]), issues


@lru_cache(maxsize=65_536)
def _one(text: str) -> Found:
    written = text.strip()
    if not re.search(r"\w", written):
        return "", "", ""
    if is_personal(written):
        return _personal_form(written)
    bare = re.sub(r"[\s.\u00a0]", "", written).upper()
    if re.fullmatch(r"\d{11}", bare) and _norse_birth(bare):
        return bare, "personal", "NO"
    for form in (_swedish, _norwegian, _finnish, _danish, _european):
        found = form(bare)
        if found:
            return found
    return written, "wrong", ""


def _personal_form(written: str) -> Found:
    match = _PERSONAL.fullmatch(written)
    number = re.sub(r"\s", "", written).upper()
    if match is None or match["long"] or match["vat"]:
        return number, "personal", "SE"
    if match["norse"]:
        return number, "personal", "NO"
    digits, mark, end = (match["hetu"] or match["short"], number[6], number[-4:])
    if not end.isdigit() or (mark == "-" and _day_first_birth(digits) and _finnish_check(digits, end)):
        return number, "personal", "FI"
    swedish = _swedish_birth(digits) and (_luhn(digits + end) or not _day_first_birth(digits))
    return number, "personal", "SE" if swedish else "DK"


def _swedish(bare: str) -> Found | None:
    """Ten digits with a third of 2 or more; with 16 before (legal person), or SE before and 01 behind (VAT)."""
    vat = re.fullmatch(r"SE(\d{6})-?(\d{4})-?(\d{2})?", bare)
    plain = re.fullmatch(r"(?:16)?(\d{6})-?(\d{4})", bare) or re.fullmatch(r"(\d{6})-?(\d{4})-?01", bare)
    match = vat or plain
    if not match:
        return None
    number = match[1] + match[2]
    if number[2] < "2":
        return (f"{match[1]}-{match[2]}", "personal", "SE") if _swedish_birth(match[1]) else (bare, "wrong", "SE")
    return f"{match[1]}-{match[2]}", "ok" if _valid("se.orgnr", number) else "wrong", "SE"


def _norwegian(bare: str) -> Found | None:
    match = re.fullmatch(r"(NO)?(\d{9})(MVA)?", bare.replace("-", ""))
    if not match or not (match[1] or match[3] or match[2][0] in "89"):
        return None
    return match[2], "ok" if _valid("no.orgnr", match[2]) else "wrong", "NO"


def _finnish(bare: str) -> Found | None:
    match = re.fullmatch(r"(FI)?(\d{6,7})(-?)(\d)", bare)
    if not match or not (match[1] or match[3]):
        return None
    number = match[2].zfill(7) + match[4]
    return f"{number[:7]}-{number[7]}", "ok" if _valid("fi.ytunnus", number) else "wrong", "FI"


def _danish(bare: str) -> Found | None:
    match = re.fullmatch(r"(DK|CVR:?|SE:?)?(\d{8})", bare.replace("-", ""))
    if not match:
        return None
    if not match[1] and not _valid("dk.cvr", match[2]) and _valid("fi.ytunnus", match[2]):
        return f"{match[2][:7]}-{match[2][7]}", "ok", "FI"
    return match[2], "ok" if _valid("dk.cvr", match[2]) else "wrong", "DK"


def _european(bare: str) -> Found | None:
    """A VAT number with the letters of its country, or a German one without."""
    country = bare[:2]
    if country in _FOREIGN and len(bare) >= 7:
        number = re.sub(r"[^0-9A-Z+*]", "", bare)
        module = {"CH": "ch.vat", "GB": "gb.vat", "XI": "gb.vat"}.get(country, "eu.vat")
        return number, "ok" if _valid(module, number) else "wrong", country
    if re.fullmatch(r"\d{9}", bare) and _valid("de.vat", bare):
        return f"DE{bare}", "ok", "DE"
    return None


def _masked(match: re.Match[str]) -> str:
    kinds: dict[str, Callable[[str, str, str], bool]] = {
        "vat": _is_vat, "long": _is_long, "hetu": _is_hetu, "short": _is_short, "norse": _is_norse,
    }  # fmt: skip
    kind = next(kind for kind in kinds if match[kind])
    digits, mark, end = match[kind], match[f"{kind}_mark"], match[f"{kind}_end"]
    return MASK if kinds[kind](digits, mark, end) else match[0]


def _is_vat(digits: str, mark: str, end: str) -> bool:
    """The VAT number of a sole trader."""
    return digits[2] < "2" and _swedish_birth(digits)


def _is_long(digits: str, mark: str, end: str) -> bool:
    """Swedish with its century."""
    year = int(digits[:4])
    return _swedish_birth(digits[2:], year) and (year < _RECENT or _luhn(digits[2:] + end))


def _is_short(digits: str, mark: str, end: str) -> bool:
    """Swedish (the year first), or Danish or Finnish (the day first), all six digits and four."""
    if _luhn(digits + end) and _swedish_birth(digits):
        return True
    if _day_first_birth(digits) and (_danish_check(digits + end) or _finnish_check(digits, end)):
        return True
    day_first = _day_first_birth(digits) and not _is_recent(digits[4:])
    year_first = _swedish_birth(digits) and (not _is_recent(digits[:2]) or mark == "+")
    return bool(mark.strip()) and (day_first or year_first)


def _is_hetu(digits: str, mark: str, end: str) -> bool:
    # Six digits, a hyphen and four digits may be Swedish or Danish too.
    return _day_first_birth(digits) if not (mark in "-+" and end.isdigit()) else _is_short(digits, mark, end)


def _is_norse(digits: str, mark: str, end: str) -> bool:
    return _valid("no.fodselsnummer", digits + end) or (bool(mark) and _norse_birth(digits))


def _is_recent(year: str) -> bool:
    return _RECENT <= 2000 + int(year) < _RECENT + 30


def _swedish_birth(digits: str, year: int = 2000) -> bool:
    """yymmdd of a birth; coordination numbers have 60 more in the day."""
    day = int(digits[4:6])
    return _is_day(year, int(digits[2:4]), day - 60 if day > 60 else day)


def _day_first_birth(digits: str) -> bool:
    return _is_day(2000, int(digits[2:4]), int(digits[:2]))


def _norse_birth(digits: str) -> bool:
    """ddmmyy; D-numbers have 40 more in the day, others 40 more in the month."""
    return _day_first_birth(f"{int(digits[0]) % 4}{digits[1]}{int(digits[2]) % 4}{digits[3:6]}")


def _is_day(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _luhn(digits: str) -> bool:
    doubled = [int(digit) * (2 - place % 2) for place, digit in enumerate(digits)]
    return sum(number // 10 + number % 10 for number in doubled) % 10 == 0


def _danish_check(digits: str) -> bool:
    return (
        sum(int(digit) * weight for digit, weight in zip(digits, (4, 3, 2, 7, 6, 5, 4, 3, 2, 1), strict=True)) % 11 == 0
    )


def _finnish_check(digits: str, end: str) -> bool:
    return "0123456789ABCDEFHJKLMNPRSTUVWXY"[int(digits + end[:3]) % 31] == end[3]


def _valid(module: str, number: str) -> bool:
    """The check of python-stdnum."""
    from importlib import import_module

    return bool(import_module(f"stdnum.{module}").is_valid(number))

"""Dates as systems write them; whether day or month comes first is decided for a whole column."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow.compute as pc

from xlsales.sources.texts import as_text
from xlsales.sources.words import folded, ledger_words

Days = npt.NDArray[np.datetime64]
Ints = npt.NDArray[np.int64]

_TIME = r"[T ]+\d{1,2}[:.]\d{2}(?:[:.]\d{2})?(?:[.,]\d+)?(?: ?[AaPp]\.?[Mm]\.?)?(?:Z| ?[+-]\d{2}:?\d{2})?$"
_ISO = r"^(\d{4})[-/. ](\d{1,2})[-/. ](\d{1,2})\.?$"
_PACKED = r"^((?:19|20|21)\d{2})(\d{2})(\d{2})(?:\.0)?$"
_SHORT = r"^(\d{2})(\d{2})(\d{2})$"
_SERIAL = r"^(\d{5})(?:[.,]\d+)?$"
_PARTED = r"^(\d{1,2})[-/. ]\s?(\d{1,2})[-/. ]\s?(\d{4}|\d{2})\.?$"
_DAY_NAMED = r"^(\d{1,2})\.?[-\s]*([^\W\d]+)\.?[-,\s]*(\d{4}|\d{2})$"
_NAMED_DAY = r"^([^\W\d]+)\.?\s*(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})$"
_ORDERS = {"dmy": (2, 1, 0), "mdy": (2, 0, 1), "ymd": (0, 1, 2)}
_EXCEL_ZERO = np.datetime64("1899-12-30", "D")


@dataclass(frozen=True)
class Dates:
    """A column of dates.

    days: datetime64[s], NaT where empty or unreadable. unreadable: where there is text but no date.
    unsure: a text that fits with the day first and with the month first, as all others do, or "".
    """

    days: Days
    unreadable: npt.NDArray[np.bool_]
    unsure: str = ""


def read_dates(cells: pd.Series[Any], day_first: bool | None = None) -> Dates:
    """Read one column of dates, times cut off.

    day_first: what to take where every date of the column fits both ways; None takes the day first.
    Understood are ISO, yyyymmdd, yymmdd, d.m.y, d/m/y, m/d/y, y-m-d with two-digit years,
    Excel's day numbers, and months by name.
    """
    if pd.api.types.is_datetime64_any_dtype(cells.dtype):
        days = cells.to_numpy().astype("datetime64[D]").astype("datetime64[s]")
        return Dates(days, np.zeros(len(days), dtype=np.bool_))
    coded = pc.dictionary_encode(as_text(cells))
    texts = pd.Series(coded.dictionary.to_pandas(), dtype="str").str.replace(_TIME, "", regex=True)
    days, unsure = _days(texts, day_first)
    spots = coded.indices.to_numpy()
    found = np.append(days, np.datetime64("NaT"))[spots]
    filled = np.append((texts != "").to_numpy(dtype=bool), False)[spots]
    return Dates(found.astype("datetime64[s]"), filled & np.isnat(found), unsure)


def _days(texts: pd.Series[str], day_first: bool | None) -> tuple[Days, str]:
    days = np.full(len(texts), np.datetime64("NaT"), dtype="datetime64[D]")
    for pattern, century in ((_ISO, False), (_PACKED, False), (_SHORT, True)):
        hit, parts = _parts(texts, pattern)
        days[hit] = _calendar(_full_year(parts[0]) if century else parts[0], parts[1], parts[2])
    hit, parts = _parts(texts, _SERIAL)
    days[hit] = _EXCEL_ZERO + parts[0].astype("timedelta64[D]")
    for pattern, name_first in ((_DAY_NAMED, False), (_NAMED_DAY, True)):
        hit, named = _named(texts, pattern, name_first)
        days[hit] = named
    hit, parts = _parts(texts, _PARTED)
    # With points the day always goes first.
    dotted = bool(texts[hit].str.contains(".", regex=False).all())
    days[hit], swapped = _ordered(parts, True if dotted else day_first)
    unsure = swapped and not dotted
    years = days.astype("datetime64[Y]").astype(np.int64) + 1970
    days[(years < 1900) | (years > 2199)] = np.datetime64("NaT")
    return days, (str(texts[hit].iloc[0]) if unsure else "")


def _ordered(parts: list[Ints], day_first: bool | None) -> tuple[Days, bool]:
    """Read three numbers in the order that fits most of them, and tell if day and month may be swapped."""
    read: dict[str, Days] = {}
    for name, (year, month, day) in _ORDERS.items():
        read[name] = _calendar(_full_year(parts[year]), parts[month], parts[day])
    fits = {name: int((~np.isnat(days)).sum()) for name, days in read.items()}
    usual = ("mdy", "dmy", "ymd") if day_first is False else ("dmy", "mdy", "ymd")
    # Where years have two digits, the part that varies least is the year.
    best = max(usual, key=lambda name: (fits[name], -len(np.unique(parts[_ORDERS[name][0]]))))
    swapped = fits["dmy"] == fits["mdy"] > 0 and best != "ymd" and bool((parts[0] != parts[1]).any())
    return read[best], swapped


def _parts(texts: pd.Series[str], pattern: str) -> tuple[npt.NDArray[np.bool_], list[Ints]]:
    found = texts.str.extract(pattern)
    hit = found[0].notna().to_numpy(dtype=bool)
    return hit, [found.loc[hit, name].to_numpy(dtype=object).astype(np.int64) for name in found.columns]


def _named(texts: pd.Series[str], pattern: str, name_first: bool) -> tuple[npt.NDArray[np.bool_], Days]:
    found = texts.str.extract(pattern)
    hit = found[0].notna().to_numpy(dtype=bool)
    name, day = (0, 1) if name_first else (1, 0)
    months = np.array([_month(text) for text in found.loc[hit, name]], dtype=np.int64)
    years = _full_year(found.loc[hit, 2].to_numpy(dtype=object).astype(np.int64))
    return hit, _calendar(years, months, found.loc[hit, day].to_numpy(dtype=object).astype(np.int64))


def _month(name: str) -> int:
    months = ledger_words().months
    word = folded(name)
    fitting = [beginning for beginning in months if word.startswith(beginning)]
    return months[max(fitting, key=len)] if fitting else 0


def _full_year(years: Ints) -> Ints:
    return np.where(years < 70, years + 2000, np.where(years < 100, years + 1900, years))


def _calendar(years: Ints, months: Ints, days: Ints) -> Days:
    """Days of the calendar, NaT where there is no such day."""
    right = (months >= 1) & (months <= 12) & (days >= 1) & (years >= 1) & (years <= 9999)
    month = (np.where(right, years, 1970) - 1970) * 12 + np.where(right, months, 1) - 1
    first = month.astype("datetime64[M]")
    found: Days = first.astype("datetime64[D]") + (days - 1).astype("timedelta64[D]")
    right &= found < (first + np.timedelta64(1, "M")).astype("datetime64[D]")
    return np.where(right, found, np.datetime64("NaT", "D"))

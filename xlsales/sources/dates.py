"""Dates as systems write them; whether day or month comes first is decided for a whole column."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from xlsales.sources.texts import as_text
from xlsales.sources.words import folded, ledger_words

Days = npt.NDArray[np.datetime64]
Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

_TIME: Final = (
    r"(?:[T ,]+(?:kl\.? ?)?\d{1,2}[:.]\d{2}(?:[:.]\d{2})?(?:[.,]\d+)?(?: ?[AaPp]\.?[Mm]\.?)?"
    r"|T\d{4}(?:\d{2})?)(?: ?(?:Z|UTC|GMT|[+-]\d{2}:?\d{2}))?$"
)
_ISO: Final = r"^(\d{4})[-/. ]\s?(\d{1,2})[-/. ]\s?(\d{1,2})\.?$"
_EIGHT: Final = r"^(\d{8})(?:\.0+)?$"
_SIX: Final = r"^(\d{6})(?:\.0+)?$"
_SERIAL: Final = r"^(\d{5})(?:[.,]\d+)?$"
_PARTED: Final = r"^(\d{1,2})[-/. ]\s?(\d{1,2})[-/. ]\s?(\d{4}|\d{2})\.?$"
_DAY_NAMED: Final = r"^(\d{1,2})(?:st|nd|rd|th|\.|:e|er)?[-/\s]*([^\W\d]+)\.?[-/,\s']*(\d{4}|\d{2})\.?$"
_NAMED_DAY: Final = r"^([^\W\d]+)\.?[-/\s]*(\d{1,2})(?:st|nd|rd|th|\.)?,?[-/\s]+(\d{4})$"
_YEAR_NAMED: Final = r"^(\d{4})[-/\s]*([^\W\d]+)\.?[-/\s]*(\d{1,2})$"
_WEEK_DAY: Final = r"^(\d{4})-?[Ww](\d{2})(?:-?([1-7]))?$"
_WEEK: Final = r"^(?:v|w|vecka|week|uge|uke|kw|vko|viikko)\.?\s*(\d{1,2})[-/,\s]+(\d{4})()$"
_YEAR_MONTH: Final = r"^(\d{4})(?:[-/. ]|[Mm])(\d{1,2})$"
_MONTH_YEAR: Final = r"^(\d{1,2})[-/. ](\d{4})$"
_MONTH_NAMED: Final = r"^([^\W\d]+)\.?[-/,\s']*(\d{4}|\d{2})$"
_NAMED_MONTH: Final = r"^(\d{4})[-/\s]*([^\W\d]+)\.?$"
_WEEKDAY: Final = r"^([^\W\d]+)\.?,?\s+"

_ORDERS: Final = {"dmy": (2, 1, 0), "mdy": (2, 0, 1), "ymd": (0, 1, 2)}
_SLICES: Final = {
    8: {"ymd": (0, 4, 6, 8), "dmy": (4, 2, 0, 8), "mdy": (4, 0, 2, 8)},
    6: {"ymd": (0, 2, 4, 6), "ym": (0, 4, 6, 6), "dmy": (4, 2, 0, 6)},
}
_EXCEL_ZERO: Final = np.datetime64("1899-12-30", "D")
_THURSDAY: Final = 4


@dataclass(frozen=True)
class Dates:
    """A column of dates.

    days: datetime64[s], NaT where empty or unreadable. unreadable: where there is text but no date.
    unsure: a text that fits with the day first and with the month first, as all others do, or "".
    """

    days: Days
    unreadable: Mask
    unsure: str = ""


def read_dates(cells: pd.Series[Any], day_first: bool | None = None) -> Dates:
    """Read one column of dates, times cut off. A column of dates passes as it is.

    day_first: what to take where every date of the column fits both ways; None takes the day first.
    Understood are ISO, yyyymmdd, ddmmyyyy, yymmdd, d.m.y, d/m/y, m/d/y, y-m-d with two-digit years,
    Excel's day numbers, months by name, ISO weeks, and whole months. A month is its first day, a week
    its Thursday, which is in the month that has most of the week.
    """
    typed = _typed(cells)
    if typed is not None:
        days = _plausible(typed.astype("datetime64[D]"))
        return Dates(_whole_days(days), np.isnat(days) & ~np.isnat(typed))
    coded = pc.dictionary_encode(as_text(cells))
    # With times of day nearly every cell is another text, and yet there are few days.
    bare = pc.dictionary_encode(pc.utf8_trim_whitespace(pc.replace_substring_regex(coded.dictionary, _TIME, "")))
    texts = pd.Series(bare.dictionary.to_pandas(), dtype="str")
    found, unsure = _days(texts, day_first)
    spots = _taken(bare.indices, coded.indices)
    days = np.append(found, np.datetime64("NaT"))[spots]
    filled = np.append((texts != "").to_numpy(dtype=bool), False)[spots]
    return Dates(_whole_days(days), filled & np.isnat(days), unsure)


def _typed(cells: pd.Series[Any]) -> Days | None:
    """A column of dates or times as it is, None where it is anything else. Zones keep their own day."""
    dtype = cells.dtype
    if isinstance(dtype, pd.ArrowDtype):
        kind = dtype.pyarrow_dtype
        if not (pa.types.is_date(kind) or pa.types.is_timestamp(kind)):
            return None
        column = pa.array(cells.array, from_pandas=True)
        column = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
        column = pc.local_timestamp(column) if pa.types.is_timestamp(kind) and kind.tz else column
        days: Days = pc.cast(column, pa.timestamp("s"), safe=False).to_numpy(zero_copy_only=False)
        return days
    if not pd.api.types.is_datetime64_any_dtype(dtype):
        return None
    plain: Days = (cells.dt.tz_localize(None) if isinstance(dtype, pd.DatetimeTZDtype) else cells).to_numpy()
    return plain


def _whole_days(days: Days) -> Days:
    return days.astype("datetime64[D]").astype("datetime64[s]")


def _taken(inner: pa.Array, outer: pa.Array) -> Ints:
    spots: Ints = pc.take(inner, outer).to_numpy(zero_copy_only=False).astype(np.int64)
    return spots


def _days(texts: pd.Series[str], day_first: bool | None) -> tuple[Days, str]:
    days = np.full(len(texts), np.datetime64("NaT"), dtype="datetime64[D]")
    unsure = ""
    for pattern, read in _READERS:
        rest = np.flatnonzero(np.isnat(days))
        hit, parts = _parts(texts.iloc[rest], pattern)
        if hit.any():
            days[rest[hit]] = _plausible(read(parts))
    for pattern, choose in ((_EIGHT, _packed), (_SIX, _packed), (_PARTED, _parted)):
        rest = np.flatnonzero(np.isnat(days))
        hit, parts = _parts(texts.iloc[rest], pattern)
        if hit.any():
            days[rest[hit]], swapped = choose(parts, texts.iloc[rest[hit]], day_first)
            unsure = str(texts.iloc[rest[hit]].iloc[0]) if swapped else unsure
    rest = np.flatnonzero(np.isnat(days))
    bare = [_without_weekday(str(text)) for text in texts.iloc[rest]]
    some = np.array([bool(text) for text in bare], dtype=np.bool_)
    if some.any():
        days[rest[some]], other = _days(pd.Series([text for text in bare if text], dtype="str"), day_first)
        unsure = unsure or other
    return days, unsure


def _plausible(days: Days) -> Days:
    years = days.astype("datetime64[Y]").astype(np.int64) + 1970
    return np.where((years < 1900) | (years > 2199), np.datetime64("NaT", "D"), days)


def _packed(parts: list[Any], texts: pd.Series[str], day_first: bool | None) -> tuple[Days, bool]:
    """Six or eight digits without anything between: the year first where that fits as well as any."""
    digits = parts[0].astype(str)
    size = len(str(digits[0]))
    read = {}
    for name, (year, month, day, end) in _SLICES[size].items():
        ends = {year: 0, month: 0, day: 0}
        starts = sorted({*ends, end})
        cut = {start: starts[place + 1] for place, start in enumerate(starts[:-1])}
        years, months = _cut(digits, year, cut), _cut(digits, month, cut)
        days = _cut(digits, day, cut) if day in cut else np.ones(len(digits), dtype=np.int64)
        read[name] = _plausible(_calendar(_full_year(years) if size == 6 and name != "ym" else years, months, days))
    fits = {name: int((~np.isnat(days)).sum()) for name, days in read.items()}
    order = ("ymd", "mdy", "dmy") if day_first is False and size == 8 else ("ymd", "ym", "dmy", "mdy")
    best = max((name for name in order if name in read), key=lambda name: fits[name])
    # Where both fit, days taken for years would be many more years.
    if size == 6 and best == "ymd" and fits["dmy"] == fits["ymd"] and 2 * _years(read["dmy"]) <= _years(read["ymd"]):
        best = "dmy"
    return read[best], best != "ymd" and fits.get("dmy") == fits.get("mdy", -1) > 0


def _years(days: Days) -> int:
    return len(np.unique(days.astype("datetime64[Y]")))


def _cut(digits: Any, start: int, cut: dict[int, int]) -> Ints:
    return np.array([int(text[start : cut[start]]) for text in digits], dtype=np.int64)


def _parted(parts: list[Any], texts: pd.Series[str], day_first: bool | None) -> tuple[Days, bool]:
    # With points the day always goes first.
    dotted = bool(texts.str.contains(".", regex=False).all())
    days, swapped = _ordered([part.astype(np.int64) for part in parts], True if dotted else day_first)
    return _plausible(days), swapped and not dotted


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


def _parts(texts: pd.Series[str], pattern: str) -> tuple[Mask, list[Any]]:
    found = texts.str.extract(pattern)
    hit = found[0].notna().to_numpy(dtype=bool)
    return hit, [found.loc[hit, name].to_numpy(dtype=object) for name in found.columns]


def _numbers(part: Any) -> Ints:
    numbers: Ints = np.asarray(part, dtype=object).astype(np.int64)
    return numbers


def _iso(parts: list[Any]) -> Days:
    return _calendar(*map(_numbers, parts))


def _serial(parts: list[Any]) -> Days:
    return _EXCEL_ZERO + _numbers(parts[0]).astype("timedelta64[D]")


def _named(year: int, month: int, day: int) -> Callable[[list[Any]], Days]:
    """A reader of dates with the month by name, by the places of the parts; day −1 is the first."""

    def read(parts: list[Any]) -> Days:
        months = np.array([_month(text) for text in parts[month]], dtype=np.int64)
        days = _numbers(parts[day]) if day >= 0 else np.ones(len(months), dtype=np.int64)
        return _calendar(_full_year(_numbers(parts[year])), months, days)

    return read


def _first_of(year: int, month: int) -> Callable[[list[Any]], Days]:
    def read(parts: list[Any]) -> Days:
        years = _numbers(parts[year])
        return _calendar(years, _numbers(parts[month]), np.ones(len(years), dtype=np.int64))

    return read


def _weekly(year: int, week: int) -> Callable[[list[Any]], Days]:
    """Days of ISO weeks; the day is the third part, empty for the whole week."""

    def read(parts: list[Any]) -> Days:
        years, weeks = _numbers(parts[year]), _numbers(parts[week])
        days = np.array([int(day) if isinstance(day, str) and day else _THURSDAY for day in parts[2]], dtype=np.int64)
        monday = _first_monday(years)
        found = monday + ((weeks - 1) * 7 + days - 1).astype("timedelta64[D]")
        right = (weeks >= 1) & (monday + (weeks * 7 - 7).astype("timedelta64[D]") < _first_monday(years + 1))
        return np.where(right, found, np.datetime64("NaT", "D"))

    return read


def _first_monday(years: Ints) -> Days:
    """The Monday of the first ISO week, which is the week of the fourth of January."""
    fourth = (years - 1970).astype("datetime64[Y]").astype("datetime64[D]") + np.timedelta64(3, "D")
    weekday = (fourth.astype(np.int64) + 3) % 7
    monday: Days = fourth - weekday.astype("timedelta64[D]")
    return monday


_READERS: Final[Sequence[tuple[str, Callable[[list[Any]], Days]]]] = (
    (_ISO, _iso),
    (_SERIAL, _serial),
    (_DAY_NAMED, _named(2, 1, 0)),
    (_NAMED_DAY, _named(2, 0, 1)),
    (_YEAR_NAMED, _named(0, 1, 2)),
    (_WEEK_DAY, _weekly(0, 1)),
    (_WEEK, _weekly(1, 0)),
    (_YEAR_MONTH, _first_of(0, 1)),
    (_MONTH_YEAR, _first_of(1, 0)),
    (_MONTH_NAMED, _named(1, 0, -1)),
    (_NAMED_MONTH, _named(0, 1, -1)),
)


def _month(name: str) -> int:
    months = ledger_words().months
    word = folded(name)
    fitting = [beginning for beginning in months if word.startswith(beginning)]
    return months[max(fitting, key=len)] if fitting else 0


def _without_weekday(text: str) -> str:
    """What follows a weekday ("tors 15 jan 2026"), "" where the text does not begin with one."""
    word, _, rest = text.replace(",", " ").replace(". ", " ").partition(" ")
    name = folded(word)
    known = len(name) >= 2 and any(day.startswith(name) for day in ledger_words().weekdays)
    return rest.strip() if known and rest.strip() else ""


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

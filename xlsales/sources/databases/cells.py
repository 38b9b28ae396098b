"""What stands in the cells of a database, as SQL that every engine can be given: days, numbers and texts.

The SQL is written in DuckDB's words and uses nothing but CASE, CAST, TRIM, REPLACE, SUBSTRING, LENGTH, ABS and ROUND,
so that all engines read a cell alike. Nothing is cast before it is known that it can be: a bad cell stops no query.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import reduce
from typing import Any, Final, Literal

import numpy as np
import pandas as pd

from xlsales.sources.dates import read_dates
from xlsales.sources.waist import quoted

Kind = Literal["day", "whole", "decimal", "float", "flag", "text"]
MOST: Final = 10**13
_LONGEST: Final = 20
_SPACES: Final = " \u00a0\u202f\u2009\t'\u2019"
_MINUSES: Final = "\u2212\u2013"
_MONTHS: Final = tuple(f"{month:02}" for month in range(1, 13))
_LONG: Final = ("01", "03", "05", "07", "08", "10", "12")
_WAYS: Final = {"ymd": (1, 6, 9), "dmy": (7, 4, 1), "mdy": (7, 1, 4)}


@dataclass(frozen=True)
class Cell:
    """A column of a source.

    sql: its name, quoted. way: of a text, the order of its dates ("ymd", "dmy", "mdy") or its decimal sign.
    loose: cells of one column may be of different types, as in SQLite. scale: 1000 for thousands.
    """

    sql: str
    kind: Kind = "text"
    way: str = ""
    loose: bool = False
    scale: int = 1


def kind_of(values: Sequence[Any]) -> Kind | None:
    """What a driver's values are; None where there are none."""
    found = [value for value in values if value is not None]
    kinds = {_kind(value) for value in found}
    if not kinds:
        return None
    if len(kinds) == 1:
        return kinds.pop()
    return "float" if kinds <= {"whole", "decimal", "float"} else "text"


def _kind(value: object) -> Kind:
    if isinstance(value, bool | np.bool_):
        return "flag"
    if isinstance(value, date | datetime):
        return "day"
    if isinstance(value, int | np.integer):
        return "whole"
    if isinstance(value, Decimal):
        return "decimal"
    return "float" if isinstance(value, float) else "text"


def date_way(texts: pd.Series[Any]) -> str:
    """The order in which most dates of a sample are written, "" where none can be read by place."""
    filled = texts[texts != ""]
    days = pd.Series(read_dates(filled).days, index=filled.index)
    counts = {way: int((_by_place(filled, way) == days).sum()) for way in _WAYS}
    best = max(_WAYS, key=lambda way: counts[way])
    return best if counts[best] else ""


def _by_place(texts: pd.Series[Any], way: str) -> pd.Series[Any]:
    packed = (texts.str.len() == 8) if way == "ymd" else pd.Series(False, index=texts.index)
    year, month, day = _WAYS[way]
    parted = pd.DataFrame({
        "year": texts.str[year - 1 : year + 3],
        "month": texts.str[month - 1 : month + 1].where(~packed, texts.str[4:6]),
        "day": texts.str[day - 1 : day + 1].where(~packed, texts.str[6:8]),
    })  # fmt: skip
    iso = parted["year"] + "-" + parted["month"] + "-" + parted["day"]
    return pd.to_datetime(iso, format="%Y-%m-%d", errors="coerce")


def text_sql(cell: Cell | None) -> str:
    """A cell as trimmed text, "" where it is empty; a whole number without decimals."""
    if cell is None:
        return "''"
    text = f"CAST({cell.sql} AS VARCHAR)"
    if cell.kind in ("float", "decimal"):
        whole = f"{cell.sql} = ROUND({cell.sql}) AND ABS({cell.sql}) < 100000000000000"
        text = f"CASE WHEN {whole} THEN CAST(CAST({cell.sql} AS BIGINT) AS VARCHAR) ELSE {text} END"
    return f"XLSALES_BINARY(COALESCE(TRIM({text}), ''))"


def day_sql(cell: Cell, text: str, value: str) -> tuple[str, str]:
    """The day of a cell, NULL where there is none or outside 1900–2199; and the test that something stands there.

    text, value: names of the cell as text and as it is, of the query within.
    """
    if cell.kind == "day":
        day = f"CAST({value} AS DATE)"
        within = f"{day} >= CAST('1900-01-01' AS DATE) AND {day} < CAST('2200-01-01' AS DATE)"
        return f"CASE WHEN {within} THEN {day} END", f"{value} IS NOT NULL"
    year, month, day = _date_parts(text, cell.way)
    shown = f"{year} || '-' || {month} || '-' || {day}"
    return (
        f"CASE WHEN {_is_date(year, month, day)} AND {_ends(text, cell.way)} THEN CAST({shown} AS DATE) END",
        f"{text} <> ''",
    )


def _date_parts(text: str, way: str) -> tuple[str, str, str]:
    year, month, day = (f"SUBSTRING({text}, {place}, 2)" for place in _WAYS[way or "ymd"])
    year = f"SUBSTRING({text}, {_WAYS[way or 'ymd'][0]}, 4)"
    if way not in ("", "ymd"):
        return year, month, day
    packed = f"LENGTH({text}) = 8"
    return (
        year,
        f"CASE WHEN {packed} THEN SUBSTRING({text}, 5, 2) ELSE {month} END",
        f"CASE WHEN {packed} THEN SUBSTRING({text}, 7, 2) ELSE {day} END",
    )


def _is_date(year: str, month: str, day: str) -> str:
    """A day of the calendar, found without casting anything."""
    century, within = f"SUBSTRING({year}, 1, 2)", f"SUBSTRING({year}, 3, 2)"
    leap = f"({within} IN ({_listed(f'{n:02}' for n in range(4, 100, 4))}) OR {year} = '2000')"
    shorter = f"{day} IN ({_listed(f'{n:02}' for n in range(1, 29))})"
    return (
        f"{century} IN ('19', '20', '21') AND {within} IN ({_listed(f'{n:02}' for n in range(100))}) "
        f"AND {month} IN ({_listed(_MONTHS)}) AND ({shorter} "
        f"OR ({day} = '29' AND ({month} <> '02' OR {leap})) "
        f"OR ({day} = '30' AND {month} <> '02') OR ({day} = '31' AND {month} IN ({_listed(_LONG)})))"
    )


def _ends(text: str, way: str) -> str:
    """Nothing but a time may follow."""
    after = f"SUBSTRING({text}, 11, 1) IN ('', ' ', 'T')"
    return f"(LENGTH({text}) = 8 OR {after})" if way in ("", "ymd") else after


def number_sql(cell: Cell, bare: str, *, exact: bool) -> tuple[str, str]:
    """The number of a cell, NULL where it is empty, unreadable or beyond all sense; and the test that it is that.

    bare: the cell as :func:`bare_sql` leaves it, by name. exact: as DECIMAL(22, 4) unless it is a float, else DOUBLE.
    """
    target = "DECIMAL(22, 4)" if exact and cell.kind != "float" else "DOUBLE"
    text, unreadable = _text_number(bare, target)
    if cell.kind == "text":
        return text, unreadable
    small = f"ABS({cell.sql}) < {MOST}"
    value = f"CASE WHEN {small} THEN CAST({cell.sql} AS {target}) END"
    bad = f"{cell.sql} IS NOT NULL AND NOT {small}"
    if not cell.loose:
        return value, bad
    typed = f"TYPEOF({cell.sql}) IN ('integer', 'real')"
    return f"CASE WHEN {typed} THEN {value} ELSE {text} END", f"CASE WHEN {typed} THEN {bad} ELSE {unreadable} END"


def bare_sql(cell: Cell) -> str:
    """A number in text without spaces and thousands signs, with a point."""
    text = f"XLSALES_BINARY(COALESCE(TRIM(CAST({cell.sql} AS VARCHAR)), ''))"
    bare = _replaced(_replaced(text, _SPACES, ""), _MINUSES, "-")
    thousands, decimal = (".", ",") if cell.way == "," else (",", ".")
    return _replaced(_replaced(bare, thousands, ""), decimal, ".")


def _text_number(bare: str, target: str) -> tuple[str, str]:
    digits = f"REPLACE(REPLACE({bare}, '.', ''), '-', '')"
    behind = f"SUBSTRING({bare}, 2, {_LONGEST})"
    plain = (
        f"{digits} <> '' AND {_replaced(digits, '0123456789', '')} = '' AND LENGTH({bare}) <= {_LONGEST} "
        f"AND LENGTH({digits}) >= LENGTH({bare}) - 2 AND LENGTH(REPLACE({bare}, '.', '')) >= LENGTH({bare}) - 1 "
        f"AND REPLACE({behind}, '-', '') = {behind}"
    )
    # Thirteen digits before the point, whatever stands behind it.
    small = f"(LENGTH({bare}) <= 13 OR SUBSTRING({bare}, 1, 14) <> REPLACE(SUBSTRING({bare}, 1, 14), '.', ''))"
    readable = f"{plain} AND {small}"
    value = f"CASE WHEN {readable} THEN CAST({bare} AS {target}) END"
    return value, f"{bare} <> '' AND NOT ({readable})"


def _replaced(sql: str, letters: str, other: str) -> str:
    return reduce(lambda inner, letter: f"REPLACE({inner}, {quoted(letter)}, {quoted(other)})", letters, sql)


def rounded_sql(value: str) -> str:
    """A DOUBLE as a whole number, halves to the even one, as numpy rounds; engines themselves differ in halves."""
    half = f"{value} <> ROUND({value}) AND {value} * 2 = ROUND({value} * 2)"
    return f"CAST(CASE WHEN {half} THEN 2 * ROUND({value} / 2) ELSE ROUND({value}) END AS BIGINT)"


def _listed(texts: Any) -> str:
    return ", ".join(map(quoted, texts))

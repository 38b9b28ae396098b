"""One column of raw cells to typed values and back, by the type a column is declared with."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any

import numpy as np
import pandas as pd

from xlsales.tables.schema import Choice, Column, Language, load_schema

NUMBERS = frozenset(
    {"money", "number", "hours", "need", "number3", "number4", "percent", "percent2", "integer"}
    | {"points", "score", "level", "priority", "relation", "statement", "signed1", "sales_point", "strip"}
)
DATES = frozenset({"date", "datetime", "month"})

_GROUPED = re.compile(r"[\s\u00a0\u202f']|kr\.?$|sek$", re.IGNORECASE)
_EXCEL_EPOCH = datetime(1899, 12, 30)
_DATE_SHAPES = ("%Y-%m-%d", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S")


def is_empty(cell: object) -> bool:
    """True for None, NaN, NaT and text of blanks only."""
    if cell is None or cell is pd.NA or cell is pd.NaT:
        return True
    if isinstance(cell, float):
        return cell != cell
    return isinstance(cell, str) and not cell.strip()


def type_cells(cells: Iterable[object], column: Column) -> tuple[pd.Series[Any], list[int]]:
    """Typed values of a column, and the positions of the cells that do not fit its type.

    Text and ids become str ("" when empty), numbers float (NaN), dates datetime64[s] (NaT),
    yes/no bool (empty is False), choices their code ("").
    """
    empty, convert = _converter(column)
    values: list[object] = []
    bad: list[int] = []
    for position, cell in enumerate(cells):
        if is_empty(cell):
            values.append(empty)
            continue
        value = convert(cell)
        if value is None:
            bad.append(position)
            value = empty
        values.append(value)
    return _series(values, column), bad


def _converter(column: Column) -> tuple[object, Callable[[object], object]]:
    if column.is_flag:
        return False, _code_reader(column.choice, lambda choice: choice.code == "yes")
    if column.choice:
        return "", _code_reader(column.choice, lambda choice: choice.code, column.open)
    if column.type in NUMBERS:
        return np.nan, read_percent if column.type.startswith("percent") else read_number
    if column.type in DATES:
        return pd.NaT, read_date
    if column.type == "any":
        return None, lambda cell: cell
    return "", read_text


def _series(values: list[object], column: Column) -> pd.Series[Any]:
    if column.is_flag:
        return pd.Series(values, dtype=bool)
    if column.type in NUMBERS and not column.choice:
        return pd.Series(values, dtype="float64")
    if column.type in DATES:
        return pd.Series(pd.to_datetime(pd.Series(values, dtype=object)).astype("datetime64[s]"))
    return pd.Series(values, dtype=object)


def _code_reader(
    choice: str, result: Callable[[Choice], object], others_too: bool = False
) -> Callable[[object], object]:
    entries = load_schema().choices[choice].values()
    known = {read_text(label).casefold(): e for e in entries for label in (*e.label.values(), e.code)}
    if choice == "yes_no":
        yes, no = load_schema().choices[choice].values()
        known |= dict.fromkeys(("x", "true", "sant", "1", "y", "j"), yes)
        known |= dict.fromkeys(("false", "falskt", "0", "n", "-"), no)

    def read(cell: object) -> object:
        entry = known.get(read_text(cell).strip().casefold())
        if entry is None:
            return read_text(cell) if others_too else None
        return result(entry)

    return read


def read_text(cell: object) -> str:
    """A cell as text: whole numbers without decimals, dates in ISO form."""
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float | np.floating) and float(cell).is_integer() and abs(float(cell)) < 1e15:
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell == cell.replace(hour=0, minute=0, second=0) else cell.isoformat(" ")
    return str(cell).strip()


def read_number(cell: object) -> float | None:
    """A number, also when it was typed as text with a decimal comma; None when it is none."""
    if isinstance(cell, bool | datetime | date):
        return None
    if isinstance(cell, int | float | np.number):
        return float(cell) if np.isfinite(cell) else None
    text = _GROUPED.sub("", str(cell).strip()).replace("\u2212", "-")
    if text.count(",") == 1 and "." not in text:
        text = text.replace(",", ".")
    try:
        number = float(text)
    except ValueError:
        return None
    return number if np.isfinite(number) else None


def read_percent(cell: object) -> float | None:
    """A share: 0.25, or text such as "25 %"."""
    if isinstance(cell, str) and cell.strip().endswith("%"):
        number = read_number(cell.strip()[:-1])
        return None if number is None else number / 100
    return read_number(cell)


def read_date(cell: object) -> datetime | None:
    """A date: a date cell, ISO text, yyyymmdd or a serial number of Excel's."""
    if isinstance(cell, datetime):
        return cell.replace(tzinfo=None)
    if isinstance(cell, date):
        return datetime(cell.year, cell.month, cell.day)
    text = read_text(cell)
    for shape in ("%Y%m%d",) if text.isdigit() and len(text) == 8 else _DATE_SHAPES:
        try:
            return datetime.strptime(text, shape)
        except ValueError:
            continue
    serial = read_number(cell)
    if serial is not None and 1 <= serial < 200_000 and not isinstance(cell, str):
        return (pd.Timestamp(_EXCEL_EPOCH) + pd.Timedelta(days=serial)).to_pydatetime()
    return None


def show_cells(values: pd.Series[Any], column: Column, language: Language) -> list[Any]:
    """Typed values as cells: labels for codes, empty cells for what is missing and for "no"."""
    if column.is_flag:
        words = {True: load_schema().label("yes_no", "yes", language)}
        if column.owner == "user":
            words[False] = load_schema().label("yes_no", "no", language)
        return [None if is_empty(v) else words.get(bool(v)) if isinstance(v, bool | np.bool_) else v for v in values]
    if column.choice:
        label = load_schema().label
        return [None if is_empty(v) else label(column.choice, v, language) for v in values]
    if column.type in DATES:
        return [None if is_empty(v) else _stamp(v, column) for v in values]
    return [None if is_empty(v) else _plain(v) for v in values]


def _stamp(value: Any, column: Column) -> Any:
    if isinstance(value, str):
        return value
    stamp = pd.Timestamp(value)
    return stamp.to_pydatetime() if column.type == "datetime" else stamp.date()


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value

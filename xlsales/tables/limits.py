"""Which numbers a user's column can hold."""

from __future__ import annotations

from typing import Any

import pandas as pd

from xlsales.tables.cells import NUMBERS
from xlsales.tables.folder import read_toml
from xlsales.tables.schema import Column, load_schema


def limits(table: str, column: Column) -> list[float]:
    """The least and the most a user may type; one number is the least, none means any number."""
    declared = read_toml("template.toml")["limit"]
    found: list[float] = declared["column"].get(f"{table}.{column.key}", declared["type"].get(column.type, []))
    return found


def outside(values: pd.Series[Any], table: str, column: Column) -> list[int]:
    """Positions of numbers outside the column's list of choices or its limits.

    Points are left to the survey's own rules, which say more of what is wrong with an answer.
    """
    if column.owner != "user" or column.type not in NUMBERS or column.type == "points" or column.choice:
        return []
    if column.type in load_schema().choices:
        allowed = {float(code) for code in load_schema().choices[column.type]}
        wrong = values.notna() & ~values.isin(allowed)
    else:
        low, high = both_limits(table, column)
        wrong = values.notna() & ((values < low) | (values > high))
    return [i for i, bad in enumerate(wrong) if bad]


def both_limits(table: str, column: Column) -> tuple[float, float]:
    """Least and most, infinite where there is none."""
    match limits(table, column):
        case [low, high]:
            return low, high
        case [low]:
            return low, float("inf")
    return float("-inf"), float("inf")

"""Calls of worksheet functions with cells as Excel gives them."""

from __future__ import annotations

from typing import Any

from xlsales.functions import answer
from xlsales.tables.functions import load_functions
from xlsales.tables.schema import Language


def raw(value: Any) -> Any:
    """Rows as nested tuples with every number a float; a single value as it is."""
    if isinstance(value, list):
        return tuple(tuple(float(c) if type(c) is int else c for c in row) for row in value)
    return value


def called(name: str, language: Language = "sv", /, **given: Any) -> Any:
    """The answer of a function to arguments by key; those not given are left out."""
    declared = next(function for function in load_functions() if function.name == name)
    assert set(given) <= {argument.key for argument in declared.arguments}
    return answer(name, [given.get(argument.key) for argument in declared.arguments], language)

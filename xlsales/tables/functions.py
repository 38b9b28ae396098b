"""The worksheet functions as declared in ``workbook/functions.toml``: names, arguments and their help."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from xlsales.tables.folder import read_toml
from xlsales.tables.schema import LANGUAGES


@dataclass(frozen=True)
class Argument:
    """One argument: key in code and in Excel's formula bar, name and meaning in each language."""

    key: str
    optional: bool
    meaning: Mapping[str, str]
    name: Mapping[str, str]


@dataclass(frozen=True)
class Example:
    """A call that is tested: the cells of each argument given, and the answer in each language."""

    cells: Mapping[str, Any]
    answer: Mapping[str, list[list[Any]]]


@dataclass(frozen=True)
class WorksheetFunction:
    """One function as it is called in a cell."""

    name: str
    arguments: tuple[Argument, ...]
    description: Mapping[str, str]
    example: Example


@cache
def load_functions() -> tuple[WorksheetFunction, ...]:
    """All worksheet functions, in the order they are declared."""
    return tuple(_function(name, entry) for name, entry in read_toml("functions.toml").items())


def _function(name: str, entry: Mapping[str, Any]) -> WorksheetFunction:
    arguments = tuple(_argument(key, argument) for key, argument in entry["argument"].items())
    given = dict(entry["example"])
    answer = given.pop("answer")
    answers = {"sv": answer, "en": given.pop("answer_en", answer)}
    return WorksheetFunction(name, arguments, _both(entry), Example(given, answers))


def _argument(key: str, entry: Mapping[str, Any]) -> Argument:
    return Argument(key, entry.get("optional", False), _both(entry), entry["name"])


def _both(entry: Mapping[str, Any]) -> dict[str, str]:
    return {language: entry[language] for language in LANGUAGES}

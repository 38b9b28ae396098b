"""The settings sheet as values, and as the rules of the steps."""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from typing import Any, TypeVar

from xlsales.issues import Issue
from xlsales.method.book import Book
from xlsales.tables.cells import is_empty, read_date, read_number, read_percent, read_text
from xlsales.tables.schema import Setting, load_schema, nearest

Rules = TypeVar("Rules")


def read_settings(book: Book) -> tuple[dict[str, Any], list[Issue]]:
    """Every declared setting with its value or default, and what is wrong with the sheet."""
    declared = book.schema.settings
    rows = book.parsed("settings").good
    values: dict[str, Any] = {key: setting.value for key, setting in declared.items()}
    issues: list[Issue] = []
    for row, key, cell in zip(rows.index, rows["key"], rows["value"], strict=True):
        if key not in declared:
            params = {"nearest": nearest(key, list(declared))}
            issues.append(Issue("warning", "unknown_setting", "settings", "key", int(row), found=key, params=params))
        elif not is_empty(cell):
            value = _value(cell, declared[key])
            if value is None:
                params = {"kind": _kind(book, declared[key]), "default": read_text(declared[key].value)}
                issues.append(Issue("error", "bad_setting", "settings", "value", int(row), found=cell, params=params))
            else:
                values[key] = value
    if "settings" in book.names:
        issues += [
            Issue("note", "missing_setting", "settings", "key", -1, found=key, params={"default": setting.value})
            for key, setting in declared.items()
            if key not in set(rows["key"]) and setting.value is not None
        ]
    return values, issues


def rules(kind: type[Rules], settings: dict[str, Any]) -> Rules:
    """A step's rules, each field taken from the setting of its name."""
    return kind(**{f.name: settings[f.name] for f in fields(kind)})  # type: ignore[arg-type]


def _kind(book: Book, setting: Setting) -> str:
    """What a cell must hold: the type, or the listed values in the workbook's language."""
    if not setting.choice:
        return setting.type
    return ", ".join(str(c.label[book.language]) for c in book.schema.choices[setting.choice].values())


def _listed(cell: object, setting: Setting) -> str | None:
    """The code of a listed value, written as its code or as its label in either language."""
    written = read_text(cell).casefold()
    for choice in load_schema().choices[setting.choice].values():
        if written in {choice.code.casefold(), *(str(label).casefold() for label in choice.label.values())}:
            return choice.code
    return None


def _value(cell: object, setting: Setting) -> float | int | str | date | None:
    if setting.choice:
        return _listed(cell, setting)
    if setting.type == "text":
        return read_text(cell)
    if setting.type == "date":
        found = read_date(cell)
        return found.date() if found and 1980 <= found.year < 2200 else None
    share = setting.unit["en"] == "share"
    number = read_percent(cell) if share else read_number(cell)
    if number is None or not 0 <= number <= (1 if share else setting.most):
        return None
    if setting.type == "integer":
        least = 1 if setting.unit["en"] else 0
        return int(number) if number.is_integer() and number >= least else None
    return number

"""The rows that a new workbook holds before anybody has written in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from xlsales.tables.folder import read_toml
from xlsales.tables.schema import Language, Table, load_schema

Row = Mapping[str, Any]


def criteria() -> dict[str, dict[str, str]]:
    """The criteria of a new workbook by id, in the order of the survey."""
    return read_toml("criteria.toml")


def prefilled(table: Table, language: Language) -> list[Row]:
    """The rows of a table in a new workbook, cells by column key."""
    special: dict[str, Callable[[Language], list[Row]]] = {
        "settings": _settings,
        "criteria": _criteria,
        "alternatives": _alternatives,
        "steps": _steps,
    }
    if table.key in special:
        return special[table.key](language)
    return _labels(table, language) if table.fixed else []


def _settings(language: Language) -> list[Row]:
    return [
        {"key": s.key, "default": s.value, "unit": s.unit[language] or None, "meaning": s.meaning[language]}
        for s in load_schema().settings.values()
    ]


def _criteria(language: Language) -> list[Row]:
    yes = load_schema().label("yes_no", "yes", language)
    return [
        {"criterion_id": key, "criterion": text[language], "description": text[f"{language}_about"], "active": yes}
        for key, text in criteria().items()
    ]


def _alternatives(language: Language) -> list[Row]:
    us = load_schema().label("alternative_kind", "us", language)
    return [{"alternative_id": us, "name": us.capitalize(), "kind": us}]


def _steps(language: Language) -> list[Row]:
    label = load_schema().label
    return [
        {"step": label("step", key, language), "status": label("step_status", "not_run", language)}
        for key in (*load_schema().steps, "check")
    ]


def _labels(table: Table, language: Language) -> list[Row]:
    """One row per entry of the choice list that the rows of a fixed table are named by."""
    if len(table.index) > 1:
        return []
    key = table.index[0]
    choice = table[key].choice
    entries = load_schema().choices[choice].values() if choice else ()
    return [{key: entry.label[language]} for entry in entries]

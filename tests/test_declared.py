"""What is declared is used, and what is used is declared."""

from __future__ import annotations

import dataclasses
import importlib
import pkgutil
import re
from pathlib import Path

from xlsales.method import STEPS
from xlsales.method import __path__ as method_path
from xlsales.tables.folder import read_toml
from xlsales.tables.schema import load_schema

SCHEMA = load_schema()
BOOKKEEPING = {
    "steps", "issues", "history", "column_map", "ledger_sources", "name_map", "settings", "survey_key", "survey_log",
}
DOORS_AND_METHOD = (
    "company", "as_of", "home_currency", "plan_days", "issues_per_kind", "versions_kept", "versions_days", "budget",
    "cover_decisive", "group_a", "group_b",
)  # fmt: skip


def rules() -> list[type]:
    """Every dataclass of rules that the method takes from the steps."""
    modules = [importlib.import_module(f"xlsales.method.{found.name}") for found in pkgutil.iter_modules(method_path)]
    named = {v for m in modules for k, v in vars(m).items() if k.endswith("Rules") and isinstance(v, type)}
    pure = ("xlsales.steps.", "xlsales.choosing.")
    return sorted((v for v in named if v.__module__.startswith(pure)), key=lambda v: v.__name__)


def test_every_table_of_the_tools_is_filled_by_a_step() -> None:
    """A table that no step fills would stay empty for ever."""
    filled = {key for step in STEPS for key in step.fills} | BOOKKEEPING
    with_tool_columns = {t.key for t in SCHEMA.tables.values() if any(c.owner == "tool" for c in t.columns)}
    assert with_tool_columns == filled


def test_every_rule_is_a_setting_with_the_same_default() -> None:
    """The defaults of the steps are the defaults of the sheet."""
    for kind in rules():
        for field in dataclasses.fields(kind):
            assert SCHEMA.settings[field.name].value == field.default, f"{kind.__name__}.{field.name}"


def test_every_setting_governs_something() -> None:
    """A setting that nothing reads would deceive whoever changes it."""
    used = {field.name for kind in rules() for field in dataclasses.fields(kind)} | set(DOORS_AND_METHOD)
    assert set(SCHEMA.settings) == used


def test_every_step_has_its_names() -> None:
    """A step is shown by name on Start, in the progress and in the issues."""
    for step in STEPS:
        assert step.name in SCHEMA.choices["step"]
        assert all(step.name in read_toml(f"texts.{language}.toml")["step"] for language in ("sv", "en"))


def test_every_choice_reference_and_type_exists() -> None:
    """Columns name only lists, tables and types that are declared."""
    types = read_toml("styles.toml")["type"]
    for table in SCHEMA.tables.values():
        assert table.sheet in SCHEMA.sheets
        assert set(table.index) <= {c.key for c in table.columns}
        for column in table.columns:
            assert column.type in types, f"{table.key}.{column.key}"
            assert not column.choice or column.choice in SCHEMA.choices
            assert not column.ref or column.ref in SCHEMA.tables


def test_no_required_column_is_too_much_to_ask() -> None:
    """At most seven required columns per table, five per customer."""
    for table in SCHEMA.tables.values():
        most = 5 if table.key == "customers" else 7
        assert sum(c.required for c in table.columns) <= most


def test_the_settings_page_shows_the_defaults_there_are() -> None:
    """The documentation's table of settings cannot drift from the declaration."""
    text = (Path(__file__).parents[1] / "docs" / "settings.md").read_text("utf-8")
    rows = dict(re.findall(r"^\| `(\w+)` \| ([^|]*) \|", text, flags=re.M))
    shown = {key: "" if s.value is None else str(s.value) for key, s in SCHEMA.settings.items()}
    assert {key: value.strip() for key, value in rows.items()} == shown

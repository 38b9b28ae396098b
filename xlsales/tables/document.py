"""The declaration as people and programs read it."""

from __future__ import annotations

from typing import Any

from xlsales.tables.schema import Column, Language, Schema, Table


def schema_document(schema: Schema) -> dict[str, Any]:
    """The JSON document of ``xlsales schema --json``."""
    return {
        "sheets": [{"sheet": s.key, "sv": s.name["sv"], "en": s.name["en"]} for s in schema.sheets.values()],
        "tables": [_table(table) for table in schema.tables.values()],
        "choices": {
            name: [{"code": c.code, **{lang: c.label[lang] for lang in ("sv", "en")}} for c in entries.values()]
            for name, entries in schema.choices.items()
        },
        "settings": [
            {"key": s.key, "type": s.type, "default": s.value, "unit": dict(s.unit), "meaning": dict(s.meaning)}
            for s in schema.settings.values()
        ],
    }


def _table(table: Table) -> dict[str, Any]:
    return {
        "table": table.key,
        "sheet": table.sheet,
        "name": dict(table.name),
        "key": list(table.index),
        "columns": [_column(c) for c in table.columns],
    }


def _column(column: Column) -> dict[str, Any]:
    return {
        "column": column.key,
        "sv": column.heading["sv"],
        "en": column.heading["en"],
        "type": "flag" if column.is_flag else column.type,
        "owner": column.owner,
        "required": column.required,
        "choices": column.choice,
        "each": column.each,
        "meaning": dict(column.note),
    }


def schema_text(schema: Schema, language: Language) -> str:
    """Tables and columns as indented text; * marks required columns, † the tool's own."""
    lines = []
    for table in schema.tables.values():
        lines.append(f"{table.key}  ({schema.sheets[table.sheet].name[language]}: {table.name[language]})")
        for column in table.columns:
            mark = "*" if column.required else "†" if column.owner == "tool" else " "
            key = f"<{column.each}>" if column.each else column.key
            lines.append(f"  {mark} {key:<26} {column.type:<10} {column.heading[language]}")
    return "\n".join(lines)

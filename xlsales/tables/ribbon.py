"""The buttons in Excel's ribbon, from ``workbook/ribbon.toml``; only those whose steps and sheets exist."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from xlsales.issues import WrongUse
from xlsales.tables.folder import read_toml
from xlsales.tables.schema import Language, Schema, load_schema
from xlsales.tables.texts import Texts

TAB = "xlsales"
# These need no workbook of ours, so they can always be pressed.
ALWAYS = frozenset({"help", "language"})


@dataclass(frozen=True)
class Button:
    """One button: it runs ``steps`` and shows ``sheet``, or carries out a ``command``."""

    id: str
    icon: str
    steps: tuple[str, ...]
    sheet: str
    command: str
    small: bool


@dataclass(frozen=True)
class Group:
    """Buttons that stand together under a name."""

    id: str
    buttons: tuple[Button, ...]


@dataclass(frozen=True)
class Ribbon:
    """The groups of the tab, from left to right."""

    groups: tuple[Group, ...]

    @property
    def buttons(self) -> tuple[Button, ...]:
        """All buttons, from left to right."""
        return tuple(button for group in self.groups for button in group.buttons)

    def button(self, button_id: str) -> Button:
        """A button by its id. WrongUse when there is none."""
        for button in self.buttons:
            if button.id == button_id:
                return button
        raise WrongUse("unknown_button", button=button_id, buttons=[b.id for b in self.buttons])


@cache
def load_ribbon() -> Ribbon:
    """The buttons of what is declared today."""
    return ribbon_of(read_toml("ribbon.toml"), load_schema())


def ribbon_of(declared: Mapping[str, Any], schema: Schema) -> Ribbon:
    """The declared buttons without those that wait for a step or a sheet, and without groups left empty."""
    groups = (Group(g["id"], tuple(_existing(g["button"], schema))) for g in declared["group"])
    return Ribbon(tuple(group for group in groups if group.buttons))


def _existing(entries: list[Mapping[str, Any]], schema: Schema) -> Iterator[Button]:
    for entry in entries:
        steps = tuple(entry.get("steps", ()))
        if not set(steps) <= set(schema.steps):
            continue
        sheet = entry.get("sheet", schema.steps[steps[-1]].sheet if steps else "")
        if not sheet or sheet in schema.sheets:
            icon, command = entry.get("icon", entry["id"]), entry.get("command", "")
            yield Button(entry["id"], icon, steps, sheet, command, entry.get("small", False))


def ribbon_words(ribbon: Ribbon, schema: Schema, language: Language) -> dict[str, str]:
    """Every text of the ribbon by key: label.ID, screentip.ID and supertip.ID."""
    texts = Texts(language)
    words = {f"label.{TAB}": texts.say("ribbon", TAB)}
    for group in ribbon.groups:
        words[f"label.{group.id}"] = texts.say("ribbon_group", group.id)
        for button in group.buttons:
            words[f"label.{button.id}"] = texts.say("ribbon_label", button.id)
            words[f"screentip.{button.id}"] = _screentip(button, schema, texts)
            words[f"supertip.{button.id}"] = texts.say("ribbon_purpose", button.id)
    return words


def _screentip(button: Button, schema: Schema, texts: Texts) -> str:
    """What a button reads and writes, by the names of the sheets."""
    if button.command:
        return texts.say("ribbon_tip", button.command)
    if not button.steps:
        return texts.say("ribbon_tip", "sheet", sheet=schema.sheets[button.sheet].name[texts.language])
    steps = [schema.steps[name] for name in button.steps]
    reads, fills = ([key for step in steps for key in getattr(step, part)] for part in ("reads", "fills"))
    named = {"reads": _sheets(reads, schema, texts), "fills": _sheets(fills, schema, texts)}
    return texts.say("ribbon_tip", "steps", **named)


def _sheets(tables: list[str], schema: Schema, texts: Texts) -> list[str]:
    """The sheets that tables stand on, each once, without the hidden ones."""
    sheets = [schema.sheets[schema.table(key).sheet] for key in tables]
    return list(dict.fromkeys(sheet.name[texts.language] for sheet in sheets if not sheet.hidden))

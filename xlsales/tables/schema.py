"""The declaration in ``workbook/*.toml`` as values: sheets, tables, columns, choices, settings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from types import MappingProxyType
from typing import Any, Literal

from xlsales.issues import WrongUse
from xlsales.tables.folder import read_toml

Language = Literal["sv", "en"]
LANGUAGES: tuple[Language, ...] = ("sv", "en")


@dataclass(frozen=True)
class Column:
    """One declared column. ``each`` names the table whose active rows give one such column each.

    ``open``: the choice list is not all there may be; other text stands for itself.
    """

    key: str
    type: str
    owner: Literal["user", "tool"]
    heading: Mapping[str, str]
    note: Mapping[str, str]
    width: float
    required: bool = False
    choice: str = ""
    look: str = ""
    ref: str = ""
    each: str = ""
    wrap: bool = False
    open: bool = False

    @property
    def is_flag(self) -> bool:
        """A yes/no column, which is true or false in a frame."""
        return self.choice == "yes_no"


@dataclass(frozen=True)
class Table:
    """One declared table; ``row`` and ``column`` are its header cell in a new workbook, from 1."""

    key: str
    sheet: str
    name: Mapping[str, str]
    row: int
    column: int
    index: tuple[str, ...]
    rows: int
    fixed: bool
    filter: bool
    columns: tuple[Column, ...]

    def __getitem__(self, key: str) -> Column:
        return next(c for c in self.columns if c.key == key)

    @property
    def keys(self) -> tuple[str, ...]:
        """Keys of the columns that always exist."""
        return tuple(c.key for c in self.columns if not c.each)

    @property
    def each(self) -> Column | None:
        """The column that is repeated per criterion, if the table has one."""
        return next((c for c in self.columns if c.each), None)

    @property
    def is_users(self) -> bool:
        """True where a user writes rows; false where the tool writes the whole table."""
        return self.columns[0].owner == "user"


@dataclass(frozen=True)
class Sheet:
    """One declared sheet."""

    key: str
    name: Mapping[str, str]
    intro: Mapping[str, str]
    phase: str
    hidden: bool


@dataclass(frozen=True)
class Choice:
    """One entry of a choice list.

    tone: its colour in ``styles.toml``. format: how the numbers of its row are shown, where the column is for shares.
    """

    code: str
    label: Mapping[str, Any]
    tone: str
    format: str = ""


@dataclass(frozen=True)
class Setting:
    """One threshold of the method. ``choice`` names the list of values that a text may have."""

    key: str
    type: Literal["number", "integer", "text", "date"]
    value: float | int | str | date | None
    unit: Mapping[str, str]
    meaning: Mapping[str, str]
    most: float = 1e12
    choice: str = ""


@dataclass(frozen=True)
class Step:
    """One step of the method: the tables it is computed from, those it writes, the sheet to show afterwards."""

    name: str
    reads: tuple[str, ...]
    fills: tuple[str, ...]
    sheet: str


@dataclass(frozen=True)
class Schema:
    """Everything declared, in the order it is declared."""

    sheets: Mapping[str, Sheet]
    tables: Mapping[str, Table]
    choices: Mapping[str, Mapping[str, Choice]]
    settings: Mapping[str, Setting]
    steps: Mapping[str, Step]

    def table(self, key: str) -> Table:
        """The table by its key. Raises WrongUse with the nearest key when there is none."""
        if key not in self.tables:
            raise WrongUse("unknown_table", table=key, nearest=nearest(key, self.tables), tables=list(self.tables))
        return self.tables[key]

    def find(self, names: Iterable[str]) -> tuple[Language, dict[str, str]]:
        """Language of a workbook and {table key: name in it}, by the names of its tables."""
        present = {name.casefold(): name for name in names}
        by_language = {
            lang: {t.key: present[n] for t in self.tables.values() if (n := t.name[lang].casefold()) in present}
            for lang in LANGUAGES
        }
        language = max(LANGUAGES, key=lambda lang: len(by_language[lang]))
        return language, by_language[language]

    def label(self, choice: str, code: object, language: Language) -> Any:
        """What a user reads for a code of a choice list."""
        entry = self.choices[choice].get(code if isinstance(code, str) else f"{code:g}")
        return entry.label[language] if entry else code


def nearest(word: str, words: Mapping[str, Any] | list[str]) -> str:
    """The word most like ``word``, or an empty text."""
    from difflib import get_close_matches

    folded = {w.casefold(): w for w in words}
    found = get_close_matches(word.casefold(), folded, n=1, cutoff=0.6)
    return folded[found[0]] if found else ""


@cache
def load_schema() -> Schema:
    """Read the declaration once."""
    text = read_toml("tables.toml")
    types = read_toml("styles.toml")["type"]
    return Schema(
        sheets=MappingProxyType({s["key"]: _sheet(s) for s in text["sheet"]}),
        tables=MappingProxyType({t["key"]: _table(t, types) for t in text["table"]}),
        choices=MappingProxyType({name: _choices(entries) for name, entries in text["choices"].items()}),
        settings=MappingProxyType({k: _setting(k, s) for k, s in read_toml("settings.toml").items()}),
        steps=MappingProxyType({s["name"]: _step(s) for s in read_toml("steps.toml")["step"]}),
    )


def _both(entry: Mapping[str, Any], ending: str = "") -> Mapping[str, Any]:
    return {lang: entry.get(f"{lang}{ending}", "") for lang in LANGUAGES}


def _sheet(entry: Mapping[str, Any]) -> Sheet:
    return Sheet(entry["key"], _both(entry), _both(entry, "_intro"), entry["phase"], entry.get("hidden", False))


def _table(entry: Mapping[str, Any], types: Mapping[str, Any]) -> Table:
    return Table(
        key=entry["key"],
        sheet=entry["sheet"],
        name=_both(entry),
        row=entry["row"],
        column=entry.get("column", 1),
        index=tuple(entry["index"]),
        rows=entry.get("rows", 1),
        fixed=entry.get("fixed", False),
        filter=entry.get("filter", False),
        columns=_placed(tuple(_columns(entry, types)), entry),
    )


def _columns(entry: Mapping[str, Any], types: Mapping[str, Any]) -> Iterator[Column]:
    owners: tuple[Literal["user", "tool"], ...] = ("user", "tool")
    for owner in sorted(owners, key=list(entry).index if set(owners) <= set(entry) else owners.index):
        for column in entry.get(owner, ()):
            extra = {k: column[k] for k in ("required", "choice", "look", "ref", "each", "wrap", "open") if k in column}
            width = column.get("width", types[column["type"]]["width"])
            yield Column(
                column["key"], column["type"], owner, _both(column), _both(column, "_note"), width, **extra
            )


def _placed(columns: tuple[Column, ...], entry: Mapping[str, Any]) -> tuple[Column, ...]:
    """The columns in their order in the sheet: a tool's column may stand right after a user's."""
    after = {c["key"]: c["after"] for c in entry.get("tool", ()) if "after" in c}
    placed = [c for c in columns if c.key not in after]
    for column in (c for c in columns if c.key in after):
        keys = [c.key for c in placed]
        placed.insert(keys.index(after[column.key]) + 1, column)
    return tuple(placed)


def _choices(entries: Mapping[str, Any]) -> Mapping[str, Choice]:
    return {code: Choice(code, _both(e), e.get("tone", ""), e.get("format", "")) for code, e in entries.items()}


def _step(entry: Mapping[str, Any]) -> Step:
    return Step(entry["name"], tuple(entry["reads"]), tuple(entry["fills"]), entry["sheet"])


def _setting(key: str, entry: Mapping[str, Any]) -> Setting:
    return Setting(
        key, entry["type"], entry.get("value"), _both(entry, "_unit"), _both(entry), entry.get("most", 1e12),
        entry.get("choice", ""),
    )

"""How a source is to be read, as a person writes it: ``amount=Netto; sheet=Rader; accounts=3000-3999``."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import fields, replace
from typing import Any, Final

from xlsales.issues import WrongUse
from xlsales.sources import ENTRY_COLUMNS, ReadOptions
from xlsales.tables.folder import read_toml

# "vat" alone tells whether amounts include it, so the column of VAT amounts has a name of its own here.
_OWN: Final = {"vat_amount": "vat"}
_NUMBERS: Final = ("dimension", "seller_dimension")
_SPANS: Final = ("accounts", "cost_accounts")
_TEXTS: Final = ("sheet", "query")


def choice_keys() -> tuple[str, ...]:
    """Every key that a choice may have: how to read, and the columns of a ledger."""
    columns = dict.fromkeys((*ENTRY_COLUMNS, *_OWN, *read_toml("ledger.toml")["columns"]))
    return (*_NUMBERS, *_SPANS, *_TEXTS, "vat", *(key for key in columns if key not in ("vat", "other")))


def read_choices(written: Iterable[str], profile: str = "") -> ReadOptions:
    """Choices written as KEY=VALUE, each on its own or several with semicolons between.

    Raises WrongUse bad_choice (value, keys) for a key that is not known or a value that does not fit.
    """
    options = ReadOptions(profile=profile.strip())
    for part in (part.strip() for text in written for part in _parts(text)):
        if part:
            key, _, value = (piece.strip() for piece in part.partition("="))
            options = _chosen(options, key, value, part)
    return options


def written_choices(options: ReadOptions) -> str:
    """The choices as text, so that :func:`read_choices` gives the same."""
    usual = ReadOptions()
    named = {own: key for key, own in _OWN.items()}
    parts = [f"{named.get(key, key)}={heading}" for key, heading in options.columns.items()]
    for field in fields(ReadOptions):
        value = getattr(options, field.name)
        if field.name not in ("columns", "profile") and value != getattr(usual, field.name):
            parts.append(f"{field.name}={'-'.join(map(str, value)) if isinstance(value, tuple) else value}")
    return "; ".join(parts)


def _parts(text: str) -> list[str]:
    # A query may hold semicolons of its own, and stands last.
    before, query, rest = text.partition("query=")
    return [*before.split(";"), *([query + rest] if query else [])]


def _chosen(options: ReadOptions, key: str, value: str, written: str) -> ReadOptions:
    if not value or key not in choice_keys():
        raise WrongUse("bad_choice", value=written, keys=list(choice_keys()))
    if key == "vat" and value.lower() in ("incl", "excl"):
        return replace(options, vat=value.lower())
    if key in _NUMBERS and value.isdigit():
        return _with(options, key, int(value))
    if key in _TEXTS:
        return _with(options, key, value)
    span = re.fullmatch(r"(\d{1,9})\s*[-–]\s*(\d{1,9})", value)
    if key in _SPANS and span and int(span[1]) <= int(span[2]):
        return _with(options, key, (int(span[1]), int(span[2])))
    if key in (*_NUMBERS, *_SPANS, "vat"):
        raise WrongUse("bad_choice", value=written, keys=list(choice_keys()))
    return replace(options, columns={**options.columns, _OWN.get(key, key): value})


def _with(options: ReadOptions, key: str, value: Any) -> ReadOptions:
    return replace(options, **{key: value})

"""What is peculiar to the systems that ledgers come from, from ``workbook/profiles.toml`` and the user's own file."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from xlsales.issues import CannotRead, WrongUse
from xlsales.sources.words import Columns, folded, home_rank, ledger_words
from xlsales.tables.folder import read_toml

ENVIRONMENT: Final = "XLSALES_PROFILES"
GENERIC: Final = "generic"
_VAT: Final = ("", "excl", "incl")
_CREDIT_NOTES: Final = ("", "negative", "positive")
_LISTS: Final = ("headings", "needs", "ignore", "home", "keep", "leave_out", "credit")
_KEYS: Final = {"name", "enough", "columns", "vat", "credit_notes", *_LISTS}
# A system's own words rank before all others, also those of xlsales' own ledger table.
_FIRST: Final = -1000


@dataclass(frozen=True)
class Profile:
    """One system. All words are folded.

    headings, needs, enough: how the system is recognised. columns: word → (ledger key, rank).
    vat: "excl" or "incl" for amounts whose heading does not say, "" if unknown. home: headings of amounts in
    the company's own currency. keep: row types that are sales, empty for all but leave_out. credit: row types
    of credit notes; credit_notes: "negative" or "positive" as they are written, "" if unknown.
    """

    key: str = GENERIC
    name: str = ""
    headings: frozenset[str] = frozenset()
    needs: frozenset[str] = frozenset()
    enough: int = 1
    columns: Columns = field(default_factory=dict)
    vat: str = ""
    home: frozenset[str] = frozenset()
    keep: frozenset[str] = frozenset()
    leave_out: frozenset[str] = frozenset()
    credit: frozenset[str] = frozenset()
    credit_notes: str = ""

    def in_home_currency(self, heading: str) -> bool:
        """Whether amounts under a heading are in the company's own currency, whatever the currency column says."""
        word = folded(heading)
        return word in self.home or home_rank(heading) == 0 or any(part in word for part in ledger_words().home)


def load_profiles() -> dict[str, Profile]:
    """All profiles by key: the user's own from the file that XLSALES_PROFILES names, then ours.

    Raises CannotRead bad_profiles (path, detail) where the user's file cannot be understood.
    """
    path = os.environ.get(ENVIRONMENT, "")
    own = _own_profiles(path, _changed(path)) if path else {}
    return {**own, **{key: profile for key, profile in _our_profiles().items() if key not in own}}


def profile_named(key: str) -> Profile:
    """The profile of a key, "" being the generic one. Raises WrongUse unknown_profile (profile, profiles)."""
    profiles = load_profiles()
    if key and key not in profiles:
        raise WrongUse("unknown_profile", profile=key, profiles=sorted(profiles))
    return profiles.get(key or GENERIC, Profile())


def recognised(headings: Sequence[str]) -> str:
    """The key of the system that writes these headings, "" if no one is recognised.

    Of several the one with most of its headings there, the first of equals.
    """
    words = {folded(text) for text in headings if text}
    best, most = "", 0
    for key, profile in load_profiles().items():
        hits = len(profile.headings & words)
        if hits > most and hits >= profile.enough and (not profile.needs or profile.needs & words):
            best, most = key, hits
    return best


@lru_cache(maxsize=1)
def _our_profiles() -> dict[str, Profile]:
    return {key: _profile(key, section) for key, section in read_toml("profiles.toml").items()}


def _changed(path: str) -> int:
    try:
        return Path(path).stat().st_mtime_ns
    except OSError as error:
        raise CannotRead("bad_profiles", path=path, detail=error.strerror or str(error)) from None


@lru_cache(maxsize=4)
def _own_profiles(path: str, changed: int) -> dict[str, Profile]:
    """The user's file; changed is its time, so that a file that was edited is read again."""
    try:
        data = tomllib.loads(Path(path).read_text("utf-8-sig"))
        return {key: _profile(key, section) for key, section in data.items()}
    except (OSError, UnicodeDecodeError, ValueError) as error:
        raise CannotRead("bad_profiles", path=path, detail=" ".join(str(error).split())) from None


def _profile(key: str, section: Any) -> Profile:
    """One section of the file. Raises ValueError with what is wrong."""
    if not isinstance(section, dict) or not isinstance(section.get("columns", {}), dict):
        raise ValueError(f"{key} = {section!r}")
    unknown = [*(set(section) - _KEYS), *(set(section.get("columns", {})) - _ledger_keys())]
    if unknown:
        raise ValueError(f"[{key}] {', '.join(sorted(unknown))}")
    for name, allowed in (("vat", _VAT), ("credit_notes", _CREDIT_NOTES)):
        if section.get(name, "") not in allowed:
            raise ValueError(f"[{key}] {name} = {section[name]!r}")
    words = {name: frozenset(map(folded, _texts(key, name, section.get(name, [])))) for name in _LISTS}
    ignored = words.pop("ignore")
    enough = section.get("enough", 1)
    if not isinstance(enough, int) or enough < 1:
        raise ValueError(f"[{key}] enough = {enough!r}")
    # Without headings nothing would ever be recognised, and 0 of 0 must not be enough.
    return Profile(
        key,
        str(section.get("name", key)),
        columns={**dict.fromkeys(ignored, ("other", _FIRST)), **_columns(key, section.get("columns", {}))},
        enough=enough,
        vat=section.get("vat", ""),
        credit_notes=section.get("credit_notes", ""),
        **words,
    )


def _columns(key: str, columns: Mapping[str, Any]) -> dict[str, tuple[str, int]]:
    found: dict[str, tuple[str, int]] = {}
    for name, headings in columns.items():
        for rank, heading in enumerate(_texts(key, f"columns.{name}", headings)):
            found.setdefault(folded(heading), (name, _FIRST + rank))
    return found


def _texts(key: str, name: str, value: Any) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
        raise ValueError(f"[{key}] {name} = {value!r}")
    return value


@lru_cache(maxsize=1)
def _ledger_keys() -> frozenset[str]:
    return frozenset(read_toml("ledger.toml")["columns"])

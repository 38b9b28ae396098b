"""Answers are in the language the user has chosen, wherever that choice is kept."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from types import ModuleType
from typing import Any

import pytest

from xlsales.functions.language import VARIABLE, chosen_language

RIBBON = r"Software\VB and VBA Program Settings\xlsales\ribbon"
OFFICE = r"Software\Microsoft\Office\16.0\Common\LanguageResources"


@pytest.fixture(autouse=True)
def no_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever runs the tests may have chosen a language."""
    monkeypatch.delenv(VARIABLE, raising=False)


def registry(monkeypatch: pytest.MonkeyPatch, **values: object) -> None:
    """Windows with these values in the registry: the ribbon's choice, and Excel's own language."""
    kept = {(RIBBON, "language"): values.get("ribbon"), (OFFICE, "UILanguage"): values.get("excel")}

    def query(path: str, name: str) -> tuple[object, int]:
        if kept.get((path, name)) is None:
            raise FileNotFoundError(2, "no such value")
        return kept[path, name], 1

    fake: Any = ModuleType("winreg")
    fake.HKEY_CURRENT_USER = 0
    fake.OpenKey = lambda root, path: nullcontext(path)
    fake.QueryValueEx = query
    monkeypatch.setitem(sys.modules, "winreg", fake)
    monkeypatch.setattr(sys, "platform", "win32")


def test_swedish_where_nobody_has_said_anything(monkeypatch: pytest.MonkeyPatch) -> None:
    """Outside Windows, and on a Windows whose registry holds nothing."""
    assert chosen_language() == "sv"
    registry(monkeypatch)
    assert chosen_language() == "sv"


@pytest.mark.parametrize(("excel", "language"), [(1053, "sv"), (1033, "en"), (1035, "en")])
def test_at_first_the_language_of_excel(monkeypatch: pytest.MonkeyPatch, excel: int, language: str) -> None:
    """As the ribbon does: Swedish in a Swedish Excel, English in every other."""
    registry(monkeypatch, excel=excel)
    assert chosen_language() == language


@pytest.mark.parametrize("language", ["sv", "en"])
def test_the_choice_in_the_ribbon_holds(monkeypatch: pytest.MonkeyPatch, language: str) -> None:
    """Whatever Excel's own language is; the environment goes before it."""
    registry(monkeypatch, ribbon=language, excel=1053 if language == "en" else 1033)
    assert chosen_language() == language
    monkeypatch.setenv(VARIABLE, "en" if language == "sv" else "sv")
    assert chosen_language() != language

"""The language of the answers: the one the user has chosen for the ribbon, as far as it can be known from here."""

from __future__ import annotations

import os
import sys

from xlsales.tables.schema import Language

VARIABLE = "XLSALES_LANGUAGE"
# Where VBA's SaveSetting keeps the choice of the ribbon, and where Excel keeps its own language.
_CHOSEN = (r"Software\VB and VBA Program Settings\xlsales\ribbon", "language")
_SHOWN = (r"Software\Microsoft\Office\16.0\Common\LanguageResources", "UILanguage")
_SWEDISH = 1053


def chosen_language() -> Language:
    """The environment's, else the ribbon's, else Swedish where Excel is Swedish or says nothing, else English."""
    chosen = os.environ.get(VARIABLE, "") or str(_registered(*_CHOSEN) or "")
    if chosen:
        return "en" if chosen.strip().lower() == "en" else "sv"
    shown = _registered(*_SHOWN)
    return "sv" if shown is None or shown == _SWEDISH else "en"


def _registered(path: str, name: str) -> object:
    """A value in the user's registry; None where there is none, as everywhere but on Windows."""
    if sys.platform != "win32":
        return None
    import winreg

    try:
        with winreg.OpenKey(winreg.HKEY_CURRENT_USER, path) as key:
            found: object = winreg.QueryValueEx(key, name)[0]
            return found
    except OSError:
        return None

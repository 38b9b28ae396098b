"""A LibreOffice whose VBA reaches our Python, and workbooks with our macros for it."""

from __future__ import annotations

import site
from pathlib import Path

from tests.live.office import Locale, Office
from tests.programs import office_python
from xlsales.build.addin import macro_modules
from xlsales.build.vba import Module, read_module

_ROOT = Path(__file__).resolve().parents[3]
_MACROS = _ROOT / "tests" / "live" / "macros"
_SCRIPT = """import sys
sys.path[:0] = {paths!r}
from tests.live.bridge.inside import run
from tests.live.bridge.udf import call
"""


def bridged_office(folder: Path, locale: Locale) -> Office:
    """An office with the script that the bridge of :func:`bridged_modules` calls."""
    office_python()
    office = Office(folder, locale)
    scripts = folder / "profile" / "user" / "Scripts" / "python"
    scripts.mkdir(parents=True, exist_ok=True)
    paths = [str(_ROOT), *site.getsitepackages()]
    (scripts / "xlsales_bridge.py").write_text(_SCRIPT.format(paths=paths), "utf-8")
    return office


def bridged_modules() -> list[Module]:
    """Our macros with the bridge to the Python in LibreOffice, and the tests' own."""
    own = {module.name: module for module in map(read_module, sorted(_MACROS.iterdir()))}
    return [*macro_modules(own.pop("modBridge")), *own.values()]

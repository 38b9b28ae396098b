"""The VBA of xlwings, read from the installed package: text, library and Python package must be of one version."""

from __future__ import annotations

import re
from importlib import metadata, util
from pathlib import Path

from xlsales.build.vba import Module, basic_module
from xlsales.build.vba.modules import module_of
from xlsales.issues import WrongUse
from xlsales.tables.folder import text_folder

VERSION = "0.37.8"
PROJECT = "xlsales"
_OWN_NAME = 'PROJECT_NAME As String = "myaddin"'
_STATED = re.compile(r'XLWINGS_VERSION As String = "([^"]*)"')
_DICTIONARY_LICENCE = "Dictionary.licence.txt"


def xlwings_modules() -> list[Module]:
    """The modules that reach Python, with the licence they come under.

    Both the add-in and a workbook of its own read the configuration named ``xlsales``.
    WrongUse says what to install where xlwings is missing or mixed of several versions.
    """
    folder, version = _installed()
    text = _read(folder / "xlwings_custom_addin.bas")
    stated = _STATED.search(text)
    if stated is None or stated[1] != version or text.count(_OWN_NAME) != 1:
        raise WrongUse("macros_other_xlwings", version=version, found=stated[1] if stated else "?")
    text = text.replace(_OWN_NAME, f'PROJECT_NAME As String = "{PROJECT}"')
    return [
        module_of(text, "basic", "xlwings_custom_addin.bas"),
        module_of(_read(folder / "addin" / "Dictionary.cls"), "class", "Dictionary.cls"),
        basic_module("modThirdParty", _notice(version)),
    ]


def _installed() -> tuple[Path, str]:
    """Where xlwings is, without the second it takes to import it, and its version."""
    found = util.find_spec("xlwings")
    if found is None or not found.submodule_search_locations:
        raise WrongUse("macros_need_xlwings")
    return Path(found.submodule_search_locations[0]), metadata.version("xlwings")


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8").replace("\r\n", "\n")
    except OSError as error:
        raise WrongUse("macros_other_xlwings", version=metadata.version("xlwings"), found=path.name) from error


def _notice(version: str) -> str:
    """The licences of the embedded texts, as comments."""
    files = metadata.files("xlwings") or []
    licence = next((f for f in files if f.name == "LICENSE.txt"), None)
    if licence is None:
        raise WrongUse("macros_other_xlwings", version=version, found="LICENSE.txt")
    texts = [licence.read_text("utf-8"), (text_folder("macros") / _DICTIONARY_LICENCE).read_text("utf-8")]
    lines = [f"The module xlwings and the class Dictionary come with xlwings {version}."]
    for text in texts:
        lines += ["", *text.strip().splitlines()]
    return "\n".join([*(f"' {line}".rstrip() for line in lines), ""])

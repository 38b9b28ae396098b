"""The settings file that xlwings' macros read: a ``"KEY","VALUE"`` per line, keys in any case, the first counts."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

from xlsales.install.machine import Machine
from xlsales.issues import CannotWrite

_T = TypeVar("_T")
_HOME = {"windows": "%USERPROFILE%", "mac": "$HOME"}
_INTERPRETER = {"windows": "INTERPRETER_WIN", "mac": "INTERPRETER_MAC"}


def our_settings(machine: Machine) -> dict[str, str]:
    """What xlsales needs to stand in the file on this computer."""
    settings = {_INTERPRETER[machine.platform]: written_path(machine, machine.python)}
    if machine.platform == "windows":
        settings |= {"USE UDF SERVER": "True", "UDF MODULES": "xlsales.addin"}
    # A workbook's folder may hold files named as modules of Python; they are not to be run.
    return settings | {"ADD_WORKBOOK_TO_PYTHONPATH": "False"}


def interpreter(machine: Machine, conf: Mapping[str, str]) -> Path | None:
    """The interpreter that the file names, None where it names none."""
    value = _lower(conf).get(_INTERPRETER[machine.platform].lower(), "")
    variable = _HOME[machine.platform]
    home = str(machine.home)
    return Path(home + value[len(variable) :] if value.startswith(variable) else value) if value else None


def written_path(machine: Machine, path: Path) -> str:
    """A path as the file can hold it: letters like å are spared where the home folder accounts for them."""
    text = str(path)
    if not text.isascii() and path.is_relative_to(machine.home):
        text = _HOME[machine.platform] + text[len(str(machine.home)) :]
    try:
        text.encode(machine.codepage)
    except UnicodeEncodeError as problem:
        raise CannotWrite("python_folder_letters", path=str(path)) from problem
    return text


def read_conf(path: Path, codepage: str) -> dict[str, str]:
    """The keys and values that stand in the file; none where there is no file."""
    try:
        text = path.read_bytes().decode(codepage, errors="surrogateescape")
    except FileNotFoundError:
        return {}
    found: dict[str, str] = {}
    for row in csv.reader(text.splitlines()):
        if len(row) >= 2 and row[0].lower() not in map(str.lower, found):
            found[row[0]] = row[1]
    return found


def merged(conf: Mapping[str, str], new: Mapping[str, str | None]) -> dict[str, str]:
    """The file's settings with ours in their places; None takes a key away, others keep order and spelling."""
    wanted = _lower(new)
    result = {key: wanted.pop(key.lower(), value) for key, value in conf.items()}
    result |= {key: value for key, value in new.items() if key.lower() in wanted}
    return {key: value for key, value in result.items() if value is not None}


def values_of(conf: Mapping[str, str], keys: Mapping[str, object]) -> dict[str, str | None]:
    """What stands in the file under these keys, None where nothing does."""
    lower = _lower(conf)
    return {key: lower.get(key.lower()) for key in keys}


def conf_bytes(conf: Mapping[str, str], machine: Machine) -> bytes:
    """The file, in the letters and with the line ends that Excel's macros read."""
    end = "\r\n" if machine.platform == "windows" else "\n"
    lines = (f'"{key}","{value}"{end}' for key, value in conf.items())
    return "".join(lines).encode(machine.codepage, errors="surrogateescape")


def _lower(conf: Mapping[str, _T]) -> dict[str, _T]:
    return {key.lower(): value for key, value in conf.items()}

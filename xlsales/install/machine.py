"""The computer, as far as installing needs it: everything that asks the operating system goes through here."""

from __future__ import annotations

import importlib
import locale
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from xlsales.tables.schema import Language

Platform = Literal["windows", "mac", "linux"]
_PLATFORMS: Mapping[str, Platform] = {"win32": "windows", "darwin": "mac"}
_QUARANTINE = "com.apple.quarantine"


@dataclass(frozen=True)
class Ran:
    """What came of another program: whether it ended well, and what it said."""

    ok: bool
    said: str


@dataclass(frozen=True)
class Machine:
    """A computer with its answers; tests hand in answers of their own.

    python: the interpreter that runs; base: the folder of the Python it was made from.
    codepage: the encoding in which Excel's macros read text files.
    registry: (hive, key, value name) → the value, None where there is none.
    marked: whether a file carries the mark of having come from the internet.
    run: (command, seconds) → how it went; never raises.
    """

    platform: Platform
    home: Path
    environment: Mapping[str, str]
    python: Path
    base: Path
    bits: int
    codepage: str
    registry: Callable[[str, str, str], str | int | None]
    marked: Callable[[Path], bool]
    run: Callable[[Sequence[str], float], Ran]


def this_machine() -> Machine:
    """The computer this runs on."""
    platform = _PLATFORMS.get(sys.platform, "linux")
    return Machine(
        platform=platform,
        home=Path.home(),
        environment=os.environ,
        python=console_python(Path(sys.executable)),
        base=Path(sys.base_prefix),
        bits=64 if sys.maxsize > 2**32 else 32,
        codepage="mac_roman" if platform == "mac" else locale.getencoding(),
        registry=read_registry if platform == "windows" else lambda hive, key, name: None,
        marked=windows_mark if platform == "windows" else lambda path: mac_mark(path, run),
        run=run,
    )


def console_python(executable: Path) -> Path:
    """The interpreter with a console: the other one has no place to write its errors, and is beside it."""
    return executable.with_name("python.exe") if executable.name.lower() == "pythonw.exe" else executable


def read_registry(hive: str, key: str, name: str) -> str | int | None:
    """One value of the Windows registry (hive HKCU or HKLM), as 64-bit programs see it."""
    winreg: Any = importlib.import_module("winreg")
    root = winreg.HKEY_CURRENT_USER if hive == "HKCU" else winreg.HKEY_LOCAL_MACHINE
    try:
        with winreg.OpenKey(root, key, 0, winreg.KEY_READ | winreg.KEY_WOW64_64KEY) as handle:
            value = winreg.QueryValueEx(handle, name)[0]
    except OSError:
        return None
    return value if isinstance(value, int) else str(value)


def windows_mark(path: Path) -> bool:
    """Whether Windows holds the file to be from the internet (zone 3) or worse."""
    try:
        stream = Path(f"{path}:Zone.Identifier").read_text("utf-8", errors="replace")
    except OSError:
        return False
    return any(line.strip() in ("ZoneId=3", "ZoneId=4") for line in stream.splitlines())


def mac_mark(path: Path, ask: Callable[[Sequence[str], float], Ran]) -> bool:
    """Whether macOS keeps the file in quarantine."""
    return ask(["/usr/bin/xattr", "-p", _QUARANTINE, str(path)], 10).ok


def run(command: Sequence[str], seconds: float) -> Ran:
    """Run another program to its end, or for so many seconds."""
    try:
        done = subprocess.run(list(command), capture_output=True, text=True, errors="replace", timeout=seconds)
    except subprocess.TimeoutExpired:
        return Ran(False, f"{seconds:g} s")
    except OSError as problem:
        return Ran(False, problem.strerror or str(problem))
    return Ran(done.returncode == 0, (done.stdout if done.returncode == 0 else done.stderr).strip())


def tongue(machine: Machine) -> Language:
    """The language of whoever sits there: the environment's, on Windows the regional setting."""
    names = ("LC_ALL", "LC_MESSAGES", "LANG")
    said = next((machine.environment[name] for name in names if machine.environment.get(name)), "")
    said = said or str(machine.registry("HKCU", r"Control Panel\International", "LocaleName") or "")
    return "sv" if said.lower().startswith("sv") else "en"

"""What is asked of the operating system, asked for real where this system can answer."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from xlsales.install.machine import (
    Machine,
    Ran,
    console_python,
    mac_mark,
    read_registry,
    run,
    this_machine,
    tongue,
    windows_mark,
)


def test_this_computer_knows_its_python() -> None:
    """The interpreter that runs is the one Excel will be told of, links and all."""
    machine = this_machine()
    assert (str(machine.python), machine.bits) == (sys.executable, 64)
    assert machine.registry("HKCU", "any", "thing") is None


@pytest.mark.parametrize(("name", "platform"), [("win32", "windows"), ("darwin", "mac"), ("freebsd14", "linux")])
def test_platforms_have_their_names(name: str, platform: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Anything that is neither Windows nor a Mac is treated as Linux."""
    monkeypatch.setattr(sys, "platform", name)
    machine = this_machine()
    assert machine.platform == platform
    assert machine.codepage == "mac_roman" or platform != "mac"


def test_a_program_runs_to_its_end_or_its_time() -> None:
    """Its words come back; a failure, a wait too long and a missing program are no exceptions."""
    assert run([sys.executable, "-c", "print('åäö ok')"], 20).ok
    assert run([sys.executable, "-c", "import sys; sys.exit('went wrong')"], 20) == Ran(False, "went wrong")
    assert run([sys.executable, "-c", "import time; time.sleep(20)"], 0.2) == Ran(False, "0.2 s")
    assert run(["/no/such/program"], 1) == Ran(False, "No such file or directory")


def test_the_python_with_a_console_is_used() -> None:
    """Started from a shortcut without a console, the errors would have nowhere to go."""
    assert console_python(Path("venv/Scripts/pythonw.exe")) == Path("venv/Scripts/python.exe")
    assert console_python(Path("venv/Scripts/python.exe")) == Path("venv/Scripts/python.exe")


@pytest.mark.parametrize(("zone", "marked"), [("3", True), ("4", True), ("1", False)])
def test_the_mark_of_windows_is_a_stream_beside_the_file(tmp_path: Path, zone: str, marked: bool) -> None:
    """Zones 3 and 4 are the internet and worse; the local network and no stream at all are trusted."""
    path = tmp_path / "XlSales.xlam"
    assert not windows_mark(path)
    Path(f"{path}:Zone.Identifier").write_text(f"[ZoneTransfer]\r\nZoneId={zone}\r\nHostUrl=about:internet\r\n")
    assert windows_mark(path) is marked


def test_the_mark_of_macos_is_an_attribute() -> None:
    """xattr ends well when the attribute is there, and badly when it is not."""
    asked = []

    def ask(command: object, seconds: float) -> Ran:
        asked.append(command)
        return Ran(True, "0083;65;Safari;")

    assert mac_mark(Path("/a b/XlSales.xlam"), ask)
    assert asked == [["/usr/bin/xattr", "-p", "com.apple.quarantine", "/a b/XlSales.xlam"]]
    assert not mac_mark(Path("/a"), lambda command, seconds: Ran(False, "No such xattr"))


def test_the_registry_is_read_as_64_bit_programs_see_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """A 32-bit Python would otherwise look where a 64-bit Office has written nothing."""
    opened = []

    def open_key(root: str, key: str, reserved: int, access: int) -> object:
        opened.append((root, key, access))
        if key == "absent":
            raise FileNotFoundError
        return nullcontext(key)

    fake = SimpleNamespace(
        HKEY_CURRENT_USER="user", HKEY_LOCAL_MACHINE="machine", KEY_READ=1, KEY_WOW64_64KEY=256,
        OpenKey=open_key, QueryValueEx=lambda handle, name: (4 if name == "number" else "x64", 1),
    )  # fmt: skip
    monkeypatch.setitem(sys.modules, "winreg", fake)
    assert read_registry("HKLM", "there", "Platform") == "x64"
    assert read_registry("HKCU", "there", "number") == 4
    assert read_registry("HKCU", "absent", "number") is None
    assert opened == [("machine", "there", 257), ("user", "there", 257), ("user", "absent", 257)]


def test_the_language_is_the_environments_or_the_regions(
    windows: Machine, answers: SimpleNamespace, named: Callable[..., Machine]
) -> None:
    """Windows sets no LANG, but has a region."""
    assert tongue(windows) == "en"
    answers.registry["HKCU", r"control panel\international", "localename"] = "sv-SE"
    assert tongue(windows) == "sv"
    assert tongue(replace(windows, environment={"LANG": "en_GB.UTF-8"})) == "en"
    assert tongue(replace(windows, environment={"LC_ALL": "sv_FI.UTF-8", "LANG": "en_GB"})) == "sv"

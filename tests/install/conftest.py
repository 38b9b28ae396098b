"""Computers that are not there: a Windows and a Mac with folders of their own and answers that a test chooses."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from xlsales.install.machine import Machine, Platform, Ran
from xlsales.install.placing import Delivery


@dataclass
class Answers:
    """What the operating system will say; tests change it before they ask."""

    registry: dict[tuple[str, str, str], str | int] = field(default_factory=dict)
    marked: set[Path] = field(default_factory=set)
    ran: Ran = field(default_factory=lambda: Ran(True, "ok"))
    commands: list[Sequence[str]] = field(default_factory=list)

    def run(self, command: Sequence[str], seconds: float) -> Ran:
        self.commands.append(command)
        return self.ran


def _machine(platform: Platform, home: Path, answers: Answers) -> Machine:
    folder, name = ("Scripts", "python.exe") if platform == "windows" else ("bin", "python")
    python = home / "venv" / folder / name
    python.parent.mkdir(parents=True)
    python.touch()
    return Machine(
        platform=platform,
        home=home,
        environment={"APPDATA": str(home / "AppData" / "Roaming"), "USERPROFILE": str(home)},
        python=python,
        base=home / "Python",
        bits=64,
        codepage="mac_roman" if platform == "mac" else "cp1252",
        registry=lambda hive, key, value: answers.registry.get((hive, key.lower(), value.lower())),
        marked=lambda path: path in answers.marked,
        run=answers.run,
    )


@pytest.fixture
def answers() -> Answers:
    """The answers that the computers of this test give."""
    return Answers()


@pytest.fixture
def windows(tmp_path: Path, answers: Answers) -> Machine:
    """A Windows computer where Excel has been started."""
    return _machine("windows", tmp_path / "Asa", answers)


@pytest.fixture
def mac(tmp_path: Path, answers: Answers) -> Machine:
    """A Mac where Excel has been started."""
    machine = _machine("mac", tmp_path / "asa", answers)
    (machine.home / "Library/Containers/com.microsoft.Excel/Data").mkdir(parents=True)
    return machine


@pytest.fixture
def named() -> Callable[[str, Platform, Path, Answers], Machine]:
    """A computer whose home folder has another name."""
    return lambda name, platform, folder, answers: _machine(platform, folder / name, answers)


@pytest.fixture
def delivery() -> Delivery:
    """An add-in as a version of xlsales would build it."""
    return Delivery(b"PK the add-in", b"on VbaHandler", "0.2.0", "0.37.8")

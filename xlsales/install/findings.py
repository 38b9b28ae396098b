"""What a check found, and what it may look at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Literal

from xlsales.install.conf import read_conf
from xlsales.install.machine import Machine
from xlsales.install.places import Places, places
from xlsales.install.placing import Delivery
from xlsales.install.record import Record, read_record

State = Literal["ok", "attention", "wrong"]


@dataclass(frozen=True)
class Finding:
    """One finding; its words are ``[doctor] code``, and what to do ``code_remedy`` unless all is well."""

    check: str
    state: State
    code: str
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Patient:
    """A computer and what would be installed on it now; None where the add-in cannot be built at all."""

    machine: Machine
    delivery: Delivery | None

    @cached_property
    def at(self) -> Places:
        """Where the files belong."""
        return places(self.machine)

    @cached_property
    def conf(self) -> dict[str, str]:
        """The settings that Excel's macros read."""
        try:
            return read_conf(self.at.conf, self.machine.codepage)
        except OSError:
            return {}

    @cached_property
    def record(self) -> Record | None:
        """What the last installation wrote."""
        return read_record(self.at.record)

    @cached_property
    def addin(self) -> bytes | None:
        """The add-in that Excel starts with, None where there is none to read."""
        return _content(self.at.addin)

    @cached_property
    def script(self) -> bytes | None:
        """The script of this version of xlwings, on a Mac."""
        if self.at.scripts is None or self.delivery is None:
            return None
        return _content(self.at.scripts / self.delivery.script_name)


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None

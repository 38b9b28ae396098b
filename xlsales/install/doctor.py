"""Why do the buttons not work? One finding per check, in the order in which one would look."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from xlsales.install.files_checked import check_addin, check_interpreter, check_mark, check_xlwings
from xlsales.install.findings import Finding, Patient
from xlsales.install.mac_checked import check_functions, check_mac_children, check_mac_language, check_script
from xlsales.install.machine import Machine
from xlsales.install.places import places
from xlsales.install.placing import Delivery
from xlsales.install.windows_checked import (
    check_bits,
    check_children,
    check_language,
    check_library,
    check_macros,
)

_Check = Callable[[Patient], Finding | None]
_FILES: tuple[_Check, ...] = (check_addin, check_mark, check_interpreter, check_xlwings)
CHECKS: Mapping[str, tuple[_Check, ...]] = {
    "windows": (*_FILES, check_library, check_bits, check_macros, check_children, check_language),
    "mac": (*_FILES, check_script, check_mac_children, check_functions, check_mac_language),
}


def examine(machine: Machine, delivery: Delivery | None) -> list[Finding]:
    """Every check of this computer; ``delivery`` is what would be installed now, None where it cannot be built."""
    places(machine)
    patient = Patient(machine, delivery)
    findings = (check(patient) for check in CHECKS[machine.platform])
    return [finding for finding in findings if finding is not None]

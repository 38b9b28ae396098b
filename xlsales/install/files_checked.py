"""Are the files in place, are they this version's, and does Excel trust them?"""

from __future__ import annotations

import hashlib

from xlsales.install.conf import interpreter
from xlsales.install.findings import Finding, Patient


def check_interpreter(patient: Patient) -> Finding:
    """The Python that Excel starts is there, and is the one that has this xlsales."""
    check, machine = "interpreter", patient.machine
    named = interpreter(machine, patient.conf)
    if named is None:
        return Finding(check, "wrong", "interpreter_unset", {"path": patient.at.conf})
    if not named.is_file():
        return Finding(check, "wrong", "interpreter_gone", {"path": named})
    if named != machine.python:
        return Finding(check, "attention", "interpreter_other", {"path": named, "this": machine.python})
    if machine.platform == "mac" and " " in str(named):
        return Finding(check, "wrong", "interpreter_spaces", {"path": named})
    return Finding(check, "ok", "interpreter_ok", {"path": named})


def check_addin(patient: Patient) -> Finding:
    """The add-in is where Excel starts it from, with the bytes that this version builds."""
    params = {"path": patient.at.addin}
    if patient.addin is None:
        return Finding("addin", "wrong", "addin_absent", params)
    if patient.delivery is not None and patient.addin == patient.delivery.addin:
        return Finding("addin", "ok", "addin_ok", params)
    if not _as_recorded(patient):
        return Finding("addin", "attention", "addin_changed", params)
    if patient.delivery is None:
        return Finding("addin", "ok", "addin_ok", params)
    return Finding("addin", "attention", "addin_older", params)


def check_mark(patient: Patient) -> Finding | None:
    """Excel blocks macros in files that are marked as coming from the internet."""
    if patient.addin is None:
        return None
    if patient.machine.marked(patient.at.addin):
        return Finding("mark", "wrong", f"mark_{patient.machine.platform}", {"path": patient.at.addin})
    return Finding("mark", "ok", "mark_none")


def check_xlwings(patient: Patient) -> Finding:
    """The macros in the add-in and the installed xlwings belong to the same version, or nothing answers."""
    if patient.delivery is None:
        return Finding("xlwings", "wrong", "xlwings_absent")
    installed = patient.delivery.xlwings
    inside = patient.record.xlwings if patient.record and _as_recorded(patient) else installed
    if inside != installed:
        return Finding("xlwings", "wrong", "xlwings_differs", {"inside": inside, "installed": installed})
    return Finding("xlwings", "ok", "xlwings_ok", {"installed": installed})


def _as_recorded(patient: Patient) -> bool:
    """Whether the add-in is still the file that install wrote; only then does the record tell what is in it."""
    if patient.addin is None or patient.record is None:
        return False
    return hashlib.sha256(patient.addin).hexdigest() == patient.record.sha256

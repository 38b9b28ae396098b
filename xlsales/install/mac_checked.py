"""What on a Mac may stand between Excel and Python."""

from __future__ import annotations

from xlsales.install.findings import Finding, Patient


def check_script(patient: Patient) -> Finding:
    """The script through which Excel may start Python is where macOS allows it, and is this version's."""
    if patient.delivery is None or patient.at.scripts is None:
        return Finding("script", "wrong", "script_unknown")
    path = patient.at.scripts / patient.delivery.script_name
    if patient.script is None:
        return Finding("script", "wrong", "script_absent", {"path": path})
    if patient.script != patient.delivery.script:
        return Finding("script", "attention", "script_other", {"path": path})
    return Finding("script", "ok", "script_ok", {"path": path})


def check_functions(patient: Patient) -> Finding:
    """The open edition of xlwings gives Excel for Mac buttons, but no worksheet functions."""
    return Finding("functions", "attention", "functions_mac")


def check_mac_children(patient: Patient) -> Finding:
    """Python can be started."""
    ran = patient.machine.run([str(patient.machine.python), "-c", "print('ok')"], 10)
    if not ran.ok or ran.said != "ok":
        return Finding("children", "wrong", "children_blocked", {"reason": ran.said})
    return Finding("children", "ok", "children_ok")


def check_mac_language(patient: Patient) -> Finding:
    """The region, which decides language and signs, for whoever helps from afar."""
    ran = patient.machine.run(["/usr/bin/defaults", "read", "-g", "AppleLocale"], 10)
    return Finding("language", "ok", "language_region", {"region": ran.said if ran.ok and ran.said else "?"})

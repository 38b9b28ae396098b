"""What on a Windows computer may stand between Excel and Python."""

from __future__ import annotations

from xlsales.install.findings import Finding, Patient
from xlsales.install.machine import Machine

_OFFICE = r"Software\{policies}Microsoft\Office\16.0"
_CLICK_TO_RUN = r"SOFTWARE\Microsoft\Office\ClickToRun\Configuration"
_OUTLOOK = r"SOFTWARE\Microsoft\Office\16.0\Outlook"
_DEFENDER = r"SOFTWARE\{policies}Microsoft\Windows Defender"
_RULES = r"\Windows Defender Exploit Guard\ASR\Rules"
# The rule of Defender that forbids Office to start other programs.
NO_CHILDREN = "d4f940ab-401b-4efc-aadc-ad5f3c50688a"
_SIGNED_ONLY, _NONE = 3, 4
_BLOCK, _WARN = "1", "6"
_LANGUAGES = {1053: "svenska", 1033: "English", 2057: "English", 1044: "norsk", 1030: "dansk", 1035: "suomi"}


def check_bits(patient: Patient) -> Finding:
    """Excel and Python with the same number of bits."""
    excel, python = excel_bits(patient.machine), patient.machine.bits
    if excel is None:
        return Finding("bits", "attention", "bits_unknown")
    params = {"excel": excel, "python": python}
    return Finding("bits", "ok", "bits_ok", params) if excel == python else Finding(
        "bits", "attention", "bits_differ", params
    )  # fmt: skip


def excel_bits(machine: Machine) -> int | None:
    """32 or 64 as Office says; None where no Office says anything."""
    said = machine.registry("HKLM", _CLICK_TO_RUN, "Platform") or machine.registry("HKLM", _OUTLOOK, "Bitness")
    return {"x64": 64, "x86": 32}.get(str(said))


def check_library(patient: Patient) -> Finding:
    """xlwings' library for this Excel stands beside the interpreter, or one folder up, where the macros look."""
    if patient.delivery is None:
        return Finding("library", "wrong", "library_unknown")
    bits = excel_bits(patient.machine) or patient.machine.bits
    name = f"xlwings{bits}-{patient.delivery.xlwings}.dll"
    folder = patient.machine.python.parent
    found = next((place / name for place in (folder, folder.parent) if (place / name).is_file()), None)
    if found is None:
        return Finding("library", "wrong", "library_absent", {"name": name, "folder": folder})
    return Finding("library", "ok", "library_ok", {"path": found})


def check_macros(patient: Patient) -> Finding:
    """What the company's rules, and the user's own choices, say of macros and add-ins. The hardest rule is told."""
    machine = patient.machine
    if machine.registry("HKCU", _office(r"\Common\Security"), "vbaoff") == 1:
        return Finding("macros", "wrong", "macros_vba_off")
    if _excel(machine, "disablealladdins") == 1:
        return Finding("macros", "wrong", "macros_addins_off")
    if _excel(machine, "requireaddinsig") == 1:
        return Finding("macros", "wrong", "macros_signed_addins")
    level = _excel(machine, "VBAWarnings")
    if level in (_SIGNED_ONLY, _NONE):
        trusted = _excel(machine, "AllLocationsDisabled", r"\Trusted Locations") != 1
        return Finding("macros", *(("attention", "macros_restricted") if trusted else ("wrong", "macros_off")))
    if _excel(machine, "blockcontentexecutionfrominternet") == 1:
        return Finding("macros", "attention", "macros_internet")
    return Finding("macros", "ok", "macros_ok")


def check_children(patient: Patient) -> Finding:
    """A program can be started at all, and Office in particular is not forbidden to."""
    ran = patient.machine.run([str(patient.machine.python), "-c", "print('ok')"], 10)
    if not ran.ok or ran.said != "ok":
        return Finding("children", "wrong", "children_blocked", {"reason": ran.said})
    rule = _rule(patient.machine)
    if rule == _BLOCK:
        return Finding("children", "wrong", "children_office")
    if rule == _WARN:
        return Finding("children", "attention", "children_warned")
    return Finding("children", "ok", "children_ok")


def check_language(patient: Patient) -> Finding:
    """The language of Excel and the signs of the region, for whoever helps from afar."""
    ask = patient.machine.registry
    code = ask("HKCU", _office(r"\Common\LanguageResources", policies=""), "UILanguage")
    language = _LANGUAGES.get(code, str(code)) if isinstance(code, int) else "?"
    decimal, between = (ask("HKCU", r"Control Panel\International", name) or "?" for name in ("sDecimal", "sList"))
    return Finding("language", "ok", "language_is", {"language": language, "decimal": decimal, "between": between})


def _office(key: str, policies: str = "Policies\\") -> str:
    return _OFFICE.format(policies=policies) + key


def _excel(machine: Machine, name: str, below: str = "") -> str | int | None:
    """A security setting of Excel: the company's rule before the user's own choice."""
    rules = (machine.registry("HKCU", _office(rf"\Excel\Security{below}", p), name) for p in ("Policies\\", ""))
    return next((rule for rule in rules if rule is not None), None)


def _rule(machine: Machine) -> str:
    """How Defender treats programs that Office starts; set by group policy, by a device manager, or locally."""
    policy, local = (_DEFENDER.format(policies=p) for p in ("Policies\\", ""))
    managed = str(machine.registry("HKLM", policy + r"\Policy Manager", "ASRRules") or "").lower()
    pairs = dict(part.partition("=")[::2] for part in managed.split("|"))
    keys = (machine.registry("HKLM", root + _RULES, NO_CHILDREN) for root in (policy, local))
    return next((str(value) for value in (*keys, pairs.get(NO_CHILDREN)) if value is not None), "")

"""Where Excel looks for add-ins, their settings and scripts, in folders that belong to the user."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from xlsales.install.machine import Machine
from xlsales.issues import CannotWrite, WrongUse

NAME = "XlSales.xlam"
_PROJECT = "xlsales"


@dataclass(frozen=True)
class Places:
    """The files of an installation; ``scripts`` is the folder of AppleScripts, on a Mac only."""

    addin: Path
    conf: Path
    record: Path
    scripts: Path | None = None


def places(machine: Machine) -> Places:
    """Where everything goes on this computer. Where there is no Excel, a sentence says what to use instead."""
    if machine.platform == "windows":
        return _windows(machine)
    if machine.platform == "mac":
        return _mac(machine)
    raise WrongUse("addin_no_excel")


def _windows(machine: Machine) -> Places:
    roaming = Path(machine.environment.get("APPDATA") or machine.home / "AppData" / "Roaming")
    # Excel's macros look under USERPROFILE, whatever Python takes for the home folder.
    own = Path(machine.environment.get("USERPROFILE") or machine.home) / f".{_PROJECT}"
    start = roaming / "Microsoft" / "Excel" / "XLSTART"
    return Places(start / NAME, own / f"{_PROJECT}.conf", own / "installed.json")


def _mac(machine: Machine) -> Places:
    library = machine.home / "Library"
    office = library / "Group Containers" / "UBF8T346G9.Office"
    start = office / "User Content.localized" / "Startup.localized" / "Excel"
    data = library / "Containers" / "com.microsoft.Excel" / "Data"
    scripts = library / "Application Scripts" / "com.microsoft.Excel"
    return Places(start / NAME, data / f"{_PROJECT}.conf", data / f"{_PROJECT}-installed.json", scripts)


def ready(machine: Machine, at: Places) -> None:
    """Refuse where the files would not reach Excel.

    On a Mac Excel makes its own folders when it is first started; made by others it cannot use them. A Python from the
    Microsoft Store is given a copy of its own of the folders under AppData, where Excel never looks.
    """
    if machine.platform == "windows" and "WindowsApps" in str(machine.base):
        raise WrongUse("python_from_store", path=str(machine.base))
    if machine.platform == "mac" and not at.conf.parent.is_dir():
        raise CannotWrite("excel_never_started", path=str(at.conf.parent))

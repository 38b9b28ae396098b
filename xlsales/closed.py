"""A closed workbook as the command line uses it: opened, held by one run at a time, saved with the way back kept."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path
from typing import Any

from xlsales.tables.schema import load_schema


def alone(path: str, unneeded: object) -> Any:
    """One run at a time on a workbook that is to be written."""
    from contextlib import nullcontext

    from xlsales.hosts.runlock import run_lock

    return nullcontext() if unneeded or not Path(path).is_file() else run_lock(Path(path))


def save(host: Any, options: Namespace, settings: dict[str, Any]) -> str:
    """Keep the state before for undo, then save; a workbook somebody has open is not changed, so nothing to keep."""
    from xlsales.hosts.ooxml.holders import holder
    from xlsales.hosts.versions import keep

    if not getattr(options, "out", None) and holder(Path(options.workbook)) is None:
        keep(Path(options.workbook), settings["versions_kept"], settings["versions_days"])
    return str(host.save(getattr(options, "out", None)))


def defaults() -> dict[str, Any]:
    """The default of every setting."""
    return {key: setting.value for key, setting in load_schema().settings.items()}


def open_workbook(path: str) -> Any:
    """The closed workbook at a path."""
    from xlsales.hosts.file import FileHost

    return FileHost.open(Path(path))

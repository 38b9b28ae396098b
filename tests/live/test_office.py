"""The office itself: macros run, files of every kind open, nothing stays behind."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.hosts.workbooks import plain
from tests.live.office import Office


def test_an_office_ends_with_all_its_processes(tmp_path: Path) -> None:
    """After close no process of the office lives."""
    running = Office(tmp_path / "office", "en-US")
    group = running.pid
    assert "soffice.bin" in _alive(group)
    assert running.open(plain(tmp_path / "p.xlsx")).Sheets.ElementNames == ("Kunder",)
    running.close()
    assert _alive(group) == []


def _alive(group: int) -> list[str]:
    """The programs of a process group that run, those waiting to be buried left out."""
    listed = subprocess.run(["ps", "-eo", "pgid=,stat=,comm="], capture_output=True, text=True, check=True).stdout
    rows = [line.split(None, 2) for line in listed.splitlines()]
    return [command for pgid, state, command in rows if int(pgid) == group and not state.startswith("Z")]


def test_a_workbook_is_stored_with_its_tables(office: Office, tmp_path: Path) -> None:
    """What is stored opens again, the table in its place."""
    document = office.open(plain(tmp_path / "p.xlsx"))
    stored = office.store(document, tmp_path / "stored.xlsx")
    document.close(True)
    again = office.open(stored)
    assert again.DatabaseRanges.ElementNames == ("Kunder",)
    again.close(True)


def test_a_macro_of_a_workbook_runs(office: Office) -> None:
    """Project, module and procedure by name, with its result."""
    document = office.new()
    library = document.BasicLibraries.createLibrary("XlSales")
    library.insertByName("modProv", "Function Dubbla(x)\nDubbla = x * 2\nEnd Function")
    assert office.run(document, "XlSales.modProv.Dubbla", 21.0) == 42.0
    document.close(True)


def test_a_missing_file_is_said(office: Office, tmp_path: Path) -> None:
    """An open that fails does not pass in silence."""
    with pytest.raises(FileNotFoundError):
        office.open(tmp_path / "none.xlsx")

"""Saving replaces the workbook in one step or leaves it alone."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.hosts.workbooks import edit, plain
from xlsales.hosts.file import FileHost
from xlsales.hosts.ooxml.holders import holder
from xlsales.hosts.ooxml.save import replace_file
from xlsales.hosts.processes import this_machine
from xlsales.issues import CannotWrite

CHANGE = edit({"Namn": ["ny", "b", "c"]}, [0, 1, 2])


def _changed(path: Path) -> FileHost:
    host = FileHost.open(path)
    host.write("Kunder", CHANGE)
    return host


def _names(folder: Path) -> list[str]:
    return sorted(os.listdir(folder))


def test_permissions_are_kept_and_nothing_is_left_over(tmp_path: Path) -> None:
    """The new file looks like the old one and stands alone."""
    path = plain(tmp_path / "a.xlsx")
    path.chmod(0o640)
    assert _changed(path).save() == str(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert _names(tmp_path) == ["a.xlsx"]


def test_saving_elsewhere_leaves_the_workbook_alone(tmp_path: Path) -> None:
    """The result stands where it was asked for."""
    path = plain(tmp_path / "a.xlsx")
    before = path.read_bytes()
    target = tmp_path / "b.xlsx"
    assert _changed(path).save(target) == str(target)
    assert path.read_bytes() == before
    assert FileHost.open(target).read("Kunder")["Namn"][0] == "ny"


def test_a_link_to_a_workbook_stays_a_link(tmp_path: Path) -> None:
    """The file behind the link is replaced, not the link."""
    path = plain(tmp_path / "a.xlsx")
    link = tmp_path / "länk.xlsx"
    link.symlink_to(path)
    _changed(link).save()
    assert link.is_symlink()
    assert FileHost.open(path).read("Kunder")["Namn"][0] == "ny"


def test_a_host_without_changes_does_not_write(tmp_path: Path) -> None:
    """Reading and saving is no change."""
    path = plain(tmp_path / "a.xlsx")
    before = path.stat().st_mtime_ns
    FileHost.open(path).save()
    assert path.stat().st_mtime_ns == before


def test_a_workbook_changed_since_it_was_read_is_not_written_over(tmp_path: Path) -> None:
    """What somebody saved in between is not lost."""
    path = plain(tmp_path / "a.xlsx")
    host = _changed(path)
    _changed(path).save()
    with pytest.raises(CannotWrite, match="workbook_changed"):
        host.save()


@pytest.mark.parametrize("lock", ["~$a.xlsx", ".~lock.a.xlsx#"])
def test_an_open_workbook_is_saved_beside(tmp_path: Path, lock: str) -> None:
    """The open file is not touched; the result has date and time in its name and says who holds it."""
    path = plain(tmp_path / "a.xlsx")
    before = path.read_bytes()
    name = "Åsa Öberg"
    office = bytes([len(name)]) + name.encode("cp1252").ljust(54) + bytes([len(name), 0]) + name.encode("utf-16-le")
    (tmp_path / lock).write_bytes(office if lock.startswith("~") else f",{name},dator,22.11.2026,;".encode())
    host = _changed(path)
    target = Path(host.save())
    assert path.read_bytes() == before
    assert target.parent == tmp_path
    assert target.name.startswith("a 20")
    assert target.suffix == ".xlsx"
    assert name in host.held_by
    assert FileHost.open(target).read("Kunder")["Namn"][0] == "ny"
    assert Path(host.save()) != target


def test_an_unreadable_lock_still_means_open(tmp_path: Path) -> None:
    """Who it is may be unknown."""
    (tmp_path / "~$a.xlsx").write_bytes(b"")
    assert holder(tmp_path / "a.xlsx") == "?"


def test_a_folder_that_cannot_be_written_changes_nothing(tmp_path: Path) -> None:
    """The reason is the system's own."""
    path = plain(tmp_path / "a.xlsx")
    host = _changed(path)
    with pytest.raises(CannotWrite) as caught:
        host.save(tmp_path / "finns inte" / "a.xlsx")
    assert caught.value.code == "cannot_save"
    assert caught.value.params["reason"]


def test_a_failure_half_way_removes_the_temporary_file(tmp_path: Path) -> None:
    """The disk is full in the middle: the old file is whole and alone."""
    path = plain(tmp_path / "a.xlsx")
    before = path.read_bytes()

    def chunks() -> object:
        yield b"x" * 1000
        raise OSError(28, "No space left on device")

    with pytest.raises(CannotWrite, match="No space left"):
        replace_file(path, chunks())  # type: ignore[arg-type]
    assert path.read_bytes() == before
    assert _names(tmp_path) == ["a.xlsx"]


def test_leftovers_of_dead_runs_are_removed(tmp_path: Path) -> None:
    """Files of living processes and of other machines stay for a day."""
    path = plain(tmp_path / "a.xlsx")
    dead = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True)
    here = this_machine()
    for name in (f"{here}-{int(dead.stdout)}-aa", f"{here}-{os.getpid()}-bb", "00000000-1-cc", "00000000-2-dd"):
        (tmp_path / f".a.xlsx.xlsales-{name}.tmp").write_bytes(b"")
    old = time.time() - 2 * 24 * 3600
    os.utime(tmp_path / ".a.xlsx.xlsales-00000000-2-dd.tmp", (old, old))
    _changed(path).save()
    left = [name[len(".a.xlsx.xlsales-") : -4] for name in _names(tmp_path) if name.endswith(".tmp")]
    assert left == ["00000000-1-cc", f"{here}-{os.getpid()}-bb"]

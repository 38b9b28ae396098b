"""Earlier states are kept, bounded, and come back."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from xlsales.hosts.runlock import run_lock
from xlsales.hosts.versions import keep, kept_versions, restore
from xlsales.issues import CannotWrite


def _file(folder: Path, content: bytes = b"1") -> Path:
    path = folder / "a.xlsx"
    path.write_bytes(content)
    return path


def test_undo_brings_back_one_state_after_another(tmp_path: Path) -> None:
    """Each call goes one run further back, and then there is nothing more."""
    path = _file(tmp_path)
    for content in (b"2", b"3"):
        keep(path)
        path.write_bytes(content)
    restore(path)
    assert path.read_bytes() == b"2"
    restore(path)
    assert path.read_bytes() == b"1"
    with pytest.raises(CannotWrite, match="nothing_to_undo"):
        restore(path)


def test_what_an_undo_replaces_is_put_aside(tmp_path: Path) -> None:
    """Changes made after the run are not lost."""
    path = _file(tmp_path)
    keep(path)
    path.write_bytes(b"mitt arbete")
    restore(path)
    aside = list((tmp_path / ".xlsales-versions" / "a.xlsx").glob("*-undone.xlsx"))
    assert [found.read_bytes() for found in aside] == [b"mitt arbete"]


def test_versions_are_bounded_in_number_and_age(tmp_path: Path) -> None:
    """Too many and too old ones go; the newest always stays."""
    path = _file(tmp_path)
    for _ in range(5):
        keep(path, number=3)
    assert len(kept_versions(path)) == 3
    folder = kept_versions(path)[0].parent
    old = dt.datetime.now() - dt.timedelta(days=400)
    (folder / f"{old:%Y%m%d-%H%M%S-%f}.xlsx").write_bytes(b"0")
    keep(path, number=100, days=30)
    assert len(kept_versions(path)) == 4
    keep(path, number=1, days=-1)
    assert len(kept_versions(path)) == 1


def test_an_open_workbook_is_not_restored(tmp_path: Path) -> None:
    """Somebody is working in it."""
    path = _file(tmp_path)
    keep(path)
    (tmp_path / "~$a.xlsx").write_bytes(b"")
    with pytest.raises(CannotWrite, match="workbook_open"):
        restore(path)


def test_keeping_a_missing_workbook_says_so(tmp_path: Path) -> None:
    """There is nothing to copy."""
    with pytest.raises(CannotWrite, match="cannot_save"):
        keep(tmp_path / "saknas.xlsx")


def test_a_second_run_waits_and_then_says_so(tmp_path: Path) -> None:
    """Two runs on one workbook do not overlap."""
    path = _file(tmp_path)
    with run_lock(path):
        started = time.monotonic()
        with pytest.raises(CannotWrite) as caught, run_lock(path, wait=0.2):
            pass
        assert time.monotonic() - started >= 0.2
    assert caught.value.code == "run_in_progress"
    assert caught.value.params["process"] == os.getpid()
    assert os.listdir(tmp_path) == ["a.xlsx"]


def test_a_waiting_run_starts_when_the_first_is_done(tmp_path: Path) -> None:
    """A short overlap is no error."""
    path = _file(tmp_path)
    done: list[str] = []

    def second() -> None:
        with run_lock(path, wait=5):
            done.append("second")

    with run_lock(path):
        thread = threading.Thread(target=second)
        thread.start()
        time.sleep(0.1)
        done.append("first")
    thread.join()
    assert done == ["first", "second"]


def test_the_lock_of_a_dead_process_is_taken_over(tmp_path: Path) -> None:
    """A run that was killed does not stop the next one."""
    path = _file(tmp_path)
    code = f"import os; from pathlib import Path; from xlsales.hosts.runlock import run_lock\n" \
           f"with run_lock(Path({str(path)!r})): os._exit(9)"  # fmt: skip
    subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[2], check=False)
    assert (tmp_path / ".a.xlsx.xlsales-lock").exists()
    with run_lock(path, wait=1):
        pass
    assert os.listdir(tmp_path) == ["a.xlsx"]


def test_a_broken_lock_file_is_taken_over_after_a_while(tmp_path: Path) -> None:
    """A lock that says nothing belongs to nobody."""
    path = _file(tmp_path)
    lock = tmp_path / ".a.xlsx.xlsales-lock"
    lock.write_text("")
    os.utime(lock, (1, 1))
    with run_lock(path, wait=1):
        pass

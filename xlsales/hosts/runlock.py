"""One run at a time on a workbook."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import time
from collections.abc import Iterator
from pathlib import Path

from xlsales.hosts.processes import alive, this_machine
from xlsales.issues import CannotWrite

_PAUSE = 0.05
_FORGOTTEN = 24 * 3600.0


@contextlib.contextmanager
def run_lock(path: Path, wait: float = 10.0) -> Iterator[None]:
    """Hold the workbook for one run; CannotWrite when another run does not finish in time.

    wait: seconds. A lock of a process that is no more is taken over.
    """
    lock = path.resolve().with_name(f".{path.name}.xlsales-lock")
    mine = json.dumps({"process": os.getpid(), "machine": this_machine(), "mark": secrets.token_hex(8)})
    until = time.monotonic() + wait
    try:
        while not _taken(lock, mine):
            _drop_if_stale(lock)
            if time.monotonic() >= until:
                raise CannotWrite("run_in_progress", path=str(path), process=_read(lock).get("process", "?"))
            time.sleep(_PAUSE)
    except OSError as error:
        raise CannotWrite("cannot_save", path=str(path), reason=error.strerror or str(error)) from error
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            if lock.read_text(encoding="utf-8") == mine:
                lock.unlink()


def _taken(lock: Path, mine: str) -> bool:
    """Put our lock in place unless there is one; it appears with its content, never empty."""
    draft = lock.with_name(f"{lock.name}-{os.getpid()}-{secrets.token_hex(4)}.tmp")
    draft.write_text(mine, encoding="utf-8")
    try:
        os.link(draft, lock)
    except FileExistsError:
        return False
    except OSError:
        return _taken_without_links(lock, mine)
    finally:
        draft.unlink(missing_ok=True)
    return True


def _taken_without_links(lock: Path, mine: str) -> bool:
    try:
        with lock.open("x", encoding="utf-8") as file:
            file.write(mine)
    except FileExistsError:
        return False
    return True


def _read(lock: Path) -> dict[str, object]:
    try:
        content = json.loads(lock.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def _drop_if_stale(lock: Path) -> None:
    """Take a dead process's lock away; a live one that came in between is put back."""
    seen = _read(lock)
    if not _stale(lock, seen):
        return
    aside = lock.with_name(f"{lock.name}-{os.getpid()}-{secrets.token_hex(4)}.tmp")
    with contextlib.suppress(OSError):
        os.rename(lock, aside)
        if _read(aside) != seen:
            os.link(aside, lock)
        aside.unlink()


def _stale(lock: Path, seen: dict[str, object]) -> bool:
    process = seen.get("process")
    if isinstance(process, int) and seen.get("machine") == this_machine():
        return not alive(process)
    try:
        age = time.time() - lock.stat().st_mtime
    except OSError:
        return False
    return age > (_FORGOTTEN if seen else 5.0)

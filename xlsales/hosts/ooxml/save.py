"""Replacing a file in one step."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import secrets
import shutil
import time
from collections.abc import Iterable
from pathlib import Path
from typing import IO

from xlsales.hosts.processes import alive, this_machine
from xlsales.issues import CannotWrite

_FORGOTTEN = 24 * 3600.0


def replace_file(path: Path, chunks: Iterable[bytes]) -> None:
    """Write beside the file, flush to disk, then put it in the file's place; all or nothing."""
    target = path.resolve()
    clean_leftovers(target)
    mark = f"{this_machine()}-{os.getpid()}-{secrets.token_hex(3)}"
    temporary = target.with_name(f".{target.name}.xlsales-{mark}.tmp")
    try:
        try:
            _write(temporary, chunks)
            _dress_like(temporary, target)
            os.replace(temporary, target)
        except BaseException:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)
            raise
        _flush_folder(target.parent)
    except OSError as error:
        reason = error.strerror or str(error)
        raise CannotWrite("cannot_save", path=str(path), reason=reason) from error


def clean_leftovers(path: Path) -> None:
    """Remove the temporary files that killed runs left beside a workbook."""
    start = f".{path.name}.xlsales-"
    with contextlib.suppress(OSError):
        for found in path.parent.iterdir():
            if found.name.startswith(start) and found.name.endswith(".tmp") and _abandoned(found, start):
                found.unlink(missing_ok=True)


def _abandoned(found: Path, start: str) -> bool:
    machine, _, rest = found.name[len(start) :].partition("-")
    if machine.startswith("lock"):
        machine, process = this_machine(), rest.partition("-")[0]
    else:
        process = rest.partition("-")[0]
    if machine == this_machine() and process.isdigit():
        return not alive(int(process))
    return time.time() - found.stat().st_mtime > _FORGOTTEN


def beside(path: Path) -> Path:
    """A free name beside a file, with date and time."""
    stamp = dt.datetime.now().strftime("%Y-%m-%d %H.%M.%S")
    name = path.with_name(f"{path.stem} {stamp}{path.suffix}")
    number = 2
    while name.exists():
        name = path.with_name(f"{path.stem} {stamp} ({number}){path.suffix}")
        number += 1
    return name


def _write(path: Path, chunks: Iterable[bytes]) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    with os.fdopen(descriptor, "wb") as file:
        for chunk in chunks:
            _each(file, chunk)
        file.flush()
        os.fsync(file.fileno())


def _each(file: IO[bytes], chunk: bytes) -> None:
    file.write(chunk)


def _dress_like(path: Path, target: Path) -> None:
    """Give the new file the permissions and, where allowed, the owner of the old one."""
    if not target.exists():
        mask = os.umask(0)
        os.umask(mask)
        path.chmod(0o666 & ~mask)
        return
    shutil.copymode(target, path)
    if hasattr(os, "chown"):
        state = target.stat()
        with contextlib.suppress(OSError):
            os.chown(path, state.st_uid, state.st_gid)


def _flush_folder(folder: Path) -> None:
    if os.name == "nt":
        return
    # Some network drives cannot flush a folder; the file itself is safe by then.
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

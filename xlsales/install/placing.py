"""Install and remove: a handful of files in the user's own folders, each written in one step."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from xlsales.install.conf import conf_bytes, merged, our_settings, read_conf, values_of
from xlsales.install.machine import Machine
from xlsales.install.places import Places, places, ready
from xlsales.install.record import Record, read_record
from xlsales.issues import CannotWrite


@dataclass(frozen=True)
class Delivery:
    """What is to be placed: the add-in, the script a Mac needs, and the versions they were made with."""

    addin: bytes
    script: bytes
    xlsales: str
    xlwings: str

    @property
    def sha256(self) -> str:
        """The fingerprint of the add-in."""
        return hashlib.sha256(self.addin).hexdigest()

    @property
    def script_name(self) -> str:
        """The name under which the add-in's macros call the script."""
        return f"xlwings-{self.xlwings}.applescript"


def install(machine: Machine, delivery: Delivery) -> list[Path]:
    """Place the add-in, the settings and on a Mac the script; returns the files that were changed.

    A second time nothing changes. Settings of others in the same file stay. Excel is neither started nor stopped.
    """
    at = places(machine)
    ready(machine, at)
    earlier = read_record(at.record) or Record()
    conf = _conf(machine, at)
    settings = our_settings(machine)
    script = None if at.scripts is None else at.scripts / delivery.script_name
    record = Record(
        xlsales=delivery.xlsales,
        xlwings=delivery.xlwings,
        sha256=delivery.sha256,
        files=(str(at.addin), *(str(path) for path in [script] if path and _ours(path, earlier))),
        conf=settings,
        before=values_of(conf, settings) | earlier.before,
    )
    # The add-in first, which Excel may hold; then the record, so that whatever follows can be removed.
    contents = {at.addin: delivery.addin, at.record: record.to_bytes()}
    contents |= {} if script is None else {script: delivery.script}
    contents[at.conf] = conf_bytes(merged(conf, dict(settings)), machine)
    written = [path for path, content in contents.items() if _written(path, content, at)]
    for stale in set(earlier.files) - set(record.files):
        _gone(Path(stale), at)
    return written


def remove(machine: Machine) -> list[Path]:
    """Take away what install wrote; returns the files taken away or changed back, none when nothing was installed."""
    at = places(machine)
    record = read_record(at.record)
    if record is None:
        return []
    changed = [path for path in map(Path, record.files) if _gone(path, at)]
    conf = _conf(machine, at)
    present = values_of(conf, record.conf)
    back = {key: record.before.get(key) for key, value in record.conf.items() if present[key] == value}
    rest = merged(conf, back)
    if rest:
        changed += [at.conf] * _written(at.conf, conf_bytes(rest, machine), at)
    else:
        changed += [at.conf] * _gone(at.conf, at)
    changed += [at.record] * _gone(at.record, at)
    if machine.platform == "windows":
        with contextlib.suppress(OSError):
            at.record.parent.rmdir()
    return changed


def _conf(machine: Machine, at: Places) -> dict[str, str]:
    with _refusals(at.conf, at):
        return read_conf(at.conf, machine.codepage)


def _ours(path: Path, earlier: Record) -> bool:
    """Whether removing may take the file away: we wrote it before, or nobody did."""
    return str(path) in earlier.files or not path.exists()


def _written(path: Path, content: bytes, at: Places) -> bool:
    """Write a file whole or not at all; False where it already is so."""
    with _refusals(path, at):
        if path.is_file() and path.read_bytes() == content:
            return False
        path.parent.mkdir(parents=True, exist_ok=True)
        # Excel opens whatever lies in its start folder, also what a killed installation left behind.
        folder = path.parent.parent if path == at.addin else path.parent
        new = folder / f".{path.name}.{os.getpid()}"
        try:
            new.write_bytes(content)
            os.replace(new, path)
        finally:
            new.unlink(missing_ok=True)
    return True


def _gone(path: Path, at: Places) -> bool:
    with _refusals(path, at):
        try:
            path.unlink()
        except FileNotFoundError:
            return False
    return True


@contextlib.contextmanager
def _refusals(path: Path, at: Places) -> Iterator[None]:
    """Windows keeps the file of a loaded add-in for Excel, macOS the folders of Excel; the rest is said as it is."""
    try:
        yield
    except OSError as problem:
        code = "cannot_save"
        if isinstance(problem, PermissionError):
            code = "excel_folder_closed" if at.scripts else "addin_in_use" if path == at.addin else code
        raise CannotWrite(code, path=str(path), reason=problem.strerror or str(problem)) from problem

"""Earlier states of a workbook, kept for undo in a hidden folder beside it."""

from __future__ import annotations

import contextlib
import datetime as dt
import re
from pathlib import Path

from xlsales.hosts.ooxml.holders import holder
from xlsales.hosts.ooxml.save import replace_file
from xlsales.issues import CannotWrite

_FOLDER = ".xlsales-versions"
_STAMP = "%Y%m%d-%H%M%S-%f"
_NAME = re.compile(r"(\d{8}-\d{6}-\d{6})(-undone)?\Z")


def keep(path: Path, number: int = 20, days: float = 90.0) -> Path:
    """Copy the workbook as it is now; at most so many copies, none older than so many days."""
    kept = _kept(path, "")
    _prune(path, max(number, 1), days)
    return kept


def kept_versions(path: Path) -> list[Path]:
    """The states that can be brought back, oldest first."""
    return [version for version in _all(path) if not version.stem.endswith("-undone")]


def restore(path: Path) -> Path:
    """Bring the newest kept state back in one step; the present state is put aside, not lost.

    Returns the kept file that was brought back; it is used up, so that the next call goes one further.
    """
    versions = kept_versions(path)
    if not versions:
        raise CannotWrite("nothing_to_undo", path=str(path))
    held = holder(path)
    if held is not None:
        raise CannotWrite("workbook_open", path=str(path), holder=held)
    newest = versions[-1]
    try:
        content = newest.read_bytes()
    except OSError as error:
        raise CannotWrite("cannot_save", path=str(path), reason=error.strerror or str(error)) from error
    if path.exists():
        _kept(path, "-undone")
    replace_file(path, [content])
    with contextlib.suppress(OSError):
        newest.unlink()
    return newest


def _folder(path: Path) -> Path:
    whole = path.resolve()
    return whole.parent / _FOLDER / whole.name


def _kept(path: Path, mark: str) -> Path:
    stamp = dt.datetime.now().strftime(_STAMP)
    folder = _folder(path)
    target = folder / f"{stamp}{mark}{path.suffix}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        content = path.read_bytes()
    except OSError as error:
        raise CannotWrite("cannot_save", path=str(path), reason=error.strerror or str(error)) from error
    replace_file(target, [content])
    return target


def _all(path: Path) -> list[Path]:
    folder = _folder(path)
    if not folder.is_dir():
        return []
    return sorted(version for version in folder.iterdir() if _NAME.match(version.stem))


def _prune(path: Path, number: int, days: float) -> None:
    """Drop what is too old or too many; the newest stays in any case."""
    oldest = dt.datetime.now() - dt.timedelta(days=days)
    versions = _all(path)
    for place, version in enumerate(versions[:-1]):
        match = _NAME.match(version.stem)
        made = dt.datetime.strptime(match[1], _STAMP) if match else oldest
        if made < oldest or place < len(versions) - number:
            with contextlib.suppress(OSError):
                version.unlink()

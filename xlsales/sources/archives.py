"""The files a source stands for: one file, a folder, a pattern, or what a gzip or zip file holds."""

from __future__ import annotations

import glob
import gzip
import hashlib
import re
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from xlsales.issues import CannotRead, Issue
from xlsales.sources.files import ARCHIVES, kind_of
from xlsales.sources.own import is_own_workbook

MOST_BYTES = 4 * 1024**3
_MOST_FILES = 10_000
_FREE, _MOST_RATIO = 64 * 1024 * 1024, 200
_PIECE = 1024 * 1024
_PATTERN = set("*?[")
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError)
# Words beside the data in a folder, and what is never a ledger.
_ASIDE = re.compile(r"^(?:readme|license|licence|changes|copying)\b", re.IGNORECASE)
_NEVER = frozenset({
    "pdf", "doc", "docx", "ppt", "pptx", "png", "jpg", "jpeg", "gif", "svg", "mp4", "md", "py", "sql", "exe", "dll",
    "ini", "log", "lnk", "tmp", "bak",
})  # fmt: skip


@dataclass(frozen=True)
class Member:
    """One file to read. name: what the user is shown, "folder/jan.csv" or "ledger.zip/jan.csv"."""

    path: Path
    name: str


@dataclass(frozen=True)
class Members:
    """The files of a source in order, and what the user should know about those left out."""

    files: list[Member]
    warnings: list[Issue] = field(default_factory=list)


def expand(source: str | Path) -> list[Member]:
    """One file, the files of a folder that can be ledgers, or those a pattern fits, sorted by name.

    Hidden files, lock files and files of other kinds by their ending are left out of folders; folders in it are
    not entered. Raises CannotRead: missing_file, empty_folder (path).
    """
    path = Path(source)
    if path.is_dir():
        found = [file for file in sorted(path.iterdir(), key=_order) if file.is_file() and _may_be_ledger(file.name)]
        if not found:
            raise CannotRead("empty_folder", path=str(source))
        return [Member(file, f"{path.name or path.resolve().name}/{file.name}") for file in found]
    if _PATTERN & set(str(source)) and not path.exists():
        fitting = sorted(map(Path, glob.glob(str(source), recursive=True)), key=_order)
        found = [file for file in fitting if file.is_file() and not _is_hidden(file.name)]
        if not found:
            raise CannotRead("missing_file", path=str(source))
        return [Member(file, file.name if len({f.name for f in found}) == len(found) else str(file)) for file in found]
    return [Member(path, path.name)]


@contextmanager
def opened(source: str | Path) -> Iterator[Members]:
    """The files of a source, archives unpacked for as long as the context lasts.

    A file twice over is counted once; files that are no ledgers are named, and fatal only where they are alone.
    Raises CannotRead: missing_file, empty_folder, archive_refused (path, detail), and those of
    :func:`xlsales.sources.files.kind_of` for a single file.
    """
    members = expand(source)
    with tempfile.TemporaryDirectory(prefix="xlsales-", ignore_cleanup_errors=True) as folder:
        room = _Room(Path(folder))
        alone = len(members) == 1
        files: list[Member] = []
        others: dict[str, CannotRead] = {}
        for member in members:
            try:
                unpacked = list(_unpacked(member, room, 0))
            except CannotRead as error:
                if alone or error.code == "archive_refused":
                    raise
                others[member.name] = error
                continue
            alone = alone and len(unpacked) == 1
            files += _ledgers(unpacked, others, alone=alone)
        if not files:
            raise next(iter(others.values()), CannotRead("empty_folder", path=str(source)))
        yield _once(files, others)


def as_shown(error: CannotRead, member: Member) -> CannotRead:
    """An error about an unpacked file by the name that the user knows."""
    return CannotRead(error.code, **{**error.params, "path": member.name})


@dataclass
class _Room:
    """Where archives are unpacked, and how much they hold so far."""

    folder: Path
    used: int = 0
    files: int = 0

    def place(self, name: str) -> Path:
        """A path of its own for an unpacked file, called as in the archive."""
        self.files += 1
        own = self.folder / str(self.files)
        own.mkdir()
        return own / (re.sub(r"[^\w.,+() -]", "_", name).strip(" .")[-120:] or "ledger")

    def write(self, archive: Member, pieces: Iterable[bytes], target: Path, packed: int) -> None:
        """Unpack, as long as it stays within the limits."""
        done = 0
        with target.open("wb") as file:
            for piece in pieces:
                done += len(piece)
                self.used += len(piece)
                if self.used > MOST_BYTES or (done > _FREE and done > _MOST_RATIO * packed):
                    raise CannotRead("archive_refused", path=archive.name, detail=f"> {done // 1024**2} MB")
                file.write(piece)


def _unpacked(member: Member, room: _Room, depth: int) -> Iterator[Member]:
    """The file itself, or what an archive holds; an archive in an archive is opened once, not deeper."""
    try:
        kind = kind_of(member.path)
    except CannotRead as error:
        if depth:
            # Named later with the others of the archive that are no ledgers.
            yield member
            return
        raise error
    if kind not in ARCHIVES:
        yield member
        return
    if depth > 1:
        raise CannotRead("archive_refused", path=member.name, detail="archive in archive")
    for inner in _gzipped(member, room) if kind == "gzip" else _zipped(member, room):
        yield from _unpacked(inner, room, depth + 1)


def _gzipped(member: Member, room: _Room) -> list[Member]:
    name = member.path.name.removesuffix(".gz").removesuffix(".GZ")
    target = room.place(name)
    try:
        with gzip.open(member.path) as file:
            room.write(member, iter(lambda: file.read(_PIECE), b""), target, member.path.stat().st_size)
    except _BROKEN as error:
        raise CannotRead("archive_refused", path=member.name, detail=_line(error)) from None
    return [Member(target, f"{member.name}/{name}" if name != member.path.name else member.name)]


def _zipped(member: Member, room: _Room) -> list[Member]:
    found = []
    try:
        with zipfile.ZipFile(member.path) as archive:
            for info in _entries(member, archive):
                target = room.place(PurePosixPath(info.filename).name)
                with archive.open(info) as file:
                    room.write(member, iter(lambda file=file: file.read(_PIECE), b""), target, info.compress_size)  # type: ignore[misc]
                found.append(Member(target, f"{member.name}/{info.filename}"))
    except _BROKEN as error:
        raise CannotRead("archive_refused", path=member.name, detail=_line(error)) from None
    return found


def _entries(member: Member, archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """The entries that can be ledgers, in order of their names; names that lead out of the archive are refused."""
    infos = [info for info in archive.infolist() if not info.is_dir()]
    total = sum(info.file_size for info in infos)
    if len(infos) > _MOST_FILES or total > MOST_BYTES:
        detail = f"{len(infos)} files, {total // 1024**2} MB"
        raise CannotRead("archive_refused", path=member.name, detail=detail)
    for info in infos:
        name = info.filename.replace("\\", "/")
        if info.file_size > _FREE and info.file_size > _MOST_RATIO * max(info.compress_size, 1):
            raise CannotRead("archive_refused", path=member.name, detail=f"> {info.file_size // 1024**2} MB")
        if name.startswith("/") or ".." in name.split("/") or re.match(r"[A-Za-z]:", name):
            raise CannotRead("archive_refused", path=member.name, detail=info.filename[:80])
        if info.flag_bits & 1:
            raise CannotRead("archive_refused", path=member.name, detail="password")
    kept = [info for info in infos if not info.filename.startswith("__MACOSX/")]
    kept = [info for info in kept if _may_be_ledger(PurePosixPath(info.filename).name)]
    return sorted(kept, key=lambda info: _order(Path(info.filename)))


def _ledgers(members: list[Member], others: dict[str, CannotRead], *, alone: bool) -> list[Member]:
    """Those that can be ledgers by what they are; the rest is put with the others."""
    found = []
    for member in members:
        try:
            kind = kind_of(member.path)
            if not alone and kind == "xlsx" and is_own_workbook(member.path):
                raise CannotRead("unknown_ledger", path=str(member.path), detail="xlsales")
        except CannotRead as error:
            if alone:
                raise as_shown(error, member) from None
            others[member.name] = as_shown(error, member)
        else:
            found.append(member)
    return found


def _once(files: list[Member], others: dict[str, CannotRead]) -> Members:
    """Without files that hold the same bytes as one before them."""
    warnings: list[Issue] = []
    kept: list[Member] = []
    same: list[str] = []
    seen: set[tuple[int, str]] = set()
    sizes = [member.path.stat().st_size for member in files]
    for member, size in zip(files, sizes, strict=True):
        mark = (size, _digest(member.path) if sizes.count(size) > 1 else "")
        if mark in seen:
            same.append(member.name)
        else:
            kept.append(member)
        seen.add(mark)
    if same:
        warnings.append(Issue("warning", "files_same", params={"files": same, "count": len(same)}))
    if others:
        params = {"files": list(others), "count": len(others)}
        warnings.append(Issue("note", "files_not_ledgers", params=params))
    return Members(kept, warnings)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _order(path: Path) -> tuple[object, ...]:
    """By name, numbers by their size: 2 before 10."""
    parts = re.split(r"(\d+)", str(path).casefold())
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts)


def _is_hidden(name: str) -> bool:
    return name.startswith((".", "~$", "~")) or name.endswith(("~", "#"))


def _may_be_ledger(name: str) -> bool:
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    return not _is_hidden(name) and ending not in _NEVER and not _ASIDE.match(name)


def _line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]

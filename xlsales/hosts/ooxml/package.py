"""The zip file under a workbook: opened within limits, written with foreign parts copied raw."""

from __future__ import annotations

import io
import posixpath
import re
import struct
import zipfile
import zlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from xlsales.issues import CannotRead

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s4B4H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_UTF8_FLAG = 0x800


@dataclass(frozen=True)
class Limits:
    """What a package may hold at most; checked before anything is unpacked."""

    entries: int = 10_000
    part: int = 256 * 2**20
    total: int = 2**30
    ratio: int = 200
    ratio_from: int = 2**20
    file: int = 2 * 2**30


DEFAULT_LIMITS = Limits()
FileState = tuple[int, int] | None


def file_state(path: Path) -> FileState:
    """Time and size of a file, to see whether somebody saved it in between; None when it is gone."""
    try:
        state = path.stat()
    except OSError:
        return None
    return state.st_mtime_ns, state.st_size


class Package:
    """The parts of one file, held as the bytes that were read."""

    def __init__(self, raw: bytes, path: Path, limits: Limits) -> None:
        self._raw = raw
        self._path = path
        self.state: FileState = None
        _refuse_others(raw, path)
        try:
            with zipfile.ZipFile(io.BytesIO(raw)) as archive:
                self._entries = archive.infolist()
        except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, struct.error) as error:
            raise CannotRead("damaged_workbook", path=str(path), detail=str(error)) from error
        self._by_name = {entry.filename.lower(): entry for entry in self._entries}
        _check_limits(self._entries, limits, path)
        _check_names(self._entries, path)
        self._refuse_document_types()

    @classmethod
    def open(cls, path: Path, limits: Limits = DEFAULT_LIMITS) -> Package:
        """Read a file; raises CannotRead with the reason when it is no usable package."""
        try:
            size = path.stat().st_size
            if size > limits.file:
                raise CannotRead("hostile_workbook", path=str(path), detail=f"{size} bytes")
            state = file_state(path)
            package = cls(path.read_bytes(), path, limits)
            package.state = state
            return package
        except FileNotFoundError as error:
            raise CannotRead("missing_file", path=str(path), detail="") from error
        except OSError as error:
            reason = error.strerror or str(error)
            raise CannotRead("unreadable_file", path=str(path), detail=reason) from error

    @property
    def path(self) -> Path:
        """Where the file was read."""
        return self._path

    @property
    def names(self) -> list[str]:
        """Part names in the order of the package."""
        return [entry.filename for entry in self._entries]

    def find(self, name: str) -> str | None:
        """The stored spelling of a part name; part names do not distinguish capitals."""
        entry = self._by_name.get(name.lower())
        return entry.filename if entry else None

    def read(self, name: str) -> bytes:
        """The bytes of one part, checked against its declared size and sum."""
        entry = self._by_name[name.lower()]
        raw = self._inflated(entry, entry.file_size + 1)
        if len(raw) != entry.file_size or zlib.crc32(raw) != entry.CRC:
            raise self._damaged(entry.filename)
        return raw

    def chunks(self, changes: Mapping[str, Sequence[bytes]], removed: Collection[str]) -> Iterator[bytes]:
        """The bytes of the new file: changed parts compressed anew, all others as they are, new ones last."""
        offset, central = 0, []
        fresh = [zipfile.ZipInfo(name) for name in changes if self.find(name) is None]
        for entry in [*self._entries, *fresh]:
            if entry.filename in removed:
                continue
            changed = changes.get(entry.filename)
            body = self._stored(entry) if changed is None else _deflated(changed)
            sums = (entry.CRC, entry.file_size) if changed is None else _sums(changed)
            method = entry.compress_type if changed is None else zipfile.ZIP_DEFLATED
            head, record = _headers(entry, method, (sums[0], len(body), sums[1]), offset)
            yield head
            yield body
            offset += len(head) + len(body)
            central.append(record)
        directory = b"".join(central)
        yield directory
        yield _END.pack(b"PK\5\6", 0, 0, len(central), len(central), len(directory), offset, 0)

    def _stored(self, entry: zipfile.ZipInfo) -> bytes:
        start = entry.header_offset
        try:
            local = _LOCAL.unpack_from(self._raw, start)
        except struct.error as error:
            raise self._damaged(entry.filename) from error
        first = start + _LOCAL.size + local[9] + local[10]
        body = self._raw[first : first + entry.compress_size]
        if local[0] != b"PK\3\4" or len(body) != entry.compress_size:
            raise self._damaged(entry.filename)
        return body

    def _inflated(self, entry: zipfile.ZipInfo, limit: int) -> bytes:
        body = self._stored(entry)
        if entry.compress_type == zipfile.ZIP_STORED:
            return body[:limit]
        try:
            return zlib.decompressobj(-15).decompress(body, limit)
        except zlib.error as error:
            raise self._damaged(entry.filename) from error

    def _refuse_document_types(self) -> None:
        for entry in self._entries:
            if entry.filename.lower().endswith((".xml", ".rels", ".vml")):
                start = self._inflated(entry, 4096).replace(b"\0", b"")
                if b"<!DOCTYPE" in start or b"<!ENTITY" in start:
                    raise CannotRead("hostile_workbook", path=str(self._path), detail=entry.filename)

    def _damaged(self, part: str) -> CannotRead:
        return CannotRead("damaged_workbook", path=str(self._path), detail=part)


def _refuse_others(raw: bytes, path: Path) -> None:
    """Tell apart the files that are often taken for workbooks."""
    if raw.startswith(_OLE):
        code = "encrypted_workbook" if _ENCRYPTED_STREAM in raw else "old_xls_workbook"
        raise CannotRead(code, path=str(path), detail="")
    if raw.startswith(b"PK"):
        return
    start = raw[:2048].replace(b"\0", b"").lower()
    looks_html = re.search(rb"<(?:!doctype\s+html|html|table|meta)\b", start) is not None
    code = "html_not_workbook" if looks_html else "not_a_workbook"
    raise CannotRead(code, path=str(path), detail="")


def _check_limits(entries: list[zipfile.ZipInfo], limits: Limits, path: Path) -> None:
    total = 0
    reason = f"{len(entries)} parts" if len(entries) > limits.entries else ""
    for entry in entries:
        total += entry.file_size
        swollen = entry.file_size > max(limits.ratio_from, limits.ratio * entry.compress_size)
        if entry.file_size > limits.part or swollen:
            reason = f"{entry.filename}: {entry.file_size} bytes"
        if entry.flag_bits & 0x41:
            raise CannotRead("encrypted_workbook", path=str(path), detail=entry.filename)
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise CannotRead("damaged_workbook", path=str(path), detail=entry.filename)
    if total > limits.total:
        reason = f"{total} bytes"
    if reason:
        raise CannotRead("hostile_workbook", path=str(path), detail=reason)


def _check_names(entries: list[zipfile.ZipInfo], path: Path) -> None:
    seen: set[str] = set()
    for entry in entries:
        name = entry.filename
        normal = posixpath.normpath(name)
        leaves = name.startswith("/") or normal.startswith("..") or "\\" in name or ":" in name
        if leaves or "\0" in entry.orig_filename or name.lower() in seen:
            raise CannotRead("hostile_workbook", path=str(path), detail=name)
        seen.add(name.lower())


def _deflated(pieces: Sequence[bytes]) -> bytes:
    # Level 1: the file grows by a few per cent, saving takes a third of the time.
    packer = zlib.compressobj(1, zlib.DEFLATED, -15)
    return b"".join([*map(packer.compress, pieces), packer.flush()])


def _sums(pieces: Sequence[bytes]) -> tuple[int, int]:
    sum_ = 0
    for piece in pieces:
        sum_ = zlib.crc32(piece, sum_)
    return sum_, sum(map(len, pieces))


def _headers(entry: zipfile.ZipInfo, method: int, sums: tuple[int, int, int], offset: int) -> tuple[bytes, bytes]:
    """The local header and the directory record of one part."""
    try:
        name, flags = entry.filename.encode("ascii"), 0
    except UnicodeEncodeError:
        name, flags = entry.filename.encode("utf-8"), _UTF8_FLAG
    year, month, day, hour, minute, second = entry.date_time
    date = (year - 1980) << 9 | month << 5 | day
    time = hour << 11 | minute << 5 | second // 2
    local = _LOCAL.pack(b"PK\3\4", 20, flags, method, time, date, *sums, len(name), 0)
    record = _CENTRAL.pack(
        b"PK\1\2", 20, entry.create_system, 20, 0, flags, method, time, date, *sums,
        len(name), 0, 0, 0, entry.internal_attr, entry.external_attr, offset,
    )  # fmt: skip
    return local + name, record + name

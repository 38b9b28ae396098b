"""Zipped packages (xlsx, xlsb, ods) looked over before a reader sees them, and their parts piece by piece."""

from __future__ import annotations

import re
import xml.parsers.expat
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from xlsales.issues import CannotRead

MOST_PARTS = 10_000
MOST_BYTES = 8 * 1024**3
_BIG = 256 * 1024 * 1024
_MOST_RATIO = 400
# What an XML parser raises: broken XML, a forbidden or an unknown declaration.
BROKEN_XML = (xml.parsers.expat.ExpatError, ValueError, LookupError)
_PIECE = 256 * 1024
_COUNTS = re.compile(rb"\b(?:unique)?count\s*=\s*[\"']\s*(\d+)", re.IGNORECASE)
_UNIQUE = re.compile(rb"\buniqueCount\s*=\s*[\"']\s*(\d+)", re.IGNORECASE)


def damaged(path: Path, detail: object) -> CannotRead:
    """The one answer to a workbook that is not whole."""
    return CannotRead("damaged_workbook", path=str(path), detail=str(detail))


def parts_of(path: Path) -> dict[str, zipfile.ZipInfo]:
    """The parts of a package by name.

    Raises CannotRead damaged_workbook: no zip, too many parts, two of one name, unpacked out of proportion.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            infos = archive.infolist()
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        raise damaged(path, error) from None
    twice = [name for name, count in Counter(info.filename.lower() for info in infos).items() if count > 1]
    if len(infos) > MOST_PARTS or sum(info.file_size for info in infos) > MOST_BYTES or twice:
        raise damaged(path, f"{twice[0]}: twice" if twice else "size")
    for info in infos:
        if info.file_size > _BIG and info.file_size > _MOST_RATIO * max(info.compress_size, 1):
            raise damaged(path, f"{info.filename}: size")
    return {info.filename: info for info in infos}


def inflated(path: Path, info: zipfile.ZipInfo) -> Iterator[bytes]:
    """The content of a part in pieces.

    Raises CannotRead damaged_workbook where it is cut, broken or longer than it says: a reader would go on for ever.
    """
    done = 0
    try:
        for piece in _inflate(path, info):
            done += len(piece)
            if done > info.file_size:
                raise damaged(path, f"{info.filename}: size")
            yield piece
    except (zlib.error, OSError, ValueError) as error:
        raise damaged(path, f"{info.filename}: {error}") from None
    if done != info.file_size:
        raise damaged(path, f"{info.filename}: size")


def content(path: Path, info: zipfile.ZipInfo, most: int = 16 * 1024 * 1024) -> bytes:
    """The whole of a small part. Raises CannotRead damaged_workbook where it is larger than such a part can be."""
    if info.file_size > most:
        raise damaged(path, f"{info.filename}: size")
    return b"".join(inflated(path, info))


def check_counts(path: Path, info: zipfile.ZipInfo) -> None:
    """Refuse shared texts that claim to be more than there is room for: readers set memory aside for them."""
    start = next(inflated(path, info), b"")[:4096]
    uses = max(map(int, _COUNTS.findall(start)), default=0)
    texts = max(map(int, _UNIQUE.findall(start)), default=0)
    # The count of uses may well exceed the texts, but every text takes more than eight bytes.
    if texts > info.file_size // 8 + 1 or uses > 2**31:
        raise damaged(path, f"{info.filename}: count")


def refuse_doctype(*_: object) -> None:
    """For an XML parser: no spreadsheet declares a document type; one that does means harm."""
    raise ValueError("doctype")


def _inflate(path: Path, info: zipfile.ZipInfo) -> Iterator[bytes]:
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise ValueError(f"compression {info.compress_type}")
    with path.open("rb") as file:
        file.seek(info.header_offset)
        header = file.read(30)
        if len(header) < 30 or header[:4] != b"PK\x03\x04":
            raise ValueError("local header")
        skipped = int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
        file.seek(info.header_offset + 30 + skipped)
        packed = zlib.decompressobj(-15) if info.compress_type == zipfile.ZIP_DEFLATED else None
        left = info.compress_size
        while left > 0 and (data := file.read(min(_PIECE, left))):
            left -= len(data)
            yield packed.decompress(data) if packed else data
            if packed and packed.eof:
                return
        if packed:
            yield packed.flush()

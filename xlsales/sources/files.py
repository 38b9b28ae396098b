"""What kind of file stands at a path, told by its first bytes and never by its name."""

from __future__ import annotations

import codecs
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Literal

from xlsales.issues import CannotRead

Kind = Literal["csv", "xlsx"]

PIECE = 16 * 1024 * 1024
_SAMPLE = 64 * 1024
_MOST_CELLS = 200_000_000
_SCANNED = 64 * 1024 * 1024
_HTML = re.compile(rb"^\s*(?:<!--.*?-->\s*)*<(?:!doctype html|html|head|body|table|meta|script|div)\b", re.I | re.S)
_OTHER = {
    b"\x1f\x8b": "gzip", b"%PDF": "pdf", b"PAR1": "parquet", b"SQLite format 3": "sqlite", b"ARROW1": "arrow",
    b"\x89PNG": "png", b"\xff\xd8\xff": "jpeg", b"Rar!": "rar", b"7z\xbc\xaf": "7z", b"{\\rtf": "rtf",
}  # fmt: skip
_PARTS = {
    "xl/workbook.xml": "xlsx", "xl/workbook.bin": "xlsb", "content.xml": "ods", "word/document.xml": "docx",
}  # fmt: skip


def kind_of(path: Path) -> Kind:
    """The kind of ledger in a file.

    Raises CannotRead: missing_file, html_not_ledger, unknown_ledger, encrypted_workbook, damaged_workbook.
    """
    try:
        with path.open("rb") as file:
            start = file.read(_SAMPLE)
    except FileNotFoundError:
        raise CannotRead("missing_file", path=str(path)) from None
    except OSError as error:
        raise CannotRead("unknown_ledger", path=str(path), detail=error.strerror or str(error)) from None
    if start.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip_kind(path)
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        _refuse_old(path)
    for magic, name in _OTHER.items():
        if start.startswith(magic):
            raise CannotRead("unknown_ledger", path=str(path), detail=name)
    _refuse_no_table(path, start)
    return "csv"


def encoding_of(path: Path) -> str:
    """The encoding of a text file: a byte order mark, UTF-16 by its zeros, strict UTF-8, or what å ä ö are written in.

    Returns a Python codec name; "utf-8" only where the whole file is.
    """
    with path.open("rb") as file:
        start = file.read(_SAMPLE)
        for mark, name in (
            (codecs.BOM_UTF8, "utf-8"),
            (codecs.BOM_UTF16_LE, "utf-16"),
            (codecs.BOM_UTF16_BE, "utf-16"),
        ):
            if start.startswith(mark):
                return name
        if start.count(0) > len(start) // 5:
            return "utf-16-le" if start[1::2].count(0) > start[::2].count(0) else "utf-16-be"
        file.seek(0)
        good, bad = _utf8_share(file)
    if bad == 0 or bad * 50 < good:
        return "utf-8"
    return _eight_bit(path)


def pieces(path: Path) -> Iterator[bytes]:
    """The bytes of a file in pieces."""
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            yield piece


def _utf8_share(file: BinaryIO) -> tuple[int, int]:
    """How many letters beyond ASCII are UTF-8, and how many bytes are not."""
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    good = bad = 0
    while piece := file.read(PIECE):
        if piece.isascii():
            continue
        text = decoder.decode(piece)
        wrong = text.count("\ufffd")
        bad += wrong
        good += len(piece) - len(text) if not wrong else (len(text) - len(text.encode("ascii", "ignore")) - wrong)
    return good, bad + decoder.decode(b"", final=True).count("\ufffd")


def _eight_bit(path: Path) -> str:
    """cp1252, or cp850 of DOS systems, by which bytes for å ä ö æ ø é Å Ä Ö Ü ü are more."""
    windows = dos = 0
    for piece in pieces(path):
        windows += sum(map(piece.count, b"\xe5\xe4\xf6\xc5\xc4\xd6\xe9\xe6\xf8\xd8\xfc\xdc"))
        dos += sum(map(piece.count, b"\x86\x84\x94\x8f\x8e\x99\x82\x91\x9b\x9d\x81\x9a"))
    return "cp850" if dos > windows else "cp1252"


def _refuse_no_table(path: Path, start: bytes) -> None:
    if _HTML.match(start.removeprefix(codecs.BOM_UTF8)):
        raise CannotRead("html_not_ledger", path=str(path), detail="html")
    if re.match(rb"\s*#(?:FLAGGA|PROGRAM|SIETYP|FORMAT)\s", start.removeprefix(codecs.BOM_UTF8)):
        raise CannotRead("unknown_ledger", path=str(path), detail="sie")
    if start.lstrip(b"\xef\xbb\xbf \r\n\t").startswith((b"<?xml", b"{", b"[")):
        raise CannotRead("unknown_ledger", path=str(path), detail="xml" if b"<?xml" in start[:64] else "json")
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return
    zeros = start.count(0)
    wide = zeros > len(start) // 5 and min(start[1::2].count(0), start[::2].count(0)) * 20 < zeros
    controls = sum(map(start.count, bytes(set(range(32)) - {0, 9, 10, 12, 13, 26, 27})))
    if (zeros and not wide) or controls * 100 > len(start):
        raise CannotRead("unknown_ledger", path=str(path), detail="binary")


def _refuse_old(path: Path) -> None:
    with path.open("rb") as file:
        data = file.read(PIECE)
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise CannotRead("encrypted_workbook", path=str(path), detail="password")
    old = "Workbook".encode("utf-16-le") in data or "Book".encode("utf-16-le") in data
    raise CannotRead("unknown_ledger", path=str(path), detail="xls" if old else "ole")


def _zip_kind(path: Path) -> Kind:
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            kind = next((kind for part, kind in _PARTS.items() if part in names), "zip")
            if kind == "xlsx":
                _refuse_lies(path, archive)
                return "xlsx"
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        raise CannotRead("damaged_workbook", path=str(path), detail=str(error)) from None
    except zipfile.zlib.error as error:  # type: ignore[attr-defined]
        raise CannotRead("damaged_workbook", path=str(path), detail=str(error)) from None
    raise CannotRead("unknown_ledger", path=str(path), detail=kind)


def _refuse_lies(path: Path, archive: zipfile.ZipFile) -> None:
    """Counts and extents that no such file can have make the reader ask for memory that is not there."""
    for part in archive.infolist():
        if part.file_size > 64 * PIECE and part.file_size > 400 * max(part.compress_size, 1):
            raise CannotRead("damaged_workbook", path=str(path), detail=f"{part.filename}: size")
        if part.filename.lower() == "xl/sharedstrings.xml":
            start = archive.open(part).read(4096)
            told = max(map(int, re.findall(rb'(?i)\b(?:unique)?count="(\d+)"', start)), default=0)
            # The count of uses may well exceed the texts, but every text takes more than eight bytes.
            unique = max(map(int, re.findall(rb'uniqueCount="(\d+)"', start)), default=0)
            if unique > part.file_size // 8 + 1 or told > 2**31:
                raise CannotRead("damaged_workbook", path=str(path), detail=f"{part.filename}: count")
        elif re.match(r"xl/worksheets/[^/]+\.xml$", part.filename):
            _refuse_extent(path, archive, part)


def _refuse_extent(path: Path, archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    whole = part.file_size <= _SCANNED
    with archive.open(part) as file:
        data = file.read() if whole else file.read(_SAMPLE)
    # A large sheet is trusted in its stated extent: scanning it would double the time to read it.
    cells = re.findall(rb'<c [^>]*?r="([A-Z]{1,3})(\d{1,7})"', data) if whole else []
    if not whole:
        cells = re.findall(rb'<dimension ref="[^"]*?([A-Z]{1,3})(\d{1,7})"', data)
    width = max((_column_number(letters) for letters in {letters for letters, _ in cells}), default=0)
    height = max((int(number) for number in {number for _, number in cells}), default=0)
    if width * height > _MOST_CELLS:
        raise CannotRead("damaged_workbook", path=str(path), detail=f"{part.filename}: {width} × {height}")


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number

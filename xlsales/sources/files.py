"""What kind of file stands at a path, told by its first bytes and never by its name."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, Literal, cast, get_args

from xlsales.issues import CannotRead
from xlsales.sources.bookkeeping.kinds import bookkeeping_kind
from xlsales.sources.packages import content, parts_of

Kind = Literal[
    "csv", "xlsx", "xlsb", "xls", "ods", "html", "xml2003", "parquet", "arrow", "gzip", "zip", "sqlite", "duckdb",
    "sie", "sie5", "saft",
]  # fmt: skip
KINDS: frozenset[str] = frozenset(get_args(Kind))
WORKBOOKS = frozenset({"xlsx", "xlsb", "xls", "ods", "html", "xml2003"})
ARCHIVES = frozenset({"gzip", "zip"})

PIECE = 16 * 1024 * 1024
_SAMPLE = 64 * 1024
_TABLE_WITHIN = 8 * 1024 * 1024
_HTML = re.compile(
    r"(?>\s+|<\?.*?\?>|<!--.*?-->)*+<(?:!doctype\s+html|html|head|body|table|meta|script|style|div|title|form)\b",
    re.IGNORECASE | re.DOTALL,
)
_MAIL = re.compile(r"\s*(?:[A-Za-z-]+:.*(?:\r?\n[ \t].*)*\r?\n)*?MIME-Version:", re.IGNORECASE)
_JSON = re.compile(r"\s*[\[{]\s*(?:[\"{\[\]}]|$)")
_MAGIC: dict[bytes, str] = {
    b"PAR1": "parquet", b"ARROW1": "arrow", b"SQLite format 3\0": "sqlite", b"\x1f\x8b": "gzip",
    b"%PDF": "pdf", b"\x89PNG": "png", b"\xff\xd8\xff": "jpeg", b"GIF8": "gif", b"Rar!": "rar", b"7z\xbc\xaf": "7z",
    b"{\\rtf": "rtf", b"\xfd7zXZ": "xz", b"BZh": "bz2", b"\x28\xb5\x2f\xfd": "zstd", b"FEA1": "feather 1",
    b"\0\x01\0\0Standard": "access",
}  # fmt: skip
_ZIPPED = {
    "xl/workbook.xml": "xlsx", "xl/workbook.bin": "xlsb", "content.xml": "ods", "word/document.xml": "docx",
    "ppt/presentation.xml": "pptx", "index/document.iwa": "numbers",
}  # fmt: skip
# The name of the first part of a workbook or document, in a zip file that is cut.
_OFFICE_FIRST = re.compile(rb"\[Content_Types\]|_rels/|xl/|docProps/|mimetype|content\.xml|META-INF/|word/|customXml/")
_BIFF_ALONE = re.compile(rb"\x09[\x00\x02\x04\x08][\x04\x06\x08\x10]\x00", re.DOTALL)


def kind_of(path: Path) -> Kind:
    """The kind of a file that may hold a ledger.

    Raises CannotRead: missing_file, unreadable_file, html_not_ledger, unknown_ledger, encrypted_workbook,
    damaged_workbook, archive_refused.
    """
    try:
        with path.open("rb") as file:
            start = file.read(_SAMPLE)
    except FileNotFoundError:
        raise CannotRead("missing_file", path=str(path)) from None
    except OSError as error:
        raise CannotRead("unreadable_file", path=str(path), detail=error.strerror or str(error)) from None
    kind = _binary_kind(path, start) or bookkeeping_kind(start) or _text_kind(path, start)
    if kind not in KINDS:
        raise CannotRead("unknown_ledger", path=str(path), detail=kind)
    return cast(Kind, kind)


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
    return eight_bit(pieces(path))


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


def eight_bit(parts: Iterable[bytes]) -> str:
    """cp1252, or cp850 of DOS systems, by which bytes for å ä ö æ ø é Å Ä Ö Ü ü are more."""
    windows = dos = 0
    for piece in parts:
        windows += sum(map(piece.count, b"\xe5\xe4\xf6\xc5\xc4\xd6\xe9\xe6\xf8\xd8\xfc\xdc"))
        dos += sum(map(piece.count, b"\x86\x84\x94\x8f\x8e\x99\x82\x91\x9b\x9d\x81\x9a"))
    return "cp850" if dos > windows else "cp1252"


def _binary_kind(path: Path, start: bytes) -> str:
    """The kind of a file that is no text, "" for text."""
    if start.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip_kind(path, start)
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        return _ole_kind(path)
    if start[8:12] == b"DUCK":
        return "duckdb"
    if _BIFF_ALONE.match(start):
        return "xls without OLE"
    return next((kind for magic, kind in _MAGIC.items() if start.startswith(magic)), "")


def _text_kind(path: Path, start: bytes) -> str:
    if _is_binary(start):
        return "binary"
    text = _decoded(start)
    bare = text.lstrip("\ufeff \r\n\t")
    if "urn:schemas-microsoft-com:office:spreadsheet" in text[:4096] and bare.startswith("<") and "Workbook" in text:
        return "xml2003"
    mail = bool(_MAIL.match(text)) and "multipart/related" in text
    if mail or _HTML.match(bare):
        with path.open("rb") as file:
            if mail or re.search(rb"<\0?t\0?(?:a\0?b\0?l\0?e|r)\b", file.read(_TABLE_WITHIN), re.IGNORECASE):
                return "html"
        raise CannotRead("html_not_ledger", path=str(path), detail="html")
    if bare.startswith("<?xml") or re.match(r"<[A-Za-z][\w.:-]*(?:\s+[\w.:-]+=|/?>)", bare):
        return "xml"
    return "json" if _JSON.match(bare) else "csv"


def _decoded(start: bytes) -> str:
    """The beginning of a text; letters beyond ASCII need not be right."""
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return start.decode("utf-16", "replace")
    if start.count(0) > len(start) // 5:
        return start.decode("utf-16-le" if start[1::2].count(0) > start[::2].count(0) else "utf-16-be", "replace")
    return start.removeprefix(codecs.BOM_UTF8).decode("latin-1")


def _is_binary(start: bytes) -> bool:
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return False
    zeros = start.count(0)
    wide = zeros > len(start) // 5 and min(start[1::2].count(0), start[::2].count(0)) * 20 < zeros
    controls = sum(map(start.count, bytes(set(range(32)) - {0, 9, 10, 12, 13, 26, 27})))
    return (zeros > 0 and not wide) or controls * 100 > len(start)


def _ole_kind(path: Path) -> str:
    with path.open("rb") as file:
        data = file.read(PIECE)
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise CannotRead("encrypted_workbook", path=str(path), detail="password")
    return "xls" if any(name.encode("utf-16-le") in data for name in ("Workbook", "Book")) else "ole"


def _zip_kind(path: Path, start: bytes) -> str:
    """What the parts of a zip file make it; a zip file of other files is "zip"."""
    try:
        parts = parts_of(path)
    except CannotRead as error:
        if _OFFICE_FIRST.match(start[30:]):
            raise
        raise CannotRead("archive_refused", path=str(path), detail=error.params["detail"]) from None
    known = {name.lower(): info for name, info in parts.items()}
    kind = next((kind for part, kind in _ZIPPED.items() if part in known), "zip")
    if kind != "zip" and any(info.flag_bits & 1 for info in parts.values()):
        raise CannotRead("encrypted_workbook", path=str(path), detail="password")
    if kind != "ods":
        return kind
    if "mimetype" in known and b"spreadsheet" not in content(path, known["mimetype"], 1024):
        return "opendocument"
    manifest = known.get("meta-inf/manifest.xml")
    if manifest and b"encryption-data" in content(path, manifest):
        raise CannotRead("encrypted_workbook", path=str(path), detail="password")
    return kind

"""A SIE 4 file line by line: tags, quoted texts, object lists and vouchers, however programs write them.

Braces that open and close vouchers are left out of account: a posting belongs to the #VER above it, so that
nothing is lost where one is missing. #BTRANS, a posting struck out, never counts. #RTRANS, a posting added later,
is by the standard repeated as a #TRANS for older readers; the pair counts once, an #RTRANS alone counts as it stands.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from xlsales.issues import CannotRead
from xlsales.sources.files import encoding_of, pieces

_FIELD = re.compile(r'"((?:[^"\\]|\\.)*)"?|\{([^}]*)\}?|([^\s"{}]+)')
_DAY = re.compile(r"\d{8}|\d{4}-\d{2}-\d{2}")
_EDGES = " \t\r\n{\ufeff\x1a\x00"
_LOST = "\ufffd"
_BEYOND_ASCII = re.compile(rb"[\x80-\xff]")
_LETTERS_IN = 4 * 1024 * 1024
_DOS = b"\x86\x84\x94\x8f\x8e\x99\x82\x81\x91\x9b"
_WINDOWS = b"\xe5\xe4\xf6\xc5\xc4\xd6\xe9\xfc\xe6\xf8"
_KEPT = frozenset({"PROGRAM", "SIETYP", "RAR", "VALUTA", "KONTO", "DIM", "UNDERDIM", "OBJEKT", "RES"})


@dataclass
class SieLines:
    """What stands in the file.

    tags: tag → the fields of each of its lines. vouchers: (line, series, number, date, text) per #VER.
    The lists of postings have one item per posting: its line, account as written, object list as written
    without braces, and what follows it: amount, date, text. added: positions of #RTRANS.
    lost: letters that could not be read in the encoding.
    """

    encoding: str = ""
    lost: int = 0
    tags: dict[str, list[list[str]]] = field(default_factory=dict)
    vouchers: list[tuple[int, str, str, str, str]] = field(default_factory=list)
    line: list[int] = field(default_factory=list)
    account: list[str] = field(default_factory=list)
    objects: list[str] = field(default_factory=list)
    rest: list[str] = field(default_factory=list)
    added: list[int] = field(default_factory=list)


def read_lines(path: Path) -> SieLines:
    """Read a SIE 4 file in the encoding that its letters are written in, whatever #FORMAT says.

    Raises CannotRead: unreadable_file (path, detail).
    """
    found = SieLines()
    try:
        found.encoding = _encoding(path)
        with path.open(encoding=found.encoding, errors="replace") as file:
            _scan(file, found)
    except OSError as error:
        raise CannotRead("unreadable_file", path=str(path), detail=error.strerror or str(error)) from None
    return found


def _encoding(path: Path) -> str:
    """By the first letters beyond ASCII: UTF-8 where they are, else by which bytes å ä ö are written as."""
    for number, piece in enumerate(pieces(path)):
        if not number and (piece.startswith((codecs.BOM_UTF8, b"\xff\xfe", b"\xfe\xff")) or b"\x00" in piece[:4096]):
            return encoding_of(path)
        if first := _BEYOND_ASCII.search(piece):
            part = piece[first.start() : first.start() + _LETTERS_IN]
            text = codecs.getincrementaldecoder("utf-8")("replace").decode(part)
            wrong = text.count(_LOST)
            if wrong * 50 <= len(text) - len(text.encode("ascii", "ignore")) - wrong:
                return "utf-8"
            return "cp850" if sum(map(part.count, _DOS)) > sum(map(part.count, _WINDOWS)) else "cp1252"
    return "utf-8"


def fields(text: str) -> list[str]:
    """The fields of a line, without quotes and braces."""
    if "\\" not in text and "{" not in text:
        between = text.split('"')
        parts = between[0].split()
        for place in range(1, len(between), 2):
            parts += [between[place], *(between[place + 1].split() if place + 1 < len(between) else ())]
        return parts
    return [quoted.replace('\\"', '"') if quoted else braced or word for quoted, braced, word in _FIELD.findall(text)]


def _scan(lines: Iterable[str], found: SieLines) -> None:
    """Postings first and with plain splitting: they are nearly all there is in a large file."""
    places, accounts, objects, rests = found.line, found.account, found.objects, found.rest
    vouchers = found.vouchers
    for number, raw in enumerate(lines, 1):
        line = raw.strip(_EDGES)
        if line[:6] == "#TRANS" and line[6:7] in "\t {":
            head, _, tail = line.partition("{")
            listed, close, rest = tail.partition("}")
            account = head[6:].strip()
            if not close or " " in account or "\t" in account or listed.count('"') % 2:
                account, listed, rest = _odd_posting(line[6:])
            places.append(number)
            accounts.append(account)
            objects.append(listed)
            rests.append(rest)
        elif line[:4] == "#VER" and line[4:5] in "\t ":
            vouchers.append((number, *_voucher(fields(line[4:]))))
        elif line[:1] == "#":
            _other(line, number, found)
        if _LOST in line:
            found.lost += line.count(_LOST)


def _other(line: str, number: int, found: SieLines) -> None:
    tag, _, body = line[1:].replace("\t", " ", 1).partition(" ")
    tag = tag.partition("{")[0].upper()
    if tag == "VER":
        found.vouchers.append((number, *_voucher(fields(body))))
    elif tag in ("TRANS", "RTRANS"):
        if tag == "RTRANS":
            found.added.append(len(found.account))
        account, listed, rest = _odd_posting(line[1 + len(tag) :])
        found.line.append(number)
        found.account.append(account)
        found.objects.append(listed)
        found.rest.append(rest)
    elif tag in _KEPT:
        found.tags.setdefault(tag, []).append(fields(body))


def _voucher(parts: list[str]) -> tuple[str, str, str, str]:
    """Series, number, date and text; where the series or the number is left out, the date tells which is which."""
    if len(parts) > 3 and len(parts[2]) == 8 and parts[2].isdigit():
        return parts[0], parts[1], parts[2], parts[3]
    spot = next((place for place in (2, 1, 0) if place < len(parts) and _DAY.fullmatch(parts[place])), 2)
    parts = [*[""] * (2 - spot), *parts, "", "", "", ""]
    return parts[0], parts[1], parts[2], parts[3]


def _odd_posting(text: str) -> tuple[str, str, str]:
    """Account, objects and the rest of a posting without braces, or with braces within quotes."""
    found = [(match.group(2) is not None, match.group(0), match) for match in _FIELD.finditer(text)]
    account = "" if not found or found[0][0] else fields(found[0][1])[0]
    start = 1 if found and not found[0][0] else 0
    if start < len(found) and found[start][0]:
        listed = found[start][2]
        return account, listed.group(2), text[listed.end() :]
    return account, "", text[found[0][2].end() :] if start else text

"""Answered forms: the workbook that came back, the answer file of the web form, or its text pasted from a mail."""

from __future__ import annotations

import base64
import binascii
import email
import email.policy
import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zipfile import is_zipfile

from xlsales.issues import CannotRead
from xlsales.sources.packages import content, parts_of
from xlsales.sources.surveys import Sent
from xlsales.sources.surveys.cells import Rows
from xlsales.tables.cells import read_number
from xlsales.tables.forms import (
    ANSWER_FORMAT,
    ANSWER_MARK,
    BEGIN,
    END,
    KEY_MARK,
    NAME_COLUMN,
    PERSON_MARK,
    POINTS_COLUMN,
    ROLE_MARK,
)

MOST_TEXT = 1024 * 1024
_MOST_LETTERS, _MOST_CRITERIA = 120, 200
_BLOCK = re.compile(re.escape(BEGIN) + r"(.{1,60000}?)" + re.escape(END), re.DOTALL)
_MODIFIED = re.compile(rb"<(?:dcterms:modified|dc:date)\b[^>]*>\s*([0-9T:.Z+-]{10,40})\s*</")
_MAIL_TYPES = {"text/plain", "application/json"}
_PROPERTIES = ("docprops/core.xml", "meta.xml")


def workbook_answer(path: Path, sheets: list[Rows]) -> Sent | None:
    """The answer in a workbook form; None where the workbook is no form of ours."""
    marked = {row[0]: row for rows in sheets for row in rows if row and row[0].startswith("xlsales-")}
    if KEY_MARK not in marked:
        return None
    points = {
        mark.removeprefix(ANSWER_MARK): _cell(_at(row, POINTS_COLUMN))
        for mark, row in marked.items()
        if mark.startswith(ANSWER_MARK)
    }
    names = [_name(_at(marked.get(mark, []), NAME_COLUMN)) for mark in (PERSON_MARK, ROLE_MARK)]
    return Sent("".join(marked[KEY_MARK][1:]), points, names[0], names[1], _saved(path))


def text_answers(path: Path) -> list[Sent] | None:
    """The answers in a text: an answer file, or marked blocks in a mail. None where there is neither.

    Raises CannotRead survey_broken_answer where it is an answer file that was cut or changed.
    """
    if path.stat().st_size > MOST_TEXT:
        return None
    data = path.read_bytes()
    texts = _mail_texts(data) if path.suffix.lower() == ".eml" else [data.decode("utf-8-sig", "replace")]
    found = [answer for text in texts for answer in _in_text(path, text)]
    return list({(a.word, a.when, a.person): a for a in found}.values()) or None


def _mail_texts(data: bytes) -> list[str]:
    """The texts of a saved mail: what was written, and attached answer files."""
    mail = email.message_from_bytes(data, policy=email.policy.default)
    parts = [part for part in mail.walk() if not part.is_multipart()]
    wanted = [p for p in parts if p.get_content_type() in _MAIL_TYPES or str(p.get_filename()).endswith(".json")]
    return [bytes(part.get_payload(decode=True) or b"").decode("utf-8-sig", "replace") for part in wanted]


def _in_text(path: Path, text: str) -> list[Sent]:
    if text.lstrip()[:1] == "{":
        return [_answer(path, text)]
    blocks = _BLOCK.findall(text)
    if not blocks and BEGIN in text:
        raise CannotRead("survey_broken_answer", path=str(path), detail=END)
    return [_answer(path, _unwrapped(path, block)) for block in blocks]


def _unwrapped(path: Path, block: str) -> str:
    """The text of a block that mail programs have wrapped, quoted or indented."""
    word = re.sub(r"[^A-Za-z0-9_-]", "", re.sub(r"(?m)^[>|\s]+", "", block))
    try:
        return base64.urlsafe_b64decode(word + "=" * (-len(word) % 4)).decode("utf-8")
    except (binascii.Error, ValueError) as error:
        raise CannotRead("survey_broken_answer", path=str(path), detail=str(error)) from None


def _answer(path: Path, text: str) -> Sent:
    try:
        found = json.loads(text, parse_constant=_refuse)
        if not isinstance(found, dict) or found.get("format") != ANSWER_FORMAT:
            raise ValueError("format")
        points = found.get("points")
        if not isinstance(points, dict) or len(points) > _MOST_CRITERIA:
            raise ValueError("points")
        cells = {str(k): _cell(v) for k, v in points.items()}
        names = [_name(found.get(part)) for part in ("person", "role")]
        return Sent(str(found.get("key", "")), cells, names[0], names[1], _moment(str(found.get("answered", ""))))
    except (ValueError, RecursionError) as error:
        detail = str(error).splitlines()[0][:80] if str(error) else "json"
        raise CannotRead("survey_broken_answer", path=str(path), detail=detail) from None



# No point and no rating is near it; a greater number is a slip or worse, and would spoil every sum.
_GREATEST = 1e6


def _refuse(constant: str) -> Any:
    raise ValueError(constant)


def _cell(value: object) -> float | str | None:
    """A number, nothing, or the text that stands where a number should."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    if isinstance(value, bool | dict | list):
        return _name(str(value))
    number = read_number(value)
    return _name(str(value)) if number is None or abs(number) > _GREATEST else number


def _name(value: object) -> str:
    if value is None:
        return ""
    letters = "".join(c if c.isprintable() else " " for c in str(value))
    return " ".join(letters.split())[:_MOST_LETTERS]


def _at(row: list[str], column: int) -> str:
    return row[column] if column < len(row) else ""


def _saved(path: Path) -> datetime | None:
    """When a program last saved the workbook, as the workbook itself says."""
    if not is_zipfile(path):
        return None
    core = next((info for name, info in parts_of(path).items() if name.lower() in _PROPERTIES), None)
    found = _MODIFIED.search(content(path, core)) if core else None
    return _moment(found[1].decode("ascii")) if found else None


def _moment(text: str) -> datetime | None:
    """A moment in UTC without its zone; None where the text is none."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    if not 2000 <= found.year < 2200:
        return None
    return (found.astimezone(UTC) if found.tzinfo else found).replace(tzinfo=None, microsecond=0)

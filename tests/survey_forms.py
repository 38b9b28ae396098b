"""Forms to test with: one company, one person, and a workbook whose customers are asked."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from html import unescape
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from xlsales.cli import main
from xlsales.tables.answer_key import AnswerKey, signed
from xlsales.tables.forms import ANSWER_MARK, KEY_MARK, PERSON_MARK, Form, Question
from xlsales.tables.schema import Language

QUESTIONS = (
    Question("quality", "Bra kvalitet", "Varan håller vad den lovar."),
    Question("service", "Hög servicenivå", "Snabba svar."),
    Question("price", '<b>Lågt</b> "pris" & mer', "=1+1"),
)


def form(method: str = "points20", language: Language = "sv", person: str = "") -> Form:
    """A form about three criteria, one of which is named by somebody who means harm."""
    key = AnswerKey("book", "005", person, method, tuple(q.criterion_id for q in QUESTIONS))
    return Form(key, signed(key, "secret"), language, '=1+1 <i>Älv</i> "AB"', "Vi & Co", "", QUESTIONS)


def fill_workbook(path: Path, points: Mapping[str, Any], person: str = "", target: Path | None = None) -> Path:
    """Write points into a form as a respondent does, by the criterion's id."""
    book = load_workbook(path)
    page = book.worksheets[0]
    for row in page.iter_rows():
        mark = str(row[0].value)
        if mark.removeprefix(ANSWER_MARK) in points and mark.startswith(ANSWER_MARK):
            row[3].value = points[mark.removeprefix(ANSWER_MARK)]
        elif mark == PERSON_MARK and person:
            row[2].value = person
    book.save(target or path)
    return target or path


def key_of(page: Path) -> str:
    """The signed key in a web form."""
    found = re.search(r'data-key="([^"]*)"', page.read_text("utf-8"))
    assert found
    return unescape(found[1])


def change_key(path: Path, word: str) -> None:
    """Put another key into a form."""
    book = load_workbook(path)
    cells = [row[1] for row in book["xlsales"].iter_rows() if row[0].value == KEY_MARK]
    cells[0].value = word
    book.save(path)


def answer_text(
    word: str, points: Mapping[str, Any], answered: str = "2026-03-01T10:00:00.000Z", person: str = ""
) -> str:
    """An answer file as the web form makes it."""
    return json.dumps({"format": "xlsales-answer/1", "key": word, "person": person, "role": "",
                       "answered": answered, "points": dict(points)})  # fmt: skip


def put(workbook: Path, table: str, text: str) -> None:
    """Rows typed as csv into a table."""
    source = workbook.with_name("rows.csv")
    source.write_text(text, "utf-8")
    assert main(["put", str(workbook), table, str(source)]) == 0

"""Exports of survey tools to responses: Qualtrics, LimeSurvey, SurveyMonkey, Microsoft and Google Forms, Netigate,
Alchemer, and any table with a column per criterion.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd

from xlsales.issues import CannotRead
from xlsales.sources.dates import read_dates
from xlsales.sources.surveys import CriterionNames, Export, Response
from xlsales.sources.surveys.cells import Rows
from xlsales.sources.surveys.headings import Block, Found, find_blocks
from xlsales.sources.surveys.layouts import Layout, layout_of
from xlsales.tables.cells import read_number
from xlsales.tables.forms import LEAST_RATING, MOST_RATING, TOTALS

Points = Mapping[str, float | str | None]
_UNFINISHED = {
    "false", "falskt", "falsch", "0", "no", "nej", "nein", "usann", "partial", "incomplete", "disqualified",
    "ofullständig",
}
_PREVIEWS = {
    "preview", "surveypreview", "survey preview", "test", "testdata", "survey test", "1 preview",
    "umfragevorschau", "vorschau", "förhandsgranskning",
}
_ANONYMOUS = {"anonymous", "anonym"}
_CLOSE = 1e-6
_GREATEST = 1e6


def read_export(path: Path, sheets: Sequence[Rows], names: CriterionNames, method: str = "") -> Export:
    """The responses of an export. method: how points were given; "" finds it by the sums.

    Raises CannotRead survey_no_criteria (no two columns name a criterion) and survey_unmatched (a column of the same
    question names none, so that its points would be lost).
    """
    for rows in sheets:
        layout = layout_of(rows, names)
        if layout is None:
            continue
        body = [(number, row) for number, row in enumerate(rows, 1) if number > layout.first and any(row)]
        found = find_blocks(layout.headings, names, _numeric(body, len(layout.headings)))
        if found.unmatched:
            raise _unmatched(path, found, names)
        if found.blocks:
            responses = [r for block in found.blocks for r in _responses(layout, block, body, method)]
            asked = {criterion for block in found.blocks for criterion in block.columns}
            absent = tuple(c for c in names.shown if c not in asked)
            return Export(layout.tool, tuple(_apart(responses)), absent)
    shown = [cell for rows in sheets[:1] for row in rows[:1] for cell in row if cell][:12]
    raise CannotRead("survey_no_criteria", path=str(path), headings=shown, known=list(names.shown.values()))


def _unmatched(path: Path, found: Found, names: CriterionNames) -> CannotRead:
    near = next((n for c in found.unmatched if (n := found.suggestions.get(c, ""))), "")
    known = list(names.shown.values())
    return CannotRead("survey_unmatched", path=str(path), columns=list(found.unmatched), known=known, nearest=near)


def _numeric(body: Sequence[tuple[int, list[str]]], width: int) -> list[bool]:
    """Which columns hold numbers and nothing else."""
    found = []
    for column in range(width):
        cells = [row[column] for _, row in body if column < len(row) and row[column]]
        found.append(bool(cells) and all(read_number(cell) is not None for cell in cells))
    return found


def _responses(
    layout: Layout, block: Block, body: Sequence[tuple[int, list[str]]], method: str
) -> Iterator[Response]:
    given = [{c: _cell(_at(row, spot)) for c, spot in block.columns.items()} for _, row in body]
    kind = method or _method(given)
    total = TOTALS.get(kind)
    for (number, row), points, when in zip(body, given, _dates(layout, body), strict=True):
        if any(cell is not None for cell in points.values()):
            yield _response(layout, (number, row), kind, _whole(points, total), when)


def _cell(text: str) -> float | str | None:
    if not text:
        return None
    number = read_number(text)
    return text[:120] if number is None or abs(number) > _GREATEST else number


def _whole(points: Points, total: float | None) -> Points:
    """Blanks are zeros where the rest comes to the full sum; otherwise nobody knows what they are."""
    if total is None or abs(_sum(points) - total) > _CLOSE:
        return points
    return {c: 0.0 if cell is None else cell for c, cell in points.items()}


def _sum(points: Points) -> float:
    return sum(cell for cell in points.values() if isinstance(cell, float))


def _method(given: Sequence[Points]) -> str:
    """How the points of a question were given, by the sums and the range."""
    filled = [points for points in given if any(isinstance(c, float) for c in points.values())]
    sums = np.array([_sum(points) for points in filled])
    for method in ("points20", "points100"):
        if len(sums) and np.mean(np.abs(sums - TOTALS[method]) < _CLOSE) >= 0.5:
            return method
    cells = [c for points in filled for c in points.values() if isinstance(c, float)]
    rated = bool(cells) and all(LEAST_RATING <= c <= MOST_RATING for c in cells)
    middle = float(np.median(sums)) if len(sums) else 0.0
    if rated and abs(middle - TOTALS["points20"]) > 0.2 * TOTALS["points20"]:
        return "scale10"
    return "points100" if middle > 3 * TOTALS["points20"] else "points20"


def _dates(layout: Layout, body: Sequence[tuple[int, list[str]]]) -> list[datetime | None]:
    spot = layout.admin.get("date")
    if spot is None or not body:
        return [None] * len(body)
    texts = pd.Series([_at(row, spot) for _, row in body], dtype="str")
    days = read_dates(texts, None if layout.month_first is None else not layout.month_first).days
    return [None if pd.isna(day) else pd.Timestamp(day).to_pydatetime() for day in days]


def _response(
    layout: Layout, numbered: tuple[int, list[str]], method: str, points: Points, when: datetime | None
) -> Response:
    number, row = numbered
    told = {kind: _at(row, spot) for kind, spot in layout.admin.items()}
    full = " ".join(filter(None, (told.get("first", ""), told.get("last", ""))))
    person = next((p for p in (told.get("person", ""), full) if p and p.casefold() not in _ANONYMOUS), "")
    email = told.get("email", "") if "@" in told.get("email", "") else ""
    clues = [("number", told.get("number", "")), ("name", told.get("name", "")), ("email", email)]
    own = told.get("id", "")
    if not own or own.isdigit():
        # Numbers start again at 1 in every survey.
        parts = [own, told.get("date", ""), email, person] if own else row
        own = f"{own}-{hashlib.sha256(chr(31).join(parts).encode()).hexdigest()[:8].upper()}".lstrip("-")
    return Response(
        number, f"{_PREFIX.get(layout.tool, 'T')}-{own}"[:60], method, points,
        tuple(clue for clue in clues if clue[1]), (person or email)[:120], told.get("role", "")[:120], when,
        _unfinished(layout, told),
    )  # fmt: skip


_PREFIX = {
    "qualtrics": "Q", "limesurvey": "L", "surveymonkey": "SM", "microsoft_forms": "MF", "google_forms": "G",
    "alchemer": "A",
}  # fmt: skip


def _unfinished(layout: Layout, told: Mapping[str, str]) -> str:
    status = told.get("status", "").casefold()
    # Exported as numbers, Qualtrics calls previews and tests 1 and 2.
    if status in _PREVIEWS or (layout.tool == "qualtrics" and status in ("1", "2")):
        return "preview"
    stopped = "finished" in layout.admin and told["finished"].casefold() in _UNFINISHED | {""}
    return "not_finished" if stopped or status in _UNFINISHED - {"0", "no", "nej"} else ""


def _apart(responses: Sequence[Response]) -> Iterator[Response]:
    """Two questions answered by one respondent are two answers, told apart by their method.

    The same row twice is one answer, where the rows say when they were given.
    """
    seen: set[str] = set()
    kept: list[Response] = []
    for response in responses:
        own = response.response_id
        if response.when and any(replace(other, row=response.row) == response for other in kept[-1:]):
            continue
        kept.append(response)
        if own in seen:
            own = f"{own}-{response.method}"
        while own in seen:
            own += "+"
        seen.add(own)
        yield replace(response, response_id=own)


def _at(row: Sequence[str], column: int) -> str:
    return row[column] if column < len(row) else ""

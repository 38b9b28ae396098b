"""Survey answers from outside: the forms we sent, and the exports of survey tools.

Readers give what stands there; whose answer it is and whether it can be used is decided by the method.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Sent:
    """One answered form. word: its signed key. points: cells by criterion id, numbers or the text that stands there,
    None where empty. when: when it was answered, None where the file does not say.
    """

    word: str
    points: Mapping[str, float | str | None]
    person: str = ""
    role: str = ""
    when: datetime | None = None


@dataclass(frozen=True)
class Response:
    """One respondent's points in one question of an export. row: the data row, counted from 1 as in the file.

    customer: what may tell the customer, most certain first: ("number" | "name" | "email", text).
    unfinished: "" or why the row is no answer ("not_finished", "preview").
    """

    row: int
    response_id: str
    method: str
    points: Mapping[str, float | str | None]
    customer: tuple[tuple[str, str], ...] = ()
    person: str = ""
    role: str = ""
    when: datetime | None = None
    unfinished: str = ""


@dataclass(frozen=True)
class Export:
    """An export of a survey tool. tool: "qualtrics", "limesurvey", … or "table". absent: criteria it does not ask."""

    tool: str
    responses: tuple[Response, ...]
    absent: tuple[str, ...] = ()


@dataclass(frozen=True)
class CriterionNames:
    """The criteria that are asked: every name an export may use, in any language, and what users call them."""

    ids: Mapping[str, str]
    shown: Mapping[str, str] = field(default_factory=dict)

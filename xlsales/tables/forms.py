"""What a survey form asks, and how an answer is marked in the files that come back."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from xlsales.tables.answer_key import AnswerKey
from xlsales.tables.schema import Language
from xlsales.tables.texts import Texts

TOTALS: Final = {"points20": 20, "points100": 100, "belief": 20}
LEAST_RATING, MOST_RATING = 1, 10

# In the first, hidden column of a form: the key, the respondent and one row per criterion.
KEY_MARK: Final = "xlsales-key"
PERSON_MARK, ROLE_MARK, ANSWER_MARK = "xlsales-person", "xlsales-role", "xlsales-answer:"
NAME_COLUMN, POINTS_COLUMN = 2, 3

# The answer file of the web form, and the same as text in a mail.
ANSWER_FORMAT: Final = "xlsales-answer/1"
BEGIN, END = "-----BEGIN XLSALES ANSWER-----", "-----END XLSALES ANSWER-----"


@dataclass(frozen=True)
class Question:
    """A criterion as the respondent reads it."""

    criterion_id: str
    name: str
    about: str


@dataclass(frozen=True)
class Form:
    """One form. word: the signed key. company: who asks, "" where unknown. role: as known, "" lets the person write."""

    key: AnswerKey
    word: str
    language: Language
    customer: str
    company: str
    role: str
    questions: tuple[Question, ...]

    @property
    def total(self) -> int:
        """Points to allot; 0 where every criterion gets a rating of its own."""
        return TOTALS.get(self.key.method, 0)

    @property
    def limits(self) -> tuple[int, int]:
        """The least and the most that a criterion can get."""
        return (0, self.total) if self.total else (LEAST_RATING, MOST_RATING)

    @property
    def stem(self) -> str:
        """A file name of plain letters, of its own for every key."""
        parts = (self.key.customer_no, self.key.person or self.customer, self.key.answer_id()[-4:])
        return "-".join(filter(None, map(_plain, parts)))

    def heading(self) -> str:
        """The question above the form."""
        kind = "belief" if self.key.method == "belief" else "points" if self.total else "rating"
        return Texts(self.language).say("form", f"title_{kind}", customer=self.customer)

    def instruction(self) -> str:
        """What to do, in a few sentences."""
        kind = "belief" if self.key.method == "belief" else "points" if self.total else "rating"
        params = {"total": self.total, "customer": self.customer, "least": LEAST_RATING, "most": MOST_RATING}
        return Texts(self.language).say("form", f"intro_{kind}", **params)

    def sender(self) -> str:
        """Who asks whom."""
        code = "sender" if self.company else "sender_unnamed"
        return Texts(self.language).say("form", code, company=self.company, customer=self.customer)


def _plain(text: str) -> str:
    ascii_only = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii").lower()
    return re.sub(r"[^a-z0-9]+", "-", ascii_only).strip("-")[:40]

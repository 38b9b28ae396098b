"""What a run carries from step to step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

import pandas as pd

from xlsales.issues import Issue
from xlsales.method.book import Book
from xlsales.method.settings import rules
from xlsales.sources import Aggregate

Rules = TypeVar("Rules")
Progress = Callable[[str, int, int], None]


@dataclass
class Run:
    """The state of one run. ``tables`` holds what is to be written, by table key.

    seen_until: last day of ratings that count. ledger_away: the remembered ledger is not there, so the
    figures of the last run stand. changes: what if, in place of the rows of the sheet What if.
    """

    book: Book
    settings: dict[str, Any]
    as_of: date
    ledger: Aggregate
    seen_until: date
    ledger_away: bool = False
    changes: pd.DataFrame | None = None
    tables: dict[str, pd.DataFrame] = field(default_factory=dict)
    results: dict[str, Any] = field(default_factory=dict)
    issues: list[tuple[str, Issue]] = field(default_factory=list)

    def rules(self, kind: type[Rules]) -> Rules:
        """The rules of a step from the settings."""
        return rules(kind, self.settings)

    def add(self, step: str, issues: list[Issue]) -> None:
        """Remember what a step found."""
        self.issues += [(step, issue) for issue in issues]

    def say(self, section: str, code: str, **params: object) -> str:
        """A text in the workbook's language."""
        return self.book.texts.say(section, code, **params)

    def name_of(self, criterion_id: str) -> str:
        """The name of a criterion."""
        return self.book.words.criteria.get(criterion_id, criterion_id)


@dataclass(frozen=True)
class StepReport:
    """How a step went: done or no_input, and its one sentence."""

    step: str
    status: str
    headline: str
    issues: int = 0

"""Problems: those in the user's data are values, those that stop a run are exceptions.

Both carry a code and its parameters; the words stand in ``workbook/texts.*.toml``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True)
class Issue:
    """One problem in the user's data.

    code: names the text under ``[issue.CODE]`` (what is expected and the remedy).
    table, row, column: the place, by table key, body row counted from 0 and column key;
        ``key`` is used instead of ``row`` when a step knows only the key of the row.
    place: used instead of table, row and column for a place outside the workbook (``ledger.csv:14``).
    found: what stands there, as the user wrote it.
    """

    severity: Severity
    code: str
    table: str = ""
    column: str = ""
    row: int | None = None
    key: str = ""
    place: str = ""
    found: object = ""
    params: Mapping[str, Any] = field(default_factory=dict)


class XlsalesError(Exception):
    """A run cannot go on. ``[error.CODE]`` in the texts says where, what and the remedy."""

    exit_code = 3

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code, params)
        self.code = code
        self.params = params


class WrongUse(XlsalesError):
    """The command line cannot be understood."""

    exit_code = 2


class CannotRead(XlsalesError):
    """The input cannot be used at all."""

    exit_code = 3


class CannotWrite(XlsalesError):
    """The output could not be written; nothing was changed."""

    exit_code = 4

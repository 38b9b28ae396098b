"""Answers that came back, merged into the workbook by key: forms of ours and exports of survey tools."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from xlsales.issues import CannotRead, XlsalesError
from xlsales.method.book import Book
from xlsales.method.survey_customers import Customers
from xlsales.method.survey_forms import known_people, survey_key
from xlsales.method.transfer import put_rows
from xlsales.sources.own import is_own_workbook
from xlsales.sources.surveys import CriterionNames, Export, Sent
from xlsales.sources.surveys.cells import file_kind, sheets_of
from xlsales.sources.surveys.exports import read_export
from xlsales.sources.surveys.forms import text_answers, workbook_answer
from xlsales.tables.answer_key import AnswerKey, opened
from xlsales.tables.edit import KEEP, TableEdit
from xlsales.tables.folder import read_toml
from xlsales.tables.forms import TOTALS
from xlsales.tables.parse import fold

SUFFIXES = {".xlsx", ".xlsm", ".ods", ".xls", ".xlsb", ".csv", ".tsv", ".txt", ".json", ".eml", ".md", ""}
# Read by nobody, but what people save a mail or several answers as.
_MAY_HOLD_ANSWERS = {".msg", ".zip", ".7z", ".rar", ".pdf", ".doc", ".docx", ".mht", ".mhtml"}
_FEWEST_BYTES = 1


@dataclass(frozen=True)
class Answer:
    """One answer on its way into the table. place: where it was found."""

    answer_id: str
    customer_no: str
    method: str
    points: Mapping[str, Any]
    person: str = ""
    role: str = ""
    when: datetime | None = None
    place: str = ""

    @property
    def fingerprint(self) -> str:
        """The same for the same content."""
        text = json.dumps([self.customer_no, self.method, self.person, dict(sorted(self.points.items()))])
        return hashlib.sha256(text.encode("utf-8")).hexdigest()[:16]


@dataclass(frozen=True)
class Aside:
    """An answer or a file that was not taken in: where, and why as a code with its parameters."""

    place: str
    code: str
    params: Mapping[str, Any] = field(default_factory=dict)
    error: XlsalesError | None = None


@dataclass
class Collected:
    """What a collection did. files: (name, kind) of those read. empty: forms that nobody has filled in.

    twice: answers that a later one replaced. older: answers older than those in the workbook. known: answers that
    were collected before. partial: (file, criteria) of exports that do not ask about everything.
    """

    files: list[tuple[str, str]] = field(default_factory=list)
    new: list[Answer] = field(default_factory=list)
    changed: list[Answer] = field(default_factory=list)
    known: list[Answer] = field(default_factory=list)
    older: list[Answer] = field(default_factory=list)
    twice: list[Answer] = field(default_factory=list)
    empty: list[str] = field(default_factory=list)
    aside: list[Aside] = field(default_factory=list)
    partial: list[tuple[str, list[str]]] = field(default_factory=list)


def collect(book: Book, source: Path, method: str = "") -> Collected:
    """Merge the answers of a file or of all files in a folder into the table of answers (not yet saved).

    Twice-sent answers count once, the latest; what was collected before is left as the user has it now.
    Raises CannotRead missing_file and survey_no_files.
    """
    done, reader = Collected(), _Reader(book, method)
    answers: list[Answer] = []
    found = _files(source)
    done.aside += [Aside(path.relative_to(source).as_posix(), "not_a_form") for path in _strangers(source, found)]
    for path in found:
        answers += reader.read(path, path.name if path == source else path.relative_to(source).as_posix(), done)
    _put(book, _latest(answers, done), done)
    return done


def _strangers(source: Path, found: list[Path]) -> list[Path]:
    """Files that cannot hold an answer, so that nobody believes they were read."""
    if source.is_file():
        return []
    return [
        path for path in sorted(source.rglob("*"))
        if path.is_file() and path not in found and path.suffix.lower() in _MAY_HOLD_ANSWERS
        and not any(part.startswith((".", "~$")) for part in path.relative_to(source).parts)
    ]  # fmt: skip


def _files(source: Path) -> list[Path]:
    if source.is_file():
        return [source]
    if not source.is_dir():
        raise CannotRead("missing_file", path=str(source))
    found = [
        path for path in sorted(source.rglob("*"))
        if path.suffix.lower() in SUFFIXES and path.is_file() and path.stat().st_size >= _FEWEST_BYTES
        and not any(part.startswith((".", "~$")) for part in path.relative_to(source).parts)
    ]  # fmt: skip
    if not found:
        raise CannotRead("survey_no_files", path=str(source))
    return found


class _Reader:
    """Files to answers, by the keys, customers and criteria of one workbook."""

    def __init__(self, book: Book, method: str) -> None:
        self._book, self._method = book, method
        self._workbook, self._secret = survey_key(book)
        self._criteria = {c.id: c.name for c in book.criteria}
        self._names = _criterion_names(book)
        self._customers = Customers.of(book)

    def read(self, path: Path, place: str, done: Collected) -> Iterator[Answer]:
        """The answers of a file; what cannot be used is told in ``done``."""
        try:
            sent = text_answers(path) if kind_is_text(path) else None
            if sent is None:
                if file_kind(path) == "xlsx" and is_own_workbook(path):
                    done.aside.append(Aside(place, "own_workbook"))
                    return
                sheets = sheets_of(path)
                form = workbook_answer(path, sheets)
                sent = [form] if form else None
            if sent is not None:
                done.files.append((place, "form"))
                yield from self._from_forms(sent, place, done)
            else:
                export = read_export(path, sheets, self._names, self._method)
                done.files.append((place, export.tool))
                yield from self._from_export(export, place, done)
        except CannotRead as problem:
            told = CannotRead(problem.code, **problem.params | {"path": place})
            done.aside.append(Aside(place, "unreadable", error=told))

    def _from_forms(self, sent: Iterable[Sent], place: str, done: Collected) -> Iterator[Answer]:
        for answer in sent:
            key = opened(answer.word, self._workbook, self._secret)
            if not isinstance(key, AnswerKey):
                done.aside.append(Aside(place, key))
            elif set(answer.points) - set(key.criteria):
                done.aside.append(Aside(place, "tampered"))
            elif gone := [c for c in key.criteria if c not in self._criteria]:
                done.aside.append(Aside(place, "criteria_gone", {"criteria": gone}))
            elif all(cell is None for cell in answer.points.values()):
                done.empty.append(place)
            else:
                person = key.person or answer.person
                yield Answer(key.answer_id(answer.person), key.customer_no, key.method, _zeros(key, answer.points),
                             person, answer.role, answer.when, place)  # fmt: skip

    def _from_export(self, export: Export, place: str, done: Collected) -> Iterator[Answer]:
        if export.absent:
            done.partial.append((place, [self._names.shown[c] for c in export.absent]))
        for response in export.responses:
            row = f"{place}:{response.row}"
            number = self._customers.find(response.customer)
            if response.unfinished:
                done.aside.append(Aside(row, response.unfinished))
            elif not number:
                clues = [text for _, text in response.customer]
                code = "unknown_customer" if clues else "no_customer"
                done.aside.append(Aside(row, code, {"found": " / ".join(clues)}))
            else:
                yield Answer(response.response_id, number, response.method, response.points, response.person,
                             response.role, response.when, row)  # fmt: skip


def kind_is_text(path: Path) -> bool:
    """Whether a file may be an answer file or a mail: it does not begin like a workbook."""
    with path.open("rb") as file:
        return not file.read(8).startswith((b"PK", b"\xd0\xcf\x11\xe0"))


def _zeros(key: AnswerKey, points: Mapping[str, Any]) -> dict[str, Any]:
    """Points that were not given are none; a rating that was not given is unknown."""
    blank = 0.0 if key.method in TOTALS else None
    return {c: blank if points.get(c) is None else points[c] for c in key.criteria}


def _criterion_names(book: Book) -> CriterionNames:
    """What an export may call the criteria: id, name, and our own names in every language."""
    ids: dict[str, str] = {}
    defaults = read_toml("criteria.toml")
    for criterion in (c for c in book.criteria if c.active):
        known = defaults.get(criterion.id, {})
        for name in (criterion.name, criterion.id, *(known[lang] for lang in ("sv", "en") if lang in known)):
            ids.setdefault(fold(name), criterion.id)
    return CriterionNames(ids, {c.id: c.name for c in book.criteria if c.active})


def _latest(answers: Iterable[Answer], done: Collected) -> list[Answer]:
    """One answer per id, the latest; of equally late ones the one read last."""
    kept: dict[str, Answer] = {}
    for answer in sorted(answers, key=lambda a: a.when or datetime.min):
        if answer.answer_id in kept:
            done.twice.append(kept[answer.answer_id])
        kept[answer.answer_id] = answer
    return list(kept.values())


def _put(book: Book, answers: list[Answer], done: Collected) -> None:
    log = book.parsed("survey_log").frame.set_index("answer_id")
    present = set(book.parsed("answers").frame["answer_id"])
    people = known_people(book)
    fresh: list[Answer] = []
    for answer in answers:
        before = log.loc[answer.answer_id] if answer.answer_id in log.index else None
        if answer.answer_id not in present:
            done.new.append(answer)
        elif before is not None and before["fingerprint"] == answer.fingerprint:
            done.known.append(answer)
            continue
        elif before is not None and answer.when and pd.notna(before["answered"]) and before["answered"] > answer.when:
            done.older.append(answer)
            continue
        else:
            done.changed.append(answer)
        known = people.get((answer.customer_no, fold(answer.person)), {})
        fresh.append(replace(answer, role=str(known.get("role", "") or "") or answer.role))
    if not fresh:
        return
    rows = [_row(a, people.get((a.customer_no, fold(a.person)), {})) for a in fresh]
    put_rows(book, "answers", pd.DataFrame(rows, dtype=object))
    _unconfirm(book, {answer.answer_id for answer in done.changed})
    written = pd.DataFrame(
        [(a.answer_id, a.when, a.fingerprint) for a in fresh], columns=["answer_id", "answered", "fingerprint"]
    ).astype({"answered": "datetime64[s]"})
    kept = log.drop(index=[a.answer_id for a in fresh if a.answer_id in log.index]).reset_index()
    book.write("survey_log", pd.concat([kept, written], ignore_index=True) if len(kept) else written)


def _unconfirm(book: Book, changed: set[str]) -> None:
    """A yes that a person gave to other points says nothing about the new ones."""
    parsed = book.parsed("answers")
    heading = parsed.headings.get("confirmed")
    stale = parsed.frame["answer_id"].isin(changed) & parsed.frame["confirmed"]
    if heading is None or not stale.any():
        return
    cells = [None if row in set(parsed.frame.index[stale]) else KEEP for row in range(len(parsed.raw))]
    rows = np.arange(len(parsed.raw), dtype=np.int64)
    book.edit("answers", TableEdit(pd.DataFrame({heading: pd.Series(cells, dtype=object)}), rows))


def _row(answer: Answer, known: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "answer_id": answer.answer_id,
        "customer_no": answer.customer_no,
        "method": answer.method,
        "person": answer.person,
        "role": answer.role,
        "decision_level": str(known.get("decision_level", "") or ""),
        "date": answer.when.date() if answer.when else None,
        **answer.points,
    }

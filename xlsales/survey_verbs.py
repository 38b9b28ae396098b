"""The verbs of the survey: make the forms, collect the answers."""

from __future__ import annotations

import sys
from argparse import Namespace
from pathlib import Path
from typing import Any

from xlsales.closed import alone, defaults, open_workbook, save
from xlsales.commands import print_json
from xlsales.issues import CannotWrite, WrongUse
from xlsales.method.book import Book
from xlsales.method.survey_collect import Aside, Collected, collect
from xlsales.method.survey_forms import Asked, plan_forms
from xlsales.tables.forms import Form
from xlsales.tables.texts import Texts


def survey(options: Namespace) -> int:
    """Do one of the verbs."""
    return _forms(options) if options.action == "forms" else _collect(options)


def _forms(options: Namespace) -> int:
    asked = Asked(options.method, options.customers, options.language or "", options.belief)
    folder = Path(options.directory)
    with alone(options.workbook, False):
        host = open_workbook(options.workbook)
        book = Book(host, options.workbook)
        new_key = book.parsed("survey_key").frame.empty
        forms = plan_forms(book, asked)
        if new_key:
            # The key first: a form signed with a secret that was never kept would be foreign for ever.
            _refuse_held(host, options)
    written, left = _write(forms, folder, ("xlsx", "html") if options.format == "both" else (options.format,))
    customers = len({form.key.customer_no for form in forms})
    if options.json:
        files = [{"file": str(path), "customer_no": form.key.customer_no, "person": form.key.person}
                 for path, form in written]  # fmt: skip
        print_json({"folder": str(folder), "forms": len(forms), "left": left, "files": files})
        return 0
    params = {"forms": len(forms), "customers": customers, "path": folder, "files": len(written), "left": left}
    print(book.texts.say("survey", "made", **params))
    print(book.texts.say("survey", "made_next"))
    return 0


def _refuse_held(host: Any, options: Namespace) -> None:
    """Save the workbook itself, or nothing: beside it the key would be lost."""
    from xlsales.hosts.ooxml.holders import holder

    held = holder(Path(options.workbook))
    if held is not None:
        raise CannotWrite("workbook_open", path=options.workbook, holder=held or "?")
    save(host, options, defaults())


def _write(forms: list[Form], folder: Path, kinds: tuple[str, ...]) -> tuple[list[tuple[Path, Form]], int]:
    """Write the files that are not there yet; one that is there may have been filled in."""
    from xlsales.build.form_page import write_form_page
    from xlsales.build.form_workbook import write_form_workbook

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise CannotWrite("cannot_save", path=str(folder), reason=problem.strerror or str(problem)) from problem
    written, left = [], 0
    for form in forms:
        for kind in kinds:
            path = folder / f"{form.stem}.{kind}"
            if path.exists():
                left += 1
                continue
            (write_form_workbook if kind == "xlsx" else write_form_page)(form, path)
            written.append((path, form))
    return written, left


def _collect(options: Namespace) -> int:
    if Path(options.directory) == Path(options.workbook):
        raise WrongUse("survey_no_files", path=options.directory)
    with alone(options.workbook, False):
        host = open_workbook(options.workbook)
        book = Book(host, options.workbook)
        done = collect(book, Path(options.directory), options.method)
        saved = save(host, options, defaults()) if done.new or done.changed else options.workbook
    if options.json:
        print_json(_document(done, book.texts, saved))
    else:
        _print(done, book.texts)
    if host.held_by:
        print(book.texts.say("cli", "held_by", holder=host.held_by, path=saved), file=sys.stderr)
    return 1 if done.aside else 0


def _print(done: Collected, texts: Texts) -> None:
    for file, kind in done.files:
        print(texts.say("survey", "read", file=file, kind=texts.say("survey", f"kind_{kind}")))
    for place, criteria in done.partial:
        print(texts.say("survey", "partial", place=place, criteria=criteria))
    for answer in done.older:
        print(texts.say("survey", "older", place=answer.place))
    for aside in done.aside:
        print(_why(aside, texts), file=sys.stderr)
    counts = {k: len(getattr(done, k)) for k in ("new", "changed", "known", "twice", "empty", "aside")}
    print(texts.say("survey", "collected", **counts))


def _why(aside: Aside, texts: Texts) -> str:
    """One line: where, and why it was not taken in; an error names the place itself."""
    if aside.error:
        return texts.error(aside.error)
    return texts.say("survey", "aside", place=aside.place, why=texts.say("survey", aside.code, **aside.params))


def _document(done: Collected, texts: Texts, saved: str) -> dict[str, Any]:
    taken = {
        key: [{part: getattr(a, part) for part in ("answer_id", "customer_no", "person", "method", "place")}
              for a in getattr(done, key)]
        for key in ("new", "changed", "known", "older", "twice")
    }
    aside = [
        {"place": a.place, "code": a.error.code if a.error else a.code, "why": _why(a, texts)} for a in done.aside
    ]
    return {
        "workbook": saved,
        "files": [{"file": file, "kind": kind} for file, kind in done.files],
        **taken,
        "empty": done.empty,
        "partial": [{"file": file, "criteria": criteria} for file, criteria in done.partial],
        "aside": aside,
    }

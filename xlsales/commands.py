"""The verbs of the command line: call the right part, print what came of it."""

from __future__ import annotations

import json
import os
import sys
from argparse import Namespace
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from xlsales.closed import alone, defaults, open_workbook, save
from xlsales.issues import CannotRead, CannotWrite, WrongUse, XlsalesError
from xlsales.progress import progress_bar
from xlsales.tables.schema import Language, load_schema
from xlsales.tables.texts import Texts


def error_text(problem: XlsalesError, options: Namespace) -> str:
    """One line: where, what and the remedy, in the language asked for or the environment's."""
    language = getattr(options, "language", None) or environment_language()
    text = " ".join(Texts(language).error(problem).split())
    if not any(letter.isdigit() for letter in text):
        return text
    from xlsales.sources.identity import masked_personal

    return masked_personal(text)


def new(options: Namespace) -> int:
    """Make an empty workbook."""
    from xlsales.build.addin import build_workbook

    path = _new_path(options.file, options.macros)
    try:
        path.touch(exist_ok=False)
        build_workbook(path, options.language, options.macros)
    except OSError as problem:
        raise CannotWrite("cannot_save", path=str(path), reason=problem.strerror or str(problem)) from problem
    except XlsalesError:
        path.unlink(missing_ok=True)
        raise
    print(Texts(options.language).say("cli", "created", path=path))
    return 0


def _new_path(name: str, macros: bool) -> Path:
    path = Path(name)
    if path.exists():
        raise WrongUse("file_exists", path=name)
    if path.suffix.lower() != (".xlsm" if macros else ".xlsx"):
        raise WrongUse("not_xlsm_name" if macros else "not_xlsx_name", path=name)
    return path


def run(options: Namespace) -> int:
    """Run the steps and save the workbook."""
    from xlsales.method import run_method

    suffix = Path(options.workbook).suffix
    if options.out and Path(options.out).suffix.lower() != suffix.lower():
        raise WrongUse("bad_out_name", path=options.out, suffix=suffix)
    with alone(options.workbook, options.dry_run or options.out):
        host = open_workbook(options.workbook)
        texts = _texts(host)
        result = run_method(host, options.workbook, _options(options, progress_bar(options.json)))
        result.workbook = options.workbook
        if not options.dry_run:
            result.workbook = save(host, options, result.settings)
    if options.json:
        print_json(result.document())
    else:
        print_result(texts, result)
        print(texts.say("cli", "dry_run" if options.dry_run else "saved", path=result.workbook))
    if host.held_by:
        print(texts.say("cli", "held_by", holder=host.held_by, path=result.workbook), file=sys.stderr)
    return 1 if result.count("error") else 0


def attach(options: Namespace) -> int:
    """Run the steps in a workbook that is open in Excel."""
    from xlsales.attach import attach as attached

    return attached(options)


def undo(options: Namespace) -> int:
    """Bring back the state before the last run."""
    from xlsales.hosts.versions import restore

    path = Path(options.workbook)
    if not path.is_file():
        raise CannotRead("missing_file", path=options.workbook)
    with alone(options.workbook, False):
        restore(path)
    print(Texts(environment_language()).say("cli", "undone", path=options.workbook))
    return 0


def print_result(texts: Texts, result: Any) -> None:
    """The sentence of every step and the number of issues."""
    for step in result.steps:
        print(f"{texts.say('step', step.step)}: {step.headline}")
    counts = {severity: result.count(severity) for severity in ("error", "warning", "note")}
    print(texts.say("cli", "issues_count" if sum(counts.values()) else "no_issues", **counts))


def check(options: Namespace) -> int:
    """List the issues; nothing is written."""
    from xlsales.method import run_method
    from xlsales.method.report import issue_document
    from xlsales.sources.identity import masked_personal

    host = open_workbook(options.workbook)
    texts = _texts(host)
    result = run_method(host, options.workbook, _options(options, progress_bar(options.json)))
    rows = [{key: masked_personal(str(cell)) for key, cell in row.items()} for row in issue_document(result.issues)]
    if options.json:
        print_json({"issues": rows})
    else:
        severity = load_schema().choices["severity"]
        for row in rows:
            place = f"{severity[row['severity']].label[texts.language]}: {row['cell'] or row['table']}:"
            print(place + f" ”{row['found']}”" * bool(row["found"]) + f" {row['expected']} {row['remedy']}")
        counts = {s: result.count(s) for s in ("error", "warning", "note")}
        print(texts.say("cli", "issues_count" if rows else "no_issues", **counts))
    return 1 if result.count("error") else 0


def ledger(options: Namespace) -> int:
    """Show how a ledger is read."""
    from xlsales.method.ledger_report import ledger_document, print_ledger
    from xlsales.sources import read_ledger
    from xlsales.sources.choices import read_choices, written_choices
    from xlsales.sources.home import at_home, no_rates

    texts = Texts(environment_language())
    bar = progress_bar(options.json)
    wanted = read_choices(options.set, options.profile)
    read = read_ledger(options.source, wanted, progress=lambda done, of: bar(texts.say("cli", "reading"), done, of))
    bar("", 1, 1)
    read = replace(at_home(read, no_rates(), str(defaults()["home_currency"])), choices=written_choices(wanted))
    document = ledger_document(read, texts)
    if options.json:
        print_json(document)
    else:
        print_ledger(document, texts)
    return 0


def get(options: Namespace) -> int:
    """Print a table."""
    from xlsales.method.book import Book
    from xlsales.method.transfer import as_csv, as_json, get_table

    load_schema().table(options.table)
    book = Book(open_workbook(options.workbook), options.workbook)
    rows = get_table(book, options.table)
    if not options.personal:
        rows = [_without_personal(row) for row in rows]
    if options.format == "json":
        print_utf8(as_json(rows) + "\n")
    else:
        keys = list(rows[0]) if rows else [str(k) for k in book.parsed(options.table).frame.columns]
        print_utf8(as_csv(rows, keys))
    return 0


def _without_personal(row: dict[str, Any]) -> dict[str, Any]:
    """A row whose organisation number, where it is a person's, is masked."""
    from xlsales.sources.identity import masked_personal

    return {**row, "org_no": masked_personal(row["org_no"])} if row.get("org_no") else row


def put(options: Namespace) -> int:
    """Write rows into a user's table."""
    from xlsales.method.transfer import put_file

    load_schema().table(options.table)
    with alone(options.workbook, False):
        host = open_workbook(options.workbook)
        texts = _texts(host)
        done = put_file(host, options.workbook, options.table, Path(options.file), whole=options.replace)
        saved = save(host, options, defaults())
    print(texts.say("cli", "rows_put", table=options.table, new=done.new, changed=done.changed, total=done.total))
    if host.held_by:
        print(texts.say("cli", "held_by", holder=host.held_by, path=saved), file=sys.stderr)
    for issue in done.issues:
        row = "" if issue.row is None or issue.row < 0 else f":{issue.row + 2}"
        place = f"{options.file}{row} {issue.column}"
        print(f"{place}: ”{issue.found}” {texts.expected(issue)} {texts.remedy(issue)}", file=sys.stderr)
    return 1 if any(issue.severity == "error" for issue in done.issues) else 0


def schema(options: Namespace) -> int:
    """List the declaration."""
    from xlsales.tables.document import schema_document, schema_text

    if options.json:
        print_json(schema_document(load_schema()))
    else:
        print(schema_text(load_schema(), environment_language()))
    return 0


def demo(options: Namespace) -> int:
    """Build the demo company, run everything and print the findings."""
    from xlsales.demo import make_demo

    return make_demo(Path(options.directory), options.language, progress_bar(False))


def addin(options: Namespace) -> int:
    """Build, place, take away or examine the add-in of Excel."""
    from xlsales.addin_verbs import addin

    return addin(options)


def plan(options: Namespace) -> int:
    """List the open rows of the plan, or write them to files."""
    from xlsales.plan_verbs import plan

    return plan(options)


def survey(options: Namespace) -> int:
    """Make the forms of the survey, or collect the answers."""
    from xlsales.survey_verbs import survey

    return survey(options)


def whatif(options: Namespace) -> int:
    """The plan as it would be, beside the present one."""
    from xlsales.whatif_verbs import whatif

    return whatif(options)


def trace(options: Namespace) -> int:
    """Why an activity stands where it does."""
    from xlsales.trace_verbs import trace

    return trace(options)


def card(options: Namespace) -> int:
    """List the method cards, print one, or add its working sheet to a workbook."""
    from xlsales.card_verbs import card

    return card(options)


def print_json(document: Any) -> None:
    """One JSON document, UTF-8, on standard output."""
    print_utf8(json.dumps(document, ensure_ascii=False, indent=1, default=str) + "\n")


def print_utf8(text: str) -> None:
    """What programs read goes out as UTF-8, whatever the machine's locale."""
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode("utf-8"))
    sys.stdout.buffer.flush()


def _texts(host: Any) -> Texts:
    language, names = load_schema().find(host.tables())
    return Texts(language if names else environment_language())


def _options(options: Namespace, progress: Callable[[str, int, int], None]) -> Any:
    from xlsales.method import RunOptions
    from xlsales.sources.choices import read_choices

    now = datetime.now().replace(microsecond=0)
    steps: Sequence[str] = getattr(options, "step", ())
    as_of = parse_date(options.as_of) if options.as_of else None
    read = read_choices(options.set, options.profile)
    return RunOptions(now.date(), now, tuple(options.ledger), tuple(steps), as_of, read, progress)


def parse_date(text: str) -> date:
    """A date of the command line."""
    try:
        found = date.fromisoformat(text)
    except ValueError as problem:
        raise WrongUse("bad_date_argument", value=text) from problem
    if not 1980 <= found.year < 2200:
        raise WrongUse("bad_date_argument", value=text)
    return found


def environment_language() -> Language:
    value = next((os.environ[v] for v in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(v)), "")
    return "sv" if value.lower().startswith("sv") else "en"

"""Door: what a press of a button in Excel does in the workbook that is open."""

from __future__ import annotations

import contextlib
import tempfile
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from xlsales.build.working_sheet import working_sheet
from xlsales.card_verbs import known_of
from xlsales.hosts.excel import ExcelHost, calling_book, full_name, state_folder
from xlsales.hosts.live.calm import calm, status_progress
from xlsales.hosts.live.refusals import in_words
from xlsales.hosts.live.working_sheet import copy_working_sheet
from xlsales.issues import CannotRead, CannotWrite, XlsalesError
from xlsales.method import RunOptions, run_method
from xlsales.method.book import Book
from xlsales.method.report import RunResult
from xlsales.plan_verbs import beside_workbook
from xlsales.tables.ribbon import Button, load_ribbon
from xlsales.tables.schema import load_schema
from xlsales.tables.texts import Texts

# The contents of the sheet with help end before this row.
_CONTENTS_ROWS = 60


@dataclass(frozen=True)
class Wish:
    """What is asked of a run from outside a button: ledger sources and the analysis date."""

    ledger: Sequence[str] = ()
    as_of: date | None = None
    options: dict[str, Any] = field(default_factory=dict)


def press(button_id: str) -> None:
    """Carry out a button of the ribbon in the workbook it was pressed in, and tell how it went."""
    book, texts, mode = calling_book(), Texts("sv"), "critical"
    try:
        with in_words():
            texts = texts_of(book)
            told = carry_out(book, load_ribbon().button(button_id))
        mode = "info"
    except XlsalesError as problem:
        told = texts.error(problem)
    except Exception:
        told = texts.say("excel", "unexpected", path=_logged())
    if told:
        book.app.alert(told, "xlsales", "ok", mode)


def carry_out(book: Any, button: Button) -> str:
    """Do what a button is for; returns what is to be told, "" when the sheet shown says enough."""
    if button.command == "working_sheet":
        return add_working_sheet(book, button.id.removeprefix("sheet_"))
    if button.command:
        return _commands()[button.command](book)
    told = run_steps(book, button.steps) if button.steps else ""
    show_sheet(book, button.sheet)
    return told


def _commands() -> dict[str, Callable[[Any], str]]:
    """What the buttons without steps do."""
    return {
        "run_all": run_all, "check": check, "undo": undo, "help": show_help, "cards": show_cards,
        "export_plan": export_plan,
    }  # fmt: skip


def run_all(book: Any) -> str:
    """Every step, then the sheet Start."""
    told = run_steps(book, ())
    show_sheet(book, "start")
    return told


def run_steps(book: Any, steps: Sequence[str], wish: Wish | None = None) -> str:
    """Run steps (all when none is named) in an open workbook; returns their sentences and the issues."""
    host, wish = _host(book), wish or Wish()
    now = datetime.now().replace(microsecond=0)
    with calm(book.app):
        asked = {"ledger": tuple(wish.ledger), "as_of": wish.as_of, **wish.options}
        options = RunOptions(now.date(), now, steps=tuple(steps), progress=status_progress(book.app), **asked)
        result = run_method(host, _path(book), options)
        host.versions = result.settings["versions_kept"]
        host.save()
    return "\n".join([*_sentences(texts_of(book), result), *_afterwards(host, texts_of(book))])


def check(book: Any) -> str:
    """Find what needs mending and list it on its sheet; no other table is touched."""
    now = datetime.now().replace(microsecond=0)
    with calm(book.app):
        options = RunOptions(now.date(), now, progress=status_progress(book.app))
        result = run_method(_host(book), _path(book), options)
        host = _host(book)
        Book(host, book.name).write("issues", result.frames["issues"])
        host.save()
    show_sheet(book, "issues")
    return _counted(texts_of(book), result)


def undo(book: Any) -> str:
    """Take back the last run."""
    tables = _host(book).undo()
    return texts_of(book).say("excel", "undone", tables=tables)


def show_help(book: Any) -> str:
    """The sheet with help, or where to find it when no workbook of ours is open."""
    try:
        show_sheet(book, "help")
    except CannotRead:
        return texts_of(book).say("excel", "help")
    return ""


def show_cards(book: Any) -> str:
    """The list of method cards on the sheet with help."""
    show_sheet(book, "help")
    heading = texts_of(book).say("card", "cards")
    column = book.sheets.active.range(f"A1:A{_CONTENTS_ROWS}").value
    with contextlib.suppress(Exception):
        # Where somebody has rearranged the sheet it is shown from its top.
        book.sheets.active.range(f"A{column.index(heading) + 1}").select()
    return ""


def export_plan(book: Any) -> str:
    """The open rows of the plan as a calendar beside the workbook; the workbook stays as it is."""
    path = Path(_path(book))
    if not path.is_absolute():
        raise CannotWrite("no_folder", book=book.name)
    written = beside_workbook(Book(_host(book), str(path)), path, datetime.now().astimezone())
    return texts_of(book).say("excel", "plan_exported", path=written)


def add_working_sheet(book: Any, key: str) -> str:
    """Copy a method's working sheet behind the last sheet, filled with what the workbook knows."""
    host, texts = _host(book), texts_of(book)
    built = working_sheet(key, texts.language, known_of(host, book.name, key), apart=True)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        path = Path(folder) / "sheet.xlsx"
        path.write_bytes(built.content)
        sheet = copy_working_sheet(book, path, built.lookups)
    book.sheets[sheet].activate()
    return texts.say("excel", "sheet_added", sheet=sheet)


def show_sheet(book: Any, key: str) -> None:
    """Go to a sheet of the declaration, whatever it is called now: it is known by its tables."""
    if not key:
        return
    schema = load_schema()
    language, names = schema.find({table.name: None for sheet in book.sheets for table in sheet.tables})
    mine = [names[table.key] for table in schema.tables.values() if table.sheet == key and table.key in names]
    sheets = [sheet for sheet in book.sheets if any(table.name in mine for table in sheet.tables)]
    plain = [sheet for sheet in book.sheets if sheet.name == schema.sheets[key].name[language]]
    if not sheets + plain:
        raise CannotRead("sheet_gone", sheet=schema.sheets[key].name[language])
    with contextlib.suppress(Exception):
        # A sheet that somebody has hidden cannot be shown; the run is done all the same.
        (sheets + plain)[0].activate()


def texts_of(book: Any) -> Texts:
    """The texts in the workbook's language; Swedish when it is none of ours."""
    language, names = load_schema().find({table.name: None for sheet in book.sheets for table in sheet.tables})
    return Texts(language if names else "sv")


def _host(book: Any) -> ExcelHost:
    return ExcelHost(book)


def _sentences(texts: Texts, result: RunResult) -> list[str]:
    return [*(f"{texts.say('step', step.step)}: {step.headline}" for step in result.steps), _counted(texts, result)]


def _counted(texts: Texts, result: RunResult) -> str:
    counts = {severity: result.count(severity) for severity in ("error", "warning", "note")}
    return texts.say("cli", "issues_count" if sum(counts.values()) else "no_issues", **counts)


def _afterwards(host: ExcelHost, texts: Texts) -> list[str]:
    """What a person must know of the sheets after a run."""
    told = []
    if host.lost_filters:
        told.append(texts.say("excel", "filters_lost", tables=host.lost_filters))
    if host.shown_rows:
        told.append(texts.say("excel", "rows_shown", tables=host.shown_rows))
    return told if host.can_undo else [*told, texts.say("excel", "no_undo")]


def _path(book: Any) -> str:
    """Where ledgers that were remembered are sought from; a workbook on SharePoint has no folder here."""
    name = full_name(book)
    return str(book.name) if "://" in name else name


def _logged() -> Path:
    """Where the details of a mistake of ours were written."""
    path = state_folder().parent / "error.log"
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.write_text(traceback.format_exc(), encoding="utf-8")
    return path

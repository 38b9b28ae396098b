"""The verb of the plan: its open rows as a list, and as files for a calendar and a customer register."""

from __future__ import annotations

import sys
from argparse import Namespace
from datetime import datetime
from pathlib import Path
from typing import Any

from xlsales.closed import open_workbook
from xlsales.commands import print_json
from xlsales.hosts.ooxml.save import replace_file
from xlsales.issues import WrongUse
from xlsales.method.book import Book
from xlsales.method.plan_files import Which, as_calendar, as_tasks, day, export_plan, open_rows
from xlsales.tables.schema import load_schema
from xlsales.tables.texts import Texts


def plan(options: Namespace) -> int:
    """List the open rows, or write them to files."""
    now = datetime.now().astimezone()
    _check_files(options)
    book = Book(open_workbook(options.workbook), options.workbook)
    texts = Texts(options.language or book.language)
    options.language = texts.language
    found = open_rows(book, now.date(), Which(options.owner, options.level))
    files = {"ics": options.ics, "csv": options.csv}
    if options.ics:
        name = Path(options.workbook).name
        replace_file(Path(options.ics), [as_calendar(found.rows, name, texts, now)])
    if options.csv:
        replace_file(Path(options.csv), [as_tasks(found.rows, texts)])
    if options.json:
        written = {kind: path for kind, path in files.items() if path}
        rows = [_document(row) for row in found.rows]
        print_json({"workbook": options.workbook, "rows": rows, "faulty": found.faulty, "files": written})
    elif not any(files.values()):
        _print(found.rows, texts)
    else:
        for path in filter(None, files.values()):
            print(texts.say("plan_file", "written", path=path, rows=len(found.rows)))
    if found.faulty:
        print(texts.say("plan_file", "faulty", rows=found.faulty), file=sys.stderr)
    return 1 if found.faulty else 0


def beside_workbook(book: Book, workbook: Path, now: datetime) -> Path:
    """Write the calendar of the plan beside the workbook, as a button does; returns the file. now: with a time zone."""
    name, content = export_plan(book, workbook.name, now)
    path = workbook.with_name(name)
    replace_file(path, [content])
    return path


def _check_files(options: Namespace) -> None:
    """Neither file may be the workbook or the other file."""
    paths = [Path(options.workbook).resolve(), *(Path(p).resolve() for p in (options.ics, options.csv) if p)]
    for place, path in enumerate(paths):
        for other in paths[:place]:
            if path == other or (path.exists() and other.exists() and path.samefile(other)):
                raise WrongUse("plan_file_taken", path=str(path))
        if path.is_dir() and place:
            raise WrongUse("plan_file_taken", path=str(path))


def _document(row: dict[str, Any]) -> dict[str, Any]:
    keys = load_schema().table("plan").keys
    dated = {key: found.isoformat() if (found := day(row[key])) else None for key in ("start", "due")}
    return {**{key: row[key] for key in keys}, **dated, "customer": row["customer"]}


def _print(rows: list[dict[str, Any]], texts: Texts) -> None:
    """A line per row under each owner's name, the first due first."""
    if not rows:
        print(texts.say("plan_file", "nothing_open"))
    owners: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        owners.setdefault(row["owner"], []).append(row)
    for owner in sorted(owners, key=str.casefold):
        hours = sum(row["hours"] or 0.0 for row in owners[owner])
        print(texts.say("plan_file", "owner", owner=owner, rows=len(owners[owner]), hours=hours))
        for row in owners[owner]:
            late = texts.say("plan_file", "late") if row["late"] else ""
            whom = texts.say("plan_file", "for_whom", whom=row["for_whom"]) if row["for_whom"] else ""
            print(f"  {day(row['due'])}  {row['what']}{whom}{late}  [{row['plan_id']}]")

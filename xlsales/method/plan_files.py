"""The open rows of the plan for other programs: a calendar (RFC 5545) and tasks as csv."""

from __future__ import annotations

import csv
import hashlib
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pandas as pd

from xlsales.issues import WrongUse
from xlsales.method.book import Book
from xlsales.tables.cells import is_empty
from xlsales.tables.schema import load_schema, nearest
from xlsales.tables.texts import Texts

_OVER = ("done", "declined")
_SEPARATOR = {"sv": ";", "en": ","}
_COLUMNS = (
    "subject", "due", "start", "owner", "description", "priority", "status", "customer_no", "customer", "hours", "id",
)  # fmt: skip
_TOLD = ("for_whom", "serves", "hours", "measure", "expected_effect")
# On the day before the last, at nine: the end of an all-day event is the midnight after it.
_REMINDER = timedelta(days=-2, hours=9)
_COUNTED_FROM = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Which:
    """Which rows: of one owner ("" = of all), and of one reach ("" = any)."""

    owner: str = ""
    reach: str = ""


@dataclass(frozen=True)
class OpenRows:
    """rows: the open rows of the plan, the first due first, with reach, late and customer beside the plan's columns.

    faulty: how many rows were left out because they cannot be read.
    """

    rows: list[dict[str, Any]]
    faulty: int


def open_rows(book: Book, today: date, which: Which = Which()) -> OpenRows:
    """The rows of the plan that are neither done nor declined.

    A row is late when its due has passed ``today``. Raises WrongUse where no row has the owner.
    """
    parsed = book.parsed("plan")
    plan, activities = parsed.good, book.parsed("activities").good
    levels = activities.set_index("activity_id")["level"].to_dict()
    customers = book.parsed("customers").good
    names = dict(zip(customers["customer_no"], customers["customer"], strict=True))
    rows = plan.assign(
        reach=plan["activity_id"].map(levels).fillna(""),
        customer=plan["customer_no"].map(names).fillna(""),
        late=plan["due"] < pd.Timestamp(today),
    )
    if which.owner:
        rows = rows[_fold(rows["owner"]) == which.owner.strip().casefold()]
        if rows.empty:
            owners = sorted({str(owner).strip() for owner in plan["owner"]})
            raise WrongUse("unknown_owner", owner=which.owner, owners=owners, nearest=nearest(which.owner, owners))
    wanted = ~rows["status"].isin(_OVER) & ((rows["reach"] == which.reach) | (not which.reach))
    ordered = rows[wanted].sort_values(["due", "plan_id"])
    found = [{str(k): None if is_empty(v) else v for k, v in row.items()} for row in ordered.to_dict("records")]
    return OpenRows(found, len(parsed.frame) - len(plan))


def _fold(names: pd.Series[Any]) -> pd.Series[Any]:
    return names.astype(str).str.strip().str.casefold()


def day(value: Any) -> date | None:
    """A cell's date."""
    return None if is_empty(value) else pd.Timestamp(value).date()


def as_calendar(rows: Sequence[dict[str, Any]], workbook: str, texts: Texts, stamp: datetime) -> bytes:
    """One all-day event per row, from its start to its due, with a reminder the day before the due.

    workbook: its file name. With the plan id it makes the event's identity, so that what is read in again
    replaces what was read in before. stamp: when the file is made, with a time zone.
    """
    from icalendar import Calendar

    calendar = Calendar()
    calendar.add("prodid", f"-//xlsales//plan//{texts.language.upper()}")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", texts.say("plan_file", "calendar", workbook=Path(workbook).stem))
    for row in rows:
        calendar.add_component(_event(row, workbook, texts, stamp.astimezone(UTC)))
    return bytes(calendar.to_ical())


def _event(row: dict[str, Any], workbook: str, texts: Texts, stamp: datetime) -> Any:
    from icalendar import Event

    event = Event()
    due = day(row["due"]) or stamp.date()
    event.add("uid", _identity(workbook, row["plan_id"]))
    event.add("dtstamp", stamp)
    event.add("last-modified", stamp)
    # A calendar takes a changed event only when its number has risen.
    event.add("sequence", max(0, int((stamp - _COUNTED_FROM).total_seconds() // 60)))
    event.add("summary", texts.say("plan_file", "summary", what=row["what"], owner=row["owner"]))
    event.add("description", describe(row, texts))
    event.add("dtstart", min(day(row["start"]) or due, due))
    event.add("dtend", due + timedelta(days=1))
    # The days of a task are not busy days.
    event.add("transp", "TRANSPARENT")
    event.add("x-microsoft-cdo-busystatus", "FREE")
    event.add("status", "TENTATIVE" if row["status"] == "proposed" else "CONFIRMED")
    event.add("priority", {"high": 1, "normal": 5, "low": 9}[priority(row)])
    event.add_component(_alarm(row))
    return event


def _alarm(row: dict[str, Any]) -> Any:
    from icalendar import Alarm

    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", row["what"])
    alarm.add("trigger", _REMINDER, parameters={"RELATED": "END"})
    return alarm


def _identity(workbook: str, plan_id: str) -> str:
    # A Mac writes å as a and a ring: the same name has to be the same everywhere.
    name = unicodedata.normalize("NFC", Path(workbook).stem).casefold()
    return hashlib.sha256("\x1f".join((name, plan_id)).encode()).hexdigest()[:32] + "@xlsales"


def priority(row: dict[str, Any]) -> str:
    """high: late; low: its activity is no longer in the plan; else normal."""
    return "high" if row["late"] else "low" if row.get("orphan") else "normal"


def describe(row: dict[str, Any], texts: Texts) -> str:
    """What the row says beside its subject, a line for each."""
    table = load_schema().table("plan")
    shown: dict[str, Callable[[Any], str]] = {"hours": lambda value: texts.say("plan_file", "number", value=value)}
    lines = [
        f"{table[key].heading[texts.language]}: {shown.get(key, str)(row[key])}"
        for key in _TOLD
        if row.get(key) is not None
    ]
    return "\n".join([*lines, f"{table['plan_id'].heading[texts.language]}: {row['plan_id']}"])


def as_tasks(rows: Sequence[dict[str, Any]], texts: Texts) -> bytes:
    """Tasks for a customer register: csv in UTF-8 with a mark of its kind, dates ISO.

    Separated by semicolon in Swedish and by comma in English, as Excel opens it in the language.
    """
    out = StringIO()
    writer = csv.writer(out, delimiter=_SEPARATOR[texts.language], lineterminator="\r\n")
    writer.writerow([texts.say("plan_file", f"column_{key}") for key in _COLUMNS])
    for row in rows:
        task = _task(row, texts)
        writer.writerow([_safe(task[key]) for key in _COLUMNS])
    return out.getvalue().encode("utf-8-sig")


def _task(row: dict[str, Any], texts: Texts) -> dict[str, Any]:
    start, due = day(row["start"]), day(row["due"])
    return {
        **{key: row[key] for key in ("owner", "customer_no", "customer")},
        "subject": row["what"],
        "due": due.isoformat() if due else None,
        "start": start.isoformat() if start else None,
        "description": describe(row, texts),
        "priority": texts.say("plan_file", f"priority_{priority(row)}"),
        "status": load_schema().label("plan_status", row["status"] or "proposed", texts.language),
        "hours": None if row["hours"] is None else f"{row['hours']:g}",
        "id": row["plan_id"],
    }


def _safe(cell: str | None) -> str:
    """No text that a spreadsheet would take for a formula."""
    text = cell or ""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def export_plan(book: Book, workbook: str, now: datetime) -> tuple[str, bytes]:
    """The calendar of the whole plan for a button: the name of its file beside the workbook, and its content.

    now: with a time zone; its day decides what is late.
    """
    rows = open_rows(book, now.date()).rows
    return f"{Path(workbook).stem}.ics", as_calendar(rows, workbook, book.texts, now)

"""How survey tools lay out an export: which rows are headings, and which columns tell who answered and when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from xlsales.sources.surveys import CriterionNames
from xlsales.sources.surveys.cells import Rows
from xlsales.sources.surveys.headings import matches
from xlsales.tables.parse import fold

_HEAD_ROWS: Final = 15
_NO_ITEM: Final = {"", "response", "openendedresponse", "svar", "öppetsvar"}

# Folded headings of what is told beside the answers; the first that is there counts.
ADMIN: Final[Mapping[str, tuple[str, ...]]] = {
    "id": ("responseid", "respondentid", "svarsid", "id", "respondentnr", "answerid"),
    "date": ("recordeddate", "enddate", "slutförandetid", "completiontime", "slutdatum", "submitdate", "datesubmitted",
             "datumskickat", "timestamp", "tidstämpel", "svarsdatum", "datum", "date", "startdate", "starttid",
             "starttime", "startdatum"),
    "person": ("respondent", "person", "namn", "name", "fullname", "dittnamn", "yourname"),
    "first": ("recipientfirstname", "firstname", "förnamn"),
    "last": ("recipientlastname", "lastname", "efternamn"),
    "email": ("recipientemail", "emailaddress", "email", "epost", "epostadress", "mail", "användarnamn", "username"),
    "number": ("kundnr", "kundnummer", "kundid", "customerno", "customernumber", "customerid", "externalreference",
               "externaldatareference", "externareferens", "customdata1", "customdata", "customvariable1", "referens"),
    "name": ("kund", "företag", "företagsnamn", "customer", "company", "companyname", "organisation", "organization"),
    "role": ("roll", "dinroll", "role", "yourrole", "befattning", "titel", "title", "jobtitle"),
    "finished": ("finished", "slutförd", "submitdate", "datesubmitted", "datumskickat"),
    "status": ("status", "responsetype", "distributionchannel"),
}  # fmt: skip


@dataclass(frozen=True)
class Layout:
    """An export as it is laid out.

    headings: for every column its headings, most telling first. first: the first data row, counted from 0.
    admin: kind of :data:`ADMIN` to column. month_first: dates are written 3/31/2026.
    """

    tool: str
    headings: tuple[tuple[str, ...], ...]
    first: int
    admin: Mapping[str, int]
    month_first: bool | None = None


def layout_of(rows: Rows, names: CriterionNames) -> Layout | None:
    """The layout of a sheet; None where no row of it looks like headings."""
    width = max(map(len, rows[:_HEAD_ROWS]), default=0)
    head = [row + [""] * (width - len(row)) for row in rows[:_HEAD_ROWS]]
    imports = next((i for i, row in enumerate(head) if any('"ImportId"' in cell for cell in row)), 0)
    if imports >= 2:
        return _layout("qualtrics", (head[imports - 1], head[imports - 2]), imports + 1)
    for i, row in enumerate(head[:-1]):
        folded = [fold(cell) for cell in row]
        if folded[0] == "v1" and "v2" in folded:
            return _layout("qualtrics", (head[i + 1], row), i + 2)
        if {"respondentid", "collectorid"} <= set(folded):
            return _layout("surveymonkey", (_items_below(row, head[i + 1]), row), i + 2, True)
    best = max(range(len(head)), key=lambda i: (matches(head[i], names), -i), default=None)
    if best is None or not matches(head[best], names):
        return None
    return _layout(_tool([fold(cell) for cell in head[best]]), (head[best],), best + 1)


def _tool(folded: Sequence[str]) -> str:
    have = set(folded)
    if have & {"lastpage", "sistasidan", "seed", "startlanguage"}:
        return "limesurvey"
    if have & {"completiontime", "slutförandetid"} and have & {"starttime", "starttid"}:
        return "microsoft_forms"
    if folded and folded[0] in ("timestamp", "tidstämpel"):
        return "google_forms"
    if "responseid" in have and have & {"datesubmitted", "timestarted"}:
        return "alchemer"
    return "table"


def _items_below(questions: Sequence[str], items: Sequence[str]) -> list[str]:
    """``Question [Item]``: the question stands over the first of its items only."""
    found, question = [], ""
    for text, item in zip(questions, items, strict=True):
        question = text or question
        found.append(question if fold(item) in _NO_ITEM else f"{question} [{item}]")
    return found


def _layout(tool: str, heads: tuple[Sequence[str], ...], first: int, month_first: bool | None = None) -> Layout:
    columns = tuple(tuple(texts) for texts in zip(*heads, strict=True))
    folded = [{fold(text) for text in texts} | {fold(text.split("[")[0]) for text in texts} for texts in columns]
    admin = {}
    for kind, words in ADMIN.items():
        spots = (i for word in words for i, texts in enumerate(folded) if word in texts)
        spot = next(spots, None)
        if spot is not None:
            admin[kind] = spot
    return Layout(tool, columns, first, admin, month_first)

"""Which survey forms to make: whom to ask, about what, and the key that knows the answer again."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from xlsales.issues import CannotWrite, WrongUse
from xlsales.method.book import Book
from xlsales.method.settings import read_settings
from xlsales.tables.answer_key import AnswerKey, signed
from xlsales.tables.folder import read_toml
from xlsales.tables.forms import Form, Question
from xlsales.tables.parse import fold
from xlsales.tables.schema import LANGUAGES, Language


@dataclass(frozen=True)
class Asked:
    """What forms are asked for.

    customers: "A", "all", "" for the usual, or numbers. language: "" for each one's own.
    """

    method: str = "points20"
    customers: str = ""
    language: str = ""
    belief: bool = False


@dataclass(frozen=True)
class Respondent:
    """One who is asked. person: "" for whoever answers at the customer."""

    customer_no: str
    customer: str
    person: str = ""
    role: str = ""
    language: str = ""


def survey_key(book: Book) -> tuple[str, str]:
    """The workbook's name among forms and the secret they are signed with; made the first time (not yet saved)."""
    if "survey_key" not in book.names:
        raise CannotWrite("table_missing", table=str(book.schema.table("survey_key").name[book.language]))
    rows = book.parsed("survey_key").frame
    rows = rows[(rows["workbook_id"] != "") & (rows["secret"] != "")]
    if len(rows):
        return str(rows["workbook_id"].iloc[0]), str(rows["secret"].iloc[0])
    made = secrets.token_hex(6), secrets.token_hex(16)
    book.write("survey_key", pd.DataFrame([made], columns=["workbook_id", "secret"]))
    return made


def plan_forms(book: Book, asked: Asked) -> list[Form]:
    """One form per respondent, in the order of the customers.

    Respondents are the people of the stakeholders table; where nobody is known the form goes to the customer. With
    ``belief`` our sellers are asked to guess, each for the largest of the customers, or for all that were named.
    """
    criteria = [c for c in book.criteria if c.active]
    if len(criteria) < 2:
        raise WrongUse("survey_no_questions", count=len(criteria))
    workbook, secret = survey_key(book)
    chosen = _customers(book, asked)
    people = _sellers(chosen, asked) if asked.belief else _stakeholders(book, chosen)
    company = str(read_settings(book)[0].get("company") or "")
    ids = tuple(c.id for c in criteria)
    method = "belief" if asked.belief else asked.method
    texts = {language: tuple(_questions(book, language)) for language in LANGUAGES}
    forms = []
    for person in people:
        wanted = asked.language or person.language
        language: Language = next((known for known in LANGUAGES if known == wanted), book.language)
        key = AnswerKey(workbook, person.customer_no, person.person, method, ids)
        customer = person.customer or person.customer_no
        word = signed(key, secret)
        forms.append(Form(key, word, language, customer, company, person.role, texts[language]))
    return list({form.key: form for form in forms}.values())


def _customers(book: Book, asked: Asked) -> pd.DataFrame:
    """The customers to ask, largest first: customer_no, customer, seller, revenue."""
    rows = book.parsed("customers").good.sort_values("revenue", ascending=False, kind="stable", na_position="last")
    wanted = asked.customers.strip()
    if wanted.casefold() == "all":
        found = rows
    elif wanted in ("", "A", "a"):
        found = rows[rows["abc"] == "A"]
    else:
        said = dict.fromkeys(filter(None, (n.strip() for n in wanted.split(","))))
        numbers = [_number(n, list(rows["customer_no"])) for n in said]
        unknown = [n for n in numbers if n not in set(rows["customer_no"])]
        if unknown:
            raise WrongUse("survey_unknown_customers", numbers=unknown)
        found = rows.set_index("customer_no", drop=False).loc[numbers]
    if found.empty:
        raise WrongUse("survey_no_customers", choice=wanted or "A")
    return found


def _number(said: str, known: list[str]) -> str:
    """A customer number as the register writes it: leading zeros may be left out where only one customer is meant."""
    alike = [number for number in known if number.lstrip("0") == said.lstrip("0")]
    return said if said in known or len(alike) != 1 else alike[0]


def _stakeholders(book: Book, customers: pd.DataFrame) -> Iterator[Respondent]:
    people = _people(book)
    for number, name in zip(customers["customer_no"], customers["customer"], strict=True):
        known = people.get(number, [])
        yield from (
            Respondent(number, name, p["person"], p.get("role", ""), p.get("language", "")) for p in known
        )  # fmt: skip
        if not known:
            yield Respondent(number, name)


def _people(book: Book) -> dict[str, list[Mapping[str, Any]]]:
    """Rows of the stakeholders table by customer, those without a name left out; choices as the user reads them."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    if "stakeholders" not in book.schema.tables:
        return found
    table = book.schema.table("stakeholders")
    role = next((c for c in table.columns if c.key == "role"), None)
    for row in book.parsed("stakeholders").good.to_dict("records"):
        if row.get("person"):
            if role and role.choice:
                row["role"] = book.schema.label(role.choice, row["role"], book.language) if row["role"] else ""
            found.setdefault(str(row["customer_no"]), []).append({str(k): v for k, v in row.items()})
    return found


def known_people(book: Book) -> dict[tuple[str, str], Mapping[str, Any]]:
    """Stakeholders by customer and folded name."""
    return {(no, fold(p["person"])): p for no, people in _people(book).items() for p in people}


def _sellers(customers: pd.DataFrame, asked: Asked) -> Iterator[Respondent]:
    """Each seller once for the largest customer, or for every customer that was named."""
    seen: set[str] = set()
    one_each = not asked.customers
    for row in customers[customers["seller"].fillna("") != ""].to_dict("records"):
        if not (one_each and row["seller"] in seen):
            seen.add(row["seller"])
            yield Respondent(row["customer_no"], row["customer"], row["seller"])
    if not seen:
        raise WrongUse("survey_no_sellers")


def _questions(book: Book, language: Language) -> Iterator[Question]:
    """The criteria in a language: our own default texts are translated, the user's stand as they are."""
    defaults = read_toml("criteria.toml")
    rows = book.parsed("criteria").good
    abouts = dict(zip(rows["criterion_id"], rows["description"], strict=True))
    for criterion in (c for c in book.criteria if c.active):
        known: Mapping[str, str] = defaults.get(criterion.id, {})
        about = str(abouts.get(criterion.id) or "")
        shown = [_translated(text, known, ending, (book.language, language))
                 for text, ending in ((criterion.name, ""), (about, "_about"))]  # fmt: skip
        yield Question(criterion.id, *shown)


def _translated(text: str, known: Mapping[str, str], ending: str, languages: Sequence[Language]) -> str:
    own, wanted = (known.get(language + ending, "") for language in languages)
    return wanted if wanted and fold(own) == fold(text) else text

"""The people at the demo company's largest customers, and the prospects it thinks of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd
from numpy.random import RandomState

from xlsales.build.demo_customers import Customer
from xlsales.build.demo_survey import Answer, draw_persons

Person = dict[str, Any]
_A_SHARE = 0.80
_INFLUENCE = {"company": ("influences", "evaluates"), "individual": ("uses", "uses", "influences")}


def class_a(customers: list[Customer], revenue: pd.DataFrame) -> list[Customer]:
    """The customers that carry the first eighty per cent of the last year's revenue, largest first."""
    ordered = revenue[2].sort_values(ascending=False, kind="stable")
    before = (ordered.cumsum() - ordered) / ordered.sum()
    first = set(before.index[before < _A_SHARE])
    return [customer for customer in customers if customer.no in first]


def stakeholders_table(
    company: Mapping[str, Any], customers: list[Customer], answers: list[Answer], language: str
) -> pd.DataFrame:
    """The user's table of stakeholders: those who answered the survey, and others at the largest customers."""
    rng = RandomState(company["seed"] + 21)
    answered: dict[str, dict[str, Answer]] = {}
    for answer in answers:
        if answer.method != "belief":
            answered.setdefault(answer.customer_no, {})[answer.person] = answer
    taken = {name for people in answered.values() for name in people}
    names = iter([name for name in draw_persons(company["names"], 500, rng) if name not in taken])
    rows: list[Person] = []
    for customer in customers:
        known = answered.get(customer.no, {})
        people = [(person, answer.role) for person, answer in sorted(known.items())]
        for _ in range(1 + rng.randint(company["stakeholders"]["most"])):
            people.append((next(names), _role(company, rng)))
        unknown = customer.rank in company["stakeholders"]["without_decider"]
        rows += _people(company, customer, people, (unknown, language), rng)
    return pd.DataFrame(rows).drop_duplicates(["customer_no", "person"], ignore_index=True)


def _role(company: Mapping[str, Any], rng: RandomState) -> Mapping[str, Any]:
    roles = company["names"]["roles"]
    found: Mapping[str, Any] = roles[rng.randint(len(roles))]
    return found


def _people(
    company: Mapping[str, Any],
    customer: Customer,
    people: list[tuple[str, Mapping[str, Any]]],
    kind: tuple[bool, str],
    rng: RandomState,
) -> Iterator[Person]:
    """The rows of a customer; unless its decider is unknown, the first one on company level decides."""
    unknown, language = kind
    company_level = [i for i, (_, role) in enumerate(people) if role["decision_level"] == "company"]
    decider = -1 if unknown else (company_level or [0])[0]
    for i, (person, role) in enumerate(people):
        usual = _INFLUENCE[role["decision_level"]]
        influence = usual[rng.randint(len(usual))]
        influence = "decides" if i == decider else influence
        needs = company["names"]["stakeholder_needs"][influence]
        attitudes = company["stakeholders"]["attitudes"]
        wanted = {part: texts[language][rng.randint(len(texts[language]))] for part, texts in needs.items()}
        yield {
            "customer_no": customer.no,
            "person": person,
            "role": role[language],
            "decision_level": role["decision_level"],
            "influence": influence,
            "need_company": wanted["company"],
            "need_person": wanted["person"],
            "attitude": attitudes[rng.randint(len(attitudes))],
        }


def prospects_table(company: Mapping[str, Any], language: str) -> pd.DataFrame:
    """The user's table of prospects, with categories in the language."""
    categories = {row["category_id"]: row[language] for row in company["categories"]}
    rows = [
        {
            "prospect_id": row["prospect_id"],
            "name": row["name"],
            "category": categories[row["category_id"]],
            "industry": row[f"industry_{language}"],
            "region": row["region"],
            "employees": int(row["employees"]) if row["employees"] else None,
            "seller": row["seller"],
            "note": row[f"note_{language}"],
        }
        for row in company["prospects"]
    ]
    return pd.DataFrame(rows)

"""The survey of the demo company: what customers answered and what our own people guessed."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.random import RandomState

from xlsales.build.demo_choices import criterion_ids
from xlsales.build.demo_customers import Customer

POINTS = 20


@dataclass(frozen=True)
class Answer:
    """One respondent's points; a cell is a number, a text as typed, or nothing.

    role: the role's texts by language, with its decision level.
    """

    answer_id: str
    customer_no: str
    method: str
    person: str
    role: Mapping[str, Any]
    date: datetime.date
    points: Mapping[str, int | str | None]


def make_answers(company: Mapping[str, Any], customers: list[Customer]) -> list[Answer]:
    """The answers of customers, odd ones among them, then our own guesses, then ratings by some of the customers."""
    rng = RandomState(company["seed"] + 3)
    respondents = _respondents(company["survey"], customers, rng)
    persons = draw_persons(company["names"], len(respondents), rng)
    answers = [
        _answer(company, f"S{number:03d}", (customer, person), rng)
        for number, (customer, person) in enumerate(zip(respondents, persons, strict=True), 1)
    ]
    beliefs = _beliefs(company, respondents, rng)
    return [*_planted(company, answers), *beliefs, *_ratings(company, answers)]


def answers_table(company: Mapping[str, Any], answers: list[Answer], language: str) -> pd.DataFrame:
    """The user's table of answers, one column per criterion."""
    rows = [
        {
            "answer_id": answer.answer_id,
            "customer_no": answer.customer_no,
            "method": answer.method,
            "person": answer.person,
            "role": answer.role[language],
            "decision_level": answer.role["decision_level"],
            "date": answer.date,
            "confirmed": "",
        }
        for answer in answers
    ]
    # Points stay as typed: neither a blank nor a text may change the numbers beside it.
    points = {
        criterion: pd.Series([answer.points[criterion] for answer in answers], dtype=object)
        for criterion in criterion_ids(company)
    }
    return pd.DataFrame(rows).assign(**points)


def allot(shares: Mapping[str, float], spread: float, rng: RandomState) -> dict[str, int]:
    """Twenty whole points around the mean shares, by largest remainder."""
    draws = np.array([rng.gamma(share * spread) for share in shares.values()])
    exact = draws / draws.sum() * POINTS
    points = np.floor(exact).astype(int)
    largest = np.argsort(points - exact, kind="stable")[: POINTS - int(points.sum())]
    points[largest] += 1
    return {criterion: int(value) for criterion, value in zip(shares, points, strict=True)}


def _respondents(
    survey: Mapping[str, Any], customers: list[Customer], rng: RandomState
) -> list[Customer]:
    """The customer of each answer: some have two or three respondents, most have one."""
    two, three = survey["customers_with_two"], survey["customers_with_three"]
    buying = [
        customer
        for customer in customers
        if customer.rank <= survey["highest_rank"] and customer.revenue[2] > 0
    ]
    count = survey["answers"] - two - 2 * three
    asked = [buying[place] for place in sorted(rng.permutation(len(buying))[:count])]
    return [*asked, *asked[: two + three], *asked[:three]]


def draw_persons(names: Mapping[str, Any], count: int, rng: RandomState) -> list[str]:
    """Names of which no two are alike."""
    pairs = [f"{first} {last}" for first in names["first_names"] for last in names["surnames"]]
    return [pairs[place] for place in rng.permutation(len(pairs))[:count]]


def _answer(
    company: Mapping[str, Any], answer_id: str, respondent: tuple[Customer, str], rng: RandomState
) -> Answer:
    survey, roles = company["survey"], company["names"]["roles"]
    role = roles[rng.randint(len(roles))]
    days = (survey["last_date"] - survey["first_date"]).days
    return Answer(
        answer_id=answer_id,
        customer_no=respondent[0].no,
        method="points20",
        person=respondent[1],
        role=role,
        date=survey["first_date"] + datetime.timedelta(days=int(rng.randint(days))),
        points=allot(survey[role["decision_level"]], survey["spread"], rng),
    )


def _planted(company: Mapping[str, Any], answers: list[Answer]) -> list[Answer]:
    """Put the odd answers in place, and let one person answer twice."""
    by_id = {answer.answer_id: answer for answer in answers}
    for row in company["odd_answers"]:
        cells = {criterion: _cell(row[criterion]) for criterion in criterion_ids(company)}
        by_id[row["answer_id"]] = replace(by_id[row["answer_id"]], points=cells)
    first, second = (by_id[answer_id] for answer_id in company["survey"]["twice"])
    early, late = company["survey"]["first_date"], company["survey"]["last_date"]
    by_id[first.answer_id] = replace(first, date=early)
    by_id[second.answer_id] = replace(
        first, answer_id=second.answer_id, date=late, points=second.points
    )
    return list(by_id.values())


def _beliefs(
    company: Mapping[str, Any], customers: list[Customer], rng: RandomState
) -> list[Answer]:
    """Our own people guess for a customer before any customer was asked."""
    names, survey = company["names"], company["survey"]
    own = [{**names["own_role"], "person": row["seller"]} for row in company["sellers"]]
    return [
        Answer(
            answer_id=f"G{number:02d}",
            customer_no=_customer_of(guesser["person"], number, customers).no,
            method="belief",
            person=guesser["person"],
            role={**guesser, "decision_level": "company"},
            date=survey["first_date"] - datetime.timedelta(days=14),
            points=allot(survey["belief"], 2 * survey["spread"], rng),
        )
        for number, guesser in enumerate([*own, *names["own_guessers"]], 1)
    ]


def _ratings(company: Mapping[str, Any], answers: list[Answer]) -> list[Answer]:
    """Some respondents were asked for ratings 1–10 a fortnight before the points: nearly all is important."""
    rng = RandomState(company["seed"] + 31)
    survey = company["survey"]
    asked = [answers[place] for place in sorted(rng.permutation(len(answers))[: survey["ratings"]])]
    return [
        replace(
            answer,
            answer_id=f"R{number:02d}",
            method="scale10",
            date=answer.date - datetime.timedelta(days=14),
            points={
                criterion: int(np.clip(round(rng.normal(mean, survey["rating_spread"])), 1, 10))
                for criterion, mean in survey["rating"].items()
            },
        )
        for number, answer in enumerate(asked, 1)
    ]


def _customer_of(person: str, number: int, customers: list[Customer]) -> Customer:
    """The seller's own largest customer in the survey; for others one further down."""
    return next(
        (customer for customer in customers if customer.seller == person), customers[number]
    )


def _cell(text: str) -> int | str | None:
    if not text:
        return None
    return int(text) if text.lstrip("-").isdigit() else text

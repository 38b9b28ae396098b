"""The buy–sell hierarchy of the demo company: ratings by us and by customers, and targets."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.random import RandomState

from xlsales.build.demo_customers import Customer
from xlsales.build.demo_survey import draw_persons

STATEMENTS = tuple(f"s{level}{letter}" for level in range(1, 6) for letter in "abc")
HELD = ((1.0, 1.0, 1.0), (1.0, 1.0, 0.5), (1.0, 0.5, 1.0))
HALF_HELD = ((0.5, 0.5, 0.5), (1.0, 0.5, 0.0))
NOT_HELD = ((0.0, 0.0, 0.0), (0.5, 0.0, 0.0), (0.0, 0.5, 0.5))


@dataclass(frozen=True)
class Rating:
    """One person's view of one customer on one day, as a level or as statements."""

    customer_no: str
    date: datetime.date
    view: str
    person: str
    level: float | None
    statements: tuple[float | None, ...]
    evidence: int


@dataclass(frozen=True)
class Target:
    """The level one wants to reach with a customer."""

    customer_no: str
    target_level: float
    target_date: datetime.date
    owner: str


@dataclass(frozen=True)
class _Rated:
    """A customer to be rated: the level as we and as the customer see it, and when."""

    customer: Customer
    own: float
    seen: float | None
    age_days: int
    earlier: bool


def make_ratings(
    company: Mapping[str, Any], customers: list[Customer]
) -> tuple[list[Rating], list[Target]]:
    """Ratings of the larger customers, and targets for some of them."""
    rng = RandomState(company["seed"] + 4)
    rules = company["levels"]
    rated = _rated(rules, customers, rng)
    persons = iter(draw_persons(company["names"], 3 * len(rated), rng))
    ratings = [
        rating
        for item in rated
        for rating in _ratings(company, item, (next(persons), next(persons), next(persons)), rng)
    ]
    return ratings, _targets(company, rated, rng)


def ratings_table(company: Mapping[str, Any], ratings: list[Rating], language: str) -> pd.DataFrame:
    """The user's table of ratings."""
    words = company["names"]["level_evidence"][language]
    rows = [
        {
            "customer_no": rating.customer_no,
            "date": rating.date,
            "view": rating.view,
            "person": rating.person,
            "level": rating.level,
            **dict(zip(STATEMENTS, rating.statements, strict=True)),
            "evidence": words[rating.evidence % len(words)],
        }
        for rating in ratings
    ]
    return pd.DataFrame(rows).astype(dict.fromkeys(("level", *STATEMENTS), float))


def targets_table(targets: list[Target]) -> pd.DataFrame:
    """The user's table of targets."""
    return pd.DataFrame([vars(target) for target in targets])


def statements_for(level: float, rng: RandomState) -> tuple[float, ...]:
    """Fifteen statements that make exactly this level."""
    held, half = int(level), level % 1 > 0
    cells: list[float] = []
    for step in range(1, 6):
        if step == 1 and level >= 2:
            # Above the first level nobody says that changing supplier takes no effort.
            cells += (1.0, 0.5, 0.0)
            continue
        choices = HELD if step <= held else HALF_HELD if half and step == held + 1 else NOT_HELD
        cells += choices[rng.randint(len(choices))]
    return tuple(cells)


def _rated(rules: Mapping[str, Any], customers: list[Customer], rng: RandomState) -> list[_Rated]:
    """Which customers are rated, larger ones higher up; the planted ones are always there."""
    buying = [
        c
        for c in customers
        if c.rank <= rules["highest_rank"] and c.revenue[2] > 0 and c.fate == "kept"
    ]
    planted = _planted_ranks(rules)
    others = [c for c in buying if c.rank not in planted]
    others = [
        others[place] for place in rng.permutation(len(others))[: rules["customers"] - len(planted)]
    ]
    chosen = sorted([c for c in buying if c.rank in planted] + others, key=lambda c: c.rank)
    free = [c.rank for c in others]
    stale, twice = set(free[: rules["stale"]]), set(free[rules["stale"] :][: rules["two_dates"]])
    return [
        _view(rules, customer, (customer.rank in stale, customer.rank in twice), rng)
        for customer in chosen
    ]


def _planted_ranks(rules: Mapping[str, Any]) -> set[int]:
    return {rules["own_too_high"]["rank"], rules["contradiction_rank"], *rules["ambitious_ranks"]}


def _view(
    rules: Mapping[str, Any], customer: Customer, flags: tuple[bool, bool], rng: RandomState
) -> _Rated:
    """Levels as we and the customer see them: we tend to place ourselves half a step higher."""
    height = 4.2 - 1.0 * np.log10(customer.rank) + 0.6 * rng.standard_normal()
    level = float(np.clip(np.round(2 * height) / 2, 1.0, 4.5))
    own, asked = (
        level + 0.5 * (rng.random_sample() < 0.5),
        rng.random_sample() < rules["customer_view_share"],
    )
    lower = 0.5 * (rng.random_sample() < 0.4)
    seen: float | None = max(1.0, level - lower) if asked else None
    if customer.rank == rules["own_too_high"]["rank"]:
        own, seen = rules["own_too_high"]["own"], rules["own_too_high"]["customer"]
    if customer.rank == rules["contradiction_rank"]:
        seen = None
    stale, earlier = flags
    age = int(rng.randint(215, 330) if stale else rng.randint(5, 150))
    return _Rated(customer, own, seen, age, earlier)


def _ratings(
    company: Mapping[str, Any], item: _Rated, persons: tuple[str, str, str], rng: RandomState
) -> list[Rating]:
    """Our own view, one or two persons' at the customer, and for some an earlier view of ours."""
    rules = company["levels"]
    date = company["as_of"] - datetime.timedelta(days=item.age_days)
    later = date + datetime.timedelta(days=3)
    planned = item.customer.rank in _planted_ranks(rules)
    share = 0.0 if planned else rules["statement_share"]
    ratings = [_rating(item, (date, "own", item.customer.seller), (item.own, share), rng)]
    if item.customer.rank == rules["contradiction_rank"]:
        ratings = [_contradiction(ratings[0])]
    if item.seen is not None:
        ratings.append(_rating(item, (later, "customer", persons[0]), (item.seen, share), rng))
        if not planned and rng.random_sample() < 0.4:
            ratings.append(
                _rating(
                    item, (later, "customer", persons[1]), (min(5.0, item.seen + 0.5), 0.0), rng
                )
            )
    if item.earlier:
        before = date - datetime.timedelta(days=int(rng.randint(200, 360)))
        level = max(1.0, item.own - (0.5, 1.0, -0.5)[rng.randint(3)])
        ratings.insert(0, _rating(item, (before, "own", item.customer.seller), (level, 0.0), rng))
    return ratings


def _rating(
    item: _Rated, who: tuple[datetime.date, str, str], level: tuple[float, float], rng: RandomState
) -> Rating:
    """A rating given as statements with the chance that stands beside the level."""
    by_statements, evidence = rng.random_sample() < level[1], int(rng.randint(5))
    statements: tuple[float | None, ...] = (None,) * len(STATEMENTS)
    if by_statements:
        statements = statements_for(level[0], rng)
    return Rating(item.customer.no, *who, None if by_statements else level[0], statements, evidence)


def _contradiction(rating: Rating) -> Rating:
    cells = (1.0, 0.5, 0.0, 1.0, 1.0, 0.5, 0.5, 0.0, 0.5, 1.0, 1.0, 0.5, 0.0, 0.0, 0.0)
    return Rating(
        rating.customer_no, rating.date, rating.view, rating.person, None, cells, rating.evidence
    )


def _targets(company: Mapping[str, Any], rated: list[_Rated], rng: RandomState) -> list[Target]:
    """Targets a step or so up within three years; two small customers are aimed at level 4."""
    rules = company["levels"]
    ambitious = [item for item in rated if item.customer.rank in rules["ambitious_ranks"]]
    others = [item for item in rated if item not in ambitious][: rules["targets"] - len(ambitious)]
    targets = []
    for item in [*others, *ambitious]:
        now = item.own if item.seen is None else item.seen
        level = 4.0 if item in ambitious else min(5.0, now + (0.5, 1.0, 1.0, 1.5)[rng.randint(4)])
        year = company["as_of"].year + 1 + int(rng.randint(2))
        due = (datetime.date(year, 6, 30), datetime.date(year, 12, 31))[rng.randint(2)]
        targets.append(Target(item.customer.no, level, due, item.customer.seller))
    return targets

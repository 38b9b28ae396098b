"""The customers of the demo company: who they are, how large, and what happened to them."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.random import RandomState

Row = dict[str, Any]


@dataclass(frozen=True)
class Customer:
    """One customer as planned, before invoices are drawn.

    rank: 1 is the largest. fate: kept, or the planted change.
    revenue: the plan for each of the three years.
    groups: article groups and how much of the purchases each takes.
    discount: how much of the normal margin is given away.
    """

    no: str
    name: str
    org_no: str
    rank: int
    fate: str
    seller: str
    region: str
    category_id: str
    industry: Row
    employees: int
    revenue: tuple[float, float, float]
    groups: dict[str, float]
    discount: float


def make_customers(company: Mapping[str, Any]) -> list[Customer]:
    """All customers, largest first."""
    rng = RandomState(company["seed"])
    count = company["ledger"]["customers"]
    sellers = _sellers(company, count, rng)
    fates = _fates(company, sellers, rng)
    numbers = _numbers(company, count, rng)
    sizes = _sizes(company["ledger"])
    names: set[str] = set(company["customers"]["odd_names"].values())
    customers = []
    for rank in range(1, count + 1):
        seller = sellers[rank - 1]
        fate = fates.get(rank, "kept")
        category = _category(company, rank, rng)
        industry = _pick(
            [row for row in company["industries"] if row["category_id"] == category["category_id"]],
            rng,
        )
        name = company["customers"]["odd_names"].get(str(rank)) or _name(
            company["names"], industry, names, rng
        )
        customers.append(
            Customer(
                no=numbers[rank - 1],
                name=name,
                org_no=organisation_no(rank, rng),
                rank=rank,
                fate=fate,
                seller=seller["seller"],
                region=seller["region"],
                category_id=category["category_id"],
                industry=industry,
                employees=_employees(category, sizes[rank - 1], rng),
                revenue=_years(company, sizes[rank - 1], seller, fate, rng),
                groups=_groups(category, company, rng),
                discount=_discount(rng),
            )
        )
    return customers


def customers_table(
    company: Mapping[str, Any], customers: list[Customer], revenue: pd.DataFrame, language: str
) -> pd.DataFrame:
    """The user's table of customers, by customer number."""
    rng, ranks = RandomState(company["seed"] + 1), RandomState(company["seed"] + 20)
    groups = {rank: name for name, members in company["potential"]["groups"].items() for rank in members}
    categories = {row["category_id"]: row[language] for row in company["categories"]}
    rows = []
    for customer in customers:
        wallet, source, said, target = _wallet(company["customers"], customer, revenue, rng)
        place, suppliers = _rank(company["potential"], wallet, ranks)
        rows.append(
            {
                "customer_no": customer.no,
                "customer": customer.name,
                "org_no": customer.org_no,
                "group": groups.get(customer.rank, ""),
                "category": categories[customer.category_id],
                "industry": customer.industry[language],
                "region": customer.region,
                "employees": customer.employees,
                "seller": customer.seller,
                "wallet": wallet,
                "wallet_source": source,
                "wallet_date": said,
                "supplier_rank": place,
                "suppliers": suppliers,
                "target_share": target,
            }
        )
    return pd.DataFrame(rows).sort_values("customer_no", ignore_index=True)


def luhn_digit(digits: str) -> int:
    """The check digit that makes the digits valid, counted from the right."""
    doubled = [int(digit) * (2 - place % 2) for place, digit in enumerate(reversed(digits))]
    return -sum(value // 10 + value % 10 for value in doubled) % 10


def organisation_no(rank: int, rng: RandomState) -> str:
    """An organisation number of a series that no company has been given."""
    first = f"5599{rank // 10:02d}"
    serial = f"{rank % 10}{rng.randint(10, 100)}"
    return f"{first}-{serial}{luhn_digit(first + serial)}"


def _pick(rows: list[Any], rng: RandomState) -> Any:
    return rows[rng.randint(len(rows))]


def _sizes(ledger: Mapping[str, Any]) -> list[float]:
    ranks = np.arange(1, ledger["customers"] + 1, dtype=float)
    weights = (ranks + ledger["zipf_shift"]) ** -ledger["zipf_power"]
    return [float(size) for size in weights / weights.sum() * ledger["revenue_per_year"]]


def _sellers(company: Mapping[str, Any], count: int, rng: RandomState) -> list[Row]:
    """Sellers by rank; in every block of six each has one, so that all have large and small."""
    sellers = company["sellers"]
    blocks = -(-count // len(sellers))
    return [sellers[place] for _ in range(blocks) for place in rng.permutation(len(sellers))][
        :count
    ]


def _fates(company: Mapping[str, Any], sellers: list[Row], rng: RandomState) -> dict[int, str]:
    """The planted changes by rank; the shrinking seller's customers only shrink."""
    planted = company["planted"]
    free = [
        rank
        for rank, seller in enumerate(sellers, 1)
        if seller["seller"] != planted["shrinking_seller"]
    ]
    fates: dict[int, str] = {}
    for fate, ranks in (
        ("lost", planted["lost_ranks"]),
        ("reactivated", planted["reactivated_ranks"]),
    ):
        for wanted in ranks:
            fates[next(rank for rank in free if rank >= wanted and rank not in fates)] = fate
    rated = set(company["levels"]["ambitious_ranks"])
    tail = [rank for rank in free if rank > 140 and rank not in fates and rank not in rated]
    order = [tail[place] for place in rng.permutation(len(tail))]
    for fate in ("small_lost", "new_this_year", "new_last_year", "former"):
        for _ in range(planted[fate]):
            fates[order.pop()] = fate
    return fates


def _numbers(company: Mapping[str, Any], count: int, rng: RandomState) -> list[str]:
    """Customer numbers by rank; the older ones carry leading zeros."""
    rules = company["customers"]
    old = int(count * rules["old_share"])
    serials = [rules["first_old_no"] + 3 * place for place in range(old)]
    serials += [rules["first_new_no"] + 7 * place for place in range(count - old)]
    numbers = [f"{serials[place]:05d}" for place in rng.permutation(count)]
    for rank, number in rules["odd_numbers"].items():
        place = int(rank) - 1
        if number in numbers:
            numbers[numbers.index(number)] = numbers[place]
        numbers[place] = number
    return numbers


def _category(company: Mapping[str, Any], rank: int, rng: RandomState) -> Row:
    """The largest customers are drawn with another mix, so that they share traits."""
    column = "share_large" if rank <= 60 else "share"
    shares = np.array([float(row[column]) for row in company["categories"]])
    chosen: Row = company["categories"][int(np.searchsorted(shares.cumsum(), rng.random_sample()))]
    return chosen


def _name(stems: Mapping[str, Any], industry: Row, taken: set[str], rng: RandomState) -> str:
    while True:
        name = str(_pick(stems["company_patterns"], rng)).format(
            place=_joined(_pick(stems["place_first"], rng), _pick(stems["place_last"], rng)),
            trade=_pick(industry["trades"].split("|"), rng),
            surname=_pick(stems["surnames"], rng),
        )
        # No extra s in the genitive of a name that ends in one.
        name = name.replace("forss ", "fors ")
        if name not in taken:
            taken.add(name)
            return name


def _joined(first: str, last: str) -> str:
    """Two stems as one word; Swedish never writes the same letter three times."""
    return first[:-1] + last if first[-2:] == 2 * last[0] else first + last


def _employees(category: Row, size: float, rng: RandomState) -> int:
    usual = float(category["employees"]) * float((size / 250_000) ** 0.45)
    employees = usual * float(np.exp(0.35 * rng.standard_normal()))
    return max(2, round(employees))


def _years(
    company: Mapping[str, Any], size: float, seller: Row, fate: str, rng: RandomState
) -> tuple[float, float, float]:
    """Revenue of each year: the seller's trend, the customer's own course, and the fate."""
    trend = float(seller["trend"])
    steps = np.clip(np.exp(0.11 * rng.standard_normal(2)), 0.75, 1.35) * trend
    low, high = company["planted"]["shrinking_change"]
    last = low + (high - low) * rng.random_sample()
    if seller["seller"] == company["planted"]["shrinking_seller"]:
        steps[1] = last
    plan = np.array([size, size * steps[0], size * steps[0] * steps[1]])
    bought = {
        "lost": (1, 1, 0),
        "small_lost": (1, 1, 0),
        "reactivated": (1, 0, 1),
        "new_this_year": (0, 0, 1),
        "new_last_year": (0, 1, 1),
        "former": (1, 0, 0),
    }.get(fate, (1, 1, 1))
    first, second, third = (float(value) for value in plan * bought)
    return first, second, third


def _groups(category: Row, company: Mapping[str, Any], rng: RandomState) -> dict[str, float]:
    """The article groups this customer buys; what the category mostly buys may be missing."""
    groups = list(dict.fromkeys(row["article_group"] for row in company["articles"]))
    chances = [float(category[group]) for group in groups]
    buys = [rng.random_sample() < chance for chance in chances]
    buys[int(np.argmax(chances))] |= not any(buys)
    shares = rng.random_sample(len(groups)) + 0.15
    chosen = {
        group: float(share)
        for group, share, bought in zip(groups, shares, buys, strict=True)
        if bought
    }
    total = sum(chosen.values())
    return {group: share / total for group, share in chosen.items()}


def _discount(rng: RandomState) -> float:
    """Most give away little; one in sixteen is served at a loss."""
    loss = rng.random_sample() < 1 / 16
    return float((0.36 if loss else 0.0) + 0.10 * rng.random_sample())


def _wallet(
    rules: Mapping[str, Any], customer: Customer, revenue: pd.DataFrame, rng: RandomState
) -> tuple[float | None, str, datetime.date | None, float | None]:
    """What the customer buys of our kind in all, who said so and when, and the share we aim at."""
    known, share, source, target, day = rng.random_sample(5)
    if known >= rules["wallet_share"] or customer.fate == "former":
        return None, "", None, None
    bought = float(revenue.loc[customer.no].to_numpy(dtype=float).max())
    wallet = float(np.ceil(bought / (0.18 + 0.66 * share) / 10_000) * 10_000)
    aims = rules["target_shares"]
    date = rules["wallet_said"] + datetime.timedelta(days=int(180 * day))
    return wallet, "stated" if source < 0.4 else "seller", date, float(aims[int(target * len(aims))])


def _rank(
    rules: Mapping[str, Any], wallet: float | None, rng: RandomState
) -> tuple[int | None, int | None]:
    """Our place among the suppliers, of some customers whose wallet nobody has told."""
    known, place, count = rng.random_sample(3)
    if wallet is not None or known >= rules["ranked_share"]:
        return None, None
    suppliers = int(rules["suppliers"][int(count * len(rules["suppliers"]))])
    return 1 + int(place * suppliers), suppliers

"""The sales ledger of the demo company, as a Swedish system exports it."""

from __future__ import annotations

import datetime
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
from numpy.random import RandomState

from xlsales.build.demo_customers import Customer

HEADINGS = (
    "Fakturadatum;Fakturanr;Kundnr;Kundnamn;Artikel;Artikelgrupp;"
    "Antal;Belopp exkl moms;Kostnad;Säljare;Region"
)
# (place in the ledger as a share of its length, column, what stands there)
DIRT = (
    (0.31, "date", "2024-09-31"),
    (0.48, "date", "2025-02-30"),
    (0.55, "amount", "se avtal"),
    (0.72, "amount", "enligt offert"),
    (0.83, "customer_no", ""),
    (0.94, "customer_no", ""),
)


@dataclass(frozen=True)
class Entry:
    """One ledger row; cells as text are set only in a dirty row."""

    date: datetime.date
    invoice: int
    customer: Customer
    article: str
    group: str
    quantity: int
    amount: Decimal
    cost: Decimal
    dirt: tuple[str, str] | None = None


@dataclass(frozen=True)
class Ledger:
    """The rows that can be used, those that cannot, and the text of both in the order of dates."""

    csv: str
    rows: list[Entry]
    dirty: list[Entry]

    @property
    def total(self) -> float:
        """The sum of the rows that can be used."""
        return float(sum((entry.amount for entry in self.rows), Decimal(0)))

    @property
    def rejected_amount(self) -> float:
        """The sum of the amounts that can be read in rows that cannot be used."""
        legible = [entry for entry in self.dirty if entry.dirt and entry.dirt[0] != "amount"]
        return float(sum((entry.amount for entry in legible), Decimal(0)))

    @property
    def credits(self) -> int:
        """How many of the rows are credit notes."""
        return sum(entry.amount < 0 for entry in self.rows)

    @property
    def dirty_by_cause(self) -> dict[str, int]:
        """How many dirty rows there are for each column at fault."""
        return dict(Counter(entry.dirt[0] for entry in self.dirty if entry.dirt))


@dataclass(frozen=True)
class _Shop:
    """What an invoice row is drawn from."""

    row_chances: list[float]
    articles: dict[str, list[dict[str, Any]]]
    rng: RandomState


def make_ledger(company: Mapping[str, Any], customers: list[Customer]) -> Ledger:
    """Three years of invoices and credit notes, a few rows of them spoiled."""
    rng = RandomState(company["seed"] + 2)
    shop = _Shop(company["ledger"]["rows_per_invoice"], _articles(company), rng)
    years = [_business_days(company, year) for year in range(3)]
    entries: list[Entry] = []
    for year, days in enumerate(years):
        chances = _day_chances(company["ledger"], days)
        scale = _invoice_scale(company["ledger"], customers, year)
        for customer in customers:
            if customer.revenue[year] > 0:
                dates = _dates(scale * customer.revenue[year] ** 0.5, days, chances, rng)
                entries += _invoices(customer, customer.revenue[year], dates, shop)
        entries += _credits(company["ledger"], entries, days, rng)
    return _assemble(company, entries)


def revenue_of(ledger: Ledger, company: Mapping[str, Any]) -> pd.DataFrame:
    """Revenue by customer number and year (0, 1, 2), the usable rows only."""
    first: datetime.date = company["first_day"]
    frame = pd.DataFrame(
        {
            "customer_no": [entry.customer.no for entry in ledger.rows],
            "year": [_year_of(first, entry.date) for entry in ledger.rows],
            "amount": [float(entry.amount) for entry in ledger.rows],
        }
    )
    return frame.pivot_table(
        index="customer_no", columns="year", values="amount", aggfunc="sum", fill_value=0.0
    )


def _year_of(first: datetime.date, date: datetime.date) -> int:
    return date.year - first.year - int((date.month, date.day) < (first.month, first.day))


def _articles(company: Mapping[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """The articles of each group, cheapest first."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for row in company["articles"]:
        article = {**row, "price": float(row["price"]), "margin": float(row["margin"])}
        groups.setdefault(row["article_group"], []).append(article)
    return {
        group: sorted(rows, key=lambda row: float(row["price"])) for group, rows in groups.items()
    }


def _business_days(company: Mapping[str, Any], year: int) -> list[datetime.date]:
    first: datetime.date = company["first_day"]
    start, end = first.replace(year=first.year + year), first.replace(year=first.year + year + 1)
    days = [start + datetime.timedelta(days=count) for count in range((end - start).days)]
    holidays = set(company["ledger"]["holidays"])
    return [day for day in days if day.weekday() < 5 and day not in holidays]


def _day_chances(rules: Mapping[str, Any], days: list[datetime.date]) -> Any:
    weights = np.array([rules["month_weights"][day.month - 1] for day in days])
    return weights / weights.sum()


def _invoice_scale(rules: Mapping[str, Any], customers: list[Customer], year: int) -> float:
    """Invoices grow with the root of revenue: large customers buy oftener and more each time."""
    roots = sum(float(customer.revenue[year] ** 0.5) for customer in customers)
    return float(rules["invoices_per_year"]) / roots


def _dates(
    mean: float, days: list[datetime.date], chances: Any, rng: RandomState
) -> list[datetime.date]:
    count = max(1, round(mean * (0.8 + 0.4 * rng.random_sample())))
    places = rng.choice(len(days), size=min(count, len(days)), replace=False, p=chances)
    return [days[place] for place in sorted(places)]


def _invoices(
    customer: Customer, revenue: float, dates: list[datetime.date], shop: _Shop
) -> list[Entry]:
    """A year's invoices of one customer, whose rows add up to the planned revenue.

    The invoice number is a serial within the customer until the whole ledger is numbered.
    """
    counts = shop.rng.choice(len(shop.row_chances), size=len(dates), p=shop.row_chances) + 1
    weights = np.exp(0.8 * shop.rng.standard_normal(int(counts.sum())))
    amounts = iter(weights / weights.sum() * revenue)
    return [
        _entry(customer, (date, number), float(next(amounts)), shop)
        for number, (date, rows) in enumerate(zip(dates, counts, strict=True))
        for _ in range(rows)
    ]


def _entry(
    customer: Customer, invoice: tuple[datetime.date, int], amount: float, shop: _Shop
) -> Entry:
    rng = shop.rng
    groups, shares = list(customer.groups), np.array(list(customer.groups.values()))
    group = groups[min(int(np.searchsorted(shares.cumsum(), rng.random_sample())), len(groups) - 1)]
    affordable = [row for row in shop.articles[group] if row["price"] <= amount] or shop.articles[
        group
    ][:1]
    article = affordable[rng.randint(len(affordable))]
    margin = article["margin"] - customer.discount + 0.05 * (rng.random_sample() - 0.5)
    return Entry(
        date=invoice[0],
        invoice=invoice[1],
        customer=customer,
        article=article["article"],
        group=group,
        quantity=max(1, round(amount / article["price"])),
        amount=_money(amount),
        cost=_money(amount * (1 - margin)),
    )


def _credits(
    rules: Mapping[str, Any], entries: list[Entry], days: list[datetime.date], rng: RandomState
) -> list[Entry]:
    """Credit notes of the year: whole or half of a row, some weeks later.

    Only rows that are small beside the customer's year, so that a credit never hides a change.
    """
    place = {day: number for number, day in enumerate(days)}
    this_year = [entry for entry in entries if entry.date in place]
    bought: defaultdict[str, float] = defaultdict(float)
    for entry in this_year:
        bought[entry.customer.no] += float(entry.amount)
    open_rows = [
        entry
        for entry in this_year
        if place[entry.date] < len(days) - 20
        and float(entry.amount) < rules["credit_limit"] * bought[entry.customer.no]
    ]
    wanted = round(rules["credit_share"] * len(this_year))
    chosen = [open_rows[number] for number in rng.permutation(len(open_rows))[:wanted]]
    notes = []
    for number, entry in enumerate(chosen):
        day = days[place[entry.date] + 3 + rng.randint(17)]
        part = 2 if entry.quantity % 2 == 0 and rng.random_sample() < 0.5 else 1
        notes.append(
            replace(
                entry,
                date=day,
                invoice=100_000 + number,
                quantity=-entry.quantity // part,
                amount=_money(-float(entry.amount) / part),
                cost=_money(-float(entry.cost) / part),
            )
        )
    return notes


def _assemble(company: Mapping[str, Any], entries: list[Entry]) -> Ledger:
    """Number the invoices in the order of dates, spoil some rows and write the text."""
    entries = sorted(entries, key=lambda entry: (entry.date, entry.customer.no, entry.invoice))
    invoices = dict.fromkeys((entry.date, entry.customer.no, entry.invoice) for entry in entries)
    first = company["ledger"]["first_invoice_no"]
    numbers = {key: first + place for place, key in enumerate(invoices)}
    entries = [
        replace(entry, invoice=numbers[entry.date, entry.customer.no, entry.invoice])
        for entry in entries
    ]
    for share, column, text in DIRT:
        place = _spoilable(entries, int(share * len(entries)))
        entries[place] = replace(entries[place], dirt=(column, text))
    lines = [HEADINGS, *(_line(entry) for entry in entries)]
    clean = [entry for entry in entries if entry.dirt is None]
    return Ledger("\r\n".join(lines) + "\r\n", clean, [entry for entry in entries if entry.dirt])


def _spoilable(entries: list[Entry], start: int) -> int:
    """The next row of a large customer, whose figures one row less does not change much."""
    return next(
        place
        for place in range(start, len(entries))
        if entries[place].customer.rank <= 20 and entries[place].amount > 0
    )


def _line(entry: Entry) -> str:
    cells = {
        "date": entry.date.isoformat(),
        "invoice": str(entry.invoice),
        "customer_no": entry.customer.no,
        "customer": entry.customer.name,
        "article": entry.article,
        "group": entry.group,
        "quantity": str(entry.quantity),
        "amount": _comma(entry.amount),
        "cost": _comma(entry.cost),
        "seller": entry.customer.seller,
        "region": entry.customer.region,
    }
    if entry.dirt:
        cells[entry.dirt[0]] = entry.dirt[1]
    return ";".join(cells.values())


def _money(value: float) -> Decimal:
    return Decimal(str(round(value, 2))).quantize(Decimal("0.01"))


def _comma(value: Decimal) -> str:
    return str(value).replace(".", ",")

"""A demo company from text: the ledger and the user's tables, and the facts a run must find.

Every draw comes from ``numpy.random.RandomState``, whose stream is frozen, and each part has a
stream of its own, so that the company is the same in every version and a change in one part
leaves the others as they were.
"""

from __future__ import annotations

import csv
import datetime
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from xlsales.build.demo_choices import (
    activities_table,
    alternatives_table,
    criteria_table,
    interactions_table,
    relations_table,
    resources_table,
    scenario_table,
    scores_table,
    settings_table,
)
from xlsales.build.demo_customers import Customer, customers_table, make_customers
from xlsales.build.demo_ledger import Ledger, make_ledger, revenue_of
from xlsales.build.demo_levels import make_ratings, ratings_table, targets_table
from xlsales.build.demo_stakeholders import class_a, prospects_table, stakeholders_table
from xlsales.build.demo_survey import answers_table, make_answers

HALF_A_YEAR = 183


@dataclass(frozen=True)
class Demo:
    """A company that can be run.

    ledger_csv: the sales ledger as a Swedish system exports it (write it as cp1252).
    tables: the user's tables by table key, with column keys.
    as_of: the date of analysis.
    planted: the facts a run must find.
    """

    ledger_csv: str
    tables: dict[str, pd.DataFrame]
    as_of: datetime.date
    planted: dict[str, Any]


def load_company(folder: Path) -> dict[str, Any]:
    """The texts of a company: ``company.toml``, and every other file under its own name."""
    company: dict[str, Any] = _toml(folder / "company.toml")
    company["names"] = _toml(folder / "names.toml")
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            company[path.stem] = list(csv.DictReader(file))
    return company


def build_demo(folder: Path, language: str = "sv") -> Demo:
    """Build the company; the language changes texts, never a number, a key or the ledger."""
    company = load_company(folder)
    customers = make_customers(company)
    ledger = make_ledger(company, customers)
    revenue = revenue_of(ledger, company)
    answers = make_answers(company, customers)
    ratings, targets = make_ratings(company, customers)
    tables = {
        "settings": settings_table(company, language),
        "customers": customers_table(company, customers, revenue, language),
        "prospect_list": prospects_table(company, language),
        "stakeholders": stakeholders_table(company, class_a(customers, revenue), answers, language),
        "criteria": criteria_table(company, language),
        "answers": answers_table(company, answers, language),
        "alternatives": alternatives_table(company, language),
        "scores": scores_table(company, language),
        "level_ratings": ratings_table(company, ratings, language),
        "level_targets": targets_table(targets),
        "activities": activities_table(company, language),
        "relations": relations_table(company),
        "interactions": interactions_table(company),
        "resources": resources_table(company, language),
        "scenario": scenario_table(company, language),
        "rates": rates_table(company),
    }
    planted = {
        **_planted_customers(company, customers),
        **_planted_ledger(ledger, revenue),
        **_planted_survey(company),
        **_planted_levels(company, customers),
        **_planted_potential(company, customers),
        "stale_ratings": _stale(tables["level_ratings"], company["as_of"]),
    }
    return Demo(ledger.csv, tables, company["as_of"], planted)


def _toml(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def rates_table(company: Mapping[str, Any]) -> pd.DataFrame:
    """Made-up rates, to show what the table is for; the demo's ledger is in kronor."""
    rows = pd.DataFrame(company["rates"])
    return rows.assign(from_date=pd.to_datetime(rows["from_date"]), rate=rows["rate"].astype("float64"))


def _planted_customers(company: Mapping[str, Any], customers: list[Customer]) -> dict[str, Any]:
    def with_fate(fate: str) -> list[str]:
        return sorted(customer.no for customer in customers if customer.fate == fate)

    seller = company["planted"]["shrinking_seller"]
    regions = {row["seller"]: row["region"] for row in company["sellers"]}
    return {
        "lost_customers": with_fate("lost"),
        "lost_small": with_fate("small_lost"),
        "reactivated_customers": with_fate("reactivated"),
        "new_customers": with_fate("new_this_year"),
        "former_customers": with_fate("former"),
        "shrinking_seller": seller,
        "shrinking_region": regions[seller],
    }


def _planted_ledger(ledger: Ledger, revenue: pd.DataFrame) -> dict[str, Any]:
    return {
        "ledger_rows": len(ledger.rows) + len(ledger.dirty),
        "rejected_rows": len(ledger.dirty),
        "rejected_by_cause": ledger.dirty_by_cause,
        "credit_rows": ledger.credits,
        "clean_total": ledger.total,
        "rejected_amount": ledger.rejected_amount,
        "revenue_by_year": [round(float(revenue[year].sum()), 2) for year in range(3)],
    }


def _planted_survey(company: Mapping[str, Any]) -> dict[str, Any]:
    survey, planted = company["survey"], company["planted"]
    return {
        "decisive_criteria": list(survey["decisive"]),
        "flat_answer": survey["flat"],
        "rescaled_answers": list(survey["rescaled"]),
        "set_aside_answers": list(survey["set_aside"]),
        "rejected_answers": list(survey["rejected"]),
        "superseded_answers": [survey["twice"][0]],
        "empty_activity": planted["empty_activity"],
        "protected_empty_activity": planted["protected_empty_activity"],
        "halo_activity": planted["halo_activity"],
        "unserved_criterion": planted["unserved_criterion"],
    }


def _planted_levels(company: Mapping[str, Any], customers: list[Customer]) -> dict[str, Any]:
    levels = company["levels"]
    by_rank = {customer.rank: customer.no for customer in customers}
    return {
        "view_gap_customer": by_rank[levels["own_too_high"]["rank"]],
        "contradictory_customer": by_rank[levels["contradiction_rank"]],
        "ambitious_targets": sorted(by_rank[rank] for rank in levels["ambitious_ranks"]),
    }


def _planted_potential(company: Mapping[str, Any], customers: list[Customer]) -> dict[str, Any]:
    by_rank = {customer.rank: customer.no for customer in customers}
    gap = company["potential"]["white_space"]
    return {
        "without_decider": sorted(by_rank[rank] for rank in company["stakeholders"]["without_decider"]),
        "white_space": (by_rank[gap["rank"]], gap["article_group"]),
    }


def _stale(ratings: pd.DataFrame, as_of: datetime.date) -> list[str]:
    """Customers whose latest rating is more than half a year old."""
    latest = ratings.groupby("customer_no")["date"].max()
    return sorted(
        str(number) for number, date in latest.items() if (as_of - date).days > HALF_A_YEAR
    )

"""Survey plan: how many more customers must answer before neighbours in the order are told apart."""

from __future__ import annotations

from itertools import pairwise
from statistics import NormalDist
from typing import Any

import numpy as np
import pandas as pd

COLUMNS = ["place", "criterion_a", "criterion_b", "difference", "sd", "customers", "needed", "more"]


def survey_plan(
    order: pd.Series[Any], shares: pd.DataFrame, confidence: float = 0.95, places: int = 5, population: int = 0
) -> pd.DataFrame:
    """Each criterion against the next in the order, the first ``places`` of them.

    order: criterion_ids, heaviest first. shares: one row per customer with its share per criterion.
    The paired difference d with spread s between customers is told from nothing when n = (z·s/d)²
    customers have answered, z = 1.96 at 95 %, provided d and s stay what they are.
    Returns place (of the heavier), criterion_a, criterion_b, difference, sd, customers (that have
    answered), needed and more; needed is infinite where the two weigh the same. Of a population of so many customers
    fewer are needed: all of them tell everything.
    """
    z = NormalDist().inv_cdf(0.5 + confidence / 2) if confidence < 1 else np.inf
    names = list(order)[: places + 1]
    if len(shares) < 2:
        return pd.DataFrame(columns=COLUMNS)
    rows = []
    for place, (a, b) in enumerate(pairwise(names), 1):
        gap = shares[a] - shares[b]
        difference, spread = float(gap.mean()), float(gap.std(ddof=1))
        needed = of_population(customers_needed(difference, spread, z), population)
        rows.append((place, a, b, difference, spread, len(shares), needed, max(0.0, needed - len(shares))))
    return pd.DataFrame(rows, columns=COLUMNS)


def customers_needed(difference: float, spread: float, z: float = 1.96) -> float:
    """Customers at which the difference is z standard errors; at least two, infinite without a difference."""
    if abs(difference) < 1e-12 or not np.isfinite(z):
        return np.inf
    return float(max(2, np.ceil((z * spread / difference) ** 2 - 1e-9)))


def of_population(needed: float, population: int) -> float:
    """As many of so many customers as tell what ``needed`` of infinitely many would. population: 0 where not known."""
    if population < 1 or not np.isfinite(needed):
        return needed
    return float(np.ceil(needed * population / (population - 1 + needed)))

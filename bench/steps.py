"""The steps of outside-in on 100 000 customers and 5 000 answers, beside plain pandas and numpy, and growing with size.

    python bench/steps.py [rounds]

Ours computes all that the step gives: statuses, bridge, trend, rhythm, margins; classes, groups, RFM; weights
with 2 000 draws, order, pairs. The plain code beside it is what an analyst would type for the heart of it alone: two
windows and a status; sorted cumulative shares; mean weights with the same draws in a loop. In turn within each round,
after one of each that is not counted; medians, and the median of each round's ratios.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

AS_OF = date(2025, 12, 31)
NOW = 2025 * 12 + 11
CRITERIA = [f"c{i}" for i in range(9)]


def monthly(customers: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Ten months of purchases per customer over three years, and their invoices."""
    draw = np.random.default_rng(5)
    size = customers * 10
    frame = pd.DataFrame({
        "customer_no": np.char.add("K", draw.integers(0, customers, size).astype(str)).astype(object),
        "month": NOW - draw.integers(0, 36, size), "units": (draw.lognormal(8, 1, size) * 10_000).astype(np.int64),
        "cost": np.int64(0), "uncosted": 1, "rows": 1, "days": 1 << draw.integers(0, 28, size),
        "customer": "", "seller": "", "region": "", "article_group": "",
    })  # fmt: skip
    frame["last"] = (frame["month"] - 1970 * 12).to_numpy().astype("datetime64[M]").astype("datetime64[s]")
    frame = frame.drop_duplicates(["customer_no", "month"], ignore_index=True)
    return frame, frame[["customer_no", "month"]].assign(invoices=1)


def answers(count: int) -> pd.DataFrame:
    """Answers of 20 points, three to a customer."""
    draw = np.random.default_rng(6)
    points = draw.multinomial(20, draw.dirichlet(np.ones(len(CRITERIA)) * 3), count)
    frame = pd.DataFrame(points.astype(float), columns=CRITERIA)
    return frame.assign(answer_id=[f"S{i}" for i in range(count)], customer_no=[f"K{i // 3}" for i in range(count)],
                        method="points20", person=[f"P{i}" for i in range(count)])  # fmt: skip


def plain_revenue(months: pd.DataFrame) -> Any:
    age = NOW - months["month"]
    spans = {"now": age < 12, "before": (age >= 12) & (age < 24), "earlier": age >= 24}
    sums = pd.DataFrame({k: months[m].groupby("customer_no")["units"].sum() for k, m in spans.items()}).fillna(0)
    ratio = sums["now"] / sums["before"].replace(0, np.nan) - 1
    kinds = [sums["before"].eq(0) & sums["earlier"].eq(0), sums["before"].eq(0), ratio > 0.1, ratio < -0.1]
    return sums.assign(status=np.select(kinds, ["new", "reactivated", "growing", "shrinking"], "stable"))


def plain_segment(customers: pd.DataFrame) -> Any:
    table = customers.sort_values("revenue", ascending=False)
    share = table["revenue"].clip(lower=0).cumsum() / table["revenue"].clip(lower=0).sum()
    return table.assign(abc=np.where(share.shift(fill_value=0) < 0.8, "A", np.where(share.shift() < 0.95, "B", "C")))


def plain_weights(given: pd.DataFrame) -> Any:
    shares = given[CRITERIA].div(given[CRITERIA].sum(axis=1), axis=0).groupby(given["customer_no"]).mean().to_numpy()
    draw = np.random.default_rng(20)
    means = [shares[draw.integers(0, len(shares), len(shares))].mean(axis=0) for _ in range(2_000)]
    return np.percentile(means, [2.5, 97.5], axis=0)


def cases(customers: int, count: int) -> dict[str, tuple[Callable[[], Any], Callable[[], Any]]]:
    """Each step, ours and the plain code."""
    from xlsales.steps.expectations import expectations
    from xlsales.steps.revenue import revenue
    from xlsales.steps.segment import segment

    months, invoices = monthly(customers)
    given, known = answers(count), revenue(months, invoices, AS_OF).customers
    return {
        "revenue": (lambda: revenue(months, invoices, AS_OF), lambda: plain_revenue(months)),
        "segment": (lambda: segment(known), lambda: plain_segment(known)),
        "expectations": (lambda: expectations(given, CRITERIA), lambda: plain_weights(given)),
    }


def seconds(work: Callable[[], Any]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def main(rounds: int) -> None:
    print(f"{'step':<14}{'customers':>10}{'answers':>9}{'ours s':>9}{'plain s':>9}{'ratio':>8}")
    for customers, count in ((10_000, 500), (100_000, 5_000)):
        for name, (ours, plain) in cases(customers, count).items():
            found = [(seconds(ours), seconds(plain)) for _ in range(rounds + 1)][1:]
            mine, other = (statistics.median(column) for column in zip(*found, strict=True))
            ratio = statistics.median(a / b for a, b in found)
            print(f"{name:<14}{customers:>10}{count:>9}{mine:>9.2f}{other:>9.2f}{ratio:>8.2f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)

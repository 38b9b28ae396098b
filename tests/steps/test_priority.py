"""Priority by what is at stake, and the four boxes."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from xlsales.steps.priority import PriorityRules, box, priority

MONEY = st.one_of(st.none(), st.integers(-(10**6), 10**6))


def customers(rows: list[tuple[float, float, float, bool]]) -> pd.DataFrame:
    """Customers with revenue, revenue before, potential and whether a purchase is overdue."""
    table = pd.DataFrame(rows, columns=["revenue", "revenue_prev", "potential", "overdue"])
    return table.assign(customer_no=[f"K{i}" for i in range(len(table))])


def test_the_largest_of_three_is_at_stake() -> None:
    """Potential, lost revenue or an overdue purchase; the line of 50 % is crossed by a customer that is still a 1."""
    table = customers([(100, 100, 400, False), (100, 400, 0, False), (200, 0, np.nan, True), (50, 0, np.nan, False),
                       (0, 100, np.nan, True)])  # fmt: skip
    found = priority(table)
    assert found["stake"].tolist() == [400, 300, 200, 0, 100]
    assert found["stake_kind"].tolist() == ["potential", "lost", "overdue", "", "lost"]
    assert found["priority"].tolist() == [1, 1, 2, 3, 3]


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(st.tuples(MONEY, MONEY, MONEY, st.booleans()), max_size=30), st.randoms(use_true_random=False))
def test_every_customer_has_one_priority_whatever_the_order(rows: list[tuple], shuffler: object) -> None:  # type: ignore[type-arg]
    """Nobody falls between; the ones carry at least half the stake, no fewer would; rows may come in any order."""
    table = customers(rows).astype({"revenue": float, "revenue_prev": float, "potential": float})
    found = priority(table)
    assert found["priority"].isin([1, 2, 3]).all()
    stake = found["stake"]
    ones = found[(found["priority"] == 1) & (stake > 0)]
    if stake.sum() > 0:
        assert ones["stake"].sum() >= 0.5 * stake.sum() - 1e-6
        assert ones["stake"].sum() - ones["stake"].min() < 0.5 * stake.sum() + 1e-6
    pd.testing.assert_frame_equal(priority(table[::-1])[::-1], found)


def test_the_four_boxes_meet_at_the_median_wallet_and_the_share() -> None:
    """On a line counts as above it; an unknown wallet has no box."""
    table = pd.DataFrame({"share_of_wallet": [0.1, 0.5, 0.9, 0.4, np.nan], "wallet": [400, 300, 100, 200, np.nan]})
    assert box(table)["box"].tolist() == ["grow", "care", "simple", "leave", ""]
    assert box(table, PriorityRules(loyalty_line=0.6))["box"].tolist() == ["grow", "grow", "simple", "leave", ""]


def test_no_customers_have_no_boxes() -> None:
    """An empty frame stays empty."""
    table = customers([]).astype({"revenue": float, "revenue_prev": float, "potential": float})
    assert priority(table).empty
    assert box(table.assign(share_of_wallet=1.0, wallet=1.0)).empty


def test_what_a_sister_company_buys_instead_has_not_gone() -> None:
    """Analysed as groups, a loss is what the whole group buys less, shared by those that fell."""
    customers = pd.DataFrame({
        "customer_no": ["A1", "A2", "B"], "revenue": [0.0, 400.0, 10.0], "revenue_prev": [500.0, 0.0, 30.0],
        "potential": 0.0, "overdue": False,
    })  # fmt: skip
    alone = priority(customers).set_index("customer_no")["stake"]
    grouped = priority(customers.assign(unit=["A", "A", "B"])).set_index("customer_no")["stake"]
    assert alone.to_dict() == {"A1": 500, "A2": 0, "B": 20}
    assert grouped.to_dict() == {"A1": 100, "A2": 0, "B": 20}

"""Our share of the customer's wallet, and what is left up to the share we want."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from xlsales.steps.potential import potential
from xlsales.steps.wallet import WalletRules, wallet, wallet_allocation


def test_share_and_potential() -> None:
    """Half a wallet of 400 000 with 60 % wanted leaves 40 000; above the target nothing is left."""
    customers = pd.DataFrame({"revenue": [200e3, 90e3], "wallet": [400e3, 100e3], "target_share": [0.6, 0.6]})
    found = potential(customers)
    assert found["share_of_wallet"].tolist() == [0.5, 0.9]
    assert found["potential"].tolist() == [40e3, 0]


def test_an_unknown_wallet_gives_nothing_to_count_on() -> None:
    """Neither a share nor a potential, also where somebody wrote nought; no target gives no potential."""
    customers = pd.DataFrame({"revenue": 5.0, "wallet": [np.nan, 0, 10], "target_share": [0.5, 0.5, np.nan]})
    found = potential(customers)
    np.testing.assert_array_equal(found["share_of_wallet"], [np.nan, np.nan, 0.5])
    assert found["potential"].isna().all()


def test_a_customer_that_does_not_buy_yet_has_all_its_potential() -> None:
    """An empty revenue is none."""
    found = potential(pd.DataFrame({"revenue": [np.nan], "wallet": [100.0], "target_share": [0.3]}))
    assert found[["share_of_wallet", "potential"]].iloc[0].tolist() == [0, 30]


@pytest.mark.parametrize(
    ("suppliers", "shares"), [(1, [100]), (2, [66.67, 33.33]), (3, [50, 33.33, 16.67]), (4, [40, 30, 20, 10])]
)
def test_the_wallet_allocation_rule(suppliers: int, shares: list[float]) -> None:
    """The published shares by rank; over all ranks they are the whole wallet."""
    found = wallet_allocation(np.arange(1, suppliers + 1), np.full(suppliers, suppliers))
    assert np.round(100 * found, 2).tolist() == shares
    assert found.sum() == pytest.approx(1)


def test_a_rank_that_cannot_be_has_no_share() -> None:
    """Neither the third of two nor the noughth, nor a rank among unknown suppliers."""
    assert np.isnan(wallet_allocation([3, 0, 1, np.nan], [2, 2, np.nan, 3])).all()


def customers(rows: list[tuple[str, float, float, str]]) -> pd.DataFrame:
    """Customers of one category: number, revenue, employees and size class."""
    table = pd.DataFrame(rows, columns=["customer_no", "revenue", "employees", "size"])
    return table.assign(category="industri", wallet=np.nan, wallet_source="")


def test_the_model_is_the_median_of_the_best_per_employee() -> None:
    """Of three best at 10, 20 and 40 per employee the median is 20; five employees make 100, never below revenue."""
    table = customers([("a", 1000, 50, "m"), ("b", 900, 45, "m"), ("c", 800, 20, "m"), ("d", 10, 5, "m"),
                       ("e", 700, 7, "m"), ("f", 10, 5, "s"), ("g", 10, np.nan, "m")])  # fmt: skip
    found = wallet(table, WalletRules(wallet_best=3)).set_index("customer_no")
    assert found["wallet"].loc[["a", "d", "e"]].tolist() == [1000, 100, 700]
    assert found["wallet_basis"].loc[["d", "f", "g"]].tolist() == ["model", "", ""]


def test_two_peers_are_too_few_for_a_model() -> None:
    """The setting says how many are needed."""
    table = customers([("a", 10, 1, "m"), ("b", 20, 2, "m")])
    assert wallet(table)["wallet"].isna().all()
    assert wallet(table, WalletRules(wallet_peers=2))["wallet"].tolist() == [10, 20]


def test_what_somebody_told_goes_before_rank_and_rank_before_the_model() -> None:
    """Stated and seller's wallets stay as told; an unnamed one is the seller's."""
    table = customers([("a", 100, 10, "m"), ("b", 100, 10, "m"), ("c", 100, 10, "m"), ("d", 100, 10, "m")])
    table["wallet"], table["wallet_source"] = [250, 90, np.nan, np.nan], ["stated", "Karin", "", ""]
    table["supplier_rank"], table["suppliers"] = [2, np.nan, 1, np.nan], [2, np.nan, 2, np.nan]
    table["target_share"] = [0.7, np.nan, np.nan, np.nan]
    found = wallet(table)
    assert found["wallet_basis"].tolist() == ["stated", "seller", "rank", "model"]
    assert found["wallet"].tolist() == [250, 90, 150, 100]
    assert found["target_share"].tolist() == [0.7, 0.5, 0.5, 0.5]
    assert found["wallet_told"].tolist()[:2] == [250, 90]


def test_without_category_and_employees_there_is_no_model() -> None:
    """A bare frame with revenue works in a notebook."""
    found = potential(wallet(pd.DataFrame({"customer_no": ["a"], "revenue": [5.0], "wallet": [20.0]})))
    assert found[["share_of_wallet", "potential"]].iloc[0].tolist() == [0.25, 5.0]

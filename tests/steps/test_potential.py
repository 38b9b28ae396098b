"""Our share of the customer's wallet, and what is left up to the share we want."""

from __future__ import annotations

import numpy as np
import pandas as pd

from xlsales.steps.potential import potential


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

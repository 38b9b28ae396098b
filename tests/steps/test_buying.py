"""Where the customer stands decides what a deal is worth, whatever the seller has entered."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from xlsales.steps.buying import BUYER_STAGES, MISMATCHES, SELLER_STAGES, BuyingRules, buying


def f1() -> pd.DataFrame:
    """The hand example: value, seller's probability, seller's stage, buyer's stage, valid motive."""
    return pd.DataFrame(
        {
            "value": [1000.0, 500, 800, 400, 200],
            "probability": [0.50, 0.90, 0.70, 0.60, 0.10],
            "seller_stage": [3.0, 5, 4, 4, 1],
            "buyer_stage": [3.0, 5, 0, 4, 2],
            "motive": [False, True, False, False, False],
        }
    )


def test_f1_the_three_forecasts() -> None:
    """1770 by the sellers, 660 by the buyers' stages, 520 to commit to."""
    deals = buying(f1())
    assert deals["stage_gap"].tolist() == [0, 0, 4, 0, -1]
    assert (deals["value"] * deals["probability"]).sum() == pytest.approx(1770)
    assert deals["adjusted_value"].tolist() == pytest.approx([200, 300, 0, 140, 20])
    assert deals["commit_value"].sum() == pytest.approx(520)


def test_at_status_quo_there_is_no_deal() -> None:
    """However sure the seller is, and whatever the motive."""
    deals = pd.DataFrame({"buyer_stage": [0.0], "probability": [1.0], "motive": [True]})
    assert buying(deals)[["p_used", "p_commit"]].to_numpy().tolist() == [[0, 0]]


@pytest.mark.parametrize(("stage", "commit"), [(3, 0.2), (4, 0), (5, 0), (7, 0)])
def test_a_motive_is_demanded_from_the_stage_of_the_rules(stage: float, commit: float) -> None:
    """Before it the deal counts without one; from it on it is left out of the commit forecast only."""
    deals = buying(pd.DataFrame({"buyer_stage": [stage], "probability": [0.95], "motive": [False]}))
    assert deals["p_commit"].item() == commit
    assert deals["p_used"].item() > 0


def test_one_of_the_two_probabilities_is_enough() -> None:
    """The other stands where one is unknown; where both are, the probability is unknown."""
    deals = pd.DataFrame({"buyer_stage": [np.nan, 5.0, np.nan], "probability": [0.3, np.nan, np.nan]})
    np.testing.assert_array_equal(buying(deals)["p_used"], [0.3, 0.6, np.nan])


def test_every_gap_has_its_mismatch() -> None:
    """No pair of stages falls between the classes, and an unknown stage gets none."""
    grid = [(float(s), float(b)) for s in range(len(SELLER_STAGES)) for b in range(len(BUYER_STAGES))]
    deals = buying(pd.DataFrame(grid, columns=["seller_stage", "buyer_stage"]))
    assert set(deals["mismatch"]) == set(MISMATCHES)
    gap = deals["stage_gap"]
    wanted = np.where(gap >= 2, "seller_ahead", np.where(gap == 1, "watch", np.where(gap > -2, "ok", "customer_ahead")))
    assert deals["mismatch"].tolist() == wanted.tolist()
    unknown = pd.DataFrame({"seller_stage": [np.nan], "buyer_stage": [1.0]})
    assert buying(unknown)["mismatch"].item() == ""


def test_probabilities_never_fall_as_the_customer_goes_on() -> None:
    """One for each stage, from nothing upwards."""
    chances = BuyingRules().probabilities
    assert len(chances) == len(BUYER_STAGES)
    assert chances[0] == 0
    assert list(chances) == sorted(chances)

"""Migration, stability, profitability, concentration and the template of the best customers."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xlsales.steps.concentration import concentration
from xlsales.steps.migration import migration
from xlsales.steps.profitability import profitability
from xlsales.steps.stability import StabilityRules, coefficient_of_variation, stability

tried = settings(max_examples=40, deadline=None, derandomize=True)
CLASS = st.sampled_from(["A", "B", "C", ""])


@tried
@given(st.lists(st.tuples(CLASS, CLASS, st.integers(-(10**9), 10**9)), max_size=40))
def test_the_margins_of_the_migration_are_the_customers(rows: list[tuple[str, str, int]]) -> None:
    """Rows sum to the opening customers per class, columns to the closing ones, money to the whole change."""
    customers = pd.DataFrame(rows, columns=["abc_prev", "abc", "change"])
    ways = migration(customers)
    for name in "ABC":
        assert ways.loc[ways["from"] == name, "customers"].sum() == (customers["abc_prev"] == name).sum()
        assert ways.loc[ways["to"] == name, "customers"].sum() == (customers["abc"] == name).sum()
    counted = (customers["abc"] != "") | (customers["abc_prev"] != "")
    assert ways["customers"].sum() == counted.sum()
    assert ways["change"].sum() == customers.loc[counted, "change"].sum()
    assert len(ways) == 15


def test_migration_by_hand() -> None:
    """One stayed, one fell, one was lost, one came."""
    customers = pd.DataFrame({"abc_prev": ["A", "A", "B", ""], "abc": ["A", "B", "", "C"], "change": [5, -50, -9, 3]})
    ways = migration(customers).set_index(["from", "to"])
    assert ways.loc[("A", "A")].tolist() == [1, 5]
    assert ways.loc[("A", "B")].tolist() == [1, -50]
    assert ways.loc[("B", "lost")].tolist() == [1, -9]
    assert ways.loc[("none", "C")].tolist() == [1, 3]


def test_stability_counts_quarters_without_purchases() -> None:
    """Even is X; half a year is Y; all in one quarter of four is Z with a variation of √3."""
    rows = [("jämn", age, 100) for age in range(12)] + [("halv", age, 100) for age in range(6)] + [("en", 0, 900)]
    monthly = pd.DataFrame([*rows, ("före", 12, 5), ("kredit", 3, -5)], columns=["customer_no", "age", "units"])
    found = stability(monthly).set_index("customer_no")
    assert found["xyz"].to_dict() == {"jämn": "X", "halv": "Y", "en": "Z", "kredit": ""}
    assert found["variation"].to_dict() == pytest.approx(
        {"jämn": 0, "halv": 1, "en": 3**0.5, "kredit": np.nan}, nan_ok=True)  # fmt: skip


def test_stability_by_months_when_asked() -> None:
    """The period is a setting."""
    monthly = pd.DataFrame({"customer_no": ["a"] * 4, "age": [0, 3, 6, 9], "units": [10] * 4})
    assert stability(monthly)["xyz"].tolist() == ["X"]
    assert stability(monthly, StabilityRules(xyz_months=1))["xyz"].tolist() == ["Z"]


def test_variation_is_that_of_the_whole_window() -> None:
    """Standard deviation over mean, not of a sample."""
    assert coefficient_of_variation([[2, 4, 4, 4, 5, 5, 7, 9]])[0] == pytest.approx(2 / 5)


def test_whale_curve_g1() -> None:
    """The method's check value G1: the peak is 192.86 % of the total."""
    amounts = [50, 40, 30, 10, 5, 0, -5, -10, -20, -30]
    customers = pd.DataFrame({"customer_no": [f"K{i:02}" for i in range(10)], "margin": [float(a) for a in amounts]})
    found = profitability(customers.sample(frac=1, random_state=3))
    assert found.curve["cum_margin"].tolist() == [50, 90, 120, 130, 135, 135, 130, 120, 100, 70]
    assert (found.peak, found.losing, found.eroded) == (135, 4, 65)
    assert found.peak_share == pytest.approx(1.9286, abs=5e-5)


def test_customers_without_cost_are_not_on_the_curve() -> None:
    """What is not known is left out, and a total loss has no share."""
    found = profitability(pd.DataFrame({"customer_no": ["a", "b"], "margin": [np.nan, -5.0]}))
    assert found.curve["customer_no"].tolist() == ["b"]
    assert np.isnan(found.peak_share)
    assert profitability(pd.DataFrame({"customer_no": [], "margin": []})).peak == 0


def test_concentration_by_hand() -> None:
    """The method's ten customers of C1: Gini 0.5894; HHI is the sum of squared percentages."""
    now = [400, 250, 120, 80, 50, 40, 25, 15, 12, 8]
    found = concentration(pd.DataFrame({"revenue": now, "revenue_prev": [100.0] * 5 + [0] * 5})).set_index("measure")
    assert found.loc["gini", "value"] == pytest.approx(0.5894, abs=5e-5)
    assert found.loc["hhi", "value"] == pytest.approx(sum((a / 10) ** 2 for a in now))
    assert found.loc["hhi", "value_prev"] == pytest.approx(2000)
    assert found.loc[["top_1", "top_5", "top_10"], "value"].tolist() == pytest.approx([0.4, 0.9, 1.0])
    assert found.loc["like_for_like", "value"] == pytest.approx(900 / 500 - 1)

"""Segment: classes by value, groups by number, and the tail."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xlsales.steps.concentration import gini
from xlsales.steps.segment import SegmentRules, segment

AMOUNT = st.integers(-(10**8), 10**10).map(lambda units: units / 10_000) | st.sampled_from([0.0, 100.0])
CUSTOMERS = st.lists(AMOUNT, max_size=30).map(lambda amounts: customers(*amounts))
tried = settings(max_examples=25, deadline=None, derandomize=True)


def customers(*amounts: float) -> pd.DataFrame:
    """One customer per amount, numbered K00, K01, …"""
    return pd.DataFrame(
        {"customer_no": pd.Series([f"K{i:02}" for i in range(len(amounts))], dtype=object),
         "revenue": pd.Series(amounts, dtype="float64")}
    )


def classes(found: pd.DataFrame) -> dict[str, str]:
    return dict(zip(found["customer_no"], found["abc"], strict=True))


@tried
@given(CUSTOMERS)
def test_every_positive_customer_is_in_exactly_one_class(given_customers: pd.DataFrame) -> None:
    """A, B and C share all customers with positive revenue; the others have no class; the groups tie."""
    found = segment(given_customers)
    table, groups = found.customers, found.concentration.set_index("group")
    positive = table["revenue"] > 0
    assert table.loc[positive, "abc"].isin(["A", "B", "C"]).all()
    assert (table.loc[~positive, "abc"] == "").all()
    for name in ("A", "B", "C"):
        assert groups.loc[name, "customers"] == (table["abc"] == name).sum()
    for parts in (["A", "B", "C"], ["top 20 %", "rest"]):
        assert groups.loc[parts, "customers"].sum() == positive.sum()
        assert groups.loc[parts, "revenue"].sum() == pytest.approx(table.loc[positive, "revenue"].sum())
    assert groups.loc["no_class", "customers"] == (table["revenue"] <= 0).sum()
    assert groups.loc["no_class", "revenue"] == pytest.approx(table.loc[~positive, "revenue"].sum())


@tried
@given(CUSTOMERS, st.floats(0.05, 0.95), st.floats(0.05, 0.95))
def test_a_class_is_as_small_as_it_can_be(given_customers: pd.DataFrame, one: float, two: float) -> None:
    """The As reach their limit and without the last of them do not; so do the As and Bs together."""
    rules = SegmentRules(abc_a=min(one, two), abc_b=max(one, two))
    found = segment(given_customers, rules).customers
    positive = found[found["revenue"] > 0]
    total = positive["revenue"].sum()
    for limit, members in ((rules.abc_a, ["A"]), (rules.abc_b, ["A", "B"])):
        inside = positive.loc[positive["abc"].isin(members), "revenue"]
        if len(positive):
            assert inside.sum() >= (limit - 1e-8) * total
            assert inside.iloc[:-1].sum() < limit * total
    assert list(positive["abc"]) == sorted(positive["abc"])


@tried
@given(CUSTOMERS, st.randoms(use_true_random=False), st.sampled_from([1, 7, 1000]))
def test_order_and_unit_change_no_class(given_customers: pd.DataFrame, random: Any, factor: int) -> None:
    """Rows in another order and all money times a factor give the same ranks, classes and shares."""
    order = list(range(len(given_customers)))
    random.shuffle(order)
    one = segment(given_customers)
    two = segment(given_customers.iloc[order].assign(revenue=lambda t: t["revenue"] * factor))
    for column in ("customer_no", "rank", "abc"):
        assert list(one.customers[column]) == list(two.customers[column])
    for column in ("customer_share", "revenue_share"):
        np.testing.assert_allclose(one.concentration[column], two.concentration[column], rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(one.key_figures["value"], two.key_figures["value"], rtol=1e-9, atol=1e-12)


@tried
@given(CUSTOMERS)
def test_shares_rise_to_the_whole(given_customers: pd.DataFrame) -> None:
    """Shares fall, cumulative shares rise to 1, and both are empty without positive revenue."""
    found = segment(given_customers).customers
    positive = found[found["revenue"] > 0]
    assert found.loc[found["revenue"] <= 0, ["share", "cum_share"]].isna().all(axis=None)
    assert list(found["rank"]) == list(range(1, len(found) + 1))
    if len(positive):
        assert positive["share"].is_monotonic_decreasing
        assert positive["cum_share"].is_monotonic_increasing
        assert positive["cum_share"].iloc[-1] == pytest.approx(1)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.lists(st.floats(0.01, 1e9), min_size=1, max_size=40), st.floats(0.001, 1000))
def test_gini_lies_between_zero_and_one(amounts: list[float], factor: float) -> None:
    """Gini is at least 0 and at most (n − 1) / n, and the unit of money does not matter."""
    found = gini(amounts)
    assert -1e-12 <= found <= 1 - 1 / len(amounts) + 1e-12
    assert gini(np.array(amounts) * factor) == pytest.approx(found, abs=1e-9)


def test_gini_of_equals_and_of_one() -> None:
    """Equal customers give 0, a single customer gives 0, none at all gives no figure."""
    assert gini([5.0, 5.0, 5.0]) == pytest.approx(0)
    assert gini([7.0]) == 0
    assert np.isnan(gini([]))


def test_the_customer_that_reaches_eighty_per_cent_exactly_ends_the_as() -> None:
    """With 50, 30, 15 and 5 of 100 the second reaches 80 % exactly: two A, one B, one C."""
    assert classes(segment(customers(50, 30, 15, 5)).customers) == {"K00": "A", "K01": "A", "K02": "B", "K03": "C"}


def test_equal_customers_are_ordered_by_number() -> None:
    """Among equals the lower customer number comes first."""
    assert list(segment(customers(5, 9, 5)).customers["customer_no"]) == ["K01", "K00", "K02"]


def test_one_customer_is_an_a_and_all_groups_by_number() -> None:
    """A single customer is class A with the whole revenue, and the largest 10 and 20 % are that one."""
    found = segment(customers(10.0))
    groups = found.concentration.set_index("group")
    assert classes(found.customers) == {"K00": "A"}
    assert groups.loc[["top 10 %", "top 20 %", "A"], "revenue_share"].tolist() == [1, 1, 1]
    assert groups.loc[["rest", "B", "C", "tail"], "customers"].tolist() == [0, 0, 0, 0]


def test_top_groups_are_rounded_up() -> None:
    """Of eleven customers the largest 10 % are two and the largest 20 % are three."""
    groups = segment(customers(*[1.0] * 11)).concentration.set_index("group")
    assert groups.loc[["top 10 %", "top 20 %", "rest"], "customers"].tolist() == [2, 3, 8]


def test_ten_per_cent_of_thirty_are_three() -> None:
    """Shares that come out whole are not rounded up by a hair: 10 % of 30 are 3, 20 % are 6."""
    groups = segment(customers(*[1.0] * 30)).concentration.set_index("group")
    assert groups.loc[["top 10 %", "top 20 %"], "customers"].tolist() == [3, 6]


def test_a_credited_customer_lowers_no_share() -> None:
    """Shares are of all positive revenue; the credit stands in its own group."""
    found = segment(customers(80.0, 20.0, -50.0))
    groups = found.concentration.set_index("group")
    assert found.customers["share"].iloc[0] == 0.8
    assert tuple(groups.loc["no_class", ["customers", "revenue"]]) == (1, -50)


def test_single_invoice_customers_are_counted() -> None:
    """Active customers with one invoice stand in their own group."""
    found = segment(customers(80.0, 20.0, -50.0).assign(invoices=[3, 1, 1]))
    groups = found.concentration.set_index("group")
    assert tuple(groups.loc["single_invoice", ["customers", "revenue"]]) == (1, 20)


@pytest.mark.parametrize("amounts", [(), (0.0,), (-1.0, -2.0)])
def test_without_positive_revenue_there_are_no_classes(amounts: tuple[float, ...]) -> None:
    """No customers, or only credited ones: no class, no share, no Gini, no largest customers."""
    found = segment(customers(*amounts))
    assert (found.customers["abc"] == "").all()
    assert not found.concentration.set_index("group").loc[["A", "B", "C", "top 10 %", "tail"], "customers"].any()
    assert found.concentration["customer_share"].isna().all()
    assert found.key_figures["value"].isna().all()
    assert found.top_customers.empty


def test_the_twenty_largest_are_shown() -> None:
    """Of twenty-five customers the twenty largest are listed, with their share so far."""
    found = segment(customers(*range(1, 26))).top_customers
    assert len(found) == 20
    assert found["revenue"].iloc[[0, -1]].tolist() == [25, 6]


def test_groups_by_number_are_named_by_their_share() -> None:
    """With other limits than 10 and 20 % the names of the groups say so."""
    groups = segment(customers(3, 2, 1), SegmentRules(top_1=0.125, top_2=0.5)).concentration["group"]
    assert list(groups[:3]) == ["top 12.5 %", "top 50 %", "rest"]

"""RFM scores are fifths of the customers, by value and never by the order of the rows."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from xlsales.steps.segment import rfm

FIGURES = st.lists(st.tuples(*[st.integers(0, 6).map(float)] * 3), min_size=1, max_size=30)


def test_ten_customers_fall_two_by_two() -> None:
    """Few days since, many purchases and much revenue are best."""
    order = np.arange(10.0)
    assert rfm(order, order, order * 1000).tolist() == [
        "511", "511", "422", "422", "333", "333", "244", "244", "155", "155",
    ]  # fmt: skip


def test_equal_values_score_the_same() -> None:
    """Half of the customers bought once: all of them score one, nobody by luck more."""
    purchases = np.array([1.0] * 5 + [2, 3, 4, 5, 6])
    codes = rfm(np.zeros(10), purchases, np.zeros(10))
    assert [code[1] for code in codes] == ["1"] * 5 + ["3", "4", "4", "5", "5"]


@given(FIGURES, st.randoms())
def test_the_order_of_rows_decides_nothing(rows: list[tuple[float, float, float]], chance: object) -> None:
    """Shuffled rows keep their codes, every score is from 1 to 5, and better is never scored lower."""
    figures = np.array(rows)
    places = np.arange(len(rows))
    chance.shuffle(places)  # type: ignore[attr-defined]
    codes = rfm(*figures.T)
    assert rfm(*figures[places].T).tolist() == codes[places].tolist()
    assert set("".join(codes)) <= set("12345")
    by_revenue = [code[2] for code in codes[np.argsort(figures[:, 2], kind="stable")]]
    assert by_revenue == sorted(by_revenue)


def test_an_unknown_customer_gets_no_code_and_moves_nobody() -> None:
    """Those of whom something is missing are not counted among the others."""
    known = rfm(np.array([1.0, 2]), np.array([3.0, 1]), np.array([9.0, 5])).tolist()
    some = rfm(np.array([1.0, 2, np.nan]), np.array([3.0, 1, 8]), np.array([9.0, 5, 7])).tolist()
    assert some == [*known, ""]
    assert rfm([np.nan], [1.0], [1.0]).tolist() == [""]

"""White space by hand and against a plain count over every pair."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from xlsales.steps.white_space import WhiteSpaceRules, white_space

CELL = st.tuples(st.sampled_from("abcde"), st.sampled_from(["x", "y", "z", ""]), st.integers(-50, 100))


def spend(rows: list[tuple[str, str, str, float]]) -> pd.DataFrame:
    """Ledger rows: customer, category, group and amount."""
    return pd.DataFrame(rows, columns=["customer_no", "category", "article_group", "revenue"])


def test_an_empty_cell_that_half_the_category_fills() -> None:
    """Two of three buy oil, for 10 and 30: the third lacks it, worth 20. One of three buys felt: no white space."""
    table = spend([("a", "i", "oil", 10), ("b", "i", "oil", 20), ("b", "i", "oil", 10), ("c", "i", "felt", 5),
                   ("d", "h", "nails", 9)])  # fmt: skip
    found = white_space(table)
    assert found.to_numpy().tolist() == [["c", "i", "oil", 2 / 3, 2, 3, 20.0]]


def test_a_credited_purchase_is_no_purchase() -> None:
    """What was sent back leaves the cell empty; a customer that buys nothing is nobody's peer."""
    table = spend([("a", "i", "oil", 10), ("b", "i", "oil", 8), ("b", "i", "oil", -8), ("b", "i", "felt", 5),
                   ("c", "i", "oil", -4)])  # fmt: skip
    found = white_space(table)
    assert found[["customer_no", "article_group", "peers"]].to_numpy().tolist() == [["b", "oil", 2], ["a", "felt", 2]]


def test_without_categories_all_are_compared_with_all() -> None:
    """A register without categories still shows what is missing; with some, the others are left out."""
    table = spend([("a", "", "oil", 10), ("b", "", "felt", 5), ("c", "", "oil", 2)])
    assert white_space(table)["customer_no"].tolist() == ["b"]
    assert white_space(table.assign(category=["i", "", "i"])).empty


def test_the_larger_of_two_with_the_same_opening_comes_first() -> None:
    """The median is the same for all of a category, so their size decides the order."""
    table = spend([("a", "i", "felt", 1), ("b", "i", "felt", 9), *((c, "i", "oil", 10) for c in "cde")])
    found = white_space(table)
    assert found.loc[found["article_group"] == "oil", "customer_no"].tolist() == ["b", "a"]


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(CELL, max_size=40), st.sampled_from([0.25, 0.5, 1.0]))
def test_white_space_agrees_with_counting_every_pair(cells: list[tuple[str, str, int]], share: float) -> None:
    """Customers a and b are of one category, the others of another; order of rows changes nothing."""
    rows = [(c, "one" if c in "ab" else "two", g, float(m)) for c, g, m in cells]
    table = spend(rows)
    found = white_space(table, WhiteSpaceRules(share))
    sums: dict[tuple[str, str], float] = {}
    for c, _, g, m in rows:
        sums[c, g] = sums.get((c, g), 0) + m
    bought = {key: m for key, m in sums.items() if m > 0 and key[1]}
    expected = set()
    for members in ("ab", "cde"):
        active = {c for c, _ in bought if c in members}
        for group in {g for c, g in bought if c in members}:
            amounts = [m for (c, g), m in bought.items() if c in members and g == group]
            if len(amounts) / len(active) >= share - 1e-9:
                usual = round(float(np.median(amounts)), 2)
                expected |= {(c, group, usual) for c in active if (c, group) not in bought}
    assert set(zip(found["customer_no"], found["article_group"], found["potential"], strict=True)) == expected
    assert len(found) == len(expected)
    pd.testing.assert_frame_equal(white_space(table[::-1], WhiteSpaceRules(share)), found)

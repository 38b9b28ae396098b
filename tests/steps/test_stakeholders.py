"""Whom we know at which customer."""

from __future__ import annotations

import pandas as pd

from xlsales.steps.stakeholders import stakeholders

COLUMNS = ["customer_no", "person", "decision_level", "influence"]


def test_coverage_by_hand() -> None:
    """A customer without a decider comes first; one of class C shows only because somebody is known there."""
    people = pd.DataFrame(
        [("a", "Eva", "company", "decides"), ("a", "Nils", "individual", "uses"), ("a", "Nils", "individual", "uses"),
         ("c", "Ulf", "", ""), ("x", "Ida", "company", "decides")], columns=COLUMNS)  # fmt: skip
    customers = pd.DataFrame({"customer_no": ["a", "b", "c", "d"], "abc": ["A", "A", "C", "C"]})
    found = stakeholders(people, customers).set_index("customer_no")
    assert found.index.tolist() == ["b", "c", "a", "x"]
    assert found.loc["a"].tolist() == [2, 1, 1, ("company", "individual"), ()]
    assert found.loc["b"].tolist() == [0, 0, 0, (), ("decider", "user", "company", "individual")]
    assert found.loc["c", "missing"] == ("decider", "user", "company", "individual")
    assert found.loc["x", "missing"] == ("user", "individual")


def test_nobody_known_and_no_class_a_customer_gives_no_rows() -> None:
    """Nothing to cover."""
    assert stakeholders(pd.DataFrame(columns=COLUMNS), pd.DataFrame({"customer_no": ["a"], "abc": ["B"]})).empty

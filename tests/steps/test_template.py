"""What the best customers have in common, and how like them a prospect is."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from xlsales.steps.template import TemplateRules, employee_band, match_score, template


def test_template_shows_counts_beside_the_lift() -> None:
    """Seven of ten best against thirty of a hundred and twenty: the counts are there to judge by."""
    best = [("industri", 1000 - i) for i in range(7)] + [("handel", 900 - i) for i in range(3)]
    rest = [("industri", 5)] * 23 + [("handel", 4)] * 87
    table = pd.DataFrame([(f"K{i:03}", b, float(r)) for i, (b, r) in enumerate(best + rest)],
                         columns=["customer_no", "industry", "revenue"])  # fmt: skip
    found = template(table, ["industry", "region"])
    assert found.iloc[0].drop(["lift", "proposed"]).tolist() == ["industry", "industri", 7, 10, 30, 120]
    assert found.iloc[0]["lift"] == pytest.approx(0.7 / 0.25)


def test_unknown_values_are_no_trait() -> None:
    """A missing industry is neither common nor counted."""
    table = pd.DataFrame({"customer_no": list("abc"), "industry": ["", "x", ""], "revenue": [3.0, 2.0, 1.0]})
    found = template(table, ["industry"])
    assert found[["value", "best_count", "best_n", "all_n"]].to_numpy().tolist() == [["x", 1, 1, 1]]


@pytest.mark.parametrize(("traits", "advice"), [(("x", "n"), "go"), (("x", "?"), "consider"), (("", "?"), "refrain")])
def test_a_prospect_is_scored_by_the_ticked_traits(traits: tuple[str, str], advice: str) -> None:
    """Seventy per cent is go, forty is consider."""
    prospects = pd.DataFrame([traits], columns=["industry", "region"])
    assert match_score(prospects, {"industry": ["x", "y"], "region": ["n"]})["advice"].tolist() == [advice]


def test_nothing_ticked_gives_no_advice() -> None:
    """Without a template there is nothing to be like."""
    found = match_score(pd.DataFrame({"industry": ["x"]}), {"industry": []})
    assert found["advice"].tolist() == [""]
    assert np.isnan(found["score"].iloc[0])


def test_employees_by_size_class() -> None:
    """The European classes; unknown is empty."""
    assert employee_band([1, 9, 10, 49, 50, 250, 0, None]).tolist() == [
        "1–9", "1–9", "10–49", "10–49", "50–249", "250+", "", ""]  # fmt: skip


def test_a_trait_that_three_of_the_best_share_is_proposed() -> None:
    """Twice as usual among the best proposes a trait, unless only two of them have it."""
    rows = [("x", "n"), ("x", "n"), ("x", "s"), ("y", "s"), ("y", "s")] + [("y", "s")] * 5
    table = pd.DataFrame(rows, columns=["industry", "region"]).assign(
        customer_no=[f"K{i}" for i in range(10)], revenue=[float(10 - i) for i in range(10)])  # fmt: skip
    found = template(table, ["industry", "region"], TemplateRules(template_best=5)).set_index("value")
    assert found.loc["x", ["lift", "proposed"]].tolist() == [2.0, True]
    assert found.loc["n", ["lift", "proposed"]].tolist() == [2.0, False]


def test_a_ticked_trait_stays_although_none_of_the_best_has_it_any_more() -> None:
    """What somebody has chosen is not dropped by a run; a value that no customer has is."""
    table = pd.DataFrame({"customer_no": list("abcd"), "industry": list("xxyz"), "revenue": [9.0, 8, 2, 1]})
    found = template(table, ["industry"], TemplateRules(template_best=2), [("industry", "z"), ("industry", "gone")])
    assert found[["value", "best_count", "all_count"]].to_numpy().tolist() == [["x", 2, 2], ["z", 0, 1]]

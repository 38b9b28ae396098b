"""The alternatives: totals, who scored what, lists and the cross lines."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from xlsales.steps.compare import (
    CompareRules,
    alternative_totals,
    compare,
    comparison_lists,
    cross_lines,
    score_views,
)

NAMES = ["price", "quality", "range", "catalogue", "website"]
ROWS = {"us": (7, 7, 9, 9, 9), "b": (9, 7, 6, 7, 7), "r": (6, 7, 5, 6, 6), "h": (6, 7, 9, 9, 8)}
ALTERNATIVES = pd.DataFrame({"alternative_id": list(ROWS), "name": list("LBRH"), "kind": ["us", *["competitor"] * 3]})
SCORES = pd.DataFrame(
    [(who, c, float(s)) for who, row in ROWS.items() for c, s in zip(NAMES, row, strict=True)],
    columns=["alternative_id", "criterion_id", "score"],
)


def weights(*points: float, decisive: int = 1) -> pd.DataFrame:
    given = np.array(points) / sum(points)
    return pd.DataFrame({"criterion_id": NAMES, "weight": given, "decisive": [i < decisive for i in range(len(NAMES))]})


def test_a_published_usp_table_weighed_with_twenty_points() -> None:
    """Price 8, quality and range 4, the rest 2: weighed 7.8, 7.6, 6.0 and 7.3 where plain means say 8.2 to 6.0."""
    found = alternative_totals(weights(8, 4, 4, 2, 2), ALTERNATIVES, SCORES).set_index("alternative_id")
    assert found.loc[list(ROWS), "weighted_score"].tolist() == pytest.approx([7.8, 7.6, 6.0, 7.3])
    assert found.loc[list(ROWS), "mean_score"].tolist() == pytest.approx([8.2, 7.2, 6.0, 7.8])
    assert found.loc[list(ROWS), "rank"].tolist() == [1, 2, 4, 3]


def test_what_nobody_scored_is_left_out_of_the_total() -> None:
    """Without a score on price the other weights carry the total; without any score there is none."""
    known = SCORES[~((SCORES["alternative_id"] == "b") & (SCORES["criterion_id"] == "price"))]
    known = known[known["alternative_id"] != "r"]
    found = alternative_totals(weights(8, 4, 4, 2, 2), ALTERNATIVES, known).set_index("alternative_id")
    assert found.loc["b", "weighted_score"] == pytest.approx((4 * 7 + 4 * 6 + 2 * 7 + 2 * 7) / 12)
    assert (found.loc["b", "scored"], found.loc["r", "scored"]) == (4, 0)
    assert np.isnan(found.loc["r", "weighted_score"])


def test_customers_and_we_stand_apart() -> None:
    """Both views with their gap; people behind a score count; an unweighed criterion is not shown."""
    scores = pd.DataFrame(
        [("us", "price", 6.0, "customer", 3), ("us", "price", 4.0, "customer", 1), ("us", "price", 8.0, "own", 2),
         ("b", "price", 7.0, "own", 1), ("b", "other", 7.0, "own", 1)],
        columns=["alternative_id", "criterion_id", "score", "rater", "n"],
    )  # fmt: skip
    found = score_views(weights(1, 1, 1, 1, 1), scores)
    assert list(found["alternative_id"]) == ["us", "b"]
    assert found.loc[0, ["by_customers", "by_us", "gap"]].tolist() == [5.5, 8.0, 2.5]
    assert np.isnan(found.loc[1, "by_customers"])
    assert found.loc[1, "by_us"] == 7


def test_lists_hold_strengths_and_weaknesses_with_their_cause() -> None:
    """The website is kept; price is minimised, and a cause of deselection where it decides."""
    lists = comparison_lists(compare(weights(8, 4, 4, 2, 2), ALTERNATIVES, SCORES))
    assert list(zip(lists["list"], lists["criterion_id"], lists["cause"], strict=True)) == [
        ("keep_or_strengthen", "website", "strength"), ("minimise_or_eliminate", "price", "deselection_cause"),
    ]  # fmt: skip
    lists = comparison_lists(compare(weights(8, 4, 4, 2, 2, decisive=0), ALTERNATIVES, SCORES))
    assert list(lists["cause"]) == ["strength", "weakness"]


def test_the_cross_lines_are_stated_and_decide_the_quadrant() -> None:
    """Equal: 1.0 and a fifth. Means: the mean ratio, so that being a little ahead everywhere is not enough."""
    table = compare(weights(8, 4, 4, 2, 2), ALTERNATIVES, SCORES)
    assert list(table["relative_mean"]) == pytest.approx([7 / 7, 7 / 7, 9 / (20 / 3), 9 / (22 / 3), 9 / 7])
    assert cross_lines(table) == (1.0, 0.2)
    assert list(table["quadrant"]) == ["keep_up", "keep_up", "keep_up", "overkill", "overkill"]
    rules = CompareRules(ipa_lines="means")
    other = compare(weights(8, 4, 4, 2, 2), ALTERNATIVES, SCORES, rules)
    x, y = cross_lines(other, rules)
    assert (x, y) == (pytest.approx(other["relative_mean"].mean()), pytest.approx(0.2))
    assert list(other["quadrant"])[:2] == ["concentrate", "concentrate"]

"""Compare: our scores against the customer's alternatives."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xlsales.steps.compare import CompareRules, compare

US_AND_RIVALS = pd.DataFrame(
    {"alternative_id": ["us", "r1", "r2"], "name": ["We", "North", "South"], "kind": ["us", "competitor", "nothing"]}
)
SCORE = st.integers(2, 20).map(lambda half: half / 2)


def weights(*rows: tuple[str, float, bool]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=["criterion_id", "weight", "decisive"])


def scores(*rows: tuple[Any, ...], columns: str = "alternative_id criterion_id score") -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=columns.split())


def one(found: pd.DataFrame) -> dict[str, Any]:
    """The only row."""
    [row] = found.to_dict("records")
    return {str(key): value for key, value in row.items()}


def compared(ours: float, best: float, *, decisive: bool = True, **rules: float) -> dict[str, Any]:
    given_scores = scores(("us", "price", ours), ("r1", "price", best), ("r2", "price", 1.0))
    return one(compare(weights(("price", 1.0, decisive)), US_AND_RIVALS, given_scores, CompareRules(**rules)))


@pytest.mark.parametrize(
    ("ours", "best", "kind"),
    [(8, 7, "strength"), (7.5, 7, "parity"), (7, 7, "parity"), (6.5, 7, "parity"), (6, 7, "weakness")],
)
def test_one_point_makes_a_strength_or_a_weakness(ours: float, best: float, kind: str) -> None:
    """A point or more above the best alternative is a strength, a point below a weakness, else parity."""
    assert compared(ours, best)["class"] == kind


def test_a_weakness_on_a_decisive_criterion_is_why_we_are_deselected() -> None:
    """The same weakness is a cause of deselection only where the criterion decides."""
    assert compared(5, 7)["deselection_cause"]
    assert not compared(5, 7, decisive=False)["deselection_cause"]


def test_the_goal_leads_on_what_decides_and_stays_elsewhere() -> None:
    """Decisive: one above the best, never below our own, never above ten. Otherwise our own score."""
    assert (compared(6, 7)["goal"], compared(6, 7)["gap_factor"]) == (8, pytest.approx(8 / 6))
    assert (compared(9, 7)["goal"], compared(9, 7)["gap_factor"]) == (9, 1)
    assert (compared(8, 10)["goal"], compared(8, 10)["gap_factor"]) == (10, 1.25)
    assert (compared(6, 7, decisive=False)["goal"], compared(6, 7, decisive=False)["gap_factor"]) == (6, 1)
    assert compared(6, 7, goal_lead=2)["goal"] == 9


@settings(max_examples=30, deadline=None, derandomize=True)
@given(st.lists(st.tuples(SCORE, SCORE, SCORE, st.booleans()), min_size=1, max_size=6))
def test_a_gap_never_lowers_a_need(rows: list[tuple[float, float, float, bool]]) -> None:
    """Gap factors are at least 1, exactly 1 where nothing decides, and goals stay within the scale."""
    ids = [f"c{i}" for i in range(len(rows))]
    table = weights(*[(c, 1 / len(rows), row[3]) for c, row in zip(ids, rows, strict=True)])
    given_scores = scores(
        *[(who, c, row[k]) for c, row in zip(ids, rows, strict=True) for k, who in enumerate(["us", "r1", "r2"])]
    )
    found = compare(table, US_AND_RIVALS, given_scores)
    assert (found["gap_factor"] >= 1).all()
    assert (found.loc[~found["decisive"], "gap_factor"] == 1).all()
    assert found["goal"].between(found["ours"], 10).all()
    assert found["class"].isin(["strength", "parity", "weakness"]).all()
    assert found["quadrant"].isin(["keep_up", "concentrate", "overkill", "low_priority"]).all()
    assert (found["best_score"] == [max(row[1:3]) for row in rows]).all()


def test_customers_scores_go_before_our_own() -> None:
    """Where a customer has scored an alternative our own scores of it are not used; elsewhere they are."""
    given_scores = scores(
        ("us", "price", 9, "own"), ("us", "price", 6, "customer"), ("r1", "price", 7, "own"),
        columns="alternative_id criterion_id score rater",
    )
    found = one(compare(weights(("price", 1.0, True)), US_AND_RIVALS, given_scores))
    assert (found["ours"], found["best_score"], found["best_alternative"]) == (6, 7, "North")


def test_several_scores_are_averaged_by_their_number() -> None:
    """Three customers at 8 and one at 4 are 7; a missing number counts as one."""
    given_scores = scores(
        ("us", "price", 8, 3), ("us", "price", 4, np.nan), ("r1", "price", 5, 1),
        columns="alternative_id criterion_id score n",
    )
    assert one(compare(weights(("price", 1.0, True)), US_AND_RIVALS, given_scores))["ours"] == 7


def test_the_quadrants_cross_at_equal_weight_and_at_the_mean_of_the_alternatives() -> None:
    """Heavy and ahead: keep up; heavy and behind: concentrate; light and ahead: overkill; else low priority."""
    table = weights(("a", 0.4, True), ("b", 0.3, True), ("c", 0.2, False), ("d", 0.1, False))
    given_scores = scores(
        *[("us", c, 5) for c in "abcd"],
        *[("r1", c, s) for c, s in zip("abcd", (6, 8, 6, 8), strict=True)],
        *[("r2", c, s) for c, s in zip("abcd", (4, 4, 4, 4), strict=True)],
    )
    found = compare(table, US_AND_RIVALS, given_scores)
    assert list(found["quadrant"]) == ["keep_up", "concentrate", "overkill", "low_priority"]


def test_a_published_usp_table() -> None:
    """A supplier scored 7, 7, 9, 9, 9 against rivals at 9/6/6, 7/7/7, 6/5/9, 7/6/9, 7/6/8 (a USP analysis).

    Price is a weakness, the website a strength, the rest is parity.
    """
    names = ["price", "quality", "range", "catalogue", "website"]
    rows = {"us": (7, 7, 9, 9, 9), "r1": (9, 7, 6, 7, 7), "r2": (6, 7, 5, 6, 6), "r3": (6, 7, 9, 9, 8)}
    alternatives = pd.DataFrame(
        {"alternative_id": list(rows), "name": list("LBRH"), "kind": ["us", *["competitor"] * 3]}
    )
    given_scores = scores(*[(who, c, s) for who, row in rows.items() for c, s in zip(names, row, strict=True)])
    table = weights(*[(c, 0.2, False) for c in names])
    found = compare(table, alternatives, given_scores)
    assert list(found["class"]) == ["weakness", "parity", "parity", "parity", "strength"]
    assert list(found["best_alternative"]) == ["B", "B", "H", "H", "H"]


def test_scores_of_an_unknown_alternative_are_not_used() -> None:
    """A score for an alternative that is not in the list is no rival."""
    given_scores = scores(("us", "price", 5), ("r1", "price", 6), ("ghost", "price", 10))
    assert one(compare(weights(("price", 1.0, True)), US_AND_RIVALS, given_scores))["best_score"] == 6


@pytest.mark.parametrize(
    ("alternatives", "given_scores"),
    [
        (US_AND_RIVALS.iloc[:0], scores()),
        (US_AND_RIVALS, scores()),
        (US_AND_RIVALS, scores(("us", "price", 7.0))),
        (US_AND_RIVALS, scores(("r1", "price", 7.0))),
        (US_AND_RIVALS.iloc[1:], scores(("r1", "price", 7.0))),
        (US_AND_RIVALS.iloc[:0], scores(("us", "price", 7.0), ("r1", "price", 7.0))),
    ],
)
def test_without_both_sides_nothing_is_compared(alternatives: pd.DataFrame, given_scores: pd.DataFrame) -> None:
    """No alternatives, no scores, only ours or only theirs: no class, no quadrant and no gap."""
    found = compare(weights(("price", 0.6, True), ("ease", 0.4, False)), alternatives, given_scores)
    assert list(found["criterion_id"]) == ["price", "ease"]
    assert (found["class"] == "").all()
    assert (found["quadrant"] == "").all()
    assert (found["gap_factor"] == 1).all()
    assert not found["deselection_cause"].any()


def test_without_criteria_the_table_is_empty() -> None:
    """No criteria: no rows, and the columns are there."""
    found = compare(weights(), US_AND_RIVALS, scores(("us", "price", 7.0)))
    assert found.empty
    assert {"class", "quadrant", "gap_factor"} <= set(found.columns)

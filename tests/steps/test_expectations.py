"""Expectations: which answers count, and what they weigh."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xlsales.steps.expectations import ExpectationRules, Expectations, expectations

NAMES = ("quality", "service", "price", "ease", "trust", "speed")
FEW = ExpectationRules(draws=100)
tried = settings(max_examples=20, deadline=None, derandomize=True)


def answers(*rows: tuple[Any, ...], method: str = "points20", **more: Any) -> pd.DataFrame:
    """One answer per (customer, points, points, …)."""
    frame = pd.DataFrame(
        [row[1:] for row in rows], columns=list(NAMES[: len(rows[0]) - 1]) if rows else [], dtype="float64"
    )
    ids = [f"S{i}" for i in range(len(rows))]
    frame.insert(0, "method", pd.Series([method] * len(rows), dtype=object))
    frame.insert(0, "customer_no", pd.Series([row[0] for row in rows], dtype=object))
    frame.insert(0, "answer_id", pd.Series(ids, dtype=object))
    return frame.assign(**more)


def run(frame: pd.DataFrame, rules: ExpectationRules = FEW, revenue: Any = None) -> Expectations:
    return expectations(frame, [name for name in NAMES if name in frame], rules, revenue)


def weights(found: Expectations, column: str = "weight") -> dict[str, float]:
    return dict(zip(found.weights["criterion_id"], found.weights[column], strict=True))


def states(found: Expectations) -> list[str]:
    return list(found.quality["state"])


@st.composite
def surveys(draw: st.DrawFn) -> pd.DataFrame:
    """Up to twelve answers on one to six criteria, most of which sum to twenty and some of which do not."""
    width = draw(st.integers(1, 6))
    full = st.lists(st.integers(0, 20), min_size=width, max_size=width).map(to_twenty)
    odd = st.lists(st.none() | st.integers(-2, 12), min_size=width, max_size=width)
    rows = draw(st.lists(st.tuples(st.sampled_from("ABCDE"), full | full | odd), max_size=12))
    points = pd.DataFrame([row for _, row in rows], columns=list(NAMES[:width]), dtype="float64")
    frame = answers(*[(customer, 0.0) for customer, _ in rows]).drop(columns="quality", errors="ignore")
    return frame.join(points)


def to_twenty(points: list[int]) -> list[float]:
    total = sum(points)
    return [20 * p / total for p in points] if total else [20.0 / len(points)] * len(points)


@tried
@given(surveys())
def test_weights_and_places_sum_to_their_whole(frame: pd.DataFrame) -> None:
    """Weights sum to 1; so do the chances to be first, and those to be among three sum to three or to all."""
    found = run(frame).weights
    if found["customers"].iloc[0]:
        assert found["weight"].sum() == pytest.approx(1)
        assert found["weight"].between(0, 1).all()
        assert found["weight"].is_monotonic_decreasing or (found["weight"].diff().dropna() < 1e-12).all()
    else:
        assert found["weight"].isna().all()
    if found["customers"].iloc[0] > 1:
        assert found["p_top1"].sum() == pytest.approx(1)
        assert found["p_top3"].sum() == pytest.approx(min(3, len(found)))
        assert (found["p_top1"] <= found["p_top3"] + 1e-12).all()
        assert (found["ci_low"] <= found["ci_high"]).all()
    else:
        assert found[["p_top1", "p_top3", "ci_low", "ci_high", "sd"]].isna().all(axis=None)


@tried
@given(surveys())
def test_few_decide(frame: pd.DataFrame) -> None:
    """At most three are decisive, each above equal weight and heavier than the rest; at most five are listed."""
    found = run(frame).weights
    decisive = found["decisive"].to_numpy()
    assert decisive.sum() <= 3
    assert found["shortlist"].sum() <= 5
    assert not (decisive & ~found["shortlist"].to_numpy()).any()
    assert not (decisive[1:] & ~decisive[:-1]).any()
    assert (found.loc[decisive, "weight"] > 1 / len(found)).all()
    assert found.loc[decisive, "weight"].iloc[:-1].sum() < 0.60


@tried
@given(surveys())
def test_every_answer_has_one_state_and_every_fault_an_issue(frame: pd.DataFrame) -> None:
    """Each answer is counted or has a reason not to be; n counts the counted; each fault names its row."""
    found = run(frame)
    assert list(found.quality["answer_id"]) == list(frame["answer_id"])
    assert set(states(found)) <= {"ok", "rescaled", "set_aside", "rejected", "superseded", "other_method"}
    assert (found.weights["n"] == found.quality["state"].isin(["ok", "rescaled"]).sum()).all()
    faulty = [row for row, state in enumerate(states(found)) if state in ("rescaled", "set_aside", "rejected")]
    assert sorted(issue.row for issue in found.issues if issue.row is not None) == faulty


@tried
@given(surveys(), st.randoms(use_true_random=False))
def test_the_order_of_answers_changes_no_weight(frame: pd.DataFrame, random: Any) -> None:
    """The same answers in another order give the same weights and the same order of criteria."""
    order = list(range(len(frame)))
    random.shuffle(order)
    one, two = run(frame).weights, run(frame.iloc[order].reset_index(drop=True)).weights
    pd.testing.assert_frame_equal(one, two, rtol=1e-9, atol=1e-12)


@tried
@given(surveys(), st.sampled_from("ABCDE"), st.integers(2, 4))
def test_many_answers_of_one_customer_weigh_no_more(frame: pd.DataFrame, customer: str, times: int) -> None:
    """A customer's answers handed in several times over leave every weight and interval as it was."""
    repeated = pd.concat([frame] + [frame[frame["customer_no"] == customer]] * (times - 1), ignore_index=True)
    one, two = run(frame).weights, run(repeated).weights
    columns = ["criterion_id", "weight", "ci_low", "ci_high", "sd", "decisive", "customers"]
    pd.testing.assert_frame_equal(one[columns], two[columns], rtol=1e-9, atol=1e-12)


@tried
@given(surveys())
def test_a_hundred_points_weigh_as_twenty(frame: pd.DataFrame) -> None:
    """The same answers given with 100 points instead of 20 have the same states and weights."""
    hundred = frame.assign(method="points100")
    points = [name for name in NAMES if name in frame]
    hundred[points] = hundred[points] * 5
    one, two = run(frame), run(hundred)
    assert states(one) == states(two)
    assert list(one.quality["flat"]) == list(two.quality["flat"])
    pd.testing.assert_frame_equal(one.weights, two.weights, rtol=1e-9, atol=1e-12)


@tried
@given(surveys(), st.integers(1, 10**6))
def test_equal_revenue_weighs_customers_equally(frame: pd.DataFrame, amount: int) -> None:
    """When all customers buy for the same amount the weight by revenue is the weight."""
    found = run(frame, revenue=pd.Series(float(amount), index=list("ABCDE"))).weights
    np.testing.assert_allclose(found["weight_by_revenue"], found["weight"], rtol=1e-9)


@pytest.mark.parametrize(
    ("points", "state"),
    [
        ((10, 6, 4), "ok"),
        ((20, 0, 0), "ok"),
        ((6.7, 6.7, 6.6), "ok"),
        ((10, 6, 3), "rescaled"),
        ((10, 6, 8), "rescaled"),
        ((10, 6, 0), "rescaled"),
        ((10, 6, 8.01), "set_aside"),
        ((9, 6, 0), "set_aside"),
        ((50, 30, 20), "set_aside"),
        ((0, 0, 0), "rejected"),
        ((22, 0, -2), "rejected"),
        ((np.nan, np.nan, np.nan), "rejected"),
    ],
)
def test_the_sum_decides_whether_an_answer_counts(points: tuple[float, ...], state: str) -> None:
    """Twenty counts, up to 20 % off is rescaled, more is set aside; nothing or a negative is rejected."""
    assert states(run(answers(("A", *points)))) == [state]


def test_an_answer_that_sums_to_nineteen_is_rescaled_to_shares() -> None:
    """10, 6 and 3 weigh 10/19, 6/19 and 3/19, and the warning tells the sum and the row."""
    found = run(answers(("A", 10, 6, 4), ("B", 10, 6, 3)).iloc[1:])
    assert weights(found) == pytest.approx({"quality": 10 / 19, "service": 6 / 19, "price": 3 / 19})
    [issue] = found.issues
    assert (issue.severity, issue.code, issue.row, issue.found) == ("warning", "answer_rescaled", 1, 19.0)


def test_a_confirmed_answer_counts_whatever_its_sum() -> None:
    """An answer set aside for its sum counts once a person has confirmed it."""
    found = run(answers(("A", 5, 5, 0), ("B", 5, 5, 0), confirmed=[False, True]))
    assert states(found) == ["set_aside", "rescaled"]
    assert [issue.severity for issue in found.issues] == ["error", "warning"]


def test_a_negative_is_rejected_by_name() -> None:
    """The issue names the criterion and the number that stands there."""
    [issue] = run(answers(("A", 15, 7, -2))).issues
    assert (issue.severity, issue.code, issue.column, issue.found) == ("error", "answer_negative", "price", -2)


def test_blanks_beside_points_are_zeros_and_noted_once() -> None:
    """Empty cells in a counted answer weigh nothing, and one note tells how many answers have them."""
    found = run(answers(("A", 14, 6, np.nan), ("B", 14, np.nan, 6)))
    assert weights(found) == pytest.approx({"quality": 0.7, "service": 0.15, "price": 0.15})
    assert weights(found, "zeros") == {"quality": 0, "service": 1, "price": 1}
    [issue] = found.issues
    assert (issue.severity, issue.code, issue.params["count"]) == ("note", "answer_blanks_zero", 2)


def test_ratings_and_beliefs_give_no_weights() -> None:
    """Answers on a scale of ten and our own beliefs are kept out of the weights without a complaint."""
    frame = answers(("A", 10, 6, 4), ("B", 9, 9, 9), ("C", 0, 0, 20))
    frame["method"] = ["points20", "scale10", "belief"]
    found = run(frame)
    assert states(found) == ["ok", "other_method", "other_method"]
    assert weights(found) == pytest.approx({"quality": 0.5, "service": 0.3, "price": 0.2})
    assert not found.issues


def test_of_the_same_person_the_latest_answer_counts() -> None:
    """The date decides, not the row; case and blanks in the name do not; the customer does."""
    frame = answers(
        ("A", 20, 0), ("A", 0, 20), ("B", 10, 10),
        person=["Eva ", "eva", "Eva"],
        date=pd.to_datetime([date(2025, 5, 2), date(2025, 5, 1), date(2025, 5, 1)]),
    )
    found = run(frame)
    assert states(found) == ["ok", "superseded", "ok"]
    assert weights(found) == pytest.approx({"quality": 0.75, "service": 0.25})


def test_answers_without_a_name_never_replace_each_other() -> None:
    """Two nameless answers of a customer both count."""
    found = run(answers(("A", 20, 0), ("A", 0, 20), person=["", " "]))
    assert states(found) == ["ok", "ok"]


def test_a_later_answer_that_cannot_be_used_replaces_nothing() -> None:
    """A valid answer stays when the same person's later one is rejected."""
    found = run(answers(("A", 20, 0), ("A", -1, 21), person=["Eva", "Eva"]))
    assert states(found) == ["ok", "rejected"]


def test_a_flat_answer_is_flagged_and_counted() -> None:
    """Points that differ by at most one are flat; the answer still counts."""
    found = run(answers(("A", 7, 7, 6), ("B", 8, 6, 6)))
    assert list(found.quality["flat"]) == [True, False]
    assert states(found) == ["ok", "ok"]


def test_customers_weigh_equally_however_many_answer() -> None:
    """Three of one customer against one of another: the weight is the mean of the two customers."""
    found = run(answers(("A", 20, 0), ("A", 20, 0), ("A", 14, 6), ("B", 0, 20)))
    assert weights(found) == pytest.approx({"quality": 0.45, "service": 0.55})


def test_weight_by_revenue_follows_the_money() -> None:
    """A customer with three times the revenue weighs three times; credited and unknown ones weigh nothing."""
    frame = answers(("A", 20, 0), ("B", 0, 20), ("C", 0, 20), ("D", 0, 20))
    found = run(frame, revenue=pd.Series({"A": 300.0, "B": 100.0, "C": -50.0}))
    assert weights(found, "weight_by_revenue") == pytest.approx({"quality": 0.75, "service": 0.25})


def test_the_draws_are_repeatable_and_follow_the_seed() -> None:
    """The same seed gives the same intervals, another seed gives others."""
    frame = answers(*[(f"K{i}", i, 20 - i) for i in range(12)])
    one, two = run(frame), run(frame)
    other = run(frame, ExpectationRules(draws=100, seed=21))
    pd.testing.assert_frame_equal(one.weights, two.weights, check_exact=True)
    pd.testing.assert_frame_equal(one.pairs, two.pairs, check_exact=True)
    assert weights(one, "ci_low") != weights(other, "ci_low")


def test_the_interval_is_as_wide_as_its_standard_error_says() -> None:
    """With forty customers the drawn 95 % interval is within a tenth of 2 × 1.96 standard errors."""
    random = np.random.default_rng(1)
    frame = answers(*[(f"K{i}", p, 20 - p) for i, p in enumerate(random.uniform(5, 20, 40))])
    found = run(frame, ExpectationRules()).weights.iloc[0]
    assert found["ci_high"] - found["ci_low"] == pytest.approx(2 * 1.96 * found["sd"] / 40**0.5, rel=0.1)
    assert found["ci_low"] < found["weight"] < found["ci_high"]


def test_ties_share_the_places() -> None:
    """Four criteria that are always equal are each first in a quarter of the draws, among three in three."""
    found = run(answers(("A", 5, 5, 5, 5), ("B", 5, 5, 5, 5)))
    assert list(found.weights["p_top1"]) == [0.25] * 4
    assert list(found.weights["p_top3"]) == [0.75] * 4
    assert not found.weights["decisive"].any()
    assert not found.pairs["separated"].any()


def test_pairs_are_every_two_criteria_the_heavier_first() -> None:
    """Of three criteria there are three pairs, none with a negative difference."""
    pairs = run(answers(("A", 2, 12, 6), ("B", 4, 10, 6))).pairs
    assert list(zip(pairs["criterion_a"], pairs["criterion_b"], strict=True)) == [
        ("service", "price"), ("service", "quality"), ("price", "quality"),
    ]
    assert (pairs["difference"] > 0).all()
    assert pairs["separated"].all()


def test_one_answer_gives_weights_without_intervals() -> None:
    """A single answer has weights and a decisive criterion, but no spread, no interval and no pairs."""
    found = run(answers(("A", 14, 6)))
    assert weights(found) == pytest.approx({"quality": 0.7, "service": 0.3})
    assert found.weights[["sd", "ci_low", "ci_high", "p_top1", "p_top3"]].isna().all(axis=None)
    assert list(found.weights["decisive"]) == [True, False]
    assert found.pairs.empty


@pytest.mark.parametrize("rows", [(), (("A", -5, 25),), (("A", np.nan, np.nan), ("B", 1, 1))])
def test_without_a_usable_answer_there_are_no_weights(rows: tuple[tuple[Any, ...], ...]) -> None:
    """No answers or only invalid ones: every criterion stands there without weight and none decides."""
    found = expectations(answers(*rows), ["quality", "service"], FEW, pd.Series({"A": 5.0}))
    assert list(found.weights["criterion_id"]) == ["quality", "service"]
    assert found.weights[["weight", "weight_by_revenue", "ci_low", "p_top1"]].isna().all(axis=None)
    assert not found.weights[["decisive", "shortlist", "n", "customers", "zeros"]].to_numpy().any()
    assert found.pairs.empty
    assert len(found.quality) == len(rows)


def test_without_criteria_every_answer_is_blank() -> None:
    """With no criteria there is nothing to weigh, and answers are rejected as blank."""
    found = expectations(answers(("A", 20)), [], FEW)
    assert found.weights.empty
    assert states(found) == ["rejected"]

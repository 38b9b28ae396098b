"""The survey beyond the weights: groups, chance, the answers still needed, ratings and beliefs."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xlsales.steps.belief_gap import belief_gap
from xlsales.steps.expectations import ExpectationRules, expectations, finite
from xlsales.steps.group_tests import group_tests
from xlsales.steps.rating_check import rating_check, rating_points
from xlsales.steps.survey_plan import customers_needed, survey_plan

FOUR = ["kvalitet", "service", "pris", "enkelhet"]
P1 = [[10, 6, 4, 0], [8, 8, 2, 2], [12, 4, 4, 0], [6, 10, 4, 0], [14, 2, 2, 2]]
PAIRED = 0.1414213562


def answers(points: list[list[float]], method: str = "points20", **more: object) -> pd.DataFrame:
    """One answer per customer."""
    ids = [f"K{i}" for i in range(len(points))]
    frame = pd.DataFrame(points, columns=FOUR[: len(points[0])], dtype="float64")
    return frame.assign(answer_id=ids, customer_no=ids, method=method, **more)


def test_five_respondents_reckoned_by_hand() -> None:
    """P1: the paired error is 0.14142, and a large or unknown population leaves it alone."""
    for population in (0, 5, 1000):
        pairs = expectations(answers(P1), FOUR, population=population).pairs
        assert pairs.loc[0, "se"] == pytest.approx(PAIRED)
    quality = expectations(answers(P1), FOUR).quality
    assert list(quality["effective_number"].round(3)) == [2.632, 2.941, 2.273, 2.632, 1.923]
    assert list(quality["top3_share"]) == pytest.approx([1, 0.9, 1, 1, 0.9])


def test_a_small_population_narrows_error_and_interval() -> None:
    """5 of 10 customers: everything that tells the spread shrinks by √(5/9), the weights stay."""
    whole, part = expectations(answers(P1), FOUR), expectations(answers(P1), FOUR, population=10)
    shrink = (5 / 9) ** 0.5
    assert finite(5, 10) == pytest.approx(shrink)
    assert part.pairs["se"].to_numpy() == pytest.approx(whole.pairs["se"].to_numpy() * shrink)
    width = [found.weights["ci_high"] - found.weights["ci_low"] for found in (whole, part)]
    assert width[1].to_numpy() == pytest.approx(width[0].to_numpy() * shrink)
    assert list(part.weights["weight"]) == list(whole.weights["weight"])
    assert set(part.weights["population"]) == {10}
    assert whole.weights["population"].isna().all()


@pytest.mark.parametrize(("n", "population"), [(1, 10), (10, 10), (12, 10), (30, 201), (5, 0)])
def test_the_population_changes_nothing_where_it_is_unknown_large_or_used_up(n: int, population: int) -> None:
    """One answer, everybody, more than there are, more than the limit, not known."""
    assert finite(n, population, ExpectationRules(finite_max=200)) == 1


def test_the_chances_of_a_place_grow_with_the_places() -> None:
    """First is rarer than among two, and that rarer than among three; they sum to one, two and three."""
    table = expectations(answers(P1), FOUR).weights
    assert (table["p_top1"] <= table["p_top2"]).all()
    assert (table["p_top2"] <= table["p_top3"]).all()
    assert [table[f"p_top{k}"].sum() for k in (1, 2, 3)] == pytest.approx([1, 2, 3])


def test_groups_that_answer_alike_are_chance_and_those_that_do_not_are_not() -> None:
    """Ten that want quality and ten that want price differ; the same answers dealt out evenly do not."""
    apart = answers([[16, 2, 1, 1]] * 10 + [[2, 2, 15, 1]] * 10, role=["a"] * 10 + ["b"] * 10)
    mixed = apart.assign(role=["a", "b"] * 10)
    assert group_tests(apart, FOUR, ["role"], draws=999)["p"].iloc[0] == pytest.approx(0.001, abs=0.001)
    assert group_tests(mixed, FOUR, ["role"], draws=999)["p"].iloc[0] > 0.5


def test_the_distance_between_two_groups_by_hand() -> None:
    """Two answers for each: weights (1, 0) and (0, 1) lie at 4 × (0.5² + 0.5²) = 2 from the common (0.5, 0.5)."""
    rows = answers([[20, 0], [20, 0], [0, 20], [0, 20]], role=["a", "a", "b", "b"])
    found = group_tests(rows, FOUR[:2], ["role"], draws=200, segment_min=2).iloc[0]
    assert (found["groups"], found["n"], found["statistic"]) == (2, 4, pytest.approx(2.0))
    assert found["p"] == pytest.approx(1 / 3, abs=0.12)


def test_under_chance_alone_the_p_values_are_even() -> None:
    """Of 200 surveys in which groups mean nothing about a tenth have a p-value below a tenth."""
    random = np.random.default_rng(4)
    found = []
    for seed in range(200):
        rows = answers((random.dirichlet([2, 2, 1, 1], 16) * 20).tolist(), role=["a"] * 8 + ["b"] * 8)
        found.append(group_tests(rows, FOUR, ["role"], draws=199, seed=seed)["p"].iloc[0])
    assert 0.04 < np.mean(np.array(found) <= 0.10) < 0.17
    assert 0.40 < np.mean(found) < 0.60


def test_groups_below_five_take_no_part() -> None:
    """Four answers are no group: with five and four there is nothing to test; with five and five there is."""
    rows = answers(P1 + P1[:4], role=["a"] * 5 + ["b"] * 4)
    assert group_tests(rows, FOUR, ["role"])["p"].isna().all()
    rows = answers(P1 + P1, role=["a"] * 5 + ["b"] * 5)
    assert group_tests(rows, FOUR, ["role"], draws=50)["p"].notna().all()


@settings(max_examples=20, deadline=None, derandomize=True)
@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(1, 19)), min_size=10, max_size=30), st.randoms())
def test_the_order_of_answers_changes_no_distance(rows: list[tuple[str, int]], random: object) -> None:
    """The statistic is the same whatever the order, and p lies in (0, 1]."""
    frame = answers([[p, 20 - p] for _, p in rows], role=[r for r, _ in rows])
    mixed = frame.sample(frac=1, random_state=3)
    one, two = (group_tests(f, FOUR[:2], ["role"], draws=99).iloc[0] for f in (frame, mixed))
    if pd.notna(one["p"]):
        assert one["statistic"] == pytest.approx(two["statistic"])
        assert 0 < one["p"] <= 1


def test_how_many_customers_part_two_criteria() -> None:
    """P1: quality less service is .20 with a spread of .31623, so (1.96 · .31623 / .20)² = 9.6: ten customers."""
    found = expectations(answers(P1), FOUR)
    plan = survey_plan(found.weights["criterion_id"], found.shares).set_index("place")
    assert plan.loc[1, "sd"] == pytest.approx(PAIRED * 5**0.5)
    assert (plan.loc[1, "needed"], plan.loc[1, "more"]) == (10, 5)
    assert list(plan["criterion_b"]) == ["service", "pris", "enkelhet"]
    assert customers_needed(0.0, 0.1) == np.inf
    assert customers_needed(0.5, 0.0) == 2


def test_equal_weights_are_never_parted() -> None:
    """Two criteria that weigh the same need an endless number of answers."""
    found = expectations(answers([[10, 10], [8, 12], [12, 8]]), FOUR[:2])
    assert survey_plan(found.weights["criterion_id"], found.shares)["more"].tolist() == [np.inf]


def test_ratings_beside_points_by_hand() -> None:
    """Means, shares of 7 or more, spread, and what lies above each one's lowest rating."""
    rows = answers([[9, 8, 7, 6], [8, 8, 8, 8], [10, 7, 9, 7]], "scale10")
    check = rating_check(rows, FOUR, pd.Series({"kvalitet": 0.5, "service": 0.3, "pris": 0.16, "enkelhet": 0.04}))
    table = check.table.set_index("criterion_id")
    assert list(table["rating_mean"]) == pytest.approx([9, 23 / 3, 8, 7])
    assert list(table["rating_share_7plus"]) == pytest.approx([1, 1, 1, 2 / 3])
    assert list(table["points_weight"]) == [0.5, 0.3, 0.16, 0.04]
    assert (check.n, check.high_share, check.flat_share) == (3, pytest.approx(11 / 12), pytest.approx(1 / 3))
    assert rating_points(rows[FOUR]).to_numpy()[0] == pytest.approx([3 / 6, 2 / 6, 1 / 6, 0])
    assert rating_points(rows[FOUR]).to_numpy()[1] == pytest.approx([0.25] * 4)
    assert table["rating_weight"].sum() == pytest.approx(1)


def test_a_rating_outside_the_scale_is_reported_and_not_counted() -> None:
    """Eleven is an error at its row and column; points answers are no ratings at all."""
    rows = pd.concat([answers([[9, 8, 7, 11], [8, 8, 8, 8]], "scale10"), answers([[20, 0, 0, 0]])], ignore_index=True)
    check = rating_check(rows, FOUR)
    assert check.n == 1
    assert [(i.code, i.row, i.column, i.found) for i in check.issues] == [("rating_outside", 0, "enkelhet", 11.0)]


def test_a_belief_is_held_against_the_answers() -> None:
    """Guesses of 20 and of 100 points count alike; the most overrated stands first."""
    beliefs = pd.DataFrame([[4, 4, 12, 0], [20, 20, 60, 0], [-1, 1, 20, 0]], columns=FOUR)
    answer = pd.Series({"kvalitet": 0.5, "service": 0.3, "pris": 0.16, "enkelhet": 0.04})
    table = belief_gap(beliefs, FOUR, answer)
    assert list(table["criterion_id"]) == ["pris", "enkelhet", "service", "kvalitet"]
    assert list(table["belief"]) == pytest.approx([0.6, 0, 0.2, 0.2])
    assert list(table["gap"]) == pytest.approx([0.44, -0.04, -0.1, -0.3])
    assert set(table["n"]) == {2}

"""Pairwise: weights from criteria compared two and two."""

from __future__ import annotations

from itertools import combinations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xlsales.steps.pairwise import Pairwise, pairwise

tried = settings(max_examples=25, deadline=None, derandomize=True)
PUBLISHED = {"A": 1, "B": 4, "C": 3, "D": 2, "E": 0}


def comparisons(*rows: tuple[str, str, str | None]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=["criterion_id", "other_criterion_id", "preferred"])


def weights(found: Pairwise) -> dict[str, float]:
    return dict(zip(found.weights["criterion_id"], found.weights["weight"], strict=True))


def test_the_published_totals() -> None:
    """Five criteria in ten comparisons won 1, 4, 3, 2 and 0 times: .1 .4 .3 .2 .0."""
    rows = [(a, b, max(a, b, key=lambda c: PUBLISHED[c])) for a, b in combinations(PUBLISHED, 2)]
    found = pairwise(comparisons(*rows))
    assert not found.issues
    assert list(found.weights["criterion_id"]) == ["B", "C", "D", "A", "E"]
    assert list(found.weights["wins"]) == [4, 3, 2, 1, 0]
    assert list(found.weights["weight"]) == pytest.approx([0.4, 0.3, 0.2, 0.1, 0.0])
    assert list(found.weights["comparisons"]) == [4] * 5
    assert list(found.weights["rank"]) == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("tie", ["", "tie", None])
def test_a_tie_is_half_each(tie: str | None) -> None:
    """A and B alike, both before C: 1.5, 1.5 and 0 of three."""
    found = pairwise(comparisons(("A", "B", tie), ("A", "C", "A"), ("C", "B", "B")))
    assert weights(found) == pytest.approx({"A": 0.5, "B": 0.5, "C": 0})
    assert list(found.weights["rank"]) == [1, 1, 3]


def test_a_missing_pair_is_told() -> None:
    """Two of three comparisons: the weights are of those made, and sum to one."""
    found = pairwise(comparisons(("A", "B", "A"), ("B", "C", "B")))
    assert [(i.code, dict(i.params)) for i in found.issues] == [("pair_missing", {"criterion": "A", "other": "C"})]
    assert weights(found) == pytest.approx({"A": 0.5, "B": 0.5, "C": 0})


def test_a_criterion_never_compared_is_among_the_missing() -> None:
    """Only the list of criteria tells of it; it weighs nothing until it is compared."""
    found = pairwise(comparisons(("A", "B", "A")), ["B", "A", "D"])
    assert {(i.params["criterion"], i.params["other"]) for i in found.issues} == {("A", "D"), ("B", "D")}
    assert list(found.weights["criterion_id"]) == ["A", "B", "D"]
    assert list(found.weights["comparisons"]) == [1, 1, 0]


def test_a_pair_written_twice_counts_as_one() -> None:
    """Said alike it is the same, said differently a tie; both are told at the later row."""
    alike = pairwise(comparisons(("A", "B", "A"), ("B", "A", "A")))
    assert weights(alike) == {"A": 1, "B": 0}
    apart = pairwise(comparisons(("A", "B", "A"), ("B", "A", "B")))
    assert weights(apart) == {"A": 0.5, "B": 0.5}
    for found in (alike, apart):
        assert [(i.code, i.row) for i in found.issues] == [("pair_doubled", 1)]


def test_what_cannot_be_counted_is_told_and_left_out() -> None:
    """One with itself, and one that prefers a third; the pair is then not missing as well."""
    found = pairwise(comparisons(("A", "A", "A"), ("A", "B", "C"), ("A", "C", "A"), ("B", "C", "C")))
    assert [(i.code, i.row, i.found) for i in found.issues] == [
        ("pair_with_itself", 0, "A"), ("pair_prefers_third", 1, "C"),
    ]
    assert weights(found) == pytest.approx({"A": 0.5, "B": 0, "C": 0.5})


@pytest.mark.parametrize("criteria", [[], ["A", "B"]])
def test_nothing_compared_gives_no_weights(criteria: list[str]) -> None:
    """Empty weights instead of noughts."""
    found = pairwise(comparisons(), criteria)
    assert list(found.weights["criterion_id"]) == criteria
    assert found.weights["weight"].isna().all()


@tried
@given(st.data())
def test_weights_sum_to_one_in_any_order(data: st.DataObject) -> None:
    """Each complete set of comparisons, shuffled and turned round; who wins all weighs 2/N."""
    names = [f"c{i}" for i in range(data.draw(st.integers(2, 6)))]
    rows = [(a, b, data.draw(st.sampled_from([a, b, ""]))) for a, b in combinations(names, 2)]
    turned = [(b, a, said) if data.draw(st.booleans()) else (a, b, said) for a, b, said in rows]
    first, second = pairwise(comparisons(*rows)), pairwise(comparisons(*data.draw(st.permutations(turned))))
    pd.testing.assert_frame_equal(first.weights, second.weights)
    assert not first.issues
    assert first.weights["weight"].sum() == pytest.approx(1)
    assert first.weights["weight"].max() <= 2 / len(names) + 1e-12
    assert (first.weights["comparisons"] == len(names) - 1).all()

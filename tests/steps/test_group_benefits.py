"""Group benefits: the same activities held against the needs of each group."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xlsales.steps.activities import activities
from xlsales.steps.group_benefits import COLUMNS, GroupBenefits, group_benefits

tried = settings(max_examples=12, deadline=None, derandomize=True)
RELATIONS = pd.DataFrame({
    "activity_id": ["visits", "price lists", "hotline"],
    "quality": [9.0, 0.0, 1.0], "price": [0.0, 9.0, 0.0], "speed": [1.0, 0.0, 9.0],
})
REGISTER = pd.DataFrame({"activity_id": RELATIONS["activity_id"], "existing": ["existing", "existing", "new"]})
WEIGHTS = {
    "all": (0.4, 0.4, 0.2), "Role: Buyer": (0.2, 0.7, 0.1), "Role: Technician": (0.7, 0.1, 0.2),
    "Role: Manager": (0.4, 0.5, 0.1), "Category: Rural": (0.0, 0.0, 1.0),
}


def needs(weights: dict[str, tuple[float, ...]]) -> pd.DataFrame:
    rows = [
        (group, criterion, weight, weight > 0.5, 1.25)
        for group, row in weights.items()
        for criterion, weight in zip(["quality", "price", "speed"], row, strict=False)
    ]
    return pd.DataFrame(rows, columns=["group", "criterion_id", "weight", "decisive", "gap_factor"])


def judge(wanted: pd.DataFrame) -> pd.DataFrame:
    return activities(REGISTER.assign(hours=10.0), RELATIONS, wanted).activities


def run(weights: dict[str, tuple[float, ...]] = WEIGHTS, pair: tuple[str, str] | None = None) -> GroupBenefits:
    return group_benefits(judge, needs(weights), pair)


def of(found: GroupBenefits, group: str, key: str) -> list[Any]:
    return list(found.benefits.loc[found.benefits["group"] == group, key])


def test_every_group_has_its_own_benefits_by_hand() -> None:
    """Buyers: (.2×9+.1×1)×1.25, .7×9×1.25 and (.2×1+.1×9)×1.25; nothing is averaged with the technicians."""
    found = run()
    assert list(found.benefits.columns) == COLUMNS
    assert of(found, "Role: Buyer", "benefit") == pytest.approx([2.375, 7.875, 1.375])
    assert of(found, "Role: Technician", "benefit") == pytest.approx([8.125, 1.125, 3.125])
    assert of(found, "Role: Buyer", "rank") == [2, 1, 3]
    assert of(found, "Role: Technician", "rank") == [1, 3, 2]
    assert of(found, "Role: Buyer", "decision") == ["keep", "develop", "wait"]
    assert of(found, "Role: Technician", "decision") == ["develop", "keep", "wait"]


def test_the_two_groups_of_one_dimension_that_differ_most_are_compared() -> None:
    """Buyer and technician differ by .5+.6+.1; the rural are further off, but in another dimension."""
    found = run()
    assert found.pair == ("Role: Buyer", "Role: Technician")
    table = found.comparison.set_index("activity_id")
    assert table.loc["price lists", "difference"] == pytest.approx(7.875 / 11.625 - 1.125 / 12.375)
    assert (table.loc["price lists", "rank_a"], table.loc["price lists", "rank_b"]) == (1, 3)
    assert (table.loc["visits", "decision_a"], table.loc["visits", "decision_b"]) == ("keep", "develop")
    assert list(table.index) == ["price lists", "visits", "hotline"]


def test_two_groups_can_be_named() -> None:
    """Also of different dimensions, in the order named, and everybody among them."""
    found = run(pair=("all", "Category: Rural"))
    assert found.pair == ("all", "Category: Rural")
    assert not found.issues
    assert found.comparison["share_b"].sum() == pytest.approx(1)


def test_a_group_that_does_not_exist_is_told_and_the_choice_made_as_ever() -> None:
    """The issue names it, and what there is."""
    found = run(pair=("Role: Buyer", "Role: Cook"))
    (issue,) = found.issues
    assert (issue.code, issue.found) == ("group_unknown", "Role: Cook")
    assert found.pair == ("Role: Buyer", "Role: Technician")


@pytest.mark.parametrize("names", [(), ("all",), ("all", "Role: Buyer"), ("Role: Buyer", "Category: Rural")])
def test_without_two_groups_of_a_dimension_nothing_is_compared(names: tuple[str, ...]) -> None:
    """Everybody is no group to compare with on its own accord."""
    found = run({name: WEIGHTS[name] for name in names})
    assert found.pair == ()
    assert found.comparison.empty
    assert "difference" in found.comparison
    assert len(found.benefits) == 3 * len(names)


def test_names_without_a_dimension_are_one_dimension() -> None:
    """Groups named plainly are compared with each other, but not with everybody."""
    plain = {"all": (0.0, 0.0, 9.0), "small": (1.0, 0.0, 0.0), "large": (0.0, 1.0, 0.0), "middle": (0.5, 0.5, 0.0)}
    assert run(plain).pair == ("large", "small")


def test_a_criterion_that_a_group_lacks_weighs_nothing_there() -> None:
    """Two weights in one group and three in the other."""
    found = run({"a": (0.5, 0.5), "b": (0.2, 0.2, 0.6)})
    assert found.pair == ("a", "b")
    assert of(found, "a", "benefit") == pytest.approx([5.625, 5.625, 0.625])
    assert of(found, "a", "rank") == [1, 1, 3]


@tried
@given(st.lists(st.tuples(*[st.integers(0, 10)] * 3), min_size=2, max_size=5), st.integers(0, 9), st.integers(2, 50))
def test_order_and_scale_decide_nothing(rows: list[tuple[int, int, int]], seed: int, factor: int) -> None:
    """Rows in another order give the same pair and comparison; weights times a factor the same shares and ranks."""
    weights = {f"Role: {i}": tuple(w / 10 for w in row) for i, row in enumerate(rows)}
    wanted = needs(weights)
    found, mixed = group_benefits(judge, wanted), group_benefits(judge, wanted.sample(frac=1, random_state=seed))
    assert found.pair == mixed.pair
    pd.testing.assert_frame_equal(found.comparison, mixed.comparison)
    scaled = group_benefits(judge, wanted.assign(weight=wanted["weight"] * factor))
    assert list(scaled.benefits["benefit"]) == pytest.approx(list(found.benefits["benefit"] * factor))
    assert list(scaled.benefits["rank"]) == list(found.benefits["rank"])
    sums = found.benefits.groupby("group")["share"].sum(min_count=1).dropna()
    assert list(sums) == pytest.approx([1] * len(sums))

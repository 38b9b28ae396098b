"""Roof: each pair once, what it adds or costs, and the triangle of symbols."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xlsales.steps.roof import EFFECTS, Roof, RoofRules, roof

tried = settings(max_examples=25, deadline=None, derandomize=True)
COFFEE = pd.DataFrame({"activity_id": ["fan", "heater", "insulation"], "benefit": [45.0, 39.0, 51.0]})


def interactions(*rows: tuple[str, str, str]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=["activity_id", "other_activity_id", "effect"])


def listed(found: Roof) -> list[tuple[str, str, str]]:
    return list(zip(*(found.pairs[k] for k in ("activity_id", "other_activity_id", "effect")), strict=True))


def test_the_roof_of_the_coffee_maker() -> None:
    """Q1: fan and heater cost 0.2 × 39, heater and insulation give 0.1 × 39 of the smaller benefit."""
    given_pairs = interactions(("fan", "heater", "--"), ("heater", "insulation", "+"))
    found = roof(COFFEE, given_pairs, ["heater", "insulation"])
    assert listed(found) == [("heater", "insulation", "+"), ("fan", "heater", "--")]
    assert list(found.pairs["bonus"]) == pytest.approx([3.9, -7.8])
    assert list(found.pairs["both_chosen"]) == [True, False]
    assert list(found.triangle["activity_id"]) == ["insulation", "fan", "heater"]
    assert list(found.triangle["number"]) == [1, 2, 3]
    assert list(found.triangle.loc[2, ["c1", "c2", "c3"]]) == ["+", "−−", ""]
    assert not found.issues


def test_the_factors_are_rules() -> None:
    """Half and a quarter of the smaller benefit, for better and for worse."""
    pairs = interactions(("fan", "heater", "++"), ("fan", "insulation", "-"), ("heater", "insulation", "excludes"))
    found = roof(COFFEE, pairs, [], rules=RoofRules(synergy_strong=0.5, synergy_weak=0.25))
    assert dict(zip(found.pairs["effect"], found.pairs["bonus"], strict=True)) == pytest.approx(
        {"++": 19.5, "-": -11.25, "excludes": 0}
    )


def test_a_pair_written_in_both_directions_counts_once() -> None:
    """The same effect both ways is one row and no issue."""
    found = roof(COFFEE, interactions(("fan", "heater", "+"), ("heater", "fan", "+")), [])
    assert listed(found) == [("fan", "heater", "+")]
    assert not found.issues


def test_of_two_that_disagree_the_more_cautious_counts() -> None:
    """Plus one way and minus the other: minus, and an issue at the last of the rows."""
    found = roof(COFFEE, interactions(("fan", "heater", "+"), ("fan", "insulation", "+"), ("heater", "fan", "-")), [])
    assert ("fan", "heater", "-") in listed(found)
    (issue,) = found.issues
    assert (issue.code, issue.row, issue.found) == ("pair_disagrees", 2, "-")
    assert issue.params == {"activity": "fan", "other": "heater", "effects": ["-", "+"]}


@pytest.mark.parametrize(
    ("effects", "disagrees"),
    [
        (("excludes", "--"), False), (("excludes", "+"), True), (("excludes", "requires"), True),
        (("requires", "+"), False), (("requires", "requires"), False), (("+", "++"), True),
    ],
)
def test_what_can_be_said_of_the_same_pair(effects: tuple[str, str], disagrees: bool) -> None:
    """To exclude goes with weakening, to require with strengthening; the rest is a disagreement."""
    found = roof(COFFEE, interactions(*[("fan", "heater", effect) for effect in effects]), [])
    assert bool(found.issues) is disagrees


@pytest.mark.parametrize(
    ("pairs", "symbol"),
    [
        ([("fan", "heater", "requires")], "←"),
        ([("heater", "fan", "requires")], "↑"),
        ([("fan", "heater", "requires"), ("heater", "fan", "requires")], "↔"),
        ([("heater", "fan", "requires"), ("fan", "heater", "+")], "+↑"),
        ([("fan", "heater", "excludes")], "×"),
    ],
)
def test_an_arrow_points_at_what_is_required(pairs: list[tuple[str, str, str]], symbol: str) -> None:
    """The heater stands on row 2, the fan on row 1: up is the fan, left the heater."""
    found = roof(COFFEE.assign(priority=[1, 2, 3]), interactions(*pairs), [])
    assert found.triangle.loc[1, "c1"] == symbol
    assert len(found.pairs) == len(pairs)


def test_an_activity_with_itself_is_no_pair() -> None:
    """It is told and left out."""
    found = roof(COFFEE, interactions(("fan", "fan", "++")), [])
    assert found.pairs.empty
    assert [(i.code, i.row, i.found) for i in found.issues] == [("pair_with_itself", 0, "fan")]


def test_an_activity_that_is_not_judged_gives_no_bonus_and_has_no_place() -> None:
    """The pair stands in the list with nought; the triangle shows judged activities alone."""
    found = roof(COFFEE, interactions(("fan", "unknown", "++")), ["fan"])
    assert found.pairs.loc[0, "bonus"] == 0
    assert "unknown" not in set(found.triangle["activity_id"])


def test_those_with_an_interaction_have_the_first_places() -> None:
    """Twenty activities, the last two of which interact: they come first, the rest by priority, and three fit."""
    judged = pd.DataFrame({"activity_id": [f"A{i:02}" for i in range(20)], "benefit": 1.0, "priority": range(1, 21)})
    found = roof(judged, interactions(("A18", "A19", "+")), [], most=3)
    assert list(found.triangle["activity_id"]) == ["A18", "A19", "A00"]
    assert list(found.triangle.columns) == ["number", "activity_id", "c1", "c2", "c3"]
    assert found.left_out == 0
    every = interactions(*[(f"A{i:02}", "A19", "+") for i in range(19)])
    assert roof(judged, every, [], most=15).left_out == 5


def test_without_interactions_the_triangle_is_blank() -> None:
    """Fifteen columns, the activities by benefit, nothing in the cells."""
    found = roof(COFFEE, interactions(), [])
    assert found.pairs.empty
    assert found.triangle.shape == (3, 17)
    assert (found.triangle.iloc[:, 2:] == "").to_numpy().all()
    assert roof(COFFEE.iloc[:0], interactions(), []).triangle.empty


@tried
@given(st.data())
def test_order_and_direction_of_the_rows_decide_nothing(data: st.DataObject) -> None:
    """Shuffled rows and mutual effects turned round: the same list and triangle, only the lower half of it filled."""
    ids = [f"A{i}" for i in range(5)]
    pair = st.tuples(st.sampled_from(ids), st.sampled_from(ids), st.sampled_from([*EFFECTS, "requires"]))
    rows = data.draw(st.lists(pair, max_size=12))
    turned = [(b, a, e) if e != "requires" and data.draw(st.booleans()) else (a, b, e) for a, b, e in rows]
    judged = pd.DataFrame({"activity_id": ids, "benefit": data.draw(st.permutations([5.0, 4.0, 3.0, 3.0, 0.0]))})
    shuffled = interactions(*data.draw(st.permutations(turned)))
    first, second = roof(judged, interactions(*rows), ids[:3]), roof(judged[::-1], shuffled, ids[:3])
    pd.testing.assert_frame_equal(first.pairs, second.pairs)
    pd.testing.assert_frame_equal(first.triangle, second.triangle)
    cells = first.triangle.iloc[:, 2:7].to_numpy()
    assert not any(cells[np.triu_indices(5)])
    assert (first.pairs["bonus"].abs() <= 0.2 * 5).all()
    assert {(i.code, str(i.params)) for i in first.issues} == {(i.code, str(i.params)) for i in second.issues}

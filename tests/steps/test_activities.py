"""Activities: what each is worth to the customers, and what to do about it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xlsales.steps.activities import DECISIONS, Activities, ActivityRules, activities

tried = settings(max_examples=25, deadline=None, derandomize=True)
RELATION = st.sampled_from([0, 0, 1, 3, 9, np.nan])


def needs(*rows: tuple[str, float, bool, float]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=["criterion_id", "weight", "decisive", "gap_factor"])


TWO = needs(("price", 0.6, True, 1.0), ("service", 0.4, True, 1.5))


def run(*rows: tuple[Any, ...], wanted: pd.DataFrame = TWO) -> Activities:
    """Activities from (id, existing or new, protected, relation to each criterion …), an hour each."""
    ids = list(wanted["criterion_id"])
    table = pd.DataFrame(list(rows), columns=["activity_id", "existing", "protected", *ids])
    register = table[["activity_id", "existing", "protected"]].assign(
        hours=1.0, protected=table["protected"].astype(bool)
    )
    return activities(register, table[["activity_id", *ids]], wanted)


def decisions(found: Activities) -> dict[str, str]:
    return dict(zip(found.activities["activity_id"], found.activities["decision"], strict=True))


@st.composite
def registers(draw: st.DrawFn) -> tuple[list[tuple[Any, ...]], pd.DataFrame]:
    """Up to nine activities on one to four criteria."""
    width = draw(st.integers(1, 4))
    criterion = st.tuples(st.integers(0, 20), st.booleans(), st.sampled_from([1.0, 1.0, 1.2, 1.5]))
    drawn = draw(st.lists(criterion, min_size=width, max_size=width))
    wanted = needs(*[(f"c{i}", w / 20, d, g) for i, (w, d, g) in enumerate(drawn)])
    row = st.tuples(st.sampled_from(["existing", "new"]), st.booleans(), *[RELATION] * width)
    rows = draw(st.lists(row, max_size=9))
    return [(f"A{i}", *r) for i, r in enumerate(rows)], wanted


@tried
@given(registers())
def test_every_judged_activity_gets_exactly_one_decision(case: tuple[list[tuple[Any, ...]], pd.DataFrame]) -> None:
    """What exists is developed, kept or ended; what is new is started, waits or is rejected."""
    rows, wanted = case
    table = run(*rows, wanted=wanted).activities
    assert list(table["activity_id"]) == [row[0] for row in rows]
    assert table["decision"].isin(DECISIONS).all()
    exists = table["existing"] == "existing"
    assert table.loc[exists, "decision"].isin(["develop", "keep", "end"]).all()
    assert table.loc[~exists, "decision"].isin(["start", "wait", "reject"]).all()
    assert not ((table["decision"] == "end") & table["protected"]).any()


@tried
@given(registers())
def test_a_decision_has_its_cause(case: tuple[list[tuple[Any, ...]], pd.DataFrame]) -> None:
    """Ended and rejected serve nothing; developed and started reach the median and serve a decisive gap."""
    rows, wanted = case
    table = run(*rows, wanted=wanted).activities
    gap = (wanted["decisive"] & (wanted["gap_factor"] > 1)).to_numpy()
    for row, found in zip(rows, table.to_dict("records"), strict=True):
        relation = np.nan_to_num(np.array(row[3:], dtype=float))
        serves_gap = bool(((relation >= 3) & gap).any())
        if found["decision"] in ("end", "reject"):
            assert not relation.any()
        if found["decision"] in ("develop", "start"):
            assert serves_gap
            assert found["benefit"] >= found["median"] - 1e-9
            assert found["gap_factor"] > 1
        if serves_gap and found["benefit"] > found["median"]:
            assert found["decision"] in ("develop", "start")


@tried
@given(registers())
def test_benefit_is_the_sum_of_its_parts(case: tuple[list[tuple[Any, ...]], pd.DataFrame]) -> None:
    """Benefit is need times relation over all criteria, and the shares sum to one or are empty."""
    rows, wanted = case
    found = run(*rows, wanted=wanted)
    need = (wanted["weight"] * wanted["gap_factor"]).to_numpy()
    for row, benefit in zip(rows, found.activities["benefit"], strict=True):
        assert benefit == pytest.approx(float(np.nan_to_num(np.array(row[3:], dtype=float)) @ need))
    np.testing.assert_allclose(found.contributions.sum(axis=1), found.activities["benefit"], atol=1e-12)
    if found.activities["benefit"].sum() > 0:
        assert found.activities["share"].sum() == pytest.approx(1)
    else:
        assert found.activities["share"].isna().all()


@tried
@given(registers(), st.randoms(use_true_random=False))
def test_order_and_scale_of_needs_decide_nothing(
    case: tuple[list[tuple[Any, ...]], pd.DataFrame], random: Any
) -> None:
    """Rows in another order, or all weights times seven, give every activity the same decision."""
    rows, wanted = case
    shuffled = list(rows)
    random.shuffle(shuffled)
    assert decisions(run(*rows, wanted=wanted)) == decisions(run(*shuffled, wanted=wanted))
    heavier = wanted.assign(weight=wanted["weight"] * 7)
    assert decisions(run(*rows, wanted=wanted)) == decisions(run(*rows, wanted=heavier))


@tried
@given(registers())
def test_coverage_names_every_criterion_once(case: tuple[list[tuple[Any, ...]], pd.DataFrame]) -> None:
    """The greatest need first; uncovered are the decisive criteria that no activity meets with a nine."""
    rows, wanted = case
    found = run(*rows, wanted=wanted).coverage
    assert sorted(found["criterion_id"]) == sorted(wanted["criterion_id"])
    assert found["need"].is_monotonic_decreasing
    for row in found.to_dict("records"):
        column = 3 + list(wanted["criterion_id"]).index(row["criterion_id"])
        strongest = max([np.nan_to_num(float(r[column])) for r in rows], default=0)
        assert row["strength"] == strongest
        assert row["uncovered"] == (row["decisive"] and strongest < 9)


def test_the_median_itself_is_high() -> None:
    """Of three benefits the middle one reaches the median, also when its sum is not exact in floating point."""
    wanted = needs(("service", 0.3, True, 8 / 6), ("price", 0.1, False, 1.0))
    rows = [("A", "existing", False, 9, 0), ("B", "new", False, 9, 0), ("C", "existing", False, 0, 9)]
    found = run(*rows, wanted=wanted)
    assert decisions(found) == {"A": "develop", "B": "start", "C": "keep"}


def test_a_weak_relation_to_a_gap_is_not_serving_it() -> None:
    """A one on the decisive gap does not count as serving it, a three does."""
    found = run(("A", "existing", False, 9, 1), ("B", "existing", False, 9, 3), ("C", "existing", False, 1, 0))
    assert decisions(found) == {"A": "keep", "B": "develop", "C": "keep"}


def test_what_serves_nothing_ends_unless_it_is_protected() -> None:
    """Existing ends, new is rejected; a contract or a law keeps what exists."""
    found = run(
        ("A", "existing", False, 0, 0), ("B", "existing", True, 0, np.nan), ("C", "new", False, 0, 0),
        ("D", "new", True, 0, 0), ("E", "existing", False, 9, 0),
    )
    assert decisions(found) == {"A": "end", "B": "keep", "C": "reject", "D": "reject", "E": "keep"}


def test_an_activity_without_relations_has_not_been_judged() -> None:
    """A registered activity that is not in the relations gets no decision; one only in the relations neither."""
    register = pd.DataFrame({"activity_id": ["A", "B"], "existing": ["existing", "new"], "hours": [1.0, 1.0]})
    relations = pd.DataFrame({"activity_id": ["B", "Z"], "price": [9.0, 9.0], "service": [0.0, 0.0]})
    assert decisions(activities(register, relations, TWO)) == {"B": "wait"}


def test_the_criterion_named_is_the_one_that_speaks_most() -> None:
    """A decisive gap that is served is named even where another criterion contributes more."""
    found = run(("A", "existing", False, 9, 3), ("B", "existing", False, 9, 1), ("C", "existing", False, 0, 0))
    assert list(found.activities["criterion_id"]) == ["service", "price", ""]


def test_no_hours_give_no_benefit_per_hour() -> None:
    """Zero or unknown hours leave benefit per hour empty instead of infinite."""
    register = pd.DataFrame({"activity_id": ["A", "B", "C"], "existing": "new", "hours": [0.0, np.nan, 2.0]})
    relations = pd.DataFrame({"activity_id": ["A", "B", "C"], "price": 9.0})
    found = activities(register, relations, TWO).activities["benefit_per_hour"]
    assert found.isna().tolist() == [True, True, False]
    assert found.iloc[2] == pytest.approx(2.7)


def test_weights_that_are_unknown_count_as_nothing() -> None:
    """Without weights every benefit is nought, and nothing is developed or started on that ground."""
    unknown = needs(("price", np.nan, False, 1.0), ("service", np.nan, False, 1.0))
    found = run(("A", "existing", False, 9, 0), ("B", "new", False, 0, 9), wanted=unknown)
    assert list(found.activities["benefit"]) == [0, 0]
    assert decisions(found) == {"A": "keep", "B": "wait"}


@pytest.mark.parametrize("wanted", [TWO, TWO.iloc[:0]])
def test_without_activities_every_decisive_criterion_is_uncovered(wanted: pd.DataFrame) -> None:
    """No activities: an empty table, and the coverage shows each criterion with nobody behind it."""
    found = run(wanted=wanted)
    assert found.activities.empty
    assert {"benefit", "share", "benefit_per_hour", "decision", "cause"} <= set(found.activities.columns)
    assert found.contributions.shape == (0, len(wanted))
    assert list(found.coverage["activities"]) == [0] * len(wanted)
    assert found.coverage["uncovered"].all()


def test_the_raw_weight_of_the_planning_matrix() -> None:
    """Importance × improvement ratio × sales point: 5×1.5×1.5, 4×1×1.2 and 3×2.5×1, then shares of their sum."""
    wanted = needs(("quiet", 5, True, 1.5), ("energy", 4, False, 1.0), ("fast", 3, False, 2.5))
    found = run(("A", "new", False, 9, 0, 1), wanted=wanted.assign(sales_point=[1.5, 1.2, np.nan]))
    coverage = found.coverage.set_index("criterion_id").loc[["quiet", "energy", "fast"]]
    assert list(coverage["sales_point"]) == [1.5, 1.2, 1.0]
    assert list(coverage["need"]) == pytest.approx([11.25, 4.8, 7.5])
    assert list(coverage["need_share"]) == pytest.approx([11.25 / 23.55, 4.8 / 23.55, 7.5 / 23.55])
    assert found.activities["benefit"].iloc[0] == pytest.approx(9 * 11.25 + 7.5)


@tried
@given(registers(), st.sampled_from([0.25, 3.0, 1000.0]))
def test_heavier_weights_make_all_benefits_as_much_greater(
    case: tuple[list[tuple[Any, ...]], pd.DataFrame], factor: float
) -> None:
    """All weights times a factor: benefits times the same, shares of benefit and of need as before."""
    rows, wanted = case
    plain, scaled = run(*rows, wanted=wanted), run(*rows, wanted=wanted.assign(weight=wanted["weight"] * factor))
    np.testing.assert_allclose(scaled.activities["benefit"], plain.activities["benefit"] * factor)
    np.testing.assert_allclose(scaled.activities["share"], plain.activities["share"])
    np.testing.assert_allclose(scaled.coverage["need_share"], plain.coverage["need_share"])
    if plain.coverage["need"].sum() > 0:
        assert plain.coverage["need_share"].sum() == pytest.approx(1)


def test_a_sales_point_of_one_changes_nothing() -> None:
    """The column left out, empty or 1: the same benefits and decisions."""
    rows = [("A", "existing", False, 9, 1), ("B", "new", False, 1, 9)]
    plain = run(*rows)
    for point in (1.0, np.nan):
        again = run(*rows, wanted=TWO.assign(sales_point=point))
        pd.testing.assert_frame_equal(again.activities, plain.activities)


def test_benefit_per_krona_where_there_is_a_cost() -> None:
    """9 × 0.6 for 2 700 kr is 0.002 a krona; nought, unknown and no column at all leave it empty."""
    register = pd.DataFrame({"activity_id": ["A", "B", "C"], "existing": "new", "hours": 1.0})
    relations = pd.DataFrame({"activity_id": ["A", "B", "C"], "price": 9.0})
    found = activities(register.assign(cost=[2700, 0, None]), relations, TWO).activities["benefit_per_krona"]
    assert found.iloc[0] == pytest.approx(0.002)
    assert found.isna().tolist() == [False, True, True]
    assert activities(register, relations, TWO).activities["benefit_per_krona"].isna().all()


def test_a_column_that_is_no_active_criterion_counts_nothing() -> None:
    """Relations to a criterion that is no longer weighed change no benefit."""
    register = pd.DataFrame({"activity_id": ["A"], "existing": ["new"], "hours": [1.0]})
    relations = pd.DataFrame({"activity_id": ["A"], "price": [3.0], "service": [1.0], "gone": [9.0]})
    assert activities(register, relations, TWO).activities["benefit"].iloc[0] == pytest.approx(3 * 0.6 + 1 * 0.6)


@pytest.mark.parametrize("scale", [(1, 3, 5), (0, 2.5, 5)])
def test_another_scale_goes_with_other_thresholds(scale: tuple[float, float, float]) -> None:
    """1-3-5 and 0–5: five is full, so the criterion it meets is covered, and benefits are sums on that scale."""
    register = pd.DataFrame({"activity_id": ["A", "B"], "existing": "existing", "hours": 1.0})
    low, middle, full = scale
    relations = pd.DataFrame({"activity_id": ["A", "B"], "price": [low, middle], "service": [full, low]})
    found = activities(register, relations, TWO, ActivityRules(strong_relation=2, full_relation=5))
    assert found.activities["benefit"].iloc[0] == pytest.approx(0.6 * low + 0.6 * full)
    assert found.activities["decision"].iloc[0] == "develop"
    assert found.coverage.set_index("criterion_id")["uncovered"].to_dict() == {"price": True, "service": False}

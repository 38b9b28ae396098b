"""Plan: the best choice that fits the hours, proven against every other choice."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xlsales.steps.plan import Plan, PlanRules, plan

TOLERANCE = 1e-6
HOURS = st.sampled_from([0, 0.5, 1, 1.5, 4, 7.5, 8, 10, 16, 20, 25, 40]) | st.integers(0, 400).map(lambda t: t / 10)
BENEFIT = st.sampled_from([0, 0.04, 1, 4.5]) | st.integers(0, 900).map(lambda t: t / 100)
ROWS = st.lists(st.tuples(HOURS, BENEFIT, st.sampled_from([False, False, False, True])), max_size=12)
ROOM = st.integers(0, 1500).map(lambda tenths: tenths / 10)
tried = settings(max_examples=25, deadline=None, derandomize=True)


def table(*rows: tuple[Any, ...]) -> pd.DataFrame:
    """Existing activities from (hours, benefit, protected)."""
    frame = pd.DataFrame([(*row, False)[:3] for row in rows], columns=["hours", "benefit", "protected"])
    frame = frame.astype({"hours": "float64", "benefit": "float64", "protected": bool})
    ids = pd.Series([f"A{i:02}" for i in range(len(rows))], dtype=object)
    rate = frame["benefit"] / frame["hours"].where(frame["hours"] > 0)
    return frame.assign(activity_id=ids, existing="existing", benefit_per_hour=rate)


def run(*rows: tuple[Any, ...], room: float) -> Plan:
    return plan(table(*rows), PlanRules(hours_available=room))


def chosen(found: Plan) -> list[str]:
    """The planned activities in order of priority."""
    rows = found.activities.sort_values("priority")
    return list(rows.loc[rows["in_plan"], "activity_id"])


def capacity(found: Plan) -> dict[str, Any]:
    [row] = found.capacity.to_dict("records")
    return {str(key): value for key, value in row.items()}


def every_choice(hours: npt.NDArray[Any], benefit: npt.NDArray[Any]) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """Hours and benefit of each of the 2ⁿ choices."""
    choices = np.array(list(product([0, 1], repeat=len(hours))), dtype=float).reshape(2 ** len(hours), len(hours))
    return choices @ hours, choices @ benefit


@tried
@given(ROWS, ROOM)
def test_the_plan_is_the_best_of_all_choices(rows: list[tuple[Any, ...]], room: float) -> None:
    """Of up to twelve activities no other choice within the hours gives more, nor as much in fewer hours."""
    found = run(*rows, room=room)
    drawn = table(*rows)
    must = drawn["protected"].to_numpy()
    kept_hours, kept = drawn.loc[must, "hours"].sum(), drawn.loc[must, "benefit"].sum()
    hours, benefit = every_choice(drawn.loc[~must, "hours"].to_numpy(), drawn.loc[~must, "benefit"].to_numpy())
    fits = hours <= max(room - kept_hours, 0) + TOLERANCE
    best = benefit[fits].max()
    total = capacity(found)
    assert total["benefit"] == pytest.approx(kept + best, abs=TOLERANCE)
    fewest = hours[fits & (benefit >= best - TOLERANCE)].min()
    assert total["hours_planned"] == pytest.approx(kept_hours + fewest, abs=TOLERANCE)


@tried
@given(ROWS, ROOM)
def test_the_plan_never_exceeds_the_hours(rows: list[tuple[Any, ...]], room: float) -> None:
    """Only protected activities can take more than there is, and then there is an error that says so."""
    found = run(*rows, room=room)
    inside = found.activities[found.activities["in_plan"]]
    bound = float(found.activities.loc[found.activities["protected"], "hours"].sum())
    assert inside["hours"].sum() <= max(room, bound) + TOLERANCE
    assert found.activities.loc[found.activities["protected"], "in_plan"].all()
    assert [issue.code for issue in found.issues] == (["protected_exceed_hours"] if bound > room + 1e-9 else [])
    assert capacity(found)["hours_planned"] == pytest.approx(inside["hours"].sum())
    assert capacity(found)["benefit"] == pytest.approx(inside["benefit"].sum())


@tried
@given(ROWS, ROOM)
def test_the_plan_is_never_below_the_greedy_list(rows: list[tuple[Any, ...]], room: float) -> None:
    """Taking the best benefit per hour first never gives more than the plan."""
    total = capacity(run(*rows, room=room))
    assert total["benefit"] >= total["benefit_greedy"] - TOLERANCE


@tried
@given(st.lists(st.tuples(HOURS, BENEFIT), max_size=9), ROOM)
def test_more_hours_are_worth_what_the_best_choice_gains(rows: list[tuple[Any, ...]], room: float) -> None:
    """One more hour and the next hours that help are those of the best of all choices."""
    total = capacity(run(*rows, room=room))
    drawn = table(*rows)
    hours, benefit = every_choice(drawn["hours"].to_numpy(), drawn["benefit"].to_numpy())

    def best(limit: float) -> float:
        return float(benefit[hours <= limit + TOLERANCE].max())

    assert total["benefit_of_one_more_hour"] == pytest.approx(best(room + 1) - best(room), abs=1e-5)
    better = hours[benefit > best(room) + 1e-4]
    if len(better):
        assert total["hours_to_next"] == pytest.approx(better.min() - room, abs=1e-5)
        assert total["benefit_at_next"] == pytest.approx(best(better.min()), abs=1e-5)
    else:
        assert np.isnan(total["hours_to_next"])


@tried
@given(ROWS, ROOM)
def test_priorities_count_through_the_plan_and_on(rows: list[tuple[Any, ...]], room: float) -> None:
    """Priorities are 1, 2, 3 … without gap, those in the plan before those below the line."""
    found = run(*rows, room=room).activities.sort_values("priority")
    assert list(found["priority"]) == list(range(1, len(rows) + 1))
    assert found["in_plan"].astype(int).is_monotonic_decreasing


def test_protected_activities_take_their_hours_first() -> None:
    """A protected activity of no benefit is planned, and the rest shares what is left."""
    found = run((30, 0, True), (20, 9), (15, 5), room=48)
    assert chosen(found) == ["A02", "A00"]
    assert capacity(found)["first_below_id"] == "A01"


def test_only_what_exists_can_be_protected() -> None:
    """A new activity marked as protected has to earn its place."""
    given_rows = table((30, 1, True), (20, 9)).assign(existing=["new", "existing"])
    assert chosen(plan(given_rows, PlanRules(hours_available=40))) == ["A01"]


def test_protected_beyond_the_hours_is_an_error_at_the_setting() -> None:
    """Sixty protected hours of forty: they stay planned, the error names the setting and both numbers."""
    found = run((35, 1, True), (25, 2, True), (1, 9), (0, 1), room=40)
    assert chosen(found) == ["A03", "A01", "A00"]
    [issue] = found.issues
    assert (issue.severity, issue.code, issue.table, issue.key) == (
        "error", "protected_exceed_hours", "settings", "hours_available",
    )
    assert (issue.params["needed"], issue.params["available"]) == (60, 40)


def test_what_gives_nothing_is_never_planned() -> None:
    """An activity without benefit stays below the line even when there are hours, and is not named as next."""
    found = run((1, 0), (1, 2), room=40)
    assert chosen(found) == ["A01"]
    assert capacity(found)["first_below_id"] == ""


def test_all_hours_nought() -> None:
    """Activities that take no hours are all planned, also when there are no hours."""
    found = run((0, 2), (0, 1), (0, 0), room=0)
    assert chosen(found) == ["A00", "A01"]
    assert capacity(found)["hours_planned"] == 0
    assert np.isnan(capacity(found)["hours_to_next"])


def test_no_hours_at_all_plan_nothing() -> None:
    """Without hours nothing is planned, and the hours to the first benefit are those of the shortest activity."""
    found = run((20, 9), (15, 5), room=0)
    assert chosen(found) == []
    assert (capacity(found)["hours_to_next"], capacity(found)["benefit_at_next"]) == (15, 5)


def test_equal_activities_are_ordered_by_their_id() -> None:
    """Of two equal activities with room for one the same is taken every time, and priorities follow the id."""
    found = run((10, 5), (10, 5), (10, 5), room=20)
    assert chosen(found) == ["A00", "A01"]
    assert capacity(found)["first_below_id"] == "A02"


@pytest.mark.parametrize("columns", [["activity_id", "hours", "benefit", "benefit_per_hour"], None])
def test_no_activities_give_an_empty_plan(columns: list[str] | None) -> None:
    """No activities: nothing planned, all totals nought, nothing to say about more hours."""
    given_rows = table()
    found = plan(given_rows[columns] if columns else given_rows, PlanRules(hours_available=40))
    assert found.activities.empty
    assert {"in_plan", "priority"} <= set(found.activities.columns)
    total = capacity(found)
    assert (total["hours_available"], total["hours_planned"], total["benefit"]) == (40, 0, 0)
    assert np.isnan(total["hours_to_next"])
    assert not found.issues


def test_a_hundred_activities_are_solved_to_the_optimum() -> None:
    """A hundred activities with whole hours reach the optimum that dynamic programming finds hour by hour."""
    random = np.random.default_rng(7)
    hours, benefit = random.integers(5, 60, 100), random.integers(1, 500, 100) / 100
    best = np.zeros(601)
    for h, b in zip(hours, benefit, strict=True):
        best[h:] = np.maximum(best[h:], best[:-h] + b)
    total = capacity(run(*zip(hours, benefit, strict=True), room=600))
    assert total["benefit"] == pytest.approx(best[600], abs=TOLERANCE)
    assert total["benefit"] > total["benefit_greedy"]


@tried
@given(ROWS, ROOM, st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_no_choice(rows: list[tuple[Any, ...]], room: float, random: Any) -> None:
    """The same activities in another order are planned with the same priorities, ties and all."""
    given_rows = table(*rows)
    order = list(range(len(rows)))
    random.shuffle(order)
    one, two = (plan(g, PlanRules(room)).activities for g in (given_rows, given_rows.iloc[order]))
    columns = ["in_plan", "priority"]
    one, two = (found.set_index("activity_id")[columns].sort_index() for found in (one, two))
    pd.testing.assert_frame_equal(one, two)

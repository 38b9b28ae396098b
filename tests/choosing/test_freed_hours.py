"""Freed hours: what comes of ending activities."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from tests.choosing.planned import company, drawn_company, team
from xlsales.choosing.freed_hours import freed_hours
from xlsales.choosing.plan_inputs import PlanInputs, chosen


def said(inputs: PlanInputs, **columns: list[str]) -> PlanInputs:
    return replace(inputs, register=inputs.register.assign(**columns))


def test_ending_the_christmas_campaign_pays_for_the_service_visits() -> None:
    """D1: A3 frees 30 of 75 hours. With 45 the best is A1 and A4 (8.22), with 75 A1, A2 and A5 (10.08)."""
    found = freed_hours(company())
    assert found.ended.to_numpy().tolist() == [["A3", "end", 30]]
    assert found.hours == 30
    assert list(found.bought["activity_id"]) == ["A2", "A5"]
    assert list(found.bought["hours"]) == [40, 10]
    assert found.bought["benefit"].to_numpy() == pytest.approx([4.10, 1.48])
    assert found.displaced == ("A4",)
    assert found.benefit_gained == pytest.approx(1.86)


def test_nothing_ended_frees_nothing() -> None:
    """The user keeps the campaign: no hours, nothing bought."""
    found = freed_hours(said(company(), own_decision=["", "", "keep", "", ""]))
    assert (found.hours, found.benefit_gained, found.displaced) == (0, 0, ())
    assert found.ended.empty
    assert found.bought.empty


def test_the_users_own_endings_count_and_so_does_nothing_new() -> None:
    """Ending A5 frees its hours too; rejecting A4 frees none, it is not done today."""
    found = freed_hours(said(company(), own_decision=["", "", "", "reject", "end"]))
    assert list(found.ended["activity_id"]) == ["A3", "A5"]
    assert found.hours == 40


def test_what_is_protected_or_demanded_frees_nothing_though_it_is_to_end() -> None:
    """It is in the plan, so its hours are not free."""
    inputs = said(company(120), own_decision=["end", "", "end", "", ""], constraint=["must", "", "", "", ""])
    inputs = replace(inputs, register=inputs.register.assign(protected=[False, False, True, False, False]))
    found = freed_hours(inputs)
    assert found.hours == 0


def test_a_persons_hours_are_freed_for_that_person() -> None:
    """A3 is Bo's: 30 of his 50 hours are freed, and with 20 of them he could do A1 but not A4 as well."""
    inputs = company(0, resources=team())
    found = freed_hours(said(inputs, owner=["Bo", "", "Bo", "Bo", ""]))
    assert found.hours == 30
    assert list(found.bought["activity_id"]) == ["A4"]
    assert found.benefit_gained == pytest.approx(3.72)


def test_a_personal_activity_frees_the_hours_of_everybody_who_does_it() -> None:
    """A3 by Anna (over two quarters) and Bo: 30 hours each, once per person."""
    found = freed_hours(said(company(resources=team()), level=["", "", "person", "", ""]))
    assert found.hours == 60


@pytest.mark.parametrize("seed", range(6))
def test_freed_hours_never_cost_benefit_and_buy_what_is_in_the_plan(seed: int) -> None:
    """Gained is at least 0; bought is in the plan, displaced is not; without freed hours nothing is bought."""
    inputs = drawn_company(seed)
    base = chosen(inputs)
    found = freed_hours(inputs, base)
    assert found.benefit_gained >= 0
    assert set(found.bought["activity_id"]) <= base.planned
    assert not set(found.displaced) & base.planned
    assert found.hours == pytest.approx(found.ended["hours"].sum())
    assert isinstance(found.bought, pd.DataFrame)
    if not found.hours:
        assert found.bought.empty

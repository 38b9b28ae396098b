"""Options: who can do an activity, when, and on whose hours."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.choosing.planned import team
from xlsales.choosing.options import OptionRules, Options, options

tried = settings(max_examples=25, deadline=None, derandomize=True)
NOBODY = pd.DataFrame(columns=["who", "team", "quarter", "hours"])


def judged(*rows: dict[str, Any]) -> pd.DataFrame:
    """Activities from what is said of each; the rest is ordinary."""
    plain = {"existing": "existing", "hours": 10.0, "benefit": 4.0, "decision": "keep"}
    return pd.DataFrame([{"activity_id": f"A{i + 1}", **plain, **row} for i, row in enumerate(rows)])


def ids(found: Options) -> list[str]:
    return list(found.options["option_id"])


def one(**row: Any) -> dict[str, Any]:
    """The only option of an activity when nobody is named."""
    [option] = options(judged(row), NOBODY).options.to_dict("records")
    return {str(key): value for key, value in option.items()}


def test_without_named_hours_each_activity_has_one_option_on_the_common_hours() -> None:
    """Nobody named: unit "", pool common with the setting's hours, benefit and cost undivided."""
    found = options(judged({"level": "person", "owner": "Anna", "cost": 900.0}, {"level": "team"}), NOBODY)
    assert ids(found) == ["A1", "A2"]
    assert list(found.options["pool"]) == ["(common)", "(common)"]
    assert found.pools == {"(common)": 500}
    assert found.options.loc[0, ["unit", "hours", "cost", "benefit"]].tolist() == ["", 10, 900, 4]


def test_a_personal_activity_is_done_by_each_person_on_hours_of_their_own() -> None:
    """Benefit and cost are split, the hours are each one's; the team's own row is nobody; quarters are alternatives."""
    found = options(judged({"level": "person", "cost": 900.0}), team())
    assert ids(found) == ["A1|Anna|2027Q1", "A1|Anna|2027Q2", "A1|Bo"]
    assert list(found.options["pool"]) == ["Anna|2027Q1", "Anna|2027Q2", "Bo|"]
    assert set(found.options["hours"]) == {10}
    assert set(found.options["benefit"]) == {2}
    assert set(found.options["cost"]) == {450}
    assert found.pools == {"Anna|2027Q1": 40, "Anna|2027Q2": 30, "Bo|": 50}


def test_a_teams_activity_draws_on_the_teams_own_row_else_on_the_common_hours() -> None:
    """South has hours of its own, North has not."""
    found = options(judged({"level": "team"}), team(), OptionRules(hours_available=80))
    assert list(zip(found.options["unit"], found.options["pool"], strict=True)) == [
        ("North", "(common)"), ("South", "South|")
    ]
    assert found.pools == {"(common)": 80, "South|": 9}


@pytest.mark.parametrize(("owner", "unit", "pool"), [
    (" bo ", "Bo", "Bo|"), ("BO", "Bo", "Bo|"), ("Cia", "", "(common)"), ("", "", "(common)"), (None, "", "(common)"),
])
def test_a_firm_activity_is_its_owners_when_the_owner_has_hours(owner: Any, unit: str, pool: str) -> None:
    """Names are compared without regard to case and spaces at the ends."""
    [row] = options(judged({"level": "firm", "owner": owner}), team()).options.to_dict("records")
    assert (row["unit"], row["pool"]) == (unit, pool)


def test_an_activity_with_a_quarter_is_done_in_that_quarter() -> None:
    """Anna's hours of the quarter; Bo's hours are for the whole plan and serve any quarter."""
    found = options(judged({"level": "person", "quarter": "2027Q2"}), team())
    assert ids(found) == ["A1|Anna|2027Q2", "A1|Bo|2027Q2"]
    assert list(found.options["pool"]) == ["Anna|2027Q2", "Bo|"]
    assert not found.issues


def test_a_quarter_without_hours_is_an_issue_and_cannot_be_chosen() -> None:
    """Anna has no hours in the fourth quarter: a pool of 0, banned, and said so."""
    found = options(judged({"owner": "Anna", "quarter": "2027Q4"}), team())
    [row] = found.options.to_dict("records")
    assert row["banned"]
    assert found.pools == {row["pool"]: 0.0}
    [issue] = found.issues
    assert (issue.code, issue.key, issue.found) == ("quarter_unknown", "A1", "2027Q4")


def test_rows_without_a_name_are_the_common_hours() -> None:
    """Hours by quarter can be given for the firm as a whole."""
    rows = pd.DataFrame([("", "", "2027Q1", 20.0), (None, "", "2027Q2", 30.0)], columns=NOBODY.columns)
    found = options(judged({}), rows)
    assert ids(found) == ["A1||2027Q1", "A1||2027Q2"]
    assert found.pools == {"(common)|2027Q1": 20, "(common)|2027Q2": 30}


def test_hours_written_on_two_rows_are_added() -> None:
    """The same person and quarter twice, in other letters."""
    rows = pd.DataFrame([("Anna", "", "", 20.0), ("ANNA ", "", "", 5.0)], columns=NOBODY.columns)
    assert options(judged({"owner": "anna"}), rows).pools == {"Anna|": 25}


@pytest.mark.parametrize(("said", "must", "banned"), [
    ({}, False, False),
    ({"protected": True}, True, False),
    ({"protected": True, "existing": "new", "decision": "reject"}, False, True),
    ({"constraint": "must", "own_decision": "end"}, True, False),
    ({"constraint": "must_not", "own_decision": "keep"}, False, True),
    ({"constraint": "must", "decision": "end"}, True, False),
    ({"own_decision": "develop", "decision": "end"}, True, False),
    ({"own_decision": "start"}, True, False),
    ({"own_decision": "end"}, False, True),
    ({"own_decision": "wait"}, False, True),
    ({"own_decision": "reject"}, False, True),
    ({"own_decision": "end", "protected": True}, True, False),
    ({"constraint": "must_not", "protected": True}, True, True),
    ({"decision": "end"}, False, True),
    ({"decision": "reject", "existing": "new"}, False, True),
    ({"decision": "wait", "existing": "new"}, False, False),
])
def test_who_decides_what_must_and_must_not(said: dict[str, Any], must: bool, banned: bool) -> None:
    """A constraint beats the user's decision, which beats the tool's; protection beats every ending."""
    option = one(**said)
    assert (bool(option["must"]), bool(option["banned"])) == (must, banned)


def test_no_activities_give_no_options() -> None:
    """An empty register, with and without people."""
    for resources in (NOBODY, team(), pd.DataFrame()):
        found = options(judged({}).iloc[:0], resources)
        assert found.options.empty
        assert not found.pools


NAME = st.sampled_from(["Anna", "anna", "Bo", "Cia", "North", ""])
QUARTER = st.sampled_from(["", "2027Q1", "2027Q2"])
PEOPLE = st.lists(st.tuples(NAME, st.sampled_from(["", "North", "South"]), QUARTER, st.integers(0, 90)), max_size=6)
ACTIVITIES = st.lists(st.tuples(st.sampled_from(["firm", "team", "person", ""]), NAME, QUARTER), max_size=5)


@tried
@given(PEOPLE, ACTIVITIES)
def test_benefit_and_cost_are_neither_made_nor_lost(people: list[Any], rows: list[Any]) -> None:
    """Over an activity's units (one quarter of each) they sum to the activity's own; every pool has its hours."""
    table = judged(*[{"level": a, "owner": b, "quarter": c, "cost": 60.0} for a, b, c in rows])
    if table.empty:
        return
    found = options(table, pd.DataFrame(people, columns=NOBODY.columns))
    assert found.options["option_id"].is_unique
    once = found.options.drop_duplicates(["activity_id", "unit"]).groupby("activity_id")[["benefit", "cost"]].sum()
    assert set(once.index) == set(table["activity_id"])
    assert once["benefit"].to_numpy() == pytest.approx(4)
    assert once["cost"].to_numpy() == pytest.approx(60)
    assert set(found.pools) == set(found.options["pool"])

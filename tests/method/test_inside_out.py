"""Inside-out through the workbook: the choice under scarce hours, how sure it is, and what stands behind it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import pytest

from tests.method.company import ACTIVITIES, NAMES, RELATIONS, World, fill, found, memory_world, tables
from tests.method.conftest import Finished
from xlsales.hosts import Link
from xlsales.method.report import RunResult
from xlsales.tables.schema import Language

Rows = Sequence[Mapping[str, Any]]
Frames = dict[Language, dict[str, pd.DataFrame]]
NEW = ["interactions", "roof", "resources", "capacity_units", "freed_hours", "matrix_audit", "findings_sureness",
       "plan_stability", "judgements", "compared_groups", "group_comparison", "group_benefits", "trace", "scenario",
       "scenario_totals", "scenario_activities", "calendar_weeks", "load_grid", "plan_calendar", "load"]  # fmt: skip


def by(world: World, key: str, index: str = "activity_id") -> pd.DataFrame:
    """A table by its key."""
    return world.typed(key).set_index(index)


def planned(world: World) -> set[str]:
    """The ids of the activities in the plan."""
    rows = world.typed("activities")
    return set(rows.loc[rows["in_plan"] == True, "activity_id"])  # noqa: E712


def pair(one: str, other: str, effect: str) -> dict[str, str]:
    """A row of Interactions."""
    return {"activity_id": one, "other_activity_id": other, "effect": effect}


def related(relations: Mapping[str, Sequence[float]]) -> list[dict[str, Any]]:
    """Rows of Relations with the criteria of the small company."""
    return [{"activity_id": a, **dict(zip(NAMES, values, strict=True))} for a, values in relations.items()]


PEOPLE: list[dict[str, Any]] = [
    {"who": "Eva", "team": "Sälj", "quarter": "2026Q2", "hours": 110},
    {"who": "Eva", "team": "Sälj", "quarter": "2026 Q3", "hours": 60},
    {"who": "Nils", "team": "Inne", "quarter": "Q2 2026", "hours": 130},
    {"who": "Sälj", "team": "", "quarter": "2026K3", "hours": 80},
    {"who": "", "team": "", "quarter": "", "hours": 70},
]
STAFF: list[dict[str, Any]] = [
    {**ACTIVITIES[0], "level": "person", "cost": 9000},
    ACTIVITIES[1],
    {**ACTIVITIES[2], "level": "team", "cost": 4000},
    ACTIVITIES[3],
    {"activity_id": "A5", "activity": "Portal", "existing": "new", "hours": 30, "owner": "Nils"},
    {"activity_id": "A6", "activity": "Mässa", "existing": "new", "hours": 45},
]
STAFF_RELATIONS = {**RELATIONS, "A5": (3, 3, 9), "A6": (1, 0, 1)}


@pytest.fixture(scope="module")
def staffed(finished: Finished) -> World:
    """The small company with people, teams, quarters and pairs, run once. Read only."""
    world = memory_world(finished.before, "sv")
    world.type("activities", STAFF)
    world.type("relations", related(STAFF_RELATIONS))
    world.type("resources", PEOPLE)
    world.type("interactions", [pair("A1", "A5", "++"), pair("A6", "A5", "+")])
    world.type("scenario", [
        {"kind": "hours", "subject": "Nils", "detail": "2026Q2", "value": 90},
        {"kind": "without", "subject": "A3"},
    ])  # fmt: skip
    result = world.run()
    assert found(result, "error") == []
    return world


def test_a_persons_activity_is_one_row_per_person_in_a_quarter_with_its_dates(staffed: World) -> None:
    """Eva has 100 hours only in the second quarter; each has a row of her own, within the quarter."""
    plan = by(staffed, "plan", "plan_id")
    assert {"P-A1-Eva", "P-A1-Nils", "P-A3-Sälj"} <= set(plan.index)
    for who in ("Eva", "Nils"):
        row = plan.loc[f"P-A1-{who}"]
        assert (row["owner"], row["hours"]) == (who, 100)
        assert (row["start"], row["due"]) == (pd.Timestamp("2026-04-01"), pd.Timestamp("2026-06-30"))


def test_a_teams_activity_is_one_row_per_team_on_the_teams_hours(staffed: World) -> None:
    """Sälj has hours of its own in the third quarter; Inne has none, and draws on the common ones."""
    plan = by(staffed, "plan", "plan_id")
    row = plan.loc["P-A3-Sälj"]
    assert (row["owner"], row["hours"], row["start"], row["due"]) == (
        "Sälj", 60, pd.Timestamp("2026-07-01"), pd.Timestamp("2026-09-30")
    )  # fmt: skip
    assert "P-A3-Inne" not in plan.index
    assert by(staffed, "activities").at["A3", "in_plan"]


def test_the_rows_of_the_plan_tie_to_the_hours_of_the_chosen(staffed: World) -> None:
    """Plan rows, the hours per unit and the capacity say the same sum; no pool is overdrawn."""
    capacity, units = staffed.typed("capacity").iloc[0], staffed.typed("capacity_units")
    assert staffed.typed("plan")["hours"].sum() == capacity["hours_planned"] == units["planned"].sum()
    assert capacity["hours_available"] == units["hours"].sum() == 450
    assert (units["left"] == units["hours"] - units["planned"]).all()
    assert (units["left"] >= 0).all()
    assert set(zip(units["unit"], units["quarter"], strict=True)) == {
        ("Eva", "2026Q2"), ("Eva", "2026Q3"), ("Nils", "2026Q2"), ("Sälj", "2026Q3"), ("Gemensamma timmar", ""),
    }  # fmt: skip


def test_the_cost_of_the_plan_is_the_chosen_parts_of_the_costs(staffed: World) -> None:
    """Both do A1 (9 000), one of two teams does A3 (2 000 of 4 000)."""
    assert staffed.typed("capacity")["cost_planned"].iloc[0] == 11000


def test_the_matrix_holds_need_times_relation_and_its_rows_foot_to_the_benefit(staffed: World) -> None:
    """Each cell is need × relation, each row sums to the benefit, in order of priority."""
    matrix = by(staffed, "activity_matrix")
    needs = staffed.typed("expectation_coverage")
    need = dict(zip(needs["criterion_id"], needs["need"], strict=True))
    for activity, relations in STAFF_RELATIONS.items():
        for (key, names), relation in zip(NAMES.items(), relations, strict=True):
            assert matrix.at[activity, key] == pytest.approx(need[names[0]] * relation)
    assert list(matrix[list(NAMES)].sum(axis=1)) == pytest.approx(list(matrix["benefit"]))
    assert list(matrix["in_plan"]) == sorted(matrix["in_plan"], reverse=True)


def test_the_benefit_of_the_plan_is_its_activities_and_the_bonuses_of_its_pairs(staffed: World) -> None:
    """A team does half of A3; Nils does A5 as he does A1: a fifth of the smaller benefit is added."""
    rows = by(staffed, "activities")
    units = {"A1": 1.0, "A3": 0.5}
    inside = planned(staffed)
    own = sum(rows.at[a, "benefit"] * units.get(a, 1.0) for a in inside)
    pairs = staffed.typed("interactions").set_index("activity_id")
    assert bool(pairs.at["A1", "both_chosen"])
    capacity = staffed.typed("capacity").iloc[0]
    bonuses = pairs.loc[pairs["both_chosen"], "bonus"].sum()
    assert capacity["benefit"] == pytest.approx(own + bonuses)
    assert capacity["benefit"] >= capacity["benefit_greedy"]
    assert capacity["gap"] == 0


def test_the_roof_shows_every_pair_below_the_diagonal(staffed: World) -> None:
    """The two pairs stand once each, where row and column cross."""
    roof = by(staffed, "roof")
    number = roof["number"].astype(int)
    cells = {frozenset((a, b)): mark for a, b, mark in (("A1", "A5", "++"), ("A5", "A6", "+"))}
    shown = {}
    for activity in roof.index:
        for other in roof.index:
            mark = roof.at[activity, f"c{number[other]}"]
            if mark and number[activity] != number[other]:
                shown[frozenset((activity, other))] = mark
    assert shown == cells


def test_stability_is_a_share_and_the_same_on_both_sheets(staffed: World) -> None:
    """Every judged activity has one from 0 to 1; what must be in the plan is always there."""
    rows, table = by(staffed, "activities"), by(staffed, "plan_stability")
    assert set(table.index) == set(rows.index)
    assert rows["stability"].between(0, 1).all()
    assert rows["stability"].to_dict() == table["stability"].to_dict() == by(staffed, "activity_matrix")[
        "stability"
    ].to_dict()
    assert rows.at["A4", "stability"] == 1
    assert (table["rank_low"] <= table["rank"]).all()
    assert (table["rank"] <= table["rank_high"]).all()


def test_trace_rows_sum_to_the_benefit_and_name_the_customers(staffed: World) -> None:
    """The contributions of an activity are its benefit, the shares are one; four answers of three customers."""
    trace, rows = staffed.typed("trace"), by(staffed, "activities")
    for activity, part in trace.groupby("activity_id"):
        assert part["contribution"].sum() == pytest.approx(rows.at[activity, "benefit"])
        assert part["share_of_benefit"].sum() == pytest.approx(1)
    assert list(trace["contribution"]) == pytest.approx(list(trace["need"] * trace["relation"]))
    assert (trace["answers"] == 4).all()
    assert (trace["customers"] == 3).all()
    assert (trace["revenue"] == 1800.5).all()
    assert trace["largest"].iloc[0] == "Alfa AB, Delta AB, Beta Bygg AB"


def links_are_right(world: World, result: RunResult) -> None:
    """Every link written to the register points at a row of the trace that is the activity's first."""
    assert result.run is not None
    trace, rows = world.typed("trace"), result.run.tables["activities"]
    first = trace.drop_duplicates("activity_id").set_index("activity_id").index
    row = {a: int(trace.index[trace["activity_id"] == a][0]) for a in first}
    place = world.host.tables()[world.name("trace")]
    seen = 0
    for activity, link in zip(rows["activity_id"], rows["trace"], strict=True):
        if activity in row:
            assert isinstance(link, Link)
            assert link.target == f"'{place.sheet}'!{place.address(row[activity] + 1, 0)}"
            seen += 1
        else:
            assert not isinstance(link, Link)
    assert seen == len(row) > 0


def test_the_links_to_the_trace_are_right_also_after_sorting(plain: World) -> None:
    """A person sorts the register backwards; each link still leads to its own activity."""
    links_are_right(plain, plain.run())
    plain.reorder("activities", [3, 2, 1, 0])
    links_are_right(plain, plain.run())
    assert list(plain.typed("activities")["activity_id"]) == ["A4", "A3", "A2", "A1"]


def test_the_calendar_and_the_load_tie_to_the_plan(staffed: World) -> None:
    """The load of all weeks is the plan's hours by owner, and each open row has its strip."""
    plan, load = staffed.typed("plan"), staffed.typed("load")
    hours = plan[plan["hours"] > 0].groupby("owner")["hours"].sum()
    assert load.groupby("owner")["planned"].sum().to_dict() == pytest.approx(hours.to_dict())
    strip = by(staffed, "plan_calendar", "plan_id")
    assert set(strip.index) == set(plan["plan_id"])
    grid = by(staffed, "load_grid", "owner")
    weeks = [c for c in grid if c.startswith("w")]
    assert grid.loc["Eva", weeks].sum() == pytest.approx(hours["Eva"], abs=0.05 * len(weeks))
    days = staffed.typed("calendar_weeks").iloc[0]
    assert days["w1"] == "03-30"
    assert days["w2"] == "04-06"


def test_a_weeks_load_is_beside_the_hours_of_the_quarter(staffed: World) -> None:
    """Nils has 130 hours in the quarter, ten a week, and 130 to do in thirteen weeks."""
    load = staffed.typed("load")
    nils = load[load["owner"] == "Nils"]
    assert (nils.loc[nils["monday"] < pd.Timestamp("2026-06-29"), "available"] == 10).all()
    common = load[load["owner"] == "(utses)"]
    assert common["available"].isna().all()


def test_what_if_compares_and_leaves_the_plan_untouched(staffed: World) -> None:
    """With 90 hours Nils cannot do A1, and A3 is as if it were not there; the plan stands as without the sheet."""
    totals = by(staffed, "scenario_totals", "measure")
    rows = by(staffed, "scenario_activities")
    now = staffed.typed("capacity").iloc[0]
    assert totals.at["hours", "now"] == now["hours_planned"]
    assert totals.at["cost", "now"] == now["cost_planned"]
    assert totals.at["activities", "now"] == len(planned(staffed))
    assert rows.at["A3", "change"] == "leaves"
    assert totals.at["benefit", "then"] < totals.at["benefit", "now"]
    assert rows.at["A1", "hours_then"] == rows.at["A1", "hours_now"] - 100
    difference = (totals["then"] - totals["now"]).to_dict()
    assert totals["difference"].to_dict() == pytest.approx(difference)
    assert {"P-A1-Nils", "P-A3-Sälj"} <= set(staffed.typed("plan")["plan_id"])


def test_without_changes_the_sheet_what_if_is_empty_again(staffed: World) -> None:
    """The changes are deleted: the comparison goes, the plan is the same."""
    frames = {name: staffed.host.read(name) for name in staffed.host.tables()}
    world = memory_world(frames, "sv")
    before = world.typed("plan")
    world.type("scenario", [{"kind": None}])
    world.run()
    assert world.typed("scenario_totals").empty
    assert world.typed("scenario_activities").empty
    pd.testing.assert_frame_equal(world.typed("plan"), before)


@pytest.mark.parametrize(
    ("kind", "activity", "own", "inside"), [("memory", "A2", "keep", True), ("file", "A1", "end", False)]
)
def test_a_persons_decision_goes_before_the_tools_and_is_remembered(
    once: World, activity: str, own: str, inside: bool
) -> None:
    """It stands after a second and a third run; the tool's proposal stands beside it, the reason names it."""
    place = [a["activity_id"] for a in ACTIVITIES].index(activity)
    proposal = by(once, "activities").at[activity, "decision"]
    once.set("activities", place, "own_decision", own)
    for _ in range(2):
        once.run()
        once = once.again()
        row = by(once, "activities").loc[activity]
        assert (row["own_decision"], row["decision"], bool(row["in_plan"])) == (own, proposal, inside)
        assert "Ert beslut:" in row["reason"]
    said = by(once, "plan", "plan_id").at[f"P-{activity}", "what"]
    assert said.startswith("Avsluta" if own == "end" else "Fortsätt")


def test_must_is_in_the_plan_and_must_not_is_not(plain: World) -> None:
    """The empty activity is forced in and kept on, the best is kept out; the reasons say so."""
    plain.set("activities", 1, "constraint", "must")
    plain.set("activities", 0, "constraint", "must_not")
    assert found(plain.run(), "error") == []
    assert planned(plain) == {"A2", "A3", "A4"}
    reasons = by(plain, "activities")["reason"]
    assert "Måste vara med." in reasons["A2"]
    assert "Får inte vara med." in reasons["A1"]
    plan = by(plain, "plan", "plan_id")
    assert plan.at["P-A2", "what"] == "Fortsätt: Julkort"
    assert "P-A1" not in plan.index


@pytest.mark.parametrize("own", ["", "end"])
def test_what_is_protected_is_never_ended(plain: World, own: str) -> None:
    """It serves nothing and somebody may even ask to end it: it is in the plan and goes on."""
    if own:
        plain.set("activities", 3, "own_decision", own)
    plain.run()
    row = by(plain, "activities").loc["A4"]
    assert (row["decision"], bool(row["in_plan"])) == ("keep", True)
    assert by(plain, "plan", "plan_id").at["P-A4", "what"] == "Fortsätt: Lagkrav"
    assert "A4" not in set(plain.typed("freed_hours")["activity_id"])


@pytest.mark.parametrize(
    ("pairs", "hours", "expected", "mark"),
    [
        ([], 120, {"A1", "A4"}, ""),
        ([pair("A1", "A3", "requires")], 120, {"A3", "A4"}, "↑←"),
        ([pair("A1", "A3", "excludes")], 500, {"A1", "A4"}, "×"),
        ([pair("A1", "A3", "--")], 500, {"A1", "A3", "A4"}, "−−"),
        ([pair("A3", "A2", "requires")], 120, {"A1", "A4"}, "↑←"),
    ],
    ids=["none", "requires", "excludes", "hampers", "requires what serves nothing"],
)
def test_pairs_change_the_choice_and_stand_in_the_roof(
    plain: World, pairs: Rows, hours: int, expected: set[str], mark: str
) -> None:
    """A1 is worth 6.11 for 100 hours, A3 5.43 for 60; A4 must be there with 20."""
    plain.setting("hours_available", hours)
    if pairs:
        plain.type("interactions", pairs)
    plain.run()
    assert planned(plain) == expected
    roof = plain.typed("roof")
    marks = {str(cell) for cell in roof.filter(regex=r"^c\d+$").to_numpy().ravel() if cell} - {"■", "\\", "╲"}
    assert len(marks) == bool(mark)
    assert all(m in mark for m in marks)


def test_a_synergy_moves_the_choice(plain: World) -> None:
    """A3 alone is best within 80 hours; two small ones that strengthen each other are better together."""
    plain.type("activities", [
        *ACTIVITIES, *({"activity_id": a, "activity": a, "existing": "new", "hours": 30} for a in ("A5", "A6"))
    ])  # fmt: skip
    plain.type("relations", related({**RELATIONS, "A5": (3, 1, 3), "A6": (3, 1, 3)}))
    plain.setting("hours_available", 80)
    plain.run()
    assert planned(plain) == {"A3", "A4"}
    plain.type("interactions", [pair("A6", "A5", "++")])
    plain.run()
    assert planned(plain) == {"A4", "A5", "A6"}
    row = plain.typed("interactions").iloc[0]
    assert bool(row["both_chosen"])
    assert row["bonus"] == pytest.approx(0.2 * by(plain, "activities").at["A5", "benefit"])
    assert plain.typed("capacity")["benefit"].iloc[0] == pytest.approx(
        2.2 * by(plain, "activities").at["A5", "benefit"]
    )


def test_the_budget_limits_the_choice(plain: World) -> None:
    """Both cost 60 000 and 100 000 is what there is: the better one is chosen, and the rest is told."""
    for row in (0, 2):
        plain.set("activities", row, "cost", 60000)
    plain.setting("budget", 100000)
    assert found(plain.run(), "error") == []
    assert planned(plain) == {"A1", "A4"}
    capacity = plain.typed("capacity").iloc[0]
    assert (capacity["cost_planned"], capacity["budget"], capacity["first_below_line"]) == (60000, 100000, "Jour")


def test_every_decisive_expectation_gets_something_strong_when_that_is_asked_for(plain: World) -> None:
    """A1 (quality) is the best within 120 hours; but a 9 on service, which decides too, is only in A3."""
    plain.type("activities", [*ACTIVITIES, {**ACTIVITIES[0], "activity_id": "A5", "activity": "Prov", "hours": 40}])
    plain.type("relations", related({**RELATIONS, "A1": (9, 3, 0), "A5": (9, 0, 0)}))
    plain.setting("hours_available", 120)
    plain.run()
    assert "A3" in planned(plain)
    plain.set("activities", 2, "hours", 90)
    plain.run()
    assert planned(plain) == {"A1", "A4"}
    plain.setting("cover_decisive", "ja")
    assert found(plain.run(), "error")[0]["table"] == "Aktiviteter"
    plain.set("activities", 2, "hours", 60)
    assert found(plain.run(), "error") == []
    assert planned(plain) == {"A3", "A4", "A5"}


def test_demands_that_collide_are_named_and_there_is_a_plan_all_the_same(plain: World) -> None:
    """Two musts of 100 and 60 hours and 130 hours: who demands what, what gives way, and by how much."""
    plain.set("activities", 0, "constraint", "must")
    plain.set("activities", 2, "constraint", "must")
    plain.setting("hours_available", 130)
    result = plain.run()
    issue = next(i for i in found(result, "error") if i["table"] == "Aktiviteter")
    for said in ("Besök ska vara med", "Gemensamma timmar: 130 timmar", "Gemensamma timmar: 50 timmar för mycket"):
        assert said in issue["expected"]
    assert planned(plain) == {"A1", "A3", "A4"}
    assert {"P-A1", "P-A3", "P-A4"} <= set(plain.typed("plan")["plan_id"])
    unit = plain.typed("capacity_units").iloc[0]
    assert (unit["hours"], unit["planned"], unit["left"]) == (130, 180, -50)
    headline = next(s.headline for s in result.steps if s.step == "plan")
    assert "gå" in headline


def test_the_freed_hours_are_those_of_what_ends_and_buy_what_would_not_fit(plain: World) -> None:
    """120 hours of which the cards take 40 today: without those only A3 fits, with them A1."""
    plain.setting("hours_available", 120)
    plain.run()
    freed = by(plain, "freed_hours")
    assert freed["freed"].to_dict() == {"A2": "ended", "A1": "bought", "A3": "displaced"}
    assert freed["hours"].to_dict() == {"A2": 40, "A1": 100, "A3": 60}
    assert freed["benefit"].to_dict() == pytest.approx({"A2": 0, "A1": 6.11, "A3": 5.43})


def test_a_judgement_that_is_moved_changes_the_plan_as_told(plain: World) -> None:
    """Each relation that the plan is said to hang on is moved a step and the steps are run again."""
    plain.setting("hours_available", 120)
    plain.setting("plan_draws", 0)
    plain.run()
    before, names = planned(plain), {a["activity"]: a["activity_id"] for a in ACTIVITIES}
    rows = plain.typed("judgements")
    assert len(rows)
    criteria = {names[0]: key for key, names in NAMES.items()}
    for row in rows.head(4).to_dict("records"):
        key = criteria[row["criterion_id"]]
        moved = {a: dict(zip(NAMES, v, strict=True)) for a, v in RELATIONS.items()}
        assert moved[row["activity_id"]][key] == row["relation"]
        moved[row["activity_id"]][key] = row["moved_to"]
        plain.type("relations", [{"activity_id": a, **v} for a, v in moved.items()])
        plain.run()
        enters, leaves = (
            {names[n] for n in row[side].split(", ") if n} for side in ("enters", "leaves")
        )
        assert planned(plain) - before == enters
        assert before - planned(plain) == leaves


def grouped(world: World) -> None:
    """Six answers of buyers and six of users, who want other things."""
    points = {"Inköpare": (4, 4, 12), "Användare": (6, 13, 1)}
    world.type("answers", [
        {"answer_id": f"{role}{n}", "customer_no": f"00{n % 4 + 1}", "method": "points20", "role": role,
         **dict(zip(NAMES, values, strict=True))}
        for role, values in points.items() for n in range(6)
    ])  # fmt: skip


def test_two_groups_stand_side_by_side_and_are_never_averaged(plain: World) -> None:
    """Buyers want a low price, users service: A3 is worth far more to users, and the sentence says so."""
    grouped(plain)
    plain.run()
    two = plain.typed("compared_groups").iloc[0]
    assert (two["group_a"], two["group_b"]) == ("Roll: Användare", "Roll: Inköpare")
    assert "Jour" in two["sentence"] or "Besök" in two["sentence"]
    rows, each = by(plain, "group_comparison"), plain.typed("group_benefits")
    assert set(each["group"]) == {two["group_a"], two["group_b"]}
    for side in "ab":
        own = each[each["group"] == two[f"group_{side}"]].set_index("activity_id")
        assert own["share"].to_dict() == pytest.approx(rows[f"share_{side}"].to_dict())
        assert own["share"].sum() == pytest.approx(1)
    assert rows["difference"].to_dict() == pytest.approx((rows["share_a"] - rows["share_b"]).to_dict())
    assert rows.at["A3", "difference"] > 0


def test_the_groups_asked_for_are_compared_in_that_order(plain: World) -> None:
    """Settings name them; the other order turns the sign."""
    grouped(plain)
    plain.setting("group_a", "Roll: Inköpare")
    plain.setting("group_b", "Roll: Användare")
    plain.run()
    two = plain.typed("compared_groups").iloc[0]
    assert (two["group_a"], two["group_b"]) == ("Roll: Inköpare", "Roll: Användare")
    assert by(plain, "group_comparison").at["A3", "difference"] < 0


@pytest.mark.parametrize("state", ["before", "after"])
def test_a_workbook_of_an_earlier_version_runs_without_the_new_sheets(finished: Finished, state: str) -> None:
    """None of the new tables, nor the new columns of the register: every step is done, the plan is the same."""
    whole = memory_world(finished.after, "sv")
    frames = dict(getattr(finished, state))
    for key in NEW:
        del frames[whole.name(key)]
    for key, columns in {"activities": ("own_decision", "constraint", "quarter", "trace"),
                         "activity_matrix": ("trace",), "expectation_coverage": ("planned_benefit",)}.items():
        gone = [whole.heading(key, c) for c in columns]
        frames[whole.name(key)] = frames[whole.name(key)].drop(columns=gone, errors="ignore")
    from xlsales.hosts.memory import MemoryHost

    world = World(MemoryHost(frames), lambda host: host, "sv")
    result = world.run()
    assert [s.status for s in result.steps][-2:] == ["done", "done"]
    assert found(result, "error") == []
    assert planned(world) == planned(whole)
    assert set(world.typed("plan")["plan_id"]) == set(whole.typed("plan")["plan_id"])


@pytest.mark.parametrize(
    ("key", "rows"),
    [
        ("interactions", [pair("A1", "", "++"), pair("", "", ""), pair("A1", "A3", ""), pair("A9", "A1", "+")]),
        ("resources", [{"who": "Eva"}, {"hours": 0}, {"who": " ", "team": "x"}, {"quarter": "våren", "hours": 5}]),
        ("scenario", [{"kind": "weight"}, {"kind": "hours", "value": None}, {"subject": "A1"}, {"kind": "budget"}]),
    ],
)  # fmt: skip
def test_half_filled_rows_of_the_new_tables_end_no_run(plain: World, key: str, rows: Rows) -> None:
    """What is missing is told at its cell; the steps are done."""
    plain.type(key, rows)
    result = plain.run()
    assert [s.status for s in result.steps][-2:] == ["done", "done"]
    assert any(i["cell"].startswith(plain.name(key)) for i in found(result, "error"))


def test_resources_with_nobody_for_an_activity_fall_back_on_the_common_hours(plain: World) -> None:
    """Only Eva is named, and owns A1; the others draw on hours_available."""
    plain.type("resources", [{"who": "Eva", "hours": 90}])
    plain.run()
    assert planned(plain) == {"A3", "A4"}
    plain.type("resources", [{"who": "eva ", "hours": 100}])
    plain.run()
    assert planned(plain) == {"A1", "A3", "A4"}
    assert str(by(plain, "plan", "plan_id").at["P-A1", "owner"]).casefold() == "eva"


def test_the_only_one_who_can_do_a_persons_or_teams_activity_owns_its_row(plain: World) -> None:
    """One person in Resources: the row keeps its plain id and is hers."""
    plain.set("activities", 2, "level", "person")
    plain.type("resources", [{"who": "Karin", "quarter": "2026Q3", "hours": 80}])
    plain.run()
    row = by(plain, "plan", "plan_id").loc["P-A3"]
    assert (row["owner"], row["start"]) == ("Karin", pd.Timestamp("2026-07-01"))


def hand_made(world: World, criteria: Rows, weights: Mapping[str, float], scores: Rows) -> None:
    """Other criteria, in points of 100 by one answer, with the scores of us and one rival."""
    names = {str(c["criterion_id"]): str(c["criterion"]) for c in criteria}
    fill(world, criteria=criteria, scores=scores, activities=[], relations=[], answers=[
        {"answer_id": "R1", "customer_no": "001", "method": "points100", **{names[k]: w for k, w in weights.items()}}
    ])  # fmt: skip


D1_CRITERIA = [{"criterion_id": i, "criterion": n} for i, n in
               (("quality", "Kvalitet"), ("service", "Service"), ("price", "Pris"), ("easy", "Enkelhet"))]  # fmt: skip
D1_ACTIVITIES = [
    ("A1", "Kvalitetsuppföljning", "existing", 20, (9, 0, 0, 0)), ("A2", "Servicebesök", "existing", 40, (1, 9, 0, 0)),
    ("A3", "Julkampanj", "existing", 30, (0, 0, 0, 0)), ("A4", "Jourtelefon", "new", 25, (0, 9, 0, 3)),
    ("A5", "Prislistor", "existing", 10, (0, 0, 9, 1)),
]  # fmt: skip


def typed_in(world: World, criteria: Rows, activities: Sequence[tuple[str, str, str, float, tuple[int, ...]]]) -> None:
    """The register and its relations."""
    names = [str(c["criterion"]) for c in criteria]
    world.type("activities", [
        {"activity_id": i, "activity": n, "existing": e, "hours": h} for i, n, e, h, _ in activities
    ])
    world.type("relations", [
        {"activity_id": i, **dict(zip(names, r, strict=True))} for i, _, _, _, r in activities
    ])


def test_oracle_d1_by_hand_through_the_workbook(template_frames: Frames) -> None:
    """Benefits 4.50, 4.10, 0, 3.72, 1.48; within 75 hours the optimum is A1, A2, A5 (10.08), the list 9.70."""
    world = memory_world(template_frames["sv"], "sv")
    own = {"quality": (8, 7), "service": (6, 7), "price": (7, 6), "easy": (7, 6)}
    scores = [{"alternative_id": a, "criterion_id": c, "score": s[place]}
              for place, a in enumerate(("us", "k1")) for c, s in own.items()]  # fmt: skip
    hand_made(world, D1_CRITERIA, {"quality": 50, "service": 30, "price": 16, "easy": 4}, scores)
    typed_in(world, D1_CRITERIA, D1_ACTIVITIES)
    world.setting("hours_available", 75)
    world.run()
    rows = by(world, "activities")
    assert list(rows["benefit"]) == pytest.approx([4.50, 4.10, 0, 3.72, 1.48])
    assert list(rows["decision"]) == ["keep", "develop", "end", "start", "keep"]
    assert planned(world) == {"A1", "A2", "A5"}
    capacity = world.typed("capacity").iloc[0]
    assert (capacity["benefit"], capacity["benefit_greedy"]) == (pytest.approx(10.08), pytest.approx(9.70))
    assert (capacity["hours_planned"], capacity["first_below_line"]) == (70, "Jourtelefon")
    assert capacity["hours_to_next"] == pytest.approx(10)


def test_oracle_q1_the_coffee_maker_through_the_workbook(template_frames: Frames) -> None:
    """Importance 45, 39, 51 of 135 in shares, and its roof."""
    world = memory_world(template_frames["sv"], "sv")
    criteria = [{"criterion_id": i, "criterion": i} for i in ("quiet", "fast", "energy")]
    hand_made(world, criteria, {"quiet": 500 / 12, "fast": 300 / 12, "energy": 400 / 12}, [])
    typed_in(world, criteria, [
        ("fan", "Fläkt", "existing", 1, (9, 0, 0)), ("heater", "Värmare", "existing", 1, (0, 9, 3)),
        ("insulation", "Isolering", "existing", 1, (3, 0, 9)),
    ])  # fmt: skip
    world.type("interactions", [pair("fan", "heater", "--"), pair("heater", "insulation", "+")])
    world.run()
    rows = by(world, "activities")
    assert list(rows["share"]) == pytest.approx([45 / 135, 39 / 135, 51 / 135])
    assert list(rows["benefit"] * 12) == pytest.approx([45, 39, 51])
    bonus = world.typed("interactions").set_index("activity_id")["bonus"] * 12
    assert bonus.to_dict() == pytest.approx({"fan": -0.2 * 39, "heater": 0.1 * 39})
    roof = world.typed("roof").filter(regex=r"^c\d+$").to_numpy().ravel()
    assert {"−−", "+"} <= set(roof)


def test_english_and_swedish_workbooks_choose_alike(template_frames: Frames) -> None:
    """The figures and keys of the new tables are the same; the words are English."""
    worlds = {}
    for language in ("sv", "en"):
        world = fill(memory_world(template_frames[language], language), resources=[{"who": "Eva", "hours": 120}])
        world.run()
        worlds[language] = world
    for key in ("capacity_units", "plan_stability", "trace", "load", "freed_hours"):
        swedish, english = (w.typed(key).select_dtypes("number") for w in worlds.values())
        pd.testing.assert_frame_equal(swedish, english)
    assert "Ert beslut" not in str(worlds["en"].typed("activities")["reason"].tolist())
    assert "Common hours" in set(worlds["en"].typed("capacity_units")["unit"])


def test_the_dates_of_a_past_quarter_are_those_of_the_plan(plain: World) -> None:
    """A quarter that is over cannot be worked in: the row gets the plan's days."""
    plain.type("resources", [{"who": "Eva", "quarter": "2025Q4", "hours": 200}])
    plain.run()
    row = by(plain, "plan", "plan_id").loc["P-A1"]
    assert row["start"] == pd.Timestamp(dt.date(2026, 4, 1))
    assert row["due"] == pd.Timestamp(dt.date(2026, 6, 29))


def test_the_register_of_one_without_relations_is_not_in_the_new_tables(plain: World) -> None:
    """What is not judged is in none of them, and a pair with it is a warning."""
    plain.type("relations", [r for r in tables("sv")["relations"] if r["activity_id"] != "A3"])
    plain.type("interactions", [pair("A1", "A3", "++")])
    result = plain.run()
    assert [i["cell"] for i in found(result) if i["found"] == "A3"] == [plain.cell("interactions", "activity_id", 0)]
    for key in ("activity_matrix", "plan_stability", "trace"):
        assert "A3" not in set(plain.typed(key)["activity_id"])

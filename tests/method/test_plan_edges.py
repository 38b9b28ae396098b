"""The plan where the workbook is unusual: past quarters, names for ids, pairs written twice, ids that look alike."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from tests.method.company import ACTIVITIES, NAMES, World, found
from tests.method.test_inside_out import by, pair, planned, related


def test_hours_of_a_quarter_that_is_over_do_not_count(plain: World) -> None:
    """Last year's 900 hours buy nothing; the quarter that cannot be read is an error and gives none either."""
    plain.type("activities", [{**ACTIVITIES[0], "owner": "Eva"}, *ACTIVITIES[1:]])
    plain.type("resources", [
        {"who": "Eva", "quarter": "kv 4 2025", "hours": 900}, {"who": "Eva", "quarter": "2026/Q2", "hours": 1},
        {"who": "Nils", "quarter": "hösten", "hours": 50}, {"who": "", "hours": 75},
    ])  # fmt: skip
    result = plain.run()
    units = plain.typed("capacity_units").set_index("unit")
    assert (units.loc["Eva", "quarter"], units.loc["Eva", "hours"]) == ("2026Q2", 1)
    assert "A1" not in planned(plain)
    cells = {row["cell"] for row in found(result) if row["found"] in ("2025Q4", "hösten")}
    assert cells == {plain.cell("resources", "quarter", row) for row in (0, 2)}


def test_a_row_that_follows_its_proposal_is_not_late_on_its_old_date(plain: World) -> None:
    """The same run that moves the date forward does not call it passed."""
    plain.run()
    later = plain.again()
    later.run(as_of=dt.date(2026, 12, 31))
    plan = later.typed("plan")
    assert (plan["due"] > pd.Timestamp(2026, 12, 31)).all()
    assert not plan["late"].any()


def test_a_pair_that_both_needs_and_strengthens_keeps_its_bonus(plain: World) -> None:
    """A1 strengthens A3 and needs it too: the bonus stands on the row that says so, and the other is empty."""
    plain.type("interactions", [pair("A1", "A3", "++"), pair("A1", "A3", "requires")])
    plain.setting("hours_available", 500)
    plain.run()
    rows = plain.typed("interactions")
    assert rows["both_chosen"].all()
    assert rows["bonus"].iloc[0] > 0
    assert pd.isna(rows["bonus"].iloc[1])


def test_everybody_together_gives_no_more_than_the_pair(plain: World) -> None:
    """Twelve who do what one activity strengthens give the factor of the smaller whole benefit, not twelve times it."""
    plain.type("activities", [{**ACTIVITIES[0], "level": "person"}, *ACTIVITIES[1:]])
    plain.type("resources", [*({"who": f"P{i:02}", "hours": 900} for i in range(12)), {"who": "", "hours": 900}])
    plain.type("interactions", [pair("A1", "A3", "++")])
    plain.run()
    rows = by(plain, "activities")
    [bonus] = plain.typed("interactions")["bonus"]
    assert bonus == pytest.approx(0.2 * min(rows.at["A1", "benefit"], rows.at["A3", "benefit"]))


def test_ids_that_run_into_each_other_are_two_rows(plain: World) -> None:
    """A by “B-C” and A-B by “C” are different rows of the plan."""
    plain.type("activities", [
        {"activity_id": i, "activity": i, "existing": "existing", "hours": 5, "level": "person"} for i in ("A", "A-B")
    ])  # fmt: skip
    plain.type("relations", related({"A": (9, 0, 0), "A-B": (9, 0, 0)}))
    plain.type("resources", [{"who": "B-C", "hours": 50}, {"who": "C", "hours": 50}])
    plain.run()
    plan = plain.typed("plan")
    assert len(plan) == plan["plan_id"].nunique() == 4


def test_an_existing_activity_that_is_rejected_is_ended(plain: World) -> None:
    """Its row in the plan says so, as the freed hours do."""
    plain.type("activities", [{**ACTIVITIES[0], "own_decision": "reject"}, *ACTIVITIES[1:]])
    plain.run()
    assert by(plain, "plan", "plan_id").at["P-A1", "hours"] == 0
    freed = plain.typed("freed_hours")
    assert "A1" in set(freed.loc[freed["freed"] == "ended", "activity_id"])


def test_a_criterion_cannot_be_called_as_a_column(plain: World) -> None:
    """An id that a table of criteria already uses is an error at its cell, and the run goes on without it."""
    rows = [{"criterion_id": key, "criterion": names[0]} for key, names in NAMES.items()]
    plain.type("criteria", [*rows, {"criterion_id": "share", "criterion": "Andel"}])
    result = plain.run()
    [error] = [row for row in found(result, "error") if row["found"] == "share"]
    assert error["cell"] == plain.cell("criteria", "criterion_id", len(rows))


def test_a_change_may_name_the_activity(plain: World) -> None:
    """What if takes names as well as ids; a relation that is none is refused at its cell."""
    name, criterion = ACTIVITIES[0]["activity"], next(iter(NAMES))
    plain.type("scenario", [
        {"kind": "must_not", "subject": name.upper()},
        {"kind": "relation", "subject": "A3", "detail": criterion, "value": 5},
    ])  # fmt: skip
    result = plain.run()
    assert not by(plain, "scenario_activities").at["A1", "hours_then"]
    assert [row["cell"] for row in found(result, "error")] == [plain.cell("scenario", "value", 1)]


def test_a_new_activity_is_not_protected_but_told_so(plain: World) -> None:
    """Protected holds for what is done; the reason says what to write instead."""
    new = next(i for i, row in enumerate(ACTIVITIES) if row["existing"] == "new")
    rows = [{**row, "protected": "yes"} if i == new else row for i, row in enumerate(ACTIVITIES)]
    plain.type("activities", rows)
    plain.run()
    assert "måste" in by(plain, "activities").at[ACTIVITIES[new]["activity_id"], "reason"]

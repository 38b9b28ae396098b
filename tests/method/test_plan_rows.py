"""The plan over many runs: what people write, delete, rename and copy stands; nothing is proposed twice."""

from __future__ import annotations

import datetime as dt
import hashlib
import shutil
from collections import Counter
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.method.company import AS_OF, World, file_world, found, memory_world
from xlsales.method.book import Book
from xlsales.method.plan_rows import fingerprint, plan_rows
from xlsales.method.run import Run
from xlsales.sources import Aggregate
from xlsales.steps.activities import Activities

COLUMNS = ["activity_id", "activity", "decision", "in_plan", "priority", "hours", "benefit", "criterion_id", "owner"]
ROWS = pd.DataFrame(
    [
        ("A1", "Besök", "keep", True, 1, 100.0, 4.5, "quality", "Eva"),
        ("A2", "Julkort", "end", False, 4, 40.0, 0.0, "", ""),
        ("A3", "Jour", "start", True, 2, 60.0, 3.7, "service", ""),
    ],
    columns=COLUMNS,
)
REGISTER = [
    {"activity_id": "A1", "activity": "Besök", "existing": "existing", "hours": 100, "level": "person"},
    {"activity_id": "A2", "activity": "Julkort", "existing": "existing", "hours": 40},
    {"activity_id": "A3", "activity": "Jour", "existing": "new", "hours": 60, "level": "team"},
]
GRID = pd.DataFrame({"quality": [4.5, 0, 0], "service": [1, 0, 3.7]}, index=ROWS["activity_id"])
JUDGED = Activities(ROWS, GRID, ROWS)
NO_LEDGER = Aggregate(pd.DataFrame(), pd.DataFrame())
BARE = ("plan", "proposals", "activities", "criteria", "customers", "level_methods", "level_targets")


@pytest.fixture(scope="module")
def bare(finished: Any) -> dict[str, pd.DataFrame]:
    """The few tables that the plan's rows are made of; the plan is empty."""
    world = memory_world(finished.before, "sv")
    world.type("activities", REGISTER)
    return {world.name(key): world.host.read(world.name(key)) for key in BARE}


class Plan:
    """A plan in memory, and what a run does to it, without the rest of a run."""

    def __init__(self, frames: dict[str, pd.DataFrame]) -> None:
        self.world = memory_world(frames, "sv")
        self.codes: list[str] = []
        self.rows = ROWS.assign(category=["Bygg", "", ""])
        self.as_of = AS_OF

    def run(self, chosen: pd.DataFrame | None = None) -> Plan:
        """Propose and write, as a run does."""
        book = Book(self.world.host)
        run = Run(book, {"plan_days": 90}, self.as_of, NO_LEDGER, self.as_of)
        run.add("check", book.parsed("plan").issues)
        frame = plan_rows(run, self.rows, JUDGED, chosen)
        book.write("plan", frame, users_too=True)
        book.write("proposals", run.tables["proposals"])
        self.codes = [issue.code for _, issue in run.issues if issue.code != "owner_to_be_named"]
        return self

    @property
    def typed(self) -> pd.DataFrame:
        """The plan as it is read."""
        return self.world.typed("plan")

    @property
    def ids(self) -> list[str]:
        """The plan ids in the order they stand."""
        return list(self.typed["plan_id"])

    def at(self, plan_id: str) -> int:
        """The body row of a plan id."""
        return int(self.typed.index[self.typed["plan_id"] == plan_id][0])

    def row(self, plan_id: str) -> dict[Any, Any]:
        """A row by its plan id."""
        return dict(self.typed.loc[self.at(plan_id)])

    def set(self, plan_id: str, column: str, value: Any) -> None:
        """Write a cell, as a person does."""
        self.world.set("plan", self.at(plan_id), column, value)

    def delete(self, plan_id: str) -> None:
        """Delete a row."""
        left = [i for i in range(len(self.world.host.read("Aktivitetsplan"))) if i != self.at(plan_id)]
        self.world.reorder("plan", left)

    def append(self, **cells: Any) -> None:
        """Write a row below the others."""
        body = self.world.host.read("Aktivitetsplan")
        self.world.reorder("plan", [*range(len(body)), -1])
        for column, value in cells.items():
            self.world.set("plan", len(body), column, value)

    def copy(self, plan_id: str) -> None:
        """Copy a row and insert the copy below it."""
        at, count = self.at(plan_id), len(self.world.host.read("Aktivitetsplan"))
        self.world.reorder("plan", [*range(at + 1), at, *range(at + 1, count)])


@pytest.fixture
def plan(bare: dict[str, pd.DataFrame]) -> Plan:
    """A plan after its first run."""
    return Plan(bare).run()


def ways(*rows: tuple[str, str, str, float, float]) -> pd.DataFrame:
    """Chosen ways: activity, unit, quarter, hours and benefit."""
    return pd.DataFrame(rows, columns=["activity_id", "unit", "quarter", "hours", "benefit"])


class TestProposals:
    """What a proposed row says."""

    def test_a_row_says_what_for_whom_by_whom_and_when(self, plan: Plan) -> None:
        """Everything the plan needs stands there from the start."""
        assert plan.ids == ["P-A1", "P-A3", "P-A2"]
        row = plan.row("P-A1")
        assert [row[k] for k in ("what", "for_whom", "owner", "hours", "status", "reach")] == [
            "Fortsätt: Besök", "Bygg", "Eva", 100, "proposed", "person",
        ]  # fmt: skip
        assert (row["start"], row["due"]) == (pd.Timestamp(2026, 4, 1), pd.Timestamp(2026, 6, 29))
        assert row["serves"] == "Bra kvalitet, Hög servicenivå"
        assert row["measure"] == "Kundernas betyg på Bra kvalitet"
        assert plan.row("P-A3")["reach"] == "team"
        assert plan.row("P-A2")["hours"] == 0

    def test_every_chosen_way_is_a_row_of_its_own(self, bare: dict[str, pd.DataFrame]) -> None:
        """By person and quarter: id, owner, hours and dates; what is to be ended is still a row."""
        chosen = ways(("A1", "Anna", "2026Q3", 30, 1.5), ("A1", "Bo", "2026Q2", 20, 1.0), ("A3", "", "", 60, 3.7))
        plan = Plan(bare).run(chosen)
        assert plan.ids == ["P-A1-Anna", "P-A1-Bo", "P-A3", "P-A2"]
        anna, bo = plan.row("P-A1-Anna"), plan.row("P-A1-Bo")
        assert (anna["owner"], anna["hours"], anna["expected_effect"]) == ("Anna", 30, "Nytta 1,5")
        assert (anna["start"], anna["due"]) == (pd.Timestamp(2026, 7, 1), pd.Timestamp(2026, 9, 30))
        assert (bo["start"], bo["due"]) == (pd.Timestamp(2026, 4, 1), pd.Timestamp(2026, 6, 30))
        assert plan.typed["hours"].sum() == 110

    def test_a_quarter_that_has_begun_starts_tomorrow(self, bare: dict[str, pd.DataFrame]) -> None:
        """Nothing is planned in the past; a quarter that is over gives way to the plan's own dates."""
        made = Plan(bare)
        made.as_of = dt.date(2026, 5, 15)
        made.run(ways(("A1", "", "2026Q2", 30, 1.5), ("A3", "", "2026Q1", 60, 3.7)))
        for plan_id, due in (("P-A1", pd.Timestamp(2026, 6, 30)), ("P-A3", pd.Timestamp(2026, 8, 13))):
            assert (made.row(plan_id)["start"], made.row(plan_id)["due"]) == (pd.Timestamp(2026, 5, 16), due)

    def test_a_row_that_gave_way_to_rows_per_person_is_marked(self, plan: Plan) -> None:
        """When Anna and Bo do it, the row for all is without support, so that hours are not counted twice unseen."""
        plan.run(ways(("A1", "Anna", "", 50, 2.2), ("A1", "Bo", "", 50, 2.2), ("A3", "", "", 60, 3.7)))
        assert plan.row("P-A1")["orphan"]
        assert not plan.row("P-A1-Anna")["orphan"]
        assert not plan.row("P-A3")["orphan"]
        assert not plan.run().row("P-A1")["orphan"]

    def test_a_workbook_without_the_new_columns_gets_them(self, bare: dict[str, pd.DataFrame]) -> None:
        """Rows that an earlier version proposed follow; rows that were edited stand."""
        old = Plan(bare)
        old.rows = ROWS.assign(category="")
        old.run()
        body = old.world.host.read("Aktivitetsplan")
        old.world.reorder("plan", list(range(len(body))), ("För vem", "Räckvidd"))
        old.set("P-A3", "owner", "Maja")
        old.rows = ROWS.assign(category=["Bygg", "", "Industri"])
        old.run()
        assert old.row("P-A1")["for_whom"] == "Bygg"
        assert (old.row("P-A3")["for_whom"], old.row("P-A3")["owner"]) == ("", "Maja")
        assert old.row("P-A1")["reach"] == "person"


    def test_a_row_without_for_whom_is_recorded_as_earlier_versions_did(self) -> None:
        """So that rows they proposed are known to be untouched."""
        row = {"what": "Ring", "owner": "Eva", "hours": 7.5, "status": "proposed", "due": pd.Timestamp(2026, 5, 1)}
        said = ("Ring", "Eva", "", "2026-05-01", "7.5", "", "", "proposed", "")
        assert fingerprint(row) == hashlib.sha256("\x1f".join(said).encode()).hexdigest()[:16]
        assert fingerprint(row | {"for_whom": "Bygg"}) != fingerprint(row)


class TestPeople:
    """What people do to the rows."""

    def test_a_deleted_row_stays_away_and_a_note_tells(self, plan: Plan) -> None:
        """Also when the activity has been out of the plan in between."""
        plan.delete("P-A3")
        assert plan.run().ids == ["P-A1", "P-A2"]
        assert plan.codes == ["plan_row_deleted"]
        whole, plan.rows = plan.rows, plan.rows[plan.rows["activity_id"] != "A3"]
        assert plan.run().codes == []
        plan.rows = whole
        assert plan.run().run().ids == ["P-A1", "P-A2"]
        assert plan.codes == ["plan_row_deleted"]

    def test_writing_its_plan_id_has_a_deleted_row_proposed_again(self, plan: Plan) -> None:
        """A row with only the plan id is filled in, is no error, and follows its proposal from then on."""
        plan.delete("P-A3")
        plan.run().append(plan_id="P-A3")
        plan.run()
        assert plan.codes == []
        assert plan.row("P-A3")["what"] == "Påbörja: Jour"
        assert plan.row("P-A3")["activity_id"] == "A3"
        assert plan.row("P-A3")["reach"] == "team"
        plan.rows = plan.rows.assign(hours=plan.rows["hours"] + 1)
        assert plan.run().row("P-A3")["hours"] == 61

    def test_a_row_with_another_plan_id_is_the_same_row(self, plan: Plan) -> None:
        """No second row; untouched it follows its proposal, edited it stands."""
        plan.set("P-A1", "plan_id", "Vår-1")
        plan.set("P-A3", "plan_id", "Vår-2")
        plan.set("Vår-2", "hours", 45)
        plan.rows = plan.rows.assign(hours=plan.rows["hours"] + 1)
        plan.run().run()
        assert plan.ids == ["Vår-1", "Vår-2", "P-A2"]
        assert plan.row("Vår-1")["hours"] == 101
        assert plan.row("Vår-2")["hours"] == 45
        assert plan.codes == ["plan_row_outdated"]
        assert not plan.typed["orphan"].any()

    def test_a_row_whose_plan_id_was_emptied_is_the_same_row(self, plan: Plan) -> None:
        """The row is an error until it has an id, but no second one is proposed."""
        plan.set("P-A1", "plan_id", None)
        assert plan.run().ids == ["", "P-A3", "P-A2"]
        assert plan.codes == ["missing_value"]

    def test_a_row_of_ones_own_for_the_same_activity_is_no_renamed_row(self, bare: dict[str, pd.DataFrame]) -> None:
        """Before anything was proposed, a person's row does not keep the proposal away."""
        plan = Plan(bare)
        plan.append(plan_id="E1", activity_id="A1", what="Boka", owner="Eva", due=dt.date(2026, 5, 1))
        assert set(plan.run().run().ids) == {"E1", "P-A1", "P-A3", "P-A2"}

    def test_renamed_rows_of_several_people_are_told_apart(self, bare: dict[str, pd.DataFrame]) -> None:
        """Each keeps its own person's proposal, whatever the order."""
        chosen = ways(("A1", "Anna", "", 30, 1.5), ("A1", "Bo", "", 20, 1.0))
        plan = Plan(bare).run(chosen)
        plan.world.reorder("plan", [1, 0, 2])
        plan.set("P-A1-Bo", "plan_id", "X1")
        plan.set("P-A1-Anna", "plan_id", "X2")
        plan.run(chosen.assign(hours=chosen["hours"] + 1))
        assert (plan.row("X1")["owner"], plan.row("X1")["hours"]) == ("Bo", 21)
        assert (plan.row("X2")["owner"], plan.row("X2")["hours"]) == ("Anna", 31)
        assert len(plan.ids) == 3

    def test_an_earlier_row_of_the_activity_is_no_renamed_row(self, plan: Plan) -> None:
        """The row for all that gave way to rows per person does not stand for one of them that was deleted."""
        chosen = ways(("A1", "Anna", "", 50, 2.2), ("A1", "Bo", "", 50, 2.2))
        plan.run(chosen).delete("P-A1-Anna")
        assert plan.run(chosen).codes == ["plan_row_deleted"]
        assert plan.row("P-A1")["orphan"]

    def test_a_plan_id_written_twice_is_not_filled_in_twice(self, plan: Plan) -> None:
        """Both rows stay as they are, and are told of."""
        plan.delete("P-A3")
        plan.append(plan_id="P-A3")
        plan.append(plan_id="P-A3")
        plan.run()
        assert plan.typed["what"].tolist().count("Påbörja: Jour") == 0
        assert "missing_value" in plan.codes

    def test_a_copied_row_that_was_changed_loses_nothing(self, plan: Plan) -> None:
        """Copy and original stand as they are, whichever of them was changed; the copy is an error until renamed."""
        for changed in (0, 1):
            plan.run().copy("P-A3")
            plan.world.set("plan", plan.at("P-A3") + changed, "what", "Öva jour")
            plan.world.set("plan", plan.at("P-A3") + changed, "hours", 7)
            plan.rows = plan.rows.assign(hours=plan.rows["hours"] + 1)
            plan.run()
            twins = plan.typed[plan.typed["plan_id"] == "P-A3"]
            assert twins["what"].tolist()[changed] == "Öva jour"
            assert twins["hours"].tolist()[changed] == 7
            assert "duplicate_key" in plan.codes
            plan.world.set("plan", plan.at("P-A3") + changed, "plan_id", f"E{changed}")

    def test_another_activity_on_a_row_stands(self, plan: Plan) -> None:
        """The activity a person has put on a row is not put back."""
        plan.set("P-A3", "activity_id", "A1")
        assert plan.run().row("P-A3")["activity_id"] == "A1"
        plan.set("P-A1", "activity_id", None)
        assert plan.run().row("P-A1")["activity_id"] == ""

    def test_a_swap_of_plan_ids_loses_nothing(self, plan: Plan) -> None:
        """Two rows that have each other's id stand as they are."""
        plan.set("P-A1", "plan_id", "P-A2")
        plan.world.set("plan", 2, "plan_id", "P-A1")
        before = plan.typed[["plan_id", "what", "hours"]]
        after = plan.run().run().typed[["plan_id", "what", "hours"]]
        pd.testing.assert_frame_equal(before, after)

    def test_a_deleted_method_stays_away_too(self, finished: Any) -> None:
        """A method ticked in the hierarchy is proposed once; deleted it is not proposed again, renamed not twice."""
        world = memory_world(finished.after, "sv")
        world.set("level_methods", 0, "add_to_plan", "yes")
        world.run()
        typed = world.typed("plan")
        method = typed.index[typed["plan_id"].str.startswith("N-")][0]
        assert typed.loc[method, "for_whom"] == "Alfa AB"
        world.set("plan", int(method), "plan_id", "Vår-1")
        world.run()
        assert list(world.typed("plan")["customer_no"]).count("001") == 1
        world.reorder("plan", [i for i in world.typed("plan").index if i != method])
        result = world.run()
        assert list(world.typed("plan")["customer_no"]).count("001") == 0
        notes = [n for n in found(result, "note") if n["found"].startswith("N-001-")]
        assert len(notes) == 1
        for tick in (None, "yes"):
            world.set("level_methods", 0, "add_to_plan", tick)
            world.run()
        assert list(world.typed("plan")["customer_no"]).count("001") == 1


class Person:
    """Somebody who works in the plan between runs, and remembers what was written."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.written: dict[tuple[str, str], Any] = {}
        self.own: set[str] = set()
        self.count = 0

    def act(self, what: str, place: int) -> None:
        """Do one thing to a row."""
        rows = [i for i in self.plan.ids if i]
        if what == "add" or not rows:
            self._add()
        else:
            getattr(self, f"_{what}")(rows[place % len(rows)])

    def _add(self) -> None:
        self.count += 1
        name = f"E{self.count}"
        cells = {"what": f"Eget {self.count}", "owner": "Maja", "hours": 1000.0 + self.count}
        self.plan.append(plan_id=name, due=dt.date(2026, 5, 4), **cells)
        self.own.add(name)
        self.written |= {(name, k): v for k, v in cells.items()}

    def _edit(self, row: str) -> None:
        self.count += 1
        for column, value in (("hours", 1000.0 + self.count), ("owner", f"Person {self.count}")):
            self.plan.set(row, column, value)
            self.written[row, column] = value

    def _rename(self, row: str) -> None:
        self.count += 1
        name = f"R{self.count}"
        self.plan.set(row, "plan_id", name)
        self.own = {name if i == row else i for i in self.own}
        self.written = {(name if i == row else i, k): v for (i, k), v in self.written.items()}

    def _delete(self, row: str) -> None:
        self.plan.delete(row)
        self.own.discard(row)
        self.written = {(i, k): v for (i, k), v in self.written.items() if i != row}

    def _sort(self, row: str) -> None:
        body = self.plan.typed
        self.plan.world.reorder("plan", list(body.sort_values("plan_id", ascending=bool(len(row) % 2)).index))

    def _twin(self, row: str) -> None:
        """Copy a row, give the copy an id and a text of its own, as one does."""
        self.count += 1
        self.plan.copy(row)
        at, name = self.plan.at(row) + 1, f"K{self.count}"
        for column, value in (("plan_id", name), ("what", name), ("activity_id", None)):
            self.plan.world.set("plan", at, column, value)
        self.own.add(name)
        self.written[name, "what"] = name


ACTS = st.sampled_from(["add", "edit", "rename", "delete", "sort", "twin"])
STEPS = st.lists(st.tuples(ACTS, st.integers(0, 9), st.integers(0, 2), st.booleans()), min_size=1, max_size=6)


@settings(derandomize=True, deadline=None, max_examples=12)
@given(steps=STEPS)
def test_what_people_write_is_always_there_and_nothing_is_proposed_twice(
    bare: dict[str, pd.DataFrame], steps: list[tuple[str, int, int, bool]]
) -> None:
    """Random edits over runs whose proposals change: edits stand, own rows stand, an activity has one proposed row."""
    plan = Plan(bare).run()
    person = Person(plan)
    gone = 0
    for what, place, hours, all_in in steps:
        before = len(plan.ids)
        person.act(what, place)
        gone += what == "delete" and len(plan.ids) < before
        plan.rows = plan.rows.assign(hours=ROWS["hours"] + hours, in_plan=[True, False, all_in])
        plan.run()
        rows = plan.typed.set_index("plan_id")
        assert rows.index.is_unique
        for (row, column), value in person.written.items():
            assert rows.loc[row, column] == value
        proposed = Counter(rows.loc[~rows.index.isin(person.own), "activity_id"])
        assert max(proposed.values(), default=0) <= 1
        assert len(person.own) <= len(rows) <= 3 + len(person.own)
        again = plan.run().typed
        pd.testing.assert_frame_equal(again.set_index("plan_id"), rows)


def test_twenty_runs_over_a_file_keep_every_edit(finished: Any, tmp_path: Any) -> None:
    """The closed workbook is opened, edited, run over its plan and saved twenty times."""
    shutil.copy(finished.folder / "after.xlsx", tmp_path / "small.xlsx")
    world = file_world(tmp_path / "small.xlsx", "sv")
    for turn in range(20):
        rows = world.typed("plan")
        at = int(rows.index[rows["plan_id"] == "P-A3"][0]) if turn < 12 else int(rows.index[rows["plan_id"] == "V"][0])
        world.set("plan", at, "hours", 1000 + turn)
        if turn == 5:
            world.reorder("plan", [i for i in rows.index if rows.loc[i, "plan_id"] != "P-A2"])
        if turn == 11:
            world.set("plan", at, "plan_id", "V")
        if turn == 15:
            world.reorder("plan", list(reversed(range(len(rows)))))
        _plan_only(world)
        world = world.again()
        rows = world.typed("plan")
        hours = dict(zip(rows["plan_id"], rows["hours"], strict=True))
        assert hours["V" if turn >= 11 else "P-A3"] == 1000 + turn
        assert len(rows) == (4 if turn < 5 else 3)
    world.run()
    assert set(world.again().typed("plan")["plan_id"]) == {"V", "P-A1", "P-A4"}


def _plan_only(world: World) -> None:
    """What a run does to the plan, with the company's own activities."""
    book = Book(world.host)
    register = book.parsed("activities").good
    rows = register.assign(
        decision=["keep", "end", "start", "keep"], in_plan=[True, False, True, True], priority=range(4), benefit=1.0,
        criterion_id="quality",
    )  # fmt: skip
    run = Run(book, {"plan_days": 90}, AS_OF, NO_LEDGER, AS_OF)
    contributions = pd.DataFrame(np.ones((4, 1)), index=rows["activity_id"], columns=["quality"])
    frame = plan_rows(run, rows, Activities(rows, contributions, rows))
    book.write("plan", frame, users_too=True)
    book.write("proposals", run.tables["proposals"])


def test_a_whole_run_changes_nothing_in_a_plan_that_stands(once: World) -> None:
    """A second run with the same input leaves the plan cell for cell as it was."""
    before = once.raw("plan")
    once.run()
    pd.testing.assert_frame_equal(once.again().raw("plan"), before)

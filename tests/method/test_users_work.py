"""What users write survives every run: their columns, rows, order, edits and headings."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd
import pytest

from tests.method.company import NAMES, World, found, tables
from xlsales.method.book import Book


def row_of(world: World, key: str, value: str) -> int:
    """The body row whose first key is ``value``."""
    frame = world.typed(key)
    return int(frame.index[frame.iloc[:, 0] == value][0])


def cell_of(world: World, key: str, value: str, column: str) -> Any:
    """A typed cell of the row whose first key is ``value``."""
    frame = world.typed(key)
    return frame.loc[frame.iloc[:, 0] == value, column].iloc[0]


class TestCustomers:
    """The register of customers."""

    def test_a_column_of_the_users_own_stays_with_its_row(self, small: World) -> None:
        """Notes in an extra column follow their customers; new customers get an empty cell there."""
        for row, note in enumerate(["ring i maj", 7, dt.date(2026, 5, 1)]):
            small.set("customers", row, "Egen anteckning", note)
        small.run()
        raw = small.again().raw("customers")
        notes = dict(zip(raw[small.heading("customers", "customer_no")], raw["Egen anteckning"], strict=True))
        assert [notes["001"], notes["002"]] == ["ring i maj", 7]
        assert pd.Timestamp(notes["003"]) == pd.Timestamp(2026, 5, 1)
        assert notes["004"] is None

    def test_rows_may_be_sorted_between_runs(self, small: World) -> None:
        """After a sort every figure follows its customer, and the order is the user's."""
        small.set("customers", 0, "Anteckning", "minns mig")
        small.run()
        once = small.again()
        once.reorder("customers", [4, 2, 0, 3, 1])
        once.run()
        again = once.again()
        assert list(again.typed("customers")["customer_no"]) == ["005", "003", "001", "004", "002"]
        assert cell_of(again, "customers", "001", "revenue") == pytest.approx(1500.20)
        raw = again.raw("customers")
        assert raw["Anteckning"].iloc[2] == "minns mig"

    def test_an_empty_row_in_the_middle_does_no_harm(self, small: World) -> None:
        """A blank line is no customer and no error."""
        rows = tables("sv")["customers"]
        small.type("customers", [rows[0], {}, rows[1], rows[2]])
        result = small.run()
        assert found(result, "error") == []
        assert sorted(small.again().typed("customers")["customer_no"]) == ["001", "002", "003", "004", "005"]

    def test_a_renamed_customer_keeps_its_new_name(self, once: World) -> None:
        """A name that the tool put there once is the user's from then on."""
        once.set("customers", row_of(once, "customers", "004"), "customer", "Delta Nordic AB")
        once.run()
        assert cell_of(once.again(), "customers", "004", "customer") == "Delta Nordic AB"

    def test_a_customer_that_is_gone_from_the_ledger_loses_its_figures_not_its_row(self, once: World) -> None:
        """Figures of an earlier run are not left standing."""
        once.type("ledger", [r for r in tables("sv")["ledger"] if r["customer_no"] != "004"])
        once.run()
        again = once.again()
        assert cell_of(again, "customers", "004", "customer") == "Delta AB"
        assert cell_of(again, "customers", "004", "revenue") == 0
        assert cell_of(again, "customers", "004", "status") == ""


class TestPlan:
    """The activity plan, which people work in."""

    def test_edits_survive_later_runs(self, once: World) -> None:
        """Owner, date, hours, measure and text that somebody changed stay as they were changed."""
        row = row_of(once, "plan", "P-A3")
        edits = {"owner": "Maja", "due": dt.date(2026, 5, 31), "hours": 45, "measure": "Svarstid", "what": "Öva jour"}
        for column, value in edits.items():
            once.set("plan", row, column, value)
        once.run()
        again = once.again()
        for column, value in edits.items():
            stands = cell_of(again, "plan", "P-A3", column)
            assert stands == (pd.Timestamp(value) if column == "due" else value)
        assert len(again.typed("plan")) == 4

    def test_an_untouched_row_follows_its_proposal(self, once: World) -> None:
        """When hours change on the activity, a row nobody has touched says the new hours."""
        before = cell_of(once, "plan", "P-A3", "hours")
        once.set("activities", row_of(once, "activities", "A3"), "hours", before + 1)
        once.run()
        assert cell_of(once.again(), "plan", "P-A3", "hours") == before + 1

    def test_an_edited_row_stays_and_the_new_proposal_is_told(self, once: World) -> None:
        """A person's hours stand; a note says what would be proposed now."""
        before = cell_of(once, "plan", "P-A3", "hours")
        once.set("plan", row_of(once, "plan", "P-A3"), "hours", 45)
        once.set("activities", row_of(once, "activities", "A3"), "hours", before + 1)
        result = once.run()
        assert cell_of(once.again(), "plan", "P-A3", "hours") == 45
        notes = [n for n in found(result, "note") if n["found"] == cell_of(once.again(), "plan", "P-A3", "what")]
        assert len(notes) == 1

    def test_an_emptied_cell_stays_empty(self, once: World) -> None:
        """What somebody deleted does not come back."""
        once.set("plan", row_of(once, "plan", "P-A3"), "measure", None)
        once.run()
        assert cell_of(once.again(), "plan", "P-A3", "measure") == ""

    def test_a_declined_row_stays_declined_and_is_not_proposed_again(self, once: World) -> None:
        """No second row appears for what was declined, and it is neither late nor orphan."""
        once.set("plan", row_of(once, "plan", "P-A1"), "status", "declined")
        once.run(as_of=dt.date(2026, 12, 31))
        again = once.again()
        assert list(again.typed("plan")["plan_id"]).count("P-A1") == 1
        assert cell_of(again, "plan", "P-A1", "status") == "declined"
        assert not cell_of(again, "plan", "P-A1", "late")

    def test_own_rows_stay(self, once: World) -> None:
        """A row that somebody wrote, without any activity, is kept and is no orphan."""
        body = once.host.read(once.name("plan"))
        once.reorder("plan", [*range(len(body)), -1])
        row = len(body)
        mine = {"plan_id": "E1", "what": "Ring Beta", "owner": "Eva", "due": dt.date(2026, 4, 20)}
        for column, value in mine.items():
            once.set("plan", row, column, value)
        once.run()
        again = once.again()
        assert cell_of(again, "plan", "E1", "what") == "Ring Beta"
        assert not cell_of(again, "plan", "E1", "orphan")
        assert len(again.typed("plan")) == 5

    def test_a_row_past_its_date_is_late_until_done(self, once: World) -> None:
        """Late is judged by the date that stands there and the analysis date."""
        row = row_of(once, "plan", "P-A3")
        once.set("plan", row, "due", dt.date(2026, 3, 1))
        once.run()
        assert cell_of(once.again(), "plan", "P-A3", "late")
        once = once.again()
        once.set("plan", row, "status", "done")
        once.run()
        assert not cell_of(once.again(), "plan", "P-A3", "late")

    def test_a_row_whose_activity_left_the_plan_is_an_orphan(self, once: World) -> None:
        """When the hours no longer suffice, the row stays and is marked."""
        once.setting("hours_available", 85)
        once.run()
        again = once.again()
        assert cell_of(again, "plan", "P-A1", "orphan")
        assert not cell_of(again, "plan", "P-A3", "orphan")

    def test_a_deleted_row_stays_away_until_its_plan_id_is_written(self, once: World) -> None:
        """A note tells of it; a row with only its plan id is filled in, and is no error in that run."""
        once.reorder("plan", [1, 2, 3])
        result = once.run()
        once = once.again()
        assert "P-A3" not in set(once.typed("plan")["plan_id"])
        assert [n["found"] for n in found(result, "note") if n["found"].startswith("P-")] == ["P-A3"]
        once.reorder("plan", [*range(3), -1])
        once.set("plan", 3, "plan_id", "P-A3")
        result = once.run()
        assert cell_of(once.again(), "plan", "P-A3", "activity_id") == "A3"
        assert found(result, "error") == []

    def test_a_method_that_is_ticked_becomes_a_row(self, once: World) -> None:
        """A tick among the hierarchy's methods puts one row in the plan, with the customer's owner, once."""
        once.set("level_methods", 0, "add_to_plan", "yes")
        once.run()
        twice = once.again()
        twice.run()
        plan = twice.again().typed("plan")
        row = plan[plan["plan_id"].str.startswith("N-001-")]
        assert list(row["owner"]) == ["Karin"]
        assert list(row["customer_no"]) == ["001"]
        assert twice.typed("level_methods")["add_to_plan"].iloc[0]


class TestCriteria:
    """Criteria may be renamed, added, removed and switched off between runs."""

    def answers(self, world: World) -> dict[str, list[Any]]:
        """The points as read, by criterion id."""
        frame = Book(world.host).parsed("answers").frame
        return {i: list(frame[i]) for i in NAMES if i in frame}

    def test_a_renamed_criterion_keeps_its_answers_and_relations(self, once: World) -> None:
        """The name changes in Criteria only; the columns keep their heading and their meaning."""
        weights = once.raw("weights")
        once.set("criteria", 0, "criterion", "Kvalitet som håller")
        result = once.run()
        again = once.again()
        assert found(result, "error") == []
        assert self.answers(again)["quality"] == [10, 12, 10, 8]
        column = again.heading("weights", "weight")
        assert list(again.raw("weights")[column]) == list(weights[column])
        assert "Kvalitet som håller" in set(again.raw("weights")[again.heading("weights", "criterion_id")])

    def test_a_renamed_heading_and_criterion_still_match(self, once: World) -> None:
        """The user renames the criterion and then the headings of its columns."""
        once.set("criteria", 0, "criterion", "Kvalitet som håller")
        frames = {n: once.host.read(n) for n in once.host.tables()}
        for key in ("answers", "relations"):
            frames[once.name(key)] = frames[once.name(key)].rename(columns={"Bra kvalitet": "Kvalitet som håller"})
        from xlsales.hosts.memory import MemoryHost

        world = World(MemoryHost(frames), lambda h: h, "sv")
        world.run()
        assert self.answers(world)["quality"] == [10, 12, 10, 8]
        assert len(world.typed("weights")) == 3

    def test_an_added_criterion_gets_its_columns(self, once: World) -> None:
        """A new row in Criteria gives an empty column in answers and relations, and a row in weights."""
        rows = tables("sv")["criteria"]
        once.type("criteria", [*rows, {"criterion_id": "green", "criterion": "Hållbarhet"}])
        result = once.run()
        again = once.again()
        assert found(result, "error") == []
        for key in ("answers", "relations"):
            assert "Hållbarhet" in again.raw(key).columns
        assert self.answers(again)["price"] == [4, 2, 2, 4]
        assert len(again.typed("weights")) == 4
        assert "Hållbarhet" in again.raw("activity_matrix").columns

    def test_a_removed_criterion_leaves_the_weights_and_its_answers_stay(self, once: World) -> None:
        """Points of a criterion that is gone are not deleted, and a warning tells that they are not counted."""
        once.type("criteria", tables("sv")["criteria"][:2])
        result = once.run()
        again = once.again()
        assert list(again.raw("answers")["Lågt pris"]) == [4, 2, 2, 4]
        assert len(again.typed("weights")) == 2
        assert "Lågt pris" not in again.raw("activity_matrix").columns
        assert any(w["found"] == "Lågt pris" for w in found(result, "warning"))

    def test_a_criterion_that_is_switched_off_is_not_weighed(self, once: World) -> None:
        """No in Active leaves the criterion out; empty means yes."""
        once.set("criteria", 2, "active", "no")
        once.run()
        again = once.again()
        assert len(again.typed("weights")) == 2
        assert list(again.raw("answers")["Lågt pris"]) == [4, 2, 2, 4]

    def test_criteria_in_another_order_keep_their_answers(self, once: World) -> None:
        """The order of criteria is the user's; points go by heading."""
        once.reorder("criteria", [2, 0, 1])
        once.run()
        points = {"quality": [10, 12, 10, 8], "service": [6, 6, 8, 8], "price": [4, 2, 2, 4]}
        assert self.answers(once.again()) == points

    def test_a_new_id_under_the_same_name_keeps_the_answers(self, once: World) -> None:
        """Somebody changes the id: the heading still names the criterion."""
        once.set("criteria", 0, "criterion_id", "kvalitet")
        once.run()
        frame = Book(once.again().host).parsed("answers").frame
        assert list(frame["kvalitet"]) == [10, 12, 10, 8]


def test_a_users_own_setting_value_stays(small: World) -> None:
    """A value in Settings is never written over, nor is an empty one filled."""
    small.setting("hours_available", 170)
    small.run()
    again = small.again()
    body = again.raw("settings")
    values = dict(zip(body.iloc[:, 0], body[again.heading("settings", "value")], strict=True))
    assert values["hours_available"] == 170
    assert values["as_of"] is None

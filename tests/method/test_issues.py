"""Bad input becomes an issue at its cell with the remedy; the rest is computed, and nothing is lost on the way."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.method.company import World, found, ledger_rows, tables
from xlsales.hosts import Link
from xlsales.method import STEPS
from xlsales.method.report import RunResult


@pytest.fixture
def kind() -> str:
    """What is asked here is the method's; that every host gives the same is asked elsewhere."""
    return "memory"


def only(result: RunResult, **wanted: str) -> Mapping[str, Any]:
    """The one issue with the given values."""
    hits = [i for i in found(result) if all(i[k] == v for k, v in wanted.items())]
    assert len(hits) == 1, found(result)
    return hits[0]


def test_the_small_company_has_no_error(plain: World) -> None:
    """The starting point of all these tests is clean."""
    assert found(plain.run(), "error") == []


def test_every_issue_in_a_table_links_to_a_cell_that_is_there(small: World) -> None:
    """The To do sheet shows a link whose target is the quoted sheet and whose text is the address."""
    small.set("activities", 0, "hours", "många")
    result = small.run()
    link = next(row["cell"] for row in result.issues if row["found"] == "många")
    assert isinstance(link, Link)
    assert link.target.replace("'", "") == link.text == small.cell("activities", "hours", 0)


def test_text_in_a_date_column(small: World) -> None:
    """A rating dated "i våras" is left out, told at its cell with how to write a date."""
    small.set("level_ratings", 1, "date", "i våras")
    result = small.run()
    issue = only(result, found="i våras", severity="error")
    assert issue["cell"] == small.cell("level_ratings", "date", 1)
    assert "2026-03-31" in issue["remedy"]
    levels = small.again().typed("levels").set_index("customer_no")
    assert levels.at["001", "level"] == 3


def test_text_in_the_ledgers_date_column(small: World) -> None:
    """A ledger row with an impossible date is set aside: totals used + set aside = before."""
    rows = ledger_rows()
    small.type("ledger", [*rows, {**rows[0], "invoice_date": "2025-13-01", "amount": 99.5}])
    result = small.run()
    issue = only(result, found="2025-13-01", severity="error")
    assert issue["cell"] == small.cell("ledger", "invoice_date", 7)
    source = small.again().typed("ledger_sources").iloc[0]
    assert (source["rows"], source["rejected"]) == (8, 1)
    assert (source["total"], source["control_total"]) == (3750.65, 3850.15)
    assert source["difference"] == 99.5


@pytest.mark.parametrize(
    ("column", "value", "unassigned"), [("amount", "enligt avtal", 0), ("customer_no", None, 300.30)]
)
def test_other_ledger_rows_that_cannot_be_used(small: World, column: str, value: object, unassigned: float) -> None:
    """A text for an amount, and a row without customer: set aside with the cell, never dropped silently."""
    rows = ledger_rows()
    rows[5] = {**rows[5], column: value, "customer": None}
    small.type("ledger", rows)
    issue = next(i for i in found(small.run(), "error"))
    assert issue["cell"] == small.cell("ledger", column, 5)
    source = small.again().typed("ledger_sources").iloc[0]
    assert source["rejected"] == 1
    assert source["unassigned"] == unassigned
    assert source["control_total"] == pytest.approx(source["total"] + unassigned)


def test_a_duplicate_customer_number(small: World) -> None:
    """The second row with the number is told; the first one counts and gets the figures, once."""
    rows = tables("sv")["customers"]
    small.type("customers", [*rows, {"customer_no": "001", "customer": "Alfa igen"}])
    issue = only(small.run(), found="001", severity="error")
    assert issue["cell"] == small.cell("customers", "customer_no", 3)
    again = small.again().typed("customers")
    assert list(again["customer_no"]).count("001") == 2
    assert again["revenue"].sum() == pytest.approx(1850.55)
    assert again["customer"].iloc[3] == "Alfa igen"


def test_answers_that_sum_to_19_are_rescaled_and_told(small: World) -> None:
    """19 points of 20 count after rescaling, with a warning at the answer's row."""
    small.set("answers", 0, "quality", 9)
    issue = only(small.run(), table="Enkätsvar")
    assert (issue["severity"], issue["found"]) == ("warning", "19")
    assert issue["cell"] == small.cell("answers", "answer_id", 0)
    quality = small.again().typed("answer_quality").set_index("answer_id")
    assert quality.at["R1", "state"] == "rescaled"


def test_answers_far_off_are_set_aside_until_confirmed(plain: World) -> None:
    """12 points of 20 do not count; a yes in Confirmed lets them."""
    plain.set("answers", 0, "quality", 2)
    assert only(plain.run(), table="Enkätsvar")["severity"] == "error"
    plain.set("answers", 0, "confirmed", "yes")
    assert only(plain.run(), table="Enkätsvar")["severity"] == "warning"


def test_text_for_points_rejects_the_answer_under_its_criterions_name(small: World) -> None:
    """The issue names the criterion's column, and the answer is listed as rejected."""
    small.set("answers", 1, "service", "mycket")
    issue = only(small.run(), found="mycket")
    assert issue["cell"] == small.cell("answers", "service", 1)
    assert "Hög servicenivå" in issue["expected"]
    quality = small.again().typed("answer_quality").set_index("answer_id")["state"]
    assert list(quality) == ["ok", "rejected", "ok", "ok"]


def test_an_unknown_criterion_in_scores(small: World) -> None:
    """A score for a criterion that does not exist is an error at its cell; a name instead of the id is none."""
    small.set("scores", 0, "criterion_id", "kvallitet")
    small.set("scores", 1, "criterion_id", "Hög servicenivå")
    result = small.run()
    issue = only(result, severity="error", found="kvallitet")
    assert issue["cell"] == small.cell("scores", "criterion_id", 0)
    comparison = small.again().typed("comparison")
    assert list(comparison["ours"].dropna()) == [5, 6]


def test_an_unknown_activity_in_relations(small: World) -> None:
    """A relation to an activity that does not exist is an error; the activity without relations a warning."""
    small.set("relations", 2, "activity_id", "A33")
    result = small.run()
    assert only(result, severity="error", found="A33")["cell"] == small.cell("relations", "activity_id", 2)
    assert only(result, severity="warning", found="Jour")["cell"] == small.cell("activities", "activity_id", 2)


def test_an_activity_that_was_not_judged_keeps_no_old_proposal(plain: World) -> None:
    """Once its relations are gone the activity has no benefit and no decision left over."""
    plain.run()
    once = plain.again()
    once.type("relations", [r for r in tables("sv")["relations"] if r["activity_id"] != "A3"])
    once.run()
    row = once.again().typed("activities").set_index("activity_id").loc["A3"]
    assert row["decision"] == ""
    assert row["benefit"] != row["benefit"]


def test_a_missing_required_column_names_the_nearest_heading(plain: World) -> None:
    """The heading of the hours is misspelt: the issue tells the column and what stands there instead."""
    from xlsales.hosts.memory import MemoryHost

    frames = {n: plain.host.read(n) for n in plain.host.tables()}
    frames[plain.name("activities")] = frames[plain.name("activities")].rename(columns={"Timmar": "Tiimmar"})
    world = World(MemoryHost(frames), lambda h: h, "sv")
    result = world.run()
    issue = only(result, severity="error", found="Tiimmar")
    assert "Timmar" in issue["expected"]
    assert [s.status for s in result.steps][-2:] == ["no_input", "no_input"]
    assert list(world.raw("activities")["Tiimmar"]) == [100, 40, 60, 20]


def test_a_missing_required_column_without_a_likeness(plain: World) -> None:
    """A deleted column is told too, at the table's headings."""
    body = plain.host.read(plain.name("scores"))
    plain.reorder("scores", range(len(body)), drop=(plain.heading("scores", "score"),))
    issue = only(plain.run(), table="Alternativ", severity="error")
    assert plain.heading("scores", "score") in issue["expected"]


def test_a_setting_outside_its_range_is_a_bad_one(plain: World) -> None:
    """A share above 1, a part of a count and a count of none make no sense: each is told, with its default."""
    wrong = {"confidence": 1.5, "draws": 2.5, "window_months": 0, "abc_a": "120 %", "decisive_max": 0, "plan_days": 0}
    for key, value in wrong.items():
        plain.setting(key, value)
    errors = [e for e in found(plain.run(), "error") if e["table"] == "Inställningar"]
    assert len(errors) == len(wrong)


@pytest.mark.parametrize("value", ["många", -5, "9e999"])
def test_a_bad_setting_falls_back_to_the_default(small: World, value: object) -> None:
    """The default is used, and the issue at the cell names it."""
    small.setting("hours_available", value)
    result = small.run()
    issue = only(result, severity="error")
    row = list(small.host.read(small.name("settings")).iloc[:, 0]).index("hours_available")
    assert issue["cell"] == small.cell("settings", "value", row)
    assert "500" in issue["expected"]
    assert small.again().typed("capacity")["hours_available"].iloc[0] == 500


def test_an_unknown_setting_names_the_nearest(plain: World) -> None:
    """A misspelt setting is a warning with the name that was meant, and its default is told."""
    row = list(plain.host.read(plain.name("settings")).iloc[:, 0]).index("hours_available")
    plain.set("settings", row, "key", "hour_available")
    result = plain.run()
    assert "hours_available" in only(result, severity="warning", found="hour_available")["remedy"]
    assert only(result, severity="note", found="hours_available")


def test_a_missing_setting_row_falls_back_and_is_listed(plain: World) -> None:
    """A deleted row is a note; the default is used."""
    body = plain.host.read(plain.name("settings"))
    keys = list(body.iloc[:, 0])
    plain.reorder("settings", [i for i, key in enumerate(keys) if key != "hours_available"])
    assert only(plain.run(), severity="note", found="hours_available")
    assert plain.again().typed("capacity")["hours_available"].iloc[0] == 500


@pytest.mark.parametrize(
    "values",
    [
        {"confidence": 1, "draws": 1, "window_months": 1, "top_1": 1, "abc_a": 0.99, "hours_available": 0},
        {"confidence": 0, "strong_relation": 0, "level_held": 0, "decisive_share": 0, "score_max": 0, "abc_a": 0},
    ],
    ids=["greatest", "least"],
)
def test_a_setting_at_its_edge_ends_no_run(plain: World, values: dict[str, float]) -> None:
    """A value at the edge of what is allowed is borne; it is never a traceback."""
    for key, value in values.items():
        plain.setting(key, value)
    assert len(plain.run().steps) == len(STEPS)


def test_a_setting_may_be_written_as_text_in_swedish(plain: World) -> None:
    """ "80 %" and "1 000,5" are read as a person means them."""
    plain.setting("abc_a", "50 %")
    plain.setting("hours_available", "1 000,5")
    assert found(plain.run(), "error") == []
    assert plain.again().typed("capacity")["hours_available"].iloc[0] == 1000.5


def test_of_each_kind_only_so_many_issues_are_listed(plain: World) -> None:
    """issues_per_kind rows and one that counts the rest; the ledger's own counts are not touched."""
    rows = ledger_rows()
    plain.type("ledger", rows + [{**rows[0], "invoice_date": f"dag {n}"} for n in range(9)])
    plain.setting("issues_per_kind", 3)
    result = plain.run()
    errors = found(result, "error")
    assert [e["found"] for e in errors] == ["dag 0", "dag 1", "dag 2", ""]
    assert errors[3]["expected"].startswith("6 ")
    assert plain.again().typed("ledger_sources")["rejected"].iloc[0] == 9


def test_a_choice_that_does_not_exist_offers_the_nearest(plain: World) -> None:
    """A misspelt choice in a required column is an error with the right word; the row is left out."""
    plain.set("activities", 0, "existing", "befintlg")
    result = plain.run()
    issue = only(result, severity="error", found="befintlg")
    assert "befintlig" in issue["remedy"]
    assert len(plain.again().typed("activity_matrix")) == 3


def test_an_unknown_customer_in_answers_is_counted_all_the_same(small: World) -> None:
    """A customer number that nobody knows is a warning; the answer counts."""
    small.set("answers", 3, "customer_no", "777")
    result = small.run()
    assert only(result, severity="warning", found="777")["cell"] == small.cell("answers", "customer_no", 3)
    assert small.again().typed("weights")["customers"].iloc[0] == 3


def test_no_alternative_of_ours(plain: World) -> None:
    """Without an "us" nothing can be compared; an error says so, and the other steps go on."""
    plain.set("alternatives", 0, "kind", "competitor")
    result = plain.run()
    assert only(result, severity="error", table="Alternativ")
    status = {s.step: s.status for s in result.steps}
    assert (status["compare"], status["plan"]) == ("no_input", "done")


def test_issues_are_counted_per_step_on_start(plain: World) -> None:
    """Start counts the rows of To do by step, the rest under the check."""
    plain.set("answers", 0, "quality", 9)
    plain.set("activities", 1, "hours", "x")
    plain.run()
    steps = plain.again().typed("steps").set_index("step")["issues"]
    assert steps["expectations"] == 1
    assert steps.sum() == len(plain.again().typed("issues"))


def test_a_mended_table_leaves_no_issue_behind(plain: World) -> None:
    """The To do sheet holds this run's issues only."""
    plain.set("answers", 0, "quality", 9)
    plain.run()
    once = plain.again()
    once.set("answers", 0, "quality", 10)
    once.run()
    assert not (once.again().typed("issues")["table"] == "Enkätsvar").any()


def test_a_deleted_table_is_told_and_the_rest_runs(plain: World) -> None:
    """A workbook from which a sheet was deleted runs without it."""
    from xlsales.hosts.memory import MemoryHost

    gone = {plain.name(k) for k in ("scores", "alternatives", "level_methods")}
    frames = {n: plain.host.read(n) for n in plain.host.tables() if n not in gone}
    result = World(MemoryHost(frames), lambda h: h, "sv").run()
    assert len([w for w in found(result, "warning") if "tabell" in w["expected"].lower()]) == 3
    status = {s.step: s.status for s in result.steps}
    assert (status["compare"], status["plan"]) == ("no_input", "done")


ODD_PAIRS = [
    {"activity_id": one, "other_activity_id": other, "effect": effect}
    for one, other, effect in (
        ("A1", "A1", "+"), ("A1", "A3", "++"), ("A3", "A1", "-"), ("A1", "A5", "--"), ("A4", "A2", "+"),
    )
]  # fmt: skip


def at(world: World, result: RunResult, key: str, column: str, row: int, severity: str = "") -> Mapping[str, Any]:
    """The one issue at a cell; row -1 is the heading."""
    cell = world.cell(key, column, row)
    hits = [i for i in found(result, severity) if i["cell"] == cell]
    assert len(hits) == 1, (cell, found(result))
    return hits[0]


def test_odd_pairs_and_an_all_too_kind_matrix(plain: World) -> None:
    """With itself, two ways at once, against each other, unknown; full on everything, and mostly filled."""
    plain.type("activities", [*tables("sv")["activities"], {
        "activity_id": "A5", "activity": "Allt", "existing": "new", "hours": 10
    }])  # fmt: skip
    rows = [r for r in tables("sv")["relations"] if r["activity_id"] != "A2"]
    plain.type("relations", [*rows, {"activity_id": "A5", **dict.fromkeys(("quality", "service", "price"), 9)}])
    plain.type("interactions", ODD_PAIRS)
    result = plain.run()
    assert "olika" in at(plain, result, "interactions", "other_activity_id", 0)["expected"]
    effects = [i for i in found(result) if i["cell"] == plain.cell("interactions", "effect", 2)]
    assert {i["severity"] for i in effects} == {"warning"}
    assert any("”Besök” och ”Jour” har" in i["expected"] for i in effects)
    assert any("”Besök” och ”Jour”: −." in i["expected"] for i in effects)
    assert "”Besök” och ”Allt”: −−." in at(plain, result, "interactions", "effect", 3, "error")["expected"]
    assert at(plain, result, "interactions", "activity_id", 4)["found"] == "A2"
    assert "3 av 3" in at(plain, result, "relations", "activity_id", 3)["expected"]
    assert "58" in at(plain, result, "relations", "activity_id", -1)["expected"]
    audit = plain.typed("matrix_audit").set_index("check")
    assert list(audit.index[~audit["ok"].astype(bool)]) == ["empty_column", "halo", "crowded", "contradiction"]
    assert audit.at["contradiction", "count"] == 2


def test_expectations_that_nothing_serves_or_none_fully_or_all_alike(plain: World) -> None:
    """Service decides and has at most a 3: an error. Price has 1 everywhere: a warning and a note. Then nothing."""
    for row, price in enumerate((1, 1, 1, 1)):
        plain.set("relations", row, "price", price)
    plain.set("relations", 2, "service", 3)
    result = plain.run()
    strong = [i for i in found(result) if i["found"] == "Hög servicenivå"]
    assert all(i["severity"] == "error" for i in strong)
    price = [i for i in found(result) if i["cell"] == plain.cell("criteria", "criterion_id", 2)]
    assert {i["severity"] for i in price} == {"warning", "note"}
    assert any("Alla aktiviteter har 1" in i["expected"] for i in price)
    for row in range(4):
        plain.set("relations", row, "price", 0)
    assert "Nu möter ingen den" in at(plain, plain.run(), "criteria", "criterion_id", 2, "warning")["expected"]


def test_a_quarter_without_hours(plain: World) -> None:
    """Jour must be done in the fourth quarter, in which nobody has hours: an error, and it is not in the plan."""
    plain.type("resources", [{"quarter": "2026Q2", "hours": 300}])
    plain.set("activities", 2, "quarter", "2026Q4")
    issue = at(plain, plain.run(), "activities", "quarter", 2, "error")
    assert issue["found"] == "2026Q4"
    assert "2026Q4" in issue["remedy"]
    assert not plain.typed("activities")["in_plan"].iloc[2]


def test_a_group_that_is_not_there(plain: World) -> None:
    """Group A is none of the groups: a warning names them, and two others are compared."""
    for row, role in enumerate(("Köpare", "Köpare", "Användare", "Användare")):
        plain.set("answers", row, "role", role)
    plain.setting("segment_min", 2)
    plain.setting("group_a", "Roll: Ingen")
    plain.setting("group_b", "Roll: Köpare")
    issue = only(plain.run(), severity="warning", found="Roll: Ingen")
    assert "Roll: Användare" in issue["expected"]
    assert plain.typed("compared_groups")["group_a"].iloc[0] == "Roll: Användare"


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"kind": "weight", "subject": "quality", "value": 1.5}, "value"),
        ({"kind": "without", "subject": "A9"}, "subject"),
        ({"kind": "relation", "subject": "A1", "detail": "kvallitet", "value": 9}, "detail"),
        ({"kind": "hours", "subject": "Ingen", "value": 9}, "subject"),
        ({"kind": "hours", "subject": "Eva", "detail": "2030Q1", "value": 9}, "detail"),
    ],
    ids=["value", "activity", "criterion", "who", "quarter"],
)
def test_a_change_that_cannot_be_made(plain: World, change: Mapping[str, Any], column: str) -> None:
    """It is told at its cell and left out; the change after it is made, the plan stands."""
    plain.type("resources", [{"who": "Eva", "quarter": "2026Q2", "hours": 100}])
    plain.type("scenario", [change, {"kind": "must", "subject": "A2"}])
    result = plain.run()
    assert at(plain, result, "scenario", column, 0, "error")["remedy"]
    assert dict(plain.typed("scenario_activities")[["activity_id", "change"]].to_numpy())["A2"] == "enters"
    assert not plain.typed("activities")["in_plan"].iloc[1]


def test_demands_that_cannot_all_hold(plain: World) -> None:
    """Protected and forbidden at once: an error names both, and the law wins."""
    plain.set("activities", 3, "constraint", "must_not")
    issue = at(plain, plain.run(), "activities", "constraint", -1, "error")
    assert "Lagkrav ska vara med" in issue["expected"]
    assert "Lagkrav ska inte vara med" in issue["expected"]
    assert plain.typed("activities")["in_plan"].iloc[3]


def test_a_choice_that_was_not_proven_in_time_is_a_note(plain: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The note tells how much better another choice could be."""
    import dataclasses

    from xlsales.choosing.plan_inputs import Chosen, PlanInputs
    from xlsales.method import inside_out

    def late(inputs: PlanInputs) -> Chosen:
        made = in_time(inputs)
        return dataclasses.replace(made, choice=dataclasses.replace(made.choice, proven=False, gap=0.02))

    in_time = inside_out.chosen
    monkeypatch.setattr(inside_out, "chosen", late)
    issue = at(plain, plain.run(), "capacity", "gap", 0, "note")
    assert "2,0\u00a0%" in issue["expected"]
    assert plain.typed("capacity")["gap"].iloc[0] == 0.02


def test_a_proposed_row_that_was_deleted_is_not_proposed_again(plain: World) -> None:
    """A note says what it was and how to have it back."""
    plain.run()
    rows = list(plain.typed("plan")["plan_id"])
    plain.reorder("plan", [i for i, p in enumerate(rows) if p != "P-A3"])
    issue = only(plain.run(), severity="note", found="P-A3")
    assert "Jour" in issue["expected"]
    assert "P-A3" not in set(plain.typed("plan")["plan_id"])


NASTY: list[Any] = [
    "", " ", "=1+1", "\u00a0", "\u200b", "💥", "x" * 300, -1, 0, 1e12, True, dt.date(1900, 1, 1),
    dt.datetime(9999, 12, 31), "#N/A", "NaN", "inf", "2026-02-30", "<b>", "None",
]  # fmt: skip


@pytest.mark.parametrize("value", NASTY, ids=repr)
def test_no_cell_ends_a_run_with_a_traceback(value: Any, plain: World) -> None:
    """One odd value in the first row of every column of all users' tables: the run ends with issues."""
    from xlsales.tables.schema import load_schema

    for key in ("ledger", *tables("sv")):
        for column in load_schema().table(key).columns:
            if column.owner == "user" and not column.each:
                plain.set(key, 0, column.key, value)
        if key in ("answers", "relations"):
            plain.set(key, 0, "quality", value)
    assert len(plain.run().steps) == len(STEPS)


def test_a_file_given_as_ledger_has_its_place_in_the_issue(plain: World, tmp_path: Path) -> None:
    """A bad row in a file is told by file and line."""
    path = tmp_path / "r.csv"
    path.write_text("Fakturadatum;Kundnr;Belopp exkl moms\n2026-02-02;001;1,00\n2026-02-31;001;2,00\n", "utf-8")
    issue = only(plain.run(ledger=[str(path)]), severity="error")
    assert issue["cell"].endswith("r.csv:3")

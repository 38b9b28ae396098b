"""The run finds every fact that was planted in the demo company, and says so."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from tests.conftest import DemoRun
from xlsales.build.demo import Demo


def keys(table: pd.DataFrame, key: str, **wanted: Any) -> list[str]:
    """The keys of the rows in which every given column has the given value."""
    rows = table
    for column, value in wanted.items():
        rows = rows[rows[column] == value]
    return sorted(rows[key])


def test_the_demo_ends_well(demo_sv: DemoRun, demo_en: DemoRun) -> None:
    """Both languages end with code 0 and say where the workbook is."""
    for run in (demo_sv, demo_en):
        assert run.code == 0
        assert run.workbook.is_file()
        assert run.printed.rstrip().endswith(str(run.workbook))


def test_every_step_is_done(demo_sv: DemoRun) -> None:
    """No step lacks input in the demo."""
    steps = demo_sv.table("steps")
    assert set(steps["status"]) == {"done"}
    assert len(steps) == 9


def test_lost_customers_are_the_planted_ones(demo_sv: DemoRun, company: Demo) -> None:
    """Three large and twelve small customers are lost, and no other."""
    lost = keys(demo_sv.table("customers"), "customer_no", status="lost")
    assert lost == sorted(company.planted["lost_customers"] + company.planted["lost_small"])


def test_the_three_large_lost_customers_are_named_in_the_findings(demo_sv: DemoRun, company: Demo) -> None:
    """The printed report names the lost customers that meant most."""
    names = demo_sv.table("customers").set_index("customer_no")["customer"]
    line = next(line for line in demo_sv.printed.splitlines() if "Förlorade" in line)
    for number in company.planted["lost_customers"]:
        assert names[number] in line


@pytest.mark.parametrize(
    ("status", "planted"),
    [("reactivated", "reactivated_customers"), ("new", "new_customers"), ("former", "former_customers")],
)
def test_customers_of_a_status_are_the_planted_ones(
    status: str, planted: str, demo_sv: DemoRun, company: Demo
) -> None:
    """Reactivated, new and former customers are found, and no other."""
    assert keys(demo_sv.table("customers"), "customer_no", status=status) == company.planted[planted]


def test_reactivated_customers_are_named_in_the_findings(demo_sv: DemoRun, company: Demo) -> None:
    """The printed report names the customers that are back."""
    names = demo_sv.table("customers").set_index("customer_no")["customer"]
    for number in company.planted["reactivated_customers"]:
        assert names[number] in demo_sv.printed


def test_every_customer_has_one_status(demo_sv: DemoRun) -> None:
    """All 400 customers are classed, each once."""
    customers = demo_sv.table("customers")
    assert len(customers) == customers["customer_no"].nunique() == 400
    assert customers["status"].notna().all()


def test_the_planted_criteria_decide(demo_sv: DemoRun, company: Demo) -> None:
    """Service, quality and ease of doing business decide, with more than 60 per cent of the weight."""
    weights = demo_sv.table("weights")
    weights = weights[weights["group"] == "all"]
    decisive = weights[weights["decisive"] == True]  # noqa: E712
    assert list(decisive["criterion_id"]) == company.planted["decisive_criteria"]
    assert decisive["weight"].sum() > 0.60
    for name in ("Hög servicenivå", "Bra kvalitet", "Enkelt att göra affär"):
        assert name in next(line for line in demo_sv.printed.splitlines() if "avgör:" in line)


def test_the_activity_that_serves_nothing_ends(demo_sv: DemoRun, company: Demo) -> None:
    """The empty activity is the only one to end, stays outside the plan, and is named in the findings."""
    activities = demo_sv.table("activities").set_index("activity_id")
    empty = company.planted["empty_activity"]
    assert list(activities.index[activities["decision"] == "end"]) == [empty]
    assert not activities.at[empty, "in_plan"]
    assert f"Avsluta: {activities.at[empty, 'activity']}." in demo_sv.printed


def test_the_protected_activity_is_kept_and_in_the_plan(demo_sv: DemoRun, company: Demo) -> None:
    """What the law demands is kept though it serves nothing, and takes its hours."""
    row = demo_sv.table("activities").set_index("activity_id").loc[company.planted["protected_empty_activity"]]
    assert (row["decision"], row["in_plan"], row["benefit"]) == ("keep", True, 0)


def test_the_unserved_decisive_expectation_is_an_error(demo_sv: DemoRun, company: Demo) -> None:
    """One decisive expectation is uncovered, an issue says so, and the findings name it as a gap."""
    coverage = demo_sv.table("expectation_coverage")
    assert keys(coverage, "criterion_id", uncovered=True) == [company.planted["unserved_criterion"]]
    issues = demo_sv.table("issues")
    gap = issues[issues["step"] == "activities"]
    assert list(gap["severity"]) == ["error"]
    assert list(gap["found"]) == ["Enkelt att göra affär"]
    assert "Luckor: Enkelt att göra affär." in demo_sv.printed


def test_the_halo_activity_serves_all_but_one(demo_sv: DemoRun, company: Demo) -> None:
    """The activity that is said to serve everything has the greatest benefit of all."""
    activities = demo_sv.table("activities").set_index("activity_id")
    assert activities["benefit"].astype(float).idxmax() == company.planted["halo_activity"]


def test_the_flat_respondent_is_flagged(demo_sv: DemoRun, company: Demo) -> None:
    """Exactly one answer tells nothing apart, and is flagged."""
    assert keys(demo_sv.table("answer_quality"), "answer_id", flat=True) == [company.planted["flat_answer"]]


@pytest.mark.parametrize("state", ["rescaled", "set_aside", "rejected", "superseded"])
def test_answers_of_a_state_are_the_planted_ones(state: str, demo_sv: DemoRun, company: Demo) -> None:
    """Odd answers are caught, each for its own reason; the text for points too."""
    expected = company.planted[f"{state}_answers"]
    assert keys(demo_sv.table("answer_quality"), "answer_id", state=state) == expected


def test_every_answer_has_a_state(demo_sv: DemoRun) -> None:
    """No answer is dropped silently: the 60 answers and the 8 guesses are all listed, in their order."""
    assert list(demo_sv.table("answer_quality")["answer_id"]) == list(demo_sv.table("answers")["answer_id"])


def test_odd_answers_are_issues_at_their_cell(demo_sv: DemoRun, company: Demo) -> None:
    """Every answer that is not counted as it stands is listed with a link to its row."""
    answers = demo_sv.table("answers")
    odd = [i for s in ("rescaled", "set_aside", "rejected") for i in company.planted[f"{s}_answers"]]
    top = demo_sv.book.host.tables()[demo_sv.book.names["answers"]].row
    rows = {top + 1 + list(answers["answer_id"]).index(i) for i in odd}
    cells = demo_sv.table("issues").query("table == 'Enkätsvar'")["cell"]
    assert {int("".join(filter(str.isdigit, cell.split("!")[1]))) for cell in cells} == rows


def test_the_shrinking_seller_and_region_fall_most(demo_sv: DemoRun, company: Demo) -> None:
    """Among all sellers and regions the planted ones fall most, by about a quarter, and the findings say so."""
    cuts = demo_sv.table("cuts")
    for dimension in ("seller", "region"):
        rows = cuts[cuts["dimension"] == dimension]
        row = rows.loc[rows["change"].astype(float).idxmin()]
        assert row["value"] == company.planted[f"shrinking_{dimension}"]
        assert row["change"] / row["revenue_prev"] == pytest.approx(-0.25, abs=0.02)
        assert f"- {row['value']} ({'säljare' if dimension == 'seller' else 'region'})" in demo_sv.printed


def test_rejected_ledger_rows_are_the_planted_number(demo_sv: DemoRun, company: Demo) -> None:
    """Six rows cannot be used; each is an issue, and the findings count them."""
    source = demo_sv.table("ledger_sources").iloc[0]
    assert (source["rows"], source["rejected"]) == (company.planted["ledger_rows"], company.planted["rejected_rows"])
    issues = demo_sv.table("issues")
    assert (issues["step"] == "ledger").sum() == company.planted["rejected_rows"]
    assert "6 reskontrarader och 5 svar är åt sidan" in demo_sv.printed


def test_the_ledger_reconciles_to_the_ore(demo_sv: DemoRun, company: Demo) -> None:
    """Control total = total + set aside; the total is the planted one to the öre."""
    source = demo_sv.table("ledger_sources").iloc[0]
    assert round(source["total"], 2) == round(company.planted["clean_total"], 2)
    aside = round(source["unassigned"] + source["difference"], 2)
    assert aside == round(company.planted["rejected_amount"], 2)
    assert round(source["control_total"], 2) == round(source["total"] + aside, 2)


def test_revenue_of_the_two_windows_is_the_planted_one(demo_sv: DemoRun, company: Demo) -> None:
    """The bridge opens and closes on the planted yearly revenue, and its parts foot to the öre."""
    bridge = demo_sv.table("bridge").set_index("component")["amount"]
    _, before, now = company.planted["revenue_by_year"]
    assert (round(bridge["opening"], 2), round(bridge["closing"], 2)) == (before, now)
    assert round(bridge.drop("closing").sum(), 2) == now


def test_customers_and_cuts_sum_to_the_revenue(demo_sv: DemoRun) -> None:
    """Customers, months and every cut add up to the same revenue to the öre."""
    revenue = round(demo_sv.table("bridge").set_index("component").at["closing", "amount"], 2)
    assert round(demo_sv.table("customers")["revenue"].sum(), 2) == revenue
    assert round(demo_sv.table("trend")["revenue"].sum(), 2) == revenue
    for dimension, rows in demo_sv.table("cuts").groupby("dimension"):
        assert round(rows["revenue"].sum(), 2) == revenue, dimension


def test_levels_tell_the_planted_facts(demo_sv: DemoRun, company: Demo) -> None:
    """Stale ratings, our too high view, the contradiction and the ambitious targets are found."""
    levels = demo_sv.table("levels").set_index("customer_no")
    assert sorted(levels.index[levels["stale"] == True]) == company.planted["stale_ratings"]  # noqa: E712
    gap = company.planted["view_gap_customer"]
    assert (levels.at[gap, "own"], levels.at[gap, "customer_view"], levels.at[gap, "level"]) == (4, 2, 2)
    contradicting = levels.index[levels["warning"].fillna("").str.contains("motsägelse")]
    assert list(contradicting) == [company.planted["contradictory_customer"]]
    assert (levels.loc[company.planted["ambitious_targets"], "target"] >= 4).all()


def test_we_are_weak_on_what_decides(demo_sv: DemoRun) -> None:
    """On service and ease a rival is better and they are causes of deselection; on quality we lead."""
    comparison = demo_sv.table("comparison").set_index("criterion_id")
    assert list(comparison.loc[["service", "easy", "quality"], "class"]) == ["weakness", "weakness", "strength"]
    assert sorted(comparison.index[comparison["deselection_cause"] == True]) == ["easy", "service"]  # noqa: E712


def test_the_plan_is_the_exact_choice_within_the_hours(demo_sv: DemoRun) -> None:
    """The hours suffice, the benefit beats the greedy list, and in the plan stands what was chosen."""
    capacity = demo_sv.table("capacity").iloc[0]
    activities = demo_sv.table("activities")
    chosen = activities[activities["in_plan"] == True]  # noqa: E712
    assert capacity["hours_planned"] == chosen["hours"].sum() <= capacity["hours_available"] == 1020
    assert capacity["benefit"] > capacity["benefit_greedy"]
    assert f"{len(chosen)} aktiviteter ryms" in demo_sv.printed
    planned = demo_sv.table("plan").query("hours > 0")
    assert sorted(planned["activity_id"]) == sorted(chosen["activity_id"])


def test_names_that_a_spreadsheet_spoils_come_through(demo_sv: DemoRun) -> None:
    """Names that begin with + or = and numbers with leading zeros stand in the workbook as they were."""
    names = demo_sv.table("customers").set_index("customer_no")["customer"]
    assert names["00123"] == "+Partner Bygg AB"
    assert "=Form Plåt & Svets AB" in set(names)


def test_inside_out_finds_what_was_planted(demo_sv: DemoRun, company: Demo) -> None:
    """The halo, the empty activity, the pairs, the golf day a person ended, the budget and the hours of five pools."""
    audit = demo_sv.table("matrix_audit").set_index("check")["sentence"]
    names = demo_sv.table("activities").set_index("activity_id")["activity"]
    assert audit["halo"] == names[company.planted["halo_activity"]]
    assert names[company.planted["empty_activity"]] in audit["empty_column"]
    freed = demo_sv.table("freed_hours")
    assert set(freed.loc[freed["freed"] == "ended", "activity_id"]) == {company.planted["empty_activity"], "A11"}
    units, capacity = demo_sv.table("capacity_units"), demo_sv.table("capacity").iloc[0]
    assert len(units) == 5
    assert (units["planned"] <= units["hours"]).all()
    assert capacity["cost_planned"] <= capacity["budget"]
    pairs = demo_sv.table("interactions")
    rows = demo_sv.table("activities").query("in_plan == True")
    bonus = pairs.loc[pairs["both_chosen"] == True, "bonus"].fillna(0).sum()  # noqa: E712
    assert capacity["benefit"] == pytest.approx(rows["benefit"].sum() + bonus)
    change = demo_sv.table("scenario_activities").set_index("activity_id")["change"]
    assert change["A13"] == "enters"

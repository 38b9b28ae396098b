"""The hand examples in ``samples/check-values`` come out of the steps to the last digit they give."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.steps.rows import revenue_of
from xlsales.steps.activities import Activities, activities
from xlsales.steps.compare import compare
from xlsales.steps.concentration import gini
from xlsales.steps.expectations import Expectations, expectations
from xlsales.steps.plan import Plan, PlanRules, plan
from xlsales.steps.revenue import Revenue, RevenueRules
from xlsales.steps.segment import Segment, segment

FOLDER = Path(__file__).resolve().parents[2] / "samples" / "check-values"
CRITERIA = ["quality", "service", "price", "ease"]


def read(name: str) -> pd.DataFrame:
    return pd.read_csv(FOLDER / f"{name}.csv", keep_default_na=False)


def same(found: pd.DataFrame, name: str, digits: int = 9) -> None:
    """Every column of the expected file is in ``found``, equal to the digits given."""
    wanted = read(name)
    found = found[list(wanted.columns)].reset_index(drop=True)
    pd.testing.assert_frame_equal(found, wanted, check_dtype=False, rtol=0, atol=0.5 * 10**-digits)


@pytest.fixture(scope="module")
def b1() -> Revenue:
    ledger = read("B1-ledger")
    ledger["invoice_date"] = pd.to_datetime(ledger["invoice_date"])
    return revenue_of(ledger, date(2025, 12, 31), RevenueRules(growth_min_change=0))


@pytest.fixture(scope="module")
def c1() -> Segment:
    return segment(read("C1-customers")[["customer_no", "revenue"]])


@pytest.fixture(scope="module")
def p1() -> Expectations:
    return expectations(read("P1-answers"), CRITERIA)


@pytest.fixture(scope="module")
def d1_needs(p1: Expectations) -> pd.DataFrame:
    wide = read("D1-scores")
    scores = wide.melt(["alternative_id", "name", "kind"], var_name="criterion_id", value_name="score")
    return compare(p1.weights, wide[["alternative_id", "name", "kind"]], scores)


@pytest.fixture(scope="module")
def d1(d1_needs: pd.DataFrame) -> Activities:
    register = read("D1-activities")
    return activities(register[["activity_id", "activity", "existing", "hours"]], register, d1_needs)


@pytest.fixture(scope="module")
def d1_plan(d1: Activities) -> Plan:
    return plan(d1.activities, PlanRules(hours_available=75))


def test_b1_every_customer_has_the_status_of_its_flow(b1: Revenue) -> None:
    """B1: one customer grows, one is stable, one shrinks, one is lost, one new, one back."""
    same(b1.customers, "B1-customers")


def test_b1_the_bridge_foots(b1: Revenue) -> None:
    """B1: 280 + 35 + 20 + 30 − 15 − 40 = 310, component by component."""
    same(b1.bridge, "B1-bridge")


def test_b1_retention(b1: Revenue) -> None:
    """B1: GRR is 80.357 %, NRR 91.071 % and three of four customers are kept."""
    same(b1.key_figures, "B1-key_figures", digits=5)


def test_b1_with_the_usual_least_change_all_that_stay_are_stable() -> None:
    """B1: changes of 30 and 15 kronor are too small for a label, and the money is bridged all the same."""
    ledger = read("B1-ledger")
    ledger["invoice_date"] = pd.to_datetime(ledger["invoice_date"])
    found = revenue_of(ledger, date(2025, 12, 31))
    assert list(found.customers["status"]) == ["stable", "stable", "stable", "lost", "new", "reactivated"]
    same(found.bridge, "B1-bridge")


def test_c1_classes_by_value(c1: Segment) -> None:
    """C1: the customer that crosses 80 % is an A, so four A, three B and three C."""
    same(c1.customers, "C1-customers")


def test_c1_groups_by_number_and_the_tail(c1: Segment) -> None:
    """C1: the largest 10 % hold 40 % of revenue, the largest 20 % hold 65 %, the tail 3.5 %."""
    found = c1.concentration.set_index("group").loc[list(read("C1-groups")["group"])].reset_index()
    same(found, "C1-groups")


def test_c1_gini(c1: Segment) -> None:
    """C1: the Gini coefficient is 0.5894."""
    assert gini(c1.customers["revenue"]) == pytest.approx(0.5894, abs=1e-12)
    figures = c1.key_figures.set_index("measure")["value"]
    assert figures["a_customer_share"] == pytest.approx(0.4)


def test_p1_weights_and_spread(p1: Expectations) -> None:
    """P1: weights .50 .30 .16 .04, deviations .15811 and .05477, errors .07071 and .02449."""
    found = p1.weights.assign(
        mean_points=p1.weights["weight"] * 20, se=p1.weights["sd"] / np.sqrt(p1.weights["customers"])
    )
    same(found, "P1-weights", digits=5)


def test_p1_two_criteria_are_compared_pair_by_pair(p1: Expectations) -> None:
    """P1: the paired error of quality against service is .14142; independent errors would give .10000."""
    sd = p1.weights.set_index("criterion_id")["sd"]
    first = p1.pairs[(p1.pairs["criterion_a"] == "quality") & (p1.pairs["criterion_b"] == "service")]
    apart = np.sqrt((sd["quality"] ** 2 + sd["service"] ** 2) / 5)
    same(first.assign(se_if_independent=apart), "P1-pairs", digits=5)


def test_p1_effective_number_of_every_answer(p1: Expectations) -> None:
    """P1: the answers are in practice split on 2.632, 2.941, 2.273, 2.632 and 1.923 expectations."""
    same(read("P1-answers").assign(effective_number=p1.quality["effective_number"]), "P1-answers", digits=3)


def test_p1_quality_and_service_decide(p1: Expectations) -> None:
    """P1: the fewest that reach 60 % are quality and service; the rest is on the shortlist."""
    assert list(p1.weights["decisive"]) == [True, True, False, False]
    assert p1.weights["shortlist"].all()
    assert not p1.issues


def test_q1_benefit_of_the_coffee_makers_parts() -> None:
    """Q1: fan 45, heater 39 and insulation 51, which are 33.33, 28.89 and 37.78 %."""
    relations = read("Q1-relations")
    register = relations[["activity_id"]].assign(existing="new", hours=1.0)
    found = activities(register, relations, read("Q1-needs"))
    same(found.activities, "Q1-benefits", digits=4)


def test_d1_needs_come_from_weights_and_scores(d1_needs: pd.DataFrame) -> None:
    """D1: service is decisive and behind, so its need rises from .30 to .40; the others keep theirs."""
    same(d1_needs.assign(need=d1_needs["weight"] * d1_needs["gap_factor"]), "D1-needs")


def test_d1_benefits_and_decisions(d1: Activities, d1_plan: Plan) -> None:
    """D1: benefits 4.50, 4.10, 0, 3.72 and 1.48 lead to keep, develop, end, start and keep."""
    assert d1.activities["median"].iloc[0] == pytest.approx(3.72)
    same(d1_plan.activities, "D1-decisions")


def test_d1_the_exact_choice_beats_the_greedy_list(d1_plan: Plan) -> None:
    """D1: 75 hours give 10.08 in 70 hours, against 9.70 by benefit per hour; ten hours more give 12.32."""
    same(d1_plan.capacity, "D1-capacity", digits=6)
    assert not d1_plan.issues


def test_d1_every_decisive_expectation_is_covered(d1: Activities) -> None:
    """D1: quality and service each have an activity with a nine, price too; only ease has none."""
    found = d1.coverage.set_index("criterion_id")
    assert list(found.index) == CRITERIA
    assert not found["uncovered"].any()
    assert dict(found["strongest_id"]) == {"quality": "A1", "service": "A2", "price": "A5", "ease": "A4"}
    assert dict(found["strength"]) == {"quality": 9, "service": 9, "price": 9, "ease": 3}

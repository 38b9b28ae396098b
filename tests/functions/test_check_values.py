"""The hand examples come out of the functions as out of the steps, from the same files of check values."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tests.functions.cells import called, raw
from xlsales.tables.schema import load_schema

FOLDER = Path(__file__).resolve().parents[2] / "samples" / "check-values"
CRITERIA = ["quality", "service", "price", "ease"]


def read(name: str) -> pd.DataFrame:
    return pd.read_csv(FOLDER / f"{name}.csv", keep_default_na=False)


def cells(table: pd.DataFrame, columns: Sequence[str]) -> Any:
    return raw(table[list(columns)].to_numpy(object).tolist())


def numbers(answer: Any) -> list[float]:
    """A column of the answer; a text instead of cells fails here."""
    assert isinstance(answer, list), answer
    return [cell for (cell,) in answer]


def words(choice: str, codes: Any) -> list[list[str]]:
    return [[load_schema().label(choice, code, "sv")] for code in codes]


def test_b1_status_and_bridge() -> None:
    """Statuses of six customers, and a bridge from 280 to 310 that foots."""
    known = read("B1-customers")
    now, before = cells(known, ["revenue"]), cells(known, ["revenue_prev"])
    earlier = tuple((9.0 if customer == "F" else 0.0,) for customer in known["customer_no"])
    given = {"revenue": now, "previous": before, "earlier": earlier}
    assert called("XLS_STATUS", **given, growth_min_change=0.0) == words("status", known["status"])
    bridge = called("XLS_BRIDGE", **given)
    wanted = read("B1-bridge")
    assert [[label] for label, _, _ in bridge] == words("component", wanted["component"])
    assert [amount for _, amount, _ in bridge] == wanted["amount"].tolist()
    assert [count for _, _, count in bridge] == wanted["customers"].tolist()
    assert sum(amount for _, amount, _ in bridge[:-1]) == bridge[-1][1]


def test_the_bridge_foots_in_ore() -> None:
    """Amounts that no binary fraction holds add up exactly, also with a credit in both periods."""
    now, before = ((0.1,), (0.2,), (-0.3,), (1e9 + 0.07,)), ((0.3,), (0.1,), (-0.1,), (0.01,))
    bridge = called("XLS_BRIDGE", revenue=now, previous=before)
    parts = [round(amount * 100) for _, amount, _ in bridge]
    assert sum(parts[:-1]) == parts[-1] == 100_000_000_007


@pytest.mark.parametrize("order", [slice(None), slice(None, None, -1)], ids=["largest first", "smallest first"])
def test_c1_classes_and_shares_whatever_the_order(order: slice) -> None:
    """Ten customers: four A, three B, three C, each beside its own row."""
    known = read("C1-customers").iloc[order]
    given = {"revenue": cells(known, ["revenue"]), "customers": cells(known, ["customer_no"])}
    assert called("XLS_ABC", **given) == [[letter] for letter in known["abc"]]
    assert numbers(called("XLS_CUMSHARE", **given)) == pytest.approx(known["cum_share"].tolist(), abs=1e-9)


def test_equal_revenues_are_ordered_by_customer_number() -> None:
    """As in the step, so that a sheet of one's own and the workbook never differ."""
    known = {"revenue": ((50.0,), (50.0,)), "a_limit": 0.5}
    assert called("XLS_ABC", **known) == [["A"], ["B"]]
    assert called("XLS_ABC", **known, customers=(("K2",), ("K1",))) == [["B"], ["A"]]


def test_p1_weights_and_effective_numbers() -> None:
    """Five answers of 20 points; the same as shares of 100 points."""
    answers, wanted = read("P1-answers"), read("P1-weights")
    points = cells(answers, CRITERIA)
    assert called("XLS_WEIGHTS", points=points) == [pytest.approx(wanted["weight"].tolist(), abs=1e-9)]
    hundred = tuple(tuple(5 * cell for cell in row) for row in points)
    assert called("XLS_WEIGHTS", points=hundred, total=100.0) == [pytest.approx(wanted["weight"].tolist(), abs=1e-9)]
    effective = numbers(called("XLS_EFFECTIVE", points=points))
    assert effective == pytest.approx(answers["effective_number"].tolist(), abs=5e-4)


def test_many_answers_of_one_customer_weigh_as_one() -> None:
    """Three alike at one customer against one at another give the mean of the two."""
    points = ((20.0, 0.0), (20.0, 0.0), (20.0, 0.0), (0.0, 20.0))
    assert called("XLS_WEIGHTS", points=points) == [[0.75, 0.25]]
    assert called("XLS_WEIGHTS", points=points, customers=(("K1",), ("K1",), ("K1",), ("K2",))) == [[0.5, 0.5]]


def test_d1_benefit_decision_and_plan() -> None:
    """Five activities; the plan is the optimum, which the order by benefit per hour misses."""
    register, needs, wanted = read("D1-activities"), read("D1-needs"), read("D1-decisions")
    relations = cells(register, CRITERIA)
    weights = cells(needs, ["weight"])
    gaps = tuple((goal / ours,) for goal, ours in zip(needs["goal"], needs["ours"], strict=True))
    benefit = called("XLS_BENEFIT", relations=relations, weights=weights, gap_factors=gaps)
    assert numbers(benefit) == pytest.approx(wanted["benefit"].tolist(), abs=1e-9)
    existing = tuple((load_schema().label("existing", code, "sv"),) for code in register["existing"])
    decision = called("XLS_DECISION", relations=relations, weights=weights, gap_factors=gaps, existing=existing)
    assert decision == words("decision", wanted["decision"])
    plan = called("XLS_PLAN", hours=cells(register, ["hours"]), benefit=benefit, available=75.0)
    assert plan == [[chosen] for chosen in wanted["in_plan"]]
    assert called("XLS_DECISIVE", weights=weights) == [[flag] for flag in needs["decisive"]]


def test_what_is_protected_is_never_ended() -> None:
    """Law and contract go first: kept though it serves nothing, and planned though it gives nothing."""
    given = {"relations": ((0.0,), (9.0,)), "weights": 1.0, "gap_factors": 1.0, "existing": "befintlig"}
    assert called("XLS_DECISION", **given) == [["avsluta"], ["behåll"]]
    assert called("XLS_DECISION", **given, protected=(("ja",), (None,))) == [["behåll"], ["behåll"]]
    hours, benefit = ((8.0,), (9.0,)), ((0.0,), (5.0,))
    assert called("XLS_PLAN", hours=hours, benefit=benefit, available=10.0) == [[False], [True]]
    given = {"hours": hours, "benefit": benefit, "available": 10.0, "protected": ((True,), (False,))}
    assert called("XLS_PLAN", **given) == [[True], [False]]


def test_q1_benefit_of_the_published_matrix() -> None:
    """The coffee maker: 45, 39 and 51."""
    relations, needs = read("Q1-relations"), read("Q1-needs")
    found = called("XLS_BENEFIT", relations=cells(relations, needs["criterion_id"]), weights=cells(needs, ["weight"]))
    assert numbers(found) == read("Q1-benefits")["benefit"].tolist()


def test_f1_gaps_and_the_three_forecasts() -> None:
    """Five deals: the sellers' 1770, the buyers' 660, and 520 when a motive is demanded."""
    value = [1000, 500, 800, 400, 200]
    chance = ((0.5,), (0.9,), (0.7,), (0.6,), (0.1,))
    seller = (("Offert",), ("Avslut",), ("Förhandling",), ("Förhandling",), ("Behovsanalys",))
    buyer, motive = ((3.0,), (5.0,), (0.0,), (4.0,), (2.0,)), ((None,), ("ja",), (None,), ("nej",), (None,))
    assert called("XLS_STAGEGAP", seller_stage=seller, buyer_stage=buyer) == [[0], [0], [4], [0], [-1]]
    used = numbers(called("XLS_PUSED", probability=chance, buyer_stage=buyer))
    commit = numbers(called("XLS_PUSED", probability=chance, buyer_stage=buyer, motive=motive))
    forecasts = [sum(v * p for v, p in zip(value, ps, strict=True)) for ps in ([p for (p,) in chance], used, commit)]
    assert forecasts == pytest.approx([1770, 660, 520])

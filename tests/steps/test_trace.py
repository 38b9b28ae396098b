"""Trace: from an activity to its expectations, their answers and the customers behind."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xlsales.steps.activities import activities
from xlsales.steps.trace import COLUMNS, trace

tried = settings(max_examples=20, deadline=None, derandomize=True)
NEEDS = pd.DataFrame({
    "criterion_id": ["quality", "service", "price"], "weight": [0.5, 0.3, 0.2],
    "decisive": [True, True, False], "gap_factor": [1.0, 4 / 3, 1.0],
})
RELATIONS = pd.DataFrame({
    "activity_id": ["A1", "A2", "A3"], "quality": [9.0, 1.0, 0.0], "service": [0.0, 9.0, np.nan],
    "price": [0.0, 0.0, 0.0], "gone": [9.0, 9.0, 9.0],
})
REGISTER = pd.DataFrame({"activity_id": ["A1", "A2", "A3"], "existing": "existing", "hours": 1.0})
JUDGED = activities(REGISTER, RELATIONS, NEEDS).activities
ANSWERS = pd.DataFrame(
    [
        ("S1", "K1", 10, 6, 4), ("S2", "K1", 20, 0, 0), ("S3", "K2", 0, 15, 5), ("S4", "K3", 50, 50, 0),
        ("S5", "K9", 5, 15, 0),
    ],
    columns=["answer_id", "customer_no", "quality", "service", "price"],
)
CUSTOMERS = pd.DataFrame({"customer_no": ["K1", "K2", "K3"], "revenue": [100_000.0, 900_000.0, 300_000.0]})


def run(*ids: str, answers: pd.DataFrame = ANSWERS, customers: pd.DataFrame = CUSTOMERS) -> pd.DataFrame:
    return trace(ids, JUDGED, RELATIONS, NEEDS, answers, customers)


def test_an_activity_is_followed_down_to_the_revenue_by_hand() -> None:
    """A2: service gives 9 × .4 of 4.1, behind it four answers of K1, K2, K3 and one unknown to the ledger."""
    table = run("A2")
    assert list(table.columns) == COLUMNS
    assert list(table["criterion_id"]) == ["service", "quality"]
    service = table.iloc[0]
    assert service["need"] == pytest.approx(0.4)
    assert service["contribution"] == pytest.approx(3.6)
    assert service["share_of_benefit"] == pytest.approx(3.6 / 4.1)
    assert (service["answers"], service["customers"]) == (4, 4)
    assert service["revenue"] == pytest.approx(1_300_000)
    assert service["mean_points_share"] == pytest.approx((0.3 + 0.75 + 0.5 + 0.75) / 4)
    assert service["largest"] == ("K2", "K3", "K1")
    quality = table.iloc[1]
    assert (quality["answers"], quality["customers"], quality["revenue"]) == (4, 3, 400_000)
    assert quality["largest"] == ("K3", "K1", "K9")


def test_the_order_is_the_one_asked_for() -> None:
    """Activities as asked, once each; one that is not judged or serves nothing has no row."""
    assert list(run("A2", "A1", "A3", "A2", "unknown")["activity_id"]) == ["A2", "A2", "A1"]
    assert run("A3").empty
    assert list(run().columns) == COLUMNS


def test_a_criterion_nobody_gave_points_has_nobody_behind_it() -> None:
    """Needs from elsewhere: no answers, no customers, and the revenue is empty instead of nought."""
    row = run("A1", answers=ANSWERS.iloc[:0]).iloc[0]
    assert (row["answers"], row["customers"], row["largest"]) == (0, 0, ())
    assert np.isnan(row["revenue"])
    assert np.isnan(row["mean_points_share"])


def test_without_a_ledger_the_revenue_is_empty() -> None:
    """The answers are counted all the same, and the customers stand by number."""
    row = run("A1", customers=CUSTOMERS.iloc[:0]).iloc[0]
    assert (row["answers"], row["customers"], row["largest"]) == (4, 3, ("K1", "K3", "K9"))
    assert np.isnan(row["revenue"])


def test_the_sales_point_is_part_of_the_need() -> None:
    """A sales point of 1.5 on quality: need .75, and the parts are the whole benefit still."""
    wanted = NEEDS.assign(sales_point=[1.5, np.nan, 1.0])
    judged = activities(REGISTER, RELATIONS, wanted).activities
    table = trace(["A1", "A2"], judged, RELATIONS, wanted, ANSWERS, CUSTOMERS)
    assert table.loc[0, "need"] == pytest.approx(0.75)
    assert list(table.groupby("activity_id")["share_of_benefit"].sum()) == pytest.approx([1, 1])


@tried
@given(st.lists(st.tuples(*[st.integers(0, 20)] * 3), max_size=8), st.integers(0, 99))
def test_order_decides_nothing_and_parts_sum_to_the_benefit(points: list[tuple[int, int, int]], seed: int) -> None:
    """Shuffled answers, customers and relations give the same rows; the shares of each activity sum to one."""
    answers = pd.DataFrame(points, columns=["quality", "service", "price"])
    answers["customer_no"] = [f"K{i % 4}" for i in range(len(points))]
    first = trace(["A1", "A2"], JUDGED, RELATIONS, NEEDS, answers, CUSTOMERS)
    mixed = [frame.sample(frac=1, random_state=seed) for frame in (JUDGED, RELATIONS, NEEDS, answers, CUSTOMERS)]
    second = trace(["A1", "A2"], *mixed)
    pd.testing.assert_frame_equal(first, second)
    assert list(first.groupby("activity_id")["share_of_benefit"].sum()) == pytest.approx([1, 1])
    whole = JUDGED.set_index("activity_id")["benefit"]
    assert list(first.groupby("activity_id")["contribution"].sum()) == pytest.approx(list(whole[["A1", "A2"]]))
    assert (first["customers"] <= first["answers"]).all()
    assert (first["largest"].map(len) == first["customers"].clip(upper=3)).all()

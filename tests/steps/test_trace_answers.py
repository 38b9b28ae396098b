"""Trace answers: the answers behind one expectation."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xlsales.steps.trace_answers import COLUMNS, trace_answers

tried = settings(max_examples=20, deadline=None, derandomize=True)
CRITERIA = ["quality", "service"]
ANSWERS = pd.DataFrame(
    [
        ("S1", "K1", "Eva", 5, 15), ("S2", "K2", None, 40, 60), ("S3", "K3", "Bo", 0, 20), ("S4", "K4", "Ida", 20, 0),
        ("S5", "K5", "Jo", 2, 6), ("S6", "K9", "Ann", 5, 15),
    ],
    columns=["answer_id", "customer_no", "person", *CRITERIA],
)
CUSTOMERS = pd.DataFrame({"customer_no": ["K1", "K2", "K4", "K5"], "revenue": [10.0, 20.0, 30.0, 40.0]})


def test_the_greatest_share_stands_first() -> None:
    """All of 20 before 40 of 100 before three quarters of the rest; alike by revenue, the unknown one last."""
    found = trace_answers("quality", ANSWERS, CRITERIA, CUSTOMERS)
    assert list(found.columns) == COLUMNS
    assert list(found["answer_id"]) == ["S4", "S2", "S5", "S1", "S6"]
    assert list(found["points"]) == [20, 40, 2, 5, 5]
    assert list(found["share"]) == pytest.approx([1, 0.4, 0.25, 0.25, 0.25])
    assert list(found["person"]) == ["Ida", "", "Jo", "Eva", "Ann"]
    assert list(found["revenue"].fillna(-1)) == [30, 20, 40, 10, -1]


def test_the_person_may_be_unknown() -> None:
    """Answers without the column of persons."""
    found = trace_answers("service", ANSWERS.drop(columns="person"), CRITERIA, CUSTOMERS)
    assert set(found["person"]) == {""}
    assert len(found) == 5


@pytest.mark.parametrize("criterion", ["price", "quality"])
def test_nobody_behind_it_is_an_empty_table(criterion: str) -> None:
    """A criterion nobody was asked about, and no answers at all."""
    answers = ANSWERS if criterion == "price" else ANSWERS.iloc[:0]
    found = trace_answers(criterion, answers, [*CRITERIA, "price"], CUSTOMERS)
    assert list(found.columns) == COLUMNS
    assert found.empty


@tried
@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), max_size=8), st.integers(0, 99))
def test_every_answer_with_points_stands_there_once(points: list[tuple[int, int]], seed: int) -> None:
    """Whatever the order of the answers; the shares fall, and over all criteria they sum to one per answer."""
    answers = pd.DataFrame(points, columns=CRITERIA).assign(answer_id=[f"S{i}" for i in range(len(points))])
    answers["customer_no"] = [f"K{i % 3}" for i in range(len(points))]
    found = trace_answers("quality", answers, CRITERIA, CUSTOMERS)
    mixed = answers.sample(frac=1, random_state=seed)
    pd.testing.assert_frame_equal(found, trace_answers("quality", mixed, CRITERIA, CUSTOMERS))
    assert set(found["answer_id"]) == set(answers.loc[answers["quality"] > 0, "answer_id"])
    assert (np.diff(found["share"]) <= 1e-12).all()
    both = pd.concat([found, trace_answers("service", answers, CRITERIA, CUSTOMERS)])
    sums = both.groupby("answer_id")["share"].sum()
    assert list(sums) == pytest.approx([1] * len(sums))

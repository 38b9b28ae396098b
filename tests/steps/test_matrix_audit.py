"""Matrix audit: the customary checks, each on a matrix small enough to see through."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xlsales.issues import Issue
from xlsales.steps.matrix_audit import CHECKS, AuditRules, MatrixAudit, matrix_audit

tried = settings(max_examples=25, deadline=None, derandomize=True)
Found = set[tuple[str, ...]]


def audit(
    grid: list[list[float]],
    weights: list[float] | None = None,
    decisive: tuple[int, ...] = (),
    pairs: tuple[tuple[str, str, str], ...] = (),
    chosen: tuple[str, ...] = (),
    rules: AuditRules = AuditRules(filled_most=1),
) -> MatrixAudit:
    """Audit of activities A0, A1 … (rows) and criteria c0, c1 … (columns); crowding is allowed unless said."""
    width = len(grid[0]) if grid else len(weights or [])
    ids = [f"A{i}" for i in range(len(grid))]
    criteria = [f"c{k}" for k in range(width)]
    needs = pd.DataFrame({"criterion_id": criteria, "weight": weights or [0.2] * width})
    needs["decisive"] = [k in decisive for k in range(width)]
    relations = pd.DataFrame(grid, columns=criteria, dtype="float64").assign(activity_id=ids)
    interactions = pd.DataFrame(list(pairs), columns=["activity_id", "other_activity_id", "effect"])
    return matrix_audit(pd.DataFrame({"activity_id": ids}), relations, needs, chosen, interactions, rules)


def what(found: MatrixAudit) -> Found:
    """Every issue as its code and the ids it names."""
    keys = ("criterion", "activity", "other")
    return {(i.code, *(str(i.params[k]) for k in keys if k in i.params)) for i in found.issues}


def only(found: MatrixAudit, code: str) -> Issue:
    (issue,) = [i for i in found.issues if i.code == code]
    return issue


def test_a_matrix_that_holds_together_has_nothing_to_say() -> None:
    """Each expectation has a nine, each activity serves something, a third of the cells are filled."""
    found = audit([[9, 0, 0], [0, 9, 0], [0, 0, 9]], rules=AuditRules())
    assert not found.issues
    assert found.summary["ok"].all()
    assert list(found.summary["check"]) == list(CHECKS)


def test_an_expectation_that_nothing_serves_is_an_empty_row() -> None:
    """It is an error where it is decisive, a warning else; nought and empty are the same; no weight, no matter."""
    found = audit([[9, 0, np.nan, 0]], weights=[0.5, 0.3, 0.2, 0.0], decisive=(1,))
    assert what(found) == {("empty_row", "c1"), ("empty_row", "c2")}
    assert {i.key: i.severity for i in found.issues} == {"c1": "error", "c2": "warning"}


def test_an_expectation_without_a_nine_is_weakly_met() -> None:
    """A three is not enough; decisive makes it an error, and an empty row is not counted here as well."""
    found = audit([[3, 9, 0, 1]], decisive=(0,))
    assert what(found) == {("no_strong", "c0"), ("no_strong", "c3"), ("empty_row", "c2")}
    assert [i.severity for i in found.issues if i.code == "no_strong"] == ["error", "warning"]
    assert found.issues[0].params["strength"] == 3


def test_an_activity_that_serves_nothing_is_an_empty_column() -> None:
    """The row of noughts, and the one left empty."""
    found = audit([[9, 9], [0, 0], [np.nan, np.nan]])
    assert what(found) == {("empty_column", "A1"), ("empty_column", "A2")}


@pytest.mark.parametrize(
    ("row", "share", "expected"),
    [
        ([9, 9, 9], 0.8, True),
        ([9, 9], 0.8, False),
        ([9, 9, 9, 9, 0], 0.8, False),
        ([9, 9, 9, 9, 9, 0], 0.8, True),
        ([9, 9, 9], 1.0, True),
        ([9, 9, 3], 0.5, True),
    ],
)
def test_full_on_nearly_everything_is_a_halo(row: list[float], share: float, expected: bool) -> None:
    """All, or more than the share (four of five is not), of at least three criteria."""
    found = audit([row, *np.eye(len(row)).tolist()], rules=AuditRules(halo_share=share, filled_most=1))
    assert (("halo", "A0") in what(found)) is expected


def test_more_than_half_of_the_cells_filled_is_crowded() -> None:
    """Q1 has five cells of nine; four of eight are just allowed."""
    crowded = audit([[9, 0, 0], [0, 9, 3], [3, 0, 9]], rules=AuditRules())
    assert only(crowded, "crowded").params == {"share": 5 / 9, "limit": 0.5}
    row = crowded.summary.set_index("check").loc["crowded"]
    assert (row["ok"], row["count"], row["limit"]) == (False, 5, 4)
    assert "crowded" not in {i.code for i in audit([[9, 0, 9, 0], [0, 9, 0, 9]], rules=AuditRules()).issues}


def test_an_expectation_all_meet_alike_cannot_part_them() -> None:
    """The same relation for three activities; two are too few to say so, and all noughts are an empty row."""
    grid: list[list[float]] = [[3, 9, 0], [3, 0, 0], [3, 1, 0]]
    assert only(audit(grid), "one_sided").key == "c0"
    assert "one_sided" not in {i.code for i in audit(grid[:2]).issues}


def test_pairs_that_work_against_each_other_in_the_plan_are_contradictions() -> None:
    """Only where both are chosen, once per pair by the gravest effect; what strengthens is none."""
    pairs = (
        ("A1", "A0", "-"), ("A0", "A1", "--"), ("A0", "A2", "excludes"), ("A1", "A2", "++"), ("A2", "A3", "--"),
        ("A0", "A0", "--"), ("A2", "A1", "requires"),
    )
    found = audit(np.diag([9.0] * 4).tolist(), pairs=pairs, chosen=("A0", "A1", "A2"))
    assert what(found) == {("contradiction", "A0", "A1"), ("contradiction", "A0", "A2")}
    assert [(i.row, i.found, i.severity) for i in found.issues] == [(1, "--", "error"), (2, "excludes", "error")]
    mild = audit(np.diag([9.0] * 4).tolist(), pairs=(("A0", "A1", "-"),), chosen=("A0", "A1"))
    assert only(mild, "contradiction").severity == "warning"


def test_another_scale_has_another_full_relation() -> None:
    """On 0–5 a five is full."""
    found = audit([[5, 0], [0, 5]], rules=AuditRules(full_relation=5))
    assert not found.issues


@pytest.mark.parametrize("grid", [[], [[0.0, 0.0]]])
def test_without_relations_every_expectation_is_empty(grid: list[list[float]]) -> None:
    """Nothing judged, or only noughts."""
    found = audit(grid, weights=[0.6, 0.4])
    assert {("empty_row", "c0"), ("empty_row", "c1")} <= what(found)


@tried
@given(st.data())
def test_the_summary_counts_what_is_found_in_any_order(data: st.DataObject) -> None:
    """ok says that count is within the limit, counts are those of the issues, and no order of rows matters."""
    width, height = data.draw(st.integers(1, 5)), data.draw(st.integers(1, 6))
    cell = st.sampled_from([0.0, 0.0, 1.0, 3.0, 9.0])
    grid = data.draw(st.lists(st.lists(cell, min_size=width, max_size=width), min_size=height, max_size=height))
    ids = [f"A{i}" for i in range(height)]
    pair = st.tuples(st.sampled_from(ids), st.sampled_from(ids), st.sampled_from(["++", "-", "--", "excludes"]))
    pairs = pd.DataFrame(data.draw(st.lists(pair, max_size=6)), columns=["activity_id", "other_activity_id", "effect"])
    criteria = [f"c{k}" for k in range(width)]
    frames: list[Any] = [
        pd.DataFrame({"activity_id": ids}),
        pd.DataFrame(grid, columns=criteria).assign(activity_id=ids),
        pd.DataFrame({"criterion_id": criteria, "weight": 1 / width, "decisive": [k == 0 for k in range(width)]}),
    ]
    found = matrix_audit(*frames, ids, pairs)
    mixed = [frame.sample(frac=1, random_state=data.draw(st.integers(0, 99))) for frame in (*frames, pairs)]
    again = matrix_audit(*mixed[:3], ids, mixed[3])
    assert what(found) == what(again)
    pd.testing.assert_frame_equal(found.summary, again.summary)
    counts = pd.Series([i.code for i in found.issues], dtype=object).value_counts()
    for row in found.summary.to_dict("records"):
        assert row["ok"] == (row["count"] <= row["limit"]) == (row["check"] not in counts.index)
        if row["check"] != "crowded":
            assert row["count"] == counts.get(row["check"], 0)

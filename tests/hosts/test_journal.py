"""What a run changed can be taken back, also when people have worked on since."""

from __future__ import annotations

import dataclasses
import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.hosts.workbooks import edit
from xlsales.hosts import KEEP, TableEdit
from xlsales.hosts.cellvalues import edited
from xlsales.hosts.live.journal import Journal
from xlsales.hosts.live.reverse import Formula, Formulas, fitted, reverse_of
from xlsales.issues import CannotWrite

CELLS = st.one_of(st.none(), st.integers(0, 9), st.sampled_from(["a", "b", "=1"]), st.booleans())


def frame(**columns: list[Any]) -> pd.DataFrame:
    """A table's body as a host reads it."""
    return pd.DataFrame(columns, dtype=object)


def same(one: pd.DataFrame, other: pd.DataFrame) -> bool:
    return list(one.columns) == list(other.columns) and one.to_numpy().tolist() == other.to_numpy().tolist()


@st.composite
def changes(draw: st.DrawFn) -> tuple[pd.DataFrame, TableEdit]:
    """A body with a key, a user's column and a tool's, and an edit that moves, drops and adds rows."""
    count = draw(st.integers(1, 6))
    body = frame(
        Nr=[str(i) for i in range(count)],
        Egen=draw(st.lists(CELLS, min_size=count, max_size=count)),
        Klass=draw(st.lists(CELLS, min_size=count, max_size=count)),
    )
    origin = draw(st.permutations(range(count)))[: draw(st.integers(0, count))] + [-1] * draw(st.integers(0, 3))
    origin = draw(st.permutations(origin))
    keys = [str(row) if row >= 0 else f"ny {place}" for place, row in enumerate(origin)]
    cells = {"Nr": keys, "Klass": [draw(st.one_of(CELLS, st.just(KEEP))) for _ in origin]}
    if draw(st.booleans()):
        cells["Tillagd"] = [draw(CELLS) for _ in origin]
    made = edit(cells, origin)
    return body, dataclasses.replace(made, key=("Nr",))


def keyed(cells: dict[str, list[Any]], origin: list[int]) -> TableEdit:
    """An edit of a table whose rows people know by Nr."""
    return dataclasses.replace(edit(cells, origin), key=("Nr",))


@given(changes())
def test_an_edit_and_its_opposite_leave_the_table_as_it_was(change: tuple[pd.DataFrame, TableEdit]) -> None:
    """Rows, order, headings and every cell, those of deleted rows too."""
    before, made = change
    after = edited(before, made, "T")
    back = reverse_of("T", made, before, after, Formulas())
    assert same(edited(after, fitted(back, after), "T"), before)


@given(changes(), st.randoms(use_true_random=False))
def test_rows_are_known_again_after_a_sort(change: tuple[pd.DataFrame, TableEdit], random: Any) -> None:
    """The user sorted the table in between: the state before the run comes back all the same."""
    before, made = change
    after = edited(before, made, "T")
    back = reverse_of("T", made, before, after, Formulas())
    rows = list(range(len(after)))
    random.shuffle(rows)
    undone = edited(after.iloc[rows].reset_index(drop=True), fitted(back, after.iloc[rows]), "T")
    known = sorted(before.index, key=lambda row: before.loc[row, "Nr"])
    if len(made.origin):
        assert same(undone.sort_values("Nr", ignore_index=True), before.loc[known].reset_index(drop=True))


def test_a_row_written_since_the_run_stands_at_the_end() -> None:
    """What a person added after the run is theirs and is not taken away."""
    before = frame(Nr=["1", "2"], Egen=["x", "y"])
    made = keyed({"Nr": ["2", "1"]}, [1, 0])
    after = edited(before, made, "T")
    back = reverse_of("T", made, before, after, Formulas())
    now = pd.concat([after, frame(Nr=["3"], Egen=["mitt"])], ignore_index=True)
    undone = edited(now, fitted(back, now), "T")
    assert undone.to_numpy().tolist() == [["1", "x"], ["2", "y"], ["3", "mitt"]]


def test_a_column_that_fills_itself_is_left_to_its_formula() -> None:
    """A row that comes back gets its formula, not the number that stood there."""
    before = frame(Nr=["1", "2"], Dubbel=[2, 4])
    made = edit({"Nr": ["1"]}, [0])
    formulas = Formulas({"Dubbel": ["=[@Nr]*2", "=[@Nr]*2"]}, ["Dubbel"])
    back = reverse_of("T", made, before, edited(before, made, "T"), formulas)
    assert back.edit.cells["Dubbel"].to_list() == [KEEP, Formula("=[@Nr]*2")]
    assert type(back.edit.cells["Dubbel"][1]) is Formula


def test_a_column_taken_away_since_is_said() -> None:
    """Rows cannot be known again without the headings the run wrote."""
    before = frame(Nr=["1"], Egen=["x"])
    made = edit({"Nr": ["2"]}, [0])
    back = reverse_of("T", made, before, edited(before, made, "T"), Formulas())
    with pytest.raises(CannotWrite, match="undo_table_changed"):
        fitted(back, frame(Egen=["x"]))


def test_kept_runs_come_back_newest_first(tmp_path: Path) -> None:
    """Dates, numbers, texts and untouched cells survive the disk; so many runs are kept and no more."""
    before = frame(Nr=["1", "2"], Dag=[dt.datetime(2024, 5, 1), None], Tal=[1.5, True])
    made = edit({"Dag": [KEEP, dt.datetime(2024, 6, 1)], "Tal": [2, 3]}, [0, 1])
    reverse = reverse_of("T", made, before, edited(before, made, "T"), Formulas())
    journal = Journal(tmp_path, "https://firma.sharepoint.com/Delat/Kunder.xlsx")
    for _ in range(4):
        journal.keep([reverse], number=3)
    assert len(list(tmp_path.rglob("*.json.gz"))) == 3
    (read,) = journal.last()
    assert read.table == "T"
    assert same(edited(edited(before, made, "T"), read.edit, "T"), before)
    for _ in range(3):
        journal.forget_last()
    assert journal.last() == []
    assert Journal(tmp_path, "en annan bok").last() == []


def test_an_origin_that_repeats_a_row_is_reversible() -> None:
    """Two rows made from one go back to one."""
    before = frame(Nr=["1"], Egen=["x"])
    made = TableEdit(pd.DataFrame({"Nr": ["1", "1b"]}, dtype=object), np.array([0, 0]))
    after = edited(before, made, "T")
    assert same(edited(after, fitted(reverse_of("T", made, before, after, Formulas()), after), "T"), before)


def test_rows_are_known_again_however_excel_gives_their_numbers() -> None:
    """Excel gives 1 for 1.0 and rounds an amount of money to four decimals; that is no change of a user's."""
    before, made = frame(Nr=[None], Andel=[None]), edit({"Nr": ["a", "b"], "Andel": [1.0, 0.123456]}, [-1, -1])
    back = reverse_of("T", made, before, edited(before, made, "T"), Formulas())
    present = frame(Nr=["a", "b"], Andel=[1, 0.1235])
    assert same(edited(present, fitted(back, present), "T"), before)


def test_the_state_before_the_run_is_left_as_it_is() -> None:
    """The run was never saved and the workbook opened again: nothing is doubled, nothing is lost."""
    before = frame(Nr=["1", "2", "3"], Egen=["x", "y", "z"], Klass=[None, None, None])
    made = keyed({"Nr": ["3", "1", "2", "9"], "Klass": ["A", "B", "C", "C"]}, [2, 0, 1, -1])
    back = reverse_of("T", made, before, edited(before, made, "T"), Formulas())
    assert same(edited(before, fitted(back, before), "T"), before)


def test_a_cell_that_a_person_mended_does_not_make_a_row_strange() -> None:
    """Rows are known by their key, whatever has become of their other cells."""
    before = frame(Nr=["1", "2"], Egen=["x", "y"], Klass=["C", "C"])
    made = keyed({"Nr": ["1", "2"], "Klass": ["A", "B"]}, [0, 1])
    back = reverse_of("T", made, before, edited(before, made, "T"), Formulas())
    now = frame(Nr=["1", "2"], Egen=["x2", "y"], Klass=["A", "egen"])
    assert edited(now, fitted(back, now), "T").to_numpy().tolist() == [["1", "x2", "C"], ["2", "y", "C"]]


def test_rows_made_by_the_run_go_unless_a_person_wrote_in_them() -> None:
    """A new customer somebody has given a category stays, at the end; the others go. A row taken away stays away."""
    before = frame(Nr=["1", "2"], Egen=["x", "y"], Klass=["C", "C"])
    made = keyed({"Nr": ["1", "2", "3", "4"], "Klass": ["A"] * 4}, [0, 1, -1, -1])
    back = reverse_of("T", made, before, edited(before, made, "T"), Formulas())
    now = frame(Nr=["2", "3", "4"], Egen=["y", None, "skrivet"], Klass=["A"] * 3)
    assert edited(now, fitted(back, now), "T").to_numpy().tolist() == [["2", "y", "C"], ["4", "skrivet", "A"]]


def test_a_row_that_was_removed_and_written_again_is_not_doubled() -> None:
    """The person who wrote the key again meant that row."""
    before = frame(Nr=["1", "2"], Egen=["x", "y"])
    made = keyed({"Nr": ["1"]}, [0])
    back = reverse_of("T", made, before, edited(before, made, "T"), Formulas())
    now = frame(Nr=["1", "2"], Egen=["x", "nytt"])
    assert len(edited(now, fitted(back, now), "T")) == 2


def test_another_table_than_the_run_left_is_refused() -> None:
    """Where most rows are strangers nothing is guessed."""
    before = frame(Nr=["1", "2", "3"], Egen=["x", "y", "z"])
    made = keyed({"Nr": ["3", "2", "1"]}, [2, 1, 0])
    back = reverse_of("T", made, before, edited(before, made, "T"), Formulas())
    with pytest.raises(CannotWrite, match="undo_table_changed"):
        fitted(back, frame(Nr=["7", "8", "1"], Egen=["a", "b", "c"]))

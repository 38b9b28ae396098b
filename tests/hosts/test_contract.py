"""The same facts hold for every host."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.hosts.workbooks import DAY, HEADINGS, ROWS, edit, plain
from xlsales.hosts import KEEP, Host, Link
from xlsales.hosts.file import FileHost
from xlsales.hosts.memory import MemoryHost
from xlsales.issues import CannotWrite

Reopen = Callable[[Host], Host]


def _file(folder: Path) -> tuple[Host, Reopen]:
    path = plain(folder / "a.xlsx")

    def reopen(host: Host) -> Host:
        return FileHost.open(host.save())

    return FileHost.open(path), reopen


def _memory(_: Path) -> tuple[Host, Reopen]:
    rows = [[*row, 0] for row in ROWS]
    return MemoryHost({"Kunder": pd.DataFrame(rows, columns=list(HEADINGS), dtype=object)}), lambda host: host


@pytest.fixture(params=[_file, _memory], ids=["file", "memory"])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Host, Reopen]:
    """A host with the table Kunder, and a way to save and open it again."""
    made: tuple[Host, Reopen] = request.param(tmp_path)
    return made


def _column(host: Host, heading: str) -> list[object]:
    return host.read("Kunder")[heading].to_list()


def test_tables_are_listed_by_name(opened: tuple[Host, Reopen]) -> None:
    """The table is there with its sheet."""
    assert opened[0].tables()["Kunder"].sheet == "Kunder"


def test_body_is_read_as_raw_cells(opened: tuple[Host, Reopen]) -> None:
    """Text stays text, numbers are numbers, an empty cell is None."""
    frame = opened[0].read("Kunder")
    assert frame.columns.to_list() == list(HEADINGS)
    assert frame.iloc[:, :4].to_numpy().tolist() == ROWS


def test_rows_follow_their_origin(opened: tuple[Host, Reopen]) -> None:
    """A user's own column goes along when rows change places, and is empty in a new row."""
    host, reopen = opened
    host.write("Kunder", edit({"Nr": ["003", "009", "001"]}, [2, -1, 0]))
    for seen in (host, reopen(host)):
        assert _column(seen, "Nr") == ["003", "009", "001"]
        assert _column(seen, "Namn") == ["Ceder & Co", None, "Ås AB"]
        assert _column(seen, "Egen") == [None, None, "vän"]


def test_keep_leaves_the_old_cell(opened: tuple[Host, Reopen]) -> None:
    """KEEP follows the origin; in a new row it is empty."""
    host, reopen = opened
    host.write("Kunder", edit({"Namn": [KEEP, "Ny", KEEP]}, [1, 0, -1]))
    for seen in (host, reopen(host)):
        assert _column(seen, "Namn") == ["Berg", "Ny", None]


def test_every_kind_of_value_comes_back(opened: tuple[Host, Reopen]) -> None:
    """What is written is read as the same value; dates as datetimes, links as their text."""
    host, reopen = opened
    given = [
        "007", "=Bolaget AB", "+46 70", "-10 %", "@home", "\tindrag", "#N/A", "1E5", " luft ", "två\nrader", "_x0041_",
        "<&>\"'", "😀", 1, -2, 2.5, 1e300, True, False, None, float("nan"), pd.NA, pd.NaT, np.float64(0.1), np.int64(7),
        np.bool_(True), DAY, dt.datetime(2024, 5, 1, 13, 45, 30), pd.Timestamp(2024, 5, 2), Link("Kunder!B4", "dit"),
    ]  # fmt: skip
    back = [
        "007", "=Bolaget AB", "+46 70", "-10 %", "@home", "\tindrag", "#N/A", "1E5", " luft ", "två\nrader", "_x0041_",
        "<&>\"'", "😀", 1, -2, 2.5, 1e300, True, False, None, None, None, None, 0.1, 7,
        True, dt.datetime(2024, 5, 1), dt.datetime(2024, 5, 1, 13, 45, 30), dt.datetime(2024, 5, 2), "dit",
    ]  # fmt: skip
    host.write("Kunder", edit({"Egen": given}, [-1] * len(given)))
    for seen in (host, reopen(host)):
        found = _column(seen, "Egen")
        assert found == back
        assert [type(value) for value in found] == [type(value) for value in back]


def test_new_headings_stand_to_the_right(opened: tuple[Host, Reopen]) -> None:
    """A heading that the table lacks becomes its last column."""
    host, reopen = opened
    host.write("Kunder", edit({"Klass": ["A", "B", "C"]}, [0, 1, 2]))
    for seen in (host, reopen(host)):
        assert seen.read("Kunder").columns.to_list() == [*HEADINGS, "Klass"]
        assert _column(seen, "Klass") == ["A", "B", "C"]


def test_columns_are_dropped_and_ordered(opened: tuple[Host, Reopen]) -> None:
    """Whole columns go or change places with their cells."""
    host, reopen = opened
    order = ("Egen", "Ny", "Nr", "Belopp", "Dubbel")
    host.write("Kunder", edit({"Ny": [1, 2, 3]}, [0, 1, 2], drop=("Namn",), order=order))
    for seen in (host, reopen(host)):
        frame = seen.read("Kunder")
        assert frame.columns.to_list() == list(order)
        assert frame["Egen"].to_list() == ["vän", "ny", None]
        assert frame["Ny"].to_list() == [1, 2, 3]


def test_an_empty_edit_leaves_one_empty_row(opened: tuple[Host, Reopen]) -> None:
    """A table always has a body."""
    host, reopen = opened
    host.write("Kunder", edit({"Nr": [], "Namn": []}, []))
    for seen in (host, reopen(host)):
        frame = seen.read("Kunder")
        assert len(frame) == 1
        assert frame[["Nr", "Namn", "Belopp", "Egen"]].iloc[0].to_list() == [None] * 4


def test_infinity_is_refused(opened: tuple[Host, Reopen]) -> None:
    """No workbook can hold it; nothing is changed."""
    with pytest.raises(CannotWrite, match="value_refused"):
        opened[0].write("Kunder", edit({"Nr": [float("inf")]}, [0]))
    assert len(opened[0].read("Kunder")) == 3


def test_too_long_a_text_is_refused(opened: tuple[Host, Reopen]) -> None:
    """A cell holds 32 767 UTF-16 units."""
    opened[0].write("Kunder", edit({"Namn": ["x" * 32_767]}, [0]))
    with pytest.raises(CannotWrite, match="text_too_long"):
        opened[0].write("Kunder", edit({"Namn": ["😀" * 16_384]}, [0]))


def test_an_unknown_table_is_refused(opened: tuple[Host, Reopen]) -> None:
    """Both reading and writing say that the table is missing."""
    with pytest.raises(CannotWrite, match="table_missing"):
        opened[0].read("Finns inte")
    with pytest.raises(CannotWrite, match="table_missing"):
        opened[0].write("Finns inte", edit({"Nr": ["1"]}, [0]))


def test_a_contradicting_edit_is_a_mistake_of_the_program(opened: tuple[Host, Reopen]) -> None:
    """An origin that names no row raises ValueError, not a message to the user."""
    with pytest.raises(ValueError, match="origin"):
        opened[0].write("Kunder", edit({"Nr": ["1"]}, [99]))

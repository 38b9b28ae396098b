"""The progress on standard error."""

from __future__ import annotations

import io
import sys

import pytest

from xlsales.progress import progress_bar, seconds_left


class Terminal(io.StringIO):
    """A terminal that remembers what it was sent."""

    def isatty(self) -> bool:
        return True


def test_a_bar_tells_rows_and_the_seconds_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """A quarter done in ten seconds leaves thirty."""
    terminal, times = Terminal(), iter([0.0, 10.0])
    monkeypatch.setattr(sys, "stderr", terminal)
    show = progress_bar(True, lambda: next(times))
    show("reading", 0, 40_000)
    show("reading", 10_000, 40_000)
    last = terminal.getvalue().rpartition("\r")[2]
    assert last.replace("\u00a0", " ").split() == ["[#####", "]", "reading", "10", "000", "/", "40", "000", "30", "s"]


def test_without_a_terminal_every_name_is_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    """And with quiet nothing is written."""
    for quiet in (False, True):
        show = progress_bar(quiet)
        for done in range(3):
            show("reading", done, 2)
        show("", 2, 2)
    assert capsys.readouterr().err == "… reading\n"


@pytest.mark.parametrize(("gone", "done"), [(0.5, 1), (10.0, 0), (10.0, 100), (10.0, 99)])
def test_what_cannot_be_known_is_not_told(gone: float, done: int) -> None:
    """Too early, nothing done, all done, or over in a moment."""
    assert seconds_left(gone, done, 100) == ""

"""A busy program is waited for, not for ever; one sentence says what to do."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from xlsales.hosts.live.calm import calm, status_progress
from xlsales.issues import CannotWrite


class Busy:
    """An app whose switches raise so many times before they answer."""

    def __init__(self, times: int) -> None:
        object.__setattr__(self, "left", times)
        object.__setattr__(self, "on", {"screen_updating": True, "enable_events": True, "interactive": True,
                                        "calculation": "automatic", "status_bar": "x"})  # fmt: skip

    def __getattr__(self, name: str) -> Any:
        if self.left:
            object.__setattr__(self, "left", self.left - 1)
            raise OSError("RPC_E_CALL_REJECTED")
        return self.on[name]

    def __setattr__(self, name: str, value: Any) -> None:
        self.on[name] = value


def test_a_program_that_is_busy_for_a_moment_is_waited_for() -> None:
    """Somebody was typing; the run goes on when the cell is left."""
    app = Busy(2)
    with calm(app, wait=5):
        assert app.on["calculation"] == "manual"
    assert app.on["calculation"] == "automatic"
    assert app.on["status_bar"] is False


def test_a_program_that_stays_busy_is_said() -> None:
    """The wait ends and the sentence says to leave the cell."""
    with pytest.raises(CannotWrite, match="excel_busy"), calm(Busy(10**6), wait=0.3):
        pass


def test_each_switch_is_restored_on_its_own() -> None:
    """One that refuses does not keep the others off."""

    class Stubborn(SimpleNamespace):
        def __setattr__(self, name: str, value: Any) -> None:
            if name == "interactive" and value is True and "done" in self.__dict__:
                raise OSError("nej")
            super().__setattr__(name, value)

    app = Stubborn(screen_updating=True, enable_events=True, interactive=True, calculation="automatic", status_bar="")
    with calm(app):
        app.done = 1
    assert (app.screen_updating, app.enable_events, app.calculation) == (True, True, "automatic")


def test_the_status_bar_tells_now_and_then() -> None:
    """A new name at once, the same one a few times a second, and never an error."""
    told: list[str] = []

    class App:
        def __setattr__(self, name: str, value: str) -> None:
            told.append(value)
            raise OSError("upptagen")

    ticks = iter([0.0, 0.1, 0.3, 0.3, 0.4])
    show = status_progress(App(), clock=lambda: next(ticks))
    for name, done in (("Intäkt", 0), ("Intäkt", 1), ("Intäkt", 2), ("Plan", 2), ("", 4)):
        show(name, done, 4)
    assert told == ["xlsales: Intäkt 0 %", "xlsales: Intäkt 50 %", "xlsales: Plan 50 %"]


def test_a_program_that_lacks_a_switch_is_kept_still_with_the_others() -> None:
    """Excel on a Mac has no way to turn the keyboard off."""

    class XlwingsError(Exception):
        """As xlwings says it."""

    class Mac(SimpleNamespace):
        @property
        def interactive(self) -> bool:
            raise XlwingsError("not on macOS")

    app = Mac(screen_updating=True, enable_events=True, calculation="automatic", status_bar="")
    with calm(app, wait=0.1):
        assert (app.screen_updating, app.calculation) == (False, "manual")
    assert (app.screen_updating, app.calculation) == (True, "automatic")

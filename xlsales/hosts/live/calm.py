"""Excel kept still while a table is filled, and as it was afterwards whatever happens."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from typing import Any, Final

from xlsales.issues import CannotWrite

_QUIET: Final = {"screen_updating": False, "enable_events": False, "interactive": False, "calculation": "manual"}
_PAUSE = 0.25


@contextlib.contextmanager
def calm(app: Any, wait: float = 5.0) -> Iterator[None]:
    """Screen, events, keyboard and calculation off; each is restored on its own, then the status bar is given back.

    app: an xlwings App. wait: seconds that a busy Excel is waited for; CannotWrite when it stays busy,
    which is also what it is while somebody types in a cell.
    """
    before = _when_ready(lambda: _switches(app), wait)
    try:
        for name in before:
            setattr(app, name, _QUIET[name])
        yield
    finally:
        for name, value in reversed(before.items()):
            with contextlib.suppress(Exception):
                setattr(app, name, value)
        with contextlib.suppress(Exception):
            app.status_bar = False


def _switches(app: Any) -> dict[str, Any]:
    """The switches the program has; xlwings says by an error of its own that Excel on a Mac lacks one."""
    found = {}
    for name in _QUIET:
        try:
            found[name] = getattr(app, name)
        except Exception as problem:
            if type(problem).__name__ != "XlwingsError":
                raise
    return found


def _when_ready(ask: Callable[[], dict[str, Any]], wait: float) -> dict[str, Any]:
    until = time.monotonic() + wait
    while True:
        try:
            return ask()
        except Exception as problem:
            if time.monotonic() >= until:
                raise CannotWrite("excel_busy") from problem
            time.sleep(_PAUSE)


def status_progress(app: Any, clock: Callable[[], float] = time.monotonic) -> Callable[[str, int, int], None]:
    """A callback (name, done, of) that tells the status bar how far a run has come, a few times a second."""
    told: dict[str, float] = {}

    def show(name: str, done: int, of: int) -> None:
        now = clock()
        if not name or now - told.get(name, -_PAUSE) < _PAUSE:
            return
        told[name] = now
        with contextlib.suppress(Exception):
            app.status_bar = f"xlsales: {name} {100 * done // of} %" if of else f"xlsales: {name}"

    return show

"""How far a command has come, on standard error."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Final

_MANY: Final = 1000


def progress_bar(quiet: bool, clock: Callable[[], float] = time.monotonic) -> Callable[[str, int, int], None]:
    """A callback (name, done, of): a bar with rows and seconds left on a terminal, else a line per name.

    quiet: nothing but the bar. An empty name ends the bar.
    """
    terminal = sys.stderr.isatty()
    started: dict[str, float] = {}

    def show(name: str, done: int, of: int) -> None:
        new, now = name not in started, clock()
        since = started.setdefault(name, now)
        if terminal:
            filled = round(20 * done / of) if of else 20
            told = f"{_rows(done, of)} {seconds_left(now - since, done, of)}"
            print(f"\r[{'#' * filled:<20}] {name:<28} {told:<32}", end="\n" * (not name), file=sys.stderr, flush=True)
        elif name and new and not quiet:
            print(f"… {name}", file=sys.stderr, flush=True)

    return show


def _rows(done: int, of: int) -> str:
    """Rows done and in all; a few steps need no counting."""
    return f"{done:,} / {of:,}".replace(",", "\u00a0") if of >= _MANY else ""


def seconds_left(gone: float, done: int, of: int) -> str:
    """How long the rest takes if it goes on like this, "" while nobody can know or it is soon over."""
    if not 0 < done < of or gone < 1:
        return ""
    left = gone * (of - done) / done
    return f"{left:.0f} s" if left >= 1 else ""

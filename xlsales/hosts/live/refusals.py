"""What a running Excel refuses, in one sentence."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from xlsales.issues import CannotWrite

# RPC_E_CALL_REJECTED, RPC_E_SERVERCALL_RETRYLATER and VBA_E_IGNORE: a dialogue is open, or somebody types in a cell.
_BUSY = frozenset({-2147418111, -2147417846, -2146777998})
_OF_EXCEL = frozenset({"com_error", "CommandError"})


@contextlib.contextmanager
def in_words() -> Iterator[None]:
    """An error of Excel's becomes a sentence; any other goes on."""
    try:
        yield
    except Exception as problem:
        if type(problem).__name__ not in _OF_EXCEL:
            raise
        raise refusal(problem) from problem


def refusal(problem: Exception) -> CannotWrite:
    """The sentence for an error while Excel was asked for something."""
    if _BUSY & set(_numbers(problem)):
        return CannotWrite("excel_busy")
    return CannotWrite("excel_refused", reason=_said(problem))


def _numbers(problem: Exception) -> Iterator[int]:
    """The error numbers of a COM error: its own, and the one Excel put inside it."""
    for part in (*problem.args, *_details(problem)):
        if isinstance(part, int):
            yield part


def _details(problem: Exception) -> tuple[object, ...]:
    return problem.args[2] if len(problem.args) > 2 and isinstance(problem.args[2], tuple) else ()


def _said(problem: Exception) -> str:
    """What Excel says of itself: the description of a COM error, else the first line."""
    said = next((part for part in _details(problem) if isinstance(part, str) and " " in part), str(problem)).strip()
    return said.splitlines()[0] if said else type(problem).__name__

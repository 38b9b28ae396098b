"""Work that goes on beside the one who waits for it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

Answer = TypeVar("Answer")


class Beside(Generic[Answer]):
    """A piece of work in a thread of its own, begun at once; it does not keep the program from ending."""

    def __init__(self, work: Callable[[], Answer]) -> None:
        self._answers: list[Answer] = []
        self._problems: list[BaseException] = []

        def run() -> None:
            try:
                self._answers.append(work())
            except BaseException as problem:
                self._problems.append(problem)

        self._thread = threading.Thread(target=run, daemon=True)
        self._thread.start()

    def done(self, seconds: float) -> bool:
        """Whether the work is done, after waiting for it so long at the most."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def answer(self) -> Answer:
        """What the finished work gave, or the problem it met."""
        if self._problems:
            raise self._problems[0]
        return self._answers[0]

"""Every choice: all choices that a small part of a model allows, listed once and weighed by any benefits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from xlsales.choosing.near_best import Side, Table, both

Matrix = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
_BLOCK = 2_000_000


@dataclass(frozen=True)
class EveryChoice:
    """choices: shape (choices, options), those to be taken first of equals first. sides: the two sides of each pair."""

    choices: Flags
    sides: Sequence[Side]

    def best(self, gain: Matrix, bonus: Matrix, even: Matrix) -> Flags:
        """The best choice for each row of gains (draws, options) and of bonuses (draws, pairs).

        even: how much less still counts as equal, by draw. Shape (draws, options).
        """
        of_choice = np.hstack([self.choices, both(self.choices, self.sides)]).astype(np.float64).T
        best = np.zeros(len(gain), dtype=np.int64)
        size = max(1, _BLOCK // len(self.choices))
        for start in range(0, len(gain), size):
            rows = slice(start, start + size)
            worth = np.hstack([gain[rows], bonus[rows]]) @ of_choice
            best[rows] = (worth >= worth.max(axis=1, keepdims=True) - even[rows, None]).argmax(axis=1)
        return self.choices[best]


def every_choice(table: Table, lean: Matrix, sides: Sequence[Side]) -> EveryChoice | None:
    """Every choice that obeys the rows; None where there is none.

    lean: what each option adds to the order among equals, the least sum first. Meant for up to some sixteen options.
    """
    count = len(lean)
    codes = np.arange(2**count)
    choices = (codes[:, None] >> np.arange(count) & 1).astype(bool)
    choices = choices[table.hold(choices)]
    if not len(choices):
        return None
    return EveryChoice(choices[np.argsort(choices @ lean, kind="stable")], sides)

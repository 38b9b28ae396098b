"""Greedy: the choice a person makes by hand, best benefit per hour first."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from xlsales.choosing.demands import NOTHING, Part

Vector = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


def greedy(part: Part, benefit: Vector, hours: Vector, start: Flags | None = None) -> tuple[Flags, bool]:
    """Take options by benefit per hour while every demand holds, with what each of them requires.

    benefit, hours: per option of the part (its first columns; the pairs come after them and are not looked at).
    start: options that are taken before all others. Returns what is taken and whether every demand holds: what must
    be and what covers a criterion comes first, but the list does not look ahead and can end where it cannot.
    Of equal rates the first is taken.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = np.where(benefit > NOTHING, benefit / hours, 0.0)
    order = np.argsort(-rate, kind="stable")
    rank = np.argsort(order)
    hand = _Hand(part, len(benefit), rank)
    for column in np.flatnonzero(start) if start is not None else ():
        hand.put(int(column))
    for kind in ("must", "cover"):
        for row in (r for r in hand.asked if hand.names[r][0] == kind):
            if hand.reached[row] < hand.low[row] - 1e-9:
                any(hand.take(int(column)) for column in sorted(hand.columns[row], key=rank.__getitem__))
    for column in order[: int((rate > 0).sum())]:
        hand.take(int(column))
    return hand.taken, hand.holds()


class _Hand:
    """What is taken, and how far each row has come."""

    def __init__(self, part: Part, count: int, rank: npt.NDArray[np.int64]) -> None:
        rows = [row for row in part.rows if row.columns.max() < count]
        self.names = [row.name for row in rows]
        self.columns = [row.columns for row in rows]
        self.low = [row.low for row in rows]
        self.high = [row.high + 1e-8 * float(np.abs(row.values).max()) for row in rows]
        self.asked = [r for r, row in enumerate(rows) if row.low > 0]
        self.reached = [0.0] * len(rows)
        self.taken = np.zeros(count, dtype=bool)
        self.of: list[list[tuple[int, float]]] = [[] for _ in range(count)]
        self.help: list[list[int]] = []
        for r, row in enumerate(rows):
            for column, value in zip(row.columns.tolist(), row.values.tolist(), strict=True):
                self.of[column].append((r, value))
            self.help.append(sorted(row.columns[row.values < 0].tolist(), key=rank.__getitem__))
        self.trail: list[int] = []

    def put(self, column: int, sign: int = 1) -> None:
        self.taken[column] = sign > 0
        for r, value in self.of[column]:
            self.reached[r] += sign * value

    def take(self, column: int) -> bool:
        """Take an option and what it requires; where that does not fit nothing is taken."""
        if self.taken[column]:
            return True
        mark = len(self.trail)
        self.put(column)
        self.trail.append(column)
        for r, _ in self.of[column]:
            if self.reached[r] > self.high[r] and not any(self.take(other) for other in self.help[r]):
                while len(self.trail) > mark:
                    self.put(self.trail.pop(), -1)
                return False
        return True

    def holds(self) -> bool:
        ends = zip(self.reached, self.low, self.high, strict=True)
        return all(low - 1e-9 <= reached <= high for reached, low, high in ends)

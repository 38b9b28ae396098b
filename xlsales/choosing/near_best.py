"""Near best: every choice that can come within a given distance of the relaxed optimum."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from xlsales.choosing.demands import Row
from xlsales.choosing.solver import Relaxation, scaled

Vector = npt.NDArray[np.float64]
Matrix = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Side = tuple[Indices, Indices]

_HOLDS = 2e-9
_BITS = 62


@dataclass(frozen=True)
class Table:
    """The rows over the options alone as matrix · x ≤ high, shape (rows, options), in the scale of the solver.

    own: the place of each row among the rows it was made from. signs: -1 where a row was turned around.
    """

    matrix: Matrix
    high: Vector
    own: Indices

    def hold(self, choices: Flags) -> Flags:
        """Which of the choices (choices, options) obey every row."""
        fits = np.ones(len(choices), dtype=bool)
        for values, high in zip(self.matrix, self.high, strict=True):
            columns = np.flatnonzero(values)
            fits &= choices[:, columns] @ values[columns] <= high + _HOLDS
        return fits


def table_of(rows: Sequence[Row], count: int) -> Table:
    """Rows as a table; those that link the column of a pair (from count on) are left out, as they always hold."""
    kept = [i for i, row in enumerate(rows) if row.columns.max(initial=-1) < count]
    ends = [(i, sign) for i in kept for sign in (1.0, -1.0) if np.isfinite(rows[i].high if sign > 0 else rows[i].low)]
    matrix, high = np.zeros((len(ends), count)), np.zeros(len(ends))
    for place, (i, sign) in enumerate(ends):
        values, low, most = scaled((rows[i].columns, rows[i].values, rows[i].low, rows[i].high))
        np.add.at(matrix[place], rows[i].columns, sign * values)
        high[place] = most if sign > 0 else -low
    return Table(matrix, high, np.array([i for i, _ in ends], dtype=np.int64))


def both(choices: Flags, sides: Iterable[Side]) -> Flags:
    """Which pairs have both sides chosen, shape (choices, pairs)."""
    found = [choices[:, one].any(axis=1) & choices[:, other].any(axis=1) for one, other in sides]
    return np.array(found, dtype=bool).reshape(len(found), len(choices)).T


def near_best(table: Table, relaxed: Relaxation, room: float, most: int) -> Flags | None:
    """Every choice that may give at least the relaxed optimum less room, shape (choices, options).

    What a choice gives is the relaxed optimum less the reduced cost of every option that stands otherwise than there
    and less the price of what every tight row is left with; so options are set one after the other, dearest first,
    and what has already cost more than room or can no longer obey a row is dropped. Some of those returned may give
    less. None where more than most are in hand at once.
    """
    count = table.matrix.shape[1]
    cost, stands = relaxed.cost[:count], relaxed.values[:count] > 0.5
    free = np.flatnonzero(cost <= room)
    if len(free) > _BITS:
        return None
    free = free[_in_turn(table, relaxed, cost, free)]
    fixed = stands.copy()
    fixed[free] = False
    left = table.high - table.matrix @ fixed
    part = table.matrix[:, free]
    price = relaxed.price[table.own]
    above = np.maximum(part, 0.0).sum(axis=1)
    if (left < np.minimum(part, 0.0).sum(axis=1) - _HOLDS).any():
        return np.zeros((0, count), dtype=bool)
    needed = (above > left) | (price > 0)
    codes = _set(part[needed], left[needed] + _HOLDS, price[needed], (cost[free], stands[free], room), most)
    if codes is None:
        return None
    found = np.repeat(fixed[None, :], len(codes), axis=0)
    found[:, free] = codes[:, None] >> np.arange(len(free)) & 1
    return found


def _in_turn(table: Table, relaxed: Relaxation, cost: Vector, free: Indices) -> Indices:
    """The order to set options in: those of one dear row together, so that what it is left with is soon known."""
    worth = relaxed.price[table.own][:, None] * np.abs(table.matrix[:, free])
    row = worth.argmax(axis=0) if len(worth) else np.zeros(len(free), dtype=np.int64)
    return np.lexsort([-cost[free], row])


def _set(
    part: Matrix, left: Vector, price: Vector, own: tuple[Vector, Flags, float], most: int
) -> Indices | None:
    """The choices as numbers, the first option of part in the lowest bit."""
    cost, stands, room = own
    rise = _after(np.maximum(part, 0.0))
    fall = _after(np.minimum(part, 0.0))
    codes, spent, still = np.zeros(1, dtype=np.int64), np.zeros(1), left[:, None]
    tight = np.flatnonzero(price > 0)
    for place in range(part.shape[1]):
        taken = cost[place] * (not stands[place])
        spent = np.concatenate([spent + (cost[place] - taken), spent + taken])
        still = np.concatenate([still, still - part[:, [place]]], axis=1)
        idle = price[tight] @ np.maximum(still[tight] - rise[place + 1, tight, None], 0.0)
        good = np.flatnonzero((spent + idle <= room) & (still >= fall[place + 1, :, None]).all(axis=0))
        codes = np.concatenate([codes, codes | np.int64(1 << place)])[good]
        spent, still = spent[good], still[:, good]
        if len(codes) > most:
            return None
    return codes


def _after(part: Matrix) -> Matrix:
    """What the columns from each on add up to by row, shape (columns + 1, rows)."""
    return np.vstack([np.cumsum(part[:, ::-1], axis=1)[:, ::-1].T, np.zeros(len(part))])

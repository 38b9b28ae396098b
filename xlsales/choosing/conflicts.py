"""Conflicts: which demands cannot hold together, and what is left when the musts go first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from xlsales.choosing.demands import Demands, Limits, Name, Part, Row, components, demands
from xlsales.choosing.solver import Program, solver

Vector = npt.NDArray[np.float64]

_TRIES = ("cover", "excludes", "requires", "banned", "budget", "pool", "must")
_GIVES_WAY = ("cover", "excludes", "requires")
_KRONOR_PER_HOUR = 1000.0


@dataclass(frozen=True)
class Relaxed:
    """options and limits that can be met. over: hours above each pool, and kronor above the budget, that the musts
    alone need. given_up: the demands that do not hold.
    """

    options: pd.DataFrame
    limits: Limits
    over: Mapping[str, float]
    given_up: tuple[Name, ...]


def conflicts(options: pd.DataFrame, limits: Limits, seconds: float) -> tuple[Name, ...]:
    """A least set of demands that cannot hold together: without any one of them the others can. () when all hold.

    Demands are ("must", activity), ("pool", pool), ("budget", ""), ("cover", criterion), ("requires", "A B"),
    ("excludes", "A B") and ("banned", activity). A demand is left out where the rest collides without it, first in
    ever smaller bundles and then one by one. seconds: time for each try; what is not settled within it stays in.
    """
    found = demands(options, replace(limits, pairs=()), ban=False)
    for row in found.rows:
        if not len(row.columns):
            return (row.name,)
    for part in components(found):
        names = sorted({row.name for row in part.rows} - {("", "")}, key=lambda name: (_TRIES.index(name[0]), name))
        if not _possible(part, names, seconds):
            return tuple(sorted(_least(part, names, seconds)))
    return ()


def _least(part: Part, names: list[Name], seconds: float) -> list[Name]:
    size = len(names)
    while size:
        size = size // 2 if size > 1 else 0
        step, at = max(size, 1), 0
        while at < len(names):
            fewer = names[:at] + names[at + step :]
            if _possible(part, fewer, seconds):
                at += step
            else:
                names = fewer
    return names


def _possible(part: Part, names: Sequence[Name], seconds: float) -> bool:
    kept = {*names, ("", "")}
    rows = [(row.columns, row.values, row.low, row.high) for row in part.rows if row.name in kept]
    count = len(part.columns)
    return solver(Program(np.zeros(count), rows, np.ones(count, dtype=bool)), seconds).feasible


def relaxed(options: pd.DataFrame, limits: Limits, seconds: float) -> Relaxed:
    """Let the musts hold over everything.

    A must whose options are all banned is allowed; pools and budget are raised to what the musts alone need, with
    the least hours above the pools; of the rest as few of requires, excludes and cover as possible are given up.
    """
    must, banned = options["must"].to_numpy(bool), options["banned"].to_numpy(bool)
    groups = options.groupby(["activity_id", "unit"], sort=True).ngroup().to_numpy(np.int64)
    free = np.isin(groups, groups[must & ~banned])
    freed = must & banned & ~free
    lifted = options.assign(banned=banned & ~freed)
    raised, over = _raised(lifted, limits, seconds)
    given_up = _given_up(demands(lifted, replace(raised, pairs=())), seconds)
    allowed = tuple(("banned", str(activity)) for activity in sorted(set(options.loc[freed, "activity_id"])))
    return Relaxed(lifted, raised, over, allowed + given_up)


def _raised(options: pd.DataFrame, limits: Limits, seconds: float) -> tuple[Limits, dict[str, float]]:
    """Pools and budget at least as large as the musts alone need."""
    bound = options[options["must"].to_numpy(bool) & ~options["banned"].to_numpy(bool)].reset_index(drop=True)
    found = demands(bound, Limits(limits.pools, limits.budget))
    count, tight = len(bound), [row for row in found.rows if row.name[0] in ("pool", "budget")]
    others = [row for row in found.rows if row.name[0] not in ("pool", "budget")]
    rows = [*others, *(_eased(row, count + i, -1.0) for i, row in enumerate(tight))]
    price = [1.0 if row.name[0] == "pool" else 1 / _KRONOR_PER_HOUR for row in tight]
    whole = np.arange(count + len(tight)) < count
    answer = solver(Program(
        np.concatenate([np.zeros(count), -np.array(price)]), [(r.columns, r.values, r.low, r.high) for r in rows],
        whole, np.where(whole, 1.0, np.inf),
    ), seconds)  # fmt: skip
    if not tight or answer.values is None:
        return limits, {}
    pools, budget, over = dict(limits.pools), limits.budget, {}
    for row in tight:
        needed = float(row.values @ answer.values[row.columns])
        if needed > row.high + 1e-7:
            over[row.name[1] or "budget"] = needed - row.high
            if row.name[0] == "pool":
                pools[row.name[1]] = needed
            else:
                budget = needed
    return replace(limits, pools=pools, budget=budget), over


def _eased(row: Row, column: int, value: float) -> Row:
    """The row with one more column that can make up for what is missing."""
    return replace(row, columns=np.append(row.columns, column), values=np.append(row.values, value))


def _given_up(found: Demands, seconds: float) -> tuple[Name, ...]:
    """As few demands as possible whose absence lets all others hold."""
    lost = {row.name for row in found.rows if not len(row.columns)}
    for part in components(found):
        count = len(part.columns)
        soft = sorted({row.name for row in part.rows if row.name[0] in _GIVES_WAY})
        if not soft:
            continue
        at = {name: count + i for i, name in enumerate(soft)}
        rows = [
            _eased(row, at[row.name], 1.0 if row.low > -np.inf else -1.0) if row.name in at else row
            for row in part.rows
        ]
        size = count + len(soft)
        gain = np.where(np.arange(size) < count, 0.0, -1.0)
        bare = [(row.columns, row.values, row.low, row.high) for row in rows]
        answer = solver(Program(gain, bare, np.ones(size, dtype=bool)), seconds)
        if answer.values is not None:
            lost |= {name for name in soft if answer.values[at[name]] > 0.5}
    return tuple(sorted(lost))

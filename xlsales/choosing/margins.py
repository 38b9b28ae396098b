"""Margins: what more hours would give."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from xlsales.choosing.choice import Choice, ChoiceRules, Limits, best_of, in_order
from xlsales.choosing.conflicts import relaxed
from xlsales.choosing.demands import NOTHING, Demands, Part, components, demands
from xlsales.choosing.solver import Program, solver

Vector = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

_MOST = 400
_RISE = 1e-6
_COLUMNS = ["pool", "hours", "planned", "worth", "hours_to_next", "benefit_at_next", "first_below"]


def margins(
    options: pd.DataFrame, limits: Limits, found: Choice, rules: ChoiceRules = ChoiceRules()
) -> pd.DataFrame:
    """What one more hour in each pool gives, and how many more are needed before the benefit can rise at all.

    options, limits: those that found was chosen from. Returns one row per pool, in the order of limits: pool, hours
    there are, planned hours, worth (benefit that one more hour adds), hours_to_next (least added hours at which the
    benefit rises, NaN where none helps), benefit_at_next (of the whole choice), first_below (activity_id of most
    benefit per hour that draws on the pool and is not chosen, "" where there is none).
    Only what hangs together with the pool is solved again. Where that is more than 400 options, or was not proven,
    worth and both that follow are NaN. Where demands collide the hours count from what the musts were given.
    """
    table, order = in_order(options)
    chosen = found.options["chosen"].to_numpy(bool)[order]
    eased = relaxed(table, limits, rules.choice_seconds) if found.conflicts else None
    made = demands(
        table if eased is None else eased.options, limits if eased is None else eased.limits, found.given_up
    )
    holding = {row.name[1]: part for part in components(made) for row in part.rows if row.name[0] == "pool"}
    rows = []
    for pool, hours in limits.pools.items():
        inside = (table["pool"] == pool).to_numpy(bool)
        planned = float(table.loc[inside & chosen, "hours"].sum())
        more = _more(pool, holding.get(pool), made, (table["hours"].to_numpy(np.float64), chosen, found), rules)
        rows.append((pool, float(hours), planned, *more, _first_below(table, inside, chosen, made)))
    return pd.DataFrame(rows, columns=_COLUMNS)


def _more(
    pool: str, part: Part | None, made: Demands, now: tuple[Vector, Flags, Choice], rules: ChoiceRules
) -> tuple[float, float, float]:
    """Worth of one more hour, hours to the next rise, and the benefit there; a pool that cannot bind gives nothing."""
    hours, chosen, found = now
    if part is None:
        return 0.0, np.nan, np.nan
    if (part.columns < len(hours)).sum() > _MOST or not found.proven:
        return np.nan, np.nan, np.nan
    gain = made.gain[part.columns]
    values = made.with_pairs(chosen)[part.columns]
    reached = float(gain @ values)
    if reached >= gain[gain > 0].sum() - 1e-9:
        return 0.0, np.nan, np.nan
    one_more = _reached(_raised(part, pool, 1.0), made, hours, (values, rules))
    at, count = next(i for i, row in enumerate(part.rows) if row.name == ("pool", pool)), len(gain)
    bare = part.bare
    columns, coefficients, low, high = bare[at]
    bare[at] = (np.append(columns, count), np.append(coefficients, -1.0), low, high)
    least = reached + _RISE * max(reached, float(np.abs(gain).max(initial=0.0)))
    bare.append((np.flatnonzero(gain), gain[gain != 0], least, np.inf))
    added = np.arange(count + 1) == count
    program = Program(
        np.where(added, -1.0, 0.0), bare, np.append(part.columns < len(hours), False), np.where(added, np.inf, 1.0)
    )
    next_rise = solver(program, rules.choice_seconds)
    worth = max(0.0, one_more - reached) if one_more > reached + NOTHING else 0.0
    if next_rise.values is None or not next_rise.proven:
        return worth, np.nan, np.nan
    needed = float(next_rise.values[:count][columns] @ coefficients) - high
    after = _reached(_raised(part, pool, needed), made, hours, (next_rise.values[:count], rules))
    return worth, needed, found.benefit - reached + after


def _raised(part: Part, pool: str, by: float) -> Part:
    rows = [replace(row, high=row.high + by) if row.name == ("pool", pool) else row for row in part.rows]
    return replace(part, rows=rows)


def _reached(part: Part, made: Demands, hours: Vector, start: tuple[Vector, ChoiceRules]) -> float:
    """Benefit of the part when the search goes on from a choice that fits."""
    values, rules = start
    answer, _ = best_of(part, made, hours, rules, values)
    return np.nan if answer.values is None else float(made.gain[part.columns] @ answer.values)


def _first_below(table: pd.DataFrame, inside: Flags, chosen: Flags, made: Demands) -> str:
    """The best option per hour of those that could be chosen and whose activity is not done by the same unit."""
    benefit, hours = table["benefit"].to_numpy(np.float64), table["hours"].to_numpy(np.float64)
    taken = np.isin(made.groups, made.groups[chosen])
    below = np.flatnonzero(inside & made.live & ~taken & (benefit > NOTHING))
    if not len(below):
        return ""
    with np.errstate(divide="ignore"):
        return str(table["activity_id"].iloc[below[np.argmax(benefit[below] / hours[below])]])

"""What there is in a ledger by reason and by mark, and what that means for the sums: before they are made."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from xlsales.issues import Issue
from xlsales.sources.databases.lookups import Looked
from xlsales.sources.databases.pushdown import Plan
from xlsales.sources.marked import counted, group_marks, left_out_groups, turned_groups
from xlsales.sources.rowtypes import Marks
from xlsales.sources.waist import whole_numbers

Mask = npt.NDArray[np.bool_]

_COUNTS: Final = ("rows", "units", "least", "cost_bad", "costed", "against")
# As in xlsales.sources.amounts: so many rows that it is no mistake.
_FEWEST, _MOSTLY = 5, 0.9


@dataclass(frozen=True)
class Survey:
    """plan: with what is to be dropped and turned. aside: why, rows and units of what is set aside."""

    plan: Plan
    aside: pd.DataFrame
    issues: list[Issue]


def surveyed(found: pd.DataFrame, plan: Plan, looked: Looked) -> Survey:
    """Decide what becomes of every kind of row; found: the answer to :func:`~.pushdown.survey_sql`."""
    groups = found.rename(columns={"row_count": "rows"})
    texts = {key: groups[key].astype("str").fillna("") for key in ("why", *plan.marks)}
    groups = groups.assign(**texts, **{key: whole_numbers(groups[key].fillna(0)) for key in _COUNTS})
    marks = group_marks(groups, looked.profile)
    dropped = marks.types | marks.cancelled
    used = (groups["why"] == "").to_numpy(dtype=np.bool_) & ~dropped
    turned, notes = turned_groups(groups, marks, used, looked.profile.credit_notes)
    costs = plan.cost_key == "cost" and _costs_turned(groups)
    whole = replace(
        plan, dropped=_kinds(groups[dropped], plan), turned=_kinds(groups[turned], plan), costs_turned=costs
    )
    issues = [*left_out_groups(groups, marks), *notes, *_called_off(groups, marks, used, looked)]
    aside = groups[(groups["why"] != "").to_numpy(dtype=np.bool_) & ~dropped]
    return Survey(whole, aside, [*issues, *_costs(groups[used], whole, looked)])


def _kinds(groups: pd.DataFrame, plan: Plan) -> list[tuple[str, ...]]:
    return sorted(set(groups[plan.marks].itertuples(index=False, name=None)))


def _costs_turned(groups: pd.DataFrame) -> bool:
    costed, against = int(groups["costed"].sum()), int(groups["against"].sum())
    return costed >= _FEWEST and against >= _MOSTLY * costed


def _called_off(groups: pd.DataFrame, marks: Marks, used: Mask, looked: Looked) -> Iterator[Issue]:
    """Rows that count although their status may mean that there was no sale."""
    mask = marks.called_off & used
    if mask.any():
        heading = looked.headings.heading("status")
        params = {**counted(groups[mask]), "states": list(marks.states), "heading": heading}
        yield Issue("warning", "status_counted", column="status", found=marks.states[0], params=params)


def _costs(groups: pd.DataFrame, plan: Plan, looked: Looked) -> Iterator[Issue]:
    heading = looked.headings.heading(plan.cost_key) if plan.cost_key else ""
    if plan.costs_turned:
        yield Issue("warning", "cost_turned", column="cost", found=heading, params={"heading": heading})
    count = int(groups["cost_bad"].sum())
    if count:
        params = {"heading": heading, "count": count}
        yield Issue("warning", "cells_unreadable", column=plan.cost_key, params=params)

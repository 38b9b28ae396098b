"""What there is in a ledger by reason and by mark, and what that means for the sums: before they are made."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from xlsales.issues import Issue
from xlsales.sources.databases.lookups import Looked
from xlsales.sources.databases.pushdown import Plan
from xlsales.sources.rowtypes import MARKS, Marks, read_marks
from xlsales.sources.waist import UNITS, whole_numbers

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
    marks = read_marks({key: _column(groups, key) for key in MARKS}, looked.profile)
    dropped = marks.types | marks.cancelled
    used = (groups["why"] == "").to_numpy(dtype=np.bool_) & ~dropped
    turned, notes = _turned(groups, marks, used, looked.profile.credit_notes)
    costs = plan.cost_key == "cost" and _costs_turned(groups)
    whole = replace(
        plan, dropped=_kinds(groups[dropped], plan), turned=_kinds(groups[turned], plan), costs_turned=costs
    )
    issues = [*_left_out(groups, marks), *notes, *_called_off(groups, marks, used, looked)]
    aside = groups[(groups["why"] != "").to_numpy(dtype=np.bool_) & ~dropped]
    return Survey(whole, aside, [*issues, *_costs(groups[used], whole, looked)])


def _column(groups: pd.DataFrame, key: str) -> pa.Array:
    if key not in groups:
        return pa.repeat(pa.scalar("", pa.large_string()), len(groups))
    return pa.array(groups[key].array, pa.large_string())


def _kinds(groups: pd.DataFrame, plan: Plan) -> list[tuple[str, ...]]:
    return sorted(set(groups[plan.marks].itertuples(index=False, name=None)))


def _turned(groups: pd.DataFrame, marks: Marks, used: Mask, written: str) -> tuple[Mask, list[Issue]]:
    """Which groups are to have a minus: the credit side, and credit notes, where none of theirs has one yet."""
    none = np.zeros(len(groups), dtype=np.bool_)
    side = marks.side & used
    credit = marks.credit & used & ~marks.side
    turned = side if _without_minus(groups[side]) else none
    if written == "positive":
        return turned | credit, []
    if written == "negative" or not _without_minus(groups[credit]):
        return turned, []
    params = {"count": int(groups.loc[credit, "rows"].sum())}
    return turned | credit, [Issue("warning", "credits_turned", column="amount", params=params)]


def _without_minus(groups: pd.DataFrame) -> bool:
    return bool((groups["least"] >= 0).all() and (groups["units"] > 0).any())


def _costs_turned(groups: pd.DataFrame) -> bool:
    costed, against = int(groups["costed"].sum()), int(groups["against"].sum())
    return costed >= _FEWEST and against >= _MOSTLY * costed


def _left_out(groups: pd.DataFrame, marks: Marks) -> Iterator[Issue]:
    for code, mask in (("row_types_left_out", marks.types), ("cancelled_left_out", marks.cancelled)):
        if mask.any():
            names = sorted(set(groups.loc[mask, "row_type"])) if "row_type" in groups else [""]
            yield Issue("note", code, column="row_type", params={**_sums(groups[mask]), "types": names})


def _called_off(groups: pd.DataFrame, marks: Marks, used: Mask, looked: Looked) -> Iterator[Issue]:
    """Rows that count although their status may mean that there was no sale."""
    mask = marks.called_off & used
    if mask.any():
        heading = looked.headings.heading("status")
        params = {**_sums(groups[mask]), "states": list(marks.states), "heading": heading}
        yield Issue("warning", "status_counted", column="status", found=marks.states[0], params=params)


def _costs(groups: pd.DataFrame, plan: Plan, looked: Looked) -> Iterator[Issue]:
    heading = looked.headings.heading(plan.cost_key) if plan.cost_key else ""
    if plan.costs_turned:
        yield Issue("warning", "cost_turned", column="cost", found=heading, params={"heading": heading})
    count = int(groups["cost_bad"].sum())
    if count:
        params = {"heading": heading, "count": count}
        yield Issue("warning", "cells_unreadable", column=plan.cost_key, params=params)


def _sums(groups: pd.DataFrame) -> dict[str, Any]:
    return {"count": int(groups["rows"].sum()), "amount": round(int(groups["units"].sum()) / UNITS, 2)}

"""What the marks of rows mean where rows stand in groups: what is left out, and what gets a minus."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from xlsales.issues import Issue
from xlsales.sources.profiles import Profile
from xlsales.sources.rowtypes import MARKS, Marks, Mask, read_marks
from xlsales.sources.waist import UNITS


def group_marks(groups: pd.DataFrame, profile: Profile) -> Marks:
    """The marks of groups of rows. groups: a column of text for each of the marks there are."""
    return read_marks({key: _column(groups, key) for key in MARKS}, profile)


def left_out_groups(groups: pd.DataFrame, marks: Marks) -> list[Issue]:
    """What is left out by its marks. groups: rows and units of each."""
    issues = []
    for code, mask in (("row_types_left_out", marks.types), ("cancelled_left_out", marks.cancelled)):
        if mask.any():
            names = sorted(set(groups.loc[mask, "row_type"])) if "row_type" in groups else [""]
            issues.append(Issue("note", code, column="row_type", params={**counted(groups[mask]), "types": names}))
    return issues


def turned_groups(groups: pd.DataFrame, marks: Marks, used: Mask, written: str) -> tuple[Mask, list[Issue]]:
    """Which groups get a minus: the credit side, and credit notes, where none of theirs has one yet.

    groups: rows, units and least (the smallest units of a row). written: how the system writes credit notes,
    as :attr:`xlsales.sources.profiles.Profile.credit_notes`.
    """
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


def counted(groups: pd.DataFrame) -> dict[str, Any]:
    """How many rows, and their amount."""
    return {"count": int(groups["rows"].sum()), "amount": round(int(groups["units"].sum()) / UNITS, 2)}


def _without_minus(groups: pd.DataFrame) -> bool:
    return bool((groups["least"] >= 0).all() and (groups["units"] > 0).any())


def _column(groups: pd.DataFrame, key: str) -> pa.Array:
    if key not in groups:
        return pa.repeat(pa.scalar("", pa.large_string()), len(groups))
    return pa.array(groups[key].array, pa.large_string())

"""The nouns in which tables speak to the place where they live."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd


class Link(NamedTuple):
    """A cell that shows ``text`` and leads to ``target`` (``'Kunder'!C14``) in the same workbook."""

    target: str
    text: str


class Keep:
    """The type of :data:`KEEP`: leave this cell as it is."""

    def __repr__(self) -> str:
        return "KEEP"


KEEP: Final = Keep()


@dataclass(frozen=True)
class TableEdit:
    """The wanted body of one table.

    cells: one row per wanted body row, one column per heading the tool writes, object dtype.
        A cell is str, float, int, bool, datetime.date, datetime.datetime, None (empty), Link or KEEP.
        Headings that the table lacks are added as columns to its right end.
    origin: shape (rows,), for each wanted row the body row (from 0) it continues, or -1 for a new row.
        Cells of headings not in ``cells`` (the user's own columns) follow their row by ``origin``.
    drop: headings to remove (only ever columns of the tool's own).
    order: the wanted order of all headings, or None to keep the present order.
    key: headings by whose cells people know a row, where the table has such.
    """

    cells: pd.DataFrame
    origin: npt.NDArray[np.int64]
    drop: tuple[str, ...] = ()
    order: tuple[str, ...] | None = None
    key: tuple[str, ...] = ()

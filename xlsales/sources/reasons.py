"""Why a row cannot be used: of several reasons the first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

# Every code of a reason; its words stand under ``issue.ledger_CODE``.
WHY: Final = (
    "bad_row", "bad_date", "no_date", "no_customer", "bad_amount", "no_amount", "no_account", "no_rate",
)  # fmt: skip
Check = tuple[str, str, npt.NDArray[np.bool_]]
Texts = npt.NDArray[np.object_]


def first_reasons(checks: Sequence[Check], size: int) -> tuple[Texts, Texts]:
    """The code and the ledger key of the first check that holds for each of ``size`` rows, "" where none does.

    checks: (code, ledger key, rows it holds for).
    """
    why = np.full(size, "", dtype=object)
    column = why.copy()
    for code, key, mask in reversed(checks):
        why[mask], column[mask] = code, key
    return why, column

"""Quarters: what customers bought quarter by quarter, for a calendar where regular and sliding buyers show."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

_MONTHS = 3
_UNITS_PER_KRONA = 10_000


def quarters(rows: pd.DataFrame, numbers: Sequence[str], count: int = 12) -> pd.DataFrame:
    """Revenue of some customers in each of the last quarters up to the end of the window.

    rows: customer_no, age (months before the last one of the window) and units (1/10 000 SEK).
    Returns customer_no in the order given and q1 … q``count`` in kronor; the last is the latest quarter.
    """
    wanted = pd.Series(np.arange(len(numbers)), index=list(numbers), dtype="int64")
    place = rows["customer_no"].map(wanted).fillna(-1).to_numpy(np.int64)
    age = rows["age"].to_numpy(np.int64)
    shown = (place >= 0) & (age >= 0) & (age < count * _MONTHS)
    units = np.zeros((len(numbers), count), dtype=np.int64)
    np.add.at(units, (place[shown], count - 1 - age[shown] // _MONTHS), rows["units"].to_numpy(np.int64)[shown])
    amounts = pd.DataFrame(units / _UNITS_PER_KRONA, columns=[f"q{i}" for i in range(1, count + 1)])
    amounts.insert(0, "customer_no", pd.Series(list(numbers), dtype=object))
    return amounts

"""Stability: how evenly a customer buys (XYZ analysis)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class StabilityRules:
    """Thresholds; see the settings of the same names. By months nearly every business customer would be a Z."""

    window_months: int = 12
    xyz_months: int = 3
    xyz_x: float = 0.5
    xyz_y: float = 1.0


def stability(monthly: pd.DataFrame, rules: StabilityRules = StabilityRules()) -> pd.DataFrame:
    """Class every customer X, Y or Z by the coefficient of variation of its revenue per period.

    monthly: customer_no, age (0 is the last month of the window) and units, or any amount.
    Returns customer_no, variation and xyz, sorted by customer_no. Periods without purchases count as zero; the
    standard deviation is that of all periods of the window, not of a sample. A customer without positive revenue
    in the window has no class. Months that do not fill a period at the far end of the window are left out.
    """
    periods = rules.window_months // rules.xyz_months
    inside = monthly[(monthly["age"] >= 0) & (monthly["age"] < periods * rules.xyz_months)]
    codes, numbers = pd.factorize(inside["customer_no"], sort=True)
    amounts = np.zeros((len(numbers), max(periods, 1)))
    np.add.at(amounts, (codes, inside["age"].to_numpy(np.int64) // rules.xyz_months), inside["units"].to_numpy(float))
    variation = coefficient_of_variation(amounts)
    classes = np.select([variation <= rules.xyz_x + 1e-9, variation <= rules.xyz_y + 1e-9], ["X", "Y"], "Z")
    known = ~np.isnan(variation)
    return pd.DataFrame(
        {
            "customer_no": pd.Series(numbers, dtype=object),
            "variation": variation,
            "xyz": np.where(known, classes, "").astype(object),
        }
    )


def coefficient_of_variation(amounts: Any) -> Any:
    """Standard deviation over mean of each row, over all periods given; NaN where the mean is not positive."""
    table = np.asarray(amounts, dtype=np.float64)
    mean = table.mean(axis=1)
    return np.where(mean > 0, table.std(axis=1) / np.where(mean > 0, mean, 1.0), np.nan)

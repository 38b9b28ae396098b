"""Potential: our share of what a customer buys of our kind, and what is left up to the share we want."""

from __future__ import annotations

import numpy as np
import pandas as pd


def potential(customers: pd.DataFrame) -> pd.DataFrame:
    """Share of wallet and the potential up to the target share, in kronor.

    customers: revenue, wallet (all the customer buys of our kind, SEK per window; NaN where unknown) and where known
        target_share (0–1).
    Returns the same rows with share_of_wallet, NaN without a positive wallet, and potential = target share × wallet −
    revenue, never negative. A share above one is left as it is: the wallet was estimated too low.
    """
    wallet = customers["wallet"].where(customers["wallet"] > 0)
    target = customers["target_share"] if "target_share" in customers else pd.Series(np.nan, customers.index)
    gap = (target * wallet - customers["revenue"].fillna(0)).clip(lower=0)
    return customers.assign(share_of_wallet=customers["revenue"].fillna(0) / wallet, potential=gap)

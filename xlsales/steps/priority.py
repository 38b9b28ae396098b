"""Priority: where the seller's hours are worth most, by what is at stake with each customer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class PriorityRules:
    """Thresholds; see the settings of the same names."""

    priority_1: float = 0.50
    priority_2: float = 0.80
    loyalty_line: float = 0.50


BOXES = ("grow", "care", "simple", "leave")
_TINY = 1e-9


def priority(customers: pd.DataFrame, rules: PriorityRules = PriorityRules()) -> pd.DataFrame:
    """Give every customer priority 1, 2 or 3 by its part of all that is at stake.

    customers: customer_no, revenue and revenue_prev (SEK), potential (NaN where unknown), overdue (true/false), and
        where companies are analysed as groups unit, the group or the lone customer that each belongs to.
    At stake is the largest of three: the potential up to the target share; the revenue lost since the window before;
    and all of the revenue when a purchase is overdue. They overlap, so they are not added.
    Returns the same rows with stake, stake_kind (potential, lost, overdue or "") and priority: 1 until half of the
    whole stake is reached, 2 until 80 %, 3 the rest; the customer that crosses a line belongs to the better class,
    and who has nothing at stake is a 3. Ties are broken by customer_no.
    """
    now = customers["revenue"].fillna(0.0)
    parts = pd.DataFrame(
        {
            "potential": customers["potential"].fillna(0.0),
            "lost": _lost(customers),
            "overdue": now.where(customers["overdue"].eq(True), 0.0),
        }
    ).clip(lower=0.0)
    stake = parts.max(axis=1).round(2)
    kind = np.array([*parts.columns], dtype=object)[parts.to_numpy().argmax(axis=1)] if len(parts) else []
    table = customers.assign(stake=stake, stake_kind=np.where(stake > 0, kind, ""))
    ranked = table.sort_values(["stake", "customer_no"], ascending=[False, True])
    total = float(ranked["stake"].sum()) or 1.0
    before = (ranked["stake"].cumsum() - ranked["stake"]) / total
    classes = np.select([before < rules.priority_1 - _TINY, before < rules.priority_2 - _TINY], [1, 2], 3)
    return table.assign(priority=pd.Series(np.where(ranked["stake"] > 0, classes, 3), ranked.index))


def _lost(customers: pd.DataFrame) -> pd.Series[float]:
    """What each customer buys less than before, as far as the others of its unit do not buy it instead."""
    change = customers["revenue_prev"].fillna(0.0) - customers["revenue"].fillna(0.0)
    fall = change.clip(lower=0.0)
    if "unit" not in customers:
        return fall
    net, fallen = (part.groupby(customers["unit"]).transform("sum") for part in (change, fall))
    return fall * (net.clip(lower=0.0) / fallen.where(fallen > 0, 1.0))


def box(customers: pd.DataFrame, rules: PriorityRules = PriorityRules()) -> pd.DataFrame:
    """The four boxes of loyalty and potential: how much of its wallet a customer gives us, and how large it is.

    customers: share_of_wallet and wallet (SEK; NaN where unknown).
    Returns the same rows with box: grow (low share of a large wallet), care (high, large), simple (high, small),
    leave (low, small), "" where the wallet is unknown. High is at least ``loyalty_line``, large is at least the
    median of the wallets known.
    """
    share, size = customers["share_of_wallet"], customers["wallet"]
    known = share.notna() & size.notna()
    high, large = share >= rules.loyalty_line - _TINY, size >= size[known].median()
    names = np.select([~known, ~high & large, high & large, high & ~large], ["", *BOXES[:3]], "leave")
    return customers.assign(box=names)

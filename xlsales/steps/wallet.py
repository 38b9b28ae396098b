"""Wallet: what each customer buys of our kind from all suppliers, and how that is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class WalletRules:
    """Thresholds; see the settings of the same names."""

    target_share: float = 0.50
    wallet_best: int = 5
    wallet_peers: int = 3


def wallet(customers: pd.DataFrame, rules: WalletRules = WalletRules()) -> pd.DataFrame:
    """The wallet to count on for every customer, and its basis, best known first.

    customers: customer_no, revenue (SEK in the window), and where known wallet (SEK, told by somebody), wallet_source
        ("stated", "model", or whoever else told it), supplier_rank and suppliers (our place, 1 = the largest, and
        their number), category and size as text ("" = unknown), employees, target_share (0–1).
    Returns the same rows with wallet_told kept as it was, wallet and wallet_basis: stated or seller where somebody
    told it; rank, revenue over the share the rank stands for; model, see :func:`model_wallet`; "" and NaN where
    nothing is known. target_share is filled with the default.
    """
    told = _numbers(customers, "wallet")
    told = told.where(told > 0)
    source = customers["wallet_source"] if "wallet_source" in customers else pd.Series("", customers.index)
    named = np.select([source == "stated", source == "model"], ["stated", "model"], "seller")
    revenue = customers["revenue"].fillna(0.0)
    share = wallet_allocation(_numbers(customers, "supplier_rank"), _numbers(customers, "suppliers"))
    ranked = pd.Series(revenue / share, customers.index).where(revenue > 0)
    model = model_wallet(customers, rules)
    return customers.assign(
        wallet_told=told,
        wallet=told.fillna(ranked).fillna(model).round(2),
        wallet_basis=np.select([told.notna(), ranked.notna(), model.notna()], [named, "rank", "model"], ""),
        target_share=_numbers(customers, "target_share").fillna(rules.target_share),
    )


def wallet_allocation(rank: Any, suppliers: Any) -> Any:
    """Share of the wallet by our rank among the suppliers: (1 − rank / (n + 1)) · 2 / n, summing to 1 over the ranks.

    The wallet allocation rule of Keiningham, Aksoy, Buoye and Cooil (Harvard Business Review, October 2011).
    NaN where either is missing or the rank is not one of 1 … n.
    """
    place, count = np.asarray(rank, dtype=np.float64), np.asarray(suppliers, dtype=np.float64)
    fits = (place >= 1) & (place <= count)
    count = np.where(fits, count, 1.0)
    return np.where(fits, (1 - place / (count + 1)) * 2 / count, np.nan)


def model_wallet(customers: pd.DataFrame, rules: WalletRules = WalletRules()) -> pd.Series[Any]:
    """Median revenue per employee of the best customers of the same category and size, times the own employees.

    The best are the ``wallet_best`` with the largest revenue; with fewer than ``wallet_peers`` of them there is no
    model. Never below the own revenue, which is a part of the wallet. Ties are broken by customer_no.
    """
    nothing = pd.Series(np.nan, customers.index)
    if not {"category", "size", "employees"} <= set(customers):
        return nothing
    staff, revenue = _numbers(customers, "employees"), customers["revenue"].fillna(0.0)
    known = (staff > 0) & (customers["category"] != "") & (customers["size"] != "")
    peers = customers.loc[known & (revenue > 0), ["customer_no", "category", "size"]]
    peers = peers.assign(revenue=revenue, each=revenue / staff)
    ranked = peers.sort_values(["revenue", "customer_no"], ascending=[False, True])
    best = ranked[ranked.groupby(["category", "size"]).cumcount() < rules.wallet_best]
    groups = best.groupby(["category", "size"])["each"].agg(["median", "size"])
    usual = groups.loc[groups["size"] >= rules.wallet_peers, "median"]
    keys = pd.MultiIndex.from_frame(customers[["category", "size"]])
    each = pd.Series(usual.reindex(keys).to_numpy(np.float64), customers.index)
    return (each * staff).clip(lower=revenue).where(known & each.notna())


def _numbers(customers: pd.DataFrame, key: str) -> pd.Series[Any]:
    if key not in customers:
        return pd.Series(np.nan, customers.index)
    return pd.to_numeric(customers[key], errors="coerce").astype("float64")

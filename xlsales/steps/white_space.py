"""White space: what a customer does not buy from us though the others of its category do."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class WhiteSpaceRules:
    """Thresholds; see the settings of the same names."""

    white_space_share: float = 0.50


COLUMNS = ["customer_no", "category", "article_group", "peers_buying", "buyers", "peers", "potential"]


def white_space(spend: pd.DataFrame, rules: WhiteSpaceRules = WhiteSpaceRules()) -> pd.DataFrame:
    """The empty cells of customer × article group where at least the given share of the category buys.

    spend: customer_no, category, article_group and revenue (SEK in the window); several rows of a cell are added.
    A customer counts where it buys anything, and a cell is bought where its sum is positive. Customers without a
    category are left out, unless nobody has one: then all are compared with all.
    Returns customer_no, category, article_group, peers_buying (share of the category that buys the group), buyers and
    peers (their numbers), and potential: the median spend of the buyers. Largest potential first, and of
    customers with the same the one that buys most.
    """
    rows = spend[spend["category"] != ""] if (spend["category"] != "").any() else spend
    cells = rows.groupby(["category", "customer_no", "article_group"], sort=True)["revenue"].sum().reset_index()
    cells = cells[(cells["revenue"] > 0) & (cells["article_group"] != "")]
    if cells.empty:
        return pd.DataFrame(columns=COLUMNS)
    peers = cells.groupby("category")["customer_no"].nunique()
    offers = cells.groupby(["category", "article_group"])["revenue"].agg(["size", "median"]).reset_index()
    offers["peers"] = offers["category"].map(peers)
    offers["peers_buying"] = offers["size"] / offers["peers"]
    offers = offers[offers["peers_buying"] >= rules.white_space_share - 1e-9]
    everyone = cells.groupby(["category", "customer_no"])["revenue"].sum().reset_index()
    grid = everyone.merge(offers, on="category")
    bought = pd.MultiIndex.from_frame(cells[["customer_no", "article_group"]])
    empty = ~pd.MultiIndex.from_frame(grid[["customer_no", "article_group"]]).isin(bought)
    found = grid[empty].rename(columns={"size": "buyers", "median": "potential"})
    order = ["potential", "revenue", "customer_no", "article_group"]
    table = found.sort_values(order, ascending=[False, False, True, True], ignore_index=True)[COLUMNS]
    return table.assign(potential=np.round(table["potential"].to_numpy(np.float64), 2))

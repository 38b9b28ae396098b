"""Group benefits: what every activity is worth to each group of customers, side by side and never averaged."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd

from xlsales.issues import Issue

EVERYBODY = "all"
COLUMNS = ["group", "activity_id", "benefit", "share", "rank", "decision"]
COMPARED = ["share", "rank", "decision"]


@dataclass(frozen=True)
class GroupBenefits:
    """benefits: one row per group and activity — group, activity_id, benefit, share, rank, decision.

    pair: the two groups compared, () where no two can be.
    comparison: activity_id, share_a, share_b, rank_a, rank_b, decision_a, decision_b and difference
        (share_a less share_b), the greatest difference first.
    """

    benefits: pd.DataFrame
    pair: tuple[str, ...]
    comparison: pd.DataFrame
    issues: list[Issue]


def group_benefits(
    judge: Callable[[pd.DataFrame], pd.DataFrame], needs: pd.DataFrame, pair: tuple[str, str] | None = None
) -> GroupBenefits:
    """Judge all activities once with the needs of each group.

    judge: from the needs of one group to its judged activities, at least activity_id, benefit, share and
        decision; the same way of judging as for everybody.
    needs: group, criterion_id, weight, decisive and what else ``judge`` reads (gap_factor, sales_point).
        The dimension of a group is its name before ": " (``Role: Buyer``), empty where it has none.
    pair: the two groups to compare. Otherwise those two of one dimension whose weights lie furthest apart
        by the sum of absolute differences, by name where several do; everybody (``all``) is not among them.
    Rank 1 is the greatest benefit of the group; equal benefits share a rank.
    """
    parts = {str(group): rows for group, rows in needs.groupby("group", sort=False)}
    tables = [_one(group, judge(rows.drop(columns="group"))) for group, rows in parts.items()]
    benefits = pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=COLUMNS)
    unknown = [group for group in pair or () if group not in parts]
    issues = [
        Issue("warning", "group_unknown", "weights", "group", -1, found=group, params={"groups": sorted(parts)})
        for group in unknown
    ]
    two: tuple[str, ...] = pair if pair and not unknown else _furthest(needs)
    return GroupBenefits(benefits, two, _side_by_side(benefits, two), issues)


def _one(group: str, table: pd.DataFrame) -> pd.DataFrame:
    scale = max(float(table["benefit"].abs().max()), 1e-300) if len(table) else 1.0
    rank = (table["benefit"] / scale).round(12).rank(method="min", ascending=False).astype("int64")
    return table.assign(group=group, rank=rank)[COLUMNS]


def _furthest(needs: pd.DataFrame) -> tuple[str, ...]:
    """The two groups of one dimension whose weights differ most, in alphabetical order; () without two."""
    weights = needs.pivot_table(index="group", columns="criterion_id", values="weight", aggfunc="first").fillna(0.0)
    weights = weights[weights.index != EVERYBODY].sort_index()
    names = [str(name) for name in weights.index]
    dimension = np.array([name.partition(": ")[0] if ": " in name else "" for name in names], dtype=object)
    values = weights.to_numpy(np.float64)
    pairs = [(a, b) for a, b in combinations(range(len(names)), 2) if dimension[a] == dimension[b]]
    if not pairs:
        return ()
    first, second = np.array(pairs).T
    apart = np.abs(values[first] - values[second]).sum(axis=1).round(12)
    a, b = pairs[int(apart.argmax())]
    return names[a], names[b]


def _side_by_side(benefits: pd.DataFrame, two: tuple[str, ...]) -> pd.DataFrame:
    names = ["activity_id", *(f"{key}_{side}" for key in COMPARED for side in "ab"), "difference"]
    if len(two) < 2:
        return pd.DataFrame(columns=names)
    a, b = (benefits[benefits["group"] == group].set_index("activity_id")[COMPARED] for group in two)
    table = a.add_suffix("_a").join(b.add_suffix("_b")).reset_index()
    table["difference"] = table["share_a"] - table["share_b"]
    table["size"] = -table["difference"].abs().round(12)
    return table.sort_values(["size", "activity_id"], ignore_index=True)[names]

"""Pairwise: weights from comparing the criteria two and two, instead of points."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd

from xlsales.issues import Issue

TIES = ("", "tie")


@dataclass(frozen=True)
class Pairwise:
    """weights: criterion_id, wins, comparisons (its own), weight and rank, heaviest first.

    issues: pairs that are missing, written twice, written with themselves, or preferring a third.
    """

    weights: pd.DataFrame
    issues: list[Issue]


def pairwise(wins: pd.DataFrame, criteria: Sequence[str] = ()) -> Pairwise:
    """Weigh N criteria by N(N−1)/2 comparisons: wins over the number of comparisons made.

    wins: criterion_id, other_criterion_id, preferred (one of the two; empty or ``tie`` is half each).
    criteria: all that should have been compared, otherwise those that occur. A pair written several times
        counts as one comparison, the mean of what was said; a pair that prefers a third does not count.
    The weights sum to one, empty where nothing was compared. One that never wins weighs nothing.
    """
    rows = wins[["criterion_id", "other_criterion_id", "preferred"]].fillna("").astype(str)
    first, other, said = (rows[key] for key in rows)
    names = list(dict.fromkeys(str(c) for c in criteria)) or sorted({*first, *other} - {""})
    alone = first == other
    listed = first.isin(names) & other.isin(names) & ~alone
    strange = listed & (said != first) & (said != other) & ~said.isin(TIES)
    issues = [_wrong("pair_with_itself", row, first[row], first[row], first[row]) for row in rows.index[alone]]
    issues += [_wrong("pair_prefers_third", row, first[row], other[row], said[row]) for row in rows.index[strange]]
    swap = first > other
    low, high = first.mask(swap, other), other.mask(swap, first)
    won = pd.Series(np.select([said == low, said == high], [1.0, 0.0], 0.5), index=rows.index)
    asked = pd.DataFrame({"low": low, "high": high, "won": won})
    valid = asked[listed & ~strange]
    again = valid.index[valid.duplicated(["low", "high"])]
    issues += [_wrong("pair_doubled", row, low[row], high[row], said[row], "warning") for row in again]
    there = set(zip(asked.loc[listed, "low"], asked.loc[listed, "high"], strict=True))
    missing = [pair for pair in combinations(sorted(names), 2) if pair not in there]
    issues += [Issue("warning", "pair_missing", "pairwise", "criterion_id", -1, params={"criterion": a, "other": b})
               for a, b in missing]
    return Pairwise(_weights(valid.groupby(["low", "high"])["won"].mean().reset_index(), names), issues)


def _wrong(code: str, row: int, first: str, other: str, said: str, severity: str = "error") -> Issue:
    params = {"criterion": first, "other": other}
    return Issue(severity, code, "pairwise", "preferred", int(row), found=said, params=params)  # type: ignore[arg-type]


def _weights(compared: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    halves = pd.concat([
        pd.DataFrame({"criterion_id": compared["low"], "wins": compared["won"]}),
        pd.DataFrame({"criterion_id": compared["high"], "wins": 1 - compared["won"]}),
    ])
    by_name = halves.groupby("criterion_id")["wins"].agg(wins="sum", comparisons="size").reindex(names)
    table = by_name.fillna(0.0).rename_axis("criterion_id").reset_index()
    table["comparisons"] = table["comparisons"].astype("int64")
    table["weight"] = table["wins"] / len(compared) if len(compared) else np.nan
    table["rank"] = table["wins"].round(9).rank(method="min", ascending=False).astype("int64")
    return table.sort_values("rank", kind="stable", ignore_index=True)

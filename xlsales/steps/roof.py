"""Roof: which activities strengthen or hamper each other, as a list and as the triangle over the matrix."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd

from xlsales.issues import Issue

# The most cautious first: where a pair is written twice and differently, the first of these counts.
EFFECTS = ("excludes", "--", "-", "+", "++")
SYMBOLS = {"excludes": "×", "--": "−−", "-": "−", "+": "+", "++": "++"}
ROW_REQUIRES, COLUMN_REQUIRES, BOTH_REQUIRE = "↑", "←", "↔"
PAIRS = ["activity_id", "other_activity_id", "effect", "both_chosen", "bonus"]


@dataclass(frozen=True)
class RoofRules:
    """Shares of the smaller benefit; see the settings of the same names."""

    synergy_strong: float = 0.2
    synergy_weak: float = 0.1


@dataclass(frozen=True)
class Roof:
    """pairs: activity_id, other_activity_id, effect, both_chosen and bonus, the benefit that is added (or
    lost, below 0) where both are chosen; greatest first. A need (``requires``) goes from the first to the other.

    triangle: number, activity_id and c1, c2 … — one column for each number, symbols below the diagonal.
        An arrow points at what is required: ↑ at the column's activity, ← at the row's, ↔ each the other.
    left_out: how many activities with an interaction the triangle had no room for.
    """

    pairs: pd.DataFrame
    triangle: pd.DataFrame
    left_out: int
    issues: list[Issue]


def roof(
    judged: pd.DataFrame,
    interactions: pd.DataFrame,
    chosen: Collection[str],
    most: int = 15,
    rules: RoofRules = RoofRules(),
) -> Roof:
    """Every interaction once, and the roof of the house of quality for at most ``most`` activities.

    judged: activity_id, benefit and where known priority (1 = first; without it the greatest benefit is first).
    interactions: activity_id, other_activity_id, effect (++, +, -, --, requires, excludes).
    A pair written in both directions counts once. Where the two disagree the more cautious counts; one
    written with itself counts not at all.
    The bonus is a share of the smaller benefit, an activity that is not judged having none.
    The triangle holds those with an interaction first, each part in order of priority.
    """
    alone = interactions["activity_id"] == interactions["other_activity_id"]
    known = interactions[~alone & interactions["effect"].isin([*EFFECTS, "requires"])]
    first, other = known["activity_id"].astype(str), known["other_activity_id"].astype(str)
    swap = first > other
    known = known.assign(low=first.mask(swap, other), high=other.mask(swap, first))
    issues = [_itself(interactions, int(row)) for row in interactions.index[alone]]
    issues += _disagreements(known)
    pairs = _pairs(known, judged, chosen, rules)
    ordered = _order(judged, pairs)
    involved = ordered.isin([*pairs["activity_id"], *pairs["other_activity_id"]])
    shown = list(ordered[:most])
    return Roof(pairs, _triangle(shown, pairs, most), int(involved[most:].sum()), issues)


def _itself(interactions: pd.DataFrame, row: int) -> Issue:
    activity = interactions.loc[row, "activity_id"]
    return Issue("warning", "pair_with_itself", "interactions", "other_activity_id", row, found=activity)


def _disagreements(known: pd.DataFrame) -> list[Issue]:
    """Pairs given two strengths, or excluded and yet strengthened or required; at the last row of each."""
    issues = []
    doubled = known[known.duplicated(["low", "high"], keep=False)]
    for (low, high), rows in doubled.groupby(["low", "high"], sort=True):
        effects = set(rows["effect"])
        strengths = effects - {"requires", "excludes"}
        if len(strengths) > 1 or ("excludes" in effects and effects & {"+", "++", "requires"}):
            said = [effect for effect in (*EFFECTS, "requires") if effect in effects]
            params = {"activity": low, "other": high, "effects": said}
            last = int(rows.index.max())
            at = ("interactions", "effect", last)
            issues.append(Issue("warning", "pair_disagrees", *at, found=rows.loc[last, "effect"], params=params))
    return issues


def _pairs(known: pd.DataFrame, judged: pd.DataFrame, chosen: Collection[str], rules: RoofRules) -> pd.DataFrame:
    requires = known[known["effect"] == "requires"].drop_duplicates(["activity_id", "other_activity_id"])
    grave = known["effect"].map({effect: place for place, effect in enumerate(EFFECTS)})
    mutual = known.assign(grave=grave)[grave.notna()].sort_values("grave", kind="stable")
    mutual = mutual.drop_duplicates(["low", "high"])
    mutual = mutual.assign(activity_id=mutual["low"], other_activity_id=mutual["high"])
    pairs = pd.concat([mutual, requires], ignore_index=True)
    benefit = judged.drop_duplicates("activity_id").set_index("activity_id")["benefit"].astype("float64")
    a, b = (benefit.reindex(pairs[key]).fillna(0.0).to_numpy() for key in PAIRS[:2])
    strong, weak = rules.synergy_strong, rules.synergy_weak
    factor = pairs["effect"].map({"++": strong, "+": weak, "-": -weak, "--": -strong}).astype("float64").fillna(0.0)
    plan = list(chosen)
    pairs = pairs.assign(
        both_chosen=pairs["activity_id"].isin(plan) & pairs["other_activity_id"].isin(plan),
        bonus=factor * np.minimum(a, b),
    )
    return pairs.sort_values(["bonus", *PAIRS[:3]], ascending=[False, True, True, True], ignore_index=True)[PAIRS]


def _order(judged: pd.DataFrame, pairs: pd.DataFrame) -> pd.Series[str]:
    """Activity ids as the triangle shows them: those with an interaction first, then by priority."""
    rows = judged.drop_duplicates("activity_id")
    place = rows["priority"] if "priority" in rows else -rows["benefit"]
    away = ~rows["activity_id"].isin([*pairs["activity_id"], *pairs["other_activity_id"]])
    rows = rows.assign(away=away, place=place).sort_values(["away", "place", "activity_id"], ignore_index=True)
    return rows["activity_id"]


def _triangle(shown: list[str], pairs: pd.DataFrame, most: int) -> pd.DataFrame:
    cells = np.full((len(shown), most), "", dtype=object)
    place = {activity: position for position, activity in enumerate(shown)}
    arrows = np.full(cells.shape, "", dtype=object)
    inside = pairs[pairs["activity_id"].isin(shown) & pairs["other_activity_id"].isin(shown)]
    for activity, other, effect in zip(*(inside[key] for key in PAIRS[:3]), strict=True):
        row, column = max(place[activity], place[other]), min(place[activity], place[other])
        if effect == "requires":
            arrow = ROW_REQUIRES if place[activity] == row else COLUMN_REQUIRES
            arrows[row, column] = BOTH_REQUIRE if arrows[row, column] else arrow
        else:
            cells[row, column] = SYMBOLS[effect]
    table = pd.DataFrame(cells + arrows, columns=[f"c{number}" for number in range(1, most + 1)], dtype=object)
    table.insert(0, "activity_id", pd.Series(shown, dtype=object))
    table.insert(0, "number", np.arange(1, len(shown) + 1))
    return table

"""Hierarchy: each customer's level on the five-level buy–sell hierarchy, and the next step up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

STATEMENTS = tuple(f"s{level}{letter}" for level in range(1, 6) for letter in "abc")
METHODS: dict[int, tuple[str, ...]] = {
    1: ("usp_analysis", "consultative_selling", "product_levels", "service_mindset"),
    2: ("experience_mapping", "value_chain", "rater_kaizen"),
    3: ("problem_solving", "consensus_decisions", "trust"),
    4: ("top_management", "industry_expertise"),
}


@dataclass(frozen=True)
class HierarchyRules:
    """Thresholds; see the settings of the same names."""

    level_held: float = 0.67
    level_half: float = 0.5
    rerate_months: int = 6


@dataclass(frozen=True)
class Hierarchy:
    """levels: one row per rated customer. methods: what leads to its next level.

    distribution: customers and revenue on each of the five levels.
    """

    levels: pd.DataFrame
    methods: pd.DataFrame
    distribution: pd.DataFrame


def hierarchy(
    ratings: pd.DataFrame, targets: pd.DataFrame, revenue: pd.Series[Any], as_of: date,
    rules: HierarchyRules = HierarchyRules(),
) -> Hierarchy:
    """Place every rated customer on 1.0–5.0. The customer's own view goes before ours.

    ratings: customer_no, date, view (own/customer), person, and level or the statements s1a…s5c
        (0, 0.5 or 1). Each person's latest rating up to ``as_of`` counts; a view is the mean over its
        persons to the nearest half, and spread is their highest minus lowest.
    targets: customer_no, target_level. revenue: SEK in the window by customer_no.
    Level names and statements: Miller and Heiman's hierarchy, in own words.
    """
    rated = ratings[ratings["date"] <= pd.Timestamp(as_of)]
    scored = rated.assign(**_score(rated, rules))
    scored = scored[scored["rated"].notna()]
    latest = _latest(scored)
    own, theirs = (_view(latest[latest["view"] == view]) for view in ("own", "customer"))
    levels = own.add_suffix("_own").join(theirs.add_suffix("_customer"), how="outer").reset_index()
    levels = _combine(levels)
    levels["revenue"] = levels["customer_no"].map(revenue).astype("float64").fillna(0.0)
    wanted = targets.drop_duplicates("customer_no").set_index("customer_no")["target_level"]
    levels["target"] = levels["customer_no"].map(wanted).astype("float64")
    limit = pd.Timestamp(as_of) - pd.DateOffset(months=rules.rerate_months)
    levels["stale"] = levels["rated_on"] < limit
    levels["warnings"] = _warnings(levels)
    levels = levels.sort_values(["revenue", "customer_no"], ascending=[False, True], ignore_index=True)
    return Hierarchy(levels, _methods(levels), _distribution(levels))


def level_of(statements: Any, rules: HierarchyRules = HierarchyRules()) -> tuple[Any, Any]:
    """Level and contradiction from answered statements, shape (ratings, 15), cumulative scale.

    A level is held when its mean reaches ``level_held`` (compared at two decimals, so two of three is
    enough) and all below are held; half a step is added when the next level's mean reaches
    ``level_half``. Levels above 1 demand statement 1a, and of level 1 nothing else. A contradiction is a
    level whose mean is reached above one that is not. 0.0 means that not even level 1 is held.
    """
    given = np.nan_to_num(np.asarray(statements, dtype=np.float64)).reshape(-1, 5, 3)
    means = np.round(given.mean(axis=2), 2)
    reached = means >= rules.level_held
    meets = np.round(given[:, 0, 0], 2) >= rules.level_held
    reached[:, 0] |= meets
    above = np.cumprod(reached[:, 1:] & meets[:, None], axis=1).sum(axis=1)
    held = np.where(reached[:, 0], 1 + above, 0)
    following = np.concatenate([means, np.zeros((len(means), 1))], axis=1)[np.arange(len(means)), held]
    level = held + np.where((held >= 1) & (held < 5) & (following >= rules.level_half), 0.5, 0.0)
    contradiction = (reached & (np.arange(5) >= held[:, None])).any(axis=1)
    return level, contradiction


def _score(rated: pd.DataFrame, rules: HierarchyRules) -> dict[str, Any]:
    given = rated.reindex(columns=list(STATEMENTS)).astype("float64")
    computed, contradiction = level_of(given.to_numpy(), rules)
    answered = given.notna().any(axis=1).to_numpy()
    stated = rated["level"].to_numpy(np.float64) if "level" in rated else np.full(len(rated), np.nan)
    use = np.isnan(stated) & answered
    value = np.where(use, np.clip(computed, 1, 5), stated)
    return {"rated": value, "contradiction": use & contradiction, "below_one": use & (computed < 1)}


def _latest(scored: pd.DataFrame) -> pd.DataFrame:
    """The latest rating of each person in each view."""
    person = scored["person"].astype(str).str.strip().str.casefold() if "person" in scored else ""
    keys = ["customer_no", "view", "who"]
    return scored.assign(who=person).sort_values("date", kind="stable").drop_duplicates(keys, keep="last")


def _view(rows: pd.DataFrame) -> pd.DataFrame:
    groups = rows.groupby("customer_no")
    return pd.DataFrame(
        {
            "level": (groups["rated"].mean() * 2 + 1e-9).round() / 2,
            "spread": groups["rated"].max() - groups["rated"].min(),
            "rated_on": groups["date"].max(),
            "contradiction": groups["contradiction"].any(),
            "below_one": groups["below_one"].any(),
        }
    )


def _combine(levels: pd.DataFrame) -> pd.DataFrame:
    asked = levels["level_customer"].notna()
    table = pd.DataFrame({"customer_no": levels["customer_no"]})
    table["level"] = levels["level_customer"].fillna(levels["level_own"])
    table["own"], table["customer_view"] = levels["level_own"], levels["level_customer"]
    table["gap"] = levels["level_own"] - levels["level_customer"]
    for name in ("spread", "rated_on"):
        table[name] = levels[f"{name}_customer"].where(asked, levels[f"{name}_own"])
    for name in ("contradiction", "below_one"):
        table[name] = levels[f"{name}_customer"].where(asked, levels[f"{name}_own"]) == True  # noqa: E712
    return table


def _warnings(levels: pd.DataFrame) -> list[tuple[str, ...]]:
    flags = {
        "stale": levels["stale"],
        "contradiction": levels["contradiction"],
        "below_one": levels["below_one"],
        "only_own": levels["customer_view"].isna(),
        "target_below": levels["target"] <= levels["level"],
    }
    columns = list(zip(*(flag.to_numpy(bool) for flag in flags.values()), strict=True))
    return [tuple(name for name, on in zip(flags, row, strict=True) if on) for row in columns]


def _methods(levels: pd.DataFrame) -> pd.DataFrame:
    """The methods for the step from the whole level held to the next, where the target is higher."""
    climbing = levels[(levels["target"] > levels["level"]) & (levels["level"] < 5)]
    start = np.floor(climbing["level"]).clip(lower=1).astype(int)
    table = pd.DataFrame(
        {
            "customer_no": climbing["customer_no"],
            "from_level": climbing["level"],
            "to_level": start + 1.0,
            "method": [METHODS[level] for level in start],
        }
    ).explode("method", ignore_index=True)
    return table.astype({"from_level": "float64", "to_level": "float64"})


def _distribution(levels: pd.DataFrame) -> pd.DataFrame:
    step = np.floor(levels["level"])
    return pd.DataFrame(
        {
            "level": [str(n) for n in range(1, 6)],
            "customers": [int((step == n).sum()) for n in range(1, 6)],
            "revenue": [round(float(levels.loc[step == n, "revenue"].sum()), 4) for n in range(1, 6)],
        }
    )

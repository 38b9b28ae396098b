"""Rating check: do ratings tell the expectations apart as points do?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from xlsales.issues import Issue

HIGH = 7
LOWEST, HIGHEST = 1, 10


@dataclass(frozen=True)
class RatingCheck:
    """table: one row per criterion. item_sd: mean spread within a respondent, in rating steps.

    high_share: share of all ratings that are 7 or more. flat_share: share of respondents whose highest
    and lowest rating differ by at most a step. n: respondents. issues: ratings outside the scale.
    """

    table: pd.DataFrame
    n: int
    item_sd: float
    high_share: float
    flat_share: float
    issues: list[Issue]


def rating_check(
    answers: pd.DataFrame,
    criteria: Sequence[str],
    points_weight: pd.Series[Any] | None = None,
    flat_range: float = 1,
) -> RatingCheck:
    """Ratings 1–10 per criterion beside the weights from points.

    answers: one row per respondent with a rating per criterion; only rows of the method scale10 count,
        and none with a rating outside 1–10.
    points_weight: weights by criterion_id.
    Returns criterion_id, rating_mean, rating_sd (between respondents), rating_share_7plus, rating_weight
    (the fallback: what is above a respondent's lowest rating, as shares) and points_weight.
    """
    ratings = answers.reindex(columns=list(criteria)).astype("float64")
    ratings = ratings[(answers["method"] == "scale10") & ratings.notna().any(axis=1)]
    outside = (ratings < LOWEST) | (ratings > HIGHEST)
    issues = [_outside(int(str(row)), ratings.loc[row], outside.loc[row]) for row in ratings.index[outside.any(axis=1)]]
    good = ratings[~outside.any(axis=1)]
    spread = good.max(axis=1) - good.min(axis=1)
    known = good.notna().to_numpy().sum()
    table = pd.DataFrame(
        {
            "criterion_id": list(criteria),
            "rating_mean": good.mean().to_numpy(),
            "rating_sd": good.std(ddof=1).to_numpy(),
            "rating_share_7plus": (good >= HIGH).sum().div(good.notna().sum().replace(0, np.nan)).to_numpy(),
            "rating_weight": rating_points(good).mean().to_numpy(),
            "points_weight": _of(points_weight, criteria),
        }
    )
    within = float(good.std(axis=1, ddof=1).mean()) if len(good) else np.nan
    high = float((good >= HIGH).to_numpy().sum() / known) if known else np.nan
    flat = float((spread <= flat_range).mean()) if len(good) else np.nan
    return RatingCheck(table, len(good), within, high, flat, issues)


def rating_points(ratings: pd.DataFrame) -> pd.DataFrame:
    """Ratings as shares: what lies above the respondent's own lowest; equal shares where nothing does."""
    above = ratings.sub(ratings.min(axis=1), axis=0).fillna(0)
    total = above.sum(axis=1)
    shares = above.div(total.where(total > 0), axis=0)
    return shares.fillna(1 / max(ratings.shape[1], 1))


def _outside(row: int, ratings: pd.Series[Any], wrong: pd.Series[Any]) -> Issue:
    column = str(wrong.index[wrong][0])
    return Issue("error", "rating_outside", "answers", column, row, found=float(ratings[column]))


def _of(weights: pd.Series[Any] | None, criteria: Sequence[str]) -> npt.NDArray[np.float64]:
    if weights is None:
        return np.full(len(criteria), np.nan)
    return weights.reindex(list(criteria)).to_numpy(np.float64)

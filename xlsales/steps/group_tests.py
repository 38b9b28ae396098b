"""Group tests: do roles, decision levels or categories weigh differently, or is it chance?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

COLUMNS = ["grouping", "groups", "n", "statistic", "p"]
Matrix = npt.NDArray[np.float64]


def group_tests(
    answers: pd.DataFrame,
    criteria: Sequence[str],
    groupings: Sequence[str],
    draws: int = 2000,
    seed: int = 20,
    segment_min: int = 5,
) -> pd.DataFrame:
    """Permutation test of each grouping: how often chance alone parts the groups as much.

    answers: one row per counted answer — customer_no, a column per grouping and the points per criterion.
    The unit is a customer within a group, with the mean of its answers' shares. The statistic is the
    sum over groups of n × the squared distance between the group's weights and everybody's; labels are
    dealt out anew among the units. Groups with fewer answers than ``segment_min``, and answers without a
    group, take no part.
    Returns grouping, groups, n (units), statistic (in squared shares) and p, empty with fewer than two groups.
    """
    rows = [_one(answers, list(criteria), grouping, (draws, seed, segment_min)) for grouping in groupings]
    return pd.DataFrame(rows, columns=COLUMNS)


def _one(answers: pd.DataFrame, criteria: list[str], grouping: str, how: tuple[int, int, int]) -> Mapping[str, Any]:
    draws, seed, least = how
    points = answers[criteria].astype("float64").fillna(0)
    label = answers[grouping].fillna("").astype(str)
    large = label.map(label.value_counts()) >= least
    keep = (label != "") & large & (points.sum(axis=1) > 0)
    shares = points[keep].div(points[keep].sum(axis=1), axis=0)
    units = shares.groupby([label[keep].rename("_group"), answers.loc[keep, "customer_no"]], sort=True).mean()
    # Neither the order of the answers nor the groups' names, which may be in any language, decide anything.
    units = units.round(12).sort_values(["customer_no", *criteria])
    codes, names = pd.factorize(units.index.get_level_values(0))
    row: dict[str, Any] = {"grouping": grouping, "groups": len(names), "n": len(units)}
    if len(names) < 2:
        return row | {"statistic": np.nan, "p": np.nan}
    observed = _parting(units.to_numpy(np.float64), codes[None, :])[0]
    random = np.random.default_rng(seed)
    dealt = random.permuted(np.tile(codes, (draws, 1)), axis=1)
    as_far = _parting(units.to_numpy(np.float64), dealt) >= observed - 1e-12
    return row | {"statistic": float(observed), "p": float((1 + as_far.sum()) / (1 + draws))}


def _parting(shares: Matrix, labels: npt.NDArray[np.intp]) -> Matrix:
    """The statistic for every row of labels."""
    centred = shares - shares.mean(axis=0)
    total = np.zeros(len(labels))
    for code in range(int(labels.max()) + 1):
        inside = (labels == code).astype(np.float64)
        total += ((inside @ centred) ** 2).sum(axis=1) / inside.sum(axis=1)
    return total

"""Matrix audit: does the activity matrix hold together, or is it empty, crowded or too kind anywhere?"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from xlsales.issues import Issue, Severity

CHECKS = ("empty_row", "empty_column", "no_strong", "one_sided", "halo", "crowded", "contradiction")
_AGAINST = {"-": 1, "--": 2, "excludes": 3}
_LEAST = 3
_TINY = 1e-9
Matrix = npt.NDArray[np.float64]


@dataclass(frozen=True)
class AuditRules:
    """Thresholds; see the settings of the same names."""

    full_relation: float = 9
    halo_share: float = 0.8
    filled_most: float = 0.5


@dataclass(frozen=True)
class MatrixAudit:
    """summary: one row per check — check, ok, count, limit; ok says that count is at most limit.

    issues: one per thing found, its code the name of the check. params hold ids, never names: criterion,
        activity, other. All but ``crowded`` have as many issues as the count; that one counts filled cells.
    """

    summary: pd.DataFrame
    issues: list[Issue]


def matrix_audit(
    judged: pd.DataFrame,
    relations: pd.DataFrame,
    needs: pd.DataFrame,
    chosen: Collection[str],
    interactions: pd.DataFrame,
    rules: AuditRules = AuditRules(),
) -> MatrixAudit:
    """The customary checks of a quality function deployment matrix, on the judged activities and active criteria.

    judged: activity_id. relations: activity_id and a column per criterion; empty is 0. needs:
        criterion_id, weight, decisive. chosen: the activities of the plan. interactions: activity_id,
        other_activity_id, effect.
    empty_row: an expectation that weighs something and that nothing serves. no_strong: one that is served
        but never fully. Both are errors where the expectation is decisive.
    one_sided: an expectation that every activity (three or more) serves alike: it adds the same to all of
        them and cannot part them.
    empty_column: an activity that serves nothing. halo: one that is full on all of three or more criteria,
        or on more than ``halo_share`` of them. crowded: more than ``filled_most`` of the cells are filled.
    contradiction: two of the plan that weaken or exclude each other; counted once however often written.
    """
    ids = judged["activity_id"].drop_duplicates()
    grid = relations.drop_duplicates("activity_id").set_index("activity_id")
    grid = grid.reindex(index=ids, columns=needs["criterion_id"]).astype("float64").fillna(0)
    values = grid.to_numpy(np.float64)
    filled, limit = int((values > 0).sum()), int(np.floor(values.size * rules.filled_most + _TINY))
    issues = [*_rows(values, needs, rules), *_columns(values, list(ids), rules)]
    if filled > limit:
        params = {"share": filled / values.size, "limit": rules.filled_most}
        issues.append(Issue("warning", "crowded", "relations", "activity_id", -1, params=params))
    issues += _contradictions(interactions, chosen)
    counts = pd.Series([issue.code for issue in issues], dtype=object).value_counts()
    summary = pd.DataFrame({"check": CHECKS, "count": [int(counts.get(check, 0)) for check in CHECKS], "limit": 0})
    summary.loc[summary["check"] == "crowded", ["count", "limit"]] = filled, limit
    summary.insert(1, "ok", summary["count"] <= summary["limit"])
    return MatrixAudit(summary, issues)


def _rows(values: Matrix, needs: pd.DataFrame, rules: AuditRules) -> list[Issue]:
    """What is wrong with expectations, in the order of the needs; each has at most one of the first two."""
    decisive = needs["decisive"].to_numpy(bool)
    matters = (needs["weight"].fillna(0) > 0).to_numpy(bool) | decisive
    strongest = values.max(axis=0, initial=0.0)
    weakest = values.min(axis=0) if len(values) else strongest
    even = (weakest > 0) & (strongest - weakest <= _TINY) & np.full(len(needs), len(values) >= _LEAST)
    issues = []
    for place, criterion in enumerate(needs["criterion_id"]):
        severity: Severity = "error" if decisive[place] else "warning"
        params = {"criterion": criterion, "strength": float(strongest[place])}
        if matters[place] and strongest[place] <= 0:
            issues.append(_of_row(severity, "empty_row", params))
        elif matters[place] and strongest[place] < rules.full_relation - _TINY:
            issues.append(_of_row(severity, "no_strong", params))
        if even[place]:
            issues.append(_of_row("note", "one_sided", params))
    return issues


def _of_row(severity: Severity, code: str, params: dict[str, object]) -> Issue:
    criterion = str(params["criterion"])
    return Issue(severity, code, "criteria", "criterion_id", key=criterion, found=criterion, params=params)


def _columns(values: Matrix, ids: list[str], rules: AuditRules) -> list[Issue]:
    """Activities that serve nothing, and those that are said to serve everything fully."""
    width = values.shape[1]
    full = (values >= rules.full_relation - _TINY).sum(axis=1)
    nothing = (values > 0).sum(axis=1) == 0
    halo = ((full == width) | (full > rules.halo_share * width + _TINY)) if width >= _LEAST else nothing
    return [
        Issue("warning", "empty_column" if nothing[place] else "halo", "relations", "activity_id", key=ids[place],
              found=ids[place], params={"activity": ids[place], "count": int(full[place]), "criteria": width})
        for place in np.flatnonzero(nothing | halo)
    ]


def _contradictions(interactions: pd.DataFrame, chosen: Collection[str]) -> list[Issue]:
    """Pairs of the plan that work against each other, by the gravest effect written for the pair."""
    plan = list(chosen)
    both = interactions["activity_id"].isin(plan) & interactions["other_activity_id"].isin(plan)
    apart = interactions["activity_id"] != interactions["other_activity_id"]
    found = interactions[both & apart & interactions["effect"].isin(_AGAINST)]
    first, other = found["activity_id"].astype(str), found["other_activity_id"].astype(str)
    swap = first > other
    low, high = first.mask(swap, other), other.mask(swap, first)
    found = pd.DataFrame({"low": low, "high": high, "effect": found["effect"], "grave": found["effect"].map(_AGAINST)})
    order = ["low", "high", "grave"]
    found = found.sort_values(order, ascending=[True, True, False]).drop_duplicates(["low", "high"])
    issues = []
    for place, row in zip(found.index, found.to_dict("records"), strict=True):
        severity: Severity = "warning" if row["effect"] == "-" else "error"
        params = {"activity": row["low"], "other": row["high"], "effect": row["effect"]}
        at = ("interactions", "effect", int(place))
        issues.append(Issue(severity, "contradiction", *at, found=row["effect"], params=params))
    return issues

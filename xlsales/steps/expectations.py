"""Expectations: what customers weigh when they choose a supplier, and the few that decide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from xlsales.issues import Issue

TOTALS = {"points20": 20.0, "points100": 100.0}
Matrix = npt.NDArray[np.float64]


@dataclass(frozen=True)
class ExpectationRules:
    """Thresholds; see the settings of the same names."""

    sum_tolerance: float = 0.20
    flat_range: float = 1
    draws: int = 2000
    seed: int = 20
    confidence: float = 0.95
    decisive_share: float = 0.60
    decisive_max: int = 3
    shortlist_max: int = 5
    segment_min: int = 5
    finite_max: int = 200


@dataclass(frozen=True)
class Expectations:
    """weights: one row per criterion, heaviest first. pairs: every two criteria compared.

    quality: one row per answer with its state. issues: what was rescaled, set aside or rejected.
    shares: one row per customer with its mean shares, the unit that is drawn.
    """

    weights: pd.DataFrame
    pairs: pd.DataFrame
    quality: pd.DataFrame
    issues: list[Issue]
    shares: pd.DataFrame


def expectations(
    answers: pd.DataFrame,
    criteria: Sequence[str],
    rules: ExpectationRules = ExpectationRules(),
    revenue: pd.Series[Any] | None = None,
    asked: Sequence[str] = (),
    population: int = 0,
) -> Expectations:
    """Weigh the criteria by the answers: within each customer first, then customers equally.

    answers: one row per answer — answer_id, customer_no, method, and a column of points per
        criterion; where known person, date, confirmed. Only points20 and points100 give weights.
    revenue: revenue by customer_no, for the weight by revenue.
    asked: all criteria the respondents saw, where some are no longer weighed; the sums are held
        against these, the shares are of ``criteria`` alone.
    population: how many customers there are to speak for, where that is known. A small population
        narrows the spread of the draws by √((N−n)/(N−1)) while some of it has not answered.
    Intervals and order come from draws among customers with replacement. Two criteria are compared
    by their paired difference, since shares that sum to one pull each other down.
    """
    points = answers.reindex(columns=list(criteria)).astype("float64")
    seen = answers.reindex(columns=list(asked or criteria)).astype("float64")
    quality, issues = _validate(answers, seen, rules)
    gone = quality["state"].isin(["ok", "rescaled"]) & (points.fillna(0).sum(axis=1) <= 0)
    quality.loc[gone, "state"] = "rejected"
    issues += [Issue("error", "answer_blank", "answers", row=int(row)) for row in quality.index[gone]]
    counted = quality["state"].isin(["ok", "rescaled"]).to_numpy()
    given = points.fillna(0).to_numpy()[counted]
    shares = given / given.sum(axis=1, keepdims=True) if counted.any() else given
    customers, per_customer = _by_customer(answers.loc[counted, "customer_no"], shares)
    share_left = finite(len(customers), population, rules)
    drawn = _draws(per_customer, rules)
    if share_left < 1 and len(drawn):
        drawn = per_customer.mean(axis=0) + share_left * (drawn - per_customer.mean(axis=0))
    weights = _weights(criteria, per_customer, drawn, rules)
    weights["weight_by_revenue"] = _by_revenue(customers, per_customer, revenue)
    weights["zeros"] = (given <= 0).sum(axis=0) if len(given) else 0
    weights["n"], weights["customers"], weights["group"] = int(counted.sum()), len(customers), "all"
    weights["population"] = float(population) if share_left < 1 else np.nan
    order = np.lexsort((np.arange(len(criteria)), -weights["weight"].fillna(0).round(12).to_numpy()))
    weights = _choose(weights.iloc[order].reset_index(drop=True), rules)
    pairs = _pairs(criteria, order, per_customer, drawn, rules)
    pairs["se"] *= share_left
    units = pd.DataFrame(per_customer, index=pd.Index(customers, name="customer_no"), columns=list(criteria))
    return Expectations(weights, pairs, quality, issues, units)


def finite(n: int, population: int, rules: ExpectationRules = ExpectationRules()) -> float:
    """What is left of the spread when n customers of a small population have answered; 1 where it is not small.

    Where every known customer has answered the register is no population but the sample itself.
    """
    if not 1 < n < population <= rules.finite_max:
        return 1.0
    return float(np.sqrt((population - n) / (population - 1)))


def _validate(
    answers: pd.DataFrame, points: pd.DataFrame, rules: ExpectationRules
) -> tuple[pd.DataFrame, list[Issue]]:
    """The state of every answer: ok, rescaled, set_aside, rejected, superseded or other_method."""
    method = answers["method"]
    target = method.map(TOTALS).astype("float64")
    total = points.fillna(0).sum(axis=1).round(9)
    off = ((total - target) / target).abs()
    confirmed = answers["confirmed"].astype(bool) if "confirmed" in answers else pd.Series(False, index=answers.index)
    blank, negative = points.isna().all(axis=1), (points < 0).any(axis=1)
    state = pd.Series(
        np.select(
            [target.isna(), blank | negative | (total <= 0), off <= 1e-9,
             (off <= rules.sum_tolerance + 1e-9) | confirmed],
            ["other_method", "rejected", "ok", "rescaled"],
            "set_aside",
        ),
        index=answers.index,
    )
    later = _superseded(answers, state)
    issues = _answer_issues(points, total, target, state)
    spread = points.fillna(0).max(axis=1) - points.fillna(0).min(axis=1)
    unit = (target / TOTALS["points20"]).fillna(1)
    quality = pd.DataFrame(
        {
            "answer_id": answers["answer_id"],
            "sum": total,
            "state": state.mask(later, "superseded"),
            "flat": (spread <= rules.flat_range * unit + 1e-9) & state.isin(["ok", "rescaled"]),
            "largest_share": _own_shares(points).max(axis=1),
            "effective_number": effective_number(points),
            "top3_share": _top_three(points),
        }
    )
    return quality, issues


def _own_shares(points: pd.DataFrame) -> pd.DataFrame:
    given = points.fillna(0).clip(lower=0)
    return given.div(given.sum(axis=1).replace(0, np.nan), axis=0)


def _top_three(points: pd.DataFrame) -> pd.Series[Any]:
    """What each answer puts on its own three heaviest criteria."""
    heaviest = -np.sort(-_own_shares(points).to_numpy(), axis=1)[:, :3]
    return pd.Series(heaviest.sum(axis=1), index=points.index)


def effective_number(points: pd.DataFrame) -> pd.Series[Any]:
    """How many criteria each answer (row) is in effect spread over: 1 / Σ share², NaN without points."""
    return 1 / (_own_shares(points) ** 2).sum(axis=1).replace(0, np.nan)


def _superseded(answers: pd.DataFrame, state: pd.Series[Any]) -> pd.Series[bool]:
    """Answers replaced by a later one of the same named person at the same customer."""
    if "person" not in answers:
        return pd.Series(False, index=answers.index)
    person = answers["person"].astype(str).str.strip().str.casefold()
    rows = answers.assign(person=person)[state.isin(["ok", "rescaled"]) & (person != "")]
    if "date" in rows:
        rows = rows.sort_values("date", kind="stable", na_position="first")
    old = rows.duplicated(["customer_no", "person"], keep="last")
    return old.reindex(answers.index, fill_value=False)


def _answer_issues(
    points: pd.DataFrame, total: pd.Series[Any], target: pd.Series[Any], state: pd.Series[Any]
) -> list[Issue]:
    issues: list[Issue] = []
    for row in state.index[state.isin(["rescaled", "set_aside", "rejected"])]:
        given = points.loc[row]
        negative = given.index[given < 0]
        params = {"sum": float(total[row]), "target": float(target[row])}
        severity, code, column = "warning", f"answer_{state[row]}", ""
        if state[row] == "rejected":
            severity = "error"
            code = "answer_negative" if len(negative) else "answer_blank"
            column = str(negative[0]) if len(negative) else ""
        found: object = float(given[column]) if column else float(total[row])
        severity = "error" if code == "answer_set_aside" else severity
        issues.append(Issue(severity, code, "answers", column, int(row), found=found, params=params))  # type: ignore[arg-type]
    blanks = points.isna().any(axis=1) & ~points.isna().all(axis=1) & state.isin(["ok", "rescaled"])
    if blanks.any():
        issues.append(Issue("note", "answer_blanks_zero", "answers", params={"count": int(blanks.sum())}))
    return issues


def _by_customer(customer_no: pd.Series[Any], shares: Matrix) -> tuple[npt.NDArray[Any], Matrix]:
    """Mean share per customer, so that many respondents at one customer do not outvote others."""
    codes, customers = pd.factorize(customer_no, sort=True)
    sums = np.zeros((len(customers), shares.shape[1]))
    np.add.at(sums, codes, shares)
    counts = np.bincount(codes, minlength=len(customers))
    return np.asarray(customers), sums / np.maximum(counts, 1)[:, None]


def _draws(per_customer: Matrix, rules: ExpectationRules) -> Matrix:
    """Weights of each draw among customers with replacement, shape (draws, criteria)."""
    n = len(per_customer)
    if n < 2:
        return np.empty((0, per_customer.shape[1]))
    random = np.random.default_rng(rules.seed)
    block = max(1, 2_000_000 // n)
    parts = []
    for start in range(0, rules.draws, block):
        size = min(block, rules.draws - start)
        counts = random.multinomial(n, np.full(n, 1 / n), size=size)
        parts.append(counts @ per_customer / n)
    return np.concatenate(parts)


def _weights(criteria: Sequence[str], per_customer: Matrix, drawn: Matrix, rules: ExpectationRules) -> pd.DataFrame:
    n, width = len(per_customer), len(criteria)
    nothing = np.full(width, np.nan)
    low, high = _interval(drawn, rules) if len(drawn) else (nothing, nothing)
    return pd.DataFrame(
        {
            "criterion_id": list(criteria),
            "weight": per_customer.mean(axis=0) if n else nothing,
            "ci_low": low,
            "ci_high": high,
            "sd": per_customer.std(axis=0, ddof=1) if n > 1 else nothing,
            "p_top1": _in_top(drawn, 1),
            "p_top2": _in_top(drawn, 2),
            "p_top3": _in_top(drawn, 3),
        }
    )


def _interval(drawn: Matrix, rules: ExpectationRules) -> tuple[Matrix, Matrix]:
    edge = (1 - rules.confidence) / 2
    low, high = np.quantile(drawn, [edge, 1 - edge], axis=0)
    return low, high


def _in_top(drawn: Matrix, places: int) -> Matrix:
    """Share of draws in which each criterion is among the heaviest; ties share the places left."""
    if not len(drawn):
        return np.full(drawn.shape[1], np.nan)
    rounded = np.round(drawn, 12)
    heavier = (rounded[:, None, :] > rounded[:, :, None]).sum(axis=2)
    equal = (rounded[:, None, :] == rounded[:, :, None]).sum(axis=2)
    share: Matrix = np.clip((places - heavier) / equal, 0, 1).mean(axis=0)
    return share


def _by_revenue(customers: npt.NDArray[Any], per_customer: Matrix, revenue: pd.Series[Any] | None) -> Matrix:
    nothing = np.full(per_customer.shape[1], np.nan)
    if revenue is None or not len(customers):
        return nothing
    amount = revenue.reindex(customers).fillna(0).clip(lower=0).to_numpy(np.float64)
    return amount @ per_customer / amount.sum() if amount.sum() > 0 else nothing


def _choose(weights: pd.DataFrame, rules: ExpectationRules) -> pd.DataFrame:
    """Mark the decisive (fewest that reach the share, few, each above equal weight) and the shortlist."""
    weight = weights["weight"].fillna(0).to_numpy()
    before = np.cumsum(weight) - weight
    place = np.arange(len(weight))
    equal = 1 / max(len(weight), 1)
    decisive = (before < rules.decisive_share - 1e-9) & (place < rules.decisive_max) & (weight > equal + 1e-9)
    shortlist = (place < rules.shortlist_max) & (weight > 0)
    return weights.assign(decisive=decisive, shortlist=shortlist | decisive, rank=place + 1)


def _pairs(
    criteria: Sequence[str], order: npt.NDArray[Any], per_customer: Matrix, drawn: Matrix, rules: ExpectationRules
) -> pd.DataFrame:
    """The paired difference of every two criteria, the heavier first."""
    first, second = np.triu_indices(len(order), 1)
    a, b = order[first], order[second]
    names = np.asarray(criteria, dtype=object)
    columns = ["criterion_a", "criterion_b", "difference", "se", "ci_low", "ci_high", "separated"]
    if len(per_customer) < 2:
        return pd.DataFrame(columns=columns)
    gap = per_customer[:, a] - per_customer[:, b]
    low, high = _interval(drawn[:, a] - drawn[:, b], rules)
    error = gap.std(axis=0, ddof=1) / np.sqrt(len(gap))
    separated = (low > 1e-12) | (high < -1e-12)
    values = (names[a], names[b], gap.mean(axis=0), error, low, high, separated)
    return pd.DataFrame(dict(zip(columns, values, strict=True)))

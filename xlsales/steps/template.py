"""Template: what the best customers have in common, and how well a prospect fits it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class TemplateRules:
    """Thresholds; see the settings of the same names."""

    template_best: int = 10
    template_years: int = 5
    template_lift: float = 1.5
    template_go: float = 0.70
    template_consider: float = 0.40


_SEVERAL = 3
EMPLOYEES = ((1, "1–9"), (10, "10–49"), (50, "50–249"), (250, "250+"))


Trait = tuple[str, str]


def template(
    customers: pd.DataFrame,
    attributes: Sequence[str],
    rules: TemplateRules = TemplateRules(),
    kept: Collection[Trait] = (),
) -> pd.DataFrame:
    """How often each value of each attribute stands among the best customers, against all customers.

    customers: customer_no, revenue over the years that count (SEK), and the attributes as text ("" = unknown).
    kept: traits (attribute, value) that are shown however few have them, because somebody has ticked them.
    Returns attribute, value, best_count, best_n, all_count, all_n, lift (share among the best over share among
    all) and proposed (a lift of at least ``template_lift`` that at least three of the best share), for values that
    stand at least twice among the best, or once when fewer than five are known; the most telling first. ``*_n`` count
    the customers whose value is known. With so few customers a lift is noise, so the counts stand beside it.
    """
    ranked = customers.sort_values(["revenue", "customer_no"], ascending=[False, True])
    best = ranked[ranked["revenue"] > 0].head(rules.template_best)
    parts = [_traits(best, customers, attribute, kept) for attribute in attributes if attribute in customers]
    columns = ["attribute", "value", "best_count", "best_n", "all_count", "all_n", "lift", "proposed"]
    found = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)
    often = found["best_count"] >= _SEVERAL
    found = found.assign(proposed=often & (found["lift"] >= rules.template_lift - 1e-9))
    order = ["lift", "best_count", "attribute", "value"]
    return found.sort_values(order, ascending=[False, False, True, True], ignore_index=True)[columns]


def _traits(
    best: pd.DataFrame, everyone: pd.DataFrame, attribute: str, kept: Collection[Trait]
) -> pd.DataFrame:
    mine, all_of = (frame.loc[frame[attribute] != "", attribute] for frame in (best, everyone))
    counts = mine.value_counts().sort_index()
    ticked = [value for name, value in kept if name == attribute and value in set(all_of)]
    counts = counts.reindex(sorted({*counts[counts >= (2 if len(mine) >= 5 else 1)].index, *ticked}), fill_value=0)
    total = all_of.value_counts().reindex(counts.index).to_numpy()
    share = counts.to_numpy() / max(len(mine), 1)
    lift = share / (total / max(len(all_of), 1)) if len(counts) else np.array([])
    return pd.DataFrame(
        {
            "attribute": attribute, "value": counts.index.to_numpy(dtype=object), "best_count": counts.to_numpy(),
            "best_n": len(mine), "all_count": total, "all_n": len(all_of), "lift": lift,
        }
    )  # fmt: skip


def employee_band(employees: Any) -> Any:
    """The size class of each number of employees, "" where it is unknown or not positive."""
    amounts = np.asarray(pd.to_numeric(employees, errors="coerce"), dtype=np.float64)
    names = np.array(["", *(name for _, name in EMPLOYEES)], dtype=object)
    return names[np.digitize(np.nan_to_num(amounts, nan=0.0), [least for least, _ in EMPLOYEES])]


def match_score(
    prospects: pd.DataFrame, ticked: Mapping[str, Sequence[str]], rules: TemplateRules = TemplateRules()
) -> pd.DataFrame:
    """How many of the ticked traits each prospect has.

    ticked: the values ticked per attribute; an attribute with several is met by any of them.
    Returns the prospects with matched, asked (traits that were ticked), score (0–1, NaN when nothing is ticked)
    and advice: go, consider or refrain. An unknown value does not match.
    """
    hits = [prospects[a].isin(list(v)) for a, v in ticked.items() if v and a in prospects]
    asked = sum(1 for values in ticked.values() if values)
    matched = np.sum(hits, axis=0).astype(np.int64) if hits else np.zeros(len(prospects), dtype=np.int64)
    score = matched / asked if asked else np.full(len(prospects), np.nan)
    advice = np.select(
        [score >= rules.template_go - 1e-9, score >= rules.template_consider - 1e-9], ["go", "consider"], "refrain"
    )
    return prospects.assign(matched=matched, asked=asked, score=score, advice=np.where(asked > 0, advice, ""))

"""Our position: how we stand against the customer's alternatives, in tables, lists and sentences."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from xlsales.issues import Issue
from xlsales.method.run import Run, StepReport
from xlsales.method.survey import weights_or_equal
from xlsales.steps.compare import (
    CompareRules,
    alternative_totals,
    compare,
    comparison_lists,
    cross_lines,
    score_views,
)


def compare_step(run: Run) -> StepReport:
    """Strengths, weaknesses and deselection causes against the alternatives."""
    scores = run.book.parsed("scores").good
    alternatives = run.book.parsed("alternatives").good
    weights = weights_or_equal(run)
    if scores.empty or weights.empty:
        return StepReport("compare", "no_input", run.say("headline", "no_scores"))
    if not (alternatives["kind"] == "us").any():
        run.add("compare", [Issue("error", "no_us", "alternatives", "kind", -1)])
        return StepReport("compare", "no_input", run.say("headline", "no_scores"))
    scores, rules = _by_id(run, scores), run.rules(CompareRules)
    result = compare(weights, alternatives, scores, rules)
    run.results["compare"], run.tables["comparison"] = result, result
    names = alternatives.drop_duplicates("alternative_id").set_index("alternative_id")["name"]
    views = score_views(weights, scores)
    run.tables["score_views"] = views.assign(name=views["alternative_id"].map(names).fillna(""))
    run.tables["alternative_totals"] = alternative_totals(weights, alternatives, scores)
    run.tables["comparison_lists"] = _lists(run, result)
    run.tables["quadrant_lines"] = _drawn_lines(result, rules)
    run.tables["findings_alternatives"] = _findings(run, result, rules)
    named = {
        "strengths": result.loc[result["class"] == "strength", "criterion_id"],
        "weaknesses": result.loc[result["class"] == "weakness", "criterion_id"],
        "causes": result.loc[result["deselection_cause"], "criterion_id"],
    }
    words = {key: _names(run, ids) for key, ids in named.items()}
    return StepReport("compare", "done", run.say("headline", "compare", **words))


def _names(run: Run, ids: pd.Series[Any]) -> list[str]:
    return [run.name_of(i) for i in ids] or [run.say("word", "none")]


def _by_id(run: Run, scores: pd.DataFrame) -> pd.DataFrame:
    """Scores with criteria by id, also where the user wrote the name."""
    ids = {c.name.casefold(): c.id for c in run.book.criteria}
    written = scores["criterion_id"].map(lambda text: ids.get(text.casefold(), text))
    return scores.assign(criterion_id=written)


def _lists(run: Run, result: pd.DataFrame) -> pd.DataFrame:
    """What to keep or strengthen and what to minimise or eliminate, with the reason in words."""
    table = comparison_lists(result)
    return table.assign(why=[_why(run, row) for row in table.to_dict("records")])


def _why(run: Run, row: dict[Any, Any]) -> str:
    known = {"ours": row["ours"], "best": row["best_score"], "name": row["best_alternative"]}
    if pd.isna(row["weight"]):
        return run.say("position", "unweighed", **known)
    return run.say("position", row["cause"], weight=row["weight"], gap=abs(row["delta"]), **known)


def _drawn_lines(result: pd.DataFrame, rules: CompareRules) -> pd.DataFrame:
    """The cross lines as the points of two straight lines over the chart."""
    x, y = cross_lines(result, rules)
    reach = result["relative_mean"].dropna()
    if reach.empty or result["weight"].isna().all():
        return pd.DataFrame(columns=["line", "x", "across", "up"])
    left, right = min(reach.min(), x) - 0.1, max(reach.max(), x) + 0.1
    top = 1.1 * max(result["weight"].max(), y)
    rows = [("weight", left, y, np.nan), ("weight", right, y, np.nan),
            ("score", x, np.nan, 0.0), ("score", x, np.nan, top)]  # fmt: skip
    return pd.DataFrame(rows, columns=["line", "x", "across", "up"])


def _findings(run: Run, result: pd.DataFrame, rules: CompareRules) -> pd.DataFrame:
    """One row per picture of our position, in the order the pictures stand."""
    rows = [
        (run.say("picture", "profile"), _profile(run, result)),
        (run.say("picture", "ipa"), _ipa(run, result, rules)),
    ]
    return pd.DataFrame(rows, columns=["picture", "sentence"])


def _profile(run: Run, result: pd.DataFrame) -> str:
    both = result.dropna(subset=["delta"])
    if both.empty:
        return run.say("position", "no_profile")
    order = both.sort_values("delta", ascending=False, kind="stable")
    best, worst = order.iloc[0], order.iloc[-1]
    ahead = int((both["delta"] > 0).sum())
    return run.say(
        "position", "profile", ahead=ahead, n=len(both), best=run.name_of(best["criterion_id"]),
        best_ours=best["ours"], best_theirs=best["best_score"], worst=run.name_of(worst["criterion_id"]),
        worst_ours=worst["ours"], worst_theirs=worst["best_score"], rival=worst["best_alternative"],
    )


def _ipa(run: Run, result: pd.DataFrame, rules: CompareRules) -> str:
    if (result["quadrant"] == "").all() or result["weight"].isna().all():
        return run.say("position", "no_ipa")
    x, y = cross_lines(result, rules)
    ids = {code: result.loc[result["quadrant"] == code, "criterion_id"] for code in ("concentrate", "keep_up")}
    names = {code: _names(run, found) for code, found in ids.items()}
    said = run.say("position", f"ipa_{rules.ipa_lines}", **names, x=x, y=y)
    ahead_of_mean = result.loc[result["deselection_cause"] & (result["quadrant"] == "keep_up"), "criterion_id"]
    if ahead_of_mean.empty:
        return said
    return said + " " + run.say("position", "ipa_still_behind", names=_names(run, ahead_of_mean))

"""Worksheet functions about what customers expect, how we stand on it, and how far the relation has come."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from xlsales.functions.call import Call, Vector
from xlsales.functions.ranges import Answer, as_column, as_table
from xlsales.issues import CannotRead
from xlsales.steps.compare import CompareRules, compare
from xlsales.steps.expectations import ExpectationRules, effective_number, expectations
from xlsales.steps.hierarchy import STATEMENTS, level_of
from xlsales.steps.pairwise import pairwise
from xlsales.tables.schema import Language, load_schema

_TIES = ("", "tie", "lika")
_WRONG_PAIR = {
    "pair_with_itself": ("second", "function_pair_with_itself"),
    "pair_prefers_third": ("preferred", "function_pair_prefers_third"),
}
_METHODS = {20.0: "points20", 100.0: "points100"}


def weights(call: Call, language: Language) -> Answer:
    """One weight per expectation, in a row, from the points of the answers."""
    points = call.within("points", call.block("points"), 0)
    names = call.names("customers", len(points))
    total = float(call.among("total", np.array([call.number("total", 20)]), list(_METHODS))[0])
    rows = np.flatnonzero(~np.isnan(points).all(axis=1))
    keys = [str(place) for place in range(points.shape[1])]
    answers = pd.DataFrame(points[rows], columns=keys).assign(
        answer_id=rows.astype(str), customer_no=[names[row] for row in rows], method=_METHODS[total]
    )
    # No interval is shown, so a single draw is enough.
    found = expectations(answers, keys, ExpectationRules(draws=1))
    aside = np.flatnonzero(found.quality["state"].isin(["set_aside", "rejected"]))
    if len(aside):
        row = int(rows[aside[0]]) + 1
        raise CannotRead(
            "function_points_sum", argument="points", row=row, found=found.quality["sum"].iloc[aside[0]], expected=total
        )
    if not len(rows):
        raise CannotRead("function_empty", argument="points")
    return [found.weights.set_index("criterion_id")["weight"].reindex(keys).tolist()]


def decisive(call: Call, language: Language) -> Answer:
    """True for every expectation that is one of the few that decide."""
    standard = ExpectationRules()
    rules = ExpectationRules(
        draws=1,
        decisive_share=call.number("share", standard.decisive_share, 0, 1),
        decisive_max=int(call.number("most", standard.decisive_max, 1)),
    )
    return as_column(decisive_among(weights_of(call), rules), call.cells("weights"))


def weights_of(call: Call) -> Vector:
    """The argument ``weights``: none negative, not all nothing."""
    given = np.nan_to_num(call.within("weights", call.column("weights"), 0))
    if given.sum() <= 0:
        raise CannotRead("function_empty", argument="weights")
    return given


def decisive_among(given: Vector, rules: ExpectationRules = ExpectationRules(draws=1)) -> npt.NDArray[np.bool_]:
    """Which of the weights are decisive: as if they were the points of one answer, which its writer stands by."""
    keys = [str(place) for place in range(len(given))]
    answer = pd.DataFrame([given], columns=keys).assign(
        answer_id="", customer_no="", method="points100", confirmed=True
    )
    table = expectations(answer, keys, rules).weights.set_index("criterion_id")
    return table["decisive"].reindex(keys).to_numpy(bool)


def effective(call: Call, language: Language) -> Answer:
    """How many expectations in effect decide, for every answer."""
    points = call.within("points", call.block("points"), 0)
    if points.shape[1] == 1:
        points = points.T
    return as_column(effective_number(pd.DataFrame(points)).to_numpy())


def pairwise_weights(call: Call, language: Language) -> Answer:
    """Every expectation with its weight, heaviest first, from comparisons two and two; empty rows are passed over."""
    size = sum(len(row) for row in call.cells("first"))
    written = pd.DataFrame({key: call.names(key, size) for key in ("first", "second", "preferred")})
    folded = written.apply(lambda names: names.str.strip().str.casefold())
    pairs = folded[(folded["first"] != "") | (folded["second"] != "")]
    if pairs.empty:
        raise CannotRead("function_empty", argument="first")
    for key in ("first", "second"):
        blank = pairs.index[pairs[key] == ""]
        if len(blank):
            raise call.refusal(key, "function_blank", blank[0])
    said = pairs["preferred"].where(~pairs["preferred"].isin(_TIES), "tie")
    wins = pd.DataFrame({"criterion_id": pairs["first"], "other_criterion_id": pairs["second"], "preferred": said})
    # What occurs first stands first among equals.
    found = pairwise(wins, pd.unique(pairs[["first", "second"]].to_numpy().ravel()).tolist())
    for issue in found.issues:
        if issue.code in _WRONG_PAIR:
            key, code = _WRONG_PAIR[issue.code]
            place = issue.row or 0
            raise call.refusal(key, code, place, found=written.loc[place, key])
    names, texts = (frame[["first", "second"]].to_numpy().ravel().tolist() for frame in (folded, written))
    shown = {name: text.strip() for name, text in reversed(list(zip(names, texts, strict=True)))}
    weights = found.weights
    return as_table([shown[name] for name in weights["criterion_id"]], weights["weight"].to_numpy())


def strength(call: Call, language: Language) -> Answer:
    """Strength, parity or weakness on every expectation; empty where a score is missing."""
    ours = call.within("ours", call.column("ours"), 1, 10)
    theirs = call.within("alternatives", call.block("alternatives"), 1, 10)
    across = len(call.cells("ours")) == 1 and len(ours) > 1
    by_criterion = theirs.T if across else theirs
    if len(by_criterion) != len(ours):
        raise CannotRead("function_sizes", argument="alternatives", found=len(by_criterion), expected=len(ours))
    classes = _classes(ours, by_criterion, call.number("margin", CompareRules().strength_margin, 0))
    words = {code: load_schema().label("comparison_class", code, language) for code in set(classes) - {""}}
    return as_column([words.get(code) for code in classes], call.cells("ours"))


def _classes(ours: Vector, theirs: Vector, margin: float) -> list[str]:
    """The class of every criterion by the comparison, which does not ask how much each weighs."""
    keys = [str(place) for place in range(len(ours))]
    grid = pd.DataFrame(np.column_stack([ours, theirs]), index=pd.Index(keys, name="criterion_id"))
    grid.columns = pd.Index([str(place) for place in range(grid.shape[1])], name="alternative_id")
    scores = grid.reset_index().melt("criterion_id", value_name="score").dropna()
    kinds = ["us", *["competitor"] * theirs.shape[1]]
    alternatives = pd.DataFrame({"alternative_id": grid.columns, "name": grid.columns, "kind": kinds})
    flat = pd.DataFrame({"criterion_id": keys, "weight": 1 / len(keys), "decisive": False})
    classes: list[str] = compare(flat, alternatives, scores, CompareRules(strength_margin=margin))["class"].tolist()
    return classes


def level(call: Call, language: Language) -> Answer:
    """The level 1–5 of every rating; empty where nothing is answered."""
    given = call.among("statements", call.block("statements"), (0, 0.5, 1))
    if given.shape == (len(STATEMENTS), 1):
        given = given.T
    if given.shape[1] != len(STATEMENTS):
        raise CannotRead("function_columns", argument="statements", found=given.shape[1], expected=len(STATEMENTS))
    found, _ = level_of(given)
    return as_column(np.where(np.isnan(given).all(axis=1), np.nan, np.clip(found, 1, 5)))

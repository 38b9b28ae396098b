"""The weights by role, decision level and category, and whether the groups differ by more than chance."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from xlsales.issues import Issue
from xlsales.method.outside_in import revenue_by_customer
from xlsales.method.run import Run
from xlsales.method.survey_weights import Survey, known_customers
from xlsales.steps.expectations import Expectations, expectations
from xlsales.steps.group_tests import group_tests

GROUPINGS = ("role", "decision_level", "category")


@dataclass(frozen=True)
class Groups:
    """weights: the weights of each group that is large enough. groups: how each answers. tests: per grouping."""

    weights: list[pd.DataFrame]
    groups: pd.DataFrame
    tests: pd.DataFrame


def group_tables(run: Run, survey: Survey) -> Groups:
    """Weights by group; a group with too few answers gets a note instead."""
    labels = _labels(run, survey.counted)
    rows = [_row(run, "all", survey.result, survey, survey.counted.index)]
    weights: list[pd.DataFrame] = []
    for grouping, value, members in _parts(labels):
        name = f"{_said(run, 'grouping', grouping)}: {_said(run, grouping, value)}"
        if len(members) < survey.rules.segment_min:
            params = {"count": len(members), "least": survey.rules.segment_min}
            place = "" if grouping == "category" else grouping
            run.add("expectations", [Issue("note", "group_too_small", "answers", place, -1, found=name, params=params)])
            rows.append({"group": name, "n": len(members), "note": run.say("insight", "too_few", **params)})
            continue
        found = _of(run, survey, members, value if grouping == "category" else None)
        weights.append(found.weights.assign(group=name, basis=survey.basis))
        rows.append(_row(run, name, found, survey, members))
    return Groups(weights, pd.DataFrame(rows), _tests(run, survey, labels))


def _labels(run: Run, counted: pd.DataFrame) -> pd.DataFrame:
    """The group of every counted answer in each grouping, "" where it is not known."""
    register = run.book.parsed("customers").good.drop_duplicates("customer_no").set_index("customer_no")
    category = counted["customer_no"].map(register["category"])
    found = {"role": counted["role"], "decision_level": counted["decision_level"], "category": category}
    return pd.DataFrame({key: _one_spelling(cells) for key, cells in found.items()}, index=counted.index)


def _one_spelling(cells: pd.Series[Any]) -> pd.Series[Any]:
    """Texts that differ only in case or blanks become the first of them."""
    text = cells.fillna("").astype(str).str.split().str.join(" ")
    return text.groupby(text.str.casefold()).transform("first") if len(text) else text


def _parts(labels: pd.DataFrame) -> Iterator[tuple[str, str, pd.Index[Any]]]:
    """Each group of each grouping that parts the answers at all."""
    for grouping in GROUPINGS:
        cells = labels[grouping]
        values = sorted(set(cells) - {""})
        if len(values) > 1 or (values and (cells == "").any()):
            yield from ((grouping, value, cells.index[cells == value]) for value in values)


def _said(run: Run, choice: str, code: str) -> str:
    schema = run.book.schema
    return str(schema.label(choice, code, run.book.language)) if choice in schema.choices else code


def _of(run: Run, survey: Survey, members: pd.Index[Any], category: str | None) -> Expectations:
    """The weights among some answers; how many customers there are is known in all and by category."""
    known = known_customers(run)
    size = len(known) if category is None else int((known.str.casefold() == category.casefold()).sum())
    given = survey.counted.loc[members].assign(confirmed=True)
    return expectations(given, survey.active, survey.rules, revenue_by_customer(run), (), size)


def _row(run: Run, name: str, found: Expectations, survey: Survey, members: pd.Index[Any]) -> dict[str, Any]:
    quality = survey.result.quality.loc[members]
    decisive = [run.name_of(i) for i in found.weights.loc[found.weights["decisive"], "criterion_id"]]
    return {
        "group": name,
        "n": len(members),
        "customers": int(found.weights["customers"].max()),
        "effective_number": quality["effective_number"].mean(),
        "top1_share": quality["largest_share"].mean(),
        "top3_share": quality["top3_share"].mean(),
        "note": run.say("insight", "decisive", names=decisive) if decisive else run.say("insight", "none_decisive"),
    }


def _tests(run: Run, survey: Survey, labels: pd.DataFrame) -> pd.DataFrame:
    rules = survey.rules
    rows = survey.counted[["customer_no", *survey.active]].join(labels)
    found = group_tests(rows, survey.active, GROUPINGS, rules.draws, rules.seed, rules.segment_min)
    verdicts = []
    for row in found.to_dict("records"):
        code = "no_test" if pd.isna(row["p"]) else "differ" if row["p"] < 1 - rules.confidence else "chance"
        verdicts.append(run.say("insight", code, p=row["p"], groups=row["groups"], least=rules.segment_min))
    return found.assign(differs=found["p"] < 1 - rules.confidence, verdict=verdicts)

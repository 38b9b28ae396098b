"""The tables of the demo company that are facts, not draws: what is compared and chosen among."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd


def criterion_ids(company: Mapping[str, Any]) -> list[str]:
    """The criteria in the order of the survey."""
    return [row["criterion_id"] for row in company["criteria"]]


def settings_table(company: Mapping[str, Any], language: str) -> pd.DataFrame:
    """The settings in which the company differs from the defaults."""
    values = {"company": company["name"][language], **company["settings"]}
    return pd.DataFrame(
        {"key": list(values), "value": pd.Series(list(values.values()), dtype=object)}
    )


def criteria_table(company: Mapping[str, Any], language: str) -> pd.DataFrame:
    """The expectations that were asked about, all in use."""
    rows = [
        {
            "criterion_id": row["criterion_id"],
            "criterion": row[language],
            "description": row[f"description_{language}"],
            "active": "yes",
        }
        for row in company["criteria"]
    ]
    return pd.DataFrame(rows)


def alternatives_table(company: Mapping[str, Any], language: str) -> pd.DataFrame:
    """What the customer can choose instead of us, ourselves first."""
    rows = [
        {"alternative_id": row["alternative_id"], "name": row[language], "kind": row["kind"]}
        for row in company["alternatives"]
    ]
    return pd.DataFrame(rows)


def scores_table(company: Mapping[str, Any], language: str) -> pd.DataFrame:
    """One row per alternative, criterion and rater."""
    rows = [
        {
            "alternative_id": row["alternative_id"],
            "criterion_id": criterion,
            "score": float(row[criterion]),
            "rater": row["rater"],
            "n": int(row["n"]),
            "source": company["names"]["score_source"][row["rater"]][language],
        }
        for row in company["scores"]
        for criterion in criterion_ids(company)
    ]
    return pd.DataFrame(rows)


def activities_table(company: Mapping[str, Any], language: str) -> pd.DataFrame:
    """The register of activities, existing ones and ideas."""
    categories = {row["category_id"]: row[language] for row in company["categories"]}
    rows = [
        {
            "activity_id": row["activity_id"],
            "activity": row[language],
            "existing": row["existing"],
            "hours": float(row["hours"]),
            "kind": row[f"kind_{language}"],
            "category": categories.get(row["category_id"], ""),
            "cost": float(row["cost"]),
            "owner": _worded(row["owner"], language),
            "protected": row["protected"],
            "evidence": row[f"evidence_{language}"],
            "level": row["level"],
            "own_decision": row["own_decision"],
        }
        for row in company["activities"]
    ]
    return pd.DataFrame(rows)


def relations_table(company: Mapping[str, Any]) -> pd.DataFrame:
    """How strongly each activity serves each expectation: 0, 1, 3 or 9."""
    rows = [
        {
            "activity_id": row["activity_id"],
            **{criterion: int(row[criterion]) for criterion in criterion_ids(company)},
        }
        for row in company["relations"]
    ]
    return pd.DataFrame(rows)


def resources_table(company: Mapping[str, Any], language: str) -> pd.DataFrame:
    """The hours of each part of the company; a row without a name is what anybody else has."""
    return pd.DataFrame([{"who": row[language], "hours": float(row["hours"])} for row in company["resources"]])


def interactions_table(company: Mapping[str, Any]) -> pd.DataFrame:
    """Pairs of activities that help, hamper, need or exclude each other."""
    return pd.DataFrame(company["interactions"])


def scenario_table(company: Mapping[str, Any], language: str) -> pd.DataFrame:
    """What the company wonders: the changes to hold against the plan."""
    rows = [
        {**row, "subject": _worded(row["subject"], language), "value": float(row["value"]) if row["value"] else None}
        for row in company["scenario"]
    ]
    return pd.DataFrame(rows)


def _worded(text: str, language: str) -> str:
    """A name stands alone; a role is written ``Swedish|English``."""
    return text.split("|")[-1 if language == "en" else 0]

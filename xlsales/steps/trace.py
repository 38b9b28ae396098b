"""Trace: from every activity to the expectations it serves, the answers behind them and the customers who gave them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

COLUMNS = [
    "activity_id", "criterion_id", "relation", "need", "contribution", "share_of_benefit", "weight", "gap_factor",
    "answers", "customers", "revenue", "mean_points_share", "largest",
]
_LARGEST = 3


def trace(
    activity_ids: Sequence[str],
    judged: pd.DataFrame,
    relations: pd.DataFrame,
    needs: pd.DataFrame,
    answers: pd.DataFrame,
    customers: pd.DataFrame,
) -> pd.DataFrame:
    """One row per activity and criterion it serves, activities in the order asked for, greatest contribution first.

    judged: activity_id, benefit. relations: activity_id and a column per criterion. needs: criterion_id,
        weight, gap_factor and where known sales_point. answers: those that count, with customer_no and a
        column of points per criterion. customers: customer_no, revenue (kronor), a row per customer.
    Returns COLUMNS. answers and customers are those who gave the criterion points; revenue (kronor) is that
        of these customers, empty where none is known; mean_points_share is the mean share of their points
        over these answers; largest holds the three customers with most revenue among them.
    """
    grid = relations.drop_duplicates("activity_id").set_index("activity_id")
    asked = [i for i in dict.fromkeys(activity_ids) if i in grid.index and i in set(judged["activity_id"])]
    grid = grid.reindex(index=asked, columns=needs["criterion_id"]).astype("float64").fillna(0)
    row, column = np.nonzero(grid.to_numpy() > 0)
    point = needs["sales_point"].astype("float64").fillna(1.0) if "sales_point" in needs else 1.0
    known = needs.assign(need=needs["weight"].fillna(0) * needs["gap_factor"] * point)
    table = known[["criterion_id", "need", "weight", "gap_factor"]].iloc[column].reset_index(drop=True)
    relation = grid.to_numpy()[row, column]
    table = table.assign(activity_id=np.array(asked, dtype=object)[row], relation=relation, order=row)
    table["contribution"] = table["need"] * table["relation"]
    benefit = judged.drop_duplicates("activity_id").set_index("activity_id")["benefit"].astype("float64")
    whole = benefit.reindex(table["activity_id"]).to_numpy()
    table["share_of_benefit"] = table["contribution"] / np.where(whole > 0, whole, np.nan)
    behind = _behind(answers, list(needs["criterion_id"]), customers)
    table = table.merge(behind, on="criterion_id", how="left")
    order = ["order", "contribution", "criterion_id"]
    return table.sort_values(order, ascending=[True, False, True], ignore_index=True)[COLUMNS]


def _behind(answers: pd.DataFrame, criteria: list[str], customers: pd.DataFrame) -> pd.DataFrame:
    """For every criterion the answers that gave it points, their customers and revenue."""
    points = answers.reindex(columns=criteria).astype("float64").fillna(0).to_numpy()
    total = points.sum(axis=1, keepdims=True)
    shares = np.divide(points, total, out=np.zeros_like(points), where=total > 0)
    row, column = np.nonzero(points > 0)
    given = pd.DataFrame({
        "criterion_id": np.array(criteria, dtype=object)[column],
        "customer_no": answers["customer_no"].to_numpy(object)[row],
        "share": shares[row, column],
    })
    by_answer = given.groupby("criterion_id")["share"].agg(answers="size", mean_points_share="mean")
    revenue = customers.drop_duplicates("customer_no").set_index("customer_no")["revenue"].astype("float64")
    people = given[["criterion_id", "customer_no"]].drop_duplicates()
    people = people.assign(revenue=revenue.reindex(people["customer_no"]).to_numpy())
    by_customer = people.groupby("criterion_id")["revenue"]
    found = by_answer.join(by_customer.size().rename("customers")).join(by_customer.sum(min_count=1))
    people = people.sort_values(["revenue", "customer_no"], ascending=[False, True], na_position="last")
    largest = people.groupby("criterion_id").head(_LARGEST).groupby("criterion_id")["customer_no"].agg(tuple)
    found = found.join(largest.rename("largest")).reindex(pd.Index(criteria, name="criterion_id").drop_duplicates())
    found[["answers", "customers"]] = found[["answers", "customers"]].fillna(0).astype("int64")
    found["largest"] = pd.Series([v if isinstance(v, tuple) else () for v in found["largest"]], found.index, object)
    table: pd.DataFrame = found.reset_index()
    return table

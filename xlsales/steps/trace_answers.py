"""Trace answers: every answer that stands behind the weight of one expectation."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

COLUMNS = ["answer_id", "customer_no", "person", "points", "share", "revenue"]


def trace_answers(
    criterion_id: str, answers: pd.DataFrame, criteria: Sequence[str], customers: pd.DataFrame
) -> pd.DataFrame:
    """The counted answers that gave the criterion points, the greatest share of points first.

    answers: those that count, with answer_id, customer_no, a column of points per criterion and where
        known person. criteria: all that are weighed; share is of the points given to these, so that forms of 20
        and of 100 points can be compared. customers: customer_no, revenue (kronor), a row per customer.
    Returns COLUMNS; equal shares stand by revenue, then by answer_id. revenue is empty where it is not known.
    """
    points = answers.reindex(columns=list(dict.fromkeys([*criteria, criterion_id]))).astype("float64").fillna(0)
    total = points[list(dict.fromkeys(criteria))].sum(axis=1)
    revenue = customers.drop_duplicates("customer_no").set_index("customer_no")["revenue"].astype("float64")
    table = pd.DataFrame({
        "answer_id": answers["answer_id"],
        "customer_no": answers["customer_no"],
        "person": answers["person"].fillna("") if "person" in answers else "",
        "points": points[criterion_id],
        "share": points[criterion_id] / total.where(total > 0),
        "revenue": revenue.reindex(answers["customer_no"]).to_numpy(np.float64),
    })
    table = table.assign(order=table["share"].round(12))[table["points"] > 0]
    order = ["order", "revenue", "answer_id"]
    return table.sort_values(order, ascending=[False, False, True], ignore_index=True)[COLUMNS]

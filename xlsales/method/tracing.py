"""Why an activity stands where it stands: expectations, answers, customers and their revenue."""

from __future__ import annotations

import pandas as pd

from xlsales.choosing.plan_inputs import PlanInputs
from xlsales.hosts import Link
from xlsales.method.outside_in import revenue_by_customer
from xlsales.method.relation import customer_names
from xlsales.method.run import Run
from xlsales.steps.activities import Activities
from xlsales.steps.trace import trace


def trace_table(run: Run, inputs: PlanInputs, judged: Activities, ids: list[str]) -> pd.DataFrame:
    """One row per activity and expectation it serves, in the order of the activities given."""
    rows = trace(ids, judged.activities, inputs.relations, inputs.needs, counted_answers(run), customers_revenue(run))
    names, activities = customer_names(run), judged.activities.set_index("activity_id")["activity"]
    return rows.assign(
        activity=rows["activity_id"].map(activities),
        largest=[", ".join(names.get(i, i) for i in largest) for largest in rows["largest"]],
    )


def counted_answers(run: Run) -> pd.DataFrame:
    """The answers that count, with the points per criterion; none where the weights come from nowhere."""
    survey = run.results.get("survey")
    return pd.DataFrame(columns=["answer_id", "customer_no"]) if survey is None else survey.counted


def customers_revenue(run: Run) -> pd.DataFrame:
    """customer_no and revenue in the window."""
    revenue = revenue_by_customer(run)
    if revenue is None:
        return pd.DataFrame({"customer_no": pd.Series(dtype=object), "revenue": pd.Series(dtype="float64")})
    return revenue.rename("revenue").rename_axis("customer_no").reset_index()


def trace_links(run: Run, traced: pd.DataFrame, ids: pd.Series) -> list[Link | str]:
    """For each activity the way to its first row among the traced."""
    first = {i: n for n, i in reversed(list(enumerate(traced["activity_id"])))}
    return [run.book.link("trace", first[i], run.say("word", "why")) if i in first else "" for i in ids]

"""What if: the plan with other hours, weights or activities, beside the present one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from xlsales.choosing.plan_inputs import Chosen, PlanInputs
from xlsales.choosing.scenario import Scenario, scenario
from xlsales.method.quarters import quarter_of
from xlsales.method.run import Run

_MEASURES = ("hours", "cost", "benefit")


def whatif(run: Run, inputs: PlanInputs, made: Chosen) -> Scenario | None:
    """Fill the sheet What if from the changes written there, or asked for; nothing where there are none."""
    changes = run.book.parsed("scenario").good if run.changes is None else run.changes
    if changes.empty:
        return None
    found = scenario(inputs, _read(run, changes), made)
    run.results["scenario"] = found
    if run.changes is None:
        run.add("plan", [replace(i, row=int(changes.index[i.row or 0])) for i in found.issues])
    run.tables["scenario_totals"] = _totals(found)
    names = inputs.register.drop_duplicates("activity_id").set_index("activity_id")["activity"]
    rows = found.activities
    order = rows["change"].map({"enters": 0, "leaves": 1, "stays": 2, "stays_out": 3})
    rows = rows.assign(activity=rows["activity_id"].map(names), order=order)
    run.tables["scenario_activities"] = rows.sort_values("order", kind="stable", ignore_index=True)
    return found


def _read(run: Run, changes: pd.DataFrame) -> pd.DataFrame:
    """The changes with criteria and activities by id, also where the name is written, and quarters as compared."""
    ids = {c.name.casefold(): c.id for c in run.book.criteria}
    weighs, related = changes["kind"] == "weight", changes["kind"] == "relation"
    subject = changes["subject"].where(~weighs, changes["subject"].map(lambda text: ids.get(text.casefold(), text)))
    detail = changes["detail"].where(~related, changes["detail"].map(lambda text: ids.get(text.casefold(), text)))
    known = run.book.parsed("activities").good
    named = {name.strip().casefold(): i for i, name in zip(known["activity_id"], known["activity"], strict=True)}
    of_activity = ~changes["kind"].isin(["hours", "budget", "weight"]) & ~subject.isin(set(known["activity_id"]))
    subject = subject.where(~of_activity, subject.map(lambda text: named.get(text.strip().casefold(), text)))
    return changes.assign(subject=subject, detail=detail.where(changes["kind"] != "hours", detail.map(quarter_of)))


def _totals(found: Scenario) -> pd.DataFrame:
    sums = found.totals.iloc[0]
    rows = [(key, sums[f"{key}_now"], sums[f"{key}_then"]) for key in _MEASURES]
    rows.append(("activities", float(len(found.now.planned)), float(len(found.then.planned))))
    table = pd.DataFrame(rows, columns=["measure", "now", "then"])
    return table.assign(difference=(table["then"] - table["now"]).where(lambda d: np.abs(d) > 1e-9, 0.0))

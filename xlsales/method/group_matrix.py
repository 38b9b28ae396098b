"""The activities for two groups of customers side by side, where their weights differ."""

from __future__ import annotations

import pandas as pd

from xlsales.choosing.plan_inputs import PlanInputs
from xlsales.method.plan_choice import needs_of
from xlsales.method.run import Run
from xlsales.steps.activities import activities
from xlsales.steps.group_benefits import GroupBenefits, group_benefits


def group_tables(run: Run, inputs: PlanInputs) -> None:
    """Fill the sheet Group by group, where answers tell groups apart."""
    weights = run.tables.get("weights")
    groups = pd.DataFrame() if weights is None else weights[weights["group"] != "all"]
    run.tables["compared_groups"] = pd.DataFrame({"sentence": [run.say("groups", "none")]})
    if groups.empty:
        return

    def judge(needs: pd.DataFrame) -> pd.DataFrame:
        return activities(inputs.register, inputs.relations, needs, inputs.activity_rules).activities

    needs = needs_of(run, groups[["group", "criterion_id", "weight", "decisive"]])
    found = group_benefits(judge, needs, _asked(run))
    run.add("activities", found.issues)
    names = inputs.register.drop_duplicates("activity_id").set_index("activity_id")["activity"]
    for key, rows in (("group_benefits", found.benefits), ("group_comparison", found.comparison)):
        run.tables[key] = rows.assign(activity=rows["activity_id"].map(names))
    if found.pair:
        run.tables["compared_groups"] = _compared(run, found)


def _asked(run: Run) -> tuple[str, str] | None:
    first, second = (str(run.settings[key] or "") for key in ("group_a", "group_b"))
    return (first, second) if first and second else None


def _compared(run: Run, found: GroupBenefits) -> pd.DataFrame:
    first, second = found.pair
    row = {"group_a": first, "group_b": second}
    rows = run.tables["group_comparison"]
    differing = rows[rows["decision_a"] != rows["decision_b"]]
    if rows.empty:
        return pd.DataFrame([row | {"sentence": run.say("groups", "none")}])
    most = rows.iloc[0]
    said = run.say(
        "groups", "compared", first=first, second=second, activity=most["activity"], share_a=most["share_a"],
        share_b=most["share_b"], count=len(differing), n=len(rows),
    )
    return pd.DataFrame([row | {"sentence": said}])

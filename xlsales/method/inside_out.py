"""Inside-out: every activity against the weights and the hours; the matrix and the plan."""

from __future__ import annotations

from typing import Any

import pandas as pd

from xlsales.choosing.freed_hours import freed_hours
from xlsales.choosing.plan_inputs import Chosen, PlanInputs, chosen
from xlsales.issues import Issue
from xlsales.method.calendar import calendar_tables
from xlsales.method.group_matrix import group_tables
from xlsales.method.matrix import audit_table, coverage_table, matrix_table, roof_tables
from xlsales.method.plan_choice import capacity_tables, choice_issues, gather, planned_rows
from xlsales.method.plan_rows import plan_rows
from xlsales.method.run import Run, StepReport
from xlsales.method.sureness import sureness
from xlsales.method.survey import weights_or_equal
from xlsales.method.tracing import trace_links, trace_table
from xlsales.method.whatif import whatif
from xlsales.steps.activities import activities


def activities_step(run: Run) -> StepReport:
    """Benefit, decision and reason of every activity, for everybody and group by group, and what stands behind it."""
    register = run.book.parsed("activities").good
    if register.empty:
        return StepReport("activities", "no_input", run.say("headline", "no_activities"))
    if weights_or_equal(run)["weight"].isna().all():
        return StepReport("activities", "no_input", run.say("headline", "no_weights"))
    inputs = gather(run)
    judged_ids = set(inputs.relations["activity_id"])
    run.tables["relations"] = register.loc[register["activity_id"].isin(judged_ids), ["activity_id", "activity"]]
    result = activities(inputs.register, inputs.relations, inputs.needs, inputs.activity_rules)
    run.results["inputs"], run.results["activities"] = inputs, result
    missing = register[~register["activity_id"].isin(judged_ids)]
    run.add("activities", [
        Issue("warning", "activity_not_judged", "activities", "activity_id", int(row), found=name)
        for row, name in zip(missing.index, missing["activity"], strict=True)
    ])
    gap_ids = list(result.coverage.loc[result.coverage["uncovered"], "criterion_id"])
    run.add("activities", [
        Issue("error", "uncovered_decisive", "criteria", "criterion_id", key=i, found=run.name_of(i),
              params={"criterion": run.name_of(i)})
        for i in gap_ids
    ])
    group_tables(run, inputs)
    counts = result.activities["decision"].value_counts()
    headline = run.say(
        "headline", "activities", n=len(result.activities),
        uncovered=[run.name_of(i) for i in gap_ids] or [run.say("word", "none")],
        **{d: int(counts.get(d, 0)) for d in ("develop", "start", "end")},
    )
    return StepReport("activities", "done", headline)


def plan_step(run: Run) -> StepReport:
    """The exact choice under the hours, how sure it is, the matrix in priority order, and proposed plan rows."""
    inputs: PlanInputs | None = run.results.get("inputs")
    if inputs is None or run.results["activities"].activities.empty:
        return StepReport("plan", "no_input", run.say("headline", "no_activities"))
    made = chosen(inputs)
    run.results["plan"] = made
    run.add("plan", choice_issues(run, made))
    rows = planned_rows(made)
    if run.changes is None:
        rows = rows.merge(sureness(run, inputs, made), on="activity_id")
    rows = rows.assign(stability=rows.get("stability"))
    run.tables["trace"] = trace_table(run, inputs, made.judged, list(rows.sort_values("priority")["activity_id"]))
    rows["trace"] = trace_links(run, run.tables["trace"], rows["activity_id"])
    _activity_columns(run, rows)
    run.tables["capacity"], run.tables["capacity_units"] = capacity_tables(run, made, rows)
    _freed(run, inputs, made, rows)
    run.tables["activity_matrix"] = matrix_table(rows, made.judged.contributions)
    run.tables["expectation_coverage"] = coverage_table(run, made.judged, rows)
    audit_table(run, inputs, made)
    roof_tables(run, inputs, made, rows)
    run.tables["plan"] = plan_rows(run, rows.assign(decision=rows["to_do"]), made.judged, _ways(made))
    calendar_tables(run)
    whatif(run, inputs, made)
    return StepReport("plan", "done", _headline(run, rows))


def _ways(made: Chosen) -> pd.DataFrame:
    """The chosen ways to do each activity and who does each; the unit is told only where there are several."""
    ways = made.choice.options
    alone = ways.groupby("activity_id")["unit"].transform("nunique") == 1
    taken = ways["chosen"].astype(bool)
    return ways[taken].assign(who=ways["unit"][taken], unit=ways["unit"].mask(alone, "")[taken])


def _headline(run: Run, rows: pd.DataFrame) -> str:
    capacity = run.tables["capacity"].iloc[0]
    code = "plan_collides" if run.results["plan"].choice.conflicts else "plan"
    return run.say(
        "headline", code, chosen=int(rows["in_plan"].sum()), planned=capacity["hours_planned"],
        available=capacity["hours_available"], benefit=capacity["benefit"],
        greedy=capacity["benefit_greedy"], below=capacity["first_below_line"],
        proof=run.say("word", "within_gap" if capacity["gap"] > 0 else "proven", gap=capacity["gap"]),
    )


def _activity_columns(run: Run, rows: pd.DataFrame) -> None:
    """The tool's columns of the register."""
    run.tables["activities"] = rows.assign(
        benefit_per_thousand=rows["benefit_per_krona"] * 1000,
        reason=[_reason(run, row) for row in rows.to_dict("records")],
    )


def _reason(run: Run, row: dict[Any, Any]) -> str:
    code = f"{row['cause']}_{row['decision']}"
    if not row["criterion_id"] and row["cause"] == "low":
        code = "low_none"
    params = {"criterion": run.name_of(row["criterion_id"]), "gap": row["gap_factor"], "hours": row["hours"]}
    said = [run.say("reason", code, benefit=row["benefit"], median=row["median"], **params)]
    own, constraint = row.get("own_decision") or "", row.get("constraint") or ""
    if own:
        label = run.book.schema.label("decision", own, run.book.language)
        said.append(run.say("reason", "own_decision", decision=label))
    if constraint:
        said.append(run.say("reason", constraint))
    if row.get("protected") and row["existing"] == "new" and constraint != "must":
        said.append(run.say("reason", "protected_new"))
    if row["to_do"] in ("develop", "start") and not row["in_plan"]:
        said.append(run.say("reason", "below_line"))
    return " ".join(said)


def _freed(run: Run, inputs: PlanInputs, made: Chosen, rows: pd.DataFrame) -> None:
    """What ending activities frees, and what those hours buy."""
    found = freed_hours(inputs, made)
    known = rows.set_index("activity_id")
    out = pd.DataFrame({"activity_id": list(found.displaced)})
    parts = [("ended", found.ended), ("bought", found.bought), ("displaced", out)]
    table = pd.concat([part.assign(freed=kind) for kind, part in parts], ignore_index=True)
    ids = table["activity_id"]
    table = table.assign(activity=ids.map(known["activity"]), benefit=ids.map(known["benefit"]))
    table["hours"] = table["hours"].fillna(ids.map(known["hours"])) if "hours" in table else ids.map(known["hours"])
    run.tables["freed_hours"] = table



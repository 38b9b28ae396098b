"""Inside-out: every activity against the weights and the hours; the matrix and the plan."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pandas as pd

from xlsales.issues import Issue
from xlsales.method.relation import customer_names
from xlsales.method.run import Run, StepReport
from xlsales.method.survey import weights_or_equal
from xlsales.steps.activities import Activities, ActivityRules, activities
from xlsales.steps.plan import PlanRules, plan
from xlsales.tables.cells import is_empty
from xlsales.tables.schema import load_schema


def activities_step(run: Run) -> StepReport:
    """Benefit, decision and reason of every activity, and how the expectations are covered."""
    register = run.book.parsed("activities").good
    if register.empty:
        return StepReport("activities", "no_input", run.say("headline", "no_activities"))
    weights = weights_or_equal(run)
    if weights["weight"].isna().all():
        return StepReport("activities", "no_input", run.say("headline", "no_weights"))
    compared = run.results.get("compare")
    gaps = {} if compared is None else dict(zip(compared["criterion_id"], compared["gap_factor"], strict=True))
    needs = weights.assign(gap_factor=[gaps.get(i, 1.0) for i in weights["criterion_id"]])
    relations = run.book.parsed("relations").good
    named = register[register["activity_id"].isin(relations["activity_id"])]
    run.tables["relations"] = named[["activity_id", "activity"]]
    result = activities(register, relations, needs, run.rules(ActivityRules))
    run.results["activities"] = result
    missing = register[~register["activity_id"].isin(relations["activity_id"])]
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
    counts = result.activities["decision"].value_counts()
    headline = run.say(
        "headline", "activities", n=len(result.activities),
        uncovered=[run.name_of(i) for i in gap_ids] or [run.say("word", "none")],
        **{d: int(counts.get(d, 0)) for d in ("develop", "start", "end")},
    )
    return StepReport("activities", "done", headline)


def plan_step(run: Run) -> StepReport:
    """The exact choice under the hours, the matrix in priority order, and proposed plan rows."""
    judged: Activities | None = run.results.get("activities")
    if judged is None or judged.activities.empty:
        return StepReport("plan", "no_input", run.say("headline", "no_activities"))
    result = plan(judged.activities, run.rules(PlanRules))
    run.results["plan"] = result
    run.add("plan", result.issues)
    rows = result.activities
    names = dict(zip(rows["activity_id"], rows["activity"], strict=True))
    capacity = result.capacity.iloc[0]
    below = names.get(capacity["first_below_id"]) or run.say("word", "nothing_below")
    run.tables["activities"] = rows.assign(reason=[_reason(run, row) for row in rows.to_dict("records")])
    run.tables["capacity"] = result.capacity.assign(first_below_line=below)
    run.tables["activity_matrix"] = _matrix(rows, judged.contributions)
    run.tables["expectation_coverage"] = _coverage(run, judged, rows, names)
    run.tables["plan"] = _plan_rows(run, rows, judged)
    headline = run.say(
        "headline", "plan", chosen=int(rows["in_plan"].sum()), planned=capacity["hours_planned"],
        available=capacity["hours_available"], benefit=capacity["benefit"],
        greedy=capacity["benefit_greedy"], below=below,
    )
    return StepReport("plan", "done", headline)


def _reason(run: Run, row: dict[Any, Any]) -> str:
    code = f"{row['cause']}_{row['decision']}"
    if not row["criterion_id"] and row["cause"] == "low":
        code = "low_none"
    params = {"criterion": run.name_of(row["criterion_id"]), "gap": row["gap_factor"], "hours": row["hours"]}
    text = run.say("reason", code, benefit=row["benefit"], median=row["median"], **params)
    if row["decision"] in ("develop", "start") and not row["in_plan"]:
        text += " " + run.say("reason", "below_line")
    return text


def _matrix(rows: pd.DataFrame, contributions: pd.DataFrame) -> pd.DataFrame:
    ordered = rows.sort_values("priority", ignore_index=True)
    cells = contributions.reindex(ordered["activity_id"]).reset_index(drop=True)
    shown = ["activity", "decision", "in_plan", "hours", "benefit", "benefit_per_hour", "activity_id"]
    return pd.concat([ordered[shown], cells], axis=1)


def _coverage(run: Run, judged: Activities, rows: pd.DataFrame, names: dict[str, str]) -> pd.DataFrame:
    chosen = rows.loc[rows["in_plan"], "activity_id"]
    planned = judged.contributions.reindex(chosen).sum(axis=0)
    table = judged.coverage
    strongest = [
        run.say("word", "strongest", activity=names.get(i, i), strength=s) if s > 0 else run.say("word", "none")
        for i, s in zip(table["strongest_id"], table["strength"], strict=True)
    ]
    return table.assign(strongest=strongest, planned_benefit=table["criterion_id"].map(planned).fillna(0.0))


def _plan_rows(run: Run, rows: pd.DataFrame, judged: Activities) -> pd.DataFrame:
    """Proposed rows for what is chosen or to be ended, the tool's columns of all rows there are."""
    wanted = rows[rows["in_plan"] | (rows["decision"] == "end")].sort_values("priority")
    proposed = pd.DataFrame([_proposal(run, row) for row in wanted.to_dict("records")])
    proposed = pd.concat([proposed, _method_rows(run)], ignore_index=True)
    present = run.book.parsed("plan").frame
    proposed = _unless_edited(run, proposed, present)
    known = pd.DataFrame({"plan_id": present["plan_id"]})
    table = known.merge(proposed, on="plan_id", how="outer", sort=False) if len(proposed) else known
    order = {p: i for i, p in enumerate([*proposed.get("plan_id", []), *known["plan_id"]])}
    table = table.sort_values("plan_id", key=lambda s: s.map(order), ignore_index=True)
    return _with_state(run, table, present, judged, set(wanted["activity_id"]))


_PROPOSED = ("what", "owner", "start", "due", "hours", "measure", "expected_effect", "status", "level")


def _unless_edited(run: Run, proposed: pd.DataFrame, present: pd.DataFrame) -> pd.DataFrame:
    """Proposals for rows that stand as they were proposed; what a person has changed is left alone.

    Each proposal is recorded as a fingerprint, so an untouched row can follow when the proposal changes.
    """
    if proposed.empty:
        return proposed
    recorded = run.book.parsed("proposals").frame.set_index("plan_id")["fingerprint"].to_dict()
    standing = {row["plan_id"]: row for row in present.to_dict("records")}
    edited = [
        i in standing and fingerprint(standing[i]) not in (recorded.get(i), fingerprint(row))
        for i, row in zip(proposed["plan_id"], proposed.to_dict("records"), strict=True)
    ]
    fresh = {row["plan_id"]: fingerprint(row) for row in proposed.to_dict("records")}
    run.tables["proposals"] = pd.DataFrame({"plan_id": list(fresh), "fingerprint": list(fresh.values())})
    run.add("plan", [
        Issue("note", "plan_row_outdated", "plan", "what", key=row["plan_id"], found=standing[row["plan_id"]]["what"],
              params={"what": row["what"], "hours": row["hours"]})
        for row, changed in zip(proposed.to_dict("records"), edited, strict=True)
        if changed and _disagrees(standing[row["plan_id"]], row)
    ])
    return proposed.astype(object).mask(pd.Series(edited), None).assign(plan_id=proposed["plan_id"])


def _disagrees(standing: dict[Any, Any], proposal: dict[Any, Any]) -> bool:
    """True where a row that is still open says another thing or other hours than the proposal."""
    same = standing["what"] == proposal["what"] and standing["hours"] == proposal.get("hours", standing["hours"])
    return standing["status"] not in ("done", "declined", "ongoing") and not same


def fingerprint(row: Mapping[Any, Any]) -> str:
    """What a plan row says, short enough to record."""
    parts = ["" if is_empty(row.get(k)) else _plain(row[k]) for k in _PROPOSED]
    return hashlib.sha256("\x1f".join(parts).encode("utf-8")).hexdigest()[:16]


def _plain(value: Any) -> str:
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _proposal(run: Run, row: dict[Any, Any]) -> dict[str, Any]:
    ending = row["decision"] == "end"
    criterion = run.name_of(row["criterion_id"])
    measure = run.say("plan", "measure_end", hours=row["hours"]) if ending else ""
    if not ending and row["criterion_id"]:
        measure = run.say("plan", "measure", criterion=criterion)
    return {
        "plan_id": f"P-{row['activity_id']}",
        "activity_id": row["activity_id"],
        "what": run.say("plan", row["decision"], activity=row["activity"]),
        "owner": row.get("owner") or run.say("word", "to_be_named"),
        "start": pd.Timestamp(run.as_of + timedelta(days=1)),
        "due": pd.Timestamp(run.as_of + timedelta(days=run.settings["plan_days"])),
        "hours": 0.0 if ending else row["hours"],
        "measure": measure,
        "expected_effect": run.say("plan", "effect", benefit=row["benefit"]),
        "status": "proposed",
        "level": "tactical",
    }


def _method_rows(run: Run) -> pd.DataFrame:
    """Methods of the hierarchy that somebody ticked for the plan."""
    ticked = run.book.parsed("level_methods").frame
    ticked = ticked[ticked["add_to_plan"]]
    names, schema = customer_names(run), load_schema()
    owners = run.book.parsed("level_targets").good.set_index("customer_no")["owner"].to_dict()
    rows = [
        {
            "plan_id": f"N-{row['customer_no']}-{row['method']}",
            "customer_no": row["customer_no"],
            "what": run.say(
                "plan", "method", method=schema.label("method_card", row["method"], run.book.language),
                customer=names.get(row["customer_no"], row["customer_no"]),
                from_level=row["from_level"], to_level=row["to_level"],
            ),
            "owner": owners.get(row["customer_no"]) or run.say("word", "to_be_named"),
            "start": pd.Timestamp(run.as_of + timedelta(days=1)),
            "due": pd.Timestamp(run.as_of + timedelta(days=run.settings["plan_days"])),
            "measure": run.say("plan", "measure_level"),
            "status": "proposed",
            "level": "operational",
        }
        for row in ticked.to_dict("records")
    ]
    return pd.DataFrame(rows)


def _with_state(
    run: Run, table: pd.DataFrame, present: pd.DataFrame, judged: Activities, planned: set[str]
) -> pd.DataFrame:
    """serves, orphan and late, by what stands on each row: a person's edits before the proposal."""
    ids, due, status, owner = (_standing(table, present, k) for k in ("activity_id", "due", "status", "owner"))
    over = status.isin(["done", "declined"])
    to_be_named = run.say("word", "to_be_named")
    nameless = int(((owner == to_be_named) & ~over).sum())
    if nameless:
        run.add("plan", [Issue("warning", "owner_to_be_named", "plan", "owner", -1, params={"count": nameless})])
    return table.assign(
        serves=[_serves(run, judged, i) for i in ids],
        orphan=(ids != "") & ~ids.isin(planned) & ~over,
        late=(pd.to_datetime(due) < pd.Timestamp(run.as_of)) & ~over,
    )


def _standing(table: pd.DataFrame, present: pd.DataFrame, key: str) -> pd.Series[Any]:
    """What stands in the plan for each row, else what is proposed for it."""
    written = present.drop_duplicates("plan_id").set_index("plan_id")[key].astype(object)
    there = written.reindex(table["plan_id"]).set_axis(table.index)
    proposed = table[key].astype(object) if key in table else pd.Series(None, index=table.index, dtype=object)
    known = table["plan_id"].isin(written.index)
    value = there.where(known, proposed)
    return value if key == "due" else value.fillna("")


def _serves(run: Run, judged: Activities, activity_id: str) -> str:
    """Expectations the activity contributes to, the greatest first, at most three."""
    if activity_id not in judged.contributions.index:
        return ""
    row = judged.contributions.loc[activity_id]
    served = sorted((-value, place, str(i)) for place, (i, value) in enumerate(row.items()) if value > 0)
    return ", ".join(run.name_of(i) for _, _, i in served[:3])

"""The rows of the plan: what is proposed, beside what people have made of earlier proposals."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pandas as pd

from xlsales.issues import Issue
from xlsales.method.quarters import quarter_days
from xlsales.method.relation import customer_names
from xlsales.method.run import Run
from xlsales.steps.activities import Activities
from xlsales.tables.cells import is_empty
from xlsales.tables.schema import load_schema

Row = Mapping[Any, Any]
_OVER = ("done", "declined")
# for_whom comes last and counts only where it is filled: workbooks of earlier versions have no such column.
_PROPOSED = ("what", "owner", "start", "due", "hours", "measure", "expected_effect", "status", "level", "for_whom")
_OF_WHAT = ("activity_id", "customer_no")


def plan_rows(run: Run, rows: pd.DataFrame, judged: Activities, chosen: pd.DataFrame | None = None) -> pd.DataFrame:
    """Proposed rows for what is chosen or to be ended, and the tool's columns of all rows there are.

    rows: one row per activity with decision, in_plan, priority, hours and benefit.
    chosen: one row per chosen way to do an activity: activity_id, unit ("" where only one can do it), who (if not
        the unit), quarter ("2027Q1" or ""), hours, benefit. Without it every activity in the plan is one row.
    Leaves in ``run`` the recorded proposals and what there is to say of edited and deleted rows.
    """
    wanted = _wanted(rows, chosen)
    ids = set(rows["activity_id"])
    proposed = [*(_proposal(run, row, ids) for row in wanted.to_dict("records")), *_method_rows(run)]
    present = run.book.parsed("plan").frame
    kept, names = _unless_edited(run, proposed, present)
    known = pd.DataFrame({"plan_id": present["plan_id"]})
    table = known.merge(pd.DataFrame(kept), on="plan_id", how="outer", sort=False) if kept else known
    order = {p: i for i, p in enumerate([*(row["plan_id"] for row in kept), *known["plan_id"]])}
    table = table.sort_values("plan_id", key=lambda s: s.map(order), ignore_index=True)
    return _with_state(run, table, judged, _Planned(set(wanted["activity_id"]), names))


def _wanted(rows: pd.DataFrame, chosen: pd.DataFrame | None) -> pd.DataFrame:
    """What is to be proposed, one row per way, in order of priority."""
    ended = rows["decision"] == "end"
    if chosen is None:
        return rows[rows["in_plan"] | ended].sort_values("priority").assign(unit="", quarter="")
    ways = chosen.assign(who=chosen.get("who", chosen["unit"])).fillna({"unit": "", "who": "", "quarter": ""})
    ways = ways[["activity_id", "unit", "who", "quarter", "hours", "benefit"]]
    picked = rows.drop(columns=["hours", "benefit", "quarter"], errors="ignore").merge(ways, on="activity_id")
    rest = rows[ended & ~rows["activity_id"].isin(picked["activity_id"])].assign(unit="", who="", quarter="")
    both = pd.concat([part for part in (picked, rest) if len(part)] or [picked])
    return both.sort_values(["priority", "unit", "quarter"], ignore_index=True)


@dataclass(frozen=True)
class _Planned:
    """Activities that are to be in the plan; the plan ids of today's proposals by the id they stand under."""

    activities: set[str]
    names: Mapping[str, str]


@dataclass
class _Found:
    """What came of the proposals: those to write, and what is to be told."""

    kept: list[dict[str, Any]] = field(default_factory=list)
    filled: set[int] = field(default_factory=set)
    issues: list[Issue] = field(default_factory=list)


def _unless_edited(
    run: Run, proposed: list[dict[str, Any]], present: pd.DataFrame
) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """Proposals that are new, or whose row stands as it was proposed; and {id in the plan: proposed id}.

    A fingerprint of every proposal is recorded, so that an untouched row can follow when the proposal
    changes, an edited row is left alone, and a deleted one is known from one that was never proposed.
    """
    recorded = run.book.parsed("proposals").frame.set_index("plan_id")["fingerprint"].to_dict()
    places = _places(proposed, present, recorded)
    standing = [{**row, "row": int(i)} for i, row in zip(present.index, present.to_dict("records"), strict=True)]
    by_id: dict[str, list[dict[Any, Any]]] = {}
    for other in standing:
        by_id.setdefault(other["plan_id"], []).append(other)
    at = {other["row"]: other for other in standing}
    result, names = _Found(), {}
    for row in proposed:
        place = places.get(row["plan_id"])
        if place is None:
            _new_or_deleted(row, recorded, result)
            continue
        name = at[place]["plan_id"]
        names[name] = row["plan_id"]
        _standing_row(row, by_id[name] if name else [at[place]], recorded, result)
    # A method that is no longer ticked is forgotten, so that a new tick proposes it anew.
    fresh = {i: said for i, said in recorded.items() if i in by_id or not str(i).startswith("N-")}
    fresh |= {row["plan_id"]: fingerprint(row) for row in proposed}
    run.tables["proposals"] = pd.DataFrame({"plan_id": list(fresh), "fingerprint": list(fresh.values())})
    run.issues = [(s, i) for s, i in run.issues if not _is_answered(i, result.filled)]
    run.add("plan", result.issues)
    return result.kept, names


def _new_or_deleted(row: dict[str, Any], recorded: Row, result: _Found) -> None:
    if row["plan_id"] not in recorded:
        result.kept.append(row)
        return
    params = {"plan_id": row["plan_id"], "what": row["what"]}
    result.issues.append(Issue("note", "plan_row_deleted", "plan", "plan_id", -1, found=row["plan_id"], params=params))


def _standing_row(row: dict[str, Any], there: list[dict[Any, Any]], recorded: Row, result: _Found) -> None:
    """Keep the proposal of a row that nobody has touched, or that was emptied to have it again."""
    first = there[0]
    known = (recorded.get(row["plan_id"]), fingerprint(row))
    asked = len(there) == 1 and bool(first["plan_id"]) and _only_id(first)
    if asked:
        result.filled.add(first["row"])
    if asked or (first["plan_id"] and all(_untouched(t, row, known) for t in there)):
        result.kept.append({**row, "plan_id": first["plan_id"]})
    elif _disagrees(first, row):
        told: dict[str, Any] = {"found": first["what"], "params": {"what": row["what"], "hours": row.get("hours", 0.0)}}
        result.issues.append(Issue("note", "plan_row_outdated", "plan", "what", first["row"], **told))


def _untouched(standing: Row, proposal: Row, known: tuple[Any, ...]) -> bool:
    return fingerprint(standing) in known and all(standing[k] == proposal.get(k, "") for k in _OF_WHAT)


def _only_id(row: Row) -> bool:
    return all(is_empty(row.get(k)) for k in (*_PROPOSED, *_OF_WHAT))


def _is_answered(issue: Issue, filled: set[int]) -> bool:
    """True for an empty cell in a row that is filled in by this run."""
    return issue.table == "plan" and issue.code == "missing_value" and issue.row in filled


def _places(proposed: list[dict[str, Any]], present: pd.DataFrame, recorded: Row) -> dict[str, int]:
    """{proposed plan id: its body row}, also where somebody has changed the row's plan id."""
    first = {p: int(i) for i, p in reversed(list(present["plan_id"].items())) if p}
    places = {row["plan_id"]: first[row["plan_id"]] for row in proposed if row["plan_id"] in first}
    ours = {*recorded, *(row["plan_id"] for row in proposed)}
    others = present[~present["plan_id"].isin(ours)]
    free: dict[tuple[str, ...], dict[int, dict[Any, Any]]] = {}
    for i, other in zip(others.index, others.to_dict("records"), strict=True):
        free.setdefault(tuple(other[k] for k in _OF_WHAT), {})[int(i)] = other
    lost = [row for row in proposed if row["plan_id"] in recorded and row["plan_id"] not in places]
    for sure in (True, False):
        for row in (row for row in lost if row["plan_id"] not in places):
            rows = free.get(tuple(row.get(k, "") for k in _OF_WHAT), {})
            hit = next((i for i, other in rows.items() if _same_row(row, other, recorded, sure)), None)
            if hit is not None:
                places[row["plan_id"]] = hit
                del rows[hit]
    return places


def _same_row(proposal: Row, other: Row, recorded: Row, sure: bool) -> bool:
    """Is the row the proposal under another id? Sure by what it says; else one that names the activity is."""
    if sure:
        said = fingerprint(other) in (recorded[proposal["plan_id"]], fingerprint(proposal))
        return said or (other["what"], other["owner"]) == (proposal["what"], proposal["owner"])
    return bool(proposal.get("activity_id")) or other["what"] == proposal["what"]


def _disagrees(standing: Row, proposal: Row) -> bool:
    """True where a row that is still open says another thing or other hours than the proposal."""
    same = standing["what"] == proposal["what"] and standing["hours"] == proposal.get("hours", standing["hours"])
    return standing["status"] not in (*_OVER, "ongoing") and not same


def fingerprint(row: Row) -> str:
    """What a plan row says, short enough to record."""
    parts = ["" if is_empty(row.get(k)) else _plain(row[k]) for k in _PROPOSED]
    said = parts if parts[-1] else parts[:-1]
    return hashlib.sha256("\x1f".join(said).encode("utf-8")).hexdigest()[:16]


def _plain(value: Any) -> str:
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _proposal(run: Run, row: Row, activity_ids: set[str]) -> dict[str, Any]:
    ending = row["decision"] == "end"
    measure = run.say("plan", "measure_end", hours=row["hours"]) if ending else ""
    if not ending and row["criterion_id"]:
        measure = run.say("plan", "measure", criterion=run.name_of(row["criterion_id"]))
    start, due = _period(run, row["quarter"])
    return {
        "plan_id": _plan_id(row["activity_id"], row["unit"], activity_ids),
        "activity_id": row["activity_id"],
        "what": run.say("plan", row["decision"], activity=row["activity"]),
        "for_whom": row.get("category") or "",
        "owner": row.get("who") or row["unit"] or row.get("owner") or run.say("word", "to_be_named"),
        "start": start,
        "due": due,
        "hours": 0.0 if ending else row["hours"],
        "measure": measure,
        "expected_effect": run.say("plan", "effect", benefit=row["benefit"]),
        "status": "proposed",
        "level": "tactical",
    }


def _plan_id(activity_id: str, unit: str, activity_ids: set[str]) -> str:
    """P-A1, or P-A1-Anna for one of those who do it; never what another activity or unit of one is called."""
    if not unit:
        return f"P-{activity_id}"
    apart = "--" if f"{activity_id}-{unit}" in activity_ids or "-" in activity_id + unit else "-"
    return f"P-{activity_id}{apart}{unit}"


def _period(run: Run, quarter: str) -> tuple[pd.Timestamp, pd.Timestamp]:
    """First and last day: of the quarter, as far as it is still to come, else of the plan."""
    first = pd.Timestamp(run.as_of + timedelta(days=1))
    found = quarter_days(quarter)
    if found and found[1] >= first:
        return max(first, found[0]), found[1]
    return first, pd.Timestamp(run.as_of + timedelta(days=run.settings["plan_days"]))


def _method_rows(run: Run) -> list[dict[str, Any]]:
    """Methods of the hierarchy that somebody ticked for the plan."""
    ticked = run.book.parsed("level_methods").frame
    ticked = ticked[ticked["add_to_plan"]]
    names, schema = customer_names(run), load_schema()
    owners = run.book.parsed("level_targets").good.set_index("customer_no")["owner"].to_dict()
    (start, due), rows = _period(run, ""), []
    for row in ticked.to_dict("records"):
        customer = names.get(row["customer_no"], row["customer_no"])
        method = schema.label("method_card", row["method"], run.book.language)
        levels = {k: row[k] for k in ("from_level", "to_level")}
        rows.append({
            "plan_id": f"N-{row['customer_no']}-{row['method']}",
            "customer_no": row["customer_no"],
            "what": run.say("plan", "method", method=method, customer=customer, **levels),
            "for_whom": customer,
            "owner": owners.get(row["customer_no"]) or run.say("word", "to_be_named"),
            "start": start,
            "due": due,
            "measure": run.say("plan", "measure_level"),
            "status": "proposed",
            "level": "operational",
        })
    return rows


def _with_state(run: Run, table: pd.DataFrame, judged: Activities, planned: _Planned) -> pd.DataFrame:
    """serves, reach, orphan and late, by what stands on each row: a person's edits before the proposal."""
    present = run.book.parsed("plan").frame
    ids, due, status, owner = (standing(table, present, k) for k in ("activity_id", "due", "status", "owner"))
    over = status.isin(_OVER)
    to_be_named = run.say("word", "to_be_named")
    nameless = int(((owner == to_be_named) & ~over).sum())
    if nameless:
        run.add("plan", [Issue("warning", "owner_to_be_named", "plan", "owner", -1, params={"count": nameless})])
    register = run.book.parsed("activities").good.set_index("activity_id")["level"].to_dict()
    recorded = set(run.tables["proposals"]["plan_id"])
    proposed = set(planned.names) | set(table["plan_id"][~table["plan_id"].isin(present["plan_id"])])
    replaced = table["plan_id"].isin(recorded - proposed)
    return table.assign(
        serves=[_serves(run, judged, i) for i in ids],
        reach=ids.map(register).fillna(""),
        orphan=(ids != "") & (~ids.isin(planned.activities) | replaced) & ~over,
        late=(pd.to_datetime(due) < pd.Timestamp(run.as_of)) & ~over,
    )


def standing(table: pd.DataFrame, present: pd.DataFrame, key: str) -> pd.Series[Any]:
    """What will stand in the plan for each row: what is proposed where the row follows it, else what is written."""
    empty = [i for i, row in zip(present.index, present.to_dict("records"), strict=True) if _only_id(row)]
    written = present.drop(index=empty).drop_duplicates("plan_id").set_index("plan_id")[key].astype(object)
    there = written.reindex(table["plan_id"]).set_axis(table.index)
    proposed = table[key].astype(object) if key in table else pd.Series(None, index=table.index, dtype=object)
    follows = table["status"].notna() if "status" in table else False
    value = there.where(table["plan_id"].isin(written.index) & ~follows, proposed)
    return value if key == "due" else value.fillna("")


def _serves(run: Run, judged: Activities, activity_id: str) -> str:
    """Expectations the activity contributes to, the greatest first, at most three."""
    if activity_id not in judged.contributions.index:
        return ""
    row = judged.contributions.loc[activity_id]
    served = sorted((-value, place, str(i)) for place, (i, value) in enumerate(row.items()) if value > 0)
    return ", ".join(run.name_of(i) for _, _, i in served[:3])

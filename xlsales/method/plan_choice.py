"""What a plan is chosen from, as the workbook says it, and what came of the choice."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from xlsales.choosing.choice import ChoiceRules
from xlsales.choosing.margins import margins
from xlsales.choosing.options import COMMON, OptionRules
from xlsales.choosing.plan_inputs import Chosen, InteractionRules, PlanInputs
from xlsales.issues import Issue
from xlsales.method.quarters import quarter_days, quarter_of
from xlsales.method.run import Run
from xlsales.method.survey import weights_or_equal
from xlsales.steps.activities import ActivityRules


def gather(run: Run) -> PlanInputs:
    """Register, relations, needs, hours, interactions and budget of the workbook."""
    book, settings = run.book, run.settings
    written = [c.key for c in book.schema.table("activities").columns if c.owner == "user"]
    register = book.parsed("activities").good[written]
    return PlanInputs(
        register.assign(quarter=_readable(run, register, "activities")),
        book.parsed("relations").good,
        needs_of(run, weights_or_equal(run)),
        _hours_to_come(run),
        book.parsed("interactions").good,
        settings["budget"],
        settings["cover_decisive"] == "yes",
        run.rules(ActivityRules),
        run.rules(OptionRules),
        run.rules(InteractionRules),
        run.rules(ChoiceRules),
    )


def _readable(run: Run, rows: pd.DataFrame, table: str) -> pd.Series[Any]:
    """The quarters of a table as they are compared; one that is none is told and counts as empty."""
    quarters = rows["quarter"].map(quarter_of)
    strange = (quarters != "") & ~quarters.map(lambda text: quarter_days(text) is not None).astype(bool)
    run.add("plan", [
        Issue("error", "quarter_unreadable", table, "quarter", int(str(row)), found=text)
        for row, text in quarters[strange].items()
    ])
    return quarters.mask(strange, "")


def _hours_to_come(run: Run) -> pd.DataFrame:
    """The hours of Resources, without those of quarters that are over and of quarters that cannot be read."""
    resources = run.book.parsed("resources").good
    quarters = _readable(run, resources, "resources")
    unread = (quarters == "") & (resources["quarter"].str.strip() != "")
    days = quarters.map(quarter_days)
    over = days.map(lambda found: found is not None and found[1] <= pd.Timestamp(run.as_of)).astype(bool)
    run.add("plan", [
        Issue("note", "quarter_over", "resources", "quarter", int(str(row)), found=text)
        for row, text in quarters[over].items()
    ])
    return resources.assign(quarter=quarters)[~over & ~unread]


def needs_of(run: Run, weights: pd.DataFrame) -> pd.DataFrame:
    """Weights with what they are multiplied by to be needs: gap factor and sales point."""
    compared = run.results.get("compare")
    gaps = {} if compared is None else dict(zip(compared["criterion_id"], compared["gap_factor"], strict=True))
    criteria = run.book.parsed("criteria").good.drop_duplicates("criterion_id").set_index("criterion_id")
    points = criteria["sales_point"].fillna(1.0).to_dict()
    return weights.assign(
        gap_factor=[gaps.get(i, 1.0) for i in weights["criterion_id"]],
        sales_point=[points.get(i, 1.0) for i in weights["criterion_id"]],
    )


def planned_rows(made: Chosen) -> pd.DataFrame:
    """Every judged activity with in_plan, hours and cost in the plan, priority (1 = first) and what is to be done.

    to_do is the person's decision before the tool's; what is in the plan is never to end or to reject.
    """
    table = made.judged.activities
    taken = made.choice.options[made.choice.options["chosen"].astype(bool)]
    inside = table["activity_id"].isin(made.planned).to_numpy(bool)
    own = table["own_decision"].fillna("") if "own_decision" in table else pd.Series("", index=table.index)
    said = table["decision"].where(own == "", own)
    exists = table["existing"] == "existing"
    said = said.mask(exists & (said == "reject"), "end").mask(~exists & (said == "end"), "reject")
    forced = np.where(exists, "keep", "start")
    said = said.mask(inside & said.isin(["end", "reject"]).to_numpy(bool), pd.Series(forced, index=table.index))
    planned = taken.groupby("activity_id")[["hours", "cost"]].sum().reindex(table["activity_id"]).fillna(0.0)
    table = table.assign(
        in_plan=inside, to_do=said, hours_in_plan=planned["hours"].to_numpy(), cost_in_plan=planned["cost"].to_numpy()
    )
    order = _in_order(table)
    table["priority"] = pd.Series(np.arange(1, len(order) + 1), index=table.index[order])
    return table


def _in_order(table: pd.DataFrame) -> Any:
    """Positions in order: in the plan first, then by benefit per hour, then by id."""
    rate = table["benefit_per_hour"].fillna(np.inf).where(table["benefit"] > 0, 0.0).to_numpy()
    ids = np.argsort(np.argsort(table["activity_id"].astype(str).to_numpy()))
    return np.lexsort((ids, -rate, ~table["in_plan"].to_numpy(bool)))


def capacity_tables(run: Run, made: Chosen, rows: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The hours as a whole, one row, and by person, team and quarter."""
    units = margins(made.options.options, made.limits, made.choice, run.rules(ChoiceRules))
    names = dict(zip(rows["activity_id"], rows["activity"], strict=True))
    pool = units["pool"].str.rpartition("|")
    unit = pool[2].where(pool[1] == "", pool[0])
    units = units.assign(
        unit=unit.where(unit != COMMON, run.say("word", "common_hours")),
        quarter=pool[2].where(pool[1] != "", ""),
        left=(units["hours"] - units["planned"]).round(9),
        first_below=[names.get(i, "") for i in units["first_below"]],
    )
    best = units["worth"].fillna(-1.0).to_numpy().argmax() if len(units) else 0
    rise = units["hours_to_next"].fillna(np.inf).to_numpy().argmin() if len(units) else 0
    row = {
        "hours_available": float(units["hours"].sum()),
        "hours_planned": float(rows["hours_in_plan"].sum()),
        "benefit": made.choice.benefit,
        "benefit_greedy": made.choice.benefit_greedy,
        "first_below_line": names.get(_first_below(made, rows), run.say("word", "nothing_below")),
        "benefit_of_one_more_hour": float(units["worth"].iloc[best]) if len(units) else 0.0,
        "hours_to_next": float(units["hours_to_next"].iloc[rise]) if len(units) else np.nan,
        "benefit_at_next": float(units["benefit_at_next"].iloc[rise]) if len(units) else np.nan,
        "cost_planned": float(rows["cost_in_plan"].sum()),
        "budget": run.settings["budget"],
        "gap": made.choice.gap,
    }
    return pd.DataFrame([row]), units


def _first_below(made: Chosen, rows: pd.DataFrame) -> str:
    """The activity of most benefit per hour that could be in the plan and is not."""
    ways = made.options.options
    allowed = set(ways.loc[~ways["banned"].astype(bool), "activity_id"])
    below = rows[~rows["in_plan"] & rows["activity_id"].isin(allowed) & (rows["benefit"] > 1e-12)]
    return str(below.sort_values("priority")["activity_id"].iloc[0]) if len(below) else ""


def choice_issues(run: Run, made: Chosen) -> list[Issue]:
    """Demands that collide, hours that do not suffice, and pairs or quarters that name what is not there."""
    found = made.choice
    pairs = run.book.parsed("interactions").good
    issues = [i for i in made.issues if i.code != "interaction_unknown"]
    judged = set(made.judged.activities["activity_id"])
    register = set(run.book.parsed("activities").good["activity_id"])
    for row, one, other in zip(pairs.index, pairs["activity_id"], pairs["other_activity_id"], strict=True):
        issues += [
            Issue("warning", "interaction_unknown", "interactions", "activity_id", int(row), found=i)
            for i in (one, other) if i in register and i not in judged
        ]
    issues += _team_issues(run, made)
    if found.conflicts:
        said = {
            "demands": [_demand(run, made, *name) for name in found.conflicts],
            "given_up": _parts(run, "given_up", [_demand(run, made, *name) for name in found.given_up]),
            "over": _parts(run, "over", [_over(run, pool, hours) for pool, hours in found.over.items()]),
        }
        issues.append(Issue("error", "plan_conflict", "activities", "constraint", -1, params=said))
    if not found.proven:
        params = {"gap": found.gap, "seconds": run.settings["choice_seconds"]}
        issues.append(Issue("note", "plan_not_proven", "capacity", "gap", 0, found=found.gap, params=params))
    return issues


def _parts(run: Run, code: str, parts: list[str]) -> str:
    return run.say("demand", code, parts=parts) if parts else ""


def _team_issues(run: Run, made: Chosen) -> list[Issue]:
    """Activities of a team that has no hours of its own: they take from the common ones, not from its people's."""
    ways = made.options.options
    teams = ways[(ways["unit"] != "") & ways["pool"].str.startswith(COMMON)]
    return [
        Issue("warning", "team_without_hours", "resources", "who", -1, found=unit, params={"team": unit})
        for unit in dict.fromkeys(teams["unit"])
    ]


def _demand(run: Run, made: Chosen, kind: str, subject: str) -> str:
    """One demand in words."""
    rows = made.judged.activities
    names = dict(zip(rows["activity_id"], rows["activity"], strict=True))
    if kind == "pool":
        return run.say("demand", "pool", who=_pool(run, subject), hours=made.limits.pools[subject])
    if kind == "budget":
        return run.say("demand", "budget", budget=made.limits.budget)
    if kind == "cover":
        return run.say("demand", "cover", criterion=run.name_of(subject))
    ids = _two(subject, names) if kind in ("requires", "excludes") else [subject]
    return run.say("demand", kind, **dict(zip(("activity", "other"), (names.get(i, i) for i in ids), strict=False)))


def _two(subject: str, names: dict[str, str]) -> list[str]:
    """The two activities of a subject; ids may hold blanks themselves."""
    parts = subject.split(" ")
    cuts = ((" ".join(parts[:i]), " ".join(parts[i:])) for i in range(1, len(parts)))
    return list(next((cut for cut in cuts if all(i in names for i in cut)), (subject, "")))


def _over(run: Run, pool: str, amount: float) -> str:
    if pool == "budget":
        return run.say("demand", "over_budget", amount=amount)
    return run.say("demand", "over_hours", who=_pool(run, pool), hours=amount)


def _pool(run: Run, pool: str) -> str:
    """Whose hours, and in which quarter."""
    who, bar, quarter = pool.rpartition("|")
    name = who if bar else quarter
    said = run.say("word", "common_hours") if name == COMMON else name
    return f"{said} {quarter}".strip() if bar else said

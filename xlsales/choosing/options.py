"""Options: the ways to do each activity — by whom, in which quarter, and on whose hours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from xlsales.issues import Issue

COMMON = "(common)"
ENDED = ("end", "reject")
_KEPT, _LEFT = ("develop", "keep", "start"), ("end", "wait", "reject")
_COLUMNS = ["option_id", "activity_id", "unit", "quarter", "pool", "hours", "cost", "benefit", "must", "banned"]
_WAYS = ["row", "unit", "source", "parts"]


@dataclass(frozen=True)
class OptionRules:
    """Thresholds; see the settings of the same names."""

    hours_available: float = 500


@dataclass(frozen=True)
class Options:
    """options: one row per way to do an activity. pools: hours by pool, every pool that an option draws on.

    issues: activities whose quarter is none of those that have hours.
    """

    options: pd.DataFrame
    pools: Mapping[str, float]
    issues: list[Issue]


def options(judged: pd.DataFrame, resources: pd.DataFrame, rules: OptionRules = OptionRules()) -> Options:
    """The ways to do each activity, and the hours they draw on.

    judged: activity_id, existing, hours, benefit, decision, and where known level (firm/team/person), owner,
        category, cost, protected, constraint (must/must_not), own_decision, quarter ("" = any).
    resources: who, team, quarter ("" = the whole plan), hours; a row without a name is the common pool. May be empty.
    Returns option_id, activity_id, unit (a person, a team, "" for the firm), quarter, pool, hours and cost (of the
    option), benefit, must, banned. A person's activity is one option per person, a team's one per team: benefit and
    cost are split equally, the hours are needed by each. The quarters of a unit are alternatives.
    """
    table = judged.reset_index(drop=True)
    slots = _slots(resources, rules)
    ways = _ways(table, _people(resources)).merge(slots, on="source", how="left", sort=False)
    kept, lacking = _fitting(ways, _text(table, "quarter").to_numpy(object)[ways["row"].to_numpy(np.int64)])
    rows = table.iloc[kept["row"].to_numpy(np.int64)].reset_index(drop=True)
    must, banned = _demands(rows)
    parts = kept["parts"].to_numpy(np.float64)
    ids = rows["activity_id"].astype(str)
    made = pd.DataFrame(
        {
            "option_id": (ids + "|" + kept["unit"] + "|" + kept["quarter"]).str.rstrip("|"),
            "activity_id": rows["activity_id"],
            "unit": kept["unit"],
            "quarter": kept["quarter"],
            "pool": kept["pool"],
            "hours": _number(rows, "hours"),
            "cost": _number(rows, "cost") / parts,
            "benefit": _number(rows, "benefit") / parts,
            "must": must,
            "banned": banned | (kept["no_hours"].to_numpy(bool) & ~must),
        }
    )[_COLUMNS]
    pools = dict.fromkeys(made["pool"], 0.0) | dict(zip(slots["pool"], slots["available"], strict=True))
    used = set(made["pool"])
    return Options(made, {p: float(h) for p, h in pools.items() if p in used}, _unknown_quarters(table, lacking))


def _text(table: pd.DataFrame, column: str) -> pd.Series[Any]:
    """A column of texts, stripped; "" where the table has none."""
    if column not in table:
        return pd.Series("", index=table.index, dtype=object)
    return table[column].astype(object).where(table[column].notna(), "").astype(str).str.strip().astype(object)


def _number(table: pd.DataFrame, column: str) -> npt.NDArray[np.float64]:
    if column not in table:
        return np.zeros(len(table))
    return np.asarray(table[column].astype("float64").fillna(0), dtype=np.float64)


def _people(resources: pd.DataFrame) -> pd.DataFrame:
    """Everybody named among the hours once: key (casefolded), who, team_key, team, is_team."""
    named = pd.DataFrame({"who": _text(resources, "who"), "team": _text(resources, "team")})
    named = named[named["who"] != ""].assign(
        key=lambda t: t["who"].str.casefold(), team_key=lambda t: t["team"].str.casefold()
    )
    named = named.drop_duplicates("key", ignore_index=True)
    return named.assign(is_team=named["key"].isin(set(named["team_key"]) - {""}))


def _slots(resources: pd.DataFrame, rules: OptionRules) -> pd.DataFrame:
    """The hours there are: source (casefolded name, "" = common), quarter, pool, available (hours)."""
    who = _text(resources, "who")
    rows = pd.DataFrame(
        {"source": who.str.casefold(), "who": who, "slot": _text(resources, "quarter"),
         "available": np.maximum(_number(resources, "hours"), 0.0)}
    )
    rows["who"] = rows.groupby("source")["who"].transform("first")
    rows = rows.groupby(["source", "who", "slot"], sort=False)["available"].sum().reset_index()
    rows["pool"] = np.where(rows["source"] == "", COMMON + "|" + rows["slot"], rows["who"] + "|" + rows["slot"])
    if not (rows["source"] == "").any():
        common = {"source": "", "who": "", "slot": "", "available": float(rules.hours_available), "pool": COMMON}
        rows = pd.concat([rows.astype({"available": "float64"}), pd.DataFrame([common])], ignore_index=True)
    return rows


def _ways(table: pd.DataFrame, people: pd.DataFrame) -> pd.DataFrame:
    """Who can do each activity: row (of the table), unit, source (of the hours), parts (units in all)."""
    persons = people.loc[~people["is_team"], ["who", "key"]].set_axis(["unit", "source"], axis=1)
    teams = people.loc[people["team"] != "", ["team", "team_key"]].drop_duplicates("team_key")
    teams = teams.set_axis(["unit", "source"], axis=1)
    teams["source"] = teams["source"].where(teams["source"].isin(people["key"]), "")
    level = _text(table, "level").to_numpy(object)
    by_person, by_team = (level == "person") & (len(persons) > 0), (level == "team") & (len(teams) > 0)
    rows = pd.DataFrame({"row": np.arange(len(table))})
    single = rows[~by_person & ~by_team]
    owner = _text(table, "owner").str.casefold().to_numpy(object)[single["row"].to_numpy()]
    source = np.where(pd.Series(owner).isin(people["key"]), owner, "")
    names = dict(zip(people["key"], people["who"], strict=True)) | {"": ""}
    firm = single.assign(unit=[names[s] for s in source], source=source, parts=1)
    each = [rows[mask].merge(units, how="cross").assign(parts=len(units))
            for mask, units in ((by_person, persons), (by_team, teams)) if mask.any()]
    found: pd.DataFrame = pd.concat([firm, *each]).sort_values("row", kind="stable", ignore_index=True)[_WAYS]
    return found.astype({"row": "int64", "unit": object, "source": object, "parts": "int64"})


def _fitting(ways: pd.DataFrame, own: npt.NDArray[np.object_]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The ways in a quarter that the activity allows; and those (one each) whose quarter has no hours.

    Hours for the whole plan serve any quarter that has none of its own.
    """
    slot = ways["slot"].to_numpy(object)
    keys = [ways["row"], ways["unit"]]
    exact = pd.Series((own != "") & (slot == own), index=ways.index)
    has_exact = exact.groupby(keys).transform("any").to_numpy(bool)
    fits = np.where(own == "", True, np.where(has_exact, exact.to_numpy(bool), slot == ""))
    some = pd.Series(fits, index=ways.index).groupby(keys).transform("any").to_numpy(bool)
    first = ~ways.duplicated(["row", "unit"]).to_numpy(bool) & ~some
    quarter = np.where(own == "", slot, own)
    source = ways["who"].where(ways["source"] != "", COMMON)
    kept = ways.assign(
        quarter=quarter, no_hours=~some, pool=ways["pool"].where(some, source + "|" + quarter)
    )
    return kept[fits.astype(bool) | first].reset_index(drop=True), kept[first]


def _demands(rows: pd.DataFrame) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """What must be in the plan and what must not. A constraint beats a decision, protection beats every ending;

    what is both protected and forbidden is both, and the choice tells of it.
    """
    constraint, own, decision = (_text(rows, k).to_numpy(object) for k in ("constraint", "own_decision", "decision"))
    protected = rows["protected"].fillna(False).to_numpy(bool) if "protected" in rows else np.zeros(len(rows), bool)
    shield = protected & (rows["existing"] == "existing").to_numpy(bool)
    open_ = constraint == ""
    must = shield | (constraint == "must") | (open_ & np.isin(own, _KEPT))
    left = np.isin(own, _LEFT) | ((own == "") & np.isin(decision, ENDED))
    return must, (constraint == "must_not") | (open_ & ~shield & left)


def _unknown_quarters(table: pd.DataFrame, lacking: pd.DataFrame) -> list[Issue]:
    """One problem per activity and unit whose quarter is none of the unit's."""
    ids = table["activity_id"].to_numpy(object)
    return [
        Issue("error", "quarter_unknown", "activities", "quarter", key=str(ids[row]), found=quarter,
              params={"unit": unit, "quarter": quarter})
        for row, unit, quarter in zip(lacking["row"], lacking["unit"], lacking["quarter"], strict=True)
    ]

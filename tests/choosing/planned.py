"""Companies to plan for, and the best plan found by trying every one; for the tests of the plan's steps."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from xlsales.choosing.options import OptionRules
from xlsales.choosing.plan_inputs import PlanInputs

CRITERIA = ["quality", "service", "price", "ease"]
# Five respondents' points (quality, service, price, ease): method, hand oracle P1.
SHARES = pd.DataFrame(
    [[10, 6, 4, 0], [8, 8, 2, 2], [12, 4, 4, 0], [6, 10, 4, 0], [14, 2, 2, 2]], columns=CRITERIA
) / 20


def company(hours: float = 75, **more: Any) -> PlanInputs:
    """The five activities of the method's hand oracle D1."""
    needs = pd.DataFrame({
        "criterion_id": CRITERIA, "weight": [0.5, 0.3, 0.16, 0.04], "decisive": [True, True, False, False],
        "gap_factor": [1, 8 / 6, 1, 1],
    })
    register = pd.DataFrame(
        [("A1", "existing", 20.0), ("A2", "existing", 40.0), ("A3", "existing", 30.0), ("A4", "new", 25.0),
         ("A5", "existing", 10.0)],
        columns=["activity_id", "existing", "hours"],
    )
    relations = pd.DataFrame(
        [("A1", 9, 0, 0, 0), ("A2", 1, 9, 0, 0), ("A3", 0, 0, 0, 0), ("A4", 0, 9, 0, 3), ("A5", 0, 0, 9, 1)],
        columns=["activity_id", *CRITERIA],
    )
    return PlanInputs(register, relations, needs, option_rules=OptionRules(hours_available=hours), **more)


def team() -> pd.DataFrame:
    """Hours of two people and two teams: Anna by quarter, Bo for the whole plan, the team South as a team."""
    rows = [("Anna", "North", "2027Q1", 40.0), ("Anna", "North", "2027Q2", 30.0), ("Bo", "South", "", 50.0),
            ("South", "", "", 9.0)]
    return pd.DataFrame(rows, columns=["who", "team", "quarter", "hours"])


def drawn_company(seed: int) -> PlanInputs:
    """Five to seven activities on three criteria, with a demand, dependencies and synergies here and there."""
    random = np.random.default_rng(seed)
    count = int(random.integers(5, 8))
    ids = [f"A{i}" for i in range(count)]
    needs = pd.DataFrame({
        "criterion_id": ["x", "y", "z"], "weight": random.dirichlet([2, 2, 2]), "decisive": [True, False, False],
        "gap_factor": [1.25, 1.0, 1.5],
    })
    register = pd.DataFrame({
        "activity_id": ids, "existing": random.choice(["existing", "new"], count),
        "hours": random.uniform(5, 40, count), "cost": random.uniform(0, 9000, count),
        "constraint": random.choice(["", "", "", "", "must_not"], count),
    })
    relations = pd.DataFrame(random.choice([0, 0, 0, 1, 3, 9], (count, 3)), columns=["x", "y", "z"])
    effects = random.choice(["++", "-", "requires", "excludes"], 2)
    pairs = pd.DataFrame({"activity_id": ["A0", "A2"], "other_activity_id": ["A1", "A3"], "effect": effects})
    return PlanInputs(
        register, relations.assign(activity_id=ids), needs, interactions=pairs.iloc[: random.integers(0, 3)],
        budget=float(random.uniform(5000, 30000)) if random.random() < 0.5 else None,
        cover_decisive=bool(random.random() < 0.3),
        option_rules=OptionRules(hours_available=float(random.uniform(30, 90))),
    )


def every_plan(inputs: PlanInputs) -> npt.NDArray[np.bool_]:
    """Every plan that keeps within hours, money and order, shape (plans, activities); demands are not looked at."""
    register, count = inputs.register, len(inputs.register)
    plans = np.array(list(product([False, True], repeat=count)), dtype=bool)
    fits = plans @ register["hours"].to_numpy() <= inputs.option_rules.hours_available + 1e-9
    if inputs.budget is not None:
        fits &= plans @ register["cost"].to_numpy() <= inputs.budget + 1e-9
    place = {activity: i for i, activity in enumerate(register["activity_id"])}
    for row in inputs.interactions.to_dict("records"):
        one, other = plans[:, place[row["activity_id"]]], plans[:, place[row["other_activity_id"]]]
        if row["effect"] == "requires":
            fits &= ~one | other
        elif row["effect"] == "excludes":
            fits &= ~(one & other)
    return plans[fits]


def best_plan(inputs: PlanInputs, relations: pd.DataFrame | None = None) -> tuple[frozenset[str], float]:
    """The best plan of all and its lead on the next best, for activities without units."""
    relations = inputs.relations if relations is None else relations
    grid = relations.set_index("activity_id").loc[inputs.register["activity_id"], inputs.needs["criterion_id"]]
    benefit = grid.to_numpy() @ (inputs.needs["weight"] * inputs.needs["gap_factor"]).to_numpy()
    plans = every_plan(inputs)
    banned = (benefit <= 0) | (inputs.register.get("constraint", pd.Series("", inputs.register.index)) == "must_not")
    plans = plans[~plans[:, banned.to_numpy()].any(axis=1)]
    if inputs.cover_decisive:
        for criterion in inputs.needs.loc[inputs.needs["decisive"], "criterion_id"]:
            serves = (grid[criterion].to_numpy() >= 9) & ~banned.to_numpy()
            plans = plans[plans[:, serves].any(axis=1)] if serves.any() else plans
    worth = plans @ benefit
    place = {activity: i for i, activity in enumerate(inputs.register["activity_id"])}
    for row in inputs.interactions.to_dict("records"):
        factor = {"++": 0.2, "+": 0.1, "-": -0.1, "--": -0.2}.get(row["effect"], 0.0)
        one, other = place[row["activity_id"]], place[row["other_activity_id"]]
        worth = worth + factor * min(benefit[one], benefit[other]) * (plans[:, one] & plans[:, other])
    if not len(plans):
        return frozenset(), 0.0
    order = np.argsort(-worth)
    lead = float(worth[order[0]] - worth[order[1]]) if len(order) > 1 else np.inf
    return frozenset(inputs.register["activity_id"][plans[order[0]]]), lead

"""The choice of activities beside the same model in PuLP (CBC) and OR-tools (CP-SAT, SCIP), and beside greedy.

    python -m pip install pulp ortools      # into an environment of your own
    python bench/plan.py [rounds] [seconds]     # 3 rounds and at most 8 seconds for each case and solver

Activities with hours, cost and benefit; hours and a budget that do not suffice; dependencies and exclusions. The last
two cases are twelve sellers who each may do two hundred activities: with hours of their own, where the others are given
one model per seller, and with a shared budget on top, one model. Ours is the whole step from frame to frame: greedy
list, split into parts, optimum, and then the fewest hours that reach it; the others stop at the optimum. All at gap 0,
one thread (CP-SAT two, its least for a search of its own), in turn within each round, each in a fresh process whose
imports are not counted (OR-tools and highspy cannot share one); medians, and the ratio to ours.
"limit" tells that the optimum was not proven in the time; lost is benefit below the best that any of them found.
"""

from __future__ import annotations

import importlib.util
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
import pandas as pd

SIZES = (50, 100, 200, 500, 1_000)


class Case(NamedTuple):
    """Options and limits, and the same cut into what can be solved by itself."""

    name: str
    options: pd.DataFrame
    limits: Any
    parts: list[tuple[pd.DataFrame, Any]]


class Result(NamedTuple):
    """Benefit reached, whether it is proven, and seconds."""

    benefit: float
    proven: bool
    seconds: float = 0.0


def drawn(activities: int, units: int, budget: bool, seed: int = 7) -> tuple[pd.DataFrame, Any]:
    """Hours and benefit that go together, with much spread; whole quarters of an hour, points to two decimals."""
    from xlsales.choosing.choice import Limits

    draw = np.random.default_rng(seed)
    names = [f"A{i:04}" for i in range(activities)]
    middle, worth = draw.lognormal(2.5, 0.6, activities), draw.lognormal(0, 0.6, activities)
    frames = []
    for unit in range(units):
        hours = np.maximum(np.round(middle * draw.uniform(0.7, 1.3, activities) * 4) / 4, 0.25)
        benefit = np.round(worth * draw.uniform(0.5, 1.5, activities) * np.sqrt(middle), 2)
        cost = np.round(draw.lognormal(8, 1, activities))
        frames.append(pd.DataFrame({"activity_id": names, "unit": f"S{unit:02}", "pool": f"S{unit:02}",
                                    "hours": hours, "cost": cost, "benefit": benefit}))  # fmt: skip
    options = pd.concat(frames, ignore_index=True).assign(quarter="", must=False, banned=False)
    options["option_id"] = options["activity_id"] + options["unit"]

    def some(share: float) -> tuple[tuple[str, str], ...]:
        pairs = (draw.choice(activities, 2, replace=False) for _ in range(int(activities * share)))
        return tuple((names[a], names[b]) for a, b in pairs)

    pools = {pool: float(np.round(hours * 0.3)) for pool, hours in options.groupby("pool")["hours"].sum().items()}
    money = float(np.round(options["cost"].sum() * 0.25)) if budget else None
    return options, Limits(pools, money, requires=some(0.2), excludes=some(0.1))


def cases() -> Iterator[Case]:
    from dataclasses import replace

    for size in SIZES:
        options, limits = drawn(size, 1, budget=True)
        yield Case(f"{size} activities", options, limits, [(options, limits)])
    options, limits = drawn(200, 12, budget=False)
    alone = [
        (frame.reset_index(drop=True), replace(limits, pools={pool: limits.pools[pool]}))
        for pool, frame in options.groupby("pool")
    ]
    yield Case("200 x 12, own hours", options, limits, alone)
    options, limits = drawn(200, 12, budget=True)
    yield Case("200 x 12, shared budget", options, limits, [(options, limits)])


def bound_pairs(options: pd.DataFrame, pairs: tuple[tuple[str, str], ...]) -> Iterator[tuple[int, int]]:
    """Rows of two activities of the same seller."""
    at = {key: i for i, key in enumerate(zip(options["activity_id"], options["unit"], strict=True))}
    return ((at[a, u], at[b, u]) for a, b in pairs for u in options["unit"].unique())


def ours(case: Case, seconds: float) -> Result:
    from xlsales.choosing.choice import ChoiceRules, choice

    found = choice(case.options, case.limits, ChoiceRules(choice_seconds=seconds))
    return Result(found.benefit, found.proven)


def by_pulp(options: pd.DataFrame, limits: Any, seconds: float) -> Result:
    import pulp

    model = pulp.LpProblem("plan", pulp.LpMaximize)
    x = [pulp.LpVariable(f"x{i}", cat="Binary") for i in range(len(options))]
    model += pulp.lpDot(options["benefit"].tolist(), x)
    for pool, rows in options.groupby("pool").indices.items():
        model += pulp.lpDot(options["hours"].iloc[rows].tolist(), [x[i] for i in rows]) <= limits.pools[pool]
    if limits.budget is not None:
        model += pulp.lpDot(options["cost"].tolist(), x) <= limits.budget
    for a, b in bound_pairs(options, limits.requires):
        model += x[a] <= x[b]
    for a, b in bound_pairs(options, limits.excludes):
        model += x[a] + x[b] <= 1
    model.solve(pulp.PULP_CBC_CMD(msg=False, gapRel=0, gapAbs=1e-6, threads=1, timeLimit=seconds))
    return Result(float(pulp.value(model.objective) or 0), model.sol_status == pulp.LpSolutionOptimal)


def by_scip(options: pd.DataFrame, limits: Any, seconds: float) -> Result:
    from ortools.linear_solver import pywraplp

    model = pywraplp.Solver.CreateSolver("SCIP")
    x = [model.BoolVar("") for _ in range(len(options))]
    for pool, rows in options.groupby("pool").indices.items():
        hours = options["hours"].to_numpy()
        model.Add(sum(float(hours[i]) * x[i] for i in rows) <= limits.pools[pool])
    if limits.budget is not None:
        model.Add(sum(float(c) * v for c, v in zip(options["cost"], x, strict=True)) <= limits.budget)
    for a, b in bound_pairs(options, limits.requires):
        model.Add(x[a] <= x[b])
    for a, b in bound_pairs(options, limits.excludes):
        model.Add(x[a] + x[b] <= 1)
    model.Maximize(sum(float(g) * v for g, v in zip(options["benefit"], x, strict=True)))
    model.SetTimeLimit(int(seconds * 1000))
    exact = pywraplp.MPSolverParameters()
    exact.SetDoubleParam(exact.RELATIVE_MIP_GAP, 0.0)
    status = model.Solve(exact)
    return Result(model.Objective().Value(), status == pywraplp.Solver.OPTIMAL)


def by_cp_sat(options: pd.DataFrame, limits: Any, seconds: float) -> Result:
    """Whole numbers only: hours in hundredths, benefit in hundredths of a point."""
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    x = [model.new_bool_var("") for _ in range(len(options))]
    hours, benefit = ((options[name] * 100).round().astype(int).tolist() for name in ("hours", "benefit"))
    for pool, rows in options.groupby("pool").indices.items():
        model.add(sum(hours[i] * x[i] for i in rows) <= round(limits.pools[pool] * 100))
    if limits.budget is not None:
        model.add(sum(int(c) * v for c, v in zip(options["cost"], x, strict=True)) <= int(limits.budget))
    for a, b in bound_pairs(options, limits.requires):
        model.add_implication(x[a], x[b])
    for a, b in bound_pairs(options, limits.excludes):
        model.add_at_most_one(x[a], x[b])
    model.maximize(sum(g * v for g, v in zip(benefit, x, strict=True)))
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds, solver.parameters.num_workers = seconds, 2
    status = solver.solve(model)
    return Result(solver.objective_value / 100, status == cp_model.OPTIMAL)


def in_parts(solve: Callable[[pd.DataFrame, Any, float], Result]) -> Callable[[Case, float], Result]:
    def run(case: Case, seconds: float) -> Result:
        started, found = time.perf_counter(), []
        for i, (options, limits) in enumerate(case.parts):
            left = seconds - (time.perf_counter() - started)
            found.append(solve(options, limits, max(left, 0.1) / (len(case.parts) - i)))
        return Result(sum(one.benefit for one in found), all(one.proven for one in found))

    return run


SOLVERS: dict[str, tuple[str, Callable[[Case, float], Result]]] = {
    "xlsales": ("highspy", ours),
    "PuLP CBC": ("pulp", in_parts(by_pulp)),
    "OR-tools CP-SAT": ("ortools", in_parts(by_cp_sat)),
    "OR-tools SCIP": ("ortools", in_parts(by_scip)),
}


def one(solver: str, case: str, seconds: float) -> None:
    """One case by one solver in this process, after a small one that is not counted."""
    solve = SOLVERS[solver][1]
    options, limits = drawn(5, 1, budget=True)
    solve(Case("", options, limits, [(options, limits)]), seconds)
    asked = next(known for known in cases() if known.name == case)
    started = time.perf_counter()
    result = solve(asked, seconds)
    print("\n", result.benefit, int(result.proven), time.perf_counter() - started)


def apart(solver: str, case: Case, seconds: float) -> Result:
    """The same in a process of its own."""
    command = [sys.executable, __file__, "--one", solver, case.name, str(seconds)]
    told = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout.split()
    return Result(float(told[-3]), told[-2] == "1", float(told[-1]))


def by_hand(case: Case) -> Result:
    """The greedy list, as the step gives it beside the optimum."""
    from xlsales.choosing.choice import ChoiceRules, choice

    found = choice(case.options, case.limits, ChoiceRules(choice_seconds=0.1))
    return Result(found.benefit_greedy, False)


def main(rounds: int, seconds: float) -> None:
    tried = [name for name, (package, _) in SOLVERS.items() if importlib.util.find_spec(package)]
    for name in SOLVERS.keys() - set(tried):
        print(f"{name} left out: python -m pip install {SOLVERS[name][0]}")
    print(f"{rounds} rounds (one where a solver reaches the limit), {seconds:g} s at most for each solver and case")
    print(f"{'case':<25}{'solver':<17}{'seconds':>9}{'ratio':>7}{'benefit':>11}{'lost %':>8}")
    for case in cases():
        found: dict[str, list[Result]] = {name: [] for name in tried}
        for turn in range(rounds):
            for name in tried:
                if not turn or found[name][0].proven:
                    found[name].append(apart(name, case, seconds))
        show(case, found)


def show(case: Case, found: dict[str, list[Result]]) -> None:
    best = max(result.benefit for results in found.values() for result in results)
    base = statistics.median(result.seconds for result in found["xlsales"])
    for name, results in found.items():
        taken, last = statistics.median(result.seconds for result in results), results[-1]
        told = f"{taken:.2f}" if last.proven else f"limit {taken:.0f}"
        line = f"{case.name:<25}{name:<17}{told:>9}{taken / base:>7.2f}{last.benefit:>11.2f}"
        print(f"{line}{100 * (1 - last.benefit / best):>8.3f}", flush=True)
    hand = by_hand(case).benefit
    print(f"{case.name:<25}{'greedy':<17}{'':>9}{'':>7}{hand:>11.2f}{100 * (1 - hand / best):>8.3f}", flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        one(sys.argv[2], sys.argv[3], float(sys.argv[4]))
    else:
        asked = [float(word) for word in sys.argv[1:]]
        main(int(asked[0]) if asked else 3, asked[1] if len(asked) > 1 else 8.0)

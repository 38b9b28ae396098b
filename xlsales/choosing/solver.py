"""Solver: the best 0/1 choice under linear rows, by HiGHS."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

Vector = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Row = tuple[Indices, Vector, float, float]

_EXACT = 1e-9
_SLACK = 1e-8


@dataclass(frozen=True)
class Program:
    """Maximise gain · x with lower ≤ x ≤ upper, 0 and 1 where not given; whole columns take whole numbers only.

    Rows are (columns, coefficients, low, high): low ≤ coefficients · x[columns] ≤ high, infinite where open.
    """

    gain: Vector
    rows: Sequence[Row]
    whole: Flags
    upper: Vector | None = None
    lower: Vector | None = None


@dataclass(frozen=True)
class Answer:
    """values: the best x found, None where there is none. bound: no x gives more. proven: x is within the gap asked
    for, or it is certain that there is none (feasible False). seconds: time taken.
    """

    values: Vector | None
    bound: float
    proven: bool
    feasible: bool
    seconds: float


def solver(program: Program, seconds: float, gap: float = 0.0, start: Vector | None = None) -> Answer:
    """Solve a program within a time; start is a choice that obeys the rows, from which the search goes on.

    Gains and rows are scaled by powers of two, so that hours, kronor and points are held to the same relative
    tolerance; what fits a row but for the last digits of a floating-point sum fits.
    """
    import highspy

    scale = _scale(program.gain)
    run: Any = highspy.Highs()  # type: ignore[no-untyped-call]
    for name, value in _options(seconds, gap).items():
        run.setOptionValue(name, value)
    run.passModel(_model(program, scale))
    if start is not None:
        first = highspy.HighsSolution()
        first.col_value = list(start)
        run.setSolution(first)
    run.run()
    status, info = run.getModelStatus(), run.getInfo()
    none = {highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kUnboundedOrInfeasible}
    taken = float(run.getRunTime())
    if status in none:
        return Answer(None, -np.inf, True, False, taken)
    found = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    values = np.asarray(run.getSolution().col_value, dtype=np.float64) if found else None
    if values is not None:
        values = np.where(program.whole, np.round(values), values)
    bound = float(info.mip_dual_bound) / scale if program.whole.any() else float(info.objective_function_value) / scale
    gains = program.gain > 0
    bound = min(bound, float(program.gain[gains] @ _upper(program)[gains]))
    return Answer(values, bound, status == highspy.HighsModelStatus.kOptimal, True, taken)


@dataclass(frozen=True)
class Relaxation:
    """An optimum in broken numbers: values and reduced cost per column, price per row, and what it gives (best).

    cost and price are not negative, in the scale the program was solved in; scale: gain times scale is that.
    """

    values: Vector
    cost: Vector
    price: Vector
    best: float
    scale: float


class Repeated:
    """A program that is solved again and again for other gains; the model is handed over once.

    near: the share of the gain that may be left unproven. nodes: how many nodes a search may take. seconds: how long.
    """

    def __init__(self, program: Program, near: float, nodes: int | None, seconds: float) -> None:
        self.program = program
        self.columns = np.arange(len(program.gain), dtype=np.int32)
        broken = replace(program, whole=np.zeros(len(program.gain), dtype=bool))
        self.relaxed = _handed(broken, _options(seconds, 0.0) | {"presolve": "off"})
        limit = {} if nodes is None else {"mip_max_nodes": nodes}
        self.search = _options(seconds, near) | limit
        self.held = False
        self.run: Any = None

    def relax(self, gain: Vector, fixed: tuple[Indices, Vector] | None = None) -> Relaxation | None:
        """The optimum in broken numbers, reached from the last one; None where there is none.

        fixed: columns that stand at a value, and the values; such a column never moves, so its cost is infinite.
        """
        import highspy

        scale = _scale(gain)
        run, size = self.relaxed, len(gain)
        run.changeColsCost(size, self.columns, gain * scale)
        low, high = np.zeros(size), np.ones(size)
        if fixed is not None:
            low[fixed[0]] = high[fixed[0]] = fixed[1]
        if fixed is not None or self.held:
            run.changeColsBounds(size, self.columns, low, high)
        self.held = fixed is not None
        run.run()
        if run.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            run.clearSolver()
            run.run()
        if run.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        found = run.getSolution()
        values, cost, price = (np.asarray(v) for v in (found.col_value, found.col_dual, found.row_dual))
        cost = np.where(low == high, np.inf, np.abs(cost))
        return Relaxation(values, cost, np.abs(price), float(gain @ values) * scale, scale)

    def best(self, gain: Vector, start: Vector | None = None) -> Answer:
        """The best x for a gain; start is one that obeys the rows, where one is known."""
        import highspy

        if self.run is None:
            self.run = _handed(self.program, self.search)
        scale = _scale(gain)
        self.run.changeColsCost(len(gain), self.columns, gain * scale)
        self.run.clearSolver()
        if start is not None:
            first = highspy.HighsSolution()
            first.col_value = list(start)
            self.run.setSolution(first)
        self.run.run()
        status, info = self.run.getModelStatus(), self.run.getInfo()
        found = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
        values = np.asarray(self.run.getSolution().col_value, dtype=np.float64) if found else start
        if values is not None:
            values = np.where(self.program.whole, np.round(values), values)
        sure = status in (highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kInfeasible)
        bound = float(info.mip_dual_bound) / scale
        return Answer(values, bound, sure, values is not None, float(self.run.getRunTime()))


def _handed(program: Program, settings: dict[str, Any]) -> Any:
    """A solver that has been given the program."""
    import highspy

    run: Any = highspy.Highs()  # type: ignore[no-untyped-call]
    for name, value in settings.items():
        run.setOptionValue(name, value)
    run.passModel(_model(program, 1.0))
    return run


def narrowed(program: Program, reached: float) -> Program:
    """The program without the values that no choice of at least this gain has.

    A column at an end of the relaxed optimum, whose reduced cost is more than what the relaxed optimum is above
    reached, stands there in every such choice.
    """
    import highspy

    scale = _scale(program.gain)
    run: Any = highspy.Highs()  # type: ignore[no-untyped-call]
    for name, value in _options(60.0, 0.0).items():
        run.setOptionValue(name, value)
    run.passModel(_model(replace(program, whole=np.zeros(len(program.gain), dtype=bool)), scale))
    run.run()
    if run.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return program
    relaxed = run.getSolution()
    values, cost = np.asarray(relaxed.col_value), np.abs(np.asarray(relaxed.col_dual)) / scale
    room = float(run.getInfo().objective_function_value) / scale - reached
    certain = program.whole & (cost > room + 1e-6 / scale)
    upper = np.where(certain & (values < _EXACT), 0.0, _upper(program))
    return replace(program, upper=upper, lower=np.where(certain & (values > 1 - _EXACT), 1.0, 0.0))


def _options(seconds: float, gap: float) -> dict[str, Any]:
    exact = ("mip_abs_gap", "mip_feasibility_tolerance", "primal_feasibility_tolerance", "dual_feasibility_tolerance")
    return {
        "output_flag": False, "threads": 1, "random_seed": 0, "mip_rel_gap": gap, "time_limit": max(seconds, 0.05),
        **dict.fromkeys(exact, _EXACT),
    }  # fmt: skip


def _model(program: Program, scale: float) -> Any:
    """The program as HiGHS wants it, row by row."""
    import highspy

    model = highspy.HighsLp()
    count = len(program.gain)
    model.num_col_, model.num_row_ = count, len(program.rows)
    model.sense_ = highspy.ObjSense.kMaximize
    model.col_cost_ = program.gain * scale
    model.col_lower_ = np.zeros(count) if program.lower is None else program.lower
    model.col_upper_ = _upper(program)
    kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
    model.integrality_ = [kinds[int(whole)] for whole in program.whole]
    rows = [scaled(row) for row in program.rows]
    model.row_lower_ = np.array([low for _, low, _ in rows])
    model.row_upper_ = np.array([high for _, _, high in rows])
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_ = np.cumsum([0, *(len(columns) for columns, _, _, _ in program.rows)])
    if program.rows:
        model.a_matrix_.index_ = np.concatenate([columns for columns, _, _, _ in program.rows])
        model.a_matrix_.value_ = np.concatenate([values for values, _, _ in rows])
    return model


def _upper(program: Program) -> Vector:
    return np.ones(len(program.gain)) if program.upper is None else program.upper


def scaled(row: Row) -> tuple[Vector, float, float]:
    """Coefficients, low and high with the slack of floating-point sums; rows that only count need none."""
    _, values, low, high = row
    if (np.abs(values) == 1).all() and all(np.isinf(end) or end == round(end) for end in (low, high)):
        return values, low, high
    scale = _scale(values)
    return values * scale, low * scale - _SLACK, high * scale + _SLACK


def _scale(values: Vector) -> float:
    """The power of two that brings the largest to between a half and one: it changes no digit."""
    largest = float(np.abs(values).max(initial=0.0))
    return float(2.0 ** -np.frexp(largest)[1]) if largest > 0 else 1.0

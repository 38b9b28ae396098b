"""A worksheet function over 10 000 × 10 cells: ours beside bare numpy and xlwings' own DataFrame converter.

    python bench/udf.py [rounds]

All get the same nested tuples, as COM hands them over, and give a column. Ours is the whole call of XLS_EFFECTIVE
through xlwings' call_udf: typing, the step's arithmetic, the column back. numpy is ``numpy.array`` alone, which neither
sees error cells nor computes anything. xlwings is its DataFrame converter with the same arithmetic, as its
documentation shows functions. In turn within each round; medians, and ratios of each round to the first case.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

ROWS, COLUMNS = 10_000, 10


def blocks() -> dict[str, Any]:
    """Points as whole numbers, and the same with a cell in ten left empty."""
    draw = np.random.default_rng(20)
    points = draw.integers(0, 20, (ROWS, COLUMNS)).astype(np.float64) + 1
    sparse = points.astype(object)
    sparse[draw.random(points.shape) < 0.1] = None
    return {"numbers": _tuples(points), "a tenth empty": _tuples(sparse)}


def _tuples(cells: Any) -> tuple[tuple[Any, ...], ...]:
    return tuple(map(tuple, cells.tolist()))


def cases(udfs: ModuleType, points: Any) -> dict[str, Callable[[], Any]]:
    """What is held against what, on the same cells."""
    import pandas as pd
    import xlwings as xw

    module = ModuleType("bench_naive")
    module.__file__ = __file__
    sys.modules[module.__name__] = module

    @xw.func
    @xw.arg("points", pd.DataFrame, index=False, header=False)
    @xw.ret(index=False, header=False)
    def naive(points: Any) -> Any:
        shares = points.div(points.sum(axis=1), axis=0)
        return (1 / (shares**2).sum(axis=1)).to_frame()

    module.naive = naive  # type: ignore[attr-defined]
    return {
        "numpy.array": lambda: np.array(points, dtype=np.float64),
        "ours, whole call": lambda: udfs.call_udf("xlsales.addin", "XLS_EFFECTIVE", (points,), None, None),
        "xlwings DataFrame, whole call": lambda: udfs.call_udf("bench_naive", "naive", (points,), None, None),
    }


def main(rounds: int) -> None:
    """Every case in turn, several rounds; a table of medians for each block."""
    from tests.functions.windows_stub import windows_udfs

    os.environ.setdefault("XLSALES_LANGUAGE", "sv")
    udfs = windows_udfs()
    for title, points in blocks().items():
        work = cases(udfs, points)
        for case in work.values():
            case()
        taken: dict[str, list[float]] = {name: [] for name in work}
        for _ in range(rounds):
            for name, case in work.items():
                start = time.perf_counter()
                case()
                taken[name].append(time.perf_counter() - start)
        show(f"{ROWS} × {COLUMNS}, {title}", taken)


def show(title: str, taken: dict[str, list[float]]) -> None:
    """Medians in milliseconds, and the median ratio to the first case of the same round."""
    base = next(iter(taken.values()))
    print(f"{title:<34}{'ms':>9}{'ratio':>8}")
    for name, times in taken.items():
        ratio = statistics.median(one / other for one, other in zip(times, base, strict=True))
        print(f"{name:<34}{statistics.median(times) * 1e3:>9.2f}{ratio:>8.2f}")


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 21)

"""Cases in turn, each in a fresh process: medians of time and of peak memory, and their ratios to the first case."""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Cost:
    """What one run took: seconds, and MB at its peak."""

    seconds: float
    peak: float


def in_turn(cases: Mapping[str, Sequence[str]], rounds: int) -> None:
    """Run every case once per round and print a table; a case that fails is told and left out of the rest."""
    found: dict[str, list[Cost]] = {name: [] for name in cases}
    for _ in range(rounds):
        for name, command in cases.items():
            cost = run(command)
            if cost:
                found[name].append(cost)
    done = {name: costs for name, costs in found.items() if costs}
    base = next(iter(done.values()))
    print(f"{'case':<34}{'seconds':>9}{'ratio':>8}{'peak MB':>9}{'ratio':>8}")
    for name, costs in done.items():
        ratios = [cost.seconds / other.seconds for cost, other in zip(costs, base, strict=False)]
        peaks = [cost.peak / other.peak for cost, other in zip(costs, base, strict=False)]
        middle = statistics.median
        seconds, peak = middle(c.seconds for c in costs), middle(c.peak for c in costs)
        print(f"{name:<34}{seconds:>9.2f}{middle(ratios):>8.2f}{peak:>9.0f}{middle(peaks):>8.2f}")
    for name in cases.keys() - done.keys():
        print(f"{name}: failed")


def run(command: Sequence[str]) -> Cost | None:
    """One process; None where it failed. The peak is the largest process under it."""
    watched = [sys.executable, __file__, "--", *command]
    done = subprocess.run(watched, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    if done.returncode:
        return None
    seconds, peak = done.stdout.split()[-2:]
    return Cost(float(seconds), float(peak))


if __name__ == "__main__":
    start = time.perf_counter()
    code = subprocess.run(sys.argv[2:], stdout=subprocess.DEVNULL).returncode
    taken = time.perf_counter() - start
    print(taken, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)
    sys.exit(code)

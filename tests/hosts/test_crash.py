"""A kill at any moment of saving leaves the old or the new workbook, whole."""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.hosts.workbooks import edit, rich
from xlsales.hosts.file import FileHost
from xlsales.hosts.ooxml import save

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs fork and signals")
RANDOM_KILLS = int(os.environ.get("CRASH_RUNS", "150"))


def _in_child(work: Callable[[], object]) -> int:
    child = os.fork()
    if child == 0:
        try:
            work()
        finally:
            os._exit(0)
    return child


def _killed_after(child: int, seconds: float) -> None:
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def _change(path: Path, number: int) -> FileHost:
    host = FileHost.open(path)
    host.write("Kunder", edit({"Namn": [f"körning {number}"] * (3 + number % 7)}, [-1] * (3 + number % 7)))
    return host


def _whole(path: Path) -> str:
    """The workbook opens and all its rows come from one run; the name of that run."""
    names = set(FileHost.open(path).read("Kunder")["Namn"])
    assert len(names) == 1
    return str(names.pop())


def test_killed_at_random_moments(tmp_path: Path) -> None:
    """One run after another is killed; every state is whole and leftovers do not pile up."""
    path = rich(tmp_path / "a.xlsx")
    _change(path, 0).save()
    chance = random.Random(1)
    seen = {_whole(path)}
    for number in range(1, RANDOM_KILLS):
        host = _change(path, number)
        _killed_after(_in_child(host.save), chance.uniform(0, 0.02))
        now = _whole(path)
        assert now in seen or now == f"körning {number}"
        seen = {now}
        assert len(os.listdir(tmp_path)) <= 3
    _change(path, 0).save()
    assert os.listdir(tmp_path) == ["a.xlsx"]


def test_killed_at_every_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process dies before each step in turn, until one run gets through."""
    path = rich(tmp_path / "a.xlsx")
    _change(path, 0).save()
    step = 0
    while _whole(path) == "körning 0":
        host = _change(path, 1)
        with monkeypatch.context() as patch:
            for target, name in _steps():
                patch.setattr(target, name, _dying(getattr(target, name), _Countdown(step)))
            os.waitpid(_in_child(host.save), 0)
        step += 1
        assert step < 500
    assert step > 20


class _Countdown:
    """Shared by all steps of one run: the process ends when it reaches zero."""

    left = 0

    def __init__(self, steps: int) -> None:
        _Countdown.left = steps

    def tick(self) -> None:
        if _Countdown.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        _Countdown.left -= 1


def _steps() -> Iterator[tuple[object, str]]:
    for name in ("open", "fdopen", "fsync", "replace"):
        yield save.os, name
    yield save, "_dress_like"
    yield save, "_flush_folder"
    yield save, "_each"


def _dying(work: Callable[..., object], countdown: _Countdown) -> Callable[..., object]:
    def step(*arguments: object, **named: object) -> object:
        countdown.tick()
        return work(*arguments, **named)

    return step

"""The small company over every host."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest

from tests.method.company import World, file_world, fill, memory_world
from xlsales.hosts.file import FileHost
from xlsales.tables.schema import LANGUAGES, Language


@pytest.fixture(scope="session")
def template_frames(templates: dict[Language, Path]) -> dict[Language, dict[str, pd.DataFrame]]:
    """The tables of the empty workbooks."""
    hosts = {language: FileHost.open(templates[language]) for language in LANGUAGES}
    return {language: {name: host.read(name) for name in host.tables()} for language, host in hosts.items()}


@pytest.fixture(params=["memory", "file"])
def kind(request: pytest.FixtureRequest) -> str:
    """Each test that asks for a workbook runs over every host."""
    return str(request.param)


@pytest.fixture
def make(
    kind: str,
    templates: dict[Language, Path],
    template_frames: dict[Language, dict[str, pd.DataFrame]],
    tmp_path: Path,
) -> Callable[[Language], World]:
    """An empty workbook in a language, in memory and as a file."""

    def empty(language: Language = "sv") -> World:
        if kind == "memory":
            return memory_world(template_frames[language], language)
        return file_world(Path(shutil.copy(templates[language], tmp_path / f"{language}.xlsx")), language)

    return empty


@dataclass(frozen=True)
class Finished:
    """The small company before and after its first run, to copy from."""

    before: dict[str, pd.DataFrame]
    after: dict[str, pd.DataFrame]
    folder: Path


@pytest.fixture(scope="session")
def finished(templates: dict[Language, Path], tmp_path_factory: pytest.TempPathFactory) -> Finished:
    """The small company made and run once: as frames, and as the files before.xlsx and after.xlsx."""
    folder = tmp_path_factory.mktemp("small")
    world = fill(file_world(Path(shutil.copy(templates["sv"], folder / "before.xlsx")), "sv")).again()
    before = {name: world.host.read(name) for name in world.host.tables()}
    shutil.copy(folder / "before.xlsx", folder / "after.xlsx")
    world = file_world(folder / "after.xlsx", "sv")
    world.run()
    world = world.again()
    return Finished(before, {name: world.host.read(name) for name in world.host.tables()}, folder)


@pytest.fixture
def small(kind: str, finished: Finished, tmp_path: Path) -> World:
    """The small company in Swedish, not yet run, over every host."""
    if kind == "memory":
        return memory_world(finished.before, "sv")
    return file_world(Path(shutil.copy(finished.folder / "before.xlsx", tmp_path / "small.xlsx")), "sv")


@pytest.fixture
def once(kind: str, finished: Finished, tmp_path: Path) -> World:
    """The small company in Swedish after its first run, over every host."""
    if kind == "memory":
        return memory_world(finished.after, "sv")
    return file_world(Path(shutil.copy(finished.folder / "after.xlsx", tmp_path / "small.xlsx")), "sv")


@pytest.fixture
def plain(finished: Finished) -> World:
    """The small company in memory only, for what no host has a part in."""
    return memory_world(finished.before, "sv")

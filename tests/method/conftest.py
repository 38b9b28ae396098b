"""The small company over every host."""

from __future__ import annotations

import shutil
from collections.abc import Callable
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
def make(
    request: pytest.FixtureRequest,
    templates: dict[Language, Path],
    template_frames: dict[Language, dict[str, pd.DataFrame]],
    tmp_path: Path,
) -> Callable[[Language], World]:
    """An empty workbook in a language, in memory and as a file."""

    def empty(language: Language = "sv") -> World:
        if request.param == "memory":
            return memory_world(template_frames[language], language)
        return file_world(Path(shutil.copy(templates[language], tmp_path / f"{language}.xlsx")), language)

    return empty


@pytest.fixture
def small(make: Callable[[Language], World]) -> World:
    """The small company in Swedish, not yet run."""
    return fill(make("sv"))

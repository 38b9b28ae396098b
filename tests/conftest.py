"""What several folders of tests share: the golden tables, the empty workbooks and the finished demo."""

from __future__ import annotations

import contextlib
import io
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd
import pytest

from xlsales.build.demo import Demo, build_demo
from xlsales.build.template import build_template
from xlsales.cli import main
from xlsales.hosts.file import FileHost
from xlsales.method.book import Book
from xlsales.method.transfer import get_table
from xlsales.tables.folder import text_folder
from xlsales.tables.schema import LANGUAGES, Language

GOLDEN = Path(__file__).parent / "golden"


def pytest_addoption(parser: pytest.Parser) -> None:
    """The switch that writes the golden tables anew; the diff is what is reviewed."""
    parser.addoption("--update-golden", action="store_true", help="write tests/golden anew instead of comparing")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Compare a text with the file of its name under tests/golden, or write it with --update-golden."""
    update = request.config.getoption("--update-golden")

    def compare(name: str, text: str) -> None:
        path = GOLDEN / name
        if update:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        assert path.is_file(), f"{name} is missing; write it with --update-golden"
        assert text.split("\n") == path.read_text("utf-8").split("\n")

    return compare


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> dict[Language, Path]:
    """An empty workbook in each language. Copy before use."""
    folder = tmp_path_factory.mktemp("templates")
    for language in LANGUAGES:
        build_template(folder / f"{language}.xlsx", language)
    return {language: folder / f"{language}.xlsx" for language in LANGUAGES}


@pytest.fixture
def empty_workbook(templates: dict[Language, Path], tmp_path: Path) -> Callable[..., Path]:
    """A fresh copy of the empty workbook."""

    def copy(language: Language = "en", name: str = "book.xlsx") -> Path:
        return Path(shutil.copy(templates[language], tmp_path / name))

    return copy


@dataclass(frozen=True)
class DemoRun:
    """The demo as a user gets it: what was printed, and the workbook to look into."""

    language: Language
    folder: Path
    code: int
    printed: str

    @property
    def workbook(self) -> Path:
        """The finished workbook."""
        return self.folder / ("xlsales-demo.xlsx" if self.language == "sv" else "xlsales-demo-en.xlsx")

    @cached_property
    def book(self) -> Book:
        """The finished workbook, opened for reading."""
        return Book(FileHost.open(self.workbook), str(self.workbook))

    def table(self, key: str) -> pd.DataFrame:
        """A table as ``xlsales get`` gives it."""
        columns = [str(c) for c in self.book.parsed(key).frame.columns]
        return pd.DataFrame(get_table(self.book, key), columns=columns, dtype=object)


def _demo(language: Language, folder: Path) -> DemoRun:
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(io.StringIO()):
        code = main(["demo", str(folder), "--language", language])
    return DemoRun(language, folder, code, printed.getvalue())


@pytest.fixture(scope="session")
def demo_sv(tmp_path_factory: pytest.TempPathFactory) -> DemoRun:
    """The Swedish demo, built and run once."""
    return _demo("sv", tmp_path_factory.mktemp("demo-sv"))


@pytest.fixture(scope="session")
def demo_en(tmp_path_factory: pytest.TempPathFactory) -> DemoRun:
    """The English demo, built and run once."""
    return _demo("en", tmp_path_factory.mktemp("demo-en"))


@pytest.fixture(scope="session")
def company() -> Demo:
    """The demo company and the facts planted in it."""
    return build_demo(text_folder("samples") / "demo", "sv")

"""A live spreadsheet program for these tests: one LibreOffice per test process, and books open in it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import xlwings as xw

from tests.live.engine import register
from tests.live.office import Office


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """A LibreOffice on a Swedish computer, registered as the engine of xlwings."""
    running = Office(tmp_path_factory.mktemp("office"), "sv-SE")
    engine = register(running)
    yield running
    xw.engines.engines.remove(engine)
    del xw.engines.engines_by_name[engine.name]
    xw.engines.active = None
    running.close()


@pytest.fixture
def live_app(office: Office) -> Iterator[xw.App]:
    """The running program; its switches, messages and books are as at the start, before and after."""
    app = xw.apps.active
    yield app
    for book in list(app.books):
        book.close()
    app.calculation = "automatic"
    app.screen_updating = app.enable_events = app.interactive = app.display_alerts = True
    app.impl.alerts.clear()
    app.impl.statuses.clear()
    app.impl.answer = "ok"


@pytest.fixture
def live_book(live_app: xw.App, tmp_path: Path) -> Callable[[Path], xw.Book]:
    """Open a copy of a workbook, so that no test meets what another has done."""

    def opened(path: Path) -> xw.Book:
        folder = tmp_path / "live"
        folder.mkdir(exist_ok=True)
        return live_app.books.open(shutil.copy(path, folder / path.name))

    return opened

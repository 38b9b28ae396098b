"""The facts that hold for every host hold for a workbook that is open in a running program."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.hosts.test_contract import *  # noqa: F403
from tests.hosts.test_contract import Reopen
from tests.hosts.workbooks import plain
from xlsales.hosts import Host
from xlsales.hosts.excel import ExcelHost


@pytest.fixture
def opened(live_book: Callable[[Path], Any], tmp_path: Path) -> tuple[Host, Reopen]:
    """The table Kunder in an open workbook, and a way to carry out the edits and look again."""
    book = live_book(plain(tmp_path / "a.xlsx"))

    def reopen(host: Host) -> Host:
        host.save()
        return ExcelHost(book, tmp_path / "state")

    return ExcelHost(book, tmp_path / "state"), reopen

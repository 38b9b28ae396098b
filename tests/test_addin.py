"""The add-in's functions as Excel meets them: xlwings' own Windows layer drives them, and it knows them as declared."""

from __future__ import annotations

import inspect
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import xlsales.addin as addin
from xlsales.tables.functions import WorksheetFunction, load_functions
from xlsales.tables.schema import LANGUAGES, Language

ROOT = Path(__file__).resolve().parents[1]
FUNCTIONS = load_functions()


def run(*arguments: str) -> str:
    """What a Python of its own prints, with warnings as errors."""
    command = [sys.executable, "-W", "error", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def windows() -> dict[str, Any]:
    """Answers and registrations from a process where xlwings believes it is on Windows."""
    found: dict[str, Any] = json.loads(run("-m", "tests.functions.windows_stub"))
    return found


@pytest.mark.parametrize("cells", ["ranges", "arrays"])
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.name)
def test_excel_gets_the_answer(
    windows: dict[str, Any], function: WorksheetFunction, language: Language, cells: str
) -> None:
    """Through call_udf, from ranges and from arrays of other formulas, in the language of the environment."""
    found = windows[f"{function.name} {language} {cells}"]
    assert found == [
        [pytest.approx(cell, abs=1e-9) if isinstance(cell, float) else cell for cell in row]
        for row in function.example.answer[language]
    ]


def test_excel_is_told_of_an_error_cell(windows: dict[str, Any]) -> None:
    """An error of Excel's in a range comes as an integer and is named in the answer."""
    assert windows["error cell"] == "revenue, row 2: the cell holds the error #DIV/0!."


def test_cells_pass_xlwings_untouched(windows: dict[str, Any]) -> None:
    """Every argument and every answer is raw: its cleaning of each cell would take longer than the work."""
    raw = {"convert": "raw"}
    for function in FUNCTIONS:
        arguments, answer, category = windows["told"][function.name]
        assert arguments == [[a.key, a.optional, raw] for a in function.arguments]
        assert (answer, category) == (raw, "xlsales")


def test_the_add_in_holds_what_is_declared_and_nothing_else(windows: dict[str, Any]) -> None:
    """Each declared function is there with its arguments in order, those left out last; no other begins with XLS_."""
    assert set(windows["told"]) == {name for name in dir(addin) if name.startswith("XLS_")}
    assert set(windows["told"]) == {function.name for function in FUNCTIONS}
    for function in FUNCTIONS:
        signature = inspect.signature(getattr(addin, function.name)).parameters
        assert list(signature) == [argument.key for argument in function.arguments]
        assert [p.default is None for p in signature.values()] == [a.optional for a in function.arguments]


@pytest.mark.parametrize(("set_to", "told"), [("sv", "Ny"), ("en", "New"), ("EN", "New"), ("fi", "Ny")])
def test_the_language_follows_the_environment(monkeypatch: pytest.MonkeyPatch, set_to: str, told: str) -> None:
    """Swedish unless English is asked for. Where xlwings passes decorators through, the functions are plain ones."""
    monkeypatch.setenv("XLSALES_LANGUAGE", set_to)
    assert addin.XLS_STATUS(5.0, 0.0) == [[told]]


def test_excel_starts_without_the_arithmetic() -> None:
    """Importing the add-in brings xlwings and none of our own modules; they come with the first call."""
    script = "import sys, xlsales.addin; print(sorted(m for m in sys.modules if m.startswith('xlsales')))"
    assert run("-c", script).strip() == "['xlsales', 'xlsales.addin']"

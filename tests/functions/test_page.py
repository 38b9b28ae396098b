"""The page of worksheet functions is the one its declaration gives."""

from __future__ import annotations

import pytest

from tests.functions.page import PAGE, formula, page
from xlsales.tables.functions import load_functions

FUNCTIONS = {function.name: function for function in load_functions()}


def test_the_page_is_up_to_date() -> None:
    """Change workbook/functions.toml, then run python -m tests.functions.page."""
    assert PAGE.read_text("utf-8").split("\n") == page().split("\n")


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_page_names_every_function(name: str) -> None:
    """Each has its heading, its arguments and its formula in both languages."""
    text = PAGE.read_text("utf-8").split(f"## {name}\n")[1].split("\n## ")[0]
    assert all(f"`{a.key}`" in text or f"`[{a.key}]`" in text for a in FUNCTIONS[name].arguments)
    assert formula(FUNCTIONS[name], "sv") in text
    assert formula(FUNCTIONS[name], "en") in text


def test_formulas_are_written_as_each_excel_takes_them() -> None:
    """Semicolon and decimal comma in Swedish, comma and point in English; what is left out leaves no trace."""
    wallet = FUNCTIONS["XLS_SHAREOFWALLET"]
    assert formula(wallet, "sv") == "=XLS_SHAREOFWALLET(A2:A4;B2:B4;0,6)"
    assert formula(wallet, "en") == "=XLS_SHAREOFWALLET(A2:A4,B2:B4,0.6)"
    assert formula(FUNCTIONS["XLS_AGE"], "sv") == "=XLS_AGE(A2:A4;DATUM(2026;3;2);60)"

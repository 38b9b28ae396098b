"""What cannot be used gives one short line that says where and what, in the user's language."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

import xlsales.functions as functions
from tests.functions.cells import called
from xlsales.tables.folder import read_toml
from xlsales.tables.functions import load_functions
from xlsales.tables.schema import LANGUAGES

SOURCE = Path(functions.__file__).parent
DIV = -2146826281


def column(*cells: Any) -> Any:
    return tuple((cell,) for cell in cells)


@pytest.mark.parametrize(
    ("name", "given", "sv", "en"),
    [
        (
            "XLS_ABC", {"revenue": column(1.0, 2.0, 3.0, 4.0, 5.0, 6.0, "abc")},
            "intäkt, rad 7: ”abc” är inte ett tal.", "revenue, row 7: “abc” is not a number.",
        ),
        (
            "XLS_ABC", {"revenue": ((1.0, 2.0, "abc"),)},
            "intäkt, kolumn 3: ”abc” är inte ett tal.", "revenue, column 3: “abc” is not a number.",
        ),
        (
            "XLS_WEIGHTS", {"points": ((10.0, 10.0), (5.0, DIV))},
            "poäng, rad 2, kolumn 2: cellen har felet #DIV/0!.",
            "points, row 2, column 2: the cell holds the error #DIV/0!.",
        ),
        (
            "XLS_ABC", {"revenue": column(1.0, 2.0), "customers": column("a", -2146826246)},
            "kunder, rad 2: cellen har felet #N/A.", "customers, row 2: the cell holds the error #N/A.",
        ),
        (
            "XLS_STATUS", {"revenue": column(1.0, 2.0), "previous": column(1.0, 2.0, 3.0)},
            "intäkt före: har 3 värden men ska ha 2.", "previous: holds 3 values but must hold 2.",
        ),
        (
            "XLS_ABC", {"revenue": ((1.0, 2.0), (3.0, 4.0))},
            "intäkt: ska vara en enda kolumn eller rad, inte 2 kolumner.",
            "revenue: must be a single column or row, not 2 columns.",
        ),
        (
            "XLS_ABC", {"revenue": column(1.0), "a_limit": 80.0},
            "A-gräns: 80 ska vara mellan 0 och 1.", "A limit: 80 must be between 0 and 1.",
        ),
        (
            "XLS_DECISIVE", {"weights": column(0.5, 0.5), "share": 70.0},
            "andel: 70 ska vara mellan 0 och 1.", "share: 70 must be between 0 and 1.",
        ),
        (
            "XLS_DECISIVE", {"weights": column(0.5, 0.5), "most": 0.0},
            "högst antal: 0 är för litet, minst 1.", "most: 0 is too small, at least 1.",
        ),
        (
            "XLS_STATUS", {"revenue": column(1.0), "previous": column(1.0), "growth_pct": 15.0},
            "gräns i andel: 15 ska vara mellan 0 och 1.", "limit as share: 15 must be between 0 and 1.",
        ),
        (
            "XLS_BRIDGE", {"revenue": column(1.0, 1e18), "previous": column(1.0, 2.0)},
            "intäkt, rad 2: 1000000000000000000 ska vara mellan -10000000000000 och 10000000000000.",
            "revenue, row 2: 1000000000000000000 must be between -10000000000000 and 10000000000000.",
        ),
        (
            "XLS_ABC", {"revenue": column(1.0), "a_limit": column(0.8, 0.9)},
            "A-gräns: ska vara en enda cell.", "A limit: must be a single cell.",
        ),
        (
            "XLS_PUSED", {"probability": column(0.5, 50.0), "buyer_stage": column(3.0, 3.0)},
            "sannolikhet, rad 2: 50 ska vara mellan 0 och 1.", "probability, row 2: 50 must be between 0 and 1.",
        ),
        (
            "XLS_WEIGHTS", {"points": ((10.0, 10.0), (13.0, 12.0))},
            "poäng, rad 2: poängen blir 25, ska bli 20.", "points, row 2: the points come to 25, must come to 20.",
        ),
        (
            "XLS_WEIGHTS", {"points": ((10.0, 10.0), (-1.0, 21.0))},
            "poäng, rad 2, kolumn 1: -1 är för litet, minst 0.",
            "points, row 2, column 1: -1 is too small, at least 0.",
        ),
        ("XLS_WEIGHTS", {"points": None}, "poäng: här finns inget att räkna på.",
         "points: there is nothing here to compute from."),
        (
            "XLS_LEVEL", {"statements": ((1.0, 0.7, 0.0),)},
            "påståenden, kolumn 2: 0,7 går inte, bara 0, ½ och 1.",
            "statements, column 2: 0.7 will not do, only 0, ½ and 1.",
        ),
        (
            "XLS_LEVEL", {"statements": ((1.0, 0.5, 0.0),)},
            "påståenden: ska ha 15 kolumner, inte 3.", "statements: must have 15 columns, not 3.",
        ),
        (
            "XLS_BENEFIT", {"relations": ((9.0, 5.0),), "weights": ((0.5, 0.5),)},
            "samband, kolumn 2: 5 går inte, bara 0, 1, 3 och 9.",
            "relations, column 2: 5 will not do, only 0, 1, 3 and 9.",
        ),
        (
            "XLS_DECISION",
            {"relations": column(9.0, 3.0), "weights": 1.0, "gap_factors": 1.0, "existing": column("gammal", "ny")},
            "befintlig, rad 1: ”gammal” är inget av det som går att välja.",
            "existing, row 1: “gammal” is none of the choices there are.",
        ),
        (
            "XLS_DECISION",
            {"relations": column(9.0, 3.0), "weights": 1.0, "gap_factors": 1.0, "existing": column("ny", None)},
            "befintlig, rad 2: cellen är tom.", "existing, row 2: the cell is empty.",
        ),
        (
            "XLS_STAGEGAP", {"seller_stage": column("offert", "senare"), "buyer_stage": column(1.0, 1.0)},
            "säljsteg, rad 2: ”senare” är inget steg. Skriv stegets namn eller nummer.",
            "seller stage, row 2: “senare” is no stage. Write the name or number of the stage.",
        ),
        (
            "XLS_AGE", {"created": column(45000.0, "i våras"), "as_of": 45100.0},
            "skapad, rad 2: ”i våras” är inget datum. Skriv ÅÅÅÅ-MM-DD.",
            "created, row 2: “i våras” is not a date. Write YYYY-MM-DD.",
        ),
        (
            "XLS_PAIRWISE", {"first": column("A", "B"), "second": column("B", "b"), "preferred": column("A", None)},
            "andra, rad 2: ”b” jämförs med sig själv.", "second, row 2: “b” is compared with itself.",
        ),
        (
            "XLS_PAIRWISE", {"first": column("A"), "second": column("B"), "preferred": column("C")},
            "föredras: ”C” är ingen av de två som jämförs.",
            "preferred: “C” is neither of the two that are compared.",
        ),
        (
            "XLS_PLAN", {"hours": column(5.0, None), "benefit": column(1.0, 2.0), "available": 9.0},
            "timmar, rad 2: cellen är tom.", "hours, row 2: the cell is empty.",
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_in_one_line(name: str, given: dict[str, Any], sv: str, en: str) -> None:
    """The argument by its name, the row or column within the range, what stands there."""
    assert called(name, "sv", **given) == sv
    assert called(name, "en", **given) == en


def test_the_first_wrong_cell_is_told() -> None:
    """Of several wrong cells the topmost, whatever kind of wrong it is."""
    block = ((1.0, None), (2.0, DIV), ("x", 3.0))
    assert called("XLS_EFFECTIVE", points=block) == "poäng, rad 2, kolumn 2: cellen har felet #DIV/0!."
    assert called("XLS_EFFECTIVE", points=block[::2]) == "poäng, rad 2, kolumn 1: ”x” är inte ett tal."


def test_long_text_is_shortened() -> None:
    """A line must fit in a cell, even when a whole letter was pasted into one."""
    told = called("XLS_ABC", revenue=column(1.0, "ord " * 500))
    assert told.startswith("intäkt, rad 2: ”ord ord ")
    assert len(told) < 80


@pytest.mark.parametrize("function", load_functions(), ids=lambda function: function.name)
@pytest.mark.parametrize("cells", [None, "text", DIV, True, (), ((),), ((None,),), (("a", "b"), ("c", "d"))], ids=repr)
def test_nothing_becomes_a_traceback(function: Any, cells: Any) -> None:
    """Whatever stands in all the arguments, a function answers with cells or with one line of its own."""
    found = called(function.name, **{argument.key: cells for argument in function.arguments})
    failed = read_toml("texts.sv.toml")["error"]["function_failed"].split("{detail}")[0].format(name=function.name)
    assert isinstance(found, list) or (0 < len(found) < 255 and not found.startswith(failed) and "\n" not in found)


def test_a_mistake_of_ours_is_one_line_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault in the arithmetic is told with the name of the function, not as a traceback."""

    def broken(call: object, language: str) -> Any:
        raise ZeroDivisionError("by nothing")

    monkeypatch.setattr(functions, "WORK", {"XLS_ABC": broken})
    assert called("XLS_ABC", revenue=1.0) == "XLS_ABC gick inte att räkna: by nothing"


def test_every_code_has_its_words() -> None:
    """Codes that are handed on as values are found by their look."""
    sources = "".join(path.read_text("utf-8") for path in SOURCE.glob("*.py"))
    written = set(re.findall(r'"(function_\w+)"', sources))
    assert len(written) > 10
    for language in LANGUAGES:
        texts = read_toml(f"texts.{language}.toml")["error"]
        assert {code for code in texts if code.startswith("function_")} == written

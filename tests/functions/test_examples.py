"""Every declared example computes, in both languages, and every declaration fits in Excel's dialogs."""

from __future__ import annotations

import pytest

from tests.functions.cells import called, raw
from xlsales.functions import WORK, answer
from xlsales.tables.functions import WorksheetFunction, load_functions
from xlsales.tables.schema import LANGUAGES, Language

FUNCTIONS = load_functions()
MOST = 255


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.name)
def test_the_example_gives_its_answer(function: WorksheetFunction, language: Language) -> None:
    """What the documentation shows is what the function gives, to nine digits, in the words of the language."""
    given = [raw(function.example.cells.get(argument.key)) for argument in function.arguments]
    assert answer(function.name, given, language) == [
        [pytest.approx(cell, abs=1e-9) if isinstance(cell, float) else cell for cell in row]
        for row in function.example.answer[language]
    ]


def test_every_declared_function_has_its_work() -> None:
    """No function is declared without arithmetic, and no arithmetic is left undeclared."""
    assert {function.name for function in FUNCTIONS} == set(WORK)
    assert len(FUNCTIONS) == 19


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.name)
def test_the_help_fits_and_is_written_in_both_languages(function: WorksheetFunction) -> None:
    """Excel shows 255 characters of a description and of an argument; each language has its own words."""
    for texts in (function.description, *(argument.meaning for argument in function.arguments)):
        assert all(0 < len(texts[language]) <= MOST for language in LANGUAGES)
        assert texts["sv"] != texts["en"]


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.name)
def test_what_may_be_left_out_comes_last(function: WorksheetFunction) -> None:
    """VBA takes no required argument after an optional one, and an example gives all required ones."""
    optional = [argument.optional for argument in function.arguments]
    assert optional == sorted(optional)
    assert {a.key for a in function.arguments if not a.optional} <= set(function.example.cells)
    assert set(function.example.cells) <= {a.key for a in function.arguments}


def test_a_row_gives_a_row() -> None:
    """An answer lies as its argument does."""
    across = raw([[400, 250, 120]])
    assert called("XLS_ABC", revenue=across) == [["A", "A", "B"]]
    assert len(called("XLS_CUMSHARE", revenue=across)) == 1
    assert called("XLS_STATUS", revenue=across, previous=raw([[0, 250, 9]])) == [["Ny", "Stabil", "Stabil"]]
    assert called("XLS_STRENGTH", ours=raw([[9, 7]]), alternatives=raw([[7, 7], [6, 5]])) == [["styrka", "jämbördigt"]]


def test_one_cell_gives_one_cell() -> None:
    """A single customer is a range too."""
    assert called("XLS_ABC", revenue=100.0) == [["A"]]
    assert called("XLS_STAGEGAP", seller_stage="Quote", buyer_stage=1.0) == [[2]]


def test_empty_rows_give_empty_answers() -> None:
    """A range with room to grow shows nothing where nothing is."""
    nothing = (None,)
    assert called("XLS_ABC", revenue=((5.0,), nothing)) == [["A"], [""]]
    assert called("XLS_STATUS", revenue=((5.0,), nothing), previous=(nothing, nothing)) == [["Ny"], [""]]
    assert called("XLS_RFM", days_since=((5.0,), nothing), purchases=((1.0,), nothing), revenue=((1.0,), nothing)) == [
        ["111"], [""],
    ]  # fmt: skip
    assert called("XLS_LEVEL", statements=((1.0,) * 15, (None,) * 15)) == [[5.0], [""]]
    assert called("XLS_STAGEGAP", seller_stage=(("offert",), nothing), buyer_stage=((3.0,), (2.0,))) == [[0], [""]]
    assert called("XLS_BENEFIT", relations=((9.0, 1.0), (None, None)), weights=((0.5, 0.5),)) == [[5.0], [""]]
    assert called("XLS_PLAN", hours=((5.0,), nothing), benefit=((1.0,), nothing), available=9.0) == [[True], [""]]
    assert called("XLS_AGE", created=((None,), (45000.0,)), as_of=45090.0) == [[""], [1.0]]


def test_pairs_are_counted_however_they_are_written() -> None:
    """Capitals, empty rows and ties: half each; the first spelling is shown, and what occurs first among equals."""
    given = {
        "first": (("Pris",), (None,), ("kvalitet",)), "second": (("Kvalitet",), (None,), ("Service",)),
        "preferred": (("KVALITET",), (None,), (None,)),
    }  # fmt: skip
    answer = called("XLS_PAIRWISE", **given)
    assert [[name, round(weight, 9)] for name, weight in answer] == [
        ["Kvalitet", 0.75], ["Service", 0.25], ["Pris", 0.0],
    ]  # fmt: skip
    assert called("XLS_PAIRWISE", first="A", second="B", preferred="lika") == [["A", 0.5], ["B", 0.5]]


def test_words_are_read_in_both_languages_and_given_in_one() -> None:
    """Sheets are shared: what was typed in English is read by a Swedish Excel, and the other way round."""
    mixed = (("Offert",), ("quote",), ("3",), (3.0,))
    assert called("XLS_STAGEGAP", seller_stage=mixed, buyer_stage=(("status quo",),) * 4) == [[3]] * 4
    known = {"relations": ((9.0, 0.0), (9.0, 0.0)), "weights": ((0.9, 0.1),), "gap_factors": ((2.0, 1.0),)}
    assert called("XLS_DECISION", **known, existing=(("ny",), ("existing",))) == [["påbörja"], ["utveckla"]]
    assert called("XLS_DECISION", "en", **known, existing=(("ny",), ("existing",))) == [["start"], ["develop"]]

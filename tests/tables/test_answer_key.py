"""The signed key of a survey form: told apart from changed, foreign and invented ones."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlsales.tables.answer_key import AnswerKey, opened, signed

KEY = AnswerKey("book1", "005", "Åsa Öberg", "points20", ("quality", "price"))


def test_a_signed_key_opens_to_what_was_signed() -> None:
    """Letters, leading zeros and the order of the criteria survive."""
    assert opened(signed(KEY, "secret"), "book1", "secret") == KEY


def test_another_workbook_is_told_before_the_signature() -> None:
    """A form of another company's workbook is foreign, not tampered."""
    assert opened(signed(KEY, "secret"), "book2", "other") == "foreign"


def test_another_customer_in_the_key_is_seen() -> None:
    """Whoever changes whose answer it is cannot sign it."""
    payload = signed(replace(KEY, customer_no="006"), "guess").split(".")[0]
    mac = signed(KEY, "secret").split(".")[1]
    assert opened(f"{payload}.{mac}", "book1", "secret") == "tampered"


@pytest.mark.parametrize("word", ["", ".", "a.b", "é.é", None, 5, "W10.W10", "bnVsbA.AA", "x" * 30_000 + ".a"])
def test_what_is_no_key_is_said_to_be_none(word: object) -> None:
    """Nothing a file can hold in its place raises."""
    assert opened(word, "book1", "secret") == "no_key"


@given(st.text(max_size=200))
def test_no_text_opens_by_chance(word: str) -> None:
    """Any text is refused."""
    assert opened(word, "book1", "secret") in ("no_key", "foreign", "tampered")


def test_the_answer_has_one_id_per_person_customer_and_method() -> None:
    """Sent twice it is the same answer; capitals do not make another person."""
    assert KEY.answer_id() == replace(KEY, person="åsa öberg ").answer_id()
    others = [replace(KEY, customer_no="006"), replace(KEY, method="scale10"), replace(KEY, person="Bo")]
    assert len({KEY.answer_id(), *(k.answer_id() for k in others)}) == 4
    nobody = replace(KEY, person="")
    assert nobody.answer_id("Åsa Öberg") == KEY.answer_id() != nobody.answer_id()

"""Cells as a running Excel gives them and wants them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from xlsales.hosts import KEEP, Link
from xlsales.hosts.live.cells import block, read_column, write_column


def sent(*values: object) -> list[object]:
    return write_column(values, lambda value: ("prepared", value))


def test_numbers_come_whole_or_broken() -> None:
    """Excel gives floats only; a whole one is an int as it is in the file."""
    assert [(type(v), v) for v in read_column([1.0, 2.5, None, -0.0, 1e300])] == [
        (int, 1), (float, 2.5), (type(None), None), (int, 0), (float, 1e300)]  # fmt: skip


def test_a_column_of_many_kinds() -> None:
    """Errors by their text, currency as a number, dates without the zone and the noise that COM adds."""
    noisy = dt.datetime(2024, 5, 1, 13, 45, 29, 999_995, tzinfo=dt.UTC)
    cells = [True, "", "text", -2146826281, Decimal("12.50"), noisy, 3.0, None]
    assert read_column(cells) == [
        True, None, "text", "#DIV/0!", 12.5, dt.datetime(2024, 5, 1, 13, 45, 30), 3, None]  # fmt: skip


@pytest.mark.parametrize("text", ["=1+1", "+46 70", "-10 %", "@home", "'citat", "#N/A", "007", "1E5", "3 st", "True",
                                  "2024-05-01", "rad\n=2", "mars 24", "FALSE "])  # fmt: skip
def test_text_that_could_be_something_else_gets_an_apostrophe(text: str) -> None:
    """Excel reads what it is given as if it were typed."""
    assert sent(text) == ["'" + text]


def test_plain_values_go_as_they_are() -> None:
    """Words, numbers as floats, yes and no, nothing; dates by the program's own way."""
    day = dt.date(2024, 5, 1)
    assert sent("Ås AB", "", 7, True, None, KEEP, day) == ["Ås AB", None, 7.0, True, None, KEEP, ("prepared", day)]


def test_a_link_is_a_formula_of_short_pieces() -> None:
    """A literal in a formula holds 255 characters; quotes are doubled."""
    (formula,) = sent(Link("'Kunder'!C14", 'Se "här" ' + "x" * 300))
    assert str(formula).startswith('=HYPERLINK("#\'Kunder\'!C14","Se ""här"" ')
    assert max(map(len, str(formula).split('"&"'))) < 255


def test_a_block_is_always_rows() -> None:
    """One cell comes as a scalar, one row or column as a plain sequence from some engines."""
    assert block(5.0, 1, 1) == [[5.0]]
    assert block((1.0, 2.0), 1, 2) == [(1.0, 2.0)]
    assert block((1.0, 2.0), 2, 1) == [[1.0], [2.0]]
    assert block(((1.0, 2.0),), 1, 2) == [(1.0, 2.0)]

"""How to read a source, as a person writes it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlsales.issues import WrongUse
from xlsales.sources import ReadOptions
from xlsales.sources.choices import read_choices, written_choices

HEADING = st.from_regex(r"[A-Za-zÅÄÖåäö][A-Za-zÅÄÖåäö .%]{0,12}[a-zåäö]", fullmatch=True)
OPTIONS = st.builds(
    ReadOptions,
    columns=st.dictionaries(st.sampled_from(["amount", "customer_no", "vat"]), HEADING),
    sheet=st.just("") | HEADING,
    dimension=st.integers(1, 99),
    accounts=st.tuples(st.integers(3000, 3499), st.integers(3500, 3999)),
    vat=st.sampled_from(["", "incl", "excl"]),
    query=st.sampled_from(["", "SELECT a; SELECT b = 2"]),
)


def test_choices_are_read() -> None:
    """Several choices may stand in one text or each on its own."""
    found = read_choices(["amount=Netto; sheet=Rader", "accounts=3000-3999", "vat=EXCL", "dimension=1"], "fortnox")
    assert found == ReadOptions(
        "fortnox", {"amount": "Netto"}, "Rader", dimension=1, accounts=(3000, 3999), vat="excl"
    )


@given(OPTIONS)
def test_what_is_written_is_read_back(options: ReadOptions) -> None:
    """The remembered text gives the same choices again."""
    assert read_choices([written_choices(options)]) == options


@pytest.mark.parametrize("text", ["amount", "amount=", "colour=red", "dimension=x", "accounts=3999-3000", "vat=maybe"])
def test_a_choice_that_cannot_be_meant_is_refused(text: str) -> None:
    """The message names what was written."""
    with pytest.raises(WrongUse) as problem:
        read_choices([text])
    assert problem.value.code == "bad_choice"
    assert problem.value.params["value"] == text

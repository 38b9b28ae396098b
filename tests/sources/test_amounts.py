"""The amount excl. VAT: what is told, what stands beside it, and what is never guessed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlsales.sources.amounts import Amounts, Vat, amount_issues, find_amounts
from xlsales.sources.numbers import Numbers


def amounts(known: Vat = Vat(), /, **columns: list[float]) -> Amounts:
    numbers = {
        key: Numbers(np.array(values, dtype=np.float64), np.zeros(len(values), dtype=np.bool_), "")
        for key, values in columns.items()
    }
    found = find_amounts(numbers, known)
    assert found is not None
    return found


def codes(found: Amounts) -> list[str]:
    return [issue.code for issue in amount_issues(found, "Belopp")]


def test_a_bare_amount_stays_unsure() -> None:
    """Nothing tells, so it is used with a warning."""
    assert codes(amounts(amount_unsure=[125])) == ["amount_maybe_incl_vat"]


@pytest.mark.parametrize("vat", [Vat(told="excl"), Vat(usual="excl")])
def test_somebody_knows_that_vat_is_not_included(vat: Vat) -> None:
    """The user or the system's profile."""
    found = amounts(vat, amount_unsure=[125])
    assert (found.values.tolist(), codes(found)) == ([125], [])


def test_vat_is_taken_off_where_its_amount_is_known() -> None:
    """Also on credit notes, whose VAT some systems write without a minus."""
    found = amounts(Vat(told="incl"), amount_unsure=[125, -125, 100], vat=[25, 25, float("nan")])
    assert (found.values.tolist(), found.parts, codes(found)) == ([100, -100, 100], ("amount_unsure", "vat"), [])


def test_the_rate_of_vat_is_never_guessed() -> None:
    """Including VAT and no column with it: the amounts stand as they are, and the warning says so."""
    for found in (amounts(Vat(told="incl"), amount_unsure=[125]), amounts(amount_incl=[125])):
        assert (found.values.tolist(), codes(found)) == ([125], ["amount_incl_vat"])


def test_a_heading_that_says_incl_is_believed() -> None:
    """Before what is usual in the system, but not before the user."""
    headings = {"amount_unsure": "Belopp (inkl. moms)"}
    assert codes(amounts(Vat(usual="excl", headings=headings), amount_unsure=[125])) == ["amount_incl_vat"]
    assert codes(amounts(Vat(told="excl", headings=headings), amount_unsure=[125])) == []


def test_the_users_word_goes_before_the_choice_of_column() -> None:
    """A column that the user chose may include VAT too."""
    assert amounts(Vat(told="incl"), amount=[125], vat=[25]).values.tolist() == [100]
    assert amounts(Vat(usual="incl"), amount=[125], vat=[25]).values.tolist() == [125]


def test_an_amount_with_vat_beside_it_shows_that_the_other_is_without() -> None:
    """Amount and Amount Including VAT."""
    found = amounts(amount_unsure=[100, 200, -10], amount_incl=[125, 250, -12.5])
    assert (found.values.tolist(), codes(found)) == ([100, 200, -10], [])
    assert codes(amounts(amount_unsure=[100, 200], amount_incl=[100, 200])) == ["amount_maybe_incl_vat"]


def test_a_vat_column_of_zeros_means_no_vat() -> None:
    """Export invoices: with and without VAT is the same."""
    assert codes(amounts(amount_unsure=[100, 200], vat=[0, 0])) == []
    assert codes(amounts(amount_unsure=[100, 200], vat=[float("nan")] * 2)) == ["amount_maybe_incl_vat"]


NORDIC = st.sampled_from([0.25, 0.12, 0.06, 0.15, 0.255, 0.24, 0.14, 0.10])
ORE = st.lists(st.integers(50_00, 10_000_00), min_size=3, max_size=20)


@given(NORDIC, ORE, st.booleans())
def test_vat_is_told_by_any_rate(rate: float, ore: list[int], within: bool) -> None:
    """Whether VAT is in the amount or comes on top, the amount without it comes out."""
    net = np.array(ore) / 100
    vat = np.round(net * rate, 2)
    found = amounts(amount_unsure=list(net + vat if within else net), vat=list(vat))
    assert np.allclose(found.values, net, atol=1e-9)
    assert codes(found) == []


@pytest.mark.parametrize("rate", [0.2, 0.17, 0.08])
def test_rates_of_other_countries_are_told_by_their_roundness(rate: float) -> None:
    """8 of 108 is no rate, 8 on 100 is."""
    net = np.arange(1000.0, 1010.0)
    found = amounts(amount_unsure=list(net * (1 + rate)), vat=list(net * rate))
    assert np.allclose(found.values, net)


def test_mixed_rates_on_one_invoice_tell_nothing() -> None:
    """Shares between the rates: unsure."""
    assert codes(amounts(amount_unsure=[117, 139, 161.3], vat=[17, 21.4, 23])) == ["amount_maybe_incl_vat"]


def test_credits_with_a_minus_of_their_own_are_added() -> None:
    """Debit less credit, whichever way credits are written."""
    nan = float("nan")
    assert amounts(debit=[100, nan, nan], credit=[nan, -20, nan]).values.tolist()[:2] == [100, -20]
    assert amounts(debit=[100, 0], credit=[0, 20]).values.tolist() == [100, -20]


def test_a_net_price_has_its_discount_already() -> None:
    """Quantity × net price, and the discount is not taken twice."""
    found = amounts(quantity=[2], unit_price=[10], net_price=[9], discount=[10])
    assert (found.values.tolist(), found.parts) == ([18], ("quantity", "net_price"))


def test_a_discount_in_money_is_taken_off() -> None:
    """2 × 10 − 5, and the same for what is returned."""
    found = amounts(quantity=[2, -2], unit_price=[10, 10], discount_amount=[5, 5])
    assert found.values.tolist() == [15, -15]


def test_a_price_alone_is_the_amount_of_one_piece() -> None:
    """A list of sold cars; a warning says how it was read."""
    found = amounts(unit_price=[26_000])
    assert (found.values.tolist(), codes(found)) == ([26_000], ["price_as_amount"])

"""Types, states and sides of rows: what is no sale, and what counts less."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pandas as pd
import pytest

from xlsales.sources.entries import Style, Typed, type_entries
from xlsales.sources.profiles import Profile, profile_named
from xlsales.sources.rowtypes import row_by_row, row_types


def typed(amounts: list[float], profile: str = "", headings: dict[str, str] | None = None, **marks: list[str]) -> Typed:
    raw = pd.DataFrame({"invoice_date": [datetime(2026, 1, 15)] * len(amounts), "customer_no": "1", "amount": amounts})
    style = Style(machine_point=True, headings=headings or {}, profile=profile_named(profile))
    return type_entries(raw.assign(**marks), lambda row, key: f"{row}", style)


def codes(result: Typed) -> list[str]:
    return [issue.code for issue in result.issues]


@pytest.mark.parametrize("payment", ["Payment", "Inbetalning", "Innbetaling", "Indbetaling", "Maksu", "Zahlung"])
def test_payments_are_no_sales_in_six_languages(payment: str) -> None:
    """They are left out and told with their amount."""
    result = typed([100, -100], row_type=["Faktura", payment])
    assert result.entries.amount.tolist() == [100]
    assert result.issues[0].params == {"count": 1, "amount": -100.0, "types": [payment]}


def test_orders_count_only_where_there_are_no_invoices() -> None:
    """Beside invoices an order is no sale yet; a list of orders is what there is."""
    assert row_types(["Order", "Invoice"]).left_out == {"Order"}
    assert row_types(["Order", "Quote"]).left_out == frozenset()


def test_a_profile_says_which_types_count() -> None:
    """Either those that are sales, or those that are none."""
    assert row_types(["RV", "DZ"], profile_named("sap")).left_out == {"DZ"}
    assert row_types(["A", "B", ""], Profile(keep=frozenset({"a"}))).left_out == {"B"}


def test_credit_notes_get_a_minus_when_none_has_one() -> None:
    """A single minus shows that the system writes them itself."""
    assert typed([100, 20, 30], row_type=["Faktura", "Kredit", "Kredit"]).entries.amount.tolist() == [100, -20, -30]
    assert typed([100, 20, -30], row_type=["Faktura", "Kredit", "Kredit"]).entries.amount.tolist() == [100, 20, -30]


def test_a_mark_for_credit_notes_is_enough() -> None:
    """A yes in a column of its own."""
    result = typed([100, 20], credit_mark=["False", "True"])
    assert (result.entries.amount.tolist(), codes(result)) == ([100, -20], ["credits_turned"])


def test_a_profile_says_how_credit_notes_are_written() -> None:
    """Fortnox writes the minus; SAP's billing documents never have one, reversals of invoices neither."""
    assert typed([100, 20], "fortnox", credit_mark=["", "true"]).entries.amount.tolist() == [100, 20]
    result = typed([100, 20, 100], "sap_billing", row_type=["F2", "G2", "S1"])
    assert (result.entries.amount.tolist(), codes(result)) == ([100, -20, -100], [])


@pytest.mark.parametrize(("debit", "credit"), [("S", "H"), ("D", "K"), ("Debet", "Kredit"), ("+", "-"), ("DR", "CR")])
def test_a_column_says_on_which_side_an_amount_stands(debit: str, credit: str) -> None:
    """The credit side counts less; an amount that has its minus already is not turned twice."""
    assert typed([100, 20], sign=[debit, credit]).entries.amount.tolist() == [100, -20]
    assert typed([100, -20], sign=[debit, credit]).entries.amount.tolist() == [100, -20]


def test_debit_and_credit_in_columns_of_their_own() -> None:
    """The amount is debit less credit, and may include VAT."""
    raw = pd.DataFrame(
        {
            "invoice_date": ["2026-01-15", "2026-01-16", "2026-01-17"],
            "customer_no": ["1", "1", "1"],
            "debit": ["100,00", "", ""],
            "credit": ["", "20,50", ""],
        }
    )
    result = type_entries(raw, lambda row, key: f"{row}", Style(headings={"debit": "Debet", "credit": "Kredit"}))
    assert (result.entries.amount.tolist(), result.parts) == ([100, -20.5], ("debit", "credit"))
    assert codes(result) == ["amount_maybe_incl_vat"]
    assert result.rejects.why.tolist() == ["no_amount"]


def test_voided_documents_and_drafts_are_left_out_by_their_status() -> None:
    """What an invoice list calls void is no sale."""
    result = typed([100, 20, 30], status=["Paid", "Voided", "Utkast"])
    assert (result.entries.amount.tolist(), codes(result)) == ([100], ["cancelled_left_out"])


def test_a_cancelled_order_counts_until_somebody_says_no() -> None:
    """The status of an order is no proof that nothing was invoiced; the amount is told."""
    result = typed([100, 20], status=["Shipped", "Cancelled"], headings={"status": "STATUS"})
    assert result.entries.amount.tolist() == [100, 20]
    assert result.issues[0].params == {"count": 1, "amount": 20.0, "states": ["Cancelled"], "heading": "STATUS"}


def test_a_day_of_cancellation_is_a_yes() -> None:
    """Makuleringsdatum is empty on documents that hold."""
    assert typed([100, 20], cancelled=["", "2026-01-20"]).entries.amount.tolist() == [100]


def test_amounts_in_the_home_currency_have_no_currency() -> None:
    """The currency column tells of the invoice, the amount is already converted."""
    result = typed([100], headings={"amount": "Sales (LCY)"}, currency=["EUR"])
    assert result.entries.currency.tolist() == [""]
    assert typed([100], headings={"amount": "Netto"}, currency=["EUR"]).entries.currency.tolist() == ["EUR"]


def test_costs_with_a_minus_on_sales_are_turned() -> None:
    """Some systems write what leaves the store as negative; the contribution would be too high."""
    result = typed([100.0] * 5 + [-50.0], cost=[-60.0] * 5 + [30.0], headings={"cost": "Cost Amount (Actual)"})
    assert (result.entries.cost.tolist(), codes(result)) == ([60.0] * 5 + [-30.0], ["cost_turned"])


def test_a_cost_per_unit_is_multiplied() -> None:
    """Quantity × unit cost, with the sign of the sale."""
    result = typed([100.0, -50.0], quantity=[2.0, -1.0], unit_cost=[30.0, 30.0])
    assert (result.entries.cost.tolist(), result.cost) == ([60, -30], "unit_cost")
    assert np.isnan(typed([100.0]).entries.cost).all()


def test_what_is_judged_by_rows_is_read_row_by_row() -> None:
    """Engines sum what stands there; signs, states and sides are judged for a whole column."""
    assert not row_by_row(["amount", "cost", "unit_cost", "row_type", "debit"], ["amount"])
    assert not row_by_row(["quantity", "unit_price", "discount"], ["quantity", "unit_price", "discount"])
    for columns, parts in (
        (["amount", "sign"], ["amount"]), (["amount", "status"], ["amount"]), (["unit_price"], ["unit_price"]),
        (["debit", "credit"], ["debit", "credit"]), (["amount", "quantity", "unit_cost"], ["amount"]),
    ):  # fmt: skip
        assert row_by_row(columns, parts)

"""Which numbers are the amount excl. VAT, when the ledger does not say so outright."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from xlsales.sources.numbers import Floats, Numbers
from xlsales.sources.words import ledger_words

_NEAR = 0.003
_DECIMALS = 4


@dataclass(frozen=True)
class Amounts:
    """values: float64, 4 decimals, NaN where empty or unreadable. unreadable: where there is text but no number.

    key: the column it was read from. computed: made from several columns. maybe_incl: VAT may be included.
    """

    values: Floats
    unreadable: npt.NDArray[np.bool_]
    key: str
    computed: bool = False
    maybe_incl: bool = False


def find_amounts(numbers: Mapping[str, Numbers]) -> Amounts | None:
    """The amount from the columns there are, by ledger key; None if there are none to make it of.

    An amount excl. VAT comes first, then one that may include VAT (less VAT where the VAT column shows
    that it does), then quantity × unit price × (1 − discount).
    """
    if "amount" in numbers:
        return _rounded(numbers["amount"], "amount")
    for key in ("amount_unsure", "amount_incl"):
        if key in numbers:
            return _less_vat(numbers[key], key, numbers.get("vat"))
    if "quantity" in numbers and "unit_price" in numbers:
        return _product(numbers)
    return None


def _less_vat(amount: Numbers, key: str, vat: Numbers | None) -> Amounts:
    if vat is None:
        return _rounded(amount, key, maybe_incl=True)
    taxed = (vat.values != 0) & (amount.values != 0) & np.isfinite(vat.values) & np.isfinite(amount.values)
    share = vat.values[taxed] / amount.values[taxed]
    rates = np.array(ledger_words().vat_rates)
    excluded, included = _near(share, rates), _near(share, rates / (1 + rates))
    if len(share) and excluded >= 0.9:
        return _rounded(amount, key)
    if key == "amount_incl" or (len(share) and included >= 0.9):
        net = amount.values - np.nan_to_num(vat.values)
        return Amounts(np.round(net, _DECIMALS), amount.unreadable | vat.unreadable, key, computed=True)
    return _rounded(amount, key, maybe_incl=True)


def _near(shares: Floats, rates: Floats) -> float:
    if not len(shares):
        return 0.0
    return float((np.abs(shares[:, None] - rates[None, :]).min(axis=1) <= _NEAR).mean())


def _product(numbers: Mapping[str, Numbers]) -> Amounts:
    quantity, price = numbers["quantity"], numbers["unit_price"]
    value = quantity.values * price.values
    unreadable = quantity.unreadable | price.unreadable
    if "discount" in numbers:
        discount = numbers["discount"]
        share = np.nan_to_num(discount.values)
        # Written as 10 or as 0.1, but in one way throughout the column.
        share = share / 100 if (np.abs(share) > 1).any() else share
        value, unreadable = value * (1 - share), unreadable | discount.unreadable
    return Amounts(np.round(value, _DECIMALS), unreadable, "quantity", computed=True)


def _rounded(amount: Numbers, key: str, *, maybe_incl: bool = False) -> Amounts:
    return Amounts(np.round(amount.values, _DECIMALS), amount.unreadable, key, maybe_incl=maybe_incl)

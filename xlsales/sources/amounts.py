"""Which numbers are the amount excl. VAT and the cost, when the ledger does not say so outright."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from xlsales.issues import Issue
from xlsales.sources.numbers import Floats, Numbers
from xlsales.sources.words import folded, ledger_words

Mask = npt.NDArray[np.bool_]

_NEAR: Final = 0.003
_MOSTLY: Final = 0.9
_DECIMALS: Final = 4
# Other countries' rates are whole or half percents; so many rows must agree on it.
_HALF_PERCENTS: Final = 200
_EXACT: Final = 0.0002
_HIGHEST_RATE: Final = 0.3
_FEWEST: Final = 5


@dataclass(frozen=True)
class Vat:
    """What is known about VAT. told: "incl" or "excl" by the user, for any amount; usual: by the system, for
    amounts whose heading does not say. headings: ledger key → heading.
    """

    told: str = ""
    usual: str = ""
    headings: Mapping[str, str] = field(default_factory=dict)

    def heading(self, key: str) -> str:
        return self.headings.get(key, "")


@dataclass(frozen=True)
class Amounts:
    """values: float64, 4 decimals, NaN where empty or unreadable. unreadable: where there is text but no number.

    key: the column it was read from. computed: made from several columns; parts: the keys of all of them.
    maybe_incl: VAT may be included. incl: VAT is included, and nothing tells how much.
    """

    values: Floats
    unreadable: Mask
    key: str
    computed: bool = False
    maybe_incl: bool = False
    incl: bool = False
    parts: tuple[str, ...] = ()


def find_amounts(numbers: Mapping[str, Numbers], vat: Vat = Vat()) -> Amounts | None:
    """The amount from the columns there are, by ledger key; None if there are none to make it of.

    An amount excl. VAT comes first, then one that may include VAT (less VAT where the VAT column or somebody
    tells that it does), then debit less credit, then quantity × price × (1 − discount).
    """
    if "amount" in numbers:
        return _without_vat(numbers, "amount") if vat.told == "incl" else _rounded(numbers["amount"], "amount")
    for key in ("amount_unsure", "amount_incl"):
        if key in numbers:
            return _settled(numbers, key, vat)
    if "debit" in numbers:
        return _sides(numbers, vat)
    if {"unit_price", "net_price"} & set(numbers):
        return _product(numbers, vat)
    return None


def find_costs(numbers: Mapping[str, Numbers], amounts: Floats) -> tuple[Floats, str] | None:
    """The cost and the key it was read from: as it stands, amount less contribution, or quantity × unit cost.

    A column where costs of sales bear a minus is turned; its key then has a minus before it.
    """
    if "cost" in numbers:
        cost = numbers["cost"].values
        both = (cost != 0) & (amounts != 0) & np.isfinite(cost) & np.isfinite(amounts)
        against = np.sign(cost[both]) != np.sign(amounts[both])
        turned = len(against) >= _FEWEST and against.mean() >= _MOSTLY
        return (-cost, "-cost") if turned else (cost, "cost")
    if "contribution" in numbers:
        return np.round(amounts - numbers["contribution"].values, _DECIMALS), "contribution"
    if {"quantity", "unit_cost"} <= set(numbers):
        # The sign follows the sale: some systems write what leaves the store as a negative quantity.
        size = np.abs(numbers["quantity"].values * numbers["unit_cost"].values)
        signed: Floats = np.copysign(np.round(size, _DECIMALS), amounts)
        return signed, "unit_cost"
    return None


def turned_credits(values: Floats, credit: Mask) -> Floats | None:
    """The values with a minus on credits, where none of them has one; None where nothing is to be turned."""
    marked = values[credit & np.isfinite(values)]
    if not len(marked) or (marked < 0).any() or not (marked > 0).any():
        return None
    return np.where(credit, -values, values)


def amount_issues(amounts: Amounts, heading: str) -> list[Issue]:
    """What a person should know about the amount that was chosen."""
    codes = {
        "amount_maybe_incl_vat": amounts.maybe_incl,
        "amount_incl_vat": amounts.incl,
        "price_as_amount": amounts.parts in (("unit_price",), ("net_price",)),
    }
    params = {"heading": heading}
    return [Issue("warning", code, column="amount", found=heading, params=params) for code, so in codes.items() if so]


def _settled(numbers: Mapping[str, Numbers], key: str, vat: Vat) -> Amounts:
    """An amount that may include VAT, judged by what is told, by its heading and by the columns beside it."""
    heading = folded(vat.heading(key))
    said = key == "amount_incl" or any(part in heading for part in ledger_words().vat_included)
    known = vat.told or ("incl" if said else vat.usual)
    shown = _beside(numbers, key)
    if known == "excl" or (shown == "on top" and not vat.told):
        return _rounded(numbers[key], key)
    if known == "incl" or shown == "within":
        return _without_vat(numbers, key)
    return replace(_rounded(numbers[key], key), maybe_incl=True)


def _without_vat(numbers: Mapping[str, Numbers], key: str) -> Amounts:
    if "vat" not in numbers:
        return replace(_rounded(numbers[key], key), incl=True)
    amount, vat = numbers[key], numbers["vat"]
    # On a credit note some systems write the VAT without its minus.
    share = np.copysign(np.nan_to_num(vat.values), np.nan_to_num(amount.values))
    net = np.round(amount.values - share, _DECIMALS)
    return Amounts(net, amount.unreadable | vat.unreadable, key, computed=True, parts=(key, "vat"))


def _beside(numbers: Mapping[str, Numbers], key: str) -> Literal["within", "on top", ""]:
    """Whether VAT is within an amount or comes on top of it, by the VAT or the amount with VAT beside it."""
    amount = numbers[key].values
    if "vat" in numbers:
        found = _by_rates(amount, numbers["vat"].values)
        if found:
            return found
    if key == "amount_unsure" and "amount_incl" in numbers:
        gross = numbers["amount_incl"].values
        both = np.isfinite(amount) & np.isfinite(gross)
        more = np.abs(gross[both]) - np.abs(amount[both])
        if len(more) and (more >= -0.01).mean() >= 0.99 and (more > 0.01).mean() >= 0.5:
            return "on top"
    return ""


def _by_rates(amount: Floats, vat: Floats) -> Literal["within", "on top", ""]:
    readable = np.isfinite(vat) & np.isfinite(amount) & (amount != 0)
    taxed = readable & (vat != 0)
    if not taxed.any():
        return "on top" if readable.any() else ""
    share = np.abs(vat[taxed] / amount[taxed])
    rates = np.array(ledger_words().vat_rates)
    top, within = _near(share, rates), _near(share, rates / (1 + rates))
    if max(top[0], within[0]) < _MOSTLY:
        return _by_roundness(share[np.abs(amount[taxed]) >= 100])
    return "on top" if (-round(top[0], 2), top[1]) <= (-round(within[0], 2), within[1]) else "within"


def _near(shares: Floats, rates: Floats) -> tuple[float, float]:
    """How many of the shares are one of the rates, and how far off they are."""
    distance = np.abs(shares[:, None] - rates[None, :]).min(axis=1)
    hits = distance <= _NEAR
    return float(hits.mean()), float(distance[hits].mean()) if hits.any() else 1.0


def _by_roundness(shares: Floats) -> Literal["within", "on top", ""]:
    """For rates of other countries: which of both readings gives whole or half percents."""
    if len(shares) < _FEWEST or (shares >= 1).any():
        return ""
    round_ones = [_roundness(shares), _roundness(shares / (1 - shares))]
    if max(round_ones) < _MOSTLY or min(round_ones) >= _MOSTLY:
        return ""
    return "on top" if round_ones[0] >= _MOSTLY else "within"


def _roundness(rates: Floats) -> float:
    off = np.abs(rates - np.round(rates * _HALF_PERCENTS) / _HALF_PERCENTS)
    return float(((off <= _EXACT) & (rates <= _HIGHEST_RATE)).mean())


def _sides(numbers: Mapping[str, Numbers], vat: Vat) -> Amounts:
    """Debit less credit; where credits bear a minus already, both together."""
    debit = numbers["debit"]
    credit = numbers.get("credit", Numbers(np.full(len(debit.values), np.nan), np.zeros_like(debit.unreadable), ""))
    empty = np.isnan(debit.values) & np.isnan(credit.values)
    less = np.nan_to_num(credit.values)
    value = np.nan_to_num(debit.values) + (less if (less <= 0).all() else -less)
    parts = tuple(key for key in ("debit", "credit") if key in numbers)
    known = vat.told or vat.usual
    return Amounts(
        np.where(empty, np.nan, np.round(value, _DECIMALS)),
        debit.unreadable | credit.unreadable,
        "debit",
        computed=True,
        maybe_incl=not known,
        incl=known == "incl",
        parts=parts,
    )


def _product(numbers: Mapping[str, Numbers], vat: Vat) -> Amounts:
    price = next(key for key in ("net_price", "unit_price") if key in numbers)
    parts = [key for key in ("quantity", price) if key in numbers]
    value, unreadable = np.ones(1), np.zeros(1, dtype=np.bool_)
    for key in parts:
        value, unreadable = value * numbers[key].values, unreadable | numbers[key].unreadable
    if price == "unit_price" and "discount" in numbers:
        value, parts = value * (1 - _discount(numbers["discount"].values)), [*parts, "discount"]
    elif price == "unit_price" and "discount_amount" in numbers:
        less = np.copysign(np.nan_to_num(numbers["discount_amount"].values), np.nan_to_num(value))
        value, parts = value - less, [*parts, "discount_amount"]
    for key in parts:
        unreadable = unreadable | numbers[key].unreadable
    return Amounts(
        np.round(value, _DECIMALS), unreadable, parts[0], computed=True, incl=vat.told == "incl", parts=tuple(parts)
    )


def _discount(values: Floats) -> Floats:
    """A share of one. Written as 10 or as 0.1, but in one way throughout the column."""
    share = np.nan_to_num(values)
    return share / 100 if (np.abs(share) > 1).any() else share


def _rounded(amount: Numbers, key: str) -> Amounts:
    return Amounts(np.round(amount.values, _DECIMALS), amount.unreadable, key, parts=(key,))

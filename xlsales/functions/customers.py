"""Worksheet functions about customers: classes, status, the bridge, RFM and share of wallet."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from xlsales.functions.call import Call, Vector
from xlsales.functions.ranges import Answer, as_column, as_table
from xlsales.steps.potential import potential
from xlsales.steps.revenue import UNITS_PER_KRONA, RevenueRules, bridge, classify
from xlsales.steps.segment import SegmentRules, rfm, segment
from xlsales.tables.schema import Language, load_schema


def abc(call: Call, language: Language) -> Answer:
    """A, B or C for every customer; empty where there is no positive revenue."""
    classes = _segmented(call)["abc"]
    return as_column(classes.to_numpy(object), call.cells("revenue"))


def cumulative_share(call: Call, language: Language) -> Answer:
    """The share of revenue reached with each customer counted, largest first."""
    return as_column(_segmented(call)["cum_share"].to_numpy(), call.cells("revenue"))


def _segmented(call: Call) -> pd.DataFrame:
    revenue = call.column("revenue")
    rules = SegmentRules()
    a_limit, b_limit = call.number("a_limit", rules.abc_a, 0, 1), call.number("b_limit", rules.abc_b, 0, 1)
    names = pd.Series(call.names("customers", len(revenue)), dtype=object)
    customers = pd.DataFrame({"customer_no": names, "revenue": np.nan_to_num(revenue), "place": range(len(revenue))})
    classed = segment(customers, SegmentRules(abc_a=a_limit, abc_b=b_limit)).customers
    return classed.set_index("place").sort_index()


def status(call: Call, language: Language) -> Answer:
    """The status of every customer, in words; empty where all its cells are."""
    now, previous, earlier = _spans(call)
    standard = RevenueRules()
    rules = RevenueRules(
        growth_pct=call.number("growth_pct", standard.growth_pct, 0, 1),
        growth_min_change=call.number("growth_min_change", standard.growth_min_change, 0),
    )
    codes = classify(_units(now), _units(previous), _units(earlier), rules)
    label = load_schema().label
    words = {code: label("status", code, language) for code in np.unique(codes).tolist()}
    empty = np.isnan(now) & np.isnan(previous) & np.isnan(earlier)
    shown = [None if blank else words[code] for code, blank in zip(codes.tolist(), empty, strict=True)]
    return as_column(shown, call.cells("revenue"))


def revenue_bridge(call: Call, language: Language) -> Answer:
    """Seven rows from the previous revenue to this one: component, amount, customers."""
    now, previous, earlier = (_units(span) for span in _spans(call))
    customers = pd.DataFrame(
        {
            "revenue": now / UNITS_PER_KRONA,
            "revenue_prev": previous / UNITS_PER_KRONA,
            "status": classify(now, previous, earlier),
        }
    )
    rows = bridge(customers)
    words = [load_schema().label("component", code, language) for code in rows["component"]]
    return as_table(words, rows["amount"].to_numpy(np.float64), rows["customers"].to_numpy())


def rfm_code(call: Call, language: Language) -> Answer:
    """Three figures 1–5 for every customer; empty where any of its cells is."""
    days = call.column("days_since")
    return as_column(
        rfm(days, call.column("purchases", len(days)), call.column("revenue", len(days))), call.cells("days_since")
    )


def share_of_wallet(call: Call, language: Language) -> Answer:
    """Our share of every customer's wallet, and with a target share the potential up to it."""
    revenue = call.column("revenue")
    customers = pd.DataFrame({"revenue": revenue, "wallet": call.column("wallet", len(revenue))})
    if not call.has("target_share"):
        return as_column(potential(customers)["share_of_wallet"].to_numpy(), call.cells("revenue"))
    target = call.within("target_share", call.column("target_share", len(revenue)), 0, 1)
    found = potential(customers.assign(target_share=target))
    return as_table(found["share_of_wallet"].to_numpy(), found["potential"].to_numpy())


def _spans(call: Call) -> tuple[Vector, Vector, Vector]:
    now = call.column("revenue")
    previous = call.column("previous", len(now))
    earlier = call.column("earlier", len(now)) if call.has("earlier") else np.full(len(now), np.nan)
    for key, amounts in (("revenue", now), ("previous", previous), ("earlier", earlier)):
        call.within(key, amounts, -_GREATEST, _GREATEST)
    return now, previous, earlier


# More does not fit the whole numbers of ten-thousandths in which money is summed.
_GREATEST = 1e13


def _units(amounts: Vector) -> Any:
    return np.rint(np.nan_to_num(amounts) * UNITS_PER_KRONA).astype(np.int64)

"""Worksheet functions, as Excel calls them through xlwings: one line each, the work stands in ``xlsales.functions``.

Cells arrive raw, since xlwings' cleaning of every cell would take longer than the work. Only xlwings is imported here:
our own modules come with the first call, not when Excel starts.
"""

# ruff: noqa: N802
from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import xlwings as xw


def _answer(name: str, *arguments: Any) -> Any:
    from xlsales.functions import answer
    from xlsales.functions.language import chosen_language

    return answer(name, arguments, chosen_language())


def _function(work: Callable[..., Any]) -> Callable[..., Any]:
    """Register a worksheet function that takes and gives cells as Excel has them."""
    for argument in inspect.signature(work).parameters:
        work = xw.arg(argument, convert="raw")(work)
    return xw.func(category="xlsales")(xw.ret(convert="raw")(work))


@_function
def XLS_ABC(revenue: Any, customers: Any = None, a_limit: Any = None, b_limit: Any = None) -> Any:
    """Classes every customer A, B or C by share of revenue."""
    return _answer("XLS_ABC", revenue, customers, a_limit, b_limit)


@_function
def XLS_CUMSHARE(revenue: Any, customers: Any = None) -> Any:
    """The share of revenue reached with this customer counted, largest first."""
    return _answer("XLS_CUMSHARE", revenue, customers)


@_function
def XLS_STATUS(
    revenue: Any, previous: Any, earlier: Any = None, growth_pct: Any = None, growth_min_change: Any = None
) -> Any:
    """The customer's status."""
    return _answer("XLS_STATUS", revenue, previous, earlier, growth_pct, growth_min_change)


@_function
def XLS_BRIDGE(revenue: Any, previous: Any, earlier: Any = None) -> Any:
    """The bridge from the previous window's revenue to this one."""
    return _answer("XLS_BRIDGE", revenue, previous, earlier)


@_function
def XLS_RFM(days_since: Any, purchases: Any, revenue: Any) -> Any:
    """RFM code such as 515."""
    return _answer("XLS_RFM", days_since, purchases, revenue)


@_function
def XLS_SHAREOFWALLET(revenue: Any, wallet: Any, target_share: Any = None) -> Any:
    """Our share of what the customer buys of our kind."""
    return _answer("XLS_SHAREOFWALLET", revenue, wallet, target_share)


@_function
def XLS_WEIGHTS(points: Any, customers: Any = None, total: Any = None) -> Any:
    """What customers weigh, from the points they gave."""
    return _answer("XLS_WEIGHTS", points, customers, total)


@_function
def XLS_DECISIVE(weights: Any, share: Any = None, most: Any = None) -> Any:
    """TRUE for the decisive expectations."""
    return _answer("XLS_DECISIVE", weights, share, most)


@_function
def XLS_EFFECTIVE(points: Any) -> Any:
    """How many expectations in effect decide for each answer."""
    return _answer("XLS_EFFECTIVE", points)


@_function
def XLS_PAIRWISE(first: Any, second: Any, preferred: Any) -> Any:
    """Every expectation and its weight, from comparing them two and two."""
    return _answer("XLS_PAIRWISE", first, second, preferred)


@_function
def XLS_STRENGTH(ours: Any, alternatives: Any, margin: Any = None) -> Any:
    """Strength, parity or weakness on each expectation."""
    return _answer("XLS_STRENGTH", ours, alternatives, margin)


@_function
def XLS_LEVEL(statements: Any) -> Any:
    """The level 1–5 on the buy–sell hierarchy from the fifteen statements, in half steps."""
    return _answer("XLS_LEVEL", statements)


@_function
def XLS_STAGEGAP(seller_stage: Any, buyer_stage: Any) -> Any:
    """How far the seller is ahead of the customer."""
    return _answer("XLS_STAGEGAP", seller_stage, buyer_stage)


@_function
def XLS_PUSED(probability: Any, buyer_stage: Any, motive: Any = None) -> Any:
    """The probability to count on."""
    return _answer("XLS_PUSED", probability, buyer_stage, motive)


@_function
def XLS_BENEFIT(relations: Any, weights: Any, gap_factors: Any = None) -> Any:
    """The benefit of each activity."""
    return _answer("XLS_BENEFIT", relations, weights, gap_factors)


@_function
def XLS_DECISION(relations: Any, weights: Any, gap_factors: Any, existing: Any, protected: Any = None) -> Any:
    """What to do with each activity."""
    return _answer("XLS_DECISION", relations, weights, gap_factors, existing, protected)


@_function
def XLS_PLAN(hours: Any, benefit: Any, available: Any, protected: Any = None) -> Any:
    """TRUE for the activities that together give most benefit within the hours."""
    return _answer("XLS_PLAN", hours, benefit, available, protected)


@_function
def XLS_COVERAGE(target: Any, won: Any, open_value: Any, win_rate: Any = None) -> Any:
    """Pipeline coverage."""
    return _answer("XLS_COVERAGE", target, won, open_value, win_rate)


@_function
def XLS_AGE(created: Any, as_of: Any, cycle: Any = None) -> Any:
    """The deal's age against your usual time to a win."""
    return _answer("XLS_AGE", created, as_of, cycle)

"""The narrow waist holds every krona, whatever the order of rows and wherever months are cut."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from xlsales.sources import ENTRY_COLUMNS, KEYS
from xlsales.sources.waist import aggregated, day_counts, joined, nothing

UNITS = st.integers(-(10**10), 10**10)
ROW = st.tuples(
    st.dates(date(2023, 12, 25), date(2024, 3, 31)),
    st.sampled_from(["007", "7", "Åsa"]),
    UNITS,
    st.sampled_from(["", "F1", "F2"]),
    st.none() | UNITS,
    st.sampled_from(["", "Ada"]),
)
tried = settings(max_examples=40, deadline=None, derandomize=True)


def entries(rows: list[tuple[Any, ...]]) -> pd.DataFrame:
    """Typed entries of (day, customer, units, invoice, cost units, seller)."""
    frame = pd.DataFrame("", index=range(len(rows)), columns=list(ENTRY_COLUMNS), dtype="str")
    days, customers, units, invoices, costs, sellers = zip(*rows, strict=True) if rows else ([],) * 6
    return frame.assign(
        invoice_date=pd.to_datetime(pd.Series(list(days), dtype=object)).astype("datetime64[s]"),
        customer_no=pd.Series(list(customers), dtype="str"),
        amount=pd.Series([u / 10_000 for u in units], dtype="float64"),
        cost=pd.Series([c / 10_000 if c is not None else None for c in costs], dtype="float64"),
        quantity=0.0,
        invoice_no=pd.Series(list(invoices), dtype="str"),
        seller=pd.Series(list(sellers), dtype="str"),
    )


def month_of(day: date, cut: int) -> int:
    """The month by hand: a day after the cut belongs to the next."""
    return day.year * 12 + day.month - 1 + (day.day > cut)


@tried
@given(st.lists(ROW, max_size=30), st.sampled_from([31, 15, 28]))
def test_every_group_holds_what_its_rows_hold(rows: list[tuple[Any, ...]], cut: int) -> None:
    """Rows, units, cost, first and last day and days of purchase, group by group, against a loop."""
    found = aggregated(entries(rows), cut).monthly
    assert not found.duplicated(list(KEYS)).any()
    assert found["rows"].sum() == len(rows)
    for group in found.to_dict("records"):
        key = group["customer_no"], group["seller"], group["month"]
        own = [r for r in rows if (r[1], r[5], month_of(r[0], cut)) == key]
        assert group["rows"] == len(own)
        assert group["units"] == sum(r[2] for r in own)
        assert group["cost"] == sum(r[4] or 0 for r in own)
        assert group["uncosted"] == sum(r[4] is None for r in own)
        assert (group["first"].date(), group["last"].date()) == (min(r[0] for r in own), max(r[0] for r in own))
        assert group["days"] == sum(1 << day - 1 for day in {r[0].day for r in own if r[2] > 0})


@tried
@given(st.lists(ROW, max_size=30))
def test_invoices_are_counted_once(rows: list[tuple[Any, ...]]) -> None:
    """An invoice with several rows is one, credits are none, and without a number every day is one."""
    found = aggregated(entries(rows)).invoices.set_index(["customer_no", "month"])["invoices"]
    wanted: dict[tuple[str, int], set[str]] = {}
    for day, customer, units, invoice, _, _ in rows:
        if units > 0:
            wanted.setdefault((customer, month_of(day, 31)), set()).add(invoice or day.isoformat())
    assert dict(found) == {key: len(numbers) for key, numbers in wanted.items()}


@tried
@given(st.lists(ROW, max_size=30), st.lists(ROW, max_size=10), st.randoms(use_true_random=False))
def test_parts_in_any_order_are_the_whole(one: list[Any], two: list[Any], random: Any) -> None:
    """Two ledgers read apart and joined are the ledger read at once, with its rows shuffled."""
    both = [*one, *two]
    random.shuffle(both)
    found = joined([aggregated(entries(one)), aggregated(entries(two)), nothing()]).monthly
    same = [frame.sort_values(list(KEYS), ignore_index=True) for frame in (found, aggregated(entries(both)).monthly)]
    pd.testing.assert_frame_equal(*same, check_dtype=False)


def test_days_count_as_invoices_where_there_are_no_numbers() -> None:
    """Two sellers on one day are one day."""
    day = date(2024, 2, 29)
    rows = [(day, "7", 5, "", None, "Ada"), (day, "7", 5, "", None, ""), (day - timedelta(1), "7", 5, "", None, "")]
    assert list(day_counts(aggregated(entries(rows)).monthly)["invoices"]) == [2]

"""Revenue analysis: every customer in one class, every krona in one place."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.steps.rows import revenue_of
from xlsales.steps.cuts import cuts, described
from xlsales.steps.revenue import COMPONENTS, STATUSES, Revenue, RevenueRules, classify, months_before

AS_OF = date(2025, 12, 31)
COLUMNS = ["invoice_date", "customer_no", "amount", "seller", "article_group", "cost"]
REGISTER = pd.DataFrame({"customer_no": ["A", "B", "Z"], "category": ["Large", "", "Small"]})
UNITS = st.integers(-(10**9), 10**9)
ENTRY = st.tuples(
    st.integers(-1200, 40).map(lambda days: AS_OF + timedelta(days)),
    st.sampled_from("ABCDEF"),
    (UNITS | st.integers(-300_000_000, 300_000_000)).map(lambda units: units / 10_000),
    st.sampled_from(["", "Ada", "Bo"]),
    st.sampled_from(["", "Parts", "Service"]),
    st.none() | UNITS.map(lambda units: units / 10_000),
)
LEDGERS = st.lists(ENTRY, max_size=25).map(lambda rows: ledger(*rows))
tried = settings(max_examples=12, deadline=None, derandomize=True)


def ledger(*rows: tuple[Any, ...]) -> pd.DataFrame:
    """Entries from (date, customer, amount, seller, article group, cost), as far as they are given."""
    full = [(*row, *("", "", None)[len(row) - 3 :]) for row in rows]
    frame = pd.DataFrame(full, columns=COLUMNS)
    frame["invoice_date"] = pd.to_datetime(frame["invoice_date"]).astype("datetime64[s]")
    return frame.astype({"amount": "float64", "cost": "float64"} | dict.fromkeys(COLUMNS[3:5], object))


def units(amounts: Any) -> Any:
    """Kronor as whole ten-thousandths, and they must be whole."""
    exact = np.asarray(amounts, dtype=np.float64) * 10_000
    assert np.allclose(exact, np.rint(exact), rtol=1e-12, atol=1e-3)
    return np.rint(exact).astype(np.int64)


def status_of(*rows: tuple[Any, ...], as_of: date = AS_OF) -> str:
    """The status of the one customer in the rows."""
    return str(revenue_of(ledger(*rows), as_of).customers["status"].iloc[0])


def assert_same(one: Revenue, two: Revenue) -> None:
    for name in ("customers", "bridge", "key_figures", "trend"):
        pd.testing.assert_frame_equal(getattr(one, name), getattr(two, name), check_exact=True)
    assert one.totals == two.totals


def check_bridge(found: Revenue) -> None:
    """Opening and the five flows are the closing exactly, and each flow has its sign."""
    amount = units(found.bridge["amount"])
    assert list(found.bridge["component"]) == list(COMPONENTS)
    assert amount[:-1].sum() == amount[-1]
    assert amount[0] == units(found.totals["previous"])
    assert amount[-1] == units(found.totals["now"])
    assert (amount[[1, 2, 3]] >= 0).all()
    assert (amount[[4, 5]] <= 0).all()


def check_spans(found: Revenue, entries: pd.DataFrame) -> None:
    """Now, before, earlier and later are the whole ledger; the customers sum to now and before."""
    assert units(list(found.totals.values())).sum() == units(entries["amount"]).sum()
    assert units(found.customers["revenue"]).sum() == units(found.totals["now"])
    assert units(found.customers["revenue_prev"]).sum() == units(found.totals["previous"])


def check_statuses(found: Revenue, numbers: set[str]) -> None:
    """Each number stands once, with one of seven statuses, and the bridge counts the same customers."""
    assert list(found.customers["customer_no"]) == sorted(numbers)
    assert found.customers["status"].isin(STATUSES).all()
    counted = found.bridge.set_index("component")["customers"]
    for status in ("new", "reactivated", "lost"):
        assert counted[status] == (found.customers["status"] == status).sum()
    assert counted["opening"] - counted["lost"] + counted["new"] + counted["reactivated"] == counted["closing"]


def check_bars(bars: pd.DataFrame) -> None:
    """A bar of the waterfall is as tall as its amount, and each begins where the one before it ended."""
    height = units(bars["rise"]) - units(bars["fall"])
    assert (height == units(bars["amount"])).all()
    ends = units(bars["base"]) + np.where(height >= 0, units(bars["rise"]), 0)
    starts = units(bars["base"]) + np.where(height < 0, units(bars["fall"]), 0)
    assert (starts[1:-1] == ends[:-2]).all()
    assert ends[-2] == units(bars["amount"])[-1]


def check_cuts(found: Revenue) -> None:
    """The values of each dimension sum to revenue now and before."""
    for _, rows in cuts(described(found.rows, REGISTER)).groupby("dimension"):
        assert rows["value"].is_unique
        assert units(rows["revenue"]).sum() == units(found.totals["now"])
        assert units(rows["revenue_prev"]).sum() == units(found.totals["previous"])
        assert (units(rows["revenue"]) - units(rows["revenue_prev"]) == units(rows["change"])).all()


@settings(max_examples=30, deadline=None, derandomize=True)
@given(LEDGERS, st.just(AS_OF) | st.dates(date(2023, 1, 1), AS_OF), st.just(12) | st.integers(1, 30))
def test_every_krona_and_every_customer_has_one_place(entries: pd.DataFrame, as_of: date, months: int) -> None:
    """The bridge foots, the spans are the ledger, every customer has one status and every cut ties.

    With credits and negative customers, up to four decimals, and whatever the date and the window.
    """
    found = revenue_of(entries, as_of, RevenueRules(window_months=months))
    check_bridge(found)
    check_spans(found, entries)
    check_statuses(found, set(entries.loc[entries["invoice_date"] <= pd.Timestamp(as_of), "customer_no"]))
    check_bars(found.bridge)
    check_cuts(found)
    assert len(found.trend) == 12
    if months == 12:
        assert units(found.trend["revenue"]).sum() == units(found.totals["now"])
        assert units(found.trend["revenue_prev"]).sum() == units(found.totals["previous"])


@tried
@given(LEDGERS, st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(entries: pd.DataFrame, random: Any) -> None:
    """The same entries in another order give the same tables, cell by cell."""
    order = list(range(len(entries)))
    random.shuffle(order)
    assert_same(revenue_of(entries, AS_OF), revenue_of(entries.iloc[order].reset_index(drop=True), AS_OF))


@tried
@given(LEDGERS, st.sampled_from([2, 3, 10, 1000]))
def test_scaling_all_money_changes_no_class(entries: pd.DataFrame, factor: int) -> None:
    """With every amount and the least change times the same factor, status and shares stay."""
    one = revenue_of(entries, AS_OF, RevenueRules(growth_min_change=5_000))
    scaled = entries.assign(amount=entries["amount"] * factor, cost=entries["cost"] * factor)
    two = revenue_of(scaled, AS_OF, RevenueRules(growth_min_change=5_000 * factor))
    for column in ("status", "overdue", "last_invoice", "invoices", "change_pct"):
        pd.testing.assert_series_equal(one.customers[column], two.customers[column], check_exact=True)
    pd.testing.assert_frame_equal(one.key_figures, two.key_figures, rtol=1e-12)
    assert (units(one.bridge["amount"]) * factor == units(two.bridge["amount"])).all()


@given(st.integers(-50, 50), st.integers(-50, 50), st.integers(-50, 50))
@settings(max_examples=300, deadline=None, derandomize=True)
def test_the_seven_statuses_cover_every_flow(now: int, previous: int, earlier: int) -> None:
    """Whatever the signs of the three spans, the status is the one of its rule."""
    rules = RevenueRules(growth_pct=0.10, growth_min_change=0.0005)
    found = classify(np.array([now]), np.array([previous]), np.array([earlier]), rules)[0]
    if now <= 0:
        assert found == ("lost" if previous > 0 else "former")
    elif previous <= 0:
        assert found == ("reactivated" if earlier > 0 else "new")
    elif abs(now - previous) >= 5 and 10 * abs(now - previous) > previous:
        assert found == ("growing" if now > previous else "shrinking")
    else:
        assert found == "stable"


@pytest.mark.parametrize(
    ("previous", "now", "status"),
    [
        (100_000, 110_000, "stable"),
        (100_000, 110_000.01, "growing"),
        (100_000, 90_000, "stable"),
        (100_000, 89_999.99, "shrinking"),
        (50_000, 59_999.99, "stable"),
        (50_000, 60_000, "growing"),
        (50_000, 40_000, "shrinking"),
        (0.01, 9_999.99, "stable"),
    ],
)
def test_a_label_needs_more_than_ten_per_cent_and_at_least_ten_thousand(
    previous: float, now: float, status: str
) -> None:
    """Exactly ten per cent is stable, and so is any change below 10 000 kr."""
    assert status_of((date(2024, 5, 1), "A", previous), (date(2025, 5, 1), "A", now)) == status


def test_a_customer_credited_to_zero_is_lost() -> None:
    """A purchase and its full credit in the window are no revenue, so last year's buyer is lost."""
    rows = [(date(2024, 5, 1), "A", 900.0), (date(2025, 5, 1), "A", 400.0), (date(2025, 6, 1), "A", -400.0)]
    assert status_of(*rows) == "lost"


def test_ore_do_not_get_lost_in_many_small_amounts() -> None:
    """A hundred thousand times 0.10 is 10 000.00 and not a hair beside it."""
    rows = ledger((date(2025, 5, 1), "A", 0.1)).loc[[0] * 100_000].reset_index(drop=True)
    assert revenue_of(rows, AS_OF).totals["now"] == 10_000.0


def test_the_window_of_a_year_that_ends_in_february_after_a_leap_year() -> None:
    """To 2025-02-28 the year begins on 2024-03-01: the leap day belongs to the year before."""
    as_of = date(2025, 2, 28)
    assert months_before(as_of, 12) == pd.Timestamp(2024, 2, 29)
    assert months_before(as_of, 24) == pd.Timestamp(2023, 2, 28)
    found = revenue_of(
        ledger(
            (date(2023, 2, 28), "A", 1.0),
            (date(2023, 3, 1), "A", 10.0),
            (date(2024, 2, 29), "A", 100.0),
            (date(2024, 3, 1), "A", 1_000.0),
            (date(2025, 2, 28), "A", 10_000.0),
            (date(2025, 3, 1), "A", 100_000.0),
        ),
        as_of,
    )
    assert found.totals == {"now": 11_000, "previous": 110, "earlier": 1, "later": 100_000}
    assert list(found.trend["month"].iloc[[0, -1]]) == [pd.Timestamp(2024, 3, 31), pd.Timestamp(2025, 2, 28)]


def test_the_window_of_a_year_that_ends_on_a_leap_day() -> None:
    """To 2024-02-29 the year begins on 2023-03-01 and the year before on 2022-03-01."""
    found = revenue_of(
        ledger(
            (date(2022, 2, 28), "A", 1.0),
            (date(2022, 3, 1), "A", 10.0),
            (date(2023, 2, 28), "A", 100.0),
            (date(2023, 3, 1), "A", 1_000.0),
            (date(2024, 2, 29), "A", 10_000.0),
        ),
        date(2024, 2, 29),
    )
    assert found.totals == {"now": 11_000, "previous": 110, "earlier": 1, "later": 0}
    assert found.trend["revenue"].iloc[-1] == 10_000


def test_a_date_within_a_month_leads_to_the_same_day() -> None:
    """The day before the end of a month counts back to its own day, as far as the month has it."""
    assert months_before(date(2025, 2, 27), 12) == pd.Timestamp(2024, 2, 27)
    assert months_before(date(2024, 2, 28), 12) == pd.Timestamp(2023, 2, 28)
    assert months_before(date(2025, 3, 30), 1) == pd.Timestamp(2025, 2, 28)
    assert months_before(date(2025, 4, 30), 1) == pd.Timestamp(2025, 3, 31)


def test_the_time_of_day_does_not_matter() -> None:
    """An invoice at noon on the last day of the window is in the window."""
    rows = ledger((date(2025, 12, 31), "A", 5.0))
    rows["invoice_date"] += pd.Timedelta(hours=12)
    assert revenue_of(rows, AS_OF).totals["now"] == 5


def test_a_customer_of_tomorrow_is_no_customer_yet() -> None:
    """A customer with entries only after the date of analysis is not in the table, its money is in later."""
    found = revenue_of(ledger((date(2025, 5, 1), "A", 5.0), (date(2026, 1, 1), "B", 7.0)), AS_OF)
    assert list(found.customers["customer_no"]) == ["A"]
    assert found.totals["later"] == 7


def test_the_rhythm_is_the_median_gap_between_days_of_purchase() -> None:
    """Gaps of 10, 30 and 31 days give 30, credits and second invoices of a day aside; 46 days is overdue."""
    days = [date(2025, 9, 5), date(2025, 9, 15), date(2025, 10, 15), date(2025, 11, 15)]
    rows = [(day, "A", 100.0) for day in [*days, days[-1]]] + [(date(2025, 12, 30), "A", -5.0)]
    found = revenue_of(ledger(*rows), AS_OF).customers.iloc[0]
    assert (found["rhythm_days"], found["days_since"], found["overdue"]) == (30, 46, True)
    assert not revenue_of(ledger(*rows), date(2025, 12, 30)).customers["overdue"].iloc[0]
    assert found["last_invoice"] == pd.Timestamp(2025, 11, 15)


def test_one_purchase_is_no_rhythm() -> None:
    """A customer with a single day of purchase has no rhythm and is never overdue."""
    found = revenue_of(ledger((date(2023, 1, 1), "A", 5.0)), AS_OF).customers.iloc[0]
    assert np.isnan(found["rhythm_days"])
    assert not found["overdue"]
    assert found["status"] == "former"


def test_contribution_needs_a_cost_on_every_entry() -> None:
    """A customer with one entry without cost has no contribution; the other has revenue minus cost."""
    rows = ledger(
        (date(2025, 5, 1), "A", 100.0, "", "", 60.0),
        (date(2025, 5, 2), "A", 100.0, "", "", None),
        (date(2025, 5, 3), "B", 200.0, "", "", 150.5),
    )
    found = revenue_of(rows, AS_OF).customers.set_index("customer_no")
    assert pd.isna(found["margin"]["A"])
    assert (found.loc["B", "margin"], found.loc["B", "margin_pct"]) == (49.5, 0.2475)


def test_names_are_those_last_said() -> None:
    """Seller and region come from the latest entry that has one; an empty one does not erase it."""
    rows = ledger(
        (date(2024, 5, 1), "A", 1.0, "Ada"), (date(2025, 5, 1), "A", 1.0, "Bo"), (date(2025, 6, 1), "A", 1.0, "")
    )
    assert revenue_of(rows, AS_OF).customers["seller"].iloc[0] == "Bo"


def test_the_register_fills_a_dimension_the_ledger_lacks() -> None:
    """Region from the register cuts the revenue when no entry has one; unknown customers stand under empty."""
    rows = ledger((date(2025, 5, 1), "A", 10.0), (date(2025, 5, 1), "B", 5.0))
    register = pd.DataFrame({"customer_no": ["A"], "region": ["North"]})
    found = cuts(described(revenue_of(rows, AS_OF).rows, register))
    assert list(zip(found["dimension"], found["value"], found["revenue"], strict=True)) == [
        ("region", "North", 10.0), ("region", "", 5.0),
    ]


def test_all_revenue_negative() -> None:
    """Credits alone make no customer active; the bridge foots and no share is computed on nothing."""
    found = revenue_of(ledger((date(2024, 5, 1), "A", -10.0), (date(2025, 5, 1), "B", -4.0)), AS_OF)
    assert list(found.customers["status"]) == ["former", "former"]
    assert list(found.bridge["amount"]) == [-10, 0, 0, 10, -4, 0, -4]
    assert found.key_figures["value"].isna().all()


@pytest.mark.parametrize("columns", [COLUMNS, COLUMNS[:3]])
def test_an_empty_ledger_gives_empty_tables(columns: list[str]) -> None:
    """Without entries every table is there with its columns, the bridge is zero and the trend has its months."""
    filled = revenue_of(ledger((date(2025, 5, 1), "A", 1.0))[columns], AS_OF)
    found = revenue_of(ledger()[columns], AS_OF)
    assert list(found.customers.columns) == list(filled.customers.columns)
    assert list(cuts(found.rows).columns) == list(cuts(filled.rows).columns)
    assert found.customers.empty
    assert cuts(found.rows).empty
    assert not found.bridge[["amount", "customers"]].to_numpy().any()
    assert len(found.trend) == 12
    assert set(found.totals.values()) == {0.0}

"""Cuts, calendar, tail and groups: against plain pandas over random ledgers with credits, and by hand."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.steps.rows import revenue_of
from xlsales.steps.cuts import by_status, crossed, cuts, described
from xlsales.steps.deciles import deciles
from xlsales.steps.grouping import GroupingRules, as_groups, as_members, grouping
from xlsales.steps.migration import matrix, migration
from xlsales.steps.profitability import drawn, profitability
from xlsales.steps.quarters import quarters
from xlsales.steps.revenue import RevenueRules, window_end
from xlsales.steps.segment import segment
from xlsales.steps.tail import tail

tried = settings(max_examples=40, deadline=None, derandomize=True)
AS_OF = date(2026, 6, 30)


def company(seed: int, size: int = 3000) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A wholesaler's ledger of three years and its register: few large customers, many small, some credits."""
    draw = np.random.default_rng(seed)
    number = (draw.pareto(1.1, size) * 4).astype(int) % 60
    days = pd.Timestamp("2023-07-01") + pd.to_timedelta(draw.integers(0, 1096 + 40, size), "D")
    amount = draw.lognormal(8, 1.5, size).round(2) * np.where(draw.random(size) < 1 / 9, -1, 1)
    rows = pd.DataFrame(
        {
            "invoice_date": days.astype("datetime64[s]"),
            "customer_no": [f"K{n:03}" for n in number],
            "amount": amount,
            "cost": (amount * draw.uniform(0.4, 1.2, size)).round(2),
            "seller": draw.choice(["Ada", "Bo", ""], size),
            "article_group": draw.choice(["Parts", "Service"], size),
        }
    )
    register = pd.DataFrame({"customer_no": [f"K{n:03}" for n in range(60)]})
    register["category"] = draw.choice(["Industry", "Trade", ""], 60)
    register["group"] = [f"Group {n % 5}" if n < 25 else "" for n in range(60)]
    return rows, register


def spans(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows of the two windows, with what falls in each."""
    day = rows["invoice_date"]
    now = (day > "2025-06-30") & (day <= "2026-06-30")
    before = (day > "2024-06-30") & (day <= "2025-06-30")
    return rows.assign(now=rows["amount"].where(now, 0.0), before=rows["amount"].where(before, 0.0))


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("key", ["category", "seller", "article_group"])
def test_each_cut_is_what_pandas_gives_and_ties_to_the_total(seed: int, key: str) -> None:
    """Revenue, customers, new, lost and contribution per value against a plain group-by."""
    rows, register = company(seed)
    result = revenue_of(rows, AS_OF)
    found = cuts(described(result.rows, register))
    found = found[found["dimension"] == key].set_index("value")
    plain = spans(rows.merge(register, on="customer_no"))
    pairs = plain.groupby([key, "customer_no"])[["now", "before"]].sum().round(2)
    buys, bought = pairs["now"] > 0, pairs["before"] > 0
    for column, expected in {
        "revenue": pairs["now"], "revenue_prev": pairs["before"], "customers": buys, "new": buys & ~bought,
        "lost": ~buys & bought,
    }.items():  # fmt: skip
        by_value = expected.groupby(level=0).sum()
        assert found[column].to_dict() == pytest.approx(by_value.to_dict(), abs=0.005)
    current = plain[plain["now"] != 0]
    margin = (current["now"] - current["cost"]).groupby(current[key]).sum()
    assert found["margin"].to_dict() == pytest.approx(margin.to_dict(), abs=0.005)
    assert found["revenue"].sum() == pytest.approx(result.totals["now"], abs=1e-6)
    assert found["revenue_prev"].sum() == pytest.approx(result.totals["previous"], abs=1e-6)


@pytest.mark.parametrize("seed", range(3))
def test_category_by_seller_ties_to_its_margins(seed: int) -> None:
    """The combinations sum to the sellers, to the categories and to the whole."""
    rows, register = company(seed)
    result = revenue_of(rows, AS_OF)
    placed = described(result.rows, register)
    pairs, single = crossed(placed, ["category", "seller"]), cuts(placed)
    for key in ("category", "seller"):
        alone = single[single["dimension"] == key].set_index("value")
        for column in ("revenue", "revenue_prev", "change"):
            assert pairs.groupby(key)[column].sum().to_dict() == pytest.approx(alone[column].to_dict(), abs=1e-6)
    assert pairs["change"].sum() == pytest.approx(result.totals["now"] - result.totals["previous"], abs=1e-6)
    assert not pairs.duplicated(["category", "seller"]).any()


def test_a_key_that_is_not_known_is_one_empty_value() -> None:
    """Without categories all revenue stands under the sellers alone."""
    rows, _ = company(1, 50)
    pairs = crossed(revenue_of(rows, AS_OF).rows, ["category", "seller"])
    assert set(pairs["category"]) == {""}
    assert crossed(revenue_of(rows.iloc[:0], AS_OF).rows, ["category", "seller"]).empty


@pytest.mark.parametrize("seed", range(3))
def test_category_by_status_counts_every_customer_once(seed: int) -> None:
    """The counts sum to the customers per status and per category, the money to the totals."""
    rows, register = company(seed)
    result = revenue_of(rows, AS_OF)
    customers = result.customers.merge(register, on="customer_no")
    found = by_status(customers)
    statuses = found.drop(columns=["category", "revenue", "revenue_prev", "change", "customers"])
    assert (statuses.sum(axis=1) == found["customers"]).all()
    counts = customers["status"].value_counts().to_dict()
    assert {k: v for k, v in statuses.sum().to_dict().items() if v} == counts
    assert found["revenue"].sum() == pytest.approx(result.totals["now"])
    assert found["change"].sum() == pytest.approx(result.totals["now"] - result.totals["previous"])


@pytest.mark.parametrize("seed", range(3))
def test_the_quarters_are_what_pandas_gives(seed: int) -> None:
    """Twelve quarters up to the end of the window, for the customers asked for, in their order."""
    rows, _ = company(seed)
    result = revenue_of(rows, AS_OF)
    top = segment(result.customers).top_customers["customer_no"].tolist()
    found = quarters(result.rows, top).set_index("customer_no")
    assert list(found.index) == top
    period = rows["invoice_date"].dt.to_period("Q")
    plain = rows["amount"].groupby([rows["customer_no"], period]).sum()
    for i, quarter in enumerate(pd.period_range("2023Q3", "2026Q2", freq="Q"), start=1):
        expected = plain.xs(quarter, level=1).reindex(top, fill_value=0)
        assert found[f"q{i}"].to_dict() == pytest.approx(expected.to_dict(), abs=0.005)
    assert found[["q9", "q10", "q11", "q12"]].sum(axis=1).to_list() == pytest.approx(
        result.customers.set_index("customer_no").loc[top, "revenue"].to_list()
    )


@tried
@given(st.lists(st.integers(-500, 10**8), max_size=60), st.sampled_from([1, 7, 100]))
def test_deciles_and_tail_hold_every_customer_once(amounts: list[int], factor: int) -> None:
    """Both tables sum to the customers with positive revenue; parts differ by at most one; scaling moves no part."""
    table = pd.DataFrame({"customer_no": [f"{i:03}" for i in range(len(amounts))], "revenue": np.array(amounts, float)})
    positive = [a for a in amounts if a > 0]
    ten, sizes = deciles(table), tail(table)
    assert ten["customers"].sum() == sizes["customers"].sum() == len(positive)
    assert ten["revenue"].sum() == pytest.approx(sum(positive)) == pytest.approx(sizes["revenue"].sum())
    assert ten["customers"].max() - ten["customers"].min() <= 1
    assert (ten["average"].dropna().diff().dropna() <= 1e-6).all()
    for lower, upper, count in sizes[["lower", "upper", "customers"]].to_numpy():
        assert count == sum(lower <= a < upper for a in positive)
    scaled = deciles(table.assign(revenue=table["revenue"] * factor))
    assert scaled["customers"].tolist() == ten["customers"].tolist()


def test_the_first_decile_is_the_largest_tenth_rounded_up() -> None:
    """C1: ten customers are one in each part, and the first holds 40 %; of eleven it holds two."""
    amounts = [400.0, 250, 120, 80, 50, 40, 25, 15, 12, 8]
    table = pd.DataFrame({"customer_no": list("abcdefghij"), "revenue": amounts})
    assert deciles(table)["cum_share"].tolist() == pytest.approx(
        [0.4, 0.65, 0.77, 0.85, 0.9, 0.94, 0.965, 0.98, 0.992, 1.0]
    )
    eleven = pd.DataFrame({"customer_no": [f"{i:02}" for i in range(11)], "revenue": 1.0})
    assert deciles(eleven)["customers"].tolist() == [2, 1, 1, 1, 1, 1, 1, 1, 1, 1]


def test_a_customer_on_a_bound_is_in_the_class_above() -> None:
    """300 is in 300–1 000, 299.99 in 100–300, one krona below 100."""
    found = tail(pd.DataFrame({"revenue": [1.0, 299.99, 300.0, -5.0]}))
    assert found[["lower", "upper", "customers"]].to_numpy().tolist() == [[0, 100, 1], [100, 300, 1], [300, 1000, 1]]


@tried
@given(st.lists(st.tuples(*[st.sampled_from(["A", "B", "C", ""])] * 2), max_size=40))
def test_the_matrix_ties_to_the_classes_before_and_now(pairs: list[tuple[str, str]]) -> None:
    """Row sums are the opening customers, column sums the closing ones, and the corner is all."""
    customers = pd.DataFrame(pairs, columns=["abc_prev", "abc"]).assign(change=1.0)
    found = matrix(migration(customers)).set_index("from")
    for name in "ABC":
        assert found.at[name, "customers"] == (customers["abc_prev"] == name).sum()
        assert found.at["total", name.lower()] == (customers["abc"] == name).sum()
    assert found.at["none", "lost"] == 0
    assert found.at["total", "customers"] == found.loc[["A", "B", "C", "none"], "customers"].sum()


def test_the_drawn_whale_keeps_its_ends_and_its_peak() -> None:
    """Of ten thousand customers about two thousand are drawn, the highest point among them."""
    amounts = np.concatenate([np.linspace(900, 1, 7770), np.linspace(-1, -900, 2230)])
    curve = profitability(pd.DataFrame({"customer_no": [f"{i:05}" for i in range(10_000)], "margin": amounts})).curve
    few = drawn(curve)
    assert len(few) <= 2001
    assert few["cum_margin"].max() == curve["cum_margin"].max()
    assert few["rank"].iloc[[0, -1]].tolist() == [1, 10_000]


# ------------------------------------------------------------------ groups of companies
def test_groups_are_named_as_first_written() -> None:
    """Letters and blanks do not make two groups of one; nobody is grouped unless asked for."""
    register = pd.DataFrame({"customer_no": list("abcd"), "group": ["Volvo  AB", "volvo ab", "", "SKF"]})
    assert grouping(register) == {}
    assert grouping(register, GroupingRules("group")) == {"a": "Volvo  AB", "b": "Volvo  AB", "d": "SKF"}
    assert grouping(register.drop(columns="group"), GroupingRules("group")) == {}


@pytest.mark.parametrize("seed", range(3))
def test_groups_change_no_total_and_say_their_class_of_each_company(seed: int) -> None:
    """The same money is analysed by group as by number, and a plain ledger of groups gives the same classes."""
    rows, register = company(seed)
    groups = grouping(register, GroupingRules("group"))
    one = revenue_of(rows, AS_OF)
    renamed = rows.assign(customer_no=rows["customer_no"].map(lambda number: groups.get(number, number)))
    plain = revenue_of(renamed, AS_OF)
    units = revenue_grouped(rows, groups)
    assert units.totals == plain.totals == one.totals
    assert units.bridge["amount"].iloc[[0, -1]].tolist() == pytest.approx(one.bridge["amount"].iloc[[0, -1]].tolist())
    columns = ["customer_no", "revenue", "revenue_prev", "status", "days_since", "rhythm_days", "purchase_months"]
    pd.testing.assert_frame_equal(units.customers[columns], plain.customers[columns])
    said = as_members(one.customers, units.customers, groups, ["status"])
    assert said["revenue"].tolist() == one.customers["revenue"].tolist()
    status = plain.customers.set_index("customer_no")["status"]
    assert said["status"].tolist() == [status[groups.get(n, n)] for n in said["customer_no"]]


def revenue_grouped(rows: pd.DataFrame, groups: dict[str, str]) -> Any:
    """The analysis by group of a ledger that was summed by number."""
    from tests.steps.rows import full_entries
    from xlsales.sources.waist import aggregated
    from xlsales.steps.revenue import revenue

    read = aggregated(full_entries(rows), 31)
    return revenue(as_groups(read.monthly, groups), as_groups(read.invoices, groups), AS_OF)


# ------------------------------------------------------------------ windows
@pytest.mark.parametrize(
    ("as_of", "kind", "start", "end"),
    [
        (date(2026, 6, 15), "rolling", 1, date(2026, 6, 15)),
        (date(2026, 6, 30), "calendar", 1, date(2025, 12, 31)),
        (date(2025, 12, 31), "calendar", 1, date(2025, 12, 31)),
        (date(2025, 12, 30), "calendar", 1, date(2024, 12, 31)),
        (date(2026, 6, 30), "fiscal", 7, date(2026, 6, 30)),
        (date(2026, 6, 29), "fiscal", 7, date(2025, 6, 30)),
        (date(2026, 2, 28), "fiscal", 3, date(2026, 2, 28)),
        (date(2025, 1, 5), "fiscal", 3, date(2024, 2, 29)),
    ],
)
def test_a_window_of_years_ends_with_the_latest_full_year(as_of: date, kind: str, start: int, end: date) -> None:
    """A year that has not ended by the analysis date is not compared."""
    assert window_end(as_of, RevenueRules(window_kind=kind, fiscal_start_month=start)) == end


@pytest.mark.parametrize(("kind", "first"), [("calendar", "2025-01-01"), ("fiscal", "2025-05-01")])
@pytest.mark.parametrize("as_of", [date(2026, 6, 30), date(2026, 6, 17)])
def test_years_hold_their_own_entries_and_the_ledger_still_reconciles(kind: str, first: str, as_of: date) -> None:
    """Now and before are the calendar's twelve months each; the four spans are the whole ledger."""
    rows, _ = company(5)
    found = revenue_of(rows, as_of, RevenueRules(window_kind=kind, fiscal_start_month=5))
    start = pd.Timestamp(first)
    day = rows["invoice_date"]
    years = [start - pd.DateOffset(years=1), start, start + pd.DateOffset(years=1)]
    now = rows.loc[(day >= years[1]) & (day < years[2]), "amount"].sum()
    before = rows.loc[(day >= years[0]) & (day < years[1]), "amount"].sum()
    assert found.totals["now"] == pytest.approx(now, abs=0.005)
    assert found.totals["previous"] == pytest.approx(before, abs=0.005)
    assert sum(found.totals.values()) == pytest.approx(rows["amount"].sum(), abs=0.005)
    assert found.bridge["amount"].iloc[:-1].sum() == pytest.approx(found.bridge["amount"].iloc[-1], abs=1e-6)
    assert found.trend["revenue"].sum() == pytest.approx(now, abs=0.005)


def test_the_last_purchase_is_seen_after_the_window_too() -> None:
    """Somebody who bought last month is not overdue because the window ended in December."""
    rows, _ = company(6)
    as_of = date(2026, 6, 17)
    found = revenue_of(rows, as_of, RevenueRules(window_kind="calendar")).customers.set_index("customer_no")
    bought = rows[(rows["amount"] > 0) & (rows["invoice_date"] <= pd.Timestamp(as_of))]
    latest = bought.groupby("customer_no")["invoice_date"].max().reindex(found.index)
    assert (found["last_invoice"].dropna() == latest.dropna()).all()
    assert (found["days_since"].dropna() >= 0).all()


@pytest.mark.parametrize("seed", range(2))
def test_purchase_months_and_invoices_before_are_counted(seed: int) -> None:
    """Months with a positive entry in the window, and the invoices of the window before."""
    rows, _ = company(seed)
    rows["invoice_no"] = [f"F{i}" for i in range(len(rows))]
    found = revenue_of(rows, AS_OF).customers.set_index("customer_no")
    bought = rows[(rows["amount"] > 0)]
    now = bought[(bought["invoice_date"] > "2025-06-30") & (bought["invoice_date"] <= "2026-06-30")]
    months = now["invoice_date"].dt.to_period("M").groupby(now["customer_no"]).nunique()
    assert found["purchase_months"].to_dict() == months.reindex(found.index, fill_value=0).to_dict()
    before = bought[(bought["invoice_date"] > "2024-06-30") & (bought["invoice_date"] <= "2025-06-30")]
    counts = before["customer_no"].value_counts().reindex(found.index, fill_value=0)
    assert found["invoices_prev"].to_dict() == counts.to_dict()


@pytest.mark.parametrize("seed", range(2))
def test_the_class_before_is_the_class_that_window_would_have_given(seed: int) -> None:
    """Classing the window before by itself gives abc_prev."""
    rows, _ = company(seed)
    now = segment(revenue_of(rows, AS_OF).customers).customers.set_index("customer_no")
    alone = now[["revenue_prev"]].rename(columns={"revenue_prev": "revenue"}).reset_index()
    expected = segment(alone).customers.set_index("customer_no")["abc"]
    assert now["abc_prev"].to_dict() == expected.to_dict()

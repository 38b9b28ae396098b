"""Other currencies: the rate in force, or set aside."""

from __future__ import annotations

from typing import Any

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from xlsales.sources import MONTHLY_COLUMNS
from xlsales.sources.currencies import in_home

JANUARY = 2026 * 12


def monthly(*rows: tuple[str, int, int]) -> pd.DataFrame:
    """Rows of the waist: currency, month from January 2026, units."""
    first = {"customer_no": "1", "seller": "", "article_group": "", "region": "", "customer": "A", "org_no": ""}
    day = pd.Timestamp("2026-01-15")
    made: list[dict[str, Any]] = [
        {**first, "currency": currency, "month": JANUARY + month, "units": units, "cost": units // 2, "rows": 2,
         "uncosted": 0, "first": day, "last": day, "days": 1, "least": units // 2}
        for currency, month, units in rows
    ]  # fmt: skip
    return pd.DataFrame(made)[[*MONTHLY_COLUMNS, "least"]]


def rates(*rows: tuple[str, str | None, float]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["currency", "from_date", "rate"])
    return table.assign(from_date=pd.to_datetime(table["from_date"]))


def test_home_currency_empty_and_kr_stay() -> None:
    """However they are written."""
    given = monthly(("SEK", 0, 100), ("", 0, 200), ("kr", 0, 300), (" sek ", 0, 400))
    kept, aside, issues = in_home(given, rates(("EUR", None, 11.5)), "SEK")
    pd.testing.assert_frame_equal(kept, given)
    assert (len(aside), issues) == (0, [])


def test_the_rate_in_force_on_the_first_of_the_month_is_used() -> None:
    """The latest no later than that day; one without a date holds before all others."""
    given = monthly(("SEK", 0, 10), ("EUR", 0, 100_000), ("€", 1, 100_000), ("eur", 2, 100_000))
    table = rates(("EUR", "2026-02-01", 12), ("EUR", "2026-02-02", 13), ("EUR", None, 10))
    kept, _, issues = in_home(given, table, "SEK")
    assert kept.units.tolist() == [10, 1_000_000, 1_200_000, 1_300_000]
    assert kept.cost.tolist() == [5, 500_000, 600_000, 650_000]
    assert kept.least.tolist() == kept.cost.tolist()
    assert kept.currency.tolist() == ["SEK"] * 4
    assert [issue.params for issue in issues] == [{"currencies": ["EUR"], "count": 6, "home": "SEK"}]


def test_rows_without_a_rate_are_set_aside_and_told() -> None:
    """Count and amount in their currency, from the first month that lacks a rate."""
    given = monthly(("SEK", 0, 10), ("EUR", 0, 100_000), ("EUR", 1, 50_000), ("USD", 1, 20_000))
    kept, aside, issues = in_home(given, rates(("EUR", "2026-02-01", 12), ("USD", None, 0)), "SEK")
    assert kept.units.tolist() == [10, 600_000]
    assert aside.to_dict("records") == [{"why": "no_rate", "rows": 4, "units": 0}]
    missing = [issue for issue in issues if issue.code == "currency_no_rate"]
    assert [(issue.severity, issue.found) for issue in missing] == [("error", "EUR"), ("error", "USD")]
    assert missing[0].params == {"currency": "EUR", "count": 2, "amount": 10.0, "since": "2026-01"}


def test_a_ledger_in_one_other_currency_is_kept_in_it() -> None:
    """A Norwegian subsidiary: a note, unless somebody has given a rate."""
    given = monthly(("NOK", 0, 100), ("NOK", 1, 200))
    kept, aside, issues = in_home(given, rates(), "SEK")
    assert (kept.units.tolist(), len(aside), issues[0].code) == ([100, 200], 0, "ledger_currency")
    assert in_home(given, rates(("NOK", None, 0.98)), "SEK")[0].units.tolist() == [98, 196]


def test_an_empty_ledger_stays_empty() -> None:
    """No rows, no issues, the same columns."""
    given = monthly(("SEK", 0, 1)).iloc[:0]
    kept, aside, issues = in_home(given, rates(), "SEK")
    assert (list(kept.columns), len(kept), len(aside), issues) == (list(given.columns), 0, 0, [])


ROWS = st.lists(
    st.tuples(
        st.sampled_from(["SEK", "", "EUR", "USD", "GBP"]),
        st.integers(0, 24),
        st.integers(-(10**14), 10**14),
    ),
    min_size=1,
    max_size=12,
)


@given(ROWS, st.floats(0.01, 100))
def test_no_row_goes_missing_and_home_money_is_untouched(rows: list[tuple[str, int, int]], rate: float) -> None:
    """Rows kept and set aside are all there were; a second call changes nothing more."""
    given = monthly(*rows)
    kept, aside, _ = in_home(given, rates(("EUR", None, rate), ("USD", "2027-01-01", rate)), "SEK")
    assert kept["rows"].sum() + aside["rows"].sum() == given["rows"].sum()
    if not given.currency.isin(["SEK", ""]).any():
        return
    converted = given.currency.isin(["EUR", "USD"]) & (given.currency.ne("USD") | (given.month >= JANUARY + 12))
    stays = given.currency.isin(["SEK", ""])
    assert kept.units[stays[stays | converted].to_numpy()].tolist() == given.units[stays].tolist()
    pd.testing.assert_frame_equal(in_home(kept, rates(("EUR", None, rate)), "SEK")[0], kept)

"""Revenue analysis: what every customer buys now and before, its status, and the bridge between."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

STATUSES = ("new", "reactivated", "growing", "stable", "shrinking", "lost", "former")
COMPONENTS = ("opening", "new", "reactivated", "expansion", "contraction", "lost", "closing")
UNITS_PER_KRONA = 10_000


@dataclass(frozen=True)
class RevenueRules:
    """Thresholds; see the settings of the same names."""

    window_months: int = 12
    growth_pct: float = 0.10
    growth_min_change: float = 10_000
    overdue_factor: float = 1.5
    window_kind: str = "rolling"
    fiscal_start_month: int = 1


@dataclass(frozen=True)
class Revenue:
    """What the ledger says. Money in kronor, summed exactly.

    customers: one row per customer number with an entry up to the date, sorted by it.
    bridge: component, amount, customers. key_figures: measure, value (shares).
    trend: the twelve months up to the end of the window.
    totals: now, previous, earlier and later revenue, which together are the whole ledger.
    rows: the months as given with age (0 is the last of the window) and window (now, previous, earlier, later).
    end: last day of the window.
    """

    customers: pd.DataFrame
    bridge: pd.DataFrame
    key_figures: pd.DataFrame
    trend: pd.DataFrame
    totals: dict[str, float]
    rows: pd.DataFrame
    end: date


def revenue(
    monthly: pd.DataFrame,
    invoices: pd.DataFrame,
    as_of: date,
    rules: RevenueRules = RevenueRules(),
) -> Revenue:
    """Class every customer by the flow of its revenue and account for the change to the last krona.

    monthly: the ledger summed per customer_no, month, seller, region and article_group. month is 12 × year + month − 1,
        cut at :func:`cut_day` of the analysis date; units and cost are int64 in 1/10 000 SEK excl. VAT, credits
        negative, uncosted counts rows without a cost, last is the last day of any entry, days has bit d − 1 set
        where something was bought on day d, customer is the name.
    invoices: customer_no, month, invoices with a positive amount.
    as_of: the analysis date; the window ends at :func:`window_end`, the window before it is equally long, and months
        after it only count in ``totals["later"]`` and, up to the date, in the customers' last purchase and rhythm.
    """
    end = window_end(as_of, rules)
    rows = _placed(monthly, end, rules)
    customers = _per_customer(rows, invoices, as_of, rules)
    totals = {name: _kronor(rows.loc[rows["window"] == name, "units"].sum()) for name in _WINDOWS}
    return Revenue(
        customers=customers,
        bridge=bridge(customers),
        key_figures=_retention(customers),
        trend=_trend(rows, end),
        totals=totals,
        rows=rows,
        end=end,
    )


_WINDOWS = ("now", "previous", "earlier", "later")


def cut_day(as_of: date, window_kind: str = "rolling") -> int:
    """The day of the month that ends a month of the analysis: 31 where that is a calendar month.

    A window of whole years is made of calendar months, whatever day the analysis date is.
    """
    return 31 if window_kind != "rolling" or pd.Timestamp(as_of).is_month_end else as_of.day


def window_end(as_of: date, rules: RevenueRules) -> date:
    """Last day of the window: the analysis date, or the end of the latest full year by then.

    A calendar year ends in December, a fiscal year the month before ``fiscal_start_month``.
    """
    if rules.window_kind == "rolling":
        return as_of
    start = 1 if rules.window_kind == "calendar" else rules.fiscal_start_month
    end = pd.Timestamp(as_of.year, (start - 2) % 12 + 1, 1) + pd.offsets.MonthEnd(0)
    ended = end if end <= pd.Timestamp(as_of) else end - pd.DateOffset(years=1) + pd.offsets.MonthEnd(0)
    return ended.date()


def months_before(day: date, months: int) -> pd.Timestamp:
    """The same day ``months`` earlier; the last day of a month leads to the last day of a month."""
    stamp = pd.Timestamp(day)
    moved = stamp - pd.DateOffset(months=months)
    return moved + pd.offsets.MonthEnd(0) if stamp.is_month_end else moved


def month_of(day: date) -> int:
    """The number of a day's month: 12 × year + month − 1."""
    return day.year * 12 + day.month - 1


def _placed(monthly: pd.DataFrame, end: date, rules: RevenueRules) -> pd.DataFrame:
    """The months counted back from the end of the window, 0 being the last one, and the window they are in."""
    age = month_of(end) - monthly["month"]
    size = rules.window_months
    window = np.select([age < 0, age < size, age < 2 * size], ["later", "now", "previous"], "earlier")
    return monthly.assign(age=age, window=window)


def _kronor(units: Any) -> Any:
    return units / UNITS_PER_KRONA


def _per_customer(rows: pd.DataFrame, invoices: pd.DataFrame, as_of: date, rules: RevenueRules) -> pd.DataFrame:
    inside = rows[rows["window"] != "later"]
    codes, numbers = pd.factorize(inside["customer_no"], sort=True)
    inside, size = inside.assign(code=codes), len(numbers)
    now, previous, earlier = (_sums(inside[inside["window"] == w], size) for w in _WINDOWS[:3])
    table = pd.DataFrame({"customer_no": pd.Series(numbers, dtype=object)})
    table["revenue"], table["revenue_prev"] = _kronor(now), _kronor(previous)
    table["change"] = _kronor(now - previous)
    table["change_pct"] = np.where(previous > 0, (now - previous) / np.where(previous > 0, previous, 1), np.nan)
    table["status"] = classify(now, previous, earlier, rules)
    seen = _seen(rows, inside, numbers, as_of)
    table = table.join([_purchases(seen, as_of, rules), _margins(inside), _names(inside)])
    active = inside[(inside["window"] == "now") & (inside["days"] != 0)]
    months = active.groupby("code")["month"].nunique()
    table["purchase_months"] = months.reindex(range(size), fill_value=0).to_numpy(np.int64)
    age = month_of(window_end(as_of, rules)) - invoices["month"]
    for name, place in (("invoices", 0), ("invoices_prev", 1)):
        within = invoices[age // rules.window_months == place]
        counts = within.groupby("customer_no")["invoices"].sum()
        table[name] = counts.reindex(numbers, fill_value=0).to_numpy()
    table["overdue"] = (table["days_since"] / table["rhythm_days"] > rules.overdue_factor).fillna(False)
    return table


def _seen(rows: pd.DataFrame, inside: pd.DataFrame, numbers: Any, as_of: date) -> pd.DataFrame:
    """The months up to the analysis date, also after a window of whole years, of the customers in the table."""
    later = rows[(rows["window"] == "later") & (rows["month"] <= month_of(as_of))]
    if later.empty:
        return inside
    later = later.assign(code=pd.Index(numbers).get_indexer(later["customer_no"]))
    return pd.concat([inside, later[later["code"] >= 0]], ignore_index=True)


_SAID = ("customer", "seller", "region")


def _sums(rows: pd.DataFrame, size: int) -> Any:
    """Units per customer code, exactly."""
    return rows.groupby("code")["units"].sum().reindex(range(size), fill_value=0).to_numpy(np.int64)


def classify(now: Any, previous: Any, earlier: Any, rules: RevenueRules = RevenueRules()) -> Any:
    """One of the seven statuses per customer, from revenue in units in the three spans.

    A change counts as growth or decline only beyond both the share and the amount of the rules.
    A customer without positive revenue in either window is former.
    """
    change = now - previous
    ratio = change / np.where(previous > 0, previous, 1)
    large = np.abs(change) >= rules.growth_min_change * UNITS_PER_KRONA
    buys, bought = now > 0, previous > 0
    return np.select(
        [
            buys & ~bought & (earlier > 0),
            buys & ~bought,
            buys & large & (ratio > rules.growth_pct),
            buys & large & (ratio < -rules.growth_pct),
            buys,
            bought,
        ],
        ["reactivated", "new", "growing", "shrinking", "stable", "lost"],
        "former",
    )


def _purchases(rows: pd.DataFrame, as_of: date, rules: RevenueRules) -> pd.DataFrame:
    """Last purchase, days since and own rhythm, by customer code, from the days with a positive entry."""
    days = purchase_days(rows, cut_day(as_of, rules.window_kind))
    days = days[days["day"] <= pd.Timestamp(as_of)]
    gaps = days.groupby("code")["day"].diff().dt.days
    table = pd.DataFrame({"last_invoice": days.groupby("code")["day"].max()})
    table["days_since"] = (pd.Timestamp(as_of) - table["last_invoice"]).dt.days
    table["rhythm_days"] = gaps.groupby(days["code"]).median()
    return table


def purchase_days(rows: pd.DataFrame, cut: int) -> pd.DataFrame:
    """Every day on which a customer bought, once, in order: code and day, from code, month and the bits of days."""
    bits = rows["days"].to_numpy(np.int64)
    row, number = np.nonzero((bits[:, None] >> np.arange(31)) & 1)
    month = rows["month"].to_numpy(np.int64)[row] - (number + 1 > cut)
    day = (month - 1970 * 12).astype("datetime64[M]").astype("datetime64[D]") + number
    table = pd.DataFrame({"code": rows["code"].to_numpy()[row], "day": day.astype("datetime64[s]")})
    return table.drop_duplicates().sort_values(["code", "day"], ignore_index=True)


def _margins(rows: pd.DataFrame) -> pd.DataFrame:
    """Contribution in the window by customer code, only where every entry of the customer has a cost."""
    sums = rows.loc[rows["window"] == "now", ["code", "units", "cost", "uncosted"]].groupby("code").sum()
    margin = _kronor(sums["units"] - sums["cost"]).where(sums["uncosted"] == 0)
    revenue_now = _kronor(sums["units"])
    return pd.DataFrame({"margin": margin, "margin_pct": margin / revenue_now.where(revenue_now > 0)})


def _names(rows: pd.DataFrame) -> pd.DataFrame:
    """What the ledger last said of each customer code: name, seller and region.

    Of several on the last day the one last in the alphabet, so that the order of rows decides nothing.
    """
    known = {}
    for key in _SAID:
        said = rows.loc[rows[key] != "", ["code", "last", key]]
        last = said[said["last"] == said.groupby("code")["last"].transform("max")]
        known[key] = last.groupby("code")[key].max().astype(object)
    return pd.DataFrame(known, index=pd.RangeIndex(rows["code"].max() + 1 if len(rows) else 0)).fillna("")


def bridge(customers: pd.DataFrame) -> pd.DataFrame:
    """From the window before to this one. Every krona is in one component, so it foots.

    Customers whose credits exceed their purchases in both windows go to expansion or contraction
    by the sign of their change.
    """
    units = customers[["revenue", "revenue_prev"]].mul(UNITS_PER_KRONA).round().astype(np.int64)
    now, previous = units["revenue"].to_numpy(), units["revenue_prev"].to_numpy()
    change, status = now - previous, customers["status"].to_numpy()
    flow = np.isin(status, ("new", "reactivated", "lost"))
    members = {
        "opening": previous > 0,
        "new": status == "new",
        "reactivated": status == "reactivated",
        "expansion": ~flow & (change > 0),
        "contraction": ~flow & (change < 0),
        "lost": status == "lost",
        "closing": now > 0,
    }
    amounts = {name: change[who].sum() for name, who in members.items()}
    amounts |= {"opening": previous.sum(), "closing": now.sum()}
    sums = [(name, _kronor(amounts[name]), int(members[name].sum())) for name in COMPONENTS]
    return _with_bars(pd.DataFrame(sums, columns=["component", "amount", "customers"]))


def _with_bars(table: pd.DataFrame) -> pd.DataFrame:
    """Add the three parts of a waterfall's bars: invisible base, rise and fall."""
    amount = table["amount"].to_numpy(np.float64)
    level = np.cumsum(amount[:-1])
    before = np.concatenate([[0.0], level[:-1], [0.0]])
    after = np.concatenate([level, amount[-1:]])
    return table.assign(
        base=np.minimum(before, after).round(4),
        rise=np.where(after >= before, after - before, 0).round(4),
        fall=np.where(after < before, before - after, 0).round(4),
    )


def _retention(customers: pd.DataFrame) -> pd.DataFrame:
    """Gross and net revenue retention, and the share of customers kept."""
    amount = bridge(customers).set_index("component")["amount"]
    opening = float(amount["opening"]) if amount["opening"] > 0 else np.nan
    had = customers["revenue_prev"] > 0
    kept = (had & (customers["revenue"] > 0)).sum() / (had.sum() or np.nan)
    gross = opening + amount["contraction"] + amount["lost"]
    values = {"grr": gross / opening, "nrr": (gross + amount["expansion"]) / opening, "customer_retention": kept}
    return pd.DataFrame(values.items(), columns=["measure", "value"])


def _trend(rows: pd.DataFrame, end: date) -> pd.DataFrame:
    """Twelve months counted back from the end of the window, each with the month a year before."""
    recent = rows[(rows["age"] >= 0) & (rows["age"] < 24)]
    place = 23 - recent["age"]
    sums = recent["units"].groupby(place).sum().reindex(range(24), fill_value=0).to_numpy(np.int64)
    bought = recent["days"] != 0
    buyers = recent[bought].groupby(place[bought])["customer_no"].nunique()
    return pd.DataFrame(
        {
            "month": [months_before(end, months) for months in range(11, -1, -1)],
            "revenue": _kronor(sums[12:]),
            "revenue_prev": _kronor(sums[:12]),
            "customers": buyers.reindex(range(12, 24), fill_value=0).to_numpy(),
        }
    )

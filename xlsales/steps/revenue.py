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


@dataclass(frozen=True)
class Revenue:
    """What the ledger says. Money in kronor, summed exactly.

    customers: one row per customer number with an entry up to the date, sorted by it.
    bridge: component, amount, customers. key_figures: measure, value (shares).
    trend: the twelve months up to the analysis date. cuts: one row per dimension and value.
    totals: now, previous, earlier and later revenue, which together are the whole ledger.
    """

    customers: pd.DataFrame
    bridge: pd.DataFrame
    key_figures: pd.DataFrame
    trend: pd.DataFrame
    cuts: pd.DataFrame
    totals: dict[str, float]


def revenue(
    monthly: pd.DataFrame,
    invoices: pd.DataFrame,
    as_of: date,
    rules: RevenueRules = RevenueRules(),
    register: pd.DataFrame | None = None,
) -> Revenue:
    """Class every customer by the flow of its revenue and account for the change to the last krona.

    monthly: the ledger summed per customer_no, month, seller, region and article_group. month is 12 × year + month − 1,
        cut at :func:`cut_day` of the analysis date; units and cost are int64 in 1/10 000 SEK excl. VAT, credits
        negative, uncosted counts rows without a cost, last is the last day of any entry, days has bit d − 1 set
        where something was bought on day d, customer is the name.
    invoices: customer_no, month, invoices with a positive amount.
    as_of: last day of the window; the window before it is equally long; months after it only count
        in ``totals["later"]``.
    register: customers with customer_no and, where known, category, industry, seller, region.
    """
    rows = _placed(monthly, as_of, rules)
    customers = _per_customer(rows[rows["window"] != "later"], invoices, as_of, rules)
    totals = {name: _kronor(rows.loc[rows["window"] == name, "units"].sum()) for name in _WINDOWS}
    return Revenue(
        customers=customers,
        bridge=bridge(customers),
        key_figures=_retention(customers),
        trend=_trend(rows, as_of),
        cuts=_cuts(rows, register),
        totals=totals,
    )


_WINDOWS = ("now", "previous", "earlier", "later")


def cut_day(as_of: date) -> int:
    """The day of the month that ends a month of the analysis: 31 where the analysis date ends a calendar month."""
    return 31 if pd.Timestamp(as_of).is_month_end else as_of.day


def months_before(day: date, months: int) -> pd.Timestamp:
    """The same day ``months`` earlier; the last day of a month leads to the last day of a month."""
    stamp = pd.Timestamp(day)
    moved = stamp - pd.DateOffset(months=months)
    return moved + pd.offsets.MonthEnd(0) if stamp.is_month_end else moved


def _placed(monthly: pd.DataFrame, as_of: date, rules: RevenueRules) -> pd.DataFrame:
    """The months counted back from the analysis date, 0 being the last one, and the window they are in."""
    age = as_of.year * 12 + as_of.month - 1 - monthly["month"]
    size = rules.window_months
    window = np.select([age < 0, age < size, age < 2 * size], ["later", "now", "previous"], "earlier")
    return monthly.assign(age=age, window=window)


def _kronor(units: Any) -> Any:
    return units / UNITS_PER_KRONA


def _per_customer(rows: pd.DataFrame, invoices: pd.DataFrame, as_of: date, rules: RevenueRules) -> pd.DataFrame:
    codes, numbers = pd.factorize(rows["customer_no"], sort=True)
    rows = rows.assign(code=codes)
    size = len(numbers)
    now, previous, earlier = (_sums(rows[rows["window"] == w], size) for w in _WINDOWS[:3])
    table = pd.DataFrame({"customer_no": pd.Series(numbers, dtype=object)})
    table["revenue"], table["revenue_prev"] = _kronor(now), _kronor(previous)
    table["change"] = _kronor(now - previous)
    table["change_pct"] = np.where(previous > 0, (now - previous) / np.where(previous > 0, previous, 1), np.nan)
    table["status"] = classify(now, previous, earlier, rules)
    table = table.join([_purchases(rows, as_of), _margins(rows), _names(rows)])
    table["invoices"] = _counted(invoices, as_of, rules).reindex(numbers, fill_value=0).to_numpy()
    table["overdue"] = (table["days_since"] / table["rhythm_days"] > rules.overdue_factor).fillna(False)
    return table


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


def _purchases(rows: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """Last purchase, days since and own rhythm, by customer code, from the days with a positive entry."""
    days = purchase_days(rows, cut_day(as_of))
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


def _counted(invoices: pd.DataFrame, as_of: date, rules: RevenueRules) -> pd.Series[Any]:
    """Invoices in the window by customer number."""
    age = as_of.year * 12 + as_of.month - 1 - invoices["month"]
    inside = invoices[(age >= 0) & (age < rules.window_months)]
    return inside.groupby("customer_no")["invoices"].sum()


def _margins(rows: pd.DataFrame) -> pd.DataFrame:
    """Contribution in the window by customer code, only where every entry of the customer has a cost."""
    current = rows[rows["window"] == "now"]
    margin = _margin_by(current, current["code"])
    revenue_now = _kronor(current.groupby("code")["units"].sum())
    ratio = margin / revenue_now.where(revenue_now > 0)
    return pd.DataFrame({"margin": margin, "margin_pct": ratio})


def _margin_by(rows: pd.DataFrame, by: Any) -> pd.Series[Any]:
    if not len(rows) or (rows["uncosted"] == rows["rows"]).all():
        return pd.Series(dtype="float64")
    sums = rows[["units", "cost", "uncosted"]].groupby(by).sum()
    margin: pd.Series[Any] = _kronor(sums["units"] - sums["cost"]).where(sums["uncosted"] == 0)
    return margin


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


def _trend(rows: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """Twelve months counted back from the analysis date, each with the month a year before."""
    recent = rows[(rows["age"] >= 0) & (rows["age"] < 24)]
    place = 23 - recent["age"]
    sums = recent["units"].groupby(place).sum().reindex(range(24), fill_value=0).to_numpy(np.int64)
    bought = recent["days"] != 0
    buyers = recent[bought].groupby(place[bought])["customer_no"].nunique()
    return pd.DataFrame(
        {
            "month": [months_before(as_of, months) for months in range(11, -1, -1)],
            "revenue": _kronor(sums[12:]),
            "revenue_prev": _kronor(sums[:12]),
            "customers": buyers.reindex(range(12, 24), fill_value=0).to_numpy(),
        }
    )


def _cuts(rows: pd.DataFrame, register: pd.DataFrame | None) -> pd.DataFrame:
    """Revenue by each dimension the ledger or the register knows; every dimension sums to the whole."""
    known = rows
    if register is not None and len(register):
        extra = register.drop_duplicates("customer_no").set_index("customer_no")
        for key in ("category", "industry", "seller", "region"):
            if key in extra and (key not in rows or not (rows[key] != "").any()):
                known = known.assign(**{key: known["customer_no"].map(extra[key]).astype(object).fillna("")})
    dimensions = ("category", "industry", "seller", "region", "article_group")
    parts = [_cut(known, d) for d in dimensions if d in known and (known[d] != "").any()]
    return pd.concat(parts, ignore_index=True) if parts else _cut(rows.iloc[:0].assign(none=""), "none")


def _cut(rows: pd.DataFrame, dimension: str) -> pd.DataFrame:
    inside = rows[rows["window"] != "later"]
    code, values = pd.factorize(inside[dimension].astype(object), sort=True)
    spans = {w: inside["units"].where(inside["window"] == w, 0) for w in ("now", "previous")}
    pairs = pd.DataFrame(spans).groupby([code, pd.factorize(inside["customer_no"])[0]]).sum()
    buys, bought = pairs["now"] > 0, pairs["previous"] > 0
    counted = pairs.assign(customers=buys, new=buys & ~bought, lost=~buys & bought).groupby(level=0).sum()
    current = (inside["window"] == "now").to_numpy()
    margin = _margin_by(inside[current], code[current])
    table = pd.DataFrame({"dimension": dimension, "value": pd.Series(values, dtype=object)})
    table["revenue"], table["revenue_prev"] = _kronor(counted["now"]), _kronor(counted["previous"])
    table["change"] = _kronor(counted["now"] - counted["previous"])
    table = table.join(counted[["customers", "new", "lost"]]).assign(margin=margin.reindex(counted.index))
    return table.sort_values(["revenue", "value"], ascending=[False, True], ignore_index=True)

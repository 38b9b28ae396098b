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
    entries: pd.DataFrame, as_of: date, rules: RevenueRules = RevenueRules(), register: pd.DataFrame | None = None
) -> Revenue:
    """Class every customer by the flow of its revenue and account for the change to the last krona.

    entries: one row per ledger entry with invoice_date, customer_no, amount (SEK excl. VAT, credits
        negative) and, where known, customer, invoice_no, cost, seller, region, article_group.
    as_of: last day of the window; the window before it is equally long; entries after it only count
        in ``totals["later"]``.
    register: customers with customer_no and, where known, category, industry, seller, region.
    """
    rows = _placed(entries, as_of, rules)
    customers = _per_customer(rows[rows["window"] != "later"], as_of, rules)
    totals = {name: _kronor(rows.loc[rows["window"] == name, "units"].sum()) for name in _WINDOWS}
    return Revenue(
        customers=customers,
        bridge=_bridge(customers),
        key_figures=_retention(customers),
        trend=_trend(rows, as_of),
        cuts=_cuts(rows, register),
        totals=totals,
    )


_WINDOWS = ("now", "previous", "earlier", "later")


def months_before(day: date, months: int) -> pd.Timestamp:
    """The same day ``months`` earlier; the last day of a month leads to the last day of a month."""
    stamp = pd.Timestamp(day)
    moved = stamp - pd.DateOffset(months=months)
    return moved + pd.offsets.MonthEnd(0) if stamp.is_month_end else moved


def _placed(entries: pd.DataFrame, as_of: date, rules: RevenueRules) -> pd.DataFrame:
    """Entries with their window and the amount in exact units."""
    middle = months_before(as_of, rules.window_months)
    start = months_before(as_of, 2 * rules.window_months)
    day = entries["invoice_date"].dt.normalize()
    window = np.select(
        [day > pd.Timestamp(as_of), day > middle, day > start], ["later", "now", "previous"], "earlier"
    )
    units = np.rint(entries["amount"].to_numpy(np.float64) * UNITS_PER_KRONA).astype(np.int64)
    return entries.assign(window=window, units=units, day=day)


def _kronor(units: Any) -> Any:
    return units / UNITS_PER_KRONA


def _per_customer(rows: pd.DataFrame, as_of: date, rules: RevenueRules) -> pd.DataFrame:
    sums = rows.pivot_table(index="customer_no", columns="window", values="units", aggfunc="sum", fill_value=0)
    sums = sums.reindex(columns=list(_WINDOWS), fill_value=0).sort_index()
    now, previous, earlier = (sums[w].to_numpy(np.int64) for w in _WINDOWS[:3])
    table = pd.DataFrame({"customer_no": sums.index})
    table["revenue"], table["revenue_prev"] = _kronor(now), _kronor(previous)
    table["change"] = _kronor(now - previous)
    table["change_pct"] = np.where(previous > 0, (now - previous) / np.where(previous > 0, previous, 1), np.nan)
    table["status"] = classify(now, previous, earlier, rules)
    facts = [fact.reindex(sums.index) for fact in (_purchases(rows, as_of), _margins(rows), _names(rows))]
    table = pd.concat([table, *(fact.reset_index(drop=True) for fact in facts)], axis=1)
    table["invoices"] = table["invoices"].fillna(0)
    table["overdue"] = (table["days_since"] / table["rhythm_days"] > rules.overdue_factor).fillna(False)
    return table


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
    """Last purchase, days since, own rhythm and invoices in the window, from positive entries."""
    bought = rows[rows["units"] > 0]
    days = bought[["customer_no", "day"]].drop_duplicates().sort_values(["customer_no", "day"])
    gaps = days.groupby("customer_no")["day"].diff().dt.days
    table = pd.DataFrame({"last_invoice": days.groupby("customer_no")["day"].max()})
    table["days_since"] = (pd.Timestamp(as_of) - table["last_invoice"]).dt.days
    table["rhythm_days"] = gaps.groupby(days["customer_no"]).median()
    current = bought[bought["window"] == "now"]
    by = current["day"].astype(str)
    if "invoice_no" in current:
        by = current["invoice_no"].astype(object).where(current["invoice_no"].astype(bool), by)
    table["invoices"] = by.groupby(current["customer_no"]).nunique()
    return table


def _margins(rows: pd.DataFrame) -> pd.DataFrame:
    """Contribution in the window, only where every entry of the customer has a cost."""
    current = rows[rows["window"] == "now"]
    margin = _margin_by(current, current["customer_no"])
    revenue_now = _kronor(current.groupby("customer_no")["units"].sum())
    ratio = margin / revenue_now.where(revenue_now > 0)
    return pd.DataFrame({"margin": margin, "margin_pct": ratio})


def _margin_by(rows: pd.DataFrame, by: Any) -> pd.Series[Any]:
    if "cost" not in rows or rows["cost"].isna().all():
        return pd.Series(dtype="float64")
    cost = np.rint(rows["cost"].to_numpy(np.float64) * UNITS_PER_KRONA)
    margin: pd.Series[Any] = (rows["units"] - cost).groupby(by).agg(lambda s: s.sum(skipna=False))
    return _kronor(margin)  # type: ignore[no-any-return]


def _names(rows: pd.DataFrame) -> pd.DataFrame:
    """What the ledger last said of each customer: name, seller and region.

    Of several on the last day the one last in the alphabet, so that the order of rows decides nothing.
    """
    known = {}
    for key in [k for k in ("customer", "seller", "region") if k in rows]:
        said = rows.loc[rows[key].astype(bool), ["customer_no", "day", key]]
        last = said[said["day"] == said.groupby("customer_no")["day"].transform("max")]
        known[key] = last.groupby("customer_no")[key].max().astype(object)
    return pd.DataFrame(known, index=pd.Index(sorted(rows["customer_no"].unique()), name="customer_no")).fillna("")


def _bridge(customers: pd.DataFrame) -> pd.DataFrame:
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
    table = pd.DataFrame(
        {
            "component": COMPONENTS,
            "amount": [_kronor(amounts[c]) for c in COMPONENTS],
            "customers": [int(members[c].sum()) for c in COMPONENTS],
        }
    )
    return _with_bars(table)


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
    bridge = _bridge(customers).set_index("component")["amount"]
    opening = float(bridge["opening"])
    had = customers["revenue_prev"] > 0
    kept = had & (customers["revenue"] > 0)
    gross = opening + bridge["contraction"] + bridge["lost"]
    values = [
        gross / opening if opening > 0 else np.nan,
        (gross + bridge["expansion"]) / opening if opening > 0 else np.nan,
        kept.sum() / had.sum() if had.any() else np.nan,
    ]
    return pd.DataFrame({"measure": ["grr", "nrr", "customer_retention"], "value": values})


def _trend(rows: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """Twelve months counted back from the analysis date, each with the month a year before."""
    edges = [months_before(as_of, m) for m in range(24, -1, -1)]
    month = np.searchsorted(np.array(edges, dtype="datetime64[s]"), rows["day"].to_numpy("datetime64[s]"), "left") - 1
    inside = (month >= 0) & (month < 24)
    sums = np.zeros(24, dtype=np.int64)
    np.add.at(sums, month[inside], rows["units"].to_numpy()[inside])
    buyers = rows[inside & (rows["units"] > 0)].groupby(month[inside & (rows["units"] > 0)])["customer_no"].nunique()
    return pd.DataFrame(
        {
            "month": edges[13:],
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
            if key in extra and (key not in rows or not rows[key].astype(bool).any()):
                known = known.assign(**{key: known["customer_no"].map(extra[key]).fillna("")})
    dimensions = ("category", "industry", "seller", "region", "article_group")
    parts = [_cut(known, d) for d in dimensions if d in known and known[d].astype(bool).any()]
    return pd.concat(parts, ignore_index=True) if parts else _cut(rows.iloc[:0].assign(none=""), "none")


def _cut(rows: pd.DataFrame, dimension: str) -> pd.DataFrame:
    inside = rows[rows["window"].isin(["now", "previous", "earlier"])]
    value = inside[dimension].astype(object).fillna("")
    pairs = inside.pivot_table(
        index=[value.rename("value"), "customer_no"], columns="window", values="units", aggfunc="sum", fill_value=0
    ).reindex(columns=list(_WINDOWS[:3]), fill_value=0)
    buys, bought = pairs["now"] > 0, pairs["previous"] > 0
    counted = pairs.assign(customers=buys, new=buys & ~bought, lost=~buys & bought).groupby(level="value").sum()
    current = inside[inside["window"] == "now"]
    table = pd.DataFrame(
        {
            "dimension": dimension,
            "value": counted.index,
            "revenue": _kronor(counted["now"].to_numpy()),
            "revenue_prev": _kronor(counted["previous"].to_numpy()),
            "change": _kronor((counted["now"] - counted["previous"]).to_numpy()),
            "customers": counted["customers"].to_numpy(),
            "new": counted["new"].to_numpy(),
            "lost": counted["lost"].to_numpy(),
            "margin": _margin_by(current, value.loc[current.index]).reindex(counted.index).to_numpy(np.float64),
        }
    )
    return table.sort_values(["revenue", "value"], ascending=[False, True], ignore_index=True)

"""The analysis date: as asked, else the end of the last complete month of the ledger."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from xlsales.issues import Issue
from xlsales.sources.waist import UNITS


def choose_as_of(monthly: pd.DataFrame, wanted: date | None, today: date) -> tuple[date, list[Issue]]:
    """The analysis date, and what is left out by it.

    monthly: months of the calendar, or cut at the day asked for. Without a wish the date always ends a month.
    """
    issues: list[Issue] = []
    days = ledger_days(monthly) if wanted is None else pd.Series(dtype="datetime64[s]")
    past = days[days <= pd.Timestamp(today)]
    if wanted is not None:
        as_of = wanted
    elif past.empty:
        as_of = (pd.Timestamp(today) - pd.offsets.MonthEnd(1)).date()
    else:
        last = past.max()
        as_of = last_complete_day(past, today).date()
        if as_of < last.date():
            params = {"last": last.date(), "as_of": as_of}
            issues.append(Issue("note", "incomplete_month", place="", found=last.date().isoformat(), params=params))
    later = monthly[monthly["month"] > as_of.year * 12 + as_of.month - 1]
    if len(later):
        amount = int(later["units"].sum()) / UNITS
        params = {"as_of": as_of, "count": int(later["rows"].sum()), "amount": amount}
        last_day = later["last"].max().date().isoformat()
        issues.append(Issue("note", "entries_later", found=last_day, params=params))
    return as_of, issues


def ledger_days(monthly: pd.DataFrame) -> pd.Series[Any]:
    """Every day with a purchase, and the first and last days of any entries, once and in order."""
    bits = monthly.groupby("month")["days"].agg(np.bitwise_or.reduce)
    row, number = np.nonzero((bits.to_numpy(np.int64)[:, None] >> np.arange(31)) & 1)
    months = (bits.index.to_numpy(np.int64)[row] - 1970 * 12).astype("datetime64[M]")
    bought = (months.astype("datetime64[D]") + number).astype("datetime64[s]")
    ends = [monthly[key].to_numpy("datetime64[s]") for key in ("first", "last")]
    return pd.Series(np.unique(np.concatenate([bought, *ends])))


def last_complete_day(days: pd.Series[Any], today: date) -> pd.Timestamp:
    """The end of the last month that the entries fill, else the end of the month before.

    A month is filled when its last entry is on its last weekday or later; or when the month is over
    and the silence at its end is no longer than twice the usual silence between entries.
    """
    known = np.sort(days.unique())
    last = pd.Timestamp(known[-1])
    end = last + pd.offsets.MonthEnd(0)
    last_weekday = end if end.weekday() < 5 else end - pd.offsets.BDay(1)
    gaps = np.diff(known).astype("timedelta64[D]").astype(np.int64)
    usual = float(np.quantile(gaps, 0.9)) if len(gaps) else float("inf")
    quiet = (end - last).days <= 2 * usual and pd.Timestamp(today) > end
    return end if last >= last_weekday or quiet else end - pd.offsets.MonthEnd(1)

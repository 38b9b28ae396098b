"""Amounts in other currencies in the home currency, by rates that the user gives."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from xlsales.issues import Issue
from xlsales.sources import ASIDE_COLUMNS
from xlsales.sources.waist import UNITS

_MONEY: Final = ("units", "cost", "least")
_SIGNS: Final = {"€": "EUR", "EURO": "EUR", "$": "USD", "£": "GBP", "US$": "USD"}
_KRONOR: Final = frozenset({"", "KR", "KRONOR"})

Floats = npt.NDArray[np.float64]


def in_home(monthly: pd.DataFrame, rates: pd.DataFrame, home: str) -> tuple[pd.DataFrame, pd.DataFrame, list[Issue]]:
    """Money in the home currency, what has no rate set aside.

    monthly: :data:`xlsales.sources.MONTHLY_COLUMNS`, also with least or other columns. rates: currency, from_date,
    rate (home currency per one unit of the other). home: code of the home currency.
    The rate of a month is the latest whose from_date is no later than its first day; one without a date always
    holds. Rows without a currency, in kr or in the home currency stay. A ledger all of whose rows are in one
    currency without any rate is taken to be kept in it, with a note.
    Returns the rows that stay (converted ones with the home currency), the rows set aside as
    :data:`xlsales.sources.ASIDE_COLUMNS` with units 0, and the issues.
    """
    own = currency_code(home)
    codes, names = pd.factorize(monthly["currency"])
    written = [currency_code(str(name)) for name in names]
    # Only kr is kronor; which kronor it is, only the company knows.
    known = np.array([code in _KRONOR or code == own for code in written], dtype=np.bool_)
    stays = known[codes] if len(codes) else np.zeros(0, dtype=np.bool_)
    if stays.all():
        return monthly, _aside(0), []
    others = sorted({code for code in written if code not in _KRONOR and code != own})
    table = _usable(rates)
    if not stays.any() and len(others) == 1 and others[0] not in set(table["currency"]):
        params = {"currency": others[0], "home": own, "count": int(monthly["rows"].sum())}
        return monthly, _aside(0), [Issue("note", "ledger_currency", column="currency", found=others[0], params=params)]
    currency = np.array(written, dtype=object)[codes]
    rate = np.ones(len(monthly))
    for code in others:
        mine = currency == code
        rate[mine] = _in_force(table[table["currency"] == code], monthly["month"].to_numpy(np.int64)[mine])
    return _converted(monthly, rate, stays, own), _aside(_lost(monthly, rate)), _issues(monthly, currency, rate, own)


def currency_code(text: str) -> str:
    """The code of a currency as it is written: ``"€"`` → ``"EUR"``, ``" sek "`` → ``"SEK"``."""
    code = text.strip().upper()
    return _SIGNS.get(code, code)


def _usable(rates: pd.DataFrame) -> pd.DataFrame:
    """The rates that say something, in the order of their dates; without a date first."""
    table = pd.DataFrame({
        "currency": [currency_code(str(code)) for code in rates["currency"]],
        "from_date": pd.to_datetime(rates["from_date"]).fillna(pd.Timestamp.min.ceil("D")).to_numpy(),
        "rate": pd.to_numeric(rates["rate"], errors="coerce").to_numpy(np.float64),
    })  # fmt: skip
    good: pd.DataFrame = table[np.isfinite(table["rate"]) & (table["rate"] > 0)]
    return good.sort_values("from_date", kind="stable", ignore_index=True)


def _in_force(rates: pd.DataFrame, months: npt.NDArray[np.int64]) -> Floats:
    """The rate on the first day of each month, NaN where there is none. months: 12 × year + month − 1."""
    first = (months - 1970 * 12).astype("datetime64[M]").astype("datetime64[D]")
    since = rates["from_date"].to_numpy().astype("datetime64[D]")
    spots = np.searchsorted(since, first, side="right") - 1
    values = np.append(rates["rate"].to_numpy(np.float64), np.nan)
    return values[np.where(spots < 0, len(values) - 1, spots)]


def _converted(monthly: pd.DataFrame, rate: Floats, stays: npt.NDArray[np.bool_], home: str) -> pd.DataFrame:
    good = np.isfinite(rate)
    changed = good & ~stays
    kept = {}
    for key in (key for key in _MONEY if key in monthly):
        units = monthly[key].to_numpy(np.int64)
        # A number beyond 2^53 would lose its last digits on the way through a float, so untouched ones keep theirs.
        kept[key] = np.where(changed, np.rint(units * np.where(changed, rate, 1)).astype(np.int64), units)
    currency = monthly["currency"].where(~changed, home)
    return monthly.assign(**kept, currency=currency)[good].reset_index(drop=True)


def _lost(monthly: pd.DataFrame, rate: Floats) -> int:
    return int(monthly["rows"].to_numpy(np.int64)[np.isnan(rate)].sum())


def _aside(rows: int) -> pd.DataFrame:
    """What is set aside for want of a rate: amounts in another currency are no amounts in this one."""
    found = [("no_rate", rows, 0)] if rows else []
    return pd.DataFrame(found, columns=list(ASIDE_COLUMNS)).astype({"why": "str", "rows": "int64", "units": "int64"})


def _issues(monthly: pd.DataFrame, currency: npt.NDArray[np.object_], rate: Floats, home: str) -> list[Issue]:
    foreign = monthly.assign(code=currency, rated=np.isfinite(rate))
    foreign = foreign[~foreign["code"].isin([*_KRONOR, home])]
    issues: list[Issue] = []
    done = foreign[foreign["rated"]]
    if len(done):
        params = {"currencies": sorted(set(done["code"])), "count": int(done["rows"].sum()), "home": home}
        issues.append(Issue("note", "currency_converted", column="currency", params=params))
    for code, rows in foreign[~foreign["rated"]].groupby("code", sort=True):
        params = {"currency": code, "count": int(rows["rows"].sum()), "amount": int(rows["units"].sum()) / UNITS}
        first = int(rows["month"].min())
        params["since"] = f"{first // 12}-{first % 12 + 1:02d}"
        issues.append(Issue("error", "currency_no_rate", column="currency", found=code, params=params))
    return issues

"""Quarters as people write them."""

from __future__ import annotations

import re

import pandas as pd

_WORD = r"(?:q|k|kv|kvartal|quarter)"
_YEAR_FIRST = re.compile(rf"(\d{{4}})[\s./-]*{_WORD}[\s.]*([1-4])", re.IGNORECASE)
_YEAR_LAST = re.compile(rf"{_WORD}[\s.]*([1-4])[\s./-]*(\d{{4}})", re.IGNORECASE)
_PLAIN = re.compile(r"(\d{4})Q([1-4])")


def quarter_of(text: str) -> str:
    """A quarter as it is compared, 2027Q1, however it is written; another text as it stands."""
    written = text.strip()
    if found := _YEAR_FIRST.fullmatch(written):
        return f"{found[1]}Q{found[2]}"
    if found := _YEAR_LAST.fullmatch(written):
        return f"{found[2]}Q{found[1]}"
    return written


def quarter_days(text: str) -> tuple[pd.Timestamp, pd.Timestamp] | None:
    """The first and last day of a quarter; None where the text is none."""
    found = _PLAIN.fullmatch(quarter_of(text))
    if not found:
        return None
    period = pd.Period(year=int(found[1]), quarter=int(found[2]), freq="Q")
    return period.start_time, period.end_time.normalize()

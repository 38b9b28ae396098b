"""Account numbers and amounts as bookkeeping programs write them."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

RECEIVABLE: Final = (1500, 1599)

Mask = npt.NDArray[np.bool_]

_PLAIN = r"^[-+]?(?:[0-9]{1,15}(?:\.[0-9]*)?|\.[0-9]+)$"
_MOST = 1e12


def account_number(account: str) -> int:
    """The first four digits of an account, zeros before longer numbers left out; −1 where it is no number."""
    digits = account.lstrip("0") if len(account) > 4 else account
    return int(digits[:4]) if digits.isascii() and digits.isdigit() else -1


def accounts_between(accounts: pd.Series[str], bounds: tuple[int, int]) -> Mask:
    """Which accounts lie between two, both included."""
    codes, names = pd.factorize(accounts)
    hits = np.array([bounds[0] <= account_number(name) <= bounds[1] for name in names] + [False], dtype=np.bool_)
    found: Mask = hits[codes]
    return found


def posted_amounts(texts: pa.Array, decimals: int = 4) -> npt.NDArray[np.float64]:
    """Amounts as float64, NaN where there is none; a decimal comma is understood. decimals: 0 keeps them all."""
    bare, right = texts, pc.match_substring_regex(texts, _PLAIN)
    if not pc.all(right).as_py():
        bare = pc.replace_substring_regex(texts, "[\\s\u00a0\u202f]", "")
        bare = pc.replace_substring(bare, "\u2212", "-")
        both = pc.match_substring_regex(bare, r"\..*,")
        bare = pc.if_else(both, pc.replace_substring(bare, ".", ""), bare)
        bare = pc.replace_substring(bare, ",", ".")
        right = pc.match_substring_regex(bare, _PLAIN)
    bare = pc.utf8_ltrim(pc.if_else(right, bare, None), "+")
    values = pc.cast(bare, pa.float64()).to_numpy(zero_copy_only=False)
    found: npt.NDArray[np.float64] = np.where(np.abs(values) < _MOST, values, np.nan)
    return np.round(found, decimals) if decimals else found

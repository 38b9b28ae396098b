"""A SIE 4 file as a sales ledger: vouchers whose turnover gets the customer of the receivable, object or text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from xlsales.issues import CannotRead, Issue
from xlsales.sources import ReadOptions, Rows
from xlsales.sources.bookkeeping.accounts import RECEIVABLE, account_number, accounts_between, posted_amounts
from xlsales.sources.bookkeeping.kinds import program_profile
from xlsales.sources.bookkeeping.sie_lines import SieLines, read_lines
from xlsales.sources.bookkeeping.voucher_rows import book_rows
from xlsales.sources.bookkeeping.vouchers import NO_DAY, Book, Party, Stated
from xlsales.sources.dates import read_dates
from xlsales.sources.words import folded

_DEFAULTS = ReadOptions()
_INVOICE = "10"
_YEAR = re.compile(r"-?[0-9]{1,4}")
_CUSTOMER_NAMES = frozenset({"kund", "kunder", "kundnr", "kundnummer", "customer", "customers", "asiakas", "kunde"})
_SELLER_NAMES = frozenset({"saljare", "saljaren", "salesperson", "seller", "selger", "kundansvarig", "myyja"})

# Amount, date and text, each in quotes or without; a date is only what can be one, so that a missing one is seen.
_REST = (
    r'^\s*(?:"(?P<qamount>[^"]*)"|(?P<amount>[^\s"]*))\s*'
    r'(?:"(?P<qday>[0-9 \-]*)"|(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{6}|[0-9]{8})(?:\s|$))?\s*'
    r'(?:"(?P<qtext>(?:[^"\\]|\\.)*)"?|(?P<text>[^\s"]+))?'
)
_AMOUNT = r'^\s*(?:"(?P<qamount>[^"]*)"|(?P<amount>[^\s"]*))'
_ITEM = r'(?:"(?:[^"\\]|\\.)*"|[^\s"]+)'


def read_sie(path: Path, options: ReadOptions = ReadOptions()) -> Rows:
    """Read the turnover of a SIE 4E or 4I file.

    Raises CannotRead: sie_no_vouchers (path, type), unreadable_file (path, detail).
    """
    lines = read_lines(path)
    if not lines.line:
        kind = next((parts[0] for parts in lines.tags.get("SIETYP", []) if parts), "?")
        raise CannotRead("sie_no_vouchers", path=str(path), type=kind)
    issues = []
    if lines.lost:
        params = {"encoding": lines.encoding, "count": lines.lost}
        issues.append(Issue("warning", "letters_lost", place=path.name, params=params))
    return book_rows(_book(path, lines, options), issues)


def _book(path: Path, lines: SieLines, options: ReadOptions) -> Book:
    dimension, seller = _dimensions(lines, options)
    postings = _postings(lines, options, (dimension, seller))
    accounts = {parts[0]: parts[1] for parts in lines.tags.get("KONTO", []) if len(parts) > 1}
    names = _objects(lines)
    shown = _dimension_names(lines)
    columns = {
        "invoice_date": "#TRANS/#VER",
        "customer_no": f"#OBJEKT {dimension} ({shown.get(dimension, 'Kund')})",
        "text": "#VER text",
        "amount": f"{options.accounts[0]}–{options.accounts[1]}",
        "article_group": "#KONTO",
        "seller": f"#OBJEKT {seller} ({shown.get(seller, 'Anställd')})",
        "cost": f"{options.cost_accounts[0]}–{options.cost_accounts[1]}",
    }
    for key, used in (("seller", (postings["seller"] != "").any()), ("cost", postings["cost"].any())):
        if not used:
            del columns[key]
    given = {
        "amount": options.accounts != _DEFAULTS.accounts,
        "customer_no": options.dimension != _DEFAULTS.dimension,
        "seller": options.seller_dimension != _DEFAULTS.seller_dimension,
    }
    years = _years(lines)
    program = " ".join(*lines.tags.get("PROGRAM", [[]])[:1])
    currency = next((parts[0].upper() for parts in lines.tags.get("VALUTA", []) if parts), "")
    return Book(
        path=path,
        kind="sie",
        postings=postings,
        vouchers=_vouchers(lines),
        accounts=accounts,
        customers={id_: Party(name) for id_, name in names.get(dimension, {}).items()},
        sellers=names.get(seller, {}),
        stated=_stated(lines, years, options),
        years=tuple(years.values()),
        columns=columns,
        reasons={key: "given" if given.get(key) else "exact" for key in columns if key != "text"},
        currency=currency,
        profile=program_profile(program),
    )


def _postings(lines: SieLines, options: ReadOptions, dimensions: tuple[str, str]) -> pd.DataFrame:
    """The postings that count, with what is needed of them; see :class:`xlsales.sources.bookkeeping.vouchers.Book`."""
    line = np.array(lines.line, dtype=np.int64)
    # A posting above the first #VER counts with it, so that it is not lost.
    heads = np.array([head[0] for head in lines.vouchers], dtype=np.int64)
    voucher = np.maximum(np.searchsorted(heads, line) - 1, 0)
    account = pd.Series(lines.account, dtype="str").str.strip(' "')
    rest = pa.array(lines.rest, pa.large_string())
    found = _either(pc.extract_regex(rest, _AMOUNT), "amount")
    amount = posted_amounts(found)
    frame = pd.DataFrame({"voucher": voucher, "line": line, "account": account})
    frame["amount"], frame["found"] = amount, found.to_pandas().astype("str")
    frame["turnover"] = accounts_between(account, options.accounts)
    frame["receivable"] = accounts_between(account, RECEIVABLE)
    frame["cost"] = accounts_between(account, options.cost_accounts)
    counts = ~_repeated_below(lines, frame)
    frame = frame[counts].reset_index(drop=True)
    frame = _with_dates_and_texts(frame, rest.filter(pa.array(counts)))
    objects = pa.array(lines.objects, pa.large_string()).filter(pa.array(counts)).dictionary_encode()
    for key, dimension in zip(("customer", "invoice", "seller"), (dimensions[0], _INVOICE, dimensions[1]), strict=True):
        frame[key] = pc.take(_object_ids(objects.dictionary, dimension), objects.indices).to_pandas().astype("str")
    return frame


def _repeated_below(lines: SieLines, frame: pd.DataFrame) -> Any:
    """Which postings are #RTRANS that the #TRANS below repeats."""
    found = np.zeros(len(frame), dtype=np.bool_)
    at = np.array([place for place in lines.added if place + 1 < len(frame)], dtype=np.int64)
    at = at[~np.isin(at + 1, lines.added)]
    same = np.ones(len(at), dtype=np.bool_)
    for column in ("voucher", "account", "amount"):
        values = frame[column].to_numpy()
        same &= values[at] == values[at + 1]
    found[at] = same
    return found


def _with_dates_and_texts(frame: pd.DataFrame, rest: pa.Array) -> pd.DataFrame:
    """Date and text where they are needed: on turnover and receivables."""
    needed = (frame["turnover"] | frame["receivable"]).to_numpy()
    parts = pc.extract_regex(rest.filter(pa.array(needed)), _REST)
    date = pc.utf8_trim_whitespace(_either(parts, "day"))
    text = pc.utf8_trim_whitespace(pc.replace_substring(_either(parts, "text"), '\\"', '"'))
    empty = pa.repeat(pa.scalar("", pa.large_string()), len(frame))
    for key, values in (("date", date), ("text", text)):
        frame[key] = pc.replace_with_mask(empty, pa.array(needed), values).to_pandas().astype("str")
    zeros = frame["date"].str.fullmatch("0+")
    frame["date"] = frame["date"].where(~zeros, "")
    frame["day"] = read_dates(frame["date"]).days
    return frame


def _either(parts: pa.StructArray, name: str) -> pa.Array:
    """The quoted or the unquoted field, "" where there is none."""
    quoted = pc.fill_null(pc.struct_field(parts, f"q{name}"), "")
    plain = pc.fill_null(pc.struct_field(parts, name), "")
    return pc.if_else(pc.equal(quoted, ""), plain, quoted)


def _object_ids(texts: pa.Array, dimension: str) -> pa.Array:
    """The id in one dimension of object lists: pairs of dimension and id, either of them quoted or not."""
    pattern = rf'^\s*(?:{_ITEM}\s+{_ITEM}\s+)*?"?{dimension}"?\s+(?:"(?P<qid>(?:[^"\\]|\\.)*)"|(?P<id>[^\s"]+))'
    found = pc.utf8_trim_whitespace(_either(pc.extract_regex(texts, pattern), "id"))
    return pc.replace_substring(found, '\\"', '"')


def _vouchers(lines: SieLines) -> pd.DataFrame:
    heads = lines.vouchers or [(0, "", "", "", "")]
    frame = pd.DataFrame([head[1:] for head in heads], columns=["series", "id", "date", "text"], dtype="str")
    for name in frame.columns:
        frame[name] = frame[name].str.strip()
    frame["number"] = (frame["series"] + " " + frame["id"]).str.strip().where(frame["id"] != "", "")
    frame["day"] = read_dates(frame["date"]).days
    return frame[["number", "day", "date", "text"]]


def _dimensions(lines: SieLines, options: ReadOptions) -> tuple[str, str]:
    """The dimensions of customer and seller: those asked for, or others that are called so where these are not used."""
    found = []
    for asked, usual, names in (
        (options.dimension, _DEFAULTS.dimension, _CUSTOMER_NAMES),
        (options.seller_dimension, _DEFAULTS.seller_dimension, _SELLER_NAMES),
    ):
        called = [id_ for id_, name in _dimension_names(lines).items() if folded(name) in names]
        known = str(asked) in called or not called or asked != usual
        found.append(str(asked) if known else called[0])
    return found[0], found[1]


def _dimension_names(lines: SieLines) -> dict[str, str]:
    dims = [*lines.tags.get("DIM", []), *lines.tags.get("UNDERDIM", [])]
    return {parts[0]: parts[1] for parts in dims if len(parts) > 1 and parts[0].isalnum()}


def _objects(lines: SieLines) -> dict[str, dict[str, str]]:
    """Dimension → object id → name."""
    found: dict[str, dict[str, str]] = {}
    for parts in lines.tags.get("OBJEKT", []):
        if len(parts) > 2:
            found.setdefault(parts[0], {})[parts[1].strip()] = parts[2].strip()
    return found


def _years(lines: SieLines) -> dict[int, tuple[np.datetime64, np.datetime64]]:
    """Index of the fiscal year (0 is the current) → its first and last day."""
    found = {}
    for parts in lines.tags.get("RAR", []):
        if len(parts) > 2 and _YEAR.fullmatch(parts[0]):
            first, last = read_dates(pd.Series(parts[1:3], dtype="str")).days
            if not np.isnat(first) and not np.isnat(last):
                found[int(parts[0])] = (first, last)
    return found


def _stated(
    lines: SieLines, years: dict[int, tuple[np.datetime64, np.datetime64]], options: ReadOptions
) -> tuple[Stated, ...]:
    """The balances of the turnover accounts per fiscal year, revenue positive."""
    sums: dict[int, dict[str, float]] = {}
    for year, account, amount in _balances(lines.tags.get("RES", [])):
        of_year = sums.setdefault(year, {})
        if options.accounts[0] <= account_number(account) <= options.accounts[1]:
            of_year[account] = of_year.get(account, 0.0) - amount
    return tuple(
        Stated(sums[year], *years.get(year, (NO_DAY, NO_DAY)), current=year == 0)
        for year in sorted(sums, reverse=True)
        if year == 0 or year in years
    )


def _balances(lines: Iterable[list[str]]) -> list[tuple[int, str, float]]:
    whole = [parts for parts in lines if len(parts) > 2 and _YEAR.fullmatch(parts[0])]
    amounts = posted_amounts(pa.array([parts[2] for parts in whole], pa.large_string()))
    return [
        (int(parts[0]), parts[1], float(amount))
        for parts, amount in zip(whole, amounts, strict=True)
        if amount == amount
    ]

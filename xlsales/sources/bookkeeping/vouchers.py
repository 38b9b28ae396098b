"""Inside a voucher the customer stands on one posting and the revenue on others; here the one is carried to the others.

The same rule serves SIE 4, SIE 5 and SAF-T. Where a voucher has several customers, or none, nobody is guessed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from xlsales.sources.bookkeeping.voucher_texts import Named, named, numbers_apart

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Texts = npt.NDArray[np.object_]

NO_DAY: Final = np.datetime64("NaT")
_NONE, _SEVERAL = -1, -2
_COVERS = 0.1


@dataclass(frozen=True)
class Party:
    """A customer of the register."""

    name: str
    org_no: str = ""


@dataclass(frozen=True)
class Stated:
    """What the file itself states for a period.

    amounts: turnover account → revenue, positive. first, last: the period, NaT for the whole file.
    current: the file's own year, compared whether it has vouchers or not.
    """

    amounts: Mapping[str, float]
    first: np.datetime64 = NO_DAY
    last: np.datetime64 = NO_DAY
    current: bool = True


@dataclass(frozen=True)
class Book:
    """The vouchers of one bookkeeping file.

    postings: one row per posting in the order of the file, with voucher (position among the vouchers), line, account,
        amount (float64, debit positive, NaN where there is none), found (the amount as written), day (datetime64[s],
        NaT where there is none), date (as written), text, customer, invoice, seller (ids), and turnover, receivable
        and cost (bool). Texts are "" where there are none, and may be left out where neither turnover nor receivable.
    vouchers: one row per voucher with number, day, date, text.
    accounts: number → name. customers, sellers: id → register. stated: control totals.
    years: first and last day of each fiscal year, within which a voucher's number is its own.
    columns, reasons, currency, profile: as in :class:`xlsales.sources.Rows`. by_text: texts may name customers.
    """

    path: Path
    kind: str
    postings: pd.DataFrame
    vouchers: pd.DataFrame
    accounts: Mapping[str, str]
    customers: Mapping[str, Party]
    sellers: Mapping[str, str] = field(default_factory=dict)
    stated: tuple[Stated, ...] = ()
    years: tuple[tuple[np.datetime64, np.datetime64], ...] = ()
    columns: Mapping[str, str] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)
    currency: str = ""
    profile: str = ""
    by_text: bool = True


def with_customers(book: Book) -> pd.DataFrame:
    """The turnover postings with customer_no, customer, org_no, invoice_no, seller and by ("object", "text" or "").

    An object on the posting itself comes first, then the one customer of the same invoice in the voucher, of
    its receivables, of the whole voucher; where the voucher has no object, the customer that its texts name.
    """
    rows = book.postings[book.postings["turnover"]]
    ids, several = _of_objects(book.postings, rows)
    invoice = _filled(rows["invoice"], _only_of_voucher(book.postings, "invoice", rows))
    seller = _filled(rows["seller"], _only_of_voucher(book.postings, "seller", rows))
    found = rows.assign(customer_no=ids, invoice_no=invoice, seller=[book.sellers.get(id_, id_) for id_ in seller])
    found["by"] = np.where(ids != "", "object", "")
    found["customer"] = [book.customers[id_].name if id_ in book.customers else "" for id_ in ids]
    found["org_no"] = [book.customers[id_].org_no if id_ in book.customers else "" for id_ in ids]
    if book.by_text and len(found):
        found = _with_texts(book, found, several)
    number = book.vouchers["number"].to_numpy(dtype=object)[found["voucher"].to_numpy()]
    return found.assign(invoice_no=_filled(found["invoice_no"], number))


def _of_objects(postings: pd.DataFrame, rows: pd.DataFrame) -> tuple[Texts, Mask]:
    """Customer id per turnover row from objects, and for which rows the voucher holds customers but not one alone."""
    codes, names = _codes(postings["customer"])
    voucher = postings["voucher"].to_numpy()
    size = int(voucher.max(initial=-1)) + 1
    receivable = postings["receivable"].to_numpy()
    of_receivables = _only(voucher[receivable], codes[receivable], size)
    of_voucher = _only(voucher, codes, size)
    of_voucher = np.where(of_receivables == _NONE, of_voucher, of_receivables)
    turnover = postings["turnover"].to_numpy()
    found = codes[turnover]
    open_ = found == _NONE
    found = np.where(open_, _of_same_invoice(postings, codes)[turnover], found)
    found = np.where(found < 0, of_voucher[rows["voucher"].to_numpy()], found)
    texts: Texts = np.append(np.asarray(names, dtype=object), ["", ""])
    several: Mask = found == _SEVERAL
    return texts[found], several


def _of_same_invoice(postings: pd.DataFrame, codes: Ints) -> Ints:
    """Per posting the one customer of the postings with the same invoice in the same voucher."""
    invoices, names = _codes(postings["invoice"])
    if not len(names):
        return np.full(len(postings), _NONE, dtype=np.int64)
    pair, pairs = pd.factorize(postings["voucher"].to_numpy() * (len(names) + 1) + invoices + 1)
    found = _only(pair, np.where(invoices == _NONE, _NONE, codes), len(pairs))[pair]
    return np.where(invoices == _NONE, _NONE, found)


def _only_of_voucher(postings: pd.DataFrame, column: str, rows: pd.DataFrame) -> Texts:
    """Per turnover row the one value that the voucher's postings have, "" where they have several."""
    codes, names = _codes(postings[column])
    voucher = postings["voucher"].to_numpy()
    found = _only(voucher, codes, int(voucher.max(initial=-1)) + 1)
    texts: Texts = np.append(np.asarray(names, dtype=object), ["", ""])
    per_row: Texts = texts[found[rows["voucher"].to_numpy()]]
    return per_row


def _codes(texts: pd.Series[str]) -> tuple[Ints, Any]:
    """Texts as numbers from 0, −1 where there is none, and the texts in that order."""
    codes, names = pd.factorize(texts.where(texts != ""))
    return codes.astype(np.int64), names


def _only(keys: Ints, codes: Ints, size: int) -> Ints:
    """Per key the one code there is, −1 where there is none, −2 where there are several."""
    found = np.full(size, _NONE, dtype=np.int64)
    used = codes != _NONE
    groups = pd.Series(codes[used]).groupby(keys[used])
    low, high = groups.min(), groups.max()
    found[low.index.to_numpy(dtype=np.int64)] = np.where(low.to_numpy() == high.to_numpy(), low.to_numpy(), _SEVERAL)
    return found


def _filled(texts: pd.Series[str], others: Texts) -> Texts:
    own = texts.to_numpy(dtype=object)
    return np.where(own == "", others, own)


def _with_texts(book: Book, found: pd.DataFrame, several: Mask) -> pd.DataFrame:
    """Names and numbers from texts, where objects or the register have none."""
    told = _told(book, found)
    name = np.array([one.name for one in told], dtype=object)
    open_ = (found["customer_no"].to_numpy(dtype=object) == "") & ~several & (name != "")
    bare = _customer_numbers(told, open_)
    number = np.array([one.number for one in told], dtype=object)
    last = np.array([one.last for one in told], dtype=object)
    own = found["customer_no"].to_numpy(dtype=object)
    of_customer = bare | ((number != "") & (number == own))
    invoice = np.where(of_customer, last, np.where(number == "", last, number))
    ids = np.where(open_, np.where(bare, number, name), own)
    register = found["customer"].to_numpy(dtype=object)
    known = _first_names(ids, np.where(register == "", name, register))
    return found.assign(
        customer_no=ids,
        customer=np.where(register == "", known, register),
        invoice_no=_filled(found["invoice_no"], invoice),
        by=np.where(open_, "text", found["by"]),
    )


def _first_names(ids: Texts, names: Texts) -> Texts:
    """One name per customer, the first that there is."""
    told = (names != "") & (ids != "")
    first = dict(zip(ids[told][::-1], names[told][::-1], strict=True))
    return np.array([first.get(id_, "") for id_ in ids], dtype=object)


def _customer_numbers(told: list[Named], used: Mask) -> Mask:
    """Whether the numbers before the names are the customers' own: always the same for the same name."""
    first = np.array([one.number_first for one in told], dtype=np.bool_) & used
    pairs = pd.DataFrame({
        "name": [one.name for one, hit in zip(told, first, strict=True) if hit],
        "number": [one.number for one, hit in zip(told, first, strict=True) if hit],
        "last": [one.last for one, hit in zip(told, first, strict=True) if hit],
    })  # fmt: skip
    per_name = pairs.groupby("name")
    repeated = bool((per_name["last"].nunique() > 1).any())
    alone = bool((per_name["number"].nunique() == 1).all())
    return first if len(pairs) and repeated and alone else np.zeros_like(first)


def _told(book: Book, found: pd.DataFrame) -> list[Named]:
    """Per turnover row what the texts of its voucher tell of the customer."""
    nobody = Named()
    wanting = (found[["customer_no", "customer", "invoice_no"]] == "").any(axis=1)
    texts = _Texts(book, found.loc[wanting, "voucher"])
    shaky: dict[int, Named] = {}
    told: list[Named] = []
    of_voucher: dict[int, Named] = {}
    for voucher, text, wants in zip(found["voucher"].tolist(), found["text"].tolist(), wanting.tolist(), strict=True):
        one, sure = texts.of(voucher, text) if wants else (nobody, True)
        if one.name and not sure:
            shaky[voucher] = one
        if one.name:
            of_voucher[voucher] = one
        told.append(one)
    if len({one.name for one in shaky.values()}) == 1 and len(shaky) > 2:
        # The same words on every voucher are no name.
        alone = next(iter(shaky.values())).name
        told = [Named() if one.name == alone and not one.told else one for one in told]
    apart = numbers_apart(of_voucher)
    return [apart.get(one.name, one) for one in told] if apart else told


class _Texts:
    """What the texts of some vouchers tell, each text read once."""

    def __init__(self, book: Book, vouchers: pd.Series[int]) -> None:
        self._read: dict[str, Named] = {}
        self._texts = book.vouchers["text"].tolist()
        receivable = book.postings[book.postings["receivable"] & book.postings["voucher"].isin(vouchers.unique())]
        self._names: dict[int, dict[str, Named]] = {}
        for voucher, text in zip(receivable["voucher"].tolist(), receivable["text"].tolist(), strict=True):
            names = self._names.setdefault(voucher, {})
            if text and (one := self._named(text)).name:
                names.setdefault(one.name, one)
        self._covered = _covered(book.postings)

    def of(self, voucher: int, text: str) -> tuple[Named, bool]:
        """What is told of the customer of one posting, and whether the text itself says that it is a customer."""
        whole = self._named(self._texts[voucher])
        names = self._names.get(voucher)
        own = self._named(text) if text else whole
        if names is None and not whole.of_customer:
            return Named(), True
        if own.told and own.name and (own.name in names if names else own.name == whole.name or not whole.name):
            return own, True
        one = next(iter(names.values())) if names and len(names) == 1 else Named()
        if whole.told and whole.name:
            # The voucher's text is often cut shorter than the posting's.
            return (whole._replace(name=one.name) if one.name.startswith(whole.name) else whole), True
        if one.name and (one.told or self._covered[voucher]):
            return one, one.told
        if names or not whole.name or not self._covered[voucher]:
            return Named(number=whole.number or whole.last), True
        return whole, False

    def _named(self, text: str) -> Named:
        found = self._read.get(text)
        if found is None:
            found = self._read[text] = named(text)
        return found


def _covered(postings: pd.DataFrame) -> Mask:
    """Vouchers whose turnover is a real part of the receivable, as in an invoice and not in a payment's rounding."""
    size = int(postings["voucher"].max()) + 1 if len(postings) else 0
    amount = postings["amount"].abs().fillna(0.0)
    sums = [
        np.bincount(postings.loc[mask, "voucher"], weights=amount[mask], minlength=size)
        for mask in (postings["turnover"], postings["receivable"])
    ]
    covered: Mask = (sums[0] > 0) & (sums[0] >= _COVERS * sums[1]) & (sums[1] > 0)
    return covered

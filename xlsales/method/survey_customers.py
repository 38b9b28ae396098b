"""Which customer a respondent of an export belongs to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from xlsales.method.book import Book
from xlsales.sources.names import name_key

# Addresses of people, not of companies.
_PRIVATE = {
    "gmail", "googlemail", "hotmail", "outlook", "live", "msn", "yahoo", "icloud", "me", "telia", "tele2", "comhem",
    "bredband", "proton", "protonmail", "aol", "spray", "home", "mail",
}  # fmt: skip


@dataclass(frozen=True)
class Customers:
    """Customer numbers by what may tell them; a name that two customers share tells nothing.

    open: the workbook knows no customers yet, so any number will do.
    """

    numbers: Mapping[str, str]
    names: Mapping[str, str]
    open: bool

    @classmethod
    def of(cls, book: Book) -> Customers:
        """The customers in the register."""
        rows = book.parsed("customers").good
        known = [str(number) for number in rows["customer_no"]]
        bare = _unique((n.lstrip("0"), n) for n in known)
        names = _unique((_bare(str(name)), no) for name, no in zip(rows["customer"], known, strict=True) if name)
        return cls({**bare, **{n: n for n in known}}, names, not known)

    def find(self, clues: Iterable[tuple[str, str]]) -> str:
        """The customer number by the first clue that tells it; "" where none does."""
        for kind, text in clues:
            found = self._number(text) if kind == "number" else self.names.get(_told(kind, text), "")
            if found:
                return found
        return ""

    def _number(self, text: str) -> str:
        number = text.strip()
        return self.numbers.get(number) or self.numbers.get(number.lstrip("0"), number if self.open else "")


def _told(kind: str, text: str) -> str:
    if kind == "name":
        return _bare(text)
    labels = text.rpartition("@")[2].casefold().split(".")
    own = labels[-2] if len(labels) > 1 else ""
    return "" if own in _PRIVATE else _bare(own)


def _bare(name: str) -> str:
    return name_key(name).replace(" ", "").replace("-", "")


def _unique(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    found: dict[str, set[str]] = {}
    for key, number in pairs:
        if key:
            found.setdefault(key, set()).add(number)
    return {key: numbers.pop() for key, numbers in found.items() if len(numbers) == 1}

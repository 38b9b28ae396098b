"""Door: run from outside on a workbook that is open in Excel, where macros are not allowed."""

from __future__ import annotations

from argparse import Namespace
from pathlib import PurePath
from typing import Any

from xlsales.buttons import Wish, check, run_steps, texts_of, undo
from xlsales.commands import parse_date
from xlsales.hosts.excel import open_books
from xlsales.hosts.live.refusals import in_words
from xlsales.issues import WrongUse
from xlsales.sources.choices import read_choices


def attach(options: Namespace) -> int:
    """Run the steps in the open workbook and print how it went."""
    with in_words():
        return _attached(options)


def _attached(options: Namespace) -> int:
    book = _chosen(open_books(), options.workbook)
    if options.undo:
        told = undo(book)
    elif options.check:
        told = check(book)
    else:
        as_of = parse_date(options.as_of) if options.as_of else None
        wish = Wish(tuple(options.ledger), as_of, {"read": read_choices(options.set, options.profile)})
        told = run_steps(book, options.step, wish)
    print(told)
    print(texts_of(book).say("excel", "not_saved", book=book.name))
    return 0


def _chosen(books: list[Any], wanted: str) -> Any:
    """The open workbook of that name or path, or the active one."""
    if not books:
        raise WrongUse("no_open_workbook")
    if not wanted:
        return books[0]
    name = PurePath(wanted.replace("\\", "/")).name.casefold()
    found = [book for book in books if book.name.casefold() == name]
    if not found:
        raise WrongUse("workbook_not_open", path=wanted, books=[book.name for book in books])
    return found[0]

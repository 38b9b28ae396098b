"""A working sheet copied into a workbook that is open in Excel."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from xlsales.hosts.ooxml.graft import free_name


def copy_working_sheet(book: Any, path: Path, lookups: Mapping[str, str]) -> str:
    """Copy the one sheet of a workbook behind the last sheet of an open one; returns the name it got.

    book: an xlwings Book. path: the built workbook, which is opened for reading and closed again.
    lookups: {cell: formula} of those that read tables of ``book``; in a workbook of their own they would be damaged,
    so they are written after the copy.
    """
    built = book.app.books.open(str(path), read_only=True)
    try:
        source = built.sheets[0]
        name = free_name([sheet.name for sheet in book.sheets], source.name)
        source.copy(after=book.sheets[len(book.sheets) - 1], name=name)
    finally:
        built.close()
    book.activate()
    sheet = book.sheets[name]
    for cell, formula in lookups.items():
        sheet.range(cell).formula = formula
    return name

"""What runs in LibreOffice's own Python: worksheet functions through xlwings' own Windows layer."""

from __future__ import annotations

import datetime as dt
import traceback
from functools import cache
from types import ModuleType, SimpleNamespace
from typing import Any, cast

from tests.functions.windows_stub import ComRange, windows_udfs
from tests.live.blocks import read_values
from tests.live.books import Book
from tests.live.formats import Formats, area_of
from tests.live.sheets import Sheet


def call(name: str, arguments: tuple[Any, ...], document: Any) -> Any:
    """A worksheet function with its arguments as VBA has them: ranges of the document, arrays and values.

    VBA passes over errors in silence here, so one of the bridge's own is the answer.
    """
    try:
        given = tuple(_as_com(argument, document) for argument in arguments)
        return _udfs().call_udf("xlsales.addin", name, given, None, ComRange(None))
    except Exception:
        return traceback.format_exc()


def _as_com(argument: Any, document: Any) -> Any:
    """A range of VBA as COM gives it; VBA's own ``Value`` has no errors and no dates in LibreOffice."""
    if not hasattr(argument, "getCellRange"):
        return argument
    cells = argument.getCellRange()
    zero = document.NullDate
    # Not the book of the engine: that mends what it opens, and here LibreOffice is in the midst of its formulas.
    book = SimpleNamespace(
        document=document, formats=Formats(document), day_zero=dt.datetime(zero.Year, zero.Month, zero.Day)
    )
    rows = read_values(Sheet(cast(Book, book), cells.Spreadsheet.Name), area_of(cells.RangeAddress))
    alone = len(rows) == len(rows[0]) == 1
    return ComRange(rows[0][0] if alone else tuple(map(tuple, rows)))


@cache
def _udfs() -> ModuleType:
    return windows_udfs()

"""What Excel refuses to do and LibreOffice would do, or would pass over in silence."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from tests.live.office import import_uno
from xlsales.hosts.ooxml.addresses import Area, area_text

LONGEST_TEXT = 32_767


_P = ParamSpec("_P")
_R = TypeVar("_R")


class Refused(Exception):
    """An error that Excel raises as well (its number 1004)."""


def excel_errors(call: Callable[_P, _R]) -> Callable[_P, _R]:
    """Raise LibreOffice's errors as Excel's. Python's context managers cannot carry the former."""

    @wraps(call)
    def calling(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        try:
            return call(*args, **kwargs)
        except import_uno().getClass("com.sun.star.uno.Exception") as error:
            raise Refused(f"{call.__name__}: {type(error).__name__} {error.Message}") from None

    return calling


def refuse_if_protected(sheet: Any, area: Area) -> None:
    """Raise where a locked cell of a protected sheet would change."""
    if not sheet.isProtected():
        return
    cells = sheet.getCellRangeByPosition(area.left - 1, area.top - 1, area.right - 1, area.bottom - 1)
    for formats in cells.UniqueCellFormatRanges:
        if formats.CellProtection.IsLocked:
            raise Refused(f"the cell {area_text(area)} is on a protected sheet")


def refuse_if_split(moved: Area, tables: list[Area], *, down: bool) -> None:
    """Raise where cells that move up or down (else sideways) would take a part of a table and leave the rest."""
    for table in tables:
        whole = moved.left <= table.left and table.right <= moved.right
        if not down:
            whole = moved.top <= table.top and table.bottom <= moved.bottom
        if moved.meets(table) and not whole:
            raise Refused("the operation is attempting to shift cells in a table on the worksheet")

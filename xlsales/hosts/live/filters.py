"""The filters of open tables, lifted while rows are moved and put back afterwards."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from typing import Any

from xlsales.hosts.live.cells import block


class Filters:
    """What each table was filtered by. ``lost``: names of tables whose filter could not be put back whole."""

    def __init__(self) -> None:
        self.lost: list[str] = []
        self._held: list[tuple[Any, list[tuple[str, Any]]]] = []

    @classmethod
    @contextlib.contextmanager
    def lifted(cls, tables: Iterable[Any]) -> Iterator[Filters]:
        """Show every row of the tables for the time being: a sort and a write skip rows that a filter hides."""
        filters = cls()
        for table in tables:
            filters._lift(table)
        try:
            yield filters
        finally:
            for table, criteria in filters._held:
                with contextlib.suppress(Exception):
                    filters._put_back(table, criteria)

    def _lift(self, table: Any) -> None:
        if not table.show_autofilter:
            return
        active = [criterion for criterion in table.autofilter.criteria if criterion.type != "none"]
        if active:
            headings = _headings(table)
            self._held.append((table, [(headings[criterion.field - 1], criterion) for criterion in active]))
            table.autofilter.clear()

    def _put_back(self, table: Any, criteria: list[tuple[str, Any]]) -> None:
        headings = _headings(table)
        done = [
            heading in headings and _applied(table.autofilter, headings.index(heading) + 1, criterion)
            for heading, criterion in criteria
        ]
        if not all(done):
            self.lost.append(table.name)


def _headings(table: Any) -> list[str]:
    columns = table.header_row_range.shape[1]
    return [str(cell) for cell in block(table.header_row_range.raw_value, 1, columns)[0]]


def _applied(autofilter: Any, field: int, criterion: Any) -> bool:
    """Put one criterion back; False for a kind that cannot be (by colour, by icon, the top so many)."""
    try:
        if criterion.type == "values":
            autofilter.apply_values(field, criterion.values)
        elif criterion.type == "comparison" and criterion.operator:
            operands = [value for value in (criterion.value1, criterion.value2) if value is not None] or [None]
            autofilter.apply_comparison(field, criterion.operator, *operands)
        else:
            return False
    except Exception:
        return False
    return True

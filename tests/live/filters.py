"""``xlwings.AutoFilter`` over LibreOffice's filters."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from xlwings import base_classes

from tests.live.moves import sort_rows
from tests.live.office import enum, struct
from tests.live.refusals import Refused, excel_errors
from tests.live.values import constant_text

if TYPE_CHECKING:
    from tests.live.tables import Table

_EMPTY, _FILLED, _EQUAL = 0, 1, 2  # com.sun.star.sheet.FilterOperator2
_OPERATORS = {
    "equal_to": 2, "not_equal_to": 3, "greater_than": 4, "greater_than_or_equal": 5, "less_than": 6,
    "less_than_or_equal": 7,
}  # fmt: skip
_NAMES = {number: name for name, number in _OPERATORS.items()}
_NUMBER, _TEXT = 0, 1  # com.sun.star.sheet.FilterFieldType
_BETWEEN = {"between": ("AND", 5, 7), "not_between": ("OR", 6, 4)}


class AutoFilter(base_classes.AutoFilter):
    """The filter of a table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    @property
    def criteria(self) -> list[dict[str, Any]]:
        """One entry per column, also where nothing is filtered."""
        area = self._table.area
        fields: dict[int, list[Any]] = {}
        for field in self._fields():
            fields.setdefault(field.Field + 1, []).append(field)
        return [_snapshot(at, fields.get(at, [])) for at in range(1, area.right - area.left + 2)]

    def apply_values(self, field: int, values: list[str]) -> None:
        """Show the rows whose cell is one of the values."""
        self._replace(field, [_field(field, _EQUAL, values)])

    def apply_comparison(self, field: int, operator: str, value1: Any, value2: Any) -> None:
        """Show the rows whose cell compares so."""
        if value1 is None:
            self._replace(field, [_field(field, _EMPTY if operator == "equal_to" else _FILLED, [""])])
            return
        first, second = _operand(value1), None if value2 is None else _operand(value2)
        if operator in _BETWEEN:
            connection, low, high = _BETWEEN[operator]
            self._replace(field, [_field(field, low, [first]), _field(field, high, [second], connection)])
        else:
            self._replace(field, [_field(field, _OPERATORS[operator], [first])])

    def clear(self, field: int | None = None) -> None:
        """Show the rows that one column, or every column, hides."""
        kept = [] if field is None else [kept for kept in self._fields() if kept.Field != field - 1]
        self._apply(kept)

    def _fields(self) -> tuple[Any, ...]:
        return tuple(_typed(field) for field in self._table.native.getFilterDescriptor().getFilterFields3())

    def _replace(self, field: int, fields: list[Any]) -> None:
        self._apply([kept for kept in self._fields() if kept.Field != field - 1] + fields)

    @excel_errors
    def _apply(self, fields: list[Any]) -> None:
        table = self._table
        if table.parent.native.isProtected():
            raise Refused("you cannot filter on a protected sheet")
        cells = table.range.cells
        if not fields:  # refresh would leave the rows of the last filter hidden
            empty = cells.createFilterDescriptor(True)
            empty.ContainsHeader = True
            cells.filter(empty)
            return
        # The filter of a block would forget all but the last of several values; that of the table does not.
        descriptor = table.native.getFilterDescriptor()
        descriptor.ContainsHeader = True
        descriptor.setFilterFields3(tuple(fields))
        # Without this, refresh would also sort the rows again as they were sorted last.
        sort_rows(table.parent, table.area, [], [], has_headers=True)
        table.native.refresh()
        if table.show_totals:  # LibreOffice filters the totals too
            cells.Rows.getByIndex(cells.Rows.Count - 1).IsVisible = True


def _field(field: int, operator: int, values: list[Any], connection: str = "AND") -> Any:
    return struct(
        "sheet.TableFilterField3", Field=field - 1, Operator=operator, Values=tuple(map(_value, values)),
        Connection=enum("sheet.FilterConnection", connection),
    )  # fmt: skip


def _typed(field: Any) -> Any:
    """A field as it was set. LibreOffice gives back every value as if it were a number."""
    values = tuple(field.Values)
    for value in values:
        value.FilterType = _NUMBER if value.IsNumeric else _TEXT
    field.Values = values
    return field


def _value(value: str) -> Any:
    try:
        number = float(value)
    except ValueError:
        number = float("nan")
    if constant_text(number) not in (value, value.removesuffix(".0")):  # 001 is a text, 1.0 the number 1
        return struct("sheet.FilterFieldValue", IsNumeric=False, StringValue=value, FilterType=_TEXT)
    return struct(
        "sheet.FilterFieldValue", IsNumeric=True, NumericValue=number, StringValue=value, FilterType=_NUMBER
    )  # fmt: skip


def _operand(value: Any) -> str:
    """A number or text as it is; a date as the number that Excel stores for it."""
    if not isinstance(value, dict):
        return str(value)
    return str((dt.datetime.fromisoformat(value["value"]) - dt.datetime(1899, 12, 30)) / dt.timedelta(days=1))


def _snapshot(at: int, fields: list[Any]) -> dict[str, Any]:
    entry = base_classes.empty_autofilter_criteria(at)
    if not fields:
        return entry
    texts = [[_text(value) for value in field.Values] for field in fields]
    if len(fields) == 2:
        low = fields[0].Operator
        operator = next((name for name, (_, first, _) in _BETWEEN.items() if first == low), None)
        return entry | {"type": "comparison", "operator": operator, "value1": texts[0][0], "value2": texts[1][0]}
    number = fields[0].Operator
    if number in (_EMPTY, _FILLED):
        return entry | {"type": "comparison", "operator": _NAMES[number + _EQUAL]}
    if number == _EQUAL and len(texts[0]) > 1:
        return entry | {"type": "values", "values": texts[0]}
    if number in _NAMES:
        return entry | {"type": "comparison", "operator": _NAMES[number], "value1": texts[0][0]}
    return base_classes.empty_autofilter_criteria(at, "unknown")


def _text(value: Any) -> str:
    return f"{value.NumericValue:.15g}" if value.IsNumeric else str(value.StringValue)

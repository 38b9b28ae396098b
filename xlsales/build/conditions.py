"""Colours that follow the values: bars, heat, warnings and the tones of choices."""

from __future__ import annotations

from typing import Any

from xlsxwriter.utility import xl_range, xl_rowcol_to_cell

from xlsales.build.areas import Area, Head
from xlsales.build.canvas import Canvas, styles
from xlsales.tables.schema import load_schema

_FLAGS = {"flag": "warn", "flag_good": "good"}


def colour(canvas: Canvas, area: Area) -> None:
    """Put the conditional formats of a table on the bodies of its columns."""
    page = canvas.pages[area.table.sheet]
    for position, head in enumerate(area.heads):
        for rule in [*_rules(canvas, head), *_formats(canvas, area, head)]:
            page.conditional_format(*area.body(position), rule)
    for look, below in (("heat", 0), ("heat_inner", 1)):
        _heat(canvas, area, look, below)


def _rules(canvas: Canvas, head: Head) -> list[dict[str, Any]]:
    column = head.column
    if column.look == "bar":
        return [{"type": "data_bar", "bar_solid": True, "bar_color": styles()["chart"]["bar"], "data_bar_2010": True}]
    if column.look == "signed":
        form = canvas.tone("negative")
        return [{"type": "cell", "criteria": "<", "value": 0, "format": form}]
    if column.look in _FLAGS:
        yes = load_schema().label("yes_no", "yes", canvas.language)
        return [_equals(yes, canvas, _FLAGS[column.look])]
    return _tones(canvas, column.choice or column.type)


def _tones(canvas: Canvas, choice: str) -> list[dict[str, Any]]:
    entries = load_schema().choices.get(choice, {}).values()
    return [_equals(entry.label[canvas.language], canvas, entry.tone) for entry in entries if entry.tone]


def _equals(label: Any, canvas: Canvas, tone: str) -> dict[str, Any]:
    value = f'"{label}"' if isinstance(label, str) else label
    return {"type": "cell", "criteria": "==", "value": value, "format": canvas.tone(tone)}


def _formats(canvas: Canvas, area: Area, head: Head) -> list[dict[str, Any]]:
    """Numbers of their own kind in a column of shares, by the measure that stands first in the row."""
    if head.column.look != "by_measure":
        return []
    measures = load_schema().choices[area.table.columns[0].choice].values()
    first = xl_rowcol_to_cell(area.first, area.left, col_abs=True)
    return [
        {
            "type": "formula",
            "criteria": f'={first}="{measure.label[canvas.language]}"',
            "format": canvas.number_format(measure.format),
        }
        for measure in measures
        if measure.format
    ]


def _heat(canvas: Canvas, area: Area, look: str, below: int) -> None:
    """One scale over all heated columns of a table, so that cells compare across columns too.

    below: rows of sums at the end of the table that are not compared.
    """
    heated = [
        xl_range(first, left, last - below, right)
        for position, head in enumerate(area.heads)
        if head.column.look == look
        for first, left, last, right in [area.body(position)]
    ]
    if heated:
        canvas.pages[area.table.sheet].conditional_format(
            heated[0],
            {
                "type": "2_color_scale", "min_color": "#FFFFFF", "max_color": styles()["chart"]["heat"],
                "multi_range": " ".join(heated),
            },
        )

"""Scatter charts: a named point per row of a table, and lines that cross the plot."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from xlsxwriter.chart import Chart

from xlsales.build.areas import Area
from xlsales.build.canvas import Canvas, color, styles, type_of

Declared = Mapping[str, Any]
# Neighbours in the table often lie close to each other: their names go to different sides.
_SIDES = ("right", "above", "left", "below")
POINTS = 15
"""Rows that get a named point where the chart does not say; a program without the row draws nothing."""


def scatter(canvas: Canvas, declared: Declared) -> Chart:
    """A scatter chart without its dress.

    series: x and y name columns; with ``label`` every row is a point that shows its text, otherwise all
    rows are one series, drawn as a line where ``line`` is set. A series may come from another ``table``.
    """
    chart = canvas.book.add_chart({"type": "scatter"})
    for series in declared["series"]:
        area = canvas.areas[series.get("table", declared["table"])]
        for wish in _named(area, declared, series) if series.get("label") else [_whole(area, series)]:
            chart.add_series(wish | _paint(series))
    return chart


def dress_scatter(chart: Chart, canvas: Canvas, declared: Declared) -> None:
    """Both axes with what they measure; points that bear their names need no legend."""
    area, first = canvas.areas[declared["table"]], declared["series"][0]
    chart.set_x_axis(_axis(canvas, area, declared, ("x", first["x"])))
    chart.set_y_axis(_axis(canvas, area, declared, ("y", first["y"])))
    if all(series.get("label") or series.get("line") for series in declared["series"]):
        chart.set_legend({"none": True})


def _named(area: Area, declared: Declared, series: Declared) -> Iterator[dict[str, Any]]:
    """One series per row, named by its text: shown by every program, and moved along with the table."""
    x, y, label = (area.place(series[key]) for key in ("x", "y", "label"))
    shown = {"value": False, "series_name": True}
    font = {"name": styles()["font"]["name"], "size": 9, "color": color("ink")}
    for place, row in enumerate(range(area.first, area.first + int(declared.get("points", POINTS)))):
        yield {
            "name": [area.sheet, row, label],
            "categories": [area.sheet, row, x, row, x],
            "values": [area.sheet, row, y, row, y],
            "data_labels": shown | {"position": _SIDES[place % len(_SIDES)], "font": font},
        }


def _whole(area: Area, series: Declared) -> dict[str, Any]:
    x, y = area.place(series["x"]), area.place(series["y"])
    return {
        "name": [area.sheet, area.top, y],
        "categories": [area.sheet, area.first, x, area.last, x],
        "values": [area.sheet, area.first, y, area.last, y],
    }


def _paint(series: Declared) -> dict[str, Any]:
    paint = styles()["chart"][series["color"]]
    if series.get("line"):
        return {"line": {"color": paint, "width": 1.5, "dash_type": "dash"}, "marker": {"type": "none"}}
    inside = "#FFFFFF" if series.get("hollow") else paint
    kind, size = series.get("marker", "circle"), series.get("size", 9)
    dot = {"type": kind, "size": size, "fill": {"color": inside}, "border": {"color": paint}}
    return {"line": {"none": True}, "marker": dot}


def _axis(canvas: Canvas, area: Area, declared: Declared, named: tuple[str, str]) -> dict[str, Any]:
    side, key = named
    font = {"name": styles()["font"]["name"], "size": 9, "color": color("ink")}
    shown = {"percent": "0%", "number": "0.0"}.get(area.table[key].type, type_of(area.table[key])["format"])
    title = declared.get(f"{side}_{canvas.language}", area.table[key].heading[canvas.language])
    grid = {"visible": True, "line": {"color": color("grid"), "width": 0.75}}
    return {
        "name": title, "name_font": font | {"bold": False}, "num_font": font, "num_format": shown,
        "line": {"color": color("faint")}, "major_gridlines": grid, "label_position": "low",
        **({"log_base": 10} if declared.get(f"{side}_log") else {}),
    }  # fmt: skip

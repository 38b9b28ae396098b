"""The declared charts over the tool's tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from xlsxwriter.chart import Chart
from xlsxwriter.utility import xl_cell_to_rowcol, xl_range_formula

from xlsales.build.areas import Area
from xlsales.build.canvas import Canvas, color, styles, type_of
from xlsales.build.scatter import dress_scatter, scatter
from xlsales.tables.folder import read_toml

Declared = Mapping[str, Any]
_KINDS = {
    "column": {"type": "column"},
    "clustered": {"type": "column"},
    "stacked": {"type": "column", "subtype": "stacked"},
    "bar": {"type": "bar"},
    "line": {"type": "line"},
}
_NARROW = 700
_AXIS_FORMATS = {"percent": "0%", "percent2": "0%", "money": "#,##0", "integer": "#,##0"}


def declared_charts() -> list[Declared]:
    """The charts in the order they are declared."""
    charts: list[Declared] = read_toml("charts.toml")["chart"]
    return charts


def draw_charts(canvas: Canvas) -> None:
    """Draw every declared chart at its place."""
    for declared in declared_charts():
        chart = _chart(canvas, declared)
        row, column = xl_cell_to_rowcol(declared["place"])
        title = declared[canvas.language]
        canvas.pages[declared["sheet"]].insert_chart(
            row, column, chart,
            {"x_offset": declared.get("offset", 0), "object_position": 2, "description": title},
        )


def _chart(canvas: Canvas, declared: Declared) -> Chart:
    if declared["kind"] == "scatter":
        points = scatter(canvas, declared)
        _dress(points, canvas, declared)
        dress_scatter(points, canvas, declared)
        return points
    area = canvas.areas[declared["table"]]
    piled = {"subtype": "stacked"} if declared.get("stacked") else {}
    chart = canvas.book.add_chart(_KINDS[declared["kind"]] | piled)
    lines = canvas.book.add_chart({"type": "line"})
    for series in declared["series"]:
        as_line = series.get("kind") == "line"
        (lines if as_line else chart).add_series(_series(area, declared, series))
    if any(series.get("kind") == "line" for series in declared["series"]):
        chart.combine(lines)
    _dress(chart, canvas, declared)
    _axes(chart, lines, area, declared)
    return chart


def _series(area: Area, declared: Declared, series: Declared) -> dict[str, Any]:
    column = area.place(series["column"])
    categories = area.place(declared["categories"])
    wish: dict[str, Any] = {
        "name": [area.sheet, area.top, column],
        "categories": [area.sheet, area.first, categories, area.last, categories],
        "values": [area.sheet, area.first, column, area.last, column],
    }
    if series.get("axis2"):
        wish["y2_axis"] = True
    if "below" in series:
        wish["y_error_bars"] = _interval(area, series)
    return wish | _paint(declared, series)


def _interval(area: Area, series: Declared) -> dict[str, Any]:
    """An interval around each value: the columns hold how far it reaches below and above."""
    below, above = (
        xl_range_formula(area.sheet, area.first, area.place(series[side]), area.last, area.place(series[side]))
        for side in ("below", "above")
    )
    line = {"color": color("ink"), "width": 1.25}
    return {"type": "custom", "minus_values": "=" + below, "plus_values": "=" + above, "line": line}


def _paint(declared: Declared, series: Declared) -> dict[str, Any]:
    """Fill, line and marker of a series, so that the series differ in grey too."""
    if series.get("hidden"):
        return {"fill": {"none": True}, "border": {"none": True}}
    paint = styles()["chart"][series["color"]]
    if series.get("marker"):
        edge = styles()["chart"][series.get("edge", series["color"])]
        dash = {"type": series["marker"], "size": 9, "fill": {"color": paint}, "border": {"color": edge}}
        return {"line": {"none": True}, "marker": dash}
    if series.get("kind", declared["kind"]) == "line":
        kind = series.get("dash")
        dashed = {"dash_type": kind if isinstance(kind, str) else "dash"} if kind else {}
        if series.get("plain"):
            return {"line": {"color": paint, "width": 2.25, **dashed}, "marker": {"type": "none"}}
        if "dot" in series:
            inside = {"color": "#FFFFFF" if series.get("hollow") else paint}
            shape = {"type": series["dot"], "size": 8, "fill": inside, "border": {"color": paint}}
            return {"line": {"color": paint, "width": 2, **dashed}, "marker": shape}
        dot = {"type": "circle", "size": 5, "fill": {"color": paint}, "border": {"color": "#FFFFFF"}}
        return {"line": {"color": paint, "width": 2.25, **dashed}, "marker": dot}
    heaped = declared["kind"] == "stacked" or declared.get("stacked")
    gap = {"gap": 60, "overlap": 100 if heaped else declared.get("overlap", 0)}
    hatch = series.get("pattern", "wide_upward_diagonal" if series.get("hatched") else "solid")
    if hatch != "solid":
        pattern = {"pattern": hatch, "fg_color": paint, "bg_color": "#FFFFFF"}
        return {"pattern": pattern, "border": {"color": paint}, **gap}
    border = {"color": "#FFFFFF"} if "pattern" in series else {"none": True}
    return {"fill": {"color": paint}, "border": border, **gap}


def _dress(chart: Chart, canvas: Canvas, declared: Declared) -> None:
    font = {"name": styles()["font"]["name"], "color": color("ink")}
    width, height = declared["size"]
    hidden = [i for i, series in enumerate(declared["series"]) if series.get("hidden")]
    title = {"name": declared[canvas.language], "overlay": False}
    chart.set_title(title | {"name_font": {**font, "size": 11, "bold": True, "color": color("title")}})
    chart.set_legend({"position": "bottom", "font": {**font, "size": 9}, "delete_series": hidden})
    chart.set_size({"width": width, "height": height})
    chart.set_chartarea({"border": {"color": color("line")}, "fill": {"color": "#FFFFFF"}})
    chart.show_blanks_as("gap")
    if declared.get("ties"):
        chart.set_high_low_lines({"line": {"color": color("faint"), "width": 1.5}})
    if "plot" in declared:
        chart.set_plotarea({"layout": dict(zip(("x", "y", "width", "height"), declared["plot"], strict=True))})


def _axes(chart: Chart, lines: Chart, area: Area, declared: Declared) -> None:
    font = {"name": styles()["font"]["name"], "size": 9, "color": color("ink")}
    first = next(s for s in declared["series"] if not s.get("axis2"))
    values = _value_axis(area, first, font) | {"major_gridlines": _grid(), "min": 0} | _end(declared, "top")
    categories = _category_axis(area, declared, font)
    lying = declared["kind"] == "bar"
    chart.set_x_axis(values if lying else categories)
    chart.set_y_axis(categories if lying else values)
    second = next((s for s in declared["series"] if s.get("axis2")), None)
    if second:
        lines.set_y2_axis(_value_axis(area, second, font) | {"min": 0} | _end(declared, "most"))


def _category_axis(area: Area, declared: Declared, font: dict[str, Any]) -> dict[str, Any]:
    usual = 8 if declared["size"][0] < _NARROW or "plot" in declared else 9
    axis: dict[str, Any] = {
        "num_font": font | {"size": declared.get("names", usual)},
        "line": {"color": color("faint")},
        "label_position": "low",
    }
    if area.table[declared["categories"]].type == "month":
        axis |= {"text_axis": True, "num_format": "yyyy-mm"}
    if area.table[declared["categories"]].type == "percent":
        axis |= {"num_format": "0%"}
    if "every" in declared:
        axis["interval_unit"] = declared["every"]
    if declared["kind"] == "bar":
        # The first row at the top, and the values below it all the same.
        axis |= {"reverse": True, "crossing": "max", "interval_unit": 1, "major_gridlines": {"visible": False}}
    return axis


def _end(declared: Declared, key: str) -> dict[str, Any]:
    return {"max": declared[key]} if key in declared else {}


def _grid() -> dict[str, Any]:
    return {"visible": True, "line": {"color": color("grid"), "width": 0.75}}


def _value_axis(area: Area, series: Declared, font: dict[str, Any]) -> dict[str, Any]:
    column = area.table[series["column"]]
    shown = _AXIS_FORMATS.get(column.type, type_of(column)["format"])
    # Benefit and hours have decimals in cells; on an axis they only take room.
    shown = "#,##0" if column.type == "number" else shown
    return {"num_format": shown, "num_font": font, "line": {"none": True}}

"""Workbooks made for the tests of the hosts."""

from __future__ import annotations

import datetime as dt
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xlsxwriter

from xlsales.hosts import TableEdit

HEADINGS = ("Nr", "Namn", "Belopp", "Egen", "Dubbel")
ROWS = [["001", "Ås AB", 10.5, "vän"], ["002", "Berg", 20, "ny"], ["003", "Ceder & Co", 30, None]]


def plain(path: Path, rows: Sequence[Sequence[Any]] = ROWS, **options: Any) -> Path:
    """One table B3:F6 named Kunder: four columns of values and a calculated one."""
    book = xlsxwriter.Workbook(str(path), options)
    sheet = book.add_worksheet("Kunder")
    add_kunder(sheet, rows)
    book.close()
    return path


def add_kunder(sheet: Any, rows: Sequence[Sequence[Any]] = ROWS, totals: bool = False) -> None:
    """The table Kunder at B3 of a sheet."""
    columns: list[dict[str, Any]] = [{"header": heading} for heading in HEADINGS[:-1]]
    columns.append({"header": "Dubbel", "formula": "=Kunder[[#This Row],[Belopp]]*2"})
    if totals:
        columns[1]["total_string"] = "Summa"
        columns[2]["total_function"] = "sum"
    last = 2 + len(rows) + totals
    sheet.add_table(2, 1, last, 5, {"name": "Kunder", "columns": columns, "data": rows, "total_row": totals})


def rich(path: Path) -> Path:
    """A workbook with everything around its tables that users add to theirs."""
    book = xlsxwriter.Workbook(str(path))
    bold = book.add_format({"bold": True, "bg_color": "#DDEEFF"})
    money = book.add_format({"num_format": "#,##0.00", "italic": True})
    sheet = book.add_worksheet("Kunder")
    add_kunder(sheet, totals=True)
    for row in range(3, 6):
        sheet.write_number(row, 3, float(ROWS[row - 3][2]), money)
    sheet.write("H3", "min egen ruta", bold)
    sheet.write_formula("H5", "=SUM(D4:D6)+$D$4", bold, 71)
    sheet.conditional_format("D4:D6", {"type": "data_bar", "data_bar_2010": True})
    sheet.conditional_format("B4:F6", {"type": "formula", "criteria": "=$D4>15", "format": bold})
    sheet.conditional_format("A1:Z99", {"type": "blanks", "format": bold})
    sheet.data_validation("E4:E6", {"validate": "list", "source": ["vän", "ny"]})
    sheet.write_comment("E5", "En anteckning")
    sheet.add_sparkline("H6", {"range": "Kunder!D4:D6"})
    sheet.freeze_panes(3, 0)
    sheet.set_column("B:F", 14)
    other = book.add_worksheet("Två & tre")
    for place, name in ((0, "Vänster"), (4, "Höger")):
        columns = [{"header": "A"}, {"header": "B"}]
        other.add_table(1, place, 3, place + 1, {"name": name, "columns": columns, "data": [[1, 2], [3, 4]]})
    chart = book.add_chart({"type": "column"})
    chart.add_series({"categories": "=Kunder!$C$4:$C$6", "values": "=Kunder!$D$4:$D$6", "name": "=Kunder!$D$3"})
    book.add_worksheet("Diagram").insert_chart("B2", chart)
    book.define_name("Belopp", "=Kunder!$D$4:$D$6")
    book.define_name("Hela", "=Kunder!$B$3:$F$7")
    book.define_name("Annat", "=Kunder!$A$1:$Z$99")
    book.close()
    return path


def edit(
    cells: Mapping[str, Sequence[Any]], origin: Sequence[int], drop: tuple[str, ...] = (),
    order: tuple[str, ...] | None = None,
) -> TableEdit:  # fmt: skip
    """A table edit from plain lists."""
    frame = pd.DataFrame({heading: pd.Series(list(values), dtype=object) for heading, values in cells.items()})
    if not cells:
        frame = pd.DataFrame(index=range(len(origin)))
    return TableEdit(frame, np.array(origin, dtype=np.int64), drop, order)


def parts(path: Path) -> dict[str, bytes]:
    """Every part of a package by its name."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def sheet_xml(path: Path, number: int = 1) -> str:
    """The text of a sheet part."""
    return parts(path)[f"xl/worksheets/sheet{number}.xml"].decode()


def repacked(path: Path, changes: Mapping[str, bytes | None]) -> Path:
    """The same package with some parts replaced, added or (None) left out."""
    content = parts(path)
    content.update({name: raw for name, raw in changes.items() if raw is not None})
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, raw in content.items():
            if changes.get(name, b"") is not None:
                archive.writestr(name, raw)
    return path


DAY = dt.date(2024, 5, 1)

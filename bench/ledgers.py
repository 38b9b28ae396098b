"""Ledgers to measure on: three years, a few large customers and a long tail, two per cent credits.

The files are kept in a folder (XLSALES_BENCH, else the machine's temporary one) and made once.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

FOLDER = Path(os.environ.get("XLSALES_BENCH", Path(tempfile.gettempdir()) / "xlsales-bench"))
HEADINGS = (
    "Fakturadatum", "Fakturanr", "Kundnr", "Kundnamn", "Artikel", "Varugrupp", "Antal", "Belopp exkl moms", "Kostnad",
    "Säljare",
)  # fmt: skip

ROWS = """
SELECT DATE '2023-11-01' + CAST(floor(i * 1096.0 / {rows}) AS INTEGER) AS "Fakturadatum",
  CAST(100000 + i // 3 AS VARCHAR) AS "Fakturanr",
  CAST(10000 + c AS VARCHAR) AS "Kundnr",
  'Kund Åre ' || c || ' AB' AS "Kundnamn",
  'ART' || (hash(i * 7) % 400) AS "Artikel",
  ['Pumpar', 'Ventiler', 'Service', 'Reservdelar', 'Rör', 'Mätning'][1 + CAST(hash(i * 13) % 6 AS INTEGER)]
    AS "Varugrupp",
  CAST(1 + hash(i * 17) % 40 AS INTEGER) AS "Antal",
  CAST(amount AS DOUBLE) AS "Belopp exkl moms",
  CAST(round(amount * 0.7, 2) AS DOUBLE) AS "Kostnad",
  ['Anna', 'Bo', 'Cilla', 'Åke', 'Östen', 'Eva'][1 + CAST(c % 6 AS INTEGER)] AS "Säljare"
FROM (
  SELECT i, CAST(floor({customers} * pow(hash(i * 3) % 1000003 / 1000003.0, 3)) AS INTEGER) AS c,
    round((hash(i * 5) % 9000000) / 100.0 * CASE WHEN hash(i * 11) % 50 = 0 THEN -1 ELSE 1 END, 2) AS amount
  FROM range({rows}) AS t(i)
)
"""


def parquet(rows: int) -> Path:
    """A parquet ledger."""
    return _made(f"{rows}.parquet", rows, "FORMAT parquet")


def csv(rows: int, encoding: str) -> Path:
    """A csv ledger in the Swedish dialect: semicolons, decimal commas; utf-8 or cp1252."""
    path = FOLDER / f"{rows}-{encoding}.csv"
    if path.exists():
        return path
    source = _made(f"{rows}-utf-8.csv", rows, "FORMAT csv, DELIMITER ';', HEADER true")
    if encoding != "utf-8":
        with source.open(encoding="utf-8", newline="") as text, path.open("w", encoding=encoding, newline="") as copy:
            while piece := text.read(1 << 24):
                copy.write(piece)
    return path


def xlsx(rows: int) -> Path:
    """An xlsx ledger with dates, numbers and texts as Excel writes them."""
    import datetime as dt

    import duckdb
    import xlsxwriter

    path = FOLDER / f"{rows}.xlsx"
    if path.exists():
        return path
    data = duckdb.execute(f"SELECT * FROM read_parquet('{parquet(rows)}')").fetchall()
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    sheet, day = book.add_worksheet("Data"), book.add_format({"num_format": "yyyy-mm-dd"})
    sheet.write_row(0, 0, HEADINGS)
    for row, (when, *cells) in enumerate(data, 1):
        sheet.write_number(row, 0, (when - dt.date(1899, 12, 30)).days, day)
        for column, cell in enumerate(cells, 1):
            (sheet.write_string if isinstance(cell, str) else sheet.write_number)(row, column, cell)
    book.close()
    return path


def _made(name: str, rows: int, options: str) -> Path:
    import duckdb

    path = FOLDER / name
    if not path.exists():
        FOLDER.mkdir(parents=True, exist_ok=True)
        query = ROWS.format(rows=rows, customers=50_000 if rows >= 1_000_000 else 5_000)
        if "csv" in options:
            money = ", ".join(f"replace(printf('%.2f', \"{key}\"), '.', ',') AS \"{key}\"" for key in HEADINGS[7:9])
            query = f"SELECT * REPLACE ({money}) FROM ({query})"
        part = path.with_suffix(".part")
        duckdb.execute(f"COPY ({query}) TO '{part}' ({options})")
        part.rename(path)
    return path

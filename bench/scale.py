"""Ledgers of 1 to 100 million rows: ours beside the same query typed into DuckDB by hand.

    python bench/scale.py [rounds] [largest parquet, default 100000000]

By hand means the two statements ours runs — sums per customer, month, seller and article group, and distinct invoices
per customer and month — written for the file at hand by somebody who knows its dialect.
"""

from __future__ import annotations

import sys
from pathlib import Path

from ledgers import csv, parquet
from turns import in_turn

MONTH = 'year("Fakturadatum") * 12 + month("Fakturadatum")'
HAND = """
import duckdb
source = {source!r}
duckdb.execute('''SELECT "Kundnr", {month} AS m, "Säljare", "Varugrupp", max("Kundnamn"), count(*),
  sum({amount}), sum({cost}), min("Fakturadatum"), max("Fakturadatum"),
  bit_or(CASE WHEN {amount} > 0 THEN 1 << (day("Fakturadatum") - 1) ELSE 0 END)
  FROM ''' + source + ''' GROUP BY ALL''').df()
duckdb.execute('''SELECT "Kundnr", {month} AS m, count(DISTINCT "Fakturanr") FROM ''' + source + '''
  WHERE {amount} > 0 GROUP BY ALL''').df()
"""
OURS = "from xlsales.sources import read_ledger; read_ledger({path!r})"


def main(rounds: int, largest: int) -> None:
    """csv in two encodings, then parquet of growing size."""
    for rows in (1_000_000, 10_000_000):
        for encoding, name in (("utf-8", "utf-8"), ("cp1252", "latin-1")):
            path = csv(rows, encoding)
            dialect = f"delim=';', decimal_separator=',', encoding='{name}', types={{'Kundnr': 'VARCHAR'}}"
            source = f"read_csv('{path}', {dialect})"
            compare(f"csv {rows:,} rows, {encoding}", path, source, rounds)
    for rows in (10_000_000, 100_000_000):
        if rows <= largest:
            path = parquet(rows)
            compare(f"parquet {rows:,} rows", path, f"read_parquet('{path}')", rounds)


def compare(title: str, path: Path, source: str, rounds: int) -> None:
    """By hand and ours in turn."""
    amount, cost = (f'CAST("{key}" AS DECIMAL(18, 4))' for key in ("Belopp exkl moms", "Kostnad"))
    hand = HAND.format(source=source, month=MONTH, amount=amount, cost=cost)
    print(f"\n{title}, {path.stat().st_size / 1e6:.0f} MB")
    in_turn({"DuckDB by hand": _python(hand), "ours": _python(OURS.format(path=str(path)))}, rounds)


def _python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


if __name__ == "__main__":
    numbers = [int(word) for word in sys.argv[1:]]
    main(numbers[0] if numbers else 3, numbers[1] if len(numbers) > 1 else 100_000_000)

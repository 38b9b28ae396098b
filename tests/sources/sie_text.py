"""SIE 4 files as text, and what is read from them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from xlsales.sources import ReadOptions, Rows
from xlsales.sources.bookkeeping.sie import read_sie

HEAD = '#FLAGGA 0\n#PROGRAM "Testsystem" 1.0\n#FORMAT PC8\n#GEN 20260131\n#SIETYP 4\n#RAR 0 20250101 20251231\n'

Read = Callable[..., Rows]


def reader(tmp_path: Path) -> Read:
    """Reads vouchers behind a usual head."""

    def of(body: str, head: str = HEAD, options: ReadOptions = ReadOptions(), encoding: str = "cp437") -> Rows:
        path = tmp_path / "book.se"
        path.write_bytes((head + body).encode(encoding))
        return read_sie(path, options)

    return of


def voucher(text: str, *rows: str, number: str = "1", day: str = "20250115", series: str = "K") -> str:
    postings = "".join(f"#TRANS {row}\n" for row in rows)
    return f'#VER {series} "{number}" {day} "{text}"\n{{\n{postings}}}\n'


def sale(text: str, amount: float = 1000.0, **where: str) -> str:
    return voucher(text, f"1510 {{}} {amount * 1.25}", f"3001 {{}} {-amount}", f"2611 {{}} {-amount * 0.25}", **where)


def whole(rows: Rows) -> float:
    """Entries and what is set aside."""
    return round(float(rows.entries["amount"].sum() + rows.rejects["amount"].sum()), 2)

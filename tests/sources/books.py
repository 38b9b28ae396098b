"""Small workbooks of every kind, written cell by cell for tests."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import xlsxwriter

HEAD: list[Any] = ["Fakturadatum", "Kundnr", "Kund", "Fakturanr", "Belopp exkl. moms"]
Rows = Sequence[Sequence[Any]]


def entries(month: int, count: int = 5, customer: Any = "1", first: int = 100) -> list[list[Any]]:
    """Ledger rows of one month below :data:`HEAD`."""
    return [[datetime(2026, month, n + 1), customer, "Åkeri AB", first + n, 10.5 * n + month] for n in range(count)]


def ledger_sum(*rows: Rows) -> float:
    """The sum of the amounts of ledger rows."""
    return float(sum(row[4] for part in rows for row in part))


def xlsx(path: Path, sheets: Mapping[str, Rows], at: tuple[int, int] = (0, 0)) -> Path:
    """An xlsx workbook; ``at`` is the row and column of the first cell on every sheet."""
    with xlsxwriter.Workbook(path) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for index, row in enumerate(rows):
                for column, cell in enumerate(row):
                    look = day if isinstance(cell, datetime) else None
                    if cell is not None:
                        sheet.write(at[0] + index, at[1] + column, cell, look)
    return path


def changed(path: Path, part: str, old: str, new: str) -> Path:
    """A copy of a workbook with a text replaced in one of its parts."""
    other = path.with_name(f"changed-{path.name}")
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(other, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            data = source.read(name).decode("utf-8")
            if name == part:
                assert old in data
            target.writestr(name, data.replace(old, new) if name == part else data)
    return other


def ods(path: Path, sheets: Mapping[str, Rows], extra: str = "") -> Path:
    """An OpenDocument spreadsheet; extra: XML at the end of every sheet."""
    tables = "".join(
        f"<table:table table:name={quoteattr(name)}>"
        + "".join(f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>" for row in rows)
        + f"{extra}</table:table>"
        for name, rows in sheets.items()
    )
    names = "".join(
        f' xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{long}:1.0"'
        for short, long in (("office", "office"), ("table", "table"), ("text", "text"))
    )
    start, end = "<office:body><office:spreadsheet>", "</office:spreadsheet></office:body></office:document-content>"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet", zipfile.ZIP_STORED)
        archive.writestr("content.xml", f"<?xml version='1.0'?><office:document-content{names}>{start}{tables}{end}")
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
    return path


def _ods_cell(cell: Any) -> str:
    if cell is None:
        return "<table:table-cell/>"
    kind, value = "string", ""
    if isinstance(cell, datetime):
        kind, value = "date", f' office:date-value="{cell:%Y-%m-%d}"'
    elif isinstance(cell, int | float):
        kind, value = "float", f' office:value="{cell}"'
    text = escape(str(cell))
    return f'<table:table-cell office:value-type="{kind}"{value}><text:p>{text}</text:p></table:table-cell>'


def xls(path: Path, sheets: Mapping[str, Rows]) -> Path:
    """An Excel 97 workbook: BIFF8 records in a compound file."""
    path.write_bytes(_compound("Workbook", _biff(sheets)))
    return path


def _biff(sheets: Mapping[str, Rows]) -> bytes:
    looks = b"".join(_record(0xE0, struct.pack("<HHHBBBBIIH", 0, look, 0, 0, 0, 0, 0, 0, 0, 0)) for look in (0, 14))
    start = _record(0x809, struct.pack("<HHHHII", 0x600, 5, 0, 1997, 0, 6)) + _record(0x42, struct.pack("<H", 1200))
    bodies = [_biff_sheet(rows) for rows in sheets.values()]
    size = len(start) + len(looks) + sum(12 + 2 * len(name) for name in sheets) + 4
    bounds = b""
    for name, body in zip(sheets, bodies, strict=True):
        text = name.encode("utf-16-le")
        bounds += _record(0x85, struct.pack("<IBBBB", size, 0, 0, len(name), 1) + text)
        size += len(body)
    return start + looks + bounds + _record(0x0A, b"") + b"".join(bodies)


def _biff_sheet(rows: Rows) -> bytes:
    width = max(map(len, rows), default=0)
    found = _record(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0, 1997, 0, 6))
    found += _record(0x200, struct.pack("<IIHHH", 0, len(rows), 0, width, 0))
    for row, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            place = struct.pack("<HHH", row, column, int(isinstance(cell, datetime)))
            if isinstance(cell, str):
                text = cell.encode("utf-16-le")
                found += _record(0x204, place + struct.pack("<HB", len(cell), 1) + text)
            elif cell is not None:
                found += _record(0x203, place + struct.pack("<d", _number(cell)))
    return found + _record(0x0A, b"")


def _record(kind: int, data: bytes) -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def _number(cell: Any) -> float:
    if isinstance(cell, datetime):
        return float((cell - datetime(1899, 12, 30)).total_seconds() / 86400)
    return float(cell)


def _compound(name: str, stream: bytes) -> bytes:
    """A compound file with one stream: header, table of sectors, directory, stream."""
    sector, free, end = 512, 0xFFFFFFFF, 0xFFFFFFFE
    stream = stream.ljust(4096, b"\0")
    count = -(-len(stream) // sector)
    tables = -(-(count + 2) // (sector // 4 - 1))
    chain = [0xFFFFFFFD] * tables + [end] + [tables + 2 + n for n in range(count - 1)] + [end]
    table = b"".join(struct.pack("<I", link) for link in chain).ljust(tables * sector, b"\xff")
    first = tables + 1
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHHHIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 0, 0, tables, tables, 0, 4096, end, 0, end)
    header += struct.pack("<I", 0) + b"".join(struct.pack("<I", n if n < tables else free) for n in range(109))
    root = _entry("Root Entry", 5, 1, end, 0)
    folder = root + _entry(name, 2, free, first, len(stream)) + bytes(256)
    return header + table + folder + stream.ljust(count * sector, b"\0")


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    text = (name + "\0").encode("utf-16-le")
    links = struct.pack("<HBBIII", len(text), kind, 1, 0xFFFFFFFF, 0xFFFFFFFF, child)
    return text.ljust(64, b"\0") + links + bytes(36) + struct.pack("<IQ", start, size)


def xlsb(path: Path, sheets: Mapping[str, Rows]) -> Path:
    """A binary workbook of Excel 2007 and later."""
    kinds = '<Default Extension="bin" ContentType="application/vnd.ms-excel.sheet.binary.macroEnabled.main"/>'
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    links = "".join(
        f'<Relationship Id="rId{n}" Type="{office}/worksheet" Target="worksheets/sheet{n}.bin"/>'
        for n in range(1, len(sheets) + 1)
    )
    links += f'<Relationship Id="rId0" Type="{office}/styles" Target="styles.bin"/>'
    bundle = b"".join(
        _part(156, struct.pack("<II", 0, n) + _wide(f"rId{n}") + _wide(name)) for n, name in enumerate(sheets, 1)
    )
    looks = b"".join(_part(47, struct.pack("<HHHHHBBHH", 0xFFFF, look, 0, 0, 0, 0, 0, 0, 0)[:16]) for look in (0, 14))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", f'<Types xmlns="{package}/content-types">{kinds}</Types>')
        archive.writestr("xl/workbook.bin", _part(131) + _part(143) + bundle + _part(144) + _part(132))
        archive.writestr(
            "xl/_rels/workbook.bin.rels", f'<Relationships xmlns="{package}/relationships">{links}</Relationships>'
        )
        styles = _part(278) + _part(617, struct.pack("<I", 2)) + looks + _part(618) + _part(279)
        archive.writestr("xl/styles.bin", styles)
        for number, rows in enumerate(sheets.values(), 1):
            archive.writestr(f"xl/worksheets/sheet{number}.bin", _xlsb_sheet(rows))
    return path


def _xlsb_sheet(rows: Rows) -> bytes:
    width = max(map(len, rows), default=1)
    found = _part(129) + _part(148, struct.pack("<IIII", 0, max(len(rows) - 1, 0), 0, width - 1)) + _part(145)
    for row, cells in enumerate(rows):
        found += _part(0, struct.pack("<IIHBBBI", row, 0, 300, 0, 0, 0, 0))
        for column, cell in enumerate(cells):
            place = struct.pack("<II", column, int(isinstance(cell, datetime)))
            if isinstance(cell, str):
                found += _part(6, place + _wide(cell))
            elif cell is not None:
                found += _part(5, place + struct.pack("<d", _number(cell)))
    return found + _part(146) + _part(130)


def _part(kind: int, data: bytes = b"") -> bytes:
    head = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
    size, length = b"", len(data)
    while True:
        size += bytes([length & 0x7F | (0x80 if length > 0x7F else 0)])
        length >>= 7
        if not length:
            return head + size + data


def _wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")

"""Who has a workbook open: the lock files that spreadsheet programs leave beside it."""

from __future__ import annotations

from pathlib import Path


def holder(path: Path) -> str | None:
    """The name of whoever has the workbook open, ``?`` when unknown; None when nobody has."""
    office = path.with_name("~$" + path.name)
    libre = path.with_name(f".~lock.{path.name}#")
    try:
        if office.exists():
            return _office_name(_start(office)) or "?"
        if libre.exists():
            return _libre_name(_start(libre)) or "?"
    except OSError:
        # Excel keeps its lock file to itself on Windows: that it is there says enough.
        return "?"
    return None


def _start(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(512)


def _office_name(raw: bytes) -> str:
    """Excel's lock: a length, the name, and from byte 55 the same in UTF-16."""
    if len(raw) >= 57:
        length = int.from_bytes(raw[55:57], "little")
        name = raw[57 : 57 + 2 * length].decode("utf-16-le", "ignore")
        if name and name.isprintable():
            return name.strip()
    return raw[1 : 1 + raw[0]].decode("cp1252", "ignore").strip() if raw else ""


def _libre_name(raw: bytes) -> str:
    """LibreOffice's lock: names and machine parted by commas."""
    fields = raw.decode("utf-8", "ignore").split(",")
    return " ".join(dict.fromkeys(field.strip() for field in fields[:3] if field.strip()))

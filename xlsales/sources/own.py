"""Workbooks of xlsales itself, which lie where ledgers lie."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from xlsales.sources.packages import content, parts_of
from xlsales.tables.schema import load_schema

_TABLE: Final = re.compile(r"xl/tables/[^/]+\.xml", re.IGNORECASE)
_NAME: Final = re.compile(rb'\bdisplayName="([^"]*)"')
# So many of our tables by name are no coincidence.
_FEWEST: Final = 5


def is_own_workbook(path: Path) -> bool:
    """Whether an xlsx file is a workbook that xlsales made. Raises CannotRead damaged_workbook."""
    parts = parts_of(path)
    texts = [content(path, info) for name, info in parts.items() if _TABLE.fullmatch(name)]
    names = [found.group(1).decode("utf-8", "replace") for text in texts if (found := _NAME.search(text))]
    return len(load_schema().find(names)[1]) >= _FEWEST

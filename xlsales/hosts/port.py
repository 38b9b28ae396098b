"""The port that every host fulfils.

A host reads a table as raw cells and takes back a :class:`TableEdit`. What the cells mean is
decided in ``xlsales.tables``; how they are stored is decided here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import pandas as pd

from xlsales.hosts.ooxml.addresses import letters
from xlsales.tables.edit import TableEdit


@dataclass(frozen=True)
class Place:
    """Where a table stands: sheet name, header row and first column, both counted from 1."""

    sheet: str
    row: int
    column: int

    def address(self, down: int, across: int) -> str:
        """The cell so many rows below the header and columns to the right of the first: "C14"."""
        return f"{letters(self.column + across)}{self.row + down}"


class Host(Protocol):
    """A workbook, open or closed. Tables go by the name they have in the workbook."""

    def tables(self) -> dict[str, Place]:
        """Every table in the workbook by its name."""

    def read(self, name: str) -> pd.DataFrame:
        """The body of a table: headings as columns, raw cell values, object dtype, no empty trailing rows cut."""

    def write(self, name: str, edit: TableEdit) -> None:
        """Change a table. Nothing reaches the disk before :meth:`save`."""

    def save(self) -> str:
        """Make the changes lasting, all or none, and return where they are."""

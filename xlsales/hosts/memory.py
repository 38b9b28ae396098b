"""Tables kept in memory, for tests and previews."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from xlsales.hosts import Place, TableEdit
from xlsales.hosts.cellvalues import edited
from xlsales.issues import CannotWrite


class MemoryHost:
    """A dict of frames behind the same port as a workbook."""

    def __init__(self, frames: Mapping[str, pd.DataFrame]) -> None:
        self._frames = {name: _at_least_one_row(frame) for name, frame in frames.items()}

    def tables(self) -> dict[str, Place]:
        """Every table by its name, each on a sheet of its own."""
        return {name: Place(name, 1, 1) for name in self._frames}

    def read(self, name: str) -> pd.DataFrame:
        """The body of a table."""
        return self._frame(name).copy()

    def write(self, name: str, edit: TableEdit) -> None:
        """Change a table."""
        self._frames[name] = edited(self._frame(name), edit, name)

    def save(self) -> str:
        """There is nowhere to save to; says so."""
        return "memory"

    def _frame(self, name: str) -> pd.DataFrame:
        if name not in self._frames:
            raise CannotWrite("table_missing", table=name)
        return self._frames[name]


def _at_least_one_row(frame: pd.DataFrame) -> pd.DataFrame:
    plain = frame.astype(object).where(frame.notna(), None).reset_index(drop=True)
    return plain if len(plain) else pd.DataFrame({name: [None] for name in plain.columns}, dtype=object)

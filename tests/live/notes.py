"""``xlwings`` notes over LibreOffice's annotations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xlwings import base_classes

from tests.live.native import Native

if TYPE_CHECKING:
    from tests.live.ranges import Range


class Note(base_classes.Note):
    """The note of one cell."""

    def __init__(self, location: Range) -> None:
        self._cell = location

    @classmethod
    def at(cls, cell: Range) -> Note | None:
        """The note of a cell, or None."""
        return cls(cell) if _cell(cell).getAnnotation().String else None

    @classmethod
    def add(cls, cell: Range, text: str) -> Note:
        """A new note on a cell."""
        cell.sheet.native.Annotations.insertNew(_cell(cell).getCellAddress(), text)
        return cls(cell)

    @property
    def api(self) -> Native:
        """LibreOffice's annotation."""
        return Native(_cell(self._cell).getAnnotation())

    @property
    def text(self) -> str:
        """What the note says."""
        return str(self.api.uno.String)

    @text.setter
    def text(self, value: str) -> None:
        self.api.uno.setString(value)

    @property
    def author(self) -> str:
        """Who wrote the note."""
        return str(self.api.uno.Author)

    @property
    def location(self) -> Any:
        """The cell of the note."""
        return self._cell

    def delete(self) -> None:
        """Take the note away."""
        self._cell.cells.clearContents(8)  # com.sun.star.sheet.CellFlags.ANNOTATION


def _cell(location: Range) -> Any:
    return location.sheet.cell_of(location.row, location.column)

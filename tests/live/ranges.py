"""``xlwings.Range`` over a block of cells in LibreOffice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xlwings import base_classes

from tests.live import blocks, moves
from tests.live.native import Native
from tests.live.notes import Note
from xlsales.hosts.ooxml.addresses import LAST_COLUMN, LAST_ROW, Area, area_text, sheet_text

if TYPE_CHECKING:
    from tests.live.sheets import Sheet
    from tests.live.tables import Table

_CONTENTS = 1 | 2 | 4 | 16  # com.sun.star.sheet.CellFlags: values, dates, strings, formulas
_FORMATS = 32 | 64 | 256
_NOTES = 8
_STEPS = {"up": (-1, 0), "down": (1, 0), "left": (0, -1), "right": (0, 1)}


class Range(base_classes.Range):
    """A block of cells. ``area`` is None for the empty slice of a range."""

    def __init__(self, sheet: Sheet, area: Area | None) -> None:
        self.sheet = sheet
        self._area = area
        self.options: dict[str, Any] = {}

    @property
    def area(self) -> Area:
        """Where the block is."""
        if self._area is None:
            raise IndexError("the range is empty")
        return self._area

    @property
    def cells(self) -> Any:
        """The block in LibreOffice."""
        return self.sheet.cells_of(self.area)

    @property
    def api(self) -> Native | None:
        """LibreOffice's object, in a wrapper that is true."""
        return Native(self.cells) if self._area else None

    max_cells_per_read = None
    max_cells_per_write = None
    has_array = False

    def __len__(self) -> int:
        return self.shape[0] * self.shape[1] if self._area else 0

    def __call__(self, first: int, second: int | None = None) -> Range:
        """A cell counted from 1, by row and column or by its place row by row; it may lie outside the block."""
        row, column = divmod(first - 1, self.shape[1]) if second is None else (first - 1, second - 1)
        top, left = self.row + row, self.column + column
        return self.sheet.range((top, left))

    @property
    def coords(self) -> tuple[Any, int, int, int, int]:
        """Sheet, row, column and shape."""
        return self.sheet, self.row, self.column, *self.shape

    @property
    def row(self) -> int:
        """The first row."""
        return self.area.top

    @property
    def column(self) -> int:
        """The first column."""
        return self.area.left

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.area.bottom - self.area.top + 1, self.area.right - self.area.left + 1

    @property
    def address(self) -> str:
        """``$B$3:$F$7``."""
        return area_text(self.area, "$")

    def get_address(self, row_absolute: bool, col_absolute: bool, external: bool) -> str:
        """The address with or without dollar signs and book and sheet."""
        if row_absolute != col_absolute:
            raise NotImplementedError
        text = area_text(self.area, "$" if row_absolute else "")
        return f"[{self.sheet.book.name}]{sheet_text(self.sheet.name)}!{text}" if external else text

    @property
    def raw_value(self) -> Any:
        """The values as COM gives them: rows of values, or one value."""
        if self._area is None:
            return None
        return _shaped(blocks.read_values(self.sheet, self._area))

    @raw_value.setter
    def raw_value(self, data: Any) -> None:
        if self._area is not None:
            blocks.write(self.sheet, self._area, self._rows(data))

    @property
    def formula(self) -> Any:
        """The formulas as Excel shows them."""
        return _shaped(blocks.read_formulas(self.sheet, self.area))

    @formula.setter
    def formula(self, value: Any) -> None:
        self.raw_value = value

    formula2 = formula

    def _rows(self, data: Any) -> list[list[Any]]:
        """Values for every cell: one value fills the block, a formula shifting as it is filled."""
        height, width = self.shape
        if isinstance(data, (list, tuple)):
            rows = [list(row) for row in (data if isinstance(data[0], (list, tuple)) else [data])]
            if len(rows) != height or any(len(row) != width for row in rows):
                raise ValueError(f"Excel would fill the rest of {self.address} with #N/A")
            return rows
        if not (isinstance(data, str) and data.startswith("=")):
            return [[data] * width for _ in range(height)]
        shifted, home = self.sheet.book.formulas.shifted, (self.row, self.column)
        return [
            [shifted(data, home, (self.row + down, self.column + across)) for across in range(width)]
            for down in range(height)
        ]

    @property
    def number_format(self) -> str | None:
        """The format code in English; None where the cells differ."""
        codes = {self.sheet.book.formats.code(key) for _, key in blocks.spans(self.cells)}
        return codes.pop() if len(codes) == 1 else None

    @number_format.setter
    def number_format(self, value: str) -> None:
        self.cells.NumberFormat = self.sheet.book.formats.key(value)

    @property
    def color(self) -> tuple[int, int, int] | None:
        """The fill of the first cell."""
        number = self(1, 1).cells.CellBackColor
        return None if number == -1 else (number >> 16, number >> 8 & 255, number & 255)

    @color.setter
    def color(self, color_or_rgb: Any) -> None:
        red, green, blue = color_or_rgb or (0, 0, 0)
        self.cells.CellBackColor = red << 16 | green << 8 | blue if color_or_rgb else -1

    def clear_contents(self) -> None:
        """Empty the cells and leave formats and notes."""
        if self._area is not None:
            blocks.refuse_if_protected(self.sheet.native, self._area)
            self.cells.clearContents(_CONTENTS)

    def clear(self) -> None:
        """Empty the cells and take their formats and notes too."""
        if self._area is not None:
            blocks.refuse_if_protected(self.sheet.native, self._area)
            self.cells.clearContents(_CONTENTS | _FORMATS | _NOTES)

    def insert(self, shift: str | None = None, copy_origin: str | None = None) -> None:
        """Make room for as many cells, moving these down or right."""
        moves.insert(self.sheet, self.area, down=shift == "down", from_below=copy_origin == _FROM_BELOW)

    def delete(self, shift: str | None = None) -> None:
        """Take the cells away and move others up or left."""
        height, width = self.shape
        moves.delete(self.sheet, self.area, up=shift == "up" if shift else width >= height)

    def copy(self, destination: Any = None) -> None:
        """Copy the cells to another place on the same sheet."""
        moves.copy(self.sheet, self.area, destination.impl.area)

    def sort(self, keys: list[int], ascending: list[bool], has_headers: bool) -> None:
        """Sort the rows by columns counted from 1."""
        moves.sort_rows(self.sheet, self.area, keys, ascending, has_headers=has_headers)

    def end(self, direction: str) -> Range:
        """The cell that Ctrl and an arrow key lead to."""
        line = self._line(direction)
        filled = [value is not None for value in line]
        if filled[:2] == [True, True]:
            steps = filled.index(False) - 1 if False in filled else len(filled) - 1
        elif True in filled[1:]:
            steps = filled.index(True, 1)
        else:
            row, column = {"up": (1, self.column), "down": (LAST_ROW, self.column), "left": (self.row, 1),
                           "right": (self.row, LAST_COLUMN)}[direction]  # fmt: skip
            return self.sheet.range((row, column))
        down, across = _STEPS[direction]
        return self.sheet.range((self.row + down * steps, self.column + across * steps))

    def _line(self, direction: str) -> list[Any]:
        """The values from the first cell on to the last one used."""
        used, row, column = self.sheet.used_range.area, self.row, self.column
        area = {
            "up": Area(1, column, row, column),
            "down": Area(row, column, max(row, used.bottom), column),
            "left": Area(row, 1, row, column),
            "right": Area(row, column, row, max(column, used.right)),
        }[direction]
        line = [value for values in blocks.read_values(self.sheet, area) for value in values]
        return line if direction in ("down", "right") else line[::-1]

    @property
    def table(self) -> Table | None:
        """The table that the block lies in or touches."""
        return next((table for table in self.sheet.tables if table.area.meets(self.area)), None)

    @property
    def note(self) -> Note | None:
        """The note of the first cell."""
        return Note.at(self(1, 1))

    def add_note(self, text: str) -> Note:
        """A new note on the cell."""
        return Note.add(self, text)

    @property
    def row_hidden(self) -> bool | None:
        """Whether every row is hidden; None where they differ."""
        states = {not row.IsVisible for row in self.cells.Rows}
        return states.pop() if len(states) == 1 else None

    @row_hidden.setter
    def row_hidden(self, value: bool) -> None:
        self.cells.Rows.IsVisible = not value


_FROM_BELOW = "format_from_right_or_below"


def _shaped(rows: list[list[Any]]) -> Any:
    return rows[0][0] if len(rows) == 1 and len(rows[0]) == 1 else tuple(map(tuple, rows))

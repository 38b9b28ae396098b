"""The cells of whole sheets, loaded once by fastexcel: numbers and dates typed, what is mixed as text.

Imported by the process that only reads: pandas stays out of here.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import fastexcel

# Without a handler the reader's remarks on chart sheets and empty columns would end up on standard error.
for _name in ("calamine", "fastexcel"):
    logging.getLogger(_name).addHandler(logging.NullHandler())

Texts = Collection[int] | Literal["all"]

_WIDE, _WIDEST = 200, 2000
_ERRORS = {
    "Div0": "#DIV/0!", "NA": "#N/A", "Name": "#NAME?", "Null": "#NULL!", "Num": "#NUM!", "Ref": "#REF!",
    "Value": "#VALUE!", "GettingData": "#GETTING_DATA", "Spill": "#SPILL!", "Calc": "#CALC!",
}  # fmt: skip


@dataclass(frozen=True)
class Sheet:
    """The cells of a sheet from one row on.

    batch: Arrow columns. columns: where they stand, counted from 0. errors: (row, column in batch, text) of the
    cells that show an error and are empty in the batch.
    """

    batch: Any
    columns: tuple[int, ...]
    errors: tuple[tuple[int, int, str], ...] = ()


def load(reader: fastexcel.ExcelReader, name: str, skip: int, texts: Texts = ()) -> Sheet | None:
    """The cells of a sheet below its first rows; None for a sheet without any cells, such as a chart's.

    skip: rows to leave out, counted from the top of the sheet. texts: columns to read as text, or "all".
    Raises what the reader raises.
    """
    import fastexcel

    dtypes: Any = "string" if texts == "all" else dict.fromkeys(texts, "string") or None
    try:
        sheet = reader.load_sheet(name, header_row=None, skip_rows=skip, schema_sample_rows=None, dtypes=dtypes)
    except (fastexcel.UnsupportedColumnTypeCombinationError, fastexcel.CalamineCellError):
        # Times among numbers, and some of the errors a cell can show, are more than the reader can type.
        if texts == "all":
            raise
        return load(reader, name, skip, "all")
    except fastexcel.InvalidParametersError as error:
        if "rows skipped" in str(error):
            return None
        raise
    except fastexcel.CalamineError as error:
        if "not a valid worksheet" in str(error):
            return None
        raise
    if not sheet.height or not sheet.width:
        return None
    batch, errors = sheet.to_arrow_with_errors()
    places = tuple(column.absolute_index for column in sheet.selected_columns)
    seen = tuple((*error.offset_position, _error_text(error.detail)) for error in (errors.errors if errors else ()))
    return _narrowed(Sheet(batch, places, seen))


def _narrowed(sheet: Sheet) -> Sheet:
    """A very wide sheet without the columns that are empty, one in each gap kept, and without those beyond all use."""
    count = sheet.batch.num_columns
    if count <= _WIDE:
        return sheet
    wrong = {column for _, column, _ in sheet.errors}
    filled = [column.null_count < len(column) or index in wrong for index, column in enumerate(sheet.batch.columns)]
    kept = [index for index in range(count) if filled[index] or (index and filled[index - 1])][:_WIDEST]
    spots = {index: spot for spot, index in enumerate(kept)}
    errors = tuple((row, spots[column], text) for row, column, text in sheet.errors if column in spots)
    return Sheet(sheet.batch.select(kept), tuple(sheet.columns[index] for index in kept), errors)


def _error_text(detail: str) -> str:
    match = re.search(r"Error\((\w+)\)", detail)
    return _ERRORS.get(match[1], f"#{match[1].upper()}!") if match else detail[:80]

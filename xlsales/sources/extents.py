"""One look over the bytes of a sheet: how far its cells reach, and what its reader would change in silence."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from xlsales.sources.places import column_number

_TAIL, _LONGEST_TAG = 64, 1 << 20
_ODD = re.compile(rb"r\s*=\s*[\"']\s*\$?([A-Za-z]*)\$?([0-9]*)")
_BOOLEAN = re.compile(rb"<(?:\w+:)?c(?=\s)(?=[^>]*\st=[\"']b[\"'])[^>]*>")
_COLUMN = re.compile(rb"\sr=[\"']([A-Z]+)[0-9]")
_HIDDEN = re.compile(rb"<(?:\w+:)?row\s[^>]*\bhidden=[\"'](?:1|true)")


@dataclass
class Extent:
    """What stands in the XML of one sheet.

    columns, rows: the farthest cell, counted from 1. cells: how many tell their place.
    booleans: columns from 0 that hold true or false, beside numbers they would become 1 and 0;
    unplaced: such cells stand where only counting tells their column. hidden: hidden rows.
    """

    columns: int = 0
    rows: int = 0
    cells: int = 0
    booleans: frozenset[int] = frozenset()
    unplaced: bool = False
    hidden: int = 0


def extent_of(pieces: Iterable[bytes]) -> Extent:
    """Look over the bytes of a sheet."""
    extent, before = Extent(), b""
    for piece in pieces:
        data = before + piece
        # A tag may be cut at the end of a piece: what is left of it is looked at again with the next.
        cut = data.rfind(b"<")
        if cut < 0 or len(data) - cut > _LONGEST_TAG:
            cut = max(len(data) - _TAIL, 0)
            _look(data, extent)
        else:
            _look(data[:cut], extent)
        before = data[cut:]
    _look(before, extent)
    return extent


def _look(data: bytes, extent: Extent) -> None:
    _places(data, extent)
    if b't="b"' in data or (b"'" in data and b"t='b'" in data):
        tags = set(_BOOLEAN.findall(data))
        found = {match[1] for tag in tags if (match := _COLUMN.search(tag))}
        extent.booleans |= {column_number(letters.decode("latin-1")) - 1 for letters in found}
        extent.unplaced |= any(not _COLUMN.search(tag) for tag in tags)
    if b"hidden=" in data:
        extent.hidden += len(_HIDDEN.findall(data))


def _places(data: bytes, extent: Extent) -> None:
    """The farthest of all ``r="AB12"``: an r after a space, an equals sign, a quotation mark."""
    raw = np.frombuffer(data + b" " * _TAIL, dtype=np.uint8)
    seen = raw[1:-_TAIL] == ord("r")
    seen &= raw[: -_TAIL - 1] <= ord(" ")
    seen &= raw[2 : 1 - _TAIL] <= ord("=")
    spots = np.flatnonzero(seen) + 1
    regular = (raw[spots + 1] == ord("=")) & (raw[spots + 2] == ord('"'))
    for spot in spots[~regular].tolist():
        if match := _ODD.match(data, spot):
            _reach(extent, match[1], match[2])
    spots = spots[regular] + 3
    spots = spots[raw[spots] >= ord("A")]
    extent.cells += len(spots)
    if len(spots):
        words = np.ndarray(len(raw) - 7, dtype=">u8", buffer=raw, strides=(1,))
        letters, length = _greatest(words[spots], 0xC0, 0x40)
        digits, _ = _greatest(words[spots + length], 0xF0, 0x30)
        _reach(extent, letters, digits)


def _greatest(words: npt.NDArray[np.uint64], mask: int, kind: int) -> tuple[bytes, npt.NDArray[np.int64]]:
    """The longest, and of equals the greatest, of the runs of one kind of byte that eight bytes begin with.

    Returns it and the length of each run. mask, kind: a byte is of the kind when the masked bits are those.
    """
    every = 0x0101010101010101
    words = words.astype(np.uint64)
    other = (words & np.uint64(mask * every)) ^ np.uint64(kind * every)
    # The exponent of a float is the place of the highest bit that is set: the first byte that is another kind.
    length = (64 - np.frexp(other.astype(np.float64))[1]) // 8
    run = words >> (64 - 8 * np.maximum(length, 1)).astype(np.uint64)
    return int(run.max()).to_bytes(8, "big").strip(b"\0"), length.astype(np.int64)


def _reach(extent: Extent, letters: bytes, digits: bytes) -> None:
    extent.columns = max(extent.columns, column_number(letters.decode("latin-1")))
    extent.rows = max(extent.rows, int(digits) if digits.isdigit() else 0)

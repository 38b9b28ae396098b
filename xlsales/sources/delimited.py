"""Ledgers in text files with delimiters, read by DuckDB; a broken file is read more patiently."""

from __future__ import annotations

import codecs
import csv
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pandas as pd

from xlsales.issues import CannotRead, Issue
from xlsales.sources import Progress
from xlsales.sources.files import encoding_of, pieces
from xlsales.sources.grid import HEAD_ROWS, Grid
from xlsales.sources.headings import find_headings

_DELIMITERS = ";,\t|"
_SAMPLE_CHARS = 256 * 1024
_WIDEST = 2000


@dataclass(frozen=True)
class Dialect:
    """How a text file parts its cells. width: cells of the widest row in the sample."""

    delimiter: str
    width: int
    quote: str = '"'


@dataclass(frozen=True)
class Layout:
    """A text file as it is. rows: all rows, headings and banner included."""

    dialect: Dialect
    encoding: str
    rows: int


def read_delimited(path: Path, given: Mapping[str, str] | None = None, progress: Progress | None = None) -> Grid:
    """All rows of a text file as text cells, headings and banner included.

    given: ledger key → heading chosen by the user. progress: called with rows done and rows in all, about.
    Raises CannotRead unknown_ledger where no delimiter parts the text into columns.
    """
    encoding = encoding_of(path)
    with as_utf8(path, encoding, progress) as (clean, replaced):
        with clean.open(encoding="utf-8-sig", errors="replace", newline="") as file:
            dialect = dialect_of(file.read(_SAMPLE_CHARS), given)
        if dialect is None:
            raise CannotRead("unknown_ledger", path=str(path), detail="no columns")
        fast = _fast(clean, dialect)
        if fast is None:
            cells, lines = _patient(path, clean, dialect)
        else:
            cells, lines = fast, lines_of(path, clean, Layout(dialect, encoding, len(fast)))
    params = {"count": replaced, "encoding": encoding}
    warnings = [Issue("warning", "letters_lost", place=path.name, params=params)] if replaced else []
    return Grid(
        cells,
        lambda row, _: f"{path.name}:{lines(row)}",
        comma_first=dialect.delimiter != ",",
        strict_width=dialect.delimiter != "|",
        warnings=warnings,
    )


@contextmanager
def as_utf8(path: Path, encoding: str, progress: Progress | None) -> Iterator[tuple[Path, int]]:
    """The file itself if it is UTF-8, else a copy for the time being; and how many letters were unreadable."""
    total, done, rows, replaced = path.stat().st_size, 0, 0, 0
    plain = not set(str(path)) & set("*?[]{}")
    if encoding == "utf-8" and plain and _is_strict(path):
        yield path, 0
    else:
        with tempfile.TemporaryDirectory(prefix="xlsales-") as folder:
            copy = Path(folder) / "ledger.csv"
            decoder = codecs.getincrementaldecoder(encoding)("replace")
            with copy.open("wb") as file:
                for piece in pieces(path):
                    text = decoder.decode(piece)
                    replaced += text.count("\ufffd")
                    file.write(text.encode("utf-8", "replace"))
                    done, rows = done + len(piece), rows + text.count("\n")
                    if progress:
                        progress(rows // 2, max(rows * total // done, 1))
                text = decoder.decode(b"", final=True)
                file.write(text.encode("utf-8", "replace"))
            yield copy, replaced + text.count("\ufffd")


def _is_strict(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    try:
        for piece in pieces(path):
            if not piece.isascii() or decoder.getstate()[0]:
                decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def dialect_of(sample: str, given: Mapping[str, str] | None) -> Dialect | None:
    """The delimiter that gives the best headings; of equals the one that parts most rows alike.

    sample: the start of the text; None where no delimiter parts it into columns.
    """
    best, best_fit = None, ((0, 0), 0.0, 0)
    for delimiter in _DELIMITERS:
        rows = [row for row in _sample_rows(sample, delimiter) if row]
        widths = [len(row) for row in rows]
        width = max(widths, default=0)
        if width < 2 or width > _WIDEST:
            continue
        top = [[cell.strip() for cell in row] + [""] * (width - len(row)) for row in rows[:HEAD_ROWS]]
        headings = find_headings(top, given)
        usual = max(set(widths), key=widths.count)
        alike = widths.count(usual) / len(widths) if usual > 1 else 0.0
        fit = (headings.fit() if headings else (0, 0)), alike, usual
        if fit > best_fit:
            best, best_fit = Dialect(delimiter, width), fit
    return best


def _sample_rows(sample: str, delimiter: str) -> list[list[str]]:
    lines = sample.splitlines()
    whole = lines[:-1] if len(sample) == _SAMPLE_CHARS else lines
    try:
        return list(csv.reader(whole, delimiter=delimiter, skipinitialspace=True))
    except csv.Error:
        return [line.split(delimiter) for line in whole]


def _fast(path: Path, dialect: Dialect) -> pd.DataFrame | None:
    """Read by DuckDB, strictly; None where the file is not as regular as it must be for that."""
    import duckdb

    columns = {f"c{index}": "VARCHAR" for index in range(dialect.width)}
    for parallel in (True, False):
        try:
            with duckdb.connect() as connection:
                table = connection.sql(
                    f"SELECT * FROM read_csv(?, auto_detect=false, header=false, delim=?, quote=?, escape=?, "
                    f"columns={columns}, null_padding=true, strict_mode=true, parallel={parallel}, encoding='utf-8')",
                    params=[str(path), dialect.delimiter, dialect.quote, dialect.quote],
                ).to_arrow_table()
        except duckdb.Error:
            continue
        cells: pd.DataFrame = table.to_pandas()
        cells.columns = pd.RangeIndex(cells.shape[1])
        return cells
    return None


def _patient(path: Path, clean: Path, dialect: Dialect) -> tuple[pd.DataFrame, Callable[[int], int]]:
    """Read row by row: rows of any length, mixed line ends, a quotation mark that is never closed."""
    try:
        rows, lines = _rows(clean, dialect, csv.QUOTE_MINIMAL)
        if rows and any("\n" in cell for cell in rows[-1]):
            rows, lines = _rows(clean, dialect, csv.QUOTE_NONE)
            rows = [[_unquoted(cell) for cell in row] for row in rows]
    except csv.Error as error:
        raise CannotRead("unknown_ledger", path=str(path), detail=str(error)) from None
    width = max(map(len, rows), default=0)
    if width > _WIDEST:
        raise CannotRead("unknown_ledger", path=str(path), detail="no columns")
    padded = [row + [""] * (width - len(row)) for row in rows]
    return pd.DataFrame(padded, columns=pd.RangeIndex(width), dtype="str"), lines.__getitem__


def _rows(path: Path, dialect: Dialect, quoting: int, encoding: str = "utf-8") -> tuple[list[list[str]], list[int]]:
    rows, lines = [], []
    encoding = "utf-8-sig" if encoding == "utf-8" else encoding
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        reader = csv.reader(file, delimiter=dialect.delimiter, quoting=quoting)  # type: ignore[arg-type]
        before = 0
        for row in reader:
            if row:
                rows.append(row)
                lines.append(before + 1)
            before = reader.line_num
    return rows, lines


def _unquoted(cell: str) -> str:
    inner = cell.strip()
    if len(inner) >= 2 and inner[0] == inner[-1] == '"':
        return inner[1:-1].replace('""', '"')
    return cell


def lines_of(path: Path, clean: Path, layout: Layout) -> Callable[[int], int]:
    """Row → line in the file. They are the same unless there are empty lines or cells of several lines."""
    count = sum(piece.count(b"\n") for piece in pieces(clean))
    if count in (layout.rows, layout.rows - 1):
        return lambda row: row + 1

    @cache
    def numbers() -> list[int]:
        try:
            found = _rows(path, layout.dialect, csv.QUOTE_MINIMAL, layout.encoding)[1]
        except csv.Error:
            found = []
        return found if len(found) == layout.rows else list(range(1, layout.rows + 1))

    return lambda row: numbers()[row]

"""Where a cell stands, as a user of a spreadsheet says it."""

from __future__ import annotations

from collections.abc import Callable, Sequence


def column_letters(column: int) -> str:
    """A column counted from 0 in Excel's letters: 0 → A, 27 → AB."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_number(letters: str) -> int:
    """Excel's letters as a number from 1: A → 1, AB → 28."""
    number = 0
    for letter in letters.upper()[:8]:
        number = number * 26 + ord(letter) - 64
    return number


def placed(name: str, columns: Sequence[int], first: int = 0) -> Callable[[int, int], str]:
    """The address of a cell by its row and column in a grid that begins at row ``first`` of a sheet."""
    letters = [column_letters(column) for column in columns] or ["A"]
    return lambda row, column: f"{name}!{letters[max(column, 0)]}{first + row + 1}"

"""The page of worksheet functions, written from their declaration.

    python -m tests.functions.page         write docs/functions.md anew
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from xlsales.tables.functions import Argument, WorksheetFunction, load_functions
from xlsales.tables.schema import Language

PAGE = Path(__file__).resolve().parents[2] / "docs" / "functions.md"

HEAD = """# Worksheet functions

For people who build their own sheets: the same arithmetic as the steps, in a cell. A function takes whole ranges and
gives a whole column, row or table, so one formula is enough for all customers or deals; it spills over the cells beside
and below it. In Excel 2019 and earlier, mark the cells first and press Ctrl+Shift+Enter.

They come with the add-in and run in Excel on Windows. Argument separators and decimal signs follow Excel's language:
`;` and `0,5` in Swedish, `,` and `0.5` in English. Words in answers are in the language chosen in the ribbon,
at first Excel's own; the environment variable `XLSALES_LANGUAGE` (`sv` or `en`) goes before both. Words in arguments
are read in both languages.

- An empty cell is an unknown value, and a row that is all empty gets an empty answer.
- A number written as text counts as the number, `1 234,50` too. TRUE counts as 1 and FALSE as 0.
- One cell where a column is expected stands for every row.
- Where something cannot be used, the answer is one line that says where and what:
  `intäkt, rad 7: ”abc” är inte ett tal.` Rows are counted within the range.

The thresholds are the method's; those that can be changed are arguments. The settings sheet governs the steps, not
the functions. This page is written by `python -m tests.functions.page`.
"""


def page() -> str:
    """The whole page."""
    return "\n".join([HEAD, *(section(function) for function in load_functions())])


def section(function: WorksheetFunction) -> str:
    """One function: what it is, its arguments, an example and its answer."""
    rows = "\n".join(_argument(argument) for argument in function.arguments)
    formulas = [f"- {name}: `{formula(function, language)}`" for name, language in _LANGUAGES]
    return f"""## {function.name}

{function.description["en"]}

*{function.description["sv"]}*

| argument | Swedish | English | meaning |
|---|---|---|---|
{rows}

{chr(10).join(formulas)}

{_example(function)}
"""


_LANGUAGES: tuple[tuple[str, Language], ...] = (("Swedish", "sv"), ("English", "en"))


def formula(function: WorksheetFunction, language: Language) -> str:
    """The example as it is typed: ranges beside each other from A2, single values as they are."""
    given = [shown_argument(function, argument, language) for argument in function.arguments]
    while given[-1] == "":
        given.pop()
    return f"={function.name}({(';' if language == 'sv' else ',').join(given)})"


def shown_argument(function: WorksheetFunction, argument: Argument, language: Language) -> str:
    """One argument of the example formula, empty where it is left out."""
    value = function.example.cells.get(argument.key)
    if value is None:
        return ""
    if not isinstance(value, list):
        return _typed(value, language)
    first = _first_column(function, argument)
    last = first + len(value[0]) - 1
    return f"{_letter(first)}2:{_letter(last)}{len(value) + 1}"


def _first_column(function: WorksheetFunction, argument: Argument) -> int:
    """Ranges stand side by side in the order of the arguments."""
    before = function.arguments[: function.arguments.index(argument)]
    ranges = (function.example.cells.get(a.key) for a in before)
    return sum(len(cells[0]) for cells in ranges if isinstance(cells, list))


def _letter(place: int) -> str:
    return chr(ord("A") + place)


def _typed(value: Any, language: Language) -> str:
    if isinstance(value, dt.date):
        parts = f"{value.year};{value.month};{value.day}"
        return f"DATUM({parts})" if language == "sv" else f"DATE({parts.replace(';', ',')})"
    return f"{value:g}".replace(".", "," if language == "sv" else ".")


def _argument(argument: Argument) -> str:
    key = f"[{argument.key}]" if argument.optional else argument.key
    return f"| `{key}` | {argument.name['sv']} | {argument.name['en']} | {argument.meaning['en']} |"


def _example(function: WorksheetFunction) -> str:
    """The cells of the ranges and of the answer, side by side as in a sheet."""
    ranges = [cells for cells in function.example.cells.values() if isinstance(cells, list)]
    answer = function.example.answer["sv"]
    width = sum(len(cells[0]) for cells in ranges)
    heads = [_letter(place) for place in range(width)] + ["answer"] * len(answer[0])
    blocks = [*ranges, answer]
    rows = [
        [*(_cell(c) for cells in blocks for c in (cells[row] if row < len(cells) else [""] * len(cells[0])))]
        for row in range(max(map(len, blocks)))
    ]
    lines = [["row", *heads], ["---"] * (len(heads) + 1), *([str(n + 2), *row] for n, row in enumerate(rows))]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "SANT" if value else "FALSKT"
    if isinstance(value, float):
        return f"{value:.4f}".rstrip("0").rstrip(".").replace(".", ",")
    return str(value)


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")

"""A picture of the ribbon for the documentation: ``python -m xlsales.build.ribbon_picture FOLDER``."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from xml.sax.saxutils import escape

from xlsales.build.icons import icon_drawing, rendered
from xlsales.tables.ribbon import TAB, Button, Group, Ribbon, load_ribbon, ribbon_words
from xlsales.tables.schema import LANGUAGES, Language, load_schema

_LETTER, _GAP, _BODY, _HEIGHT = 6.4, 8.0, 38.0, 132.0
_ROW, _LARGE, _SMALL = 24.0, 32.0, 16.0
_FONT = 'font-family="Liberation Sans, Arial, sans-serif" font-size="12"'
Piece = tuple[str, float]


def ribbon_drawing(ribbon: Ribbon, language: Language) -> str:
    """The ribbon as SVG, as wide as its words need."""
    words = ribbon_words(ribbon, load_schema(), language)
    drawn, place = "", 2 * _GAP
    for group in ribbon.groups:
        text, width = _group(group, words)
        drawn += f'<g transform="translate({place:g} 0)">{text}</g>'
        place += width + 1.5 * _GAP
        drawn += f'<path d="M{place:g} {_BODY + 4:g}V{_HEIGHT - 6:g}" stroke="#D1D1D1"/>'
        place += 1.5 * _GAP
    tab = f'<rect x="12" y="8" width="60" height="24" rx="3" fill="#FFFFFF"/>{_word(42, 24, words[f"label.{TAB}"])}'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {place:g} {_HEIGHT:g}" width="{place:g}">'
        f'<rect width="{place:g}" height="{_HEIGHT:g}" fill="#F3F3F3"/>'
        f'<rect x="4" y="{_BODY - 4:g}" width="{place - 8:g}" height="{_HEIGHT - _BODY:g}" rx="5" fill="#FFFFFF"/>'
        f"{tab}{drawn}</svg>"
    )


def _group(group: Group, words: dict[str, str]) -> Piece:
    drawn, width = "", 0.0
    small = [button for button in group.buttons if button.small]
    columns = [[button] for button in group.buttons if not button.small]
    columns += [small[start : start + 3] for start in range(0, len(small), 3)]
    for column in columns:
        text, wide = _rows(column, words) if column[0].small else _large(column[0], words)
        drawn += f'<g transform="translate({width:g} {_BODY:g})">{text}</g>'
        width += wide + _GAP
    width = max(width - _GAP, _wide(words[f"label.{group.id}"]))
    return drawn + _word(width / 2, _HEIGHT - 10, words[f"label.{group.id}"], "#616161"), width


def _large(button: Button, words: dict[str, str]) -> Piece:
    """The icon above its word; a word of two parts takes two lines."""
    lines = words[f"label.{button.id}"].split(" ")
    width = max(44.0, *map(_wide, lines))
    text = "".join(_word(width / 2, 58 + 14 * i, line) for i, line in enumerate(lines))
    return _icon(button.icon, ((width - _LARGE) / 2, 8.0), _LARGE) + text, width


def _rows(column: Sequence[Button], words: dict[str, str]) -> Piece:
    labels = [words[f"label.{button.id}"] for button in column]
    drawn = ""
    for row, (button, label) in enumerate(zip(column, labels, strict=True)):
        top = 4 + _ROW * row
        drawn += _icon(button.icon, (0.0, top), _SMALL) + _word(_SMALL + 6, top + 12, label, anchor="start")
    return drawn, _SMALL + 6 + max(map(_wide, labels))


def _icon(icon: str, place: tuple[float, float], size: float) -> str:
    """A drawing put in its place: its outermost element gets another place and size."""
    inside = icon_drawing(icon).split(">", 1)[1]
    left, top = place
    return f'<svg x="{left:g}" y="{top:g}" width="{size:g}" height="{size:g}" viewBox="0 0 32 32">{inside}'


def _word(x: float, y: float, text: str, color: str = "#242424", anchor: str = "middle") -> str:
    return f'<text x="{x:g}" y="{y:g}" fill="{color}" text-anchor="{anchor}" {_FONT}>{escape(text)}</text>'


def _wide(text: str) -> float:
    return len(text) * _LETTER


def write_pictures(folder: Path) -> None:
    """Draw today's ribbon in every language."""
    for language in LANGUAGES:
        drawing = ribbon_drawing(load_ribbon(), language)
        width = float(drawing.split('width="', 1)[1].split('"')[0])
        (folder / f"ribbon.{language}.png").write_bytes(rendered(drawing, round(2 * width)))


if __name__ == "__main__":
    write_pictures(Path(sys.argv[1]))

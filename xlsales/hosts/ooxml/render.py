"""Writing: values as the text of cells."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable, Sequence
from typing import Any

from xlsales.hosts import Link
from xlsales.hosts.ooxml.dates import serial
from xlsales.hosts.ooxml.markup import escaped, marked
from xlsales.hosts.ooxml.styles import Styles

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_SPECIAL = re.compile("[&<>\r\n\t\x00-\x1f\ud800-\udfff\ufffe\uffff]|_x|^[ =+@-]| $")
_COMMAND = ("=", "+", "-", "@", "\t")


def clean_text(text: str) -> str:
    """Text without the characters that XML forbids."""
    return _FORBIDDEN.sub("", text)


def literal(text: str) -> str:
    """A text in a formula, in pieces because Excel takes 255 characters at most in one."""
    pieces = [text[start : start + 120] for start in range(0, len(text), 120)] or [""]
    return "&".join('"' + piece.replace('"', '""') + '"' for piece in pieces)


class _Texts(dict[Any, str]):
    """Rendered cells of one kind and style, made when first asked for."""

    def __init__(self, render: Callable[[Any, str], str], style: str) -> None:
        super().__init__()
        self._render = render
        self._style = style

    def __missing__(self, value: Any) -> str:
        text = self._render(value, self._style)
        if len(self) < 100_000:
            self[value] = text
        return text


class Painter:
    """Renders values for one workbook: a cell's text after its address."""

    def __init__(self, styles: Styles, date1904: bool, prefix: str) -> None:
        self._styles = styles
        self._date1904 = date1904
        self.prefix = prefix
        self._texts: dict[tuple[type, str], _Texts] = {}
        self._kinds: dict[type, Callable[[Any, str], str]] = {
            str: self._text,
            float: self._number,
            int: self._number,
            bool: self._truth,
            dt.date: self._date,
            dt.datetime: self._date,
            Link: self._link,
            type(None): self._empty,
        }

    def paint(self, value: object, style: str) -> str:
        """One cell after its address. Takes the plain kinds only."""
        return self._kinds[type(value)](value, style)

    def paint_all(self, values: Sequence[Any], style: str) -> list[str]:
        """Many cells of one style; a single kind of value is rendered in one go."""
        kinds = set(map(type, values))
        if len(kinds) == 1 and kinds <= {str, dt.date, dt.datetime}:
            texts = self._of_kind(kinds.pop(), style)
            return [texts[value] for value in values]
        if kinds <= {int, float}:
            head = f"{self._styled(style, False, False)}><{self.prefix}v>"
            end = f"</{self.prefix}v></{self.prefix}c>"
            return [f"{head}{value!r}{end}" for value in values]
        paint = self._kinds
        return [paint[type(value)](value, style) for value in values]

    def _of_kind(self, kind: type, style: str) -> _Texts:
        known = self._texts.get((kind, style))
        if known is None:
            render = self._fresh_text if kind is str else self._date
            known = self._texts[kind, style] = _Texts(render, style)
        return known

    def empty(self, style: str) -> str:
        """A cell with nothing but a style."""
        return self._empty(None, style)

    def formula(self, formula: str, style: str) -> str:
        """A formula without a cached value."""
        p = self.prefix
        return f"{self._styled(style, False, False)}><{p}f>{escaped(formula)}</{p}f></{p}c>"

    def _styled(self, style: str, date: bool, quoted: bool) -> str:
        style = self._styles.variant(style, date, quoted)
        return f' s="{style}"' if style else ""

    def _text(self, value: str, style: str) -> str:
        return self._of_kind(str, style)[value]

    def _fresh_text(self, value: str, style: str) -> str:
        p, space, quoted = self.prefix, "", False
        if _SPECIAL.search(value):
            value = clean_text(value)
            quoted = value.startswith(_COMMAND)
            space = ' xml:space="preserve"' if value != value.strip() or "\n" in value else ""
            value = escaped(marked(value))
        if not value:
            return self._empty(None, style)
        start = self._styled(style, False, quoted)
        return f'{start} t="inlineStr"><{p}is><{p}t{space}>{value}</{p}t></{p}is></{p}c>'

    def _number(self, value: float, style: str) -> str:
        p = self.prefix
        return f"{self._styled(style, False, False)}><{p}v>{value!r}</{p}v></{p}c>"

    def _truth(self, value: bool, style: str) -> str:
        p = self.prefix
        return f'{self._styled(style, False, False)} t="b"><{p}v>{int(value)}</{p}v></{p}c>'

    def _date(self, value: dt.date, style: str) -> str:
        days = serial(value, self._date1904)
        if days is None:
            return self._text(value.isoformat()[:10], style)
        p = self.prefix
        number = int(days) if days == math.floor(days) else days
        return f"{self._styled(style, True, False)}><{p}v>{number!r}</{p}v></{p}c>"

    def _link(self, value: Link, style: str) -> str:
        p = self.prefix
        target, text = (literal(clean_text(part)) for part in ("#" + value.target, value.text))
        formula = escaped(f"HYPERLINK({target},{text})")
        shown = escaped(marked(clean_text(value.text)))
        start = self._styled(style, False, False)
        return f'{start} t="str"><{p}f>{formula}</{p}f><{p}v>{shown}</{p}v></{p}c>'

    def _empty(self, _: None, style: str) -> str:
        return f' s="{style}"/>' if style else "/>"

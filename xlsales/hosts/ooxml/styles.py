"""Cell styles: which show dates, and variants of a style made when a cell needs one."""

from __future__ import annotations

import re

from xlsales.hosts.ooxml.dates import is_date_format
from xlsales.hosts.ooxml.markup import (
    attribute,
    element_pattern,
    root_prefix,
    tag_pattern,
    with_attribute,
    without_attribute,
)

DATE_FORMAT = "yyyy-mm-dd"


class Styles:
    """The cell formats of a workbook. New variants are appended, none is ever changed."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._prefix = prefix = root_prefix(text)
        block = element_pattern(prefix + "cellXfs").search(text)
        self._xfs = re.findall(
            rf"<{prefix}xf(?=[\s/>])[^>]*?/>|<{prefix}xf(?=[\s>])[^>]*>.*?</{prefix}xf>", block[2] or "", re.DOTALL
        ) if block else []  # fmt: skip
        self._known = len(self._xfs)
        self._formats = {
            int(attribute(match[0], "numFmtId") or 0): attribute(match[0], "formatCode") or ""
            for match in tag_pattern(prefix + "numFmt").finditer(_formats_block(text, prefix))
        }
        self._date_format = next((id_ for id_, code in self._formats.items() if code == DATE_FORMAT), 0)
        self._format_added = False
        self._variants: dict[tuple[str, bool, bool], str] = {}
        self._dates: dict[str, bool] = {}

    def is_date(self, style: str) -> bool:
        """Whether a style shows dates or times."""
        known = self._dates.get(style)
        if known is None:
            number = self._format_of(style)
            known = self._dates[style] = is_date_format(number, self._formats.get(number, ""))
        return known

    def variant(self, style: str, date: bool, quoted: bool) -> str:
        """The style, or one like it that shows a date (if asked) and marks text as typed (or not)."""
        key = (style, date, quoted)
        known = self._variants.get(key)
        if known is None:
            if not self._text:
                return style
            known = self._variants[key] = self._made(style, date and not self.is_date(style), quoted)
        return known

    def text(self) -> str:
        """The styles part, with the added variants; the very same text when there are none."""
        added = "".join(self._xfs[self._known :])
        if not added:
            return self._text
        prefix = self._prefix
        block = element_pattern(prefix + "cellXfs").search(self._text)
        if block is None:
            fresh = f'<{prefix}cellXfs count="{len(self._xfs)}">{added}</{prefix}cellXfs>'
            text = self._before(fresh, ("cellStyles", "dxfs", "tableStyles", "colors", "extLst"))
        else:
            tag = with_attribute(f"<{prefix}cellXfs{block[1]}>", "count", str(len(self._xfs)))
            whole = f"{tag}{block[2] or ''}{added}</{prefix}cellXfs>"
            text = self._text[: block.start()] + whole + self._text[block.end() :]
        return _with_format(text, prefix, self._date_format) if self._format_added else text

    def _before(self, fresh: str, followers: tuple[str, ...]) -> str:
        for name in followers:
            found = tag_pattern(self._prefix + name).search(self._text)
            if found:
                return self._text[: found.start()] + fresh + self._text[found.start() :]
        end = self._text.rindex("</")
        return self._text[:end] + fresh + self._text[end:]

    def _format_of(self, style: str) -> int:
        index = int(style or 0)
        xf = self._xfs[index] if index < len(self._xfs) else ""
        return int(attribute(xf, "numFmtId") or 0)

    def _made(self, style: str, date: bool, quoted: bool) -> str:
        index = int(style or 0)
        old = self._xfs[index] if index < len(self._xfs) else f'<{self._prefix}xf numFmtId="0"/>'
        end = old.index(">") + 1
        tag, rest = old[:end], old[end:]
        was_quoted = attribute(tag, "quotePrefix") in ("1", "true")
        if not date and was_quoted == quoted:
            return style
        if was_quoted != quoted:
            tag = with_attribute(tag, "quotePrefix", "1") if quoted else without_attribute(tag, "quotePrefix")
        if date:
            tag = with_attribute(tag, "numFmtId", str(self._dated()))
            tag = with_attribute(tag, "applyNumberFormat", "1")
        if not self._xfs:
            self._xfs.append(old)
        xf = tag + rest
        if xf in self._xfs:
            return str(self._xfs.index(xf))
        self._xfs.append(xf)
        return str(len(self._xfs) - 1)

    def _dated(self) -> int:
        if not self._date_format:
            self._date_format = max(163, *self._formats) + 1 if self._formats else 164
            self._formats[self._date_format] = DATE_FORMAT
            self._format_added = True
        return self._date_format


def _formats_block(text: str, prefix: str) -> str:
    block = element_pattern(prefix + "numFmts").search(text)
    return block[0] if block else ""


def _with_format(text: str, prefix: str, number: int) -> str:
    item = f'<{prefix}numFmt numFmtId="{number}" formatCode="{DATE_FORMAT}"/>'
    block = element_pattern(prefix + "numFmts").search(text)
    if block is None:
        root = tag_pattern(prefix + "styleSheet").search(text)
        place = root.end() if root else 0
        return f'{text[:place]}<{prefix}numFmts count="1">{item}</{prefix}numFmts>{text[place:]}'
    inner = block[2] or ""
    count = len(tag_pattern(prefix + "numFmt").findall(inner)) + 1
    tag = with_attribute(f"<{prefix}numFmts{block[1]}>", "count", str(count))
    return f"{text[: block.start()]}{tag}{inner}{item}</{prefix}numFmts>{text[block.end() :]}"

"""The looks of one workbook added to the styles of another: what is there already is used, the rest is appended."""

from __future__ import annotations

import re
from dataclasses import dataclass

from xlsales.hosts.ooxml.markup import (
    attribute,
    element_pattern,
    root_prefix,
    tag_pattern,
    with_attribute,
    without_attribute,
)

# The order that the schema wants, for blocks that the workbook lacks.
_ORDER = ("numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs", "tableStyles",
          "colors", "extLst")  # fmt: skip
_ITEMS = {"fonts": "font", "fills": "fill", "borders": "border", "cellXfs": "xf", "dxfs": "dxf", "numFmts": "numFmt"}
_FIRST_OWN_FORMAT = 164
_SCHEME = re.compile(r"<scheme [^>]*/>")
_START = re.compile(r"<(/?)(?=[A-Za-z])")


@dataclass(frozen=True)
class Merged:
    """The styles part with the additions, and the new number of every cell format and difference of the source."""

    text: str
    formats: list[int]
    differences: list[int]


def merged_styles(text: str, source: str) -> Merged:
    """Add the cell formats and differences of ``source``, as XlsxWriter writes it, to the styles part ``text``."""
    styles = _Styles(text)
    numbers = {_number(item, "numFmtId"): attribute(item, "formatCode") or "" for item in _items(source, "numFmts", "")}
    maps = {block: [styles.add(block, item) for item in _items(source, block, "")]
            for block in ("fonts", "fills", "borders")}  # fmt: skip
    formats = []
    for xf in _items(source, "cellXfs", ""):
        tag, rest = xf[: xf.index(">") + 1], xf[xf.index(">") + 1 :]
        for key, block in (("fontId", "fonts"), ("fillId", "fills"), ("borderId", "borders")):
            tag = with_attribute(tag, key, str(maps[block][_number(tag, key)]))
        kind = _number(tag, "numFmtId")
        tag = with_attribute(tag, "numFmtId", str(styles.number_format(numbers[kind]) if kind in numbers else kind))
        # A style of cells is the other workbook's own: what the format says is said in full.
        tag = with_attribute(tag, "xfId", "0") if styles.has("cellStyleXfs") else without_attribute(tag, "xfId")
        for part in ("Font", "Fill", "Border", "NumberFormat", "Alignment"):
            tag = with_attribute(tag, f"apply{part}", "1")
        formats.append(styles.add("cellXfs", tag + rest))
    differences = [styles.add("dxfs", item) for item in _items(source, "dxfs", "")]
    return Merged(styles.written(), formats, differences)


class _Styles:
    """A styles part whose lists grow at their end."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._prefix = root_prefix(text)
        self._lists = {block: _items(text, block, self._prefix) for block in _ITEMS}
        self._known = {block: len(items) for block, items in self._lists.items()}
        for block, item in _LEAST.items():
            if not self._lists[block]:
                self._lists[block] += [self._own(part) for part in item]

    def has(self, block: str) -> bool:
        """Whether the part has a list."""
        return element_pattern(self._prefix + block).search(self._text) is not None

    def add(self, block: str, item: str) -> int:
        """The number of an item, which is appended where there is none the same."""
        item = self._own(_SCHEME.sub("", item))
        items = self._lists[block]
        if item not in items:
            items.append(item)
        return items.index(item)

    def number_format(self, code: str) -> int:
        """The number of a format by its code."""
        taken = {_number(item, "numFmtId"): attribute(item, "formatCode") for item in self._lists["numFmts"]}
        known = next((number for number, other in taken.items() if other == code), None)
        if known is not None:
            return known
        number = max([_FIRST_OWN_FORMAT - 1, *taken]) + 1
        tag = with_attribute(with_attribute("<numFmt/>", "numFmtId", str(number)), "formatCode", code)
        self._lists["numFmts"].append(self._own(tag))
        return number

    def written(self) -> str:
        """The part with all that was added."""
        text = self._text
        for block, items in self._lists.items():
            if len(items) > self._known[block]:
                text = self._grown(text, block, items)
        return text

    def _grown(self, text: str, block: str, items: list[str]) -> str:
        p, added = self._prefix, "".join(items[self._known[block] :])
        found = element_pattern(p + block).search(text)
        if found is None:
            place = self._place(text, block)
            return f'{text[:place]}<{p}{block} count="{len(items)}">{added}</{p}{block}>{text[place:]}'
        tag = with_attribute(f"<{p}{block}{found[1]}>", "count", str(len(items)))
        return f"{text[: found.start()]}{tag}{found[2] or ''}{added}</{p}{block}>{text[found.end() :]}"

    def _place(self, text: str, block: str) -> int:
        """Where a block that is not there belongs: behind those before it."""
        before = _ORDER[: _ORDER.index(block)]
        root = tag_pattern(self._prefix + "styleSheet").search(text)
        ends = [match.end() for name in before if (match := element_pattern(self._prefix + name).search(text))]
        return max(ends, default=root.end() if root else 0)

    def _own(self, item: str) -> str:
        return _START.sub(rf"<\1{self._prefix}", item) if self._prefix else item


_LEAST = {
    "fonts": ['<font><sz val="11"/><name val="Calibri"/></font>'],
    "fills": ['<fill><patternFill patternType="none"/></fill>', '<fill><patternFill patternType="gray125"/></fill>'],
    "borders": ["<border><left/><right/><top/><bottom/><diagonal/></border>"],
    "cellXfs": ['<xf numFmtId="0" fontId="0" fillId="0" borderId="0"/>'],
}
"""What number 0 has to mean in a workbook without any looks."""


def _items(text: str, block: str, prefix: str) -> list[str]:
    """The items of a list, as they are written."""
    found = element_pattern(prefix + block).search(text)
    if found is None or not found[2]:
        return []
    name = prefix + _ITEMS[block]
    pattern = rf"<{name}(?=[\s/>])[^>]*?/>|<{name}(?=[\s>])[^>]*>.*?</{name}\s*>"
    return re.findall(pattern, found[2], re.DOTALL)


def _number(tag: str, name: str) -> int:
    return int(attribute(tag, name) or 0)

"""What points at a table's columns goes along when the table grows, shrinks or moves its columns."""

from __future__ import annotations

import re
from collections.abc import Callable

from xlsales.hosts.ooxml.addresses import Area, area_text, parse_area
from xlsales.hosts.ooxml.cells import SheetText, parse_sheet
from xlsales.hosts.ooxml.markup import (
    attribute,
    element_pattern,
    escaped,
    tag_pattern,
    unescaped,
    with_attribute,
)
from xlsales.hosts.ooxml.plan import Change

_RANGES = ("conditionalFormatting", "dataValidation", "protectedRange", "ignoredError")
_INNER_FORMULAS = ("formula", "formula1", "formula2")


def followed_sheet(sheet: SheetText, change: Change) -> SheetText:
    """The sheet's own settings over the table's columns, moved along; ``dimension`` widened."""
    head = _with_dimension(sheet.head, sheet.prefix, change.area)
    if change.stays:
        return SheetText(sheet.prefix, head, sheet.data, sheet.tail, sheet.spans)
    tail = sheet.tail
    for name in _RANGES:
        if "<" + sheet.prefix + name in tail:
            tail = _moved_ranges(tail, sheet.prefix, name, change)
    tail = _moved_extensions(tail, change)
    tail = _moved_links(tail, sheet.prefix, change)
    return SheetText(sheet.prefix, head, sheet.data, tail, sheet.spans)


def moved_ranges(text: str, change: Change) -> str:
    """A list of areas parted by spaces, each moved along; empty when all are gone."""
    moved = []
    for item in text.split():
        try:
            area = change.moved(parse_area(item))
        except ValueError:
            moved.append(item)
            continue
        if area is not None:
            moved.append(item if area == parse_area(item) else area_text(area))
    return " ".join(moved)


def followed_names(text: str, prefix: str, change: Change) -> str:
    """The workbook part with its defined names moved along."""
    if change.stays:
        return text

    return with_formulas(text, prefix + "definedName", lambda formula: change.followed(formula, home=False))


def followed_formulas(text: str, prefix: str, change: Change) -> str:
    """Rows of a sheet with the formulas that point at the table's columns moved along."""
    return with_formulas(text, prefix + "f", lambda formula: change.followed(formula, home=True))


def far_formulas(sheet: SheetText) -> frozenset[str]:
    """The formulas of a sheet, in cells and settings, that point at other sheets."""
    names = "|".join((*(sheet.prefix + name for name in ("f", *_INNER_FORMULAS)), "xm:f"))
    pattern = re.compile(rf"<(?:{names})(?:\s[^>]*)?>([^<]*![^<]*)<")
    found = {formula for text in (sheet.data, sheet.tail) for formula in pattern.findall(text)}
    return frozenset(map(unescaped, found))


def followed_far(sheet: SheetText, change: Change) -> SheetText:
    """Another sheet with its formulas that point at the table's columns moved along."""
    texts = [sheet.data, sheet.tail]
    for name in (*(sheet.prefix + name for name in ("f", *_INNER_FORMULAS)), "xm:f"):
        texts = [with_formulas(text, name, lambda formula: change.followed(formula, home=False)) for text in texts]
    return parse_sheet(sheet.head + texts[0] + texts[1])


def with_formulas(text: str, name: str, change: Callable[[str], str]) -> str:
    """The text with the formula in every element of a name changed."""

    def move(match: re.Match[str]) -> str:
        if not match[2]:
            return match[0]
        formula = unescaped(match[2])
        moved = change(formula)
        return match[0] if moved == formula else f"<{name}{match[1]}>{escaped(moved)}</{name}>"

    return element_pattern(name).sub(move, text) if "<" + name in text else text


def _with_dimension(head: str, prefix: str, area: Area) -> str:
    found = tag_pattern(prefix + "dimension").search(head)
    if found is None:
        return head
    try:
        old = parse_area(attribute(found[0], "ref") or "")
    except ValueError:
        old = area
    whole = Area(
        min(old.top, area.top), min(old.left, area.left), max(old.bottom, area.bottom), max(old.right, area.right)
    )
    if whole == old:
        return head
    return head[: found.start()] + with_attribute(found[0], "ref", area_text(whole)) + head[found.end() :]


def _moved_ranges(text: str, prefix: str, name: str, change: Change) -> str:
    def move(match: re.Match[str]) -> str:
        end = match.end(1) - match.start()
        tag, rest = match[0][:end], match[0][end:]
        ranges = attribute(tag, "sqref") or ""
        moved = moved_ranges(ranges, change)
        if not moved:
            return ""
        if not change.columns_stay:
            rest = _inner_formulas(rest, prefix, change)
        return (tag if moved == ranges else with_attribute(tag, "sqref", moved)) + rest

    text = element_pattern(prefix + name).sub(move, text)
    return _counted(text, prefix, name)


def _counted(text: str, prefix: str, name: str) -> str:
    """Set the count of the list around, and drop the list when nothing is left in it."""
    block = element_pattern(f"{prefix}{name}s").search(text)
    if block is None or name == "conditionalFormatting":
        return text
    count = len(tag_pattern(prefix + name).findall(block[2] or ""))
    if count == 0:
        return text[: block.start()] + text[block.end() :]
    end = block.end(1)
    tag = text[block.start() : end]
    if attribute(tag, "count") is None:
        return text
    return text[: block.start()] + with_attribute(tag, "count", str(count)) + text[end:]


def _inner_formulas(text: str, prefix: str, change: Change) -> str:
    for name in _INNER_FORMULAS:
        text = with_formulas(text, prefix + name, lambda formula: change.followed(formula, home=True))
    return text


def _moved_extensions(text: str, change: Change) -> str:
    """The settings of 2010 and later: ranges and formulas as elements of their own."""
    if "<xm:" not in text:
        return text

    def move(match: re.Match[str]) -> str:
        moved = moved_ranges(match[2] or "", change)
        return f"<xm:sqref{match[1]}>{moved}</xm:sqref>" if moved else match[0]

    text = element_pattern("xm:sqref").sub(move, text)
    return with_formulas(text, "xm:f", lambda formula: change.followed(formula, home=True))


def _moved_links(text: str, prefix: str, change: Change) -> str:
    """Hyperlinks follow their row; one over the whole body follows the body."""
    body = change.table.body
    new_rows: dict[int, list[int]] = {}
    for index, source in enumerate(change.origin):
        new_rows.setdefault(source, []).append(change.body.top + index)

    def move(match: re.Match[str]) -> str:
        area = parse_area(attribute(match[0], "ref") or "")
        if area.top == area.bottom and body.holds(area):
            columns = change.moved(area._replace(top=body.top, bottom=body.bottom))
            rows = new_rows.get(area.top - body.top, [])
            if columns is None:
                return ""
            places = [columns._replace(top=row, bottom=row) for row in rows]
            return "".join(with_attribute(match[0], "ref", area_text(place)) for place in places)
        moved = change.moved(area)
        return "" if moved is None else with_attribute(match[0], "ref", area_text(moved))

    text = tag_pattern(prefix + "hyperlink").sub(move, text)
    return _counted(text, prefix, "hyperlink")

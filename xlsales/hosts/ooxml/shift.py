"""Moving the rows below a table down, as inserting rows does, where everything that points there can follow."""

from __future__ import annotations

import re
from dataclasses import dataclass

from xlsales.hosts.ooxml.addresses import LAST_ROW, Area, area_text, parse_area, sheet_text
from xlsales.hosts.ooxml.cells import SheetText, cell_text, parse_sheet, row_text, split_cells, with_rows
from xlsales.hosts.ooxml.follow import with_formulas
from xlsales.hosts.ooxml.formulas import Reference, replaced
from xlsales.hosts.ooxml.markup import attribute, element_pattern, tag_pattern, unescaped, with_attribute
from xlsales.hosts.ooxml.shared import without_shared

_RANGE_TAGS = (
    "mergeCell", "hyperlink", "autoFilter", "sortState", "sortCondition", "conditionalFormatting", "dataValidation",
    "protectedRange", "ignoredError",
)  # fmt: skip
_FORMULA_TAGS = ("formula", "formula1", "formula2")
_FIXED = ("scenarios", "customSheetViews", "oleObjects", "controls", "dataConsolidate", "cellWatches", "rowBreaks")
_TARGET = re.compile(r"\$?[A-Za-z]{1,3}\$?[0-9]{1,7}(?::\$?[A-Za-z]{1,3}\$?[0-9]{1,7})?")


@dataclass(frozen=True)
class Push:
    """Rows of a sheet from ``first`` on go down by so many."""

    sheet: str
    first: int
    by: int

    @property
    def zone(self) -> Area:
        """The rows that move."""
        return Area(self.first, 1, LAST_ROW, 16_384)

    def area(self, area: Area) -> Area:
        """An area afterwards: moved when below, longer when the cut goes through it."""
        top = area.top + self.by if area.top >= self.first else area.top
        bottom = area.bottom + self.by if area.bottom >= self.first else area.bottom
        return area._replace(top=top, bottom=min(bottom, LAST_ROW))

    def formula(self, formula: str, home: bool) -> str:
        """A formula with its references to the moved rows moved along."""

        def follow(reference: Reference) -> str:
            name = reference.sheet_name
            here = home if not name else name.casefold() == self.sheet.casefold()
            return reference.over(self.area(reference.area)).text() if here else reference.text()

        return replaced(formula, follow)


def pushed_sheet(sheet: SheetText, push: Push) -> SheetText:
    """The sheet with its rows moved and everything on it that points at them moved along."""
    sheet = without_shared(sheet, push.zone)
    p = sheet.prefix
    data = with_formulas(sheet.data, p + "f", lambda formula: push.formula(formula, home=True))
    if data != sheet.data:
        sheet = parse_sheet(sheet.head + data + sheet.tail)
    moved: dict[int, str] = {}
    for number in sorted((number for number in sheet.spans if number >= push.first), reverse=True):
        attributes, cells = sheet.row(number)
        text = "".join(
            cell_text(cell._replace(inner=_pushed_inner(cell.inner, p, push)), cell.letters, number + push.by, p)
            for cell in split_cells(cells, p)
        )
        moved[number + push.by] = row_text(number + push.by, attributes, text, p)
        moved.setdefault(number, "")
    sheet = with_rows(sheet, moved)
    head = _pushed_tags(sheet.head, p + "dimension", push)
    return SheetText(p, head, sheet.data, _pushed_tail(sheet.tail, p, push), sheet.spans)


def can_be_pushed(sheet: SheetText, push: Push, standing: list[Area]) -> bool:
    """Whether the sheet itself allows it: nothing of a kind that cannot follow stands in the moved rows.

    standing: merged cells, other tables and pivot tables on the sheet.
    """
    if max(sheet.spans, default=0) + push.by > LAST_ROW:
        return False
    if any(tag_pattern(sheet.prefix + name).search(sheet.tail) for name in _FIXED):
        return False
    merges = [area for area in standing if area.bottom >= push.first]
    return not merges and not points_into(sheet.tail, push)


def points_into(text: str, push: Push) -> bool:
    """Whether a part names the sheet together with cells in the moved rows."""
    plain = unescaped(text)
    for name in {push.sheet, sheet_text(push.sheet), "'" + push.sheet.replace("'", "''") + "'"}:
        start = plain.find(name + "!")
        while start >= 0:
            target = _TARGET.match(plain, start + len(name) + 1)
            if target is None or _bottom(target[0]) >= push.first:
                return True
            start = plain.find(name + "!", start + 1)
    return False


def stands_in(text: str, kind: str, push: Push) -> bool:
    """Whether a drawing, comment or control part of the sheet has something in the moved rows."""
    if kind == "drawing":
        rows = [int(row) + 1 for row in re.findall(r"<(?:\w+:)?row>\s*(\d+)\s*</", text)]
    elif kind == "vmlDrawing":
        anchors = [anchor.split(",") for anchor in re.findall(r"<x:Anchor>([^<]*)</x:Anchor>", text)]
        notes = text.count('ObjectType="Note"')
        rows = [int(anchor[6]) + 1 for anchor in anchors if len(anchor) > 6] if len(anchors) > notes else []
    else:
        rows = [_bottom(ref) for ref in re.findall(r'\sref="([^"]*)"', text)]
    return any(row >= push.first for row in rows)


def _bottom(target: str) -> int:
    try:
        return parse_area(target).bottom
    except ValueError:
        return LAST_ROW


def _pushed_inner(inner: str, prefix: str, push: Push) -> str:
    return _pushed_tags(inner, prefix + "f", push) if " ref=" in inner else inner


def _pushed_tags(text: str, name: str, push: Push) -> str:
    def move(match: re.Match[str]) -> str:
        tag = match[0]
        for key in ("ref", "sqref"):
            ranges = attribute(tag, key)
            if ranges:
                moved = (area_text(push.area(parse_area(item))) for item in ranges.split())
                tag = with_attribute(tag, key, " ".join(moved))
        return tag

    return tag_pattern(name).sub(move, text)


def _pushed_tail(tail: str, prefix: str, push: Push) -> str:
    for name in _RANGE_TAGS:
        if "<" + prefix + name in tail:
            tail = _pushed_tags(tail, prefix + name, push)
    for name in (*(prefix + tag for tag in _FORMULA_TAGS), "xm:f"):
        tail = with_formulas(tail, name, lambda formula: push.formula(formula, home=True))

    def move(match: re.Match[str]) -> str:
        areas = [area_text(push.area(parse_area(item))) for item in (match[2] or "").split()]
        return f"<xm:sqref{match[1]}>{' '.join(areas)}</xm:sqref>"

    return element_pattern("xm:sqref").sub(move, tail)

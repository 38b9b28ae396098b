"""Everything outside a table's own sheet that goes along with a change: names, charts, notes, far formulas."""

from __future__ import annotations

from functools import cached_property

from xlsales.hosts.ooxml.calculation import asking_for_calculation, without_chain
from xlsales.hosts.ooxml.charts import Plotted, followed_chart
from xlsales.hosts.ooxml.follow import far_formulas, followed_far, followed_names, with_formulas
from xlsales.hosts.ooxml.markup import attribute, escaped_attribute, root_prefix, tag_pattern
from xlsales.hosts.ooxml.notes import followed_comments, followed_shapes
from xlsales.hosts.ooxml.parts import Parts
from xlsales.hosts.ooxml.plan import Change
from xlsales.hosts.ooxml.shift import Push, points_into, stands_in
from xlsales.hosts.ooxml.workbook import Sheet, Workbook, relations_part

_CHART_TYPES = ("drawingml.chart+xml", "chartex+xml")


class Followers:
    """Moves the followers of one workbook along."""

    def __init__(self, parts: Parts, structure: Workbook) -> None:
        self._parts = parts
        self._structure = structure
        self._far_formulas: dict[str, frozenset[str]] = {}

    def follow(self, change: Change, plotted: Plotted) -> None:
        """Move everything along with a change of a table."""
        part = self._structure.part
        workbook = self._parts.text(part)
        prefix = root_prefix(workbook)
        self._parts.put(part, asking_for_calculation(followed_names(workbook, prefix, change), prefix))
        self._drop_chain()
        self._follow_notes(change)
        self._follow_far(change)
        for chart in self._charts:
            self._parts.put(chart, followed_chart(self._parts.text(chart), change, plotted.column))

    def pinned(self, push: Push) -> bool:
        """Whether anything outside the sheet's own part stands or points where rows would move."""
        home, text = self._structure.sheet(push.sheet), self._parts.text
        kinds = ("drawing", "vmlDrawing", "comments", "threadedComment")
        if any(stands_in(text(part), kind, push) for kind in kinds for part in home.related.get(kind, ())):
            return True
        caches = self._structure.related.get("pivotCacheDefinition", ())
        if any(f'sheet="{escaped_attribute(push.sheet)}"' in text(part) for part in caches):
            return True
        sheets = (self._parts.glance(other.part) for other in self._others(home))
        return any(points_into(piece, push) for sheet in sheets for piece in (sheet.data, sheet.tail))

    def follow_push(self, push: Push) -> None:
        """Defined names and charts go along with rows that were moved down."""
        part = self._structure.part
        for holder, name in ((part, "definedName"), *((chart, "f") for chart in self._charts)):
            text = self._parts.text(holder)
            tag = root_prefix(text) + name
            self._parts.put(holder, with_formulas(text, tag, lambda formula: push.formula(formula, home=False)))

    def _others(self, home: Sheet) -> list[Sheet]:
        return [sheet for sheet in self._structure.sheets if sheet is not home]

    def _follow_notes(self, change: Change) -> None:
        if change.rows_stay and change.columns_stay:
            return
        related = self._structure.sheet(change.table.sheet).related
        for kind in ("comments", "threadedComment"):
            for part in related.get(kind, ()):
                self._parts.put(part, followed_comments(self._parts.text(part), kind, change))
        for part in related.get("vmlDrawing", ()):
            self._parts.put(part, followed_shapes(self._parts.text(part), change))

    def _follow_far(self, change: Change) -> None:
        """Formulas of other sheets, where they covered exactly a part of the table."""
        if change.stays:
            return
        for other in self._others(self._structure.sheet(change.table.sheet)):
            part = other.part
            if any(change.followed(formula, home=False) != formula for formula in self._far(part)):
                self._parts.put_sheet(part, followed_far(self._parts.sheet(part), change))
                del self._far_formulas[part]

    def _far(self, part: str) -> frozenset[str]:
        """The formulas of a sheet that point at other sheets."""
        if part not in self._far_formulas:
            self._far_formulas[part] = far_formulas(self._parts.glance(part))
        return self._far_formulas[part]

    def _drop_chain(self) -> None:
        for part in self._structure.related.get("calcChain", ()):
            if part not in self._parts.removed:
                self._parts.remove(part)
                for holder in ("[Content_Types].xml", relations_part(self._structure.part)):
                    stored = self._parts.find(holder)
                    if stored:
                        self._parts.put(stored, without_chain(self._parts.text(stored)))

    @cached_property
    def _charts(self) -> list[str]:
        types = self._parts.text(self._parts.find("[Content_Types].xml") or "")
        found = []
        for match in tag_pattern(root_prefix(types) + "Override").finditer(types):
            if (attribute(match[0], "ContentType") or "").endswith(_CHART_TYPES):
                part = self._parts.find((attribute(match[0], "PartName") or "").lstrip("/"))
                if part:
                    found.append(part)
        return found

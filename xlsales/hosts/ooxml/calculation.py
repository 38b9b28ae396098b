"""Asking for a full calculation on load, and dropping the list of formula cells it makes obsolete."""

from __future__ import annotations

import re

from xlsales.hosts.ooxml.markup import (
    attribute,
    element_pattern,
    tag_pattern,
    with_attribute,
)

_BEFORE = ("sheets", "functionGroups", "externalReferences", "definedNames")
_ANY = re.compile(r"<(?:\w+:)?(?:Relationship|Override)(?=\s)(?:[^>\"']|\"[^\"]*\"|'[^']*')*?(?:/>|></[^>]*>)")


def asking_for_calculation(text: str, prefix: str) -> str:
    """The workbook part with ``fullCalcOnLoad`` set."""
    found = tag_pattern(prefix + "calcPr").search(text)
    if found:
        return text[: found.start()] + with_attribute(found[0], "fullCalcOnLoad", "1") + text[found.end() :]
    ends = [match.end() for name in _BEFORE for match in element_pattern(prefix + name).finditer(text)]
    place = max(ends, default=-1)
    return text if place < 0 else f'{text[:place]}<{prefix}calcPr fullCalcOnLoad="1"/>{text[place:]}'


def without_chain(text: str) -> str:
    """Relationships or content types without the calculation chain."""

    def drop(match: re.Match[str]) -> str:
        kind = attribute(match[0], "Type") or attribute(match[0], "ContentType") or ""
        return "" if kind.endswith(("/calcChain", "calcChain+xml")) else match[0]

    return _ANY.sub(drop, text)

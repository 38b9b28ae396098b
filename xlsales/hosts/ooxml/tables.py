"""Rewriting the part that declares a table."""

from __future__ import annotations

import re

from xlsales.hosts.ooxml.addresses import full_text, parse_area
from xlsales.hosts.ooxml.markup import (
    attribute,
    element_pattern,
    escaped_attribute,
    marked,
    root_prefix,
    tag_pattern,
    with_attribute,
    without_attribute,
)
from xlsales.hosts.ooxml.plan import Change


def rewritten_part(text: str, change: Change) -> str:
    """The table part after a change: place, filter, sort state and columns."""
    prefix = root_prefix(text)
    root = tag_pattern(prefix + "table").search(text)
    if root is None:
        return text
    tag = without_attribute(with_attribute(root[0], "ref", full_text(change.area)), "insertRow")
    text = text[: root.start()] + tag + text[root.end() :]
    text = _with_filter(text, prefix, change)
    text = _with_sort_state(text, prefix, change)
    return text if change.columns_stay else _with_columns(text, prefix, change)


def heading_attribute(heading: str) -> str:
    """A heading as the name of a table column; line breaks are escaped as in cells."""
    escaped = marked(heading).replace("\n", "_x000a_").replace("\t", "_x0009_")
    return escaped_attribute(escaped)


def _with_filter(text: str, prefix: str, change: Change) -> str:
    found = tag_pattern(prefix + "autoFilter").search(text)
    if found is None:
        return text
    area = change.area._replace(bottom=change.body.bottom)
    text = text[: found.start()] + with_attribute(found[0], "ref", full_text(area)) + text[found.end() :]
    if change.columns_stay:
        return text
    places = {source: place for place, source in enumerate(change.sources) if source is not None}

    def move(match: re.Match[str]) -> str:
        tag = match[0][: match.end(1) - match.start()]
        place = places.get(int(attribute(tag, "colId") or -1))
        return "" if place is None else with_attribute(tag, "colId", str(place)) + match[0][len(tag) :]

    return element_pattern(prefix + "filterColumn").sub(move, text)


def _with_sort_state(text: str, prefix: str, change: Change) -> str:
    def move(match: re.Match[str]) -> str:
        area = change.moved(parse_area(attribute(match[0], "ref") or ""))
        return "" if area is None else with_attribute(match[0], "ref", full_text(area))

    state = element_pattern(prefix + "sortState").search(text)
    if state is None:
        return text
    conditions = tag_pattern(prefix + "sortCondition")
    inner = conditions.sub(move, state[2] or "")
    if not conditions.search(inner):
        return text[: state.start()] + text[state.end() :]
    tag = tag_pattern(prefix + "sortState").sub(move, state[0][: state.end(1) - state.start() + 1])
    return f"{text[: state.start()]}{tag}{inner}</{prefix}sortState>{text[state.end() :]}"


def _with_columns(text: str, prefix: str, change: Change) -> str:
    block = element_pattern(prefix + "tableColumns").search(text)
    if block is None:
        return text
    columns = change.table.columns
    next_id = max(column.id for column in columns) + 1
    items = []
    for heading, source in zip(change.headings, change.sources, strict=True):
        if source is not None:
            items.append(columns[source].text)
        else:
            items.append(f'<{prefix}tableColumn id="{next_id}" name="{heading_attribute(heading)}"/>')
            next_id += 1
    tag = with_attribute(f"<{prefix}tableColumns{block[1]}>", "count", str(len(items)))
    whole = f"{tag}{''.join(items)}</{prefix}tableColumns>"
    return text[: block.start()] + whole + text[block.end() :]

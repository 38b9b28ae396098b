"""Which columns of an export are points to which criterion, question by question."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from xlsales.sources.surveys import CriterionNames
from xlsales.tables.parse import fold
from xlsales.tables.schema import nearest

_BRACKETED = re.compile(r"(?s)(.*)\[([^\[\]]+)\]\s*$")
_NUMBERED = re.compile(r"^\s*(?:[QqFf]?\d+(?:[._]\d+)*\s*[.):]?\s+|[QqFf]?\d+(?:[._]\d+)*[.):]\s*)")
_TRAILING = re.compile(r"\s*\([^()]*\)\s*$")
_PARTED = re.compile(r"\s+[-–—|]\s+|:\s*|\s*\n\s*")


@dataclass(frozen=True)
class Block:
    """One question of an export: its text, and the column of every criterion found in it."""

    stem: str
    columns: Mapping[str, int]


@dataclass(frozen=True)
class Found:
    """The questions about the criteria, the columns beside them that name no criterion, and near misses."""

    blocks: tuple[Block, ...]
    unmatched: tuple[str, ...]
    suggestions: Mapping[str, str]


def find_blocks(headings: Sequence[Sequence[str]], names: CriterionNames, numeric: Sequence[bool]) -> Found:
    """Sort columns into questions by what their headings have in common.

    headings: for every column its headings, most telling first. numeric: whether the column holds numbers only.
    A question is a block of at least two criteria; the same criterion in two questions belongs to each.
    """
    blocks: dict[str, dict[str, int]] = {}
    loose: list[int] = []
    for column, texts in enumerate(headings):
        hit = next((hit for text in texts for hit in _readings(text) if hit[0] in names.ids), None)
        criterion = names.ids[hit[0]] if hit else ""
        if hit and criterion not in blocks.setdefault(hit[1], {}):
            blocks[hit[1]][criterion] = column
        else:
            loose.append(column)
    kept = {stem: columns for stem, columns in blocks.items() if len(columns) > 1}
    wrong, near = [], {}
    for column in (c for c in loose if numeric[c]):
        readings = [reading for text in headings[column] for reading in _readings(text)]
        beside = any(stem and stem in kept for _, stem in readings)
        best = next((n for item, _ in readings if (n := nearest(item, {fold(s): s for s in names.shown.values()}))), "")
        if beside or (best and "" in kept):
            wrong.append(headings[column][0])
            near[headings[column][0]] = next((s for s in names.shown.values() if fold(s) == best), "")
    return Found(tuple(Block(stem, columns) for stem, columns in kept.items()), tuple(wrong), near)


def matches(headings: Sequence[str], names: CriterionNames) -> int:
    """How many columns of a row of headings name a criterion."""
    return sum(any(item in names.ids for item, _ in _readings(text)) for text in headings)


def _readings(text: str) -> Iterator[tuple[str, str]]:
    """(item, question) in every way a heading may be built, folded: ``Question [Item]``, ``Question - Item``,
    ``Item:Question``, or the item alone.
    """
    bare = _NUMBERED.sub("", text)
    for whole in dict.fromkeys((text, bare, _TRAILING.sub("", bare))):
        yield fold(whole), ""
    bracketed = _BRACKETED.match(text)
    if bracketed:
        yield fold(bracketed[2]), fold(bracketed[1])
    for cut in reversed(list(_PARTED.finditer(text))):
        before, after = text[: cut.start()], text[cut.end() :]
        yield fold(after), fold(before)
        yield fold(_TRAILING.sub("", after)), fold(before)
        yield fold(_NUMBERED.sub("", before)), fold(after)

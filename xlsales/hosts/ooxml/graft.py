"""A sheet from one workbook into another: its part as it is, but for strings, styles and names."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable

from xlsales.hosts.ooxml.calculation import asking_for_calculation
from xlsales.hosts.ooxml.markup import (
    attribute,
    element_pattern,
    escaped,
    escaped_attribute,
    root_prefix,
    tag_pattern,
    unescaped,
    with_attribute,
)
from xlsales.hosts.ooxml.package import Package
from xlsales.hosts.ooxml.parts import Parts
from xlsales.hosts.ooxml.restyle import merged_styles
from xlsales.hosts.ooxml.workbook import Reader, Workbook, relations_part
from xlsales.issues import CannotWrite

_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_STYLES_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"
_TYPES = "[Content_Types].xml"
_LONGEST = 31
_ITEM = re.compile(r"<si>(.*?)</si>|<si/>", re.DOTALL)
_STRING = re.compile(r'(<c r="[A-Z]+[0-9]+"(?: s="[0-9]+")?) t="s"><v>([0-9]+)</v></c>')
_CACHED = re.compile(r'(<c r="[A-Z]+[0-9]+"(?: s="[0-9]+")?)(?: t="str")?>(<f>[^<]*</f>)<v>[^<]*</v>')
_STYLED = re.compile(r'(<(?:c|row)(?=\s)[^>]*? s=")([0-9]+)(")')
_COLUMN = re.compile(r'(<col(?=\s)[^>]*? style=")([0-9]+)(")')
_RULE = re.compile(r'(<cfRule(?=\s)[^>]*? dxfId=")([0-9]+)(")')
_SELECTED = re.compile(r' tabSelected="1"')
_NAME = re.compile(r"<definedName(?=\s)[^>]*>([^<]*)</definedName>")


def graft(parts: Parts, book: Workbook, source: Package) -> str:
    """Add the sheet of a workbook of one sheet, as XlsxWriter writes it, behind the last sheet; returns its name.

    Everything else stays: only the workbook part, its relationships, the content types and the styles get additions.
    Formulas come without stored results and are computed when the workbook is opened.
    """
    if locked(parts.text(book.part)):
        raise CannotWrite("cannot_save", path=parts.path, reason="lockStructure")
    given = Parts(source)
    origin = Reader(source.find, given.text, parts.path).structure()
    sheet = origin.sheets[0]
    if sheet.related:
        raise ValueError(f"a sheet with parts of its own cannot be grafted: {sorted(sheet.related)}")
    text = _inlined(given.text(sheet.part), given)
    text = _CACHED.sub(r"\1>\2", _SELECTED.sub("", text))
    text = _restyled(parts, book, given.text(origin.related["styles"][0]), text)
    part = _free_part(parts, book.part, "sheet")
    parts.add(part, text)
    _declare(parts, part, _SHEET_TYPE)
    relation = _relate(parts, book.part, part, "worksheet")
    whole = parts.text(book.part)
    name = free_name(_sheet_names(whole), sheet.name)
    parts.put(book.part, _registered(whole, name, relation, given.text(origin.part)))
    return name


def locked(workbook: str) -> bool:
    """Whether a workbook part forbids new sheets."""
    found = tag_pattern(root_prefix(workbook) + "workbookProtection").search(workbook)
    return found is not None and attribute(found[0], "lockStructure") in ("1", "true", "on")


def free_name(taken: Iterable[str], name: str) -> str:
    """The name, or the first of ``name 2``, ``name 3`` … that no sheet has; at most 31 characters."""
    folded = {other.casefold() for other in taken}
    number, free = 1, name[:_LONGEST]
    while free.casefold() in folded:
        number += 1
        end = f" {number}"
        free = name[: _LONGEST - len(end)].rstrip() + end
    return free


def _sheet_names(workbook: str) -> list[str]:
    sheets = tag_pattern(root_prefix(workbook) + "sheet").finditer(workbook)
    return [attribute(match[0], "name") or "" for match in sheets]


def _inlined(text: str, given: Parts) -> str:
    """The sheet with its strings in the cells: the shared strings of the other workbook stay untouched."""
    stored = given.find("xl/sharedStrings.xml")
    strings = [match[1] or "" for match in _ITEM.finditer(given.text(stored))] if stored else []
    return _STRING.sub(lambda match: f'{match[1]} t="inlineStr"><is>{strings[int(match[2])]}</is></c>', text)


def _restyled(parts: Parts, book: Workbook, styles: str, text: str) -> str:
    """The sheet with the style numbers that its looks have in the other workbook."""
    own = next(iter(book.related.get("styles", ())), None)
    if own is None:
        own = posixpath.join(posixpath.dirname(book.part), "styles.xml")
        parts.add(own, styles)
        _declare(parts, own, _STYLES_TYPE)
        _relate(parts, book.part, own, "styles")
        return text
    merged = merged_styles(parts.text(own), styles)
    parts.put(own, merged.text)
    for pattern in (_STYLED, _COLUMN):
        text = pattern.sub(lambda match: f"{match[1]}{merged.formats[int(match[2])]}{match[3]}", text)
    return _RULE.sub(lambda match: f"{match[1]}{merged.differences[int(match[2])]}{match[3]}", text)


def _free_part(parts: Parts, workbook: str, kind: str) -> str:
    folder = posixpath.join(posixpath.dirname(workbook), "worksheets")
    number = 1
    while parts.find(f"{folder}/{kind}{number}.xml") or parts.find(relations_part(f"{folder}/{kind}{number}.xml")):
        number += 1
    return f"{folder}/{kind}{number}.xml"


def _declare(parts: Parts, part: str, kind: str) -> None:
    """Say in the content types what a new part is."""
    stored = parts.find(_TYPES) or _TYPES
    text = parts.text(stored)
    line = f'<{root_prefix(text)}Override PartName="/{part}" ContentType="{kind}"/>'
    parts.put(stored, _appended(text, line))


def _relate(parts: Parts, workbook: str, part: str, kind: str) -> str:
    """Link the workbook to a new part; returns the id of the relationship."""
    stored = parts.find(relations_part(workbook)) or relations_part(workbook)
    text = parts.text(stored)
    taken = {attribute(match[0], "Id") for match in tag_pattern(root_prefix(text) + "Relationship").finditer(text)}
    number = len(taken) + 1
    while f"rId{number}" in taken:
        number += 1
    target = posixpath.relpath(part, posixpath.dirname(workbook) or ".")
    line = f'<{root_prefix(text)}Relationship Id="rId{number}" Type="{_RELATIONS}/{kind}" Target="{target}"/>'
    parts.put(stored, _appended(text, line))
    return f"rId{number}"


def _appended(text: str, line: str) -> str:
    """A list of empty elements with one more at its end."""
    end = text.rindex("</")
    return text[:end] + line + text[end:]


def _registered(text: str, name: str, relation: str, origin: str) -> str:
    """The workbook part with the sheet in its list, and the sheet's own names."""
    p = root_prefix(text)
    sheets = [match[0] for match in tag_pattern(p + "sheet").finditer(text)]
    number = max((int(attribute(tag, "sheetId") or 0) for tag in sheets), default=0) + 1
    block = element_pattern(p + "sheets").search(text)
    if block is None or block[2] is None:
        raise ValueError("no list of sheets")
    tag = (
        f'<{p}sheet xmlns:r="{_RELATIONS}" name="{escaped_attribute(name)}" sheetId="{number}" r:id="{relation}"/>'
    )
    end = block.end(2)
    text = text[:end] + tag + text[end:]
    names = [_named(match, p, len(sheets), name) for match in _NAME.finditer(origin)]
    return asking_for_calculation(_with_names(text, p, "".join(names)), p)


def _named(match: re.Match[str], prefix: str, place: int, sheet: str) -> str:
    """A name of the sheet's own, such as the rows repeated in print, for the sheet's new place and name."""
    tag = match[0][: match.start(1) - match.start()]
    own = "'" + sheet.replace("'", "''") + "'!"
    cells = ",".join(own + area.rpartition("!")[2] for area in unescaped(match[1]).split(","))
    tag = with_attribute(tag, "localSheetId", str(place)).replace("<definedName", f"<{prefix}definedName", 1)
    return f"{tag}{escaped(cells)}</{prefix}definedName>"


def _with_names(text: str, prefix: str, names: str) -> str:
    if not names:
        return text
    block = element_pattern(prefix + "definedNames").search(text)
    if block is not None and block[2] is not None:
        return text[: block.end(2)] + names + text[block.end(2) :]
    whole = f"<{prefix}definedNames>{names}</{prefix}definedNames>"
    if block is not None:
        return text[: block.start()] + whole + text[block.end() :]
    before = ("sheets", "functionGroups", "externalReferences")
    end = max(match.end() for name in before for match in element_pattern(prefix + name).finditer(text))
    return text[:end] + whole + text[end:]

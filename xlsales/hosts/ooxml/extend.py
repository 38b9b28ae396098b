"""A package with further parts: macros, ribbon and pictures added to a workbook that lacks them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import quoteattr

_TYPES = "[Content_Types].xml"
_WORKBOOK = "xl/workbook.xml"
# The earliest moment a zip file can tell: the same parts give the same bytes, whenever they are put together.
_NO_TIME = (1980, 1, 1, 0, 0, 0)
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"


@dataclass(frozen=True)
class Relationship:
    """A part that another part points to: by id and type, target relative to the part that points."""

    id: str
    type: str
    target: str


@dataclass(frozen=True)
class Extension:
    """What is added to a workbook.

    workbook_type: the content type its main part gets. parts: bytes by name. types: content types by file ending.
    package, workbook: relationships added to those of the package and of the workbook.
    """

    workbook_type: str
    parts: Mapping[str, bytes]
    types: Mapping[str, str]
    package: Sequence[Relationship] = field(default=())
    workbook: Sequence[Relationship] = field(default=())


def extended(raw: bytes, extension: Extension) -> bytes:
    """The bytes of a workbook with the extension; the same input gives the same bytes."""
    with zipfile.ZipFile(io.BytesIO(raw), "r") as archive:
        parts = {entry.filename: archive.read(entry) for entry in archive.infolist()}
    parts[_TYPES] = _with_types(parts[_TYPES].decode("utf-8"), extension).encode("utf-8")
    for part, added in (("_rels/.rels", extension.package), ("xl/_rels/workbook.xml.rels", extension.workbook)):
        parts[part] = _before_end(parts[part].decode("utf-8"), _lines(added), "</Relationships>").encode("utf-8")
    return _zipped({**parts, **extension.parts})


def relationships_part(relationships: Sequence[Relationship]) -> bytes:
    """A part of its own that lists relationships."""
    return f'{_HEAD}<Relationships xmlns="{_RELATIONSHIPS}">{_lines(relationships)}</Relationships>'.encode()


def _lines(relationships: Sequence[Relationship]) -> str:
    return "".join(
        f"<Relationship Id={quoteattr(r.id)} Type={quoteattr(r.type)} Target={quoteattr(r.target)}/>"
        for r in relationships
    )


def _with_types(types: str, extension: Extension) -> str:
    """The content types with those of the new parts, and another one for the workbook."""
    start = types.index(f'PartName="/{_WORKBOOK}"')
    end = types.index("/>", start)
    types = f'{types[:start]}PartName="/{_WORKBOOK}" ContentType={quoteattr(extension.workbook_type)}{types[end:]}'
    defaults = "".join(
        f"<Default Extension={quoteattr(ending)} ContentType={quoteattr(kind)}/>"
        for ending, kind in extension.types.items()
        if f'Extension="{ending}"' not in types
    )
    first = types.index("<Override")
    return types[:first] + defaults + types[first:]


def _before_end(text: str, added: str, end: str) -> str:
    place = text.rindex(end)
    return text[:place] + added + text[place:]


def _zipped(parts: Mapping[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, body in parts.items():
            entry = zipfile.ZipInfo(name, _NO_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            # Otherwise it tells which system made it.
            entry.create_system = 0
            archive.writestr(entry, body)
    return target.getvalue()

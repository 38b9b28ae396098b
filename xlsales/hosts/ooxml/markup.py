"""XML as text: find, read and change single tags without building a tree."""

from __future__ import annotations

import codecs
import re
from functools import lru_cache
from xml.parsers import expat

_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
_REFERENCE = re.compile(r"&(?:#x([0-9a-fA-F]+)|#([0-9]+)|(amp|lt|gt|quot|apos));")
_ROOT = re.compile(r"<([A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)(?=[\s/>])")
_DECLARED = re.compile(r"""\A\s*<\?xml[^>]*?encoding\s*=\s*["']([\w.-]+)["'][^>]*\?>""")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
ATTRIBUTES = r"""(?:[^>"']|"[^"]*"|'[^']*')*?"""


class IllFormed(ValueError):
    """A part is not well-formed XML, or holds a document type, which no workbook has."""


def decoded(raw: bytes) -> str:
    """The text of an XML part by its byte order mark or declaration."""
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        text = raw.decode("utf-16")
    else:
        declared = _DECLARED.match(raw[:200].decode("latin-1"))
        text = raw.decode(declared[1] if declared else "utf-8").removeprefix("\ufeff")
    declared = _DECLARED.match(text)
    if declared and declared[1].lower() != "utf-8":
        text = text[: declared.start(1)] + "UTF-8" + text[declared.end(1) :]
    return text


def check(*pieces: bytes) -> None:
    """Raise IllFormed unless the pieces together are well-formed XML without a document type."""

    def refuse(*_: object) -> None:
        raise IllFormed("document type")

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartDoctypeDeclHandler = refuse
    try:
        for piece in pieces:
            parser.Parse(piece, False)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise IllFormed(str(error)) from error


def root_prefix(text: str) -> str:
    """The namespace prefix of the root element with its colon, or nothing."""
    declared = text.find("?>")
    found = _ROOT.search(text, declared + 2 if text.lstrip().startswith("<?xml") else 0)
    return (found[1] or "") if found else ""


@lru_cache(maxsize=512)
def tag_pattern(name: str) -> re.Pattern[str]:
    """Matches the start tag (or empty element) of a name; group 1 is the attributes."""
    return re.compile(rf"<{re.escape(name)}(?=[\s/>])({ATTRIBUTES})(/?)>", re.DOTALL)


@lru_cache(maxsize=512)
def element_pattern(name: str) -> re.Pattern[str]:
    """Matches a whole element that holds none of its own kind; groups: attributes, inner text."""
    tag = re.escape(name)
    return re.compile(rf"<{tag}(?=[\s/>])({ATTRIBUTES})(?:/>|>(.*?)</{tag}\s*>)", re.DOTALL)


@lru_cache(maxsize=512)
def _attribute_pattern(name: str) -> re.Pattern[str]:
    return re.compile(rf"""\s{re.escape(name)}\s*=\s*(?:"([^"]*)"|'([^']*)')""")


def attribute(tag: str, name: str) -> str | None:
    """The value of an attribute in a start tag, without XML escapes."""
    found = _attribute_pattern(name).search(tag)
    if found is None:
        return None
    return unescaped(found[1] if found[1] is not None else found[2])


def with_attribute(tag: str, name: str, value: str) -> str:
    """The start tag with an attribute set, in its old place if it was there."""
    text = f' {name}="{escaped_attribute(value)}"'
    found = _attribute_pattern(name).search(tag)
    if found:
        return tag[: found.start()] + text + tag[found.end() :]
    end = len(tag) - (2 if tag.endswith("/>") else 1 if tag.endswith(">") else 0)
    return tag[:end].rstrip() + text + tag[end:]


def without_attribute(tag: str, name: str) -> str:
    """The start tag without an attribute."""
    return _attribute_pattern(name).sub("", tag, count=1)


def unescaped(text: str) -> str:
    """Text with its XML references replaced by the characters they name."""
    if "&" not in text:
        return text
    return _REFERENCE.sub(_character, text)


def _character(match: re.Match[str]) -> str:
    if match[3]:
        return _NAMED[match[3]]
    number = int(match[1], 16) if match[1] else int(match[2])
    return chr(number) if number < 0x110000 else ""


def escaped(text: str) -> str:
    """Text as element content."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def escaped_attribute(text: str) -> str:
    """Text as the value of an attribute in double quotes."""
    plain = escaped(text).replace('"', "&quot;")
    return plain.replace("\n", "&#10;").replace("\r", "&#13;").replace("\t", "&#9;")


def unmarked(text: str) -> str:
    """Text of a string cell with ``_x000D_`` escapes replaced."""
    if "_x" not in text:
        return text
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)


def marked(text: str) -> str:
    """Text whose own ``_x000D_`` look-alikes and carriage returns are escaped as cells need it."""
    if "_x" in text:
        text = re.sub(r"_(?=x[0-9A-Fa-f]{4}_)", "_x005F_", text)
    return text.replace("\r", "_x000D_") if "\r" in text else text

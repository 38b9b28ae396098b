"""Records of a large XML file one after the other, in bounded memory and without entities.

Only the elements asked for are built, each as a small tree, and forgotten when they are handed over.
A document type is refused: it is the only way in for entities, and no bookkeeping file needs one.
"""

from __future__ import annotations

import codecs
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO
from xml.parsers import expat

from xlsales.issues import CannotRead
from xlsales.sources.files import pieces

_PIECE = 1024 * 1024
_DEPTH = 100
_LONGEST = 100_000
_BEYOND_ASCII = re.compile(rb"[\x80-\xff]")


@dataclass(frozen=True)
class Record:
    """One element: the names from the root to it, its line in the file, and itself without namespaces.

    Records within a record are handed over before it and are no part of it.
    """

    path: tuple[str, ...]
    line: int
    element: ET.Element

    @property
    def name(self) -> str:
        """The element's name."""
        return self.path[-1]

    def text(self, path: str) -> str:
        """The trimmed text of a child, "" where there is none."""
        return (self.element.findtext(path) or "").strip()

    def get(self, name: str) -> str:
        """A trimmed attribute, "" where there is none."""
        return (self.element.get(name) or "").strip()


def read_records(path: Path, wanted: Set[str], skipped: Set[str] = frozenset()) -> Iterator[Record]:
    """The root, with its attributes only, and then the elements whose names are wanted, as they end.

    skipped: names of elements that are left out of records, with all they hold.

    Raises CannotRead: damaged_xml (path, line, detail), forbidden_xml (path, detail), unreadable_file (path, detail).
    """
    try:
        handlers = _Handlers(path, wanted, skipped, _encoding(path))
        with path.open("rb") as file:
            yield from _records(path, file, handlers)
    except OSError as error:
        raise CannotRead("unreadable_file", path=str(path), detail=error.strerror or str(error)) from None


def _records(path: Path, file: BinaryIO, handlers: _Handlers) -> Iterator[Record]:
    try:
        while piece := file.read(_PIECE):
            handlers.parser.Parse(piece, False)
            yield from handlers.taken()
        handlers.parser.Parse(b"", True)
        yield from handlers.taken()
    except (expat.ExpatError, LookupError, ValueError, UnicodeError) as error:
        line = getattr(error, "lineno", handlers.parser.CurrentLineNumber)
        detail = expat.ErrorString(error.code) if isinstance(error, expat.ExpatError) else str(error)
        raise CannotRead("damaged_xml", path=str(path), line=line, detail=detail) from None


def _encoding(path: Path) -> str | None:
    """cp1252 for a file that calls itself UTF-8, or nothing, and is not; None where it is what it says."""
    for number, piece in enumerate(pieces(path)):
        start = piece[:200].replace(b"\x00", b"").lower()
        if not number and ((b"encoding=" in start and b"utf-8" not in start) or b"\x00" in piece[:200]):
            return None
        if first := _BEYOND_ASCII.search(piece):
            text = codecs.getincrementaldecoder("utf-8")("replace").decode(piece[first.start() :])
            wrong = text.count("\ufffd") - piece.count(b"\xef\xbf\xbd")
            right = len(text) - len(text.encode("ascii", "ignore")) - wrong
            return "windows-1252" if wrong > right else None
    return None


class _Handlers:
    """What expat calls: builds trees of the wanted elements and lets the rest go, as quietly as it can."""

    def __init__(self, path: Path, wanted: Set[str], skipped: Set[str], encoding: str | None) -> None:
        self.found: list[Record] = []
        self._file, self._wanted, self._skipped = path, wanted, skipped
        self._kinds: dict[str, tuple[str, bool, bool]] = {}
        self._path: list[str] = []
        self._open: list[ET.Element] = []
        self._lines: list[int] = []
        self._left_out = 0
        # Without namespaces, so that a prefix nobody declared is no error.
        self.parser = expat.ParserCreate(encoding)
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._root
        self.parser.StartDoctypeDeclHandler = self._refuse
        self.parser.EntityDeclHandler = self._refuse

    def taken(self) -> list[Record]:
        """The records since last time."""
        found, self.found = self.found, []
        return found

    def _root(self, name: str, attributes: dict[str, str]) -> None:
        element = ET.Element(self._kind(name)[0], attributes)
        self.found.append(Record((element.tag,), self.parser.CurrentLineNumber, element))
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self._start(name, attributes)

    def _kind(self, name: str) -> tuple[str, bool, bool]:
        """The name without its prefix, whether it is wanted and left out; kept, as the same few come back."""
        local = name[name.rfind(":") + 1 :]
        kind = self._kinds[name] = (local, local in self._wanted, local in self._skipped)
        return kind

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        local, wanted, skipped = self._kinds.get(name) or self._kind(name)
        if skipped and self._open:
            self._leave_out()
            return
        self._path.append(local)
        if wanted:
            self._open.append(ET.Element(local, attributes))
            self._lines.append(self.parser.CurrentLineNumber)
            self.parser.CharacterDataHandler = self._data
        elif self._open:
            self._open.append(ET.SubElement(self._open[-1], local, attributes))
        if len(self._path) > _DEPTH:
            raise CannotRead("forbidden_xml", path=str(self._file), detail=f"{_DEPTH}+")

    def _end(self, _: str) -> None:
        if self._open:
            element = self._open.pop()
            if element.tag in self._wanted:
                self.found.append(Record(tuple(self._path), self._lines.pop(), element))
                if not self._open:
                    self.parser.CharacterDataHandler = None
        self._path.pop()

    def _data(self, text: str) -> None:
        """Text before the first child; what is too long to be a field of a ledger is cut."""
        element = self._open[-1]
        if element.text is None:
            element.text = text[:_LONGEST]
        elif not len(element) and len(element.text) < _LONGEST:
            element.text += text[:_LONGEST]

    def _leave_out(self) -> None:
        self._left_out = 1
        self.parser.StartElementHandler = self._deeper
        self.parser.EndElementHandler = self._higher
        self.parser.CharacterDataHandler = None

    def _deeper(self, _: str, __: dict[str, str]) -> None:
        self._left_out += 1
        if self._left_out > _DEPTH:
            raise CannotRead("forbidden_xml", path=str(self._file), detail=f"{_DEPTH}+")

    def _higher(self, _: str) -> None:
        self._left_out -= 1
        if not self._left_out:
            self.parser.StartElementHandler = self._start
            self.parser.EndElementHandler = self._end
            self.parser.CharacterDataHandler = self._data

    def _refuse(self, *_: Any) -> None:
        raise CannotRead("forbidden_xml", path=str(self._file), detail="DOCTYPE")

"""The texts of a package's parts, with the changes made so far."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from lxml import etree

from xlsales.hosts.ooxml.cells import SheetText, parse_sheet
from xlsales.hosts.ooxml.markup import IllFormed, check, decoded
from xlsales.hosts.ooxml.package import Package
from xlsales.issues import CannotRead, CannotWrite


class Parts:
    """Reads parts as text and keeps what is changed; the package itself stays as it was read."""

    def __init__(self, package: Package) -> None:
        self._package = package
        self.path = str(package.path)
        self._texts: dict[str, str] = {}
        self._sheets: dict[str, SheetText] = {}
        self._changed_sheets: dict[str, SheetText] = {}
        self.removed: frozenset[str] = frozenset()

    @property
    def changed(self) -> bool:
        """Whether any part differs from the file."""
        return bool(self._texts or self._changed_sheets or self.removed)

    def find(self, name: str) -> str | None:
        """The stored spelling of a part name, or None."""
        return self._package.find(name) or (name if name in self._texts else None)

    def text(self, part: str) -> str:
        """The text of a part that is no sheet."""
        if part in self._texts:
            return self._texts[part]
        raw = self._package.read(part)
        try:
            check(raw)
            return decoded(raw)
        except (IllFormed, UnicodeDecodeError, LookupError) as error:
            raise CannotRead("damaged_workbook", path=self.path, detail=f"{part}: {error}") from error

    def sheet(self, part: str) -> SheetText:
        """A sheet part cut into its rows."""
        if part in self._changed_sheets:
            return self._changed_sheets[part]
        if part not in self._sheets:
            with self.usable():
                self._sheets[part] = parse_sheet(self.text(part))
        return self._sheets[part]

    def glance(self, part: str) -> SheetText:
        """A sheet part cut into its rows, not kept in memory for the sake of one look."""
        known = self._changed_sheets.get(part) or self._sheets.get(part)
        if known is not None:
            return known
        with self.usable():
            return parse_sheet(self.text(part))

    def put(self, part: str, text: str) -> None:
        """Change the text of a part, if it is another text."""
        if part in self._texts or text != self.text(part):
            self._texts[part] = text

    def add(self, part: str, text: str) -> None:
        """A part that the package does not have."""
        self._texts[part] = text

    def put_sheet(self, part: str, sheet: SheetText) -> None:
        """Change a sheet part."""
        self._changed_sheets[part] = sheet
        self._sheets.pop(part, None)

    def remove(self, part: str) -> None:
        """Leave a part out."""
        self.removed |= {part}

    @contextlib.contextmanager
    def all_or_nothing(self) -> Iterator[None]:
        """Changes made inside are taken back when something goes wrong."""
        before = dict(self._texts), dict(self._changed_sheets), self.removed
        try:
            with self.usable():
                yield
        except BaseException:
            self._texts, self._changed_sheets, self.removed = before
            raise

    @contextlib.contextmanager
    def usable(self) -> Iterator[None]:
        """Whatever breaks while a part is taken apart means that the part makes no sense."""
        try:
            yield
        except (ValueError, LookupError, ArithmeticError, RecursionError, etree.XMLSyntaxError) as error:
            raise CannotRead("damaged_workbook", path=self.path, detail=repr(error)) from error

    def encoded(self) -> dict[str, tuple[bytes, ...]]:
        """The changed parts in pieces, each part checked to be well formed."""
        parts: dict[str, tuple[bytes, ...]] = {part: (text.encode("utf-8"),) for part, text in self._texts.items()}
        parts |= {part: sheet.pieces() for part, sheet in self._changed_sheets.items()}
        for part, pieces in parts.items():
            try:
                check(*pieces)
            except IllFormed as error:
                raise CannotWrite("cannot_save", path=self.path, reason=f"{part}: {error}") from error
        return parts

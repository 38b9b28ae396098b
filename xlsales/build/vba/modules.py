"""VBA modules from text: UTF-8 in the project, code page 1252 in the workbook."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from xlsales.issues import WrongUse

CODE_PAGE = "cp1252"
Kind = Literal["basic", "class", "document"]
_CLASS_HEAD = re.compile(r"\AVERSION [^\n]*\nBEGIN\n.*?\nEND\n", re.DOTALL)
_NAME = re.compile(r'^Attribute VB_Name = "(\w+)"$', re.MULTILINE)
_CLASS_BASE = "0{FCFB3D2A-A0FA-1068-A738-08002B3371B5}"
_WORKBOOK_BASE = "0{00020819-0000-0000-C000-000000000046}"
_SHEET_BASE = "0{00020820-0000-0000-C000-000000000046}"


@dataclass(frozen=True)
class Module:
    """One module; ``source`` is all its text with its attributes, lines ending in a bare newline."""

    name: str
    kind: Kind
    source: str

    @property
    def code(self) -> str:
        """The text without its attributes."""
        return "\n".join(line for line in self.source.split("\n") if not line.startswith("Attribute VB_"))

    def encoded(self) -> bytes:
        """The text as the workbook holds it. WrongUse names module, line and sign where the code page lacks one."""
        for number, line in enumerate(self.source.split("\n"), start=1):
            try:
                line.encode(CODE_PAGE)
            except UnicodeEncodeError as error:
                sign = line[error.start]
                raise WrongUse("vba_sign", module=self.name, line=number, sign=sign) from error
        return self.source.replace("\n", "\r\n").encode(CODE_PAGE)


def basic_module(name: str, code: str) -> Module:
    """A standard module of some code."""
    return Module(name, "basic", f'Attribute VB_Name = "{name}"\n{code}')


def document_module(name: str, code: str = "", *, workbook: bool = False) -> Module:
    """The module behind the workbook or behind a sheet, by its code name."""
    base = _WORKBOOK_BASE if workbook else _SHEET_BASE
    flags = {"GlobalNameSpace": False, "Creatable": False, "PredeclaredId": True, "Exposed": True,
             "TemplateDerived": False, "Customizable": True}  # fmt: skip
    head = [f'Attribute VB_Name = "{name}"', f'Attribute VB_Base = "{base}"']
    head += [f"Attribute VB_{flag} = {value}" for flag, value in flags.items()]
    return Module(name, "document", "\n".join([*head, code]))


def read_module(path: Path) -> Module:
    """A module from a .bas or .cls file as the editor of Excel exports it."""
    text = path.read_text("utf-8").replace("\r\n", "\n")
    return module_of(text, "class" if path.suffix == ".cls" else "basic", path.name)


def module_of(text: str, kind: Kind, place: str) -> Module:
    """A module from exported text; ``place`` is named when it has no name."""
    text = _CLASS_HEAD.sub("", text)
    named = _NAME.search(text)
    if named is None:
        raise WrongUse("vba_unnamed", module=place)
    if kind == "class" and "Attribute VB_Base" not in text:
        end = named.end()
        text = f'{text[:end]}\nAttribute VB_Base = "{_CLASS_BASE}"{text[end:]}'
    return Module(named[1], kind, text)

"""The Excel add-in, and a workbook with its own macros: the same text gives the same bytes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from xlsales.build.carrier import addin_workbook
from xlsales.build.generated import functions_module, texts_module
from xlsales.build.icons import icon_picture
from xlsales.build.ribbon import FRAME, ribbon_xml
from xlsales.build.template import build_template, code_names, template_bytes
from xlsales.build.vba import Module, document_module, project_file, read_module
from xlsales.build.xlwings_texts import xlwings_modules
from xlsales.hosts.ooxml.extend import Extension, Relationship, extended, relationships_part
from xlsales.hosts.ooxml.save import replace_file
from xlsales.tables.folder import text_folder
from xlsales.tables.functions import load_functions
from xlsales.tables.ribbon import load_ribbon
from xlsales.tables.schema import Language, load_schema

# Also the name of the library that LibreOffice finds the macros in.
PROJECT = "XlSales"
BRIDGE = "modBridge"
_ADDIN = "application/vnd.ms-excel.addin.macroEnabled.main+xml"
_WORKBOOK = "application/vnd.ms-excel.sheet.macroEnabled.main+xml"
_RIBBON_TYPE = "http://schemas.microsoft.com/office/2007/relationships/ui/extensibility"
_VBA_TYPE = "http://schemas.microsoft.com/office/2006/relationships/vbaProject"
_IMAGE_TYPE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/image"


def build_addin(path: Path) -> None:
    """Write the add-in. WrongUse where xlwings is missing, CannotWrite where the file cannot be made."""
    replace_file(path, [addin_bytes(macro_modules())])


def build_workbook(path: Path, language: Language, macros: bool) -> None:
    """Write an empty workbook, with macros one that brings its buttons and functions along."""
    if macros:
        replace_file(path, [macro_workbook_bytes(macro_modules(), language)])
    else:
        build_template(path, language)


def addin_bytes(modules: Sequence[Module]) -> bytes:
    """The add-in with these modules."""
    return _with_macros(addin_workbook(), _ADDIN, [document_module("SheetXlsales"), *modules])


def macro_workbook_bytes(modules: Sequence[Module], language: Language) -> bytes:
    """An empty workbook in a language with these modules."""
    sheets = [document_module(name) for name in code_names().values()]
    return _with_macros(template_bytes(language), _WORKBOOK, [*sheets, *modules])


def macro_modules(bridge: Module | None = None) -> list[Module]:
    """Every module but those of the sheets, the workbook's first.

    bridge: another way to Python than that of Excel; the modules of xlwings are left out then.
    """
    paths = sorted(p for p in text_folder("macros").iterdir() if p.suffix in (".bas", ".cls"))
    read = {module.name: module for module in map(read_module, paths)}
    behind = document_module("ThisWorkbook", read.pop("ThisWorkbook").code, workbook=True)
    if bridge is not None:
        read[BRIDGE] = bridge
    generated = [texts_module(load_ribbon(), load_schema()), functions_module(load_functions())]
    return [behind, *read.values(), *generated, *(xlwings_modules() if bridge is None else ())]


def _with_macros(raw: bytes, kind: str, modules: Sequence[Module]) -> bytes:
    ribbon = load_ribbon()
    icons = sorted({button.icon for button in ribbon.buttons})
    images = [Relationship(icon, _IMAGE_TYPE, f"images/{icon}.png") for icon in icons]
    parts = {
        "xl/vbaProject.bin": project_file(PROJECT, modules),
        f"customUI/{FRAME}": ribbon_xml(ribbon),
        f"customUI/_rels/{FRAME}.rels": relationships_part(images),
        **{f"customUI/images/{icon}.png": icon_picture(icon) for icon in icons},
    }
    types = {"bin": "application/vnd.ms-office.vbaProject", "png": "image/png"}
    package = [Relationship("xlsalesRibbon", _RIBBON_TYPE, f"customUI/{FRAME}")]
    workbook = [Relationship("xlsalesMacros", _VBA_TYPE, "vbaProject.bin")]
    return extended(raw, Extension(kind, parts, types, package, workbook))

"""The workbook that carries the add-in. Excel shows its title and its sentence in the list of add-ins."""

from __future__ import annotations

import io
from importlib import metadata

from xlsxwriter import Workbook

from xlsales import __version__
from xlsales.build.template import CREATED
from xlsales.tables.folder import read_toml
from xlsales.tables.schema import LANGUAGES


def addin_workbook() -> bytes:
    """A workbook of one sheet. Its properties tell the version of xlsales and of the xlwings it was built with."""
    words = read_toml("template.toml")["words"]
    tagline = " / ".join(words["tagline"][language] for language in LANGUAGES)
    target = io.BytesIO()
    with Workbook(target, {"in_memory": True}) as book:
        page = book.add_worksheet("xlsales")
        page.write_column(0, 0, [f"xlsales {__version__}", tagline])
        book.set_vba_name("ThisWorkbook")
        page.set_vba_name("SheetXlsales")
        book.set_properties({"title": "xlsales", "comments": tagline, "author": "xlsales", "created": CREATED})
        book.set_custom_property("xlsales", __version__, "text")
        book.set_custom_property("xlwings", _xlwings_version(), "text")
    return target.getvalue()


def _xlwings_version() -> str:
    try:
        return metadata.version("xlwings")
    except metadata.PackageNotFoundError:
        return "-"

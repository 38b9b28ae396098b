"""Where the declaration, the samples and the macros stand, in a checkout and in an installed package."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

_PACKAGE = Path(__file__).resolve().parent.parent


def text_folder(name: str) -> Path:
    """The folder ``workbook``, ``samples`` or ``macros``: packed into the wheel, or at the top of a checkout."""
    packed = _PACKAGE / "_texts" / name
    return packed if packed.is_dir() else _PACKAGE.parent / name


@cache
def read_toml(name: str) -> dict[str, Any]:
    """One TOML file of the declaration, by file name."""
    return tomllib.loads((text_folder("workbook") / name).read_text("utf-8"))

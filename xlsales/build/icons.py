"""The icons of the ribbon: drawn as SVG, committed as the PNG that Excel wants.

``python -m xlsales.build.icons`` renders them anew; a test holds the pictures against their drawings.
"""

from __future__ import annotations

from pathlib import Path

from xlsales.tables.folder import text_folder

# Twice the size of a large button, for screens with twice the dots.
SIZE = 64


def icon_folder() -> Path:
    """Where drawings and pictures stand."""
    return text_folder("workbook") / "icons"


def icon_picture(icon: str) -> bytes:
    """The PNG of an icon."""
    return (icon_folder() / f"{icon}.png").read_bytes()


def icon_drawing(icon: str) -> str:
    """The SVG of an icon."""
    return (icon_folder() / f"{icon}.svg").read_text("utf-8")


def rendered(drawing: str, width: int) -> bytes:
    """The PNG of an SVG text, so many pixels wide."""
    from resvg_py import svg_to_bytes

    return bytes(svg_to_bytes(svg_string=drawing, width=width))


def render_icons() -> None:
    """Write the PNG of every drawing beside it."""
    for drawing in sorted(icon_folder().glob("*.svg")):
        drawing.with_suffix(".png").write_bytes(rendered(drawing.read_text("utf-8"), SIZE))


if __name__ == "__main__":
    render_icons()

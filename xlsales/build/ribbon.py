"""The ribbon: the frame in ``macros/customUI14.xml`` filled with the declared groups and buttons."""

from __future__ import annotations

from xml.etree import ElementTree

from xlsales.tables.folder import text_folder
from xlsales.tables.ribbon import Button, Group, Ribbon

NAMESPACE = "http://schemas.microsoft.com/office/2009/07/customui"
FRAME = "customUI14.xml"
_CALLBACKS = {part: f"modRibbon.G{part[1:]}" for part in ("getLabel", "getScreentip", "getSupertip", "getEnabled")}


def ribbon_xml(ribbon: Ribbon) -> bytes:
    """The ribbon part. Every word comes from a callback, so that the language can change."""
    ElementTree.register_namespace("", NAMESPACE)
    frame = ElementTree.fromstring((text_folder("macros") / FRAME).read_text("utf-8"))
    tab = next(frame.iter(f"{{{NAMESPACE}}}tab"))
    for group in ribbon.groups:
        _draw_group(tab, group)
    ElementTree.indent(frame)
    text: bytes = ElementTree.tostring(frame, "utf-8", xml_declaration=True)
    return text


def _draw_group(tab: ElementTree.Element, group: Group) -> None:
    drawn = ElementTree.SubElement(
        tab, f"{{{NAMESPACE}}}group", {"id": group.id, "getLabel": _CALLBACKS["getLabel"]}
    )
    for button in group.buttons:
        ElementTree.SubElement(drawn, f"{{{NAMESPACE}}}button", _attributes(button))


def _attributes(button: Button) -> dict[str, str]:
    size = "normal" if button.small else "large"
    return {"id": button.id, "size": size, "image": button.icon, **_CALLBACKS, "onAction": "modRibbon.OnAction"}

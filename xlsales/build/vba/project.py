"""The streams of a VBA project ([MS-OVBA]): source text only, compiled by Excel when it opens the file."""

from __future__ import annotations

import struct
import uuid
from collections.abc import Sequence

from xlsales.build.vba.compound import compound_file
from xlsales.build.vba.compression import compress
from xlsales.build.vba.modules import CODE_PAGE, Module

# "No compiled cache": what the format demands of everybody but Excel itself.
_NO_CACHE = bytes.fromhex("CC61FFFF000100")
_SYSTEM, _LANGUAGE, _CODE_PAGE_NUMBER = 3, 0x409, 1252
# Version numbers that an Office build wrote; Excel has been seen to mistrust 1.0.
_VERSION = (1361024421, 6)
_REFERENCES = (
    ("stdole", r"*\G{00020430-0000-0000-C000-000000000046}#2.0#0#C:\Windows\System32\stdole2.tlb#OLE Automation"),
    ("Office", r"*\G{2DF8D04C-5BFA-101B-BDE5-00AA0044DE52}#2.0#0#C:\Program Files\Common Files\Microsoft Shared"
               r"\OFFICE16\MSO.DLL#Microsoft Office 16.0 Object Library"),
)  # fmt: skip
_HOST = "&H00000001={3832D640-CF90-11CF-8E43-00A0C911005A};VBE;&H00000000"


def project_file(name: str, modules: Sequence[Module]) -> bytes:
    """The bytes of ``vbaProject.bin``; the same modules give the same bytes."""
    streams = {f"VBA/{module.name}": compress(module.encoded()) for module in modules}
    streams["VBA/_VBA_PROJECT"] = _NO_CACHE
    streams["VBA/dir"] = compress(_dir(name, modules))
    streams["PROJECT"] = _project(name, modules).encode(CODE_PAGE)
    # Never compressed: Excel drops all macros of a file where it is.
    streams["PROJECTwm"] = b"".join(_both_spellings(m.name) for m in modules) + b"\0\0"
    return compound_file(streams)


def _both_spellings(name: str) -> bytes:
    return name.encode(CODE_PAGE) + b"\0" + name.encode("utf-16-le") + b"\0\0"


def _record(number: int, body: bytes = b"") -> bytes:
    return struct.pack("<HL", number, len(body)) + body


def _long(number: int, value: int) -> bytes:
    return _record(number, struct.pack("<L", value))


def _short(number: int, value: int) -> bytes:
    return _record(number, struct.pack("<H", value))


def _text(number: int, wide: int, text: str) -> bytes:
    """A text in the code page and again in UTF-16."""
    return _record(number, text.encode(CODE_PAGE)) + _record(wide, text.encode("utf-16-le"))


def _dir(name: str, modules: Sequence[Module]) -> bytes:
    information = [
        _long(0x01, _SYSTEM), _long(0x02, _LANGUAGE), _long(0x14, _LANGUAGE), _short(0x03, _CODE_PAGE_NUMBER),
        _record(0x04, name.encode(CODE_PAGE)), _text(0x05, 0x40, ""), _text(0x06, 0x3D, ""), _long(0x07, 0),
        _long(0x08, 0), struct.pack("<HLLH", 0x09, 4, *_VERSION), _text(0x0C, 0x3C, ""),
    ]  # fmt: skip
    references = [_text(0x16, 0x3E, short) + _record(0x0D, _library(library)) for short, library in _REFERENCES]
    counted = _short(0x0F, len(modules)) + _short(0x13, 0xFFFF)
    return b"".join([*information, *references, counted, *map(_module, modules), _record(0x10)])


def _library(library: str) -> bytes:
    return struct.pack("<L", len(library)) + library.encode(CODE_PAGE) + bytes(6)


def _module(module: Module) -> bytes:
    kind = 0x21 if module.kind == "basic" else 0x22
    return b"".join([
        _text(0x19, 0x47, module.name), _text(0x1A, 0x32, module.name), _text(0x1C, 0x48, ""),
        _long(0x31, 0), _long(0x1E, 0), _short(0x2C, 0xFFFF), _record(kind), _record(0x2B),
    ])  # fmt: skip


def _project(name: str, modules: Sequence[Module]) -> str:
    identity = "{" + str(uuid.uuid5(uuid.NAMESPACE_DNS, f"{name}.xlsales")).upper() + "}"
    words = {"basic": "Module={}", "class": "Class={}", "document": "Document={}/&H00000000"}
    key = sum(identity.encode("ascii")) & 0xFF
    lines = [
        f'ID="{identity}"',
        *(words[module.kind].format(module.name) for module in modules),
        f'Name="{name}"',
        'HelpContextID="0"',
        'VersionCompatible32="393222000"',
        f'CMG="{_hidden(bytes(4), key)}"',
        f'DPB="{_hidden(bytes(1), key)}"',
        f'GC="{_hidden(bytes([0xFF]), key)}"',
        "",
        "[Host Extender Info]",
        _HOST,
        "",
        "[Workspace]",
        *(f"{module.name}=0, 0, 0, 0, C" for module in modules),
        "",
    ]
    return "\r\n".join(lines)


def _hidden(data: bytes, key: int, seed: int = 0x4D) -> str:
    """How the format hides state, password and visibility ([MS-OVBA] 2.4.3.2); here: unlocked, none, visible."""
    packed = bytearray([seed, seed ^ 2, seed ^ key])
    plain = key
    for value in [0] * ((seed & 6) // 2) + list(struct.pack("<L", len(data)) + data):
        packed.append(value ^ (packed[-2] + plain & 0xFF))
        plain = value
    return packed.hex().upper()

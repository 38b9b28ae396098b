"""Bookkeeping files told by what stands in them: SIE 4, SIE 5 and SAF-T."""

from __future__ import annotations

import codecs
import re
from typing import Literal

from xlsales.sources.words import folded

BookkeepingKind = Literal["", "sie", "sie5", "saft"]

_SIE_TAGS = frozenset({
    "FLAGGA", "PROGRAM", "FORMAT", "GEN", "SIETYP", "PROSA", "FNR", "ORGNR", "BKOD", "ADRESS", "FNAMN", "RAR",
    "TAXAR", "OMFATTN", "KPTYP", "VALUTA", "KONTO", "KTYP", "ENHET", "SRU", "DIM", "UNDERDIM", "OBJEKT", "IB", "UB",
    "OIB", "OUB", "RES", "PSALDO", "PBUDGET", "VER", "TRANS", "RTRANS", "BTRANS", "FTYP", "KSUMMA",
})  # fmt: skip
_TAG = re.compile(r"#(\w+)(?=\s|$)")
_ROOT = re.compile(r"<(?:[\w.-]+:)?(\w+)((?:\s[^<>]*)?)/?>?")
_SIE5 = "sie.se/sie5"

# The program's name, folded → the system it belongs to.
_PROGRAMS = (
    ("fortnox", "fortnox"), ("vismaadministration", "visma_administration"),
    ("spcsadministration", "visma_administration"), ("eekonomi", "visma_eekonomi"),
    ("eaccounting", "visma_eekonomi"), ("spiris", "visma_eekonomi"), ("vismabusiness", "visma_business"),
    ("bladmin", "bjorn_lunden"), ("bjornlunden", "bjorn_lunden"), ("lundify", "bjorn_lunden"),
    ("blbokslut", "bjorn_lunden"), ("hogia", "hogia"), ("monitor", "monitor"), ("pyramid", "pyramid"),
    ("jeeves", "jeeves"), ("businesscentral", "dynamics_bc"), ("dynamics365", "dynamics_bc"),
    ("dynamicsnav", "dynamics_bc"), ("navision", "dynamics_bc"), ("24sevenoffice", "24sevenoffice"),
    ("sapbusiness", "sap"), ("saps4", "sap"), ("saperp", "sap"),
)  # fmt: skip


def bookkeeping_kind(start: bytes) -> BookkeepingKind:
    """The kind of bookkeeping file by its first bytes (64 kB are enough), "" if it is none."""
    text = _text(start).lstrip(" \t\r\n\ufeff\x00\x1a")
    if text.startswith("<"):
        return _xml_kind(text)
    lines = [line.strip() for line in text[:8192].splitlines() if line.strip()]
    tags = [found.group(1).upper() for line in lines if (found := _TAG.match(line))]
    known = [tag for tag in tags if tag in _SIE_TAGS]
    first = bool(tags) and lines[0].startswith("#") and tags[0] in _SIE_TAGS
    return "sie" if len(set(known)) > 1 and (first or len(known) * 2 > len(lines)) else ""


def program_profile(program: str) -> str:
    """The key of the system that a program's name belongs to, "" if it is none we know."""
    name = folded(program)
    if name == "sap":
        return "sap"
    return next((key for part, key in _PROGRAMS if part in name), "")


def _text(start: bytes) -> str:
    """The first bytes as text; letters beyond ASCII need not be right."""
    for mark, name in ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")):
        if start.startswith(mark):
            return start.decode(name, "replace")
    zeros = start[:400].count(0)
    if zeros * 3 > len(start[:400]):
        return start.decode("utf-16-le" if start[1:400:2].count(0) * 2 > zeros else "utf-16-be", "replace")
    return start.decode("latin-1")


def _xml_kind(text: str) -> BookkeepingKind:
    """By the root element, behind declaration, comments and a document type."""
    # What is never closed reaches to the end: looking for each end anew would take minutes in a made-up file.
    bare = re.sub(r"<\?.*?(?:\?>|\Z)|<!--.*?(?:-->|\Z)", "", text, flags=re.S)
    bare = re.sub(r"\A\s*<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>", "", bare, flags=re.S | re.I).lstrip()
    root = _ROOT.match(bare)
    if root is None:
        return ""
    if root.group(1) == "AuditFile":
        return "saft"
    if root.group(1) in ("Sie", "SieEntry") and (_SIE5 in root.group(2) or "FileInfo" in bare[:8192]):
        return "sie5"
    return ""

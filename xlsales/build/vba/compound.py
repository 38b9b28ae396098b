"""A compound file ([MS-CFB] version 3): named streams in storages, without times, the same bytes every time."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

SECTOR, MINI, CUTOFF = 512, 64, 4096
_END, _FREE, _FAT, _NONE = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD, 0xFFFFFFFF
_ENTRY = struct.Struct("<64sHBBLLL16sLQQLQ")
_HEADER = struct.Struct("<8s16s5H6s9L")
_HEADER_FATS = 109
_NAME_BYTES = 62
_STORAGE, _STREAM, _ROOT = 1, 2, 5
_RED, _BLACK = 0, 1


@dataclass
class _Entry:
    """One directory entry; its neighbours are given by their number in the directory."""

    name: str
    kind: int
    body: bytes = b""
    colour: int = _BLACK
    left: int = _NONE
    right: int = _NONE
    child: int = _NONE
    start: int = 0
    size: int = 0
    children: dict[str, _Entry] = field(default_factory=dict)


def compound_file(streams: Mapping[str, bytes]) -> bytes:
    """The file that holds streams by path ("VBA/dir").

    ValueError for names beyond 31 signs, and beyond what the header can address (7 MB).
    """
    entries = _directory(streams)
    small = [entry for entry in entries if entry.kind == _STREAM and 0 < len(entry.body) < CUTOFF]
    large = [entry for entry in entries if entry.kind == _STREAM and len(entry.body) >= CUTOFF]
    mini_fat, mini = _chained(small, MINI)
    entries[0].body = mini
    fat, body = _chained([*large, *([entries[0]] if mini else [])], SECTOR)
    mini_start = len(fat) if mini_fat else _END
    body += _add(fat, _numbers(mini_fat))
    directory_start = len(fat)
    body += _add(fat, b"".join(map(_packed, entries)), _packed(_Entry("", 0)))
    fat_start, fats = len(fat), _fat_sectors(len(fat))
    fat += [_FAT] * fats
    if fats > _HEADER_FATS:
        raise ValueError("too much for a compound file without further allocation tables")
    header = _header(directory_start, (mini_start, -(-len(mini_fat) * 4 // SECTOR)), range(fat_start, fat_start + fats))
    return header + body + _numbers(fat)


def _directory(streams: Mapping[str, bytes]) -> list[_Entry]:
    """The root, then every storage and stream; brothers and sisters hang in a balanced search tree."""
    root = _Entry("Root Entry", _ROOT)
    for path, body in streams.items():
        *storages, name = path.split("/")
        above = root
        for storage in storages:
            above = above.children.setdefault(storage, _Entry(storage, _STORAGE))
        above.children[name] = _Entry(name, _STREAM, body, size=len(body))
    entries = [root]
    _number(root, entries)
    return entries


def _number(above: _Entry, entries: list[_Entry]) -> None:
    brood = sorted(above.children.values(), key=lambda entry: (len(entry.name), entry.name.upper()))
    first = len(entries)
    entries += brood
    above.child = _tree(brood, first, (0, len(brood)), len(brood).bit_length() - 1)
    for entry in brood:
        _number(entry, entries)


def _tree(brood: Sequence[_Entry], first: int, span: tuple[int, int], levels_below: int) -> int:
    """Hang a span of sorted entries in a tree. The deepest level is red, so every way down has as many black ones."""
    low, high = span
    if low >= high:
        return _NONE
    middle = (low + high) // 2
    entry = brood[middle]
    entry.colour = _RED if levels_below == 0 and len(brood) > 1 else _BLACK
    entry.left = _tree(brood, first, (low, middle), levels_below - 1)
    entry.right = _tree(brood, first, (middle + 1, high), levels_below - 1)
    return first + middle


def _chained(entries: Sequence[_Entry], size: int) -> tuple[list[int], bytes]:
    """Lay bodies out in sectors of a size, one after the other: the allocation table and the sectors."""
    table: list[int] = []
    body = b""
    for entry in entries:
        entry.start, entry.size = len(table), len(entry.body)
        body += _add(table, entry.body, size=size)
    return table, body


def _add(table: list[int], body: bytes, filling: bytes = b"\0", size: int = SECTOR) -> bytes:
    """Append a body's chain to an allocation table; returns the body filled up to whole sectors."""
    count = -(-len(body) // size)
    table += [len(table) + i + 1 for i in range(count - 1)] + [_END] * (count > 0)
    lacking = count * size - len(body)
    return body + filling * (lacking // len(filling))


def _fat_sectors(used: int) -> int:
    """Sectors the allocation table takes, its own sectors included."""
    fats = 0
    while fats * (SECTOR // 4) < used + fats:
        fats += 1
    return fats


def _numbers(table: Sequence[int]) -> bytes:
    lacking = -len(table) % (SECTOR // 4)
    return struct.pack(f"<{len(table) + lacking}L", *table, *[_FREE] * lacking)


def _packed(entry: _Entry) -> bytes:
    name = entry.name.encode("utf-16-le")
    if len(name) > _NAME_BYTES:
        raise ValueError(f"a name longer than 31 signs: {entry.name}")
    length = len(name) + 2 if name else 0
    start = entry.start if entry.size or entry.kind != _ROOT else _END
    return _ENTRY.pack(name, length, entry.kind, entry.colour if entry.kind else _RED, entry.left, entry.right,
                       entry.child, bytes(16), 0, 0, 0, start, entry.size)  # fmt: skip


def _header(directory: int, mini: tuple[int, int], fats: range) -> bytes:
    signature = bytes.fromhex("D0CF11E0A1B11AE1")
    start, count = mini
    head = _HEADER.pack(signature, bytes(16), 0x3E, 3, 0xFFFE, 9, 6, bytes(6),
                        0, len(fats), directory, 0, CUTOFF, start, count, _END, 0)  # fmt: skip
    return head + struct.pack(f"<{_HEADER_FATS}L", *fats, *[_FREE] * (_HEADER_FATS - len(fats)))

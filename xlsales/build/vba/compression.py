"""The run-length compression of VBA streams ([MS-OVBA] 2.4.1)."""

from __future__ import annotations

CHUNK = 4096
_LEAST_MATCH = 3


def compress(data: bytes) -> bytes:
    """The compressed container of some bytes; the same bytes give the same container.

    A last chunk that does not shrink, which no text is, is filled up with zeros to a whole chunk.
    """
    chunks = (data[start : start + CHUNK] for start in range(0, len(data), CHUNK))
    return b"\x01" + b"".join(map(_chunk, chunks))


def _chunk(chunk: bytes) -> bytes:
    packed = _tokens(chunk)
    if len(packed) > CHUNK:
        return (0x3000 | CHUNK - 1).to_bytes(2, "little") + chunk.ljust(CHUNK, b"\0")
    return (0xB000 | len(packed) - 1).to_bytes(2, "little") + packed


def _tokens(chunk: bytes) -> bytes:
    """Groups of eight tokens, each group led by a byte that tells copies from literal bytes."""
    packed = bytearray()
    seen: dict[bytes, list[int]] = {}
    place = 0
    while place < len(chunk):
        flags, group = 0, bytearray()
        for bit in range(8):
            if place >= len(chunk):
                break
            offset, length = _longest(chunk, place, seen)
            if length:
                flags |= 1 << bit
                group += _copy_token(place, offset, length)
            else:
                group.append(chunk[place])
            for passed in range(place, place + max(length, 1)):
                seen.setdefault(chunk[passed : passed + _LEAST_MATCH], []).append(passed)
            place += max(length, 1)
        packed.append(flags)
        packed += group
    return bytes(packed)


def _longest(chunk: bytes, place: int, seen: dict[bytes, list[int]]) -> tuple[int, int]:
    """Distance and length of the longest earlier match, the nearest of equals; length 0 where there is none."""
    most = min((0xFFFF >> _offset_bits(place)) + _LEAST_MATCH, len(chunk) - place)
    best = (0, 0)
    if most < _LEAST_MATCH:
        return best
    for start in reversed(seen.get(chunk[place : place + _LEAST_MATCH], ())):
        length = _LEAST_MATCH
        while length < most and chunk[start + length] == chunk[place + length]:
            length += 1
        if length > best[1]:
            best = (place - start, length)
            if length == most:
                break
    return best


def _offset_bits(place: int) -> int:
    """How many bits of a copy token tell the distance, so far into a chunk."""
    return max((place - 1).bit_length(), 4)


def _copy_token(place: int, offset: int, length: int) -> bytes:
    return ((offset - 1) << (16 - _offset_bits(place)) | length - _LEAST_MATCH).to_bytes(2, "little")

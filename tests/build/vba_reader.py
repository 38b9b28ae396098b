"""VBA projects as olevba, a reader made to inspect suspicious files, sees them."""

from __future__ import annotations

import warnings

with warnings.catch_warnings():
    # olevba calls its parsing library by names that it has deprecated.
    warnings.simplefilter("ignore")
    from oletools.olevba import VBA_Parser, decompress_stream


def decompressed(stream: bytes) -> bytes:
    """What a compressed stream holds."""
    return bytes(decompress_stream(bytearray(stream)))


def sources(file: bytes) -> dict[str, str]:
    """The text of every module in a project or a workbook, by its name."""
    parser = VBA_Parser("file", data=file)
    try:
        return {stream.split("/")[-1]: code for _, stream, _, code in parser.extract_macros()}
    finally:
        parser.close()

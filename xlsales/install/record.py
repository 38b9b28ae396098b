"""What an installation wrote, so that removing takes away exactly that."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Record:
    """One installation.

    sha256: of the add-in as it was written. files: what was written and was not there before.
    conf: keys and values set; before: what stood under those keys, None where nothing did.
    """

    xlsales: str = ""
    xlwings: str = ""
    sha256: str = ""
    files: tuple[str, ...] = ()
    conf: dict[str, str] = field(default_factory=dict)
    before: dict[str, str | None] = field(default_factory=dict)

    def to_bytes(self) -> bytes:
        """The record as a file."""
        return (json.dumps(asdict(self), ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def read_record(path: Path) -> Record | None:
    """The record of the last installation; None where there is none, or it is not one."""
    try:
        found = json.loads(path.read_bytes())
        return Record(**{**found, "files": tuple(found["files"])})
    except (OSError, ValueError, TypeError, KeyError):
        return None

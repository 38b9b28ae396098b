"""What ``.api`` gives in this engine."""

from __future__ import annotations

from typing import Any


class Native:
    """LibreOffice's object as it is, in a wrapper that is always true, as Excel's objects are."""

    def __init__(self, uno_object: Any) -> None:
        self.uno = uno_object

    def __bool__(self) -> bool:
        return True

"""The method cards: one page each, declared in ``workbook/cards.*.md``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from xlsales.tables.folder import text_folder
from xlsales.tables.schema import Language

_MARK = re.compile(r"<!-- card (\w+), method (\w+) -->\n")


@dataclass(frozen=True)
class Card:
    """One method on one page. ``method`` is its code in the choice list ``method_card``; ``text`` is Markdown."""

    key: str
    method: str
    title: str
    text: str


@cache
def load_cards(language: Language) -> dict[str, Card]:
    """Every card of a language by its key, in the order they are declared."""
    whole = (text_folder("workbook") / f"cards.{language}.md").read_text("utf-8")
    cards = {}
    for part in re.split(r"^(?=# )", whole, flags=re.MULTILINE):
        mark = _MARK.search(part)
        if mark:
            title = part[2:].partition("\n")[0]
            cards[mark[1]] = Card(mark[1], mark[2], title, _MARK.sub("", part).strip() + "\n")
    return cards

"""The verb of the method cards: list them, print one, add its working sheet to a workbook."""

from __future__ import annotations

import sys
from argparse import Namespace
from typing import Any

from xlsales.closed import alone, defaults, open_workbook, save
from xlsales.commands import environment_language
from xlsales.tables.cards import load_cards
from xlsales.tables.schema import load_schema
from xlsales.tables.texts import Texts

_MISUSED, _LOCKED = 2, 4
_MOST_CHARACTERISTICS = 10


def card(options: Namespace) -> int:
    """Do what the options ask for; the exit codes are those of the other verbs."""
    texts = Texts(options.language or environment_language())
    cards = load_cards(texts.language)
    if options.card and options.card not in cards:
        return _refused(texts, "unknown", card=options.card, cards=list(cards))
    if options.into:
        return _into(options, texts)
    if options.card:
        print(cards[options.card].text, end="")
        return 0
    return _list(texts)


def _list(texts: Texts) -> int:
    from xlsales.build.working_sheet import sheet_name, sheet_of_card

    cards = load_cards(texts.language)
    width = max(map(len, cards))
    for key, entry in cards.items():
        sheet = sheet_of_card(key)
        about = f" ({texts.say('card', 'with_sheet', sheet=sheet_name(sheet, texts.language))})" if sheet else ""
        print(f"{key:{width}}  {entry.title}{about}")
    print(texts.say("card", "how"))
    return 0


def _into(options: Namespace, texts: Texts) -> int:
    from xlsales.build.working_sheet import sheet_of_card, working_sheet

    key = sheet_of_card(options.card)
    if not key:
        with_sheet = [name for name in load_cards(texts.language) if sheet_of_card(name)]
        return _refused(texts, "no_sheet" if options.card else "no_card", card=options.card, cards=with_sheet)
    with alone(options.into, False):
        host = open_workbook(options.into)
        language, names = load_schema().find(host.tables())
        texts = Texts(language) if names else texts
        if host.sheets_locked:
            return _refused(texts, "locked", _LOCKED, path=options.into)
        built = working_sheet(key, texts.language, known_of(host, options.into, key) if names else None)
        sheet = host.add_working_sheet(built.content)
        saved = save(host, Namespace(workbook=options.into), defaults())
    print(texts.say("card", "added", sheet=sheet, path=saved))
    if host.held_by:
        print(texts.say("cli", "held_by", holder=host.held_by, path=saved), file=sys.stderr)
    return 0


def known_of(host: Any, path: str, sheet: str) -> Any:
    """What the workbook tells of its own: the way back, and for the scores its expectations and alternatives."""
    from xlsales.build.working_sheet import Known
    from xlsales.method.book import Book

    book = Book(host, path)
    start = book.names.get("steps")
    back = host.tables()[start].sheet if start else ""
    if sheet != "usp" or "weights" not in book.names:
        return Known(start=back)
    weights = book.parsed("weights")
    columns = [_structured(book.names["weights"], weights.headings[key]) for key in ("weight", "criterion_id")]
    lookup = f'IFERROR(INDEX({columns[0]},MATCH({{characteristic}},{columns[1]},0)),"")'
    return Known(back, {"characteristic": _characteristics(book)}, _rivals(book), {"weight": lookup})


def _characteristics(book: Any) -> list[str]:
    """The expectations in use by their names, heaviest first."""
    names = {c.id: c.name for c in book.criteria if c.active}
    weighed = [names.get(str(i), str(i)) for i in book.parsed("weights").frame["criterion_id"].dropna()]
    used = set(names.values())
    order = dict.fromkeys([*(name for name in weighed if name in used), *names.values()])
    return list(order)[:_MOST_CHARACTERISTICS]


def _rivals(book: Any) -> dict[str, str]:
    """The first alternatives as headings, ourselves apart."""
    rows = book.parsed("alternatives").frame if "alternatives" in book.names else None
    if rows is None or rows.empty:
        return {}
    others = rows.loc[rows["kind"] != "us", "name"].dropna().astype(str)
    return {f"rival{place}": name for place, name in enumerate(others[:3], start=1)}


def _structured(table: str, heading: str) -> str:
    """A column of a table as formulas name it, with the signs that have a meaning there escaped."""
    return f"{table}[{''.join(chr(39) + c if c in '[]#@' + chr(39) else c for c in heading)}]"


def _refused(texts: Texts, code: str, exit_code: int = _MISUSED, **params: object) -> int:
    print(f"xlsales: {texts.say('card', code, **params)}", file=sys.stderr)
    return exit_code

"""The documentation of the method cards, made from the cards: ``python -m tests.cli.cards_page`` writes it anew."""

from __future__ import annotations

import re
from pathlib import Path

from xlsales.build.working_sheet import sheet_name, sheet_of_card
from xlsales.tables.cards import load_cards
from xlsales.tables.schema import LANGUAGES, Language

DOCS = Path(__file__).resolve().parents[2] / "docs"
_HEAD = {
    "en": """# Method cards

One page per method that the workbook proposes for the next level of a customer (table `level_methods`). The same pages
stand at the end of the sheet Help and print one to a page.

## `xlsales card [CARD] [--into WORKBOOK] [--language sv|en]`

Without CARD all cards are listed; with it the card is printed.

- `--into WORKBOOK`: adds the card's working sheet to a closed workbook, any `.xlsx` or `.xlsm`, behind the last sheet.
  Nothing else in the workbook changes; a second time the sheet is called `… 2`. In a workbook of xlsales the sheet of
  the USP analysis is filled with your expectations, fetches their weights and names your alternatives. The formulas
  need nothing installed. `xlsales undo WORKBOOK` takes the sheet away. A workbook that is open is left alone: the
  result is written beside it.
- `--language sv|en`: language of the card; the working sheet is in the workbook's. Without it: the user's.

Exit codes as for the [other commands](commands.md): 2 no such card or a card without a working sheet, 3 the workbook
cannot be read, 4 it cannot be written or is protected against new sheets.

| card | | working sheet |
|---|---|---|
""",
    "sv": """# Metodkort

En sida per metod som arbetsboken föreslår för kundens nästa nivå (tabellen `level_methods`). Samma sidor står sist i
bladet Hjälp och skrivs ut en per sida.

## `xlsales card [KORT] [--into ARBETSBOK] [--language sv|en]`

Utan KORT räknas alla kort upp; med KORT skrivs kortet ut.

- `--into ARBETSBOK`: lägger kortets arbetsblad sist i en stängd arbetsbok, vilken `.xlsx` eller `.xlsm` som helst.
  Inget annat i boken ändras; andra gången heter bladet `… 2`. I en av xlsales böcker är USP-analysens blad ifyllt med
  era förväntningar, hämtar deras vikter och har era alternativ som rubriker. Formlerna kräver inget installerat.
  `xlsales undo ARBETSBOK` tar bort bladet. En bok som är öppen lämnas i fred: resultatet skrivs bredvid.
- `--language sv|en`: kortets språk; arbetsbladet följer bokens. Utan det: användarens.

| kort | | arbetsblad |
|---|---|---|
""",
}


def page(language: Language) -> str:
    """The page of a language."""
    cards = load_cards(language).values()
    rows = []
    for card in cards:
        sheet = sheet_of_card(card.key)
        rows.append(f"| `{card.key}` | {card.title} | {sheet_name(sheet, language) if sheet else ''} |\n")
    texts = [re.sub(r"^#", "##", card.text, flags=re.MULTILINE) for card in cards]
    return "\n".join([_HEAD[language] + "".join(rows), *texts])


if __name__ == "__main__":
    for chosen in LANGUAGES:
        (DOCS / f"methods.{chosen}.md").write_text(page(chosen), "utf-8")

"""The words users read, from ``workbook/texts.*.toml``, with numbers as their language writes them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from string import Formatter
from typing import Any

from xlsales.issues import Issue, XlsalesError
from xlsales.tables.cells import read_text
from xlsales.tables.folder import read_toml
from xlsales.tables.schema import Column, Language


class Texts:
    """All texts of one language; :meth:`say` fills in a text's parameters."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self._texts = read_toml(f"texts.{language}.toml")
        self._fill = _Fill(language)

    def say(self, section: str, code: str, **params: object) -> str:
        """The text ``[section] code`` with its parameters. An unknown code is a mistake of ours."""
        return self._fill.vformat(self._texts[section][code], (), params)

    def expected(self, issue: Issue) -> str:
        """What was expected at the place of an issue."""
        return self._of_issue(issue, "expected")

    def remedy(self, issue: Issue) -> str:
        """What to do about an issue."""
        return self._of_issue(issue, "remedy")

    def error(self, error: XlsalesError) -> str:
        """One line for a run that cannot go on."""
        text = self._fill.vformat(self._texts["error"][error.code], (), error.params)
        return text + self._hint(error.params.get("nearest"))

    def amount(self, value: float) -> str:
        """Kronor and öre."""
        return self._fill.format_field(value, "ore")

    def knows_issue(self, code: str) -> bool:
        """True where the code has its texts."""
        return code in self._texts["issue"]

    def _of_issue(self, issue: Issue, part: str) -> str:
        entry: Mapping[str, str] = self._texts["issue"][issue.code]
        params = {"found": read_text(issue.found), **issue.params}
        text = self._fill.vformat(entry[part], (), params)
        return text + self._hint(params.get("nearest")) if part == "remedy" else text

    def _hint(self, nearest: object) -> str:
        return " " + self.say("word", "did_you_mean", nearest=nearest) if nearest and isinstance(nearest, str) else ""


class _Fill(Formatter):
    """Format specs of our own: kr, pct, int, num, date, list and column; and ``one|many``, words by the number."""

    def __init__(self, language: Language) -> None:
        self._language = language

    def format_field(self, value: Any, format_spec: str) -> str:
        if "|" in format_spec:
            one, many = format_spec.split("|")
            return one if round(value) == 1 else many
        show = getattr(self, f"_{format_spec}", None) if format_spec else None
        return str(show(value)) if show else str(super().format_field(value, format_spec))

    def get_value(self, key: int | str, args: Any, kwargs: Mapping[str, Any]) -> Any:
        return kwargs.get(str(key), "")

    def _int(self, value: float) -> str:
        grouped = f"{round(value):,}"
        return grouped.replace(",", "\u00a0").replace("-", "\u2212") if self._language == "sv" else grouped

    def _kr(self, value: float) -> str:
        return f"{self._int(value)}\u00a0kr" if self._language == "sv" else f"SEK\u00a0{self._int(value)}"

    def _ore(self, value: float) -> str:
        text = f"{value:,.2f}"
        return text.replace(",", "\u00a0").replace(".", ",") if self._language == "sv" else text

    def _num(self, value: float) -> str:
        text = f"{value:.2f}".rstrip("0").rstrip(".")
        return text.replace(".", ",") if self._language == "sv" else text

    def _pct(self, value: float) -> str:
        text = f"{value * 100:.0f}" if abs(value) >= 0.1 else f"{value * 100:.1f}"
        return f"{text.replace('.', ',')}\u00a0%" if self._language == "sv" else f"{text}%"

    def _signed(self, value: float) -> str:
        return ("+" if value >= 0 else "\u2212") + self._pct(abs(value))

    def _date(self, value: date) -> str:
        return value.strftime("%Y-%m-%d")

    def _list(self, values: list[object]) -> str:
        words = [str(v) for v in values]
        last = {"sv": " och ", "en": " and "}[self._language]
        return words[0] if len(words) == 1 else ", ".join(words[:-1]) + last * bool(words) + (words or [""])[-1]

    def _column(self, value: Column) -> str:
        return value.heading[self._language]

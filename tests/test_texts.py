"""Every code has its words, in both languages, with the same parameters."""

from __future__ import annotations

import ast
import re
import string
from pathlib import Path

import pytest

from xlsales.sources.reasons import WHY
from xlsales.tables.folder import read_toml
from xlsales.tables.texts import Texts

ROOT = Path(__file__).parents[1] / "xlsales"
REASON = re.compile(r"""["']((?:bad|no)_(?:row|date|customer|amount|account|rate))["']""")
RAISED = {"CannotRead", "CannotWrite", "WrongUse", "XlsalesError"}


def literal_codes(position: int, names: set[str]) -> set[str]:
    """Codes given as literals in calls of ``names``, at an argument position."""
    codes = set()
    for path in ROOT.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
                for argument in node.args[position : position + 1]:
                    if isinstance(argument, ast.Constant) and argument.value:
                        codes.add(argument.value)
    return codes


def parameters(text: str) -> set[tuple[str, str]]:
    """Names and formats of a text's parameters, words that follow a number apart."""
    return {(name, spec) for name, spec in _fields(text) if "|" not in spec}


def inflected(text: str) -> list[tuple[str, str]]:
    """Names and words of what follows a number; the languages do not inflect the same words."""
    return [(name, spec) for name, spec in _fields(text) if "|" in spec]


def _fields(text: str) -> list[tuple[str, str]]:
    return [(name, spec or "") for _, name, spec, _ in string.Formatter().parse(text) if name]


def test_every_error_code_has_a_line_in_both_languages() -> None:
    """An error without words would be a traceback for the user."""
    for language in ("sv", "en"):
        missing = literal_codes(0, RAISED) - set(read_toml(f"texts.{language}.toml")["error"])
        assert not missing, f"{language}: {sorted(missing)}"


def test_every_issue_code_has_expectation_and_remedy() -> None:
    """An issue says what was expected and how to mend it."""
    for language in ("sv", "en"):
        texts = read_toml(f"texts.{language}.toml")["issue"]
        assert not literal_codes(1, {"Issue"}) - set(texts)
        assert all(set(entry) == {"expected", "remedy"} for entry in texts.values())


def test_every_reason_to_set_a_row_aside_has_its_words() -> None:
    """The codes that readers write are those declared, and each says what was expected."""
    written = {
        code
        for path in (ROOT / "sources").rglob("*.py")
        for code in REASON.findall(path.read_text("utf-8"))
    }
    assert written == set(WHY)
    for language in ("sv", "en"):
        assert {f"ledger_{code}" for code in WHY} <= set(read_toml(f"texts.{language}.toml")["issue"])


def test_both_languages_hold_the_same_texts_with_the_same_parameters() -> None:
    """No text is left untranslated, and none lost a figure in translation."""
    swedish, english = read_toml("texts.sv.toml"), read_toml("texts.en.toml")
    assert list(swedish) == list(english)
    for section in swedish:
        assert set(swedish[section]) == set(english[section]), section
        for code, text in swedish[section].items():
            other = english[section][code]
            pairs = [(text, other)] if isinstance(text, str) else [(text[k], other[k]) for k in text]
            for one, two in pairs:
                assert parameters(one) == parameters(two), f"{section}.{code}"
                for text in (one, two):
                    shown = {name for name, _ in parameters(text)}
                    assert all(n in shown and spec.count("|") == 1 for n, spec in inflected(text)), f"{section}.{code}"


@pytest.mark.parametrize(("count", "said"), [(0, "0 kunder"), (1, "1 kund"), (2, "2 kunder"), (1.0, "1 kund")])
def test_words_follow_the_number(count: float, said: str) -> None:
    """One customer is not told of in the plural."""
    assert Texts("sv")._fill.vformat("{n:int} {n:kund|kunder}", (), {"n": count}) == said

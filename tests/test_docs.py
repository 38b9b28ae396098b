"""The documentation cannot drift: every command, option and setting is in it, and every line shown parses."""

from __future__ import annotations

import argparse
import re
import shlex
from pathlib import Path

import pytest

from xlsales.cli import build_parser
from xlsales.tables.schema import load_schema

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text("utf-8")
DOCS = "\n".join([README, *(path.read_text("utf-8") for path in sorted((ROOT / "docs").glob("*.md")))])
_PARSER = build_parser()
VERBS = next(a.choices for a in _PARSER._actions if isinstance(a, argparse._SubParsersAction))
OPTIONS = [
    (name, option)
    for name, verb in VERBS.items()
    for action in verb._actions
    for option in action.option_strings
    if option not in ("-h", "--help")
]


def command_lines(text: str) -> list[str]:
    """Every line of a code block that runs xlsales."""
    blocks = re.findall(r"```\w*\n(.*?)```", text, flags=re.DOTALL)
    pieces = (piece.strip() for block in blocks for line in block.splitlines() for piece in line.split("&&"))
    return [piece for piece in pieces if re.match(r"(\S*[/\\])?xlsales(\s|$)", piece)]


@pytest.mark.parametrize("verb", VERBS)
def test_every_command_is_documented(verb: str) -> None:
    """Each sub-command is shown as it is typed."""
    assert f"xlsales {verb}" in DOCS


@pytest.mark.parametrize(("verb", "option"), OPTIONS, ids=lambda part: part)
def test_every_option_is_documented_with_its_command(verb: str, option: str) -> None:
    """Each option stands in the section of its command."""
    sections = re.split(r"^#+ ", DOCS, flags=re.MULTILINE)
    own = [section for section in sections if f"xlsales {verb}" in section.split("\n", 1)[0]]
    assert any(option in section for section in own), f"{option} is not under a heading with xlsales {verb}"


@pytest.mark.parametrize("setting", load_schema().settings)
def test_every_setting_is_documented(setting: str) -> None:
    """Each setting is named in code type, with its default where it has one."""
    lines = [line for line in DOCS.splitlines() if f"`{setting}`" in line]
    assert lines
    value = load_schema().settings[setting].value
    shown = {str(value), f"{value:g}" if isinstance(value, int | float) else ""} - {""}
    assert value is None or any(text in line for text in shown for line in lines)


@pytest.mark.parametrize("line", command_lines(README))
def test_every_command_line_in_the_readme_parses(line: str) -> None:
    """What the README shows can be typed."""
    options = build_parser().parse_args(shlex.split(line, comments=True)[1:])
    assert options.command


def test_the_readme_shows_command_lines() -> None:
    """The two first commands stand there; the test above has something to test."""
    assert len(command_lines(README)) >= 3

"""What the documents point at exists, and the two languages of the installation say the same."""

from __future__ import annotations

import re
import shlex
import struct
from pathlib import Path

import pytest

from xlsales.cli import build_parser
from xlsales.install.machine import Machine
from xlsales.install.places import places
from xlsales.install.windows_checked import NO_CHILDREN

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
SWEDISH, ENGLISH = (ROOT / "docs" / name for name in ("install.md", "install.en.md"))
PICTURES = sorted((ROOT / "docs" / "pictures").glob("*.png"))


def commands(page: Path) -> list[list[str]]:
    """The command lines of a page that run xlsales, however its folder is written, without what the reader chooses."""
    blocks = re.findall(r"```\w+\n(.*?)```", page.read_text("utf-8"), flags=re.DOTALL)
    lines = [line.replace("\\", "/") for block in blocks for line in block.splitlines()]
    words = [shlex.split(line, comments=True) for line in lines]
    return [line[1:] for line in words if line and Path(line[0]).name == "xlsales"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_of_a_document_leads_somewhere(page: Path) -> None:
    """Pages and pictures in the project are there; a heading that is pointed at too."""
    targets = re.findall(r"\]\(([^)\s]+)\)", page.read_text("utf-8"))
    missing = [t for t in targets if "://" not in t and not (page.parent / t.partition("#")[0]).exists()]
    assert not missing


def test_every_picture_is_shown_and_light() -> None:
    """A picture is a PNG of at most 200 kB, wide enough to read, and stands in a document."""
    text = "\n".join(page.read_text("utf-8") for page in PAGES)
    assert len(PICTURES) >= 10
    for picture in PICTURES:
        raw = picture.read_bytes()
        assert raw[:8] == b"\x89PNG\r\n\x1a\n"
        assert struct.unpack(">I", raw[16:20])[0] >= 750
        assert len(raw) <= 200_000
        assert f"pictures/{picture.name}" in text, picture.name


def test_both_languages_of_the_installation_have_the_same_parts() -> None:
    """Headings, commands, tables and pictures correspond one to one."""
    swedish, english = (page.read_text("utf-8") for page in (SWEDISH, ENGLISH))
    for part in (r"^#+ ", r"^\|", r"!\[", r"^> \d\. "):
        assert len(re.findall(part, swedish, re.M)) == len(re.findall(part, english, re.M)), part
    pages = map(commands, (SWEDISH, ENGLISH))
    verbs = [[" ".join(line[:2]) if line[0] == "addin" else line[0] for line in page] for page in pages]
    assert verbs[0] == verbs[1]
    assert {"addin install", "addin remove", "addin doctor", "attach", "run", "demo"} <= set(verbs[0])


@pytest.mark.parametrize("page", [SWEDISH, ENGLISH], ids=lambda page: page.name)
def test_every_command_line_of_the_installation_parses(page: Path) -> None:
    """What stands there can be typed."""
    for line in commands(page):
        assert build_parser().parse_args(line).command


@pytest.mark.parametrize("page", [SWEDISH, ENGLISH], ids=lambda page: page.name)
def test_the_installation_names_the_files_that_are_written(windows: Machine, mac: Machine, page: Path) -> None:
    """Paths, the rule of Defender, and nothing but the user's own folders."""
    text = page.read_text("utf-8")
    on_windows, on_mac = places(windows), places(mac)
    roaming = windows.home / "AppData" / "Roaming"
    assert f"%APPDATA%\\{str(on_windows.addin.relative_to(roaming)).replace('/', chr(92))}" in text
    for path in (on_windows.conf, on_windows.record):
        assert f"%USERPROFILE%\\{str(path.relative_to(windows.home)).replace('/', chr(92))}" in text
    for path in (on_mac.addin, on_mac.conf, on_mac.record, on_mac.scripts):
        assert f"~/{path and path.relative_to(mac.home)}" in text
    assert NO_CHILDREN in text


def test_the_manual_checks_are_numbered_without_gaps() -> None:
    """Each list can be referred to by number."""
    sections = (ROOT / "docs" / "manual-checks.md").read_text("utf-8").split("\n## ")[1:]
    assert len(sections) == 4
    for section in sections:
        numbers = [int(found) for found in re.findall(r"^(\d+)\. ", section, re.M)]
        assert numbers == list(range(1, len(numbers) + 1))
        assert len(numbers) >= 4

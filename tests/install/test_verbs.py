"""The verbs as they are typed: what is printed, and with which exit code."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from xlsales import addin_verbs
from xlsales.addin_verbs import delivery as real_delivery
from xlsales.cli import main
from xlsales.install.machine import Machine, Ran
from xlsales.install.placing import Delivery
from xlsales.issues import CannotRead


@pytest.fixture
def on_windows(windows: Machine, delivery: Delivery, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """The verbs act on a Windows computer, with an add-in that takes no time to build."""
    monkeypatch.setattr(addin_verbs, "this_machine", lambda: windows)
    monkeypatch.setattr(addin_verbs, "delivery", lambda: delivery)
    return windows


def test_install_says_what_was_written_where_and_what_to_do(
    on_windows: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    """Three files, then restart Excel; a second time that nothing was changed."""
    assert main(["addin", "install", "--language", "sv"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.partition(": ")[0] for line in lines[:3]] == ["Skrivet"] * 3
    assert all(Path(line.partition(": ")[2]).is_file() for line in lines[:3])
    assert "Avsluta Excel" in lines[3]
    assert main(["addin", "install", "--language", "sv"]) == 0
    assert capsys.readouterr().out.startswith("Tillägget är redan installerat")


def test_remove_says_what_was_taken_away(on_windows: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    """The paths are told, and afterwards there is nothing to remove."""
    main(["addin", "install"])
    capsys.readouterr()
    assert main(["addin", "remove", "--language", "en"]) == 0
    told = capsys.readouterr().out
    assert told.count("Removed or put back: ") == 3
    assert main(["addin", "remove", "--language", "en"]) == 0
    assert "nothing here" in capsys.readouterr().out


def test_the_doctor_ends_with_one_when_something_is_wrong(
    on_windows: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each finding in a line, the remedy below it, and what works all the same."""
    assert main(["addin", "doctor", "--language", "en"]) == 1
    told = capsys.readouterr().out
    assert "wrong Add-in: The add-in is not in Excel's start folder" in told
    assert "\n      Run xlsales addin install." in told
    assert "xlsales run WORKBOOK" in told.splitlines()[-1]
    main(["addin", "install"])
    (on_windows.python.parent / "xlwings64-0.37.8.dll").touch()
    capsys.readouterr()
    assert main(["addin", "doctor", "--language", "en"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "Nothing stands in the way of the add-in."


def test_the_doctor_speaks_json(on_windows: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    """One document with a row per check."""
    assert main(["addin", "doctor", "--json", "--language", "sv"]) == 1
    findings = json.loads(capsys.readouterr().out)["findings"]
    assert all(set(row) == {"check", "state", "found", "remedy"} for row in findings)
    assert {row["check"]: row["state"] for row in findings}["addin"] == "wrong"


def test_the_doctor_works_where_the_addin_cannot_be_built(
    on_windows: Machine, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A missing xlwings is a finding, no end."""

    def missing() -> Delivery:
        raise CannotRead("missing_file", path="xlwings")

    monkeypatch.setattr(addin_verbs, "delivery", missing)
    assert main(["addin", "doctor", "--language", "en"]) == 1
    assert 'pip install "xlsales[excel]"' in capsys.readouterr().out


def test_where_there_is_no_excel_one_sentence_says_so(
    windows: Machine, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Install, remove and doctor refuse with exit code 2, in the language asked for."""
    monkeypatch.setattr(addin_verbs, "this_machine", lambda: replace(windows, platform="linux"))
    for verb in ("install", "remove", "doctor"):
        assert main(["addin", verb, "--language", "sv"]) == 2
        told = capsys.readouterr()
        assert (told.out, told.err.count("\n")) == ("", 1)
        assert "xlsales run ARBETSBOK" in told.err


def test_the_addin_is_built_where_one_wants_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The file is there and is a package; another ending is refused."""
    path = tmp_path / "Mine.xlam"
    assert main(["addin", "build", str(path), "--language", "en"]) == 0
    assert capsys.readouterr().out == f"New add-in: {path}\n"
    assert path.read_bytes()[:2] == b"PK"
    assert main(["addin", "build", str(tmp_path / "Mine.xlsx")]) == 2


def test_what_is_installed_is_what_is_built(
    windows: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """From the verb to the file in the start folder, with the real add-in; the doctor knows it again."""
    monkeypatch.setattr(addin_verbs, "this_machine", lambda: replace(windows, run=lambda *asked: Ran(True, "ok")))
    assert main(["addin", "install"]) == 0
    main(["addin", "build", str(tmp_path / "XlSales.xlam")])
    installed = next(windows.home.rglob("XlSales.xlam"))
    assert installed.read_bytes() == (tmp_path / "XlSales.xlam").read_bytes()
    made = real_delivery()
    assert made.script_name == f"xlwings-{made.xlwings}.applescript"
    assert b"VbaHandler" in made.script
    capsys.readouterr()
    main(["addin", "doctor", "--json"])
    found = {row["check"]: row["state"] for row in json.loads(capsys.readouterr().out)["findings"]}
    assert (found["addin"], found["xlwings"]) == ("ok", "ok")

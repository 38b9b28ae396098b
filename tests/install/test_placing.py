"""Installing writes a few files in the user's folders; removing takes away exactly those."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from xlsales.install.conf import read_conf
from xlsales.install.machine import Machine, Ran
from xlsales.install.placing import Delivery, install, remove
from xlsales.issues import CannotWrite, WrongUse

XLSTART = Path("AppData/Roaming/Microsoft/Excel/XLSTART/XlSales.xlam")
STARTUP = Path("Library/Group Containers/UBF8T346G9.Office/User Content.localized/Startup.localized/Excel/XlSales.xlam")
MAC_CONF = Path("Library/Containers/com.microsoft.Excel/Data/xlsales.conf")
SCRIPT = Path("Library/Application Scripts/com.microsoft.Excel/xlwings-0.37.8.applescript")


def files(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, by its path."""
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_windows_gets_the_addin_where_excel_starts_it_and_a_conf(windows: Machine, delivery: Delivery) -> None:
    """The add-in lies in XLSTART; the conf names this Python, the server, the module, and not the workbook's folder."""
    written = install(windows, delivery)
    home = windows.home
    assert written == [home / XLSTART, home / ".xlsales/installed.json", home / ".xlsales/xlsales.conf"]
    assert (home / XLSTART).read_bytes() == delivery.addin
    assert (home / ".xlsales/xlsales.conf").read_bytes().decode().split("\r\n") == [
        f'"INTERPRETER_WIN","{windows.python}"',
        '"USE UDF SERVER","True"',
        '"UDF MODULES","xlsales.addin"',
        '"ADD_WORKBOOK_TO_PYTHONPATH","False"',
        "",
    ]


def test_a_mac_gets_the_script_too(mac: Machine, delivery: Delivery) -> None:
    """macOS lets Excel start Python only through a script in its own folder."""
    install(mac, delivery)
    assert (mac.home / STARTUP).read_bytes() == delivery.addin
    assert (mac.home / SCRIPT).read_bytes() == delivery.script
    assert (mac.home / MAC_CONF).read_text() == (
        f'"INTERPRETER_MAC","{mac.python}"\n"ADD_WORKBOOK_TO_PYTHONPATH","False"\n'
    )


def test_a_second_time_nothing_is_written(windows: Machine, delivery: Delivery) -> None:
    """So that a second run does not fail on the add-in that Excel has open."""
    install(windows, delivery)
    before = files(windows.home)
    assert install(windows, delivery) == []
    assert files(windows.home) == before


@pytest.mark.parametrize("platform", ["windows", "mac"])
def test_remove_leaves_the_computer_as_it_was(
    platform: str, request: pytest.FixtureRequest, delivery: Delivery
) -> None:
    """Everything that install wrote goes, everything that stood there before is as before."""
    machine: Machine = request.getfixturevalue(platform)
    conf = machine.home / (MAC_CONF if platform == "mac" else ".xlsales/xlsales.conf")
    conf.parent.mkdir(parents=True, exist_ok=True)
    end = "\r\n" if platform == "windows" else "\n"
    conf.write_bytes(f'"SHOW CONSOLE","True"{end}"add_workbook_to_pythonpath","True"{end}'.encode())
    (machine.home / "Library/Application Scripts/com.microsoft.Excel").mkdir(parents=True)
    (machine.home / SCRIPT).write_bytes(delivery.script)
    before = files(machine.home)
    install(machine, delivery)
    assert {"SHOW CONSOLE": "True", "add_workbook_to_pythonpath": "False"}.items() <= read_conf(conf, "ascii").items()
    install(machine, replace(delivery, addin=b"PK newer"))
    remove(machine)
    assert files(machine.home) == before
    assert remove(machine) == []


def test_remove_takes_its_own_folder_away(windows: Machine, delivery: Delivery) -> None:
    """Nothing is left of .xlsales when nobody else wrote into it."""
    install(windows, delivery)
    remove(windows)
    assert not (windows.home / ".xlsales").exists()


def test_a_key_that_the_user_changed_since_stays(windows: Machine, delivery: Delivery) -> None:
    """Removing does not take away what is no longer ours."""
    install(windows, delivery)
    conf = windows.home / ".xlsales/xlsales.conf"
    conf.write_text(conf.read_text().replace('SERVER","True"', 'SERVER","False"'))
    remove(windows)
    assert conf.read_text() == '"USE UDF SERVER","False"\n'


def test_a_newer_xlwings_replaces_the_script_of_the_older(mac: Machine, delivery: Delivery) -> None:
    """The script carries the version in its name; the old one would only lie about."""
    install(mac, delivery)
    install(mac, replace(delivery, xlwings="0.38.0"))
    assert [path.name for path in (mac.home / SCRIPT).parent.iterdir()] == ["xlwings-0.38.0.applescript"]


def test_an_addin_that_excel_holds_is_told_in_one_sentence(
    windows: Machine, delivery: Delivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Windows refuses to replace an open file: nothing is changed, and no half file is left."""
    install(windows, delivery)
    before = files(windows.home)

    def refuse(*paths: object) -> None:
        raise PermissionError(13, "Access is denied")

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(CannotWrite) as told:
        install(windows, replace(delivery, addin=b"PK newer"))
    assert told.value.code == "addin_in_use"
    assert files(windows.home) == before
    monkeypatch.setattr(Path, "unlink", lambda path, missing_ok=False: refuse())
    with pytest.raises(CannotWrite) as told:
        remove(windows)
    assert told.value.code == "addin_in_use"
    monkeypatch.undo()
    assert files(windows.home) == before


def test_a_mac_that_keeps_the_folders_of_excel_closed_is_told(
    mac: Machine, delivery: Delivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    """macOS asks whether Terminal may write there; after a no the remedy is in the system settings."""

    def refuse(*paths: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(CannotWrite) as told:
        install(mac, delivery)
    assert told.value.code == "excel_folder_closed"
    assert set(files(mac.home)) == {"venv/bin/python"}
    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(CannotWrite) as told:
        install(mac, delivery)
    assert told.value.code == "excel_folder_closed"


def test_a_half_written_addin_never_lies_where_excel_starts_files(
    windows: Machine, delivery: Delivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Excel opens every file in its start folder; the new one comes from the folder above, on the same disk."""
    moved: dict[Path, Path] = {}
    real = os.replace
    monkeypatch.setattr(os, "replace", lambda old, new: (moved.update({new: old}), real(old, new)))
    install(windows, delivery)
    addin = windows.home / XLSTART
    assert moved[addin].parent == addin.parent.parent
    assert [path.name for path in addin.parent.iterdir()] == ["XlSales.xlam"]


def test_a_full_disk_is_told(windows: Machine, delivery: Delivery, monkeypatch: pytest.MonkeyPatch) -> None:
    """Any other refusal is said with the system's own words."""

    def full(*paths: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(CannotWrite) as told:
        install(windows, delivery)
    assert (told.value.code, told.value.params["reason"]) == ("cannot_save", "No space left on device")


def test_a_mac_where_excel_was_never_started_is_told_so(mac: Machine, delivery: Delivery) -> None:
    """Folders of Excel that somebody else made would shut Excel out of them."""
    (mac.home / MAC_CONF).parent.rmdir()
    with pytest.raises(CannotWrite) as told:
        install(mac, delivery)
    assert told.value.code == "excel_never_started"
    assert set(files(mac.home)) == {"venv/bin/python"}


def test_a_python_from_the_store_is_refused(windows: Machine, delivery: Delivery) -> None:
    """What it writes under AppData goes to a copy that Excel never sees."""
    store = replace(windows, base=Path("C:/Program Files/WindowsApps/PythonSoftwareFoundation.Python.3.12_x64"))
    with pytest.raises(WrongUse) as told:
        install(store, delivery)
    assert told.value.code == "python_from_store"
    assert not (windows.home / XLSTART).exists()


def test_without_excel_one_is_told_what_to_use(windows: Machine, delivery: Delivery) -> None:
    """Linux has no Excel; the workbook is filled with xlsales run."""
    linux = replace(windows, platform="linux")
    for verb in (lambda: install(linux, delivery), lambda: remove(linux)):
        with pytest.raises(WrongUse) as told:
            verb()
        assert told.value.code == "addin_no_excel"


def test_nothing_is_started(windows: Machine, mac: Machine, answers: object, delivery: Delivery) -> None:
    """Installing and removing run no other program, least of all Excel."""
    for machine in (windows, mac):
        refusing = replace(machine, run=lambda command, seconds: pytest.fail(f"ran {command}") or Ran(False, ""))
        install(refusing, delivery)
        remove(refusing)


def test_a_home_folder_with_swedish_letters_is_written_so_that_excel_reads_it(
    named: Callable[..., Machine], tmp_path: Path, answers: object, delivery: Delivery
) -> None:
    """The macros read the file in the machine's own code page; the home folder's name need not stand in it."""
    machine = named("Åsa Öberg", "windows", tmp_path, answers)
    install(machine, delivery)
    text = (machine.home / ".xlsales/xlsales.conf").read_bytes().decode("ascii")
    assert text.startswith('"INTERPRETER_WIN","%USERPROFILE%')


def test_a_python_in_a_folder_that_excel_cannot_read_is_refused(windows: Machine, delivery: Delivery) -> None:
    """A path outside the home folder with letters the code page lacks would become another path."""
    elsewhere = replace(windows, python=Path("/opt/Łódź/python.exe"))
    with pytest.raises(CannotWrite) as told:
        install(elsewhere, delivery)
    assert told.value.code == "python_folder_letters"
    assert not (windows.home / XLSTART).exists()


def test_a_damaged_record_does_not_stop_a_new_installation(windows: Machine, delivery: Delivery) -> None:
    """The record is written anew; until then removing finds nothing it may take."""
    install(windows, delivery)
    (windows.home / ".xlsales/installed.json").write_text("[1]")
    assert remove(windows) == []
    install(windows, delivery)
    assert windows.home / XLSTART in remove(windows)

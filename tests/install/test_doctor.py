"""Every finding of the doctor, on computers where the cause is planted."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from xlsales.addin_verbs import finding_row
from xlsales.install.doctor import examine
from xlsales.install.machine import Machine, Ran
from xlsales.install.placing import Delivery, install
from xlsales.issues import WrongUse
from xlsales.tables.folder import read_toml
from xlsales.tables.schema import LANGUAGES
from xlsales.tables.texts import Texts

POLICY = r"software\policies\microsoft\office\16.0"
OWN = r"software\microsoft\office\16.0"
TRUSTED = r"\excel\security\trusted locations"
DEFENDER = r"software\policies\microsoft\windows defender"
ASR = "d4f940ab-401b-4efc-aadc-ad5f3c50688a"
RULES = r"\windows defender exploit guard\asr\rules"
PLATFORM = ("HKLM", r"software\microsoft\office\clicktorun\configuration", "platform")


def states(machine: Machine, delivery: Delivery | None) -> dict[str, str]:
    """The code that each check came to."""
    return {finding.check: finding.code for finding in examine(machine, delivery)}


@pytest.fixture
def healthy(windows: Machine, answers: SimpleNamespace, delivery: Delivery) -> Machine:
    """A Windows computer where everything is as it should be."""
    install(windows, delivery)
    (windows.python.parent.parent / "xlwings64-0.37.8.dll").touch()
    answers.registry[PLATFORM] = "x64"
    return windows


@pytest.fixture
def healthy_mac(mac: Machine, delivery: Delivery) -> Machine:
    """A Mac where everything is as it can be."""
    install(mac, delivery)
    return mac


def test_a_healthy_windows_has_nothing_to_mend(healthy: Machine, delivery: Delivery) -> None:
    """Every check is well, in the order in which one would look."""
    findings = examine(healthy, delivery)
    assert [f.check for f in findings] == [
        "addin", "mark", "interpreter", "xlwings", "library", "bits", "macros", "children", "language",
    ]  # fmt: skip
    assert {f.state for f in findings} == {"ok"}


def test_a_healthy_mac_has_buttons_and_is_told_it_has_no_functions(healthy_mac: Machine, delivery: Delivery) -> None:
    """What xlwings' free edition lacks on a Mac is said plainly, and is no fault."""
    findings = {f.check: f.state for f in examine(healthy_mac, delivery)}
    assert findings.pop("functions") == "attention"
    assert set(findings.values()) == {"ok"}


def test_nothing_installed(windows: Machine, delivery: Delivery) -> None:
    """The add-in and the conf are missed, and the mark of a file that is not there is not asked for."""
    found = states(windows, delivery)
    assert (found["addin"], found["interpreter"], found["library"]) == (
        "addin_absent", "interpreter_unset", "library_absent",
    )  # fmt: skip
    assert "mark" not in found


def test_without_excel_the_doctor_says_what_to_use(windows: Machine, delivery: Delivery) -> None:
    """On Linux there is nothing to examine."""
    with pytest.raises(WrongUse):
        examine(replace(windows, platform="linux"), delivery)


def test_an_addin_of_another_version_and_one_that_somebody_changed(healthy: Machine, delivery: Delivery) -> None:
    """Bytes that install wrote are of an older version; other bytes are nobody's."""
    assert states(healthy, replace(delivery, addin=b"PK newer"))["addin"] == "addin_older"
    path = healthy.home / "AppData/Roaming/Microsoft/Excel/XLSTART/XlSales.xlam"
    path.write_bytes(b"PK changed")
    assert states(healthy, delivery)["addin"] == "addin_changed"
    assert states(healthy, None)["addin"] == "addin_changed"


def test_an_xlwings_that_the_addin_was_not_built_for(healthy: Machine, delivery: Delivery) -> None:
    """The version in the add-in is known by the record, which the fingerprint ties to the file."""
    newer = replace(delivery, addin=b"PK newer", xlwings="0.38.0")
    found = {f.check: f for f in examine(healthy, newer)}
    assert (found["xlwings"].state, found["xlwings"].code) == ("wrong", "xlwings_differs")
    assert found["xlwings"].params == {"inside": "0.37.8", "installed": "0.38.0"}


@pytest.mark.parametrize("platform", ["healthy", "healthy_mac"])
def test_no_xlwings_at_all(platform: str, request: pytest.FixtureRequest) -> None:
    """What cannot be known without it is said to be so; the add-in itself is still the one installed."""
    found = states(request.getfixturevalue(platform), None)
    assert (found["addin"], found["xlwings"]) == ("addin_ok", "xlwings_absent")
    assert found.get("library", "library_unknown") == "library_unknown"
    assert found.get("script", "script_unknown") == "script_unknown"


def test_a_marked_addin(healthy: Machine, healthy_mac: Machine, answers: SimpleNamespace, delivery: Delivery) -> None:
    """The remedy differs: a tick on Windows, a command on a Mac."""
    for machine, code in ((healthy, "mark_windows"), (healthy_mac, "mark_mac")):
        answers.marked = set(machine.home.rglob("XlSales.xlam"))
        assert states(machine, delivery)["mark"] == code


def test_the_interpreter_of_the_conf(healthy: Machine, delivery: Delivery) -> None:
    """Another one than this is worth a remark, one that is gone is a fault."""
    other = healthy.python.with_name("other.exe")
    other.touch()
    assert states(replace(healthy, python=other), delivery)["interpreter"] == "interpreter_other"
    healthy.python.unlink()
    assert states(healthy, delivery)["interpreter"] == "interpreter_gone"


def test_an_interpreter_written_with_the_home_variable_is_found(
    named: Callable[..., Machine], tmp_path: Path, answers: SimpleNamespace, delivery: Delivery
) -> None:
    """%USERPROFILE% in the conf is the home folder, as Excel reads it."""
    machine = named("Åsa Öberg", "windows", tmp_path, answers)
    install(machine, delivery)
    assert states(machine, delivery)["interpreter"] == "interpreter_ok"


def test_a_mac_python_in_a_folder_with_a_space(
    named: Callable[..., Machine], tmp_path: Path, answers: SimpleNamespace, delivery: Delivery
) -> None:
    """xlwings' script hands the path to a shell as it is."""
    machine = named("asa berg", "mac", tmp_path, answers)
    (machine.home / "Library/Containers/com.microsoft.Excel/Data").mkdir(parents=True)
    install(machine, delivery)
    assert states(machine, delivery)["interpreter"] == "interpreter_spaces"


def test_the_library_of_the_other_excel(healthy: Machine, answers: SimpleNamespace, delivery: Delivery) -> None:
    """A 32-bit Excel loads the 32-bit library, whatever Python is."""
    answers.registry[PLATFORM] = "x86"
    found = states(healthy, delivery)
    assert (found["bits"], found["library"]) == ("bits_differ", "library_absent")
    (healthy.python.parent / "xlwings32-0.37.8.dll").touch()
    assert states(healthy, delivery)["library"] == "library_ok"


def test_bits_of_an_office_that_was_not_streamed(
    healthy: Machine, answers: SimpleNamespace, delivery: Delivery
) -> None:
    """Volume licences write their bits elsewhere; where nothing is written nothing is claimed."""
    del answers.registry[PLATFORM]
    assert states(healthy, delivery)["bits"] == "bits_unknown"
    answers.registry["HKLM", r"software\microsoft\office\16.0\outlook", "bitness"] = "x64"
    assert states(healthy, delivery)["bits"] == "bits_ok"


@pytest.mark.parametrize(
    ("rules", "code"),
    [
        ({(POLICY + r"\common\security", "vbaoff"): 1}, "macros_vba_off"),
        ({(POLICY + r"\excel\security", "disablealladdins"): 1}, "macros_addins_off"),
        ({(POLICY + r"\excel\security", "requireaddinsig"): 1}, "macros_signed_addins"),
        ({(POLICY + r"\excel\security", "vbawarnings"): 4}, "macros_restricted"),
        ({(OWN + r"\excel\security", "vbawarnings"): 3}, "macros_restricted"),
        (
            {(POLICY + r"\excel\security", "vbawarnings"): 3, (POLICY + TRUSTED, "alllocationsdisabled"): 1},
            "macros_off",
        ),
        ({(POLICY + r"\excel\security", "vbawarnings"): 2, (OWN + r"\excel\security", "vbawarnings"): 4}, "macros_ok"),
        ({(POLICY + r"\excel\security", "blockcontentexecutionfrominternet"): 1}, "macros_internet"),
    ],
)
def test_rules_for_macros(
    healthy: Machine, answers: SimpleNamespace, delivery: Delivery, rules: dict[tuple[str, str], int], code: str
) -> None:
    """The company's rule goes before the user's choice, and the hardest rule is the one told."""
    answers.registry |= {("HKCU", key, name): value for (key, name), value in rules.items()}
    assert states(healthy, delivery)["macros"] == code


@pytest.mark.parametrize(
    ("key", "name", "value", "code"),
    [
        (DEFENDER + RULES, ASR, "1", "children_office"),
        (DEFENDER + RULES, ASR, "2", "children_ok"),
        (r"software\microsoft\windows defender" + RULES, ASR, 6, "children_warned"),
        (DEFENDER + r"\policy manager", "asrrules", f"be9ba2d9=2|{ASR.upper()}=1", "children_office"),
    ],
)
def test_a_rule_against_programs_that_office_starts(
    healthy: Machine, answers: SimpleNamespace, delivery: Delivery, key: str, name: str, value: str, code: str
) -> None:
    """Defender's rule, by group policy, locally or from a device manager; watching only is no obstacle."""
    answers.registry["HKLM", key, name] = value
    assert states(healthy, delivery)["children"] == code


@pytest.mark.parametrize("platform", ["healthy", "healthy_mac"])
def test_a_python_that_may_not_start(
    platform: str, request: pytest.FixtureRequest, answers: SimpleNamespace, delivery: Delivery
) -> None:
    """The reason is what the system said."""
    machine = request.getfixturevalue(platform)
    answers.ran = Ran(False, "blocked by your administrator")
    found = {f.check: f for f in examine(machine, delivery)}["children"]
    assert (found.state, found.code, found.params["reason"]) == (
        "wrong", "children_blocked", "blocked by your administrator",
    )  # fmt: skip
    assert answers.commands[0] == [str(machine.python), "-c", "print('ok')"]


def test_the_language_of_excel_and_the_signs_of_the_region(
    healthy: Machine, healthy_mac: Machine, answers: SimpleNamespace, delivery: Delivery
) -> None:
    """Told, never judged."""
    answers.registry["HKCU", OWN + r"\common\languageresources", "uilanguage"] = 1053
    answers.registry["HKCU", r"control panel\international", "sdecimal"] = ","
    found = {f.check: f for f in examine(healthy, delivery)}["language"]
    assert found.params == {"language": "svenska", "decimal": ",", "between": "?"}
    answers.ran = Ran(True, "sv_SE")
    assert {f.check: f for f in examine(healthy_mac, delivery)}["language"].params == {"region": "sv_SE"}


def test_the_script_of_a_mac(healthy_mac: Machine, delivery: Delivery) -> None:
    """Missing it is a fault, a changed one is worth a remark."""
    script = next(healthy_mac.home.rglob("*.applescript"))
    script.write_bytes(b"changed")
    assert states(healthy_mac, delivery)["script"] == "script_other"
    script.unlink()
    assert states(healthy_mac, delivery)["script"] == "script_absent"


def test_every_finding_of_the_code_has_its_words_in_both_languages() -> None:
    """Codes in the checks are codes in the texts, and each that is not well has a remedy."""
    package = Path(__file__).parents[2] / "xlsales" / "install"
    sources = "\n".join(path.read_text("utf-8") for path in package.glob("*_checked.py"))
    found = re.findall(r'"(ok|attention|wrong)", "(\w+)"', sources)
    codes = {code: state for state, code in found} | {"mark_windows": "wrong", "mark_mac": "wrong"}
    checks = set(re.findall(r'Finding\(\s*"(\w+)"', sources)) | {"interpreter"}
    wanted = set(codes) | {f"{code}_remedy" for code, state in codes.items() if state != "ok"}
    wanted |= {f"check_{check}" for check in checks}
    assert len(codes) > 30
    for language in LANGUAGES:
        texts = set(read_toml(f"texts.{language}.toml")["doctor"])
        others = {"state_ok", "state_attention", "state_wrong", "all_well", "some_wrong"}
        assert texts - others == wanted


def test_a_finding_in_words(healthy: Machine, delivery: Delivery) -> None:
    """What is well has no remedy; what is not has one, with its parameters."""
    rows = [finding_row(f, Texts("sv")) for f in examine(healthy, replace(delivery, addin=b"PK newer"))]
    assert rows[0] == {
        "check": "addin",
        "state": "attention",
        "found": "Tillägget är från en annan version av xlsales än den här.",
        "remedy": "Stäng Excel och kör xlsales addin install.",
    }
    assert all((row["remedy"] == "") == (row["state"] == "ok") for row in rows)
    assert not any("{" in row["found"] + row["remedy"] for row in rows)

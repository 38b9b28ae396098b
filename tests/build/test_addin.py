"""The add-in and the workbook with macros: valid, the same every time, and their macros run."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.build.vba_reader import sources
from tests.live.office import Office
from tests.programs import sdk_errors
from xlsales.build.addin import PROJECT, addin_bytes, build_addin, build_workbook, macro_modules, macro_workbook_bytes
from xlsales.build.vba import Module, read_module
from xlsales.build.xlwings_texts import VERSION, xlwings_modules
from xlsales.cli import main
from xlsales.hosts.file import FileHost
from xlsales.issues import CannotWrite, WrongUse
from xlsales.tables.folder import read_toml, text_folder
from xlsales.tables.ribbon import load_ribbon, ribbon_words
from xlsales.tables.schema import LANGUAGES, Language, load_schema

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported")
PROBES = Path(__file__).parent / "macros"
SWEDISH, ENGLISH = (ribbon_words(load_ribbon(), load_schema(), language) for language in LANGUAGES)
Ask = Callable[[str, str], Any]


@pytest.fixture(scope="module")
def addin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The add-in as ``xlsales addin build`` makes it."""
    path = tmp_path_factory.mktemp("addin") / "XlSales.xlam"
    build_addin(path)
    return path


@pytest.fixture(scope="module", params=LANGUAGES)
def workbook(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workbook with macros as ``xlsales new FILE.xlsm --macros`` makes it."""
    path: Path = tmp_path_factory.mktemp("macros") / f"{request.param}.xlsm"
    assert main(["new", str(path), "--macros", "--language", request.param]) == 0
    return path


def parts(path: Path) -> dict[str, bytes]:
    """The parts of a package."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_both_are_valid_office_files(addin: Path, workbook: Path) -> None:
    """The Open XML SDK finds nothing wrong, the ribbon included."""
    for path in (addin, workbook):
        assert sdk_errors(path) == []


def test_olevba_gives_back_every_module_as_it_was_written(addin: Path) -> None:
    """Own modules, generated ones and those of xlwings are in the add-in to the letter."""
    found = sources(addin.read_bytes())
    for module in macro_modules():
        assert found.pop(module.name) == module.source.replace("\n", "\r\n")
    assert set(found) == {"SheetXlsales"}


def test_every_sheet_has_its_module(workbook: Path) -> None:
    """A sheet without a module of its code name makes Excel repair the file."""
    book = openpyxl.load_workbook(workbook, keep_vba=True)
    names = {sheet.sheet_properties.codeName for sheet in book.worksheets}
    assert len(names) == len(load_schema().sheets)
    assert book.code_name == "ThisWorkbook"
    assert names | {"ThisWorkbook"} <= set(sources(workbook.read_bytes()))
    book.close()


def test_the_ribbon_is_reached_from_the_package(addin: Path) -> None:
    """Relationship, part and every picture are where Excel looks for them."""
    found = parts(addin)
    assert b"2007/relationships/ui/extensibility" in found["_rels/.rels"]
    assert b'Target="customUI/customUI14.xml"' in found["_rels/.rels"]
    pictures = found["customUI/_rels/customUI14.xml.rels"].decode()
    for button in load_ribbon().buttons:
        assert f'Id="{button.icon}"' in pictures
        assert f"customUI/images/{button.icon}.png" in found
    assert b"addin.macroEnabled" in found["[Content_Types].xml"]


def test_the_properties_tell_what_it_was_built_with(addin: Path) -> None:
    """The versions of xlsales and xlwings can be read without opening the macros."""
    told = parts(addin)["docProps/custom.xml"].decode()
    assert f'name="xlwings"><vt:lpwstr>{VERSION}<' in told
    assert 'name="xlsales"' in told


def test_another_process_builds_the_same_bytes(addin: Path, tmp_path: Path) -> None:
    """Neither time, place, locale nor the order of sets leaves a trace."""
    script = "import sys, pathlib; from xlsales.build.addin import build_addin, build_workbook as new\n" \
             "build_addin(pathlib.Path(sys.argv[1])); new(pathlib.Path(sys.argv[2]), 'sv', True)"  # fmt: skip
    first, second = tmp_path / "a.xlsm", tmp_path / "b.xlsm"
    build_workbook(first, "sv", True)
    other = {**os.environ, "PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo", "LC_ALL": "C"}
    subprocess.run([sys.executable, "-c", script, str(tmp_path / "b.xlam"), str(second)], env=other, check=True)
    for one, two in ((addin, tmp_path / "b.xlam"), (first, second)):
        assert hashlib.sha256(one.read_bytes()).digest() == hashlib.sha256(two.read_bytes()).digest()


def test_the_file_host_leaves_macros_and_ribbon_alone(tmp_path: Path) -> None:
    """Writing a table into a workbook with macros changes no byte of its macros, ribbon or pictures."""
    path = tmp_path / "bok.xlsm"
    build_workbook(path, "sv", True)
    before = parts(path)
    rows = tmp_path / "kunder.csv"
    rows.write_text("customer_no,customer\n7,Åkeri AB\n", "utf-8")
    assert main(["put", str(path), "customers", str(rows)]) == 0
    after = parts(path)
    kept = [name for name in before if name.startswith(("customUI", "xl/vbaProject", "_rels"))]
    assert {name: after[name] for name in kept} == {name: before[name] for name in kept}
    assert after != before
    name = load_schema().table("customers").name["sv"]
    assert "Åkeri AB" in FileHost.open(path).read(name).to_numpy()
    assert sdk_errors(path) == []


def test_openpyxl_keeps_the_project(workbook: Path, tmp_path: Path) -> None:
    """Another library that saves the workbook finds a project it can carry along byte for byte."""
    book = openpyxl.load_workbook(workbook, keep_vba=True)
    book.save(tmp_path / "again.xlsm")
    book.close()
    assert parts(tmp_path / "again.xlsm")["xl/vbaProject.bin"] == parts(workbook)["xl/vbaProject.bin"]


def test_xlwings_is_told_where_our_configuration_is() -> None:
    """Add-in and workbook read xlsales.conf, and the licences come along."""
    texts = {module.name: module.source for module in xlwings_modules()}
    assert 'Public Const PROJECT_NAME As String = "xlsales"' in texts["xlwings"]
    assert f'XLWINGS_VERSION As String = "{VERSION}"' in texts["xlwings"]
    assert "Redistributions of source code must retain" in texts["modThirdParty"]
    assert "Tim Hall" in texts["modThirdParty"]
    assert "Permission is hereby granted, free of charge" in texts["modThirdParty"]


def test_without_xlwings_one_sentence_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is left behind where the file was to be."""
    monkeypatch.setattr("xlsales.build.xlwings_texts.util.find_spec", lambda name: None)
    assert main(["new", str(tmp_path / "bok.xlsm"), "--macros", "--language", "sv"]) == 2
    said = capsys.readouterr().err
    assert 'pip install "xlsales[excel]"' in said
    assert list(tmp_path.iterdir()) == []


def test_a_mixed_xlwings_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Macro text of one version would look for the library of another."""
    monkeypatch.setattr("xlsales.build.xlwings_texts.metadata.version", lambda name: "0.0.1")
    with pytest.raises(WrongUse) as refused:
        xlwings_modules()
    assert refused.value.code == "macros_other_xlwings"
    assert refused.value.params == {"version": "0.0.1", "found": VERSION}


def test_the_version_is_the_one_the_package_asks_for() -> None:
    """The remedy, the extra and the installed package name one version."""
    project = (Path(__file__).parents[2] / "pyproject.toml").read_text("utf-8")
    assert project.count(f"xlwings=={VERSION}") == 1
    assert metadata.version("xlwings") == VERSION


@pytest.mark.parametrize(("name", "macros"), [("bok.xlsx", True), ("bok.xlsm", False)])
def test_the_ending_tells_whether_there_are_macros(name: str, macros: bool, tmp_path: Path) -> None:
    """Excel refuses a file whose ending and content disagree."""
    assert main(["new", str(tmp_path / name), *(["--macros"] if macros else [])]) == 2
    assert list(tmp_path.iterdir()) == []


def test_an_addin_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    """A folder that is not there gives one error of ours."""
    with pytest.raises(CannotWrite):
        build_addin(tmp_path / "nowhere" / "XlSales.xlam")


def test_every_folder_of_texts_goes_into_the_wheel() -> None:
    """What the build reads in a checkout is there in an installed package as well."""
    project = (Path(__file__).parents[2] / "pyproject.toml").read_text("utf-8")
    for folder in ("workbook", "samples", "macros"):
        assert text_folder(folder).is_dir()
        assert f'"{folder}" = "xlsales/_texts/{folder}"' in project


# ---------------------------------------------------------------- the macros, run by LibreOffice


def probed_modules() -> list[Module]:
    """Our macros with the tests' bridge in place of that to Python, and the tests' own modules."""
    probes = {module.name: module for module in map(read_module, sorted(PROBES.iterdir()))}
    return [*macro_modules(probes.pop("modBridge")), *probes.values()]


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Office, Any]]:
    """A workbook with our macros and the tests' own, open in LibreOffice."""
    folder = tmp_path_factory.mktemp("office")
    path = folder / "macros.xlsm"
    path.write_bytes(macro_workbook_bytes(probed_modules(), "sv"))
    office = Office(folder / "home")
    try:
        yield office, office.open(path)
    finally:
        office.close()


@pytest.fixture
def ask(document: tuple[Office, Any]) -> Ask:
    """Ask the tests' own module in the workbook."""
    office, book = document
    return lambda question, what: office.run(book, f"{PROJECT}.modProbe.Answer", question, what)


def test_words_follow_the_language_and_the_button_changes_it(ask: Ask) -> None:
    """Every word of the ribbon is said in one language, and after a press of the button in the other."""
    for _ in LANGUAGES:
        words = SWEDISH if ask("language", "") == "sv" else ENGLISH
        for key, text in words.items():
            assert ask(*key.split(".")) == text
        ask("press", "language")


def test_an_unknown_control_shows_its_id(ask: Ask) -> None:
    """A missing word never stops the ribbon."""
    assert ask("label", "nothing") == "nothing"
    assert ask("supertip", "nothing") == ""


@pytest.mark.parametrize("button", [b.id for b in load_ribbon().buttons if b.id not in ("language", "check")])
def test_a_press_reaches_python_with_the_buttons_id(ask: Ask, button: str) -> None:
    """One dispatcher for all buttons."""
    assert ask("press", button) == f"import xlsales.buttons; xlsales.buttons.press('{button}')"


def test_a_press_that_fails_leaves_the_ribbon_working(ask: Ask) -> None:
    """Where Python cannot be reached a sentence is shown, and the next press goes through."""
    assert "'plan'" in ask("press", "plan")
    assert "'plan'" in ask("press", "check"), "the tests' bridge fails for this one"
    assert "'undo'" in ask("press", "undo")


def test_buttons_that_need_no_workbook_are_always_enabled(ask: Ask) -> None:
    """LibreOffice shows VBA no tables, so the workbook is taken for another's there."""
    assert {b.id: ask("enabled", b.id) for b in load_ribbon().buttons} == {
        b.id: str(b.id in ("help", "language")) for b in load_ribbon().buttons
    }


@pytest.mark.parametrize("table", ["Reskontra", "ledger", "KUNDER"])
def test_a_workbook_is_ours_by_its_tables(ask: Ask, table: str) -> None:
    """Any sheet, either language, capitals or not."""
    assert ask("ours", table) == "True"


def test_another_workbook_is_not_ours(ask: Ask) -> None:
    """Tables of other names enable nothing."""
    assert ask("ours", "Table1") == "False"


def test_starting_up_never_fails(ask: Ask) -> None:
    """What Excel alone can do is passed over elsewhere."""
    assert ask("start", "") == "started"


def test_a_function_in_a_cell_passes_its_arguments_on(document: tuple[Office, Any]) -> None:
    """As many arguments as declared, the omitted one still missing when it leaves VBA."""
    cell = document[1].Sheets.getByIndex(0).getCellRangeByName("Z99")
    cell.Formula = "=XLS_CUMSHARE(A1:A3)"
    assert cell.String == "XLS_CUMSHARE 2 False True"
    cell.Formula = "=XLS_CUMSHARE(A1:A3;B1:B3)"
    assert cell.String == "XLS_CUMSHARE 2 False False"


def test_the_addin_opens_with_its_macros(document: tuple[Office, Any], tmp_path: Path) -> None:
    """The add-in is a workbook of its own whose macros answer."""
    office, _ = document
    path = tmp_path / "XlSales.xlam"
    path.write_bytes(addin_bytes(probed_modules()))
    book = office.open(path)
    assert office.run(book, f"{PROJECT}.modProbe.Answer", "label", "plan") == "Plan"
    book.close(True)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sheet_in_the_addin_says_what_it_is(language: Language, addin: Path) -> None:
    """Whoever unhides the add-in's sheet, or looks in Excel's list of add-ins, reads what it is for."""
    tagline = read_toml("template.toml")["words"]["tagline"][language]
    found = parts(addin)
    assert tagline in found["xl/sharedStrings.xml"].decode()
    assert tagline in found["docProps/core.xml"].decode()

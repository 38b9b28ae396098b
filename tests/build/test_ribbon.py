"""The ribbon: every button does something, has its words, its icon and callbacks that exist."""

from __future__ import annotations

import re
import struct
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from xml.etree import ElementTree

import pytest

from xlsales.build.addin import macro_modules
from xlsales.build.generated import MESSAGES, argument_name, functions_module, texts_module
from xlsales.build.icons import SIZE, icon_drawing, icon_folder, icon_picture, rendered
from xlsales.build.ribbon import NAMESPACE, ribbon_xml
from xlsales.build.ribbon_picture import ribbon_drawing
from xlsales.build.vba import basic_module
from xlsales.issues import WrongUse
from xlsales.method import STEPS
from xlsales.tables.folder import read_toml, text_folder
from xlsales.tables.functions import load_functions
from xlsales.tables.ribbon import TAB, load_ribbon, ribbon_of, ribbon_words
from xlsales.tables.schema import LANGUAGES, Language, Step, load_schema

DECLARED = read_toml("ribbon.toml")
ENTRIES = [button for group in DECLARED["group"] for button in group["button"]]
RIBBON, SCHEMA = load_ribbon(), load_schema()
CONTROLS = list(ElementTree.fromstring(ribbon_xml(RIBBON)).iter())
PARAMETERS = {"onLoad": 1, "onAction": 1, "getLabel": 2, "getScreentip": 2, "getSupertip": 2, "getEnabled": 2}
COMMANDS = {"run_all", "check", "undo", "help", "language", "cards", "export_plan", "working_sheet"}
# What Excel takes: words of a tip, of a function's help, and signs and parts of a line of VBA.
LONGEST_TIP, LONGEST_HELP, LONGEST_LINE, MOST_PARTS = 1024, 255, 1023, 24
ICONS = sorted(path.stem for path in icon_folder().glob("*.svg"))


def subs() -> dict[str, int]:
    """Every public procedure of the macros with the number of its parameters."""
    found = {}
    for module in macro_modules(basic_module("modBridge", "")):
        for name, parameters in re.findall(r"^Public Sub (\w+)\(([^)]*)\)", module.source, flags=re.M):
            found[f"{module.name}.{name}"] = len(parameters.split(",")) if parameters else 0
    return found


def test_ids_are_unique() -> None:
    """No control, group or tab shares its id with another, and each has exactly one."""
    inside = [c for c in CONTROLS if c.tag.split("}")[1] in ("tab", "group", "button")]
    ids = [control.attrib["id"] for control in inside]
    assert len(ids) == len(set(ids)) == 1 + len(RIBBON.groups) + len(RIBBON.buttons)
    assert not [a for control in inside for a in control.attrib if a in ("idMso", "idQ", "imageMso")]


def test_words_come_from_callbacks_alone() -> None:
    """A fixed label would win over its callback and stand in one language for ever."""
    assert not [a for control in CONTROLS for a in control.attrib if a in ("label", "screentip", "supertip")]
    assert all("getLabel" in c.attrib for c in CONTROLS if c.tag.split("}")[1] in ("tab", "group", "button"))


def test_every_callback_exists_with_the_right_number_of_parameters() -> None:
    """What the ribbon calls is a public procedure that takes what Excel passes."""
    known = subs()
    called = {(value, PARAMETERS[key]) for c in CONTROLS for key, value in c.attrib.items() if key in PARAMETERS}
    assert {key for c in CONTROLS for key in c.attrib if key.startswith(("on", "get"))} == set(PARAMETERS)
    assert called <= set(known.items())


def test_every_image_exists() -> None:
    """Each button points at a picture that goes into the package."""
    images = {c.attrib["image"] for c in CONTROLS if "image" in c.attrib}
    assert len(images) == len(RIBBON.buttons)
    assert all(icon_picture(image).startswith(b"\x89PNG") for image in images)


def test_every_step_has_a_button_and_every_button_does_one_thing() -> None:
    """Steps can be run from the ribbon; a button runs steps and shows a sheet, or carries out a command."""
    assert {step for button in RIBBON.buttons for step in button.steps} == {step.name for step in STEPS}
    for button in RIBBON.buttons:
        assert bool(button.command) != bool(button.sheet), button.id
        assert not button.command or button.command in COMMANDS
        assert not button.sheet or button.sheet in SCHEMA.sheets


def test_the_groups_come_in_the_methods_order() -> None:
    """Outside-in, inside-out, relation, methods, control, tools; what is not there yet is left out."""
    declared = [group["id"] for group in DECLARED["group"]]
    assert declared == ["outside_in", "inside_out", "relation", "methods", "control", "tools"]
    assert [g.id for g in RIBBON.groups] == [i for i in declared if any(g.id == i for g in RIBBON.groups)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_declared_button_has_its_words_and_icon(language: Language) -> None:
    """Also those that wait for their step, so that declaring the step is all it takes."""
    texts = read_toml(f"texts.{language}.toml")
    ids = {entry["id"] for entry in ENTRIES}
    assert set(texts["ribbon_label"]) == set(texts["ribbon_purpose"]) == ids
    assert set(texts["ribbon_group"]) == {group["id"] for group in DECLARED["group"]}
    assert set(texts["ribbon_tip"]) == {"steps", "sheet", *COMMANDS}
    assert set(texts["ribbon"]) == {TAB, *MESSAGES}
    assert {entry.get("icon", entry["id"]) for entry in ENTRIES} == set(ICONS)


def test_a_button_appears_when_its_step_is_declared() -> None:
    """The button of a step that is not there is left out, and comes with the step."""
    steps = {**SCHEMA.steps, "buying": Step("buying", ("customers",), ("levels",), "hierarchy")}
    later = ribbon_of(DECLARED, replace(SCHEMA, steps=MappingProxyType(steps)))
    fewer = ribbon_of(DECLARED, replace(SCHEMA, steps=MappingProxyType({"revenue": SCHEMA.steps["revenue"]})))
    assert later.button("buying").sheet == "hierarchy"
    assert "relation" not in {group.id for group in fewer.groups}
    with pytest.raises(WrongUse, match="unknown_button"):
        fewer.button("plan")


@pytest.mark.parametrize("language", LANGUAGES)
def test_tips_tell_what_is_read_and_written(language: Language) -> None:
    """By the names of the sheets, in the language of the ribbon, each once and no hidden one."""
    words = ribbon_words(RIBBON, SCHEMA, language)
    expected = {
        "sv": "Läser Reskontra och Kunder. Skriver Intäktsanalys, Kategorier, Kunder, Kundportfölj och Lönsamhet.",
        "en": "Reads Ledger and Customers. "
        "Writes Revenue analysis, Categories, Customers, Customer portfolio and Profitability.",
    }
    assert words["screentip.revenue"] == expected[language]
    assert SCHEMA.sheets["history"].name[language] not in words["screentip.plan"]
    assert max(map(len, words.values())) <= LONGEST_TIP


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_macros_know_every_word(language: Language) -> None:
    """modTexts holds what the ribbon and the messages say, quotation marks doubled."""
    source = texts_module(RIBBON, SCHEMA).source
    for key, text in ribbon_words(RIBBON, SCHEMA, language).items():
        doubled = text.replace('"', '""')
        assert f'Case "{key}": TextOf_{language} = "{doubled}"' in source
    used = set(re.findall(r'TextOf\("(\w+)"\)', "".join(p.read_text("utf-8") for p in text_folder("macros").iterdir())))
    assert used == set(MESSAGES)


def test_the_macros_know_every_table() -> None:
    """A workbook is recognised by any of our tables, whichever its language."""
    source = texts_module(RIBBON, SCHEMA).source
    names = {table.name[language].lower() for table in SCHEMA.tables.values() for language in LANGUAGES}
    assert all(f'Case "{name}": IsTableName = True' in source for name in names)


def test_every_worksheet_function_has_its_wrapper() -> None:
    """One function in VBA per declared one, optional arguments optional, passed on in their order."""
    source = functions_module(load_functions()).source
    for function in load_functions():
        names = [argument_name(a.key) for a in function.arguments]
        declared = [f"Optional {n}" if a.optional else n for n, a in zip(names, function.arguments, strict=True)]
        call = f'{function.name} = XlCall("{function.name}", Array({", ".join(names)}))'
        assert f"Public Function {function.name}({', '.join(declared)})\n    {call}\nEnd Function\n" in source
        for language in LANGUAGES:
            meanings = [function.description[language], *(a.meaning[language] for a in function.arguments)]
            assert max(map(len, meanings)) <= LONGEST_HELP


def test_no_argument_is_a_word_of_vba() -> None:
    """``date`` and ``end`` would not compile as names."""
    assert [argument_name(key) for key in ("date", "End", "revenue")] == ["date_", "End_", "revenue"]


def test_own_modules_are_small_and_declare_their_variables() -> None:
    """What VBA itself demands of a line, and what we demand of a module."""
    for module in macro_modules(basic_module("modBridge", "Option Explicit\n")):
        lines = module.source.split("\n")
        assert "Option Explicit" in lines, module.name
        assert max(map(len, lines)) <= LONGEST_LINE, module.name
        joined = "".join("_" if line.endswith(" _") else "." for line in lines)
        assert max(map(len, joined.split("."))) <= MOST_PARTS, module.name
    assert all(len(p.read_text("utf-8").splitlines()) <= 80 for p in text_folder("macros").iterdir())


@pytest.mark.parametrize("icon", ICONS)
def test_a_picture_is_the_render_of_its_drawing(icon: str) -> None:
    """The committed PNG is what the drawing gives today; render with python -m xlsales.build.icons."""
    picture = icon_picture(icon)
    assert struct.unpack(">2L", picture[16:24]) == (SIZE, SIZE)
    assert picture == rendered(icon_drawing(icon), SIZE)


def test_drawings_share_one_style() -> None:
    """One grid and two colours, white only inside the help sign."""
    for icon in ICONS:
        drawing = icon_drawing(icon)
        colors = set(re.findall(r"#[0-9A-Fa-f]{6}", drawing))
        assert 'viewBox="0 0 32 32"' in drawing
        assert colors <= {"#2B6CB0", "#E08A1E", "#FFFFFF"}
        assert "#2B6CB0" in colors
        assert "#FFFFFF" not in colors or icon == "help"


def test_no_two_pictures_are_alike() -> None:
    """A picture that stood for two buttons would tell neither."""
    assert len({icon_picture(icon) for icon in ICONS}) == len(ICONS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_picture_in_the_documentation_shows_todays_buttons(language: Language) -> None:
    """The ribbon is drawn with every label and icon; the page shows the pictures."""
    drawing = ribbon_drawing(RIBBON, language)
    words = ribbon_words(RIBBON, SCHEMA, language)
    shown = " ".join(re.findall(r"<text[^>]*>([^<]*)", drawing))
    assert all(words[f"label.{button.id}"] in shown for button in RIBBON.buttons)
    assert drawing.count("<svg") == 1 + len(RIBBON.buttons)
    docs = Path(__file__).parents[2] / "docs"
    assert f"pictures/ribbon.{language}.png" in (docs / "ribbon.md").read_text("utf-8")
    width = round(2 * float(re.findall(r'width="([\d.]+)"', drawing)[0]))
    picture = (docs / "pictures" / f"ribbon.{language}.png").read_bytes()
    assert struct.unpack(">L", picture[16:20]) == (width,), "draw anew, see the end of docs/ribbon.md"


def test_the_frame_is_of_the_version_that_takes_callbacks_for_all_words() -> None:
    """The namespace is that of Office 2010 and later."""
    assert CONTROLS[0].tag == f"{{{NAMESPACE}}}customUI"

"""The VBA modules that are written by the build: the ribbon's words and the worksheet functions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from xlsales.build.vba import Module, basic_module
from xlsales.tables.functions import WorksheetFunction
from xlsales.tables.ribbon import ALWAYS, Ribbon, ribbon_words
from xlsales.tables.schema import LANGUAGES, Language, Schema
from xlsales.tables.texts import Texts

MESSAGES = ("failed", "failed_start", "no_workbook", "no_functions", "no_functions_mac")
CATEGORY = "xlsales"
_OTHER_LANGUAGE = LANGUAGES[1]
# Words of VBA that cannot name an argument.
_RESERVED = """
    abs and any array as attribute boolean byref byte byval call case cbool cbyte ccur cdate cdbl cdecl cint circle
    clng const csng cstr currency cvar date debug decimal declare dim do doevents double each else empty end enum
    erase event exit false fix for friend function get global gosub goto if imp implements in input inputb int
    integer is lbound len lenb let lib like lock long loop lset me mod new next not nothing null object on open
    option optional or preserve print private property pset public put raiseevent redim rem resume return rset scale
    seek select set sgn single static step stop string sub then to true type ubound until variant wend while with
    withevents write xor
"""


def texts_module(ribbon: Ribbon, schema: Schema) -> Module:
    """modTexts: every word of the ribbon in each language, the ids always enabled, the names of our tables."""
    words = {lang: {**ribbon_words(ribbon, schema, lang), **_messages(lang)} for lang in LANGUAGES}
    names = sorted({table.name[lang].lower() for table in schema.tables.values() for lang in LANGUAGES})
    return _module("modTexts", [
        "' Generated from workbook/*.toml: the words of the ribbon, and the names of the tables.",
        *_lookup("TextOf", "key", words),
        *_membership("IsAlwaysEnabled", "id", sorted(ALWAYS)),
        *_membership("IsTableName", "name", names),
    ])  # fmt: skip


def functions_module(functions: Sequence[WorksheetFunction]) -> Module:
    """modFunctions: one wrapper per worksheet function, and their help for the function wizard."""
    lines = ["' Generated from workbook/functions.toml: the worksheet functions and their help."]
    for function in functions:
        lines += _wrapper(function)
    lines += _registration(functions)
    return _module("modFunctions", lines)


def literal(text: str) -> str:
    """A text as VBA writes it."""
    return '"' + " ".join(text.split()).replace('"', '""') + '"'


def argument_name(key: str) -> str:
    """What an argument is called in VBA; a word of the language gets an underscore."""
    return f"{key}_" if key.lower() in _RESERVED.split() else key


def _module(name: str, lines: Sequence[str]) -> Module:
    return basic_module(name, "\n".join([lines[0], "Option Explicit", *lines[1:], ""]))


def _messages(language: Language) -> dict[str, str]:
    return {code: Texts(language).say("ribbon", code) for code in MESSAGES}


def _lookup(name: str, key: str, words: Mapping[Language, Mapping[str, str]]) -> Iterator[str]:
    """A public function over one private function per language."""
    yield from ["", f"Public Function {name}(ByVal {key} As String) As String", "    Select Case CurrentLanguage()"]
    for language in LANGUAGES:
        case = "Case Else" if language == _OTHER_LANGUAGE else f'Case "{language}"'
        yield f"        {case}: {name} = {name}_{language}({key})"
    yield from ["    End Select", "End Function"]
    for language, texts in words.items():
        own = f"{name}_{language}"
        yield from ["", f"Private Function {own}(ByVal {key} As String) As String", f"    Select Case {key}"]
        yield from (f"        Case {literal(code)}: {own} = {literal(text)}" for code, text in texts.items())
        yield from ["    End Select", "End Function"]


def _membership(name: str, key: str, known: Sequence[str]) -> Iterator[str]:
    yield from ["", f"Public Function {name}(ByVal {key} As String) As Boolean", f"    Select Case LCase({key})"]
    yield from (f"        Case {literal(word)}: {name} = True" for word in known)
    yield from ["    End Select", "End Function"]


def _wrapper(function: WorksheetFunction) -> Iterator[str]:
    names = [argument_name(a.key) for a in function.arguments]
    declared = [f"Optional {n}" if a.optional else n for n, a in zip(names, function.arguments, strict=True)]
    yield from ["", f"Public Function {function.name}({', '.join(declared)})"]
    yield f'    {function.name} = XlCall("{function.name}", Array({", ".join(names)}))'
    yield "End Function"


def _registration(functions: Sequence[WorksheetFunction]) -> Iterator[str]:
    yield from ["", "Public Sub RegisterFunctions(ByVal language As String)", "    Select Case language"]
    for language in LANGUAGES:
        case = "Case Else" if language == _OTHER_LANGUAGE else f'Case "{language}"'
        yield f"        {case}: Register_{language}"
    yield from ["    End Select", "End Sub"]
    for language in LANGUAGES:
        yield from ["", f"Private Sub Register_{language}()"]
        for function in functions:
            meanings = ", _\n        ".join(literal(a.meaning[language]) for a in function.arguments)
            yield f'    Describe "{function.name}", {literal(function.description[language])}, Array( _'
            yield f"        {meanings})"
        yield "End Sub"
    yield from [
        "",
        "Private Sub Describe(ByVal name As String, ByVal meaning As String, ByVal arguments As Variant)",
        "    ' Help is a comfort: a function without it works all the same.",
        "    On Error Resume Next",
        "    Application.MacroOptions Macro:=name, Description:=meaning, _",
        f'        Category:="{CATEGORY}", ArgumentDescriptions:=arguments',
        "End Sub",
    ]

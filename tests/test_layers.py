"""The arrows point inwards, modules and functions stay small, and every module has a name that says something."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "xlsales"
PATHS = sorted(PACKAGE.rglob("*.py"))
DOORS = {
    "cli", "commands", "demo", "addin", "attach", "buttons", "__main__", "addin_verbs", "survey_verbs", "card_verbs",
    "plan_verbs", "whatif_verbs", "trace_verbs", "closed",
}

# What each layer may import of ours, beside itself. A new layer is given its arrows here.
ARROWS: dict[str, set[str]] = {
    "__init__": set(),
    "issues": set(),
    "progress": set(),
    "steps": {"issues"},
    "choosing": {"issues", "steps"},
    "tables": {"issues"},
    "sources": {"issues", "tables"},
    "hosts": {"issues", "tables"},
    "build": {"issues", "tables", "hosts"},
    "install": {"issues", "tables"},
    "functions": {"issues", "tables", "steps"},
    "method": {"issues", "tables", "steps", "choosing", "sources", "hosts"},
}
STEP_MAY_IMPORT = {"xlsales.issues"}
HOST_PORT = {"xlsales.hosts", "xlsales.hosts.port"}

# Where a library may be imported at all: a folder or a module of the package.
HOMES: dict[str, tuple[str, ...]] = {
    "xlwings": ("hosts/excel.py", "addin.py"),
    "xlsxwriter": ("build/",),
    "lxml": ("hosts/",),
}
WRITING_HOME = "hosts/"
NAMES_THAT_SAY_NOTHING = {"utils", "util", "helpers", "helper", "misc", "common", "base", "manager", "tools"}
MODULE_LINES, FUNCTION_LINES, PARAMETERS = 300, 45, 6


class Import(NamedTuple):
    """One imported name: the module that imports, its line, and the dotted name."""

    path: Path
    line: int
    name: str

    def __str__(self) -> str:
        return f"{place(self.path)}:{self.line} imports {self.name}"


def place(path: Path) -> str:
    """A module by its path in the package, with forward slashes."""
    return path.relative_to(PACKAGE).as_posix()


def layer(path: Path) -> str:
    """The layer of a module: its top folder, or its own name at the top."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"), str(path))


def dotted(path: Path) -> str:
    return ".".join(("xlsales", *path.relative_to(PACKAGE).with_suffix("").parts)).removesuffix(".__init__")


def imports(path: Path) -> Iterator[Import]:
    """Everything a module imports, also inside functions; modules of ours by their own name."""
    package = dotted(path).split(".") if path.name == "__init__.py" else dotted(path).split(".")[:-1]
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (Import(path, node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            start = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*start, *filter(None, [node.module])])
            yield from (Import(path, node.lineno, name) for name in _modules(module, node.names))


def _modules(module: str, names: list[ast.alias]) -> set[str]:
    """``from a import b`` is a.b where that is a module of ours, otherwise a."""
    ours = {dotted(path) for path in PATHS}
    return {f"{module}.{name.name}" if f"{module}.{name.name}" in ours else module for name in names}


IMPORTS = [found for path in PATHS for found in imports(path)]
OURS = [found for found in IMPORTS if found.name.split(".")[0] == "xlsales"]


def target(found: Import) -> str:
    """The layer an import leads to; the package itself is ``__init__``."""
    return [*found.name.split("."), "__init__"][1]


def listed(offenders: list[str]) -> str:
    return "\n" + "\n".join(offenders)


def test_every_layer_has_its_arrows() -> None:
    """A module or folder at the top of the package is a door or has an entry in the arrows."""
    unknown = {layer(path) for path in PATHS} - set(ARROWS) - DOORS
    assert not unknown, listed([f"{name}: which layers may it import? (ARROWS)" for name in sorted(unknown)])


def test_the_arrows_point_inwards() -> None:
    """Each layer imports only the layers below it; doors import what they like."""
    wrong = [
        str(found)
        for found in OURS
        if (home := layer(found.path)) not in DOORS
        and target(found) not in ARROWS.get(home, set()) | {home, "__init__"}
    ]
    assert not wrong, listed(wrong)


def test_a_step_knows_only_issues() -> None:
    """A step imports nothing of ours but issues, not even another step."""
    wrong = [str(f) for f in OURS if layer(f.path) == "steps" and f.name not in STEP_MAY_IMPORT]
    assert not wrong, listed(wrong)


def test_the_method_knows_hosts_by_their_port() -> None:
    """The method reaches a host through the port, never through an implementation."""
    wrong = [
        str(f) for f in OURS if layer(f.path) == "method" and target(f) == "hosts" and f.name not in HOST_PORT
    ]
    assert not wrong, listed(wrong)


def test_nobody_imports_a_door() -> None:
    """The command line and the add-in are imported by no module but a door."""
    wrong = [str(f) for f in OURS if target(f) in DOORS and layer(f.path) not in DOORS]
    assert not wrong, listed(wrong)


@pytest.mark.parametrize("library", HOMES)
def test_a_library_stays_where_it_belongs(library: str) -> None:
    """xlwings only where Excel is driven, XlsxWriter only where workbooks are built, lxml only in hosts."""
    wrong = [
        str(f)
        for f in IMPORTS
        if f.name.split(".")[0] == library and not place(f.path).startswith(HOMES[library])
    ]
    assert not wrong, listed(wrong)


def test_packages_are_written_only_by_hosts() -> None:
    """Outside hosts a zip file is opened for reading only, and nothing is put into one."""
    wrong = [
        f"{place(path)}:{node.lineno} writes a zip file"
        for path in PATHS
        if not place(path).startswith(WRITING_HOME)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and _writes_zip(node)
    ]
    assert not wrong, listed(wrong)


def _writes_zip(call: ast.Call) -> bool:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if name == "writestr":
        return True
    modes = [*call.args[1:2], *(k.value for k in call.keywords if k.arg == "mode")]
    return name == "ZipFile" and any(not isinstance(m, ast.Constant) or m.value != "r" for m in modes)


def test_a_step_is_one_public_function_of_its_name() -> None:
    """Each file among the steps defines a function named as the file."""
    steps = [path for path in PATHS if layer(path) == "steps" and path.stem != "__init__"]
    lacking = [
        place(path)
        for path in steps
        if not any(isinstance(node, ast.FunctionDef) and node.name == path.stem for node in tree(path).body)
    ]
    assert steps
    assert not lacking, listed(lacking)


def test_a_step_never_asks_what_day_it_is() -> None:
    """Dates are arguments: no step calls today, now or utcnow."""
    wrong = [
        f"{place(path)}:{node.lineno} calls {node.attr}"
        for path in PATHS
        if layer(path) == "steps"
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and node.attr in ("today", "now", "utcnow")
    ]
    assert not wrong, listed(wrong)


def test_modules_are_short() -> None:
    """No module is longer than three hundred lines."""
    sizes = {place(path): len(path.read_text("utf-8").splitlines()) for path in PATHS}
    wrong = [f"{name} has {size} lines" for name, size in sizes.items() if size > MODULE_LINES]
    assert not wrong, listed(wrong)


def functions() -> Iterator[tuple[Path, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for path in PATHS:
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield path, node


def test_functions_are_short() -> None:
    """No function is longer than forty-five lines, its docstring apart."""
    wrong = [
        f"{place(path)}:{node.lineno} {node.name} has {size} lines"
        for path, node in functions()
        if (size := _lines(node)) > FUNCTION_LINES
    ]
    assert not wrong, listed(wrong)


def _lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    first = node.body[0]
    has_text = ast.get_docstring(node, clean=False) is not None
    text = (first.end_lineno or first.lineno) - first.lineno + 1 if has_text else 0
    return (node.end_lineno or node.lineno) - node.lineno + 1 - text


def test_functions_take_few_parameters() -> None:
    """No function takes more than six parameters."""
    wrong = [
        f"{place(path)}:{node.lineno} {node.name} takes {count}"
        for path, node in functions()
        if (count := _parameters(node.args)) > PARAMETERS
    ]
    assert not wrong, listed(wrong)


def _parameters(arguments: ast.arguments) -> int:
    named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    starred = [a for a in (arguments.vararg, arguments.kwarg) if a]
    return len([a for a in named if a.arg not in ("self", "cls")]) + len(starred)


def test_every_name_says_something() -> None:
    """No module or folder is a drawer for whatever is left over."""
    wrong = [place(p) for p in PATHS if NAMES_THAT_SAY_NOTHING & set(p.relative_to(PACKAGE).with_suffix("").parts)]
    assert not wrong, listed(wrong)

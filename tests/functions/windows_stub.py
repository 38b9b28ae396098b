"""xlwings' own Windows layer without Windows: call_udf and its conversion, driven with cells as COM gives them.

    python -m tests.functions.windows_stub

Run in a process of its own, since it puts stand-ins for pywin32 in place. What only Windows can load of xlwings is
taken from the installed source: the engine that cleans cells. Prints the answers to all examples as JSON.
"""

from __future__ import annotations

import ast
import datetime as dt
import json
import os
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd

MISSING = -2147352572


class ComTime(dt.datetime):
    """A date as pywin32 hands it over: a datetime with a time zone."""


class ComRange:
    """A range as it arrives in call_udf: an object with a value."""

    def __init__(self, value: Any) -> None:
        self.Value = value


class RangeOfStub:
    """What the conversion asks of a range of xlwings: its raw value, and the engine at the end of the chain."""

    max_cells_per_read = None
    pid = 0
    address = "$A$1"
    engine: Any = None

    def __init__(self, xl: Any) -> None:
        self.raw_value = getattr(xl, "Value", None)
        self.sheet = self.book = self.app = self


def windows_udfs() -> ModuleType:
    """The module ``xlwings.udfs`` as it is on Windows, with its decorators in place of those that pass through."""
    client = SimpleNamespace(Dispatch=lambda found: found)
    for name, content in {
        "pythoncom": {"CoInitialize": lambda: None},
        "pywintypes": {"TimeType": ComTime},
        "win32com": {"client": client},
        "win32com.client": vars(client),
        "xlwings.com_server": {"loop": None},
    }.items():
        sys.modules[name] = ModuleType(name)
        vars(sys.modules[name]).update(content)
    import xlwings

    windows = ModuleType("xlwings._xlwindows")
    vars(windows).update(_cleaning(Path(xlwings.__file__).with_name("_xlwindows.py")))
    RangeOfStub.engine = vars(windows)["Engine"]()
    xlwings.engines.engines_by_name["excel"] = xlwings.main.Engine(impl=RangeOfStub.engine)
    vars(windows).update(Range=RangeOfStub, is_range_instance=lambda found: isinstance(found, ComRange))
    sys.modules["xlwings._xlwindows"] = xlwings._xlwindows = windows
    from xlwings import udfs

    xlwings.func, xlwings.arg, xlwings.ret = udfs.xlfunc, udfs.xlarg, udfs.xlret
    return udfs


def _cleaning(source: Path) -> dict[str, Any]:
    """The engine of xlwings' Windows module and what it calls, compiled from the installed source."""
    wanted = {"_com_time_to_datetime", "_clean_value_data_element", "_datetime_to_com_time", "cell_errors", "Engine"}
    nodes = [
        node
        for node in ast.parse(source.read_text("utf-8")).body
        if getattr(node, "name", "") in wanted
        or (isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") in wanted)
    ]
    space: dict[str, Any] = {"dt": dt, "np": np, "pd": pd, "time_types": (dt.date, dt.datetime, np.datetime64)}
    exec(compile(ast.Module(nodes, []), str(source), "exec"), space)
    return space


def com_cells(value: Any) -> Any:
    """Cells of an example as Excel gives them: every number a float, dates with a time zone."""
    if isinstance(value, list):
        return tuple(tuple(map(com_cells, row)) for row in value)
    if isinstance(value, dt.date):
        return ComTime(value.year, value.month, value.day, tzinfo=dt.UTC)
    return float(value) if type(value) is int else value


def main() -> None:
    """Every example in both languages, the cells once as ranges and once as arrays of another formula."""
    from xlsales.tables.functions import load_functions

    udfs = windows_udfs()
    answers: dict[str, Any] = {}
    for function in load_functions():
        given = [function.example.cells.get(argument.key) for argument in function.arguments]
        cells = [MISSING if value is None else com_cells(value) for value in given]
        ranges = [value if value is MISSING else ComRange(value) for value in cells]
        for language in ("sv", "en"):
            os.environ["XLSALES_LANGUAGE"] = language
            for kind, arguments in (("ranges", ranges), ("arrays", cells)):
                found = udfs.call_udf("xlsales.addin", function.name, tuple(arguments), None, ComRange(None))
                answers[f"{function.name} {language} {kind}"] = found
    import xlsales.addin as addin

    told = {name: vars(addin)[name].__xlfunc__ for name in dir(addin) if name.startswith("XLS_")}
    arguments = {name: [[a["name"], "optional" in a, a["options"]] for a in f["args"]] for name, f in told.items()}
    answers["told"] = {name: [arguments[name], told[name]["ret"]["options"], told[name]["category"]] for name in told}
    error = ((1.0,), (-2146826281,))
    answers["error cell"] = udfs.call_udf("xlsales.addin", "XLS_ABC", (ComRange(error), *[MISSING] * 3), None, None)
    print(json.dumps(answers))


if __name__ == "__main__":
    main()

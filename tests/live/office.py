"""A LibreOffice without a window, driven over a pipe. It stands in for Excel where there is none."""

from __future__ import annotations

import atexit
import builtins
import os
import shutil
import signal
import subprocess
import sys
import time
import uuid
from contextlib import suppress
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

from tests.programs import needed as needed

Locale = Literal["sv-SE", "en-US"]
FILTERS = {".xlsx": "Calc MS Excel 2007 XML", ".xlsm": "Calc MS Excel 2007 VBA XML"}
FILTERS[".xlam"] = FILTERS[".xlsm"]
_UNO_FOLDER = "/usr/lib/python3/dist-packages"
_START_SECONDS = 60.0
_RUN_ALL_MACROS = 4  # com.sun.star.document.MacroExecMode.ALWAYS_EXECUTE_NO_WARN
# Results in a file may be stale or zero; Excel computes them when it opens the file, so must we.
_PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Setup/L10N"><prop oor:name="ooSetupSystemLocale" oor:op="fuse"><value>{locale}</value></prop></item>
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Misc"><prop oor:name="UseLocking" oor:op="fuse"><value>false</value></prop></item>
</oor:items>
"""  # noqa: E501


@cache
def import_uno() -> Any:
    """The module ``uno`` of the system's Python, also from a virtual environment of the same version."""
    usual_import = builtins.__import__
    if find_spec("uno") is None:
        needed(f"{_UNO_FOLDER}/uno.py")
        sys.path.append(_UNO_FOLDER)
    try:
        return import_module("uno")
    finally:
        # uno makes every import of the process slower and its errors strange; nothing here needs that.
        builtins.__import__ = usual_import
        if sys.path[-1] == _UNO_FOLDER:
            sys.path.pop()


def struct(name: str, **fields: Any) -> Any:
    """A UNO structure such as ``table.CellRangeAddress`` with the fields given."""
    made = import_uno().createUnoStruct(f"com.sun.star.{name}")
    for field, value in fields.items():
        setattr(made, field, value)
    return made


def enum(name: str, member: str) -> Any:
    """A member of a UNO enumeration such as ``sheet.CellInsertMode``."""
    return import_uno().Enum(f"com.sun.star.{name}", member)


def properties(**values: Any) -> tuple[Any, ...]:
    """Named arguments as UNO takes them."""
    return tuple(struct("beans.PropertyValue", Name=name, Value=value) for name, value in values.items())


class Office:
    """One soffice process with a profile of its own, ended by its process number."""

    def __init__(self, folder: Path, locale: Locale = "sv-SE") -> None:
        """Start soffice with its profile in ``folder``, as on a computer set to ``locale``."""
        soffice = needed(shutil.which("soffice"))
        settings = folder / "profile" / "user" / "registrymodifications.xcu"
        settings.parent.mkdir(parents=True)
        settings.write_text(_PROFILE.format(locale=locale), "utf-8")
        pipe = f"xlsales{os.getpid()}{uuid.uuid4().hex[:8]}"
        # LibreOffice brings a Python of its own, which a virtual environment would lead astray.
        self._process = subprocess.Popen(
            [soffice, "--headless", "--norestore", "--nologo", "--nodefault",
             f"-env:UserInstallation={(folder / 'profile').as_uri()}", f"--accept=pipe,name={pipe};urp;"],
            env={"PATH": "/usr/bin:/bin", "HOME": str(folder), "LC_ALL": "C.UTF-8"}, start_new_session=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        atexit.register(self.close)
        self.desktop: Any = None
        self.desktop = self._connect(pipe)

    def _connect(self, pipe: str) -> Any:
        local = import_uno().getComponentContext()
        resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
        deadline = time.monotonic() + _START_SECONDS
        while True:
            try:
                context = resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
                return context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
            except Exception:  # the program does not listen yet
                if self._process.poll() is not None or time.monotonic() > deadline:
                    self.close()
                    raise
                time.sleep(0.05)

    @property
    def pid(self) -> int:
        """The number of the process that was started."""
        return self._process.pid

    def open(self, path: Path, *, read_only: bool = False) -> Any:
        """Open a workbook with its macros allowed to run, and compute it."""
        arguments = properties(
            FilterName=FILTERS[path.suffix.lower()], MacroExecutionMode=_RUN_ALL_MACROS, ReadOnly=read_only
        )
        document = self.desktop.loadComponentFromURL(path.resolve().as_uri(), "_blank", 0, arguments)
        if document is None:
            raise FileNotFoundError(path)
        return document

    def new(self) -> Any:
        """An empty workbook that is in no file yet."""
        return self.desktop.loadComponentFromURL("private:factory/scalc", "_blank", 0, ())

    def store(self, document: Any, path: Path) -> Path:
        """Write a copy of a workbook; the suffix decides the format."""
        document.storeToURL(path.resolve().as_uri(), self.arguments(path))
        return path

    def arguments(self, path: Path) -> tuple[Any, ...]:
        """How a file of this suffix is stored."""
        return properties(FilterName=FILTERS[path.suffix.lower()])

    def run(self, document: Any, macro: str, *arguments: Any) -> Any:
        """Run ``Project.Module.Procedure`` of a workbook. An error inside gives None, so let macros return more."""
        provider = document.getScriptProvider()
        script = provider.getScript(f"vnd.sun.star.script:{macro}?language=Basic&location=document")
        result, _, _ = script.invoke(arguments, (), ())
        return result

    def close(self) -> None:
        """End the process and everything it started, with a word first and by force if it does not listen."""
        atexit.unregister(self.close)
        # The program closes the pipe while it answers, so the call ends in an error of its bridge.
        with suppress(Exception):
            self.desktop.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)  # all of the session made for it
            self._process.wait()

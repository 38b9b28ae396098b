"""What runs in LibreOffice's own Python: a button's command with the workbook it was pressed in."""

from __future__ import annotations

import os
import sys
import traceback
from functools import cache

from tests.live.engine import App, register
from tests.live.office import Office, import_uno


class ThisOffice(Office):
    """The office this Python runs in; it is neither started nor ended here."""

    def __init__(self) -> None:
        context = import_uno().getComponentContext()
        self.desktop = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)

    @property
    def pid(self) -> int:
        """Our own process."""
        return os.getpid()


def run(command: str, workbook: str) -> str:
    """Run a command as xlwings does for ``RunPython``; returns what was told, or the traceback."""
    app = _app()
    app.alerts.clear()
    sys.argv = ["", f"--wb={workbook}", "--from_xl=1"]
    try:
        exec(command, {})
    except Exception:
        return traceback.format_exc()
    return "\n".join(f"{alert.mode}: {alert.prompt}" for alert in app.alerts)


@cache
def _app() -> App:
    app: App = next(iter(register(ThisOffice()).impl.apps))
    return app

"""Which processes live, so that what a dead one left behind can be told from work in progress."""

from __future__ import annotations

import os
import socket
import sys
import zlib


def this_machine() -> str:
    """A short mark of this machine, the same in every process on it."""
    return f"{zlib.crc32(socket.gethostname().encode()):08x}"


def alive(process: int) -> bool:
    """Whether a process of this machine is running."""
    if process <= 0:
        return False
    if sys.platform == "win32":
        return _alive_on_windows(process)
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _alive_on_windows(process: int) -> bool:
    # A signal would end the process there, so ask for a handle and whether it has been signalled.
    import ctypes

    kernel = getattr(ctypes, "windll").kernel32  # noqa: B009
    handle = kernel.OpenProcess(0x0010_0000, False, process)
    if not handle:
        return bool(kernel.GetLastError() == 5)
    waiting = kernel.WaitForSingleObject(handle, 0)
    kernel.CloseHandle(handle)
    return bool(waiting == 0x102)

"""Sheets read in a process of their own: a reader that stops, hangs or asks for all memory there is ends alone.

The readers of xls, xlsb and ods cannot be protected by a look at the file beforehand. Large xlsx sheets are read
here too, since looking at them first would take longer than starting a process, and can go on beside it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from xlsales.issues import CannotRead

Plan = tuple[str, int, list[int] | str]

_SUFFIXES = {"xlsx": {".xlsx", ".xlsm"}, "xlsb": {".xlsb"}, "xls": {".xls", ".xla"}, "ods": {".ods"}}
_SECONDS, _BYTES_A_SECOND = 15, 4_000_000
_MEMORY, _MEMORY_PER_BYTE = 3 * 1024**3, 16
_WINDOWS_NO_WINDOW = 0x08000000


@dataclass(frozen=True)
class Limits:
    """What a reader may take. seconds: of the clock. memory: bytes of address space, 0 for no limit."""

    seconds: float
    memory: int

    @classmethod
    def of(cls, unpacked: int) -> Limits:
        """Limits that fit a file of so many bytes, many times what a real one takes."""
        return cls(_SECONDS + unpacked / _BYTES_A_SECOND, _MEMORY + _MEMORY_PER_BYTE * unpacked)


class Reading:
    """A process that reads sheets, started at once; the cells are asked for when they are needed."""

    def __init__(self, path: Path, kind: str, plan: Sequence[Plan], limits: Limits) -> None:
        """plan: (sheet, rows to skip, columns to read as text or "all") for each sheet; empty for all as text."""
        self._path = path
        order = {"path": str(path), "kind": kind, "plan": list(plan), "memory": limits.memory}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "xlsales.sources.apart"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            creationflags=_WINDOWS_NO_WINDOW if sys.platform == "win32" else 0,
        )
        self._timer = threading.Timer(limits.seconds, self._process.kill)
        self._timer.daemon = True
        self._timer.start()
        assert self._process.stdin
        with self._process.stdin as pipe:
            pipe.write(json.dumps(order).encode())

    def __enter__(self) -> Reading:
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        self._process.kill()
        if self._process.stdout:
            self._process.stdout.close()
        self._process.wait()

    def sheets(self) -> Iterator[tuple[str, Any]]:
        """(name, :class:`xlsales.sources.loading.Sheet`) one by one.

        Raises CannotRead damaged_workbook where the reader stopped or took too long.
        """
        import pyarrow as pa

        from xlsales.sources.loading import Sheet

        assert self._process.stdout
        while (header := _header(self._process.stdout)) is not None:
            if "error" in header:
                raise CannotRead("damaged_workbook", path=str(self._path), detail=header["error"])
            if "done" in header:
                return
            with pa.ipc.open_stream(self._process.stdout) as stream:
                batches = list(stream)
            errors = tuple((row, column, text) for row, column, text in header["errors"])
            yield header["name"], Sheet(batches[0], tuple(header["columns"]), errors)
        raise CannotRead("damaged_workbook", path=str(self._path), detail="the reader stopped")


def opened(path: Path, kind: str) -> Any:
    """A fastexcel reader, chosen by what the file is: by itself it would go by the ending of the name."""
    import fastexcel

    return fastexcel.read_excel(str(path) if path.suffix.lower() in _SUFFIXES[kind] else path.read_bytes())


def _header(pipe: IO[bytes]) -> dict[str, Any] | None:
    try:
        found = json.loads(pipe.readline())
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _read(order: dict[str, Any], pipe: IO[bytes]) -> None:
    import pyarrow as pa

    from xlsales.sources.loading import load

    reader = opened(Path(order["path"]), order["kind"])
    for name, skip, texts in order["plan"] or [(name, 0, "all") for name in reader.sheet_names]:
        sheet = load(reader, name, skip, texts)
        if sheet is None:
            continue
        header = {"name": name, "columns": sheet.columns, "errors": sheet.errors}
        pipe.write(json.dumps(header).encode() + b"\n")
        with pa.ipc.new_stream(pipe, sheet.batch.schema) as stream:
            stream.write_batch(sheet.batch)
    pipe.write(b'{"done": true}\n')


def _limit(memory: int) -> None:
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    except (ImportError, OSError, ValueError):
        # Windows and macOS refuse memory by themselves where it does not exist.
        return


def main() -> None:
    """Read what is asked for on standard input, and write it to standard output as headers and Arrow streams."""
    order = json.loads(sys.stdin.buffer.read())
    _limit(int(order["memory"]))
    with os.fdopen(os.dup(1), "wb") as pipe:
        os.dup2(2, 1)
        try:
            _read(order, pipe)
        except BaseException as error:
            detail = (str(error).strip().splitlines() or [type(error).__name__])[0]
            pipe.write(json.dumps({"error": detail}).encode() + b"\n")


if __name__ == "__main__":
    main()

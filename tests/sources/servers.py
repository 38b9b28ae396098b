"""Database servers for tests, started in a folder of their own and stopped when the tests are done."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

USER = "xlsales"
PASSWORD = "s3cr:t/p@ss#word"
_SECONDS = 60


def needed(name: str, *places: str) -> str:
    """A program the tests need, or a skipped test where it is missing; on the build server that is a failure."""
    folders = [*Path("/usr/lib/postgresql").glob("*/bin"), Path("/usr/sbin")]
    found = shutil.which(name) or next((str(f / name) for f in folders if (f / name).exists()), None)
    if found:
        return found
    if os.environ.get("CI"):
        pytest.fail(f"a program the tests need is missing: {name}")
    pytest.skip(f"needs {name}; see CONTRIBUTING.md")


def importable(module: str) -> Any:
    """A driver the tests need, or a skipped test; on the build server that is a failure."""
    if os.environ.get("CI"):
        return __import__(module)
    return pytest.importorskip(module)


@contextlib.contextmanager
def postgresql() -> Iterator[str]:
    """A new server with an empty database; the address of its owner, without a password in it."""
    initdb, server = needed("initdb"), needed("postgres")
    psycopg = importable("psycopg")
    with _folder() as (folder, account):
        data, port = folder / "data", _free_port()
        secret = folder / "password"
        secret.write_text(PASSWORD)
        options = ["--auth=scram-sha-256", f"--pwfile={secret}", "--encoding=UTF8", "--locale=C", "--no-sync"]
        subprocess.run([initdb, "-D", data, "-U", USER, *options], check=True, capture_output=True, **account)
        command = [server, "-D", data, "-p", str(port), "-k", folder, "-h", "127.0.0.1", "-c", "fsync=off"]
        with _running(command, folder, account):
            login = {"user": USER, "password": PASSWORD, "dbname": "postgres"}
            _until(lambda: psycopg.connect(host="127.0.0.1", port=port, **login)).close()
            yield f"postgresql://{USER}@127.0.0.1:{port}/postgres"


@contextlib.contextmanager
def mariadb() -> Iterator[str]:
    """A new server with an empty database; the address of its owner, without a password in it."""
    install, server = needed("mariadb-install-db"), needed("mariadbd")
    pymysql = importable("pymysql")
    with _folder() as (folder, account):
        data, port, line = folder / "data", _free_port(), folder / "mariadb.sock"
        setup = [install, "--no-defaults", f"--datadir={data}", "--auth-root-authentication-method=normal"]
        subprocess.run([*setup, "--skip-test-db"], check=True, capture_output=True, **account)
        command = [
            server, "--no-defaults", f"--datadir={data}", f"--port={port}", f"--socket={line}",
            "--bind-address=127.0.0.1", "--innodb-flush-log-at-trx-commit=0", f"--pid-file={folder / 'pid'}",
        ]  # fmt: skip
        with _running(command, folder, account):
            # The driver leaves a socket open when nobody answers, so it is only used once somebody does.
            _until(lambda: _answers(line))
            root = pymysql.connect(unix_socket=str(line), user="root", autocommit=True)
            with root, root.cursor() as cursor:
                cursor.execute("CREATE DATABASE ledger CHARACTER SET utf8mb4")
                cursor.execute(f"CREATE USER '{USER}'@'%' IDENTIFIED BY '{PASSWORD}'")
                cursor.execute(f"GRANT ALL ON ledger.* TO '{USER}'@'%'")
            yield f"mysql://{USER}@127.0.0.1:{port}/ledger"


def _answers(line: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as tried:
        tried.connect(str(line))
    return True


@contextlib.contextmanager
def _folder() -> Iterator[tuple[Path, dict[str, Any]]]:
    """A folder of the account that the server runs as: no server starts as root."""
    folder = Path(tempfile.mkdtemp(prefix="xlsales-"))
    account: dict[str, Any] = {}
    if os.geteuid() == 0:
        name = next((n for n in ("postgres", "mysql", "nobody") if _known(n)), "nobody")
        entry = pwd.getpwnam(name)
        os.chown(folder, entry.pw_uid, entry.pw_gid)
        account = {
            "user": entry.pw_uid,
            "group": entry.pw_gid,
            "extra_groups": [],
            "env": {**os.environ, "HOME": str(folder)},
        }
    try:
        yield folder, {**account, "cwd": folder}
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _known(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True


@contextlib.contextmanager
def _running(command: list[Any], folder: Path, account: dict[str, Any]) -> Iterator[None]:
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(list(map(str, command)), stdout=log, stderr=log, **account)
        try:
            yield
        finally:
            process.terminate()
            try:
                process.wait(_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _until(connect: Callable[[], Any]) -> Any:
    """The first connection that a starting server accepts."""
    end = time.monotonic() + _SECONDS
    while True:
        try:
            return connect()
        except Exception:
            if time.monotonic() > end:
                raise
            time.sleep(0.2)


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port

"""What drivers say when they cannot, as one line of ours: never with a password, never with their traceback."""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from xlsales.issues import CannotRead, XlsalesError
from xlsales.sources.beside import Answer, Beside
from xlsales.sources.databases.addresses import Address

SECONDS: Final = 15
_LONGEST: Final = 300
# The first that fits counts: what is said of a table often names the database too.
_SIGNS: Final = (
    ("database_ssl", r"no encryption|requires? (?:an )?(?:SSL|TLS)|insecure transport|\b3159\b|SSL is required|"
                     r"certificate verify|server does not support SSL|ssl.*required|SSL connection (?:is )?required|"
                     r"certificate chain|self.signed"),
    ("database_denied", r"\b(?:42501|1142|1143|1044|1370)\b|permission denied|command denied|insufficient privileges|"
                        r"permission was denied|\b403\b|not authorized|access denied.*(?:to database|permission)|"
                        r"INSUFFICIENT_PERMISSIONS"),
    ("database_login", r"\b(?:28P01|28000|1045|1698|18456|250001|390100)\b|password|access denied for user|"
                       r"login failed|"
                       r"authentication|incorrect username|credentials|\b401\b|invalid access token"),
    ("database_unknown", r"\b(?:3D000|1049|4060|911)\b|unknown database|cannot open database|"
                         r"database .*(?:does not exist|not found)|not a database|not a valid DuckDB|"
                         r"unable to open database file"),
    ("database_table", r"\b(?:42P01|1146|208|42S02)\b|no such table|TABLE_OR_VIEW_NOT_FOUND|invalid object name|"
                       r"(?:relation|table|view|object)\b.*(?:does not exist|not found|doesn't exist)|PATH_NOT_FOUND"),
    ("database_busy", r"could not set lock|database is locked|\b(?:55P03|1205|1222)\b|lock (?:wait )?timeout|"
                      r"being used by another process|conflicting lock"),
    ("database_unreachable", r"\b(?:08001|08006|08S01|2003|2005|2013)\b|refused|timed? ?out|timeout expired|"
                             r"getaddrinfo|"
                             r"could not translate|service not known|unreachable|no route|connection reset|"
                             r"failed to resolve|unable to establish connection|closed the connection|"
                             r"could not connect|lost connection|TCP Provider|no address associated"),
)  # fmt: skip


class TooLong(Exception):
    """A server took the connection and then said nothing."""


def driver(module: str, package: str) -> Any:
    """A driver by name. Raises CannotRead database_driver, with the line that installs it."""
    try:
        return importlib.import_module(module)
    except ImportError:
        pass
    raise CannotRead("database_driver", driver=module, command=f'pip install "{package}"')


def needs_sqlglot() -> None:
    """Whatever is read from a database is written in its dialect by sqlglot."""
    driver("sqlglot", "sqlglot")


@contextmanager
def refusing(address: Address) -> Iterator[None]:
    """Turn whatever a driver raises into CannotRead, with its own words scrubbed and without its traceback."""
    try:
        yield
    except XlsalesError:
        raise
    except Exception as problem:
        raise _refusal(address, problem) from None


def within(seconds: float, work: Callable[[], Answer]) -> Answer:
    """The answer of ``work``, or TooLong: not every driver minds the time after the connection is made."""
    beside = Beside(work)
    if not beside.done(seconds):
        raise TooLong("timed out")
    return beside.answer()


def _refusal(address: Address, problem: Exception) -> CannotRead:
    # MySQL's driver gives a number and its words; PostgreSQL's shows the line of a statement that is ours.
    words_only = problem.args[1] if len(problem.args) == 2 and isinstance(problem.args[1], str) else problem
    said = re.sub(r"\s*\bLINE \d+:.*$", "", address.scrubbed(words_only))
    marks = [getattr(problem, name, "") for name in ("sqlstate", "errno", "code")]
    marks += [str(part) for part in problem.args[:1] if isinstance(part, int | str) and len(str(part)) < 8]
    words = f"{type(problem).__name__} {' '.join(str(mark) for mark in marks if mark)} {said}"
    code = next((code for code, sign in _SIGNS if re.search(sign, words, re.IGNORECASE)), "database_failed")
    if isinstance(problem, TimeoutError | TooLong | ConnectionError):
        code = "database_unreachable"
    detail = said[:_LONGEST] or type(problem).__name__
    return CannotRead(code, path=address.shown(), host=_host(address), seconds=SECONDS, detail=detail)


def _host(address: Address) -> str:
    return f"{address.host}:{address.port}" if address.port else address.host or address.path

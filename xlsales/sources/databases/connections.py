"""Connections to databases: read only, closed afterwards, each answering with rows or frames."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, Protocol

import pandas as pd

from xlsales.issues import CannotRead
from xlsales.sources.databases.addresses import Address
from xlsales.sources.databases.refusals import SECONDS, refusing, within

Name = tuple[str, ...]
_SYSTEM: Final = (
    "information_schema", "pg_catalog", "mysql", "performance_schema", "sys", "pg_toast", "guest",
)  # fmt: skip
_COLUMNS: Final = (
    "SELECT table_schema, table_name, column_name FROM {catalogue} {where} ORDER BY 1, 2, ordinal_position"
)


class Connection(Protocol):
    """What is asked of a connection; statements are in the engine's own dialect."""

    def rows(self, sql: str) -> tuple[list[str], list[Sequence[Any]]]:
        """Names of the columns and the rows, as the driver's own values: for small answers."""

    def frame(self, sql: str) -> pd.DataFrame:
        """An answer of any size."""

    def tables(self) -> dict[Name, list[str]]:
        """Every table and view, by schema and name or by name alone, with its columns."""

    def close(self) -> None:
        """Give it back."""


class Cursors:
    """A connection of a driver that follows Python's database interface."""

    def __init__(self, connection: Any, tables: Callable[[Cursors], dict[Name, list[str]]]) -> None:
        self._connection = connection
        self._tables = tables

    def rows(self, sql: str) -> tuple[list[str], list[Sequence[Any]]]:
        """Names of the columns and the rows."""
        with closing(self._connection.cursor()) as cursor:
            cursor.execute(sql)
            return [str(column[0]) for column in cursor.description], list(cursor.fetchall())

    def frame(self, sql: str) -> pd.DataFrame:
        """The rows as a frame; whole numbers stay whole numbers."""
        names, rows = self.rows(sql)
        return pd.DataFrame.from_records([tuple(row) for row in rows], columns=names)

    def tables(self) -> dict[Name, list[str]]:
        """Every table and view with its columns."""
        return self._tables(self)

    def close(self) -> None:
        """Close; what a driver says about that is of no use to anybody."""
        try:
            self._connection.close()
        except Exception:
            return


class _DuckDB(Cursors):
    def frame(self, sql: str) -> pd.DataFrame:
        frame: pd.DataFrame = self._connection.sql(sql).df()
        return frame


@contextmanager
def connected(address: Address) -> Iterator[Connection]:
    """A connection for the time being. Raises CannotRead: database_driver, database_unreachable, database_login, …"""
    with refusing(address):
        connection = _open(address)
        try:
            yield connection
        finally:
            connection.close()


def _open(address: Address) -> Connection:
    if address.scheme in _FILES:
        return _FILES[address.scheme](address)
    if address.scheme == "spark":
        from xlsales.sources.databases.spark import open_spark

        return open_spark(address)
    from xlsales.sources.databases.servers import INTERACTIVE, open_server

    seconds = (
        INTERACTIVE if address.settings.get("authenticator") or address.settings.get("authentication") else SECONDS
    )
    return within(seconds + 1, lambda: open_server(address))


def information_schema(
    schema: str = "", catalogue: str = "information_schema.columns"
) -> Callable[[Cursors], dict[Name, list[str]]]:
    """The tables of a database as its information schema tells them, of one schema or of all but the system's own."""

    def tables(connection: Cursors) -> dict[Name, list[str]]:
        skipped = ", ".join(f"'{name}'" for name in _SYSTEM)
        name = schema.replace("'", "''")
        where = (
            f"WHERE LOWER(table_schema) = LOWER('{name}')"
            if schema
            else f"WHERE LOWER(table_schema) NOT IN ({skipped})"
        )
        return grouped(connection.rows(_COLUMNS.format(catalogue=catalogue, where=where))[1])

    return tables


def grouped(rows: Sequence[Sequence[Any]]) -> dict[Name, list[str]]:
    """(schema, table, column) → the columns of each table."""
    found: dict[Name, list[str]] = {}
    for *name, column in rows:
        found.setdefault(tuple(str(part) for part in name), []).append(str(column))
    return found


def _sqlite(address: Address) -> Connection:
    """Read only, and sure to find what was there: SQLite makes an empty database where there is none."""
    path = _file(address)
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=SECONDS)
    connection.execute("PRAGMA query_only = ON")
    connection.execute("BEGIN")
    return Cursors(connection, _sqlite_tables)


def _sqlite_tables(connection: Cursors) -> dict[Name, list[str]]:
    return grouped(
        connection.rows(
            "SELECT m.name, c.name FROM sqlite_master AS m, pragma_table_info(m.name) AS c "
            "WHERE m.type IN ('table', 'view') AND m.name NOT LIKE 'sqlite_%' ORDER BY 1, c.cid"
        )[1]
    )


def _duckdb(address: Address) -> Connection:
    import duckdb

    connection = duckdb.connect(str(_file(address)), read_only=True)
    connection.execute("SET autoinstall_known_extensions = false")
    connection.execute("BEGIN")
    return _DuckDB(connection, information_schema())


def _file(address: Address) -> Path:
    """The file of an address: after three slashes as seen from here, or else from the root."""
    near = Path(address.path)
    path = next((place for place in (near, Path("/") / near) if place.is_file()), None)
    if path is None:
        raise CannotRead("missing_file", path=str(near))
    return path


_FILES: Final = MappingProxyType({"sqlite": _sqlite, "duckdb": _duckdb})

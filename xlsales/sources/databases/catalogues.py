"""Which table of a database is the ledger: the one named, else the only one that has all of its columns."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from xlsales.issues import CannotRead
from xlsales.sources import ReadOptions
from xlsales.sources.databases.addresses import Address
from xlsales.sources.databases.connections import Connection, Name
from xlsales.sources.databases.dialects import DIALECTS, Relation, query_relation, table_relation
from xlsales.sources.headings import find_headings

_LISTED: Final = 12
_USUAL: Final = ("public", "dbo", "main")


def relation_of(connection: Connection, address: Address, options: ReadOptions) -> tuple[Relation, str]:
    """What is to be read and what it is called. Raises CannotRead: database_query, database_table, database_tables,
    database_no_table.
    """
    dialect, settings = DIALECTS[address.scheme], address.settings
    query = options.query or settings.get("query", "")
    if query:
        return query_relation(query, dialect, address.shown()), "query"
    if getattr(connection, "files", False):
        from xlsales.sources.databases.spark import VIEW

        return Relation(VIEW), Path(address.path).name
    wanted = options.sheet or settings.get("table", "") or (address.path if address.scheme == "spark" else "")
    name = _named(connection, address, wanted) if wanted else _found(connection, address, options)
    return table_relation(name, dialect), ".".join(name)


def _named(connection: Connection, address: Address, wanted: str) -> Name:
    """A table by the name it was given, with or without its schema, in any case of letters."""
    parts = tuple(part.strip('"`[] ') for part in wanted.split("."))
    try:
        tables = connection.tables()
    except Exception:
        tables = {}
    for alike in (lambda name: name == parts[-len(name) :], lambda name: _folded(name) == _folded(parts)[-len(name) :]):
        found = [name for name in tables if alike(name[-len(parts) :])]
        if len(found) > 1:
            found = [name for name in found if name[0].lower() in _USUAL] or found
        if len(found) == 1:
            return found[0] if len(parts) <= len(found[0]) else parts
    if found:
        raise CannotRead("database_tables", path=address.shown(), tables=_listed(found))
    if tables and len(parts) <= max(map(len, tables)):
        raise CannotRead("database_table_unknown", path=address.shown(), table=wanted, tables=_listed(tables))
    # Of another database, or where the catalogue may not be read: the engine knows.
    return parts


def _found(connection: Connection, address: Address, options: ReadOptions) -> Name:
    """The only table or view with a date, a customer and an amount."""
    tables = connection.tables()
    whole = [name for name, columns in tables.items() if _is_ledger(columns, options)]
    if len(whole) == 1:
        return whole[0]
    if whole:
        raise CannotRead("database_tables", path=address.shown(), tables=_listed(whole))
    raise CannotRead("database_no_table", path=address.shown(), tables=_listed(tables))


def _is_ledger(columns: list[str], options: ReadOptions) -> bool:
    headings = find_headings([columns], options.columns, options.profile)
    return headings is not None and not headings.missing()


def _listed(names: Mapping[Name, list[str]] | list[Name]) -> list[str]:
    shown = [".".join(name) for name in names]
    return (shown if len(shown) <= _LISTED else [*shown[:_LISTED], "…"]) or ["–"]


def _folded(name: Name) -> Name:
    return tuple(part.lower() for part in name)

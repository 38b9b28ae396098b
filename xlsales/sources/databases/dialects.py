"""The SQL of the waist in the words of each engine, by sqlglot, mended where it writes what an engine lacks."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from xlsales.issues import CannotRead

if TYPE_CHECKING:
    from sqlglot import exp

DIALECTS: Final = MappingProxyType({
    "sqlite": "sqlite", "duckdb": "duckdb", "postgresql": "postgres", "mysql": "mysql", "mssql": "tsql",
    "snowflake": "snowflake", "bigquery": "bigquery", "databricks": "databricks", "spark": "spark",
})  # fmt: skip
SOURCE: Final = "xlsales_source"
BINARY: Final = "XLSALES_BINARY"
_SOURCE = re.compile(rf'["`\[]?{SOURCE}["`\]]?')
_COLLATIONS: Final = {"postgres": '"C"', "mysql": "utf8mb4_bin", "tsql": "Latin1_General_100_BIN2"}
_MOST_TEXT = 400

# Without a handler what sqlglot does not know would end up on standard error.
logging.getLogger("sqlglot").addHandler(logging.NullHandler())


@dataclass(frozen=True)
class Relation:
    """What is read, in the words of its engine: a table or a query in parentheses, and what must stand before it."""

    sql: str
    before: str = ""


def in_dialect(sql: str, dialect: str, relation: Relation) -> str:
    """A statement of ours, written for DuckDB, in another dialect, reading ``relation`` where it says SOURCE.

    ``XLSALES_BINARY(text)`` is a text that is compared letter by letter, whatever the database's collation is.
    """
    import sqlglot

    tree = _mended(sqlglot.parse_one(sql, read="duckdb"), dialect)
    text = tree.sql(dialect=dialect, identify=True)
    return relation.before + _SOURCE.sub(lambda _: relation.sql, text)


def table_relation(name: tuple[str, ...], dialect: str) -> Relation:
    """A table by its parts: database, schema, name, as they are written in the catalogue."""
    from sqlglot import exp

    return Relation(".".join(exp.to_identifier(part, quoted=True).sql(dialect=dialect) for part in name))


def query_relation(query: str, dialect: str, path: str) -> Relation:
    """A user's query as something to read from. Raises CannotRead database_query where it is no SELECT."""
    tree = _only_select(query, dialect, path)
    text = query.strip().rstrip("; \n\t")
    if dialect != "tsql":
        return Relation(f"(\n{text}\n)")
    # There, a query within another has no WITH, and no ORDER BY unless it is cut off.
    before = tree.args.get("with_") or tree.args.get("with")
    tree.set("with_", None)
    tree.set("with", None)
    if not tree.args.get("limit") and not tree.args.get("offset"):
        tree.set("order", None)
    opening = f"{before.sql(dialect=dialect)} " if before else ""
    return Relation(f"(\n{tree.sql(dialect=dialect)}\n)", opening)


def _only_select(query: str, dialect: str, path: str) -> exp.Query:
    import sqlglot
    from sqlglot import exp

    try:
        trees = [tree for tree in sqlglot.parse(query, read=dialect) if tree is not None]
    except (sqlglot.errors.SqlglotError, RecursionError, ValueError) as problem:
        raise CannotRead("database_query", path=path, detail=_where(problem)) from None
    writing = (exp.DML, exp.DDL, exp.Command, exp.Into, exp.Lock, exp.Set, exp.Copy)
    if len(trees) != 1 or not isinstance(trees[0], exp.Query):
        raise CannotRead("database_query", path=path, detail="SELECT")
    found = next(
        (node for node in trees[0].walk() if isinstance(node, writing) and not isinstance(node, exp.Query)), None
    )
    if found is not None:
        raise CannotRead("database_query", path=path, detail=type(found).__name__.upper())
    return trees[0]


def _where(problem: Exception) -> str:
    """The place of a mistake in a query."""
    errors = getattr(problem, "errors", None) or [{}]
    line, column = errors[0].get("line"), errors[0].get("col")
    return f"{line}:{column}" if line else "SELECT"


def _mended(tree: exp.Expr, dialect: str) -> exp.Expr:
    """Put right what sqlglot leaves as it is though the engine has no such thing, from the innermost outwards."""
    own: Callable[[exp.Expr], exp.Expr] = {"sqlite": _for_sqlite, "tsql": _for_tsql}.get(dialect, _as_it_is)
    for node in reversed(list(tree.dfs())):
        new = own(_compared(node, dialect))
        if new is not node:
            tree = new if node is tree else tree
            node.replace(new)
    return tree


def _as_it_is(node: exp.Expr) -> exp.Expr:
    return node


def _compared(node: exp.Expr, dialect: str) -> exp.Expr:
    from sqlglot import exp

    if not isinstance(node, exp.Anonymous) or node.name != BINARY:
        return node
    text = exp.Paren(this=node.expressions[0].copy())
    if dialect not in _COLLATIONS:
        return text
    return exp.Paren(this=exp.Collate(this=text, expression=exp.Var(this=_COLLATIONS[dialect])))


def _for_sqlite(node: exp.Expr) -> exp.Expr:
    """There days are text in ISO form, there are no decimals, and no powers on every machine."""
    from sqlglot import exp

    if isinstance(node, exp.Extract):
        start, length = {"YEAR": (1, 4), "MONTH": (6, 2), "DAY": (9, 2)}[node.name.upper()]
        return _parsed(f"CAST(SUBSTR(x, {start}, {length}) AS INTEGER)", node.expression)
    if isinstance(node, exp.Pow):
        return _parsed("(1 << (x))", node.expression)
    if isinstance(node, exp.BitwiseOrAgg):
        return _parsed("SUM(DISTINCT x)", node.this)
    if isinstance(node, exp.Cast) and node.to.is_type("date"):
        return exp.Paren(this=node.this.copy())
    if isinstance(node, exp.Cast) and node.to.is_type("decimal"):
        return _parsed("CAST(x AS REAL)", node.this)
    return node


def _for_tsql(node: exp.Expr) -> exp.Expr:
    from sqlglot import exp

    if isinstance(node, exp.BitwiseOrAgg):
        return _parsed("SUM(DISTINCT x)", node.this)
    if isinstance(node, exp.Round) and not node.args.get("decimals"):
        node.set("decimals", exp.Literal.number(0))
    if isinstance(node, exp.Cast) and node.to.this in (exp.DataType.Type.VARCHAR, exp.DataType.Type.TEXT):
        node.set("to", exp.DataType.build(f"NVARCHAR({_MOST_TEXT})", dialect="tsql"))
    if isinstance(node, exp.Literal) and node.is_string and not node.name.isascii():
        return exp.National(this=node.name)
    return node


def _parsed(sql: str, x: exp.Expr) -> exp.Expr:
    """A small expression with x put in its place."""
    from sqlglot import exp

    tree = _template(sql).copy()
    for column in list(tree.find_all(exp.Column)):
        column.replace(x.copy())
    return tree


@cache
def _template(sql: str) -> exp.Expr:
    import sqlglot

    return sqlglot.parse_one(sql, read="sqlite")

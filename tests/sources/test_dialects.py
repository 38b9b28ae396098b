"""The statements in the words of engines that no test can run, and which queries are let through."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
import sqlglot

from xlsales.issues import CannotRead
from xlsales.sources.databases.cells import Cell
from xlsales.sources.databases.dialects import DIALECTS, SOURCE, Relation, in_dialect, query_relation, table_relation
from xlsales.sources.databases.pushdown import Plan, largest_sql, months_sql, rejects_sql, survey_sql, used_rows
from xlsales.sources.waist import invoices_sql, monthly_sql

SHARED = {"ABS", "CAST", "COALESCE", "COUNT", "MAX", "MIN", "POWER", "REPLACE", "ROUND", "SUBSTRING", "SUM", "TRIM"}
# What each engine's own reference lists. Snowflake has BITORAGG as another name of BITOR_AGG.
KNOWN = {
    "snowflake": SHARED | {"BITORAGG", "DATE_PART", "LENGTH"},
    "bigquery": SHARED | {"BIT_OR", "EXTRACT", "LENGTH"},
    "databricks": SHARED | {"BIT_OR", "EXTRACT", "LENGTH"},
    "tsql": SHARED | {"COUNT_BIG", "DATEPART", "LEN"},
}
NO_FUNCTIONS = {"AND", "AS", "BY", "ELSE", "FROM", "IN", "NOT", "OR", "SELECT", "THEN", "WHEN", "WHERE"}
TYPES = {"DECIMAL", "NUMERIC", "NVARCHAR"}

TEXTS = {
    key: Cell(f's."{key}"') for key in ("customer_no", "customer", "invoice_no", "seller", "row_type", "cancelled")
}
DAY = {"invoice_date": Cell('s."När"', "day")}
PLANS = {
    "exact": Plan({**TEXTS, **DAY, "amount": Cell('s."N"', "decimal"), "cost": Cell('s."c"', "float")}, ("amount",)),
    "float": Plan({**TEXTS, **DAY, "amount": Cell('s."Netto"', "float", scale=1000)}, ("amount",)),
    "less VAT": Plan(
        {**DAY, "customer": Cell('s."k"'), "amount_incl": Cell('s."t"', "whole"), "vat": Cell('s."m"', "decimal")},
        ("amount_incl", "vat"),
    ),
    "debit and credit": Plan(
        {**TEXTS, **DAY, "debit": Cell('s."d"', "decimal"), "credit": Cell('s."c"', "decimal")}, ("debit", "credit")
    ),
    "product": Plan(
        {
            **TEXTS,
            "invoice_date": Cell('s."d"', "text", "dmy"),
            "quantity": Cell('s."q"', "float"),
            "unit_price": Cell('s."p"', "text", ","),
            "discount": Cell('s."r"', "decimal"),
            "unit_cost": Cell('s."u"', "decimal"),
        },
        ("quantity", "unit_price", "discount"),
        percent=True,
    ),
    "text": Plan(
        {**TEXTS, "invoice_date": Cell('s."d"', "whole", "ymd"), "amount": Cell('s."a"'), "contribution": Cell("s.b")},
        ("amount",),
        turned=[("Kreditfaktura", "")],
        dropped=[("Påminnelse", ""), ("Rabatt 'jul'", "ja")],
    ),
}  # fmt: skip


def statements(plan: Plan) -> list[str]:
    """Everything that is asked of an engine for a plan."""
    asked = [monthly_sql(used_rows(plan), cut_day=day) for day in (31, 20)]
    asked += [invoices_sql(used_rows(plan), 20), survey_sql(plan), rejects_sql(plan, 50)]
    asked += [f"SELECT * FROM {SOURCE} AS s LIMIT 50", months_sql(plan.cells["invoice_date"])]
    return asked + [largest_sql(plan, key) for key in ("discount", "credit") if key in plan.parts]


@pytest.mark.parametrize("plan", PLANS)
@pytest.mark.parametrize("dialect", KNOWN)
def test_every_statement_is_of_what_the_engine_has(dialect: str, plan: str) -> None:
    """sqlglot writes what it does not know as it stands, without a word."""
    relation = table_relation(("Försäljning", "dbo x", "t"), dialect)
    for statement in statements(PLANS[plan]):
        text = in_dialect(statement, dialect, relation)
        again = sqlglot.parse_one(text, read=dialect)
        assert isinstance(again, sqlglot.exp.Select)
        assert again.sql(dialect=dialect, identify=True) == text
        bare = re.sub(r"N?'(?:[^']|'')*'", "''", text)
        found = set(re.findall(r"\b([A-Z_]+)\s*\(", re.sub(r"\[[^\]]*\]|`[^`]*`|\"[^\"]*\"", "x", bare)))
        assert found <= KNOWN[dialect] | NO_FUNCTIONS | TYPES


@pytest.mark.parametrize("plan", PLANS)
def test_sql_server_gets_what_it_needs(plan: str) -> None:
    """Texts with all letters and no truncation at thirty, a length for ROUND, and no BIT_OR."""
    for statement in statements(PLANS[plan]):
        text = in_dialect(statement, "tsql", Relation("dbo.t"))
        assert "VARCHAR(MAX)" not in text
        assert not re.search(r"(?<!N)VARCHAR", text)
        assert "BITWISE" not in text
        assert not re.search(r"ROUND\([^()]*\)", re.sub(r"ROUND\([^()]*, 0\)", "", text))
        for national, literal in re.findall(r"(N?)'((?:[^']|'')*)'", text):
            assert national or literal.isascii()
        assert "LIMIT" not in text


@pytest.mark.parametrize("dialect", ["postgres", "mysql", "tsql"])
def test_texts_are_told_apart_letter_by_letter(dialect: str) -> None:
    """Whatever the collation of the database makes of å, a and A."""
    collation = {"postgres": 'COLLATE "C"', "mysql": "COLLATE utf8mb4_bin", "tsql": "COLLATE Latin1_General_100_BIN2"}
    text = in_dialect(monthly_sql(used_rows(PLANS["exact"])), dialect, Relation("t"))
    assert text.count(collation[dialect]) >= 6


@pytest.mark.parametrize("scheme", DIALECTS)
def test_every_dialect_reads_from_a_query_as_it_stands(scheme: str) -> None:
    """Only SQL Server's is written anew, as it must be."""
    dialect = DIALECTS[scheme]
    query = "WITH a AS (SELECT 1 AS x) SELECT x FROM a -- all of it"
    text = in_dialect(f"SELECT * FROM {SOURCE} AS s LIMIT 50", dialect, query_relation(query + ";", dialect, ""))
    assert sqlglot.parse_one(text, read=dialect)
    assert (query in text) == (scheme != "mssql")


def test_a_query_for_sql_server_has_its_with_first() -> None:
    """And no ORDER BY, which means nothing there."""
    query = "WITH a AS (SELECT TOP 5 x FROM t ORDER BY x) SELECT x FROM a ORDER BY x"
    relation = query_relation(query, "tsql", "")
    assert relation.before.startswith("WITH a AS (SELECT TOP 5")
    assert "ORDER BY" not in relation.sql


@pytest.mark.parametrize(
    ("dialect", "query"),
    [
        ("postgres", "WITH a AS (DELETE FROM b RETURNING *) SELECT * FROM a"),
        ("postgres", "SELECT * FROM a FOR UPDATE"),
        ("tsql", "SELECT * INTO x FROM y"),
        ("tsql", "EXEC sp_who"),
        ("mysql", "SELECT * FROM x INTO OUTFILE 'q'"),
        ("mysql", "CALL x()"),
        ("duckdb", "COPY t TO 'x.csv'"),
        ("duckdb", "INSTALL httpfs"),
        ("snowflake", "DROP TABLE t"),
        ("bigquery", "MERGE INTO t USING s ON t.a = s.a WHEN MATCHED THEN DELETE"),
        ("databricks", "OPTIMIZE t"),
        ("spark", "SELECT 1; SELECT 2"),
    ],
)
def test_what_is_not_a_single_select_is_refused(dialect: str, query: str) -> None:
    """Before anything is sent."""
    with pytest.raises(CannotRead) as refused:
        query_relation(query, dialect, "")
    assert refused.value.code == "database_query"


def test_a_plan_does_not_change_what_was_asked_first() -> None:
    """The survey is of everything, whatever is dropped afterwards."""
    plan = PLANS["text"]
    assert survey_sql(plan) == survey_sql(replace(plan, turned=(), dropped=()))

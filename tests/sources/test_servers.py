"""The same ledger in PostgreSQL, MariaDB and Spark, and what they say when it cannot be read."""

from __future__ import annotations

import csv
import socket
import traceback
import warnings
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pyarrow.parquet as pq
import pytest

from tests.sources import servers
from tests.sources.sales import COLUMNS, Row, arrow, aside, assert_same_sums, made_up, table, typed
from xlsales.issues import CannotRead
from xlsales.sources import LedgerRead, ReadOptions
from xlsales.sources.databases.addresses import address_of
from xlsales.sources.databases.read import read_database
from xlsales.sources.waist import aggregated

ROWS = made_up(4000, 5)
LEDGER = "(fakturadatum date, kundnr text, netto numeric)"


@pytest.fixture(autouse=True)
def _password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XLSALES_DB_PASSWORD", servers.PASSWORD)


@pytest.fixture(scope="module")
def postgresql() -> Iterator[str]:
    """A server with the ledger as a table."""
    with servers.postgresql() as address:
        with closing(_postgresql(address)) as connection:
            connection.execute(table("reskontra"))
            with connection.cursor().copy("COPY reskontra FROM STDIN") as copy:
                for row in ROWS:
                    copy.write_row(row)
        yield address


@pytest.fixture(scope="module")
def mariadb() -> Iterator[str]:
    """A server with the ledger as a table."""
    with servers.mariadb() as address:
        with closing(_mariadb(address)) as connection, connection.cursor() as cursor:
            cursor.execute(table("reskontra", "`"))
            cursor.executemany(f"INSERT INTO reskontra VALUES ({', '.join(['%s'] * len(COLUMNS))})", ROWS)
        yield address


@pytest.fixture(scope="module")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A session on two cores, stopped afterwards."""
    servers.needed("java")
    servers.importable("pyspark")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pyspark.sql import SparkSession

        folder = tmp_path_factory.mktemp("warehouse")
        builder = SparkSession.builder.master("local[2]").config("spark.sql.warehouse.dir", str(folder))
        for key in ("spark.ui.enabled", "spark.ui.showConsoleProgress"):
            builder = builder.config(key, "false")
        session = builder.config("spark.sql.shuffle.partitions", "2").getOrCreate()
        session.sparkContext.setLogLevel("OFF")
        yield session
        session.stop()


def _postgresql(address: str) -> Any:
    found = address_of(address)
    login = {"user": found.user, "password": servers.PASSWORD, "dbname": found.path, "autocommit": True}
    return servers.importable("psycopg").connect(host=found.host, port=found.port, **login)


def _mariadb(address: str) -> Any:
    found = address_of(address)
    login = {"user": found.user, "password": servers.PASSWORD, "database": found.path, "autocommit": True}
    return servers.importable("pymysql").connect(host=found.host, port=found.port, charset="utf8mb4", **login)


def same(read: LedgerRead, rows: Sequence[Row], cut_day: int) -> None:
    """The aggregate is the one of the typed rows, cell by cell."""
    wanted = aggregated(typed(rows), cut_day)
    assert_same_sums(read.aggregate.monthly, wanted.monthly)
    assert_same_sums(read.aggregate.invoices, wanted.invoices)
    assert dict(zip(read.aside["why"], read.aside["rows"], strict=True)) == aside(rows)
    assert len(read.rejects) == 50
    assert servers.PASSWORD not in repr(read)


@pytest.mark.parametrize("cut_day", [31, 20])
def test_postgresql_adds_up_as_the_rows_themselves(postgresql: str, cut_day: int) -> None:
    """The table is found by its columns."""
    same(read_database(postgresql, cut_day=cut_day), ROWS, cut_day)


@pytest.mark.parametrize("cut_day", [31, 20])
def test_mariadb_adds_up_as_the_rows_themselves(mariadb: str, cut_day: int) -> None:
    """Its own collation takes å for a, and A for a."""
    same(read_database(mariadb, cut_day=cut_day), ROWS, cut_day)


def test_spark_adds_up_as_the_rows_themselves(spark: Any, tmp_path: Path) -> None:
    """A parquet file, through the session there is."""
    pq.write_table(arrow(ROWS), tmp_path / "a.parquet")
    same(read_database(f"spark:{tmp_path}/a.parquet", cut_day=20), ROWS, 20)


def test_spark_reads_text_and_tables_alike(spark: Any, tmp_path: Path) -> None:
    """A text file with decimal commas, and a table of the catalogue."""
    rows = made_up(400, 6)
    with (tmp_path / "a.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(COLUMNS)
        writer.writerows([_written(cell) for cell in row] for row in rows)
    wanted = aggregated(typed(rows)).monthly
    assert_same_sums(read_database(f"spark:{tmp_path}/a.csv").aggregate.monthly, wanted)
    pq.write_table(arrow(rows), tmp_path / "b.parquet")
    spark.read.parquet(str(tmp_path / "b.parquet")).createOrReplaceTempView("reskontra")
    assert_same_sums(read_database("spark:reskontra").aggregate.monthly, wanted)
    query = ReadOptions(query="SELECT * FROM reskontra")
    assert_same_sums(read_database("spark:", query).aggregate.monthly, wanted)
    spark.catalog.dropTempView("reskontra")


def _written(cell: Any) -> str:
    return "" if cell is None else str(cell).replace(".", ",") if hasattr(cell, "quantize") else str(cell)


SAME_KINDS = [
    ("netto double precision", [(0.00005,), (1.00015,), (2.33335,), (8.75875,), (-8.75875,), (1 / 3,)]),
    ("netto numeric(12, 2)", [(10.25,), (-0.01,), (1e9,)]),
    ("netto varchar(30)", [("1 234,50",), ("-0,5",), ("\u221212",), ("1.000,25",)]),
    ("netto bigint", [(10,), (-3,), (900_000_000,)]),
    ("antal int, apris numeric(9, 2), rabatt numeric(4, 1)", [(3, 10.01, 12.5), (1, 10.03, 12.5), (-2, 9.99, None)]),
    ("total numeric(9, 2), moms numeric(9, 2)", [(125, 25), (-62.5, -12.5), (125.13, 25.03)]),
    ("netto numeric(9, 2), tb numeric(9, 2), typ varchar(9)", [(100, 40.13, "Faktura"), (20, 5, "Kredit")]),
]


@pytest.mark.parametrize(("columns", "rows"), SAME_KINDS)
def test_what_is_computed_is_the_same_everywhere(
    postgresql: str, mariadb: str, tmp_path: Path, columns: str, rows: list[tuple[Any, ...]]
) -> None:
    """To the last ten-thousandth: engines themselves differ in how they round halves."""
    made = f"CREATE TABLE kinds (fakturadatum varchar(20), kundnr varchar(9), {columns})"
    filled = [("2025-01-31" if n % 2 else "2024-02-29 12:30", str(n), *row) for n, row in enumerate(rows)]
    reads = [_with_table(address, made, filled) for address in (postgresql, mariadb, f"sqlite:///{tmp_path}/a.db")]
    for read in reads:
        assert read.aside.empty
        assert_same_sums(read.aggregate.monthly, reads[0].aggregate.monthly)
        assert [issue.code for issue in read.warnings] == [issue.code for issue in reads[0].warnings]


def _with_table(address: str, made: str, rows: list[tuple[Any, ...]]) -> LedgerRead:
    import sqlite3

    scheme = address_of(address).scheme
    opened = {"postgresql": _postgresql, "mysql": _mariadb}.get(
        scheme, lambda a: sqlite3.connect("/" + address_of(a).path)
    )
    mark = "?" if scheme == "sqlite" else "%s"
    with closing(opened(address)) as connection, closing(connection.cursor()) as cursor:
        cursor.execute(made)
        cursor.executemany(f"INSERT INTO kinds VALUES ({', '.join([mark] * len(rows[0]))})", rows)
        if scheme == "sqlite":
            connection.commit()
        try:
            return read_database(address, ReadOptions(sheet="kinds"))
        finally:
            cursor.execute("DROP TABLE kinds")


def refused(address: str, options: ReadOptions = ReadOptions()) -> CannotRead:
    """The refusal; no password is anywhere in it."""
    with pytest.raises(CannotRead) as caught:
        read_database(address, options)
    shown = "".join(traceback.format_exception(caught.value))
    for secret in (servers.PASSWORD, quote(servers.PASSWORD, safe=""), "tops3cret"):
        assert secret not in shown
        assert secret not in repr(caught.value)
        assert secret not in str(caught.value.params)
    assert caught.value.__context__ is None
    return caught.value


def test_what_postgresql_refuses_is_one_line_each(postgresql: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The wrong password, database, table or right, and no encryption."""
    with closing(_postgresql(postgresql)) as connection:
        connection.execute("CREATE USER poor PASSWORD 'tops3cret'")
    poor = postgresql.replace("xlsales@", "poor:tops3cret@")
    assert refused(f"{poor}?table=reskontra").code == "database_denied"
    assert refused(postgresql.replace("/postgres", "/none")).code == "database_unknown"
    assert refused(f"{postgresql}?table=none").code == "database_table_unknown"
    assert refused(f"{postgresql}?sslmode=require").code == "database_ssl"
    assert refused(postgresql, ReadOptions(query="SELECT * FROM none")).code == "database_table"
    assert refused(postgresql, ReadOptions(query="SELECT none FROM reskontra")).code == "database_failed"
    monkeypatch.setenv("XLSALES_DB_PASSWORD", "tops3cret")
    assert refused(postgresql).code == "database_login"


def test_what_mariadb_refuses_is_one_line_each(mariadb: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The wrong password, database, table or right."""
    assert refused(mariadb.replace("/ledger", "/none")).code == "database_denied"
    assert refused(f"{mariadb}?table=none").code == "database_table_unknown"
    assert refused(mariadb, ReadOptions(query="SELECT * FROM mysql.user")).code == "database_denied"
    assert refused(mariadb, ReadOptions(query="SELECT * FROM none")).code == "database_table"
    monkeypatch.setenv("XLSALES_DB_PASSWORD", "tops3cret")
    assert refused(mariadb).code == "database_login"


def test_nothing_can_be_written(postgresql: str) -> None:
    """Not even by a function that a query calls."""
    with closing(_postgresql(postgresql)) as connection:
        connection.execute("CREATE TABLE written (a int)")
        body = "$$ INSERT INTO written VALUES (1); SELECT 1.5 $$"
        connection.execute(f"CREATE FUNCTION write_it() RETURNS numeric LANGUAGE sql AS {body}")
        query = "SELECT date '2025-01-01' AS datum, 'a' AS kundnr, write_it() AS netto"
        assert refused(postgresql, ReadOptions(query=query)).code == "database_failed"
        assert connection.execute("SELECT count(*) FROM written").fetchone() == (0,)


def test_all_statements_see_the_same_rows(postgresql: str) -> None:
    """Rows that somebody adds meanwhile are not in some sums and missing in others."""
    with closing(_postgresql(postgresql)) as connection:
        connection.execute("CREATE TABLE moving (fakturadatum date, kundnr text, netto numeric, fakturanr text)")
        insert = "INSERT INTO moving VALUES ('2025-01-01', 'a', 1, %s)"
        connection.execute(insert, ["1"])

        def add(done: int, of: int) -> None:
            if done >= 2:
                connection.execute(insert, [f"{done}"])

        read = read_database(postgresql, ReadOptions(sheet="moving"), progress=add)
        connection.execute("DROP TABLE moving")
    assert (read.rows, int(read.aggregate.invoices["invoices"].sum())) == (1, 1)


@pytest.mark.parametrize("scheme", ["postgresql", "mysql"])
def test_a_server_that_is_not_there_is_one_line(scheme: str) -> None:
    """Nobody listens, or there is no such host."""
    servers.importable({"postgresql": "psycopg", "mysql": "pymysql"}[scheme])
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        assert refused(f"{scheme}://eva:tops3cret@127.0.0.1:{port}/d").code == "database_unreachable"
    assert refused(f"{scheme}://eva:tops3cret@no.such.host.invalid/d").code == "database_unreachable"


@pytest.mark.parametrize("scheme", ["postgresql", "mysql"])
def test_a_server_that_says_nothing_is_given_up(scheme: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes the connection and then is silent."""
    servers.importable({"postgresql": "psycopg", "mysql": "pymysql"}[scheme])
    monkeypatch.setattr("xlsales.sources.databases.connections.SECONDS", 1)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        address = f"{scheme}://eva:tops3cret@127.0.0.1:{silent.getsockname()[1]}/d"
        assert refused(address).code == "database_unreachable"

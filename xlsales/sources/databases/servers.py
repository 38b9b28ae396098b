"""Database servers and warehouses by their own drivers, each an extra of its own, each read only where it can be."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

import pandas as pd

from xlsales.issues import CannotRead
from xlsales.sources.databases.addresses import Address
from xlsales.sources.databases.connections import Connection, Cursors, Name, grouped, information_schema
from xlsales.sources.databases.refusals import SECONDS, driver

INTERACTIVE: Final = 180
_ANSWER: Final = 3600
_NAME: Final = "xlsales"


def open_server(address: Address) -> Connection:
    """Connect to a server."""
    return _OPENERS[address.scheme](address)


def _postgresql(address: Address) -> Connection:
    psycopg = driver("psycopg", "psycopg[binary]")
    ssl = {key: value for key, value in address.settings.items() if key.startswith("ssl") and key != "ssl_ca"}
    if _yes(ssl.pop("ssl", "")):
        ssl.setdefault("sslmode", "require")
    given = {
        "host": address.host, "port": address.port, "user": address.user, "password": address.password,
        "dbname": address.path,
    }  # fmt: skip
    filled = {key: value for key, value in given.items() if value}
    connection = psycopg.connect(**filled, **ssl, connect_timeout=SECONDS, application_name=_NAME)
    # All statements see the same rows, whatever is written meanwhile.
    connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    connection.read_only = True
    connection.execute(f"SET LOCAL lock_timeout = '{SECONDS}s'")
    return Cursors(connection, information_schema(address.settings.get("schema", "")))


def _mysql(address: Address) -> Connection:
    pymysql = driver("pymysql", "PyMySQL")
    given: dict[str, Any] = {
        "host": address.host or "localhost", "port": address.port or 3306, "user": address.user or None,
        "password": address.password, "database": address.path or None, "ssl_ca": address.settings.get("ssl_ca"),
    }  # fmt: skip
    if address.host.startswith("/"):
        given |= {"unix_socket": given.pop("host")}
    limits = {"connect_timeout": SECONDS, "read_timeout": _ANSWER, "program_name": _NAME}
    connection = pymysql.connect(**given, **limits, charset="utf8mb4")
    with connection.cursor() as cursor:
        cursor.execute(f"SET SESSION lock_wait_timeout = {SECONDS}")
        cursor.execute("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY")
    return Cursors(connection, information_schema(address.path))


def _mssql(address: Address) -> Connection:
    """Microsoft's own driver brings its library along; where only pyodbc is installed it finds one of the system's."""
    try:
        sql = driver("mssql_python", "mssql-python")
        text = _odbc(address, "")
    except CannotRead as missing:
        try:
            sql = driver("pyodbc", "pyodbc")
        except CannotRead:
            raise missing from None
        found = [name for name in sql.drivers() if "SQL Server" in name]
        text = _odbc(address, max(found, default="ODBC Driver 18 for SQL Server"))
    connection = sql.connect(text, timeout=SECONDS, autocommit=True)
    cursor = connection.cursor()
    cursor.execute(f"SET LOCK_TIMEOUT {SECONDS * 1000}")
    cursor.close()
    return Cursors(connection, information_schema(address.settings.get("schema", "")))


def _odbc(address: Address, name: str) -> str:
    """The line by which an ODBC driver connects; without a user as the one who is logged in to Windows."""
    instance = address.settings.get("instance", "")
    server = address.host + (f"\\{instance}" if instance else "") + (f",{address.port}" if address.port else "")
    parts = {"Driver": name, "Server": server, "Database": address.path, "ApplicationIntent": "ReadOnly"}
    if address.settings.get("authentication"):
        parts |= {"Authentication": address.settings["authentication"]}
    elif not address.user:
        parts |= {"Trusted_Connection": "yes"}
    parts |= {"UID": address.user, "PWD": address.password if address.user else ""}
    parts |= {
        "Encrypt": address.settings.get("encrypt", ""),
        "TrustServerCertificate": address.settings.get("trustservercertificate", ""),
    }
    return "".join(f"{key}={{{value.replace('}', '}}')}}};" for key, value in parts.items() if value)


def _snowflake(address: Address) -> Connection:
    snowflake = driver("snowflake.connector", "snowflake-connector-python")
    database, schema = [*address.parts, "", ""][:2]
    given = {
        "account": address.host.removesuffix(".snowflakecomputing.com"), "user": address.user, "database": database,
        "schema": schema, "password": address.password,
        **{key: address.settings.get(key, "") for key in ("warehouse", "role", "authenticator")},
    }  # fmt: skip
    if given["authenticator"].lower() in ("oauth", "programmatic_access_token"):
        given["token"] = given.pop("password")
    waits = INTERACTIVE if given["authenticator"] else SECONDS
    connection = snowflake.connect(**{k: v for k, v in given.items() if v}, login_timeout=waits, application=_NAME)
    return Cursors(connection, information_schema(schema))


def _databricks(address: Address) -> Connection:
    sql = driver("databricks.sql", "databricks-sql-connector")
    catalogue, schema = [*address.parts, "", ""][:2]
    given = {
        "server_hostname": address.host, "http_path": address.settings.get("http_path", ""),
        "access_token": address.password, "catalog": catalogue, "schema": schema,
    }  # fmt: skip
    connection = sql.connect(**{key: value for key, value in given.items() if value}, user_agent_entry=_NAME)
    return Cursors(connection, information_schema(schema))


class _BigQuery:
    """Google's client has a way of its own. A statement that is no SELECT is refused before it is run."""

    def __init__(self, client: Any, bigquery: Any, dataset: str) -> None:
        self._client, self._bigquery, self._dataset = client, bigquery, dataset

    def rows(self, sql: str) -> tuple[list[str], list[Any]]:
        """Names of the columns and the rows."""
        found = self._run(sql)
        return [field.name for field in found.schema], [tuple(row.values()) for row in found]

    def frame(self, sql: str) -> pd.DataFrame:
        """The answer through Arrow."""
        frame: pd.DataFrame = self._run(sql).to_arrow(create_bqstorage_client=False).to_pandas()
        return frame

    def tables(self) -> dict[Name, list[str]]:
        """The tables of the dataset."""
        if not self._dataset:
            return {}
        names = "SELECT table_schema, table_name, column_name FROM INFORMATION_SCHEMA.COLUMNS"
        return grouped(self.rows(f"{names} ORDER BY 1, 2, ordinal_position")[1])

    def close(self) -> None:
        """Give the client back."""
        self._client.close()

    def _run(self, sql: str) -> Any:
        trial = self._client.query(sql, job_config=self._bigquery.QueryJobConfig(dry_run=True))
        if trial.statement_type not in (None, "SELECT"):
            raise CannotRead("database_query", path="bigquery", detail=str(trial.statement_type))
        return self._client.query(sql).result(timeout=_ANSWER)


def _bigquery(address: Address) -> Connection:
    bigquery = driver("google.cloud.bigquery", "google-cloud-bigquery")
    project, dataset = address.host, (address.parts or [""])[0]
    usual = bigquery.QueryJobConfig(default_dataset=f"{project}.{dataset}") if dataset else None
    location = address.settings.get("location") or None
    client = bigquery.Client(project=project or None, location=location, default_query_job_config=usual)
    return _BigQuery(client, bigquery, dataset)


def _yes(text: str) -> bool:
    return text.lower() in ("1", "true", "yes", "ja", "require", "required")


_OPENERS: Final[Mapping[str, Callable[[Address], Connection]]] = MappingProxyType({
    "postgresql": _postgresql, "mysql": _mysql, "mssql": _mssql, "snowflake": _snowflake, "bigquery": _bigquery,
    "databricks": _databricks,
})  # fmt: skip

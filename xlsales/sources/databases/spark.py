"""Spark: a catalogue's table, or files of any size, through the session there is or one of its own."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any, Final

import pandas as pd

from xlsales.issues import CannotRead
from xlsales.sources.databases.addresses import Address
from xlsales.sources.databases.connections import Connection, Name
from xlsales.sources.databases.refusals import driver

VIEW: Final = "xlsales_files"
_ENDINGS: Final = ("parquet", "csv", "txt", "orc", "json")


class Spark:
    """A session of Spark. files: the address named files, which stand as a view of this session."""

    def __init__(self, session: Any, files: bool) -> None:
        self._session = session
        self.files = files

    def rows(self, sql: str) -> tuple[list[str], list[Sequence[Any]]]:
        """Names of the columns and the rows."""
        found = self._session.sql(sql)
        return list(found.columns), [tuple(row) for row in found.collect()]

    def frame(self, sql: str) -> pd.DataFrame:
        """The answer through Arrow."""
        with warnings.catch_warnings():
            # Its remarks on the version of pandas do not concern what comes through Arrow.
            warnings.simplefilter("ignore")
            frame: pd.DataFrame = self._session.sql(sql).toArrow().to_pandas()
        return frame

    def tables(self) -> dict[Name, list[str]]:
        """The tables of the session's own database, and its views."""
        catalogue = self._session.catalog
        names = [(*(table.namespace or ()), table.name) for table in catalogue.listTables()]
        return {name: [c.name for c in catalogue.listColumns(".".join(f"`{p}`" for p in name))] for name in names}

    def close(self) -> None:
        """The session may be somebody else's: only the view goes."""
        if self.files:
            self._session.catalog.dropTempView(VIEW)


def open_spark(address: Address) -> Connection:
    """The session there is, or one on this machine (or where ``master`` or the environment says)."""
    sql = driver("pyspark.sql", "pyspark")
    session = sql.SparkSession.getActiveSession() or _started(sql, address.settings.get("master", ""))
    files = is_files(address.path)
    if files:
        _reader(session, address).createOrReplaceTempView(VIEW)
    return Spark(session, files)


def is_files(path: str) -> bool:
    """Whether an address names files rather than a table of the catalogue."""
    return "/" in path or "\\" in path or path.rpartition(".")[2].lower() in _ENDINGS


def _started(sql: Any, master: str) -> Any:
    builder = sql.SparkSession.builder.appName("xlsales")
    for key in ("spark.ui.enabled", "spark.ui.showConsoleProgress"):
        builder = builder.config(key, "false")
    session = (builder.master(master) if master else builder).getOrCreate()
    context = session.sparkContext
    context.setLogLevel("OFF")
    if context.master.startswith("local"):
        # Its usual two hundred parts are for many machines.
        session.conf.set("spark.sql.shuffle.partitions", str(4 * context.defaultParallelism))
    return session


def _reader(session: Any, address: Address) -> Any:
    path = address.path
    kind = path.rstrip("/*").rpartition(".")[2].lower()
    if kind in ("csv", "txt"):
        start = session.read.text(path).head(1)
        if not start:
            raise CannotRead("unknown_ledger", path=address.shown(), detail="empty")
        delimiter = max(";,\t|", key=start[0][0].count)
        return session.read.csv(path, header=True, sep=delimiter, quote='"', escape='"')
    if kind in ("orc", "json"):
        return session.read.format(kind).load(path)
    return session.read.parquet(path)

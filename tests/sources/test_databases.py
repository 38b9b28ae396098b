"""Ledgers in SQLite and DuckDB, and what is the same for every database."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sources.sales import COLUMNS, Row, arrow, aside, assert_same_sums, made_up, table, typed
from xlsales.issues import CannotRead
from xlsales.sources import ENTRY_COLUMNS, LedgerRead, ReadOptions
from xlsales.sources.databases.read import read_database
from xlsales.sources.entries import Style, type_entries
from xlsales.sources.waist import aggregated

CHINOOK = Path(__file__).resolve().parents[3] / "shared/data/chinook/Chinook_Sqlite.sqlite"
Make = Callable[..., str]


@pytest.fixture
def database(tmp_path: Path) -> Make:
    """Make an SQLite file of one table or more: statements, then rows for the last of them."""

    def make(*statements: str, rows: Sequence[Sequence[Any]] = ()) -> str:
        path = tmp_path / "ledger.sqlite"
        with closing(sqlite3.connect(path)) as connection, connection:
            for statement in statements:
                connection.execute(statement)
            if rows:
                name = statements[-1].split()[2]
                marks = ", ".join("?" * len(rows[0]))
                connection.executemany(f"INSERT INTO {name} VALUES ({marks})", rows)
        return str(path)

    return make


def codes(read: LedgerRead) -> dict[str, Any]:
    """The warnings by their code."""
    return {issue.code: issue.params for issue in read.warnings}


def put_aside(read: LedgerRead) -> dict[str, tuple[int, int]]:
    return {str(why): (int(rows), int(units)) for why, rows, units in read.aside.itertuples(index=False)}


def same(read: LedgerRead, rows: Sequence[Row], cut_day: int) -> None:
    """The aggregate is the one of the typed rows, cell by cell."""
    wanted = aggregated(typed(rows), cut_day)
    assert_same_sums(read.aggregate.monthly, wanted.monthly)
    assert_same_sums(read.aggregate.invoices, wanted.invoices)
    assert {why: count for why, (count, _) in put_aside(read).items()} == aside(rows)


@pytest.mark.parametrize("cut_day", [31, 20])
def test_sqlite_adds_up_as_the_rows_themselves(tmp_path: Path, cut_day: int) -> None:
    """Dates are text there, and a column holds cells of any type."""
    rows = made_up(3000, 11)
    with closing(sqlite3.connect(tmp_path / "a.db")) as connection, connection:
        connection.execute(table("reskontra", date_type="TEXT"))
        plain = [[None if cell is None else str(cell) for cell in row] for row in rows]
        connection.executemany(f"INSERT INTO reskontra VALUES ({', '.join('?' * len(COLUMNS))})", plain)
    same(read_database(f"sqlite:///{tmp_path}/a.db", cut_day=cut_day), rows, cut_day)


@pytest.mark.parametrize("cut_day", [31, 20])
def test_duckdb_adds_up_as_the_rows_themselves(tmp_path: Path, cut_day: int) -> None:
    """The file is opened for reading only."""
    rows = made_up(3000, 12)
    with duckdb.connect(str(tmp_path / "a.duckdb")) as connection:
        connection.execute(table("reskontra"))
        connection.register("found", arrow(rows))
        connection.execute("INSERT INTO reskontra SELECT * FROM found")
    same(read_database(str(tmp_path / "a.duckdb"), cut_day=cut_day), rows, cut_day)


@settings(max_examples=5, deadline=None)
@given(st.permutations(made_up(60, 13)))
def test_the_order_of_rows_does_not_matter(tmp_path_factory: pytest.TempPathFactory, rows: list[Row]) -> None:
    """Sums are whole numbers."""
    path = tmp_path_factory.mktemp("order") / "a.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(table("r", date_type="TEXT"))
        plain = [[None if cell is None else str(cell) for cell in row] for row in rows]
        connection.executemany(f"INSERT INTO r VALUES ({', '.join('?' * len(COLUMNS))})", plain)
    same(read_database(str(path)), made_up(60, 13), 31)


def test_the_only_table_that_is_a_ledger_is_found(database: Make) -> None:
    """By its columns, whatever it is called."""
    source = database(
        "CREATE TABLE kunder (kundnr TEXT, namn TEXT)",
        "CREATE TABLE x17 (fakturadatum TEXT, kundnr INTEGER, netto REAL)",
        rows=[("2025-01-31", 7, 10.5), ("2025-02-28T23:59:59", 7, -0.5)],
    )
    read = read_database(source)
    assert (read.kind, read.source, read.rows) == ("sqlite", source, 2)
    assert list(read.aggregate.monthly["units"]) == [105_000, -5_000]
    assert list(read.aggregate.invoices["invoices"]) == [1]
    assert read.columns == {"invoice_date": "fakturadatum", "customer_no": "kundnr", "amount": "netto"}
    assert list(read.head.columns) == list(ENTRY_COLUMNS)
    assert list(read.head["amount"]) == [10.5, -0.5]


def test_several_ledgers_are_named_so_that_one_can_be_chosen(database: Make) -> None:
    """By --set sheet, or in the address."""
    columns = "(fakturadatum TEXT, kundnr TEXT, netto REAL)"
    source = database(f"CREATE TABLE a {columns}", f"CREATE TABLE b {columns}", rows=[("2025-01-01", "1", 5)])
    with pytest.raises(CannotRead) as refused:
        read_database(source)
    assert (refused.value.code, refused.value.params["tables"]) == ("database_tables", ["a", "b"])
    assert read_database(source, ReadOptions(sheet="B")).rows == 1
    assert read_database(f"sqlite:///{source}?table=b").rows == 1


def test_without_a_ledger_the_tables_are_named(database: Make) -> None:
    """And a table that is asked for in vain."""
    source = database("CREATE TABLE kunder (kundnr TEXT, namn TEXT)")
    for options, code in ((ReadOptions(), "database_no_table"), (ReadOptions(sheet="ku"), "database_table_unknown")):
        with pytest.raises(CannotRead) as refused:
            read_database(source, options)
        assert (refused.value.code, refused.value.params["tables"]) == (code, ["kunder"])


def test_a_query_joins_what_stands_apart(database: Make) -> None:
    """Its own remarks and its last semicolon do no harm."""
    source = database(
        "CREATE TABLE kund (id INTEGER, namn TEXT)",
        "INSERT INTO kund VALUES (1, 'Åkeri AB')",
        "CREATE TABLE huvud (nr TEXT, datum TEXT, kund INTEGER, netto NUMERIC)",
        rows=[("A1", "2025-03-31", 1, 100)],
    )
    query = (
        "SELECT h.datum AS fakturadatum, k.id AS kundnr, k.namn AS kundnamn, h.netto AS belopp_exkl_moms "
        "FROM huvud h JOIN kund k ON k.id = h.kund -- every invoice\n;"
    )
    read = read_database(source, ReadOptions(query=query))
    assert list(read.aggregate.monthly["customer"]) == ["Åkeri AB"]


@pytest.mark.parametrize(
    "query",
    [
        "DELETE FROM t", "SELECT 1; DROP TABLE t", "INSERT INTO t SELECT * FROM t", "PRAGMA writable_schema = 1",
        "WITH a AS (SELECT 1) UPDATE t SET netto = 0", "ATTACH 'x' AS y", "SELECT * FROM (", "", "VACUUM",
    ],
)  # fmt: skip
def test_only_a_select_is_run(database: Make, query: str) -> None:
    """What is written in a query never changes anything."""
    source = database("CREATE TABLE t (datum TEXT, kundnr TEXT, netto REAL)", rows=[("2025-01-01", "1", 5)])
    if query:
        with pytest.raises(CannotRead) as refused:
            read_database(source, ReadOptions(query=query))
        assert refused.value.code == "database_query"
    assert read_database(source).rows == 1


def test_rows_that_cannot_be_used_are_counted_and_some_are_shown(database: Make) -> None:
    """Each with the first reason; at most fifty come over the wire."""
    good = [("2025-01-31", "1", "100", f"F{n}") for n in range(5)]
    bad = [
        ("2025-02-30", "1", "10", "F6"), ("", "1", "20", "F7"), ("2025-01-01", " ", "30,5", "F8"),
        ("2025-01-01", "1", "abc", "F9"), ("2025-01-01", "1", "", "F10"), ("2025-01-01", "\t", "7", "F11"),
    ]  # fmt: skip
    many = [("2025-13-01", "1", "1", "")] * 80
    made = "CREATE TABLE t (fakturadatum TEXT, kundnr TEXT, netto TEXT, fakturanr TEXT)"
    read = read_database(database(made, rows=good + bad + many))
    assert put_aside(read) == {
        "bad_amount": (1, 0), "bad_date": (81, 900_000), "no_amount": (1, 0), "no_customer": (2, 375_000),
        "no_date": (1, 200_000),
    }  # fmt: skip
    assert read.rows == 91
    assert len(read.rejects) == 50
    shown = read.rejects.set_index("place").loc["t, fakturanr F9"]
    assert list(shown[["column", "found", "why"]]) == ["amount", "abc", "bad_amount"]


def test_payments_are_left_out_and_credits_turned(database: Make) -> None:
    """As for files: by their type, and credits only where none of them has a minus."""
    made = "CREATE TABLE t (fakturadatum TEXT, kundnr TEXT, netto REAL, fakturanr TEXT, typ TEXT)"
    rows = [
        ("2025-01-05", "1", 100, "F1", "Faktura"), ("2025-01-06", "1", 40, "F2", "Kreditfaktura"),
        ("2025-01-07", "1", 60, "F1", "Betalning"), ("", "", 60, "F1", "Betalning"), ("", "1", 1, "F9", "Faktura"),
    ]  # fmt: skip
    read = read_database(database(made, rows=rows))
    found = codes(read)
    assert list(read.aggregate.monthly["units"]) == [600_000]
    assert list(read.aggregate.monthly["days"]) == [1 << 4]
    assert list(read.aggregate.invoices["invoices"]) == [1]
    assert put_aside(read) == {"no_date": (1, 10_000)}
    assert found["row_types_left_out"]["types"] == ["Betalning"]
    assert found["row_types_left_out"]["count"] == 2
    assert found["credits_turned"]["count"] == 1


CASES: dict[str, tuple[str, list[tuple[Any, ...]]]] = {
    "less VAT": ("datum TEXT, kundnr TEXT, total REAL, moms REAL", [
        ("2025-01-01", "1", 125.0, 25.0), ("2025-01-02", "1", -62.5, -12.5), ("2025-01-03", "2", 125.13, 25.03),
    ]),
    "VAT on top": ("datum TEXT, kundnr TEXT, belopp REAL, moms REAL", [
        ("2025-01-01", "1", 100.0, 25.0), ("2025-01-02", "2", 50.0, 12.5),
    ]),
    "price by the piece": ("datum TEXT, kundnr TEXT, antal REAL, apris REAL, rabatt REAL", [
        ("2025-01-01", "1", 3, 10.01, 12.5), ("2025-01-02", "1", 1, 10.03, 12.5), ("2025-01-02", "2", -2, 9.99, None),
    ]),
    "discount as a share": ("datum TEXT, kundnr TEXT, antal INTEGER, apris REAL, rabatt REAL", [
        ("2025-01-01", "1", 3, 10.01, 0.1), ("2025-01-02", "1", 1, 10.03, 0), ("2025-01-02", "2", 2, 9.99, None),
    ]),
    "contribution": ("datum TEXT, kundnr TEXT, netto REAL, tb REAL", [
        ("2025-01-01", "1", 100.25, 40.13), ("2025-01-02", "1", 10.0, None), ("2025-01-03", "2", 10.0, -1.0),
    ]),
    "thousands": ("datum TEXT, kundnr TEXT, omsättning_tkr REAL", [
        ("2025-01-01", "1", 1.2345), ("2025-01-02", "1", 0.5),
    ]),
    "written by people": ("datum TEXT, kundnr TEXT, netto TEXT, kostnad TEXT", [
        ("20250131", "1", "1 234,50", "−12"), ("2025/02/28", "1", "-0,5", ""),
        ("2024-02-29 10:11", "2", "12", "1.000,5"),
    ]),
    "day first": ("datum TEXT, kundnr TEXT, netto REAL", [
        ("31.01.2025", "1", 1.5), ("01.02.2025", "1", 2.5), ("29.02.2024", "2", 3.5),
    ]),
    "days as numbers": ("datum INTEGER, kundnr REAL, netto REAL", [
        (20250131, 1001.0, 1.5), (20240229, 1002.0, 2.5),
    ]),
    "many decimals": ("datum TEXT, kundnr TEXT, netto REAL", [
        ("2025-01-01", "1", 0.00005), ("2025-01-02", "1", 1.00015), ("2025-01-03", "2", 2.33335),
        ("2025-01-04", "3", 1 / 3),
    ]),
    "debit and credit": ("datum TEXT, kundnr TEXT, debet REAL, kreditbelopp REAL", [
        ("2025-01-01", "1", 100.5, None), ("2025-01-02", "1", None, 20.25), ("2025-01-03", "2", 5.0, 1.0),
    ]),
    "credits with a minus": ("datum TEXT, kundnr TEXT, debet REAL, kreditbelopp REAL", [
        ("2025-01-01", "1", 100.5, 0), ("2025-01-02", "1", 0, -20.25),
    ]),
    "net price and cost by the piece": ("datum TEXT, kundnr TEXT, antal REAL, nettopris REAL, inköpspris REAL", [
        ("2025-01-01", "1", 3, 9.99, 4.5), ("2025-01-02", "1", -1, 9.99, 4.5), ("2025-01-03", "2", 2, 1.005, None),
    ]),
    "discount in kronor": ("datum TEXT, kundnr TEXT, antal INTEGER, apris REAL, rabattbelopp REAL", [
        ("2025-01-01", "1", 3, 10.0, 2.5), ("2025-01-02", "1", -1, 10.0, 2.5), ("2025-01-03", "2", 2, 1.0, None),
    ]),
    "debit and credit marks": ("datum TEXT, kundnr TEXT, netto REAL, tecken TEXT", [
        ("2025-01-01", "1", 100.5, "D"), ("2025-01-02", "1", 20.0, "K"), ("2025-01-03", "2", 5.0, "D"),
    ]),
    "credit notes marked": ("datum TEXT, kundnr TEXT, netto REAL, är_kredit INTEGER, kostnad REAL", [
        ("2025-01-01", "1", 100.5, 0, 50.0), ("2025-01-02", "1", 20.0, 1, 10.0),
    ]),
    "states": ("datum TEXT, kundnr TEXT, netto REAL, fakturastatus TEXT", [
        ("2025-01-01", "1", 100.5, "Betald"), ("2025-01-02", "1", 20.0, "Makulerad"),
        ("2025-01-03", "1", 7.0, "Annullerad"),
    ]),
    "costs with a minus": ("datum TEXT, kundnr TEXT, netto REAL, kostnad REAL", [
        (f"2025-01-{day:02}", "1", 10.0 * day, -4.0 * day) for day in range(1, 9)
    ]),
    "names only": ("datum TEXT, kund TEXT, netto REAL", [("2025-01-01", "Åkeri AB", 1.5), ("2025-01-02", "Ek", 2.5)]),
}  # fmt: skip


ABOUT_COLUMNS = {"columns_unused", "column_guessed", "name_as_number"}


@pytest.mark.parametrize("case", CASES)
def test_every_kind_of_ledger_comes_out_as_the_same_rows_in_a_file(database: Make, case: str) -> None:
    """What is computed in the database is what the rows of a file come to."""
    columns, rows = CASES[case]
    read = read_database(database(f"CREATE TABLE t ({columns})", rows=rows))
    names = [column.split()[0] for column in columns.split(", ")]
    keys = {
        "datum": "invoice_date", "kundnr": "customer_no", "kund": "customer", "total": "amount_incl", "moms": "vat",
        "belopp": "amount_unsure", "netto": "amount", "antal": "quantity", "apris": "unit_price", "rabatt": "discount",
        "tb": "contribution", "kostnad": "cost", "omsättning_tkr": "amount", "debet": "debit", "kreditbelopp": "credit",
        "nettopris": "net_price", "inköpspris": "unit_cost", "rabattbelopp": "discount_amount", "tecken": "sign",
        "är_kredit": "credit_mark", "fakturastatus": "status",
    }  # fmt: skip
    raw = pd.DataFrame.from_records(rows, columns=[keys[name] for name in names])
    headings = {keys[name]: name for name in names}
    file = type_entries(raw.astype(object), lambda row, key: "", Style(True, headings=headings))
    wanted = aggregated(file.entries)
    assert_same_sums(read.aggregate.monthly, wanted.monthly)
    assert_same_sums(read.aggregate.invoices, wanted.invoices)
    assert read.aside.empty
    told = {issue.code: issue.params for issue in file.issues}
    assert {code: params for code, params in codes(read).items() if code not in ABOUT_COLUMNS} == told


def test_dates_that_nobody_can_read_are_said_so(database: Make) -> None:
    """With the column and a sample, and how to mend it."""
    with pytest.raises(CannotRead) as refused:
        read_database(database("CREATE TABLE t (datum TEXT, kundnr TEXT, netto REAL)", rows=[("v. 5", "1", 1.5)]))
    assert (refused.value.code, refused.value.params["sample"]) == ("database_dates", "v. 5")


def test_an_empty_table_is_no_error(database: Make) -> None:
    """But it is told."""
    read = read_database(database("CREATE TABLE t (datum TEXT, kundnr TEXT, netto REAL)"))
    assert read.rows == 0
    assert read.aggregate.monthly.empty
    assert "ledger_empty" in codes(read)


def test_unreadable_costs_are_counted(database: Make) -> None:
    """They count as missing."""
    made = "CREATE TABLE t (datum TEXT, kundnr TEXT, netto REAL, kostnad TEXT)"
    rows = [("2025-01-01", "1", 5.0, "2"), ("2025-01-01", "1", 5.0, "x"), ("2025-01-01", "1", 5.0, None)]
    read = read_database(database(made, rows=rows))
    assert list(read.aggregate.monthly[["cost", "uncosted"]].iloc[0]) == [20_000, 2]
    assert codes(read)["cells_unreadable"] == {"heading": "kostnad", "count": 1}


def test_columns_can_be_chosen(database: Make) -> None:
    """By heading, as for files; one that is not there is told with those there are."""
    made = "CREATE TABLE t (d1 TEXT, c1 TEXT, m1 REAL)"
    source = database(made, rows=[("2025-01-01", "1", 5.0)])
    chosen = ReadOptions(sheet="t", columns={"invoice_date": "d1", "customer_no": "c1", "amount": "m1"})
    assert list(read_database(source, chosen).aggregate.monthly["units"]) == [50_000]
    with pytest.raises(CannotRead) as refused:
        read_database(source, ReadOptions(sheet="t", columns={"invoice_date": "nope"}))
    assert refused.value.code == "ledger_columns"


def test_it_tells_how_far_it_has_come(database: Make) -> None:
    """From nothing to everything, in stages."""
    told: list[tuple[int, int]] = []
    source = database("CREATE TABLE t (datum TEXT, kundnr TEXT, netto REAL)", rows=[("2025-01-01", "1", 5.0)])
    read_database(source, progress=lambda done, of: told.append((done, of)))
    assert told[0][0] == 0
    assert told[-1][0] == told[-1][1]
    assert told == sorted(told)


def test_nothing_is_written_to_a_file(database: Make) -> None:
    """Not even a journal beside it."""
    source = Path(database("CREATE TABLE t (datum TEXT, kundnr TEXT, netto REAL)", rows=[("2025-01-01", "1", 5.0)]))
    before = source.read_bytes()
    read_database(str(source))
    assert source.read_bytes() == before
    assert list(source.parent.iterdir()) == [source]


def test_a_file_that_somebody_writes_in_can_be_read(database: Make) -> None:
    """What is not yet committed is not seen."""
    source = database("CREATE TABLE t (datum TEXT, kundnr TEXT, netto REAL)", rows=[("2025-01-01", "1", 5.0)])
    with closing(sqlite3.connect(source, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("INSERT INTO t VALUES ('2025-01-02', '1', 7.0)")
        assert read_database(source).rows == 1
        writer.execute("ROLLBACK")


@pytest.mark.parametrize("start", [b"SQLite format 3\0" + b"x" * 5000, b"x" * 8 + b"DUCK" + b"x" * 5000])
def test_a_damaged_file_is_one_line(tmp_path: Path, start: bytes) -> None:
    """No traceback, and no database made in its place."""
    path = tmp_path / "a.db"
    path.write_bytes(start)
    with pytest.raises(CannotRead) as refused:
        read_database(str(path))
    assert refused.value.code in ("database_unknown", "database_failed")
    assert refused.value.__context__ is None
    with pytest.raises(CannotRead) as refused:
        read_database(f"sqlite:///{tmp_path}/none.db")
    assert refused.value.code == "missing_file"
    assert list(tmp_path.iterdir()) == [path]


def test_a_missing_driver_is_one_line_with_its_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command that installs it."""
    monkeypatch.setitem(__import__("sys").modules, "pymysql", None)
    with pytest.raises(CannotRead) as refused:
        read_database("mysql://eva:secret@127.0.0.1:1/d")
    assert refused.value.code == "database_driver"
    assert refused.value.params["command"] == 'pip install "PyMySQL"'


@pytest.mark.skipif(not CHINOOK.exists(), reason="needs the shared data")
def test_the_invoices_of_chinook() -> None:
    """412 invoices of 59 customers come to 2 328.60; customers and sellers are joined in a query."""
    read = read_database(str(CHINOOK))
    assert (read.rows, int(read.aggregate.invoices["invoices"].sum())) == (412, 412)
    query = (
        "SELECT i.InvoiceId, i.InvoiceDate, c.CustomerId, c.FirstName || ' ' || c.LastName AS Customer, c.Country, "
        "e.FirstName || ' ' || e.LastName AS SalesRep, i.Total FROM Invoice i JOIN Customer c USING (CustomerId) "
        "JOIN Employee e ON e.EmployeeId = c.SupportRepId"
    )
    monthly = read_database(str(CHINOOK), ReadOptions(query=query)).aggregate.monthly
    assert int(monthly["units"].sum()) == 23_286_000
    assert monthly["customer_no"].nunique() == 59
    assert set(monthly["seller"]) == {"Jane Peacock", "Margaret Park", "Steve Johnson"}
    assert np.all(monthly["customer"] != "")

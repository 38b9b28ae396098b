"""Addresses of databases: taken apart, and shown without anything secret."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlsales.issues import CannotRead
from xlsales.sources.databases.addresses import Address, address_of, is_database, masked


@pytest.mark.parametrize(
    "source",
    ["postgresql://h/d", "postgres://h/d", "MariaDB://h/d", "mssql+pyodbc://h/d", "sqlite:///a.db", "spark:a.parquet"],
)
def test_a_known_scheme_is_a_database(source: str) -> None:
    """Also in capitals, and as other programs write it with a driver after a plus."""
    assert is_database(source)


@pytest.mark.parametrize("source", ["ledger.csv", "C:\\ledger.xlsx", "C:/a.xlsx", "C://a.xlsx", "mysql.csv", "mysql:a"])
def test_anything_else_is_none(source: str) -> None:
    """Paths are not addresses."""
    assert not is_database(source)


def test_every_part_of_an_address_is_found() -> None:
    """Encoded signs are decoded; settings stand after the question mark."""
    found = address_of("postgresql://eva%40ab:p%3Aw%2F@db.ab.se:5433/sales?table=dbo.f%C3%B6rs&sslmode=require")
    assert found == Address(
        "postgresql", "db.ab.se", 5433, "eva@ab", "sales", {"table": "dbo.förs", "sslmode": "require"}, ("p:w/",)
    )


def test_a_query_may_stand_in_an_address_as_it_is() -> None:
    """With spaces it was never encoded, so that + and & and % mean themselves."""
    text = "SELECT a + b FROM t WHERE c LIKE '5%' AND d = 'x&y'"
    assert address_of(f"sqlite:///a.db?query={text}").settings["query"] == text
    assert address_of("sqlite:///a.db?query=SELECT+a%2Bb+FROM+t").settings["query"] == "SELECT a+b FROM t"


def test_the_password_may_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """What stands in the address goes first."""
    monkeypatch.setenv("XLSALES_DB_PASSWORD", "outside")
    assert address_of("mysql://eva@h/d").password == "outside"
    assert address_of("mysql://eva:inside@h/d").password == "inside"


@pytest.mark.parametrize(
    "source",
    [
        "postgresql://eva:tops3cret@h:5432/d?table=a",
        "postgresql://eva:x@tops3cret@h/d",
        "postgresql://eva:a/tops3cret@h/d",
        "postgresql://eva:a?tops3cret@h/d?table=a",
        "mssql://h/d?user=eva&password=tops3cret&table=a",
        "mssql://h/d?PWD=tops3cret",
        "databricks://token:tops3cret@h/c/s?http_path=/sql/1",
        "snowflake://h/d?access_token=tops3cret",
        "postgresql://eva:tops3cret@h:x/d",
        "mysql://h/d?secret=tops3cret",
        "oracle://eva:tops3cret@h/d",
        "oracle://eva:a?tops3cret@h/d?password=tops3cret",
    ],
)
def test_a_password_is_never_shown(source: str) -> None:
    """Wherever it stands, also in an address that cannot be used."""
    assert "tops3cret" not in masked(source)
    with contextlib.suppress(CannotRead):
        assert "tops3cret" not in repr(address_of(source))


@pytest.mark.parametrize(
    "source", ["postgresql://eva:tops3cret@h:x/d", "mysql://h/d?secret=tops3cret", "ora://e:tops3cret@h"]
)
def test_an_address_that_is_refused_shows_no_password(source: str) -> None:
    """What is said of it holds nothing of it."""
    with pytest.raises(CannotRead) as refused:
        address_of(source)
    assert "tops3cret" not in str(refused.value.params)


@given(
    st.text(st.characters(codec="utf-8", exclude_characters="*"), min_size=6),
    st.sampled_from(["{}", "DSN={};x", "'{}'"]),
)
def test_no_word_of_a_driver_shows_a_password(secret: str, said: str) -> None:
    """Drivers echo what they were given."""
    address = Address("postgresql", "h", secrets=(secret,))
    shown = address.scrubbed(said.format(secret))
    assert " ".join(secret.split()) not in shown or not secret.strip()


def test_a_masked_address_can_be_used_again() -> None:
    """With the password in the environment it means the same."""
    source = "postgresql://eva%40ab:secret@db:5433/sales?table=a.b&sslmode=require"
    shown = masked(source)
    assert shown == "postgresql://eva%40ab@db:5433/sales?table=a.b&sslmode=require"
    assert masked(shown) == shown


def test_an_unknown_setting_is_refused_with_those_there_are() -> None:
    """A misspelt table would otherwise be a search through the whole database."""
    with pytest.raises(CannotRead) as refused:
        address_of("mysql://h/d?tabel=a")
    assert refused.value.code == "database_setting"


def test_a_kind_that_is_not_read_is_said_so() -> None:
    """The known kinds are named."""
    with pytest.raises(CannotRead) as refused:
        address_of("oracle://eva:pw@h/d")
    assert refused.value.code == "database_scheme"
    assert refused.value.params["path"] == "oracle://h/d"


def test_a_file_may_have_any_name() -> None:
    """Also one with signs that mean something in other addresses."""
    assert address_of("sqlite:///C:/Mina filer/a@b:c.db").path == "C:/Mina filer/a@b:c.db"
    assert address_of("duckdb:////srv/a%3Fb.duckdb?table=x").path == "/srv/a?b.duckdb"

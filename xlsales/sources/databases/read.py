"""Ledgers in databases and warehouses: found by their headings, added up there; only sums come over the wire."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import pandas as pd

from xlsales.issues import CannotRead, Issue
from xlsales.sources import (
    ASIDE_COLUMNS,
    MONTHLY_COLUMNS,
    REJECT_COLUMNS,
    Aggregate,
    LedgerRead,
    Progress,
    ReadOptions,
    Rows,
)
from xlsales.sources.databases.addresses import Address, address_of, is_database, masked
from xlsales.sources.databases.catalogues import relation_of
from xlsales.sources.databases.connections import Connection, connected
from xlsales.sources.databases.dialects import DIALECTS, Relation, in_dialect
from xlsales.sources.databases.lookups import Looked, look
from xlsales.sources.databases.pushdown import Plan, largest_sql, rejects_sql, survey_sql, used_rows
from xlsales.sources.databases.refusals import needs_sqlglot
from xlsales.sources.databases.surveys import Survey, surveyed
from xlsales.sources.texts import as_id, as_text
from xlsales.sources.waist import (
    UNITS,
    as_invoices,
    as_monthly,
    invoices_sql,
    monthly_sql,
    nothing,
    regrouped,
)

__all__ = ["is_database", "masked", "read_database"]

MOST_REJECTS: Final = 50
_STAGES: Final = 5
_WHERE: Final = {"bad_date": "invoice_date", "no_date": "invoice_date", "no_customer": "customer_no"}


@dataclass(frozen=True)
class _Database:
    """A connection with what is read through it. name: the table, or "query"."""

    connection: Connection
    address: Address
    relation: Relation
    name: str

    def frame(self, sql: str) -> pd.DataFrame:
        """The answer to a statement of ours; names in small letters."""
        text = in_dialect(sql, DIALECTS[self.address.scheme], self.relation)
        return self.connection.frame(text).rename(columns=lambda name: str(name).lower())


def read_database(
    source: str, options: ReadOptions = ReadOptions(), cut_day: int = 31, progress: Progress | None = None
) -> LedgerRead:
    """The aggregate of a ledger in a database.

    source: an address, or the path of a file whose kind stands before it ("sqlite:///C:/a.sqlite"). progress: called
    with stages done and stages in all. Nothing is ever written, and no password is in what is returned or raised.

    Raises CannotRead: database_address, database_setting, database_driver, database_unreachable, database_login,
    database_unknown, database_denied, database_ssl, database_busy, database_table, database_table_unknown,
    database_tables, database_no_table, database_query, database_dates, database_failed, ledger_columns, missing_file.
    """
    refusal: CannotRead | None = None
    try:
        return _read_database(source, options, cut_day, progress or (lambda done, of: None))
    except CannotRead as problem:
        refusal = problem
    # The driver's own exception may hold the password: it must not be attached to ours.
    refusal.__context__ = None
    raise refusal


def _read_database(source: str, options: ReadOptions, cut_day: int, tell: Progress) -> LedgerRead:
    tell(0, _STAGES)
    address = address_of(source)
    if address.plain:
        address = address_of(source, _kind_of_file(source))
    needs_sqlglot()
    with connected(address) as connection:
        tell(1, _STAGES)
        relation, name = relation_of(connection, address, options)
        database = _Database(connection, address, relation, name)
        looked = look(connection, address, relation, name, options)
        plan = _with_signs(database, looked.plan)
        tell(2, _STAGES)
        survey = surveyed(database.frame(survey_sql(plan)), plan, looked)
        tell(3, _STAGES)
        plan = survey.plan
        whole, blanks = _aggregate(database, plan, cut_day)
        tell(4, _STAGES)
        aside = _aside(survey, blanks)
        rejects = _rejects(database, plan, looked) if len(aside) else _no_rejects()
    tell(_STAGES, _STAGES)
    warnings = [*looked.rows.warnings, *survey.issues]
    if not len(whole.monthly) and not len(aside):
        warnings.append(Issue("warning", "ledger_empty", place=name, params={"source": address.shown()}))
    return _read(address, looked.rows, whole, aside=aside, rejects=rejects, warnings=warnings)


def _kind_of_file(source: str) -> str:
    try:
        with Path(source).open("rb") as file:
            start = file.read(16)
    except FileNotFoundError:
        raise CannotRead("missing_file", path=source) from None
    except OSError as problem:
        raise CannotRead("unreadable_file", path=source, detail=problem.strerror or str(problem)) from None
    if start.startswith(b"SQLite format 3"):
        return "sqlite"
    if start[8:12] == b"DUCK":
        return "duckdb"
    raise CannotRead("unknown_ledger", path=source, detail="database")


def _with_signs(database: _Database, plan: Plan) -> Plan:
    """What a few rows do not tell: discounts in percent, and credits that bear a minus beside debits."""
    if "discount" in plan.parts:
        most = database.frame(largest_sql(plan, "discount"))["furthest"].iloc[0]
        plan = replace(plan, percent=bool(pd.notna(most) and float(most) > 1))
    if "credit" in plan.parts:
        most = database.frame(largest_sql(plan, "credit"))["most"].iloc[0]
        plan = replace(plan, minus=bool(pd.isna(most) or float(most) <= 0))
    return plan


def _aggregate(database: _Database, plan: Plan, cut_day: int) -> tuple[Aggregate, pd.DataFrame]:
    """The waist, and the rows of customers whose number is nothing but spaces of a kind that TRIM leaves."""
    found = as_monthly(database.frame(monthly_sql(used_rows(plan), cut_day=cut_day)))
    if found.empty:
        return nothing(cut_day), found
    texts = ("customer_no", "seller", "article_group", "region", "currency", "customer", "org_no")
    monthly = found.assign(**{key: as_text(found[key]).to_pandas().astype("str") for key in texts})
    blank = monthly["customer_no"] == ""
    counted = as_invoices(database.frame(invoices_sql(used_rows(plan), cut_day)))
    numbers = as_id(as_text(counted["customer_no"])).to_pandas().astype("str")
    invoices = counted.assign(customer_no=numbers).groupby(["customer_no", "month"], as_index=False).sum()
    whole = regrouped([monthly.loc[~blank, list(MONTHLY_COLUMNS)]])
    kept = invoices[invoices["customer_no"] != ""].reset_index(drop=True)
    return Aggregate(whole, kept, cut_day), monthly[blank]


def _aside(survey: Survey, blanks: pd.DataFrame) -> pd.DataFrame:
    """What is set aside, by reason; payments and the like are not set aside but left out."""
    parts = [survey.aside[list(ASIDE_COLUMNS)], blanks.assign(why="no_customer")[list(ASIDE_COLUMNS)]]
    table = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    return table.groupby("why", sort=True, as_index=False)[["rows", "units"]].sum()[list(ASIDE_COLUMNS)]


def _rejects(database: _Database, plan: Plan, looked: Looked) -> pd.DataFrame:
    found = database.frame(rejects_sql(plan, MOST_REJECTS))
    if found.empty:
        return _no_rejects()
    columns = [_WHERE.get(str(why), plan.parts[0]) for why in found["why"]]
    cells = {"invoice_date": "day_cell", "customer_no": "customer_no", plan.parts[0]: "amount_cell"}
    texts = [str(row[cells[key]] or "") for row, key in zip(found.to_dict("records"), columns, strict=True)]
    heading = looked.headings.heading("invoice_no") if "invoice_no" in looked.headings.columns else ""
    places = [f"{database.name}, {heading} {number}" if number else database.name for number in found["invoice_cell"]]
    table = pd.DataFrame({"place": places, "column": columns, "found": texts, "why": list(found["why"])}, dtype="str")
    amount = pd.to_numeric(found["units"], errors="coerce").astype("float64") / UNITS
    return table.assign(amount=amount)[list(REJECT_COLUMNS)]


def _no_rejects() -> pd.DataFrame:
    return pd.DataFrame({key: [] for key in REJECT_COLUMNS}, dtype="str").astype({"amount": "float64"})


def _read(address: Address, rows: Rows, whole: Aggregate, **found: Any) -> LedgerRead:
    parts: Mapping[str, Any] = found
    return LedgerRead(
        source=address.shown(),
        kind=address.scheme,
        aggregate=whole,
        columns=rows.columns,
        reasons=rows.reasons,
        head=rows.entries,
        profile=rows.profile,
        **parts,
    )

"""A ledger's columns as the entries of the waist, in SQL that runs where the rows are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from xlsales.sources.databases.cells import MOST, Cell, bare_sql, day_sql, number_sql, rounded_sql, text_sql
from xlsales.sources.databases.dialects import SOURCE
from xlsales.sources.rowtypes import MARKS
from xlsales.sources.waist import UNITS, quoted

TEXT_KEYS: Final = (
    "customer_no", "customer", "invoice_no", "article_group", "seller", "region", "currency", "org_no",
)  # fmt: skip
_FACTORS: Final = {"quantity", "unit_price", "net_price", "discount", "discount_amount"}

# The sign of a cost by the piece follows the sale: some systems write what leaves the store as a negative quantity.
_COSTS: Final = {
    "contribution": "units - cost_units",
    "unit_cost": "CASE WHEN units < 0 THEN -ABS(cost_units) ELSE ABS(cost_units) END",
}

Kinds = Sequence[tuple[str, ...]]


@dataclass(frozen=True)
class Plan:
    """How the columns of a source become entries.

    cells: ledger key → column. parts: the keys that make the amount, as in :class:`xlsales.sources.amounts.Amounts`.
    percent: discounts are written as 10 for a tenth. minus: credits bear a minus of their own beside debits.
    costs_turned: costs of sales bear a minus. turned: what stands in the columns of ``marks`` of credits that are to
    have a minus. dropped: the same of those that are no sales.
    """

    cells: Mapping[str, Cell]
    parts: Sequence[str]
    percent: bool = False
    minus: bool = False
    costs_turned: bool = False
    turned: Kinds = ()
    dropped: Kinds = ()

    @property
    def marks(self) -> list[str]:
        """The columns that tell what kind of row it is."""
        return [key for key in MARKS if key in self.cells]

    @property
    def cost_key(self) -> str:
        """The column the cost is read from, "" if there is none."""
        unit = ("unit_cost",) if "quantity" in self.cells else ()
        return next((key for key in ("cost", "contribution", *unit) if key in self.cells), "")

    @property
    def cost_parts(self) -> tuple[str, ...]:
        """All columns that make the cost."""
        return ("quantity", "unit_cost") if self.cost_key == "unit_cost" else tuple(filter(None, [self.cost_key]))

    @property
    def exact(self) -> bool:
        """Nothing in the amount is a float, and nothing is multiplied."""
        return not _FACTORS & set(self.parts) and all(self.cells[key].kind != "float" for key in self.parts)


def all_rows(plan: Plan) -> str:
    """Every row of the source: day, units, cost, the texts of the waist, the marks, invoice_cell, day_cell,
    amount_cell, cost_bad and why: the code of the first reason why it cannot be used, "" if it can.
    """
    units = _units("amount_net", plan.exact)
    if plan.turned:
        units = f"CASE WHEN {_any_of(plan, plan.turned)} THEN -ABS({units}) ELSE {units} END"
    names = [*TEXT_KEYS, *plan.marks, "day", "day_cell", "amount_cell", "cost_bad"]
    kept = ", ".join(name for name in names if name != "invoice_no")
    numbered = "CASE WHEN invoice_no = '' THEN CAST(day AS VARCHAR) ELSE invoice_no END"
    whole = (
        f"SELECT {kept}, invoice_no AS invoice_cell, {numbered} AS invoice_no, {units} AS units, "
        f"{_cost(plan)} AS cost_units, {_why(plan)} AS why FROM {_net(plan)} AS n"
    )
    cost = _COSTS.get(plan.cost_key, "-cost_units" if plan.costs_turned else "cost_units")
    return f"(SELECT {kept}, invoice_cell, invoice_no, units, {cost} AS cost, why FROM ({whole}) AS u)"


def used_rows(plan: Plan) -> str:
    """The rows that are sales, for :func:`xlsales.sources.waist.monthly_sql`."""
    dropped = f" AND NOT ({_any_of(plan, plan.dropped)})" if plan.dropped else ""
    return f"(SELECT * FROM {all_rows(plan)} AS a WHERE why = ''{dropped})"


def survey_sql(plan: Plan) -> str:
    """Rows and sums by reason and type, before anything is dropped or turned.

    least: the smallest amount. cost_bad: unreadable costs. costed: rows with a cost and an amount; against: those of
    them where they have different signs.
    """
    plan = replace(plan, turned=(), dropped=(), costs_turned=False)
    keys = ", ".join(("why", *plan.marks))
    against = "(cost < 0 AND units > 0) OR (cost > 0 AND units < 0)"
    return (
        f"SELECT {keys}, COUNT(*) AS row_count, SUM(COALESCE(units, 0)) AS units, MIN(units) AS least, "
        "SUM(cost_bad) AS cost_bad, SUM(CASE WHEN cost <> 0 AND units <> 0 THEN 1 ELSE 0 END) AS costed, "
        f"SUM(CASE WHEN {against} THEN 1 ELSE 0 END) AS against FROM {all_rows(plan)} AS a GROUP BY {keys}"
    )


def rejects_sql(plan: Plan, most: int) -> str:
    """The first rows set aside, in an order of their own."""
    dropped = f" AND NOT ({_any_of(plan, plan.dropped)})" if plan.dropped else ""
    names = "why, invoice_cell, customer_no, day_cell, amount_cell, units"
    order = "why, invoice_cell, customer_no, day_cell, amount_cell"
    return f"SELECT {names} FROM {all_rows(plan)} AS a WHERE why <> ''{dropped} ORDER BY {order} LIMIT {most}"


def largest_sql(plan: Plan, key: str) -> str:
    """The largest number of a column and the largest of all without regard to their signs."""
    value, _ = number_sql(replace(plan.cells[key], sql=f"{key}_cell"), f"{key}_bare", exact=False)
    return f"SELECT MAX({value}) AS most, MAX(ABS({value})) AS furthest FROM {_cells(plan)} AS c"


def months_sql(cell: Cell) -> str:
    """The largest first and second number of a column of dates such as 03/04/2024."""
    text = text_sql(cell)
    firsts = f"MAX(SUBSTRING({text}, 1, 2)) AS firsts, MAX(SUBSTRING({text}, 4, 2)) AS seconds"
    return f"SELECT {firsts} FROM {SOURCE} AS s"


def _cells(plan: Plan) -> str:
    """The columns as they stand, under their key, and numbers in text without spaces."""
    numbers = {*plan.parts, *plan.cost_parts}
    shown = [f"{cell.sql} AS {key}_cell" for key, cell in plan.cells.items()]
    shown += [
        f"{bare_sql(cell)} AS {key}_bare"
        for key, cell in plan.cells.items()
        if key in numbers and (cell.kind == "text" or cell.loose)
    ]
    shown.append(f"{text_sql(plan.cells['invoice_date'])} AS day_cell")
    return f"(SELECT {', '.join(shown)} FROM {SOURCE} AS s)"


def _read(plan: Plan) -> str:
    """The cells typed: day and whether there is one, values and whether they are unreadable, texts."""
    cells = {key: replace(cell, sql=f"{key}_cell") for key, cell in plan.cells.items()}
    cells.setdefault("customer_no", cells.get("customer", Cell("''")))
    day, dated = day_sql(cells["invoice_date"], "day_cell", "invoice_date_cell")
    shown = [f"{day} AS day", f"CASE WHEN {dated} THEN 1 ELSE 0 END AS dated", "day_cell"]
    for key in dict.fromkeys([*plan.parts, *plan.cost_parts]):
        exact = plan.exact if key in plan.parts else key in ("cost", "contribution")
        value, bad = number_sql(cells[key], f"{key}_bare", exact=exact)
        value = f"({value}) * {cells[key].scale}" if cells[key].scale != 1 else value
        shown += [f"{value} AS {key}_value", f"CASE WHEN {bad} THEN 1 ELSE 0 END AS {key}_bad"]
    shown += [f"{text_sql(cells.get(key))} AS {key}" for key in (*TEXT_KEYS, *plan.marks)]
    shown.append(f"{text_sql(cells[plan.parts[0]])} AS amount_cell")
    return f"(SELECT {', '.join(shown)} FROM {_cells(plan)} AS c)"


def _net(plan: Plan) -> str:
    """The amount and the cost of their parts, and what is unreadable in them."""
    value = _amount(plan)
    # Floats are rounded where they are ten-thousandths, so that they must be that here.
    value = value if plan.exact else f"({value}) * {UNITS}"
    bad = " + ".join(f"{key}_bad" for key in plan.parts)
    cost_bad = " + ".join(f"{key}_bad" for key in plan.cost_parts) or "0"
    cost = " * ".join(f"{key}_value" for key in plan.cost_parts) or "0"
    names = ", ".join(("day", "dated", "day_cell", "amount_cell", *TEXT_KEYS, *plan.marks))
    made = f"{value} AS amount_net, {bad} AS amount_bad, {cost_bad} AS cost_bad, {cost} AS cost_value"
    return f"(SELECT {names}, {made} FROM {_read(plan)} AS r)"


def _amount(plan: Plan) -> str:
    """As :func:`xlsales.sources.amounts.find_amounts` makes it, in the same order, so that floats come out the same."""
    parts = list(plan.parts)
    if parts[0] == "debit":
        sign = "+" if plan.minus else "-"
        both = " AND ".join(f"{key}_value IS NULL" for key in parts)
        sides = f" {sign} ".join(f"COALESCE({key}_value, 0)" for key in parts)
        return f"CASE WHEN {both} THEN NULL ELSE {sides} END"
    value = " * ".join(f"{key}_value" for key in parts if key not in ("vat", "discount", "discount_amount"))
    if "discount" in parts:
        share = "COALESCE(discount_value, 0)" + (" / 100" if plan.percent else "")
        return f"{value} * (1 - {share})"
    for key in ("vat", "discount_amount"):
        if key in parts:
            # Some systems write these without a minus on a credit note.
            less = f"ABS(COALESCE({key}_value, 0))"
            return f"{value} - CASE WHEN {value} < 0 THEN -{less} ELSE {less} END"
    return value


def _units(net: str, exact: bool) -> str:
    units = f"CAST({net} * {UNITS} AS BIGINT)" if exact else rounded_sql(net)
    return f"CASE WHEN {_is_sane(net, exact)} THEN {units} END"


def _is_sane(net: str, exact: bool) -> str:
    """An amount beyond this is a slip, and would not fit."""
    return f"ABS({net}) < {MOST if exact else MOST * UNITS}"


def _cost(plan: Plan) -> str:
    if not plan.cost_key:
        return "CAST(NULL AS BIGINT)"
    exact = plan.cost_key != "unit_cost" and plan.cells[plan.cost_key].kind != "float"
    return _units("cost_value" if exact else f"(cost_value * {UNITS})", exact)


def _why(plan: Plan) -> str:
    insane = f"(amount_net IS NOT NULL AND NOT {_is_sane('amount_net', plan.exact)})"
    return (
        "CASE WHEN day IS NULL AND dated = 1 THEN 'bad_date' WHEN day IS NULL THEN 'no_date' "
        "WHEN customer_no = '' THEN 'no_customer' "
        f"WHEN amount_bad > 0 OR {insane} THEN 'bad_amount' "
        "WHEN amount_net IS NULL THEN 'no_amount' ELSE '' END"
    )


def _any_of(plan: Plan, kinds: Kinds) -> str:
    kind = (
        " AND ".join(f"{key} = {quoted(text)}" for key, text in zip(plan.marks, texts, strict=True)) for texts in kinds
    )
    return " OR ".join(f"({test})" for test in kind)

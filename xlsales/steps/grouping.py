"""Grouping: the companies of a group analysed as one customer."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True)
class GroupingRules:
    """What is analysed: every customer number, or groups of companies; see the setting of the same name."""

    analysis_level: str = "customer"


def grouping(register: pd.DataFrame, rules: GroupingRules = GroupingRules()) -> dict[str, str]:
    """The group that each customer number is analysed as; empty where customers are analysed one by one.

    register: customer_no and group, "" where a customer belongs to none. Names that differ in upper and lower case or
        in blanks are one group, written as it is first.
    Customers without a group stay themselves and are not in the answer.
    """
    if rules.analysis_level != "group" or "group" not in register:
        return {}
    named = register.loc[register["group"] != "", ["customer_no", "group"]].drop_duplicates("customer_no")
    folded = named["group"].str.split().str.join(" ").str.casefold()
    written = named["group"].groupby(folded).transform("first").str.strip()
    return dict(zip(named["customer_no"], written, strict=True))


def as_groups(table: pd.DataFrame, groups: dict[str, str]) -> pd.DataFrame:
    """A table by customer number as one by group: the number is the group's name, and so is customer if it is there."""
    if not groups:
        return table
    group = table["customer_no"].map(groups).astype(object)
    known = group.notna()
    merged = {"customer_no": group.where(known, table["customer_no"])}
    if "customer" in table:
        merged["customer"] = group.where(known, table["customer"])
    return table.assign(**merged)


def as_members(customers: pd.DataFrame, units: pd.DataFrame, groups: dict[str, str], taken: list[str]) -> pd.DataFrame:
    """Customers one by one with what was found of the group each belongs to.

    customers: one row per customer number. units: one row per group or lone customer. taken: the columns that are the
        group's; the others, money above all, stay the customer's own.
    Returns the customers with unit (the group's name, "" for a lone customer) and unit_revenue, unit_revenue_prev and
    unit_change_pct of the group.
    """
    unit = customers["customer_no"].map(groups).astype(object)
    key = unit.where(unit.notna(), customers["customer_no"])
    found = units.set_index("customer_no").reindex(key)
    said = {column: found[column].to_numpy() for column in taken}
    said |= {f"unit_{c}": found[c].to_numpy() for c in ("revenue", "revenue_prev", "change_pct")}
    return customers.assign(unit=unit.fillna(""), **said)

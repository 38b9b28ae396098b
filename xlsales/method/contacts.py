"""Whom we know at the customers that matter most."""

from __future__ import annotations

import pandas as pd

from xlsales.issues import Issue
from xlsales.method.run import Run
from xlsales.steps.stakeholders import stakeholders


def contacts(run: Run, known: pd.DataFrame) -> int:
    """Fill the coverage of stakeholders; returns how many class A customers lack a known decider.

    known: customer_no, customer, abc, seller, revenue and wallet of every customer.
    As long as nobody is listed at all there is one note instead of a warning per customer.
    """
    people = run.book.parsed("stakeholders").good
    ordered = known.sort_values(["revenue", "customer_no"], ascending=[False, True])
    found = stakeholders(people, ordered)
    facts = known.set_index("customer_no")
    table = found.assign(
        **{key: found["customer_no"].map(facts[key]) for key in ("customer", "abc", "seller", "wallet")},
        levels=[_words(run, "level", codes) for codes in found["levels"]],
        missing=[_words(run, "missing", codes) for codes in found["missing"]],
    )
    table["customer"] = table["customer"].fillna(table["customer_no"])
    run.tables["stakeholder_coverage"] = table
    unknown = table[(table["abc"] == "A") & (table["deciders"] == 0)]
    if people.empty:
        params = {"count": len(unknown)}
        issues = [Issue("note", "no_stakeholders", "stakeholders", row=-1, params=params)] if len(unknown) else []
    else:
        issues = [
            Issue("warning", "no_decider", "customers", "customer_no", key=row["customer_no"], found=row["customer"],
                  params={"customer": row["customer"], "people": row["people"]})
            for row in unknown.to_dict("records")
        ]  # fmt: skip
    run.add("potential", issues)
    return 0 if people.empty else len(unknown)


def add_levels(run: Run) -> None:
    """The customers' levels beside their coverage, when the hierarchy is known."""
    if "hierarchy" in run.results:
        levels = run.results["hierarchy"].levels.set_index("customer_no")["level"]
        table = run.tables["stakeholder_coverage"]
        run.tables["stakeholder_coverage"] = table.assign(level=table["customer_no"].map(levels))


def _words(run: Run, part: str, codes: tuple[str, ...]) -> str:
    return ", ".join(run.say("potential", f"{part}_{code}") for code in codes)

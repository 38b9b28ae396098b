"""Stakeholders: whom we know at the customers that matter most, and who is missing."""

from __future__ import annotations

import numpy as np
import pandas as pd

COLUMNS = ["customer_no", "people", "deciders", "users", "levels", "missing"]
LEVELS = ("company", "individual")


def stakeholders(people: pd.DataFrame, customers: pd.DataFrame) -> pd.DataFrame:
    """How well the people at every class A customer, and at every other customer with people, are known.

    people: customer_no, person, decision_level (company, individual or "") and influence (decides, influences, uses,
        evaluates or ""). customers: customer_no and abc.
    Returns customer_no, people, deciders, users, levels (tuple of the decision levels known) and missing (tuple of
    decider, user, company and individual), those without a decider first, otherwise in the order of the customers.
    """
    wanted = [*customers.loc[customers["abc"] == "A", "customer_no"], *people["customer_no"]]
    order = {number: i for i, number in enumerate([*customers["customer_no"], *sorted(set(wanted))][::-1])}
    numbers = sorted(set(wanted), key=lambda number: -order[number])
    known = people.drop_duplicates(["customer_no", "person"])
    marks = {
        "people": np.ones(len(known), dtype=bool),
        "deciders": known["influence"] == "decides",
        "users": known["influence"] == "uses",
        **{level: known["decision_level"] == level for level in LEVELS},
    }
    counts = pd.DataFrame(marks).groupby(known["customer_no"].to_numpy()).sum().reindex(numbers, fill_value=0)
    there = [tuple(v for v in LEVELS if row[v]) for row in counts.to_dict("records")]
    asked = {"decider": "deciders", "user": "users", **{level: level for level in LEVELS}}
    lacking = [tuple(name for name, key in asked.items() if not row[key]) for row in counts.to_dict("records")]
    table = pd.DataFrame({"customer_no": pd.Series(numbers, dtype=object), "levels": there, "missing": lacking})
    table = table.assign(**{key: counts[key].to_numpy(np.int64) for key in ("people", "deciders", "users")})
    return table.sort_values("deciders", key=lambda n: n > 0, kind="stable", ignore_index=True)[COLUMNS]

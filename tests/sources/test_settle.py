"""Row types settled on the aggregate are settled as on rows."""

from __future__ import annotations

from typing import Any

import pandas as pd

from xlsales.sources.settle import settled


def groups(*rows: tuple[Any, ...]) -> pd.DataFrame:
    """(row_type, cancelled, units, least) as groups of two rows."""
    frame = pd.DataFrame(rows, columns=["row_type", "cancelled", "units", "least"])
    numbers = {"rows": 2, "days": 1, "cost": 0, "uncosted": 2, "month": 24_000}
    texts = dict.fromkeys(("seller", "article_group", "region", "currency", "customer", "org_no"), "")
    days = dict.fromkeys(("first", "last"), pd.Timestamp("2000-01-01"))
    customers = pd.Series([f"{place:03}" for place in range(len(rows))], dtype="str")
    return frame.assign(customer_no=customers, **numbers, **texts, **days)


def test_payments_and_cancelled_documents_are_no_sales() -> None:
    """They are told with their count and amount."""
    done = settled(groups(("Invoice", "", 100, 1), ("Payment", "", -7_000, -500), ("Invoice", "Ja", 3_000, 10)))
    assert list(done.monthly["units"]) == [100]
    assert [(n.code, n.params["count"], n.params["amount"]) for n in done.issues] == [
        ("row_types_left_out", 2, -0.7),
        ("cancelled_left_out", 2, 0.3),
    ]
    assert done.bought_sql() == "row_type NOT IN ('Payment') AND cancelled NOT IN ('Ja')"


def test_credits_written_without_a_minus_are_turned() -> None:
    """And they are no purchase."""
    done = settled(groups(("Faktura", "", 100, 1), ("Kreditfaktura", "", 40, 10)))
    assert list(done.monthly["units"]) == [100, -40]
    assert list(done.monthly["days"]) == [1, 0]
    assert [n.code for n in done.issues] == ["credits_turned"]


def test_credits_with_a_minus_stay() -> None:
    """One negative credit note shows that the sign is written."""
    done = settled(groups(("Credit memo", "", 40, -10), ("Credit memo", "", 5, 5)))
    assert list(done.monthly["units"]) == [40, 5]
    assert not done.issues

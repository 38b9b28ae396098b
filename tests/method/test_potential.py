"""Potential, white space, the template, prospects and stakeholders in the workbook."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from tests.method.company import World, found
from xlsales.tables.folder import read_toml


def buys(*rows: tuple[str, str, float]) -> list[dict[str, Any]]:
    """Ledger rows of the window: customer, article group and amount."""
    keys = ("customer_no", "article_group", "amount")
    return [{"invoice_date": dt.date(2026, 1, 15), **dict(zip(keys, row, strict=True))} for row in rows]


def register(*rows: tuple[Any, ...]) -> list[dict[str, Any]]:
    """Customers: number, category, employees, wallet, source and date of the wallet."""
    keys = ("customer_no", "category", "employees", "wallet", "wallet_source", "wallet_date")
    return [{"customer": f"Bolag {row[0]}", **dict(zip(keys, row, strict=False))} for row in rows]


@pytest.fixture
def market(plain: World) -> World:
    """Four industrial customers; d has no wallet, and e is told to be a third supplier of three."""
    plain.type("ledger", buys(("a", "olja", 600), ("a", "filter", 200), ("b", "olja", 200), ("b", "filter", 100),
                              ("c", "olja", 100), ("d", "filter", 10)))  # fmt: skip
    said = dt.date(2026, 2, 1)
    rows = register(("a", "Industri", 20, 2000, "stated", said), ("b", "Industri", 10, 400, "Eva Ek", said),
                    ("c", "Industri", 10, None), ("d", "Industri", 10, None))  # fmt: skip
    rows[2] |= {"supplier_rank": 3, "suppliers": 3, "target_share": 0.6}
    plain.type("customers", rows)
    return plain


def test_every_wallet_says_where_it_comes_from(market: World) -> None:
    """Told by the customer, by a named seller, from a rank, and by the model; the user's cells stay as they were."""
    market.run()
    customers = market.typed("customers").set_index("customer_no")
    assert customers["wallet_basis"].to_dict() == {"a": "stated", "b": "seller", "c": "rank", "d": "model"}
    # c: 100 kronor are 16.67 %. d: the median of 40, 30, 10 and 1 per employee, times ten.
    assert customers["wallet_used"].tolist() == [2000, 400, 600, 200]
    assert customers["potential"].tolist() == [200, 0, 260, 90]
    assert customers["wallet"].isna().tolist() == [False, False, True, True]
    assert customers["box"].tolist() == ["grow", "simple", "grow", "leave"]
    assert customers["priority"].tolist() == [1, 3, 1, 3]
    assert "260" in customers.loc["c", "reason"]
    assert "60\u00a0%" in customers.loc["c", "reason"]


def test_white_space_stands_with_its_counts(market: World) -> None:
    """c lacks filters, d lacks oil: three of four buy each."""
    market.run()
    gaps = market.typed("white_space")
    assert gaps[["customer_no", "article_group", "buyers", "peers", "potential"]].to_numpy().tolist() == [
        ["d", "olja", 3, 4, 200], ["c", "filter", 3, 4, 100]]  # fmt: skip
    assert gaps["peers_buying"].tolist() == [0.75, 0.75]
    assert market.typed("white_groups")["potential"].tolist() == [200, 100]


def test_wallets_that_cannot_be_are_told(market: World) -> None:
    """Below our revenue, a rank beyond the suppliers, and neither source nor date."""
    market.type("customers", [
        {"customer_no": "a", "wallet": 700}, {"customer_no": "b", "supplier_rank": 4, "suppliers": 3},
    ])  # fmt: skip
    issues = {row["expected"]: row for row in found(market.run())}
    parts = ("800\u00a0kr", "antalet leverantörer", "Källa och datum")
    low, rank, unsaid = (next(row for text, row in issues.items() if part in text) for part in parts)
    assert (low["severity"], low["cell"]) == ("note", market.cell("customers", "wallet", 0))
    assert (rank["severity"], rank["cell"]) == ("warning", market.cell("customers", "supplier_rank", 1))
    assert unsaid["severity"] == "note"


def test_a_class_a_customer_without_decider_is_a_warning(market: World) -> None:
    """As long as nobody is listed it is one note; then a warning for each, beside the customer's coverage."""
    notes = [row for row in found(market.run(), "note") if "beslutsfattare" in row["expected"]]
    assert len(notes) == 1
    market.type("stakeholders", [
        {"customer_no": "a", "person": "Eva", "role": "vd", "decision_level": "company", "influence": "uses"},
        {"customer_no": "b", "person": "Nils", "role": "vd", "decision_level": "company", "influence": "decides"},
    ])  # fmt: skip
    warnings = [row for row in found(market.run(), "warning") if "beslutar hos" in row["expected"]]
    assert [row["found"] for row in warnings] == ["Bolag a"]
    coverage = market.typed("stakeholder_coverage").set_index("customer_no")
    assert coverage[["people", "deciders", "users"]].loc["a"].tolist() == [1, 0, 1]
    assert coverage.loc["a", "wallet"] == 2000


def test_ticks_survive_and_prospects_are_held_against_them(market: World) -> None:
    """Proposed traits count until somebody writes yes; what is ticked stays through runs, also without a ledger."""
    market.type("prospect_list", [
        {"prospect_id": "p1", "name": "Ny AB", "category": "industri ", "employees": 12},
        {"prospect_id": "p2", "name": "Annan AB", "category": "Handel"},
    ])  # fmt: skip
    market.run()
    assert market.typed("prospect_list")["advice"].tolist() == ["", ""]
    traits = market.typed("template_traits")
    row = traits.index[traits["value"] == "Industri"][0]
    market.set("template_traits", int(row), "use", "yes")
    market.run()
    listed = market.typed("prospect_list")
    assert listed["advice"].tolist() == ["go", "refrain"]
    assert listed[["matched", "asked"]].to_numpy().tolist() == [[1, 1], [0, 1]]
    market.type("ledger", [])
    market.run()
    kept = market.typed("template_traits")
    assert kept.loc[kept["use"], "value"].tolist() == ["Industri"]


def test_every_picture_has_its_sentence_and_every_question_its_answer(market: World) -> None:
    """The answers are filled, and the findings name the pictures of the sheet."""
    market.run()
    answers = market.typed("strategic_answer")
    answers = answers[answers["answer"] != ""]
    assert answers["question"].tolist() == ["which", "where", "common", "which"]
    findings = market.typed("findings_potential")
    drawn = [chart for chart in read_toml("charts.toml")["chart"] if chart["sheet"] == "potential"]
    assert len(findings) == len(drawn)
    assert (findings["sentence"] != "").all()
    assert "Bolag" in findings["sentence"][0]


def test_the_order_of_rows_and_the_unit_of_money_change_no_class(market: World) -> None:
    """Ten times the money in another order gives the same boxes, priorities and bases."""
    market.run()
    keys = ["customer_no", "box", "priority", "wallet_basis"]
    before = market.typed("customers")[keys].sort_values("customer_no").to_numpy().tolist()
    ledger = market.typed("ledger")
    market.type("ledger", buys(*((c, g, 10 * a) for c, g, a in zip(
        ledger["customer_no"][::-1], ledger["article_group"][::-1], ledger["amount"][::-1], strict=True))))  # fmt: skip
    for row, wallet in enumerate((20000, 4000)):
        market.set("customers", row, "wallet", wallet)
    market.reorder("customers", [3, 1, 0, 2])
    market.run()
    assert market.typed("customers")[keys].sort_values("customer_no").to_numpy().tolist() == before

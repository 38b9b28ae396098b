"""The revenue analysis in the workbook: tables that tie, sentences, groups of companies and windows of years."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from tests.method.company import World, fill, found
from xlsales.tables.folder import read_toml
from xlsales.tables.schema import LANGUAGES


@pytest.fixture
def kind() -> str:
    """What is asked here is the method's; that every host gives the same is asked elsewhere."""
    return "memory"


Make = Callable[..., World]
FINDINGS = ("findings_revenue", "findings_portfolio", "findings_categories", "findings_profitability")
REGISTER = [
    {"customer_no": "001", "customer": "Alfa AB", "category": "Industri", "group": "Nord"},
    {"customer_no": "002", "customer": "Beta Bygg AB", "category": "Handel", "group": "nord "},
    {"customer_no": "003", "customer": "Gamma AB"},
]


def ledger(*rows: tuple[str, str, float, float | None]) -> list[dict[str, Any]]:
    """Entries of date, customer, amount and cost."""
    keys = ("invoice_date", "customer_no", "amount", "cost")
    return [dict(zip(keys, (dt.date.fromisoformat(d), *rest), strict=True)) for d, *rest in rows]


def test_every_table_of_the_portfolio_ties_to_the_bridge(small: World) -> None:
    """Categories, sellers, deciles, sizes and the matrix hold the same money and customers as the bridge."""
    small.run()
    world = small.again()
    bridge = world.typed("bridge").set_index("component")
    closing, opening = bridge.loc["closing"], bridge.loc["opening"]
    change = closing["amount"] - opening["amount"]
    for key in ("category_status", "category_seller"):
        assert world.typed(key)["revenue"].sum() == pytest.approx(closing["amount"])
        assert world.typed(key)["change"].sum() == pytest.approx(change)
    for key in ("deciles", "tail"):
        assert world.typed(key)["revenue"].sum() == pytest.approx(closing["amount"])
        assert world.typed(key)["customers"].sum() == closing["customers"]
    matrix = world.typed("migration_matrix").set_index("from")
    assert matrix.loc["total", ["a", "b", "c"]].sum() == closing["customers"]
    assert matrix.loc[["A", "B", "C"], "customers"].sum() == opening["customers"]
    assert world.typed("migration")["change"].sum() == pytest.approx(change)
    assert world.typed("quarters")[["q9", "q10", "q11", "q12"]].sum().sum() == pytest.approx(closing["amount"])


def test_customers_get_their_codes(small: World) -> None:
    """XYZ and RFM for who bought in the window, the class before for who bought then, nothing for others."""
    small.run()
    customers = small.again().typed("customers").set_index("customer_no")
    assert customers["abc"].to_dict() == {"001": "A", "002": "", "003": "", "004": "B", "005": "C"}
    assert customers["abc_prev"].to_dict() == {"001": "A", "002": "A", "003": "", "004": "", "005": ""}
    assert customers["xyz"].to_dict() == {"001": "Z", "002": "", "003": "", "004": "Z", "005": "Z"}
    assert customers["rfm"].to_dict() == {"001": "114", "002": "", "003": "", "004": "212", "005": "411"}


def test_key_figures_stand_beside_those_before(small: World) -> None:
    """1 500.20, 300.30 and 50.05 now against 1 000.10 and 800.00 before; a measure without a past is empty there."""
    small.run()
    figures = small.again().typed("key_figures").set_index("measure")
    now, before = [1500.20, 300.30, 50.05], [1000.10, 800.00]
    for column, amounts in (("value", now), ("value_prev", before)):
        total = sum(amounts)
        assert figures.at["hhi", column] == pytest.approx(sum((100 * a / total) ** 2 for a in amounts))
        assert figures.at["top_1", column] == pytest.approx(amounts[0] / total)
    assert figures.at["like_for_like", "value"] == pytest.approx(1500.20 / 1000.10 - 1)
    assert figures["value_prev"].isna()[["grr", "like_for_like", "peak_share"]].all()
    assert figures["value"].isna()[["peak_share", "losing_customers", "eroded"]].all()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_picture_has_one_sentence_in_the_workbooks_language(make: Make, language: str) -> None:
    """As many sentences as pictures, none empty and none with a place left open."""
    world = fill(make(language))
    world.run()
    names = read_toml(f"texts.{language}.toml")["picture"]
    rows = [row for key in FINDINGS for row in world.again().typed(key).itertuples(index=False)]
    assert len(rows) == 13
    assert {row.picture for row in rows} <= set(names.values())
    assert all(row.sentence.endswith(".") and "{" not in row.sentence for row in rows)


def test_the_sentences_say_the_figures(plain: World) -> None:
    """One customer of three gives 80 %; the bridge goes from 1 800 to 1 851 kronor."""
    plain.run()
    said = dict(plain.typed("findings_revenue").to_numpy().tolist())
    assert said["De tjugo största"] == "1 av 3 kunder (33\u00a0%) står för 80\u00a0% av intäkterna."
    bridge = said["Intäktsbryggan"].replace("\u00a0", " ")
    assert bridge.startswith("Intäkten gick från 1 800 kr till 1 851 kr (+2,8 %).")


def test_loss_makers_stand_last_on_the_whale_curve(make: Make) -> None:
    """100, 40 and −30: the peak is 140 of 110, one customer loses 30 kronor."""
    rows = ledger(
        ("2025-06-01", "001", 300.0, 200.0), ("2025-06-01", "002", 100.0, 60.0), ("2025-06-01", "003", 50.0, 80.0),
        ("2024-06-01", "001", 10.0, 5.0), ("2026-03-31", "001", 0.0, 0.0),
    )  # fmt: skip
    world = fill(make(), ledger=rows)
    world.run()
    curve = world.again().typed("profitability")
    assert curve["cum_margin"].tolist() == [100, 140, 110]
    figures = world.again().typed("key_figures").set_index("measure")["value"]
    assert figures["peak_share"] == pytest.approx(140 / 110)
    assert figures[["losing_customers", "eroded"]].tolist() == [1, 30]
    assert "1 av 3 kunder går med förlust" in world.again().typed("findings_profitability")["sentence"].iloc[0]


@pytest.mark.parametrize("level", ["koncern", "group", "Koncern"])
def test_companies_of_a_group_are_analysed_as_one(make: Make, level: str) -> None:
    """001 and 002 are Nord: kept, not one kept and one lost; rows and totals stay, and the reason says whose it is."""
    alone = fill(make(), customers=REGISTER)
    alone.run()
    alone = alone.again()
    world = fill(make(), customers=REGISTER)
    world.setting("analysis_level", level)
    result = world.run()
    assert found(result, "error") == []
    world = world.again()
    customers = world.typed("customers").set_index("customer_no")
    single = alone.typed("customers").set_index("customer_no")
    assert list(customers.index) == list(single.index)
    for column in ("revenue", "revenue_prev", "change", "invoices", "share"):
        assert customers[column].fillna(0).tolist() == pytest.approx(single[column].fillna(0).tolist())
    assert single.loc[["001", "002"], "status"].tolist() == ["stable", "lost"]
    assert customers.loc[["001", "002"], "status"].tolist() == ["stable", "stable"]
    assert customers.loc[["001", "002"], "abc"].tolist() == ["A", "A"]
    assert customers.at["002", "reason"].startswith("Koncernen Nord: 1\u00a0500\u00a0kr mot 1\u00a0800\u00a0kr")
    assert not customers.at["004", "reason"].startswith("Koncernen")
    bridge, before = (w.typed("bridge").set_index("component") for w in (world, alone))
    ends = ["opening", "closing"]
    assert bridge.loc[ends, "amount"].tolist() == before.loc[ends, "amount"].tolist()
    assert bridge["customers"].to_dict()["lost"] == 0
    assert bridge.at["opening", "customers"] == 1
    assert world.typed("top_customers")["customer"].tolist() == ["Nord", "Delta AB", "Epsilon AB"]
    for key in ("cuts", "category_seller"):
        assert world.typed(key)["revenue"].sum() == pytest.approx(alone.typed(key)["revenue"].sum())


def test_a_setting_with_listed_values_takes_no_other(make: Make) -> None:
    """A word that is not in the list is an error that names the list, and the default counts."""
    world = fill(make())
    world.setting("window_kind", "kvartal")
    errors = found(world.run(), "error")
    assert [error["found"] for error in errors] == ["kvartal"]
    assert "rullande, kalenderår, räkenskapsår" in errors[0]["expected"]


@pytest.mark.parametrize(
    ("window", "start", "now", "before", "end"),
    [
        ("kalenderår", 1, 1800.50, 1800.10, "2025-12-31"),
        ("räkenskapsår", 4, 1850.55, 1800.10, "2026-03-31"),
        ("fiscal", 7, 300.00, 1700.00, "2025-06-30"),
    ],
)
def test_years_are_compared_with_years(
    make: Make, window: str, start: int, now: float, before: float, end: str
) -> None:
    """What was bought after the year is said and not counted."""
    rows = None
    if start == 7:
        rows = ledger(("2024-06-30", "001", 1700.0, None), ("2024-07-01", "001", 300.0, None),
                      ("2025-07-01", "001", 50.0, None), ("2026-03-31", "002", 5.0, None))  # fmt: skip
    world = fill(make(), **({"ledger": rows} if rows else {}))
    world.setting("window_kind", window)
    world.setting("fiscal_start_month", start)
    result = world.run()
    amounts = world.again().typed("bridge").set_index("component")["amount"]
    assert amounts[["opening", "closing"]].round(2).tolist() == [before, now]
    assert world.again().typed("trend")["month"].iloc[-1] == dt.datetime.fromisoformat(end)
    noted = [n for n in found(result, "note") if "räknas inte i perioderna" in n["expected"]]
    assert len(noted) == (end != "2026-03-31")
    assert all(end in note["expected"] for note in noted)


def test_credits_alone_make_no_sentence_fail(make: Make) -> None:
    """A ledger of credits only has no shares to speak of, and says so."""
    world = fill(make(), ledger=ledger(("2025-06-01", "001", -50.0, -20.0), ("2026-03-31", "002", -5.0, None)))
    world.run()
    said = world.again().typed("findings_portfolio")["sentence"].tolist()
    assert said[0] == "Ingen kund har positiv intäkt i perioden."
    assert world.again().typed("deciles")["customers"].sum() == 0

"""What was planted of potential, white space, the template and stakeholders in the demo company is found."""

from __future__ import annotations

import pandas as pd

from tests.conftest import DemoRun
from xlsales.build.demo import Demo


def test_customers_without_a_decider_are_the_planted_ones(demo_sv: DemoRun, company: Demo) -> None:
    """They come first in the coverage, and each is a warning."""
    coverage = demo_sv.table("stakeholder_coverage")
    unknown = coverage[(coverage["abc"] == "A") & (coverage["deciders"] == 0)]
    assert sorted(unknown["customer_no"]) == company.planted["without_decider"]
    assert unknown.index.tolist() == list(range(5))


def test_the_planted_white_space_is_found(demo_sv: DemoRun, company: Demo) -> None:
    """A large process customer buys no service though three in four of its category do."""
    gaps = demo_sv.table("white_space")
    number, group = company.planted["white_space"]
    row = gaps[(gaps["customer_no"] == number) & (gaps["article_group"] == group)]
    assert len(row) == 1
    assert row["peers_buying"].iloc[0] > 0.7


def test_white_space_agrees_with_the_ledger(demo_sv: DemoRun) -> None:
    """A plain pivot of the last twelve months gives the same empty cells and medians."""
    ledger = pd.read_csv(demo_sv.folder / "demo-ledger.csv", sep=";", encoding="cp1252", dtype=str).iloc[:, :11]
    ledger.columns = ["day", "invoice", "customer_no", "name", "article", "group", "n", "amount", "cost", "seller", "r"]
    day = pd.to_datetime(ledger["day"], format="%Y-%m-%d", errors="coerce")
    amount = pd.to_numeric(ledger["amount"].str.replace(",", "."), errors="coerce")
    ledger = ledger.assign(amount=amount)[(day > "2025-09-30") & amount.notna() & ledger["customer_no"].notna()]
    category = demo_sv.table("customers").set_index("customer_no")["category"]
    cells = ledger.pivot_table(index="customer_no", columns="group", values="amount", aggfunc="sum", fill_value=0.0)
    cells = cells[(cells > 0.005).any(axis=1)]
    expected = {}
    for _, part in cells.groupby(category.reindex(cells.index).to_numpy()):
        for name in part.columns:
            bought = part.loc[part[name] > 0.005, name]
            if len(bought) / len(part) >= 0.5:
                usual = round(float(bought.median()), 2)
                expected |= {(number, name): usual for number in part.index.difference(bought.index)}
    gaps = demo_sv.table("white_space").set_index(["customer_no", "article_group"])["potential"]
    assert set(gaps.index) == set(expected)
    assert all(abs(gaps[key] - value) < 0.011 for key, value in expected.items())


def test_the_best_are_large_process_companies(demo_sv: DemoRun) -> None:
    """The planted mix of the largest customers shows as proposed traits, with counts."""
    traits = demo_sv.table("template_traits").set_index("value")
    assert traits.loc["Processindustri", "proposed"]
    assert traits.loc["250+", "best_count"] <= traits.loc["250+", "best_n"] == 10
    advice = demo_sv.table("prospect_list").set_index("prospect_id")["advice"]
    assert advice[["P01", "P09", "P06"]].tolist() == ["go", "consider", "refrain"]


def test_every_customer_has_a_priority_and_a_reason_for_it(demo_sv: DemoRun) -> None:
    """One, two or three, and the sentence says which."""
    customers = demo_sv.table("customers")
    assert customers["priority"].isin([1, 2, 3]).all()
    said = customers["reason"].str.extract(r"Prioritet (\d)")[0].astype(float)
    assert (said == customers["priority"]).all()


def test_both_languages_give_the_same_numbers(demo_sv: DemoRun, demo_en: DemoRun) -> None:
    """Only the words differ."""
    keys = ["wallet_used", "wallet_basis", "share_of_wallet", "potential", "box", "priority"]
    pd.testing.assert_frame_equal(demo_sv.table("customers")[keys], demo_en.table("customers")[keys])
    assert (demo_en.table("findings_potential")["sentence"] != "").all()

"""The demo company holds what it promises, computed here with plain pandas."""

from __future__ import annotations

import io
from pathlib import Path

import pandas as pd
import pytest

from xlsales.build.demo import Demo, build_demo, load_company
from xlsales.build.demo_customers import luhn_digit

FOLDER = Path(__file__).resolve().parents[2] / "samples" / "demo"
COLUMNS = [
    *("date", "invoice_no", "customer_no", "customer", "article", "article_group"),
    *("quantity", "amount", "cost", "seller", "region"),
]


@pytest.fixture(scope="module")
def demo() -> Demo:
    return build_demo(FOLDER)


@pytest.fixture(scope="module")
def raw(demo: Demo) -> pd.DataFrame:
    """Every ledger row as text."""
    return pd.read_csv(
        io.StringIO(demo.ledger_csv),
        sep=";",
        dtype=str,
        keep_default_na=False,
        names=COLUMNS,
        header=0,
    )


@pytest.fixture(scope="module")
def ledger(raw: pd.DataFrame) -> pd.DataFrame:
    """The usable rows, with the year 0, 1 or 2 counted back from the date of analysis."""
    frame = raw.assign(
        date=pd.to_datetime(raw["date"], format="%Y-%m-%d", errors="coerce"),
        amount=pd.to_numeric(raw["amount"].str.replace(",", "."), errors="coerce"),
    )
    frame = frame[frame["date"].notna() & frame["amount"].notna() & (frame["customer_no"] != "")]
    starts = [pd.Timestamp(2023, 10, 1), pd.Timestamp(2024, 10, 1), pd.Timestamp(2025, 10, 1)]
    return frame.assign(year=sum((frame["date"] >= start).astype(int) for start in starts) - 1)


@pytest.fixture(scope="module")
def revenue(ledger: pd.DataFrame) -> pd.DataFrame:
    return by_year(ledger, "customer_no")


def by_year(ledger: pd.DataFrame, key: str) -> pd.DataFrame:
    return ledger.pivot_table(
        index=key, columns="year", values="amount", aggfunc="sum", fill_value=0.0
    )


def criteria(demo: Demo) -> list[str]:
    return list(demo.tables["criteria"]["criterion_id"])


def counted_shares(demo: Demo) -> pd.DataFrame:
    """Shares of the points per counted answer, indexed by customer."""
    left_out = [
        *demo.planted["set_aside_answers"],
        *demo.planted["rejected_answers"],
        *demo.planted["superseded_answers"],
    ]
    answers = demo.tables["answers"]
    answers = answers[(answers["method"] == "points20") & ~answers["answer_id"].isin(left_out)]
    points = answers.set_index("customer_no")[criteria(demo)].astype(float)
    return points.div(points.sum(axis=1), axis=0)


def test_two_builds_are_identical(demo: Demo) -> None:
    again = build_demo(FOLDER)
    assert again.ledger_csv == demo.ledger_csv
    assert again.planted == demo.planted
    for key, table in demo.tables.items():
        pd.testing.assert_frame_equal(again.tables[key], table)


def test_english_changes_words_only(demo: Demo) -> None:
    english = build_demo(FOLDER, "en")
    assert english.ledger_csv == demo.ledger_csv
    assert english.planted == demo.planted
    pd.testing.assert_frame_equal(english.tables["relations"], demo.tables["relations"])
    texts = english.tables["activities"]["activity"]
    assert not set(texts) & set(demo.tables["activities"]["activity"])
    for key, table in demo.tables.items():
        assert list(english.tables[key].columns) == list(table.columns)
        assert len(english.tables[key]) == len(table)
    assert not texts.str.contains("[åäö]").any()


def test_the_ledger_survives_cp1252(demo: Demo) -> None:
    assert demo.ledger_csv.encode("cp1252").decode("cp1252") == demo.ledger_csv


def test_the_ledger_has_the_planted_size(demo: Demo, raw: pd.DataFrame) -> None:
    assert len(raw) == demo.planted["ledger_rows"]
    assert 19_000 <= len(raw) <= 22_000
    assert raw.loc[raw["customer_no"] != "", "customer_no"].nunique() == 400
    assert raw["seller"].nunique() == raw["region"].nunique() == 6
    assert raw["article_group"].nunique() == 5


def test_rejected_rows_are_counted_by_cause(
    demo: Demo, raw: pd.DataFrame, ledger: pd.DataFrame
) -> None:
    assert len(raw) - len(ledger) == demo.planted["rejected_rows"] == 6
    assert demo.planted["rejected_by_cause"] == {"date": 2, "amount": 2, "customer_no": 2}
    assert (raw["date"] == "2025-02-30").sum() == 1
    assert (raw["amount"] == "se avtal").sum() == 1
    assert (raw["customer_no"] == "").sum() == 2


def test_totals_before_equal_used_and_set_aside(
    demo: Demo, raw: pd.DataFrame, ledger: pd.DataFrame
) -> None:
    legible = pd.to_numeric(raw["amount"].str.replace(",", "."), errors="coerce").sum()
    assert ledger["amount"].sum() == pytest.approx(demo.planted["clean_total"], abs=0.005)
    used_and_aside = demo.planted["clean_total"] + demo.planted["rejected_amount"]
    assert legible == pytest.approx(used_and_aside, abs=0.005)


def test_revenue_is_60_to_90_million_a_year(demo: Demo, revenue: pd.DataFrame) -> None:
    assert revenue.sum().between(60e6, 90e6).all()
    assert list(revenue.sum()) == pytest.approx(demo.planted["revenue_by_year"], abs=0.01)


def test_some_15_per_cent_of_customers_give_80_per_cent(revenue: pd.DataFrame) -> None:
    bought = revenue.loc[revenue[2] > 0, 2].sort_values(ascending=False)
    before = bought.cumsum().shift(fill_value=0.0) / bought.sum()
    assert 0.12 <= (before < 0.80).mean() <= 0.20


def test_two_per_cent_are_credit_rows(demo: Demo, ledger: pd.DataFrame) -> None:
    assert (ledger["amount"] < 0).sum() == demo.planted["credit_rows"]
    assert (ledger["amount"] < 0).mean() == pytest.approx(0.02, abs=0.002)


def test_invoices_have_one_to_five_rows_one_customer_and_a_working_day(
    ledger: pd.DataFrame,
) -> None:
    invoices = ledger.groupby("invoice_no")
    assert invoices.size().between(1, 5).all()
    assert (invoices["customer_no"].nunique() == 1).all()
    assert (invoices["date"].nunique() == 1).all()
    assert (ledger["date"].dt.day_of_week < 5).all()
    assert ledger["date"].between("2023-10-01", "2026-09-30").all()


def test_july_is_the_weakest_full_month(ledger: pd.DataFrame) -> None:
    months = ledger.groupby(ledger["date"].dt.month)["amount"].sum()
    assert months.nsmallest(2).index.isin([7, 12]).all()


def test_lost_customers_are_the_planted_ones(demo: Demo, revenue: pd.DataFrame) -> None:
    lost = revenue[(revenue[2] <= 0) & (revenue[1] > 0)]
    assert sorted(lost[1].nlargest(3).index) == demo.planted["lost_customers"]
    assert lost.loc[demo.planted["lost_customers"], 1].min() > 100_000
    assert sorted(lost.index) == sorted(demo.planted["lost_customers"] + demo.planted["lost_small"])


def test_reactivated_new_and_former_customers_are_the_planted_ones(
    demo: Demo, revenue: pd.DataFrame
) -> None:
    bought = revenue > 0
    reactivated = bought[0] & ~bought[1] & bought[2]
    assert sorted(revenue.index[reactivated]) == demo.planted["reactivated_customers"]
    new = ~bought[0] & ~bought[1] & bought[2]
    assert sorted(revenue.index[new]) == demo.planted["new_customers"]
    former = bought[0] & ~bought[1] & ~bought[2]
    assert sorted(revenue.index[former]) == demo.planted["former_customers"]


def test_one_seller_and_region_shrink_by_a_quarter(
    demo: Demo, ledger: pd.DataFrame, revenue: pd.DataFrame
) -> None:
    for key in ("seller", "region"):
        sums = by_year(ledger, key)
        change = sums[2] / sums[1] - 1
        assert change.idxmin() == demo.planted[f"shrinking_{key}"]
        assert change.min() == pytest.approx(-0.25, abs=0.02)
        assert change.drop(change.idxmin()).min() > -0.10
    theirs = ledger.loc[ledger["seller"] == demo.planted["shrinking_seller"], "customer_no"]
    own = revenue.loc[theirs.unique()]
    assert (own[2] / own[1] - 1).between(-0.35, -0.15).all()


def test_customers_match_the_ledger(demo: Demo, ledger: pd.DataFrame) -> None:
    customers = demo.tables["customers"].set_index("customer_no")
    assert set(customers.index) == set(ledger["customer_no"])
    assert customers["customer"].is_unique
    assert customers["category"].nunique() == 4
    first = ledger.drop_duplicates("customer_no").set_index("customer_no")
    for column in ("customer", "seller", "region"):
        assert (first[column].sort_index() == customers[column].sort_index()).all()


def test_names_and_numbers_a_spreadsheet_would_spoil_are_there(demo: Demo) -> None:
    customers = demo.tables["customers"].set_index("customer_no")["customer"]
    assert customers["00123"] == "+Partner Bygg AB"
    assert "=Form Plåt & Svets AB" in set(customers)
    assert (customers.index.str.len() == 5).all()


def test_luhn_digit_of_the_textbook_number() -> None:
    assert luhn_digit("7992739871") == 3


def test_organisation_numbers_are_unique_and_end_in_their_luhn_digit(demo: Demo) -> None:
    numbers = demo.tables["customers"]["org_no"]
    assert numbers.is_unique
    assert numbers.str.fullmatch(r"\d\d[2-9]\d{3}-\d{4}").all()
    for number in numbers.str.replace("-", ""):
        assert int(number[-1]) == luhn_digit(number[:-1])


def test_a_wallet_holds_what_was_bought_and_names_its_source(
    demo: Demo, revenue: pd.DataFrame
) -> None:
    customers = demo.tables["customers"].set_index("customer_no")
    known = customers[customers["wallet"].notna()]
    assert 120 <= len(known) <= 200
    assert (known["wallet"] >= revenue.loc[known.index, 2]).all()
    assert (known["wallet_source"] != "").all()
    assert known["target_share"].between(0, 1).all()


def test_sixty_answers_eight_guesses_and_eighteen_ratings(demo: Demo) -> None:
    answers = demo.tables["answers"]
    assert answers["method"].value_counts().to_dict() == {"points20": 60, "scale10": 18, "belief": 8}
    assert answers["answer_id"].is_unique
    asked = answers[answers["method"] == "points20"]
    assert asked["customer_no"].nunique() == 45
    assert set(answers["customer_no"]) <= set(demo.tables["customers"]["customer_no"])


def test_odd_answers_are_the_planted_ones(demo: Demo) -> None:
    given = demo.tables["answers"][demo.tables["answers"]["method"] != "scale10"]
    answers = given.set_index("answer_id")[criteria(demo)]
    points = answers.apply(pd.to_numeric, errors="coerce")
    bad = points.isna().any(axis=1) | (points < 0).any(axis=1)
    assert sorted(points.index[bad]) == demo.planted["rejected_answers"]
    sums = points[~bad].sum(axis=1)
    off = sums[sums != 20]
    aside = (off - 20).abs() > 4
    assert sorted(off.index[aside]) == demo.planted["set_aside_answers"]
    assert sorted(off.index[~aside]) == demo.planted["rescaled_answers"]
    spread = points[~bad].max(axis=1) - points[~bad].min(axis=1)
    assert list(spread.index[spread <= 1]) == [demo.planted["flat_answer"]]


def test_one_person_answered_twice(demo: Demo) -> None:
    answers = demo.tables["answers"]
    answers = answers[answers["method"] == "points20"].sort_values("date")
    earlier = answers[answers.duplicated(["customer_no", "person"], keep="last")]
    assert list(earlier["answer_id"]) == demo.planted["superseded_answers"]


def test_the_planted_criteria_decide(demo: Demo) -> None:
    weights = counted_shares(demo).groupby(level=0).mean().mean().sort_values(ascending=False)
    assert list(weights.index[:3]) == demo.planted["decisive_criteria"]
    assert weights.iloc[:3].sum() > 0.62
    assert weights.iloc[:2].sum() < 0.58
    assert list(weights.index[weights > 1 / 9]) == demo.planted["decisive_criteria"]


def test_we_overrate_the_price(demo: Demo) -> None:
    answers = demo.tables["answers"]
    guessed = answers.loc[answers["method"] == "belief", criteria(demo)].astype(float)
    assert (guessed.sum(axis=1) == 20).all()
    gap = guessed.mean() / 20 - counted_shares(demo).mean()
    assert gap.idxmax() == "price"
    assert gap["price"] > 0.15


def test_we_trail_on_service_and_ease_and_lead_on_quality(demo: Demo) -> None:
    scores = demo.tables["scores"]
    assert scores["score"].between(1, 10).all()
    seen = scores[scores["rater"] == "customer"].pivot(
        index="criterion_id", columns="alternative_id", values="score"
    )
    rivals = seen[["k1", "k2"]].max(axis=1)
    assert (seen["us"] - rivals)[["service", "easy"]].max() <= -1
    assert seen.at["quality", "us"] - rivals["quality"] >= 1
    assert (seen["nothing"] <= rivals)[demo.planted["decisive_criteria"]].all()


def test_activities_have_the_planted_gaps(demo: Demo) -> None:
    activities = demo.tables["activities"].set_index("activity_id")
    relations = demo.tables["relations"].set_index("activity_id")
    assert list(activities.index) == list(relations.index) == [f"A{n:02d}" for n in range(1, 26)]
    assert relations.isin([0, 1, 3, 9]).all(axis=None)
    serves_nothing = activities[(relations == 0).all(axis=1)]
    planted = [demo.planted["empty_activity"], demo.planted["protected_empty_activity"]]
    assert list(serves_nothing.index) == planted
    assert list(serves_nothing["existing"]) == ["existing", "existing"]
    assert list(serves_nothing["protected"]) == ["", "yes"]
    strong = (relations == 9).any()
    assert list(strong.index[~strong]) == [demo.planted["unserved_criterion"]]
    assert (relations > 0).to_numpy().mean() < 0.5


def test_the_halo_has_a_nine_on_all_but_the_unserved(demo: Demo) -> None:
    nines = (demo.tables["relations"].set_index("activity_id") == 9).sum(axis=1)
    assert nines.idxmax() == demo.planted["halo_activity"]
    assert nines.max() == 8
    assert nines.drop(demo.planted["halo_activity"]).max() <= 2


def test_the_hours_do_not_suffice(demo: Demo) -> None:
    settings = demo.tables["settings"].set_index("key")["value"]
    assert settings["hours_available"] == 900
    assert demo.tables["activities"]["hours"].sum() > 1.5 * 900


def test_ratings_and_targets_have_the_planted_size(demo: Demo) -> None:
    ratings = demo.tables["level_ratings"]
    assert ratings["customer_no"].nunique() == 60
    assert len(demo.tables["level_targets"]) == 30
    by_statements = ratings["level"].isna()
    assert by_statements.equals(ratings["s1a"].notna())
    assert 20 <= by_statements.sum() <= 50
    assert (ratings["level"].dropna() * 2 % 1 == 0).all()
    assert ratings["level"].dropna().between(1, 5).all()
    assert pd.to_datetime(ratings["date"]).max() <= pd.Timestamp(demo.as_of)


def test_some_ratings_are_older_than_six_months(demo: Demo) -> None:
    ratings = demo.tables["level_ratings"]
    dates = pd.to_datetime(ratings["date"])
    latest = dates.groupby(ratings["customer_no"]).max()
    stale = latest < pd.Timestamp(demo.as_of) - pd.DateOffset(months=6)
    assert sorted(latest.index[stale]) == demo.planted["stale_ratings"]
    own = ratings[ratings["view"] == "own"]
    assert (own.groupby("customer_no")["date"].nunique() == 2).sum() == 10


def test_one_customer_sees_us_two_levels_lower(demo: Demo) -> None:
    ratings = demo.tables["level_ratings"]
    latest = ratings.sort_values("date").groupby(["customer_no", "view"])["level"].last().unstack()
    gap = (latest["own"] - latest["customer"]).dropna()
    assert list(gap.index[gap >= 1.5]) == [demo.planted["view_gap_customer"]]
    assert gap.max() == 2.0


def test_one_rating_contradicts_itself(demo: Demo) -> None:
    ratings = demo.tables["level_ratings"].dropna(subset=["s1a"])
    means = pd.DataFrame(
        {n: ratings[[f"s{n}a", f"s{n}b", f"s{n}c"]].mean(axis=1) for n in range(2, 6)}
    )
    held = means >= 0.67
    broken = [(~row).cummax() & row for _, row in held.iterrows()]
    flags = [bool(row.any()) for row in broken]
    assert list(ratings.loc[flags, "customer_no"]) == [demo.planted["contradictory_customer"]]


def test_ambitious_targets_are_set_for_small_customers(demo: Demo, revenue: pd.DataFrame) -> None:
    targets = demo.tables["level_targets"].set_index("customer_no")["target_level"]
    ambitious = demo.planted["ambitious_targets"]
    assert (targets[ambitious] >= 4).all()
    assert (revenue[2].rank(ascending=False)[ambitious] > 100).all()


def test_every_text_file_is_read() -> None:
    company = load_company(FOLDER)
    for path in FOLDER.glob("*.csv"):
        assert company[path.stem]

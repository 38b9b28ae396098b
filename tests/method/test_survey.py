"""The survey in a workbook: groups, ratings, beliefs, what is still needed, and our position in words."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from tests.method.company import NAMES, World, found

POINTS = ((10, 6, 4), (8, 8, 4), (12, 4, 4), (6, 10, 4), (14, 4, 2))


def by_criterion(world: World, key: str) -> pd.DataFrame:
    """A tool's table by criterion id; the cells show the criteria by name."""
    ids = {name: key for key, (name, _) in NAMES.items()}
    table = world.typed(key)
    return table.assign(criterion_id=table["criterion_id"].map(ids)).set_index("criterion_id")


def answer(number: int, points: tuple[float, ...], **more: Any) -> dict[str, Any]:
    """One answer of a customer of its own."""
    return {"answer_id": f"S{number}", "customer_no": f"9{number}", "method": "points20", "person": f"Person {number}",
            **dict(zip(("quality", "service", "price"), points, strict=True)), **more}  # fmt: skip


def test_a_group_below_five_is_refused_by_name(plain: World) -> None:
    """Five buyers stand for themselves, four managers do not, and a note names them."""
    rows = [answer(i, p, role="Inköpare") for i, p in enumerate(POINTS)]
    rows += [answer(i + 5, p, role="vd" if i else "Vd") for i, p in enumerate(POINTS[:4])]
    plain.type("answers", rows)
    result = plain.run()
    weights = plain.typed("weights").groupby("group", sort=False)["weight"].sum()
    assert weights.to_dict() == {"all": pytest.approx(1), "Roll: Inköpare": pytest.approx(1)}
    assert [i["found"] for i in found(result, "note") if "i gruppen" in i["expected"]] == ["Roll: Vd"]
    groups = plain.typed("answer_groups").set_index("group")
    assert groups["n"].to_dict() == {"all": 9, "Roll: Inköpare": 5, "Roll: Vd": 4}
    plain.setting("segment_min", 4)
    plain.run()
    assert "Roll: Vd" in set(plain.typed("weights")["group"])
    assert plain.typed("group_tests").set_index("grouping").at["role", "groups"] == 2


def test_ratings_give_weights_only_where_nobody_gave_points(plain: World) -> None:
    """Ratings alone: marked fallback, a warning, and what lies above the lowest as weights; with points: none of it."""
    rows = [answer(i, p, method="scale10") for i, p in enumerate([(9, 8, 7), (10, 8, 8)])]
    plain.type("answers", rows)
    result = plain.run()
    weights = by_criterion(plain, "weights")
    assert weights["weight"].to_dict() == pytest.approx({"quality": 5 / 6, "service": 1 / 6, "price": 0})
    assert set(weights["basis"]) == {"ratings"}
    assert set(plain.typed("answer_quality")["state"]) == {"fallback"}
    assert any("betyg" in i["expected"] for i in found(result, "warning"))
    plain.type("answers", [*rows, answer(7, POINTS[0])])
    plain.run()
    assert set(plain.typed("weights")["basis"]) == {"points"}
    check = by_criterion(plain, "rating_check")
    assert check["rating_mean"].to_dict() == {"quality": 9.5, "service": 8, "price": 7.5}
    assert check["points_weight"].to_dict() == pytest.approx({"quality": 0.5, "service": 0.3, "price": 0.2})


def test_a_belief_counts_per_person_and_the_latest_only(plain: World) -> None:
    """Eva guesses twice for the same customer: the later guess is hers; the gap is told in words."""
    guesses = [
        answer(20, (0, 0, 20), method="belief", person="Eva", date="2026-01-02"),
        answer(20, (4, 6, 10), method="belief", person="Eva", date="2026-02-02", answer_id="G2"),
    ]
    plain.type("answers", [*(answer(i, p) for i, p in enumerate(POINTS)), *guesses])
    plain.run()
    gap = by_criterion(plain, "belief_gap")
    assert gap["belief"].to_dict() == pytest.approx({"price": 0.5, "service": 0.3, "quality": 0.2})
    assert gap.at["quality", "gap"] == pytest.approx(0.2 - 0.5)
    assert set(plain.typed("belief_by_seller")["seller"]) == {"Eva"}
    assert "Lågt pris" in plain.typed("findings_expectations")["sentence"].iloc[1]


def test_every_picture_has_a_sentence_also_without_data(plain: World) -> None:
    """Three pictures of the survey and two of our position, none without a sentence."""
    plain.run()
    for key, count in (("findings_expectations", 3), ("findings_alternatives", 2)):
        table = plain.typed(key)
        assert len(table) == count
        assert (table["sentence"] != "").all()


def test_the_cross_lines_follow_the_setting(plain: World) -> None:
    """Equal weight crosses at 1; the means cross at the mean ratio, and the sentence says which."""
    plain.run()
    assert 1.0 in set(plain.typed("quadrant_lines")["x"])
    assert "lika vikt" in plain.typed("findings_alternatives")["sentence"].iloc[1]
    plain.setting("ipa_lines", "medelvärden")
    plain.run()
    ratio = plain.typed("comparison")["relative_mean"].mean()
    assert plain.typed("quadrant_lines")["x"].sub(ratio).abs().min() < 1e-9
    assert "medelvärdena" in plain.typed("findings_alternatives")["sentence"].iloc[1]


def test_totals_and_lists_stand_in_the_workbook(plain: World) -> None:
    """We lead on quality, which is kept; service is why we are deselected or at least a weakness, with the reason."""
    plain.run()
    lists = by_criterion(plain, "comparison_lists")
    assert lists["list"].to_dict() == {"quality": "keep_or_strengthen", "service": "minimise_or_eliminate"}
    assert "Konkurrenten" in lists.at["service", "why"]
    assert list(plain.typed("alternative_totals")["alternative_id"]) == ["us", "k1"]

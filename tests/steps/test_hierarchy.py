"""Hierarchy: where each customer stands, and what leads one level up."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xlsales.steps.hierarchy import METHODS, STATEMENTS, Hierarchy, hierarchy, level_of

AS_OF = date(2025, 12, 31)
SHEET = st.lists(st.sampled_from([0, 0.5, 1]), min_size=15, max_size=15)
LEVELS = {0.0, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 4.5, 5.0}
many = settings(max_examples=120, deadline=None, derandomize=True)


def ratings(*rows: tuple[Any, ...]) -> pd.DataFrame:
    """Ratings from (customer, date, view, person, level)."""
    frame = pd.DataFrame(list(rows), columns=["customer_no", "date", "view", "person", "level"])
    return frame.assign(date=pd.to_datetime(frame["date"]), level=frame["level"].astype("float64"))


def targets(**levels: float) -> pd.DataFrame:
    return pd.DataFrame({"customer_no": list(levels), "target_level": list(levels.values())})


def placed(*rows: tuple[Any, ...], revenue: dict[str, float] | None = None, **wanted: float) -> Hierarchy:
    return hierarchy(ratings(*rows), targets(**wanted), pd.Series(revenue or {}, dtype="float64"), AS_OF)


def first(found: Hierarchy) -> dict[str, Any]:
    return {str(key): value for key, value in found.levels.iloc[0].items()}


def level(*statements: float) -> tuple[float, bool]:
    """Level and contradiction of one sheet of statements."""
    levels, contradictions = level_of(np.array([statements]))
    return float(levels[0]), bool(contradictions[0])


@many
@given(SHEET)
def test_a_level_is_nought_or_a_half_step_from_one_to_five(statements: list[float]) -> None:
    """Any sheet gives 0 or a half step from 1 to 5, and a five has no contradiction."""
    found, contradiction = level(*statements)
    assert found in LEVELS
    assert not (found == 5 and contradiction)


@many
@given(SHEET, st.integers(0, 14), st.sampled_from([0.5, 1]))
def test_agreeing_more_never_lowers_the_level(statements: list[float], place: int, more: float) -> None:
    """Raising any one answer keeps the level or lifts it."""
    raised = [max(s, more) if i == place else s for i, s in enumerate(statements)]
    assert level(*raised)[0] >= level(*statements)[0]


@many
@given(SHEET)
def test_an_unanswered_statement_is_a_no(statements: list[float]) -> None:
    """Leaving a statement empty gives the same level as answering it with 0."""
    assert level(*[s or np.nan for s in statements]) == level(*statements)


@pytest.mark.parametrize(
    ("sheet", "found"),
    [
        ("000 000 000 000 000", (0, False)),
        ("110 000 000 000 000", (1, False)),
        ("100 000 000 000 000", (1, False)),
        ("011 000 000 000 000", (1, False)),
        ("111 hh0 000 000 000", (1, False)),
        ("111 hhh 000 000 000", (1.5, False)),
        ("111 110 000 000 000", (2, False)),
        ("100 111 000 000 000", (2, False)),
        ("111 111 110 1h0 000", (3.5, False)),
        ("111 111 111 111 111", (5, False)),
        ("111 000 111 000 000", (1, True)),
        ("000 111 000 000 000", (0, True)),
        ("111 111 h00 111 000", (2, True)),
        ("001 000 000 000 000", (0, False)),
    ],
)
def test_levels_are_held_from_below(sheet: str, found: tuple[float, bool]) -> None:
    """Two of three hold a level when all below are held; half of the next gives a half step."""
    digits = {"0": 0.0, "h": 0.5, "1": 1.0}
    assert level(*[digits[mark] for mark in sheet.replace(" ", "")]) == found


def test_only_the_first_statement_of_level_one_is_asked_of_higher_levels() -> None:
    """A customer who cannot easily leave us answers no to 1b and 1c, and is still on level 2."""
    assert level(1, 0, 0, 1, 1, 1, *[0] * 9) == (2, False)


def test_statements_are_used_where_no_level_is_written() -> None:
    """A written level goes before statements; a sheet below level 1 is shown as 1 and flagged."""
    written = {"A": 3.0, "B": np.nan, "C": np.nan, "D": np.nan}
    rows = ratings(*[(number, AS_OF, "own", "", stated) for number, stated in written.items()])
    rows[list(STATEMENTS)] = np.nan
    rows.loc[[0, 1], list(STATEMENTS)] = [1.0] * 6 + [0.0] * 9
    rows.loc[2, "s1b"] = 0.0
    found = hierarchy(rows, targets(), pd.Series(dtype="float64"), AS_OF).levels.set_index("customer_no")
    assert dict(found["level"]) == {"A": 3, "B": 2, "C": 1}
    assert dict(found["below_one"]) == {"A": False, "B": False, "C": True}


def test_the_customers_view_goes_before_ours() -> None:
    """Customer 2, own 4: the level is 2, the gap 2, and date and spread are the customer's."""
    found = first(
        placed(
            ("A", date(2025, 11, 1), "own", "Bo", 4.0),
            ("A", date(2025, 9, 1), "customer", "Eva", 1.5), ("A", date(2025, 8, 1), "customer", "Åke", 2.5),
        )
    )
    assert (found["level"], found["own"], found["customer_view"], found["gap"]) == (2, 4, 2, 2)
    assert (found["spread"], found["rated_on"]) == (1, pd.Timestamp(2025, 9, 1))
    assert "only_own" not in found["warnings"]


def test_each_persons_latest_rating_counts() -> None:
    """An older rating of the same person and one after the date of analysis are left out."""
    found = first(
        placed(
            ("A", date(2025, 12, 1), "own", " bo", 3.0), ("A", date(2025, 5, 1), "own", "Bo", 1.0),
            ("A", date(2026, 1, 1), "own", "Bo", 5.0), ("A", date(2025, 12, 1), "own", "Ada", 4.0),
        )
    )
    assert (found["level"], found["spread"]) == (3.5, 1)


def test_a_view_is_rounded_to_the_nearest_half_and_up_in_the_middle() -> None:
    """2, 2.5 and 2.5 are 2.5; 2 and 2.5 are 2.5; 2, 2 and 2.5 are 2."""
    for levels, expected in (((2, 2.5, 2.5), 2.5), ((2, 2.5), 2.5), ((2, 2, 2.5), 2.0), ((3, 3.5), 3.5)):
        rows = [("A", AS_OF, "customer", f"P{i}", one) for i, one in enumerate(levels)]
        assert first(placed(*rows))["level"] == expected


def test_warnings_say_what_to_look_at() -> None:
    """A rating older than six months is stale, our view alone is noted, a target that is reached too."""
    found = placed(
        ("A", date(2025, 6, 29), "own", "Bo", 3.0), ("B", date(2025, 6, 30), "customer", "Eva", 3.0), A=3.0, B=3.5
    ).levels.set_index("customer_no")["warnings"]
    assert found["A"] == ("stale", "only_own", "target_below")
    assert found["B"] == ()


@pytest.mark.parametrize("now", [1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 4.5])
def test_the_methods_lead_to_the_next_whole_level(now: float) -> None:
    """From 2 or 2.5 with a higher target come the methods from level 2 to 3."""
    found = placed(("A", AS_OF, "own", "Bo", now), A=5.0).methods
    assert tuple(found["method"]) == METHODS[int(now)]
    assert set(found["to_level"]) == {int(now) + 1}


def test_no_target_or_a_reached_target_gives_no_methods() -> None:
    """Methods are offered only where the target is higher than the level."""
    rows = [("A", AS_OF, "own", "Bo", 3.0), ("B", AS_OF, "own", "Bo", 3.0), ("C", AS_OF, "own", "Bo", 5.0)]
    assert placed(*rows, B=3.0, C=5.0).methods.empty


def test_customers_stand_by_revenue_and_each_on_one_level() -> None:
    """The largest first; half steps count on the level below; the levels hold all customers and revenue."""
    found = placed(
        ("A", AS_OF, "own", "", 1.5), ("B", AS_OF, "own", "", 5.0), ("C", AS_OF, "own", "", 1.0),
        revenue={"A": 10.0, "B": 30.0, "Z": 99.0},
    )
    assert list(found.levels["customer_no"]) == ["B", "A", "C"]
    assert list(found.distribution["customers"]) == [2, 0, 0, 0, 1]
    assert list(found.distribution["revenue"]) == [10, 0, 0, 0, 30]


@pytest.mark.parametrize("kind", [object, "str"])
@pytest.mark.parametrize(
    "rows", [(), (("A", date(2026, 1, 1), "own", "Bo", 2.0),), (("A", AS_OF, "own", "Bo", np.nan),)]
)
def test_without_a_rating_nobody_is_placed(rows: tuple[tuple[Any, ...], ...], kind: Any) -> None:
    """No ratings, only later ones or only empty ones: five empty levels and no methods."""
    given_rows = ratings(*rows).astype({"customer_no": kind, "view": kind, "person": kind})
    found = hierarchy(given_rows, targets(A=3.0), pd.Series({"A": 5.0}), AS_OF)
    assert found.levels.empty
    assert found.methods.empty
    assert list(found.distribution["customers"]) == [0] * 5


def test_ratings_may_lack_person_and_level() -> None:
    """With statements only, and nobody named, the latest sheet of each view counts."""
    rows = pd.DataFrame({"customer_no": ["A", "A"], "date": pd.to_datetime(["2025-01-01", "2025-02-01"])})
    rows = rows.assign(view="own", **dict.fromkeys(STATEMENTS, 0.0)).assign(s1a=[0.0, 1.0])
    found = hierarchy(rows, targets(), pd.Series(dtype="float64"), AS_OF)
    assert (first(found)["level"], first(found)["below_one"]) == (1, False)

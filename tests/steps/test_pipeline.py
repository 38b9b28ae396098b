"""Deals are as old as our own wins make them, and coverage is measured against our own win rate."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from xlsales.steps.pipeline import PipelineRules, coverage, pipeline

AS_OF = date(2026, 3, 2)
NO_WINS = pd.DataFrame({"days": pd.Series(dtype="float64")})


def deals(*created: str | None, kind: str = "new") -> pd.DataFrame:
    return pd.DataFrame({"created": pd.to_datetime(pd.Series(created, dtype=object)), "type": kind})


def wins(*days: float, kind: str = "new") -> pd.DataFrame:
    return pd.DataFrame({"days": [float(d) for d in days], "type": kind})


def test_age_is_held_against_the_median_of_twenty_wins() -> None:
    """Twenty wins of which the median is 60 days: a deal of 120 days is twice as old."""
    found = pipeline(deals("2025-11-02"), wins(*[40] * 10, *[80] * 10), AS_OF)
    assert found[["age_days", "cycle", "cycle_own", "age_ratio"]].iloc[0].tolist() == [120, 60, True, 2]


def test_nineteen_wins_are_too_few() -> None:
    """Then the setting holds, and it is marked so."""
    found = pipeline(deals("2025-12-02"), wins(*[10] * 19), AS_OF)
    assert found[["cycle", "cycle_own", "age_ratio"]].iloc[0].tolist() == [90, False, 1]


def test_a_type_with_enough_wins_has_its_own_cycle() -> None:
    """Other types take the median of all."""
    won = pd.concat([wins(*[30] * 20, kind="repeat"), wins(*[100] * 5)], ignore_index=True)
    open_deals = pd.concat([deals("2026-01-01", kind="repeat"), deals("2026-01-01")], ignore_index=True)
    assert pipeline(open_deals, won, AS_OF)["cycle"].tolist() == [30, 30]
    won = pd.concat([won, wins(*[100] * 30)], ignore_index=True)
    assert pipeline(open_deals, won, AS_OF)["cycle"].tolist() == [30, 100]


def test_a_deal_without_a_past_has_no_age() -> None:
    """Neither without a date nor with one to come; nor is anything divided by a cycle of nothing."""
    found = pipeline(deals(None, "2026-03-03", "2026-03-02"), NO_WINS, AS_OF)
    np.testing.assert_array_equal(found["age_ratio"], [np.nan, np.nan, 0])
    assert pipeline(deals("2026-01-01"), NO_WINS, AS_OF, PipelineRules(cycle_days=0))["age_ratio"].isna().all()


def test_the_coverage_needed_follows_from_the_win_rate() -> None:
    """Target 10, won 4, one of four won: need 6, and 24 of pipeline; 18 open is three times the need."""
    found = coverage(pd.DataFrame({"target": [10.0], "won": [4.0], "open_value": [18.0], "win_rate": [0.25]}))
    assert found[["need", "coverage", "coverage_needed", "pipeline_required"]].iloc[0].tolist() == [6, 3, 4, 24]


@pytest.mark.parametrize("won", [10.0, 12.0])
def test_a_reached_target_needs_nothing(won: float) -> None:
    """No coverage is shown, since there is nothing to cover, and no pipeline is required."""
    found = coverage(pd.DataFrame({"target": [10.0], "won": [won], "open_value": [5.0], "win_rate": [0.5]}))
    assert found["need"].item() == 0
    assert np.isnan(found["coverage"].item())
    assert found["pipeline_required"].item() == 0

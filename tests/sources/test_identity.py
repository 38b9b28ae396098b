"""Organisation numbers are checked and never rejected; personal numbers never leave the workbook."""

from __future__ import annotations

import time

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlsales.sources.identity import MASK, checked, is_personal, masked_personal, normalised


def one(text: str) -> tuple[str, str, str]:
    row = normalised(pd.Series([text])).iloc[0]
    return row.org_no, row.state, row.country


@pytest.mark.parametrize(
    ("written", "number", "country"),
    [
        ("556012-5790", "556012-5790", "SE"), ("5560125790", "556012-5790", "SE"),
        ("165560125790", "556012-5790", "SE"), ("16556012-5790", "556012-5790", "SE"),
        ("SE556012579001", "556012-5790", "SE"),
        ("SE 556012-5790 01", "556012-5790", "SE"), (" 556012 5790 ", "556012-5790", "SE"),
        ("923609016", "923609016", "NO"), ("NO 923 609 016 MVA", "923609016", "NO"), ("923 609 016", "923609016", "NO"),
        ("13585628", "13585628", "DK"), ("DK-13585628", "13585628", "DK"), ("DK 13 58 56 28", "13585628", "DK"),
        ("0112038-9", "0112038-9", "FI"), ("FI01120389", "0112038-9", "FI"), ("112038-9", "0112038-9", "FI"),
        ("DE136695976", "DE136695976", "DE"), ("136695976", "DE136695976", "DE"), ("", "", ""),
    ],
)  # fmt: skip
def test_numbers_are_written_in_one_way(written: str, number: str, country: str) -> None:
    """Whatever the spaces, hyphens, prefixes and letters."""
    assert one(written) == (number, "ok" if written else "", country)


@pytest.mark.parametrize("written", ["556012-5791", "923609017", "13585629", "0112038-8", "DE136695975", "abc", "12"])
def test_a_wrong_check_digit_is_told_and_the_number_kept(written: str) -> None:
    """Made-up numbers in tests and typing errors in registers are no reason to lose a customer."""
    number, state, _ = one(written)
    assert (number, state) == (written, "wrong")


PEOPLE = [
    ("811218-9876", "SE"), ("8112189876", "SE"), ("198112189876", "SE"), ("19811218-9876", "SE"), ("121212+1212", "SE"),
    ("811278-9873", "SE"), ("670919-9530", "SE"), ("211062-5629", "DK"), ("2110625629", "DK"),
    ("SE811218987601", "SE"), ("131052-308T", "FI"), ("131052A308T", "FI"), ("15108695088", "NO"),
    ("151086 95088", "NO"),
]  # fmt: skip


@pytest.mark.parametrize(("number", "country"), PEOPLE)
def test_personal_numbers_are_told_apart(number: str, country: str) -> None:
    """Sole traders: Swedish with or without century, coordination numbers, Danish, Finnish, Norwegian."""
    assert one(number)[1:] == ("personal", country)
    assert is_personal(number)


@pytest.mark.parametrize(("number", "_"), PEOPLE)
def test_personal_numbers_are_masked_in_any_text(number: str, _: str) -> None:
    """Nothing of the number is left, and nothing else is touched."""
    assert masked_personal(number) == MASK
    assert masked_personal(f"Kund {number}: 100,50 kr ({number})") == f"Kund {MASK}: 100,50 kr ({MASK})"
    assert masked_personal(f"kund_{number}.csv kund-{number}") == f"kund_{MASK}.csv kund-{MASK}"


@pytest.mark.parametrize(
    "text",
    [
        "556012-5790", "faktura 2501140003", "250114-0003", "20250114-0930", "2026-01-15 13:30", "12 500 000,00",
        "1234567890", "08-123 456 78", "konto 3000-3799", "A811218-9876B", "SE556012579001", "kundnr 10000123456",
        "2026-11-22T23:46:52", "8112189876,50", "923609016", "99811218-98765",
    ],
)  # fmt: skip
def test_other_numbers_are_left_alone(text: str) -> None:
    """Invoices, dates, times, amounts and companies."""
    assert masked_personal(text) == text


def _swedish(day: pd.Timestamp, serial: int, written: str) -> str:
    digits = f"{day:%y%m%d}{serial:03d}"
    total = sum(sum(divmod(int(digit) * (2 - place % 2), 10)) for place, digit in enumerate(digits))
    number = f"{day:%Y%m%d}{serial:03d}{-total % 10}"
    return {
        "long": number,
        "hyphen": f"{number[2:8]}-{number[8:]}",
        "bare": number[2:],
        "both": f"{number[:8]}-{number[8:]}",
    }[written]


@given(
    st.datetimes(pd.Timestamp("1920-01-01"), pd.Timestamp("2020-12-31")),
    st.integers(0, 999),
    st.sampled_from(["long", "hyphen", "bare", "both"]),
    st.text(alphabet=" .,:;()åÄ\n", max_size=5),
)
def test_no_swedish_personal_number_slips_through(day: pd.Timestamp, serial: int, written: str, around: str) -> None:
    """With its right check digit, in every way of writing, between any signs."""
    number = _swedish(day, serial, written)
    assert masked_personal(f"{around} {number} {around}") == f"{around} {MASK} {around}"
    assert one(number)[1] == "personal"


@given(st.integers(10_000_000, 99_999_999).map(lambda n: f"{n:08d}0"[:9]))
def test_organisation_numbers_come_back_from_every_form(base: str) -> None:
    """Ten digits, twelve with 16, VAT: the same number."""
    digits = base[:2] + str(2 + int(base[2]) % 8) + base[3:]
    total = sum(sum(divmod(int(digit) * (2 - place % 2), 10)) for place, digit in enumerate(digits))
    number = f"{digits}{-total % 10}"
    shown = f"{number[:6]}-{number[6:]}"
    forms = [number, shown, "16" + number, "16" + shown, f"SE{number}01", f"SE {shown} 01"]
    assert [one(form)[:2] for form in forms] == [(shown, "ok")] * len(forms)


def test_customers_are_counted_and_the_sample_is_masked() -> None:
    """One warning for wrong numbers, one note for people, also where the customer number is one."""
    monthly = pd.DataFrame(
        {
            "customer_no": ["1", "1", "2", "3", "811218-9876", "5"],
            "org_no": ["556012-5791", "556012-5791", "5560125790", "811218-9876", "", ""],
        }
    )
    done, issues = checked(monthly)
    assert done.org_no.tolist() == ["556012-5791", "556012-5791", "556012-5790", "811218-9876", "", ""]
    assert [(issue.severity, issue.code) for issue in issues] == [
        ("warning", "org_no_wrong"),
        ("note", "personal_numbers"),
    ]
    assert [issue.params["count"] for issue in issues] == [1, 2]
    assert checked(monthly.iloc[2:3])[1] == checked(monthly.iloc[:0])[1] == []


def test_missing_texts_are_nothing() -> None:
    """None and NaN are no wrong numbers."""
    table = normalised(pd.Series([None, "556012-5790", np.nan], dtype=object, index=[3, 1, 2]))
    assert (table.index.tolist(), table.state.tolist()) == ([3, 1, 2], ["", "ok", ""])


def test_a_million_rows_take_no_longer_than_their_customers() -> None:
    """Each number is looked at once."""
    numbers = pd.Series([f"{number:06d}-5790" for number in range(5000)])
    begun = time.perf_counter()
    normalised(numbers.take(np.arange(1_000_000) % 5000))
    assert time.perf_counter() - begun < 5

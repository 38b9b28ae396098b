"""SIE 4 files: every way of writing them, costs, and the totals that must agree."""

from __future__ import annotations

import math
import random
from contextlib import suppress
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sources.rows import codes, customers, issue
from tests.sources.sie_text import HEAD, Read, reader, sale, voucher, whole
from xlsales.issues import CannotRead
from xlsales.sources import REJECT_COLUMNS, ReadOptions
from xlsales.sources.bookkeeping.kinds import bookkeeping_kind
from xlsales.sources.bookkeeping.sie import read_sie

SAMPLES = Path(__file__).resolve().parents[3] / "shared/data/sie"
samples = pytest.mark.skipif(not SAMPLES.is_dir(), reason="the sample files are not here")


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Read vouchers behind a usual head."""
    return reader(tmp_path)


# Costs


def test_the_cost_of_a_voucher_is_shared_over_its_revenue_to_the_ore(read: Read) -> None:
    """The parts add up to the whole, and vouchers without cost have none."""
    rows = read(
        voucher("Faktura Alfa", "1510 {} 125", "3001 {} -33", "3002 {} -33", "3003 {} -34", "4990 {} 10", "1460 {} -10")
        + sale("Faktura Beta", number="2")
    )
    assert rows.entries.cost.iloc[:3].tolist() == [3.3, 3.3, 3.4]
    assert math.isnan(rows.entries.cost.iloc[3])
    assert rows.columns["cost"] == "4000–4999"


@given(
    amounts=st.lists(st.integers(-50_000, 500_000).filter(bool), min_size=1, max_size=9),
    cost=st.integers(-100_000, 1_000_000),
)
@settings(max_examples=25, deadline=None)
def test_shared_costs_always_add_up(tmp_path_factory: pytest.TempPathFactory, amounts: list[int], cost: int) -> None:
    """Whatever the sizes and signs, not one öre is lost."""
    path = tmp_path_factory.mktemp("cost") / "c.se"
    postings = [f"3001 {{}} {-amount / 100:.2f}" for amount in amounts] + [f"4010 {{}} {cost / 100:.2f}"]
    path.write_text(HEAD + voucher("Faktura Alfa AB", f"1510 {{}} {sum(amounts) / 100:.2f}", *postings))
    rows = read_sie(path)
    assert round(float(rows.entries.cost.sum()) * 100) == cost
    assert [round(value * 100, 6) % 1 for value in rows.entries.cost] == [0.0] * len(amounts)


# Ways of writing


def test_tabs_quotes_braces_and_case_are_read_as_they_come(read: Read) -> None:
    """Tabs, escaped quotes, a brace on the #VER line, lower-case tags and indented lines mean the same."""
    body = (
        '#ver\t"K"\t"1"\t20250115\t"Faktura Bar \\"Baren\\" AB" {\n'
        '\t#trans\t"1510"\t{}\t"100.00"\n  #TRANS 3001 {\t} -100,00 "" "x" 1\n}\n'
    )
    rows = read(body)
    assert customers(rows) == {'Bar "Baren" AB': 100.0}


def test_lines_cut_off_and_braces_forgotten_lose_nothing(read: Read) -> None:
    """A text without its last quote, a voucher without its brace, postings without object list."""
    body = '#VER K 1 20250115 "Faktura Alfa AB\n#TRANS 1510 100\n#TRANS 3001 {} -100 20250115 "Faktura Al\n'
    rows = read(body + '#VER K 2 20250116 "Faktura Beta AB"\n{\n#TRANS 1510 {} 50\n#TRANS 3001 -50 20250117')
    assert customers(rows) == {"Alfa AB": 100.0, "Beta AB": 50.0}
    assert rows.entries.invoice_date.dt.day.tolist() == [15, 17]


def test_struck_and_added_postings_count_once(read: Read) -> None:
    """#BTRANS never counts; #RTRANS counts with the #TRANS below it as one, and alone as it stands."""
    body = (
        '#VER K 1 20250115 "Faktura Alfa AB"\n{\n#TRANS 1510 {} 125\n#BTRANS 3001 {} -900 20250116\n'
        '#RTRANS 3001 {} -100 20250120 "" "" "Anna"\n#TRANS 3001 {} -100 20250115\n'
        "#RTRANS 2611 {} -25 20250120\n}\n"
    )
    rows = read(body)
    assert rows.entries[["amount", "invoice_date"]].values.tolist() == [[100.0, pd.Timestamp("2025-01-15")]]
    assert "vouchers_unbalanced" not in codes(rows)
    alone = read('#VER K 1 20250115 "Faktura Alfa AB"\n{\n#TRANS 1510 {} 100\n#RTRANS 3001 {} -100\n}\n')
    assert customers(alone) == {"Alfa AB": 100.0}


def test_accounts_of_any_kind_are_taken(read: Read) -> None:
    """Eight digits go by the first four, letters are no turnover, a missing account is set aside."""
    rows = read(voucher("Faktura Alfa AB", "15100001 {} 100", "30010002 {} -60", "FEL {} -1", "{} -39"))
    assert customers(rows) == {"Alfa AB": 60.0}
    assert rows.rejects[["place", "found", "why"]].values.tolist() == [["book.se:12", "-39", "no_account"]]
    assert math.isnan(rows.rejects.amount.iloc[0])


def test_what_cannot_be_read_is_set_aside_with_its_place(read: Read) -> None:
    """Dates and amounts that are none, and those that are missing."""
    body = (
        voucher("Faktura Alfa AB", "1510 {} 100", "3001 {} -100", day="20251399")
        + voucher("Faktura Alfa AB", "1510 {} 100", "3001 {} -100", day='""', number="2")
        + voucher("Faktura Alfa AB", "1510 {} 100", "3001 {} tolv", "3001 {}", number="3")
    )
    rows = read(body)
    assert list(rows.rejects.columns) == list(REJECT_COLUMNS)
    assert rows.rejects[["place", "column", "found", "why"]].values.tolist() == [
        ["book.se:10", "invoice_date", "20251399", "bad_date"],
        ["book.se:15", "invoice_date", "", "no_date"],
        ["book.se:20", "amount", "tolv", "bad_amount"],
        ["book.se:21", "amount", "", "no_amount"],
    ]
    assert rows.rejects.amount.tolist()[:2] == [100.0, 100.0]
    assert rows.count == 4


@pytest.mark.parametrize("day", ["20250131", "2025-01-31", '"20250131"'])
def test_dates_are_read_in_every_form(read: Read, day: str) -> None:
    """Packed, ISO and quoted; a posting without date has its voucher's."""
    rows = read(voucher("Faktura Alfa AB", "1510 {} 2", f"3001 {{}} -1 {day}", "3001 {} -1", day=day))
    assert rows.entries.invoice_date.dt.strftime("%Y-%m-%d").tolist() == ["2025-01-31"] * 2


def test_a_text_in_the_date_s_place_is_a_text(read: Read) -> None:
    """Programs that leave out the date altogether."""
    text = '"Faktura 7 Alfa AB"'
    rows = read(f"#VER K 1 20250115\n{{\n#TRANS 1510 {{}} 10 {text}\n#TRANS 3001 {{}} -10 {text}\n}}\n")
    assert rows.entries[["customer_no", "invoice_no"]].values.tolist() == [["Alfa AB", "7"]]


def test_a_voucher_without_series_or_number_is_read(read: Read) -> None:
    """The date tells which fields are left out."""
    rows = read('#VER 17 20250115 "Faktura Alfa AB"\n{\n#TRANS 1510 {} 10\n#TRANS 3001 {} -10\n}\n')
    assert rows.entries[["customer_no", "invoice_no"]].values.tolist() == [["Alfa AB", "17"]]
    rows = read('#VER B "" 20250115 "Faktura Alfa AB"\n{\n#TRANS 1510 {} 10\n#TRANS 3001 {} -10\n}\n')
    assert rows.entries.invoice_no.tolist() == [""]


@pytest.mark.parametrize("encoding", ["cp437", "cp850", "cp1252", "utf-8", "utf-8-sig", "iso8859-15", "utf-16"])
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_letters_are_read_whatever_the_format_line_says(tmp_path: Path, encoding: str, ends: str) -> None:
    """#FORMAT says PC8 in all of them."""
    path = tmp_path / "book.se"
    path.write_bytes((HEAD + sale("Faktura Åkeri Öst Gävle é AB")).replace("\n", ends).encode(encoding))
    assert bookkeeping_kind(path.read_bytes()) == "sie"
    assert customers(read_sie(path)) == {"Åkeri Öst Gävle é AB": 1000.0}


def test_letters_cut_in_the_middle_do_not_change_the_encoding(tmp_path: Path) -> None:
    """UTF-8 texts are cut at a number of bytes by some programs."""
    path = tmp_path / "book.se"
    body = "".join(sale(f"Faktura {number} Åkeri Öst Gävle AB", number=str(number)) for number in range(30))
    path.write_bytes((HEAD + body).encode().replace("Gävle AB".encode(), "Gä".encode()[:-1], 1))
    rows = read_sie(path)
    assert rows.entries.customer_no.iloc[1] == "Åkeri Öst Gävle AB"
    assert issue(rows, "letters_lost").params["count"] == 1


# Totals


def test_the_file_s_own_total_agrees(read: Read) -> None:
    """Balances of the turnover accounts, those outside them left alone."""
    head = HEAD + "#RES 0 3001 -1000.00\n#RES 0 3990 -77\n#RES 0 4010 5\n#RES -1 3001 -4\n"
    rows = read(sale("Faktura Alfa AB"), head)
    assert rows.control == 1000.0
    assert codes(rows) == ["customer_from_text"]


def test_a_total_that_differs_is_told_with_accounts(read: Read) -> None:
    """Unassigned amounts count as found; what is missing is missing."""
    head = HEAD + "#RES 0 3001 -1500.25\n#RES 0 3740 0.5\n"
    rows = read(sale("Faktura Alfa AB") + sale("Dagskassa", 500.0, number="2"), head)
    found = issue(rows, "control_differs")
    assert rows.control == 1499.75
    assert found.params == {
        "stated": 1499.75, "found": 1500.0, "difference": 0.25, "period": "2025-01-01–2025-12-31",
        "accounts": ["3740", "3001"],
    }  # fmt: skip


def test_each_year_with_vouchers_is_compared_with_its_own_balances(read: Read) -> None:
    """By the voucher's day, not the posting's."""
    head = HEAD + "#RAR -1 20240101 20241231\n#RES 0 3001 -1000\n#RES -1 3001 -500\n"
    rows = read(sale("Faktura Alfa AB") + sale("Faktura Alfa AB", 500.0, day="20241231", number="9"), head)
    assert rows.control == 1500.0
    assert "control_differs" not in codes(rows)
    rows = read(sale("Faktura Alfa AB") + sale("Faktura Alfa AB", 400.0, day="20241231", number="9"), head)
    assert issue(rows, "control_differs").params["period"] == "2024-01-01–2024-12-31"


def test_unbalanced_vouchers_are_told(read: Read) -> None:
    """How many, which is the first, and by how much."""
    rows = read(sale("Faktura Alfa AB") + voucher("Faktura Beta AB", "1510 {} 100", "3001 {} -98", number="2"))
    found = issue(rows, "vouchers_unbalanced")
    assert (found.place, found.params) == ("book.se:15", {"count": 1, "number": "K 2", "difference": 2.0})


def test_vouchers_that_stand_twice_count_once(read: Read) -> None:
    """Word for word the same is the same; a shared number alone is not."""
    rows = read(sale("Faktura Alfa AB") * 2)
    assert whole(rows) == 1000.0
    assert issue(rows, "vouchers_repeated").params["count"] == 1
    rows = read(sale("Faktura Alfa AB") + sale("Faktura Beta AB", 300.0))
    assert whole(rows) == 1300.0
    assert issue(rows, "vouchers_same_number").params == {"count": 1, "number": "K 1"}


def test_a_number_used_in_two_fiscal_years_is_no_repeat(read: Read) -> None:
    """Numbers begin anew every fiscal year, also a broken one."""
    head = HEAD.replace("20250101 20251231", "20250501 20260430") + "#RAR -1 20240501 20250430\n"
    rows = read(sale("Faktura Alfa AB", day="20250115") + sale("Faktura Beta AB", day="20250615"), head)
    assert not {"vouchers_repeated", "vouchers_same_number"} & set(codes(rows))


def test_a_file_without_vouchers_is_refused_with_the_reason(read: Read) -> None:
    """Types 1 to 3 hold balances only."""
    with pytest.raises(CannotRead) as refused:
        read("#KONTO 3001 Varor\n#RES 0 3001 -1000\n", HEAD.replace("SIETYP 4", "SIETYP 1"))
    assert (refused.value.code, refused.value.params["type"]) == ("sie_no_vouchers", "1")


def test_vouchers_without_turnover_are_told(read: Read) -> None:
    """Salaries and purchases only, or other accounts than the usual."""
    body = voucher("Lön", "7010 {} 100", "1930 {} -100")
    assert issue(read(body), "no_turnover").params == {"accounts": "3000–3799"}
    rows = read(sale("Faktura Alfa AB"), options=ReadOptions(accounts=(4000, 4100)))
    assert issue(rows, "no_turnover").params == {"accounts": "4000–4100"}


def test_the_program_is_recognised(read: Read) -> None:
    """By its name in #PROGRAM; the currency by #VALUTA."""
    head = HEAD.replace('"Testsystem"', '"Visma Administration 2000 med Visma Integration"') + "#VALUTA EUR\n"
    rows = read(sale("Faktura Alfa AB"), head)
    assert (rows.profile, rows.entries.currency.tolist()) == ("visma_administration", ["EUR"])


# Files


EXPECTED = {
    "edison-type4.se": (383_269.14, 14, 1.51, 383_269.14),
    "edison-type4i.si": (383_269.14, 14, 1.51, None),
    "softone-type4.se": (1_675_718.95, 9, -163_697.0, 1_675_718.95),
    "visma-compact.se": (1_068_601.20, 6, -0.05, 1_068_601.20),
    "cash-sales.se": (104_319.75, 0, 104_319.75, 104_319.75),
    "journals-only.se": (1_044_118.47, 0, 1_044_118.47, 1_044_118.47),
    "unbalanced.SE": (114_064.65, 8, 12_521.0, 114_066.51),
}


@samples
@pytest.mark.parametrize("name", EXPECTED)
def test_sample_files_agree_with_their_totals(name: str) -> None:
    """Σ customers + unassigned is what the file states, or the difference is told."""
    total, count, aside, control = EXPECTED[name]
    rows = read_sie(SAMPLES / name)
    assert whole(rows) == total
    assert rows.entries.customer_no.nunique() == count
    assert round(float(rows.rejects.amount.sum()), 2) == aside
    assert rows.control == control
    assert ("control_differs" in codes(rows)) == (control not in (None, total))


@samples
def test_damaged_sample_files_are_read_or_refused(tmp_path: Path) -> None:
    """Cut anywhere and with bytes changed, nothing else is raised."""
    random.seed(11)
    path = tmp_path / "damaged.se"
    for sample in sorted(SAMPLES.glob("*.[sS][eEiI]")):
        data = sample.read_bytes()
        for _ in range(5):
            broken = bytearray(data[: random.randrange(1, len(data))])
            for _ in range(40):
                broken[random.randrange(len(broken))] = random.choice(b'#{}"\\ \t\n\x00\xff-0')
            path.write_bytes(broken)
            with suppress(CannotRead):
                read_sie(path)

"""SIE 4 files: every way of writing them, where the customer hides, and the totals that must agree."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xlsales.issues import CannotRead, Issue
from xlsales.sources import ENTRY_COLUMNS, REJECT_COLUMNS, ReadOptions, Rows
from xlsales.sources.bookkeeping import bookkeeping_kind
from xlsales.sources.sie import read_sie

SAMPLES = Path(__file__).resolve().parents[3] / "shared/data/sie"
HEAD = '#FLAGGA 0\n#PROGRAM "Testsystem" 1.0\n#FORMAT PC8\n#GEN 20260131\n#SIETYP 4\n#RAR 0 20250101 20251231\n'
samples = pytest.mark.skipif(not SAMPLES.is_dir(), reason="the sample files are not here")

Read = Callable[..., Rows]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Read vouchers behind a usual head."""

    def of(body: str, head: str = HEAD, options: ReadOptions = ReadOptions(), encoding: str = "cp437") -> Rows:
        path = tmp_path / "book.se"
        path.write_bytes((head + body).encode(encoding))
        return read_sie(path, options)

    return of


def voucher(text: str, *rows: str, number: str = "1", day: str = "20250115", series: str = "K") -> str:
    postings = "".join(f"#TRANS {row}\n" for row in rows)
    return f'#VER {series} "{number}" {day} "{text}"\n{{\n{postings}}}\n'


def sale(text: str, amount: float = 1000.0, **where: str) -> str:
    return voucher(text, f"1510 {{}} {amount * 1.25}", f"3001 {{}} {-amount}", f"2611 {{}} {-amount * 0.25}", **where)


def codes(rows: Rows) -> list[str]:
    return [issue.code for issue in rows.warnings]


def issue(rows: Rows, code: str) -> Issue:
    return next(found for found in rows.warnings if found.code == code)


def customers(rows: Rows) -> dict[str, float]:
    return rows.entries.groupby("customer_no")["amount"].sum().round(2).to_dict()


def whole(rows: Rows) -> float:
    """Entries and what is set aside."""
    return round(float(rows.entries["amount"].sum() + rows.rejects["amount"].sum()), 2)


# Where the customer hides


def test_an_object_on_the_receivable_is_carried_to_the_revenue(read: Read) -> None:
    """Dimension 8 stands on account 1510 only; dimension 10 is the invoice, 7 the seller."""
    head = HEAD + '#KONTO 3051 "Varor 25 %"\n#DIM 8 Kund\n#OBJEKT 8 "30083" "Svenska Mässan"\n'
    head += '#OBJEKT 7 AO "Anna Olsson"\n'
    rows = read(
        voucher(
            "30083 Svenska Mässan, 12",
            '3051 {1 "2" 10 "12" 7 "AO"} -301050.00 20250107 "30083 Svenska Mässan, 12"',
            '2611 {1 "2" 10 "12"} -75262.50 20250107 "Utg moms"',
            '1510 {8 "30083" 1 "2" 10 "12"} 376313.00 20250107 "30083 Svenska Mässan, 12"',
            '3740 {1 "2" 10 "12"} -0.50 20250107 ""',
        ),
        head,
    )
    entry = rows.entries.iloc[0]
    assert list(rows.entries.columns) == list(ENTRY_COLUMNS)
    assert (entry.customer_no, entry.customer, entry.invoice_no) == ("30083", "Svenska Mässan", "12")
    assert (entry.amount, entry.article_group, entry.seller) == (301050.0, "3051 Varor 25 %", "Anna Olsson")
    assert entry.invoice_date == pd.Timestamp("2025-01-07")
    assert rows.entries.seller.tolist() == ["Anna Olsson"] * 2
    assert customers(rows) == {"30083": 301050.5}
    assert rows.columns["customer_no"] == "#OBJEKT 8 (Kund)"
    assert rows.reasons["customer_no"] == "exact"
    assert codes(rows) == ["control_missing"]


def test_a_customer_without_object_line_gets_the_name_of_its_text(read: Read) -> None:
    """Some programs never declare customers that they use."""
    rows = read(voucher("30076 MANGO Café, 14", "3051 {10 14} -80", '1510 {8 "30076" 10 14} 100', "2611 {} -20"))
    entry = rows.entries.iloc[0]
    assert (entry.customer_no, entry.customer, entry.invoice_no) == ("30076", "MANGO Café", "14")


def test_several_customers_in_a_voucher_are_told_apart_by_invoice_or_not_at_all(read: Read) -> None:
    """Nobody is guessed: what cannot be told apart is unassigned."""
    shared = ('1510 {8 "A" 10 "1"} 100', '1510 {8 "B" 10 "2"} 200')
    rows = read(voucher("Fakturajournal", *shared, '3001 {10 "1"} -100', '3001 {10 "2"} -150', "3001 {} -50"))
    assert customers(rows) == {"A": 100.0, "B": 150.0}
    assert rows.rejects[["why", "amount"]].values.tolist() == [["no_customer", 50.0]]


def test_the_revenue_row_s_own_object_comes_first(read: Read) -> None:
    """An object on the posting itself says most."""
    rows = read(voucher("x", '1510 {8 "A"} 300', '3001 {8 "B"} -100', "3001 {} -200"))
    assert customers(rows) == {"A": 200.0, "B": 100.0}


def test_another_dimension_may_hold_the_customer(read: Read) -> None:
    """Where the customer is a profit centre, or a dimension of its own that is called so."""
    body = voucher("x", "1510 {} 100", '3001 {1 "77"} -100')
    assert customers(read(body, options=ReadOptions(dimension=1))) == {"77": 100.0}
    rows = read(voucher("x", "1510 {21 9} 100", "3001 {} -100"), HEAD + '#DIM 21 "Kundnummer"\n')
    assert customers(rows) == {"9": 100.0}
    assert rows.columns["customer_no"] == "#OBJEKT 21 (Kundnummer)"


TEXTS = {
    "Faktura Byggbolaget AB": ("Byggbolaget AB", "K 1"),
    "FA30036/BP Bunkeflo": ("BP Bunkeflo", "FA30036"),
    "KN30054/Jannes Bil o Plåt": ("Jannes Bil o Plåt", "KN30054"),
    "Fotograf Nils Sjögran": ("Fotograf Nils Sjögran", "K 1"),
    "237    Kund med omvänd s": ("Kund med omvänd s", "237"),
    "Kundfaktura 29 Kundens namn AB": ("Kundens namn AB", "29"),
    "Kundfakt. 0333, ICA Supermarket Solna": ("ICA Supermarket Solna", "0333"),
    "Kreditfaktura 17, Pålsson & Söner": ("Pålsson & Söner", "17"),
    "K12 / Lernia": ("Lernia", "K12"),
}


@pytest.mark.parametrize("text", TEXTS)
def test_names_in_texts_are_customers(read: Read, text: str) -> None:
    """Each program has its own words around the name."""
    rows = read(sale(text))
    assert rows.entries[["customer_no", "customer"]].values.tolist() == [[TEXTS[text][0]] * 2]
    assert rows.entries.invoice_no.tolist() == [TEXTS[text][1]]
    assert issue(rows, "customer_from_text").params["count"] == 1
    assert (rows.columns["customer_no"], rows.reasons["customer_no"]) == ("#VER text", "content")


JOURNALS = (
    "Fakturajournal nr 68", "Kundfakt", "Dagskassa", "Försäljning", "Kontantförsäljning", "Journalnr:  12", "FA30046/",
    "REAL09: serie B vernr 21", "Fakturering januari 2025", "Kundfakt 2448 - 2450", "Inbet kunder", "",
)  # fmt: skip


@pytest.mark.parametrize("text", JOURNALS)
def test_journals_name_nobody(read: Read, text: str) -> None:
    """The whole amount is unassigned, and the user learns which export to ask for."""
    rows = read(sale(text))
    assert rows.entries.empty
    assert rows.rejects.why.tolist() == ["no_customer"]
    assert whole(rows) == 1000.0
    assert issue(rows, "customers_not_derivable").params == {"count": 1, "amount": 1000.0}
    assert "customer_no" not in rows.columns


def test_the_postings_of_a_journal_may_name_its_customers(read: Read) -> None:
    """Each posting has its own invoice and customer in its text."""
    rows = read(
        voucher(
            "Fakturajournal nr 109",
            '1510 {} 8000.00 "" "Faktnr: 891, Namn: Karl Svensson"',
            '2611 {} -1600.00 "" "Faktnr: 891, Namn: Karl Svensson"',
            '3051 {} -6400.00 "" "Faktnr: 891, Namn: Karl Svensson"',
        )
        + voucher(
            "Kundfakt 2448 - 2449",
            '1510 {} 125 20250102 "[2448] AGA AB"',
            '1510 {} 250 20250102 "[2449] A H AUTOGLAS"',
            '2610 {} -75 20250102 "Moms"',
            '3010 {} -100 20250102 "[2448] AGA AB"',
            '3010 {} -200 20250102 "[2449] A H AUTOGLAS"',
            number="2",
        )
    )
    assert customers(rows) == {"Karl Svensson": 6400.0, "AGA AB": 100.0, "A H AUTOGLAS": 200.0}
    assert rows.entries.invoice_no.tolist() == ["891", "2448", "2449"]


def test_vat_supplier_and_payment_vouchers_have_no_customer(read: Read) -> None:
    """Rounding on a turnover account does not make their texts customers."""
    body = (
        voucher("Momsavräkning", "2610 {} 100", "2650 {} -99.8", "3740 {} -0.2")
        + voucher("Bilfinans AB", "2440 {} -100", "4010 {} 100.4", "3740 {} -0.4", number="2")
        + voucher("Björnsson", "1930 {} 999.5", "1510 {} -1000", "3740 {} 0.5", number="3")
        + sale("Riktig Kund AB", number="4")
    )
    rows = read(body)
    assert customers(rows) == {"Riktig Kund AB": 1000.0}
    assert sorted(rows.rejects.amount) == [-0.5, 0.2, 0.4]
    assert issue(rows, "customer_unassigned").severity == "note"


def test_the_same_words_on_every_voucher_are_no_name(read: Read) -> None:
    """A text that never varies names no customer, however it is spelled."""
    rows = read("".join(sale("Butiken Storgatan", number=str(number)) for number in range(4)))
    assert rows.entries.empty


def test_customer_numbers_before_names_are_used(read: Read) -> None:
    """A number that follows the name from invoice to invoice is the customer's own."""
    texts = ["1001 Alfa AB, 17", "1002 Beta AB, 18", "1001 Alfa AB, 19"]
    rows = read("".join(sale(text, number=str(place)) for place, text in enumerate(texts)))
    assert customers(rows) == {"1001": 2000.0, "1002": 1000.0}
    assert rows.entries.customer.tolist() == ["Alfa AB", "Beta AB", "Alfa AB"]
    assert rows.entries.invoice_no.tolist() == ["17", "18", "19"]


def test_a_name_cut_short_in_the_voucher_is_whole_on_the_posting(read: Read) -> None:
    """The voucher's text has fewer letters than the posting's in some programs."""
    rows = read(voucher("Faktura Programlever", '1510 {} 100 20250101 "Programleverantören AB"', "3001 {} -100"))
    assert customers(rows) == {"Programleverantören AB": 100.0}


def test_credit_notes_are_negative(read: Read) -> None:
    """Debit on a turnover account is less revenue."""
    rows = read(sale("Faktura 1 Alfa AB", number="1") + sale("Kreditfaktura 2 Alfa AB", -400.0, number="2"))
    assert customers(rows) == {"Alfa AB": 600.0}


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

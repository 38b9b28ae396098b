"""Names in voucher texts, customers carried within vouchers, and files told by what stands in them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xlsales.sources.bookkeeping.kinds import bookkeeping_kind, program_profile
from xlsales.sources.bookkeeping.voucher_rows import book_rows
from xlsales.sources.bookkeeping.voucher_texts import Named, named, numbers_apart
from xlsales.sources.bookkeeping.vouchers import Book, Party, Stated, with_customers

# Texts

NAMES = {
    "Faktura Byggbolaget AB": ("Byggbolaget AB", ""),
    "FA30036/BP Bunkeflo": ("BP Bunkeflo", "FA30036"),
    "KN30054/Jannes Bil o Plåt": ("Jannes Bil o Plåt", "KN30054"),
    "237    Kund med omvänd s": ("Kund med omvänd s", "237"),
    "259    Kund 11": ("Kund 11", "259"),
    "Kundfaktura 29 Kundens namn AB": ("Kundens namn AB", "29"),
    "[2448] AGA AB": ("AGA AB", "2448"),
    "Faktnr: 891, Namn: Karl Svensson": ("Karl Svensson", "891"),
    "30083 Svenska Mässan i Göteborg, 12": ("Svenska Mässan i Göteborg", "30083"),
    "Kundfakt. 0333, ICA Supermarket Solna": ("ICA Supermarket Solna", "0333"),
    "3M Sverige AB": ("3M Sverige AB", ""),
    "Faktura 12 3M Sverige AB": ("3M Sverige AB", "12"),
    "Kundfaktura F2024-12 Åhléns AB": ("Åhléns AB", "F2024-12"),
    "Kundfaktura - 1023 - Nordic Steel AB": ("Nordic Steel AB", "1023"),
    "Utställd faktura 12 till Norr AB": ("Norr AB", "12"),
    "Kundfaktura 12, kund.nr 1005 Norr AB": ("Norr AB", "12"),
    "Kundfaktura 12 Kund 11 AB": ("Kund 11 AB", "12"),
    "Kund 11 AB": ("Kund 11 AB", ""),
    "Kreditering av faktura 12 Norr AB": ("Norr AB", "12"),
    "2024-01-31 Faktura 12 (Norr AB)": ("Norr AB", "12"),
    "Sales Invoice 103001 Norr Ltd": ("Norr Ltd", "103001"),
    "aaaaaaaa": ("", ""),
    "": ("", ""),
}
ENDS = {
    "Kundbet Borås Stad (9736)": ("Borås Stad", "9736"),
    "Kund AB, faktura 123": ("Kund AB", "123"),
    "Nordic Steel AB #1023": ("Nordic Steel AB", "1023"),
    "Norr AB/1002": ("Norr AB", "1002"),
    "Norr AB - 1002": ("Norr AB", "1002"),
    "Norr AB, Faktura nr 1002, 2024-01-31": ("Norr AB", "1002"),
    "Norr AB, kreditfaktura": ("Norr AB", ""),
    "Norr AB (Luleå)": ("Norr AB (Luleå)", ""),
}
NOBODY = (
    "Fakturajournal nr 68", "Kundfakt", "Kundfakt 2448 - 2450", "Dagskassa", "Försäljning 25% moms", "Journalnr:  12",
    "Kontantförsäljning", "Momsavräkning", "REAL09: serie B vernr 21", "Lev.fakt. 1175, Lundagrossisten", "12345",
    "Faktura hyra januari", "Fakturering januari 2024", "Kundfaktura 15, 2024-01-31", "Hyra kvartal 1",
    "Importerad fil",
)  # fmt: skip


@pytest.mark.parametrize("text", NAMES)
def test_words_and_numbers_before_a_name_are_taken_away(text: str) -> None:
    """Each program has its own."""
    found = named(text)
    assert (found.name, found.number) == NAMES[text]


@pytest.mark.parametrize("text", ENDS)
def test_numbers_after_a_name_are_the_invoice_s(text: str) -> None:
    """Parted by a comma, a slash, a dash or a document word."""
    found = named(text)
    assert (found.name, found.last) == ENDS[text]


@pytest.mark.parametrize("text", NOBODY)
def test_journals_months_and_other_vouchers_name_nobody(text: str) -> None:
    """Many customers, or none, stand behind them."""
    assert named(text).name == ""


@given(st.text(max_size=60))
def test_no_text_is_too_odd(text: str) -> None:
    """A name is a part of its text, without spaces around it."""
    name = named(text).name
    assert name == name.strip()
    assert all(word in text for word in name.split())


def test_bare_numbers_that_never_come_back_are_taken_from_names() -> None:
    """Where they differ for the same name; anonymous names and streets keep theirs."""

    def apart(*texts: str) -> list[str]:
        told = numbers_apart(dict(enumerate(map(named, texts))))
        return [told.get(text, Named(text)).name for text in texts]

    assert apart("Norr AB 1001", "Syd AB 1002", "Norr AB 1003", "Öst AB") == ["Norr AB", "Syd AB", "Norr AB", "Öst AB"]
    for kept in (("Norr AB 1001", "Norr AB 1001", "Syd AB 1002"), ("Kund 101", "Kund 102"), ("Hotell 1892", "Bar 754")):
        assert apart(*kept) == list(kept)


# Vouchers


def book(postings: list[tuple[int, str, float, str]], texts: list[str], **more: object) -> Book:
    """voucher, account, amount and customer of each posting; one text per voucher."""
    table = pd.DataFrame(postings, columns=["voucher", "account", "amount", "customer"])
    nothing = pd.Series([""] * len(table), dtype="str")
    table = table.assign(
        line=range(1, len(table) + 1), found=table["amount"].astype("str"), date=nothing, text=nothing,
        invoice=nothing, seller=nothing, day=np.datetime64("NaT", "s"), turnover=table["account"].str.startswith("3"),
        receivable=table["account"].str.startswith("15"), cost=table["account"].str.startswith("4"),
    )  # fmt: skip
    table = table.astype({"account": "str", "customer": "str", "found": "str", "amount": "float64"})
    day = pd.to_datetime(["2025-01-31"] * len(texts)).astype("datetime64[s]")
    numbers = [f"A {place}" for place in range(len(texts))]
    heads = pd.DataFrame({"number": numbers, "day": day, "date": "20250131", "text": texts})
    heads = heads.astype({"number": "str", "date": "str", "text": "str"})
    customers = {"K1": Party("Kund ett AB", "5560125790")}
    return Book(Path("a.se"), "sie", table, heads, {"3001": "Varor"}, customers, columns={"amount": "3–4"}, **more)


def test_the_receivables_of_a_voucher_decide_before_other_postings() -> None:
    """Objects on other accounts count only where no receivable has one."""
    rows = [(0, "1510", 3.0, "K1"), (0, "3001", -3.0, ""), (0, "1930", 0.0, "K2"), (1, "1930", 4.0, "K2")]
    found = with_customers(book([*rows, (1, "3001", -4.0, "")], ["", ""]))
    assert found[["customer_no", "customer", "org_no", "invoice_no"]].values.tolist() == [
        ["K1", "Kund ett AB", "5560125790", "A 0"],
        ["K2", "", "", "A 1"],
    ]


def test_texts_may_be_of_no_use() -> None:
    """Where the file has customers of its own, a text names nobody."""
    rows = [(0, "1510", 3.0, ""), (0, "3001", -3.0, "")]
    assert with_customers(book(rows, ["Faktura Norr AB"])).customer_no.tolist() == ["Norr AB"]
    assert with_customers(book(rows, ["Faktura Norr AB"], by_text=False)).customer_no.tolist() == [""]


AMOUNTS = st.lists(
    st.tuples(st.integers(0, 5), st.sampled_from(["1510", "3001", "3002", "4010"]), st.integers(-10**9, 10**9),
              st.sampled_from(["", "", "K1", "K2"])),
    min_size=1, max_size=40,
)  # fmt: skip


@given(AMOUNTS)
@settings(max_examples=50, deadline=None)
def test_not_one_ore_is_lost_or_found(drawn: list[tuple[int, str, int, str]]) -> None:
    """Entries and rejects are the turnover, shared costs the cost of their vouchers, whatever stands in a book."""
    postings = [(voucher, account, ore / 100, customer) for voucher, account, ore, customer in sorted(drawn)]
    texts = ["Faktura Norr AB", "Dagskassa", "", "Faktura 1 Syd AB", "x", "Kundfaktura"]
    turnover = -sum(ore for _, account, ore, _ in drawn if account[0] == "3")
    rows = book_rows(book(postings, texts, stated=(Stated({"3001": turnover / 100}),)))
    own = [round(value * 100) for value in (*rows.entries.amount, *rows.rejects.amount)]
    assert sum(own) == turnover
    assert rows.control == turnover / 100
    assert "control_differs" not in {issue.code for issue in rows.warnings}
    sold = {voucher for voucher, account, *_ in drawn if account[0] == "3"}
    if rows.rejects.empty:
        cost = sum(ore for voucher, account, ore, _ in drawn if account[0] == "4" and voucher in sold)
        assert sum(round(value * 100) for value in rows.entries.cost.dropna()) == cost


# Kinds

SIE = "#FLAGGA 0\n#PROGRAM X 1\n#FORMAT PC8\n"
SIE5 = '<Sie xmlns="http://www.sie.se/sie5"><FileInfo/></Sie>'
KINDS = {
    SIE: "sie",
    "\ufeff\n\n  " + SIE: "sie",
    SIE.lower(): "sie",
    "Exporterad 2025-01-31\n" + SIE: "sie",
    "#SIETYP\t4\n#FNAMN\tX\n": "sie",
    SIE5: "sie5",
    SIE5.replace("Sie>", "SieEntry>").replace("<Sie ", "<SieEntry "): "sie5",
    '<?xml version="1.0"?>\n<!-- from <somewhere> -->\n' + SIE5: "sie5",
    '<s:Sie xmlns:s="http://www.sie.se/sie5">': "sie5",
    "<AuditFile>": "saft",
    '<n1:AuditFile xmlns:n1="urn:StandardAuditFile-Taxation-Financial:NO">': "saft",
    '<?xml version="1.0"?><!DOCTYPE AuditFile [<!ENTITY a "b">]><AuditFile>': "saft",
    "<!DOCTYPE html><html><body>#FLAGGA 0\n#PROGRAM X</body></html>": "",
    "<Invoice><AuditFile/></Invoice>": "",
    "<Sie>other</Sie>": "",
    "Datum;Kund;Belopp\n2025-01-01;1;2\n": "",
    "#Datum;Kund\n#1;2\n": "",
    "#TRANS only\n": "",
    "": "",
}


@pytest.mark.parametrize("text", KINDS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "utf-16-be"])
def test_files_are_told_by_what_stands_in_them(text: str, encoding: str) -> None:
    """Behind marks, blank lines, comments and prefixes; pages and tables are others' work."""
    assert bookkeeping_kind(text.encode(encoding)) == KINDS[text]


@given(st.binary(max_size=300))
def test_any_bytes_have_a_kind(start: bytes) -> None:
    """Nothing is raised."""
    assert bookkeeping_kind(start) in {"", "sie", "sie5", "saft"}


@pytest.mark.parametrize(
    ("program", "key"),
    [
        ("Fortnox", "fortnox"), ("Visma Administration 2000 med Visma Integration", "visma_administration"),
        ("Visma eEkonomi", "visma_eekonomi"), ("BL Administration", "bjorn_lunden"), ("Hogia Bokföring", "hogia"),
        ("Microsoft Dynamics 365 Business Central", "dynamics_bc"), ("SAP", "sap"), ("sapiens", ""), ("", ""),
    ],
)  # fmt: skip
def test_programs_belong_to_systems(program: str, key: str) -> None:
    """Only those that are known for sure."""
    assert program_profile(program) == key

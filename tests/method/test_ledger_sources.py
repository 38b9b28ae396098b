"""Ledgers from outside: choices are remembered, currencies converted, names merged only when a person says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.method.company import World, found, ledger_rows
from xlsales.issues import WrongUse
from xlsales.sources import ReadOptions


@pytest.fixture
def kind() -> str:
    """What is asked here is the method's; that every host gives the same is asked elsewhere."""
    return "memory"

HEAD = "Fakturadatum;Kundnr;Kundnamn;Netto;Brutto;Valuta\n"


def ledger(folder: Path, *lines: str, name: str = "r.csv") -> str:
    """A ledger with two amounts and a currency."""
    path = folder / name
    path.write_text(HEAD + "\n".join(lines) + "\n", "utf-8")
    return str(path)


def customers(world: World) -> dict[str, float]:
    """Revenue in the window by customer."""
    frame = world.typed("customers").dropna(subset=["revenue"])
    return {no: revenue for no, revenue in zip(frame["customer_no"], frame["revenue"], strict=True) if revenue}


def test_choices_are_remembered(once: World, tmp_path: Path) -> None:
    """A source is read the next time in the way it was told to be read."""
    once.type("ledger", [])
    source = ledger(tmp_path, "2026-02-02;001;Alfa;80,00;100,00;SEK")
    once.run(ledger=[source], read=ReadOptions(columns={"amount": "Brutto"}))
    assert customers(once) == {"001": 100.0}
    assert list(once.typed("ledger_sources")["choices"]) == ["amount=Brutto"]
    once.run()
    assert customers(once) == {"001": 100.0}
    once.set("ledger_sources", 0, "choices", "amount=Netto")
    once.run()
    assert customers(once) == {"001": 80.0}


def test_choices_without_a_source_are_refused(plain: World) -> None:
    """They would silently do nothing."""
    with pytest.raises(WrongUse):
        plain.run(read=ReadOptions(vat="excl"))


def test_other_currencies_are_converted_with_the_rate_in_force(once: World, tmp_path: Path) -> None:
    """The rate of the month counts; rows without a rate are set aside, told and in the control total of rows."""
    source = ledger(
        tmp_path,
        "2026-02-02;001;Alfa;100,00;0;SEK",
        "2026-02-02;001;Alfa;10,00;0;EUR",
        "2025-05-05;002;Beta;10,00;0;EUR",
        "2026-02-02;002;Beta;7,00;0;USD",
    )
    once.type("rates", [
        {"currency": "EUR", "rate": 11},
        {"currency": "EUR", "from_date": "2026-01-01", "rate": 12.5},
    ])  # fmt: skip
    result = once.run(ledger=[source])
    assert customers(once) == {"001": 225.0, "002": 110.0}
    sources = once.typed("ledger_sources").iloc[-1]
    assert (sources["rows"], sources["rejected"], sources["total"]) == (4, 1, 335.0)
    assert any("USD" in issue["found"] + issue["expected"] for issue in found(result))


def test_names_are_merged_only_when_a_person_says_so(once: World, tmp_path: Path) -> None:
    """A name that resembles a customer's is suggested; accepted it counts under the number, and stays accepted."""
    once.type("ledger", [])
    path = tmp_path / "names.csv"
    lines = ["Fakturadatum;Kundnamn;Netto", "2026-02-02;ALFA aktiebolag;50,00", "2026-02-03;Okänd HB;5,00"]
    path.write_text("\n".join(lines), "utf-8")
    once.run(ledger=[str(path)])
    assert customers(once) == {"ALFA aktiebolag": 50.0, "Okänd HB": 5.0}
    names = once.typed("name_map")
    assert list(zip(names["source_name"], names["suggestion"], names["state"], strict=True)) == [
        ("ALFA aktiebolag", "001", "same")
    ]
    once.set("name_map", 0, "accept", "yes")
    for _ in range(2):
        once.run()
        assert customers(once) == {"001": 50.0, "Okänd HB": 5.0}


def test_a_folder_is_one_ledger(once: World, tmp_path: Path) -> None:
    """Two months in two files are read together and remembered as the folder."""
    once.type("ledger", [])
    folder = tmp_path / "månader"
    folder.mkdir()
    ledger(folder, "2026-01-02;001;Alfa;1,00;0;SEK", name="jan.csv")
    ledger(folder, "2026-02-02;001;Alfa;2,00;0;SEK", name="feb.csv")
    once.run(ledger=[str(folder)])
    assert customers(once) == {"001": 3.0}
    once.run()
    assert customers(once) == {"001": 3.0}


def test_the_table_in_the_workbook_is_still_a_ledger(small: World) -> None:
    """And the analysis date may be any day."""
    small.type("ledger", [*ledger_rows(), {**ledger_rows()[3], "amount": 1.0}])
    small.run(as_of=ledger_rows()[3]["invoice_date"])
    assert customers(small)["001"] == 1701.2

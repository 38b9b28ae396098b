"""Systems: each is recognised by its headings, and a user can add one."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from xlsales.issues import CannotRead, WrongUse
from xlsales.sources.headings import find_headings
from xlsales.sources.profiles import ENVIRONMENT, load_profiles, profile_named, recognised

EXPORTS = {
    "fortnox": "DocumentNumber,CustomerNumber,CustomerName,InvoiceDate,Net,TotalVAT,Total,ContributionValue,Credit",
    "visma_administration": "Kund,Omsättning,Senast fakturerad,Säljare,Föregående år totalt",
    "visma_eekonomi": "InvoiceNumber,InvoiceDate,CustomerNumber,InvoiceCustomerName,TotalAmount,TotalVatAmount",
    "visma_business": "kundenr,tekst,bilagsnr,bilagsdato,periode,år,beløp,fakturanr,bilagsart,avdeling",
    "monitor": "Kundnr,Kundnamn,Fakturanr,Fakturadatum,Artikelnr,Antal,À-pris,Summa,TB,TG",
    "pyramid": "Företagskod,Företagsnamn,Fakturanr,Statistikdatum,Artikelkod,Antal,Nettobelopp,TB",
    "jeeves": "FtgNr,FtgNamn,FaktNr,FaktDat,ArtNr,vb_FaktRadSumma,ValKod",
    "dynamics_bc": "Entry No.,Customer No.,Posting Date,Document Type,Document No.,Amount,Sales (LCY),Profit (LCY)",
    "sap": "KUNNR,NAME1,BELNR,BLART,BUDAT,SHKZG,DMBTR,WAERS",
    "sap_billing": "VBELN,FKDAT,FKART,KUNAG,NETWR,WAERK",
    "24sevenoffice": "OrderId,InvoiceId,CustomerId,CustomerName,CustomerOrgNo,TotalWithTax,TotalWithoutTax,InvoiceDate",
    "": "Fakturadatum,Kundnr,Kundnamn,Fakturanr,Netto,Moms,Säljare",
}


@pytest.mark.parametrize("key", EXPORTS, ids=lambda key: key or "none")
def test_a_system_is_recognised_by_its_headings(key: str) -> None:
    """Also where case and punctuation differ; everyday headings belong to no system."""
    headings = EXPORTS[key].split(",")
    assert recognised(headings) == recognised([text.upper() + ":" for text in headings]) == key


@pytest.mark.parametrize(
    ("key", "chosen"),
    [
        ("dynamics_bc", {"amount": "Sales (LCY)", "contribution": "Profit (LCY)", "customer_no": "Customer No."}),
        ("fortnox", {"amount": "Net", "vat": "TotalVAT", "credit_mark": "Credit"}),
        ("sap", {"customer_no": "KUNNR", "amount_unsure": "DMBTR", "sign": "SHKZG", "row_type": "BLART"}),
        ("24sevenoffice", {"amount": "TotalWithoutTax", "org_no": "CustomerOrgNo", "invoice_no": "InvoiceId"}),
        ("visma_business", {"amount_unsure": "beløp", "row_type": "bilagsart", "customer_no": "kundenr"}),
        ("pyramid", {"customer_no": "Företagskod", "invoice_date": "Statistikdatum"}),
    ],
)
def test_its_own_headings_go_before_the_general_words(key: str, chosen: dict[str, str]) -> None:
    """The choice of a column is the system's."""
    found = find_headings([EXPORTS[key].split(",")])
    assert found is not None
    assert found.profile == key
    assert {name: found.heading(name) for name in chosen} == chosen
    assert {found.reasons[name] for name in chosen} == {"profile"}


def test_a_profile_can_be_asked_for_or_ruled_out() -> None:
    """Asked for, it is used without being recognised; the generic one is used instead of a recognised one."""
    row = ["Företagskod", "Datum", "Netto"]
    asked = find_headings([row], None, "pyramid")
    assert asked is not None
    assert (asked.profile, asked.reasons["customer_no"]) == ("pyramid", "profile")
    plain = find_headings([EXPORTS["sap"].split(",")], None, "generic")
    assert plain is not None
    assert "profile" not in plain.reasons.values()


def test_an_unknown_profile_names_those_there_are() -> None:
    """A misspelt name is not taken for another."""
    with pytest.raises(WrongUse) as caught:
        profile_named("fortnocks")
    assert caught.value.code == "unknown_profile"
    assert "fortnox" in caught.value.params["profiles"]  # type: ignore[operator]


def test_a_users_own_profiles_come_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A section of the user's file adds a system or replaces one of ours; the file is read anew when it changed."""
    path = tmp_path / "profiles.toml"
    path.write_text(
        '[own]\nname = "Ours"\nheadings = ["Kundref", "Intakt", "Dag"]\nenough = 3\n'
        '[own.columns]\namount = ["Intakt"]\ncustomer_no = ["Kundref"]\ninvoice_date = ["Dag"]\n',
        "utf-8",
    )
    monkeypatch.setenv(ENVIRONMENT, str(path))
    found = find_headings([["Kundref", "Dag", "Intakt"]])
    assert found is not None
    assert (found.profile, found.missing()) == ("own", [])
    path.write_text('[fortnox]\nname = "Other"\n', "utf-8")
    os.utime(path, ns=(1, 1))
    assert (profile_named("fortnox").name, recognised(EXPORTS["fortnox"].split(","))) == ("Other", "")
    assert "own" not in load_profiles()


@pytest.mark.parametrize(
    "text",
    [
        "[x", "x = 1", "[x]\nvat = 'maybe'", "[x]\nunknown = 1", "[x.columns]\nno_such_key = ['A']",
        "[x]\nheadings = 'A'", "[x]\nenough = 0", "[x]\ncolumns = 1",
    ],
)  # fmt: skip
def test_a_bad_file_is_refused_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """With the path and what is wrong, never a traceback."""
    path = tmp_path / "profiles.toml"
    path.write_text(text, "utf-8")
    monkeypatch.setenv(ENVIRONMENT, str(path))
    with pytest.raises(CannotRead) as caught:
        load_profiles()
    assert (caught.value.code, caught.value.params["path"]) == ("bad_profiles", str(path))
    monkeypatch.setenv(ENVIRONMENT, str(tmp_path / "none.toml"))
    with pytest.raises(CannotRead, match="bad_profiles"):
        load_profiles()


def test_every_profile_with_headings_can_be_recognised() -> None:
    """Its needs are among its headings and there are enough of them."""
    for profile in load_profiles().values():
        assert profile.needs <= profile.headings, profile.key
        assert not profile.headings or 2 <= profile.enough <= len(profile.headings), profile.key

"""Names without a number: suggested, never merged by themselves."""

from __future__ import annotations

import random
import time

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlsales.sources.names import COLUMNS, apply_names, name_key, suggestions


def register(*rows: tuple[str, str] | tuple[str, str, str]) -> pd.DataFrame:
    return pd.DataFrame([(*row, "")[:3] for row in rows], columns=["customer_no", "customer", "org_no"], dtype="str")


def found(names: list[str], known: pd.DataFrame) -> dict[str, tuple[str, str]]:
    table = suggestions(names, known)
    assert tuple(table.columns) == COLUMNS
    return {row.source_name: (row.customer_no, row.state) for row in table.itertuples()}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Östra Bygg AB", "AB ÖSTRA BYGG (publ)"), ("Nordisk Handel A/S", "NORDISK HANDEL AS"), ("Mango", "MANGO Oy"),
        ("Jørgensen & Sønner ApS", "Jorgensen og Sonner"), ("Müller GmbH & Co. KG", "Muller"),
        ("S.A. Holm Ltd.", "SA Holm Limited"), ("Nord-Bygg", "Nordbygg AB"), ("Å-verkstan", "A VERKSTAN"),
    ],
)  # fmt: skip
def test_case_accents_punctuation_and_legal_form_do_not_matter(one: str, other: str) -> None:
    """The same name."""
    assert name_key(one).replace(" ", "") == name_key(other).replace(" ", "")
    assert found([one], register(("17", other))) == {one: ("17", "same")}


def test_a_name_of_legal_forms_only_is_kept() -> None:
    """AS or Inc alone is a name too, and the two are not the same."""
    assert (name_key("AS"), name_key("Inc")) == ("as", "inc")


def test_a_name_cut_off_is_suggested_to_the_only_one_that_begins_so() -> None:
    """Seventeen characters; where two customers begin so, nobody can tell."""
    known = register(("1", "Nordisk Stålhandel i Malmö AB"), ("2", "Svensk Byggservice Nord AB"))
    assert found(["NORDISK STÅLHANDE"], known) == {"NORDISK STÅLHANDE": ("1", "cut")}
    two = register(("1", "Nordisk Stålhandel i Malmö AB"), ("2", "Nordisk Stålhandel i Lund AB"))
    assert "cut" not in [state for _, state in found(["NORDISK STÅLHANDE"], two).values()]


def test_a_register_with_names_cut_off_is_met_halfway() -> None:
    """The ledger's name is the longer one."""
    cut = "Svenska Byggservicegruppen i Norra Skåne"
    assert len(cut) == 40
    assert found([cut + " Aktiebolag"], register(("9", cut)))[cut + " Aktiebolag"][0] == "9"


def test_a_slip_of_the_pen_is_suggested_with_its_similarity() -> None:
    """One letter is missing."""
    table = suggestions(["Mangsyslaren Handel"], register(("3", "Mångsysslaren Handel AB")))
    assert table.state.tolist() == ["similar"]
    assert 0.9 < table.similarity[0] < 1


def test_numbers_in_names_must_agree() -> None:
    """Kund 12 is not Kund 13, however alike they look."""
    assert found(["Brf Solsidan 12"], register(("1", "Brf Solsidan 13"))) == {}
    assert found(["Brf Solsidn 13"], register(("1", "Brf Solsidan 13"))) == {"Brf Solsidn 13": ("1", "similar")}


def test_short_names_must_be_the_same() -> None:
    """ABB is not ABA."""
    assert found(["ABA"], register(("1", "ABB"))) == {}


def test_an_organisation_number_in_the_name_decides() -> None:
    """Whatever the name says."""
    assert found(["Faktura 556012-5790"], register(("4", "Acme", "556012-5790"))) == {
        "Faktura 556012-5790": ("4", "same")
    }


def test_names_of_the_ledger_are_held_against_each_other() -> None:
    """The later to the first, a shorter to the longer; nobody to one who is led on."""
    pairs = found(["MANGO", "Mango", "Nordvik Maskin", "Nordvik Maskiner"], register())
    assert pairs == {"Mango": ("MANGO", "same"), "Nordvik Maskin": ("Nordvik Maskiner", "similar")}


def test_nothing_is_suggested_for_nothing() -> None:
    """Empty names, no register, names that are like nobody's."""
    assert found([], register()) == found(["", " "], register(("1", ""))) == found(["Xyz Corp"], register()) == {}


def test_only_what_is_confirmed_is_applied() -> None:
    """Names lead over names to a number; a number that happens to be there stays."""
    rows = pd.DataFrame({"customer_no": ["MANGO", "Mango", "17", "Acme"], "units": [1, 2, 3, 4]})
    done = apply_names(rows, {"Mango": "MANGO", "MANGO": "17"})
    assert done.customer_no.tolist() == ["17", "17", "17", "Acme"]
    assert rows.customer_no.tolist() == ["MANGO", "Mango", "17", "Acme"]


def test_names_that_lead_to_each_other_end_nowhere() -> None:
    """A → B and B → A: a slip, and no endless loop."""
    rows = pd.DataFrame({"customer_no": ["A", "B", "C"]})
    done = apply_names(rows, {"A": "B", "B": "A", "C": "C"})
    assert sorted(done.customer_no) == ["A", "B", "C"]


WORDS = st.lists(st.text(alphabet="abcdeåäö ABC./&1-", max_size=18), max_size=12)


@given(WORDS, WORDS)
def test_every_suggestion_is_about_a_name_that_was_given(names: list[str], others: list[str]) -> None:
    """At most one per name, with a number or a name that there is, and a similarity up to 1."""
    known = register(*((str(number), name) for number, name in enumerate(others)))
    table = suggestions(names, known)
    assert table.source_name.is_unique
    assert set(table.source_name) <= set(names)
    assert set(table.customer_no) <= set(known.customer_no) | set(names)
    assert table.similarity.between(0, 1).all()


def test_thousands_against_thousands_are_quick() -> None:
    """3 000 names of the ledger and 5 000 customers."""
    some = random.Random(7)
    parts = ["nord", "syd", "stal", "bygg", "tek", "kontor", "frakt", "lant", "el", "ror", "mal", "fisk", "tra", "grus"]

    def name() -> str:
        return (
            " ".join("".join(some.sample(parts, 2)).title() for _ in range(2)) + f" {some.choice(['AB', 'HB', 'AS'])}"
        )

    customers = [name() for _ in range(5000)]
    names = [text[:4] + "x" + text[4:] for text in some.sample(customers, 3000)]
    begun = time.perf_counter()
    table = suggestions(names, register(*((str(number), text) for number, text in enumerate(customers))))
    assert len(table) > 2500
    assert time.perf_counter() - begun < 10

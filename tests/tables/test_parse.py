"""Raw tables to typed frames, with every problem named by its place."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from xlsales.issues import Issue
from xlsales.tables.parse import Criterion, Parsed, fold, parse
from xlsales.tables.schema import LANGUAGES, Language, Table, load_schema

TABLES = load_schema().tables
PRICE, SERVICE = Criterion("price", "Lågt pris"), Criterion("service", "God service")


def raw(headings: str, *rows: tuple[Any, ...]) -> pd.DataFrame:
    """Cells under headings divided by a bar."""
    return pd.DataFrame(list(rows), columns=headings.split("|"), dtype=object)


def places(found: Parsed) -> list[tuple[str, str, int | None]]:
    return [(issue.code, issue.column, issue.row) for issue in found.issues]


def only(found: Parsed) -> Issue:
    [issue] = found.issues
    return issue


def ledger(*rows: tuple[Any, ...]) -> Parsed:
    """A ledger of date, customer number, amount and perhaps cost."""
    full = [(*row, None)[:4] for row in rows]
    return parse(raw("Fakturadatum|Kundnr|Belopp exkl. moms|Kostnad", *full), TABLES["ledger"])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("table", TABLES.values(), ids=list(TABLES))
def test_every_declared_heading_leads_to_its_own_column(table: Table, language: Language) -> None:
    """A table with the headings of either language has all its columns, each under its own heading."""
    declared = {c.key: c.heading[language] for c in table.columns if not c.each}
    assert len({fold(heading) for heading in declared.values()}) == len(declared)
    found = parse(pd.DataFrame(columns=list(declared.values()), dtype=object), table)
    assert found.headings == declared
    assert found.issues == []
    assert found.frame.empty
    assert list(found.frame.columns) == list(declared)


def test_cells_become_typed_columns_by_key() -> None:
    """Text in date and amount columns is read as what it says, and the row number is the body row."""
    found = ledger(("2025-01-31", 1001.0, "1 234,50", None))
    [row] = found.good.to_dict("records")
    assert (row["invoice_date"], row["customer_no"], row["amount"]) == (pd.Timestamp(2025, 1, 31), "1001", 1234.5)
    assert np.isnan(row["cost"])
    assert (row["seller"], found.issues) == ("", [])


def test_headings_are_found_by_language_key_case_and_blanks() -> None:
    """English, the column's key, other case, stray blanks and another order all lead to the column."""
    found = parse(raw("AMOUNT excl VAT|customer_no|  Invoice   date ", (5, "A", date(2025, 1, 1))), TABLES["ledger"])
    assert found.headings == {
        "amount": "AMOUNT excl VAT", "customer_no": "customer_no", "invoice_date": "  Invoice   date ",
    }
    assert len(found.good) == 1


def test_a_bad_date_or_amount_makes_the_row_unusable_and_says_where() -> None:
    """A required cell of the wrong type is an error with its place and text, and the row is left out."""
    found = ledger(("2025-13-01", "A", 5), ("2025-01-31", "A", "fem"), ("2025-01-31", "A", 5))
    assert places(found) == [("bad_date", "invoice_date", 0), ("bad_number", "amount", 1)]
    assert [issue.found for issue in found.issues] == ["2025-13-01", "fem"]
    assert {issue.severity for issue in found.issues} == {"error"}
    assert list(found.usable) == [2]


def test_a_bad_cell_that_is_not_required_is_a_warning_and_the_row_stays() -> None:
    """A cost that is no number counts as unknown, with a warning."""
    found = ledger(("2025-01-31", "A", 5, "?"))
    issue = only(found)
    assert (issue.severity, issue.code, issue.column, issue.found) == ("warning", "bad_number", "cost", "?")
    assert list(found.usable) == [0]


def test_a_misspelt_choice_gets_the_nearest_label() -> None:
    """A status that is not in the list is answered with the label most like it."""
    found = parse(raw("Aktivitet-id|Aktivitet|Ny eller befintlig", ("A1", "Besök", "befintlg")), TABLES["activities"])
    [issue] = [i for i in found.issues if i.code == "bad_choice"]
    assert (issue.column, issue.found, issue.params["nearest"]) == ("existing", "befintlg", "befintlig")
    assert issue.severity == "error"
    assert issue.params["choice"] == "existing"


def test_a_missing_required_cell_is_an_error_at_its_row() -> None:
    """A row without customer number is left out and listed; an entirely empty row is nothing at all."""
    found = ledger((None, None, None), ("2025-01-31", " ", 5), ("2025-01-31", "B", 5))
    assert places(found) == [("missing_value", "customer_no", 1)]
    assert list(found.frame.index) == [1, 2]
    assert list(found.usable) == [2]


def test_a_missing_column_is_named_with_the_heading_most_like_it() -> None:
    """A misspelt heading of a required column is one error for the table, with what it may have been."""
    found = parse(raw("Fakturadatumm|Kundnr|Belopp exkl. moms", (date(2025, 1, 1), "A", 5)), TABLES["ledger"])
    issue = only(found)
    assert (issue.severity, issue.code, issue.table, issue.row) == ("error", "missing_column", "ledger", -1)
    assert (issue.found, issue.params["column"].key) == ("Fakturadatumm", "invoice_date")
    assert found.good.empty


def test_a_column_that_is_not_required_may_be_missing() -> None:
    """Without the column its values are empty, and nobody is told."""
    found = parse(raw("Kundnr", ("A",)), TABLES["customers"])
    assert found.issues == []
    assert found.good["category"].tolist() == [""]
    assert found.good["employees"].isna().all()


def test_a_duplicate_key_keeps_the_first_row() -> None:
    """The second row of a customer number is an error that points to the first, and is left out."""
    found = parse(raw("Kundnr|Kund", ("7", "One"), (8, "Two"), (7.0, "Three")), TABLES["customers"])
    issue = only(found)
    assert (issue.code, issue.column, issue.row, issue.params["first_row"]) == ("duplicate_key", "customer_no", 2, 0)
    assert list(found.usable) == [0, 1]


def test_a_key_of_several_columns_is_duplicate_as_a_whole() -> None:
    """The same alternative and criterion may be scored by customers and by ourselves, but once each."""
    heads = "alternative_id|criterion_id|score|rater"
    rows = [("us", "price", 7, "kund"), ("us", "price", 6, "vi själva"), ("us", "price", 5, "customer")]
    found = parse(raw(heads, *rows), TABLES["scores"])
    assert places(found) == [("duplicate_key", "alternative_id", 2)]


def test_an_unusable_row_does_not_hold_its_key() -> None:
    """A row that is left out for a bad cell does not make the good row with the same key a duplicate."""
    found = parse(raw("activity_id|activity|existing|hours", *[("A1", "Besök", what, 5) for what in ("?", "ny")]),
                  TABLES["activities"])
    assert [issue.code for issue in found.issues] == ["bad_choice"]
    assert list(found.usable) == [1]


def test_a_column_per_criterion_is_found_by_name_id_or_record() -> None:
    """Headings are compared with the criterion's name and id; a renamed heading is found by the record."""
    heads = "Svar|Kundnr|Metod|LÅGT  PRIS|Servicen"
    found = parse(raw(heads, ("S1", "A", "20 poäng", 12, "8,0")), TABLES["answers"], [SERVICE, PRICE],
                  {"Servicen": "service", "Metod": "price"})
    assert found.criteria == ("price", "service")
    assert found.good[["price", "service"]].to_numpy().tolist() == [[12, 8]]
    assert found.issues == []


def test_names_in_any_alphabet_are_told_apart() -> None:
    """Criteria named in letters outside the Swedish alphabet each find their own column."""
    greek = [Criterion("p", "Τιμή"), Criterion("q", "Ποιότητα"), Criterion("r", "Façade")]
    heads = "Svar|Kundnr|Metod|Ποιότητα|Τιμή|façade"
    found = parse(raw(heads, ("S1", "A", "20 poäng", 12, 6, 2)), TABLES["answers"], greek)
    assert found.good[["q", "p", "r"]].to_numpy().tolist() == [[12, 6, 2]]


def test_points_that_are_no_number_make_the_answer_unusable() -> None:
    """Text in a criterion's column is an error by criterion, and the answer is left out."""
    found = parse(raw("Svar|Kundnr|Metod|Lågt pris", ("S1", "A", "20 poäng", "mycket")), TABLES["answers"], [PRICE])
    assert places(found) == [("bad_number", "price", 0)]
    assert found.good.empty


def test_points_under_an_unknown_heading_are_warned_about() -> None:
    """Numbers under a heading that is no criterion get a warning with the nearest; a column of notes gets none."""
    heads = "Svar|Kundnr|Metod|Lågt pris|God servise|Anteckning"
    found = parse(raw(heads, ("S1", "A", "20 poäng", 12, 8, "ring")), TABLES["answers"], [PRICE, SERVICE])
    issue = only(found)
    assert (issue.severity, issue.code, issue.column) == ("warning", "unknown_criterion_column", "God servise")
    assert issue.params["nearest"] == "God service"


def test_no_columns_at_all_give_an_empty_table() -> None:
    """A table the workbook lacks parses as empty, without complaint."""
    for table in TABLES.values():
        found = parse(pd.DataFrame(), table, [PRICE])
        assert found.frame.empty
        assert found.issues == []
        assert set(table.keys) <= set(found.frame.columns)

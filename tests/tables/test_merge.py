"""A step's result into a table that people have worked in."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from xlsales.tables.edit import KEEP, TableEdit
from xlsales.tables.merge import Words, merge, replace
from xlsales.tables.parse import Criterion, Parsed, parse
from xlsales.tables.schema import load_schema

TABLES = load_schema().tables
SWEDISH, ENGLISH = Words("sv", {"price": "Lågt pris", "service": "God service"}), Words("en")
CRITERIA = [Criterion(key, name) for key, name in SWEDISH.criteria.items()]


def old(table: str, headings: str, *rows: tuple[Any, ...]) -> Parsed:
    """A table as it stands, headings divided by a bar."""
    cells = pd.DataFrame(list(rows), columns=headings.split("|"), dtype=object)
    return parse(cells, TABLES[table], CRITERIA if TABLES[table].each else ())


def column(edit: TableEdit, heading: str) -> list[Any]:
    return edit.cells[heading].tolist()


def test_rows_of_a_users_table_stay_and_new_keys_come_last() -> None:
    """Present customers keep their order whatever the order of the result; unknown ones follow after them."""
    present = old("customers", "Kundnr|Kund|Status", ("B", "Bo AB", None), ("A", "Ada AB", None))
    new = pd.DataFrame({"customer_no": ["A", "C", "B"], "status": ["new", "lost", "stable"]})
    edit = merge(present, new, SWEDISH)
    assert edit.origin.tolist() == [0, 1, -1]
    assert column(edit, "Kundnr") == [KEEP, KEEP, "C"]
    assert column(edit, "Status") == ["Stabil", "Ny", "Förlorad"]


def test_a_users_cells_are_kept_on_present_rows_and_filled_on_new_ones() -> None:
    """A name the user has written is never touched, an empty one neither; a new row gets what is known."""
    present = old("customers", "Kundnr|Kund", ("A", "Mitt namn"), ("B", None))
    new = pd.DataFrame({"customer_no": ["A", "B", "C"], "customer": ["Ada AB", "Bo AB", "Cia AB"]})
    edit = merge(present, new, SWEDISH)
    assert column(edit, "Kund") == [KEEP, KEEP, "Cia AB"]


def test_a_users_own_columns_are_not_written() -> None:
    """A heading the declaration does not know is in no edit; its cells follow their row."""
    present = old("customers", "Min anteckning|Kundnr", ("ring", "A"), ("", "B"))
    edit = merge(present, pd.DataFrame({"customer_no": ["B"], "revenue": [5.0]}), SWEDISH)
    assert "Min anteckning" not in edit.cells
    assert edit.drop == ()
    assert edit.order is None
    assert edit.origin.tolist() == [0, 1]


def test_the_tools_cells_are_emptied_where_nothing_is_known_any_more() -> None:
    """A customer without result loses last run's figures but stays in its row."""
    present = old("customers", "Kundnr|Intäkt|Status", ("A", 10, "Ny"), ("B", 20, "Ny"))
    edit = merge(present, pd.DataFrame({"customer_no": ["B"], "revenue": [7.0], "status": ["stable"]}), SWEDISH)
    assert column(edit, "Intäkt") == [None, 7.0]
    assert column(edit, "Status") == [None, "Stabil"]


def test_empty_rows_of_a_users_table_do_not_come_between() -> None:
    """Prepared empty rows are taken out, and each row remembers where it stood."""
    present = old("customers", "Kundnr", (None,), ("A",), (None,), ("B",))
    edit = merge(present, pd.DataFrame({"customer_no": ["C"]}), SWEDISH)
    assert edit.origin.tolist() == [1, 3, -1]
    assert column(edit, "Kundnr") == [KEEP, KEEP, "C"]


def test_a_row_that_could_not_be_used_is_left_as_it_is() -> None:
    """The second row with the same key stays, gets no figures and no twin at the end."""
    present = old("customers", "Kundnr|Kund", ("A", "Ada"), ("A", "Again"))
    edit = merge(present, pd.DataFrame({"customer_no": ["A"], "revenue": [5.0]}), SWEDISH)
    assert edit.origin.tolist() == [0, 1]
    assert column(edit, "Kundnr") == [KEEP, KEEP]
    assert column(edit, "Intäkt") == [5.0, None]


def test_headings_stay_as_the_workbook_has_them() -> None:
    """English headings stay in a workbook read in Swedish; a column that is new gets the language's heading."""
    present = old("customers", "customer no|Customer", ("A", "Ada"))
    edit = merge(present, pd.DataFrame({"customer_no": ["A"], "revenue": [5.0]}), ENGLISH)
    assert "customer no" in edit.cells
    assert "Kundnr" not in edit.cells
    assert column(edit, "Revenue") == [5.0]
    assert column(merge(present, pd.DataFrame({"customer_no": ["A"], "revenue": [5.0]}), SWEDISH), "Intäkt") == [5.0]


def test_filling_in_writes_a_users_cells_only_where_something_is_given() -> None:
    """When users' columns are written too, an empty value still leaves the cell as it is."""
    present = old("customers", "Kundnr|Kund|Kategori", ("A", "Ada", "Stor"), ("B", "Bo", "Liten"))
    new = pd.DataFrame({"customer_no": ["B", "A"], "category": ["Stor", ""]})
    edit = merge(present, new, SWEDISH, users_too=True)
    assert column(edit, "Kategori") == [KEEP, "Stor"]
    assert "Kund" not in edit.cells


def test_a_table_of_the_tools_has_the_rows_of_the_result_in_its_order() -> None:
    """Rows follow the result; each knows the row it had, a gone key is gone, a new one is new."""
    present = old("levels", "Kundnr|Nivå", ("A", 2), ("B", 3), ("C", 4))
    new = pd.DataFrame({"customer_no": ["C", "D", "A"], "level": [4.5, 1.0, 2.0]})
    edit = merge(present, new, SWEDISH)
    assert edit.origin.tolist() == [2, -1, 0]
    assert column(edit, "Kundnr") == ["C", "D", "A"]
    assert column(edit, "Nivå") == [4.5, 1.0, 2.0]


def test_a_users_column_in_a_table_of_the_tools_follows_its_key() -> None:
    """The tick for the plan is not written; it follows the customer and method by the row it came from."""
    heads = "Kundnr|Metod|Till planen"
    present = old("level_methods", heads, ("A", "USP-analys", "ja"), ("A", "Bygga förtroende", None))
    new = pd.DataFrame({"customer_no": ["A", "A"], "method": ["trust", "usp_analysis"]})
    edit = merge(present, new, SWEDISH)
    assert edit.origin.tolist() == [1, 0]
    assert "Till planen" not in edit.cells
    assert column(edit, "Metod") == ["Bygga förtroende", "USP-analys"]


def test_columns_of_criteria_come_and_go_in_a_table_of_the_tools() -> None:
    """A criterion that is gone loses its column, a new one stands last among ours, the user's own stays where it is."""
    heads = "Aktivitet-id|Lågt pris|Min anteckning"
    present = old("activity_matrix", heads, ("A1", 4, "viktig"))
    new = pd.DataFrame({"activity_id": ["A1"], "service": [2.5]})
    edit = merge(present, new, SWEDISH)
    assert edit.origin.tolist() == [0]
    assert edit.drop == ("Lågt pris",)
    assert edit.order is not None
    assert edit.order[-1] == "Min anteckning"
    assert edit.order.index("God service") < edit.order.index("Min anteckning")
    assert "Lågt pris" not in edit.order
    assert set(edit.cells) <= set(edit.order)
    assert column(edit, "God service") == [2.5]


def test_columns_of_criteria_stay_in_a_users_table() -> None:
    """In a table where users write, no column is ever dropped."""
    present = old("answers", "Svar|Kundnr|Metod|Lågt pris", ("S1", "A", "20 poäng", 20))
    edit = merge(present, pd.DataFrame({"answer_id": ["S1"]}), SWEDISH)
    assert edit.drop == ()


def test_criteria_are_shown_by_name() -> None:
    """A criterion's id in a result is written as the name users know; an unknown id as itself."""
    edit = merge(old("comparison", "Förväntning"), pd.DataFrame({"criterion_id": ["price", "gone"]}), SWEDISH)
    assert column(edit, "Förväntning") == ["Lågt pris", "gone"]


def test_a_result_without_rows_empties_a_table_of_the_tools() -> None:
    """An empty result leaves no rows in the tool's table and all rows in a user's."""
    gone = merge(old("levels", "Kundnr|Nivå", ("A", 2)), pd.DataFrame({"customer_no": []}), SWEDISH)
    kept = merge(old("customers", "Kundnr|Kund", ("A", "Ada")), pd.DataFrame({"customer_no": []}), SWEDISH)
    assert (len(gone.cells), len(gone.origin)) == (0, 0)
    assert kept.origin.tolist() == [0]
    assert column(kept, "Kund" if "Kund" in kept.cells else "Kundnr") == [KEEP]


def test_replacing_writes_all_and_only_what_is_given() -> None:
    """The rows given are all there shall be; columns not given are left to follow their key."""
    present = old("customers", "Kundnr|Kund|Eget", ("A", "Ada", 1), ("B", "Bo", 2))
    edit = replace(present, pd.DataFrame({"customer_no": ["B", "C"], "customer": ["Bo AB", "Cia"]}), SWEDISH)
    assert edit.origin.tolist() == [1, -1]
    assert column(edit, "Kund") == ["Bo AB", "Cia"]
    assert set(edit.cells) == {"Kundnr", "Kund"}


def test_values_are_shown_as_cells() -> None:
    """Dates become date cells, flags a yes or nothing, codes their label, and missing is empty."""
    new = pd.DataFrame(
        {"customer_no": ["A", "B"], "last_invoice": pd.to_datetime(["2025-01-31", ""]), "overdue": [True, False],
         "change_pct": [0.25, np.nan]}
    )
    edit = merge(old("customers", "Kundnr"), new, ENGLISH)
    cells = {c.key: c.heading["en"] for c in TABLES["customers"].columns}
    assert column(edit, cells["last_invoice"]) == [date(2025, 1, 31), None]
    assert column(edit, cells["overdue"]) == ["yes", None]
    assert column(edit, cells["change_pct"]) == [0.25, None]


KEYS = st.lists(st.sampled_from("ABCDEFGH"), max_size=8)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(KEYS, st.lists(st.sampled_from("ABCDEFGH"), max_size=8, unique=True))
def test_no_row_of_a_user_is_lost_or_moved(present: list[str], found: list[str]) -> None:
    """Whatever stood there, duplicates too, stays in its order; exactly the unknown keys are added, in their order."""
    table = old("customers", "Kundnr", *[(key,) for key in present])
    edit = merge(table, pd.DataFrame({"customer_no": found, "revenue": [float(ord(k)) for k in found]}), SWEDISH)
    added = [key for key in found if key not in present]
    assert edit.origin.tolist() == [*range(len(present)), *[-1] * len(added)]
    assert column(edit, "Kundnr") == [KEEP] * len(present) + added
    first = {key: row for row, key in reversed(list(enumerate(present)))}
    for row, (key, amount) in enumerate(zip([*present, *added], column(edit, "Intäkt"), strict=True)):
        known = key in found and first.get(key, row) == row
        assert amount == (float(ord(key)) if known else None)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(*[st.lists(st.sampled_from("ABCDEFGH"), max_size=8, unique=True)] * 2)
def test_a_tools_rows_follow_their_key(present: list[str], found: list[str]) -> None:
    """Every row of the result points to the row that had its key, or is new."""
    edit = merge(old("levels", "Kundnr", *[(key,) for key in present]), pd.DataFrame({"customer_no": found}), SWEDISH)
    assert column(edit, "Kundnr") == found
    assert edit.origin.tolist() == [present.index(key) if key in present else -1 for key in found]

"""Several tables in one file: below each other, side by side, and what only looks like it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tests.sources.books import HEAD, entries, ledger_sum, xlsx
from xlsales.sources import ReadOptions, Rows, read_rows
from xlsales.sources.choice import ledger_grids
from xlsales.sources.glued import split_tables
from xlsales.sources.grid import Grid

LEDGER = ["Datum", "Kundnr", "Netto"]


def grid(*rows: list[str]) -> Grid:
    """A text file with such cells."""
    width = max(map(len, rows))
    cells = pd.DataFrame([row + [""] * (width - len(row)) for row in rows], columns=pd.RangeIndex(width), dtype="str")
    return Grid(cells, lambda row, _: f"a.csv:{row + 1}")


def parts(whole: Grid) -> list[list[list[str]]]:
    """The tables as texts, without empty rows."""
    return [[row for row in part.texts(0, part.height) if any(row)] for part in split_tables(whole)]


def codes(read: Rows) -> dict[str, Any]:
    return {issue.code: issue.params for issue in read.warnings}


def on_a_sheet(tmp_path: Path, rows: list[list[Any]]) -> Rows:
    return read_rows(xlsx(tmp_path / "a.xlsx", {"Blad1": rows}))


def test_one_table_is_left_as_it_is() -> None:
    """With a banner above and a sum below."""
    whole = grid(["Reskontra"], [], LEDGER, ["2026-01-15", "1", "10"], [], ["Summa", "", "10"])
    assert split_tables(whole) == [whole]


def test_a_table_of_another_kind_below_ends_the_ledger() -> None:
    """Known by its words, or by an empty row above and rows that are no entries; where it stood is kept."""
    ledger = [LEDGER, ["2026-01-15", "1", "10"], ["2026-01-16", "2", "20"]]
    for other in ([["Säljare", "Region"], ["Anna", "Nord"]], [[], ["Skäl", "Antal fel"], ["Trasig", "3"]]):
        whole = grid(*ledger, *other)
        assert parts(whole) == [ledger]
        (kept,) = ledger_grids(Path("a.csv"), whole)
        (note,) = kept.warnings
        assert (note.code, note.params["places"]) == ("tables_left_out", [f"a.csv:{2 + len(other)}"])


def test_ledgers_with_columns_in_another_order_are_both_read() -> None:
    """Their rows are typed by their own headings."""
    one, two = [LEDGER, ["2026-01-15", "1", "10"]], [["Kundnr", "Netto", "Datum"], ["2", "20", "2026-02-15"]]
    assert parts(grid(*one, *two)) == [one, two]
    assert parts(grid(*one, [], *two)) == [one, two]


def test_a_heading_printed_again_does_not_part_the_ledger() -> None:
    """On every page, also with one of its words spelt otherwise."""
    page = ["2026-01-15", "1", "10"]
    whole = grid(LEDGER, page, [], LEDGER, page, ["Fakturadatum", "Kundnummer", "Netto"], page)
    assert split_tables(whole) == [whole]


def test_customers_as_headings_do_not_part_the_ledger() -> None:
    """Two words on a line of their own below an empty row, and entries beneath."""
    rows = [["2026-01-15", "F1", "10"], ["2026-01-16", "F2", "20"]]
    whole = grid(["Datum", "Fakturanr", "Netto"], ["Kund:", "Åkeri AB"], *rows, [], ["Kund:", "Bageri AB"], *rows)
    assert split_tables(whole) == [whole]


def test_texts_under_the_ledgers_own_columns_do_not_part_it() -> None:
    """Entries without amounts and remarks are set aside one by one, not cut off with all that follows."""
    whole = grid(
        [*LEDGER, "Text"], ["2026-01-15", "1", "10", ""], ["Obs", "kontrollera", "", ""], ["2026-01-16", "2", "20", "x"]
    )
    assert split_tables(whole) == [whole]


def test_bad_entries_at_the_end_are_no_table_of_another_kind() -> None:
    """Rows as wide as the ledger stay with it, to be set aside one by one."""
    whole = grid(LEDGER, ["2026-01-15", "1", "10"], ["okänt", "B", "?"], ["okänt", "C", "?"])
    assert split_tables(whole) == [whole]


def test_tables_on_a_sheet_keep_their_addresses(tmp_path: Path) -> None:
    """The second ledger begins at A9, and its amounts stand in column D."""
    second = [["Kundnr", "Fakturadatum", "Kund", "Belopp exkl. moms"], ["7", datetime(2026, 2, 1), "B", "?"]]
    second += [["8", datetime(2026, 2, n), "B", n] for n in range(2, 5)]
    read = on_a_sheet(tmp_path, [HEAD[:3] + HEAD[4:], *(row[:3] + row[4:] for row in entries(1)), [], [], *second])
    assert read.rejects.place.tolist() == ["Blad1!D10"]
    assert read.entries.amount.sum() == ledger_sum(entries(1)) + 2 + 3 + 4
    assert codes(read)["sheets_joined"]["sheets"] == ["Blad1!A1", "Blad1!A9"]


def test_ledgers_side_by_side_are_one(tmp_path: Path) -> None:
    """Last year and this year, with an empty column between or none at all."""
    for gap in ([None], []):
        rows = [HEAD + gap + HEAD, *(a + gap + b for a, b in zip(entries(1), entries(2), strict=True))]
        rows[3][len(rows[3]) - 1] = "?"
        read = on_a_sheet(tmp_path, rows)
        assert (len(read.entries), len(read.rejects)) == (9, 1)
        assert read.rejects.place.tolist() == ["Blad1!K4" if gap else "Blad1!J4"]


def test_a_list_beside_the_ledger_is_not_part_of_it(tmp_path: Path) -> None:
    """A few customers with their sellers to the right; a column beyond an empty one with a cell in every row is."""
    people = [["1", "Anna"], ["2", "Bo"], *([[None, None]] * 10)]
    beside = [
        [*HEAD, None, "Kundnr", "Säljare"],
        *([*a, None, *b] for a, b in zip(entries(1, 12), people, strict=True)),
    ]
    read = on_a_sheet(tmp_path, beside)
    assert (len(read.entries), set(read.entries.seller)) == (12, {""})
    assert codes(read)["tables_left_out"]["places"] == ["Blad1!G1"]
    spaced = [[*HEAD, None, "Säljare"], *([*row, None, "Bo"] for row in entries(1, 12))]
    read = on_a_sheet(tmp_path, spaced)
    assert (len(read.entries), set(read.entries.seller)) == (12, {"Bo"})


def test_a_small_table_above_is_no_banner_and_no_harm(tmp_path: Path) -> None:
    """People first, then the ledger."""
    read = on_a_sheet(tmp_path, [["Säljare", "Region"], ["Anna", "Nord"], ["Bo", "Syd"], [], HEAD, *entries(1)])
    assert read.entries.amount.sum() == ledger_sum(entries(1))
    assert read.rejects.empty


def test_a_ledger_far_below_another_table_is_found(tmp_path: Path) -> None:
    """Hundreds of rows of something else stand first."""
    prices = [["Artikelnr", "Pris"], *([f"A{n}", n] for n in range(400))]
    read = on_a_sheet(tmp_path, [*prices, [], HEAD, *entries(1)])
    assert read.entries.amount.sum() == ledger_sum(entries(1))


def test_tables_glued_in_a_text_file(tmp_path: Path) -> None:
    """Orders, returns and people in one csv; the line of a bad row is that of the file."""
    path = tmp_path / "a.csv"
    path.write_text(
        "Datum;Kundnr;Netto\n2026-01-15;1;10\n2026-01-16;2;?\n\nOrdernr;Retur\n100;Ja\n\nPerson;Region\nAnna;Nord\n",
        "utf-8",
    )
    read = read_rows(path)
    assert (read.entries.amount.tolist(), read.rejects.place.tolist()) == ([10], ["a.csv:3"])


def test_a_chosen_column_counts_as_a_heading(tmp_path: Path) -> None:
    """What the user names is found in each table."""
    path = tmp_path / "a.csv"
    path.write_text("När;Vem;Kr\n2026-01-15;1;10\nVem;När;Kr\n2;2026-01-16;20\n", "utf-8")
    given = {"invoice_date": "När", "customer_no": "Vem", "amount": "Kr"}
    assert read_rows(path, ReadOptions(columns=given)).entries.amount.tolist() == [10, 20]


def test_splitting_a_large_ledger_takes_no_time() -> None:
    """Rows with a date are told from headings at once."""
    import time

    size = 200_000
    cells = pd.DataFrame({
        0: ["Datum"] + ["2026-01-15"] * size, 1: ["Kundnr"] + ["1"] * size, 2: ["Netto"] + ["10,50"] * size,
    }, dtype="str")  # fmt: skip
    begin = time.perf_counter()
    (part,) = split_tables(Grid(cells, lambda row, _: str(row)))
    assert part.height == size + 1
    assert time.perf_counter() - begin < 2


@pytest.mark.parametrize("empty", [pd.DataFrame(), pd.DataFrame({0: pd.Series([], dtype="str")})])
def test_nothing_is_one_table(empty: pd.DataFrame) -> None:
    """A file without rows, or without columns."""
    whole = Grid(empty, lambda row, _: str(row))
    assert split_tables(whole) == [whole]

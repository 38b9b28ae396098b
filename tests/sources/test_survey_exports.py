"""Exports of survey tools: each layout as its tool writes it, typed out here."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from xlsxwriter import Workbook

from xlsales.issues import CannotRead
from xlsales.sources.surveys import CriterionNames, Export
from xlsales.sources.surveys.cells import sheets_of
from xlsales.sources.surveys.exports import read_export
from xlsales.tables.parse import fold

SHOWN = {"quality": "Bra kvalitet", "service": "Hög servicenivå", "price": "Lågt pris"}
ENGLISH = {"quality": "Good quality", "service": "High level of service", "price": "Low price"}
IDS = {fold(n): i for names in (SHOWN, ENGLISH) for i, n in names.items()} | {i: i for i in SHOWN}
NAMES = CriterionNames(IDS, SHOWN)


def read(tmp_path: Path, text: str, method: str = "") -> Export:
    """An export given as text."""
    path = tmp_path / "export.csv"
    path.write_text(text, "utf-8")
    return read_export(path, sheets_of(path), NAMES, method)


def points(export: Export) -> list[tuple[object, ...]]:
    """Quality, service and price of every response."""
    return [tuple(r.points[c] for c in SHOWN) for r in export.responses]


def test_qualtrics_has_three_rows_of_headings(tmp_path: Path) -> None:
    """Variable, text and import id; the item stands after the question, previews and half answers are told."""
    ids = ",".join(f'"{{""ImportId"":""QID{i}""}}"' for i in range(10))
    found = read(
        tmp_path,
        "StartDate,EndDate,Status,Finished,RecordedDate,ResponseId,RecipientEmail,ExternalReference,Q5_1,Q5_2,Q5_3\n"
        "Start Date,End Date,Response Type,Finished,Recorded Date,Response ID,Recipient Email,External Data Reference,"
        "Fördela 20 poäng - Bra kvalitet,Fördela 20 poäng - Hög servicenivå,Fördela 20 poäng - Lågt pris\n"
        f'{ids},"{{""ImportId"":""QID5_3""}}"\n'
        "2026-03-01 10:00:00,2026-03-01 10:05:00,IP Address,True,2026-03-02 09:00:01,R_1,a@alfa.se,005,10,6,4\n"
        "2026-03-01 10:00:00,2026-03-01 10:05:00,Survey Preview,True,2026-03-02 09:00:01,R_2,,006,10,6,4\n"
        "2026-03-01 10:00:00,2026-03-01 10:05:00,IP Address,False,2026-03-02 09:00:01,R_3,,006,10,6,\n",
    )
    assert found.tool == "qualtrics"
    assert points(found) == [(10, 6, 4), (10, 6, 4), (10, 6, None)]
    assert [r.unfinished for r in found.responses] == ["", "preview", "not_finished"]
    first = found.responses[0]
    assert (first.response_id, first.method, first.row) == ("Q-R_1", "points20", 4)
    assert first.customer == (("number", "005"), ("email", "a@alfa.se"))
    assert str(first.when) == "2026-03-02 00:00:00"


def test_qualtrics_may_export_numbers_for_words(tmp_path: Path) -> None:
    """Status 1 is a preview, Finished 0 is half an answer."""
    heads = "Status,Finished,ResponseId,Q1_1,Q1_2\nResponse Type,Finished,Response ID,P - Bra kvalitet,P - Lågt pris\n"
    ids = ",".join(f'"{{""ImportId"":""QID{i}""}}"' for i in range(5))
    found = read(tmp_path, f"{heads}{ids}\n0,1,R_1,10,10\n1,1,R_2,10,10\n0,0,R_3,10,10\n")
    assert [r.unfinished for r in found.responses] == ["", "preview", "not_finished"]


def test_qualtrics_of_old_has_two_rows(tmp_path: Path) -> None:
    """V1, V2 … above the texts."""
    found = read(
        tmp_path,
        "V1,V2,Q1_1,Q1_2,Q1_3\n"
        "ResponseID,ExternalDataReference,Poäng - Bra kvalitet,Poäng - Hög servicenivå,Poäng - Lågt pris\n"
        "R_9,101,5,10,5\n",
    )
    assert (found.tool, points(found)) == ("qualtrics", [(5, 10, 5)])
    assert found.responses[0].customer == (("number", "101"),)


def test_limesurvey_puts_the_item_in_brackets(tmp_path: Path) -> None:
    """Semicolons and quotes; an answer that was never submitted is told."""
    found = read(
        tmp_path,
        '"id";"submitdate";"lastpage";"startlanguage";"seed";"kundnr";'
        '"Fördela 20 poäng. [Bra kvalitet]";"Fördela 20 poäng. [Hög servicenivå]";"Fördela 20 poäng. [Lågt pris]"\n'
        '"7";"2026-02-03 08:00:00";"3";"sv";"11";"005";"12,5";"7,5";""\n'
        '"8";"";"1";"sv";"12";"006";"10";"5";"5"\n',
    )
    assert found.tool == "limesurvey"
    # A blank is zero where the rest comes to the full sum.
    assert points(found) == [(12.5, 7.5, 0), (10, 5, 5)]
    assert [r.unfinished for r in found.responses] == ["", "not_finished"]
    assert found.responses[0].response_id.startswith("L-7-")


def test_limesurvey_may_name_the_items_by_code(tmp_path: Path) -> None:
    """A code that is the criterion's id is enough."""
    head = "id;submitdate;lastpage;G01Q01[quality];G01Q01[service];G01Q01[price]\n"
    found = read(tmp_path, head + "1;2026-01-01;2;8;8;4\n")
    assert points(found) == [(8, 8, 4)]


def test_surveymonkey_has_the_question_over_the_first_item_only(tmp_path: Path) -> None:
    """Two rows of headings, months first in dates, the customer in the custom data."""
    found = read(
        tmp_path,
        "Respondent ID,Collector ID,Start Date,End Date,IP Address,Email Address,First Name,Last Name,Custom Data 1,"
        "Fördela 20 poäng,,,Din roll\n"
        ",,,,,,,,,Bra kvalitet,Hög servicenivå,Lågt pris,Open-Ended Response\n"
        "118,55,03/04/2026 10:01:00,03/04/2026 10:09:00,1.2.3.4,eva@beta.se,Eva,Ek,101,4,10,6,Inköpare\n",
    )
    one = found.responses[0]
    assert (found.tool, points(found), one.person, one.role) == ("surveymonkey", [(4, 10, 6)], "Eva Ek", "Inköpare")
    assert str(one.when)[:10] == "2026-03-04"
    assert one.customer[0] == ("number", "101")


@pytest.mark.parametrize(
    "head",
    [("ID", "Start time", "Completion time", "Email", "Name"), ("ID", "Starttid", "Slutförandetid", "E-post", "Namn")],
)
def test_microsoft_forms_comes_as_a_workbook(tmp_path: Path, head: Sequence[str]) -> None:
    """One question per criterion, real dates, numbers as numbers or as text; "anonymous" is nobody."""
    path = tmp_path / "Enkät(1-2).xlsx"
    rows = [
        [*head, "Kundnummer", "1. Bra kvalitet", "2. Hög servicenivå", "3. Lågt pris (poäng)"],
        [1, 46082.4, 46082.5, "anonymous", "Åsa Öberg", "005", 10, 6, 4],
        [2, 46083.4, 46083.5, "anonymous", "", "101", "2,5", 7.5, 10],
    ]
    with Workbook(str(path)) as book:
        page, dates = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        for i, row in enumerate(rows):
            for j, cell in enumerate(row):
                (page.write_number(i, j, cell, dates) if i and j in (1, 2) else page.write(i, j, cell))
    found = read_export(path, sheets_of(path), NAMES)
    assert (found.tool, points(found)) == ("microsoft_forms", [(10, 6, 4), (2.5, 7.5, 10)])
    assert [(r.person, str(r.when)[:10]) for r in found.responses] == [("Åsa Öberg", "2026-03-01"), ("", "2026-03-02")]
    assert found.responses[0].customer == (("number", "005"),)


def test_google_forms_has_a_grid_with_the_row_in_brackets(tmp_path: Path) -> None:
    """Tidstämpel first; two grids are two questions, told apart by their sums."""
    found = read(
        tmp_path,
        "Tidstämpel,Företag,Poäng [Bra kvalitet],Poäng [Hög servicenivå],Poäng [Lågt pris],"
        "Betyg [Bra kvalitet],Betyg [Hög servicenivå],Betyg [Lågt pris]\n"
        "2026-03-01 12:00:00,Alfa AB,10,6,4,9,10,8\n2026-03-02 12:00:00,Beta AB,8,8,4,10,10,9\n",
    )
    assert found.tool == "google_forms"
    assert [(r.method, tuple(r.points.values())) for r in found.responses] == [
        ("points20", (10, 6, 4)), ("points20", (8, 8, 4)), ("scale10", (9, 10, 8)), ("scale10", (10, 10, 9)),
    ]  # fmt: skip
    assert len({r.response_id for r in found.responses}) == 4
    assert found.responses[0].customer == (("name", "Alfa AB"),)


def test_alchemer_has_the_item_before_the_question(tmp_path: Path) -> None:
    """Item:Question; a partial answer is told; a hundred points are found by the sums."""
    found = read(
        tmp_path,
        '"Response ID","Time Started","Date Submitted","Status","Company","Good quality:Allot 100 points",'
        '"High level of service:Allot 100 points","Low price:Allot 100 points"\n'
        '1,"2026-03-01 10:00:00","2026-03-01 10:09:00",Complete,Alfa AB,50,30,20\n'
        '2,"2026-03-01 11:00:00","2026-03-01 11:09:00",Partial,Beta AB,50,50,0\n',
    )
    assert (found.tool, points(found)) == ("alchemer", [(50, 30, 20), (50, 50, 0)])
    assert [(r.method, r.unfinished) for r in found.responses] == [("points100", ""), ("points100", "not_finished")]


def test_netigate_has_a_column_per_text_box(tmp_path: Path) -> None:
    """Any table whose columns are named as the criteria, under a banner."""
    found = read(
        tmp_path,
        "Enkät våren 2026\t\t\t\t\n\nkundnr\tdatum\tBra kvalitet\tHÖG SERVICENIVÅ\tlågt pris\n"
        "101\t2026-03-01\t10\t5\t5\n",
    )
    assert (found.tool, points(found)) == ("table", [(10, 5, 5)])
    assert found.responses[0].row == 4


def test_a_column_of_the_question_without_a_criterion_is_not_lost_silently(tmp_path: Path) -> None:
    """Its points would be missing from the sum, so the file is refused with the column and the nearest name."""
    head = "Tidstämpel,P [Bra kvalitet],P [Hög servicenivå],P [Lågt pris],P [Leveranstid]\n"
    with pytest.raises(CannotRead) as refused:
        read(tmp_path, head + "2026-01-01,5,5,5,5\n")
    assert (refused.value.code, refused.value.params["columns"]) == ("survey_unmatched", ["P [Leveranstid]"])
    with pytest.raises(CannotRead) as misspelt:
        read(tmp_path, "kundnr,Bra kvalitet,Lågt pris,Hög servisnivå\n1,5,5,10\n")
    assert misspelt.value.params["nearest"] == "Hög servicenivå"


def test_a_file_without_criteria_says_what_it_has(tmp_path: Path) -> None:
    """The headings of the file stand beside the criteria that were looked for."""
    with pytest.raises(CannotRead) as refused:
        read(tmp_path, "Datum,Belopp,Kund\n2026-01-01,5,Alfa\n")
    assert refused.value.code == "survey_no_criteria"
    assert refused.value.params["headings"] == ["Datum", "Belopp", "Kund"]


def test_a_survey_that_asks_less_is_said_to(tmp_path: Path) -> None:
    """Criteria without a column are named."""
    assert read(tmp_path, "kundnr,Bra kvalitet,Lågt pris\n1,15,5\n").absent == ("service",)


def test_blanks_stay_blank_where_the_row_does_not_come_to_the_sum(tmp_path: Path) -> None:
    """Nobody knows what a blank means there; text stays as it was written."""
    head = "kundnr,Bra kvalitet,Hög servicenivå,Lågt pris\n"
    found = read(tmp_path, head + "1,10,5,\n2,10,5,5\n3,10,många,5\n", "points20")
    assert points(found) == [(10, 5, None), (10, 5, 5), (10, "många", 5)]


def test_the_same_row_twice_is_one_answer(tmp_path: Path) -> None:
    """And reading the file again gives the same ids."""
    text = "kundnr,datum,Bra kvalitet,Lågt pris\n1,2026-01-01,15,5\n1,2026-01-01,15,5\n2,2026-01-01,10,10\n"
    first, again = read(tmp_path, text), read(tmp_path, text)
    assert [r.response_id for r in first.responses] == [r.response_id for r in again.responses]
    assert len(first.responses) == 2


def test_numbers_of_responses_start_again_in_every_survey(tmp_path: Path) -> None:
    """Response 1 of two surveys are two answers."""
    head = "ID,Starttid,Slutförandetid,kundnr,Bra kvalitet,Lågt pris\n"
    one = read(tmp_path, head + "1,2026-01-01,2026-01-01,5,15,5\n").responses[0]
    two = read(tmp_path, head + "1,2026-06-01,2026-06-01,5,15,5\n").responses[0]
    assert one.response_id != two.response_id


def test_a_formula_in_a_cell_is_only_a_text(tmp_path: Path) -> None:
    """Nothing is computed and nothing is lost."""
    found = read(tmp_path, 'kundnr,namn,Bra kvalitet,Lågt pris\n1,"=cmd|\' /C calc\'!A0",15,5\n')
    assert found.responses[0].person == "=cmd|' /C calc'!A0"


def test_what_is_no_table_is_refused_by_name(tmp_path: Path) -> None:
    """A picture, a JSON of something else and a web page are not surveys."""
    for name, data in (("a.csv", b"\x89PNG\r\n\x1a\n0000"), ("b.csv", json.dumps({"a": [1]}).encode())):
        path = tmp_path / name
        path.write_bytes(data)
        with pytest.raises(CannotRead):
            sheets_of(path)

"""Rows out with get, in with put: the same values, merged by key, in csv and json."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import DemoRun
from xlsales.cli import main
from xlsales.tables.schema import load_schema

USERS = [
    t.key for t in load_schema().tables.values()
    if t.is_users and t.key not in ("ledger", "ledger_sources", "column_map", "name_map", "settings")
]  # fmt: skip
New = Callable[..., Path]


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    """Messages in English, whatever the machine speaks."""
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")


@pytest.fixture
def get(capfdbinary: Any) -> Callable[..., str]:
    """The text of a table as get prints it."""

    def printed(path: Path, table: str, kind: str = "json") -> str:
        capfdbinary.readouterr()
        assert main(["get", str(path), table, "--format", kind]) == 0
        return capfdbinary.readouterr().out.decode("utf-8")

    return printed


def put(path: Path, table: str, text: str, *options: str, kind: str = "csv") -> int:
    """Put a text into a table."""
    source = path.with_name(f"rows.{kind}")
    source.write_text(text, "utf-8")
    return main(["put", str(path), table, str(source), *options])


def users(rows: list[dict[str, Any]], table: str) -> list[dict[str, Any]]:
    """The user's columns only."""
    tools = {c.key for c in load_schema().table(table).columns if c.owner == "tool"}
    return [{k: v for k, v in row.items() if k not in tools} for row in rows]


@pytest.mark.parametrize("kind", ["csv", "json"])
@pytest.mark.parametrize("table", USERS)
def test_what_was_got_can_be_put(
    table: str, kind: str, demo_en: DemoRun, empty_workbook: New, get: Callable[..., str]
) -> None:
    """Every users' table of the demo, taken out and put into a new workbook, holds the same values."""
    path = empty_workbook()
    text = get(demo_en.workbook, table, kind)
    if kind == "json":
        text = json.dumps(users(json.loads(text), table))
    else:
        read = list(csv.DictReader(io.StringIO(text)))
        written = io.StringIO()
        writer = csv.DictWriter(written, users(read, table)[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(users(read, table))
        text = written.getvalue()
    assert put(path, table, text, "--replace", kind=kind) in (0, 1)
    expected = users(json.loads(get(demo_en.workbook, table)), table)
    assert users(json.loads(get(path, table)), table) == expected


@pytest.mark.parametrize("kind", ["csv", "json"])
def test_texts_that_spreadsheets_spoil_survive(kind: str, empty_workbook: New, get: Callable[..., str]) -> None:
    """Formulas, signs, leading zeros, quotes, line breaks and long numbers stay text, there and back."""
    names = ["=1+1", "+46 8 123", "-ab", "@x", "'citat", "007", "1E5", "a;b,c\td", 'säg "hej"', "rad 1\nrad 2", "TRUE"]
    rows = [{"customer_no": f"00{i}", "customer": name} for i, name in enumerate(names)]
    path = empty_workbook()
    for _ in range(2):
        if kind == "json":
            put(path, "customers", json.dumps(rows), kind="json")
        else:
            out = io.StringIO()
            writer = csv.DictWriter(out, rows[0], lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
            put(path, "customers", out.getvalue())
        got = json.loads(get(path, "customers"))
        assert [(r["customer_no"], r["customer"]) for r in got] == [(r["customer_no"], r["customer"]) for r in rows]


def test_csv_guards_formulas_and_put_takes_the_guard_away(empty_workbook: New, get: Callable[..., str]) -> None:
    """In csv a text that a spreadsheet would run has a quote before it."""
    path = empty_workbook()
    put(path, "customers", json.dumps([{"customer_no": "1", "customer": "=1+1"}]), kind="json")
    assert "'=1+1" in get(path, "customers", "csv")
    assert json.loads(get(path, "customers"))[0]["customer"] == "=1+1"


def test_rows_merge_by_key(empty_workbook: New, get: Callable[..., str]) -> None:
    """Known keys change in the columns given, empty cells leave what stands there, new keys become rows."""
    path = empty_workbook()
    put(path, "customers", "customer_no,customer,seller\n001,Alfa,Eva\n002,Beta,Nils\n")
    put(path, "customers", "seller;customer_no\nKarin;002\n;001\nMaja;003\n")
    rows = json.loads(get(path, "customers"))
    assert [(r["customer_no"], r["customer"], r["seller"]) for r in rows] == [
        ("001", "Alfa", "Eva"), ("002", "Beta", "Karin"), ("003", None, "Maja"),
    ]  # fmt: skip


def test_replace_leaves_only_the_files_rows(empty_workbook: New, get: Callable[..., str]) -> None:
    """With --replace rows that the file lacks are gone."""
    path = empty_workbook()
    put(path, "customers", "customer_no,customer\n001,Alfa\n002,Beta\n")
    put(path, "customers", "customer_no,customer\n002,Beta AB\n", "--replace")
    assert [(r["customer_no"], r["customer"]) for r in json.loads(get(path, "customers"))] == [("002", "Beta AB")]


@pytest.mark.parametrize("heading", ["Customer no", "Kundnr", "customer_no", "CUSTOMER NO"])
def test_columns_go_by_key_or_heading(heading: str, empty_workbook: New, get: Callable[..., str]) -> None:
    """A heading in either language does as well as the key."""
    path = empty_workbook()
    assert put(path, "customers", f"{heading}\tcustomer\n0042\tAlfa\n") == 0
    assert json.loads(get(path, "customers"))[0]["customer_no"] == "0042"


def test_criterion_columns_go_by_id(empty_workbook: New, get: Callable[..., str]) -> None:
    """Answers are put and got with the criterion's id as the column."""
    path = empty_workbook()
    rows = [{"answer_id": "S1", "customer_no": "1", "method": "points20", "quality": 12, "service": 8}]
    assert put(path, "answers", json.dumps(rows), kind="json") == 0
    row = json.loads(get(path, "answers"))[0]
    assert (row["quality"], row["service"], row["price"]) == (12, 8, None)


def test_new_criteria_give_new_columns_at_once(empty_workbook: New, get: Callable[..., str]) -> None:
    """After criteria are put, answers take points on them."""
    path = empty_workbook()
    assert put(path, "criteria", "criterion_id,criterion\ngreen,Sustainability\n") == 0
    assert put(path, "answers", "answer_id,customer_no,method,green\nS1,1,points20,20\n") == 0
    assert json.loads(get(path, "answers"))[0]["green"] == 20


@pytest.mark.parametrize(
    ("table", "text", "code"),
    [("customers", "customer_no,colour\n1,red\n", 2), ("customers", "customer\nAlfa\n", 2),
     ("customers", "", 2), ("customers", '[{"customer_no": 1', 3), ("customers", '"a\n', 3),
     ("weights", "group\nall\n", 2)],
)  # fmt: skip
def test_rows_that_cannot_be_put_change_nothing(
    table: str, text: str, code: int, empty_workbook: New, capfdbinary: Any
) -> None:
    """Unknown columns, a missing key, a broken file or a table of the tool's: one line, the file as it was."""
    path = empty_workbook()
    before = path.read_bytes()
    assert put(path, table, text) == code
    out, err = capfdbinary.readouterr()
    assert out == b""
    assert len(err.strip().splitlines()) == 1
    assert path.read_bytes() == before


@pytest.mark.parametrize("text", ["[1, 2]", '"text"', "null", "[]", "{}", "[[1]]", '[{"customer_no": {"a": 1}}]'])
def test_odd_json_is_no_traceback(text: str, empty_workbook: New, capfdbinary: Any) -> None:
    """Valid json of another shape is refused or gives no rows."""
    assert put(empty_workbook(), "customers", text, kind="json") in (0, 1, 2, 3)
    assert b"Traceback" not in capfdbinary.readouterr().err


def test_values_that_do_not_fit_are_put_and_told(
    empty_workbook: New, get: Callable[..., str], capfdbinary: Any
) -> None:
    """A text where a number belongs stands in the cell as written, with the row and column told; code 1."""
    path = empty_workbook()
    code = put(path, "activities", "activity_id,activity,existing,hours\nA1,Visit,existing,many\n")
    err = capfdbinary.readouterr().err.decode("utf-8")
    assert code == 1
    assert "rows.csv:2 hours" in err
    assert json.loads(get(path, "activities"))[0]["hours"] == "many"

"""What if and trace on the command line: the small company's plan at other hours, and the way back to its answers."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.method.company import AS_OF, file_world, fill
from xlsales.cli import main
from xlsales.hosts.file import FileHost
from xlsales.method.book import Book
from xlsales.tables.schema import LANGUAGES, Language
from xlsales.whatif_verbs import _change

Call = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def companies(templates: dict[Language, Path], tmp_path_factory: pytest.TempPathFactory) -> dict[Language, Path]:
    """The small company with 130 hours, in each language: Besök 100 h, Jour 60 h, Lagkrav 20 h that must be done."""
    folder = tmp_path_factory.mktemp("whatif")
    made = {}
    for language in LANGUAGES:
        path = Path(shutil.copy(templates[language], folder / f"{language}.xlsx"))
        world = fill(file_world(path, language))
        world.setting("as_of", AS_OF)
        world.setting("hours_available", 130)
        world.setting("plan_draws", 20)
        world.setting("draws", 20)
        world.host.save()
        made[language] = path
    return made


@pytest.fixture
def call(capfdbinary: Any, monkeypatch: pytest.MonkeyPatch) -> Call:
    """Run a command: exit code, standard output, and standard error without the progress."""
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")

    def called(*arguments: object) -> tuple[int, str, str]:
        capfdbinary.readouterr()
        code = main([str(a) for a in arguments])
        out, err = (stream.decode("utf-8") for stream in capfdbinary.readouterr())
        return code, out, "".join(line for line in err.splitlines(True) if not line.startswith("…"))

    return called


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def moved(document: dict[str, Any], change: str) -> list[str]:
    return [row["activity_id"] for row in document["activities"] if row["change"] == change]


def total(document: dict[str, Any], measure: str) -> tuple[float, float]:
    (row,) = [row for row in document["totals"] if row["measure"] == measure]
    assert row["difference"] == pytest.approx(row["then"] - row["now"])
    return row["now"], row["then"]


def test_fewer_hours_move_the_plan_and_nothing_is_written(companies: dict[Language, Path], call: Call) -> None:
    """With 80 hours there is room for Jour beside the law, not for Besök; the file and its folder are as before."""
    path = companies["sv"]
    before, beside = digest(path), sorted(path.parent.iterdir())
    code, out, err = call("whatif", path, "--hours", "80", "--json")
    document = json.loads(out)
    assert (code, err) == (0, "")
    assert list(document) == ["totals", "activities", "issues"]
    assert (moved(document, "enters"), moved(document, "leaves")) == (["A3"], ["A1"])
    assert total(document, "hours") == (120, 80)
    assert [row["measure"] for row in document["totals"]] == ["hours", "cost", "benefit", "activities", "gap"]
    assert total(document, "gap") == (0, 0)
    assert document["issues"] == []
    assert (digest(path), sorted(path.parent.iterdir())) == (before, beside)


@pytest.mark.parametrize(
    ("language", "words"),
    [("sv", ("Nu", "Då", "Skillnad", "Timmar i planen", "Kommer in:", "Jour [A3]: 60 timmar", "Går ut:")),
     ("en", ("Now", "Then", "Difference", "Hours in the plan", "Enters:", "Jour [A3]: 60 hours", "Leaves:"))],
)  # fmt: skip
def test_now_and_then_stand_side_by_side_in_the_workbooks_language(
    language: Language, words: tuple[str, ...], companies: dict[Language, Path], call: Call
) -> None:
    """Headings and measures are those of the sheet; what leaves is told with the hours it had."""
    code, out, _ = call("whatif", companies[language], "--hours", "80")
    assert code == 0
    places = [out.index(word) for word in words]
    assert places == sorted(places)
    assert out.index("Besök [A1]: 100") > places[-1]


@pytest.mark.parametrize(
    ("kind", "text", "change"),
    [
        ("hours", "180", ("hours", "", "", 180)),
        ("hours", "Åsa B=12,5", ("hours", "Åsa B", "", 12.5)),
        ("hours", "Eva:K1 2027=8", ("hours", "Eva", "K1 2027", 8)),
        ("hours", "2027Q2=8", ("hours", "", "2027Q2", 8)),
        ("hours", "Team: north=8", ("hours", "Team: north", "", 8)),
        ("budget", "1 000,50", ("budget", "", "", 1000.5)),
        ("budget", "none", ("budget", "", "", "")),
        ("weight", "service=40 %", ("weight", "service", "", 0.4)),
        ("weight", "service", ("weight", "service", "", "")),
        ("activity_hours", "besök=10", ("activity_hours", "A1", "", 10)),
        ("activity_cost", "a1=1000", ("activity_cost", "A1", "", 1000)),
        ("relation", "Jour:Bra kvalitet=9", ("relation", "A3", "Bra kvalitet", 9)),
        ("must", "JOUR", ("must", "A3", "", "")),
        ("must_not", "A9", ("must_not", "A9", "", "")),
        ("without", "A1", ("without", "A1", "", "")),
    ],
)
def test_a_change_is_read_as_a_row_of_the_sheet(
    kind: str, text: str, change: tuple[object, ...], companies: dict[Language, Path]
) -> None:
    """Activities by id or name, numbers as they are typed; what is no number stays, to be told of."""
    assert _change(Book(FileHost.open(companies["sv"])), kind, text) == change


def test_every_option_is_a_change_and_several_are_made_together(companies: dict[Language, Path], call: Call) -> None:
    """Each kind once; only the law and Jour are left."""
    changes = ["--hours", "500", "--budget", "900", "--weight", "service=0.9", "--activity-hours", "A3=10", "--cost",
               "A3=800", "--relation", "A3:Lågt pris=9", "--must", "Jour", "--must-not", "Julkort",
               "--without", "A1"]  # fmt: skip
    code, out, err = call("whatif", companies["sv"], *changes, "--json")
    document = json.loads(out)
    assert (code, err) == (0, "")
    assert (moved(document, "enters"), moved(document, "leaves")) == (["A3"], ["A1"])
    assert total(document, "hours") == (120, 30)
    assert total(document, "cost") == (0, 800)


def test_a_change_that_cannot_be_made_is_told_in_one_line_and_the_others_are_made(
    companies: dict[Language, Path], call: Call
) -> None:
    """Where, what and the remedy with what was meant; the exit code is 1."""
    code, out, err = call("whatif", companies["en"], "--weight", "qualty=0.4", "--hours", "80", "--hours", "Eva=many")
    lines = err.splitlines()
    assert code == 1
    assert "Jour [A3]" in out
    assert len(lines) == 2
    assert lines[0].startswith("--weight qualty=0.4: ”qualty” ")
    assert "Did you mean “quality”?" in lines[0]
    assert lines[1].startswith("--hours Eva=many: ”many” ")


def test_nothing_that_can_be_changed_is_wrong_use(companies: dict[Language, Path], call: Call) -> None:
    """No change at all, or none that can be made: exit code 2 and an empty standard output."""
    code, out, err = call("whatif", companies["en"])
    assert (code, out) == (2, "")
    assert "What if" in err
    code, out, err = call("whatif", companies["en"], "--must", "A9", "--cost", "A1", "--json")
    assert (code, out) == (2, "")
    assert [line.split(":")[0] for line in err.splitlines()] == ["--must A9", "--cost A1"]


def test_demands_that_collide_are_told(companies: dict[Language, Path], call: Call) -> None:
    """More that must be done than there are hours for: the plan is shown, with an error."""
    code, out, err = call("whatif", companies["en"], "--must", "A1", "--must", "A3", "--json")
    assert code == 1
    assert [issue["severity"] for issue in json.loads(out)["issues"]] == ["error"]
    assert "Besök" in err


def test_the_rows_of_the_sheet_are_used_where_no_change_is_given(
    companies: dict[Language, Path], call: Call, tmp_path: Path
) -> None:
    """The same answer as the change on the command line; a change there goes before the sheet."""
    path = Path(shutil.copy(companies["sv"], tmp_path / "bok.xlsx"))
    world = file_world(path, "sv")
    world.type("scenario", [{"kind": "hours", "value": 80}, {"kind": "must", "subject": "A8"}])
    world.host.save()
    code, out, err = call("whatif", path, "--json")
    assert code == 1
    assert moved(json.loads(out), "enters") == ["A3"]
    assert err.startswith("Tänk om!B7: ”A8” ")
    code, out, err = call("whatif", path, "--hours", "180", "--json")
    assert (code, err, moved(json.loads(out), "leaves")) == (0, "", [])


def test_a_workbook_without_a_plan_cannot_be_used(empty_workbook: Callable[..., Path], call: Call) -> None:
    """Exit code 3, one line with why."""
    code, out, err = call("whatif", empty_workbook("en"), "--hours", "5")
    assert (code, out, len(err.splitlines())) == (3, "", 1)


def test_trace_leads_from_the_activity_to_the_customers(companies: dict[Language, Path], call: Call) -> None:
    """By hand: the weights of three customers; Alfa AB has most revenue, 1 500.20 kronor, and gave two answers."""
    code, out, err = call("trace", companies["sv"], "JOUR", "--json")
    document = json.loads(out)
    assert (code, err) == (0, "")
    assert (document["activity_id"], document["in_plan"], document["decision"]) == ("A3", False, "start")
    service, price = document["expectations"]
    assert (service["criterion_id"], service["criterion"], service["relation"]) == ("service", "Hög servicenivå", 9)
    assert service["weight"] == pytest.approx((0.3 + 0.4 + 0.4) / 3)
    assert (service["ours"], service["best_score"], service["best_alternative"]) == (5, 7, "Konkurrenten")
    assert service["need"] == pytest.approx(service["weight"] * service["gap_factor"])
    assert service["contribution"] + price["contribution"] == pytest.approx(document["benefit"])
    assert service["share_of_benefit"] + price["share_of_benefit"] == pytest.approx(1)
    assert (service["answers"], service["customers"]) == (4, 3)
    assert [(c["customer"], c["answers"], c["revenue"]) for c in service["by_customer"]] == [
        ("Alfa AB", 2, 1500.2), ("Delta AB", 1, 300.3), ("Beta Bygg AB", 1, 0),
    ]  # fmt: skip
    assert "by_answer" not in service


def test_trace_lists_every_answer_when_asked(companies: dict[Language, Path], call: Call) -> None:
    """The greatest share of points first."""
    _, out, _ = call("trace", companies["sv"], "A3", "--answers", "--json")
    answers = json.loads(out)["expectations"][0]["by_answer"]
    assert [(a["answer_id"], a["points"], a["share"]) for a in answers] == [
        ("R4", 8, 0.4), ("R3", 8, 0.4), ("R1", 6, 0.3), ("R2", 6, 0.3),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("language", "words"),
    [("sv", ("Jour [A3]", "Påbörja.", "1. Hög servicenivå: samband 9", "Ni har 5, Konkurrenten har 7",
             "4 svar från 3 kunder", "Alfa AB: 1\u00a0500\u00a0kr", "Delta AB: 8 poäng (40\u00a0%)")),
     ("en", ("Jour [A3]", "Start.", "1. High level of service: relation 9", "You have 5, Konkurrenten has 7",
             "4 answers from 3 customers", "Alfa AB: SEK\u00a01,500", "Delta AB: 8 points (40%)"))],
)  # fmt: skip
def test_the_chain_is_told_in_the_workbooks_language(
    language: Language, words: tuple[str, ...], companies: dict[Language, Path], call: Call
) -> None:
    """Activity, decision, expectation, gap, answers, customers, in that order."""
    code, out, _ = call("trace", companies[language], "A3", "--answers")
    assert code == 0
    places = [out.index(word) for word in words]
    assert places == sorted(places)


def test_an_activity_that_is_not_there_comes_with_the_nearest(companies: dict[Language, Path], call: Call) -> None:
    """Exit code 2, one line."""
    code, out, err = call("trace", companies["en"], "Julkor")
    assert (code, out) == (2, "")
    assert "Julkort" in err


def test_an_activity_that_serves_nothing_says_so(companies: dict[Language, Path], call: Call) -> None:
    """Its relations are all nothing."""
    code, out, _ = call("trace", companies["en"], "A2")
    assert code == 0
    assert "no expectation" in out

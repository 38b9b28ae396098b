"""A whole run over the small company: figures that can be reckoned by hand, and runs that follow on each other."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from tests.method.company import AS_OF, LEDGER, TIMES, World, fill, found, ledger_rows
from xlsales.hosts.memory import MemoryHost
from xlsales.issues import CannotRead, WrongUse
from xlsales.method.book import Book
from xlsales.method.transfer import get_table
from xlsales.tables.schema import Language, load_schema

Make = Callable[..., World]
SCHEMA = load_schema()
STEPS = ["revenue", "segment", "potential", "expectations", "compare", "hierarchy", "activities", "plan"]


def by(world: World, table: str, key: str) -> pd.DataFrame:
    """A table by its key, as the method reads it."""
    return world.typed(table).set_index(key)


def test_the_bridge_foots_to_the_ore(small: World) -> None:
    """1 800.10 before + 300.30 new + 50.05 back + 500.10 more − 800.00 lost = 1 850.55."""
    small.run()
    amounts = by(small.again(), "bridge", "component")["amount"].round(2).to_dict()
    assert amounts == {
        "opening": 1800.10, "new": 300.30, "reactivated": 50.05, "expansion": 500.10,
        "contraction": 0.0, "lost": -800.0, "closing": 1850.55,
    }  # fmt: skip


def test_every_customer_gets_its_status_once(small: World) -> None:
    """Kept, lost, new, reactivated, and one in the register without invoices."""
    small.run()
    status = by(small.again(), "customers", "customer_no")["status"].to_dict()
    assert status == {"001": "stable", "002": "lost", "003": "", "004": "new", "005": "reactivated"}


def test_new_customers_get_name_and_seller_from_the_ledger(small: World) -> None:
    """A customer that only the ledger knows becomes a row at the end, with its name and seller."""
    small.run()
    customers = small.again().typed("customers")
    assert list(customers["customer_no"]) == ["001", "002", "003", "004", "005"]
    assert list(customers["customer"].iloc[3:]) == ["Delta AB", "Epsilon AB"]
    assert list(customers["seller"].iloc[3:]) == ["Eva", "Nils"]


def test_names_and_sellers_of_known_customers_are_the_users(small: World) -> None:
    """The ledger calls 002 Beta AB and 001's seller Nils; the register's own words stay."""
    small.run()
    customers = by(small.again(), "customers", "customer_no")
    assert customers.at["002", "customer"] == "Beta Bygg AB"
    assert customers.at["001", "seller"] == "Karin"
    assert customers.at["003", "seller"] == ""
    assert customers.at["001", "wallet"] == 5000


def test_the_steps_are_told_in_order_with_a_sentence_each(small: World) -> None:
    """Every step is done, in the method's order, and says something."""
    result = small.run()
    assert [step.step for step in result.steps] == STEPS
    assert {step.status for step in result.steps} == {"done"}
    assert all(step.headline for step in result.steps)
    steps = by(small.again(), "steps", "step")
    assert list(steps.index) == [*STEPS, "check"]
    assert list(steps["headline"].iloc[: len(STEPS)]) == [step.headline for step in result.steps]


def test_the_plan_proposes_what_is_chosen_and_what_ends(small: World) -> None:
    """Two activities that serve, the protected one, and last the one to end with its hours freed."""
    small.run()
    plan = small.again().typed("plan")
    assert list(plan["plan_id"]) == ["P-A3", "P-A1", "P-A4", "P-A2"]
    assert list(plan["hours"]) == [60, 100, 20, 0]
    assert list(plan["owner"]) == ["(utses)", "Eva", "(utses)", "(utses)"]
    assert set(plan["due"]) == {pd.Timestamp("2026-06-29")}
    assert not plan["late"].any()
    assert not plan["orphan"].any()


def test_two_runs_give_the_same_tables(small: World) -> None:
    """The second run changes no cell but those that tell the time, and adds a row to the history."""
    small.run()
    once = small.again()
    first = {key: once.raw(key) for key in SCHEMA.tables if key != "history"}
    once.run(now=dt.datetime(2026, 4, 11, 9, 0))
    twice = once.again()
    for key, frame in first.items():
        times = [once.heading(key, c.key) for c in SCHEMA.table(key).columns if c.key in TIMES]
        pd.testing.assert_frame_equal(
            frame.drop(columns=times), twice.raw(key).drop(columns=times), check_dtype=False, obj=key
        )
    assert len(twice.typed("history")) == 2


def test_a_change_of_input_or_setting_changes_its_fingerprint(small: World) -> None:
    """The history tells runs with other settings or other input from the same again."""
    small.run()
    small.run()
    small.set("answers", 0, "quality", 11)
    small.run()
    small.setting("hours_available", 170)
    small.run()
    history = small.again().typed("history")
    _, again, other_input, other_setting = history["input_hash"]
    assert again != other_input == other_setting
    settings = list(history["settings_hash"])
    assert settings[0] == settings[1] == settings[2] != settings[3]


def test_an_empty_workbook_runs(make: Make) -> None:
    """Nothing filled in: every step says that it lacks input, no error, no row of the tool's."""
    for language in ("sv", "en"):
        world = make(language)
        result = world.run(as_of=None)
        assert {step.status for step in result.steps} == {"no_input"}
        assert found(result, "error") == []
        again = world.again()
        assert len(again.typed("trend")) == len(again.typed("customers")) == len(again.typed("plan")) == 0


def test_only_a_ledger_is_enough(make: Make) -> None:
    """A pasted ledger alone gives the revenue analysis and the customers."""
    world = make("sv")
    world.type("ledger", ledger_rows())
    result = world.run()
    assert [s.status for s in result.steps] == ["done", "done", "done", *["no_input"] * 5]
    assert len(world.again().typed("customers")) == 4


def test_a_workbook_of_something_else_is_refused() -> None:
    """A workbook without a single table of ours cannot be run."""
    with pytest.raises(CannotRead):
        World(MemoryHost({"Blad1": pd.DataFrame({"A": [1]})}), lambda h: h, "sv").run()


@pytest.mark.parametrize("language", ["sv", "en"])
def test_headings_in_the_other_language_are_understood(make: Make, language: Language) -> None:
    """A heading written in the other language, or as the key, is the same column, and is left as it is."""
    world = fill(make(language))
    other: Language = "en" if language == "sv" else "sv"
    frame = world.host.read(world.name("customers"))
    plain = {h: list(frame[h]) for h in frame.columns}
    swapped = {}
    for heading, cells in plain.items():
        column = next(c for c in SCHEMA.table("customers").columns if c.heading[language] == heading)
        swapped[column.heading[other] if column.key != "wallet" else "wallet"] = cells
    memory = MemoryHost({n: world.host.read(n) for n in world.host.tables()} | {
        world.name("customers"): pd.DataFrame(swapped, dtype=object)
    })
    crossed = World(memory, lambda h: h, language)
    result = crossed.run()
    assert found(result, "error") == []
    assert list(crossed.raw("customers").columns) == list(swapped)
    assert by(crossed, "customers", "customer_no").at["001", "revenue"] == pytest.approx(1500.20)


class TestStep:
    """``--step`` runs one step with what it needs, and writes only that step's tables."""

    def test_only_the_tables_of_the_step_are_written(self, small: World) -> None:
        """With --step expectations the bridge stays empty, the weights are there."""
        result = small.run(steps=["expectations"])
        assert [s.step for s in result.steps] == ["expectations"]
        again = small.again()
        assert len(again.typed("weights")) == 3
        assert again.typed("bridge")["amount"].isna().all()
        assert len(again.typed("trend")) == len(again.typed("plan")) == 0

    def test_a_later_step_gets_what_it_needs_from_the_earlier(self, small: World) -> None:
        """The plan alone is the same plan as in a whole run."""
        small.run(steps=["plan"])
        assert list(small.again().typed("plan")["plan_id"]) == ["P-A3", "P-A1", "P-A4", "P-A2"]

    def test_other_steps_results_stay(self, small: World) -> None:
        """After a whole run, a run of one step leaves the other steps' tables and their rows on Start."""
        small.run()
        once = small.again()
        before = {key: once.raw(key) for key in ("bridge", "levels", "weights", "customers")}
        once.run(steps=["plan"])
        again = once.again()
        for key, frame in before.items():
            pd.testing.assert_frame_equal(frame, again.raw(key), check_dtype=False, obj=key)
        assert list(again.typed("steps")["step"]) == [*STEPS, "check"]

    def test_an_unknown_step_is_wrong_use_with_the_steps_there_are(self, small: World) -> None:
        """The error carries the names to choose from."""
        with pytest.raises(WrongUse) as problem:
            small.run(steps=["revenues"])
        assert problem.value.params["steps"] == STEPS


class TestAsOf:
    """The analysis date: as asked, as set, else the end of the last complete month."""

    def test_the_last_complete_month_is_chosen(self, plain: World) -> None:
        """The last entry is on the last weekday of March: the month is complete."""
        assert plain.run(as_of=None).as_of == "2026-03-31"

    def test_an_incomplete_month_is_left_out_and_told(self, plain: World) -> None:
        """An entry of 8 April: the analysis ends in March, and two notes tell what is left out."""
        rows = ledger_rows()
        plain.type("ledger", [*rows, {**rows[-1], "invoice_date": dt.date(2026, 4, 8), "amount": 77.0}])
        result = plain.run(as_of=None)
        assert result.as_of == "2026-03-31"
        notes = [n["expected"] for n in found(result, "note")]
        assert sum("2026-04-08" in n for n in notes) == 1
        assert sum("77" in n for n in notes) == 1

    def test_entries_in_the_future_do_not_move_the_date(self, plain: World) -> None:
        """An invoice dated next year is not counted and is told."""
        rows = ledger_rows()
        plain.type("ledger", [*rows, {**rows[-1], "invoice_date": dt.date(2027, 1, 29), "amount": 5000.0}])
        result = plain.run(as_of=None)
        assert result.as_of == "2026-03-31"
        assert any("5\u00a0000" in n["expected"] for n in found(result, "note"))

    def test_the_setting_decides_when_the_command_does_not(self, plain: World) -> None:
        """as_of in Settings is used; the command line goes before it."""
        plain.setting("as_of", dt.date(2026, 2, 28))
        assert plain.run(as_of=None).as_of == "2026-02-28"
        assert plain.run(as_of=dt.date(2025, 12, 31)).as_of == "2025-12-31"

    def test_a_date_before_all_entries_gives_empty_windows(self, plain: World) -> None:
        """No entry counts, and the run still ends."""
        result = plain.run(as_of=dt.date(2020, 1, 31))
        assert result.as_of == "2020-01-31"
        assert by(plain.again(), "bridge", "component")["amount"].abs().sum() == 0


class TestLedgerSources:
    """A ledger comes from the table, from files given, or from the files remembered."""

    @pytest.fixture
    def csv(self, tmp_path: Path) -> Path:
        """The same entries as a file, with one more customer."""
        lines = ["Fakturadatum;Kundnr;Belopp exkl moms;Kund;Säljare"]
        lines += [f"{d};{n};{a:.2f};{c};{s}".replace(".", ",") for d, n, a, c, s in LEDGER]
        path = tmp_path / "reskontra.csv"
        path.write_text("\n".join([*lines, "2026-01-05;009;10,00;Iota AB;Eva"]) + "\n", "utf-8")
        return path

    def test_a_file_goes_before_the_table_and_is_remembered(self, small: World, csv: Path) -> None:
        """The file's entries count, a note says that the table does not, and the source is listed."""
        result = small.run(ledger=[str(csv)])
        assert any(str(csv) in n["expected"] for n in found(result, "note"))
        again = small.again()
        assert by(again, "bridge", "component").at["closing", "amount"] == pytest.approx(1860.55)
        source = again.typed("ledger_sources").iloc[0]
        assert (source["source"], source["rows"], source["total"]) == (str(csv), 8, pytest.approx(3760.65))

    def test_the_remembered_file_is_read_when_the_table_is_empty(self, make: Make, csv: Path) -> None:
        """A second run without --ledger reads the same file again."""
        world = make("sv")
        world.run(ledger=[str(csv)])
        once = world.again()
        once.run()
        assert by(once.again(), "bridge", "component").at["closing", "amount"] == pytest.approx(1860.55)
        assert len(once.typed("ledger_sources")) == 1

    def test_the_table_goes_before_the_remembered_file(self, small: World, csv: Path) -> None:
        """Without --ledger the rows in the workbook count."""
        small.run(ledger=[str(csv)])
        once = small.again()
        once.run()
        assert by(once.again(), "bridge", "component").at["closing", "amount"] == pytest.approx(1850.55)

    def test_two_files_are_added_up(self, make: Make, csv: Path, tmp_path: Path) -> None:
        """Both sources have their own row, and the revenue is that of both."""
        other = tmp_path / "andra.csv"
        other.write_text("Fakturadatum;Kundnr;Belopp exkl moms\n2026-02-02;001;100,00\n", "utf-8")
        world = make("sv")
        world.run(ledger=[str(csv), str(other)])
        again = world.again()
        assert list(again.typed("ledger_sources")["rows"]) == [8, 1]
        assert by(again, "bridge", "component").at["closing", "amount"] == pytest.approx(1960.55)

    def test_the_same_file_given_twice_counts_once(self, make: Make, csv: Path) -> None:
        """A slip on the command line does not double the revenue."""
        world = make("sv")
        world.run(ledger=[str(csv), str(csv)])
        assert by(world.again(), "bridge", "component").at["closing", "amount"] == pytest.approx(1860.55)

    def test_a_remembered_file_that_is_gone_says_so(self, make: Make, csv: Path) -> None:
        """An error names the missing file, and the figures of the last run stand instead of falling to nothing."""
        world = make("sv")
        world.run(ledger=[str(csv)])
        once = world.again()
        csv.unlink()
        result = once.run()
        assert any(str(csv) in error["found"] for error in found(result, "error"))
        again = once.again()
        assert by(again, "bridge", "component").at["closing", "amount"] == pytest.approx(1860.55)
        assert by(again, "customers", "customer_no").at["009", "revenue"] == 10
        assert list(again.typed("ledger_sources")["rows"]) == [8]


def test_the_book_reads_its_language_from_its_tables(make: Make) -> None:
    """Swedish and English workbooks are told apart by the names of their tables."""
    assert Book(make("sv").host).language == "sv"
    assert Book(make("en").host).language == "en"


def test_english_and_swedish_give_the_same_figures(make: Make) -> None:
    """The small company in English has the same bridge, weights and plan."""
    worlds = [fill(make(language)) for language in ("sv", "en")]
    for world in worlds:
        world.run(as_of=AS_OF)
    for key, columns in {"bridge": ["component", "amount"], "weights": ["criterion_id", "weight"],
                         "plan": ["plan_id", "hours", "status"]}.items():  # fmt: skip
        one, two = (pd.DataFrame(get_table(Book(world.host), key))[columns] for world in worlds)
        pd.testing.assert_frame_equal(one, two)


def test_a_new_export_takes_the_place_of_the_old(make: Make, tmp_path: Path) -> None:
    """Last month's file is forgotten when this month's is given: a run without --ledger counts no sale twice."""
    world = make("sv")
    paths = [tmp_path / "mars.csv", tmp_path / "april.csv"]
    for path in paths:
        path.write_text("Fakturadatum;Kundnr;Belopp exkl moms\n2026-02-02;001;100,00\n", "utf-8")
        world.run(ledger=[str(path)])
        world = world.again()
    world.run()
    assert list(world.typed("ledger_sources")["source"]) == [str(paths[1])]
    assert by(world, "bridge", "component").at["closing", "amount"] == 100

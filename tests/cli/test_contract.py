"""The command line as a contract: exit codes, JSON keys, what stands on which stream, and files left alone."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import DemoRun
from xlsales.cli import main
from xlsales.tables.schema import load_schema

LEDGER = "Invoice date,Customer no,Customer,Amount excl. VAT\n2026-03-31,001,Alfa,100.50\n2025-03-31,002,Beta,40\n"
DIRTY = LEDGER + "2026-02-30,003,Gamma,7\n2026-02-28,003,Gamma,by agreement\n2026-02-27,,,9\n"
New = Callable[..., Path]


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    """Messages in English, whatever the machine speaks."""
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    """A clean ledger of two rows."""
    path = tmp_path / "ledger.csv"
    path.write_text(LEDGER, "utf-8")
    return path


@pytest.fixture
def dirty(tmp_path: Path) -> Path:
    """A ledger with three rows that cannot be used."""
    path = tmp_path / "dirty.csv"
    path.write_text(DIRTY, "utf-8")
    return path


def digest(path: Path) -> str:
    """A fingerprint of a file's bytes."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def call(capfdbinary: Any, *arguments: object) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of a command."""
    capfdbinary.readouterr()
    try:
        code = main([str(a) for a in arguments])
    except SystemExit as end:
        code = int(end.code or 0)
    out, err = capfdbinary.readouterr()
    return code, out.decode("utf-8"), err.decode("utf-8")


class TestJson:
    """``--json`` prints one document with the agreed keys, and nothing else."""

    def test_run(self, empty_workbook: New, ledger: Path, capfdbinary: Any) -> None:
        """The keys of run, and the rows that were written per table."""
        path = empty_workbook()
        code, out, _ = call(capfdbinary, "run", path, "--ledger", ledger, "--as-of", "2026-03-31", "--json")
        document = json.loads(out)
        assert code == 0
        assert list(document) == ["workbook", "as_of", "steps", "tables", "issues", "seconds"]
        assert all(list(step) == ["step", "status", "headline", "issues"] for step in document["steps"])
        assert document["issues"].keys() == {"error", "warning", "note"}
        assert (document["workbook"], document["as_of"]) == (str(path), "2026-03-31")
        assert document["tables"]["customers"] == 2
        assert set(document["tables"]) <= set(load_schema().tables)

    def test_ledger(self, dirty: Path, capfdbinary: Any) -> None:
        """The keys of ledger; totals reconcile, and the largest customer is first."""
        code, out, _ = call(capfdbinary, "ledger", dirty, "--json")
        document = json.loads(out)
        assert code == 0
        assert list(document) == ["source", "kind", "rows", "rejected", "total", "control_total", "unassigned",
                                  "difference", "columns", "customers", "rejects", "warnings", "profile", "choices",
                                  "reasons", "head", "aside"]  # fmt: skip
        assert (document["rows"], document["rejected"]) == (5, 3)
        assert (document["total"], document["control_total"]) == (140.50, 156.50)
        assert (document["unassigned"], document["difference"]) == (9, 7)
        assert document["columns"]["amount"] == "Amount excl. VAT"
        first = {"customer_no": "001", "customer": "Alfa", "revenue": 100.5, "contribution": None}
        assert document["customers"][0] == first
        assert [list(reject) for reject in document["rejects"]] == [["place", "found", "why"]] * 3
        assert [r["place"].rsplit(":", 1)[1] for r in document["rejects"]] == ["4", "5", "6"]

    def test_check(self, empty_workbook: New, dirty: Path, capfdbinary: Any) -> None:
        """The keys of check; code 1 because of errors; the workbook untouched."""
        path = empty_workbook()
        before = digest(path)
        code, out, _ = call(capfdbinary, "check", path, "--ledger", dirty, "--json")
        document = json.loads(out)
        assert code == 1
        assert list(document) == ["issues"]
        keys = ["severity", "table", "cell", "found", "expected", "remedy"]
        assert all(list(issue) == keys for issue in document["issues"])
        assert sum(issue["severity"] == "error" for issue in document["issues"]) == 3
        assert digest(path) == before

    def test_get(self, demo_en: DemoRun, capfdbinary: Any) -> None:
        """Columns by key, dates as ISO text, numbers as numbers, empty as null."""
        code, out, _ = call(capfdbinary, "get", demo_en.workbook, "customers")
        rows = json.loads(out)
        assert code == 0
        assert list(rows[0]) == list(load_schema().table("customers").keys)
        row = next(r for r in rows if r["customer_no"] == "00123")
        assert row["customer"] == "+Partner Bygg AB"
        assert row["last_invoice"].count("-") == 2
        assert isinstance(row["revenue"], float)
        assert row["group"] is None

    def test_get_names_criterion_columns_by_id(self, demo_en: DemoRun, capfdbinary: Any) -> None:
        """Columns of answers and relations that belong to a criterion have its id."""
        for table in ("answers", "relations"):
            rows = json.loads(call(capfdbinary, "get", demo_en.workbook, table)[1])
            assert {"quality", "service", "easy"} <= set(rows[0])

    def test_every_table_can_be_got_in_both_formats(self, demo_en: DemoRun, capfdbinary: Any) -> None:
        """No table of the finished demo fails."""
        for table in load_schema().tables:
            code, out, _ = call(capfdbinary, "get", demo_en.workbook, table)
            assert code == 0
            rows = json.loads(out)
            code, out, _ = call(capfdbinary, "get", demo_en.workbook, table, "--format", "csv")
            assert code == 0
            head = out.split("\n", 1)[0].split(",")
            assert not rows or head == list(rows[0])

    def test_schema(self, capfdbinary: Any) -> None:
        """Sheets, tables, columns with both headings, choices and settings."""
        code, out, _ = call(capfdbinary, "schema", "--json")
        document = json.loads(out)
        assert code == 0
        assert list(document) == ["sheets", "tables", "choices", "settings"]
        table = next(t for t in document["tables"] if t["table"] == "customers")
        assert {"column", "sv", "en", "type", "owner", "required"} <= set(table["columns"][0])


class TestExitCodes:
    """0 done, 1 done with errors listed, 2 wrong use, 3 input cannot be used, 4 output cannot be written."""

    def test_zero_for_a_clean_run(self, empty_workbook: New, ledger: Path, capfdbinary: Any) -> None:
        """A new workbook runs with a clean ledger."""
        assert call(capfdbinary, "run", empty_workbook(), "--ledger", ledger)[0] == 0

    def test_one_for_a_run_with_errors_that_is_saved_all_the_same(
        self, empty_workbook: New, dirty: Path, capfdbinary: Any
    ) -> None:
        """Rows that cannot be used give 1, and the rest stands in the workbook."""
        path = empty_workbook()
        before = digest(path)
        assert call(capfdbinary, "run", path, "--ledger", dirty)[0] == 1
        assert digest(path) != before

    @pytest.mark.parametrize(
        "arguments",
        [["frobnicate"], ["run"], ["run", "BOOK", "--setp", "plan"], ["run", "BOOK", "--step", "plann"],
         ["run", "BOOK", "--as-of", "31/3/2026"], ["run", "BOOK", "--as-of", "2026-02-30"],
         ["get", "BOOK", "custommers"], ["get", "BOOK", "customers", "--format", "xml"],
         ["put", "BOOK", "custommers", "FILE"], ["put", "BOOK", "weights", "FILE"], ["new", "BOOK"],
         ["new", "book.pdf"], ["new", "n.xlsx", "--language", "fi"], ["ledger"]],
        ids=" ".join,
    )  # fmt: skip
    def test_two_for_wrong_use(
        self, arguments: list[str], empty_workbook: New, tmp_path: Path, ledger: Path, capfdbinary: Any,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:  # fmt: skip
        """What cannot be understood changes nothing and says so on standard error only."""
        monkeypatch.chdir(tmp_path)
        path = empty_workbook()
        before = digest(path)
        names = {"BOOK": str(path), "FILE": str(ledger)}
        code, out, err = call(capfdbinary, *(names.get(a, a) for a in arguments))
        assert (code, out) == (2, "")
        assert err
        assert digest(path) == before
        assert not (tmp_path / "n.xlsx").exists()

    def test_two_names_the_nearest_table(self, empty_workbook: New, capfdbinary: Any) -> None:
        """A misspelt table comes with the one that was meant."""
        _, _, err = call(capfdbinary, "get", empty_workbook(), "custommers")
        assert "customers" in err

    def test_four_when_the_folder_is_missing(self, empty_workbook: New, ledger: Path, capfdbinary: Any) -> None:
        """--out into a folder that does not exist: nothing is written, one line says why."""
        path = empty_workbook()
        before = digest(path)
        target = path.parent / "missing" / "out.xlsx"
        code, out, err = call(capfdbinary, "run", path, "--ledger", ledger, "--out", target, "--json")
        assert (code, out) == (4, "")
        assert str(target) in err.splitlines()[-1]
        assert digest(path) == before

    @pytest.mark.parametrize("command", ["new", "demo"])
    def test_four_when_new_files_cannot_be_written(self, command: str, tmp_path: Path, capfdbinary: Any) -> None:
        """A file where a folder should be."""
        (tmp_path / "file").write_text("x")
        target = tmp_path / "file" / "book.xlsx"
        code, _, err = call(capfdbinary, command, target)
        assert code == 4
        assert "Traceback" not in err
        assert (tmp_path / "file").read_text() == "x"


def _html(path: Path) -> None:
    path.write_text("<!DOCTYPE html><html><body><table><tr><td>1</td></tr></table></body></html>")


def _truncated(path: Path) -> None:
    whole = path.with_name("whole.xlsx")
    main(["new", str(whole)])
    path.write_bytes(whole.read_bytes()[:4000])


def _other_zip(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("hello.txt", "hello")


def _other_workbook(path: Path) -> None:
    import xlsxwriter

    with xlsxwriter.Workbook(str(path)) as book:
        book.add_worksheet("Sheet1").write(0, 0, "hello")


HOPELESS: dict[str, Callable[[Path], object]] = {
    "missing": lambda path: None,
    "folder": lambda path: path.mkdir(),
    "empty": lambda path: path.write_bytes(b""),
    "text": lambda path: path.write_text("hello\nworld\n"),
    "noise": lambda path: path.write_bytes(bytes(range(256)) * 20),
    "html": _html,
    "truncated": _truncated,
    "other zip": _other_zip,
    "other workbook": _other_workbook,
}


@pytest.mark.parametrize("kind", HOPELESS)
@pytest.mark.parametrize(
    "command", [["run"], ["run", "--json"], ["check", "--json"], ["get", "customers"], ["put", "customers", "FILE"]],
    ids=" ".join,
)  # fmt: skip
def test_three_for_what_is_no_workbook_of_ours(
    kind: str, command: list[str], tmp_path: Path, ledger: Path, capfdbinary: Any
) -> None:
    """One line with the place and the remedy, no traceback, nothing on standard output, the file as it was."""
    path = tmp_path / "given.xlsx"
    HOPELESS[kind](path)
    before = digest(path) if path.is_file() else ""
    rest = [str(ledger) if a == "FILE" else a for a in command[1:]]
    code, out, err = call(capfdbinary, command[0], path, *rest)
    lines = err.strip().splitlines()
    assert (code, out) == (3, "")
    assert len(lines) == 1
    assert lines[0].startswith(f"xlsales: {path}")
    assert lines[0].count(". ") >= 1
    assert (digest(path) if path.is_file() else "") == before


@pytest.mark.parametrize("kind", ["missing", "folder", "empty", "text", "noise", "html", "truncated", "other zip"])
@pytest.mark.parametrize("suffix", [".xlsx", ".csv"])
def test_three_for_what_is_no_ledger(
    kind: str, suffix: str, tmp_path: Path, empty_workbook: New, capfdbinary: Any
) -> None:
    """A ledger that cannot be used stops ``ledger`` and ``run`` with one line; the workbook is as it was."""
    path, book = tmp_path / f"given{suffix}", empty_workbook()
    HOPELESS[kind](path)
    before = digest(book)
    for arguments in (["ledger", path, "--json"], ["run", book, "--ledger", path, "--json"]):
        code, out, err = call(capfdbinary, *arguments)
        assert (code, out) == (3, ""), err
        assert err.strip().splitlines()[-1].startswith(f"xlsales: {path}")
        assert "Traceback" not in err
    assert digest(book) == before


def test_three_for_a_ledger_without_rows(tmp_path: Path, empty_workbook: New, capfdbinary: Any) -> None:
    """Headings without a row: one line with the file and what to do, and the workbook as it was."""
    path, book = tmp_path / "empty.csv", empty_workbook()
    path.write_text(LEDGER.split("\n", 1)[0] + "\n")
    before = digest(book)
    for command in (["check", book, "--json"], ["run", book]):
        code, out, err = call(capfdbinary, *command, "--ledger", path)
        assert (code, out) == (3, "")
        assert "empty.csv" in err.strip().splitlines()[-1]
    assert digest(book) == before


class TestLeftAlone:
    """A dry run, a failing run and --out leave the workbook byte for byte."""

    def test_dry_run(self, empty_workbook: New, ledger: Path, capfdbinary: Any) -> None:
        """Everything is computed and told, nothing is written, also not beside the workbook."""
        path = empty_workbook()
        before, beside = digest(path), sorted(p.name for p in path.parent.iterdir())
        code, out, _ = call(capfdbinary, "run", path, "--ledger", ledger, "--dry-run", "--json")
        assert code == 0
        assert json.loads(out)["tables"]["customers"] == 2
        assert digest(path) == before
        assert sorted(p.name for p in path.parent.iterdir()) == beside

    def test_out(self, empty_workbook: New, ledger: Path, capfdbinary: Any) -> None:
        """The result goes to the other file; the workbook stays."""
        path = empty_workbook()
        before, target = digest(path), path.with_name("result.xlsx")
        code, out, _ = call(capfdbinary, "run", path, "--ledger", ledger, "--out", target, "--json")
        assert code == 0
        assert json.loads(out)["workbook"] == str(target)
        assert digest(path) == before
        assert len(json.loads(call(capfdbinary, "get", target, "customers")[1])) == 2

    def test_a_run_that_fails(self, empty_workbook: New, tmp_path: Path, capfdbinary: Any) -> None:
        """A missing ledger file: nothing is written."""
        path = empty_workbook()
        before = digest(path)
        assert call(capfdbinary, "run", path, "--ledger", tmp_path / "none.csv")[0] == 3
        assert digest(path) == before

    def test_new_never_writes_over_a_file(self, empty_workbook: New, capfdbinary: Any) -> None:
        """The name of a file that exists is refused."""
        path = empty_workbook()
        before = digest(path)
        assert call(capfdbinary, "new", path)[0] == 2
        assert digest(path) == before


def test_undo_brings_the_workbook_back(empty_workbook: New, ledger: Path, capfdbinary: Any) -> None:
    """After a run, undo gives the bytes of before; a second undo has nothing more and gives 4."""
    path = empty_workbook()
    before = digest(path)
    call(capfdbinary, "run", path, "--ledger", ledger)
    assert digest(path) != before
    assert call(capfdbinary, "undo", path)[0] == 0
    assert digest(path) == before
    code, _, err = call(capfdbinary, "undo", path)
    assert code == 4
    assert len(err.strip().splitlines()) == 1


def test_progress_goes_to_standard_error(empty_workbook: New, ledger: Path, capfdbinary: Any) -> None:
    """For a person: headlines on standard output, progress on standard error."""
    _, out, err = call(capfdbinary, "run", empty_workbook(), "--ledger", ledger)
    assert "Revenue analysis: Revenue SEK" in out
    assert "… " in err
    assert "… " not in out


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["run", "--help"], []])
def test_help_loads_no_heavy_library(arguments: list[str]) -> None:
    """Asking for help is quick: neither pandas, numpy, duckdb, openpyxl nor XlsxWriter is imported."""
    code = (
        "import sys; from xlsales.cli import main\n"
        "try: main(sys.argv[1:])\n"
        "except SystemExit: pass\n"
        "heavy = {'pandas', 'numpy', 'duckdb', 'openpyxl', 'xlsxwriter', 'pyarrow', 'lxml', 'highspy', 'fastexcel'}\n"
        "print('LOADED', sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True)
    assert done.stdout.rstrip().endswith("LOADED []")


def test_the_module_runs_like_the_command(tmp_path: Path) -> None:
    """``python -m xlsales`` is the same door, with the exit code of the process and UTF-8 on any locale."""
    environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONPATH": str(Path.cwd())}
    path = tmp_path / "bok.xlsx"
    arguments = [sys.executable, "-m", "xlsales"]
    made = subprocess.run([*arguments, "new", str(path)], capture_output=True, env=environment, check=False)
    assert (made.returncode, made.stderr) == (0, b"")
    got = subprocess.run([*arguments, "get", str(path), "criteria"], capture_output=True, env=environment, check=False)
    assert got.returncode == 0, got.stderr
    assert json.loads(got.stdout.decode("utf-8"))[0]["criterion_id"] == "quality"
    done = subprocess.run([*arguments, "run", str(path)], capture_output=True, env=environment, check=False)
    assert done.returncode == 0, done.stderr
    lost = subprocess.run([*arguments, "run", "nö.xlsx"], capture_output=True, env=environment, check=False)
    assert (lost.returncode, lost.stdout) == (3, b"")
    assert b"Traceback" not in lost.stderr


@pytest.fixture(scope="module")
def northwind() -> Path:
    """The ledger beside the repository."""
    path = Path(__file__).resolve().parents[3] / "shared" / "data" / "northwind" / "ledger.csv"
    if not path.is_file():
        pytest.skip(f"{path} is not here; it is shared data outside the repository")
    return path


@pytest.fixture(scope="module")
def northwind_workbook(northwind: Path, templates: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new English workbook after the run."""
    path = Path(shutil.copy(templates["en"], tmp_path_factory.mktemp("northwind") / "n.xlsx"))
    assert main(["run", str(path), "--ledger", str(northwind), "--as-of", "1998-05-06"]) == 0
    return path


class TestNorthwind:
    """The known sums of a public ledger (issue 2)."""

    def test_the_whole_ledger_is_read(self, northwind: Path, capfdbinary: Any) -> None:
        """89 customers and 1 265 793.01 as in the file."""
        document = json.loads(call(capfdbinary, "ledger", northwind, "--json")[1])
        assert len(document["customers"]) == 89
        assert (document["total"], document["control_total"], document["rejected"]) == (1265793.01, 1265793.01, 0)

    def test_the_largest_customers(self, northwind_workbook: Path, capfdbinary: Any) -> None:
        """SAVEA, QUICK and ERNSH lead the twelve months, to the öre."""
        rows = json.loads(call(capfdbinary, "get", northwind_workbook, "top_customers")[1])
        assert [(r["customer_no"], round(r["revenue"], 2)) for r in rows[:3]] == [
            ("SAVEA", 82373.51), ("QUICK", 81238.48), ("ERNSH", 70423.75),
        ]  # fmt: skip

    def test_both_windows_and_the_bridge(self, northwind_workbook: Path, capfdbinary: Any) -> None:
        """856 885.19 in the twelve months, 408 907.82 in the twelve before, and the bridge foots to the öre."""
        rows = json.loads(call(capfdbinary, "get", northwind_workbook, "bridge")[1])
        amounts = {r["component"]: round(r["amount"], 2) for r in rows}
        closing = amounts.pop("closing")
        assert (amounts["opening"], closing) == (408907.82, 856885.19)
        assert round(sum(amounts.values()), 2) == closing

    def test_every_customer_is_classed_once(self, northwind_workbook: Path, capfdbinary: Any) -> None:
        """89 rows, 89 numbers, each with a status; the sums are those of the windows."""
        rows = json.loads(call(capfdbinary, "get", northwind_workbook, "customers")[1])
        assert len(rows) == len({r["customer_no"] for r in rows}) == 89
        assert all(r["status"] for r in rows)
        assert round(sum(r["revenue"] for r in rows), 2) == 856885.19
        assert round(sum(r["revenue_prev"] for r in rows), 2) == 408907.82


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="there may be an Excel here")
def test_attach_where_there_is_no_excel_is_one_sentence() -> None:
    """A server is told what to run instead; nothing is started."""
    done = subprocess.run([sys.executable, "-m", "xlsales", "attach"], capture_output=True, text=True, check=False)
    assert done.returncode == 3
    assert done.stderr.count("\n") == 1
    assert "xlsales run" in done.stderr

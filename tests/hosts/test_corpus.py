"""Public workbooks with everything that loading and saving tends to lose: only what must change is changed."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.hosts.workbooks import edit, parts, rich
from tests.programs import convert, sdk_errors
from xlsales.hosts import KEEP
from xlsales.hosts.file import FileHost
from xlsales.issues import XlsalesError

CORPUS = Path(__file__).parents[2] / ".." / "shared" / "data" / "workbooks"
WORKBOOKS = sorted(path for path in CORPUS.glob("*.xl*")) if CORPUS.is_dir() else []
OURS = ("/worksheets/sheet", "/tables/table", "/charts/chart", "xl/workbook.xml", "xl/styles.xml")
CHAIN = ("[Content_Types].xml", "xl/_rels/workbook.xml.rels")


def _code(work: Callable[[], object]) -> str:
    """The code of the refusal, or nothing."""
    try:
        work()
    except XlsalesError as error:
        return error.code
    return ""


def _edited(path: Path, target: Path) -> list[str]:
    """Every table that can be edited grown by three rows, its user's cells kept; the names of those tables."""
    host = FileHost.open(path)
    done = []
    for name in host.tables():
        frame = host.read(name)
        rows = len(frame)
        first = frame.columns[0]
        cells = {first: [KEEP] * rows + ["=ny", "å", None]}
        refused = _code(lambda: host.write(name, edit(cells, [*range(rows), -1, -1, -1])))  # noqa: B023
        assert refused in ("", "table_blocked", "table_unsupported", "sheet_protected")
        if not refused:
            done.append(name)
    host.save(target)
    return done


@pytest.mark.skipif(not WORKBOOKS, reason="the public workbooks are not here")
@pytest.mark.parametrize("path", WORKBOOKS, ids=lambda path: path.name[-60:])
def test_public_workbooks_keep_every_foreign_part(path: Path, tmp_path: Path) -> None:
    """Foreign parts are the same bytes, the frames read back, and there are no more schema errors than before."""
    target = tmp_path / f"a{path.suffix}"
    if _code(lambda: FileHost.open(path)) == "strict_workbook":
        return
    done = _edited(path, target)
    before, after = parts(path), parts(target)
    dropped = set(before) - set(after)
    assert set(after) <= set(before)
    assert dropped <= {"xl/calcChain.xml"}
    changed = {name for name in after if before[name] != after[name]}
    assert all(any(ours in name for ours in OURS) or (dropped and name in CHAIN) for name in changed), changed
    assert bool(changed) == bool(done)
    old, new = FileHost.open(path), FileHost.open(target)
    for name in done:
        was, is_ = old.read(name), new.read(name)
        assert len(is_) == len(was) + 3
        assert is_.iloc[: len(was)].equals(was)
        assert is_.iloc[len(was) :, 0].to_list() == ["=ny", "å", None]
    assert len(sdk_errors(target)) <= len(sdk_errors(path))


def test_a_rich_workbook_stays_valid(tmp_path: Path) -> None:
    """Grown, shrunk, with columns added, dropped and moved: no schema error."""
    path = rich(tmp_path / "a.xlsx")
    for change in (
        edit({"Namn": ["=a", None, "c", "d", "e"], "Ny": [1, 2, 3, 4, True]}, [2, 1, 0, -1, -1]),
        edit({"Nr": ["x"]}, [3], drop=("Namn",), order=("Ny", "Egen", "Nr", "Dubbel", "Belopp")),
    ):
        host = FileHost.open(path)
        host.write("Kunder", change)
        host.save()
        assert sdk_errors(path) == []


def test_libreoffice_reads_the_same_values(tmp_path: Path) -> None:
    """Another program opens the written workbook and sees the same table."""
    path = rich(tmp_path / "a.xlsx")
    host = FileHost.open(path)
    host.write("Kunder", edit({"Namn": ["=a", "å ", "två\nrader"], "Belopp": [1.5, None, 3]}, [2, 1, -1]))
    host.save()
    there = tmp_path / "ut"
    there.mkdir()
    again = FileHost.open(convert(path, "xlsx:Calc MS Excel 2007 XML", there)).read("Kunder")
    assert again[["Nr", "Namn", "Belopp", "Egen"]].to_numpy().tolist() == [
        ["003", "=a", 1.5, None], ["002", "å ", None, "ny"], [None, "två\nrader", 3, None]
    ]  # fmt: skip
    assert zipfile.is_zipfile(path)

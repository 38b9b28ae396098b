"""Folders, patterns, gzip and zip: what is read, in which order, and what is refused."""

from __future__ import annotations

import gzip
import os
import shutil
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from xlsales.issues import CannotRead, Issue
from xlsales.sources import archives, read_rows
from xlsales.sources.archives import Member, as_shown, expand, opened
from xlsales.sources.own import is_own_workbook

JAN = "Datum;Kundnr;Netto\n2026-01-15;1;10\n"
FEB = "Datum;Kundnr;Netto\n2026-02-15;1;20\n"


def zipped(path: Path, files: Mapping[str, str | bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def names(source: str | Path) -> list[str]:
    with opened(source) as members:
        return [member.name for member in members.files]


def warnings(source: str | Path) -> dict[str, Issue]:
    with opened(source) as members:
        return {issue.code: issue for issue in members.warnings}


def refusal(source: str | Path) -> CannotRead:
    with pytest.raises(CannotRead) as caught, opened(source):
        pass
    return caught.value


def test_one_file_is_itself(tmp_path: Path) -> None:
    """Whatever it is called, also with letters that mean something in patterns."""
    path = tmp_path / "jan [1].csv"
    path.write_text(JAN)
    assert expand(path) == [Member(path, "jan [1].csv")]
    assert refusal(tmp_path / "none.csv").code == "missing_file"


def test_a_folder_is_its_ledgers_in_order(tmp_path: Path) -> None:
    """Numbers by their size; lock files, hidden files, folders and papers are left out."""
    folder = tmp_path / "export"
    (folder / "old").mkdir(parents=True)
    for number in (10, 2, 1):
        (folder / f"part{number}.csv").write_text(JAN.replace("10", str(number)))
    for name in (".hidden.csv", "~$part1.xlsx", ".~lock.part1.ods#", "README.md", "avtal.pdf"):
        (folder / name).write_text(JAN)
    assert names(folder) == ["export/part1.csv", "export/part2.csv", "export/part10.csv"]
    (tmp_path / "empty").mkdir()
    assert refusal(tmp_path / "empty").code == "empty_folder"


def test_a_pattern_is_the_files_it_fits(tmp_path: Path) -> None:
    """None is an answer too."""
    for name, text in (("jan.csv", JAN), ("feb.csv", FEB), ("old.txt", JAN)):
        (tmp_path / name).write_text(text)
    assert names(str(tmp_path / "*.csv")) == ["feb.csv", "jan.csv"]
    assert refusal(str(tmp_path / "*.xlsx")).code == "missing_file"


def test_gzip_and_zip_are_unpacked_for_the_time_being(tmp_path: Path) -> None:
    """What is in them is read, shown by its name there, and gone afterwards."""
    packed = tmp_path / "jan.csv.gz"
    packed.write_bytes(gzip.compress(JAN.encode()))
    with opened(packed) as members:
        (member,) = members.files
        assert member.name == "jan.csv.gz/jan.csv"
        assert read_rows(member.path).entries.amount.tolist() == [10]
    assert not member.path.exists()
    archive = zipped(
        tmp_path / "a.zip", {"2026/feb.csv": FEB, "2026/jan.csv": JAN, "__MACOSX/._jan.csv": "x", "b/": ""}
    )
    assert names(archive) == ["a.zip/2026/feb.csv", "a.zip/2026/jan.csv"]


def test_an_archive_in_an_archive_is_opened_once(tmp_path: Path) -> None:
    """Deeper ones are refused."""
    inner = zipped(tmp_path / "inner.zip", {"jan.csv": JAN})
    outer = zipped(tmp_path / "outer.zip", {"inner.zip": inner.read_bytes(), "feb.csv.gz": gzip.compress(FEB.encode())})
    assert names(outer) == ["outer.zip/feb.csv.gz/feb.csv", "outer.zip/inner.zip/jan.csv"]
    deep = zipped(tmp_path / "deep.zip", {"outer.zip": outer.read_bytes()})
    assert refusal(deep).code == "archive_refused"


def test_the_same_bytes_are_counted_once(tmp_path: Path) -> None:
    """Under whatever name; the copies are named."""
    for name in ("jan.csv", "jan (1).csv", "januari.csv"):
        (tmp_path / name).write_text(JAN)
    (tmp_path / "mars.csv").write_text(JAN.replace("01", "03"))
    issue = warnings(tmp_path)["files_same"]
    assert (issue.severity, issue.params["count"]) == ("warning", 2)
    assert len(names(tmp_path)) == 2


def test_other_files_are_named_and_do_no_harm(tmp_path: Path) -> None:
    """Fatal only where nothing else is there."""
    (tmp_path / "logo.csv").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(50))
    assert refusal(tmp_path).code == "unknown_ledger"
    (tmp_path / "jan.csv").write_text(JAN)
    assert warnings(tmp_path)["files_not_ledgers"].params["files"] == [f"{tmp_path.name}/logo.csv"]
    archive = zipped(tmp_path / "a.zip", {"logo.csv": b"\x89PNG\r\n\x1a\n" + bytes(50)})
    assert refusal(archive).params["path"] == "a.zip/logo.csv"


def test_names_that_lead_out_of_the_archive_are_refused(tmp_path: Path) -> None:
    """Nothing is written anywhere."""
    for name in ("../out.csv", "a/../../out.csv", "/out.csv", "C:/out.csv", "..\\out.csv"):
        error = refusal(zipped(tmp_path / "a.zip", {name: JAN}))
        assert error.code == "archive_refused"
    assert not list(tmp_path.parent.glob("out.csv"))


def test_what_grows_out_of_proportion_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A few bytes that unpack to very many, in zip and in gzip, and many files that are too large together."""
    monkeypatch.setattr(archives, "_FREE", 100_000)
    zeros = b"2026-01-15;1;10\n" * 100_000
    assert refusal(zipped(tmp_path / "a.zip", {"a.csv": zeros})).code == "archive_refused"
    (tmp_path / "a.gz").write_bytes(gzip.compress(zeros))
    assert refusal(tmp_path / "a.gz").code == "archive_refused"
    monkeypatch.setattr(archives, "MOST_BYTES", 100_000)
    noise = {f"{n}.csv": os.urandom(60_000).hex() for n in range(2)}
    assert refusal(zipped(tmp_path / "b.zip", noise)).code == "archive_refused"


def test_cut_and_locked_archives_are_refused(tmp_path: Path) -> None:
    """Half a download, a wrong checksum, a password."""
    whole = gzip.compress(os.urandom(2000).hex().encode())
    (tmp_path / "a.gz").write_bytes(whole[:1000])
    (tmp_path / "b.gz").write_bytes(whole[:-8] + b"12345678")
    data = zipped(tmp_path / "c.zip", {"jan.csv": JAN}).read_bytes()
    (tmp_path / "c.zip").write_bytes(data.replace(b"PK\x01\x02\x14\x03\x14\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01"))
    (tmp_path / "d.zip").write_bytes(data[: len(data) // 2])
    for name in ("a.gz", "b.gz", "c.zip", "d.zip"):
        assert refusal(tmp_path / name).code == "archive_refused"


def test_an_error_names_the_file_the_user_knows(tmp_path: Path) -> None:
    """Not where it was unpacked."""
    error = CannotRead("ledger_columns", path="/tmp/x/1/jan.csv", missing=["amount"])
    shown = as_shown(error, Member(tmp_path, "a.zip/jan.csv"))
    assert shown.params == {"path": "a.zip/jan.csv", "missing": ["amount"]}


def test_a_workbook_of_our_own_in_the_folder_is_no_ledger(tmp_path: Path, templates: dict[str, Path]) -> None:
    """It lies beside the ledger it is made from, and holds the same customers."""
    (tmp_path / "jan.csv").write_text(JAN, "utf-8")
    shutil.copy(templates["sv"], tmp_path / "bok.xlsx")
    with opened(tmp_path) as members:
        assert [member.path.name for member in members.files] == ["jan.csv"]
        assert [issue.code for issue in members.warnings] == ["files_not_ledgers"]
    assert is_own_workbook(templates["en"])

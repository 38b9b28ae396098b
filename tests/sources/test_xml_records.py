"""Elements of a large file one after the other."""

from __future__ import annotations

from pathlib import Path

import pytest

from xlsales.issues import CannotRead
from xlsales.sources.bookkeeping.xml_records import Record, read_records


def records(tmp_path: Path, text: str, *skipped: str) -> list[Record]:
    path = tmp_path / "a.xml"
    path.write_bytes(text.encode())
    return list(read_records(path, {"Entry", "Line"}, set(skipped)))


def test_records_come_as_they_end_and_hold_no_others(tmp_path: Path) -> None:
    """The root first; inner records before those around them; prefixes are left out."""
    text = """<a:Root xmlns:a="x" kind="1"><Other>no</Other>
    <a:Entry id=" 7 "><Name> N <!-- so --> M </Name><Line><Text>one</Text></Line>
    <Line><Deep><Text>two</Text></Deep></Line></a:Entry></a:Root>"""
    root, one, two, entry = records(tmp_path, text)
    assert (root.name, root.get("kind")) == ("Root", "1")
    assert (one.path, one.line, one.text("Text")) == (("Root", "Entry", "Line"), 2, "one")
    assert (two.line, two.text("Deep/Text"), two.text("Text")) == (3, "two", "")
    assert (entry.get("id"), entry.text("Name"), len(entry.element)) == ("7", "N  M", 1)


def test_elements_left_out_are_no_part_of_records(tmp_path: Path) -> None:
    """With all they hold, records too."""
    text = "<R><Entry><Tax><Tax><Line/></Tax>x</Tax><Name>N</Name></Entry><Tax><Line/></Tax></R>"
    found = records(tmp_path, text, "Tax")
    assert [record.name for record in found] == ["R", "Entry", "Line"]
    assert [child.tag for child in found[1].element] == ["Name"]


@pytest.mark.parametrize("text", ["<a>" * 101, "<R><Entry>" + "<a>" * 99, "<R><Entry><Tax>" + "<a>" * 100])
def test_no_depth_is_too_deep_to_refuse(tmp_path: Path, text: str) -> None:
    """Inside and outside records and in what is left out."""
    with pytest.raises(CannotRead, match="forbidden_xml"):
        records(tmp_path, text, "Tax")


def test_texts_beyond_measure_are_cut(tmp_path: Path) -> None:
    """No field is as long as that, and memory is not to be filled by one."""
    found = records(tmp_path, f"<R><Entry><Name>{'x' * 5_000_000}</Name></Entry></R>")
    assert 0 < len(found[1].text("Name")) < 500_000


def test_a_file_that_cannot_be_opened_is_refused(tmp_path: Path) -> None:
    """With the system's own words."""
    with pytest.raises(CannotRead, match="unreadable_file"):
        list(read_records(tmp_path, {"Entry"}))

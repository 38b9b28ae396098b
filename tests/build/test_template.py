"""An empty workbook holds what is declared, in both languages, and Excel's own rules hold for it."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from openpyxl.utils import range_boundaries
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from tests.programs import sdk_errors
from xlsales.build.areas import Area, areas, on_sheet
from xlsales.build.charts import declared_charts
from xlsales.build.help_sheet import Block, blocks
from xlsales.build.paper import pages
from xlsales.build.prefill import criteria
from xlsales.build.template import build_template
from xlsales.tables.folder import read_toml
from xlsales.tables.schema import LANGUAGES, Language, load_schema

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported")


@pytest.fixture(scope="module", params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> Language:
    """Each language in turn."""
    chosen: Language = request.param
    return chosen


@pytest.fixture(scope="module")
def path(language: Language, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new workbook in the language."""
    file = tmp_path_factory.mktemp(language) / "new.xlsx"
    build_template(file, language)
    return file


@pytest.fixture(scope="module")
def book(path: Path) -> Iterator[Workbook]:
    """The new workbook, read back."""
    found = openpyxl.load_workbook(path)
    yield found
    found.close()


def page_of(book: Workbook, area: Area) -> Worksheet:
    """The sheet of a table."""
    page = book[area.sheet]
    assert isinstance(page, Worksheet)
    return page


def test_two_builds_are_the_same_bytes(path: Path, language: Language, tmp_path: Path) -> None:
    """Nothing of the day or the machine goes into the file."""
    again = tmp_path / "again.xlsx"
    build_template(again, language)
    assert hashlib.sha256(again.read_bytes()).digest() == hashlib.sha256(path.read_bytes()).digest()


def test_sheets_stand_in_declared_order_and_open_on_start(book: Workbook, language: Language) -> None:
    """Tabs are named and ordered as declared, hidden ones are hidden, and Start is in front."""
    sheets = load_schema().sheets.values()
    assert book.sheetnames == [sheet.name[language] for sheet in sheets]
    assert [book[s.name[language]].sheet_state == "hidden" for s in sheets] == [s.hidden for s in sheets]
    assert book.active is book.worksheets[0]


def test_every_table_has_its_name_place_and_headings(book: Workbook, language: Language) -> None:
    """Each declared table is an Excel table whose headings are the declared ones."""
    for area in areas(language).values():
        table = page_of(book, area).tables[area.name]
        assert table.ref.split(":")[0] == openpyxl.utils.get_column_letter(area.left + 1) + str(area.top + 1)
        assert [column.name for column in table.tableColumns] == [head.text for head in area.heads]
        assert (table.autoFilter is not None) == area.table.filter


def test_repeated_columns_are_headed_by_the_criteria(language: Language) -> None:
    """A column per criterion carries the name of its criterion."""
    names = [name[language] for name in criteria().values()]
    for key in ("answers", "relations", "activity_matrix"):
        assert [h.text for h in areas(language)[key].heads if h.column.each] == names


def test_no_table_stands_in_anothers_way(language: Language) -> None:
    """Tables of a sheet do not touch, and nothing stands below one that grows."""
    places = areas(language)
    for sheet in load_schema().sheets:
        tables = on_sheet(places, sheet)
        for one in tables:
            for other in tables:
                beside = one.right + 1 < other.left or other.right + 1 < one.left
                above = one.last + 1 < other.top - 1 and one.table.fixed
                below = other.last + 1 < one.top - 1 and other.table.fixed
                assert one is other or beside or above or below, (one.name, other.name)


def test_charts_cover_no_table(path: Path, language: Language) -> None:
    """Every declared chart is drawn, and no cell of a table lies beneath one."""
    with zipfile.ZipFile(path) as package:
        drawn = [name for name in package.namelist() if name.startswith("xl/charts/chart")]
    # A second kind in a chart is written inside the first.
    assert len(drawn) == len(declared_charts())
    book = openpyxl.load_workbook(path)
    for area in areas(language).values():
        for chart in page_of(book, area)._charts:  # type: ignore[attr-defined]
            start, end = chart.anchor._from, chart.anchor.to
            beside = end.col < area.left or start.col > area.right
            assert beside or end.row < area.top - 1 or start.row > area.last, (area.name, chart.anchor._from.row)


def test_notes_say_what_a_column_means_and_who_fills_it(book: Workbook, language: Language) -> None:
    """Every heading carries its explanation; required columns say so."""
    words = read_toml("template.toml")["words"]
    for area in areas(language).values():
        for position, head in enumerate(area.heads):
            note = page_of(book, area).cell(area.top + 1, area.left + position + 1).comment
            assert note is not None
            assert head.column.note[language] in note.text
            assert words[f"{head.column.owner}_fills"][language] in note.text
            assert (words["required"][language] in note.text) == head.column.required


def validation_of(book: Workbook, area: Area, position: int) -> str | None:
    """The kind and source of the validation that covers exactly the body of a column."""
    first, column, last, _ = area.body(position)
    for rule in page_of(book, area).data_validations.dataValidation:
        if any(range_boundaries(str(r)) == (column + 1, first + 1, column + 1, last + 1) for r in rule.sqref.ranges):
            return f"{rule.type} {rule.formula1}"
    return None


def test_every_choice_of_the_users_has_a_list_by_reference(book: Workbook, language: Language) -> None:
    """Choice columns offer the labels on the hidden sheet through a defined name."""
    for area in areas(language).values():
        for position, head in enumerate(area.heads):
            if head.column.choice and head.column.owner == "user":
                assert validation_of(book, area, position) == f"list list_{head.column.choice}"


def test_no_list_is_literal_and_every_name_exists(book: Workbook) -> None:
    """A list in a validation is always the name of cells, and the name is defined."""
    for page in book.worksheets:
        for rule in page.data_validations.dataValidation:
            if rule.type == "list":
                assert rule.formula1 in book.defined_names


def test_lists_hold_the_labels(book: Workbook, language: Language) -> None:
    """The named cells of every choice list are its labels in the language."""
    for key, entries in load_schema().choices.items():
        sheet, cells = next(book.defined_names[f"list_{key}"].destinations)
        found = book[sheet][cells]
        labels = [row[0].value for row in found] if isinstance(found, tuple) else [found.value]
        assert labels == [entry.label[language] for entry in entries.values()]


def test_dates_and_bounded_numbers_are_checked(book: Workbook, language: Language) -> None:
    """A score is 1 to 10, a date is a date, and a credited quantity may be negative."""
    places = areas(language)
    wanted = {
        ("scores", "score"): "decimal 1", ("answers", "date"): "date 29221",
        ("ledger", "quantity"): "decimal -1000000000000", ("activities", "hours"): "decimal 0",
        ("relations", "price"): "list list_relation", ("scores", "criterion_id"): "list keys_criteria",
    }
    for (table, key), rule in wanted.items():
        area = places[table]
        found = validation_of(book, area, area.place(key) - area.left)
        assert found is not None
        assert found.lower() == rule


def test_tool_cells_are_shaded_and_the_users_are_not(book: Workbook, language: Language) -> None:
    """Who owns a column shows in its header and its body."""
    colors = read_toml("styles.toml")["color"]
    for area in areas(language).values():
        for position, head in enumerate(area.heads):
            column = area.left + position + 1
            top = page_of(book, area).cell(area.top + 1, column)
            body = page_of(book, area).cell(area.first + 1, column)
            assert top.fill.fgColor.rgb == "FF" + colors[f"{head.column.owner}_header"].lstrip("#")
            shaded = body.fill.fgColor.rgb == "FF" + colors["tool_body"].lstrip("#")
            assert shaded == (head.column.owner == "tool")


def test_settings_and_steps_and_criteria_are_written_in_advance(book: Workbook, language: Language) -> None:
    """A new workbook lists every setting with its default, the steps as not run, and the criteria in use."""
    places, schema = areas(language), load_schema()
    settings, steps = places["settings"], places["steps"]
    rows = range(settings.first + 1, settings.last + 2)
    page = page_of(book, settings)
    assert [page.cell(row, 1).value for row in rows] == list(schema.settings)
    assert [page.cell(row, 3).value for row in rows] == [s.value for s in schema.settings.values()]
    assert all(page.cell(row, 2).value is None for row in rows)
    assert len(steps.filled) == steps.table.rows == 9
    assert {row["status"] for row in steps.filled} == {schema.label("step_status", "not_run", language)}
    assert [row["criterion_id"] for row in places["criteria"].filled] == list(criteria())


def test_fixed_tables_have_the_rows_they_declare(language: Language) -> None:
    """A table that never grows has as many labels as prepared rows, or none."""
    for area in areas(language).values():
        if area.table.fixed:
            assert len(area.filled) in (0, area.table.rows), area.name


def test_conditional_formats_cover_the_body_of_columns(book: Workbook, language: Language) -> None:
    """Colours that follow values stand on whole table columns, but for sums at their end, and nowhere else."""
    for page in book.worksheets:
        tables = [a for a in areas(language).values() if a.sheet == page.title]
        columns = [(a, a.left + i + 1) for a in tables for i in range(len(a.heads))]
        bodies = {(column, a.first + 1, column, a.last + 1) for a, column in columns}
        bodies |= {(c, a.first + 1, c, a.last) for a, c in columns if a.table.fixed and _has_sums(a)}
        for rule in page.conditional_formatting:
            assert {range_boundaries(str(r)) for r in rule.sqref.ranges} <= bodies


def _has_sums(area: Area) -> bool:
    return any(head.column.look == "heat_inner" for head in area.heads)


def test_pages_are_landscape_and_headers_repeat(book: Workbook) -> None:
    """Sheets print on landscape A4, the text of the help upright; a header with nothing above it repeats."""
    upright = {load_schema().sheets["help"].name[language] for language in LANGUAGES}
    for page in book.worksheets:
        assert page.page_setup.orientation == ("portrait" if page.title in upright else "landscape")
        assert str(page.page_setup.paperSize) == "9"
        assert (page.freeze_panes is not None) == bool(page.print_title_rows)


def test_a_sheet_too_wide_to_read_is_cut_between_tables(language: Language) -> None:
    """The matrix stays on one page; weights and criteria get a page each."""
    places = areas(language)
    assert len(pages(on_sheet(places, "matrix"))) == 1
    weights, table = pages(on_sheet(places, "expectations")), places["criteria"]
    assert weights == [(0, table.left - 1), (table.left, table.right)]


def test_help_explains_every_column(book: Workbook, language: Language) -> None:
    """The glossary has the heading and the explanation of every declared column."""
    page = book[load_schema().sheets["help"].name[language]]
    lines = {(row[1], row[2], row[4]) for row in page.iter_rows(values_only=True)}
    for table in load_schema().tables.values():
        for column in table.columns:
            heading = column.heading[language]
            if column.each:
                heading = read_toml("template.toml")["words"]["per_criterion"][language]
            assert (table.name[language], heading, column.note[language]) in lines


def test_help_text_is_read_block_by_block() -> None:
    """Headings, paragraphs over several lines, and both kinds of list."""
    text = "# One\n\nfirst line\nsecond line\n\n## Two\n\n- a\n- b\n  goes on\n\n1. c\n"
    assert blocks(text) == [
        Block("heading", "One"), Block("paragraph", "first line second line"), Block("subheading", "Two"),
        Block("item", "•  a"), Block("item", "•  b goes on"), Block("item", "1. c"),
    ]


def test_guide_and_captions_name_what_exists() -> None:
    """Every sheet in the guide, caption and chart is declared, with words in both languages."""
    schema, texts = load_schema(), read_toml("template.toml")
    for entry in texts["guide"]:
        assert entry.get("sheet", "start") in schema.sheets
        assert all(entry[lang] for lang in LANGUAGES)
    assert set(texts["caption"]) <= set(schema.tables)
    assert {chart["table"] for chart in declared_charts()} <= set(schema.tables)


def test_office_accepts_the_workbook(path: Path) -> None:
    """The Open XML SDK finds no error."""
    assert sdk_errors(path) == []

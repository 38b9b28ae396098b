"""A survey form as a workbook: one page, points that can be written and nothing else, and a sum that counts along."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.exceptions import FileCreateError
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from xlsales.build.areas import lines_of
from xlsales.build.canvas import color, styles
from xlsales.build.template import CREATED
from xlsales.issues import CannotWrite
from xlsales.tables.forms import ANSWER_MARK, KEY_MARK, NAME_COLUMN, PERSON_MARK, POINTS_COLUMN, ROLE_MARK, Form
from xlsales.tables.texts import Texts

_TITLE, _SENDER, _INTRO, _PERSON, _ROLE, _HEAD = 0, 1, 2, 4, 5, 7
_NAME, _ABOUT, _POINTS = 1, NAME_COLUMN, POINTS_COLUMN
_WIDTHS = {_NAME: 30.0, _ABOUT: 46.0, _POINTS: 14.0}
_LINE, _GAP = 15, 9
# Letters are narrower than the digits that columns are measured in.
_SPREAD = 0.9
_A4 = 9
_MARK = "\x00"


def write_form_workbook(form: Form, path: Path) -> None:
    """Write the form. CannotWrite says why when the file cannot be made."""
    try:
        with Workbook(str(path), {"in_memory": True, "strings_to_formulas": False}) as book:
            _Sheet(form, book).draw()
            book.set_properties({"title": form.heading(), "created": CREATED})
    except (FileCreateError, OSError) as problem:
        raise CannotWrite("cannot_save", path=str(path), reason=str(problem)) from problem


class _Sheet:
    """The one sheet that the respondent sees, and the hidden one with the key."""

    def __init__(self, form: Form, book: Workbook) -> None:
        self._form, self._book, self._texts = form, book, Texts(form.language)
        self._page: Worksheet = book.add_worksheet(self._say("sheet"))
        self._first = _HEAD + 1
        self._last = _HEAD + len(form.questions)

    def draw(self) -> None:
        """All of it."""
        for column, width in _WIDTHS.items():
            self._page.set_column(column, column, width)
        self._page.set_column(0, 0, 2, None, {"hidden": True})
        self._top()
        self._questions()
        self._status()
        self._paper()
        self._key()

    def _say(self, code: str, **params: object) -> str:
        return self._texts.say("form", code, **params)

    def _format(self, **wanted: Any) -> Format:
        font = styles()["font"]
        start = {"font_name": font["name"], "font_size": font["size"] + 1, "font_color": color("ink"),
                 "valign": "vcenter"}  # fmt: skip
        return self._book.add_format(start | wanted)

    def _box(self, **wanted: Any) -> Format:
        """A cell that can be written in."""
        return self._format(bg_color=color("answer"), border=1, border_color=color("ink"), locked=False, **wanted)

    def _top(self) -> None:
        page, form = self._page, self._form
        title = self._format(bold=True, font_size=16, font_color=color("title"))
        page.write_string(_TITLE, _NAME, form.heading(), title)
        page.set_row(_TITLE, 30)
        page.write_string(_SENDER, _NAME, form.sender(), self._format())
        text = f"{form.instruction()} {self._say('how_workbook')}"
        wrapped = self._format(text_wrap=True, valign="top")
        page.merge_range(_INTRO, _NAME, _INTRO, _POINTS, "", wrapped)
        page.write_string(_INTRO, _NAME, text, wrapped)
        page.set_row(_INTRO, _LINE * lines_of(text, sum(_WIDTHS.values()), _SPREAD) + _GAP)
        for row, mark, code, known in (
            (_PERSON, PERSON_MARK, "person", form.key.person),
            (_ROLE, ROLE_MARK, "role", form.role),
        ):
            page.write_string(row, 0, mark)
            page.write_string(row, _NAME, self._say(code), self._format(bold=True))
            if known:
                page.write_string(row, _ABOUT, known, self._format())
            else:
                page.write_blank(row, _ABOUT, None, self._box())
            page.set_row(row, 20)

    def _questions(self) -> None:
        page, form = self._page, self._form
        head = {"bold": True, "font_color": color("user_header_text"), "bg_color": color("user_header"), "border": 1}
        page.write_string(_HEAD, _NAME, self._say("criterion"), self._format(**head))
        page.write_string(_HEAD, _ABOUT, self._say("about"), self._format(**head))
        code = "points" if form.total else "rating"
        page.write_string(_HEAD, _POINTS, self._say(code), self._format(**head, align="right"))
        page.set_row(_HEAD, 20)
        line = {"text_wrap": True, "bottom": 1, "bottom_color": color("line")}
        name, about = self._format(bold=True, **line), self._format(**line)
        box = self._box(align="right", num_format="General", bold=True)
        for row, question in enumerate(form.questions, self._first):
            page.write_string(row, 0, ANSWER_MARK + question.criterion_id)
            page.write_string(row, _NAME, question.name, name)
            page.write_string(row, _ABOUT, question.about, about)
            page.write_blank(row, _POINTS, None, box)
            lines = max(lines_of(question.name, _WIDTHS[_NAME]), lines_of(question.about, _WIDTHS[_ABOUT], _SPREAD))
            page.set_row(row, _LINE * lines + _GAP)
        low, high = form.limits
        page.data_validation(
            self._first, _POINTS, self._last, _POINTS,
            {
                "validate": "decimal", "criteria": "between", "minimum": low, "maximum": high,
                "error_title": self._say("wrong_title")[:32],
                "error_message": self._say("wrong", least=low, most=high)[:255],
            },
        )  # fmt: skip

    def _status(self) -> None:
        row = self._last + 1
        span = f"$D${self._first + 1}:$D${self._last + 1}"
        bold = {"bold": True, "top": 2, "num_format": "General"}
        if self._form.total:
            self._page.write_string(row, _NAME, self._say("sum"), self._format(**bold))
            self._page.write_blank(row, _ABOUT, None, self._format(**bold))
            self._page.write_formula(row, _POINTS, f"=ROUND(SUM({span}),4)", self._format(**bold, align="right"), 0)
            self._page.set_row(row, 22)
            row += 1
        formula, start, done = self._message(span)
        look = self._format(bold=True, font_size=13, align="center", border=1)
        self._page.merge_range(row, _NAME, row, _POINTS, "", look)
        self._page.write_formula(row, _NAME, formula, look, start)
        self._page.set_row(row, 30)
        for criteria, tone in ((f"={done}", "good"), (f"=NOT({done})", "bad")):
            colours = styles()["tone"][tone]
            change = self._book.add_format({"bg_color": colours["fill"], "font_color": colours["text"]})
            rule = {"type": "formula", "criteria": criteria, "format": change}
            self._page.conditional_format(row, _NAME, row, _POINTS, rule)

    def _message(self, span: str) -> tuple[str, str, str]:
        """The formula of the status line, what it shows at first, and the formula that is true when all is done."""
        form = self._form
        if form.total:
            total, left = form.total, f"ROUND({form.total}-SUM({span}),4)"
            done, over = self._say("done", total=total), self._words("over", f"-{left}")
            formula = f"=IF({left}=0,{_quoted(done)},IF({left}>0,{self._words('left', left)},{over}))"
            return formula, self._say("left", n=total), f"ROUND(SUM({span}),4)={total}"
        count = len(form.questions)
        done, words = self._say("rated_all", of=count), self._words("rated", f"COUNT({span})", of=count)
        formula = f"=IF(COUNT({span})={count},{_quoted(done)},{words})"
        return formula, self._say("rated", n=0, of=count), f"COUNT({span})={count}"

    def _words(self, code: str, number: str, **params: object) -> str:
        before, _, after = self._say(code, n=_MARK, **params).partition(_MARK)
        parts = [_quoted(before) if before else "", number, _quoted(after) if after else ""]
        return "&".join(filter(None, parts))

    def _paper(self) -> None:
        page = self._page
        end = self._last + (2 if self._form.total else 1)
        page.set_paper(_A4)
        page.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.6)
        page.print_area(0, _NAME, end, _POINTS)
        page.fit_to_pages(1, 1)
        page.center_horizontally()
        page.hide_gridlines(2)
        page.set_selection(self._first, _POINTS, self._first, _POINTS)
        page.protect("", {"select_locked_cells": False, "select_unlocked_cells": True})

    def _key(self) -> None:
        hidden = self._book.add_worksheet("xlsales")
        hidden.write_string(0, 0, KEY_MARK)
        hidden.write_string(0, 1, self._form.word)
        hidden.very_hidden()
        hidden.protect()


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'

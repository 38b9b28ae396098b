"""A survey form as one web page that needs no server: it opens from a mail and gives an answer file."""

from __future__ import annotations

import base64
import hashlib
from html import escape
from pathlib import Path
from string import Template

from xlsales.build.canvas import color, styles
from xlsales.issues import CannotWrite
from xlsales.tables.folder import text_folder
from xlsales.tables.forms import ANSWER_FORMAT, BEGIN, END, Form, Question
from xlsales.tables.texts import Texts

_SHOWN = (
    "left", "over", "done", "rated", "rated_all", "make", "fix_sum", "fix_ratings", "fix_numbers",
    "ready", "ready_next", "download", "copy", "copied", "copy_label", "no_script", "criterion", "person",
    "role", "optional",
)  # fmt: skip


def write_form_page(form: Form, path: Path) -> None:
    """Write the form. CannotWrite says why when the file cannot be made."""
    try:
        path.write_text(form_page(form), "utf-8", newline="\n")
    except OSError as problem:
        raise CannotWrite("cannot_save", path=str(path), reason=problem.strerror or str(problem)) from problem


def form_page(form: Form) -> str:
    """The page: no other file or address is asked for, and its policy forbids it."""
    texts = Texts(form.language)
    low, high = form.limits
    of = len(form.questions)
    marks = {"n": "{n}", "total": form.total, "least": low, "most": high, "of": of}
    words = {code: escape(texts.say("form", code, **marks)) for code in _SHOWN}
    words["wrong"] = escape(texts.say("form", "wrong", **marks))
    words["how_page"] = escape(texts.say("form", "how_page"))
    script, style = _part("form.js"), _style()
    return Template(_part("form.html")).substitute(
        words,
        language=form.language, script=script, style=style, script_hash=_hash(script), style_hash=_hash(style),
        title=escape(form.heading()), sender=escape(form.sender()), instruction=escape(form.instruction()),
        key=escape(form.word), total=form.total, low=low, high=high, format=ANSWER_FORMAT, begin=BEGIN, end=END,
        file=escape(f"{texts.say('form', 'answer_file')}-{form.stem}.json"),
        who=_who(form, words), questions="\n".join(_question(form, q, texts) for q in form.questions),
        kind="points" if form.total else "rating",
        live="" if form.total else " hidden",
    )  # fmt: skip


def _who(form: Form, words: dict[str, str]) -> str:
    """Name and role: as we know them, or to be written by whoever answers."""
    rows = []
    for field, known in (("person", form.key.person), ("role", form.role)):
        if known:
            rows.append(f'<p class="known"><strong>{words[field]}:</strong> {escape(known)}</p>')
        else:
            label = f'<label for="{field}">{words[field]} <span class="faint">({words["optional"]})</span></label>'
            box = f'<input id="{field}" type="text" maxlength="120" autocomplete="off">'
            rows.append(f'<p class="field">{label}{box}</p>')
    return "\n".join(rows)


def _question(form: Form, question: Question, texts: Texts) -> str:
    number = form.questions.index(question)
    unit = texts.say("form", "points" if form.total else "rating_short")
    return (
        f'<div class="row"><div class="words"><label for="q{number}">{escape(question.name)}</label>'
        f'<span class="about" id="a{number}">{escape(question.about)}</span>'
        f'<span class="error" id="e{number}" hidden></span></div>'
        f'<input class="points" id="q{number}" data-id="{escape(question.criterion_id)}" type="text" '
        f'inputmode="decimal" maxlength="8" autocomplete="off" '
        f'aria-describedby="a{number} e{number}" placeholder="{escape(unit)}"></div>'
    )


def _style() -> str:
    tones = styles()["tone"]
    return Template(_part("form.css")).substitute(
        ink=color("ink"), title=color("title"), line=color("line"), answer=color("answer"), head=color("user_header"),
        good=tones["good"]["text"], good_fill=tones["good"]["fill"], bad=tones["bad"]["text"],
        bad_fill=tones["bad"]["fill"],
    )  # fmt: skip


def _part(name: str) -> str:
    return (text_folder("workbook") / "form" / name).read_text("utf-8").strip()


def _hash(text: str) -> str:
    """What the page's policy knows its own script and style by."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")

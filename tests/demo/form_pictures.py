"""The pictures of the survey forms in docs/pictures: half filled in, as LibreOffice prints and Chromium shows them.

``python -m tests.demo.form_pictures`` makes them anew; it needs soffice, pdftoppm, chromium and chromedriver.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from selenium.webdriver.common.by import By

from tests.demo.pictures import PICTURES
from tests.programs import browser, convert
from tests.survey_forms import fill_workbook
from xlsales.build.form_page import write_form_page
from xlsales.build.form_workbook import write_form_workbook
from xlsales.tables.answer_key import AnswerKey
from xlsales.tables.folder import read_toml
from xlsales.tables.forms import Form, Question
from xlsales.tables.schema import LANGUAGES, Language

GIVEN = {"quality": 6, "service": 5, "price": 3, "technical": 2.5, "easy": 3.5}
_COMPANY = {"sv": ("Fästmetall AB", "Berg Bygg AB", "Anna Berg", "Inköpschef"),
            "en": ("Fastmetal Ltd", "Hill Construction Ltd", "Anne Hill", "Head of purchasing")}  # fmt: skip


def example(language: Language) -> Form:
    """A form about our default criteria."""
    company, customer, person, role = _COMPANY[language]
    texts = read_toml("criteria.toml")
    questions = tuple(Question(i, t[language], t[f"{language}_about"]) for i, t in texts.items())
    key = AnswerKey("", "1001", person, "points20", tuple(texts))
    return Form(key, "", language, customer, company, role, questions)


def make(language: Language, folder: Path) -> None:
    """Both forms of a language."""
    form, book, page = example(language), folder / "form.xlsx", folder / "form.html"
    write_form_workbook(form, book)
    pdf = convert(fill_workbook(book, GIVEN), "pdf", folder)
    target = PICTURES / f"form.{language}"
    cut = ["-x", "0", "-y", "40", "-W", "800", "-H", "580"]
    subprocess.run(["pdftoppm", "-png", "-singlefile", "-r", "96", *cut, str(pdf), str(target)], check=True)
    write_form_page(form, page)
    with browser(folder, 760, 960) as driver:
        driver.get(page.as_uri())
        for box in driver.find_elements(By.CSS_SELECTOR, "input.points"):
            points = str(GIVEN.get(str(box.get_attribute("data-id")), ""))
            box.send_keys(points.replace(".", ",") if language == "sv" else points)
        driver.execute_script("window.scrollTo(0, 0)")
        driver.save_screenshot(str(PICTURES / f"webform.{language}.png"))


if __name__ == "__main__":
    for each in LANGUAGES:
        with tempfile.TemporaryDirectory() as made:
            make(each, Path(made))
    sys.exit()

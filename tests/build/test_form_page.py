"""The survey form as a web page, in a real browser: keyboard only, on a phone, without a net."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from tests.programs import browser
from tests.survey_forms import form
from xlsales.build.canvas import color, styles
from xlsales.build.form_page import form_page, write_form_page
from xlsales.sources.surveys.forms import text_answers
from xlsales.tables.forms import Form


@pytest.fixture(scope="module")
def downloads(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the browser of this module puts files."""
    return tmp_path_factory.mktemp("downloads")


@pytest.fixture(scope="module")
def chrome(downloads: Path) -> Iterator[Chrome]:
    """One browser for all tests here."""
    with browser(downloads) as driver:
        yield driver


def opened(chrome: Chrome, tmp_path: Path, wanted: Form) -> None:
    """The form as it opens from a folder, with the focus at its beginning."""
    path = tmp_path / "form.html"
    write_form_page(wanted, path)
    chrome.get_log("performance")
    chrome.get(path.as_uri())


def status(chrome: Chrome) -> tuple[str, str]:
    """What the live line says, and whether it is good or bad."""
    line = chrome.find_element(By.ID, "status")
    return line.text, (line.get_attribute("class") or "").split()[-1]


def press(chrome: Chrome, *keys: str) -> None:
    """Keys to whatever has the focus."""
    for key in keys:
        chrome.switch_to.active_element.send_keys(key)


def downloaded(folder: Path) -> Path:
    """The answer file, as soon as the browser has written it."""
    until = time.monotonic() + 20
    while time.monotonic() < until:
        found = [p for p in folder.glob("*.json") if p.stat().st_size]
        if found:
            return found[0]
        time.sleep(0.05)
    raise AssertionError("nothing was downloaded")


def test_the_keyboard_alone_is_enough(chrome: Chrome, downloads: Path, tmp_path: Path) -> None:
    """Tab, type, Enter, Tab, Enter: the sum counts along, turns green at 20, and the file has what was typed."""
    opened(chrome, tmp_path, form())
    assert status(chrome) == ("20 poäng kvar att fördela", "bad")
    press(chrome, Keys.TAB, "Åsa Öberg", Keys.TAB, "Inköpschef", Keys.TAB, "6,5")
    assert status(chrome) == ("13,5 poäng kvar att fördela", "bad")
    press(chrome, Keys.TAB, "10", Keys.TAB, "4")
    assert status(chrome) == ("0,5 poäng för mycket", "bad")
    press(chrome, Keys.BACKSPACE, "3.5")
    assert status(chrome) == ("Klart: alla 20 poäng är fördelade", "good")
    press(chrome, Keys.ENTER)
    assert chrome.switch_to.active_element.get_attribute("id") == "ready"
    press(chrome, Keys.TAB)
    assert chrome.switch_to.active_element.get_attribute("id") == "download"
    press(chrome, Keys.ENTER)
    file = downloaded(downloads)
    assert file.name == f"svar-{form().stem}.json"
    (answer,) = text_answers(file) or []
    assert answer.word == form().word
    assert answer.points == {"quality": 6.5, "service": 10, "price": 3.5}
    assert (answer.person, answer.role) == ("Åsa Öberg", "Inköpschef")
    assert answer.when is not None
    file.unlink()


def test_no_answer_is_made_before_the_points_add_up(chrome: Chrome, tmp_path: Path) -> None:
    """Enter says why and moves to the first empty box; a changed point takes the finished answer away."""
    opened(chrome, tmp_path, form())
    press(chrome, Keys.TAB, Keys.TAB, Keys.TAB, "19", Keys.ENTER)
    assert "20 poäng" in chrome.find_element(By.ID, "problem").text
    assert chrome.switch_to.active_element.get_attribute("id") == "q1"
    assert not chrome.find_element(By.ID, "ready").is_displayed()
    press(chrome, "1", Keys.ENTER)
    assert chrome.find_element(By.ID, "ready").is_displayed()
    box = chrome.find_element(By.ID, "q0")
    box.clear()
    box.send_keys("18")
    assert not chrome.find_element(By.ID, "ready").is_displayed()


@pytest.mark.parametrize("typed", ["-1", "20,1", "tio", "1e1", "0x5", "Infinity", "1,000,0"])
def test_what_is_no_number_of_points_is_marked(chrome: Chrome, tmp_path: Path, typed: str) -> None:
    """The box is invalid, its message is tied to it, and no answer comes of it."""
    opened(chrome, tmp_path, form())
    press(chrome, Keys.TAB, Keys.TAB, Keys.TAB, typed, Keys.TAB)
    box = chrome.find_element(By.ID, "q0")
    assert box.get_attribute("aria-invalid") == "true"
    assert "e0" in str(box.get_attribute("aria-describedby")).split()
    assert chrome.find_element(By.ID, "e0").text == "Skriv ett tal från 0 till 20."
    press(chrome, Keys.ENTER)
    assert not chrome.find_element(By.ID, "ready").is_displayed()


def test_ratings_are_wanted_on_every_line(chrome: Chrome, tmp_path: Path) -> None:
    """From 1 to 10 in English, all of them; zero is no rating."""
    opened(chrome, tmp_path, form("scale10", "en", "Anne"))
    assert status(chrome) == ("0 of 3 ratings are given", "bad")
    # The name is known, so the first box is the role.
    press(chrome, Keys.TAB, Keys.TAB, "10", Keys.TAB, "0", Keys.TAB, "7")
    assert status(chrome)[1] == "bad"
    press(chrome, Keys.ENTER)
    assert chrome.switch_to.active_element.get_attribute("id") == "q1"
    press(chrome, Keys.BACKSPACE, "1")
    assert status(chrome) == ("Done: all 3 ratings are given", "good")


def test_the_text_in_the_mail_is_the_same_answer(chrome: Chrome, tmp_path: Path) -> None:
    """Also when a mail program has quoted and wrapped it."""
    opened(chrome, tmp_path, form())
    press(chrome, Keys.TAB, "Åsa", Keys.TAB, Keys.TAB, "20", Keys.ENTER)
    text = str(chrome.find_element(By.ID, "text").get_attribute("value"))
    mail = tmp_path / "mail.txt"
    cut = [part for line in text.split("\n") for part in (line[:40], line[40:]) if part]
    quoted = "\r\n".join(f"> {part}" for part in cut)
    mail.write_text(f"Hej!\r\n\r\n{quoted}\r\n\r\n/Åsa", "utf-8")
    (answer,) = text_answers(mail) or []
    assert answer.points == {"quality": 20, "service": 0, "price": 0}
    assert (answer.person, answer.word) == ("Åsa", form().word)


def test_a_phone_shows_it_without_scrolling_sideways(chrome: Chrome, tmp_path: Path) -> None:
    """Fields are high enough for a thumb, and nothing is wider than the screen."""
    device = {"width": 360, "height": 740, "deviceScaleFactor": 2, "mobile": True}
    chrome.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", device)
    try:
        opened(chrome, tmp_path, form())
        assert chrome.execute_script("return document.documentElement.scrollWidth") <= 360
        high = chrome.execute_script(
            "return Array.from(document.querySelectorAll('input,button')).map(e => e.getBoundingClientRect().height)"
        )
        assert all(h == 0 or h >= 44 for h in high)
    finally:
        chrome.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_the_page_asks_the_net_for_nothing(chrome: Chrome, tmp_path: Path) -> None:
    """Only the file itself is read, nothing is complained of, and the policy stops what would be put in."""
    opened(chrome, tmp_path, form())
    press(chrome, Keys.TAB, Keys.TAB, Keys.TAB, "20", Keys.ENTER)
    events = [json.loads(entry["message"])["message"] for entry in chrome.get_log("performance")]
    asked = [e["params"]["request"]["url"] for e in events if e["method"] == "Network.requestWillBeSent"]
    assert {url.split(":")[0] for url in asked} == {"file"}
    assert len(asked) == 1
    assert chrome.get_log("browser") == []
    chrome.execute_script(
        "const s = document.createElement('script'); s.textContent = 'window.broken = 1'; document.body.append(s)"
    )
    assert chrome.execute_script("return window.broken === undefined")
    told = [entry["message"] for entry in chrome.get_log("browser")]
    assert any("Content Security Policy" in message for message in told)


def test_every_box_has_a_name_for_a_screen_reader(chrome: Chrome, tmp_path: Path) -> None:
    """Labels, one heading, a language, a live line; the order of focus is the order of the page."""
    opened(chrome, tmp_path, form())
    names = [box.accessible_name for box in chrome.find_elements(By.CSS_SELECTOR, "form input")]
    assert names == ["Ditt namn (frivilligt)", "Din roll (frivilligt)", "Bra kvalitet", "Hög servicenivå",
                     '<b>Lågt</b> "pris" & mer']  # fmt: skip
    assert len(chrome.find_elements(By.TAG_NAME, "h1")) == 1
    assert chrome.execute_script("return document.documentElement.lang") == "sv"
    live = chrome.find_element(By.ID, "status")
    assert (live.get_attribute("role"), live.get_attribute("aria-live")) == ("status", "polite")
    order = []
    for _ in range(6):
        press(chrome, Keys.TAB)
        order.append(chrome.switch_to.active_element.get_attribute("id"))
    assert order == ["person", "role", "q0", "q1", "q2", "make"]


def test_what_users_named_is_text_and_never_markup() -> None:
    """Names with tags, quotes and ampersands stand as they were written."""

    class Seen(HTMLParser):
        tags: list[str]
        texts: list[str]

        def handle_starttag(self, tag: str, attrs: Any) -> None:
            self.tags.append(tag)

        def handle_data(self, data: str) -> None:
            self.texts.append(data)

    page = Seen()
    page.tags, page.texts = [], []
    page.feed(form_page(form()))
    assert not {"b", "i", "img", "iframe", "link", "object"} & set(page.tags)
    assert page.tags.count("script") == 1
    assert '<b>Lågt</b> "pris" & mer' in page.texts


def test_the_colours_can_be_told_apart() -> None:
    """Contrast of at least 4.5 to 1 wherever there is text."""
    tones, white = styles()["tone"], "#FFFFFF"
    pairs = [(tones["good"]["text"], tones["good"]["fill"]), (tones["bad"]["text"], tones["bad"]["fill"]),
             (tones["bad"]["text"], white), (white, color("user_header")), (color("ink"), color("answer")),
             (color("title"), white), ("#5a6672", color("answer"))]  # fmt: skip
    assert all(contrast(*pair) >= 4.5 for pair in pairs), [(p, contrast(*p)) for p in pairs]


def contrast(one: str, two: str) -> float:
    """The ratio of two colours as WCAG defines it."""
    dark, light = sorted(luminance(c) for c in (one, two))
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    """Relative luminance of #RRGGBB."""
    parts = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue

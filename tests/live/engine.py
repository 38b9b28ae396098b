"""The xlwings engine over LibreOffice: what ``import xlwings`` talks to in these tests in the place of Excel."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import xlwings as xw
from xlwings import base_classes, utils

from tests.live.books import Book
from tests.live.native import Native
from tests.live.office import Office
from tests.live.values import COM_ERRORS

_ERROR_TEXTS = dict(
    zip(COM_ERRORS.values(), ("#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A"), strict=True)
)


class Alert(NamedTuple):
    """A message box that Excel would have shown."""

    prompt: str
    title: str | None
    buttons: str
    mode: str | None


class Engine:
    """One running LibreOffice as an engine of xlwings."""

    name = "excel"  # the engine that xlwings' converters ask for where no cell is involved
    type = "desktop"

    def __init__(self, office: Office) -> None:
        self.apps = Apps(App(self, office))

    @staticmethod
    def prepare_xl_data_element(x: Any, options: Any) -> Any:
        """A value from Python on its way to a cell; dates pass as they are."""
        if isinstance(x, pd.Timestamp):
            return "" if pd.isna(x) else x.to_pydatetime()
        if isinstance(x, np.datetime64):
            return "" if np.isnat(x) else utils.np_datetime_to_datetime(x)
        if x is None or x is pd.NaT or (isinstance(x, float) and np.isnan(x)) or x is pd.NA:
            return ""
        if isinstance(x, np.bool_):
            return bool(x)
        return float(x) if isinstance(x, np.number) else x

    @staticmethod
    def clean_value_data(
        data: Any, datetime_builder: Callable[..., Any], empty_as: Any, number_builder: Any, err_to_str: bool
    ) -> list[list[Any]]:
        """Values of cells on their way to Python, by the options of the range."""

        def clean(value: Any) -> Any:
            if value is None or value == "":
                return empty_as
            if isinstance(value, dt.datetime):
                return datetime_builder(
                    year=value.year, month=value.month, day=value.day, hour=value.hour, minute=value.minute,
                    second=value.second, microsecond=value.microsecond, tzinfo=None,
                )  # fmt: skip
            if isinstance(value, float):
                return value if number_builder is None else number_builder(value)
            if type(value) is int:
                return _ERROR_TEXTS[value] if err_to_str else None
            return value

        rows = data if isinstance(data, (list, tuple)) else [[data]]
        return [[clean(value) for value in row] for row in rows]


class Apps(base_classes.Apps):
    """The one LibreOffice."""

    def __init__(self, app: App) -> None:
        self._app = app

    def keys(self) -> list[int]:
        """Its process number."""
        return [self._app.pid]

    def __iter__(self) -> Iterator[App]:
        return iter([self._app])

    def __len__(self) -> int:
        return 1

    def __getitem__(self, pid: int) -> App:
        return {self._app.pid: self._app}[pid]

    @staticmethod
    def cleanup() -> None:
        """Nothing is left behind: the office is ended by its owner."""


class App(base_classes.App):
    """The switches of Excel, which LibreOffice without a window mostly only remembers."""

    screen_updating = True
    enable_events = True
    interactive = True
    display_alerts = True
    visible = False
    cut_copy_mode = None

    def __init__(self, engine: Engine, office: Office) -> None:
        self.engine = engine
        self.office = office
        self.alerts: list[Alert] = []
        self.answer = "ok"
        self.statuses: list[str] = []
        self.activated: str | None = None
        self._books: dict[str, Book] = {}
        self._calculation = "automatic"

    @property
    def api(self) -> Native:
        """LibreOffice's desktop."""
        return Native(self.office.desktop)

    @property
    def pid(self) -> int:
        """The process number."""
        return self.office.pid

    @property
    def version(self) -> str:
        """The version of Excel that the engine's answers are modelled on."""
        return "16.0"

    @property
    def books(self) -> Books:
        """The open workbooks."""
        return Books(self)

    def activate(self, steal_focus: bool = False) -> None:
        """There is no window to bring forward."""

    def book_of(self, document: Any) -> Book:
        """The one Book of a document, so that it remembers what LibreOffice does not."""
        uid = document.RuntimeUID
        if uid not in self._books:
            self._books[uid] = Book(self, document)
            document.enableAutomaticCalculation(self._calculation == "automatic")
        return self._books[uid]

    def forget(self, book: Book) -> None:
        """Called when a workbook closes."""
        self._books.pop(book.document.RuntimeUID, None)

    @property
    def calculation(self) -> str:
        """``automatic`` or ``manual``."""
        return self._calculation

    @calculation.setter
    def calculation(self, value: str) -> None:
        self._calculation = value
        for book in self.books:
            book.document.enableAutomaticCalculation(value == "automatic")
            if value == "automatic":
                book.document.calculate()

    def calculate(self) -> None:
        """Compute what has changed in every open workbook."""
        for book in self.books:
            book.document.calculate()

    @property
    def status_bar(self) -> str | bool:
        """The text in the status bar; False when Excel shows its own."""
        return self.statuses[-1] if self.statuses and self.statuses[-1] else False

    @status_bar.setter
    def status_bar(self, value: str | bool) -> None:
        self.statuses.append(value if isinstance(value, str) else "")

    def alert(self, prompt: str, title: str | None, buttons: str, mode: str | None, callback: Any) -> str:
        """Remember the message and press the button that the test has chosen."""
        self.alerts.append(Alert(prompt, title, buttons, mode))
        return self.answer


class Books(base_classes.Books):
    """The open workbooks."""

    def __init__(self, app: App) -> None:
        self.app = app

    @property
    def api(self) -> Native:
        """LibreOffice's open documents."""
        return Native(self.app.office.desktop.Components)

    def __iter__(self) -> Iterator[Book]:
        service = "com.sun.star.sheet.SpreadsheetDocument"
        documents = [document for document in self.api.uno if document.supportsService(service)]
        return (self.app.book_of(document) for document in documents)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __call__(self, name_or_index: int | str) -> Book:
        books = list(self)
        if isinstance(name_or_index, int):
            return books[name_or_index - 1]
        for book in books:
            if book.name.casefold() == name_or_index.casefold():
                return book
        raise KeyError(name_or_index)

    @property
    def active(self) -> Book | None:
        """The workbook that was activated last."""
        books = list(self)
        active = [book for book in books if book.document.RuntimeUID == self.app.activated]
        return (active or books or [None])[0]

    def open(self, fullname: str, update_links: Any = None, read_only: bool | None = None, *_: Any) -> Book:
        """Open a file; it becomes the active workbook."""
        return self._activated(self.app.office.open(Path(fullname), read_only=bool(read_only)))

    def add(self) -> Book:
        """A new workbook in no file."""
        return self._activated(self.app.office.new())

    def _activated(self, document: Any) -> Book:
        book = self.app.book_of(document)
        book.activate()
        return book


def register(office: Office) -> xw.main.Engine:
    """Make a LibreOffice the engine that xlwings uses."""
    engine = xw.main.Engine(impl=Engine(office))
    xw.engines.add(engine)
    engine.activate()
    return engine

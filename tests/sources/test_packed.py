"""Rows that are packed as they come."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlsales.sources.bookkeeping import packed
from xlsales.sources.bookkeeping.packed import Packed


@given(st.lists(st.tuples(st.integers(0, 2**40), st.text(max_size=5)), max_size=20), st.integers(1, 7))
def test_rows_come_back_as_they_were_added(rows: list[tuple[int, str]], block: int) -> None:
    """Whatever the size of the blocks."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(packed, "_ROWS", block)
        table = Packed(("line", "text"), numbers=1)
        for row in rows:
            table.add(*row)
        assert len(table) == len(rows)
        expected = pd.DataFrame(rows, columns=["line", "text"]).astype({"line": "int64", "text": "str"})
        pd.testing.assert_frame_equal(table.table(), expected, check_column_type=False)

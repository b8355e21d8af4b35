"""Keys of pending edits stand in the order in which SQLite puts them between the rows of the cache."""

from __future__ import annotations

from contextlib import closing
from sqlite3 import connect

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maintenance_desktop.domain.wire import encode_text
from maintenance_desktop.storage.strands import in_order, order_by

texts = st.none() | st.text(st.sampled_from("aAbBzZ_[é€🔧 "), max_size=3)
numbers = st.none() | st.integers(-3, 3)


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("first", [texts, numbers, st.integers(0, 3)])
@given(data=st.data())
def test_keys_are_sorted_as_sqlite_sorts_them(first, descending, data):
    cells = data.draw(st.lists(st.tuples(first, numbers), max_size=12))
    keys = [((*some, place), place) for place, some in enumerate(cells)]
    columns = ", ".join(f"value ->> {at} COLLATE NOCASE" for at in range(3))
    with closing(connect(":memory:")) as file:
        rows = file.execute(
            f"SELECT {columns} FROM json_each(?) ORDER BY {order_by(3, descending=descending)}",
            (encode_text([key for key, _ in keys]),),
        ).fetchall()
    assert [key for key, _ in in_order(keys, descending=descending)] == rows

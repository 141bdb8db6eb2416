"""Looking through texts while one types: by words, pinyin and initials, the best first."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.store.search import TextSearch
from inspector.store.sounds import folded

ROWS = (
    ("安全出口没有上锁", "逐门试开", "消防法第二十八条"),
    ("疏散指示标志完好", "看灯", "消防法第十六条"),
    ("燃气泄漏报警器有效", "按测试键", "燃气条例 GB 55009"),
    ("灭火器在有效期内", "看出口处的标签", ""),
)


@pytest.mark.parametrize(
    ("typed", "rows"),
    [
        ("上锁", (0,)),
        ("出口", (0, 3)),
        ("消防法", (0, 1)),
        ("消防法 十六", (1,)),
        ("aqck", (0,)),
        ("xff", (0, 1)),
        ("baojing", (2,)),
        ("gb55009", (2,)),
        ("gb 55009", (2,)),
        ("没有这样的", ()),
        ("  ", ()),
        ("*.(", ()),
    ],
)
def test_a_part_of_the_words_or_their_sound_finds_the_row(typed, rows):
    assert TextSearch(ROWS).rows(typed, 30) == rows


def test_no_more_rows_than_asked_for_and_none_of_nothing():
    assert TextSearch(ROWS).rows("有效", 1) == (2,)
    assert TextSearch(()).rows("有效", 5) == ()


@given(st.lists(st.tuples(st.text(max_size=8), st.text(max_size=8)), max_size=6), st.text(max_size=4))
def test_every_row_with_the_text_is_found_and_only_real_rows(rows, typed):
    found = TextSearch(rows).rows(typed, len(rows))
    assert set(found) <= set(range(len(rows)))
    assert len(set(found)) == len(found)
    terms = folded(typed).split()
    holding = {
        at for at, row in enumerate(rows) if terms and all(any(t in folded(x) for x in row) for t in terms)
    }
    assert holding <= set(found)

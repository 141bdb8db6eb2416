"""Pages: nothing lost, nothing beyond the edge, what belongs together stays together."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.notices.fonts import FontBook
from inspector.notices.layout import (
    HEIGHT,
    WIDTH,
    Cell,
    Glyphs,
    Piece,
    Rule,
    Style,
    paginate,
    table_row,
    text_pieces,
)
from inspector.settings import APP_FOLDER

BOOK = FontBook(APP_FOLDER / "assets" / "fonts")
ENTRY = Style(size=12, pitch=17)
ROOM = 100.0


@st.composite
def stacks(draw):
    heights = draw(st.lists(st.floats(1, 60), min_size=1, max_size=40))
    ties = draw(st.lists(st.booleans(), min_size=len(heights), max_size=len(heights)))
    return [
        Piece(height=height, marks=(Rule(0, 0, number, height),), keeps_next=tie)
        for number, (height, tie) in enumerate(zip(heights, ties, strict=True))
    ]


def numbers(page) -> list[float]:
    return [mark.to_x for mark in page]


@given(stacks())
def test_every_piece_is_drawn_once_in_its_order_inside_the_page(pieces):
    pages = paginate(pieces, ROOM)
    assert [number for page in pages for number in numbers(page)] == list(range(len(pieces)))
    assert all(mark.to_y <= ROOM + 0.02 for page in pages for mark in page)


@given(stacks())
def test_what_clings_to_the_next_is_on_its_page_where_both_fit(pieces):
    page_of = {number: place for place, page in enumerate(paginate(pieces, ROOM)) for number in numbers(page)}
    start = 0
    for number, piece in enumerate(pieces):
        if piece.keeps_next and number < len(pieces) - 1:
            continue
        chain = pieces[start : number + 1]
        if sum(part.height for part in chain) <= ROOM:
            assert len({page_of[place] for place in range(start, number + 1)}) == 1
        start = number + 1


@pytest.mark.parametrize("length", [1, 200, 4_000])
def test_a_row_of_a_table_loses_nothing_however_long(length):
    facts = ("样例" * length)[:length]
    head = table_row([Cell("头", ENTRY)], [WIDTH], BOOK)
    pages = paginate([*head, *table_row([Cell(facts, ENTRY)], [WIDTH], BOOK, head=tuple(head))])
    texts = [[mark.text for mark in page if isinstance(mark, Glyphs)] for page in pages]
    assert all(page[0] == "头" for page in texts)
    assert "".join(line for page in texts for line in page[1:]) == facts
    for page in pages:
        bottom = max(mark.to_y for mark in page if isinstance(mark, Rule))
        assert bottom <= HEIGHT + 0.02
        assert Rule(0, bottom, WIDTH, bottom) in page  # the table is closed where the page ends


def test_a_paragraph_keeps_its_first_two_and_its_last_two_lines_together():
    pieces = text_pieces("样例文字" * 60, Style(size=16, pitch=28.95, indent=2, align="justify"), BOOK)
    assert [piece.keeps_next for piece in pieces] == [True, *[False] * (len(pieces) - 3), True, False]


@pytest.mark.parametrize("before", range(25))
@pytest.mark.parametrize("text", ["现场检查发现灭火器压力不足，", "第12项于2026年12月18日前整改完毕；"])
def test_full_lines_reach_the_right_edge(text, before):
    """Also those that end early, since a date or a number with its unit is not parted."""
    style = Style(size=16, pitch=28.95, indent=2, align="justify")
    lines = [piece.marks[0] for piece in text_pieces("样" * before + text * 12, style, BOOK)]
    for line in lines[:-1]:
        core = line.text.rstrip("，；")
        width = sum(BOOK.widths(core, line.face, line.size)) + line.spacing * (len(core) - 1)
        assert line.x + width == pytest.approx(WIDTH, abs=0.01)
    assert lines[-1].spacing == 0

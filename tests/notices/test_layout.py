"""Pages: nothing lost, nothing beyond the edge, what belongs together stays together."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.notices.fonts import FontBook
from inspector.notices.layout import (
    HEIGHT,
    SIDE,
    WIDTH,
    Cell,
    Glyphs,
    Piece,
    Rule,
    Style,
    balanced,
    gap,
    spaced,
    table_row,
    text_pieces,
)
from inspector.notices.pagination import paginate
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


@given(stacks(), st.integers(0, 39), st.floats(1, 40))
def test_a_foot_stands_below_each_page_before_the_one_that_is_signed(pieces, place, height):
    signed = min(place, len(pieces) - 1)
    pieces[signed] = replace(pieces[signed], signs=True)
    foot = Piece(height=height, marks=(Rule(0, 0, -1, height),))
    pages = paginate(pieces, ROOM, foot=foot)
    assert [number for page in pages for number in numbers(page) if number >= 0] == list(range(len(pieces)))
    (last,) = (number for number, page in enumerate(pages) if signed in numbers(page))
    for number, page in enumerate(pages):
        feet = [mark for mark in page if mark.to_x == -1]
        assert len(feet) == (number < last)
        above = max(mark.to_y for mark in page if mark.to_x >= 0)
        assert above <= (feet[0].y if feet else ROOM) + 0.02
        assert not feet or feet[0].to_y == pytest.approx(ROOM)


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


def test_a_gap_is_not_drawn_at_the_top_of_a_page():
    rule = Piece(height=60, marks=(Rule(0, 0, 1, 0),))
    pages = paginate([rule, gap(30), rule], ROOM)
    assert pages == [(Rule(0, 0, 1, 0),), (Rule(0, 0, 1, 0),)]


def test_shorter_cells_stand_in_the_middle_where_that_is_asked():
    cells = [Cell("一", ENTRY), Cell("一\n二\n三", ENTRY)]
    for middle, line in ((False, 0), (True, 1)):
        (row,) = table_row(cells, [50, 50], BOOK, middle=middle)
        short, *others = [mark.y for mark in row.marks if isinstance(mark, Glyphs)]
        assert short == others[line]


@pytest.mark.parametrize("size", [12, 10.5])
def test_a_full_stop_that_hangs_in_a_cell_stays_off_its_rule(size):
    """Its ink is in the left half of its square."""
    style, width = Style(size=size, pitch=17), 8 * size + 2 * SIDE
    (row,) = table_row([Cell("样例样例样例样例。样例样例样例", style)], [width], BOOK)
    line = next(mark for mark in row.marks if isinstance(mark, Glyphs))
    assert line.text.endswith("样。") or line.text.endswith("例。")
    assert line.x + sum(BOOK.widths(line.text[:-1], line.face, size)) + 0.44 * size <= width


def test_a_headline_too_long_for_a_line_is_set_in_lines_of_like_length():
    style = Style(size=16, pitch=26, align="center")
    for length in range(20, 80, 2):
        lines = balanced("样例" * (length // 2), style, WIDTH, BOOK).split("\n")
        assert "".join(lines) == "样例" * (length // 2)
        assert len(lines) == (1 if length <= 27 else 2 if length <= 54 else 3)
        assert max(map(len, lines)) - min(map(len, lines)) <= 2


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
        runs = spaced(core, line.spacing, evenly=line.evenly)
        added = sum(len(run) * each for run, each in runs) - line.spacing
        width = sum(BOOK.widths(core, line.face, line.size)) + added
        assert line.x + width == pytest.approx(WIDTH, abs=0.01)
    assert lines[-1].spacing == 0


def test_numbers_and_words_are_spread_out_only_where_all_of_their_line_is_wide():
    assert list(spaced("于2026年12月8日前", 1, evenly=False)) == [
        ("于", 1),
        ("202", 0),
        ("6年", 1),
        ("1", 0),
        ("2月8日前", 1),
    ]
    assert list(spaced("000-0000001", 1, evenly=False)) == [("000-000000", 0), ("1", 1)]
    assert list(spaced("于2026年", 2, evenly=True)) == [("于2026年", 2)]
    assert list(spaced("于2026年", 0, evenly=False)) == [("于2026年", 0)]
    style = Style(size=16, pitch=28.95, align="justify")
    for before, evenly in ((24, False), (18, True)):
        text = "样" * before + "，于2026年12月18日前" + "样" * 10
        line = text_pieces(text, style, BOOK)[0].marks[0]
        assert line.spacing > 0
        assert line.evenly is evenly


def test_a_line_with_little_to_spread_stays_as_it_is():
    style = Style(size=16, pitch=28.95, align="justify")
    lines = [piece.marks[0] for piece in text_pieces(f"样{'A' * 44}样例{'B' * 40}", style, BOOK)]
    assert lines[0].spacing == 0

"""Line breaking: the rules of Chinese punctuation, and that nothing is lost."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.notices.lines import CLOSING, HANGING, OPENING, break_lines

HAN = "安全出口被堵塞现场检查发现灭火器压力不足𠅤𬱖䶮㛃"


def broken(text: str, limit: float = 10.0) -> list[str]:
    return break_lines(text, [width_of(char) for char in text], limit)


def width_of(char: str) -> float:
    return 1.0 if unicodedata.east_asian_width(char) in "WFA" else 0.5


def width(line: str) -> float:
    return sum(width_of(char) for char in line)


sentences = st.lists(
    st.one_of(
        st.text(alphabet=HAN, min_size=2, max_size=12),
        st.sampled_from(["ABC", "GB35181", "2026年", "12月", "3.5米", "第12条", "0.8m", " ", "·"]),
        st.sampled_from(["，", "。", "：", "；", "、", "？"]),
        st.text(alphabet=HAN, min_size=1, max_size=4).map(lambda inner: f"（{inner}）"),
        st.text(alphabet=HAN, min_size=1, max_size=4).map(lambda inner: f"《{inner}》"),
    ),
    max_size=30,
)


def without_runs_of_marks(parts: list[str]) -> str:
    text = ""
    for part in parts:
        if not (part[0] in CLOSING | {" "} and (not text or text[-1] in CLOSING | {" "})):
            text += part
    return text


@given(sentences.map(without_runs_of_marks), st.integers(9, 40))
def test_no_closing_mark_starts_a_line_and_no_opening_mark_ends_one(text, limit):
    lines = broken(text, limit)
    assert "".join(lines) == text
    assert not any(line[0] in CLOSING for line in lines[1:])
    assert not any(line[-1] in OPENING for line in lines if line)


@given(st.text(), st.integers(1, 12))
def test_nothing_is_lost_whatever_the_text_and_however_narrow_the_line(text, limit):
    lines = broken(text, limit)
    assert "".join(lines) == text
    assert all(lines) or text == ""


@given(st.text(), st.integers(2, 12))
def test_no_line_is_wider_than_its_limit_but_for_a_hanging_mark_and_spaces(text, limit):
    for line in broken(text, limit):
        core = line.rstrip(" ")
        if core and core[-1] in HANGING and len(core) > 1:
            core = core[:-1]
        assert width(core) <= limit


@given(sentences.map(without_runs_of_marks), st.integers(9, 40))
def test_words_and_numbers_with_their_units_stay_whole(text, limit):
    starts = {0}
    for line in broken(text, limit):
        starts.add(max(starts) + len(line))
    for whole in ("ABC", "GB35181", "2026年", "12月", "3.5米", "第12条", "0.8m"):
        place = text.find(whole)
        while place >= 0:
            neighbours = text[max(place - 1, 0) : place + len(whole) + 1]
            if width("".join(char for char in neighbours)) < 9 and not _joined(text, place, whole):
                assert not starts & set(range(place + 1, place + len(whole)))
            place = text.find(whole, place + 1)


def _joined(text: str, place: int, whole: str) -> bool:
    """Whether the word is part of a longer run of letters that may be too wide for the line."""
    around = text[max(place - 1, 0) : place] + text[place + len(whole) : place + len(whole) + 1]
    return any(char.isascii() and char != " " for char in around)


UNITS = re.findall(
    r"\S+",
    "米 毫米 平方米 立方米 公斤 小时 分钟 天 个月 个工作日 周岁 名 人 户 套 块 张 根 组 排 支 盏 路 部 座"
    " 樘 扇 具 桶 伏 安 瓦 千瓦 帕 兆帕 % ‰ ℃ ㎡ m mm m² m³ kg MPa kV lx m/s",
)


@pytest.mark.parametrize("between", ["", " "])
@pytest.mark.parametrize("unit", UNITS)
def test_a_number_and_its_unit_are_on_one_line_with_a_space_between_them_or_not(unit, between):
    measure = f"12.5{between}{unit}"
    for limit in range(8, 20):
        lines = broken(f"现场实测数值为{measure}，不符合规定的要求", limit)
        assert any(measure in line for line in lines), lines
        assert not any(line[0] in CLOSING for line in lines)


@pytest.mark.parametrize(
    "whole",
    [
        "12月18日前",
        "1月6日",
        "第四十二条",
        "第二十项",
        "二十二",
        "≥2.1米",
        "±0.5米",
        "3～5米",
        "3×5米",
        "第3名",
        "GB50016",
    ],
)
def test_a_number_stays_with_its_sign_and_in_one_piece(whole):
    for limit in range(7, 18):
        assert any(whole in line for line in broken(f"样例样例样例{whole}样例样例样例", limit))


def test_a_date_too_long_for_its_cell_is_parted_behind_the_year():
    assert broken("期限：2026年12月8日前", 10) == ["期限：2026年", "12月8日前"]
    assert broken("（原期限2026年12月8日前）", 8) == ["（原期限2026年", "12月8日前）"]


def test_a_closing_mark_behind_a_space_starts_no_line():
    for limit in range(8, 20):
        for text in (
            "安全出口被堵塞 ，现场检查发现",
            "灭火器压力不足（现场 ）检查",
            "浓度为 3.5 %LEL ，超过",
        ):
            assert not any(line[0] in CLOSING for line in broken(text, limit))


@pytest.mark.parametrize("mark", "｡､｣﹐﹑﹒﹔﹕﹖﹗〙〛〞〟›»‥–〜‼⁇⁈⁉′″")
def test_rarer_closing_marks_start_no_line_either(mark):
    assert broken(f"一二三四五六七八九十{mark}一二", 10)[1][0] != mark


def test_a_comma_hangs_beyond_the_edge():
    assert broken("一二三四五六七八九十，一二") == ["一二三四五六七八九十，", "一二"]


def test_two_closing_marks_take_a_character_with_them():
    assert broken("一二三四五六七八九十”。一二") == ["一二三四五六七八九", "十”。一二"]


def test_an_opening_mark_goes_to_the_next_line():
    assert broken("一二三四五六七八九《安全》") == ["一二三四五六七八九", "《安全》"]


def test_a_dash_or_an_ellipsis_is_not_parted():
    assert broken("一二三四五六七八九——一") == ["一二三四五六七八", "九——一"]
    assert broken("一二三四五六七八九……一") == ["一二三四五六七八", "九……一"]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("净宽一二三四五六0.8米不足", ["净宽一二三四五六", "0.8米不足"]),
        ("一二三四五六七八2026年12月8日", ["一二三四五六七八", "2026年12月8日"]),
        ("一二三四五六七八第12条", ["一二三四五六七八", "第12条"]),
        ("一二三四五六七inspector一", ["一二三四五六七", "inspector一"]),
        ("一二三四五六七e\u0301e\u0301e\u0301e\u0301e\u0301", ["一二三四五六七", "e\u0301" * 5]),
    ],
)
def test_units_words_and_combining_marks_stay_with_what_they_belong_to(text, lines):
    assert broken(text, 8.5) == lines


def test_a_word_longer_than_a_line_is_broken_inside():
    lines = broken("A" * 50)
    assert [len(line) for line in lines] == [20, 20, 10]


def test_a_line_too_narrow_for_one_character_still_holds_one():
    assert broken("一二", 0.1) == ["一", "二"]
    assert broken("") == [""]


def test_the_first_line_may_be_indented():
    assert break_lines("一二三四五六", [1.0] * 6, 3, first_limit=1) == ["一", "二三四", "五六"]


def test_no_character_is_left_alone_on_the_last_line():
    assert broken("样例单位的整改情况如下") == ["样例单位的整改情况", "如下"]
    assert broken("样例单位的整改情况如下：") == ["样例单位的整改情况", "如下："]
    assert broken("样例单位现违反第12条例") == ["样例单位现违反", "第12条例"]


def test_a_line_gives_no_more_than_a_few_characters_to_the_last_one():
    assert broken("样例样例ABCDEFGHIJKL例") == ["样例样例ABCDEFGHIJKL", "例"]
    assert broken("一二", 1) == ["一", "二"]
    assert broken("样例文", 2) == ["样例", "文"]

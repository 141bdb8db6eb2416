"""Identifiers, credit codes, entry rules and document numbers."""

import json
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.domain.identifiers import (
    NAME_CAP,
    check_entry,
    check_public_id,
    check_sha256,
    check_uuid7,
    credit_code_check_digit,
    doubt_about_credit_code,
    escaped,
    format_number,
    public_id,
    search_form,
    uuid7,
)
from inspector.errors import (
    IdentifierMalformedError,
    NumberTemplateError,
    TextControlError,
    TextTooLongError,
)


@given(at_ms=st.integers(0, 2**48 - 1), random=st.binary(min_size=10, max_size=10))
def test_a_record_id_is_a_version_7_uuid_that_holds_its_time(at_ms, random):
    text = uuid7(at_ms=at_ms, random=random)
    parsed = uuid.UUID(text)
    assert (parsed.version, parsed.variant, str(parsed)) == (7, uuid.RFC_4122, text)
    assert int(check_uuid7(text).replace("-", "")[:12], 16) == at_ms


@given(a=st.binary(min_size=10, max_size=10), b=st.binary(min_size=10, max_size=10))
def test_ids_of_later_times_sort_later_and_other_randomness_gives_other_ids(a, b):
    assert uuid7(at_ms=1_000, random=a) < uuid7(at_ms=1_001, random=b)
    low = 2**74 - 1
    differs = int.from_bytes(a) & low != int.from_bytes(b) & low
    assert (uuid7(at_ms=1, random=a) != uuid7(at_ms=1, random=b)) == differs


def test_a_record_id_refuses_the_wrong_amount_of_randomness_or_a_time_out_of_range():
    for at_ms, size in ((-1, 10), (2**48, 10), (0, 9), (0, 16)):
        with pytest.raises(ValueError, match="uuid7"):
            uuid7(at_ms=at_ms, random=bytes(size))
    with pytest.raises(ValueError, match="public id"):
        public_id(bytes(8))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0190c2f0-0000-4000-8000-000000000000",
        "0190C2F0-0000-7000-8000-000000000000",
        "{0190c2f0-0000-7000-8000-000000000000}",
        "0190c2f000007000800000000000000a",
        "0190c2f0-0000-7000-c000-000000000000",
        "0190c2f0-0000-7000-8000-000000000000\n",
        None,
        7,
    ],
)
def test_anything_but_a_canonical_version_7_uuid_is_refused(text):
    with pytest.raises(IdentifierMalformedError):
        check_uuid7(text)


def test_public_ids_and_digests_have_one_spelling():
    assert check_public_id(public_id(bytes(range(16)))) == "000102030405060708090a0b0c0d0e0f"
    assert check_sha256("ab" * 32) == "ab" * 32
    for wrong in ("AB" * 32, "ab" * 31, "ab" * 32 + "\n"):
        with pytest.raises(IdentifierMalformedError):
            check_sha256(wrong)
    with pytest.raises(IdentifierMalformedError):
        check_public_id("AB" * 16)


@pytest.mark.parametrize("code", ["91350100M000100Y43", "91330106673959654P", "914403001922038216", ""])
def test_a_right_credit_code_or_none_raises_no_doubt(code):
    assert doubt_about_credit_code(code) is None


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("91350100M000100Y44", "校验位"),
        ("91110000100000000X", "校验位"),
        ("91350100M000100Y4", "17 位"),
        ("9135O100M000100Y43", "“O”"),
        ("91350100m000100Y43", "“m”"),
        ("110108012345678", "旧注册号"),
        ("1" * 15 + "²", "16 位"),
    ],
)
def test_a_doubtful_credit_code_is_explained_and_may_go_on(code, words):
    doubt = doubt_about_credit_code(code)
    assert doubt is not None
    assert words in doubt
    assert "可以继续" in doubt


@given(st.text(alphabet="0123456789ABCDEFGHJKLMNPQRTUWXY", min_size=17, max_size=17), st.data())
def test_one_wrong_character_in_a_credit_code_is_always_noticed(body, data):
    code = body + credit_code_check_digit(body)
    assert doubt_about_credit_code(code) is None
    place = data.draw(st.integers(0, 17))
    other = data.draw(st.sampled_from([c for c in "0123456789ABCDEFGHJKLMNPQRTUWXY" if c != code[place]]))
    assert doubt_about_credit_code(code[:place] + other + code[place + 1 :]) is not None


def test_the_body_of_a_credit_code_has_17_characters():
    with pytest.raises(ValueError, match="17"):
        credit_code_check_digit("1")


@pytest.mark.parametrize(
    "name",
    [
        "𠅤𬱖䶮㛃",
        "阿卜杜热合曼·麦麦提吐尔逊",
        "e\u0301cole",
        "ﬁ①",
        "　空格",
        "\U000323b0",
        "\ue000",
        "Müller",
    ],
)
def test_text_is_kept_exactly_as_typed(name):
    assert check_entry(name, field="姓名") == name


@pytest.mark.parametrize(
    "code",
    [
        *(0x00, 0x09, 0x0A, 0x0D, 0x7F, 0x85, 0x9F, 0xAD, 0x61C, 0x115F, 0x180E, 0x200B, 0x200D, 0x200E),
        *(0x202E, 0x2028, 0x2029, 0x2060, 0x2066, 0x2069, 0x3164, 0xFE0F, 0xFEFF, 0xFFF9, 0xFFFE, 0xFDD0),
        *(0xD800, 0xDFFF, 0xE0001, 0xE0100, 0x10FFFF),
    ],
)
def test_invisible_and_reordering_characters_are_refused_with_their_place(code):
    with pytest.raises(TextControlError) as caught:
        check_entry("样例" + chr(code) + "厂", field="单位名称")
    assert caught.value.facts == {"field": "单位名称", "position": 3, "code_point": f"U+{code:04X}"}


@given(
    st.text(
        st.characters(exclude_categories=["Cs"]) | st.sampled_from("\x1b\x7f\x9b\u202e\u2028\U000e0100\ud800")
    )
)
def test_what_is_escaped_may_stand_on_a_line_and_is_the_same_text_in_json(text):
    shown = escaped(text)
    assert check_entry(shown, field="一行", cap=len(shown)) == shown
    assert json.loads(escaped(json.dumps(text, ensure_ascii=False))) == text


def test_what_may_be_entered_is_not_escaped():
    assert escaped("𠅤·样例（Ａ）　é\\") == "𠅤·样例（Ａ）　é\\"
    assert escaped("\x1b\n\u202e\U000e0100") == "\\u001b\\u000a\\u202e\\udb40\\udd00"


def test_a_description_may_have_several_lines_but_no_other_control():
    assert check_entry("一\n二", field="事实", multiline=True) == "一\n二"
    with pytest.raises(TextControlError):
        check_entry("一\r\n二", field="事实", multiline=True)


def test_a_name_of_ten_thousand_characters_is_refused_and_the_cap_counts_code_points():
    with pytest.raises(TextTooLongError) as caught:
        check_entry("长" * 10_000, field="单位名称")
    assert "10000" in caught.value.message
    assert check_entry("𠅤" * NAME_CAP, field="单位名称") == "𠅤" * NAME_CAP


def test_searching_ignores_case_and_width_while_the_text_itself_stays():
    assert search_form("ＡＢｃ样例") == search_form("abC样例") == "abc样例"


def test_numbers_follow_their_template():
    order = "（{region}）应急责改〔{year}〕{serial}号"
    assert format_number(order, region="样", year=2026, serial=1) == "（样）应急责改〔2026〕1号"
    fire = "{region}消限字〔{year}〕第{serial:04}号"
    assert format_number(fire, region="样", year=2026, serial=76) == "样消限字〔2026〕第0076号"
    assert format_number(fire, region="样", year=2026, serial=12345) == "样消限字〔2026〕第12345号"


@pytest.mark.parametrize(
    "template",
    [
        "应急责改[{year}]{serial}号",
        "应急责改【{year}】{serial}号",
        "应急责改{year}{serial}号",
        "应急责改〔{year}〕号",
        "应急责改〔{year}〕{serial:x}号",
        "应急责改〔{year}〕{serial!r}号",
        "应急责改〔{year}〕{serial}{other}号",
        "应急责改〔{year:04}〕{serial}号",
        "应急责改〔{year}〕{serial.real}号",
        "应急责改〔{year}〕{serial}{}号",
        "应急责改〔{year}〕{serial}{",
    ],
)
def test_a_wrong_template_is_refused_with_a_reason(template):
    with pytest.raises(NumberTemplateError):
        format_number(template, year=2026, serial=1)


@pytest.mark.parametrize(("year", "serial"), [(26, 1), (2026, 0), (2026, -1), (10_000, 1)])
def test_years_have_four_digits_and_serials_start_at_one(year, serial):
    with pytest.raises(NumberTemplateError):
        format_number("〔{year}〕{serial}号", year=year, serial=serial)
